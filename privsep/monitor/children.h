/* SPDX-License-Identifier: ISC */
/*
 * The monitor's children: the table of them, what is known of each role over
 * the lives of its processes, and what is done with one: start, introduction
 * to the others, retirement, end.
 *
 * A child is STARTING until its READY, then UP; a listener that accepts no
 * more is RETIRED and lives until its last session has ended, but no longer
 * than it was given.  There is at most one scanner and one listener that is not
 * retired.
 */
#ifndef PRIVSEP_MONITOR_CHILDREN_H
#define PRIVSEP_MONITOR_CHILDREN_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "lib/log.h"
#include "lib/rate.h"
#include "privsep/ipc/child.h"
#include "privsep/ipc/record.h"
#include "privsep/ipc/status_block.h"

/* Retired listeners end when their last session does, which can take
 * session_timeout; the oldest gives way when there are too many. */
#define CHILDREN_MAX STATUS_RESOLVER

/* The numbers are those of enum status_state. */
enum child_state { CHILD_FREE, CHILD_STARTING, CHILD_UP, CHILD_RETIRED };

struct child {
	enum child_state state;
	enum role role;
	pid_t pid;
	int fd; /* -1: cut off, its end is near */
	uint64_t since;
	uint64_t until;	     /* then it is ended */
	uint32_t unanswered; /* PINGs; see heartbeat.h */
	struct rate said;    /* its records, but for requests about keys */
	/* A listener's channel to a scanner: its number, and whose it is. */
	uint32_t link;
	pid_t scanner;
};

#define CHILDREN_NEVER UINT64_MAX

struct role_state {
	const char *name;
	const struct child_plan *plan;
	uint64_t start_at; /* when one is due, by wire_now's clock */
	uint32_t failures;
	uint64_t failed_at;
};

extern struct child children[CHILDREN_MAX];
extern struct role_state jobs[ROLE_COUNT]; /* listener and scanner */

/* Tells a child something that carries nothing else, or a descriptor (-1:
 * none).  A failure shows as the child's end. */
void child_tell(const struct child *, enum record_type, int passfd);

/* Begins a line about a child. */
void child_log(
    const struct child *, struct log_line *, enum log_level, const char *event);

/* How many places are free. */
size_t children_room(void);

/* No more connections, or sessions, for this one, which has so many
 * milliseconds to end what it has. */
void child_retire(struct child *, uint32_t time);

/* The last resort, and what a violation brings: SIGKILL to its group. */
void child_end(const struct child *);

/* The same for one that is of no use any more: its channel is closed, too. */
void child_cut_off(struct child *);

/* Whose channel to that scanner has this number: *listener, NULL if it has
 * ended, was cut off, or has another scanner by now.  False if the number was
 * never given to anybody. */
bool children_linked(
    const struct child *scanner, uint32_t link, struct child **listener);

/* Tells a listener's scanner that the listener has ended, or was RETIRED. */
void children_news(const struct child *listener, enum record_type);

/* Starts a child of the role and introduces it to the others. */
void children_start(enum role);

/* A start after a failure: at once the first time, later the next times. */
void children_start_later(enum role);

#endif
