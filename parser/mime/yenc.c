/* SPDX-License-Identifier: ISC */
/*
 * yEnc files in a text: a line "=ybegin" with a name, perhaps "=ypart", data,
 * and "=yend".  A dot at the beginning of a line is data: what transports had
 * put there is gone when mail gets here.  Used in the session process.
 */
#include "parser/mime/decoders.h"

#include <string.h>

#include "lib/ensure.h"

enum {
	STAGE_TEXT,    /* outside of any file */
	STAGE_DATA,    /* in one */
	STAGE_CONTROL, /* a line of a file that begins with "=y" */
};

#define SHIFT	     42 /* added to each byte */
#define SHIFT_ESCAPE 64 /* and to one behind "=" */

/* What stands behind the first " key=" of a line, up to its end. */
static bool
find_value(struct span line, const char *key, struct span *out)
{
	size_t len = strlen(key);

	for (size_t i = 0; i + len <= line.len; i++) {
		if (memcmp(line.ptr + i, key, len) == 0) {
			*out = span_of(line.ptr + i + len, line.len - i - len);
			return true;
		}
	}
	return false;
}

static bool
starts_with(struct span line, const char *text)
{
	size_t len = strlen(text);

	return line.len >= len && memcmp(line.ptr, text, len) == 0;
}

/* The second and later pieces of a file go on with it. */
static bool
is_later_part(const struct decoder *d, struct span line, struct span name)
{
	struct span part;

	return d->files > 0 && find_value(line, " part=", &part) &&
	       part.len > 1 && !(part.ptr[0] == '1' && part.ptr[1] == ' ') &&
	       name.len == d->name_len &&
	       memcmp(name.ptr, d->name, name.len) == 0;
}

static void
begin_file(struct decoder *d, struct file_state *f)
{
	struct span line = file_line(f), name;

	if (!starts_with(line, "=ybegin ") ||
	    !find_value(line, " name=", &name))
		return;
	if (name.len > sizeof(d->name))
		name.len = sizeof(d->name);
	f->stage = STAGE_DATA;
	d->file_open = true;
	if (is_later_part(d, line, name))
		return;
	d->files++;
	memcpy(d->name, name.ptr, name.len);
	d->name_len = name.len;
}

static void
control_line(struct decoder *d, struct file_state *f)
{
	f->stage = STAGE_DATA;
	if (starts_with(file_line(f), "=yend")) {
		f->stage = STAGE_TEXT;
		d->file_open = false;
	} else
		begin_file(d, f);
}

static size_t
data_byte(struct file_state *f, uint8_t c, uint8_t *out)
{
	bool escaped = f->equals > 0;

	if (c == '\n' || c == '\r') {
		f->equals = 0;
		f->len = c == '\r' ? f->len : 0;
		return 0;
	}
	f->equals = 0;
	if (escaped && f->len == 1 && c == 'y') {
		f->stage = STAGE_CONTROL;
		memcpy(f->line, "=y", 2);
		f->kept = f->len = 2;
		return 0;
	}
	f->len = f->len == 0 ? 1 : 2;
	if (c == '=' && !escaped) {
		f->equals = 1;
		return 0;
	}
	out[0] = (uint8_t)(c - SHIFT - (escaped ? SHIFT_ESCAPE : 0));
	return 1;
}

size_t
yenc_bytes(struct decoder *d, struct cursor *in, uint8_t *out, size_t room)
{
	struct file_state *f = &d->own.file;
	uint32_t files = d->files;
	size_t len = 0;
	uint8_t c;

	ensure(room >= DECODER_TAIL_MAX);
	while (len < room && d->files == files && !cursor_empty(in)) {
		if (f->stage == STAGE_DATA) {
			(void)cursor_u8(in, &c);
			len += data_byte(f, c, out + len);
			continue;
		}
		if (!file_line_gather(f, in))
			break;
		if (f->stage == STAGE_TEXT)
			begin_file(d, f);
		else
			control_line(d, f);
		file_line_done(f);
	}
	return len;
}

size_t
yenc_end(struct decoder *d, uint8_t *out)
{
	struct file_state *f = &d->own.file;

	(void)out;
	if (f->stage == STAGE_CONTROL)
		control_line(d, f);
	return 0;
}
