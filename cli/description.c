/* SPDX-License-Identifier: ISC */
/* What the reader says about a message; see description.h. */
#include "cli/description.h"

#include <stdlib.h>
#include <string.h>

/* For types and names; only what is used of it is touched. */
#define TEXT_MAX ((size_t)16 << 20)

static struct description *description;
static struct mime *mime;
static struct readings *readings;
static uint8_t *text;
static size_t text_len;

static struct span message;  /* the stored one */
static struct sha256 sha256; /* of the object that is read */

bool
description_setup(void)
{
	description = calloc(1, sizeof(*description));
	mime = calloc(1, mime_size());
	readings = calloc(1, readings_size());
	text = malloc(TEXT_MAX);
	return description != NULL && mime != NULL && readings != NULL &&
	       text != NULL;
}

/* A copy that stays. */
static struct span
keep(struct described_part *part, struct span s)
{
	uint8_t *copy = text + text_len;

	if (s.len > TEXT_MAX - text_len) {
		part->cut = true;
		return span_of(copy, 0);
	}
	if (s.len > 0)
		memcpy(copy, s.ptr, s.len);
	text_len += s.len;
	return span_of(copy, s.len);
}

/* --- the reader's parts (parser/mime/mime.h) --------------------------------- */

/* Parts begin in the order of their numbers; NULL: it is one too many. */
static struct described_part *
part_of(const struct mime_part *part)
{
	if (part->number == 0 || part->number > DESCRIPTION_PARTS)
		return NULL;
	return &description->part[part->number - 1];
}

void
mime_part_begins(struct mime *m, const struct mime_part *part)
{
	const struct entity *entity = part->entity;
	struct described_part *p = part_of(part);

	if (readings_reads(readings, m)) {
		readings_part_begins(readings, part);
		return;
	}
	if (p == NULL) {
		description->parts_left_out++;
		return;
	}
	description->parts++;
	memcpy(p->path, part->path, sizeof(p->path));
	p->path[sizeof(p->path) - 1] = '\0';
	p->file = part->file;
	p->begins = part->begins;
	p->type = keep(p, entity->type);
	p->charset = keep(p, entity->charset);
	p->attachment = entity->attachment;
	p->encoding = entity->encoding;
	p->decoding = part->decoding;
	if (part->file) {
		p->name[p->names++] = keep(p, part->file_name);
		return;
	}
	for (uint32_t i = 0; i < entity->names && i < ENTITY_NAMES_MAX; i++)
		p->name[p->names++] = keep(p, entity->name[i]);
}

void
mime_part_content(
    struct mime *m, const struct mime_part *part, struct span decoded)
{
	if (readings_reads(readings, m))
		readings_part_content(readings, part, decoded);
}

void
mime_part_ends(struct mime *m, const struct mime_part *part)
{
	static const uint8_t none[SHA256_BYTES];
	struct described_part *p = part_of(part);

	if (readings_reads(readings, m)) {
		readings_part_ends(readings, part);
		return;
	}
	if (p == NULL)
		return;
	p->size = part->size;
	p->found = part->found;
	p->kinds = part->kinds;
	p->has_digest = memcmp(part->digest, none, sizeof(none)) != 0;
	memcpy(p->digest, part->digest, sizeof(p->digest));
}

/* --- the readings (parser/mime/readings.h) ----------------------------------- */

enum readings_piece
readings_fetch(struct readings *r, uint64_t at, struct span *piece)
{
	(void)r;
	if (at >= message.len)
		return READINGS_PIECE_END;
	*piece = span_of(message.ptr + at, message.len - (size_t)at);
	return READINGS_PIECE;
}

static struct described_object *
object_now(void)
{
	return &description->object[description->objects];
}

bool
readings_object_begin(struct readings *r, const struct reading_object *object)
{
	(void)r;
	if (description->objects > READINGS_OBJECTS_MAX)
		return false;
	*object_now() = (struct described_object){.what = *object};
	sha256_begin(&sha256);
	return true;
}

bool
readings_object_bytes(struct readings *r, struct span decoded)
{
	(void)r;
	object_now()->size += decoded.len;
	sha256_bytes(&sha256, decoded);
	return true;
}

bool
readings_object_end(struct readings *r, bool keep_it)
{
	(void)r;
	sha256_end(&sha256, object_now()->digest);
	description->objects += keep_it;
	return true;
}

/* --- one message -------------------------------------------------------------- */

struct mime *
description_begin(void)
{
	text_len = 0;
	description->parts = 0;
	mime_begin(mime, MIME_WANTS_KINDS | MIME_WANTS_DIGESTS);
	return mime;
}

const struct description *
description_end(struct span stored)
{
	mime_end(mime);
	message = stored;
	description->found = *mime_found(mime);
	description->limited = mime_is_limited(mime);
	description->ambiguous = mime_is_ambiguous(mime);
	if (description->ambiguous)
		description->end = readings_run(readings, stored.len);
	return description;
}
