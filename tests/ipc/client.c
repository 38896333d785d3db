/* SPDX-License-Identifier: ISC */
/*
 * A scanner that breaks the rules: it reads sessions' records as ours does
 * (leaving all checks out), and what it answers is chosen by the message's
 * queue id, "CASEnnn".  The rest of the process is the real scanner, with its
 * filter and the real monitor above it.
 */
#include "scanner/client.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "lib/outcome.h"
#include "privsep/channel.h"
#include "privsep/record.h"
#include "scanner/poll.h"
#include "scanner/report.h"

#define SESSIONS 1024
#define PREFIX	 "CASE"
#define FLOOD	 20000

/* The numbers that tests/ipc/scanner.t uses. */
enum {
	CASE_HONEST,
	CASE_TYPE,
	CASE_SHORT,
	CASE_LONG,
	CASE_NUMBER,
	CASE_OUTCOME,
	CASE_NAME_LENGTH,
	CASE_EMPTY,
	CASE_BYTE,
	CASE_CLOSE,
	CASE_OWN_TYPE,
	CASE_DRAIN,
	CASE_DESCRIPTOR,
	CASE_TWICE,
	CASE_SILENT,
	CASE_EXIT,
	CASE_CRASH,
	CASE_FLOOD,
	CASE_HEAD_LENGTH,
	CASE_MONITOR_TYPE = 30,
	CASE_MONITOR_SHORT,
	CASE_MONITOR_LONG,
	CASE_MONITOR_READY,
	CASE_MONITOR_ENDED,
	CASE_MONITOR_RENEW,
	CASE_MONITOR_CHANNEL,
	CASE_MONITOR_PEER,
	CASE_MONITOR_DESCRIPTOR,
	CASE_MONITOR_EMPTY,
	CASE_MONITOR_FLOOD,
	CASE_MONITOR_LOST_FLOOD,
	CASE_MONITOR_STOP,
	CASE_MONITOR_LENGTH,
	CASE_MONITOR_STAMP, /* where no keys are in use */
	CASE_MONITOR_CHECK,
};

static uint8_t batch[RECORD_BATCH_MAX];
static unsigned long chosen[SESSIONS];
static uint32_t message[SESSIONS];

void
client_add(int fd)
{
	enum poll_for watched = POLL_NOTHING;

	if (fd < SESSIONS)
		(void)poll_watch(
		    fd, POLL_SESSION, (uint32_t)fd, &watched, POLL_READ);
}

static struct record_result
honest(int fd)
{
	return (struct record_result){
	    .head = record_head(RECORD_RESULT, sizeof(struct record_result)),
	    .message = message[fd],
	    .outcome = OUTCOME_CLEAN};
}

static void
plain(int fd, enum record_type type, size_t len)
{
	union {
		struct record_head head;
		uint8_t bytes[2048];
	} r = {.head = record_head(type, len)};

	(void)!write(fd, &r, len);
}

static void
flood(int fd, enum record_type type, const struct record_backend *r)
{
	for (int i = 0; i < FLOOD; i++)
		if (r != NULL)
			(void)!write(fd, r, sizeof(*r));
		else
			plain(fd, type, sizeof(struct record_plain));
}

/* What goes to the session instead of one honest result. */
static void
answer(int fd)
{
	struct record_result r = honest(fd);
	size_t len = sizeof(r);

	switch (chosen[fd]) {
	case CASE_TYPE:
		r.head.type = RECORD_TYPES;
		break;
	case CASE_SHORT:
		r.head.length = (uint32_t)--len;
		break;
	case CASE_LONG:
		plain(fd, RECORD_RESULT, sizeof(r) + 1);
		return;
	case CASE_HEAD_LENGTH:
		r.head.length++;
		break;
	case CASE_NUMBER:
		r.message++;
		(void)!write(fd, &r, len);
		r = honest(fd);
		r.outcome = OUTCOME_INFECTED;
		break;
	case CASE_OUTCOME:
		r.outcome = OUTCOME_COUNT;
		(void)!write(fd, &r, len);
		close(fd);
		return;
	case CASE_NAME_LENGTH:
		r.outcome = OUTCOME_INFECTED;
		r.name_len = UINT32_MAX;
		(void)!write(fd, &r, len);
		close(fd);
		return;
	case CASE_EMPTY:
		len = 0;
		break;
	case CASE_BYTE:
		len = 1;
		break;
	case CASE_CLOSE:
		close(fd);
		return;
	case CASE_OWN_TYPE:
		plain(fd, RECORD_ABORT, sizeof(struct record_plain));
		return;
	case CASE_DRAIN:
	case CASE_FLOOD:
		flood(fd, RECORD_DRAIN, NULL);
		close(fd);
		return;
	case CASE_DESCRIPTOR:
		(void)channel_send(fd, &r, 0);
		return;
	case CASE_TWICE:
		(void)!write(fd, &r, len);
		break;
	case CASE_SILENT:
		return;
	case CASE_EXIT:
		_exit(0);
	case CASE_CRASH:
		__builtin_trap();
	}
	(void)!write(fd, &r, len);
}

/* What goes to the monitor, which must notice. */
static void
tell_monitor(unsigned long number)
{
	struct record_backend backend = {
	    .head = record_head(RECORD_BACKEND, sizeof(backend)), .up = 1};
	const int fd = CHILD_FD_MONITOR;

	switch (number) {
	case CASE_MONITOR_TYPE:
		plain(fd, RECORD_TYPES, 8);
		break;
	case CASE_MONITOR_SHORT:
		plain(fd, RECORD_BACKEND, sizeof(backend) - 1);
		break;
	case CASE_MONITOR_LONG:
		plain(fd, RECORD_BACKEND, 2000);
		break;
	case CASE_MONITOR_LENGTH:
		backend.head.length++;
		(void)!write(fd, &backend, sizeof(backend));
		break;
	case CASE_MONITOR_READY:
		plain(fd, RECORD_READY, sizeof(struct record_ready));
		break;
	case CASE_MONITOR_ENDED:
		plain(fd, RECORD_ENDED, sizeof(struct record_ended));
		break;
	case CASE_MONITOR_RENEW:
		plain(fd, RECORD_RENEW, 8);
		break;
	case CASE_MONITOR_CHANNEL:
		plain(fd, RECORD_CHANNEL, 8);
		break;
	case CASE_MONITOR_PEER:
		plain(fd, RECORD_PEER, 8);
		break;
	case CASE_MONITOR_STOP:
		plain(fd, RECORD_STOP, 8);
		break;
	case CASE_MONITOR_STAMP:
		plain(fd, RECORD_STAMP, sizeof(struct record_stamp));
		break;
	case CASE_MONITOR_CHECK:
		plain(fd, RECORD_CHECK, sizeof(struct record_check));
		break;
	case CASE_MONITOR_DESCRIPTOR:
		(void)channel_send(fd, &backend, 0);
		break;
	case CASE_MONITOR_EMPTY:
		(void)!write(fd, "", 0);
		break;
	case CASE_MONITOR_FLOOD:
		flood(fd, RECORD_BACKEND, &backend);
		break;
	case CASE_MONITOR_LOST_FLOOD:
		flood(fd, RECORD_LOG_LOST, NULL);
		break;
	}
}

static void
handle(int fd, struct span r)
{
	struct record_begin begin;

	if (record_type_of(r) == RECORD_BEGIN && r.len == sizeof(begin)) {
		memcpy(&begin, r.ptr, sizeof(begin));
		message[fd] = begin.message;
		begin.queue_id[sizeof(begin.queue_id) - 1] = '\0';
		chosen[fd] = CASE_HONEST;
		if (strncmp(begin.queue_id, PREFIX, strlen(PREFIX)) == 0)
			chosen[fd] =
			    strtoul(begin.queue_id + strlen(PREFIX), NULL, 10);
	}
	if (record_type_of(r) != RECORD_END)
		return;
	tell_monitor(chosen[fd]);
	answer(fd);
}

void
client_input(uint32_t index)
{
	int fd = (int)index;
	ssize_t n = read(fd, batch, sizeof(batch));
	struct cursor at = cursor_of(span_of(batch, n > 0 ? (size_t)n : 0));
	struct span record;

	while (!cursor_empty(&at) && record_next(&at, &record))
		handle(fd, record);
	if (n == 0 || (n == -1 && errno != EAGAIN))
		close(fd);
}
