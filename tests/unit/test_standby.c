/* SPDX-License-Identifier: ISC */
/*
 * Spare connections: scanner/clamd/standby.c, and what scanner/clamd/exchange.c makes of one
 * that turns out to be dead.  The test is clamd: it listens on a Unix socket,
 * reads or does not read, answers or closes.
 */
#include "scanner/clamd/standby.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#include "scanner/clamd/backend.h"

#define REQUEST "zFILDES\0" /* and its NUL */
#define LIFE_MS 3000	    /* of a spare */
#define MESSAGE "x\r\n"

static struct scanner_settings settings;
static char directory[] = "/tmp/pratique-spare-XXXXXX";
static int listener = -1, memfd = -1;
static struct exchange c;

static void
address_set(struct address *address)
{
	address->local.sun_family = AF_UNIX;
	(void)snprintf(address->local.sun_path, sizeof(address->local.sun_path),
	    "%s/clamd", directory);
	address->len = sizeof(address->local);
}

/* One clamd that is up, at a socket that has nothing in its queue. */
static int
setup(void **state)
{
	struct address *address = &settings.backend[0].address;

	(void)state;
	settings.backends = 1;
	settings.backend[0].weight = 1;
	address_set(address);
	(void)unlink(address->local.sun_path);
	listener =
	    socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	assert_int_equal(bind(listener, &address->any, address->len), 0);
	assert_int_equal(listen(listener, 8), 0);
	backend_setup(&settings);
	backend_at(0)->state = BACKEND_UP;
	standby_setup();
	exchange_init(&c);
	return 0;
}

static int
teardown(void **state)
{
	(void)state;
	exchange_close(&c);
	backend_at(0)->state = BACKEND_DOWN;
	standby_run(0);
	close(listener);
	return 0;
}

/* The next connection to the clamd; -1: there is none. */
static int
accept_one(void)
{
	return accept4(listener, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
}

/* A spare as it is after a scan: clamd's end of it. */
static int
make_spare(void)
{
	int fd;

	standby_want(0);
	standby_run(1);
	fd = accept_one();
	assert_int_not_equal(fd, -1);
	return fd;
}

static enum step
ask(void)
{
	return standby_open(0, &c, memfd, strlen(MESSAGE));
}

static bool
is_closed(int fd)
{
	uint8_t byte;

	return read(fd, &byte, 1) == 0;
}

static void
read_request(int fd)
{
	uint8_t request[64];

	assert_int_equal(read(fd, request, sizeof(request)), sizeof(REQUEST));
	assert_memory_equal(request, REQUEST, sizeof(REQUEST));
}

static void
test_none(void **state)
{
	(void)state;
	standby_run(1);
	assert_int_equal(accept_one(), -1);
	assert_int_equal(ask(), STEP_STALE);
	assert_true(standby_next() == UINT64_MAX);
}

static void
test_used_once(void **state)
{
	static const char ok[] = "fd[7]: OK";
	int fd;

	(void)state;
	fd = make_spare();
	assert_int_equal(ask(), STEP_WAIT_READ);
	read_request(fd);
	assert_int_equal(write(fd, ok, sizeof(ok)), sizeof(ok));
	assert_int_equal(exchange_continue(&c), STEP_WAIT_READ);
	close(fd);
	assert_int_equal(exchange_continue(&c), STEP_ENDED);
	assert_int_equal(exchange_reply(&c).outcome, OUTCOME_CLEAN);
	exchange_close(&c);
	assert_int_equal(ask(), STEP_STALE);
}

/* However many scans have ended, and never while there is another one. */
static void
test_one_and_when_idle(void **state)
{
	int fd;

	(void)state;
	backend_at(0)->running = 1;
	standby_want(0);
	standby_run(1);
	assert_int_equal(accept_one(), -1);
	backend_at(0)->running = 0;
	standby_run(1);
	assert_int_equal(accept_one(), -1); /* it is not wanted any more */
	fd = make_spare();
	standby_want(0);
	standby_want(0);
	standby_run(2);
	assert_int_equal(accept_one(), -1);
	close(fd);
}

static void
test_closed_in_time(void **state)
{
	int fd;

	(void)state;
	fd = make_spare();
	assert_true(standby_next() == 1 + LIFE_MS);
	standby_run(LIFE_MS);
	assert_false(is_closed(fd));
	standby_run(1 + LIFE_MS);
	assert_true(is_closed(fd));
	assert_true(standby_next() == UINT64_MAX);
	assert_int_equal(ask(), STEP_STALE);
	close(fd);
}

/* Neither kept nor made for one that is not trusted, or gets streams. */
static void
test_only_where_fit(void **state)
{
	static const enum backend_state unfit[] = {
	    BACKEND_UNKNOWN, BACKEND_SUSPECT, BACKEND_DOWN};
	struct backend *b = backend_at(0);
	int fd;

	(void)state;
	for (size_t i = 0; i < sizeof(unfit) / sizeof(unfit[0]); i++) {
		fd = make_spare();
		b->state = unfit[i];
		standby_want(0);
		standby_run(2);
		assert_true(is_closed(fd));
		assert_int_equal(accept_one(), -1);
		close(fd);
		b->state = BACKEND_UP;
	}
	fd = make_spare();
	b->instream = true;
	assert_int_equal(ask(), STEP_STALE);
	standby_want(0);
	standby_run(2);
	assert_true(is_closed(fd));
	assert_int_equal(accept_one(), -1);
	close(fd);
}

static void
test_nobody_listens(void **state)
{
	(void)state;
	close(listener);
	listener = -1;
	standby_want(0);
	standby_run(1);
	assert_true(standby_next() == UINT64_MAX);
	assert_int_equal(ask(), STEP_STALE);
}

/* clamd was gone before the message came, with words or without. */
static void
test_dead_before(void **state)
{
	static const char late[] = "COMMAND READ TIMED OUT\n";
	int fd;

	(void)state;
	close(make_spare());
	assert_int_equal(ask(), STEP_STALE);
	assert_int_equal(c.fd, -1);
	fd = make_spare();
	assert_int_equal(write(fd, late, strlen(late)), strlen(late));
	close(fd);
	assert_int_equal(ask(), STEP_STALE);
	assert_int_equal(c.fd, -1);
}

/* It ended behind it without having read it. */
static void
test_dead_unread(void **state)
{
	int fd;

	(void)state;
	fd = make_spare();
	assert_int_equal(ask(), STEP_WAIT_READ);
	close(fd);
	assert_int_equal(exchange_continue(&c), STEP_STALE);
	assert_int_equal(c.fd, -1);
}

/* It had the message, and said nothing: that is for others to judge. */
static void
test_dead_with_it(void **state)
{
	int fd;

	(void)state;
	fd = make_spare();
	assert_int_equal(ask(), STEP_WAIT_READ);
	read_request(fd);
	close(fd);
	assert_int_equal(exchange_continue(&c), STEP_ENDED);
	assert_int_equal(exchange_reply(&c).fault, REPLY_FAULT_SILENT);
}

/* A connection made for the message is judged as before. */
static void
test_fresh_is_never_stale(void **state)
{
	int fd;

	(void)state;
	assert_int_equal(
	    exchange_open(&c, REQUEST_FILDES, &backend_at(0)->address, memfd,
		strlen(MESSAGE), false),
	    STEP_WAIT_READ);
	fd = accept_one();
	close(fd);
	assert_int_equal(exchange_continue(&c), STEP_ENDED);
	assert_int_equal(c.end, REPLY_RESET);
	assert_int_equal(exchange_reply(&c).fault, REPLY_FAULT_SILENT);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup_teardown(test_none, setup, teardown),
	    cmocka_unit_test_setup_teardown(test_used_once, setup, teardown),
	    cmocka_unit_test_setup_teardown(
		test_one_and_when_idle, setup, teardown),
	    cmocka_unit_test_setup_teardown(
		test_closed_in_time, setup, teardown),
	    cmocka_unit_test_setup_teardown(
		test_only_where_fit, setup, teardown),
	    cmocka_unit_test_setup_teardown(
		test_nobody_listens, setup, teardown),
	    cmocka_unit_test_setup_teardown(test_dead_before, setup, teardown),
	    cmocka_unit_test_setup_teardown(test_dead_unread, setup, teardown),
	    cmocka_unit_test_setup_teardown(test_dead_with_it, setup, teardown),
	    cmocka_unit_test_setup_teardown(
		test_fresh_is_never_stale, setup, teardown),
	};
	int failed;

	if (mkdtemp(directory) == NULL)
		return 1;
	memfd = memfd_create("test", MFD_CLOEXEC);
	if (write(memfd, MESSAGE, strlen(MESSAGE)) == -1)
		return 1;
	failed = cmocka_run_group_tests(tests, NULL, NULL);
	(void)unlink(settings.backend[0].address.local.sun_path);
	(void)rmdir(directory);
	return failed;
}
