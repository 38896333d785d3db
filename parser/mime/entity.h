/* SPDX-License-Identifier: ISC */
/*
 * What the header block of an entity (a message or a part) says of its body,
 * read strictly: type, boundary, encoding, disposition, names (RFC 2045, 2046,
 * 2183, 2231).  What other programs could read into it is reported as
 * anomalies.  Pure; no recursion; linear.
 */
#ifndef PARSER_MIME_ENTITY_H
#define PARSER_MIME_ENTITY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/anomaly.h"
#include "lib/span.h"
#include "parser/mime/decode.h"

#define ENTITY_BOUNDARY_MAX 256 /* a longer one is cut: boundary-long */
#define ENTITY_NAMES_MAX    16	/* spellings */
#define ENTITY_TEXT_MAX	    16384

enum media {
	MEDIA_TEXT,
	MEDIA_OTHER, /* image/png, application/pdf: a leaf */
	MEDIA_MULTIPART,
	MEDIA_MESSAGE,	     /* rfc822, global: a message inside */
	MEDIA_MESSAGE_OTHER, /* another message type: a leaf */
	MEDIA_PARTIAL,
	MEDIA_EXTERNAL,
};

/* Of its fields only spans into text are kept. */
struct entity {
	enum media media;
	struct span type; /* "text/plain" in lower case; also the default's */
	bool has_type;	  /* a Content-Type is there */
	struct span charset;  /* in lower case; "" none */
	struct span boundary; /* MULTIPART: "" none or empty */
	/* All of it, or, if it is unquoted and has other characters than a
	 * token, what stands before the first of these, which is a boundary
	 * for some programs. */
	struct span boundary_token;
	enum encoding encoding;
	bool attachment; /* the disposition says so, or is unknown */
	bool is_mime;	 /* there is a Content- field or MIME-Version */
	uint32_t names;	 /* spellings of its file name, all different, the
			      * one that most programs take first */
	struct span name[ENTITY_NAMES_MAX];
	struct anomalies found;
	bool ambiguous; /* an anomaly of class READING or BLIND is there, or a
			 * parameter's that concerns the boundary */
	size_t used;	/* bytes of text */
	uint8_t text[ENTITY_TEXT_MAX];
};

enum entity_place {
	ENTITY_TOP, /* the fields of the message, given by the MTA */
	ENTITY_PART,
	ENTITY_DIGEST,	/* a part of multipart/digest: message/rfc822 if it does
			* not say another type */
	ENTITY_MESSAGE, /* the header of a message inside */
};

/* Reads a header block without its empty line.  Only what this needs of *out
 * is touched. */
void entity_read(struct span block, enum entity_place, struct entity *out);

/* What entity_read needs of a field of a message, by its name; the others say
 * nothing that it looks for. */
enum entity_need {
	ENTITY_NEEDS_NOTHING,
	ENTITY_NEEDS_NAME,
	ENTITY_NEEDS_ALL,
};
enum entity_need entity_need(struct span name);

/* found gets address-malformed, if it is a field of addresses that are. */
void entity_addresses(
    struct span name, struct span value, struct anomalies *found);

/* Each value that a program could take for the boundary of a multipart with
 * that field value (Content-Type or other, folds as they stand), strict reading
 * or not: duplicates, extended, joined, quoted and unquoted, cut and decoded
 * ones.  Fills out with at most max different spans into buffer, which has room
 * bytes; returns their number. */
size_t entity_boundaries(struct span value, uint8_t *buffer, size_t room,
    struct span *out, size_t max);

/* Every known word in the value of an encoding field, or of one whose name
 * looks like it: a set of 1 << enum encoding; UNKNOWN if another word is
 * there. */
uint32_t entity_encodings(struct span value);

#endif
