/* SPDX-License-Identifier: ISC */
/*
 * Where the bodies of a segment begin.  Behind each empty row that ends
 * something with fields in it; at rows of a header that are no fields; behind
 * rows of white space; and, for what is encoded, behind the first empty row of
 * the body, as text may stand before it.  In a session.
 */
#include "parser/mime/segment.h"

#include "parser/mime/ascii.h"
#include "parser/mime/entity.h"
#include "parser/mime/header.h"

#define JUNK_MAX     3 /* bodies that begin at what is no field */
#define BLANKS_MAX   2 /* behind rows of white space */
#define PADDINGS_MAX 2 /* behind "=" of base64 */
#define OTHERS_MAX   8 /* rows without a field: not a header */

#define BIT(i) (UINT32_C(1) << (i))
/* Programs differ in which of its lines are data. */
#define UUENCODED (BIT(DECODING_UUENCODE) | BIT(DECODING_UUENCODE_FIT))

void
segment_begin(struct segment_reader *r, struct segment *out, uint64_t at,
    uint32_t inherited)
{
	out->begins = at;
	out->ends = at;
	out->bodies = 0;
	out->words = 0;
	out->multipart = out->message = false;
	r->out = out;
	r->inherited = inherited;
	r->state = SEGMENT_HEADER;
	r->uuencode = r->yenc = r->cr = false;
	r->fields = r->others = r->blanks = r->junk = 0;
	r->paddings = 0;
	r->field_len = 0;
	r->field_cut = false;
}

/* The strict decodings of a set of encodings, if they decode. */
static uint32_t
decodings_of(uint32_t words)
{
	uint32_t set = 0;

	if (words & BIT(ENCODING_UNKNOWN))
		words |= BIT(ENCODING_BASE64) | BIT(ENCODING_QUOTED_PRINTABLE) |
			 BIT(ENCODING_UUENCODE);
	if (words & BIT(ENCODING_BASE64))
		set |= BIT(DECODING_BASE64);
	if (words & BIT(ENCODING_QUOTED_PRINTABLE))
		set |= BIT(DECODING_QUOTED_PRINTABLE);
	if (words & BIT(ENCODING_UUENCODE))
		set |= UUENCODED;
	if (words & BIT(ENCODING_YENC))
		set |= BIT(DECODING_YENC);
	return set;
}

static void
add_body(struct segment_reader *r, uint64_t at, uint32_t decodings)
{
	struct segment *s = r->out;

	for (size_t i = 0; i < s->bodies; i++) {
		if (s->body[i].at == at) {
			s->body[i].decodings |= decodings;
			return;
		}
	}
	if (decodings != 0 && s->bodies < SEGMENT_BODIES)
		s->body[s->bodies++] =
		    (struct segment_body){.at = at, .decodings = decodings};
}

static uint32_t
encoded(const struct segment_reader *r)
{
	return decodings_of(r->out->words | r->inherited);
}

/* Those that programs may begin with in the middle of a body; all, if it is
 * still a header where CR is no line end. */
static uint32_t
encoded_later(const struct segment_reader *r)
{
	return r->cr ? encoded(r)
		     : encoded(r) & ~BIT(DECODING_QUOTED_PRINTABLE);
}

static bool
contains(const uint8_t *text, size_t len, const char *word)
{
	return memmem(text, len, word, strlen(word)) != NULL;
}

/* What stands behind the letters of "transfer encoding", whatever stands
 * between them; comments are left out if they are to be. */
static bool
find_encoding(struct span field, bool comments, struct span *value)
{
	static const char word[] = "transferencoding";
	size_t matched = 0, depth = 0;

	for (size_t i = 0; i < field.len; i++) {
		uint8_t byte = field.ptr[i], low = byte | 0x20;

		if (comments && byte == '(')
			depth++;
		if (comments && byte == ')' && depth > 0)
			depth--;
		if (depth > 0 || low < 'a' || low > 'z')
			continue;
		if (low == (uint8_t)word[matched])
			matched++;
		else
			matched = low == (uint8_t)word[0];
		if (matched == sizeof(word) - 1) {
			*value = span_of(&field.ptr[i + 1], field.len - i - 1);
			return true;
		}
	}
	return false;
}

/* The words of an encoding field, NUL being white space or nothing. */
static void
read_encoding(struct segment_reader *r, struct span value)
{
	size_t kept = 0;

	while (value.len > 0 && (value.ptr[0] <= ' ' || value.ptr[0] == ':'))
		value = span_of(value.ptr + 1, value.len - 1);
	if (value.len == 0)
		return;
	r->out->words |= entity_encodings(value);
	if (r->field_cut)
		r->out->words |= BIT(ENCODING_UNKNOWN);
	if (memchr(value.ptr, 0, value.len) == NULL)
		return;
	for (size_t i = 0; i < value.len; i++)
		r->copy[i] = value.ptr[i] == 0 ? ' ' : value.ptr[i];
	r->out->words |= entity_encodings(span_of(r->copy, value.len));
	for (size_t i = 0; i < value.len; i++) {
		if (value.ptr[i] != 0)
			r->copy[kept++] = value.ptr[i];
	}
	r->out->words |= entity_encodings(span_of(r->copy, kept));
}

/* Takes from the last field, as far as it is there, what it says. */
static void
read_field(struct segment_reader *r)
{
	struct span field = span_of(r->field, r->field_len), value;

	for (size_t i = 0; i < r->field_len; i++)
		r->copy[i] = ascii_lower(r->field[i]);
	r->out->multipart |= contains(r->copy, r->field_len, "multipart");
	r->out->message |= contains(r->copy, r->field_len, "message/");
	if (find_encoding(field, false, &value))
		read_encoding(r, value);
	if (find_encoding(field, true, &value))
		read_encoding(r, value);
}

static void
field_ends(struct segment_reader *r)
{
	if (r->field_len > 0)
		read_field(r);
	r->field_len = 0;
	r->field_cut = false;
}

static void
add_to_field(struct segment_reader *r, const struct row *row)
{
	size_t room = sizeof(r->field) - r->field_len;
	size_t n = row->kept < room ? row->kept : room;

	memcpy(&r->field[r->field_len], row->text, n);
	r->field_len += n;
	if (n < row->len)
		r->field_cut = true;
}

/* A program may end the header here: with what it has said so far. */
static void
body_here(struct segment_reader *r, uint64_t at)
{
	read_field(r);
	add_body(r, at, BIT(DECODING_AS_IS) | encoded(r));
}

static bool
is_header(const struct segment_reader *r)
{
	return r->state == SEGMENT_HEADER || r->fields > 0;
}

static void
empty_row(struct segment_reader *r, const struct row *row)
{
	bool header = is_header(r);

	field_ends(r);
	if (header) {
		add_body(r, row->next, BIT(DECODING_AS_IS) | encoded(r));
		r->state = SEGMENT_SECOND;
		r->cr |= row->cr;
	} else if (r->others > 0) {
		add_body(r, row->next, encoded_later(r));
		r->state = SEGMENT_BODY;
	}
	r->fields = r->others = 0;
	if (r->out->bodies == SEGMENT_BODIES)
		r->state = SEGMENT_BODY;
}

static void
blank_row(struct segment_reader *r, const struct row *row)
{
	if (!is_header(r) || r->blanks >= BLANKS_MAX)
		return;
	r->blanks++;
	body_here(r, row->next);
}

static void
other_row(struct segment_reader *r, const struct row *row)
{
	if (row->text[0] != ':') /* else the name is in the row before */
		field_ends(r);
	add_to_field(r, row);
	r->others++;
	if (is_header(r) && r->junk < JUNK_MAX) {
		r->junk++;
		add_body(r, row->begins, BIT(DECODING_AS_IS) | encoded(r));
	}
	if (!is_header(r) && r->others == OTHERS_MAX) {
		field_ends(r);
		r->state = SEGMENT_TEXT;
	}
}

static bool
is_letter_or_digit(uint8_t byte)
{
	uint8_t low = byte | 0x20;

	return (low >= 'a' && low <= 'z') || (byte >= '0' && byte <= '9');
}

static bool
is_blank(struct span text)
{
	for (size_t i = 0; i < text.len; i++) {
		if (text.ptr[i] != ' ' && text.ptr[i] != '\t')
			return false;
	}
	return true;
}

/* In a header whatever has a colon is a field; elsewhere its name is one that
 * is used. */
static bool
is_field(const struct segment_reader *r, struct span text)
{
	size_t i = 0;

	if (!header_is_field(text))
		return false;
	if (r->state == SEGMENT_HEADER)
		return true;
	while (text.ptr[i] == '-' || text.ptr[i] == '_' ||
	       is_letter_or_digit(text.ptr[i]))
		i++;
	return text.ptr[i] == ':' || text.ptr[i] == ' ' || text.ptr[i] == '\t';
}

/* A row of a header, or of what may be one. */
static void
header_row(struct segment_reader *r, const struct row *row)
{
	struct span text = row_text(row);
	bool folded =
	    text.len > 0 && (text.ptr[0] == ' ' || text.ptr[0] == '\t');

	if (row->len == 0) {
		empty_row(r, row);
	} else if (is_blank(text)) {
		blank_row(r, row);
	} else if (folded && r->field_len > 0) {
		add_to_field(r, row);
	} else if (!folded && is_field(r, text)) {
		field_ends(r);
		add_to_field(r, row);
		r->fields++;
	} else {
		other_row(r, row);
	}
}

static bool
begins_with(struct span text, const char *word)
{
	size_t len = strlen(word);

	for (size_t i = 0; i < len; i++) {
		if (i == text.len ||
		    ascii_lower(text.ptr[i]) != (uint8_t)word[i])
			return false;
	}
	return true;
}

static void
look_for_files(struct segment_reader *r, const struct row *row)
{
	struct span text = row_text(row);

	while (text.len > 0 && (text.ptr[0] == ' ' || text.ptr[0] == '\t'))
		text = span_of(text.ptr + 1, text.len - 1);
	if (text.len == 0 ||
	    (text.ptr[0] != '=' && ascii_lower(text.ptr[0]) != 'b'))
		return;
	r->uuencode |= begins_with(text, "begin");
	r->yenc |= begins_with(text, "=ybegin");
}

/* Behind padding some programs have another content. */
static void
look_for_padding(struct segment_reader *r, const struct row *row)
{
	struct span text = row_text(row);
	const uint8_t *pad = memchr(text.ptr, '=', text.len);
	uint32_t base64 = encoded(r) & BIT(DECODING_BASE64);
	size_t at;

	if (pad == NULL || base64 == 0 || r->paddings == PADDINGS_MAX)
		return;
	r->paddings++;
	at = (size_t)(pad - text.ptr);
	while (at < text.len && text.ptr[at] == '=')
		at++;
	add_body(r, at == row->len ? row->next : row->begins + at, base64);
}

void
segment_row(struct segment_reader *r, const struct row *row)
{
	look_for_files(r, row);
	if (r->state != SEGMENT_HEADER && r->fields == 0)
		look_for_padding(r, row);
	if (r->state == SEGMENT_BODY || row->within)
		return;
	if (r->state != SEGMENT_TEXT) {
		header_row(r, row);
	} else if (row->len == 0) {
		add_body(r, row->next, encoded_later(r));
		r->state = SEGMENT_BODY;
	}
}

void
segment_end(struct segment_reader *r, uint64_t at)
{
	struct segment *s = r->out;

	field_ends(r);
	s->ends = at > s->begins ? at : s->begins;
	/* A file in a text: wherever that begins. */
	if (r->uuencode || r->yenc) {
		for (size_t i = 0; i < s->bodies; i++)
			s->body[i].decodings &=
			    ~(UUENCODED | BIT(DECODING_YENC));
		if (s->bodies == SEGMENT_BODIES)
			s->bodies--;
	}
	if (r->uuencode)
		add_body(r, s->begins, UUENCODED);
	if (r->yenc)
		add_body(r, s->begins, BIT(DECODING_YENC));
}
