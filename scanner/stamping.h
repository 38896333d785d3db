/* SPDX-License-Identifier: ISC */
/*
 * Stamps in the scanner: digests while a message is collected, the stamps
 * that were on it checked at its end, a new one asked for after clamd's OK.
 *
 *	begin, field*, candidate*, body*
 *	stamping_check --> stamping_checked	(or false: nothing to check)
 *	stamping_make --> stamping_made		(or false: none to be had)
 *
 * The monitor is asked one thing at a time; messages that have to wait are
 * in a queue.  Nothing is computed where stamps are neither made nor checked.
 */
#ifndef SCANNER_STAMPING_H
#define SCANNER_STAMPING_H

#include <sys/queue.h>

#include "config/settings.h"
#include "lib/log.h"
#include "privsep/ipc/record.h"
#include "scanner/digest.h"
#include "scanner/identity.h"

enum stamping_state { STAMPING_IDLE, STAMPING_CHECK, STAMPING_MAKE };

/* What became of stamps, for the log. */
enum stamping_end { STAMPING_NONE, STAMPING_SKIP, STAMPING_MADE };

/* Why there is no stamp for what is clean. */
enum stamp_lack {
	STAMP_LACK_NONE, /* there is one, or none was to be made */
	STAMP_LACK_DIGEST,
	STAMP_LACK_DATABASE,
	STAMP_LACK_ALERTS,
	STAMP_LACK_NESTED,
	STAMP_LACK_REFUSED, /* by the monitor */
	STAMP_LACKS
};

struct stamping {
	TAILQ_ENTRY(stamping) queue; /* not IDLE: waits for the monitor */
	enum stamping_state state;
	uint32_t owner; /* the client's index */
	bool expected;	/* of a peer: candidates may come */
	bool digesting;
	struct digest digest;
	struct digests digests;
	uint32_t candidates, next; /* next: the one that is looked at */
	struct record_candidate candidate[STAMPS_MAX];

	/* the result */
	enum stamping_end end;
	enum stamp_reason reason; /* of the last one that was checked */
	enum digest_fault fault;
	enum stamp_lack lack;	     /* why none was made */
	enum stamp_answer refusal;   /* REFUSED: the monitor's */
	uint32_t number;	     /* SKIP: of the good one's field */
	uint8_t stamp[STAMP_RECORD]; /* SKIP, MADE */
	uint8_t mac[STAMP_MAC];
};

void stamping_setup(const struct stamp_settings *);

/* A message begins, with the struct zeroed (client_fresh);
 * candidates: of a peer, whose stamps may come. */
void stamping_begin(struct stamping *, uint32_t owner, bool candidates);
void stamping_field(struct stamping *, struct span name, struct span value);
void stamping_body(struct stamping *, struct span bytes);

/* False: one too many, of no peer, or none was announced: a violation. */
bool stamping_candidate(struct stamping *, const struct record_candidate *);

/* The message is whole.  True: the result comes with stamping_checked, end is
 * SKIP or NONE then.  False: there is nothing to check. */
bool stamping_check(struct stamping *);

/* clamd has found all of it clean.  True: stamping_made follows, end is MADE
 * or NONE then.  False: no stamp is to be had. */
bool stamping_make(struct stamping *, const struct identity *);

/* The message is gone: neither of the two follows any more. */
void stamping_forget(struct stamping *);

/* STAMPED or CHECKED from the monitor.  False: nobody had asked. */
bool stamping_answer(struct span record);

/* The message is over.  seen: what the session says about stamps on it. */
void stamping_count(struct stamping *, enum stamp_reason seen);

/* The keys "stamp" to "stamp_not_made" of a message's line; after count. */
void stamping_log(const struct stamping *, struct log_line *);

/* A line with how often what was the end, and counting starts again. */
void stamping_log_counts(void);

/* The same once an hour; and when to call it next, UINT64_MAX: never. */
void stamping_run(uint64_t now);
uint64_t stamping_next(void);

/* Provided by client_records.c. */
void stamping_checked(uint32_t owner);
void stamping_made(uint32_t owner);

#endif
