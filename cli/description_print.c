/* SPDX-License-Identifier: ISC */
/* A description in columns, for people; see description.h. */
#include <inttypes.h>
#include <string.h>

#include "cli/description.h"

/* Lines that belong to a part stand below its type. */
#define INDENT "            "

static void
print_names(const struct described_part *p, FILE *out)
{
	if (p->names == 0)
		return;
	fputs(INDENT "name", out);
	for (uint32_t i = 0; i < p->names; i++) {
		fputs(" \"", out);
		description_escaped(p->name[i], out);
		putc('"', out);
	}
	putc('\n', out);
}

static void
print_kinds(const struct kinds *kinds, FILE *out)
{
	const char *before = INDENT "content";
	bool any = false;

	for (enum kind k = 0; k < KIND_COUNT; k++) {
		if (!kinds_has(kinds, k))
			continue;
		fprintf(out, "%s %s", any ? "" : before, kind_name(k));
		any = true;
	}
	if (any)
		putc('\n', out);
}

static void
print_part_anomalies(const struct anomalies *found, FILE *out)
{
	if (!anomalies_any(found))
		return;
	fputs(INDENT "odd", out);
	for (enum anomaly a = 0; a < ANOMALY_COUNT; a++) {
		if (anomalies_has(found, a))
			fprintf(out, " %s", anomaly_name(a));
	}
	putc('\n', out);
}

/* A type is outside text of any length: it comes last. */
static void
print_part(const struct described_part *p, FILE *out)
{
	fprintf(out, "%-11s %-16s %10" PRIu64 "  ",
	    p->path[0] == '\0' ? "-" : p->path,
	    p->file ? decoding_name(p->decoding) : encoding_name(p->encoding),
	    p->size);
	if (p->file)
		fputs("file in the text", out);
	else
		description_escaped(p->type, out);
	if (p->attachment && !p->file)
		fputs(", attachment", out);
	putc('\n', out);
	if (p->has_digest) {
		fputs(INDENT "sha256 ", out);
		description_digest(p->digest, out);
		putc('\n', out);
	}
	print_names(p, out);
	print_kinds(&p->kinds, out);
	print_part_anomalies(&p->found, out);
}

static void
print_anomalies(const struct anomalies *found, FILE *out)
{
	for (enum anomaly a = 0; a < ANOMALY_COUNT; a++) {
		if (anomalies_has(found, a))
			fprintf(out, "%-8s %s: %s\n",
			    anomaly_class_name(anomaly_class(a)),
			    anomaly_name(a), anomaly_text(a));
	}
}

const char *
description_end_name(const struct description *d)
{
	switch (d->end) {
	case READINGS_DONE:
		return "done";
	case READINGS_LIMIT:
		return "limit";
	case READINGS_STOPPED:
		return "stopped";
	}
	return "";
}

static void
print_readings(const struct description *d, FILE *out)
{
	fprintf(out, "readings: %s\n", description_end_name(d));
	for (uint32_t i = 0; i < d->objects; i++) {
		const struct described_object *o = &d->object[i];

		fputs(o->what.part, out);
		fprintf(out, "%*s %-16s %10" PRIu64 "  ",
		    (int)(11 - strnlen(o->what.part, 11)), "",
		    decoding_name(o->what.decoding), o->size);
		description_digest(o->digest, out);
		putc('\n', out);
	}
}

void
description_print(const struct description *d, const char *file, FILE *out)
{
	description_escaped(span_text(file), out);
	fprintf(out, ": %s%s%s\n", d->ambiguous ? "ambiguous" : "",
	    d->ambiguous && d->limited ? ", " : "",
	    d->limited	   ? "limited"
	    : d->ambiguous ? ""
			   : "unambiguous");
	for (uint32_t i = 0; i < d->parts; i++)
		print_part(&d->part[i], out);
	if (d->parts_left_out > 0)
		fprintf(out, "and %" PRIu32 " more\n", d->parts_left_out);
	print_anomalies(&d->found, out);
	if (d->ambiguous)
		print_readings(d, out);
}
