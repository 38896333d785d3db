/* SPDX-License-Identifier: ISC */
/* The front door; see door.h.  In the listener and in pratique-libmilter. */
#include "privsep/front/door.h"
#include "lib/ensure.h"
#include "lib/fd_numbers.h"

#include <errno.h>
#include <stddef.h>
#include <sys/socket.h>
#include <sysexits.h>
#include <unistd.h>

#include "privsep/front/pending.h"
#include "privsep/ipc/record.h"
#include "privsep/ipc/wire.h"

/* Connections taken from one socket in a row. */
#define ACCEPT_BURST 64
/* Connections given out in one turn of those that hung up after their last
 * word; the same when more are at the door than were let in. */
#define LEFT_BURST   8
#define LEFT_CROWDED 1
/* How soon to look again when there was no descriptor. */
#define PAUSE_MS 100

#define HANG_UP (EPOLLRDHUP | EPOLLHUP | EPOLLERR)

static struct door_plan plan;
static struct pending *pending;
static struct door_counts counts;
static int epoll_fd;
static bool shut, stalled, crowded;
static uint64_t busy; /* listening sockets that were ready at the last turn */
static uint64_t shut_until;  /* those that are there are dropped then */
static uint64_t pause_until; /* the listening sockets are not watched; or 0 */
static uint32_t left;	     /* that may still be given out in this turn */

/* False with errno. */
static bool
watch(int fd, int operation, uint32_t events)
{
	struct epoll_event ev = {.events = events, .data.u64 = (uint64_t)fd};

	return epoll_ctl(epoll_fd, operation, fd, &ev) == 0;
}

void
door_watch(int fd, uint32_t events)
{
	if (!watch(fd, EPOLL_CTL_ADD, events))
		_exit(EX_OSERR);
}

void
door_unwatch(int fd)
{
	epoll_ctl(epoll_fd, EPOLL_CTL_DEL, fd, NULL);
}

static bool
is_listening(int fd)
{
	return fd >= CHILD_FD_LISTEN &&
	       fd < CHILD_FD_LISTEN + (int)plan.listens;
}

/* Watches the listening sockets for events: 0 for none. */
static void
watch_sockets(int operation, uint32_t events)
{
	for (int i = 0; i < (int)plan.listens; i++) {
		if (!watch(CHILD_FD_LISTEN + i, operation, events))
			_exit(EX_OSERR);
	}
}

bool
door_open(const struct door_plan *p)
{
	ensure(p->listens <= 64); /* bits of a turn's ready ones */
	plan = *p;
	counts = (struct door_counts){0};
	shut = stalled = false;
	pause_until = busy = 0;
	epoll_fd = epoll_create1(EPOLL_CLOEXEC);
	pending = pending_make(plan.capacity, plan.others, plan.silent_time);
	if (epoll_fd == -1 || pending == NULL)
		return false;
	watch_sockets(EPOLL_CTL_ADD, EPOLLIN);
	return true;
}

void
door_take(int fd)
{
	ensure(pending_state(pending, fd) != PENDING_STATES);
	door_unwatch(fd);
	pending_remove(pending, fd);
}

void
door_drop(int fd)
{
	door_take(fd);
	close(fd);
}

/*
 * The connection stays in the epoll set until every process has closed it
 * (epoll(7)): so the hang-up is reported, once, to a process that can no longer
 * read from it.
 */
void
door_hand_over(int fd, uint32_t tag)
{
	struct epoll_event ev = {
	    .events = EPOLLRDHUP | EPOLLONESHOT, .data.u64 = DOOR_LEFT | tag};

	ensure(tag != 0 && pending_state(pending, fd) != PENDING_STATES);
	epoll_ctl(epoll_fd, EPOLL_CTL_MOD, fd, &ev);
	pending_remove(pending, fd);
}

/* --- arrivals ----------------------------------------------------------------- */

static void
arrived(int fd, uint64_t now)
{
	int evicted = pending_add(pending, fd, now);

	if (evicted != -1) {
		counts.evicted++;
		if (evicted != fd)
			door_unwatch(evicted);
		close(evicted);
	}
	if (evicted != fd &&
	    !watch(fd, EPOLL_CTL_ADD, EPOLLIN | EPOLLRDHUP | EPOLLONESHOT)) {
		counts.refused++; /* no room in the kernel for one more */
		pending_remove(pending, fd);
		close(fd);
	}
}

/* Without a descriptor, or memory for one, the socket would stay ready: it is
 * left alone for a while. */
static void
pause_accepting(uint64_t now)
{
	counts.refused++;
	if (pause_until == 0)
		watch_sockets(EPOLL_CTL_MOD, 0);
	pause_until = now + PAUSE_MS;
}

static void
accept_from(int listen_fd, int burst, uint64_t now)
{
	for (int i = 0; i < burst && pause_until == 0; i++) {
		int fd = accept4(listen_fd, NULL, NULL, plan.flags);

		if (fd != -1)
			arrived(fd, now);
		else if (errno == EMFILE || errno == ENFILE ||
			 errno == ENOBUFS || errno == ENOMEM)
			pause_accepting(now);
		else
			return;
	}
	crowded = burst == ACCEPT_BURST && pause_until == 0;
}

/* One connection, without asking for another that is rarely there; all of them
 * at a socket that was ready in the turn before this one, too. */
static void
accept_all(uint64_t ready, uint64_t now)
{
	for (int i = 0; i < (int)plan.listens; i++) {
		if ((ready >> i & 1) != 0)
			accept_from(CHILD_FD_LISTEN + i,
			    (busy >> i & 1) != 0 ? ACCEPT_BURST : 1, now);
	}
	busy = ready;
}

/* --- first words --------------------------------------------------------------- */

/* Is there a byte?  It is copied, and nobody looks at it; to ask for their
 * number would need one more system call in three filters. */
static bool
has_bytes(int fd)
{
	char byte;
	struct iovec iov = {.iov_base = &byte, .iov_len = 1};
	struct msghdr msg = {.msg_iov = &iov, .msg_iovlen = 1};

	return recvmsg(fd, &msg, MSG_PEEK | MSG_DONTWAIT) > 0;
}

/* From now on only the end of a connection that has to wait is of interest. */
static void
watch_leaving(int fd)
{
	(void)watch(fd, EPOLL_CTL_MOD, EPOLLRDHUP | EPOLLONESHOT);
}

static void
spoke(int fd, uint32_t events)
{
	bool gone = (events & HANG_UP) != 0;

	if (gone && !has_bytes(fd)) {
		counts.hung_up++;
		door_drop(fd);
		return;
	}
	pending_ready(pending, fd, gone);
	if (stalled && !gone)
		watch_leaving(fd);
}

void
door_stalled(bool now)
{
	if (now && !stalled) {
		for (int fd = pending_first(pending, PENDING_READY); fd != -1;
		     fd = pending_next(pending, fd))
			watch_leaving(fd);
	}
	stalled = now;
}

/* --- turns ---------------------------------------------------------------------- */

/* Does what has become due. */
static void
run(uint64_t now)
{
	int fd;

	while ((fd = pending_expired(pending, now)) != -1) {
		counts.silent++;
		door_drop(fd);
	}
	if (pause_until != 0 && now >= pause_until) {
		pause_until = 0;
		if (!shut)
			watch_sockets(EPOLL_CTL_MOD, EPOLLIN);
	}
	if (shut && now >= shut_until)
		door_shut(true);
	left = crowded ? LEFT_CROWDED : LEFT_BURST;
	crowded = false;
}

/* -1: the hang-up of one that was handed over. */
static int
event_fd(const struct epoll_event *ev)
{
	return (ev->data.u64 & DOOR_LEFT) != 0 ? -1
					       : (int)(uint32_t)ev->data.u64;
}

int
door_wait(struct epoll_event *ev, int max, int milliseconds)
{
	int n = epoll_pwait(epoll_fd, ev, max, milliseconds, NULL);
	uint64_t now = wire_now();
	uint64_t ready = 0;
	int others = 0;

	ensure(n <= max);
	/* A number that is free now may come back with a new connection, so
	 * there are no new ones before the events of the old ones are taken. */
	for (int i = 0; i < n; i++) {
		int fd = event_fd(&ev[i]);

		if (pending_state(pending, fd) != PENDING_STATES)
			spoke(fd, ev[i].events);
		else
			ev[others++] = ev[i];
	}
	n = others;
	others = 0;
	for (int i = 0; i < n; i++) {
		if (!is_listening(event_fd(&ev[i])))
			ev[others++] = ev[i];
		else
			ready |= 1ULL << (event_fd(&ev[i]) - CHILD_FD_LISTEN);
	}
	if (!shut)
		accept_all(ready, now);
	run(now);
	return others;
}

int
door_time(uint64_t now)
{
	int wait = pending_wait(pending, now);
	uint64_t until = UINT64_MAX;

	if (!stalled && left == 0)
		return 0;
	if (pause_until != 0)
		until = pause_until;
	if (shut && !door_is_empty() && shut_until < until)
		until = shut_until;
	if (until == UINT64_MAX)
		return wait;
	until = until > now ? until - now : 0;
	return wait == -1 || until < (uint64_t)wait ? (int)until : wait;
}

int
door_next(void)
{
	int fd = pending_first(pending, PENDING_READY);

	if (fd != -1)
		return fd;
	fd = pending_first(pending, PENDING_LEFT);
	if (fd == -1 || left == 0)
		return -1;
	left--;
	return fd;
}

void
door_shut(bool drop)
{
	if (!shut) {
		for (int i = 0; i < (int)plan.listens; i++) {
			door_unwatch(CHILD_FD_LISTEN + i);
			close(CHILD_FD_LISTEN + i);
		}
	}
	shut_until = shut ? shut_until : wire_now() + plan.silent_time;
	shut = true;
	for (enum pending_state s = 0; drop && s < PENDING_STATES; s++) {
		while (pending_first(pending, s) != -1)
			door_drop(pending_first(pending, s));
	}
}

bool
door_is_shut(void)
{
	return shut;
}

bool
door_is_empty(void)
{
	for (enum pending_state s = 0; s < PENDING_STATES; s++) {
		if (pending_first(pending, s) != -1)
			return false;
	}
	return true;
}

uint32_t
door_waiting(void)
{
	return pending_count(pending, PENDING_READY) +
	       pending_count(pending, PENDING_LEFT);
}

const struct door_counts *
door_counts(void)
{
	return &counts;
}
