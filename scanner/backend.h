/* SPDX-License-Identifier: ISC */
/*
 * The clamds: what is known of each, and which one a message goes to.
 *
 *	UNKNOWN --> UP <--> SUSPECT --> DOWN
 *	            UP ---------------> DOWN --> UP
 *
 * UP is one that has shown what it can do (probe.h) and is given messages:
 * never more at once than it has threads, and none longer than a message it
 * was seen to look into.  Of several, the one with the least to do for its
 * weight.  SUSPECT after an answer that was no verdict: it has to show again
 * that it works before it gets the next message.  Messages wait for those
 * that are being looked at; for one that is down, a message makes a probe
 * start at once.
 */
#ifndef SCANNER_BACKEND_H
#define SCANNER_BACKEND_H

#include <stdbool.h>
#include <stdint.h>

#include "config/settings.h"
#include "privsep/addresses.h"
#include "privsep/record.h"
#include "scanner/version.h"

#define BACKEND_NONE UINT32_MAX /* no backend */

enum backend_state {
	BACKEND_UNKNOWN,
	BACKEND_UP,
	BACKEND_SUSPECT,
	BACKEND_DOWN
};

enum backend_choice {
	BACKEND_CHOSEN,
	BACKEND_FULL,	   /* wait: one will do, but has no room now */
	BACKEND_CHECKING,  /* wait: one is being looked at */
	BACKEND_TOO_SMALL, /* those there are do not take such a long one */
	BACKEND_EXHAUSTED, /* there is none, or all have been tried */
};

struct backend {
	const struct backend_settings *settings;
	struct address address; /* as seen from within */
	enum backend_state state;
	uint64_t since;		/* of the state */
	uint64_t worked;	/* last verdict, on a message or canary */
	uint64_t alive;		/* last answer, or when it got busy */
	uint32_t threads;	/* it has; 0: not known */
	uint32_t running;	/* scans under way */
	uint32_t reserved;	/* the next threads are for canaries */
	uint64_t share;		/* of the work so far, see backend_choose */
	uint64_t limit;		/* longest message it was seen to look into */
	bool instream;		/* descriptors do not reach it */
	bool alerts_off;	/* its limits pass silently */
	bool version_known;	/* it was asked */
	bool old_said;		/* its database's age is in the log */
	struct version version; /* as of the last probe */
	char reason[RECORD_REASON_MAX]; /* SUSPECT, DOWN */
};

/* Before lockdown, with settings that stay. */
void backend_setup(const struct scanner_settings *);

/* After lockdown what was the directory outside is inside ("" for the root
 * directory, "/0" for one in it): socket paths below it are changed to match. */
void backend_moved(const char *outside, const char *inside);

/* The addresses of hosts that are named, and may change (privsep/addresses.h).
 * Before lockdown. */
void backend_look_up(const struct addresses *);

/* Takes addresses that have changed; what is known of the clamd goes. */
void backend_follow(void);

uint32_t backend_count(void);
struct backend *backend_at(uint32_t index);

/* Scans that can be under way at once, over all. */
uint32_t backend_room(void);

/* tried: bit i set for a backend i that is out of the question.  On CHOSEN
 * *index has room kept for one scan, until backend_release. */
enum backend_choice backend_choose(
    uint32_t tried, uint64_t size, uint32_t *index);

/* The same for a message of up to size bytes that is still arriving, if it
 * would be sent as a stream anyway.  False: it would not, or there is no room
 * now. */
bool backend_choose_stream(uint64_t size, uint32_t *index);

/* A scan is over. */
void backend_release(uint32_t index);

/* Is there room for one more scan? */
bool backend_has_room(uint32_t index);

/* A thread for a canary: of those there are, or the next that gets free, to be
 * asked for again.  Zeroed memory has none. */
struct seat {
	bool taken, reserved;
};

bool backend_seat_take(uint32_t index, struct seat *);
void backend_seat_give(uint32_t index, struct seat *);

/* Is there one that is up, beside those tried, for a message of that size? */
bool backend_other(uint32_t tried, uint64_t size);

const char *backend_name(uint32_t index);

/* FILDES or INSTREAM. */
bool backend_takes_descriptors(uint32_t index);

/* What was learned: it gave an answer, or even a verdict; there is no connection, with errno;
 * what it said or did not say is wrong; it does not work; it does. */
void backend_answered(uint32_t index);
void backend_worked(uint32_t index);
void backend_refused(uint32_t index, int error);
void backend_suspected(uint32_t index, const char *reason);
void backend_failed(uint32_t index, const char *reason);
void backend_works(uint32_t index);

/* What a probe has found out.  A new database, or another limit, is logged. */
void backend_set_version(uint32_t index, const struct version *);
void backend_set_limit(uint32_t index, uint64_t limit);

/* Something the operator should know about one that is used all the same. */
void backend_warn(uint32_t index, const char *reason);

#endif
