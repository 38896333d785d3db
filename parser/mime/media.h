/* SPDX-License-Identifier: ISC */
/*
 * Types of content (RFC 2045 5.1): what stands at the beginning of a
 * Content-Type, and what it means for a reader.  Pure; linear.
 */
#ifndef PARSER_MIME_MEDIA_H
#define PARSER_MIME_MEDIA_H

#include <stdbool.h>

#include "lib/anomaly.h"
#include "lib/span.h"
#include "parser/mime/entity.h"

#define MEDIA_TYPE_MAX 256

/*
 * Takes type and subtype off a field and writes "type/subtype" in lower case.
 * False: it has no such thing, or one longer than that; the cursor stands where
 * the parameters may begin all the same.  found gets content-type-malformed,
 * -comment, header-encoded-word, limit-params.
 */
bool media_take(struct cursor *field, uint8_t out[static MEDIA_TYPE_MAX],
    size_t *len, struct anomalies *found);

/* What it is for a reader; found gets what a type says by itself:
 * multipart-type-unknown, message-*, encrypted, tnef. */
enum media media_of(struct span type, struct anomalies *found);

/* Is it one in which S/MIME puts what it signs or encrypts? */
bool media_is_smime(struct span type);

#endif
