/* SPDX-License-Identifier: ISC */
/*
 * The encoder; see encoder.h.  Each packet is judged whole before its first
 * byte is written: permission by the table below, contents by canonical.c, size
 * here.  Runs in the session process; sends through process_mta_send.
 */
#include "parser/milter/encoder.h"

#include "lib/ensure.h"
#include "parser/mail/canonical.h"
#include "parser/mail/process.h"

/* What may be sent, where, and with which permission.  PROGRESS, SHUTDOWN,
 * CONN_FAIL and SETSYMLIST packets have no row: the first is sent by the
 * process (process.h), the others never. */
static const struct reply_row {
	enum milter_reply code;
	bool final;
	const char *to;	  /* commands it may answer */
	uint32_t actions; /* needed */
	uint32_t flags;
} rows[] = {
    {MILTER_CONTINUE, true, "CHMRTLNBEU", 0, 0},
    {MILTER_ACCEPT, true, "CHMRTLNBEU", 0, 0},
    {MILTER_REJECT, true, "CHMRTLNBEU", 0, 0},
    {MILTER_TEMPFAIL, true, "CHMRTLNBEU", 0, 0},
    {MILTER_REPLYCODE, true, "CHMRTLNBEU", 0, 0},
    /* At CONNECT Sendmail would let the whole session pass. */
    {MILTER_DISCARD, true, "MRTLNBE", 0, 0},
    {MILTER_SKIP, true, "B", 0, MILTER_P_SKIP},
    {MILTER_ADDHEADER, false, "E", MILTER_ACT_ADDHDRS, 0},
    {MILTER_INSHEADER, false, "E", MILTER_ACT_ADDHDRS, 0},
    {MILTER_CHGHEADER, false, "E", MILTER_ACT_CHGHDRS, 0},
    {MILTER_ADDRCPT, false, "E", MILTER_ACT_ADDRCPT, 0},
    {MILTER_ADDRCPT_PAR, false, "E", MILTER_ACT_ADDRCPT_PAR, 0},
    {MILTER_DELRCPT, false, "E", MILTER_ACT_DELRCPT, 0},
    {MILTER_CHGFROM, false, "E", MILTER_ACT_CHGFROM, 0},
    {MILTER_REPLBODY, false, "E", MILTER_ACT_CHGBODY, 0},
    {MILTER_QUARANTINE, false, "E", MILTER_ACT_QUARANTINE, 0},
};

static const uint8_t progress[] = {0, 0, 0, 1, 'p'};

void
encoder_init(struct encoder *r)
{
	r->actions = r->flags = 0;
	r->to = MILTER_QUIT; /* nothing answers it */
	r->due = r->sent = 0;
	r->gone = false;
	r->len = 0;
}

void
encoder_begin(struct encoder *r, enum milter_command to, bool due)
{
	r->to = to;
	if (due)
		r->due++;
}

bool
encoder_owed(const struct encoder *r)
{
	return r->due != r->sent;
}

struct span
encoder_progress(void)
{
	return span_of(progress, sizeof(progress));
}

bool
encoder_flush(struct encoder *r)
{
	if (!r->gone && r->len > 0)
		r->gone = !process_mta_send(span_of(r->bytes, r->len));
	r->len = 0;
	return !r->gone;
}

/* --- bytes ---------------------------------------------------------------- */

static void
put_bytes(struct encoder *r, struct span s)
{
	struct cursor c = cursor_of(s);
	struct span piece;

	while (!cursor_empty(&c)) {
		size_t room = sizeof(r->bytes) - r->len;

		ensure(r->len <= sizeof(r->bytes));
		if (room == 0) {
			(void)encoder_flush(r);
			continue;
		}
		if (!cursor_take(&c, c.left < room ? c.left : room, &piece))
			return;
		memcpy(&r->bytes[r->len], piece.ptr, piece.len);
		r->len += piece.len;
	}
}

static void
put_u8(struct encoder *r, uint8_t byte)
{
	put_bytes(r, span_of(&byte, 1));
}

static void
put_u32(struct encoder *r, uint32_t n)
{
	const uint8_t bytes[] = {(uint8_t)(n >> 24), (uint8_t)(n >> 16),
	    (uint8_t)(n >> 8), (uint8_t)n};

	put_bytes(r, span_of(bytes, sizeof(bytes)));
}

static void
put_string(struct encoder *r, struct span s)
{
	put_bytes(r, s);
	put_u8(r, '\0');
}

/* --- packets -------------------------------------------------------------- */

static const struct reply_row *
find_row(enum milter_reply code)
{
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		if (rows[i].code == code)
			return &rows[i];
	}
	return NULL;
}

/* Permission: right command, still unanswered, granted. */
static bool
allowed(const struct encoder *r, const struct reply_row *row)
{
	return !r->gone && encoder_owed(r) &&
	       strchr(row->to, (char)r->to) != NULL &&
	       (r->actions & row->actions) == row->actions &&
	       (r->flags & row->flags) == row->flags;
}

/* Writes length word and code; counts final replies. */
static void
put_head(struct encoder *r, uint8_t code, bool final, size_t payload)
{
	ensure(payload <= MILTER_PAYLOAD_MAX);
	ensure(!final || encoder_owed(r));
	if (final)
		r->sent++;
	put_u32(r, (uint32_t)(1 + payload));
	put_u8(r, code);
}

/* Judges permission and size, and begins the packet. */
static bool
begin(struct encoder *r, enum milter_reply code, size_t payload)
{
	const struct reply_row *row = find_row(code);

	if (row == NULL || !allowed(r, row) || payload > MILTER_PAYLOAD_MAX)
		return false;
	put_head(r, (uint8_t)code, row->final, payload);
	return true;
}

bool
encoder_optneg(struct encoder *r, const struct negotiation *answer)
{
	bool lists = (answer->actions & MILTER_ACT_SETSYMLIST) != 0;
	size_t size = 3 * sizeof(uint32_t);

	if (r->gone || !encoder_owed(r) || r->to != MILTER_OPTNEG)
		return false;
	for (uint32_t i = 0; lists && i < MILTER_STAGES; i++)
		size += sizeof(i) + strlen(negotiate_macros[i]) + 1;
	put_head(r, MILTER_OPTNEG, true, size);
	put_u32(r, answer->version);
	put_u32(r, answer->actions);
	put_u32(r, answer->flags);
	for (uint32_t i = 0; lists && i < MILTER_STAGES; i++) {
		put_u32(r, i);
		put_string(r, span_text(negotiate_macros[i]));
	}
	r->actions = answer->actions;
	r->flags = answer->flags;
	return !r->gone;
}

bool
encoder_plain(struct encoder *r, enum milter_reply code)
{
	const struct reply_row *row = find_row(code);

	/* Of the final ones only REPLYCODE has a payload. */
	if (row == NULL || !row->final || code == MILTER_REPLYCODE)
		return false;
	return begin(r, code, 0) && !r->gone;
}

static void
put_line(struct encoder *r, const struct canonical_reply *t, struct span line,
    bool last)
{
	put_bytes(r, t->code);
	put_u8(r, last ? ' ' : '-');
	put_bytes(r, t->status);
	put_u8(r, ' ');
	/* Sendmail uses the text as a format string. */
	for (size_t i = 0; i < line.len; i++) {
		if (line.ptr[i] == '%')
			put_u8(r, '%');
		put_u8(r, line.ptr[i]);
	}
	put_bytes(r, span_text(last ? "" : "\r\n"));
}

/* The bytes that put_line will make of all lines. */
static size_t
text_size(const struct canonical_reply *t)
{
	struct cursor c = cursor_of(t->text);
	size_t size = 0;

	while (!cursor_empty(&c)) {
		struct span line = canonical_next_line(&c);

		size += t->code.len + 1 + t->status.len + 1 + line.len +
			canonical_percents(line) + (cursor_empty(&c) ? 0 : 2);
	}
	return size;
}

bool
encoder_text(struct encoder *r, struct span text)
{
	struct canonical_reply t;
	struct cursor c;

	if (!canonical_reply(text, &t) ||
	    !begin(r, MILTER_REPLYCODE, text_size(&t) + 1))
		return false;
	c = cursor_of(t.text);
	while (!cursor_empty(&c)) {
		struct span line = canonical_next_line(&c);

		put_line(r, &t, line, cursor_empty(&c));
	}
	put_u8(r, '\0');
	return !r->gone;
}

bool
encoder_header(struct encoder *r, enum milter_reply code, uint32_t index,
    struct span name, struct span value)
{
	bool indexed = code == MILTER_INSHEADER || code == MILTER_CHGHEADER;
	/* An empty value stays empty: in CHGHEADER it means deletion. */
	bool space = (r->flags & MILTER_P_HDR_LEADSPC) != 0 && value.len > 0;

	if (!indexed && code != MILTER_ADDHEADER)
		return false;
	if (index > REPLY_INDEX_MAX || !canonical_name(name) ||
	    !canonical_value(value))
		return false;
	if (!begin(r, code,
		(indexed ? sizeof(index) : 0) + name.len + 1 + space +
		    value.len + 1))
		return false;
	if (indexed)
		put_u32(r, index);
	put_string(r, name);
	put_bytes(r, span_text(space ? " " : ""));
	put_string(r, value);
	return !r->gone;
}

bool
encoder_address(struct encoder *r, enum milter_reply code, struct span address,
    struct span parameters)
{
	bool room = code == MILTER_ADDRCPT_PAR || code == MILTER_CHGFROM;

	if (!room && code != MILTER_ADDRCPT && code != MILTER_DELRCPT)
		return false;
	if (!canonical_address(address))
		return false;
	if (parameters.len > 0 && (!room || !canonical_line(parameters)))
		return false;
	if (!begin(r, code,
		address.len + 1 +
		    (parameters.len > 0 ? parameters.len + 1 : 0)))
		return false;
	put_string(r, address);
	if (parameters.len > 0)
		put_string(r, parameters);
	return !r->gone;
}

bool
encoder_quarantine(struct encoder *r, struct span reason)
{
	if (!canonical_line(reason) ||
	    !begin(r, MILTER_QUARANTINE, reason.len + 1))
		return false;
	put_string(r, reason);
	return !r->gone;
}

bool
encoder_body(struct encoder *r, struct span bytes)
{
	struct cursor c = cursor_of(bytes);
	struct span piece;

	/* At least one packet: an empty one empties the body. */
	do {
		size_t size =
		    c.left < MILTER_PAYLOAD_MAX ? c.left : MILTER_PAYLOAD_MAX;

		if (!cursor_take(&c, size, &piece) ||
		    !begin(r, MILTER_REPLBODY, piece.len))
			return false;
		put_bytes(r, piece);
	} while (!cursor_empty(&c));
	return !r->gone;
}
