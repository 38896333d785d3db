/* SPDX-License-Identifier: ISC */
/*
 * The output buffer of one milter connection, and packets put into it.
 *
 * A packet is begun, given its payload, and ended, which fills in its length:
 * 32 bits big-endian, counting the command byte and the payload.  Whoever
 * fills the buffer first checks packet_room; running out of room in a packet
 * is a fault of the load generator and ends it.
 */
#ifndef BENCH_BENCH_PACKET_H
#define BENCH_BENCH_PACKET_H

#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "parser/milter/milter.h"

/* One command with the macro packet before it, which is far smaller. */
#define PACKET_STEP_MAX (MILTER_PACKET_MAX + 8192U)
/* How much may wait before one more command is added: an envelope and a usual
 * header fit, so a small mail leaves in one write as it does from Postfix. */
#define PACKET_AHEAD 16384U

struct packet_buffer {
	size_t len;
	size_t begun; /* where the open packet starts */
	uint8_t at[PACKET_STEP_MAX + PACKET_AHEAD];
};

static inline size_t
packet_room(const struct packet_buffer *b)
{
	return sizeof(b->at) - b->len;
}

static inline void
packet_put(struct packet_buffer *b, const void *bytes, size_t len)
{
	if (len > packet_room(b))
		abort();
	memcpy(b->at + b->len, bytes, len);
	b->len += len;
}

static inline void
packet_put_u8(struct packet_buffer *b, uint8_t n)
{
	packet_put(b, &n, 1);
}

static inline void
packet_put_u32(struct packet_buffer *b, uint32_t n)
{
	const uint8_t bytes[4] = {(uint8_t)(n >> 24), (uint8_t)(n >> 16),
	    (uint8_t)(n >> 8), (uint8_t)n};

	packet_put(b, bytes, sizeof(bytes));
}

/* The string and its NUL. */
static inline void
packet_put_text(struct packet_buffer *b, const char *text)
{
	packet_put(b, text, strlen(text) + 1);
}

static inline void
packet_begin(struct packet_buffer *b, enum milter_command command)
{
	b->begun = b->len;
	packet_put_u32(b, 0);
	packet_put_u8(b, (uint8_t)command);
}

static inline void
packet_end(struct packet_buffer *b)
{
	size_t end = b->len;

	b->len = b->begun;
	packet_put_u32(b, (uint32_t)(end - b->begun - 4));
	b->len = end;
}

#endif
