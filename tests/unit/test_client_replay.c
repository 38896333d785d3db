/* SPDX-License-Identifier: ISC */
/*
 * The stored message for its session: scanner/client_replay.c.  Which pieces a
 * REPLAY brings, and which are refused; that nothing of it waits for a session
 * that does not read; and that pieces hold the message and nothing else.
 */
#include "scanner/client.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#include "privsep/ipc/channel.h"
#include "scanner/base/share.h"

#define MESSAGE 7
#define BODY	200000
#define SIZE	(sizeof(FIELD) - 1 + 4 + BODY)
#define FIELD	"Subject: a"

static uint8_t message[SIZE];
static struct client client;
static struct share sender, listener;
static const struct payer payer = {&sender, &listener};
static int session;

static struct {
	struct record_content content;
	uint8_t bytes[RECORD_BATCH_MAX];
} got;

static int
setup(void **state)
{
	int pair[2];

	(void)state;
	assert_true(channel_pair(pair));
	session = pair[0];
	client = (struct client){.state = CLIENT_DONE,
	    .fd = pair[1],
	    .message = MESSAGE,
	    .payer = payer};
	memcpy(message, FIELD "\r\n\r\n", SIZE - BODY);
	for (size_t i = SIZE - BODY; i < SIZE; i++)
		message[i] = (uint8_t)(i * 31 + i / 251);
	stream_begin(&client.stream, span_text("4REPLAY"));
	client.stream.payer = &client.payer;
	stream_field(&client.stream, span_text("Subject"), span_text(" a"));
	stream_body(&client.stream, span_of(message + SIZE - BODY, BODY));
	assert_int_equal(stream_finish(&client.stream), OUTCOME_CLEAN);
	assert_int_equal(client.stream.len, SIZE);
	return 0;
}

static int
teardown(void **state)
{
	(void)state;
	stream_drop(&client.stream);
	close(client.fd);
	close(session);
	return sender.held == 0 && listener.held == 0 ? 0 : -1;
}

static bool
ask_of(uint32_t number, uint64_t offset, uint32_t credit)
{
	struct record_replay r = {.head = record_head(RECORD_REPLAY, sizeof(r)),
	    .message = number,
	    .credit = credit,
	    .offset = offset};

	return client_replay(&client, span_of(&r, sizeof(r)));
}

static bool
ask(uint64_t offset, uint32_t credit)
{
	return ask_of(MESSAGE, offset, credit);
}

/* The answer; its bytes, -1: there is none. */
static ssize_t
answer(void)
{
	ssize_t n = recv(session, &got, sizeof(got), MSG_DONTWAIT);

	if (n == -1)
		return -1;
	assert_true(record_check(
	    ROLE_SCANNER, ROLE_SESSION, span_of(&got, (size_t)n), false));
	assert_int_equal(got.content.head.type, RECORD_CONTENT);
	assert_int_equal(got.content.message, MESSAGE);
	return n - (ssize_t)sizeof(got.content);
}

static void
test_pieces(void **state)
{
	static const struct {
		uint64_t offset;
		uint32_t credit;
		size_t len;
	} rows[] = {
	    {0, 1, 1},
	    {0, REPLAY_PIECE_MAX, REPLAY_PIECE_MAX},
	    {1, REPLAY_PIECE_MAX, REPLAY_PIECE_MAX},
	    {SIZE - 1, 1, 1},
	    {SIZE - 1, 2, 1},
	    {SIZE - 2, 1, 1},
	    {SIZE - REPLAY_PIECE_MAX, REPLAY_PIECE_MAX, REPLAY_PIECE_MAX},
	    {SIZE - REPLAY_PIECE_MAX + 1, REPLAY_PIECE_MAX,
		REPLAY_PIECE_MAX - 1},
	    {SIZE, 1, 0},
	    {SIZE, REPLAY_PIECE_MAX, 0},
	    {3, 5, 5},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		assert_true(ask(rows[i].offset, rows[i].credit));
		assert_int_equal(answer(), rows[i].len);
		assert_int_equal(got.content.stored, 1);
		assert_int_equal(got.content.offset, rows[i].offset);
		assert_int_equal(got.content.size, SIZE);
		assert_memory_equal(
		    got.bytes, message + rows[i].offset, rows[i].len);
		assert_int_equal(answer(), -1); /* one each */
	}
}

static void
test_refused(void **state)
{
	(void)state;
	assert_false(ask(0, 0));
	assert_false(ask(0, REPLAY_PIECE_MAX + 1));
	assert_false(ask(0, UINT32_MAX));
	assert_false(ask(SIZE + 1, 1));
	assert_false(ask(UINT64_MAX, 1));
	assert_false(ask(UINT64_MAX - 1, 2));
	assert_false(ask_of(MESSAGE - 1, 0, 1));
	assert_false(ask_of(MESSAGE + 1, 0, 1));
	assert_false(ask_of(0, 0, 1));
	assert_int_equal(answer(), -1);
	assert_true(ask(0, 1)); /* control */
	assert_int_equal(answer(), 1);
}

/* A message that there is none of has no bytes, and nothing to go on to. */
static void
test_not_stored(void **state)
{
	(void)state;
	stream_drop(&client.stream);
	assert_false(ask(1, 1));
	assert_true(ask(0, REPLAY_PIECE_MAX));
	assert_int_equal(answer(), 0);
	assert_int_equal(got.content.stored, 0);
	assert_int_equal(got.content.size, 0);
}

/* A memfd that cannot be read is as good as none. */
static void
test_unreadable(void **state)
{
	int memfd = client.stream.memfd;

	(void)state;
	client.stream.memfd = open("/dev/null", O_RDONLY | O_CLOEXEC);
	assert_true(ask(0, 1));
	assert_int_equal(answer(), 0);
	assert_int_equal(got.content.stored, 0);
	close(client.stream.memfd);
	client.stream.memfd = memfd;
}

/* A session that asks and does not read: what the channel takes and no more,
 * and nobody waits for it. */
static void
test_not_read(void **state)
{
	unsigned int answers = 0, taken = 0;

	(void)state;
	while (ask(0, REPLAY_PIECE_MAX))
		assert_true(++answers < 100);
	assert_true(answers > 0);
	while (answer() != -1)
		taken++;
	assert_int_equal(taken, answers);
	assert_true(ask(0, 1)); /* nothing is left of that */
	assert_int_equal(answer(), 1);
}

/* One that has ended has done nothing wrong. */
static void
test_gone(void **state)
{
	(void)state;
	assert_true(ask(0, 1));
	close(session);
	assert_true(ask(0, 1));
	assert_true(ask(0, 1));
	session = -1;
}

#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    T(test_pieces),
	    T(test_refused),
	    T(test_not_stored),
	    T(test_unreadable),
	    T(test_not_read),
	    T(test_gone),
	};

	share_setup(UINT64_MAX);
	if (!stream_setup(SIZE))
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
