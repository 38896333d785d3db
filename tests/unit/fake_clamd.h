/* SPDX-License-Identifier: ISC */
/*
 * For tests of what talks to clamds: a clock that stands until it is told to go
 * on, and exchanges that stay open until the test answers them.  Takes the
 * place of scanner/clamd/exchange.c; log and monitor are stood in for too.
 */
#ifndef TESTS_UNIT_FAKE_CLAMD_H
#define TESTS_UNIT_FAKE_CLAMD_H

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "scanner/base/log_retry.h"
#include "scanner/base/monitor_link.h"
#include "scanner/base/poll.h"
#include "scanner/clamd/exchange.h"
#include "scanner/clamd/standby.h"
#include "tests/unit/fake_clock.h"

static struct exchange *asked;		/* the exchange that began last */
static unsigned int opened;		/* so many so far */
static enum step at_once;		/* what opening one brings */
static enum step at_event = STEP_ENDED; /* and what an event does */

void
exchange_init(struct exchange *c)
{
	c->state = EXCHANGE_CLOSED;
	c->memfd = -1;
}

enum step
exchange_open(struct exchange *c, enum request request,
    const struct address *address, int memfd, uint64_t size, bool growing)
{
	c->growing = growing;
	assert_int_equal(c->state, EXCHANGE_CLOSED);
	c->request = request;
	c->address = address;
	c->memfd = memfd;
	c->size = size;
	c->reply_len = 0;
	c->end = REPLY_EOF;
	c->state = growing ? EXCHANGE_PAUSED : EXCHANGE_READING;
	c->error = 0;
	asked = c;
	opened++;
	return at_once;
}

enum step
exchange_continue(struct exchange *c)
{
	c->state = EXCHANGE_CLOSED;
	return at_event;
}

void
exchange_close(struct exchange *c)
{
	c->state = EXCHANGE_CLOSED;
}

struct reply
exchange_reply(const struct exchange *c)
{
	return reply_parse(
	    c->request == REQUEST_INSTREAM ? REPLY_STREAM : REPLY_FD,
	    span_of(c->reply, c->reply_len), c->end);
}

/* No standby connections: nothing is ever sent on one here. */
enum step
standby_open(uint32_t backend, struct exchange *c, int memfd, uint64_t size)
{
	(void)backend, (void)c, (void)memfd, (void)size;
	return STEP_STALE;
}

void
standby_want(uint32_t backend)
{
	(void)backend;
}

bool
exchange_grow(struct exchange *c, uint64_t size, bool whole)
{
	bool waits = c->state == EXCHANGE_PAUSED;

	c->size = size;
	c->growing = !whole;
	if (waits && whole)
		c->state = EXCHANGE_READING;
	return waits;
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
log_retry_end(struct log_line *line)
{
	(void)line;
}

void
log_retry_event(enum log_level level, const char *event, const char *what)
{
	(void)level, (void)event, (void)what;
}

void
monitor_send_backend(struct record_backend *record)
{
	(void)record;
}

/* What clamd says to the exchange that began last, its NUL included; the
 * caller tells whose it is. */
static inline void
say(const char *text)
{
	asked->reply_len = text[0] == '\0' ? 0 : strlen(text) + 1;
	memcpy(asked->reply, text, asked->reply_len);
}

#endif
