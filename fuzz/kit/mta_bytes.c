/* SPDX-License-Identifier: ISC */
/* A second opinion on our packets; see mta_bytes.h. */
#include "fuzz/kit/mta_bytes.h"

#include <ctype.h>

#include "fuzz/kit/fuzz.h"
#include "parser/milter/milter.h"

#define LINES_MAX 32
#define LINE_MAX  512 /* with CRLF */

#define STAGES		7
#define FINALS		"acrtdsy"
#define GRANTED_VERSION 6U

bool
wire_is_final(uint8_t code)
{
	return code != '\0' && strchr(FINALS, code) != NULL;
}

bool
wire_printable(struct span s)
{
	for (size_t i = 0; i < s.len; i++)
		if (s.ptr[i] < ' ' || s.ptr[i] > '~')
			return false;
	return true;
}

struct wire_packet
wire_next(struct cursor *c)
{
	struct wire_packet p = {0};
	struct span whole = {0};
	struct cursor in;
	uint32_t length = 0;

	NEED(cursor_u32(c, &length));
	NEED(length >= 1 && length <= 65536);
	NEED(cursor_take(c, length, &whole));
	in = cursor_of(whole);
	NEED(cursor_u8(&in, &p.code));
	p.payload = cursor_rest(&in);
	return p;
}

/* Names in printable ASCII, separated by single spaces. */
static void
check_macro_list(struct cursor *c)
{
	struct span names = {0};
	uint32_t stage = 0;

	NEED(cursor_u32(c, &stage) && stage < STAGES);
	NEED(cursor_string(c, &names));
	NEED(names.len > 0 && wire_printable(names));
	NEED(names.ptr[0] != ' ' && names.ptr[names.len - 1] != ' ');
}

struct wire_offer
wire_answer(const struct wire_packet *p, const struct wire_offer *offer)
{
	struct cursor c = cursor_of(p->payload);
	uint32_t actions = offer->actions == 0 ? 0x0f : offer->actions;
	uint32_t flags = offer->flags == 0 ? 0x3f : offer->flags;
	struct wire_offer a = {0};

	NEED(p->code == 'O');
	NEED(cursor_u32(&c, &a.version) && cursor_u32(&c, &a.actions) &&
	     cursor_u32(&c, &a.flags));
	NEED(a.version >= 2 && a.version <= offer->version &&
	     a.version <= GRANTED_VERSION);
	NEED((a.actions & ~actions) == 0);
	NEED((a.flags & ~flags) == 0);
	NEED((a.actions & 0x100) == 0 || a.version == GRANTED_VERSION);
	NEED(cursor_empty(&c) == ((a.actions & 0x100) == 0));
	while (!cursor_empty(&c))
		check_macro_list(&c);
	return a;
}

/* --- strings --------------------------------------------------------------- */

/* The payload's next string. */
static struct span
string(struct cursor *c)
{
	struct span s = {0};

	NEED(cursor_string(c, &s));
	return s;
}

static void
check_address(struct span s)
{
	bool quoted = false;

	NEED(s.len > 0 && wire_printable(s));
	for (size_t i = 0; i < s.len; i++) {
		quoted = quoted != (s.ptr[i] == '"');
		NEED(quoted || (s.ptr[i] != ' ' && s.ptr[i] != ','));
	}
	NEED(!quoted);
}

static void
check_name(struct span s)
{
	NEED(s.len > 0 && wire_printable(s));
	NEED(memchr(s.ptr, ':', s.len) == NULL);
	NEED(memchr(s.ptr, ' ', s.len) == NULL);
}

static void
check_value(struct span s)
{
	for (size_t i = 0; i < s.len; i++) {
		uint8_t byte = s.ptr[i];
		bool fold = i + 1 < s.len &&
			    (s.ptr[i + 1] == ' ' || s.ptr[i + 1] == '\t');

		NEED((byte >= ' ' && byte <= '~') || byte == '\t' ||
		     (byte == '\n' && fold));
	}
}

struct wire_header
wire_header(const struct wire_packet *p, const struct wire_offer *granted)
{
	struct cursor c = cursor_of(p->payload);
	struct wire_header h = {0};
	uint8_t space = 0;

	if (p->code != 'h')
		NEED(cursor_u32(&c, &h.index));
	NEED(h.index <= 0x7fffffff);
	h.name = string(&c);
	h.value = string(&c);
	NEED(cursor_empty(&c));
	if ((granted->flags & MILTER_P_HDR_LEADSPC) != 0 && h.value.len > 0) {
		c = cursor_of(h.value);
		NEED(cursor_u8(&c, &space) && space == ' ');
		h.value = cursor_rest(&c);
		/* Nothing of ours is only that space: it would delete. */
		NEED(h.value.len > 0);
	}
	return h;
}

/* --- SMTP replies ----------------------------------------------------------- */

/* "." and one to three digits. */
static void
check_status_part(struct cursor *c)
{
	uint8_t byte = 0;
	size_t digits = 0;

	NEED(cursor_u8(c, &byte) && byte == '.');
	while (c->left > 0 && isdigit(*c->at)) {
		(void)cursor_u8(c, &byte);
		digits++;
	}
	NEED(digits >= 1 && digits <= 3);
}

/* One line without CRLF: "550-5.7.1 text", % doubled. */
static void
check_line(struct span line, struct span first, bool last)
{
	struct cursor c = cursor_of(line);
	struct span code = {0}, text;
	uint8_t byte = 0;

	NEED(wire_printable(line) && line.len + 2 <= LINE_MAX);
	NEED(cursor_take(&c, 3, &code));
	NEED((code.ptr[0] == '4' || code.ptr[0] == '5') &&
	     isdigit(code.ptr[1]) && isdigit(code.ptr[2]));
	NEED(memcmp(code.ptr, first.ptr, code.len) == 0);
	NEED(cursor_u8(&c, &byte) && byte == (last ? ' ' : '-'));
	NEED(cursor_u8(&c, &byte) && byte == code.ptr[0]);
	check_status_part(&c);
	check_status_part(&c);
	NEED(cursor_u8(&c, &byte) && byte == ' ');
	text = cursor_rest(&c);
	NEED(text.len > 0 && text.ptr[0] != ' ');
	for (size_t i = 0; i < text.len; i++) {
		if (text.ptr[i] != '%')
			continue;
		NEED(i + 1 < text.len && text.ptr[i + 1] == '%');
		i++;
	}
}

static void
check_reply(struct span payload)
{
	struct cursor c = cursor_of(payload);
	struct span text = string(&c), line = {0}, end;
	struct cursor lines = cursor_of(text);
	size_t n = 0;
	bool last;

	NEED(cursor_empty(&c));
	do {
		const uint8_t *cr =
		    lines.left == 0 ? NULL : memchr(lines.at, '\r', lines.left);

		last = cr == NULL;
		if (last)
			line = cursor_rest(&lines);
		else
			NEED(cursor_take(
			    &lines, (size_t)(cr - lines.at), &line));
		if (!last)
			NEED(
			    cursor_take(&lines, 2, &end) && end.ptr[1] == '\n');
		check_line(line, text, last);
		NEED(++n <= LINES_MAX);
	} while (!last);
}

/* --- packets ---------------------------------------------------------------- */

/* What a packet needs; ~0 for one that must never be sent. */
static uint32_t
action_of(uint8_t code)
{
	switch (code) {
	case 'h':
	case 'i':
		return 0x01;
	case 'b':
		return 0x02;
	case '+':
		return 0x04;
	case '-':
		return 0x08;
	case 'm':
		return 0x10;
	case 'q':
		return 0x20;
	case 'e':
		return 0x40;
	case '2':
		return 0x80;
	default:
		return wire_is_final(code) ? 0 : UINT32_MAX;
	}
}

static void
check_envelope(struct span payload, bool parameters)
{
	struct cursor c = cursor_of(payload);
	struct span s;

	check_address(string(&c));
	if (parameters && !cursor_empty(&c)) {
		s = string(&c);
		NEED(s.len > 0 && wire_printable(s));
	}
	NEED(cursor_empty(&c));
}

static void
check_quarantine(struct span payload)
{
	struct cursor c = cursor_of(payload);
	struct span s = string(&c);

	NEED(s.len > 0 && wire_printable(s) && cursor_empty(&c));
}

void
wire_check(const struct wire_packet *p, const struct wire_offer *granted)
{
	uint32_t action = action_of(p->code);
	struct wire_header h;

	NEED(action != UINT32_MAX);
	NEED((granted->actions & action) == action);
	NEED(p->code != 's' || (granted->flags & MILTER_P_SKIP) != 0);
	if (p->code == 'y')
		check_reply(p->payload);
	else if (strchr("him", p->code) != NULL) {
		h = wire_header(p, granted);
		check_name(h.name);
		check_value(h.value);
	} else if (strchr("+-2e", p->code) != NULL)
		check_envelope(p->payload, strchr("2e", p->code) != NULL);
	else if (p->code == 'q')
		check_quarantine(p->payload);
	else if (p->code != 'b')
		NEED(p->payload.len == 0);
}
