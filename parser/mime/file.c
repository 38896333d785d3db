/* SPDX-License-Identifier: ISC */
/*
 * Files that stand encoded in a text, uuencode and yEnc; see mime_state.h.  The
 * lines of a text are looked through for one that could begin a file; from
 * there on the decoder has it all.
 */
#include "parser/mime/looks.h"
#include "parser/mime/mime_state.h"

void
mime_files_begin(struct mime *m, bool quiet)
{
	struct mime_files *f = &m->files;

	f->looking = true;
	f->quiet = quiet;
	f->with = DECODING_AS_IS;
	f->open = false;
	f->files = 0;
	f->found = (struct anomalies){0};
	f->lines.len = 0;
	f->lines.told = f->lines.cr = false;
}

static void
begin_file(struct mime *m)
{
	struct mime_files *f = &m->files;

	f->files = m->file.decoder.files;
	anomalies_add(&f->found, f->with == DECODING_YENC
				     ? ANOMALY_YENC_IN_TEXT
				     : ANOMALY_UUENCODE_IN_TEXT);
	if (f->quiet)
		return;
	if (m->parts >= MIME_PARTS_MAX) {
		anomalies_add(&f->found, ANOMALY_LIMIT_PARTS);
		return;
	}
	f->open = true;
	m->file.part.number = ++m->parts;
	m->file.part.depth = m->part.depth + 1;
	memcpy(m->file.part.path, m->part.path, sizeof(m->file.part.path));
	m->file.part.entity = &m->entity;
	m->file.part.file = true;
	m->file.part.file_name =
	    span_of(m->file.decoder.name, m->file.decoder.name_len);
	m->file.part.decoding = f->with;
	m->file.part.begins = m->part.begins;
	m->file.part.size = 0;
	m->file.part.found = (struct anomalies){0};
	m->file.part.kinds = (struct kinds){0};
	if ((m->wants & MIME_WANTS_KINDS) != 0)
		kind_begin(&m->file.kinds);
	if ((m->wants & MIME_WANTS_DIGESTS) != 0)
		sha256_begin(&m->file.sha256);
	mime_part_begins(m, &m->file.part);
}

static void
end_file(struct mime *m)
{
	struct mime_files *f = &m->files;

	if (!f->open)
		return;
	f->open = false;
	m->file.part.found = m->file.decoder.found;
	if ((m->wants & MIME_WANTS_KINDS) != 0)
		m->file.part.kinds = kind_end(&m->file.kinds);
	if ((m->wants & MIME_WANTS_DIGESTS) != 0)
		sha256_end(&m->file.sha256, m->file.part.digest);
	mime_part_ends(m, &m->file.part);
}

static void
give(struct mime *m, size_t len)
{
	struct mime_files *f = &m->files;
	struct span bytes = span_of(m->file.decoded, len);

	if (len == 0 || !f->open)
		return;
	m->file.part.size += len;
	if ((m->wants & MIME_WANTS_KINDS) != 0)
		kind_bytes(&m->file.kinds, bytes);
	if ((m->wants & MIME_WANTS_DIGESTS) != 0)
		sha256_bytes(&m->file.sha256, bytes);
	if ((m->wants & MIME_WANTS_CONTENT) != 0)
		mime_part_content(m, &m->file.part, bytes);
}

/* What was decoded belongs to the file before one that has begun. */
static void
take_decoded(struct mime *m, size_t len)
{
	struct mime_files *f = &m->files;

	give(m, len);
	if (m->file.decoder.files != f->files) {
		end_file(m);
		begin_file(m);
	} else if (!m->file.decoder.file_open) {
		end_file(m);
	}
}

static void
decode(struct mime *m, struct span bytes)
{
	struct cursor in = cursor_of(bytes);

	while (!cursor_empty(&in))
		take_decoded(m, decoder_bytes(&m->file.decoder, &in,
				    m->file.decoded, sizeof(m->file.decoded)));
}

/* A line's beginning: does a file begin with it? */
static void
look_at(struct mime *m, struct span head)
{
	struct mime_files *f = &m->files;

	if (looks_like_uuencode(head))
		f->with = DECODING_UUENCODE;
	else if (looks_like_yenc(head))
		f->with = DECODING_YENC;
	else if (looks_like_binhex(head))
		anomalies_add(&f->found, ANOMALY_BINHEX_IN_TEXT);
	if (f->with != DECODING_AS_IS)
		decoder_begin(&m->file.decoder, f->with);
}

/* The line that was just taken, as far as it was, goes to the decoder. */
static void
decode_line(struct mime *m, const struct lines_line *line)
{
	uint8_t copy[LINES_HEAD_MAX];
	size_t before = (size_t)line->from;

	/* What came of it in pieces before this one. */
	memcpy(copy, m->files.lines.head, before);
	decode(m, span_of(copy, before));
	decode(m, line->piece);
	if (line->taken > line->piece.len)
		decode(m, span_of("\n", 1));
}

/* A file of another kind than the one that is decoded, or seemed to begin: the
 * readings have both. */
static void
look_for_other(struct mime_files *f, struct span head)
{
	if (f->with != DECODING_UUENCODE && looks_like_uuencode(head))
		anomalies_add(&f->found, ANOMALY_UUENCODE_IN_TEXT);
	if (f->with != DECODING_YENC && looks_like_yenc(head))
		anomalies_add(&f->found, ANOMALY_YENC_IN_TEXT);
	if (looks_like_binhex(head))
		anomalies_add(&f->found, ANOMALY_BINHEX_IN_TEXT);
}

void
mime_files_bytes(struct mime *m, struct span content)
{
	struct mime_files *f = &m->files;
	struct cursor in = cursor_of(content), rest = in;
	struct lines_line line;

	while (lines_next(&f->lines, &in, &line)) {
		if (f->with != DECODING_AS_IS) {
			if (line.starts)
				look_for_other(f, line.head);
			continue;
		}
		if (line.starts)
			look_at(m, line.head);
		if (f->with != DECODING_AS_IS)
			decode_line(m, &line);
		rest = in;
	}
	decode(m, cursor_rest(&rest));
}

/* The text is over. */
void
mime_files_end(struct mime *m)
{
	struct mime_files *f = &m->files;
	struct lines_line line;

	if (f->with == DECODING_AS_IS && lines_end(&f->lines, &line) &&
	    line.starts)
		look_at(m, line.head);
	if (f->with != DECODING_AS_IS) {
		size_t len = decoder_end(&m->file.decoder, m->file.decoded);

		/* What begins only now has what comes now. */
		if (m->file.decoder.files != f->files) {
			end_file(m);
			begin_file(m);
		}
		give(m, len);
		end_file(m);
		anomalies_join(&f->found, &m->file.decoder.found);
	}
	f->looking = false;
}
