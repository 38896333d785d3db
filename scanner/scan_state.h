/* SPDX-License-Identifier: ISC */
/*
 * What is known of a scan (scan.h), its states, and the lists that these have.
 */
#ifndef SCANNER_SCAN_STATE_H
#define SCANNER_SCAN_STATE_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/queue.h>

#include "config/settings.h"
#include "privsep/ipc/record.h"
#include "scanner/base/timer.h"
#include "scanner/clamd/backend.h"
#include "scanner/clamd/confirm.h"
#include "scanner/clamd/query.h"
#include "scanner/flow.h"
#include "scanner/identity.h"
#include "scanner/queue.h"

/*
 * While the message arrives:
 *
 *	IDLE --> EARLY_OPENING <--> EARLY_CONNECTING --> EARLY_TALKING
 *	any of these --> EARLY_OFF
 *
 * scan_submit leads from each EARLY state with a clamd to that without EARLY,
 * from IDLE and EARLY_OFF to WAITING, or from all to REFUSED:
 *
 *	WAITING --> OPENING <--> CONNECTING --> TALKING --> CONFIRMING --> OVER
 *
 * From there it goes back to WAITING for another clamd, from all to OVER, and
 * from OVER to IDLE.
 */
enum scan_state {
	SCAN_IDLE,	       /* none */
	SCAN_EARLY_OPENING,    /* as without EARLY */
	SCAN_EARLY_CONNECTING, /* the same */
	SCAN_EARLY_TALKING,    /* clamd is being sent what there is */
	SCAN_EARLY_OFF,	       /* that went wrong: not before it is whole */
	SCAN_REFUSED,	       /* no clamd is to see it: over in scan_run */
	SCAN_WAITING,	       /* for a clamd with room */
	SCAN_OPENING,	 /* has a thread of clamd's, opens at wake: now, or its
			  * backlog was full */
	SCAN_CONNECTING, /* over TCP, up to wake */
	SCAN_TALKING,	 /* clamd has the message, or is being sent it */
	SCAN_CONFIRMING, /* clamd has answered, and is to find a canary */
	SCAN_OVER,	 /* the verdict is there, scan_judged follows */
	SCAN_STATES
};

/* What is known of a message in the end; strings are clamd's bytes. */
struct verdict {
	enum outcome outcome;
	uint32_t name_len;
	char name[RECORD_NAME_MAX]; /* INFECTED: the signature, cut;
				     * LIMITS_EXCEEDED: clamd's name for it */
	uint32_t backend;	    /* that was asked, or BACKEND_NONE */
	uint64_t wait_ms; /* from submission until a clamd was asked */
	uint64_t scan_ms; /* from then on */
};

/* Zeroed memory is an idle scan.  Only state, verdict, identity and remembered
 * are for others to read; owner, flow and since are the owner's to set before
 * scan_submit and scan_early. */
struct scan {
	enum scan_state state;
	uint32_t owner;	   /* its handle */
	struct flow *flow; /* the sender's; NULL: none */
	uint64_t since;	   /* its time runs from then on; 0: from scan_submit */
	int memfd;	   /* the owner's */
	bool remembered;   /* it has ended like that before, see suspects.h */
	uint64_t size;	   /* of it */
	uint64_t lead;	   /* bytes before the message's own */
	uint64_t submitted, asked;
	struct timer deadline;	    /* all states but IDLE, _OFF and OVER */
	struct timer wake;	    /* OPENING, CONNECTING, early or not */
	struct queue_entry wait;    /* WAITING */
	struct confirm_wait canary; /* CONFIRMING */
	TAILQ_ENTRY(scan) order;    /* REFUSED, OVER */
	uint32_t tried;	  /* bits of the backends that are out of question */
	uint32_t had;	  /* clamds that had it and gave no verdict */
	uint32_t guilt;	  /* in the death of one, see suspects.h */
	enum outcome end; /* REFUSED, had: what it is without a verdict */
	enum backend_choice choice; /* WAITING: for what */
	uint32_t backend;	    /* from OPENING on */
	uint32_t query;	     /* OPENING to TALKING: its place in the pool */
	enum outcome answer; /* CONFIRMING: clamd's, for when it is found */
	struct verdict verdict;
	struct identity identity; /* of the clamd, as it was before the scan */
};

TAILQ_HEAD(scan_list, scan);

/* The lists of those that wait for a time: of the deadline; of wake. */
enum scan_timer {
	SCAN_TIMER_DEADLINE,
	SCAN_TIMER_CONNECTING,
	SCAN_TIMER_OPENING
};

/* Before lockdown; false if there is no memory. */
bool scan_state_setup(const struct scanner_settings *, uint32_t scans);

/* A word for the log. */
const char *scan_state_name(enum scan_state);

/* The only place where a state changes.  backend is set before a state with a
 * query, wake.at before OPENING and CONNECTING, submitted before the first. */
void scan_enter(struct scan *, enum scan_state);

/* Its time starts again, at submitted. */
void scan_restart(struct scan *);

/* Is the message not whole yet? */
bool scan_is_early(const struct scan *);

/* Of the message, without our own first line. */
uint64_t scan_length(const struct scan *);

/* Its query, in a state that has one; and whose it is, NULL: nobody's. */
struct query *scan_query(const struct scan *);
struct scan *scan_holder(uint32_t query);

/* The first of that list that is due; when there is one. */
struct scan *scan_due(enum scan_timer, uint64_t now);
uint64_t scan_due_next(void);

/* The first of that state; NULL: none. */
struct scan *scan_first_refused(void);
struct scan *scan_first_over(void);

/* Whose entry that is. */
struct scan *scan_of_wait(struct queue_entry *);
struct scan *scan_of_canary(struct confirm_wait *);

#endif
