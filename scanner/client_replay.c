/* SPDX-License-Identifier: ISC */
/*
 * The stored message again, for the session that sent it; see client.h.  Runs
 * in the scanner.
 *
 * Nothing is kept of a replay: each REPLAY says where its piece begins, and is
 * answered at once by one CONTENT; only one that begins a reading waits until it
 * is known that there is no good stamp.  So no queue grows here, and a session
 * gets as many pieces as it asks for, one a turn of the loop.  What it has asked for
 * and does not read stays in its channel; when that is full it has asked for
 * more than any honest session does.
 */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "lib/ensure.h"
#include "privsep/ipc/channel.h"
#include "scanner/client.h"

/* One at a time: it is sent before the next one is read. */
static struct {
	struct record_content content;
	uint8_t bytes[REPLAY_PIECE_MAX];
} piece;

_Static_assert(sizeof(piece) == sizeof(piece.content) + REPLAY_PIECE_MAX,
    "the bytes stand behind the record");

/* Without the lead-in, which is ours. */
static bool
piece_read(const struct stream *s, uint64_t offset, size_t len)
{
	ensure(offset + len <= s->len && s->len < s->written);
	return pread(s->memfd, piece.bytes, len,
		   (off_t)(s->written - s->len + offset)) == (ssize_t)len;
}

/* A session that is gone does not read either: that is seen later. */
static bool
piece_send(struct client *c, size_t len)
{
	piece.content.head =
	    record_head(RECORD_CONTENT, sizeof(piece.content) + len);
	return channel_send(c->fd, &piece, -1) || errno == EPIPE ||
	       errno == ECONNRESET;
}

static uint64_t
stored(const struct client *c)
{
	return c->stream.memfd != -1 ? c->stream.len : 0;
}

static bool
ask_fits(const struct client *c, const struct record_replay *ask)
{
	return ask->message == c->message && ask->credit > 0 &&
	       ask->credit <= REPLAY_PIECE_MAX && ask->offset <= stored(c);
}

static bool
piece_answer(struct client *c, const struct record_replay *ask)
{
	const struct stream *s = &c->stream;
	uint64_t size = stored(c);
	uint64_t len = ask->credit;

	ensure(ask->offset <= size);
	if (len > size - ask->offset)
		len = size - ask->offset;
	piece.content = (struct record_content){.message = c->message,
	    .stored = s->memfd != -1,
	    .offset = ask->offset,
	    .size = size};
	if (s->memfd != -1 && !piece_read(s, ask->offset, (size_t)len)) {
		piece.content.stored = 0;
		len = 0;
	}
	return piece_send(c, (size_t)len);
}

bool
client_replay(struct client *c, struct span record)
{
	if (c->asks)
		return false;
	memcpy(&c->asked, record.ptr, sizeof(c->asked));
	if (!ask_fits(c, &c->asked))
		return false;
	c->asks =
	    c->state == CLIENT_READING && c->stamping.state == STAMPING_CHECK;
	return c->asks || piece_answer(c, &c->asked);
}

/* One piece finds room in any channel that is read. */
void
client_replay_now(struct client *c)
{
	if (c->asks)
		(void)piece_answer(c, &c->asked);
	c->asks = false;
}
