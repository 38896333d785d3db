/* SPDX-License-Identifier: ISC */
/*
 * For tests of scanner/client_records.c: sessions that send records, and scans,
 * log and poll set of the test's own.
 */
#ifndef TESTS_UNIT_AROUND_CLIENT_RECORDS_H
#define TESTS_UNIT_AROUND_CLIENT_RECORDS_H

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

#endif
