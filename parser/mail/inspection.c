/* SPDX-License-Identifier: ISC */
/*
 * Between MIME's readers and the scanner; see inspection.h.  Runs in the session
 * process and in pratique-libmilter, whose threads have a message each.
 *
 * It promises: a message that is not unclear costs no record and no wait; one
 * of which not all was read, for whatever reason, is never COMPLETE; and no
 * more is sent than a scanner takes of an honest session (lib/decoding.h).
 */
#include "parser/mail/inspection.h"

#include "lib/ensure.h"
#include "parser/mail/process.h"
#include "parser/mime/mime.h"
#include "parser/mime/readings.h"

#define PAGE	   4096
#define LINE(size) (((size) + 63) / 64 * 64)

/* Of readings; what the reader has is in struct mime. */
struct inspection {
	uint32_t message;
	uint32_t tried;	    /* objects that have begun */
	uint64_t room;	    /* bytes that they may still have together */
	enum read_end stop; /* why readings were STOPPED */
};

/* Whose readings are being run by this thread. */
static _Thread_local struct inspection *ours;

size_t
inspection_size(void)
{
	return LINE(sizeof(struct inspection)) + LINE(readings_size()) + PAGE +
	       LINE(mime_size());
}

static struct readings *
readings_of(const struct inspection *c)
{
	uintptr_t at = (uintptr_t)c + LINE(sizeof(*c));

	return (struct readings *)at;
}

/* At the first place behind that where its center is the beginning of a page:
 * then an ordinary message touches one page of it, and one with its header. */
static struct mime *
mime_of(const struct inspection *c)
{
	uintptr_t at = (uintptr_t)readings_of(c) + LINE(readings_size());
	uintptr_t center = at + mime_center();

	return (struct mime *)(at + (PAGE - center % PAGE) % PAGE);
}

/* --- while it arrives --------------------------------------------------------- */

void
inspection_begin(struct inspection *c)
{
	mime_begin(mime_of(c), MIME_WANTS_NOTHING);
}

void
inspection_field(struct inspection *c, struct span name, struct span value)
{
	mime_field(mime_of(c), name, value);
}

void
inspection_body(struct inspection *c, struct span bytes)
{
	mime_body(mime_of(c), bytes);
}

void
inspection_end(struct inspection *c, struct anomalies *found)
{
	mime_end(mime_of(c));
	anomalies_join(found, mime_found(mime_of(c)));
}

bool
inspection_is_unclear(const struct inspection *c)
{
	return mime_is_ambiguous(mime_of(c)) || mime_is_limited(mime_of(c));
}

/* --- again -------------------------------------------------------------------- */

static enum read_end
run(struct inspection *c, uint64_t size, struct anomalies *found)
{
	enum readings_end end;

	ours = c;
	end = readings_run(readings_of(c), size);
	ours = NULL;
	if (end == READINGS_STOPPED && c->stop != READ_LIMIT)
		return c->stop;
	if (end != READINGS_DONE)
		anomalies_add(found, ANOMALY_LIMIT_READINGS);
	return end == READINGS_DONE ? READ_COMPLETE : READ_LIMIT;
}

enum read_end
inspection_read(struct inspection *c, uint32_t message, uint64_t size,
    struct anomalies *found)
{
	enum read_end end;

	ensure(inspection_is_unclear(c));
	c->message = message;
	c->tried = 0;
	c->room = READINGS_TRIED_TIMES *
		  (READINGS_BYTES_TIMES * size + READINGS_BYTES_SPARE);
	c->stop = READ_FAILED;
	end = run(c, size, found);
	return end == READ_COMPLETE && mime_is_limited(mime_of(c)) ? READ_LIMIT
								   : end;
}

/* --- what the readers ask ----------------------------------------------------- */

void
mime_part_begins(struct mime *m, const struct mime_part *part)
{
	if (ours != NULL && readings_reads(readings_of(ours), m))
		readings_part_begins(readings_of(ours), part);
}

void
mime_part_content(
    struct mime *m, const struct mime_part *part, struct span decoded)
{
	if (ours != NULL && readings_reads(readings_of(ours), m))
		readings_part_content(readings_of(ours), part, decoded);
}

void
mime_part_ends(struct mime *m, const struct mime_part *part)
{
	if (ours != NULL && readings_reads(readings_of(ours), m))
		readings_part_ends(readings_of(ours), part);
}

static enum readings_piece
stopped(enum read_end why)
{
	ours->stop = why;
	return READINGS_PIECE_NONE;
}

enum readings_piece
readings_fetch(struct readings *r, uint64_t at, struct span *piece)
{
	ensure(ours != NULL && r == readings_of(ours));
	switch (process_replay(ours->message, at, piece)) {
	case REPLAY_PIECE:
		return READINGS_PIECE;
	case REPLAY_END:
		return READINGS_PIECE_END;
	case REPLAY_LATE:
		return stopped(READ_LATE);
	case REPLAY_NOT_STORED:
	case REPLAY_FAILED:
	case REPLAY_NEEDLESS: /* then nobody asks why */
		break;
	}
	return stopped(READ_FAILED);
}

static bool
too_much(void)
{
	ours->stop = READ_LIMIT;
	return false;
}

bool
readings_object_begin(struct readings *r, const struct reading_object *object)
{
	ensure(ours != NULL && r == readings_of(ours));
	if (ours->tried == READINGS_TRIED_MAX)
		return too_much();
	ours->tried++;
	process_scan_part(object);
	return true;
}

bool
readings_object_bytes(struct readings *r, struct span decoded)
{
	ensure(ours != NULL && r == readings_of(ours));
	if (decoded.len > ours->room)
		return too_much();
	ours->room -= decoded.len;
	process_scan_part_bytes(decoded);
	return true;
}

bool
readings_object_end(struct readings *r, bool keep)
{
	ensure(ours != NULL && r == readings_of(ours));
	process_scan_part_end(keep);
	return true;
}
