/* SPDX-License-Identifier: ISC */
/*
 * What a header block says of its body, in the session process; see entity.h.
 * The block is gone through once, and what matters is remembered where it
 * stands; then each kind of field is read.
 */
#include "parser/mime/entity.h"

#include "lib/ensure.h"
#include "parser/mime/boundary.h"
#include "parser/mime/header.h"
#include "parser/mime/mailbox.h"
#include "parser/mime/media.h"
#include "parser/mime/spelling.h"
#include "parser/mime/syntax.h"
#include "parser/mime/transfer.h"

#define FIELDS_MAX 8 /* of one name; more: limit-params, not read */

struct fields {
	uint32_t types, dispositions;
	struct span type[FIELDS_MAX], disposition[FIELDS_MAX];
	/* What stands behind type and disposition, once they are read. */
	struct parameters {
		struct span rest;
		bool alone; /* there is no disposition */
	} type_rest[FIELDS_MAX], disposition_rest[FIELDS_MAX];
	struct span transfer, description, location; /* the first ones */
	bool has_transfer, has_description, has_location;
	bool content;	       /* there is a Content- field */
	unsigned int versions; /* MIME-Version */
	uint32_t singles;      /* a bit for each that was seen */
};

static void
add(struct entity *e, enum anomaly a)
{
	anomalies_add(&e->found, a);
}

/* Copies a text behind the others; "" if there is no room, which nothing comes
 * to that is kept before the names. */
static struct span
keep(struct entity *e, struct span text)
{
	uint8_t *to = e->text + e->used;

	ensure(text.len <= sizeof(e->text) - e->used);
	memcpy(to, text.ptr, text.len);
	e->used += text.len;
	return span_of(to, text.len);
}

/* --- fields --------------------------------------------------------------- */

/* Fields that may stand once in a message (RFC 5322 3.6), those of addresses
 * first. */
static const char *const singles[] = {"from", "sender", "reply-to", "to", "cc",
    "bcc", "message-id", "in-reply-to", "references", "subject", "date"};
#define SINGLES	  (sizeof(singles) / sizeof(singles[0]))
#define ADDRESSES 6

static bool
single_find(struct span name, unsigned int *place)
{
	for (unsigned int i = 0; i < SINGLES; i++) {
		if (!header_is(name, singles[i]))
			continue;
		*place = i;
		return true;
	}
	return false;
}

static void
see_single(struct entity *e, struct fields *f, struct span name)
{
	unsigned int i;

	if (!single_find(name, &i))
		return;
	if ((f->singles >> i & 1) != 0)
		add(e, ANOMALY_HEADER_DUPLICATE);
	f->singles |= 1U << i;
}

enum entity_need
entity_need(struct span name)
{
	struct cursor c = cursor_of(name);
	struct span begin;
	unsigned int i;

	/* Odd names too: "content_type". */
	if ((cursor_take(&c, strlen("content"), &begin) &&
		header_is(begin, "content")) ||
	    header_is(name, "mime-version"))
		return ENTITY_NEEDS_ALL;
	return single_find(name, &i) ? ENTITY_NEEDS_NAME : ENTITY_NEEDS_NOTHING;
}

void
entity_addresses(struct span name, struct span value, struct anomalies *found)
{
	struct mailbox_list list;
	struct mailbox ignored;
	unsigned int i;

	if (!single_find(name, &i) || i >= ADDRESSES)
		return;
	mailbox_begin(&list, value);
	while (mailbox_next(&list, &ignored))
		;
	if (list.malformed)
		anomalies_add(found, ANOMALY_ADDRESS_MALFORMED);
}

static void
see_version(struct entity *e, struct fields *f, struct span value)
{
	struct cursor c = cursor_of(value);
	struct syntax_found skipped = {0};
	uint8_t text[4];
	size_t len = 0;

	for (syntax_skip(&c, &skipped); cursor_u8(&c, &text[len]);
	     syntax_skip(&c, &skipped))
		if (++len == sizeof(text))
			break;
	if (++f->versions > 1 || !syntax_is(span_of(text, len), "1.0"))
		add(e, ANOMALY_MIME_VERSION_ODD);
}

static void
see_transfer(struct entity *e, struct fields *f, struct span value)
{
	enum encoding encoding = transfer_read(value, &e->found);

	if (!f->has_transfer) {
		e->encoding = encoding;
		f->transfer = value;
		f->has_transfer = true;
	} else if (encoding != e->encoding ||
		   (encoding == ENCODING_UNKNOWN &&
		       !syntax_equal(value, f->transfer))) {
		add(e, ANOMALY_ENCODING_CONFLICT);
	} else {
		add(e, ANOMALY_ENCODING_DUPLICATE);
	}
}

static void
see_many(
    struct entity *e, struct span *list, uint32_t *count, struct span value)
{
	if (*count == FIELDS_MAX)
		add(e, ANOMALY_LIMIT_PARAMS);
	else
		list[(*count)++] = value;
}

static void
see_first(struct span *kept, bool *has, struct span value)
{
	if (!*has)
		*kept = value;
	*has = true;
}

/* name: what stands behind "Content-". */
static void
see_content(
    struct entity *e, struct fields *f, struct span name, struct span value)
{
	f->content = true;
	if (header_is(name, "type"))
		see_many(e, f->type, &f->types, value);
	else if (header_is(name, "disposition"))
		see_many(e, f->disposition, &f->dispositions, value);
	else if (header_is(name, "transfer-encoding"))
		see_transfer(e, f, value);
	else if (header_is(name, "description"))
		see_first(&f->description, &f->has_description, value);
	else if (header_is(name, "location"))
		see_first(&f->location, &f->has_location, value);
}

static void
see(struct entity *e, struct fields *f, const struct header_field *field)
{
	struct cursor name = cursor_of(field->name);
	struct span begin;

	if (cursor_take(&name, strlen("content-"), &begin) &&
	    header_is(begin, "content-"))
		see_content(e, f, cursor_rest(&name), field->value);
	else if (header_is(field->name, "mime-version"))
		see_version(e, f, field->value);
}

static void
see_all(struct entity *e, struct fields *f, struct span block,
    enum entity_place place)
{
	bool message = place == ENTITY_TOP || place == ENTITY_MESSAGE;
	struct cursor c = cursor_of(block);
	struct header_field field;
	enum header_item item;

	while ((item = header_next(&c, &field, &e->found)) != HEADER_END) {
		if (item != HEADER_FIELD)
			continue;
		see(e, f, &field);
		if (!message)
			continue;
		see_single(e, f, field.name);
		entity_addresses(field.name, field.value, &e->found);
	}
	/* Folds from an MTA are that by agreement. */
	if (place == ENTITY_TOP)
		anomalies_remove(&e->found, ANOMALY_HEADER_BARE_LF);
	e->is_mime = f->content || f->versions > 0;
	if (message && f->content && f->versions == 0)
		add(e, ANOMALY_MIME_VERSION_MISSING);
}

static bool
has_param(const struct params *p, const char *name)
{
	struct value v;
	uint32_t from = 0;

	return value_next(p, name, &from, &v) || value_join(p, name, false, &v);
}

/* Reads parameters; true if other programs could find another boundary, or
 * find one that we do not. */
static bool
read_params(struct entity *e, const struct parameters *from, struct params *out)
{
	params_read(from->rest, from->alone, out);
	anomalies_join(&e->found, &out->found);
	return out->broken && syntax_contains(from->rest, "boundary");
}

/* --- Content-Type --------------------------------------------------------- */

/* One of these fields. */
struct type_field {
	bool good; /* it has a type */
	size_t len;
	uint8_t type[MEDIA_TYPE_MAX];
	struct params params;
	struct boundary boundary;
};

static void
read_type(
    struct entity *e, struct fields *f, uint32_t i, struct type_field *out)
{
	struct cursor c = cursor_of(f->type[i]);

	out->good = media_take(&c, out->type, &out->len, &e->found);
	f->type_rest[i] = (struct parameters){cursor_rest(&c), false};
	if (read_params(e, &f->type_rest[i], &out->params))
		e->ambiguous = true;
	if (out->params.comment)
		add(e, ANOMALY_CONTENT_TYPE_COMMENT);
	if (has_param(&out->params, "filename"))
		add(e, ANOMALY_PARAM_MISPLACED);
	boundary_read(&out->params, &out->boundary, &e->found);
	if (out->boundary.odd)
		e->ambiguous = true;
}

static struct span
type_of(const struct type_field *t)
{
	return span_of(t->type, t->good ? t->len : 0);
}

static struct span
boundary_of(const struct type_field *t)
{
	return span_of(t->boundary.text, t->boundary.len);
}

/* A second field beside the first.  Apart, so that its memory is not on the
 * stack of an ordinary message, whose session would have a page more to fault
 * in. */
__attribute__((noinline)) static void
compare_type(struct entity *e, struct fields *f, uint32_t i,
    const struct type_field *first)
{
	struct type_field other;
	bool same;

	read_type(e, f, i, &other);
	same = syntax_equal(boundary_of(&other), boundary_of(first));
	if (!same && first->boundary.len > 0 && other.boundary.len > 0)
		add(e, ANOMALY_BOUNDARY_CONFLICT);
	same = same && syntax_equal(type_of(&other), type_of(first));
	add(e, same ? ANOMALY_CONTENT_TYPE_DUPLICATE
		    : ANOMALY_CONTENT_TYPE_CONFLICT);
}

static void
take_charset(struct entity *e, const struct params *p)
{
	uint8_t text[64];
	struct value v;
	uint32_t from = 0;
	bool cut = false;
	size_t len;

	if (!value_next(p, "charset", &from, &v))
		return;
	len = value_write(
	    &v, VALUE_PLAIN, text, sizeof(text), 0, &e->found, &cut);
	for (size_t i = 0; i < len; i++)
		text[i] = ascii_lower(text[i]);
	e->charset = keep(e, span_of(text, len));
}

static void
take_boundary(struct entity *e, const struct boundary *b)
{
	if (e->media != MEDIA_MULTIPART) {
		if (b->there)
			add(e, ANOMALY_BOUNDARY_ON_LEAF);
		return;
	}
	if (!b->there)
		add(e, ANOMALY_BOUNDARY_MISSING);
	e->boundary = keep(e, span_of(b->text, b->len));
	e->boundary_token = span_of(e->boundary.ptr, b->plain);
}

/* S/MIME's container, by its type or by its parameter. */
static void
take_smime(struct entity *e, const struct params *p)
{
	uint8_t text[64];
	struct value v;
	uint32_t from = 0;
	bool cut = false;
	size_t len = 0;

	if (value_next(p, "smime-type", &from, &v))
		len = value_write(
		    &v, VALUE_PLAIN, text, sizeof(text), 0, &e->found, &cut);
	if (syntax_is(span_of(text, len), "enveloped-data") ||
	    syntax_is(span_of(text, len), "authenveloped-data"))
		add(e, ANOMALY_ENCRYPTED);
	else
		add(e, ANOMALY_SMIME_OPAQUE);
}

/* Nothing but white space and comments. */
static bool
is_empty(struct span value)
{
	struct cursor c = cursor_of(value);
	struct syntax_found skipped = {0};

	syntax_skip(&c, &skipped);
	return cursor_empty(&c);
}

static void
take_type(struct entity *e, struct fields *f, bool digest)
{
	bool empty = f->types == 0 || is_empty(f->type[0]);
	struct span usual =
	    span_text(digest && empty ? "message/rfc822" : "text/plain");
	struct type_field first;

	e->has_type = f->types > 0;
	if (!e->has_type) {
		e->type = keep(e, usual);
		e->media = media_of(e->type, &e->found);
		return;
	}
	read_type(e, f, 0, &first);
	e->type = keep(e, first.good ? type_of(&first) : usual);
	e->media = media_of(e->type, &e->found);
	take_charset(e, &first.params);
	take_boundary(e, &first.boundary);
	if (media_is_smime(e->type))
		take_smime(e, &first.params);
	for (uint32_t i = 1; i < f->types; i++)
		compare_type(e, f, i, &first);
}

/* --- Content-Disposition -------------------------------------------------- */

struct disposition_field {
	struct span word;
	struct params params;
};

static void
read_disposition(struct entity *e, struct fields *f, uint32_t i,
    struct disposition_field *out)
{
	struct cursor c = cursor_of(f->disposition[i]), before;
	struct syntax_found skipped = {0};

	syntax_skip(&c, &skipped);
	before = c;
	out->word = syntax_token(&c);
	syntax_skip(&c, &skipped);
	if (syntax_peek(&c) == '=') { /* a parameter already */
		out->word = span_of(before.at, 0);
		c = before;
	}
	if (out->word.len == 0)
		add(e, ANOMALY_CONTENT_DISPOSITION_MALFORMED);
	if (skipped.deep)
		add(e, ANOMALY_LIMIT_PARAMS);
	f->disposition_rest[i] =
	    (struct parameters){cursor_rest(&c), out->word.len == 0};
	if (read_params(e, &f->disposition_rest[i], &out->params) ||
	    has_param(&out->params, "boundary"))
		e->ambiguous = true;
	if (has_param(&out->params, "boundary") ||
	    has_param(&out->params, "name"))
		add(e, ANOMALY_PARAM_MISPLACED);
}

/* The field's strict file name. */
static size_t
file_name(const struct params *p, uint8_t out[static NAME_MAX_KEPT])
{
	struct anomalies found = {0};
	struct value v;
	uint32_t from = 0;
	bool cut;

	if (!value_next(p, "filename", &from, &v) &&
	    !value_join(p, "filename", false, &v))
		return 0;
	return value_write(
	    &v, VALUE_PLAIN, out, NAME_MAX_KEPT, 0, &found, &cut);
}

__attribute__((noinline)) static void
compare_disposition(struct entity *e, struct fields *f, uint32_t i,
    const struct disposition_field *first)
{
	uint8_t a[NAME_MAX_KEPT], b[NAME_MAX_KEPT];
	struct disposition_field other;
	bool same;

	read_disposition(e, f, i, &other);
	same = ascii_same(first->word, other.word) &&
	       syntax_equal(span_of(a, file_name(&first->params, a)),
		   span_of(b, file_name(&other.params, b)));
	add(e, same ? ANOMALY_CONTENT_DISPOSITION_DUPLICATE
		    : ANOMALY_CONTENT_DISPOSITION_CONFLICT);
}

static void
take_disposition(struct entity *e, struct fields *f)
{
	struct disposition_field first;

	if (f->dispositions == 0)
		return;
	read_disposition(e, f, 0, &first);
	e->attachment = !syntax_is(first.word, "inline");
	for (uint32_t i = 1; i < f->dispositions; i++)
		compare_disposition(e, f, i, &first);
}

/* --- names ---------------------------------------------------------------- */

static void
spell_fields(struct spellings *s, const struct parameters *from, uint32_t count,
    const char *name)
{
	struct params params;

	for (uint32_t i = 0; i < count; i++) {
		params_read(from[i].rest, from[i].alone, &params);
		spellings_param(s, &params, name, false);
		spellings_param(s, &params, name, true);
	}
}

/* What goes by a name. */
static void
check_names(struct entity *e)
{
	bool octets = syntax_is(e->type, "application/octet-stream");
	uint8_t normal[NAME_MAX_KEPT], buffer[NAME_MAX_KEPT];
	struct span extension[NAME_EXTENSIONS];

	for (uint32_t i = 0; i < e->names; i++) {
		struct span name =
		    span_of(normal, name_normal(e->name[i], normal));
		size_t n = name_extensions(name, buffer, extension);

		if (syntax_is(name, "winmail.dat"))
			add(e, ANOMALY_TNEF);
		for (size_t k = 0; k < n; k++)
			if (octets && syntax_is(extension[k], "p7m"))
				add(e, ANOMALY_SMIME_OPAQUE);
	}
}

/* The one that most programs take first. */
__attribute__((noinline)) static void
take_names(struct entity *e, const struct fields *f)
{
	struct spellings s;

	spellings_begin(&s, e);
	spell_fields(&s, f->disposition_rest, f->dispositions, "filename");
	spell_fields(&s, f->type_rest, f->types, "name");
	spell_fields(&s, f->type_rest, f->types, "filename");
	spell_fields(&s, f->disposition_rest, f->dispositions, "name");
	if (f->has_description)
		spellings_text(&s, f->description);
	if (f->has_location)
		spellings_text(&s, f->location);
	check_names(e);
}

/* Most headers have none: then the memory that names need is not touched. */
static bool
may_have_names(const struct fields *f)
{
	bool may = f->has_description || f->has_location;

	for (uint32_t i = 0; i < f->types; i++)
		may |= syntax_contains(f->type_rest[i].rest, "name");
	for (uint32_t i = 0; i < f->dispositions; i++)
		may |= syntax_contains(f->disposition_rest[i].rest, "name");
	return may;
}

/* --- all of it ------------------------------------------------------------ */

/* What type and encoding mean together. */
static void
check_encoding(struct entity *e)
{
	bool encoded = e->encoding > ENCODING_BINARY;

	if (e->media == MEDIA_MULTIPART && encoded)
		add(e, ANOMALY_MULTIPART_ENCODED);
	if ((e->media == MEDIA_MESSAGE_OTHER ||
		syntax_is(e->type, "message/rfc822")) &&
	    encoded)
		add(e, ANOMALY_MESSAGE_ENCODED);
}

static void
check_ambiguous(struct entity *e)
{
	for (enum anomaly a = 0; a < ANOMALY_COUNT; a++)
		if (anomalies_has(&e->found, a) &&
		    (anomaly_class(a) == ANOMALY_IS_READING ||
			anomaly_class(a) == ANOMALY_IS_BLIND))
			e->ambiguous = true;
}

/* The texts are not touched. */
static void
begin(struct entity *e)
{
	e->charset = e->boundary = e->boundary_token = span_of(e->text, 0);
	e->encoding = ENCODING_NONE;
	e->attachment = e->ambiguous = false;
	e->names = 0;
	e->found = (struct anomalies){0};
	e->used = 0;
}

void
entity_read(struct span block, enum entity_place place, struct entity *out)
{
	struct fields fields;

	fields.types = fields.dispositions = 0;
	fields.has_transfer = fields.has_description = fields.has_location =
	    fields.content = false;
	fields.versions = 0;
	fields.singles = 0;
	begin(out);
	see_all(out, &fields, block, place);
	take_type(out, &fields, place == ENTITY_DIGEST);
	take_disposition(out, &fields);
	if (may_have_names(&fields))
		take_names(out, &fields);
	check_encoding(out);
	check_ambiguous(out);
	ensure(out->names <= ENTITY_NAMES_MAX);
}
