/* SPDX-License-Identifier: ISC */
/*
 * Framing and payloads: parser/milter/packet.c, parser/milter/command.c.
 *
 * The input is a stream of packets.  Framing is compared with a reading of the
 * length word of our own, and must say "need more" for every part of a whole
 * packet; a decoded payload must lie within the packet and, put together
 * again, be the payload.
 */
#include <arpa/inet.h>
#include <stdlib.h>

#include "fuzz/kit/fuzz.h"
#include "parser/milter/command.h"

#define PARTS 16 /* cuts of a packet that are tried */

static size_t
count(struct span s, uint8_t byte)
{
	size_t n = 0;

	for (size_t i = 0; i < s.len; i++)
		n += s.ptr[i] == byte;
	return n;
}

static bool
ends_in_nul(struct span s)
{
	return s.len > 0 && s.ptr[s.len - 1] == '\0';
}

/* s is the payload from byte "from" on, followed by a NUL. */
static bool
stands_at(struct span s, struct span payload, size_t from)
{
	return from <= payload.len && s.len < payload.len - from &&
	       s.ptr == payload.ptr + from && payload.ptr[from + s.len] == '\0';
}

/* The number of strings it must have, at least and at most. */
static bool
strings(struct span payload, size_t least, size_t most)
{
	size_t n = count(payload, '\0');

	return ends_in_nul(payload) && n >= least && n <= most;
}

static void
check_connect(const struct command *c, struct span payload)
{
	const struct command_connect *to = &c->connect;
	size_t family = to->host.len + 1;
	uint8_t binary[sizeof(struct in6_addr)];
	int af = AF_UNSPEC;

	NEED(stands_at(to->host, payload, 0) && family < payload.len);
	if (payload.ptr[family] == '4')
		af = AF_INET;
	if (payload.ptr[family] == '6')
		af = AF_INET6;
	if (payload.ptr[family] == 'U')
		NEED(to->address.len == 0 && payload.len == family + 1);
	else if (payload.ptr[family] == 'L')
		NEED(stands_at(to->address, payload, family + 3) &&
		     to->address.len < 108);
	else
		NEED(af != AF_UNSPEC && to->address.ptr == (void *)to->ip &&
		     inet_pton(af, to->ip, binary) == 1 &&
		     to->address.len == strlen(to->ip));
}

/* What was accepted is what was sent. */
static void
check_command(const struct command *c, struct span payload)
{
	switch (c->code) {
	case MILTER_OPTNEG:
		NEED(payload.len >= 12);
		break;
	case MILTER_CONNECT:
		check_connect(c, payload);
		break;
	case MILTER_HELO:
	case MILTER_UNKNOWN:
		NEED(strings(payload, 1, 1));
		NEED(stands_at(c->text, payload, 0));
		break;
	case MILTER_MAIL:
	case MILTER_RCPT:
		NEED(strings(payload, 1, SIZE_MAX));
		NEED(stands_at(c->envelope.address, payload, 0));
		NEED(c->envelope.parameters == count(payload, '\0') - 1);
		break;
	case MILTER_HEADER:
		NEED(strings(payload, 2, 2) && c->header.name.len > 0);
		NEED(stands_at(c->header.name, payload, 0));
		NEED(stands_at(
		    c->header.value, payload, c->header.name.len + 1));
		break;
	case MILTER_MACRO:
		NEED(payload.len >= 1 && c->macro.stage == payload.ptr[0]);
		NEED(c->macro.pairs.len == payload.len - 1);
		NEED(fuzz_within(c->macro.pairs, payload));
		NEED(count(c->macro.pairs, '\0') % 2 == 0);
		NEED(c->macro.pairs.len == 0 || ends_in_nul(payload));
		break;
	case MILTER_BODY:
		NEED(payload.len > 0 && fuzz_same(c->bytes, payload));
		break;
	case MILTER_BODYEOB:
		NEED(fuzz_same(c->bytes, payload));
		break;
	case MILTER_ABORT:
	case MILTER_DATA:
	case MILTER_EOH:
	case MILTER_QUIT:
	case MILTER_QUIT_NC:
		break;
	}
}

/* What was refused has a reason to be. */
static void
check_refusal(const struct state_row *row, struct span payload)
{
	size_t nuls = count(payload, '\0');

	switch (row->command) {
	case MILTER_OPTNEG:
		NEED(payload.len < 12);
		break;
	case MILTER_HELO:
	case MILTER_UNKNOWN:
		NEED(!strings(payload, 1, 1));
		break;
	case MILTER_MAIL:
	case MILTER_RCPT:
		NEED(!ends_in_nul(payload));
		break;
	case MILTER_HEADER:
		NEED(!strings(payload, 2, 2) || payload.ptr[0] == '\0');
		break;
	case MILTER_MACRO:
		nuls -= payload.len > 0 && payload.ptr[0] == '\0';
		NEED(payload.len == 0 || nuls % 2 == 1 ||
		     (payload.len > 1 && !ends_in_nul(payload)));
		break;
	case MILTER_BODY:
		NEED(payload.len == 0);
		break;
	case MILTER_CONNECT:
		break; /* the address target judges addresses */
	case MILTER_BODYEOB:
	case MILTER_ABORT:
	case MILTER_DATA:
	case MILTER_EOH:
	case MILTER_QUIT:
	case MILTER_QUIT_NC:
		NEED(false);
		break;
	}
}

/* Decoded from an exact copy, so that nothing behind it can be read. */
static void
decode(const struct packet *p)
{
	const struct state_row *row = state_row(p->command);
	struct span payload = fuzz_copy(p->payload);
	struct command command;

	if (row != NULL) {
		NEED(row->command == (enum milter_command)p->command);
		if (command_decode(row, payload, &command)) {
			NEED(command.code == row->command);
			check_command(&command, payload);
		} else
			check_refusal(row, payload);
	} else
		NEED(p->command == '\0' ||
		     strchr("ABCDEHKLMNOQRTU", p->command) == NULL);
	free((void *)(uintptr_t)payload.ptr);
}

static void
check_parts(struct span whole)
{
	struct packet p;

	for (size_t part = 0; part < whole.len; part += 1 + whole.len / PARTS)
		NEED(packet_next(span_of(whole.ptr, part), &p) ==
		     PACKET_NEED_MORE);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct cursor c = cursor_of(span_of(data, size));
	enum packet_result result;
	struct packet p = {0};
	struct span taken = {0};

	while (
	    (result = packet_next(span_of(c.at, c.left), &p)) == PACKET_WHOLE) {
		struct cursor head = c;
		uint32_t length = fuzz_u32(&head);

		NEED(length >= 1 && length <= 65536);
		NEED(p.size == (size_t)length + 4 && p.size <= c.left);
		NEED(p.command == head.at[0]);
		NEED(p.payload.ptr == head.at + 1 &&
		     p.payload.len == length - 1);
		NEED(cursor_take(&c, p.size, &taken));
		check_parts(taken);
		decode(&p);
	}
	if (c.left >= 4) {
		struct cursor head = c;
		uint32_t length = fuzz_u32(&head);

		NEED((result == PACKET_BAD) == (length < 1 || length > 65536));
		NEED(result == PACKET_BAD || length > head.left);
	} else
		NEED(result == PACKET_NEED_MORE);
	return 0;
}
