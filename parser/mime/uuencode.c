/* SPDX-License-Identifier: ISC */
/*
 * Uuencoded files in a text, read as loosely as any program does: the first
 * line may be indented, have a mode of any length or none, and name the base64
 * kind; the lines of data may have lost white space at their ends, or have a
 * check character; the end may be missing.  A line that begins with "begin" is
 * one only if data comes within the next lines.  Used in the session process.
 */
#include "parser/mime/decoders.h"

#include <string.h>

#include "lib/ensure.h"
#include "parser/mime/ascii.h"

enum {
	STAGE_TEXT,   /* outside of any file */
	STAGE_BEGUN,  /* a first line was there; data has to follow */
	STAGE_DATA,   /* in a file */
	STAGE_BASE64, /* in one of the base64 kind */
};

/* Lines that are no data between a first line and the first data; behind more
 * of them only what is data beyond doubt. */
#define TRIES 4

/* Of a data line: the longest count, and what may stand behind. */
#define LINE_DATA_MAX 84
#define LINE_SPARE    2

/* Takes that word, in upper or lower case. */
static bool
take_word(struct cursor *c, const char *word)
{
	struct span s;
	size_t len = strlen(word);

	if (c->left < len)
		return false;
	for (size_t i = 0; i < len; i++) {
		if (ascii_lower(c->at[i]) != (uint8_t)word[i])
			return false;
	}
	return cursor_take(c, len, &s);
}

static size_t
take_blanks(struct cursor *c)
{
	size_t n = 0;
	uint8_t byte;

	while (c->left > 0 && ascii_is_blank(c->at[0]) && cursor_u8(c, &byte))
		n++;
	return n;
}

static size_t
take_mode(struct cursor *c)
{
	size_t n = 0;
	uint8_t byte;

	while (c->left > 0 && c->at[0] >= '0' && c->at[0] <= '7' &&
	       cursor_u8(c, &byte))
		n++;
	return n;
}

/* --- the first line -------------------------------------------------------- */

static void
keep_name(struct file_state *f, struct cursor *c)
{
	struct span name = cursor_rest(c);

	if (name.len > 1 && name.ptr[0] == '"' && name.ptr[name.len - 1] == '"')
		name = span_of(name.ptr + 1, name.len - 2);
	if (name.len > sizeof(f->name))
		name.len = sizeof(f->name);
	if (name.len > 0)
		memcpy(f->name, name.ptr, name.len);
	f->name_len = name.len;
}

/* Is that line the first one of a file?  Then its name is kept, and *base64
 * says of which kind it is. */
static bool
begins(struct file_state *f, bool *base64)
{
	struct span s = file_line(f);
	struct cursor c = cursor_of(s);
	size_t indent = take_blanks(&c), mode, gap;
	bool plain = c.left >= 5 && memcmp(c.at, "begin", 5) == 0;

	if (!take_word(&c, "begin"))
		return false;
	*base64 = take_word(&c, "-base64");
	if (*base64)
		(void)take_word(&c, "-encoded");
	gap = take_blanks(&c);
	mode = take_mode(&c);
	if (gap == 0 && mode == 0)
		return false;
	f->odd = indent > 0 || !plain || *base64 || gap != 1 || mode != 3 ||
		 take_blanks(&c) != 1;
	(void)take_blanks(&c);
	keep_name(f, &c);
	return true;
}

static void
open_file(struct decoder *d, struct file_state *f)
{
	if (d->file_open)
		anomalies_add(&d->found, ANOMALY_UUENCODE_UNTERMINATED);
	if (f->odd)
		anomalies_add(&d->found, ANOMALY_UUENCODE_ODD);
	d->files++;
	d->file_open = true;
	d->name_len = f->name_len;
	memcpy(d->name, f->name, f->name_len);
}

/* --- lines of data --------------------------------------------------------- */

static size_t
count_of(struct span s)
{
	return s.len == 0 ? 0 : (s.ptr[0] - 0x20U) & 63;
}

/* Is it data?  All characters that its count asks for are there; or there are
 * fewer, but none that does not belong there, because white space at its end
 * was lost. */
static bool
is_data(struct span s)
{
	size_t need = (count_of(s) + 2) / 3 * 4;

	if (s.len == 0 || s.ptr[0] < 0x20 || s.ptr[0] > 0x60 || need == 0 ||
	    s.len - 1 > need + LINE_SPARE)
		return false;
	if (s.len - 1 >= need)
		return true;
	for (size_t i = 1; i < s.len; i++) {
		if (s.ptr[i] < 0x20 || s.ptr[i] > 0x60)
			return false;
	}
	return true;
}

/* Is it as long as its count says, with or without the white space at its end,
 * and without lower case?  Programs that ask for this pass over other lines. */
static bool
fits(struct span s, size_t len)
{
	size_t groups = (count_of(s) + 2) / 3;

	for (size_t i = 0; i < s.len; i++) {
		if (s.ptr[i] >= 'a' && s.ptr[i] <= 'z')
			return false;
	}
	return groups == (s.len + 1) / 4 || groups == (len + 1) / 4;
}

/* Is it data and cannot be anything else?  All of it is there, and nothing that
 * does not belong there. */
static bool
is_full(struct span s)
{
	if (s.len <= (count_of(s) + 2) / 3 * 4)
		return false;
	for (size_t i = 0; i < s.len; i++) {
		if (s.ptr[i] < 0x20 || s.ptr[i] > 0x60)
			return false;
	}
	return true;
}

/* The data of a line that is whole, which may be indented. */
static struct span
data_of(const struct decoder *d, const struct file_state *f)
{
	struct span s = file_line(f);
	struct cursor c = cursor_of(s);

	/* What it has too much of is white space, or a check character. */
	if (f->len > f->kept)
		return span_of(NULL, 0);
	if (!is_data(s)) {
		(void)take_blanks(&c);
		s = cursor_rest(&c);
	}
	if (!is_data(s) ||
	    (d->decoding == DECODING_UUENCODE_FIT && !fits(s, f->len)))
		return span_of(NULL, 0);
	return s;
}

static uint8_t
six_bits(struct span s, size_t i)
{
	return i < s.len ? (uint8_t)((s.ptr[i] - 0x20U) & 63) : 0;
}

/* What its count says; of a line that is cut, what is there. */
static size_t
decode_line(struct span s, bool whole, uint8_t *out)
{
	size_t count = count_of(s);

	if (!whole && count > (s.len - 1) * 3 / 4)
		count = (s.len - 1) * 3 / 4;
	for (size_t n = 0; n < count; n++) {
		size_t i = 1 + n / 3 * 4 + n % 3;
		unsigned int pair =
		    (unsigned int)(six_bits(s, i) << 6 | six_bits(s, i + 1));

		out[n] = (uint8_t)(pair >> (4 - 2 * (n % 3)));
	}
	return count;
}

static bool
is_end(const struct file_state *f)
{
	struct cursor c = cursor_of(file_line(f));

	(void)take_blanks(&c);
	return take_word(&c, "end") && cursor_empty(&c);
}

/* --- the base64 kind, byte by byte ---------------------------------------- */

/* Four "=" at the beginning of a line are the end; it has so many so far. */
static bool
is_base64_end(struct file_state *f, uint8_t c)
{
	bool all = f->equals == f->len;

	if (f->len < 4)
		f->len++;
	f->equals = all && c == '=' ? (uint8_t)f->len : 0;
	return f->equals == 4;
}

static size_t
base64_byte(struct decoder *d, struct file_state *f, uint8_t c, uint8_t *out)
{
	uint8_t value = base64_value(c);

	if (c == '\n') {
		f->len = 0;
		f->equals = 0;
		return 0;
	}
	if (!ascii_is_blank(c) && is_base64_end(f, c)) {
		d->file_open = false;
		f->stage = STAGE_TEXT;
		f->len = 0;
	}
	if (c == '=')
		f->phase = 0;
	if (value > 63)
		return 0;
	f->bits = f->bits << 6 | value;
	f->phase = (f->phase + 1) & 3;
	if (f->phase == 1)
		return 0;
	out[0] = (uint8_t)(f->bits >> ((4 - f->phase) % 4 * 2));
	return 1;
}

/* --- lines ----------------------------------------------------------------- */

/* Looks for the first line of a file. */
static bool
look_for_begin(struct decoder *d, struct file_state *f)
{
	bool base64 = false;

	if (!begins(f, &base64))
		return false;
	f->stage = STAGE_BEGUN;
	f->tries = 0;
	if (base64) {
		open_file(d, f);
		f->stage = STAGE_BASE64;
		f->phase = 0;
		f->equals = 0;
	}
	return true;
}

/* A line that is no data. */
static void
other_line(struct decoder *d, struct file_state *f)
{
	if (f->stage != STAGE_TEXT && is_end(f)) {
		d->file_open = false;
		f->stage = STAGE_TEXT;
		return;
	}
	if (look_for_begin(d, f) || f->stage != STAGE_BEGUN ||
	    file_line(f).len == 0)
		return;
	/* What was taken for a first line stood in the middle of other text. */
	if (f->tries < TRIES && ++f->tries == TRIES && d->file_open)
		f->stage = STAGE_DATA;
}

/*
 * Deals with a line.  Where a file begins with it, it stays: the caller has to
 * be told before there are bytes of it.
 */
static size_t
take_line(struct decoder *d, struct file_state *f, uint8_t *out, bool whole)
{
	struct span data = {0};
	size_t len = 0;

	if (f->stage != STAGE_TEXT)
		data = data_of(d, f);
	if (f->stage == STAGE_BEGUN && f->tries == TRIES && !is_full(data))
		data.len = 0;
	if (f->stage == STAGE_BEGUN && data.len > 0) {
		open_file(d, f);
		f->stage = STAGE_DATA;
		return 0;
	}
	if (data.len > 0)
		len = decode_line(data, whole, out);
	else
		other_line(d, f);
	file_line_done(f);
	return len;
}

/* Does the line end at a CR that comes now?  Not while its data lacks something:
 * to some programs a CR is a character of it. */
static bool
ends_at_cr(const struct file_state *f)
{
	struct span s = span_of(f->line, f->kept);

	return f->stage == STAGE_TEXT || s.len == 0 || s.ptr[0] < 0x20 ||
	       s.ptr[0] > 0x60 || s.len > (count_of(s) + 2) / 3 * 4 ||
	       is_end(f);
}

/* What stands before the next line end of either kind. */
static size_t
before_line_end(const struct cursor *in)
{
	const uint8_t *lf = memchr(in->at, '\n', in->left);
	size_t len = lf != NULL ? (size_t)(lf - in->at) : in->left;
	const uint8_t *cr = len > 0 ? memchr(in->at, '\r', len) : NULL;

	return cr != NULL ? (size_t)(cr - in->at) : len;
}

/* A line up to LF, or a CR that some programs take for a line end.  The LF that
 * may follow that ends an empty line, which is nothing. */
static bool
gather(struct file_state *f, struct cursor *in)
{
	while (in->left > 0) {
		size_t len = before_line_end(in);
		bool lf = len < in->left && in->at[len] == '\n';
		bool cr = len < in->left && !lf;
		struct cursor line;
		struct span s = {0};

		(void)cursor_take(in, lf ? len + 1 : len, &s);
		line = cursor_of(s);
		if (file_line_gather(f, &line))
			return true;
		if (!cr || !cursor_take(in, 1, &s))
			return false;
		f->ready = ends_at_cr(f);
		if (f->ready)
			return true;
		line = cursor_of(s);
		(void)file_line_gather(f, &line);
	}
	return false;
}

size_t
uuencode_bytes(struct decoder *d, struct cursor *in, uint8_t *out, size_t room)
{
	struct file_state *f = &d->own.file;
	uint32_t files = d->files;
	size_t len = 0;
	uint8_t c;

	ensure(room >= DECODER_TAIL_MAX);
	while (room - len >= DECODER_TAIL_MAX && d->files == files) {
		if (f->stage == STAGE_BASE64) {
			if (!cursor_u8(in, &c))
				break;
			len += base64_byte(d, f, c, out + len);
			continue;
		}
		if (!f->ready && !gather(f, in))
			break;
		len += take_line(d, f, out + len, true);
	}
	return len;
}

size_t
uuencode_end(struct decoder *d, uint8_t *out)
{
	struct file_state *f = &d->own.file;
	size_t len = 0;
	bool whole = f->ready;

	if (f->stage != STAGE_BASE64 && f->len > 0) {
		len = take_line(d, f, out, whole);
		/* A file may have begun with it. */
		if (f->len > 0)
			len = take_line(d, f, out, whole);
	}
	if (d->file_open)
		anomalies_add(&d->found, ANOMALY_UUENCODE_UNTERMINATED);
	return len;
}
