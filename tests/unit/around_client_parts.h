/* SPDX-License-Identifier: ISC */
/*
 * Sessions that hand in objects of readings, for test_client_parts.c and
 * test_client_parts_bounds.c.
 */
#ifndef TESTS_UNIT_AROUND_CLIENT_PARTS_H
#define TESTS_UNIT_AROUND_CLIENT_PARTS_H

#include "tests/unit/around_client_stamps.h"

#include "scanner/suspects.h"

static void
send_end_reading(uint32_t n, uint32_t message)
{
	struct record_end r = {.head = record_head(RECORD_END, sizeof(r)),
	    .message = message,
	    .readings = 1};

	send_record(n, &r);
}

static void
send_part_named(const char *name, enum decoding decoding)
{
	struct record_part r = {.head = record_head(RECORD_PART, sizeof(r)),
	    .object.decoding = decoding};

	memcpy(r.object.part, name, strlen(name));
	send_record(0, &r);
}

static void
send_part(void)
{
	send_part_named("2.1", DECODING_BASE64_RESTART);
}

static void
send_bytes(size_t len)
{
	static struct {
		struct record_part_bytes r;
		uint8_t bytes[60000];
	} piece;

	memset(piece.bytes, 'b', sizeof(piece.bytes));
	piece.r.head = record_head(RECORD_PART_BYTES, sizeof(piece.r) + len);
	send_record(0, &piece);
}

static void
send_part_end(uint32_t keep)
{
	struct record_part_end r = {
	    .head = record_head(RECORD_PART_END, sizeof(r)), .keep = keep};

	send_record(0, &r);
}

static void
send_whole_part(size_t len, uint32_t keep)
{
	send_part();
	send_bytes(len);
	send_part_end(keep);
}

static void
send_read(uint32_t message, uint32_t end)
{
	struct record_read r = {.head = record_head(RECORD_READ, sizeof(r)),
	    .message = message,
	    .end = end};

	send_record(0, &r);
}

static void
send_replay(uint32_t message)
{
	struct record_replay r = {.head = record_head(RECORD_REPLAY, sizeof(r)),
	    .message = message,
	    .credit = 3};

	send_record(0, &r);
}

/* The session ends, if it has not been ended, and another one begins. */
static void
reopen(void)
{
	int pair[2];

	close(session[0]);
	if (client_count() == 2)
		client_input(0);
	running[0] = NULL;
	violations = 0;
	assert_true(channel_pair(pair));
	session[0] = pair[0];
	client_add(pair[1], 0);
}

/* A message that is being read. */
static void
begin_reading(uint32_t message)
{
	send_begin(0, message);
	send_field(0, "A");
	send_end_reading(0, message);
	assert_non_null(running[0]);
}

static void
judge_part(unsigned int number, enum outcome outcome)
{
	struct scan *j = part[number];

	assert_int_equal(j->state, SCAN_WAITING);
	j->state = SCAN_IDLE;
	j->verdict.outcome = outcome;
	j->identity = clamd;
	scan_judged(j);
}

/* The result, which has to be there. */
static struct record_result
result(void)
{
	struct record_result r = {0};

	assert_true(result_of(0, &r));
	return r;
}

/* Once, at first. */
static bool
set_up(void)
{
	now = (uint64_t)time(NULL);
	clamd.database.time = now - 3600;
	share_setup(UINT64_MAX);
	stamping_setup(&settings.stamp);
	notary_setup(&settings.stamp);
	return make_ring() && stream_setup(LIMIT) && case_setup() &&
	       client_setup(&settings);
}

#endif
