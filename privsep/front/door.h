/* SPDX-License-Identifier: ISC */
/*
 * The front door of the listener and of pratique-libmilter: connections from
 * their arrival until somebody serves them.  It owns the epoll descriptor, the
 * listening sockets and the table of connections that wait (pending.h), and
 * counts what it turns away.
 *
 * A connection is given out once it has said something.  One that hung up
 * before is closed, and costs nobody a process; one that hung up after its last
 * word is given out after all others, a few in each turn.  Nothing of what was
 * said is looked at here.
 */
#ifndef PRIVSEP_FRONT_DOOR_H
#define PRIVSEP_FRONT_DOOR_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/epoll.h>

/* In the data of an event (u64): the rest is the tag of a connection that was
 * handed over, and whose MTA has hung up.  Else it is a descriptor. */
#define DOOR_LEFT (UINT64_C(1) << 32)

/* Since the start. */
struct door_counts {
	uint64_t silent;  /* closed: said nothing for silent_time */
	uint64_t evicted; /* closed: too many of them */
	uint64_t hung_up; /* closed: their MTA had gone */
	uint64_t refused; /* times that there was no descriptor for one */
};

struct door_plan {
	uint32_t listens;     /* sockets, from CHILD_FD_LISTEN on */
	int flags;	      /* for accept4 */
	uint32_t capacity;    /* connections that may wait */
	uint32_t others;      /* descriptors beside them, at most */
	uint32_t silent_time; /* milliseconds */
};

/* False with errno. */
bool door_open(const struct door_plan *);

/* Further descriptors to wait for; a failure ends the process. */
void door_watch(int fd, uint32_t events);
void door_unwatch(int fd);

/* Waits at most so many milliseconds (-1: for ever), and takes the turn's
 * events: those of others are left in ev, their number is returned. */
int door_wait(struct epoll_event *ev, int max, int milliseconds);

/* What door_wait would have to wake up for, in milliseconds; -1: nothing. */
int door_time(uint64_t now);

/* The connection to be served next, or -1.  It stays until it is taken (its
 * descriptor is the caller's from then on), handed over to a process that has
 * it open (the caller closes it, and its end is reported once, with the tag),
 * or dropped (closed). */
int door_next(void);
void door_take(int fd);
void door_hand_over(int fd, uint32_t tag);
void door_drop(int fd);

/* Those that door_next would give cannot be served now: those that hang up
 * meanwhile come last. */
void door_stalled(bool);

/* No more connections; those that are there are dropped, at once if drop is
 * true, or else when silent_time is over. */
void door_shut(bool drop);

/* Accepts no more, and nobody waits. */
bool door_is_empty(void);
bool door_is_shut(void);

uint32_t door_waiting(void); /* connections that have said something */
const struct door_counts *door_counts(void);

#endif
