/* SPDX-License-Identifier: ISC */
/*
 * Objects that a session hands in, of readings of its message; see client.h.
 * Runs in the scanner.
 *
 * Each is a memfd of its own, without a line of ours in front of it, so that
 * clamd sees its type, and is scanned by itself.  A session that was taken over
 * hands in what it likes: it is held to the bounds of lib/decoding.h here,
 * beyond which the message is ambiguous, and one datagram opens one memfd at
 * most.  What comes when the outcome is known is looked at in the same way, and
 * not kept.
 */
#include <string.h>

#include "scanner/base/clock.h"
#include "scanner/client.h"

void
client_parts_begin(struct client *c)
{
	c->parts.state = PART_NEXT;
	c->parts.announced = true;
	c->scans.since = clock_ms();
}

/* What all objects of the message may have together. */
static uint64_t
bytes_max(const struct client *c)
{
	return READINGS_BYTES_TIMES * c->stream.len + READINGS_BYTES_SPARE;
}

/* Those that are not kept included. */
static bool
goes_on(const struct client *c)
{
	const struct client_parts *p = &c->parts;

	return p->tried <= READINGS_TRIED_MAX &&
	       p->all / READINGS_TRIED_TIMES <= bytes_max(c);
}

static bool
is_wanted(const struct client *c)
{
	return c->state == CLIENT_READING;
}

bool
client_part(struct client *c, struct span record)
{
	struct client_parts *p = &c->parts;
	struct record_part part;

	memcpy(&part, record.ptr, sizeof(part));
	p->tried++;
	if (p->state != PART_NEXT || !reading_object_fits(&part.object) ||
	    !goes_on(c))
		return false;
	p->state = PART_OPEN;
	p->object = part.object;
	p->over = p->kept == READINGS_OBJECTS_MAX;
	if (!is_wanted(c) || p->over)
		return true;
	*client_part_look(c) = (struct look){0};
	stream_begin_bare(&p->stream, span_text("part"));
	p->stream.payer = &c->payer;
	return true;
}

bool
client_part_bytes(struct client *c, struct span record)
{
	struct client_parts *p = &c->parts;
	struct cursor at = cursor_of(record);
	struct span head, bytes;

	if (p->state != PART_OPEN ||
	    !cursor_take(&at, sizeof(struct record_part_bytes), &head))
		return false;
	bytes = cursor_rest(&at);
	p->all += bytes.len;
	if (!goes_on(c))
		return false;
	if (bytes.len > bytes_max(c) - p->bytes - p->stream.len) {
		stream_drop(&p->stream);
		p->over = true;
	}
	if (!is_wanted(c) || p->over)
		return true;
	stream_body(&p->stream, bytes);
	look_body(client_part_look(c), bytes);
	return true;
}

/* It is to be scanned. */
static void
part_keep(struct client *c)
{
	struct client_parts *p = &c->parts;
	enum outcome outcome = OUTCOME_AMBIGUOUS;

	if (!p->over && p->stream.len == 0)
		return; /* nothing can be in it */
	if (!p->over) {
		p->kept++;
		p->bytes += p->stream.len;
		outcome = stream_finish(&p->stream);
	}
	/* Longer than a message may be. */
	if (outcome == OUTCOME_TOO_BIG)
		outcome = OUTCOME_AMBIGUOUS;
	case_part(
	    &c->scans, &p->stream, &p->object, client_part_look(c), outcome);
}

bool
client_part_end(struct client *c, struct span record)
{
	struct client_parts *p = &c->parts;
	struct record_part_end end;

	memcpy(&end, record.ptr, sizeof(end));
	if (p->state != PART_OPEN || end.keep > 1)
		return false;
	p->state = PART_NEXT;
	if (is_wanted(c) && end.keep == 1)
		part_keep(c);
	client_parts_drop(c);
	return true;
}

bool
client_read(struct client *c, struct span record)
{
	static const enum outcome outcomes[READ_ENDS] = {
	    [READ_COMPLETE] = OUTCOME_CLEAN,
	    [READ_LIMIT] = OUTCOME_AMBIGUOUS,
	    [READ_LATE] = OUTCOME_TIMEOUT,
	    [READ_FAILED] = OUTCOME_INTERNAL,
	};
	struct record_read r;

	memcpy(&r, record.ptr, sizeof(r));
	if (c->parts.state != PART_NEXT || r.message != c->message ||
	    r.end >= READ_ENDS)
		return false;
	c->parts.state = PART_NONE;
	if (!is_wanted(c))
		return true;
	if (r.end != READ_COMPLETE)
		case_lacks(&c->scans, outcomes[r.end]);
	client_enter(c, CLIENT_JUDGING);
	client_asked(c);
	return true;
}

void
client_parts_flush(struct client *c)
{
	if (c->parts.state == PART_OPEN)
		stream_flush(&c->parts.stream);
}

void
client_parts_drop(struct client *c)
{
	stream_drop(&c->parts.stream);
	c->parts.stream = (struct stream){.memfd = -1};
}
