/* SPDX-License-Identifier: ISC */
/*
 * Stamps between sessions, scanner and monitor: scanner/client_records.c and
 * scanner/stamping.c on one side, the real notary with a real key on the
 * other, and sessions that were taken over in between.  clamd's part is a
 * word: what scan_judged is told.
 */
#include "scanner/client.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "keys/notary.h"
#include "keys/reader.h"
#include "privsep/ipc/channel.h"
#include "scanner/base/monitor_link.h"
#include "scanner/base/share.h"
#include "scanner/clamd/backend.h"
#include "scanner/closing.h"
#include "scanner/report.h"
#include "tests/unit/around_client.h"

#define LIMIT 100000
#define SECRET \
	"000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"

static struct scanner_settings settings = {.max_sessions = 4,
    .limits.messages = 1000,
    .stamp = {.add = true,
	.profile = "std",
	.lifetime = 3600000,
	.max_age = 3600000,
	.skew = 300000,
	.db_age = 259200000,
	.header = "X-Scan-Stamp",
	.peers = 1,
	.peer = {{.keys = 1, .key = {"2024a"}}}}};

/* --- what surrounds client_records.c ------------------------------------------------- */

static uint64_t now; /* as the scanner's own clock says */
static unsigned int submitted;
static struct scan *running[4];
static struct identity clamd = {
    .engine = "ClamAV-1.4.6", .database = {.number = 27091}, .alerts = true};

/* The monitor: questions wait here until monitor_answers. */
static union {
	struct record_head head;
	struct record_stamp stamp;
	struct record_check check;
} question;
static unsigned int questions, stamps_made;

static struct log_line reported; /* what is said of stamps */

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
	log_begin(&reported, LOG_LEVEL_INFO, "message");
	stamping_log(&c->stamping, &reported);
}

void
report_lost(struct client *c)
{
	(void)c;
}

void
closing_log(struct client *c, const struct record_closing *closing)
{
	(void)c;
	(void)closing;
}

void
scan_submit(struct scan *j, int memfd, uint64_t size, uint64_t lead)
{
	(void)lead;
	submitted++;
	j->memfd = memfd;
	j->size = size;
	j->state = SCAN_WAITING;
	running[j->owner] = j;
}

void
scan_settle(struct scan *j, enum outcome outcome)
{
	j->verdict =
	    (struct verdict){.outcome = outcome, .backend = BACKEND_NONE};
}

void
scan_cancel(struct scan *j)
{
	if (j->state == SCAN_IDLE)
		return;
	j->state = SCAN_IDLE;
	running[j->owner] = NULL;
}

struct database
identity_own(void)
{
	return clamd.database;
}

bool
monitor_send(const void *record)
{
	struct record_head head;

	memcpy(&head, record, sizeof(head));
	assert_true(record_check(
	    ROLE_SCANNER, ROLE_MONITOR, span_of(record, head.length), false));
	assert_true(head.length <= sizeof(question));
	assert_int_equal(question.head.length, 0); /* one at a time */
	memcpy(&question, record, head.length);
	questions++;
	return true;
}

/* The monitor answers what it was asked, if anything. */
static bool
monitor_answers(void)
{
	struct record_stamped stamped = {
	    .head = record_head(RECORD_STAMPED, sizeof(stamped))};
	struct record_checked checked = {
	    .head = record_head(RECORD_CHECKED, sizeof(checked))};
	struct record_check check = question.check;

	if (question.head.length == 0)
		return false;
	question.head.length = 0;
	if (check.head.type == RECORD_CHECK) {
		checked.reason =
		    notary_check(check.stamp, check.mac, check.peer, now);
		return stamping_answer(span_of(&checked, sizeof(checked)));
	}
	stamped.answer =
	    notary_stamp(question.stamp.stamp, now, stamped.stamp, stamped.mac);
	if (stamped.answer == STAMP_MADE)
		stamps_made++;
	return stamping_answer(span_of(&stamped, sizeof(stamped)));
}

/* clamd's word on the message of session number; then the monitor's. */
static void
judge(uint32_t number, enum outcome outcome)
{
	struct scan *j = running[number];

	assert_non_null(j);
	running[number] = NULL;
	j->state = SCAN_IDLE;
	j->verdict.outcome = outcome;
	j->identity = clamd;
	scan_judged(j);
}

/* --- sessions ------------------------------------------------------------------ */

static int session[4];

static void
send_record(uint32_t number, const void *record)
{
	struct record_head head;

	memcpy(&head, record, sizeof(head));
	/* A channel that the scanner has closed takes no more. */
	if (send(session[number], record, head.length, MSG_NOSIGNAL) != -1)
		client_input(number);
}

static void
send_begin(uint32_t n, uint32_t message)
{
	struct record_begin r = {.head = record_head(RECORD_BEGIN, sizeof(r)),
	    .message = message,
	    .stamps = 1};

	send_record(n, &r);
}

static void
send_field(uint32_t n, const char *value)
{
	struct {
		struct record_field r;
		char bytes[64];
	} f = {.r.name_len = 7};
	size_t len = strlen(value);

	f.r.head = record_head(RECORD_FIELD, sizeof(f.r) + 7 + len);
	f.r.value_len = (uint32_t)len;
	memcpy(f.bytes, "Subject", 7);
	memcpy(f.bytes + 7, value, len);
	send_record(n, &f);
}

static void
send_end_as(uint32_t n, uint32_t message, enum outcome so_far)
{
	struct record_end r = {.head = record_head(RECORD_END, sizeof(r)),
	    .message = message,
	    .so_far = so_far};

	send_record(n, &r);
}

static void
send_end(uint32_t n, uint32_t message)
{
	send_end_as(n, message, OUTCOME_CLEAN);
}

static void
send_plain(uint32_t n, enum record_type type)
{
	struct record_plain r = {.head = record_head(type, sizeof(r))};

	send_record(n, &r);
}

static void
send_report(uint32_t n, uint32_t message)
{
	struct record_report r = {.head = record_head(RECORD_REPORT, sizeof(r)),
	    .report.message = message};

	send_record(n, &r);
}

static void
send_candidate(uint32_t n, const struct record_result *made, uint32_t number)
{
	struct record_candidate r = {
	    .head = record_head(RECORD_CANDIDATE, sizeof(r)), .number = number};

	memcpy(r.stamp, made->stamp, sizeof(r.stamp));
	memcpy(r.mac, made->mac, sizeof(r.mac));
	send_record(n, &r);
}

/* The scanner's answer; false if there is none. */
static bool
result_of(uint32_t n, struct record_result *out)
{
	return recv(session[n], out, sizeof(*out), MSG_DONTWAIT) ==
	       sizeof(*out);
}

static bool
is_closed(uint32_t n)
{
	char byte;

	return recv(session[n], &byte, 1, MSG_DONTWAIT | MSG_PEEK) == 0;
}

static int
setup(void **state)
{
	(void)state;
	for (uint32_t i = 0; i < 2; i++) {
		int pair[2];

		assert_true(channel_pair(pair));
		session[i] = pair[0];
		client_add(pair[1], 0);
	}
	assert_int_equal(client_count(), 2);
	violations = submitted = questions = stamps_made = 0;
	question.head.length = 0;
	clamd.alerts = true;
	clamd.database.number = 27091;
	return 0;
}

static int
teardown(void **state)
{
	(void)state;
	/* In this order slots are given out again from 0 on. */
	for (uint32_t i = 2; i > 0; i--) {
		close(session[i - 1]);
		client_input(i - 1);
	}
	while (monitor_answers())
		continue;
	return client_count() == 0 ? 0 : -1;
}

/* A whole message, judged clean: its result. */
static struct record_result
scanned(uint32_t n, uint32_t message, const char *subject)
{
	struct record_result r = {0};

	send_begin(n, message);
	send_field(n, subject);
	send_end(n, message);
	judge(n, OUTCOME_CLEAN);
	monitor_answers();
	assert_true(result_of(n, &r));
	send_report(n, message);
	return r;
}

/* The same with stamps of another message on it: is it skipped? */
static struct record_result
relayed(uint32_t n, uint32_t message, const char *subject,
    const struct record_result *stamp, uint32_t count)
{
	struct record_result r = {0};

	send_begin(n, message);
	send_field(n, subject);
	for (uint32_t i = 1; i <= count; i++)
		send_candidate(n, stamp, i);
	send_end(n, message);
	while (monitor_answers())
		continue;
	if (running[n] != NULL) {
		judge(n, OUTCOME_CLEAN);
		monitor_answers();
	}
	assert_true(result_of(n, &r));
	send_report(n, message);
	return r;
}

/* --- tests --------------------------------------------------------------------- */

static void
test_made_and_good(void **state)
{
	struct record_result a = scanned(0, 1, "A"), r;

	(void)state;
	assert_int_equal(a.outcome, OUTCOME_CLEAN);
	assert_int_equal(a.stamped, 1);
	assert_int_equal(notary_check(a.stamp, a.mac, 0, now), STAMP_GOOD);
	submitted = 0;
	r = relayed(1, 1, "A", &a, 1);
	assert_int_equal(r.outcome, OUTCOME_CLEAN_BY_STAMP);
	assert_int_equal(r.stamped, 1);
	assert_int_equal(submitted, 0);
	assert_int_equal(stamps_made, 1); /* a skip makes none */
	assert_int_equal(violations, 0);
}

/* A stamp for A says nothing of B, whoever sends it. */
static void
test_other_message(void **state)
{
	struct record_result a = scanned(0, 1, "A"), r;

	(void)state;
	submitted = 0;
	r = relayed(0, 2, "B", &a, 1);
	assert_int_equal(r.outcome, OUTCOME_CLEAN);
	assert_int_equal(submitted, 1);
	assert_memory_not_equal(r.stamp, a.stamp, sizeof(a.stamp));
	a.mac[31] ^= 1;
	r = relayed(0, 3, "A", &a, 8);
	assert_int_equal(r.outcome, OUTCOME_CLEAN);
	assert_int_equal(submitted, 2);
}

/* Nothing but clamd's OK leads to a stamp. */
static void
test_only_clean(void **state)
{
	static const enum outcome not_clean[] = {OUTCOME_INFECTED,
	    OUTCOME_TOO_BIG, OUTCOME_CLAMD_DOWN, OUTCOME_CLAMD_ERROR,
	    OUTCOME_TIMEOUT, OUTCOME_BUSY, OUTCOME_INTERNAL};
	struct record_result r;

	(void)state;
	for (uint32_t i = 0; i < sizeof(not_clean) / sizeof(not_clean[0]);
	     i++) {
		send_begin(0, i + 1);
		send_field(0, "A");
		send_end(0, i + 1);
		judge(0, not_clean[i]);
		assert_true(result_of(0, &r));
		assert_int_equal(r.stamped, 0);
		send_report(0, i + 1);
	}
	assert_int_equal(questions, 0);
}

/* What clamd calls clean without having looked into all of it is not, and
 * gets none. */
static void
test_not_unpacked(void **state)
{
	struct record_result r;

	(void)state;
	archive_fault = ARCHIVE_TOO_BIG;
	r = scanned(0, 1, "A");
	archive_fault = ARCHIVE_FINE;
	assert_int_equal(r.outcome, OUTCOME_NOT_UNPACKED);
	assert_int_equal(r.stamped, 0);
	assert_int_equal(questions, 0);
	/* It is over with that message. */
	assert_int_equal(scanned(0, 2, "A").stamped, 1);
}

/* Not of a clamd without a database, or that hides its limits; not of a
 * message that has no digests. */
static void
test_not_fit(void **state)
{
	(void)state;
	clamd.alerts = false;
	assert_int_equal(scanned(0, 1, "A").stamped, 0);
	clamd.alerts = true;
	clamd.database.number = 0;
	assert_int_equal(scanned(0, 2, "A").stamped, 0);
	clamd.database.number = 27091;
	assert_int_equal(scanned(0, 3, "A\rB").stamped, 0);
	archive_blind = true;
	assert_int_equal(scanned(0, 4, "A").stamped, 0);
	archive_blind = false;
	assert_int_equal(questions, 0);
	assert_int_equal(scanned(0, 5, "A").stamped, 1);
}

/* A second END, fields after END, and a stamp's record out of a session's own
 * mouth end the session, and no stamp comes of it. */
static void
test_taken_over(void **state)
{
	struct record_stamp stamp = {
	    .head = record_head(RECORD_STAMP, sizeof(stamp))};
	struct record_check check = {
	    .head = record_head(RECORD_CHECK, sizeof(check))};
	struct record_stamped stamped = {
	    .head = record_head(RECORD_STAMPED, sizeof(stamped)),
	    .answer = STAMP_MADE};
	const void *own[] = {&stamp, &check, &stamped};
	int pair[2];

	(void)state;
	for (size_t i = 0; i < 5; i++) {
		send_begin(0, 1);
		send_field(0, "A");
		send_end(0, 1);
		if (i == 0)
			send_end(0, 1);
		else if (i == 1)
			send_field(0, "B");
		else
			send_record(0, own[i - 2]);
		assert_true(is_closed(0));
		assert_int_equal(questions, 0);
		close(session[0]);
		assert_true(channel_pair(pair));
		session[0] = pair[0];
		client_add(pair[1], 0);
	}
	assert_int_equal(violations, 5);
	assert_int_equal(client_count(), 2);
}

/* ABORT while the monitor has been asked: its answer is nobody's, and neither
 * the next message nor the other session gets it. */
static void
test_abort(void **state)
{
	struct record_result r;

	(void)state;
	send_begin(0, 1);
	send_field(0, "A");
	send_end(0, 1);
	judge(0, OUTCOME_CLEAN);
	assert_int_equal(questions, 1);
	send_plain(0, RECORD_ABORT);
	send_report(0, 1);
	send_begin(0, 2);
	send_field(0, "B");
	send_end(0, 2);
	send_begin(1, 1);
	send_field(1, "C");
	send_end(1, 1);
	judge(1, OUTCOME_CLEAN); /* has to wait for the monitor */
	assert_int_equal(questions, 1);
	monitor_answers();
	assert_false(result_of(0, &r));
	assert_false(result_of(1, &r));
	assert_int_equal(questions, 2);
	monitor_answers();
	assert_true(result_of(1, &r));
	assert_int_equal(r.stamped, 1);
	assert_false(result_of(0, &r));
	judge(0, OUTCOME_INFECTED);
	assert_true(result_of(0, &r));
	assert_int_equal(r.stamped, 0);
}

/* Many at once stand in a queue; each gets its own. */
static void
test_queue(void **state)
{
	struct record_result a, b, r;

	(void)state;
	for (uint32_t i = 0; i < 2; i++) {
		send_begin(i, 1);
		send_field(i, i == 0 ? "A" : "B");
		send_end(i, 1);
	}
	judge(1, OUTCOME_CLEAN);
	judge(0, OUTCOME_CLEAN);
	assert_int_equal(questions, 1);
	while (monitor_answers())
		continue;
	assert_true(result_of(0, &a));
	assert_true(result_of(1, &b));
	send_report(0, 1);
	send_report(1, 1);
	submitted = 0;
	r = relayed(0, 2, "B", &b, 1);
	assert_int_equal(r.outcome, OUTCOME_CLEAN_BY_STAMP);
	r = relayed(0, 3, "A", &b, 1);
	assert_int_equal(r.outcome, OUTCOME_CLEAN);
}

/* Nine candidates, one of an unknown peer, one behind the body, and an answer
 * that nobody waits for. */
static void
test_candidates(void **state)
{
	struct record_result a = scanned(0, 1, "A");
	struct record_candidate c = {
	    .head = record_head(RECORD_CANDIDATE, sizeof(c)), .peer = 1};
	struct record_checked checked = {
	    .head = record_head(RECORD_CHECKED, sizeof(checked))};

	(void)state;
	assert_false(stamping_answer(span_of(&checked, sizeof(checked))));
	send_begin(0, 2);
	for (uint32_t i = 1; i <= STAMPS_MAX; i++)
		send_candidate(0, &a, i);
	assert_false(is_closed(0));
	send_candidate(0, &a, 9);
	assert_true(is_closed(0));
	send_begin(1, 2);
	send_record(1, &c);
	assert_true(is_closed(1));
	assert_int_equal(violations, 2);
}

/* The first of several that is good counts, wherever it stands. */
static void
test_second(void **state)
{
	struct record_result a = scanned(0, 1, "A"), b = scanned(0, 2, "B"), r;

	(void)state;
	send_begin(0, 3);
	send_field(0, "A");
	send_candidate(0, &b, 4);
	send_candidate(0, &a, 6);
	send_candidate(0, &b, 7);
	send_end(0, 3);
	while (monitor_answers())
		continue;
	assert_true(result_of(0, &r));
	assert_int_equal(r.outcome, OUTCOME_CLEAN_BY_STAMP);
	assert_int_equal(r.stamped, 6);
	send_report(0, 3);
}

static bool
says(const struct log_line *line, const char *what)
{
	return memmem(line->text, line->len, what, strlen(what)) != NULL;
}

/* A database is compared by its time, whatever its number. */
static void
test_own_database(void **state)
{
	struct record_result a = scanned(0, 1, "A"), r;

	(void)state;
	clamd.database.time += 3600;
	r = relayed(0, 2, "A", &a, 1);
	assert_int_equal(r.outcome, OUTCOME_CLEAN);
	assert_true(says(&reported, " stamp_reason=own-db-newer"));
	settings.stamp.db_lag = 3600000;
	r = relayed(0, 3, "A", &a, 1);
	assert_int_equal(r.outcome, OUTCOME_CLEAN_BY_STAMP);
	settings.stamp.db_lag = 0;
	clamd.database.time -= 3600;
	r = relayed(0, 4, "A", &a, 1);
	assert_int_equal(r.outcome, OUTCOME_CLEAN_BY_STAMP);
	/* Without one of its own that is known there is nothing to compare. */
	for (uint32_t i = 0; i < 2; i++) {
		struct database known = clamd.database;

		if (i == 0)
			clamd.database.time = 0;
		else
			clamd.database.number = 0;
		r = relayed(0, 5 + i, "A", &a, 1);
		assert_int_equal(r.outcome, OUTCOME_CLEAN);
		assert_true(says(&reported, " stamp_reason=own-db-unknown"));
		clamd.database = known;
	}
}

/* What was over before its stamp was looked at was not skipped, and the log
 * says why. */
static void
test_not_checked(void **state)
{
	static const enum outcome early[] = {OUTCOME_TOO_BIG, OUTCOME_LIMITS};
	struct record_result a = scanned(0, 1, "A"), r;

	(void)state;
	stamping_log_counts();
	for (uint32_t i = 0; i < 2; i++) {
		send_begin(0, i + 2);
		send_field(0, "A");
		send_candidate(0, &a, 1);
		send_end_as(0, i + 2, early[i]);
		assert_true(result_of(0, &r));
		assert_int_equal(r.outcome, early[i]);
		send_report(0, i + 2);
		assert_true(
		    says(&reported, " stamp=none stamp_reason=not-checked"));
	}
	assert_int_equal(
	    relayed(0, 4, "A", &a, 1).outcome, OUTCOME_CLEAN_BY_STAMP);
	assert_true(says(&reported, " stamp=skip "));
	stamping_log_counts();
	assert_true(says(&last_line, " skip=1 not-checked=2"));
}

/* Messages without a stamp count as what the session saw, and as no skips,
 * whatever it says. */
static void
test_counts(void **state)
{
	static const uint8_t seen[] = {STAMP_GOOD, STAMP_NONE, STAMP_NOT_PEER,
	    STAMP_SYNTAX, STAMP_SYNTAX + 1, 255};

	(void)state;
	stamping_log_counts();
	for (uint32_t i = 0; i < sizeof(seen); i++) {
		struct record_report r = {
		    .head = record_head(RECORD_REPORT, sizeof(r)),
		    .report = {.message = i + 1, .stamps = seen[i]}};
		struct record_result result;

		send_begin(0, i + 1);
		send_field(0, "A");
		send_end(0, i + 1);
		judge(0, OUTCOME_CLEAN);
		monitor_answers();
		assert_true(result_of(0, &result));
		send_record(0, &r);
	}
	stamping_log_counts();
	assert_true(says(&last_line, " skip=0 not-peer=1 none=4 syntax=1"));
}

static bool
make_ring(void)
{
	char dir[] = "/tmp/test-client-stamps-XXXXXX", file[64], why[256];
	FILE *out;
	bool ok;

	if (mkdtemp(dir) == NULL)
		return false;
	snprintf(file, sizeof(file), "%s/a.key", dir);
	out = fopen(file, "w");
	if (out == NULL)
		return false;
	fputs("pratique-key 1\nid 2024a\nuse stamp\nsecret " SECRET "\n", out);
	fchmod(fileno(out), 0400);
	fclose(out);
	ok = keyring_setup() && reader_load(dir, "", true, why, sizeof(why));
	unlink(file);
	rmdir(dir);
	return ok;
}

#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    T(test_made_and_good),
	    T(test_other_message),
	    T(test_only_clean),
	    T(test_not_unpacked),
	    T(test_not_fit),
	    T(test_taken_over),
	    T(test_abort),
	    T(test_queue),
	    T(test_own_database),
	    T(test_not_checked),
	    T(test_counts),
	    /* The last: it leaves slots out of order. */
	    T(test_second),
	    T(test_candidates),
	};

	now = (uint64_t)time(NULL);
	clamd.database.time = now - 3600;
	share_setup(UINT64_MAX);
	stamping_setup(&settings.stamp);
	notary_setup(&settings.stamp);
	if (!make_ring() || !stream_setup(LIMIT) || !client_setup(&settings))
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
