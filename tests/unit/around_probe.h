/* SPDX-License-Identifier: ISC */
/*
 * For tests of scanner/clamd/probe.c with the real backend.c, probe_stage.c and
 * canary.c, and a clamd that says what the test says (fake_clamd.h).
 */
#ifndef TESTS_UNIT_AROUND_PROBE_H
#define TESTS_UNIT_AROUND_PROBE_H

#include "scanner/clamd/probe.h"

#include "scanner/base/memory.h"
#include "scanner/base/stream.h"
#include "scanner/clamd/backend.h"
#include "scanner/clamd/canary.h"
#include "scanner/clamd/probe_due.h"
#include "scanner/clamd/probe_stage.h"
#include "tests/unit/fake_clamd.h"

#define MB	  (UINT64_C(1) << 20)
#define FULL	  (16 * MB)
#define CHECK	  30000
#define PONG	  "PONG"
#define VERSION_1 "ClamAV 1.4.6/27000/Fri Nov 20 07:37:02 2026"
#define VERSION_2 "ClamAV 1.4.6/27001/Fri Nov 20 08:37:02 2026"
#define STATS	  "POOLS: 1\n\nTHREADS: live 1  idle 0 max 4 idle-timeout 30\nEND\n"
#define FOUND	  "fd[11]: Eicar FOUND"
#define ALERT	  "fd[11]: Heuristics.Limits.Exceeded.MaxRecursion FOUND"
#define OK	  "fd[11]: OK"
#define NO_REPLY  ""

static struct scanner_settings settings;
static unsigned int hangs;

void
probe_hangs(uint32_t backend)
{
	(void)backend;
	hangs++;
}

/* Why it is not up. */
static const char *
reason(void)
{
	static char text[RECORD_REASON_MAX];

	reason_text(&backend_at(0)->reason, text, sizeof(text));
	return text;
}

static void
set_up(void)
{
	memset(&settings, 0, sizeof(settings));
	settings.backends = 1;
	settings.check_interval = CHECK;
	settings.scan_timeout = 60000;
	settings.max_message_size = FULL;
	settings.backend[0].weight = 1;
	settings.backend[0].address.any.sa_family = AF_UNIX;
	memory_setup(64 * MB);
	assert_true(stream_setup(FULL));
	canary_setup();
	now_ms = 100000;
	opened = hangs = 0;
	asked = NULL;
	at_once = STEP_WAIT_READ;
	backend_setup(&settings);
	probe_setup(&settings);
}

/* The loop goes round until there is nothing to do now. */
static void
run(void)
{
	for (int i = 0; i < 3; i++)
		probe_run(now_ms);
}

/* The next exchange is that one, and is answered. */
static void
answer(enum request want, const char *text)
{
	unsigned int before = opened;

	run();
	if (asked == NULL || asked->state == EXCHANGE_CLOSED) {
		now_ms = probe_next();
		run();
	}
	assert_int_equal(asked->state, EXCHANGE_READING);
	assert_in_range(opened, before, before + 1);
	assert_int_equal(asked->request, want);
	say(text);
	probe_event(0);
}

/* PING to SMALL of a new clamd, then NEST. */
static void
begin(const char *nest)
{
	answer(REQUEST_PING, PONG);
	answer(REQUEST_VERSION, VERSION_1);
	answer(REQUEST_STATS, STATS);
	answer(REQUEST_FILDES, FOUND);
	answer(REQUEST_FILDES, nest);
}

static void
bring_up(void)
{
	begin(ALERT);
	assert_int_equal(backend_at(0)->state, BACKEND_UP);
	if (backend_at(0)->proved < MB)
		answer(REQUEST_FILDES, FOUND);
	assert_int_equal(probe_next(), now_ms + CHECK);
}

#endif
