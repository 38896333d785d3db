/* SPDX-License-Identifier: ISC */
/*
 * The life of scans: scanner/scan.c, scan_state.c and scan_verdict.c with the
 * real queue, choice, pool and confirmation, a clock that stands until it is
 * told to go on, and clamds that say what the test says (fake_clamd.h).
 */
#include "scanner/scan.h"

#include <errno.h>
#include <netinet/in.h>

#include "scanner/base/memory.h"
#include "scanner/base/stream.h"
#include "scanner/clamd/canary.h"
#include "scanner/clamd/pool.h"
#include "scanner/clamd/probe.h"
#include "scanner/suspects.h"
#include "tests/unit/fake_clamd.h"
#include "tests/unit/set_up_again.h"

#define SCANS	     16
#define THREADS	     4
#define LEAD	     100
#define MB	     (UINT64_C(1) << 20)
#define SCAN_TIMEOUT 60000
#define WAIT_TIMEOUT 20000
#define INTERVAL     1000
#define OK	     "fd[11]: OK"
#define VIRUS	     "fd[11]: Some.Virus FOUND"
#define CANARY	     "fd[11]: Eicar FOUND"
#define LIMIT	     "fd[11]: Heuristics.Limits.Exceeded.MaxFileSize FOUND"
#define FAILED	     "fd[11]: Can't allocate memory ERROR"
#define TIRED	     "COMMAND READ TIMED OUT\n"
#define NO_REPLY     ""

static struct scanner_settings settings;
static struct scan scan[SCANS];
static struct flow flow;
static unsigned int judged[SCANS];
static void (*then)(struct scan *); /* what the owner does with a verdict */
static enum outcome remembered;	    /* of every message; CLEAN: none */
static uint32_t guilt;		    /* that was remembered last */

void
scan_judged(struct scan *s)
{
	assert_int_equal(s->state, SCAN_IDLE);
	assert_ptr_equal(s, &scan[s->owner]);
	judged[s->owner]++;
	if (then != NULL)
		then(s);
}

void
suspects_add(int memfd, uint64_t lead, uint64_t size, uint32_t how_sure,
    enum outcome outcome, uint64_t now)
{
	(void)memfd, (void)size, (void)outcome, (void)now;
	assert_int_equal(lead, LEAD);
	guilt = how_sure;
}

bool
suspects_find(int memfd, uint64_t lead, uint64_t size, uint64_t now,
    enum outcome *outcome)
{
	(void)memfd, (void)lead, (void)size, (void)now;
	*outcome = remembered;
	return remembered != OUTCOME_CLEAN;
}

void
probe_fail(uint32_t index, struct reason reason)
{
	backend_failed(index, reason);
}

/* So many clamds that are up and known to look into all that there is. */
static void
set_up(uint32_t backends, sa_family_t family)
{
	settings = (struct scanner_settings){.backends = backends,
	    .confirm_interval = INTERVAL,
	    .max_message_size = 100 * MB,
	    .scan_timeout = SCAN_TIMEOUT,
	    .wait_timeout = WAIT_TIMEOUT,
	    .max_waiting = 8};
	for (uint32_t i = 0; i < backends; i++) {
		settings.backend[i].weight = 1;
		settings.backend[i].address.any.sa_family = family;
	}
	memory_setup(64 * MB);
	assert_true(stream_setup(100 * MB));
	canary_setup();
	now_ms = 100000;
	opened = 0;
	at_once = STEP_WAIT_READ;
	then = NULL;
	guilt = 0;
	remembered = OUTCOME_CLEAN;
	flow = (struct flow){0};
	backend_setup(&settings);
	for (uint32_t i = 0; i < backends; i++) {
		backend_at(i)->threads = THREADS;
		backend_works(i);
		backend_proved(i, 100 * MB);
	}
	confirm_setup(&settings);
	memset(scan, 0, sizeof(scan));
	memset(judged, 0, sizeof(judged));
	for (uint32_t i = 0; i < SCANS; i++) {
		scan[i].owner = i;
		scan[i].flow = &flow;
	}
	assert_true(scan_setup(&settings, SCANS));
}

static void
run(void)
{
	confirm_run(now_ms);
	scan_run(now_ms);
}

static void
submit_size(uint32_t i, uint64_t size)
{
	scan_submit(&scan[i], 1000 + (int)i, size + LEAD, LEAD);
}

static void
submit(uint32_t i)
{
	submit_size(i, 1000);
	run();
}

/* clamd says that to message i, and closes. */
static void
answer(uint32_t i, const char *text)
{
	asked = &pool_at(scan[i].query)->exchange;
	assert_int_equal(asked->memfd, 1000 + (int)i);
	say(text);
	scan_event(scan[i].query);
	run();
}

/* That clamd's short canary. */
static void
canary(uint32_t backend, const char *text)
{
	assert_int_not_equal(asked->state, EXCHANGE_CLOSED);
	assert_ptr_equal(asked->address, &backend_at(backend)->address);
	say(text);
	confirm_event(backend * 4);
	run();
}

static void
is_over(uint32_t i, enum outcome outcome)
{
	assert_int_equal(judged[i], 1);
	assert_int_equal(scan[i].state, SCAN_IDLE);
	assert_int_equal(scan[i].verdict.outcome, outcome);
	judged[i] = 0;
}

static void
is_at(uint32_t i, enum scan_state state, uint32_t backend)
{
	assert_int_equal(judged[i], 0);
	assert_string_equal(
	    scan_state_name(scan[i].state), scan_state_name(state));
	assert_int_equal(scan[i].backend, backend);
}

/* Nothing is held for anybody. */
static void
is_quiet(void)
{
	for (uint32_t i = 0; i < settings.backends; i++) {
		assert_int_equal(backend_at(i)->running, 0);
		assert_int_equal(backend_at(i)->reserved, 0);
	}
	assert_int_equal(flow.waiting, 0);
	assert_int_equal(queue_waiting(), 0);
	assert_true(scan_next() == UINT64_MAX);
}

/* --- one message ----------------------------------------------------------- */

static void
test_infected(void **state)
{
	const struct verdict *v = &scan[0].verdict;

	(void)state;
	set_up(1, AF_UNIX);
	submit_size(0, 1000);
	assert_int_equal(scan_next(), now_ms + WAIT_TIMEOUT);
	now_ms += 5;
	run();
	is_at(0, SCAN_TALKING, 0);
	assert_int_equal(backend_at(0)->running, 1);
	assert_int_equal(asked->size, 1000 + LEAD);
	assert_int_equal(asked->request, REQUEST_FILDES);
	now_ms += 7;
	answer(0, VIRUS);
	is_over(0, OUTCOME_INFECTED);
	assert_int_equal(v->name_len, strlen("Some.Virus"));
	assert_memory_equal(v->name, "Some.Virus", v->name_len);
	assert_int_equal(v->backend, 0);
	assert_int_equal(v->wait_ms, 5);
	assert_int_equal(v->scan_ms, 7);
	is_quiet();
}

/* Longer than there is room for: cut, and a byte is left. */
static void
test_long_name(void **state)
{
	char text[RECORD_NAME_MAX + 100] = "fd[1]: ";
	size_t len = strlen(text);

	(void)state;
	memset(text + len, 'x', RECORD_NAME_MAX + 20);
	memcpy(text + len + RECORD_NAME_MAX + 20, " FOUND", 7);
	set_up(1, AF_UNIX);
	submit(0);
	answer(0, text);
	is_over(0, OUTCOME_INFECTED);
	assert_int_equal(scan[0].verdict.name_len, RECORD_NAME_MAX - 1);
}

/* OK is no verdict before a canary that began behind it was found. */
static void
test_confirmed(void **state)
{
	(void)state;
	set_up(1, AF_UNIX);
	submit(0);
	now_ms += 3;
	answer(0, OK);
	is_at(0, SCAN_CONFIRMING, 0);
	assert_int_equal(opened, 2);
	/* The thread was given back; the canary has one. */
	assert_int_equal(backend_at(0)->running, 1);
	now_ms += 9;
	canary(0, CANARY);
	is_over(0, OUTCOME_CLEAN);
	assert_int_equal(scan[0].verdict.backend, 0);
	assert_int_equal(scan[0].verdict.scan_ms, 12);
	/* That one is good for others, for a while. */
	submit(1);
	answer(1, OK);
	is_over(1, OUTCOME_CLEAN);
	now_ms += INTERVAL;
	submit(2);
	answer(2, OK);
	is_at(2, SCAN_CONFIRMING, 0);
	canary(0, CANARY);
	is_over(2, OUTCOME_CLEAN);
	is_quiet();
}

/* What one clamd finds says nothing about another one. */
static void
test_confirmed_by_its_own(void **state)
{
	struct exchange *first;

	(void)state;
	set_up(2, AF_UNIX);
	submit(0);
	submit(1);
	is_at(0, SCAN_TALKING, 0);
	is_at(1, SCAN_TALKING, 1);
	answer(0, OK);
	first = asked;
	answer(1, OK);
	canary(1, CANARY);
	is_at(0, SCAN_CONFIRMING, 0);
	is_over(1, OUTCOME_CLEAN);
	asked = first;
	canary(0, CANARY);
	is_over(0, OUTCOME_CLEAN);
	is_quiet();
}

/* It misses the canary: its OK is nothing, the next one's counts; two that do
 * are enough. */
static void
test_unconfirmed(void **state)
{
	(void)state;
	set_up(3, AF_UNIX);
	submit(0);
	answer(0, OK);
	canary(0, OK);
	is_at(0, SCAN_TALKING, 1);
	assert_int_equal(backend_at(0)->state, BACKEND_DOWN);
	answer(0, VIRUS);
	is_over(0, OUTCOME_INFECTED);
	set_up(3, AF_UNIX);
	submit(0);
	answer(0, OK);
	canary(0, OK);
	answer(0, OK);
	canary(1, OK);
	is_over(0, OUTCOME_CLAMD_ERROR);
	assert_int_equal(scan[0].verdict.backend, 1);
	is_quiet();
}

/* No verdict: one other clamd, never the same, and never a third. */
static void
test_no_verdict(void **state)
{
	static const char *const reply[] = {
	    NO_REPLY, FAILED, "fd[11]: OK\r", "UNKNOWN COMMAND"};

	(void)state;
	for (size_t i = 0; i < sizeof(reply) / sizeof(reply[0]); i++) {
		set_up(3, AF_UNIX);
		submit(0);
		answer(0, reply[i]);
		is_at(0, SCAN_TALKING, 1);
		assert_int_equal(scan[0].tried, 1);
		assert_int_equal(backend_at(0)->state, BACKEND_SUSPECT);
		answer(0, reply[i]);
		is_over(0, OUTCOME_CLAMD_ERROR);
		assert_int_equal(scan[0].verdict.backend, 1);
		assert_int_equal(opened, 2);
		/* One that died with it is remembered. */
		assert_int_equal(
		    guilt, reply[i][0] == '\0' ? 2 * GUILT_SURE : 0);
		is_quiet();
	}
}

/* One that died with several messages: each may have been the one. */
static void
test_shared_guilt(void **state)
{
	(void)state;
	set_up(1, AF_UNIX);
	submit(0);
	submit(1);
	answer(0, NO_REPLY);
	is_over(0, OUTCOME_CLAMD_ERROR);
	assert_int_equal(guilt, GUILT_SHARED);
}

/* The only one has had it: the end; but not if it was tired of waiting. */
static void
test_only_one(void **state)
{
	(void)state;
	set_up(1, AF_UNIX);
	submit(0);
	answer(0, FAILED);
	is_over(0, OUTCOME_CLAMD_ERROR);
	set_up(1, AF_UNIX);
	submit(0);
	asked = &pool_at(scan[0].query)->exchange;
	asked->reply_len = strlen(TIRED);
	memcpy(asked->reply, TIRED, asked->reply_len);
	scan_event(scan[0].query);
	run();
	is_at(0, SCAN_TALKING, 0);
	assert_int_equal(backend_at(0)->state, BACKEND_UP);
	assert_int_equal(opened, 2);
	answer(0, VIRUS);
	is_over(0, OUTCOME_INFECTED);
}

static void
test_unconnected(void **state)
{
	(void)state;
	set_up(2, AF_UNIX);
	at_once = STEP_REFUSED;
	submit(0);
	assert_int_equal(opened, 2);
	is_over(0, OUTCOME_CLAMD_DOWN);
	assert_int_equal(scan[0].verdict.backend, BACKEND_NONE);
	assert_int_equal(backend_at(0)->state, BACKEND_DOWN);
	assert_int_equal(backend_at(1)->state, BACKEND_DOWN);
	is_quiet();
}

/* A fault of ours says nothing about anybody. */
static void
test_fault(void **state)
{
	(void)state;
	set_up(2, AF_UNIX);
	at_once = STEP_FAULT;
	submit(0);
	is_over(0, OUTCOME_INTERNAL);
	assert_int_equal(backend_at(0)->state, BACKEND_UP);
	is_quiet();
}

/* --- time ------------------------------------------------------------------ */

/* Its backlog is full: again in some ms, at the same one, up to the deadline. */
static void
test_busy(void **state)
{
	uint64_t end;

	(void)state;
	set_up(2, AF_UNIX);
	at_once = STEP_BUSY;
	submit(0);
	end = now_ms + SCAN_TIMEOUT;
	is_at(0, SCAN_OPENING, 0);
	run();
	assert_int_equal(opened, 1);
	assert_in_range(scan_next(), now_ms + 1, now_ms + 10);
	now_ms = scan_next() - 1;
	run();
	assert_int_equal(opened, 1);
	now_ms++;
	run();
	assert_int_equal(opened, 2);
	is_at(0, SCAN_OPENING, 0);
	at_once = STEP_WAIT_READ;
	now_ms = scan_next();
	run();
	is_at(0, SCAN_TALKING, 0);
	scan_cancel(&scan[0]);
	set_up(1, AF_UNIX);
	at_once = STEP_BUSY;
	submit(0);
	while (judged[0] == 0) {
		now_ms = scan_next();
		run();
	}
	assert_int_equal(now_ms, end);
	is_over(0, OUTCOME_BUSY);
	is_quiet();
}

/* A host that is gone, over TCP. */
static void
test_connecting(void **state)
{
	(void)state;
	set_up(2, AF_INET);
	at_once = STEP_WAIT_CONNECT;
	submit(0);
	is_at(0, SCAN_CONNECTING, 0);
	assert_int_equal(scan_next(), now_ms + 2000);
	now_ms += 1999;
	run();
	is_at(0, SCAN_CONNECTING, 0);
	at_once = STEP_WAIT_WRITE;
	now_ms++;
	run();
	is_at(0, SCAN_TALKING, 1);
	assert_int_equal(backend_at(0)->state, BACKEND_DOWN);
	scan_cancel(&scan[0]);
	/* The deadline comes first. */
	set_up(1, AF_INET);
	settings.scan_timeout = 1500;
	assert_true(scan_setup(&settings, SCANS));
	at_once = STEP_WAIT_CONNECT;
	submit(0);
	now_ms += 1500;
	run();
	is_over(0, OUTCOME_CLAMD_DOWN);
}

/* Not a millisecond before, and clamd's thread is not free before it has
 * answered. */
static void
test_deadline(void **state)
{
	uint32_t query;

	(void)state;
	set_up(2, AF_UNIX);
	submit(0);
	query = scan[0].query;
	assert_int_equal(scan_next(), now_ms + SCAN_TIMEOUT);
	now_ms += SCAN_TIMEOUT - 1;
	run();
	is_at(0, SCAN_TALKING, 0);
	now_ms++;
	run();
	is_over(0, OUTCOME_TIMEOUT);
	assert_int_equal(scan[0].verdict.backend, 0);
	assert_int_equal(scan[0].verdict.scan_ms, SCAN_TIMEOUT);
	assert_int_equal(guilt, 0);
	assert_int_equal(backend_at(0)->state, BACKEND_SUSPECT);
	assert_int_equal(backend_at(0)->running, 1);
	scan_event(query);
	assert_int_equal(backend_at(0)->running, 0);
	assert_int_equal(judged[0], 0);
	is_quiet();
}

/* It has judged others meanwhile: the message is to blame. */
static void
test_deadline_guilt(void **state)
{
	(void)state;
	set_up(1, AF_UNIX);
	submit(0);
	now_ms += 10;
	submit(1);
	answer(1, VIRUS);
	is_over(1, OUTCOME_INFECTED);
	now_ms += SCAN_TIMEOUT - 10;
	run();
	is_over(0, OUTCOME_TIMEOUT);
	assert_int_equal(guilt, GUILT_SURE);
	/* clamd hangs: its thread is given up in the end. */
	now_ms = scan_next();
	assert_int_equal(now_ms, 100000 + SCAN_TIMEOUT + 120000);
	run();
	is_quiet();
}

static void
test_deadline_confirming(void **state)
{
	(void)state;
	set_up(1, AF_UNIX);
	submit(0);
	answer(0, OK);
	is_at(0, SCAN_CONFIRMING, 0);
	now_ms += SCAN_TIMEOUT;
	scan_run(now_ms);
	is_over(0, OUTCOME_TIMEOUT);
}

/* --- turns ----------------------------------------------------------------- */

/* As many at once as there are threads, each in its turn. */
static void
test_room(void **state)
{
	(void)state;
	set_up(1, AF_UNIX);
	for (uint32_t i = 0; i < THREADS + 2; i++)
		submit(i);
	for (uint32_t i = 0; i < THREADS; i++)
		is_at(i, SCAN_TALKING, 0);
	assert_int_equal(scan[THREADS].state, SCAN_WAITING);
	assert_int_equal(backend_at(0)->running, THREADS);
	answer(1, VIRUS);
	is_at(THREADS, SCAN_TALKING, 0);
	assert_int_equal(scan[THREADS + 1].state, SCAN_WAITING);
	answer(THREADS, VIRUS);
	is_at(THREADS + 1, SCAN_TALKING, 0);
}

/* All of several clamds are used, each with all its threads. */
static void
test_all_clamds(void **state)
{
	uint32_t got[3] = {0};

	(void)state;
	set_up(3, AF_UNIX);
	for (uint32_t i = 0; i < 3 * THREADS; i++) {
		submit(i);
		got[scan[i].backend]++;
	}
	for (size_t i = 0; i < 3; i++)
		assert_int_equal(got[i], THREADS);
	submit(3 * THREADS);
	assert_int_equal(scan[3 * THREADS].state, SCAN_WAITING);
}

/* No room for as long as one may wait. */
static void
test_waited(void **state)
{
	(void)state;
	set_up(1, AF_UNIX);
	for (uint32_t i = 0; i < THREADS + 1; i++)
		submit(i);
	now_ms += WAIT_TIMEOUT - 1;
	run();
	assert_int_equal(judged[THREADS], 0);
	now_ms++;
	run();
	is_over(THREADS, OUTCOME_BUSY);
	assert_int_equal(scan[THREADS].verdict.wait_ms, WAIT_TIMEOUT);
	is_at(0, SCAN_TALKING, 0);
}

/* The deadline may come before that. */
static void
test_waited_too_long(void **state)
{
	(void)state;
	set_up(1, AF_UNIX);
	for (uint32_t i = 1; i < THREADS + 1; i++)
		submit(i);
	settings.scan_timeout = 5000;
	assert_int_equal(backend_at(0)->running, THREADS);
	assert_true(scan_setup(&settings, SCANS));
	submit(0);
	now_ms += 5000;
	scan_run(now_ms);
	is_over(0, OUTCOME_BUSY);
	assert_int_equal(scan[0].verdict.wait_ms, 5000);
}

/* Who comes back from a clamd that had it does not wait behind others. */
static void
test_comes_back_first(void **state)
{
	(void)state;
	set_up(2, AF_UNIX);
	backend_at(0)->threads = backend_at(1)->threads = 1;
	for (uint32_t i = 0; i < 4; i++)
		submit(i);
	is_at(1, SCAN_TALKING, 1);
	answer(0, NO_REPLY);
	assert_int_equal(scan[0].state, SCAN_WAITING);
	answer(1, VIRUS);
	is_at(0, SCAN_TALKING, 1);
	assert_int_equal(scan[2].state, SCAN_WAITING);
	answer(0, VIRUS);
	is_at(2, SCAN_TALKING, 1);
}

/* As many may wait as max_waiting says, and not one more. */
static void
test_max_waiting(void **state)
{
	(void)state;
	set_up(1, AF_UNIX);
	for (uint32_t i = 0; i < THREADS + 8; i++) {
		scan[i].flow = NULL;
		submit(i);
		assert_int_equal(judged[i], 0);
	}
	assert_int_equal(queue_waiting(), 8);
	scan[15].flow = NULL;
	submit_size(15, 1000);
	is_at(15, SCAN_REFUSED, 0);
	assert_int_equal(scan_next(), 0);
	run();
	is_over(15, OUTCOME_BUSY);
}

/* One that did harm is shown to no clamd. */
static void
test_remembered(void **state)
{
	(void)state;
	set_up(1, AF_UNIX);
	remembered = OUTCOME_TIMEOUT;
	submit(0);
	is_over(0, OUTCOME_TIMEOUT);
	assert_int_equal(opened, 0);
	is_quiet();
}

/* --- limits ---------------------------------------------------------------- */

/* A stream that was too long for it: perhaps not for another one. */
static void
test_too_big(void **state)
{
	static const char text[] = "INSTREAM size limit exceeded. ERROR";

	(void)state;
	set_up(2, AF_INET);
	submit(0);
	assert_int_equal(asked->request, REQUEST_INSTREAM);
	answer(0, text);
	is_at(0, SCAN_TALKING, 1);
	assert_int_equal(backend_limit(0), 999);
	answer(0, text);
	is_over(0, OUTCOME_TOO_BIG);
	assert_int_equal(scan[0].verdict.backend, 1);
	/* Who is as long does not even try; who is shorter does. */
	submit(1);
	is_over(1, OUTCOME_TOO_BIG);
	submit_size(2, 999);
	run();
	is_at(2, SCAN_TALKING, scan[2].backend);
}

/* clamd names a limit: of the message, or of something inside? */
static void
test_limits(void **state)
{
	(void)state;
	set_up(1, AF_UNIX);
	submit(0);
	answer(0, LIMIT);
	is_over(0, OUTCOME_LIMITS_EXCEEDED);
	assert_true(scan[0].verdict.name_len > 0);
	set_up(1, AF_UNIX);
	backend_at(0)->proved = 8192;
	submit_size(0, 9000);
	run();
	answer(0, LIMIT);
	is_at(0, SCAN_CONFIRMING, 0);
	canary(0, LIMIT);
	is_over(0, OUTCOME_TOO_BIG);
	assert_int_equal(scan[0].verdict.name_len, 0);
}

/* --- several, and their owner ---------------------------------------------- */

static void
cancel_next(struct scan *s)
{
	scan_cancel(s + 1);
}

static void
submit_next(struct scan *s)
{
	then = NULL;
	scan_submit(s + 1, (int)s[1].owner + 1000, 1000 + LEAD, LEAD);
	scan_submit(s, (int)s->owner + 1000, 1000 + LEAD, LEAD);
}

/* What the owner does with one verdict changes the others, in no list that
 * anybody goes through. */
static void
test_owner(void **state)
{
	struct exchange *first = NULL;

	(void)state;
	set_up(1, AF_UNIX);
	for (uint32_t i = 0; i < 3; i++) {
		submit(i);
		answer(i, OK);
		is_at(i, SCAN_CONFIRMING, 0);
		if (i == 0)
			first = asked; /* the canary */
	}
	asked = first;
	then = cancel_next;
	canary(0, CANARY);
	is_over(0, OUTCOME_CLEAN);
	assert_int_equal(judged[1], 0);
	assert_int_equal(scan[1].state, SCAN_IDLE);
	then = NULL;
	is_over(2, OUTCOME_CLEAN);
	is_quiet();
}

static void
test_again(void **state)
{
	(void)state;
	set_up(1, AF_UNIX);
	submit(0);
	then = submit_next;
	answer(0, VIRUS);
	assert_int_equal(judged[0], 1);
	judged[0] = 0;
	run();
	is_at(0, SCAN_TALKING, 0);
	is_at(1, SCAN_TALKING, 0);
	answer(1, VIRUS);
	answer(0, VIRUS);
	is_over(0, OUTCOME_INFECTED);
	is_over(1, OUTCOME_INFECTED);
	is_quiet();
}

/* In each state: no verdict, nothing kept, but a thread that clamd is still
 * at. */
static void
test_cancel(void **state)
{
	(void)state;
	set_up(1, AF_UNIX);
	scan_cancel(&scan[0]);
	submit_size(0, 1000);
	scan_cancel(&scan[0]);
	is_quiet();
	at_once = STEP_BUSY;
	submit(0);
	scan_cancel(&scan[0]);
	is_quiet();
	at_once = STEP_WAIT_CONNECT;
	submit(0);
	is_at(0, SCAN_CONNECTING, 0);
	asked->state = EXCHANGE_CONNECTING;
	scan_cancel(&scan[0]);
	is_quiet();
	at_once = STEP_WAIT_READ;
	submit(0);
	answer(0, OK);
	is_at(0, SCAN_CONFIRMING, 0);
	scan_cancel(&scan[0]);
	canary(0, CANARY);
	is_quiet();
	submit(0);
	scan_cancel(&scan[0]);
	assert_int_equal(backend_at(0)->running, 1);
	scan_event(scan[0].query);
	run();
	is_quiet();
	assert_int_equal(judged[0], 0);
}

/* The clamd hangs: who can go elsewhere does, the others wait on. */
static void
test_hangs(void **state)
{
	(void)state;
	set_up(2, AF_UNIX);
	submit(0);
	submit(1);
	submit(2);
	answer(2, OK);
	is_at(0, SCAN_TALKING, 0);
	is_at(1, SCAN_TALKING, 1);
	is_at(2, SCAN_CONFIRMING, 0);
	backend_failed(0, reason_of(REASON_SILENT_PING));
	probe_hangs(0);
	run();
	is_at(0, SCAN_TALKING, 1);
	is_at(2, SCAN_TALKING, 1);
	probe_hangs(1);
	run();
	is_at(0, SCAN_TALKING, 1);
	is_at(1, SCAN_TALKING, 1);
}

/* --- early ----------------------------------------------------------------- */

static void
early(uint32_t i, uint64_t size)
{
	scan_early(&scan[i], 1000 + (int)i, size);
	run();
}

static void
test_early(void **state)
{
	(void)state;
	set_up(1, AF_INET);
	early(0, 500);
	is_at(0, SCAN_EARLY_TALKING, 0);
	assert_true(asked->growing);
	assert_int_equal(asked->size, 500);
	early(0, 900);
	assert_int_equal(asked->size, 900);
	assert_int_equal(opened, 1);
	now_ms += 50;
	submit(0);
	is_at(0, SCAN_TALKING, 0);
	assert_false(asked->growing);
	assert_int_equal(asked->size, 1000 + LEAD);
	assert_int_equal(opened, 1);
	/* Its time begins now. */
	assert_int_equal(scan_next(), now_ms + SCAN_TIMEOUT);
	now_ms += 4;
	answer(0, "stream: Some.Virus FOUND");
	is_over(0, OUTCOME_INFECTED);
	assert_int_equal(scan[0].verdict.wait_ms, 0);
	assert_int_equal(scan[0].verdict.scan_ms, 4);
	is_quiet();
}

/* Only as a stream; only where there is room that no whole message needs. */
static void
test_early_not(void **state)
{
	(void)state;
	set_up(1, AF_UNIX);
	early(0, 500);
	is_at(0, SCAN_IDLE, 0);
	assert_int_equal(opened, 0);
	set_up(1, AF_INET);
	for (uint32_t i = 1; i < THREADS + 2; i++)
		submit(i);
	early(0, 500);
	is_at(0, SCAN_IDLE, 0);
	/* One that is whole has not had its turn yet. */
	set_up(1, AF_INET);
	submit_size(1, 1000);
	scan_early(&scan[0], 1000, 500);
	is_at(0, SCAN_IDLE, 0);
}

/* Whatever goes wrong: nothing is said of the message, which begins anew when
 * it is whole. */
static void
test_early_wrong(void **state)
{
	static const char *const reply[] = {"stream: OK",
	    "stream: Some.Virus FOUND", NO_REPLY, "stream: no ERROR",
	    "INSTREAM size limit exceeded. ERROR"};

	(void)state;
	for (size_t i = 0; i < sizeof(reply) / sizeof(reply[0]); i++) {
		set_up(2, AF_INET);
		early(0, 500);
		answer(0, reply[i]);
		is_at(0, SCAN_EARLY_OFF, 0);
		assert_int_equal(backend_at(0)->running, 0);
		early(0, 600);
		is_at(0, SCAN_EARLY_OFF, 0);
		assert_int_equal(opened, 1);
		submit(0);
		assert_int_equal(opened, 2);
		assert_int_equal(scan[0].state, SCAN_TALKING);
		assert_int_equal(scan[0].had, 0);
		assert_false(asked->growing);
		answer(0, "stream: Some.Virus FOUND");
		is_over(0, OUTCOME_INFECTED);
		assert_int_equal(guilt, 0);
		is_quiet();
	}
}

static void
test_early_unconnected(void **state)
{
	static const enum step step[] = {STEP_REFUSED, STEP_FAULT};

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		set_up(1, AF_INET);
		at_once = step[i];
		early(0, 500);
		is_at(0, SCAN_EARLY_OFF, 0);
		is_quiet();
		scan_cancel(&scan[0]);
		is_at(0, SCAN_IDLE, 0);
	}
}

/* It is whole while there is no connection yet. */
static void
test_early_opening(void **state)
{
	(void)state;
	set_up(1, AF_INET);
	at_once = STEP_BUSY;
	early(0, 500);
	is_at(0, SCAN_EARLY_OPENING, 0);
	submit(0);
	is_at(0, SCAN_OPENING, 0);
	at_once = STEP_WAIT_WRITE;
	now_ms = scan_next();
	run();
	is_at(0, SCAN_TALKING, 0);
	assert_int_equal(asked->size, 1000 + LEAD);
	assert_false(asked->growing);
	set_up(1, AF_INET);
	at_once = STEP_WAIT_CONNECT;
	early(0, 500);
	is_at(0, SCAN_EARLY_CONNECTING, 0);
	now_ms += 1500;
	submit(0);
	is_at(0, SCAN_CONNECTING, 0);
	assert_int_equal(scan_next(), now_ms + 500);
}

/* Whole messages come first: the shortest of the early ones gives way. */
static void
test_early_yields(void **state)
{
	(void)state;
	set_up(1, AF_INET);
	for (uint32_t i = 0; i < THREADS; i++)
		early(i, i == 2 ? 100 : 500);
	submit(THREADS);
	is_at(THREADS, SCAN_TALKING, 0);
	for (uint32_t i = 0; i < THREADS; i++)
		is_at(i, i == 2 ? SCAN_EARLY_OFF : SCAN_EARLY_TALKING, 0);
}

/* It may not arrive for ever, either. */
static void
test_early_deadline(void **state)
{
	(void)state;
	set_up(1, AF_INET);
	early(0, 500);
	now_ms += SCAN_TIMEOUT;
	early(0, 600);
	is_at(0, SCAN_EARLY_OFF, 0);
	assert_int_equal(backend_at(0)->state, BACKEND_UP);
}

/* Whole, it turns out to be one that did harm. */
static void
test_early_refused(void **state)
{
	(void)state;
	set_up(1, AF_INET);
	early(0, 500);
	remembered = OUTCOME_CLAMD_ERROR;
	submit(0);
	is_over(0, OUTCOME_CLAMD_ERROR);
	asked->state = EXCHANGE_CLOSED;
	remembered = OUTCOME_CLEAN;
	/* The clamd hangs: that says nothing of it either. */
	set_up(1, AF_INET);
	early(0, 500);
	probe_hangs(0);
	is_at(0, SCAN_EARLY_OFF, 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_infected),
	    cmocka_unit_test(test_long_name),
	    cmocka_unit_test(test_confirmed),
	    cmocka_unit_test(test_confirmed_by_its_own),
	    cmocka_unit_test(test_unconfirmed),
	    cmocka_unit_test(test_no_verdict),
	    cmocka_unit_test(test_shared_guilt),
	    cmocka_unit_test(test_only_one),
	    cmocka_unit_test(test_unconnected),
	    cmocka_unit_test(test_fault),
	    cmocka_unit_test(test_busy),
	    cmocka_unit_test(test_connecting),
	    cmocka_unit_test(test_deadline),
	    cmocka_unit_test(test_deadline_guilt),
	    cmocka_unit_test(test_deadline_confirming),
	    cmocka_unit_test(test_room),
	    cmocka_unit_test(test_all_clamds),
	    cmocka_unit_test(test_waited),
	    cmocka_unit_test(test_waited_too_long),
	    cmocka_unit_test(test_comes_back_first),
	    cmocka_unit_test(test_max_waiting),
	    cmocka_unit_test(test_remembered),
	    cmocka_unit_test(test_too_big),
	    cmocka_unit_test(test_limits),
	    cmocka_unit_test(test_owner),
	    cmocka_unit_test(test_again),
	    cmocka_unit_test(test_cancel),
	    cmocka_unit_test(test_hangs),
	    cmocka_unit_test(test_early),
	    cmocka_unit_test(test_early_not),
	    cmocka_unit_test(test_early_wrong),
	    cmocka_unit_test(test_early_unconnected),
	    cmocka_unit_test(test_early_opening),
	    cmocka_unit_test(test_early_yields),
	    cmocka_unit_test(test_early_deadline),
	    cmocka_unit_test(test_early_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
