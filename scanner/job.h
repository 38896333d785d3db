/* SPDX-License-Identifier: ISC */
/*
 * Scans: which wait, which are under way, and when they are over.
 *
 * A job is one sealed memfd to be judged.  It waits for a backend with room
 * until its turn comes (queue.h), and is done when a clamd has answered, when
 * none can be used, when it has waited too long, or at its deadline,
 * scan_timeout after it was submitted.
 *
 * A failed connection leads to the next backend.  A message that a clamd had
 * without giving a verdict goes to one other at most: it may be what killed
 * it.
 *
 * What clamd calls clean is clean when that is confirmed (confirm.h).
 *
 * A stream may be begun while the message still arrives (job_early): it is
 * sent to a clamd as it grows, and what goes wrong with that has no
 * consequence but that job_submit begins anew.
 */
#ifndef SCANNER_JOB_H
#define SCANNER_JOB_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/queue.h>

#include "config/settings.h"
#include "privsep/ipc/record.h"
#include "scanner/backend.h"
#include "scanner/flow.h"
#include "scanner/identity.h"

enum job_state {
	JOB_IDLE,	/* none */
	JOB_WAITING,	/* for a backend with room */
	JOB_RETRYING,	/* its clamd's backlog was full: again in some ms */
	JOB_CONNECTING, /* over TCP */
	JOB_TALKING,	/* clamd has the message, or is being sent it */
	JOB_CONFIRMING, /* clamd has answered, and is to find a canary */
	JOB_STATES
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

/* Zeroed memory is an idle job.  Only verdict is for others to read; flow and
 * payer are the owner's to set before job_submit and job_early. */
struct job {
	TAILQ_ENTRY(job) queue; /* in the list of its state */
	TAILQ_ENTRY(job) due;	/* in the list of all, by deadline */
	enum job_state state;
	uint32_t owner;	      /* the client's index */
	struct flow *flow;    /* the sender's; NULL: none */
	struct payer *payer;  /* for the memfd; NULL: nobody */
	uint64_t tag, number; /* WAITING: its turn, see fair.c */
	uint32_t place;	      /* there; 0: none */
	bool passed;	      /* WAITING: was passed over in this round */
	int memfd;
	bool early;    /* not submitted yet: memfd is not ours */
	uint64_t size; /* of the memfd */
	uint64_t lead; /* so many of these bytes are not the message's */
	uint64_t submitted, asked, deadline;
	uint64_t wake;	  /* RETRYING, CONNECTING: end of that state */
	uint32_t tried;	  /* bits of the backends that are out of question */
	uint32_t had;	  /* clamds that had it and gave no verdict */
	uint32_t guilt;	  /* in the death of one, see suspects.h */
	bool refused;	  /* no clamd is to see it */
	bool no_early;	  /* sending it early went wrong */
	enum outcome end; /* refused, had: what it is without a verdict */
	enum backend_choice choice; /* WAITING: for what */
	uint32_t lane;	     /* RETRYING, CONNECTING, TALKING: its connection */
	uint32_t backend;    /* the same states, CONFIRMING */
	uint64_t ticket;     /* CONFIRMING: number of the canary */
	enum outcome answer; /* CONFIRMING: clamd's, for when it is found */
	struct verdict verdict;
	struct identity identity; /* of the clamd, as it was before the scan */
};

TAILQ_HEAD(job_list, job);

/* For so many at a time; allocates connections.  After backend_setup, before
 * lockdown. */
bool job_setup(const struct scanner_settings *, uint32_t jobs);

/* memfd, of size bytes, is taken over and released when the job ends.
 * job_judged follows, but not before job_run. */
void job_submit(
    struct job *, uint32_t owner, int memfd, uint64_t size, uint64_t lead);

/* The memfd of a message that is still arriving has size bytes now.  Starts
 * or goes on sending it, if that is of any use. */
void job_early(struct job *, uint32_t owner, int memfd, uint64_t size);

/* Without a clamd: the verdict is known already. */
void job_settle(struct job *, enum outcome);

/* Drops a job that is under way; job_judged does not follow. */
void job_cancel(struct job *);

/* That backend gives no answer any more: what can go elsewhere does. */
void job_backend_hangs(uint32_t backend);

/* CONFIRMING has come to its end (confirm.c): what clamd said counts; there is
 * no verdict from that backend, but end; it is beyond that one's limits. */
void job_confirmed(struct job *);
void job_unconfirmed(struct job *, enum outcome end);
void job_exceeds(struct job *);

/* A connection's descriptor is ready. */
void job_event(uint32_t lane);

/* Expires what is over and starts what can be started. */
void job_run(uint64_t now);

/* When job_run has something to do without an event; UINT64_MAX: never. */
uint64_t job_next(void);

/* Provided by the owner of jobs (client.c): the verdict is there.  The job is
 * let go of behind that, and not to be used in there. */
void job_judged(uint32_t owner);

#endif
