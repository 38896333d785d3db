/* SPDX-License-Identifier: ISC */
/*
 * The front door, with real sockets: who is given out, in which order, and who
 * never costs a process; descriptors that run out; and what is told of it.
 */
#include "lib/fd_numbers.h"
#include "privsep/front/door.h"

#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <unistd.h>

#include <cmocka.h>

#include "privsep/front/load.h"
#include "privsep/ipc/channel.h"
#include "privsep/ipc/record.h"
#include "privsep/ipc/wire.h"

#define CLIENTS_MAX 65 /* one more than a turn takes */

static struct sockaddr_un address;
static socklen_t address_len;
static int client[CLIENTS_MAX];
static uint32_t clients;
static int monitor_end;

static struct door_plan plan = {.listens = 1,
    .flags = SOCK_NONBLOCK | SOCK_CLOEXEC,
    .capacity = 40,
    .others = 64,
    .silent_time = 60000};

static unsigned int accepts; /* calls */

int
accept4(int fd, __SOCKADDR_ARG from, socklen_t *len, int flags)
{
	accepts++;
	return (int)syscall(SYS_accept4, fd, from.__sockaddr__, len, flags);
}

/* Out of the way of the numbers that a listener has. */
static int
high(int fd)
{
	int moved = fcntl(fd, F_DUPFD_CLOEXEC, 20);

	close(fd);
	return moved;
}

static bool
place(int fd, int as)
{
	bool placed = dup2(fd, as) != -1;

	close(fd);
	return placed;
}

static int
setup(void **state)
{
	int pair[2];
	int fd = high(socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0));

	(void)state;
	/* an abstract name: nothing is left behind */
	address.sun_family = AF_UNIX;
	snprintf(address.sun_path + 1, sizeof(address.sun_path) - 1,
	    "pratique-test-door-%d", (int)getpid());
	address_len = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + 1 +
				  strlen(address.sun_path + 1));
	if (bind(fd, (struct sockaddr *)&address, address_len) == -1 ||
	    listen(fd, CLIENTS_MAX) == -1 || !channel_pair(pair))
		return -1;
	monitor_end = high(pair[1]);
	if (!place(high(pair[0]), CHILD_FD_MONITOR) ||
	    !place(fd, CHILD_FD_LISTEN))
		return -1;
	clients = 0;
	return door_open(&plan) ? 0 : -1;
}

/* The same, with little time. */
static int
setup_short(void **state)
{
	int result;

	plan.silent_time = 200;
	result = setup(state);
	plan.silent_time = 60000;
	return result;
}

static int
teardown(void **state)
{
	(void)state;
	while (clients > 0)
		close(client[--clients]);
	close(monitor_end);
	door_shut(true);
	return 0;
}

/* A client that says text, if it is not NULL. */
static int
dial(const char *text)
{
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);

	assert_int_equal(
	    connect(fd, (struct sockaddr *)&address, address_len), 0);
	if (text != NULL)
		assert_int_equal(
		    write(fd, text, strlen(text)), (ssize_t)strlen(text));
	assert_true(clients < CLIENTS_MAX);
	client[clients++] = fd;
	return fd;
}

static void
hang_up(void)
{
	close(client[--clients]);
}

/* Turns until there is nothing new. */
static void
turns(void)
{
	struct epoll_event ev[8];

	for (int i = 0; i < 8; i++)
		assert_int_equal(door_wait(ev, 8, 0), 0);
}

static void
test_hang_up(void **state)
{
	(void)state;
	/* before the door sees it, and after */
	for (int i = 0; i < 20; i++) {
		dial(NULL);
		hang_up();
	}
	turns();
	dial(NULL);
	turns();
	assert_int_equal(door_next(), -1);
	assert_false(door_is_empty());
	hang_up();
	turns();
	assert_int_equal(door_next(), -1);
	assert_true(door_is_empty());
	assert_int_equal(door_counts()->hung_up, 21);
	/* control: the same with a byte has to be served */
	dial("x");
	hang_up();
	turns();
	assert_int_not_equal(door_next(), -1);
	assert_int_equal(door_waiting(), 1);
}

/* A connection that comes alone costs one call; many cost no turn each. */
static void
test_accepts(void **state)
{
	struct epoll_event ev[8];

	(void)state;
	for (int i = 0; i < 3; i++) {
		accepts = 0;
		dial("x");
		turns();
		assert_int_equal(accepts, 1);
	}
	for (int i = 0; i < 20; i++)
		dial("x");
	for (int i = 0; i < 3; i++)
		assert_int_equal(door_wait(ev, 8, 0), 0);
	assert_int_equal(accepts, 1 + 20 + 1); /* it has found no more */
	turns();
	assert_int_equal(door_waiting(), 23);
}

/* Behind all others, a few in a turn. */
static void
test_left(void **state)
{
	struct epoll_event ev[8];
	unsigned int served = 0;
	char byte;
	int fd;

	(void)state;
	for (int i = 0; i < 20; i++) {
		dial("gone");
		hang_up();
	}
	turns();
	dial("here");
	turns();
	fd = door_next();
	assert_int_equal(read(fd, &byte, 1), 1);
	assert_int_equal(byte, 'h');
	door_drop(fd);
	while ((fd = door_next()) != -1) {
		door_drop(fd);
		served++;
	}
	assert_in_range(served, 1, 10);
	/* the others are not forgotten */
	assert_int_equal(door_time(wire_now()), 0);
	while (served < 20) {
		assert_int_equal(door_wait(ev, 8, 0), 0);
		while ((fd = door_next()) != -1) {
			door_drop(fd);
			served++;
		}
	}
	assert_true(door_is_empty());
}

/* One in a turn while more are at the door than were let in. */
static void
test_crowded(void **state)
{
	struct epoll_event ev[8];
	int fd;

	(void)state;
	for (int i = 0; i < 10; i++) {
		dial("gone");
		hang_up();
	}
	turns();
	for (int i = 0; i < CLIENTS_MAX; i++)
		dial(NULL);
	/* of the first turn one, whatever is behind it; then all */
	for (int i = 0; i < 2; i++)
		assert_int_equal(door_wait(ev, 8, 0), 0);
	fd = door_next();
	assert_int_not_equal(fd, -1);
	door_drop(fd);
	assert_int_equal(door_next(), -1);
	/* Who has left has its place; of the silent there is no room for all. */
	assert_in_range(door_counts()->evicted,
	    CLIENTS_MAX - (plan.capacity - 10), CLIENTS_MAX);
	/* and then some */
	assert_int_equal(door_wait(ev, 8, 0), 0);
	for (int i = 0; i < 2; i++) {
		fd = door_next();
		assert_int_not_equal(fd, -1);
		door_drop(fd);
	}
}

/* Who says nothing has its time, and is counted. */
static void
test_silent(void **state)
{
	struct epoll_event ev[8];

	(void)state;
	for (int i = 0; i < 3; i++)
		dial(NULL);
	turns();
	while (!door_is_empty())
		assert_int_equal(door_wait(ev, 8, door_time(wire_now())), 0);
	assert_int_equal(door_counts()->silent, 3);
	assert_int_equal(door_counts()->hung_up, 0);
	assert_int_equal(door_counts()->evicted, 0);
}

/* Who hangs up while it waits for a place comes last. */
static void
test_stalled(void **state)
{
	char byte;

	(void)state;
	dial("1");
	turns();
	assert_int_not_equal(door_next(), -1);
	door_stalled(true);
	close(client[0]);
	client[0] = -1;
	dial("2");
	dial("3");
	turns();
	assert_int_equal(door_waiting(), 3);
	assert_int_equal(read(door_next(), &byte, 1), 1);
	assert_int_equal(byte, '2');
	/* and who has nothing left behind is no more */
	close(client[1]);
	client[1] = -1;
	turns();
	assert_int_equal(door_waiting(), 2);
	door_stalled(false);
}

/* A listener that was retired has silent_time for those that it has. */
static void
test_shut(void **state)
{
	struct epoll_event ev[8];
	uint64_t now;
	int wait;

	(void)state;
	dial("waits");
	turns();
	door_stalled(true);
	door_shut(false);
	turns();
	assert_int_equal(door_waiting(), 1);
	assert_in_range(door_time(wire_now()), 1, 1 << 30);
	/* To be told so again makes it no longer. */
	now = wire_now();
	wait = door_time(now);
	assert_int_equal(door_wait(ev, 8, 5), 0);
	door_shut(false);
	assert_int_equal(door_time(now), wait);
	while (!door_is_empty())
		assert_int_equal(door_wait(ev, 8, 10), 0);
	assert_true(read(client[0], ev, 1) <= 0); /* not all was read */
}

static void
test_no_descriptor(void **state)
{
	struct rlimit limit, none;
	struct epoll_event ev[8];
	int first, second;

	(void)state;
	for (int i = 0; i < 5; i++)
		dial("x");
	/* There is room for two, whose numbers need not be neighbours. */
	first = dup(0);
	second = dup(0);
	close(first);
	close(second);
	assert_int_equal(getrlimit(RLIMIT_NOFILE, &limit), 0);
	none = limit;
	none.rlim_cur = (rlim_t)second + 1;
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &none), 0);
	assert_int_equal(door_wait(ev, 8, 0), 0);
	assert_int_equal(door_counts()->refused, 0); /* it took only one */
	assert_int_equal(door_wait(ev, 8, 0), 0);
	assert_int_equal(door_counts()->refused, 1);
	/* the socket is left alone, it would wake us for ever */
	turns();
	assert_int_equal(door_counts()->refused, 1);
	assert_int_equal(door_waiting(), 2);
	assert_in_range(door_time(wire_now()), 1, 1 << 30);
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &limit), 0);
	while (door_waiting() < 5)
		assert_int_equal(door_wait(ev, 8, 10), 0);
}

/* --- what is told ------------------------------------------------------------- */

/* The next record on fd; false: there is none. */
static bool
told(int fd, struct record_load *load)
{
	int passed;
	ssize_t n = channel_recv(fd, load, sizeof(*load), &passed);

	if (n == -1)
		return false;
	assert_true(record_check(ROLE_LISTENER,
	    fd == monitor_end ? ROLE_MONITOR : ROLE_SCANNER,
	    span_of(load, (size_t)n), false));
	assert_int_equal(load->head.type, RECORD_LOAD);
	return true;
}

static void
test_told(void **state)
{
	struct load now = {.sessions = 7, .why = LOAD_NONE, .may_yield = true};
	struct record_load load;
	int pair[2];

	(void)state;
	assert_true(channel_pair(pair));
	now.scanner = pair[0];
	/* the monitor at once, then not more often than once a second */
	assert_true(load_tell(&now, 1000000));
	assert_true(told(monitor_end, &load));
	assert_int_equal(load.sessions, 7);
	assert_true(load_tell(&now, 1005000));
	assert_false(told(monitor_end, &load));
	now.sessions = 8;
	dial("x");
	turns();
	assert_true(load_tell(&now, 1006000));
	now.sessions = 9;
	assert_true(load_tell(&now, 1006999));
	assert_true(told(monitor_end, &load));
	assert_int_equal(load.waiting, 1);
	assert_false(told(monitor_end, &load));
	assert_int_equal(load_time(1006999), 1);
	assert_true(load_tell(&now, 1007000));
	assert_true(told(monitor_end, &load));
	assert_int_equal(load.sessions, 9);
	/* the scanner not before places have been short for a while, */
	now.why = LOAD_MAX_SESSIONS;
	assert_true(load_tell(&now, 1010000));
	assert_true(load_tell(&now, 1010400));
	assert_false(told(pair[1], &load));
	assert_true(load_tell(&now, 1010500));
	assert_true(told(pair[1], &load));
	assert_int_equal(load.why, LOAD_MAX_SESSIONS);
	assert_int_equal(load.need, 1);
	/* for the log not again, but for places, and only for these */
	assert_true(load_tell(&now, 1010750));
	assert_true(told(pair[1], &load));
	assert_int_equal(load.why, LOAD_NONE);
	assert_int_equal(load.need, 1);
	now.why = LOAD_FORK;
	assert_true(load_tell(&now, 1020000));
	assert_false(told(pair[1], &load));
	assert_true(load_tell(&now, 1080000));
	assert_true(told(pair[1], &load));
	assert_int_equal(load.why, LOAD_FORK);
	assert_int_equal(load.need, 0);
	assert_false(told(pair[1], &load));
	/* nobody can give way */
	now.why = LOAD_MAX_SESSIONS;
	now.may_yield = false;
	assert_true(load_tell(&now, 1140000));
	assert_true(told(pair[1], &load));
	assert_int_equal(load.why, LOAD_MAX_SESSIONS);
	assert_int_equal(load.need, 0);
	/* who was closed, once */
	now.why = LOAD_NONE;
	for (uint32_t i = 0; i < plan.capacity + 2; i++)
		dial(NULL);
	turns();
	assert_true(load_tell(&now, 1200000));
	assert_true(told(pair[1], &load));
	assert_int_equal(load.evicted, door_counts()->evicted);
	assert_true(load.evicted > 0);
	assert_true(load_tell(&now, 1260000));
	assert_false(told(pair[1], &load));
	close(pair[0]);
	close(pair[1]);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup_teardown(test_hang_up, setup, teardown),
	    cmocka_unit_test_setup_teardown(test_accepts, setup, teardown),
	    cmocka_unit_test_setup_teardown(test_left, setup, teardown),
	    cmocka_unit_test_setup_teardown(test_crowded, setup, teardown),
	    cmocka_unit_test_setup_teardown(test_silent, setup_short, teardown),
	    cmocka_unit_test_setup_teardown(test_stalled, setup, teardown),
	    cmocka_unit_test_setup_teardown(test_shut, setup_short, teardown),
	    cmocka_unit_test_setup_teardown(
		test_no_descriptor, setup, teardown),
	    cmocka_unit_test_setup_teardown(test_told, setup, teardown),
	};

	return cmocka_run_group_tests_name("door", tests, NULL, NULL);
}
