/* SPDX-License-Identifier: ISC */
/*
 * Scans: which wait, which are under way, and when they are over.
 *
 * A scan is one attempt at having one memfd judged.  It waits for a backend
 * with room until its turn comes (queue.h), and is over when a clamd has
 * answered, when none can be used, when it has waited too long, or at its
 * deadline, scan_timeout after it was submitted.
 *
 * The memfd is its owner's, who has to keep it until scan_judged or
 * scan_cancel.  An owner may have several scans, of one memfd or of several;
 * owner is a handle that means something to him alone.
 *
 * A failed connection leads to the next backend.  A message that a clamd had
 * without giving a verdict goes to one other at most: it may be what killed
 * it.
 *
 * What clamd calls clean is clean when that is confirmed (confirm.h).
 *
 * A stream may be begun while the message still arrives (scan_early): it is
 * sent to a clamd as it grows, and what goes wrong with that has no
 * consequence but that scan_submit begins anew.
 */
#ifndef SCANNER_SCAN_H
#define SCANNER_SCAN_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/queue.h>

#include "config/settings.h"
#include "privsep/ipc/record.h"
#include "scanner/clamd/backend.h"
#include "scanner/flow.h"
#include "scanner/identity.h"

enum scan_state {
	SCAN_IDLE,	 /* none */
	SCAN_WAITING,	 /* for a backend with room */
	SCAN_RETRYING,	 /* its clamd's backlog was full: again in some ms */
	SCAN_CONNECTING, /* over TCP */
	SCAN_TALKING,	 /* clamd has the message, or is being sent it */
	SCAN_CONFIRMING, /* clamd has answered, and is to find a canary */
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

/* Zeroed memory is an idle scan.  Only verdict and identity are for others to
 * read; owner and flow are the owner's to set before scan_submit and
 * scan_early. */
struct scan {
	TAILQ_ENTRY(scan) queue; /* in the list of its state */
	TAILQ_ENTRY(scan) due;	 /* in the list of all, by deadline */
	enum scan_state state;
	uint32_t owner;	      /* his handle */
	struct flow *flow;    /* the sender's; NULL: none */
	uint64_t tag, number; /* WAITING: its turn, see fair.c */
	uint32_t place;	      /* there; 0: none */
	bool passed;	      /* WAITING: was passed over in this round */
	int memfd;	      /* the owner's */
	bool early;	      /* not submitted yet */
	uint64_t size;	      /* of the memfd */
	uint64_t lead;	      /* so many of these bytes are not the message's */
	uint64_t submitted, asked, deadline;
	uint64_t wake;	  /* RETRYING, CONNECTING: end of that state */
	uint32_t tried;	  /* bits of the backends that are out of question */
	uint32_t had;	  /* clamds that had it and gave no verdict */
	uint32_t guilt;	  /* in the death of one, see suspects.h */
	bool refused;	  /* no clamd is to see it */
	bool no_early;	  /* sending it early went wrong */
	enum outcome end; /* refused, had: what it is without a verdict */
	enum backend_choice choice; /* WAITING: for what */
	uint32_t connection; /* RETRYING, CONNECTING, TALKING: its connection */
	uint32_t backend;    /* the same states, CONFIRMING */
	uint64_t ticket;     /* CONFIRMING: number of the canary */
	enum outcome answer; /* CONFIRMING: clamd's, for when it is found */
	struct verdict verdict;
	struct identity identity; /* of the clamd, as it was before the scan */
};

TAILQ_HEAD(scan_list, scan);

/* For so many at a time; allocates connections.  After backend_setup, before
 * lockdown. */
bool scan_setup(const struct scanner_settings *, uint32_t scans);

/* The memfd, of size bytes, is whole and sealed; lead of its bytes are not the
 * message's.  scan_judged follows, but not before scan_run. */
void scan_submit(struct scan *, int memfd, uint64_t size, uint64_t lead);

/* The memfd of a message that is still arriving has size bytes now.  Starts
 * or goes on sending it, if that is of any use. */
void scan_early(struct scan *, int memfd, uint64_t size);

/* Without a clamd: the verdict is known already. */
void scan_settle(struct scan *, enum outcome);

/* Drops one that is under way; scan_judged does not follow.  Others are left
 * as they are. */
void scan_cancel(struct scan *);

/* CONFIRMING has come to its end (confirm.c): what clamd said counts; there is
 * no verdict from that backend, but end; it is beyond that one's limits. */
void scan_confirmed(struct scan *);
void scan_unconfirmed(struct scan *, enum outcome end);
void scan_exceeds(struct scan *);

/* A connection's descriptor is ready. */
void scan_event(uint32_t connection);

/* Expires what is over and starts what can be started. */
void scan_run(uint64_t now);

/* When scan_run has something to do without an event; UINT64_MAX: never. */
uint64_t scan_next(void);

/* Provided by the owner of scans (client_answer.c): the verdict is there, and
 * the scan over.  It may be submitted again in there. */
void scan_judged(struct scan *);

#endif
