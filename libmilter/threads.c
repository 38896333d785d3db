/* SPDX-License-Identifier: ISC */
/*
 * Memory and channels of sessions, and their number; see threads.h.  Threads
 * share the channel to the scanner under a lock, and counters; all else is
 * their own.
 */
#include "libmilter/threads.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <unistd.h>

#include "parser/mail/process.h"
#include "privsep/ipc/channel.h"
#include "privsep/ipc/record.h"

/* Between the callback's end and libmilter's write there is nothing to wait
 * for: this is long. */
#define REPLY_MS 500

static pthread_mutex_t scanner_lock = PTHREAD_MUTEX_INITIALIZER;
static int scanner_fd = -1;
static uint32_t scan_timeout;
static atomic_uint connections, messages;
static _Atomic uint64_t message_ended;

static _Thread_local SMFICTX *current;

void
threads_init(uint32_t timeout)
{
	scan_timeout = timeout;
}

void
threads_set_scanner(int fd)
{
	pthread_mutex_lock(&scanner_lock);
	if (scanner_fd != -1)
		close(scanner_fd);
	scanner_fd = fd;
	pthread_mutex_unlock(&scanner_lock);
}

/* A session's end of a new channel; -1 if there is no scanner. */
static int
channel_open(void)
{
	struct record_plain r = {
	    .head = record_head(RECORD_CHANNEL, sizeof(r))};
	int pair[2];
	bool sent;

	if (!channel_pair(pair))
		return -1;
	pthread_mutex_lock(&scanner_lock);
	sent = scanner_fd != -1 && channel_send(scanner_fd, &r, pair[1]);
	pthread_mutex_unlock(&scanner_lock);
	close(pair[1]);
	if (sent)
		return pair[0];
	close(pair[0]);
	return -1;
}

struct scanner_link *
threads_open(void)
{
	struct scanner_link *session = malloc(sizeof(*session));

	if (session == NULL)
		return NULL;
	link_use(session);
	/* The MTA's descriptor is libmilter's. */
	link_init((struct wire_ends){-1, channel_open()}, scan_timeout);
	return session;
}

void
threads_renew(struct scanner_link *session)
{
	if (session->ends.scanner != -1)
		close(session->ends.scanner);
	link_init((struct wire_ends){-1, channel_open()}, scan_timeout);
}

void
threads_use(struct scanner_link *session, SMFICTX *ctx)
{
	link_use(session);
	current = ctx;
}

void
threads_close(struct scanner_link *session)
{
	if (session->ends.scanner != -1)
		close(session->ends.scanner);
	free(session);
}

/* The only bytes that the session logic sends itself are PROGRESS packets,
 * while it waits for an outcome. */
bool
process_mta_send(struct span progress)
{
	(void)progress;
	return smfi_progress(current) == MI_SUCCESS;
}

void
threads_message(bool open)
{
	if (open) {
		atomic_fetch_add(&messages, 1);
		return;
	}
	atomic_store(&message_ended, wire_now());
	atomic_fetch_sub(&messages, 1);
}

void
threads_connection(bool closed)
{
	if (closed)
		atomic_fetch_sub(&connections, 1);
	else
		atomic_fetch_add(&connections, 1);
}

uint32_t
threads_count(void)
{
	return atomic_load(&connections);
}

bool
threads_idle(uint64_t now)
{
	return atomic_load(&messages) == 0 &&
	       now >= atomic_load(&message_ended) + REPLY_MS;
}
