/* SPDX-License-Identifier: ISC */
/*
 * Sessions as the scanner sees them: a channel, and at most one message.
 *
 *	IDLE --BEGIN--> FIELDS --BODY--> BODY --END--> JUDGING --> DONE
 *	END that announces readings --> READING --READ--> JUDGING
 *	READING --> DONE, when what has come so far is enough
 *	ABORT from any of these but IDLE --> ABORTED (DONE stays DONE)
 *	READING, DONE --REPLAY-->, with a piece of the message in return
 *	READING, DONE --PART, PART_BYTES, PART_END-->
 *	READING, JUDGING, DONE, ABORTED --REPORT--> IDLE
 *
 * A record that does not fit the state or the message number ends the session
 * whose channel it came on, and nothing else.  So does a message that is open
 * for longer than an honest session has one open, and one too many.
 */
#ifndef SCANNER_CLIENT_H
#define SCANNER_CLIENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/queue.h>

#include "config/settings.h"
#include "lib/claims.h"
#include "lib/rate.h"
#include "scanner/base/stream.h"
#include "scanner/case.h"
#include "scanner/stamping.h"

/* Beside two generations of sessions: those of a retired listener live on while
 * the next one's begin. */
#define CLIENT_SPARE 64

enum client_state {
	CLIENT_FREE, /* no session in this slot */
	CLIENT_IDLE,
	CLIENT_FIELDS,
	CLIENT_BODY,
	CLIENT_READING, /* clamd has the message; objects of readings come */
	CLIENT_JUDGING,
	CLIENT_DONE,
	CLIENT_ABORTED,
	CLIENT_STATES
};

/* Lines of the log that have a rate, see report.h. */
enum report_kind {
	REPORT_ABORTED,	  /* of messages that were given up */
	REPORT_UNSCANNED, /* of messages that neither clamd nor a stamp judged */
	REPORT_CLOSED,	  /* of connections that a session closed */
	REPORT_ENDED,	  /* of sessions that had to be ended, or ended early */
	REPORT_KINDS
};

struct report_rates {
	struct rate of[REPORT_KINDS];
};

/* What of the objects of readings (lib/decoding.h) comes next. */
enum client_part_state {
	PART_NONE, /* nothing: none were announced, or READ was there */
	PART_NEXT, /* PART or READ */
	PART_OPEN, /* PART_BYTES or PART_END */
};

struct client_parts {
	enum client_part_state state;
	bool announced;
	uint32_t tried, kept;
	uint64_t bytes; /* of those that were kept */
	uint64_t all;	/* of all */
	bool over;	/* the open one is beyond what may be kept */
	struct reading_object object;
	struct stream stream; /* of the open one */
};

struct client {
	enum client_state state;
	int fd;
	uint32_t next_free;
	uint32_t owner;
	uint32_t message; /* number of the open or last message */
	bool closing;	  /* the session has announced its end */
	struct report_rates rates;
	/* Those with a message, oldest first; the others, idle longest first */
	TAILQ_ENTRY(client) order;
	uint64_t deadline; /* of the open message */
	uint64_t since;	   /* idle, or asked to yield */
	char queue_id[64]; /* from BEGIN; not always terminated */
	uint64_t size;	   /* END's claim */
	struct flow *flow; /* whose it is; NULL: no message */
	struct payer payer;
	struct stream stream; /* its memfd is kept until REPORT */
	struct client_parts parts;
	bool asks; /* with this, which waits for the check of a stamp */
	struct record_replay asked;
	struct scan_case scans;
	struct stamping stamping;
};

/* How many sessions, and so messages, there can be. */
uint32_t client_slots(const struct scanner_settings *);

/* Allocates the slots.  Before lockdown. */
bool client_setup(const struct scanner_settings *);

/* A new session's channel, from the listener in that slot of peer.c; fd is
 * taken over.  No listener gets more than three quarters of the slots. */
void client_add(int fd, uint32_t owner);

/* That listener has ended: what its sessions have sent is read, and that is
 * their end, even if others still hold their channels. */
void client_leave(uint32_t owner);

/* The channel of that slot is readable. */
void client_input(uint32_t index);

/* Ends the sessions whose message is overdue; and when there will be one,
 * UINT64_MAX: never. */
void client_run(uint64_t now);
uint64_t client_next(void);

/* Asks all sessions, and those still to come, to end when they have no
 * message open. */
void client_drain(void);

uint32_t client_limit(void); /* max_sessions */
uint32_t client_count(void); /* sessions */
uint32_t client_busy(void);  /* those with a message */

const char *client_state_name(enum client_state);

/* --- between client_records.c and the other files of that name ------------ */

struct client *client_at(uint32_t index);
uint32_t client_index(const struct client *);

/* What is seen of its open object: memory that no other message touches. */
struct look *client_part_look(const struct client *);

/* The only place where a state changes. */
void client_enter(struct client *, enum client_state);

/* The whole message to clamd; the answer comes by itself, if nothing else is to
 * come. */
void client_submit(struct client *);

/* All is there but what a stamp may make needless. */
void client_asked(struct client *);

/* Readings begin; the records of their objects.  False: a violation. */
void client_parts_begin(struct client *);
bool client_part(struct client *, struct span record);
bool client_part_bytes(struct client *, struct span record);
bool client_part_end(struct client *, struct span record);
bool client_read(struct client *, struct span record);

/* The pieces point into the batch. */
void client_parts_flush(struct client *);

/* Nothing more is kept. */
void client_parts_drop(struct client *);

/* CONTENT, the piece that was asked for, once no stamp is being checked that
 * may make it needless.  False: a violation. */
bool client_replay(struct client *, struct span record);

/* It is known whether it is; and the result was sent, if there is one. */
void client_replay_now(struct client *);

/* RESULT, with what the case has found. */
void client_answer(struct client *);

#endif
