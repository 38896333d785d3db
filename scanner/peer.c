/* SPDX-License-Identifier: ISC */
/* Channels from listeners; see peer.h. */
#include "scanner/peer.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "lib/ensure.h"
#include "lib/rate.h"
#include "privsep/ipc/channel.h"
#include "privsep/ipc/record.h"
#include "scanner/base/clock.h"
#include "scanner/base/log_retry.h"
#include "scanner/base/monitor_link.h"
#include "scanner/base/poll.h"
#include "scanner/client.h"
#include "scanner/idle.h"

/* Session channels taken per event; others have their turn then.  It is one
 * more than there are sessions: while there are few, a second is seldom there. */
#define TURNS_MAX 32U

/* What a listener may say of its load; it is more than an honest one says. */
#define LOADS_AT_ONCE	 50
#define LOADS_PER_SECOND 10

/* A slot is in use until its listener has ended: its sessions are counted
 * there. */
struct peer {
	uint32_t link;	/* 0: a free slot */
	int fd;		/* -1: closed */
	uint32_t wrong; /* type of its record that must not be; 0: none yet */
	struct rate loads;
	uint64_t until; /* retired: when it should have none any more */
};

/* What a retired listener needs behind silent_time. */
#define RETIRED_GRACE_MS 10000

static struct peer table[PEERS_MAX];
static uint32_t peers; /* slots used so far */
static uint32_t silent_time;

void
peer_setup(const struct scanner_settings *settings)
{
	silent_time = settings->limits.silent_time;
}

/* Of channels that are closed the monitor must know: the listener is of no use
 * without.  False: it could not be told now. */
static bool
peer_tell(uint32_t link, uint32_t record)
{
	struct record_cut cut = {.head = record_head(RECORD_CUT, sizeof(cut)),
	    .link = link,
	    .record = record};

	return monitor_send(&cut);
}

void
peer_add(int fd, uint32_t link)
{
	enum poll_for watched = POLL_NOTHING;
	uint32_t index = 0;

	while (index < peers && table[index].link != 0)
		index++;
	if (index == PEERS_MAX ||
	    !poll_watch(fd, POLL_PEER, index, &watched, POLL_READ)) {
		log_retry_event(
		    LOG_LEVEL_ERROR, "peer-refused", "too many listeners");
		(void)peer_tell(link, 0);
		close(fd);
		return;
	}
	table[index] =
	    (struct peer){.fd = fd, .link = link, .until = UINT64_MAX};
	if (index == peers)
		peers++;
}

/* Tells, and closes.  If it cannot be told now the channel stays, for the
 * listener's next record, or its end, to try again. */
static void
peer_close(struct peer *p)
{
	ensure(p->link != 0 && p->fd != -1);
	if (!peer_tell(p->link, p->wrong))
		return;
	poll_leave(p->fd);
	close(p->fd);
	p->fd = -1;
}

static void
load_log(const struct record_load *load)
{
	static const char *const reason[LOAD_WHYS] = {
	    [LOAD_MAX_SESSIONS] = "max_sessions",
	    [LOAD_SCANNER] = "scanner",
	    [LOAD_DESCRIPTORS] = "descriptors",
	    [LOAD_FORK] = "fork",
	};
	struct log_line line;

	if (load->why != LOAD_NONE && load->why < LOAD_WHYS) {
		log_begin(&line, LOG_LEVEL_WARNING, "connections-waiting");
		log_text(&line, "reason", reason[load->why]);
		log_number(&line, "limit", client_limit());
		log_number(&line, "sessions", load->sessions);
		log_number(&line, "waiting", load->waiting);
		log_retry_end(&line);
	}
	if (load->silent == 0 && load->evicted == 0 && load->refused == 0)
		return;
	log_begin(&line, LOG_LEVEL_WARNING, "connections-dropped");
	log_number(&line, "silent", load->silent);
	log_number(&line, "evicted", load->evicted);
	log_number(&line, "refused", load->refused);
	log_retry_end(&line);
}

static void
take_load(struct peer *p, struct span record)
{
	struct record_load load;
	uint64_t now = clock_ms();

	memcpy(&load, record.ptr, sizeof(load));
	if (!rate_take(&p->loads, now, LOADS_AT_ONCE, LOADS_PER_SECOND))
		return;
	load_log(&load);
	idle_yield((uint32_t)(p - table), load.need, now);
}

/* The type of a datagram that is no record of a listener's. */
static uint32_t
wrong_type(struct span datagram)
{
	enum record_type type = record_type_of(datagram);

	return type == 0 || type > RECORD_TYPES ? RECORD_TYPES : type;
}

/* One datagram; false if there is none, or the channel is done with. */
static bool
peer_take(struct peer *p)
{
	struct record_load record; /* the largest */
	int passed;
	ssize_t n = channel_recv(p->fd, &record, sizeof(record), &passed);
	struct span r = span_of(&record, n > 0 ? (size_t)n : 0);

	if (n == -1 && (errno == EAGAIN || errno == EINTR))
		return false;
	if (n == -1 && errno == EBADMSG)
		p->wrong = RECORD_TYPES;
	else if (n > 0 &&
		 !record_check(ROLE_LISTENER, ROLE_SCANNER, r, passed != -1))
		p->wrong = wrong_type(r);
	else if (n > 0 && record_type_of(r) == RECORD_CHANNEL &&
		 clock_ms() > p->until)
		p->wrong = RECORD_CHANNEL; /* it was told to accept no more */
	if (n > 0 && p->wrong == 0 && record_type_of(r) == RECORD_LOAD) {
		take_load(p, r);
		return true;
	}
	if (n > 0 && p->wrong == 0) {
		client_add(passed, (uint32_t)(p - table));
		return true;
	}
	if (passed != -1)
		close(passed);
	peer_close(p);
	return false;
}

void
peer_retire(uint32_t link)
{
	for (uint32_t i = 0; i < peers; i++) {
		if (table[i].link == link)
			table[i].until =
			    clock_ms() + silent_time + RETIRED_GRACE_MS;
	}
}

void
peer_gone(uint32_t link)
{
	for (uint32_t i = 0; i < peers; i++) {
		struct peer *p = &table[i];
		if (p->link != link)
			continue;
		client_leave(i);
		if (p->fd != -1) {
			poll_leave(p->fd);
			close(p->fd);
		}
		*p = (struct peer){0};
	}
}

void
peer_input(uint32_t index)
{
	uint32_t turns = 1 + client_count();

	if (index >= peers || table[index].link == 0 || table[index].fd == -1)
		return;
	for (uint32_t turn = 0; turn < turns && turn < TURNS_MAX; turn++) {
		if (!peer_take(&table[index]))
			return;
	}
}
