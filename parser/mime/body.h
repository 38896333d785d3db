/* SPDX-License-Identifier: ISC */
/*
 * What is odd about the bytes of a body as they stand, encoded or not: line
 * ends, NUL, 8-bit, lines that are long or look like what they should not
 * be.  Nothing here changes how it is read.
 */
#ifndef PARSER_MIME_BODY_H
#define PARSER_MIME_BODY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/anomaly.h"
#include "lib/span.h"
#include "parser/mime/level.h"
#include "parser/mime/lines.h"

/* Where relays cut a line: smtp_line_length_limit and line_length_limit of
 * Postfix. */
#define BODY_CUT_SMTP	998
#define BODY_CUT_RECORD 2048

enum body_kind {
	BODY_PLAIN, /* not encoded */
	BODY_SEVEN, /* declared to be 7bit, or not declared */
	BODY_BASE64,
	BODY_QUOTED,   /* quoted-printable */
	BODY_HEADERS,  /* text/rfc822-headers: fields are what belongs here */
	BODY_MESSAGE,  /* of a message type: the same */
	BODY_PREAMBLE, /* before the first part of a multipart */
	BODY_EPILOGUE, /* behind its last */
};

struct body {
	enum body_kind kind;
	struct anomalies found;
	bool ambiguous; /* for what the class of found does not say */
	struct {
		bool some, over, fields, encoding;
		uint8_t junk, leading;
	} start; /* lines that look like fields */
	struct {
		bool only; /* no other lines so far */
		uint8_t run;
		uint64_t characters;
	} base64;		/* lines that look like base64 */
	uint8_t data_lines;	/* of BODY_BASE64; two are enough */
	uint64_t first, second; /* their lengths */
	bool padded;		/* one of them ends with a padding */
	bool data, dashes;	/* such a line; one of hyphens before it */
	bool has_cr;		/* this run has a CR alone */
	struct {
		bool on;
		uint16_t len;
		uint8_t bytes[2 + ENTITY_BOUNDARY_MAX];
	} probe; /* what stands where a line may begin within one */
	struct lines lines;
};

void body_begin(struct body *, enum body_kind);

/* A run of split.h: a CR and its LF come together. */
void body_bytes(
    struct body *, struct span run, const struct levels *, struct level_range);

void body_end(struct body *, const struct levels *, struct level_range);

#endif
