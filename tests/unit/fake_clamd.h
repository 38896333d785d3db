/* SPDX-License-Identifier: ISC */
/*
 * For tests of what talks to clamds: a clock that stands until it is told to go
 * on, and exchanges that stay open until the test answers them.  Takes the
 * place of scanner/clamd.c; log and monitor are stood in for too.
 */
#ifndef TESTS_UNIT_FAKE_CLAMD_H
#define TESTS_UNIT_FAKE_CLAMD_H

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "scanner/clamd.h"
#include "scanner/journal.h"
#include "scanner/monitor_link.h"
#include "scanner/poll.h"

static uint64_t now_ms;
static struct clamd *asked;	/* the exchange that began last */
static unsigned int opened;	/* so many so far */
static enum clamd_step at_once; /* what opening one brings */

int
clock_gettime(clockid_t id, struct timespec *ts)
{
	(void)id;
	*ts = (struct timespec){.tv_sec = (time_t)(now_ms / 1000),
	    .tv_nsec = (long)(now_ms % 1000) * 1000000};
	return 0;
}

void
clamd_init(struct clamd *c)
{
	c->state = CLAMD_CLOSED;
	c->memfd = -1;
}

enum clamd_step
clamd_open(struct clamd *c, enum clamd_request request,
    const struct address *address, int memfd, uint64_t size, bool growing)
{
	assert_false(growing);
	assert_int_equal(c->state, CLAMD_CLOSED);
	c->request = request;
	c->address = address;
	c->memfd = memfd;
	c->size = size;
	c->reply_len = 0;
	c->end = REPLY_EOF;
	c->state = CLAMD_READING;
	c->error = 0;
	asked = c;
	opened++;
	return at_once;
}

enum clamd_step
clamd_continue(struct clamd *c)
{
	c->state = CLAMD_CLOSED;
	return CLAMD_ENDED;
}

void
clamd_close(struct clamd *c)
{
	c->state = CLAMD_CLOSED;
}

struct reply
clamd_reply(const struct clamd *c)
{
	return reply_parse(
	    c->request == CLAMD_INSTREAM ? REPLY_STREAM : REPLY_FD,
	    span_of(c->reply, c->reply_len), c->end);
}

bool
poll_watch(int fd, enum poll_kind kind, uint32_t index, enum poll_for *have,
    enum poll_for want)
{
	(void)fd;
	(void)kind;
	(void)index;
	*have = want;
	return true;
}

void
journal_end(struct log_line *line)
{
	(void)line;
}

void
monitor_send_backend(struct record_backend *record)
{
	(void)record;
}

/* What clamd says to the exchange that began last, its NUL included; the
 * caller tells whose it is. */
static void
say(const char *text)
{
	asked->reply_len = text[0] == '\0' ? 0 : strlen(text) + 1;
	memcpy(asked->reply, text, asked->reply_len);
}

#endif
