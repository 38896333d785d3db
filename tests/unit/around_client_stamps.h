/* SPDX-License-Identifier: ISC */
/*
 * For tests of stamps: scanner/client_records.c and scanner/stamping.c on one
 * side, the real notary with a real key on the other.  clamd's part is a word:
 * what scan_judged is told.
 */
#ifndef TESTS_UNIT_AROUND_CLIENT_STAMPS_H
#define TESTS_UNIT_AROUND_CLIENT_STAMPS_H

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
static struct scan *part[CASE_PARTS_MAX]; /* of whichever message */
static unsigned int parts, cancelled;
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
	j->memfd = memfd;
	j->size = size;
	j->lead = lead;
	j->state = SCAN_WAITING;
	if (lead == 0) {
		part[parts++] = j;
		return;
	}
	submitted++;
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
	cancelled++;
	if (j->lead > 0)
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
	parts = cancelled = 0;
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
static inline struct record_result
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
static inline struct record_result
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

#endif
