/* SPDX-License-Identifier: ISC */
/* Entities and what was found as lines of text, for tables of tests. */
#ifndef TESTS_UNIT_DESCRIBE_H
#define TESTS_UNIT_DESCRIBE_H

#include <stdio.h>

#include "parser/mime/entity.h"

#define DESCRIBED_MAX 8192

struct described {
	char text[DESCRIBED_MAX];
	size_t len;
};

static inline void
describe_text(struct described *d, const char *text)
{
	int n =
	    snprintf(d->text + d->len, sizeof(d->text) - d->len, "%s", text);

	d->len += (size_t)n;
}

/* Bytes that are not printable, "|" and "%" as %XX. */
static inline void
describe_span(struct described *d, struct span s)
{
	for (size_t i = 0; i < s.len; i++) {
		uint8_t b = s.ptr[i];
		bool plain = b >= ' ' && b < 0x7f && b != '|' && b != '%';
		char text[4];

		snprintf(text, sizeof(text), plain ? "%c" : "%%%02X", b);
		describe_text(d, text);
	}
}

/* " :", and the names of anomalies; nothing if there are none. */
static inline void
describe_found(struct described *d, const struct anomalies *found)
{
	describe_text(d, anomalies_any(found) ? " :" : "");
	for (enum anomaly a = 0; a < ANOMALY_COUNT; a++) {
		if (!anomalies_has(found, a))
			continue;
		describe_text(d, " ");
		describe_text(d, anomaly_name(a));
	}
}

static inline const char *
describe_encoding(enum encoding e)
{
	static const char *const name[ENCODINGS] = {
	    [ENCODING_NONE] = "",
	    [ENCODING_7BIT] = " 7bit",
	    [ENCODING_8BIT] = " 8bit",
	    [ENCODING_BINARY] = " binary",
	    [ENCODING_BASE64] = " base64",
	    [ENCODING_QUOTED_PRINTABLE] = " quoted-printable",
	    [ENCODING_UUENCODE] = " uuencode",
	    [ENCODING_YENC] = " yenc",
	    [ENCODING_UNKNOWN] = " unknown",
	};

	return name[e];
}

/* TYPE [charset=C] [boundary=B] [ENCODING] [attachment] [|NAME]... [: ANOMALY...]
 * [!] where "!" is ambiguous. */
static inline const char *
describe_entity(const struct entity *e)
{
	static struct described d;

	d.len = 0;
	describe_span(&d, e->type);
	if (e->charset.len > 0)
		describe_text(&d, " charset=");
	describe_span(&d, e->charset);
	if (e->media == MEDIA_MULTIPART)
		describe_text(&d, " boundary=");
	describe_span(&d, e->boundary);
	if (e->boundary_token.len < e->boundary.len) {
		describe_text(&d, "/");
		describe_span(&d, e->boundary_token);
	}
	describe_text(&d, describe_encoding(e->encoding));
	describe_text(&d, e->attachment ? " attachment" : "");
	for (uint32_t i = 0; i < e->names; i++) {
		describe_text(&d, i == 0 ? " |" : "|");
		describe_span(&d, e->name[i]);
	}
	describe_found(&d, &e->found);
	describe_text(&d, e->ambiguous ? " !" : "");
	return d.text;
}

#endif
