/* SPDX-License-Identifier: ISC */
/*
 * A message's case: the scans that are wanted of it, what each has found, and
 * what follows from all of that for the message.
 *
 *	IDLE --case_begin--> OPEN --case_asked--> WAITING --> OVER
 *	case_settle: from OPEN to OVER; case_drop: from any of these to IDLE
 *
 * In OPEN the whole message and parts of it are handed in, what readings of it
 * have yielded (lib/decoding.h); a part is a memfd of its own, which belongs to
 * the case.  The message's memfd is the client's.
 *
 * Infected beats unscanned, and unscanned beats clean, in whatever order that
 * comes; among equals the whole message comes first, then the parts as they
 * were handed in.  The first that is infected ends the case, and the scans that
 * are still under way.  So does a whole message that has ended like that before
 * (suspects.h), and a stamp, which covers all readings.  Clean is what is clean
 * in every scan that was wanted; one for which there was no room is unscanned.
 */
#ifndef SCANNER_CASE_H
#define SCANNER_CASE_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/queue.h>

#include "lib/decoding.h"
#include "scanner/base/stream.h"
#include "scanner/look.h"
#include "scanner/scan.h"

/* Of one message, and of all. */
#define CASE_PARTS_MAX READINGS_OBJECTS_MAX
#define CASE_PARTS_ALL 1024

enum case_state {
	CASE_IDLE,    /* no message */
	CASE_OPEN,    /* more may be handed in */
	CASE_WAITING, /* all was handed in, not all has been judged */
	CASE_OVER,    /* verdict is the message's */
	CASE_STATES
};

enum engine_kind {
	ENGINE_NONE,	 /* has not said anything yet */
	ENGINE_CLAMD,	 /* a scan of ours */
	ENGINE_ARCHIVES, /* our own look at archives, see archives.h */
	ENGINE_OWN,	 /* no scan: a limit, a stamp, no room, a fault */
	ENGINE_KINDS
};

struct finding {
	enum engine_kind engine;
	enum outcome outcome;
};

TAILQ_HEAD(case_parts, case_part);

/* Zeroed memory is an idle one. */
struct scan_case {
	enum case_state state;
	uint32_t owner;
	struct scan whole;
	struct look look;		    /* fed by the owner */
	struct finding found[ENGINE_KINDS]; /* about the whole message */
	struct case_parts parts;
	uint32_t part_count;
	uint32_t awaited; /* scans under way */
	uint64_t since;	  /* when the time of parts began: the owner's */

	/* the result; the outcome is INTERNAL until OVER */
	enum engine_kind engine;      /* whose finding it is */
	struct reading_object object; /* in which part; "": in the whole */
	struct verdict verdict;	      /* name, backend and times: of its scan */
	enum archive_fault archive;   /* NOT_UNPACKED: why */
	struct identity identity; /* CLEAN: what of all clamds can be said */
};

/* Before lockdown; false if there is no memory. */
bool case_setup(void);

/* A message begins.  owner: for case_over; flow: for scans. */
void case_begin(struct scan_case *, uint32_t owner, struct flow *);

/* What has arrived of the message so far is on its way to clamd, if that is of
 * any use; without a memfd it is not any more. */
void case_early(struct scan_case *, const struct stream *);

/* The whole message, finished: once. */
void case_whole(struct scan_case *, const struct stream *);

/* A part, finished, or what has become of it; its memfd is taken over, and
 * released as soon as it is judged.  look: was fed with it. */
void case_part(struct scan_case *, struct stream *,
    const struct reading_object *, const struct look *, enum outcome finished);

/* Not all is there that should be scanned: the outcome at best. */
void case_lacks(struct scan_case *, enum outcome);

/* All has been handed in.  case_over follows, perhaps in here. */
void case_asked(struct scan_case *);

/* The outcome is known without a scan.  case_over is called in here. */
void case_settle(struct scan_case *, enum outcome);

/* Scans end, memory of parts is given back; case_over does not follow.  The
 * result stays. */
void case_drop(struct scan_case *);

/* A word for the log or a test. */
const char *engine_kind_name(enum engine_kind);

/* Provided by client_answer.c: the result is there. */
void case_over(uint32_t owner);

#endif
