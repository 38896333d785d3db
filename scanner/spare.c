/* SPDX-License-Identifier: ISC */
/*
 * Spare connections; see spare.h.  Runs in the scanner.
 *
 * What goes wrong here has no consequence: the message that comes next makes
 * its connection itself, and what it meets counts.  Spares are not watched:
 * whether one is still good shows when it is used.
 */
#include "scanner/spare.h"

#include <stdbool.h>
#include <sys/socket.h>
#include <unistd.h>

#include "scanner/backend.h"

/* Long enough for a sender's next message, and for the next sender of a busy
 * site; far below clamd's CommandReadTimeout (30 s), after which it would end
 * the connection, and short enough that a socket that was moved or forbidden
 * is noticed soon. */
#define SPARE_MS 3000

struct spare {
	bool wanted;
	int fd;		/* -1: none */
	uint64_t until; /* it is kept */
};

static struct spare spare[SETTINGS_BACKENDS_MAX];

void
spare_setup(void)
{
	for (uint32_t i = 0; i < backend_count(); i++)
		spare[i] = (struct spare){.fd = -1};
}

enum clamd_step
spare_open(uint32_t backend, struct clamd *c, int memfd, uint64_t size)
{
	int fd = spare[backend].fd;

	if (fd == -1 || !backend_takes_descriptors(backend))
		return CLAMD_STALE;
	spare[backend].fd = -1;
	return clamd_open_spare(c, fd, memfd, size);
}

void
spare_want(uint32_t backend)
{
	spare[backend].wanted = true;
}

static void
spare_close(struct spare *s)
{
	if (s->fd != -1)
		close(s->fd);
	s->fd = -1;
}

static void
spare_make(struct spare *s, const struct address *address, uint64_t now)
{
	s->fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	s->until = now + SPARE_MS;
	/* At a Unix socket there is nothing to wait for. */
	if (s->fd != -1 && connect(s->fd, &address->any, address->len) == -1)
		spare_close(s);
}

void
spare_run(uint64_t now)
{
	for (uint32_t i = 0; i < backend_count(); i++) {
		const struct backend *b = backend_at(i);
		struct spare *s = &spare[i];
		bool use =
		    b->state == BACKEND_UP && backend_takes_descriptors(i);

		if (s->fd != -1 && (!use || s->until <= now))
			spare_close(s);
		if (s->wanted && s->fd == -1 && use && b->running == 0)
			spare_make(s, &b->address, now);
		s->wanted = false;
	}
}

uint64_t
spare_next(void)
{
	uint64_t next = UINT64_MAX;

	for (uint32_t i = 0; i < backend_count(); i++) {
		if (spare[i].fd != -1 && spare[i].until < next)
			next = spare[i].until;
	}
	return next;
}
