/* SPDX-License-Identifier: ISC */
/*
 * The clamds: what is known of each, and which one a message goes to.
 *
 *	UNKNOWN --> UP <--> SUSPECT --> DOWN
 *	            UP ---------------> DOWN --> UP
 *
 * UP is one that has shown that it works (probe.h) and is given messages:
 * never more at once than it has threads, and none as long as one that was
 * seen to be beyond its limits.  Of several, the one with the least to do for
 * its weight.  SUSPECT after an answer that was no verdict: it has to show
 * again that it works before it gets the next message.  Messages wait for
 * those that are being looked at; for one that is down, a message makes a
 * probe start at once.
 *
 * What is known of the length of messages: proved, the longest canary that it
 * found, and ceiling, the shortest message that it does not look into.  What
 * is between them is found out when a message is that long (confirm.h); no
 * message waits for that but those that need it.  proved is kept through an
 * outage, until a canary of that length or a shorter one is missed, or VERSION
 * says something else.  ceiling is forgotten then, after an outage, and after
 * some minutes: its configuration may be another one.
 */
#ifndef SCANNER_CLAMD_BACKEND_H
#define SCANNER_CLAMD_BACKEND_H

#include <stdbool.h>
#include <stdint.h>

#include "config/settings.h"
#include "privsep/ipc/addresses.h"
#include "privsep/ipc/record.h"
#include "scanner/clamd/reason.h"
#include "scanner/clamd/version.h"

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
	BACKEND_TOO_SMALL, /* it is beyond the limits of those there are */
	BACKEND_EXHAUSTED, /* there is none, or all have been tried */
};

struct backend {
	const struct backend_settings *settings;
	struct address address; /* as seen from within */
	enum backend_state state;
	uint64_t since;	   /* of the state */
	uint64_t worked;   /* last verdict, on a message or canary */
	uint64_t alive;	   /* last answer, or when it got busy */
	uint32_t threads;  /* it has; 0: not known */
	uint32_t running;  /* scans under way */
	uint32_t reserved; /* the next threads are for canaries */
	uint64_t share;	   /* of the work so far, see backend_choose */
	uint64_t proved;   /* longest canary that it found */
	uint64_t ceiling;  /* messages from here on: UINT64_MAX: not known */
	uint64_t ceiling_until; /* then it is forgotten */
	bool instream;		/* descriptors do not reach it */
	bool alerts_off;	/* its limits pass silently */
	bool version_known;	/* it was asked */
	bool old_said;		/* its database's age is in the log */
	struct version version; /* as of the last probe */
	struct reason reason;	/* SUSPECT, DOWN */
};

/* Before lockdown, with settings that stay. */
void backend_setup(const struct scanner_settings *);

/* Gives an address the length that belongs to the path of its Unix socket;
 * others stay. */
void backend_address_fit(struct address *);

/* After lockdown what was the directory outside is inside ("" for the root
 * directory, "/0" for one in it): socket paths below it are changed to match. */
void backend_moved(const char *outside, const char *inside);

/* The addresses of hosts that are named, and may change (privsep/ipc/addresses.h).
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
 * what it said or did not say is wrong; it does not work (for probe.c, where
 * the next probe follows); it does. */
void backend_answered(uint32_t index);
void backend_worked(uint32_t index);
void backend_refused(uint32_t index, int error);
void backend_suspected(uint32_t index, struct reason);
void backend_failed(uint32_t index, struct reason);
void backend_works(uint32_t index);

/* What a probe has found out.  A new database is logged. */
void backend_set_version(uint32_t index, const struct version *);

/* Of a canary, or a message, of that length: it was found; it should have
 * been; it is beyond its limits.  What that changes is logged. */
void backend_proved(uint32_t index, uint64_t length);
void backend_missed(uint32_t index, uint64_t length);
void backend_exceeded(uint32_t index, uint64_t length);

/* By its own account it looks into no more than so many bytes, which it did not
 * say before. */
void backend_reports(uint32_t index, uint64_t most);

/* One is on its way that is longer than any that was found: logged. */
void backend_measures(uint32_t index, uint64_t length);

/* The longest message it is given. */
uint64_t backend_limit(uint32_t index);

/* Something the operator should know about one that is used all the same. */
void backend_warn(uint32_t index, const char *reason);

#endif
