/* SPDX-License-Identifier: ISC */
/*
 * The monitor's children: the table of them, what is known of each role over
 * the lives of its processes, and what is done with one: start, introduction
 * to the others, retirement, end.
 *
 * A child is STARTING until its READY, then UP; one that has a successor is
 * RETIRED and lives for what it still has to do, but no longer than it was
 * given.  Of each role at most one is UP.
 *
 * Who dies without having been told to is started again: at once the first
 * time, then with a growing delay.  A crash loop must not eat the machine, and
 * the listening sockets stay open meanwhile.
 */
#ifndef PRIVSEP_MONITOR_CHILDREN_H
#define PRIVSEP_MONITOR_CHILDREN_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "lib/log.h"
#include "lib/rate.h"
#include "privsep/ipc/boot.h"
#include "privsep/ipc/record.h"
#include "privsep/ipc/status_block.h"

/* Retired listeners end when their last session does, which can take
 * session_timeout; the oldest gives way when there are too many. */
#define CHILDREN_MAX STATUS_RESOLVER

/* As pratique(8) reads them. */
enum child_state {
	CHILD_FREE = STATUS_NONE,
	CHILD_STARTING = STATUS_CHILD_STARTING,
	CHILD_UP = STATUS_CHILD_UP,
	CHILD_RETIRED = STATUS_CHILD_RETIRED
};

/* Its channel to a child whose role it uses. */
struct link {
	uint32_t number; /* from 1, never used again */
	pid_t with;
};

struct child {
	enum child_state state;
	enum role role;
	pid_t pid;
	int fd; /* -1: cut off, its end is near */
	uint64_t since;
	uint64_t until;	     /* then it is ended */
	uint32_t unanswered; /* PINGs; see heartbeat.h */
	struct rate said;    /* its records, but for requests about keys */
	struct link link[ROLES_MAX]; /* by the other's role */
};

#define CHILDREN_NEVER UINT64_MAX

struct role_state {
	const struct child_plan *plan;
	uint64_t start_at; /* when one is due, by wire_now's clock */
	uint32_t failures;
	uint64_t failed_at;
};

extern struct child children[CHILDREN_MAX];
extern struct role_state jobs[ROLES_MAX];

/* The plans, one for each role, must stay.  All roles that there are in this
 * configuration are due. */
void children_setup(const struct child_plan plan[static ROLES_MAX]);

/* Tells a child something that carries nothing else, or a descriptor (-1:
 * none).  A failure shows as the child's end. */
void child_tell(const struct child *, enum record_type, int passfd);

/* Begins a line about a child. */
void child_log(
    const struct child *, struct log_line *, enum log_level, const char *event);

/* How many places are free. */
size_t children_room(void);

/* The first that is in that state, or NULL. */
struct child *children_find(enum role, enum child_state);

/* It is at work.  True if each role that there is in this configuration has
 * been by now. */
bool child_up(struct child *);

/* Nothing new for this one, which has the time of its plan to end what it
 * has. */
void child_retire(struct child *);

/* The last resort, and what a violation brings: SIGKILL to its group. */
void child_end(const struct child *);

/* The same for one that is of no use any more: its channel is closed, too. */
void child_cut_off(struct child *);

/* Whose channel to that child has this number: *user, NULL if it has ended, was
 * cut off, or has a channel to another one by now.  False if the number was
 * never given to anybody. */
bool children_linked(
    const struct child *provider, uint32_t number, struct child **user);

/* Tells those that it has a channel to that it has ended (GONE), or was
 * RETIRED. */
void children_news(const struct child *user, enum record_type);

/* Starts a child of the role and introduces it to the others. */
void children_start(enum role);

/* A start after a failure. */
void children_start_later(enum role);

#endif
