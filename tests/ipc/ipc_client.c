/* SPDX-License-Identifier: ISC */
/*
 * A scanner that breaks the rules: it reads sessions' records as ours does
 * (leaving all checks out), and what it answers is chosen by the message's
 * queue id, "CASEnnn".  The rest of the process is the real scanner, with its
 * filter and the real monitor above it.
 */
#include "lib/fd_numbers.h"
#include "scanner/client.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "lib/outcome.h"
#include "privsep/ipc/channel.h"
#include "privsep/ipc/record.h"
#include "scanner/base/poll.h"
#include "scanner/peer.h"
#include "scanner/report.h"

#define SESSIONS 1024
#define PREFIX	 "CASE"
#define FLOOD	 30000 /* more than the monitor takes from a child */
#define ATTEMPTS 20000000

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
	CASE_CONTENT,	     /* a piece that nobody asked for, and the result */
	CASE_LISTENER_CLOSE, /* without a word to the monitor */
	CASE_LISTENER_LIE,   /* that it has broken the protocol */
	CASE_LISTENER_GONE,  /* that it has closed its channel */
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
	CASE_MONITOR_CUT_NONE,
	CASE_MONITOR_CUT_NEVER,
	CASE_MONITOR_CUT_FLOOD,
	CASE_MONITOR_CHECK_FLOOD, /* with keys */
};

static uint8_t batch[RECORD_BATCH_MAX];
static unsigned long chosen[SESSIONS];
static uint32_t message[SESSIONS];
static uint32_t listener_link;

void __real_peer_add(int fd, uint32_t link);
void __wrap_peer_add(int fd, uint32_t link);

/* Linked with --wrap: to know the listener's number. */
void
__wrap_peer_add(int fd, uint32_t link)
{
	listener_link = link;
	__real_peer_add(fd, link);
}

void
client_add(int fd, uint32_t owner)
{
	enum poll_for watched = POLL_NOTHING;

	(void)owner;
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

/* Each record goes out, as long as somebody reads. */
static void
flood(int fd, enum record_type type, size_t len)
{
	union {
		struct record_head head;
		uint8_t bytes[2048];
	} r = {.head = record_head(type, len)};
	int sent = 0;

	for (int i = 0; i < ATTEMPTS && sent < FLOOD; i++) {
		if (write(fd, &r, len) != -1)
			sent++;
		else if (errno != EAGAIN)
			return;
	}
}

static void
cut(uint32_t link, uint32_t record)
{
	struct record_cut r = {.head = record_head(RECORD_CUT, sizeof(r)),
	    .link = link,
	    .record = record};

	(void)!write(CHILD_FD_MONITOR, &r, sizeof(r));
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
		flood(fd, RECORD_DRAIN, sizeof(struct record_plain));
		close(fd);
		return;
	case CASE_DESCRIPTOR:
		(void)channel_send(fd, &r, 0);
		return;
	case CASE_TWICE:
		(void)!write(fd, &r, len);
		break;
	case CASE_CONTENT:
		plain(fd, RECORD_CONTENT, sizeof(struct record_content) + 100);
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
	case CASE_LISTENER_CLOSE:
		peer_gone(listener_link);
		break;
	case CASE_LISTENER_LIE:
		cut(listener_link, RECORD_CHANNEL);
		break;
	case CASE_LISTENER_GONE:
		cut(listener_link, 0);
		break;
	case CASE_MONITOR_CUT_NONE:
		cut(0, RECORD_CHANNEL);
		break;
	case CASE_MONITOR_CUT_NEVER:
		cut(listener_link + 1, RECORD_CHANNEL);
		break;
	case CASE_MONITOR_CUT_FLOOD:
		flood(fd, RECORD_CUT, sizeof(struct record_cut));
		break;
	case CASE_MONITOR_CHECK_FLOOD:
		for (int i = 0; i < 10; i++)
			flood(fd, RECORD_CHECK, sizeof(struct record_check));
		break;
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
		flood(fd, RECORD_BACKEND, sizeof(backend));
		break;
	case CASE_MONITOR_LOST_FLOOD:
		flood(fd, RECORD_LOG_LOST, sizeof(struct record_plain));
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
