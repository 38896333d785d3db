/* SPDX-License-Identifier: ISC */
/*
 * Standby connections; see standby.h.  Runs in the scanner.
 *
 * What goes wrong here has no consequence: the message that comes next makes
 * its connection itself, and what it meets counts.  They are not watched:
 * whether one is still good shows when it is used.
 */
#include "scanner/clamd/standby.h"

#include <stdbool.h>
#include <sys/socket.h>
#include <unistd.h>

#include "lib/ensure.h"
#include "scanner/clamd/backend.h"

/* Long enough for a sender's next message, and for the next sender of a busy
 * site; far below clamd's CommandReadTimeout (30 s), after which it would end
 * the connection, and short enough that a socket that was moved or forbidden
 * is noticed soon. */
#define STANDBY_MS 3000

struct standby {
	bool wanted;
	int fd;		/* -1: none */
	uint64_t until; /* it is kept */
};

static struct standby standby[SETTINGS_BACKENDS_MAX];

void
standby_setup(void)
{
	for (uint32_t i = 0; i < backend_count(); i++)
		standby[i] = (struct standby){.fd = -1};
}

enum step
standby_open(uint32_t backend, struct exchange *c, int memfd, uint64_t size)
{
	int fd = standby[backend].fd;

	if (fd == -1 || !backend_takes_descriptors(backend))
		return STEP_STALE;
	standby[backend].fd = -1;
	return exchange_open_standby(c, fd, memfd, size);
}

void
standby_want(uint32_t backend)
{
	ensure(backend < backend_count());
	standby[backend].wanted = true;
}

static void
standby_close(struct standby *s)
{
	if (s->fd != -1)
		close(s->fd);
	s->fd = -1;
}

static void
standby_make(struct standby *s, const struct address *address, uint64_t now)
{
	ensure(s->fd == -1 && address->any.sa_family == AF_UNIX);
	s->fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	s->until = now + STANDBY_MS;
	/* At a Unix socket there is nothing to wait for. */
	if (s->fd != -1 && connect(s->fd, &address->any, address->len) == -1)
		standby_close(s);
}

void
standby_run(uint64_t now)
{
	for (uint32_t i = 0; i < backend_count(); i++) {
		const struct backend *b = backend_at(i);
		struct standby *s = &standby[i];
		bool use =
		    b->state == BACKEND_UP && backend_takes_descriptors(i);

		if (s->fd != -1 && (!use || s->until <= now))
			standby_close(s);
		if (s->wanted && s->fd == -1 && use && b->running == 0)
			standby_make(s, &b->address, now);
		s->wanted = false;
	}
}

uint64_t
standby_next(void)
{
	uint64_t next = UINT64_MAX;

	for (uint32_t i = 0; i < backend_count(); i++) {
		if (standby[i].fd != -1 && standby[i].until < next)
			next = standby[i].until;
	}
	return next;
}
