/* SPDX-License-Identifier: ISC */
/*
 * A description as one JSON object on one line.  The keys are documented in
 * pratique(8): they stay.
 */
#include <inttypes.h>
#include <string.h>

#include "cli/description.h"
#include "lib/escape.h"

void
description_escaped(struct span s, FILE *out)
{
	char code[ESCAPE_MAX];

	for (size_t i = 0; i < s.len; i++) {
		size_t len = escape_byte(s.ptr[i], code);

		fwrite(code, 1, len, out);
	}
}

void
description_digest(const uint8_t digest[static SHA256_BYTES], FILE *out)
{
	for (size_t i = 0; i < SHA256_BYTES; i++)
		fprintf(out, "%02x", digest[i]);
}

/* "key":  with a comma in front unless it is the first. */
static void
put_key(const char *key, bool first, FILE *out)
{
	fprintf(out, "%s\"%s\":", first ? "" : ",", key);
}

static void
put_span(const char *key, struct span value, FILE *out)
{
	put_key(key, false, out);
	putc('"', out);
	description_escaped(value, out);
	putc('"', out);
}

static void
put_text(const char *key, const char *value, FILE *out)
{
	put_span(key, span_text(value), out);
}

static void
put_number(const char *key, uint64_t number, FILE *out)
{
	put_key(key, false, out);
	fprintf(out, "%" PRIu64, number);
}

static void
put_bool(const char *key, bool value, FILE *out)
{
	put_key(key, false, out);
	fputs(value ? "true" : "false", out);
}

static void
put_digest(const uint8_t *digest, FILE *out)
{
	put_key("sha256", false, out);
	if (digest == NULL) {
		fputs("null", out);
		return;
	}
	putc('"', out);
	description_digest(digest, out);
	putc('"', out);
}

static void
put_names(const struct described_part *p, FILE *out)
{
	put_key("names", false, out);
	putc('[', out);
	for (uint32_t i = 0; i < p->names; i++) {
		fputs(i == 0 ? "\"" : ",\"", out);
		description_escaped(p->name[i], out);
		putc('"', out);
	}
	putc(']', out);
}

static void
put_kinds(const struct kinds *kinds, FILE *out)
{
	bool first = true;

	put_key("kinds", false, out);
	putc('[', out);
	for (enum kind k = 0; k < KIND_COUNT; k++) {
		if (!kinds_has(kinds, k))
			continue;
		fprintf(out, "%s\"%s\"", first ? "" : ",", kind_name(k));
		first = false;
	}
	putc(']', out);
}

static void
put_anomaly_names(const struct anomalies *found, FILE *out)
{
	bool first = true;

	put_key("anomalies", false, out);
	putc('[', out);
	for (enum anomaly a = 0; a < ANOMALY_COUNT; a++) {
		if (!anomalies_has(found, a))
			continue;
		fprintf(out, "%s\"%s\"", first ? "" : ",", anomaly_name(a));
		first = false;
	}
	putc(']', out);
}

static void
put_part(const struct described_part *p, FILE *out)
{
	fprintf(out, "{\"path\":\"%s\"", p->path);
	put_bool("file", p->file, out);
	put_span("type", p->type, out);
	put_span("charset", p->charset, out);
	put_bool("attachment", p->attachment, out);
	put_names(p, out);
	put_text("encoding", encoding_name(p->encoding), out);
	put_text("decoding", decoding_name(p->decoding), out);
	put_number("begins", p->begins, out);
	put_number("size", p->size, out);
	put_digest(p->has_digest ? p->digest : NULL, out);
	put_kinds(&p->kinds, out);
	put_anomaly_names(&p->found, out);
	put_bool("cut", p->cut, out);
	putc('}', out);
}

static void
put_anomalies(const struct anomalies *found, FILE *out)
{
	bool first = true;

	put_key("anomalies", false, out);
	putc('[', out);
	for (enum anomaly a = 0; a < ANOMALY_COUNT; a++) {
		if (!anomalies_has(found, a))
			continue;
		fprintf(out, "%s{\"name\":\"%s\"", first ? "" : ",",
		    anomaly_name(a));
		put_text("class", anomaly_class_name(anomaly_class(a)), out);
		put_text("text", anomaly_text(a), out);
		putc('}', out);
		first = false;
	}
	putc(']', out);
}

static void
put_readings(const struct description *d, FILE *out)
{
	put_key("readings", false, out);
	if (!d->ambiguous) {
		fputs("null", out);
		return;
	}
	fprintf(out, "{\"end\":\"%s\",\"objects\":[", description_end_name(d));
	for (uint32_t i = 0; i < d->objects; i++) {
		const struct described_object *o = &d->object[i];

		fputs(i == 0 ? "{\"part\":\"" : ",{\"part\":\"", out);
		description_escaped(span_text(o->what.part), out);
		putc('"', out);
		put_text("decoding", decoding_name(o->what.decoding), out);
		put_number("size", o->size, out);
		put_digest(o->digest, out);
		putc('}', out);
	}
	fputs("]}", out);
}

void
description_json(const struct description *d, const char *file, FILE *out)
{
	putc('{', out);
	put_key("file", true, out);
	putc('"', out);
	description_escaped(span_text(file), out);
	putc('"', out);
	put_bool("ambiguous", d->ambiguous, out);
	put_bool("limited", d->limited, out);
	put_key("parts", false, out);
	putc('[', out);
	for (uint32_t i = 0; i < d->parts; i++) {
		if (i > 0)
			putc(',', out);
		put_part(&d->part[i], out);
	}
	putc(']', out);
	put_number("parts_left_out", d->parts_left_out, out);
	put_anomalies(&d->found, out);
	put_readings(d, out);
	fputs("}\n", out);
}
