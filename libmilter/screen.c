/* SPDX-License-Identifier: ISC */
/* What libmilter gets to read; see screen.h. */
#include "libmilter/screen.h"

#include <stdatomic.h>
#include <stdint.h>

#include "parser/milter/command.h"
#include "parser/milter/state.h"

/* More than the largest max_sessions needs: two for each, and the silent. */
#define FILES_MAX 65536

#define LENGTH 4 /* bytes of the length word */
#define HEAD   (LENGTH + 1)

/* A connection, and its packet that is being read.  Only the thread that
 * serves it reads from it. */
static struct connection {
	atomic_bool open;
	uint8_t have; /* bytes of the head */
	uint8_t head[HEAD];
	uint32_t len, left;	/* of the payload */
	const uint8_t *payload; /* where its first byte was put */
} connections[FILES_MAX];

bool
screen_open(int fd)
{
	if (fd < 0 || fd >= FILES_MAX)
		return false;
	connections[fd].have = 0;
	atomic_store(&connections[fd].open, true);
	return true;
}

void
screen_close(int fd)
{
	if (fd >= 0 && fd < FILES_MAX)
		atomic_store(&connections[fd].open, false);
}

/* The packet is whole.  What is no command is libmilter's to refuse. */
static bool
is_sound(struct connection *c)
{
	const struct state_row *row = state_row(c->head[LENGTH]);
	struct command unused;

	c->have = 0;
	return row == NULL ||
	       command_decode(row, span_of(c->payload, c->len), &unused);
}

static bool
take_head(struct connection *c, const uint8_t *bytes, size_t n)
{
	uint32_t length;
	struct cursor at;

	if (n > (size_t)HEAD - c->have)
		return false;
	memcpy(c->head + c->have, bytes, n);
	c->have = (uint8_t)(c->have + n);
	at = cursor_of(span_of(c->head, c->have));
	if (!cursor_u32(&at, &length))
		return true;
	if (length == 0 || length - 1 > MILTER_PAYLOAD_MAX)
		return false;
	c->len = c->left = length - 1;
	c->payload = c->head; /* of none */
	return c->have < HEAD || c->left > 0 || is_sound(c);
}

static bool
take_payload(struct connection *c, const uint8_t *bytes, size_t n)
{
	if (c->left == c->len)
		c->payload = bytes;
	if (n > c->left || bytes != c->payload + (c->len - c->left))
		return false;
	c->left -= (uint32_t)n;
	return c->left > 0 || is_sound(c);
}

ssize_t
screen_take(int fd, const void *buf, ssize_t n)
{
	struct connection *c;
	bool ok;

	if (n <= 0 || fd < 0 || fd >= FILES_MAX ||
	    !atomic_load(&connections[fd].open))
		return n;
	c = &connections[fd];
	ok = c->have < HEAD ? take_head(c, buf, (size_t)n)
			    : take_payload(c, buf, (size_t)n);
	return ok ? n : 0;
}
