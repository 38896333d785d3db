/* SPDX-License-Identifier: ISC */
/*
 * Records from sessions: scanner/client_records.c.  Which sequences are taken, that
 * each other one ends exactly the session it came from, and what becomes of
 * the message.  Jobs, log and poll set are stood in for here.
 */
#include "scanner/client.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#include "privsep/ipc/channel.h"
#include "scanner/base/monitor_link.h"
#include "scanner/base/share.h"
#include "scanner/closing.h"
#include "scanner/report.h"
#include "tests/unit/around_client.h"

#define LIMIT 100000

/* --- what client_records.c calls ---------------------------------------------------- */

static unsigned int reports, closings, lost, submitted, cancelled;
static enum client_state reported_in;
static struct scan *running;

bool
report_allows(enum report_kind kind, struct client *c)
{
	(void)kind, (void)c;
	return true;
}

void
report_violation(struct client *c, const char *record)
{
	(void)c, (void)record;
	violations++;
}

void
report_overdue(struct client *c)
{
	(void)c;
	fail();
}

void
report_message(struct client *c, const struct claims *r)
{
	(void)r;
	reports++;
	reported_in = c->state;
}

void
report_lost(struct client *c)
{
	(void)c;
	lost++;
}

void
closing_log(struct client *c, const struct record_closing *closing)
{
	(void)c;
	assert_string_equal(closing->why, "order");
	closings++;
}

void
scan_submit(struct scan *j, int memfd, uint64_t size, uint64_t lead)
{
	(void)lead;
	submitted++;
	j->memfd = memfd;
	j->size = size;
	j->state = SCAN_WAITING;
	running = j;
}

void
scan_settle(struct scan *j, enum outcome outcome)
{
	j->verdict = (struct verdict){.outcome = outcome};
}

void
scan_cancel(struct scan *j)
{
	if (j->state == SCAN_IDLE)
		return;
	cancelled++;
	j->state = SCAN_IDLE;
}

/* No stamps here, see test_client_stamps.c. */
bool
monitor_send(const void *record)
{
	(void)record;
	fail();
	return false;
}

struct database
identity_own(void)
{
	return (struct database){0};
}

/* --- the session's side ------------------------------------------------------ */

static int session_fd;

static uint8_t out[RECORD_BATCH_MAX + 64];
static size_t out_len;

static void
add(const void *bytes, size_t len)
{
	assert_true(len <= sizeof(out) - out_len);
	memcpy(out + out_len, bytes, len);
	out_len += len;
}

/* One record by its letter; the message number is that of the digit before:
 *	b BEGIN, f FIELD, d BODY, e END, E END too big, a ABORT, r REPORT,
 *	c CLOSING, p REPLAY, P REPLAY beyond the end, x RESULT (not a session's
 *	to send), n nonsense, h half a record */
static void
add_letter(char letter, uint32_t message)
{
	struct record_begin begin = {
	    .head = record_head(RECORD_BEGIN, sizeof(begin)),
	    .message = message,
	    .queue_id = "4F1"};
	struct record_field field = {
	    .head = record_head(RECORD_FIELD, sizeof(field) + 3),
	    .name_len = 1,
	    .value_len = 2};
	struct record_body body = {
	    .head = record_head(RECORD_BODY, sizeof(body) + 5)};
	struct record_end end = {.head = record_head(RECORD_END, sizeof(end)),
	    .message = message,
	    .so_far = letter == 'E' ? OUTCOME_TOO_BIG : OUTCOME_CLEAN,
	    .size = 7};
	struct record_report report = {
	    .head = record_head(RECORD_REPORT, sizeof(report)),
	    .report.message = message};
	struct record_plain plain = {
	    .head = record_head(RECORD_ABORT, sizeof(plain))};
	struct record_closing closing = {
	    .head = record_head(RECORD_CLOSING, sizeof(closing)),
	    .why = "order"};
	struct record_replay replay = {
	    .head = record_head(RECORD_REPLAY, sizeof(replay)),
	    .message = message,
	    .credit = 1,
	    .offset = letter == 'P' ? LIMIT : 0};
	struct record_result result = {
	    .head = record_head(RECORD_RESULT, sizeof(result))};

	switch (letter) {
	case 'b':
		add(&begin, sizeof(begin));
		break;
	case 'f':
		add(&field, sizeof(field));
		add("N v", 3);
		break;
	case 'd':
		add(&body, sizeof(body));
		add("hello", 5);
		break;
	case 'e':
	case 'E':
		add(&end, sizeof(end));
		break;
	case 'r':
		add(&report, sizeof(report));
		break;
	case 'a':
		add(&plain, sizeof(plain));
		break;
	case 'c':
		add(&closing, sizeof(closing));
		break;
	case 'p':
	case 'P':
		add(&replay, sizeof(replay));
		break;
	case 'x':
		add(&result, sizeof(result));
		break;
	case 'n':
		add("\xff\xff\xff\xff\x08\0\0\0", 8);
		break;
	case 'h':
		add(&begin, sizeof(begin) - 1);
		break;
	default:
		fail();
	}
}

static void
deliver(void)
{
	ssize_t n;

	if (out_len == 0)
		return;
	n = send(session_fd, out, out_len, MSG_NOSIGNAL);
	if (n != -1) /* else the scanner has closed already */
		client_input(0);
	out_len = 0;
}

/* The scan ends, as scan.c ends it. */
static void
judge(void)
{
	assert_non_null(running);
	running->state = SCAN_IDLE;
	running->verdict.outcome = OUTCOME_INFECTED;
	memcpy(running->verdict.name, "Eicar", 5);
	running->verdict.name_len = 5;
	scan_judged(running);
}

/*
 * Plays a script: letters as above, a digit sets the message number, '|' ends
 * a datagram, 'J' lets the scan end as infected.
 */
static void
play(const char *script, bool batched)
{
	uint32_t message = 1;

	for (; *script != '\0'; script++) {
		if (*script >= '0' && *script <= '9')
			message = (uint32_t)(*script - '0');
		else if (*script == 'J') {
			deliver();
			judge();
		} else if (*script == '|')
			deliver();
		else {
			add_letter(*script, message);
			if (!batched)
				deliver();
		}
	}
	deliver();
}

static void
open_session(void)
{
	int pair[2];

	assert_true(channel_pair(pair));
	session_fd = pair[0];
	client_add(pair[1], 0);
	assert_int_equal(client_count(), 1);
	violations = reports = closings = lost = submitted = cancelled = 0;
	out_len = 0;
}

/* Ends the session if the scanner has not; each script leaves nothing. */
static void
close_session(void)
{
	close(session_fd);
	if (client_count() == 1)
		client_input(0);
	assert_int_equal(client_count(), 0);
	assert_int_equal(client_busy(), 0);
}

static bool
is_closed(void)
{
	return client_count() == 0;
}

static const struct {
	const char *script;
	unsigned int reports, submitted;
	enum client_state reported_in;
} good[] = {
    {"", 0, 0, CLIENT_FREE},
    {"b|fe|J|r", 1, 1, CLIENT_DONE},
    {"bffdde|J|r", 1, 1, CLIENT_DONE},
    {"be|J|r", 1, 1, CLIENT_DONE},
    {"bdE|r", 1, 0, CLIENT_DONE},
    {"ba|r", 1, 0, CLIENT_ABORTED},
    {"bfar", 1, 0, CLIENT_ABORTED},
    {"bfdar", 1, 0, CLIENT_ABORTED},
    {"bfde|a|r", 1, 1, CLIENT_ABORTED},
    {"bfde|J|ar", 1, 1, CLIENT_DONE},
    {"bfde|r", 1, 1, CLIENT_ABORTED},
    {"bfde|J|r|3bfde|J|r", 2, 2, CLIENT_DONE},
    {"bar2bar5bdE|r", 3, 0, CLIENT_DONE},
    {"c", 0, 0, CLIENT_FREE},
    {"bfdcar", 1, 0, CLIENT_ABORTED},
    {"bfde|J|rc", 1, 1, CLIENT_DONE},
    {"bfde|J|p|r", 1, 1, CLIENT_DONE},
    {"bfde|J|p|p|ap|r", 1, 1, CLIENT_DONE},
    {"bdE|p|r2bdE|2p|r", 2, 0, CLIENT_DONE},
};

static void
test_good(void **state)
{
	(void)state;
	for (size_t i = 0; i < 2 * (sizeof(good) / sizeof(good[0])); i++) {
		bool batched = (i & 1) != 0;

		print_message("%s\n", good[i / 2].script);
		open_session();
		play(good[i / 2].script, batched);
		assert_false(is_closed());
		assert_int_equal(violations, 0);
		assert_int_equal(lost, 0);
		assert_int_equal(reports, good[i / 2].reports);
		assert_int_equal(submitted, good[i / 2].submitted);
		assert_int_equal(
		    closings, strchr(good[i / 2].script, 'c') != NULL);
		if (reports > 0)
			assert_int_equal(reported_in, good[i / 2].reported_in);
		assert_int_equal(client_busy(), 0);
		close_session();
		assert_int_equal(lost, 0);
	}
}

/* The last letter is the violation. */
static const struct {
	const char *script;
	unsigned int lost; /* a message was open */
} bad[] = {
    {"f", 0},
    {"d", 0},
    {"e", 0},
    {"E", 0},
    {"a", 0},
    {"r", 0},
    {"x", 0},
    {"n", 0},
    {"h", 0},
    {"0b", 0},
    {"bb", 1},
    {"br", 1},
    {"bx", 1},
    {"bn", 1},
    {"bh", 1},
    {"bdf", 1},
    {"bdr", 1},
    {"b2e", 1},
    {"b2E", 1},
    {"bfdeb", 1},
    {"bfdef", 1},
    {"bfded", 1},
    {"bfdee", 1},
    {"bfde|2r", 1},
    {"bfde|J2r", 1},
    {"bfde|Jb", 1},
    {"bfde|Jf", 1},
    {"bfde|Jd", 1},
    {"bfde|Je", 1},
    {"bfde|J|rr", 0},
    {"bfde|J|r|b", 0},
    {"3bar2b", 0},
    {"cb", 0},
    {"cc", 0},
    {"bcc", 1},
    {"bcarc", 0},
    {"baa", 1},
    {"baf", 1},
    {"bad", 1},
    {"bae", 1},
    {"bab", 1},
    {"ba2r", 1},
    {"p", 0},
    {"bp", 1},
    {"bdp", 1},
    {"bfde|p", 1},
    {"bap", 1},
    {"bfde|J|2p", 1},
    {"bfde|J|P", 1},
    {"bfde|J|rp", 0},
    {"bfde|J|r|3b3p", 1},
};

static void
test_bad(void **state)
{
	(void)state;
	for (size_t i = 0; i < 2 * (sizeof(bad) / sizeof(bad[0])); i++) {
		char byte;

		print_message("%s\n", bad[i / 2].script);
		open_session();
		play(bad[i / 2].script, (i & 1) != 0);
		assert_true(is_closed());
		assert_int_equal(violations, 1);
		assert_int_equal(lost, bad[i / 2].lost);
		assert_int_equal(cancelled,
		    submitted > 0 && strchr(bad[i / 2].script, 'J') == NULL);
		/* the session sees end of file, behind results if any */
		while (recv(session_fd, &byte, 1, MSG_TRUNC) > 0)
			continue;
		assert_int_equal(recv(session_fd, &byte, 1, 0), 0);
		close_session();
	}
}

/* What the session's message has in memory. */
static uint64_t
held(void)
{
	return client_at(0)->payer.listener->held;
}

/* One piece is asked for at a time, and not more than is read. */
static void
test_replay(void **state)
{
	unsigned int asked = 0;
	union {
		struct record_result result;
		struct {
			struct record_content content;
			uint8_t bytes[64];
		};
	} got;

	(void)state;
	open_session();
	play("bdE|pr", true);
	assert_true(is_closed());
	assert_int_equal(violations, 1);
	close_session();
	open_session();
	play("bfde|J|", true);
	assert_int_equal(recv(session_fd, &got, sizeof(got), 0),
	    sizeof(struct record_result));
	assert_int_equal(got.result.outcome, OUTCOME_INFECTED);
	assert_int_equal(got.result.name_len, 5);
	assert_memory_equal(got.result.name, "Eicar", 6);
	play("p", true);
	assert_int_equal(
	    recv(session_fd, &got, sizeof(got), 0), sizeof(got.content) + 1);
	assert_int_equal(got.content.stored, 1);
	assert_int_equal(got.content.size, strlen("N: v\r\n\r\nhello"));
	assert_int_equal(got.bytes[0], 'N');
	assert_true(held() > 0);
	play("r", true);
	assert_int_equal(held(), 0);
	close_session();
	open_session();
	play("bdE|p|r2bdE", true); /* control */
	assert_false(is_closed());
	for (; !is_closed(); asked++) {
		assert_true(asked < 10000);
		play("2p", true);
	}
	assert_true(asked > 2);
	assert_int_equal(violations, 1);
	close_session();
}

/* The same records with the violation in front of it are taken: the last
 * letter is what closes, not something before it. */
static void
test_bad_without_last(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		char script[32] = "";

		memcpy(script, bad[i].script, strlen(bad[i].script) - 1);
		open_session();
		play(script, false);
		assert_false(is_closed());
		assert_int_equal(violations, 0);
		close_session();
		assert_int_equal(lost, bad[i].lost);
	}
}

static void
test_result(void **state)
{
	struct record_result result;

	(void)state;
	open_session();
	play("7bdE", false);
	assert_int_equal(
	    recv(session_fd, &result, sizeof(result), 0), sizeof(result));
	assert_true(record_check(ROLE_SCANNER, ROLE_SESSION,
	    span_of(&result, sizeof(result)), false));
	assert_int_equal(result.message, 7);
	assert_int_equal(result.outcome, OUTCOME_TOO_BIG);
	assert_int_equal(result.name_len, 0);
	close_session();
	assert_int_equal(lost, 1);
}

static void
test_too_big(void **state)
{
	static uint8_t big[RECORD_BATCH_MAX];
	struct record_body body = {
	    .head = record_head(RECORD_BODY, sizeof(big))};

	(void)state;
	memcpy(big, &body, sizeof(body));
	open_session();
	play("b", false);
	for (int i = 0; i < 3; i++) {
		add(big, sizeof(big));
		deliver();
		assert_false(is_closed());
	}
	play("e", false);
	assert_int_equal(submitted, 0);
	play("r", false);
	assert_int_equal(violations, 0);
	close_session();
}

static void
test_too_long_datagram(void **state)
{
	static uint8_t big[RECORD_BATCH_MAX + 1];
	struct record_body body = {
	    .head = record_head(RECORD_BODY, sizeof(big))};

	(void)state;
	memcpy(big, &body, sizeof(body));
	open_session();
	play("b", false);
	add(big, sizeof(big));
	deliver();
	assert_true(is_closed());
	assert_int_equal(violations, 1);
	close_session();
}

/* A descriptor that a session sends along is not installed here. */
static void
test_descriptor_not_installed(void **state)
{
	struct record_plain abort_record = {
	    .head = record_head(RECORD_ABORT, sizeof(abort_record))};
	int before, after;

	(void)state;
	open_session();
	play("b", false);
	before = dup(0);
	close(before);
	assert_true(channel_send(session_fd, &abort_record, 0));
	client_input(0);
	after = dup(0);
	close(after);
	/* the aborted message's memfd may have made a lower one free */
	assert_true(after <= before);
	assert_false(is_closed());
	play("r", false);
	close_session();
}

/* A session that never read the scanner's last record is heard to the end. */
static void
test_last_words(void **state)
{
	(void)state;
	open_session();
	play("bE", true);
	add_letter('r', 1);
	assert_int_equal(send(session_fd, out, out_len, 0), (ssize_t)out_len);
	out_len = 0;
	close(session_fd);
	client_input(0);
	assert_int_equal(reports, 1);
	session_fd = dup(0);
	close_session();
	assert_int_equal(lost, 0);
}

/* What client_setup makes of max_sessions = 1. */
#define SLOTS (2 + CLIENT_SPARE)
/* Of one listener. */
#define SHARE (SLOTS - SLOTS / 4)

static void
test_slots(void **state)
{
	static int session[SLOTS + 1];
	int pair[2];
	char byte;

	(void)state;
	for (size_t i = 0; i < SLOTS + 1; i++) {
		assert_true(channel_pair(pair));
		session[i] = pair[0];
		client_add(pair[1], i < SHARE ? 0 : 1);
	}
	assert_int_equal(client_count(), SLOTS);
	assert_int_equal(recv(session[SLOTS], &byte, 1, 0), 0);
	assert_int_equal(recv(session[SLOTS - 1], &byte, 1, 0), -1);
	/* downwards: slot 0 is the next one to be taken again */
	for (uint32_t i = SLOTS + 1; i-- > 0;) {
		close(session[i]);
		if (i < SLOTS)
			client_input(i);
	}
	assert_int_equal(client_count(), 0);
}

/* One listener's sessions leave the others room; they end with it, although
 * the other ends of their channels are still open, and not unread. */
static void
test_listener(void **state)
{
	static int session[SHARE + 2];
	int pair[2];
	char byte;

	(void)state;
	for (size_t i = 0; i < SHARE + 2; i++) {
		assert_true(channel_pair(pair));
		session[i] = pair[0];
		client_add(pair[1], i == 0 ? 3 : 2);
	}
	assert_int_equal(client_count(), SHARE + 1);
	assert_int_equal(recv(session[SHARE + 1], &byte, 1, 0), 0);
	assert_int_equal(recv(session[SHARE], &byte, 1, 0), -1);
	lost = 0;
	add_letter('b', 1);
	assert_int_equal(send(session[1], out, out_len, 0), (ssize_t)out_len);
	out_len = 0;
	client_leave(2);
	assert_int_equal(lost, 1);
	assert_int_equal(recv(session[1], &byte, 1, 0), 0);
	assert_int_equal(recv(session[0], &byte, 1, 0), -1);
	assert_int_equal(client_count(), 1);
	client_leave(3); /* last: slot 0 is the next one again */
	assert_int_equal(client_count(), 0);
	lost = 0;
	for (size_t i = 0; i < SHARE + 2; i++)
		close(session[i]);
}

/* Last: draining stays. */
static void
test_drain(void **state)
{
	struct record_plain drain;

	(void)state;
	client_drain();
	open_session();
	assert_int_equal(
	    recv(session_fd, &drain, sizeof(drain), 0), sizeof(drain));
	assert_int_equal(drain.head.type, RECORD_DRAIN);
	close_session();
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_good),
	    cmocka_unit_test(test_bad),
	    cmocka_unit_test(test_bad_without_last),
	    cmocka_unit_test(test_replay),
	    cmocka_unit_test(test_result),
	    cmocka_unit_test(test_too_big),
	    cmocka_unit_test(test_too_long_datagram),
	    cmocka_unit_test(test_descriptor_not_installed),
	    cmocka_unit_test(test_last_words),
	    cmocka_unit_test(test_slots),
	    cmocka_unit_test(test_listener),
	    cmocka_unit_test(test_drain),
	};
	struct scanner_settings settings = {
	    .max_sessions = 1, .limits.messages = 9};

	stamping_setup(&settings.stamp);
	share_setup(UINT64_MAX);
	if (!stream_setup(LIMIT) || !client_setup(&settings))
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
