/* SPDX-License-Identifier: ISC */
/*
 * Rows, taken off a level of a source.  In a session.
 */
#include "parser/mime/rows.h"

/* Long lines are broken by Postfix at 2,048 bytes when it reads them, at 998
 * and then each 997 when it sends them; others differ a little. */
#define READ_WIDTH 2048
#define SEND_WIDTH 998
#define LONG_FROM  900

void
rows_begin(struct rows *rows, struct source *s, unsigned int k, uint64_t at)
{
	rows->source = s;
	rows->level = k;
	rows->in = cursor_of(span_of(NULL, 0));
	rows->lf = rows->cr = SIZE_MAX;
	rows->at = at;
	rows->column = 0;
	rows->crs = 0;
	rows->owed = rows->dash = false;
	rows->fills = source_fills(s, k);
	source_mark(s, k, &rows->mark);
	rows->row.next = at;
}

static bool
is_width(uint64_t column)
{
	return column % READ_WIDTH == 0 || column % SEND_WIDTH == 0 ||
	       column % (SEND_WIDTH - 1) == 1;
}

/* Where a row of a long line ends before a "-": of the first len bytes at
 * hand, those before it. */
static size_t
before_dash(const struct rows *rows, size_t len)
{
	const uint8_t *bytes = rows->in.at;
	uint64_t column = rows->column + rows->row.len;
	size_t i = column < LONG_FROM ? (size_t)(LONG_FROM - column) : 0;

	for (; i < len; i++) {
		const uint8_t *dash = memchr(&bytes[i], '-', len - i);

		if (dash == NULL)
			return len;
		i = (size_t)(dash - bytes);
		if (rows->row.len + i <= 1) /* of the row that begins so */
			continue;
		if (!(i == 0 ? rows->dash : bytes[i - 1] == '-') ||
		    is_width(column + i))
			return i;
	}
	return len;
}

/* How many bytes at hand come before the next such byte; left: what is known
 * of it. */
static size_t
before_byte(const struct rows *rows, uint8_t byte, size_t *left)
{
	const struct cursor *in = &rows->in;
	const uint8_t *found;

	if (*left > in->left) {
		found = memchr(in->at, byte, in->left);
		*left = found != NULL ? in->left - (size_t)(found - in->at) : 0;
	}
	return in->left - *left;
}

/* How many of the bytes at hand are text of the row: up to a line end or a
 * place where it is broken. */
static size_t
text_len(struct rows *rows)
{
	size_t len = before_byte(rows, '\n', &rows->lf);
	size_t before_cr = before_byte(rows, '\r', &rows->cr);

	if (before_cr < len)
		len = before_cr;
	if (rows->column + rows->row.len + len > LONG_FROM)
		len = before_dash(rows, len);
	return len;
}

static void
add_text(struct rows *rows, size_t len)
{
	struct row *row = &rows->row;
	size_t n = sizeof(row->text) - row->kept;
	struct span text;

	if (len == 0 || !cursor_take(&rows->in, len, &text))
		return;
	if (n > len)
		n = len;
	memcpy(&row->text[row->kept], text.ptr, n);
	row->kept += n;
	row->len += len;
	rows->at += len;
	rows->dash = text.ptr[len - 1] == '-';
}

static bool
end_row(struct rows *rows, uint8_t end, bool line_ends)
{
	struct row *row = &rows->row;

	row->end = end;
	row->next = row->begins + row->len + end;
	rows->column = line_ends ? 0 : rows->column + row->len;
	rows->crs = 0;
	source_worked(rows->source, row->next - row->begins);
	if (line_ends)
		rows->dash = false;
	return true;
}

/* A byte behind a CR: true if the row ends with it or before it. */
static bool
behind_cr(struct rows *rows)
{
	uint8_t byte = rows->in.at[0];
	struct span s;

	if (byte == '\n' || (byte == '\r' && rows->crs == 1)) {
		cursor_take(&rows->in, 1, &s);
		rows->at++;
		rows->crs++;
		return byte == '\n' && end_row(rows, rows->crs, true);
	}
	rows->owed = rows->crs == 2;
	rows->row.cr = true;
	return end_row(rows, 1, true);
}

static bool
at_end(struct rows *rows)
{
	if (rows->crs == 2)
		rows->owed = true;
	if (rows->crs > 0)
		return end_row(rows, 1, true);
	return rows->row.len > 0 && end_row(rows, 0, true);
}

/* There are bytes at hand. */
static bool
take_in(struct rows *rows)
{
	struct span bytes;

	if (!cursor_empty(&rows->in))
		return true;
	if (!source_read(rows->source, rows->level, &bytes))
		return false;
	rows->in = cursor_of(bytes);
	rows->lf = rows->cr = SIZE_MAX;
	return true;
}

static void
begin_row(struct rows *rows)
{
	uint32_t fills = source_fills(rows->source, rows->level);
	struct row *row = &rows->row;

	if (fills != rows->fills && !rows->owed) {
		source_mark(rows->source, rows->level, &rows->mark);
		rows->fills = fills;
	}
	row->begins = row->next;
	row->len = 0;
	row->kept = 0;
	row->cr = false;
	row->within = rows->column > 0;
	row->relayed = row->within && is_width(rows->column);
	rows->crs = rows->owed ? 1 : 0;
	rows->owed = false;
}

bool
rows_next(struct rows *rows)
{
	struct span s;

	begin_row(rows);
	while (take_in(rows)) {
		size_t len;
		uint8_t byte;

		if (rows->crs > 0) {
			if (behind_cr(rows))
				return true;
			continue;
		}
		len = text_len(rows);
		add_text(rows, len);
		if (cursor_empty(&rows->in))
			continue;
		byte = rows->in.at[0];
		if (byte != '\n' && byte != '\r')
			return end_row(rows, 0, false);
		cursor_take(&rows->in, 1, &s);
		rows->at++;
		if (byte == '\n')
			return end_row(rows, 1, true);
		rows->crs = 1;
	}
	return at_end(rows);
}
