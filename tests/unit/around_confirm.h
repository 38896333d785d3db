/* SPDX-License-Identifier: ISC */
/*
 * For tests of scanner/clamd/confirm.c with the real scanner/clamd/backend.c and
 * canary.c: an open end for clamd (fake_clamd.h), and no scans but what waits.
 */
#ifndef TESTS_UNIT_AROUND_CONFIRM_H
#define TESTS_UNIT_AROUND_CONFIRM_H

#include "scanner/clamd/confirm.h"

#include <stdio.h>

#include "scanner/base/memory.h"
#include "scanner/base/stream.h"
#include "scanner/clamd/backend.h"
#include "scanner/clamd/canary.h"
#include "scanner/clamd/probe.h"
#include "scanner/clamd/standby.h"
#include "tests/unit/fake_clamd.h"

#define MB	 (UINT64_C(1) << 20)
#define INTERVAL 1000
#define LEAD	 100
#define FOUND	 "fd[11]: Eicar FOUND"
#define BLIND	 "fd[11]: OK"
#define LIMIT	 "fd[11]: Heuristics.Limits.Exceeded.MaxFileSize FOUND"

static struct scanner_settings settings;
enum word { WAITS = CONFIRM_HANGS + 1, GONE };

static struct message {
	struct confirm_wait wait;
	int word;	/* enum confirm_word, or WAITS, GONE */
	bool elsewhere; /* there is no other clamd for it */
} job[4];
static bool down;	   /* probe_fail was called */
static char down_for[256]; /* and why */
static unsigned int hangs; /* probe_hangs was called so often */

/* What scan_verdict.c does, as far as it can be seen from here. */
static void
leave(struct message *m, int word)
{
	confirm_leave(&m->wait);
	m->word = word;
}

void
confirm_told(struct confirm_wait *w, enum confirm_word word)
{
	struct message *m = (struct message *)(void *)w;

	assert_int_equal(m->word, WAITS);
	if (word != CONFIRM_HANGS || !m->elsewhere)
		leave(m, (int)word);
}

void
probe_hangs(uint32_t backend)
{
	hangs++;
	confirm_hangs(backend);
}

void
probe_fail(uint32_t index, struct reason reason)
{
	down = true;
	reason_text(&reason, down_for, sizeof(down_for));
	backend_failed(index, reason);
}

static void
set_up(uint32_t backends, uint32_t interval)
{
	memset(&settings, 0, sizeof(settings));
	settings.backends = backends;
	settings.confirm_interval = interval;
	settings.max_message_size = 100 * MB;
	settings.scan_timeout = 60000;
	memory_setup(64 * MB);
	assert_true(stream_setup(100 * MB));
	canary_setup();
	now_ms = 5000;
	opened = hangs = 0;
	down = false;
	at_once = STEP_WAIT_READ;
	for (uint32_t i = 0; i < backends; i++) {
		settings.backend[i].weight = 1;
		settings.backend[i].address.any.sa_family = AF_UNIX;
	}
	backend_setup(&settings);
	for (uint32_t i = 0; i < backends; i++) {
		backend_at(i)->threads = 4;
		backend_works(i);
		backend_proved(i, 100 * MB);
	}
	confirm_setup(&settings);
	memset(job, 0, sizeof(job));
}

/* clamd has answered so to message i of that many bytes.  True: that counts. */
static bool
answered(uint32_t i, uint32_t backend, uint64_t size, enum outcome outcome)
{
	if (!confirm_is_wanted(backend, size, outcome))
		return true;
	job[i].word = WAITS;
	confirm_join(&job[i].wait, backend, size);
	return false;
}

static bool
judged(uint32_t i, uint32_t backend, uint64_t size)
{
	return answered(i, backend, size, OUTCOME_CLEAN);
}

/* How much a packed canary of that length holds, by its own size. */
static void
assert_asked_for(uint64_t length)
{
	assert_in_range(asked->size, length / 140, 2 * length / 110 + 8192);
}

static bool
waits(uint32_t i)
{
	return job[i].word == WAITS;
}

static void
run(void)
{
	confirm_run(now_ms);
}

static void
answer(uint32_t line, const char *text)
{
	say(text);
	confirm_event(line);
}

static void
assert_nothing_held(void)
{
	assert_true(memory_take(64 * MB));
	memory_give(64 * MB);
	assert_int_equal(backend_at(0)->running, 0);
	assert_int_equal(backend_at(0)->reserved, 0);
	assert_true(confirm_next() == UINT64_MAX);
}

#endif
