/* SPDX-License-Identifier: ISC */
/*
 * What an earlier message, or an earlier session, has left in a slot of
 * scanner/client_records.c decides nothing: each record is played in each state, in a
 * slot that is new and in slots that are as dirty as they can be, and what
 * comes of it must be the same to the letter: answers, what clamd and the
 * monitor are given, and the log.
 */
#include "scanner/client.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "privsep/ipc/channel.h"
#include "scanner/base/log_retry.h"
#include "scanner/base/monitor_link.h"
#include "scanner/base/share.h"
#include "scanner/clamd/backend.h"
#include "scanner/closing.h"
#include "scanner/report.h"
#include "tests/unit/stub_archives.h"
#include "tests/unit/stub_poll.h"

static struct scanner_settings settings = {.max_sessions = 4,
    .limits.messages = 1000,
    .stamp = {.add = true,
	.max_age = 3600000,
	.skew = 300000,
	.db_age = UINT32_MAX,
	.header = "X-Scan-Stamp",
	.peers = 1,
	.peer = {{.tolerant = true, .keys = 1, .key = {"k"}}}}};

/* --- all that can be seen of it from outside --------------------------------- */

static struct transcript {
	uint8_t bytes[1 << 16];
	size_t len;
} fresh, dirty, *seen = &fresh;

static void
see(const char *what, const void *bytes, size_t len)
{
	size_t name = strlen(what);

	assert_true(name + len <= sizeof(seen->bytes) - seen->len);
	memcpy(seen->bytes + seen->len, what, name);
	if (len > 0)
		memcpy(seen->bytes + seen->len + name, bytes, len);
	seen->len += name + len;
}

/* --- what surrounds client_records.c -------------------------------------------------- */

static struct client *slot; /* number 0, once it had a scan */
static struct scan *running, *running_part;
static union {
	struct record_head head;
	struct record_stamp stamp;
	struct record_check check;
} question;
static struct stamp good; /* for the message of whole() */
static struct database database = {.number = 27091};

void
log_retry_end(struct log_line *line)
{
	see("log ", line->text + line->start, line->len - line->start);
}

void
log_retry_event(enum log_level level, const char *event, const char *what)
{
	(void)level;
	see(event, what, strlen(what));
}

/* It has a rate, which is nothing of a slot's. */
void
closing_log(struct client *c, const struct record_closing *closing)
{
	(void)c;
	see("closing ", closing, sizeof(*closing));
}

const char *
backend_name(uint32_t index)
{
	static char name[16];

	snprintf(name, sizeof(name), "clamd-%u", index);
	return name;
}

struct database
identity_own(void)
{
	return database;
}

void
scan_early(struct scan *j, int memfd, uint64_t size)
{
	(void)memfd, (void)size;
	see(j->state == SCAN_EARLY_OFF ? "late" : "early", NULL, 0);
}

void
scan_settle(struct scan *j, enum outcome outcome)
{
	j->verdict =
	    (struct verdict){.outcome = outcome, .backend = BACKEND_NONE};
}

void
scan_submit(struct scan *j, int memfd, uint64_t size, uint64_t lead)
{
	uint8_t content[4096];
	ssize_t n = pread(memfd, content, sizeof(content), (off_t)lead);

	assert_int_equal(n, size - lead);
	j->memfd = memfd;
	j->size = size;
	j->state = SCAN_WAITING;
	if (lead == 0) {
		see("part ", content, (size_t)n);
		running_part = j;
		return;
	}
	slot = (struct client *)(void *)((uint8_t *)j -
					 offsetof(struct client, scans.whole));
	see("scan ", content, (size_t)n);
	running = j;
}

void
scan_cancel(struct scan *j)
{
	if (j->state == SCAN_IDLE)
		return;
	see("cancel", NULL, 0);
	j->state = SCAN_IDLE;
	if (running == j)
		running = NULL;
	else
		running_part = NULL;
}

bool
monitor_send(const void *record)
{
	memcpy(&question.head, record, sizeof(question.head));
	memcpy(&question, record, question.head.length);
	see("ask ", record, question.head.length);
	return true;
}

/* --- one session --------------------------------------------------------------- */

static int session_fd;

static void
deliver(const void *record, size_t len)
{
	if (send(session_fd, record, len, MSG_NOSIGNAL) != -1)
		client_input(0);
}

static void
send_begin(uint32_t message, bool stamps)
{
	struct record_begin r = {.head = record_head(RECORD_BEGIN, sizeof(r)),
	    .message = message,
	    .stamps = stamps,
	    .queue_id = "4NEW"};

	deliver(&r, sizeof(r));
}

static void
send_field(void)
{
	struct {
		struct record_field field;
		char bytes[12];
	} r = {.field = {.head = record_head(RECORD_FIELD, sizeof(r)),
		   .name_len = 7,
		   .value_len = 5},
	    .bytes = "Subject word"};

	deliver(&r, sizeof(r));
}

static void
send_candidate(uint32_t peer, bool is_good)
{
	struct record_candidate r = {
	    .head = record_head(RECORD_CANDIDATE, sizeof(r)),
	    .number = 1,
	    .peer = peer};

	if (is_good)
		stamp_encode(&good, r.stamp);
	deliver(&r, sizeof(r));
}

static void
send_body(void)
{
	struct {
		struct record_body body;
		char bytes[8];
	} r = {.body.head = record_head(RECORD_BODY, sizeof(r)),
	    .bytes = "content\n"};

	deliver(&r, sizeof(r));
}

static void
send_end_of(uint32_t message, enum outcome so_far, bool readings)
{
	struct record_end r = {.head = record_head(RECORD_END, sizeof(r)),
	    .message = message,
	    .so_far = so_far,
	    .readings = readings,
	    .size = 42};

	deliver(&r, sizeof(r));
}

static void
send_end(uint32_t message, enum outcome so_far)
{
	send_end_of(message, so_far, false);
}

static void
send_part(void)
{
	struct record_part r = {.head = record_head(RECORD_PART, sizeof(r)),
	    .object = {"2", DECODING_BASE64_RESTART}};

	deliver(&r, sizeof(r));
}

static void
send_part_bytes(void)
{
	struct {
		struct record_part_bytes part;
		char bytes[8];
	} r = {.part.head = record_head(RECORD_PART_BYTES, sizeof(r)),
	    .bytes = "object\n"};

	deliver(&r, sizeof(r));
}

static void
send_part_end(void)
{
	struct record_part_end r = {
	    .head = record_head(RECORD_PART_END, sizeof(r)), .keep = 1};

	deliver(&r, sizeof(r));
}

static void
send_read(uint32_t message, enum read_end end)
{
	struct record_read r = {.head = record_head(RECORD_READ, sizeof(r)),
	    .message = message,
	    .end = end};

	deliver(&r, sizeof(r));
}

static void
send_report(uint32_t message)
{
	struct record_report r = {.head = record_head(RECORD_REPORT, sizeof(r)),
	    .report = {.message = message, .queue_id = "4NEW"}};

	deliver(&r, sizeof(r));
}

static void
judge_one(struct scan *j, enum outcome outcome)
{
	if (j == NULL)
		return;
	j->state = SCAN_IDLE;
	j->verdict.outcome = outcome;
	j->identity = (struct identity){
	    .engine = "ClamAV-1.4.6", .database = database, .alerts = true};
	scan_judged(j);
}

static void
judge(enum outcome outcome)
{
	struct scan *whole_one = running, *part;

	running = NULL;
	judge_one(whole_one, outcome);
	part = running_part;
	running_part = NULL;
	judge_one(part, outcome);
}

/* The monitor finds all that it is asked for right. */
static void
monitor_answers(void)
{
	struct record_stamped stamped = {
	    .head = record_head(RECORD_STAMPED, sizeof(stamped)),
	    .answer = STAMP_MADE};
	struct record_checked checked = {
	    .head = record_head(RECORD_CHECKED, sizeof(checked)),
	    .reason = STAMP_GOOD};
	enum record_type type = (enum record_type)question.head.type;
	struct stamp stamp = {0};

	if (question.head.length == 0)
		return;
	question.head.length = 0;
	if (type == RECORD_CHECK) {
		(void)stamping_answer(span_of(&checked, sizeof(checked)));
		return;
	}
	memcpy(stamped.stamp, question.stamp.stamp, sizeof(stamped.stamp));
	/* What the monitor fills in. */
	if (stamp_decode(question.stamp.stamp, &stamp)) {
		memcpy(stamp.key, "k", 2);
		memcpy(stamp.profile, "p", 2);
		stamp_encode(&stamp, stamped.stamp);
	}
	if (good.database == 0)
		good = stamp;
	(void)stamping_answer(span_of(&stamped, sizeof(stamped)));
}

static void
open_session(void)
{
	int pair[2];

	assert_true(channel_pair(pair));
	session_fd = pair[0];
	client_add(pair[1], 0);
	assert_int_equal(client_count(), 1);
}

static void
close_session(void)
{
	uint8_t record[sizeof(struct record_result)];
	ssize_t n;

	while ((n = recv(session_fd, record, sizeof(record), MSG_DONTWAIT)) > 0)
		see("told ", record, (size_t)n);
	see(n == 0 ? "closed" : "open", NULL, 0);
	close(session_fd);
	client_input(0);
	assert_int_equal(client_count(), 0);
	assert_int_equal(client_busy(), 0);
	question.head.length = 0;
	running = running_part = NULL;
}

/* A whole message that leaves as much as a message can. */
static void
whole(uint32_t message, bool stamp)
{
	send_begin(message, stamp);
	send_field();
	if (stamp)
		send_candidate(0, true);
	send_body();
	send_end_of(message, OUTCOME_CLEAN, true);
	send_part();
	send_part_bytes();
	send_part_end();
	send_read(message, READ_COMPLETE);
	monitor_answers();
	judge(OUTCOME_CLEAN);
	monitor_answers();
	send_report(message);
}

/* --- states, records, dirt ------------------------------------------------------ */

enum probe_stage {
	IDLE,
	FIELDS,
	FIELDS_PEER,
	CANDIDATES,
	BODY,
	BODY_PEER,
	READING,
	IN_PART,
	READING_ON,
	JUDGING,
	CHECKING,
	MAKING,
	DONE,
	DONE_STAMPED,
	DONE_BY_STAMP,
	DONE_TOO_BIG,
	DONE_INFECTED,
	ABORTED,
	STAGES
};

static void
reach(enum probe_stage stage, uint32_t m)
{
	struct record_plain drop = {
	    .head = record_head(RECORD_ABORT, sizeof(drop))};
	bool peer = stage == FIELDS_PEER || stage == CANDIDATES ||
		    stage == BODY_PEER || stage == CHECKING ||
		    stage == DONE_BY_STAMP;

	if (stage == IDLE)
		return;
	send_begin(m, peer);
	send_field();
	if (stage == CANDIDATES || stage == CHECKING || stage == DONE_BY_STAMP)
		send_candidate(0, true);
	if (stage == ABORTED)
		deliver(&drop, sizeof(drop));
	if (stage < BODY || stage == ABORTED)
		return;
	send_body();
	if (stage == BODY || stage == BODY_PEER)
		return;
	if (stage == READING || stage == IN_PART || stage == READING_ON) {
		send_end_of(m, OUTCOME_CLEAN, true);
		if (stage != READING)
			send_part();
		if (stage == READING_ON) {
			send_part_bytes();
			send_part_end();
		}
		return;
	}
	send_end(m, stage == DONE_TOO_BIG ? OUTCOME_TOO_BIG : OUTCOME_CLEAN);
	if (stage == JUDGING || stage == CHECKING)
		return;
	if (stage == DONE_BY_STAMP)
		monitor_answers();
	judge(stage == DONE_INFECTED ? OUTCOME_INFECTED : OUTCOME_CLEAN);
	if (stage != MAKING)
		monitor_answers();
}

#define OWN_RECORDS 20

/* Some of a session's records, then an empty one of each type there is. */
static void
play(unsigned int record, uint32_t m)
{
	uint8_t bytes[1024] = {0};
	struct record_head head;

	switch (record) {
	case 0:
		send_begin(m, false);
		return;
	case 1:
		send_begin(m, true);
		return;
	case 2:
		send_begin(m + 1, true);
		return;
	case 3:
		send_field();
		return;
	case 4:
		send_candidate(0, true);
		return;
	case 5:
		send_candidate(0, false);
		return;
	case 6:
		send_candidate(1, true);
		return;
	case 7:
		send_body();
		return;
	case 8:
		send_end(m, OUTCOME_CLEAN);
		return;
	case 9:
		send_end(m, OUTCOME_TOO_BIG);
		return;
	case 10:
		send_end(m + 1, OUTCOME_CLEAN);
		return;
	case 11:
		send_report(m);
		return;
	case 12:
		send_report(m + 1);
		return;
	case 13:
		send_end_of(m, OUTCOME_CLEAN, true);
		return;
	case 14:
		send_part();
		return;
	case 15:
		send_part_bytes();
		return;
	case 16:
		send_part_end();
		return;
	case 17:
		send_read(m, READ_COMPLETE);
		return;
	case 18:
		send_read(m, READ_LIMIT);
		return;
	case 19:
		send_read(m + 1, READ_COMPLETE);
		return;
	default:
		break;
	}
	for (size_t len = sizeof(head); len <= sizeof(bytes); len += 4) {
		head =
		    record_head((enum record_type)(record - OWN_RECORDS), len);
		memcpy(bytes, &head, sizeof(head));
		for (enum role from = 0; from < ROLE_COUNT; from++)
			for (enum role to = 0; to < ROLE_COUNT; to++)
				if (record_check(
					from, to, span_of(bytes, len), false)) {
					deliver(bytes, len);
					return;
				}
	}
}

enum dirt { NONE, MAIL, RELAYED, ONES, BITS, WORDS, DIRTS };

/* Everything but what the slot is known by, and what says that nothing of it
 * stands in a list or is open. */
static void
fill(struct client *c, int byte)
{
	enum client_state state = c->state;
	int fd = c->fd;
	uint32_t next_free = c->next_free, owner = c->owner;
	uint32_t message = c->message;
	struct report_rates rates = c->rates;
	bool closing = c->closing;
	TAILQ_ENTRY(client) order;

	memcpy(&order, &c->order, sizeof(order));
	memset(c, byte, sizeof(*c));
	c->state = state;
	c->fd = fd;
	c->next_free = next_free;
	c->owner = owner;
	c->message = message;
	if (state != CLIENT_FREE) {
		c->rates = rates;
		c->closing = closing;
		memcpy(&c->order, &order, sizeof(order));
	}
	c->scans.state = CASE_IDLE;
	c->stamping.state = STAMPING_IDLE;
	c->stream.memfd = c->parts.stream.memfd = -1;
}

static void
soil(enum dirt dirt)
{
	static const int byte[DIRTS] = {
	    [ONES] = 1, [BITS] = 0xff, [WORDS] = 'w'};

	if (dirt >= ONES)
		fill(slot, byte[dirt]);
}

/* In a slot that earlier sessions, or earlier messages, have used: the state,
 * the record, and the rest of the message if there can be one. */
static void
round_of(
    enum dirt dirt, bool within, enum probe_stage stage, unsigned int record)
{
	uint32_t m = 1;
	struct transcript *to = seen;
	static struct transcript before;

	seen = &before;
	before.len = 0;
	report_setup(true); /* no line is left out */
	if (slot != NULL)
		fill(slot, 0);
	open_session();
	if (!within) {
		if (dirt == MAIL || dirt == RELAYED)
			whole(1, dirt == RELAYED);
		close_session();
		soil(dirt);
		open_session();
	} else {
		whole(m++, dirt == RELAYED);
		soil(dirt);
	}
	while (recv(session_fd, before.bytes, sizeof(before.bytes),
		   MSG_DONTWAIT) > 0)
		continue;
	seen = to;
	seen->len = 0;
	reach(stage, m);
	play(record, m);
	if (stage == READING || stage == IN_PART || stage == READING_ON)
		send_read(m, READ_COMPLETE);
	else
		send_end(m, OUTCOME_CLEAN);
	monitor_answers();
	judge(OUTCOME_CLEAN);
	monitor_answers();
	send_report(m);
	close_session();
}

static void
compare_round(
    bool within, enum dirt dirt, enum probe_stage stage, unsigned int r)
{
	seen = &fresh;
	round_of(NONE, within, stage, r);
	seen = &dirty;
	round_of(dirt, within, stage, r);
	if (fresh.len != dirty.len ||
	    memcmp(fresh.bytes, dirty.bytes, fresh.len) != 0)
		fail_msg("dirt %u%s, state %u, record %u, add %u", dirt,
		    within ? " between messages" : "", stage, r,
		    settings.stamp.add);
}

/* Where stamps are made each message has digests, where they are only checked
 * those of peers. */
static void
compare(bool within, enum dirt dirt)
{
	for (enum probe_stage stage = 0; stage < STAGES; stage++)
		for (unsigned int r = 0; r < OWN_RECORDS + RECORD_TYPES; r++) {
			settings.stamp.add = false;
			compare_round(within, dirt, stage, r);
			settings.stamp.add = true;
			compare_round(within, dirt, stage, r);
		}
}

static void
test_sessions(void **state)
{
	(void)state;
	for (enum dirt dirt = MAIL; dirt < DIRTS; dirt++)
		compare(false, dirt);
}

static void
test_messages(void **state)
{
	(void)state;
	for (enum dirt dirt = RELAYED; dirt < DIRTS; dirt++)
		compare(true, dirt);
}

static bool
has_seen(const char *text)
{
	return memmem(seen->bytes, seen->len, text, strlen(text)) != NULL;
}

/* Control: what is compared tells apart what it has to, and each state is
 * reached. */
static void
test_control(void **state)
{
	static const char *const word[STAGES] = {[IDLE] = "state=idle",
	    [FIELDS] = "state=fields",
	    [FIELDS_PEER] = "state=fields",
	    [CANDIDATES] = "state=fields",
	    [BODY] = "state=body",
	    [BODY_PEER] = "state=body",
	    [READING] = "state=reading",
	    [IN_PART] = "state=reading",
	    [READING_ON] = "state=reading",
	    [JUDGING] = "state=judging",
	    [CHECKING] = "state=judging",
	    [MAKING] = "state=judging",
	    [DONE] = "state=done",
	    [DONE_STAMPED] = "state=done",
	    [DONE_BY_STAMP] = "verdict=clean-by-stamp",
	    [DONE_TOO_BIG] = "reason=too-big",
	    [DONE_INFECTED] = "verdict=infected",
	    [ABORTED] = "state=aborted"};

	(void)state;
	for (enum probe_stage stage = 0; stage < STAGES; stage++) {
		round_of(NONE, false, stage, OWN_RECORDS + RECORD_RESULT);
		assert_true(has_seen("session-violation"));
		assert_true(has_seen(word[stage]));
	}
	/* An object that is there is scanned, and counted. */
	round_of(NONE, false, READING_ON, OWN_RECORDS + RECORD_TYPES);
	assert_true(has_seen("part object\n"));
	assert_true(has_seen(" readings=1 "));
	/* What was announced is taken, what was not is a violation. */
	round_of(NONE, false, FIELDS_PEER, 4);
	assert_true(has_seen("stamp=made"));
	round_of(NONE, false, FIELDS, 4);
	assert_true(has_seen("record=candidate state=fields"));
}

static int
setup(void **state)
{
	(void)state;
	seen = &fresh;
	seen->len = 0;
	open_session();
	whole(1, false);
	close_session();
	return slot != NULL && good.database != 0 ? 0 : -1;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_control),
	    cmocka_unit_test(test_sessions),
	    cmocka_unit_test(test_messages),
	};

	database.time = (uint64_t)time(NULL) - 3600;
	share_setup(UINT64_MAX);
	stamping_setup(&settings.stamp);
	report_setup(true);
	log_init(STDERR_FILENO, LOG_FORMAT_LOGFMT, LOG_TO_SYSLOG); /* no time */
	if (!stream_setup(100000) || !case_setup() || !client_setup(&settings))
		return 1;
	return cmocka_run_group_tests(tests, setup, NULL);
}
