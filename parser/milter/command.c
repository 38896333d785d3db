/* SPDX-License-Identifier: ISC */
/*
 * The payload decoders; see command.h.  One function per shape, all over
 * cursors: each takes what its command consists of and ends by asking whether
 * anything is left.
 */
#include "parser/milter/command.h"

#include <sys/un.h>

#include "lib/ensure.h"
#include "parser/mail/envelope.h"

/* A socket path with its NUL fits into sun_path. */
#define LOCAL_PATH_MAX (sizeof(((struct sockaddr_un *)0)->sun_path) - 1)

enum family {
	FAMILY_INET = '4',
	FAMILY_INET6 = '6',
	FAMILY_LOCAL = 'L',
	FAMILY_UNKNOWN = 'U',
};

/* Bytes behind the three words are room for extensions: ignored. */
static bool
decode_optneg(struct cursor c, struct negotiation *out)
{
	return cursor_u32(&c, &out->version) && cursor_u32(&c, &out->actions) &&
	       cursor_u32(&c, &out->flags);
}

static bool
decode_ip(int family, struct span text, struct command_connect *out)
{
	if (!envelope_ip(family, text, out->ip))
		return false;
	out->address = span_text(out->ip);
	ensure(out->address.len > 0 && out->address.len < sizeof(out->ip));
	out->is_ip = true;
	return true;
}

static bool
decode_connect(struct cursor c, struct command_connect *out)
{
	struct span text;
	uint16_t port;
	uint8_t family;

	out->is_ip = false;
	if (!cursor_string(&c, &out->host) || !cursor_u8(&c, &family))
		return false;
	if (family == FAMILY_UNKNOWN) {
		out->address = span_of("", 0);
		return cursor_empty(&c);
	}
	if (!cursor_u16(&c, &port) || !cursor_string(&c, &text) ||
	    !cursor_empty(&c))
		return false;
	if (family == FAMILY_INET)
		return decode_ip(AF_INET, text, out);
	if (family == FAMILY_INET6)
		return decode_ip(AF_INET6, text, out);
	out->address = text;
	return family == FAMILY_LOCAL && text.len <= LOCAL_PATH_MAX;
}

/* Exactly one string. */
static bool
decode_text(struct cursor c, struct span *out)
{
	return cursor_string(&c, out) && cursor_empty(&c);
}

/* Counts strings up to the end; false if the last one has no NUL. */
static bool
count_strings(struct cursor c, size_t *count)
{
	struct span text;

	for (*count = 0; !cursor_empty(&c); ++*count) {
		if (!cursor_string(&c, &text))
			return false;
	}
	return true;
}

static bool
decode_envelope(struct cursor c, struct command_envelope *out)
{
	return cursor_string(&c, &out->address) &&
	       count_strings(c, &out->parameters);
}

static bool
decode_header(struct cursor c, struct command_header *out)
{
	return cursor_string(&c, &out->name) && out->name.len > 0 &&
	       cursor_string(&c, &out->value) && cursor_empty(&c);
}

static bool
decode_macro(struct cursor c, struct command_macro *out)
{
	size_t strings;

	if (!cursor_u8(&c, &out->stage) || !count_strings(c, &strings))
		return false;
	out->pairs = cursor_rest(&c);
	return strings % 2 == 0;
}

bool
command_decode(
    const struct state_row *row, struct span payload, struct command *out)
{
	struct cursor c = cursor_of(payload);

	if (payload.len == 0 && !row->may_be_empty)
		return false;
	out->code = row->command;
	switch (row->command) {
	case MILTER_OPTNEG:
		return decode_optneg(c, &out->offer);
	case MILTER_CONNECT:
		return decode_connect(c, &out->connect);
	case MILTER_HELO:
	case MILTER_UNKNOWN:
		return decode_text(c, &out->text);
	case MILTER_MAIL:
	case MILTER_RCPT:
		return decode_envelope(c, &out->envelope);
	case MILTER_HEADER:
		return decode_header(c, &out->header);
	case MILTER_MACRO:
		return decode_macro(c, &out->macro);
	case MILTER_BODY:
	case MILTER_BODYEOB:
		out->bytes = payload;
		return true;
	case MILTER_ABORT:
	case MILTER_DATA:
	case MILTER_EOH:
	case MILTER_QUIT:
	case MILTER_QUIT_NC:
		return true; /* a payload has no meaning here */
	}
	return false;
}
