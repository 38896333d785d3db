/* SPDX-License-Identifier: ISC */
/*
 * The field Content-Transfer-Encoding (RFC 2045 6.1).  Pure; linear.
 */
#ifndef PARSER_MIME_TRANSFER_H
#define PARSER_MIME_TRANSFER_H

#include "lib/anomaly.h"
#include "lib/span.h"
#include "parser/mime/decode.h"

/* Its first word; found gets encoding-odd, -unknown, -nonstandard,
 * header-encoded-word.  NONE if there is no word. */
enum encoding transfer_read(struct span value, struct anomalies *found);

#endif
