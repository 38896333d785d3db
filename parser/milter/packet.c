/* SPDX-License-Identifier: ISC */
/*
 * The framing codec; see packet.h.  Runs in the session process on bytes as
 * they came from the socket.  Promises that a packet it hands out lies wholly
 * within the input and is no longer than MILTER_PACKET_MAX.
 */
#include "parser/milter/packet.h"

#include "lib/ensure.h"
#include "parser/milter/milter.h"

/* The length word counts the command byte and the payload. */
#define LENGTH_MIN 1U
#define LENGTH_MAX (1U + MILTER_PAYLOAD_MAX)

enum packet_result
packet_next(struct span in, struct packet *out)
{
	struct cursor c = cursor_of(in);
	struct span whole;
	uint32_t length;

	if (!cursor_u32(&c, &length))
		return PACKET_NEED_MORE;
	if (length < LENGTH_MIN || length > LENGTH_MAX)
		return PACKET_BAD;
	if (!cursor_take(&c, length, &whole))
		return PACKET_NEED_MORE;

	c = cursor_of(whole);
	ensure(cursor_u8(&c, &out->command)); /* there: LENGTH_MIN */
	out->payload = cursor_rest(&c);
	out->size = sizeof(length) + whole.len;
	ensure(out->size <= in.len && out->size <= MILTER_PACKET_MAX);
	return PACKET_WHOLE;
}
