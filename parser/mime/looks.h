/* SPDX-License-Identifier: ISC */
/*
 * What a line looks like: small questions about its first bytes.  Pure.
 */
#ifndef PARSER_MIME_LOOKS_H
#define PARSER_MIME_LOOKS_H

#include <stdbool.h>

#include "lib/span.h"

bool looks_blank(uint8_t);

/* A field that says how a body is to be read, or that only a message has:
 * Content-, MIME-Version, Received. */
bool looks_like_reading_field(struct span line);

/* Content-Transfer-Encoding. */
bool looks_like_encoding_field(struct span line);

/* Only letters of base64, and at most two "=" behind them. */
bool looks_like_base64(struct span line);

/* The first line of a uuencoded file, perhaps, in whatever form; of a yEnc
 * file; of a BinHex file. */
bool looks_like_uuencode(struct span line);
bool looks_like_yenc(struct span line);
bool looks_like_binhex(struct span line);

#endif
