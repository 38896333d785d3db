/* SPDX-License-Identifier: ISC */
/*
 * The stamp's text: the value of the field, strictly read and always written in
 * one form.  Runs in the session, the only process that ever sees it.
 *
 * A value is sixteen tags "x=..." in fixed order, separated by ";".  White
 * space, folds included, means nothing.  Whatever else is unusual makes it no
 * stamp: what is read wrongly all the same has a MAC that does not fit.
 */
#ifndef PARSER_MAIL_STAMP_FIELD_H
#define PARSER_MAIL_STAMP_FIELD_H

#include "lib/span.h"
#include "lib/stamp.h"

/* A written value is under 400 bytes; one that is folded oddly may need more.
 * In the canonical form of values: without the space behind the colon, and with
 * CR LF as one line end. */
#define STAMP_VALUE_MAX 1200
#define STAMP_TEXT_MAX	448 /* room for what stamp_write writes */

/* Reads a field's value, with or without the space behind the colon.  False:
 * it is no stamp, and *out and mac are untouched. */
bool stamp_read(
    struct span value, struct stamp *out, uint8_t mac[static STAMP_MAC]);

/* Writes the value, folded with LF HTAB, NUL-terminated, without a space in
 * front.  Every line is shorter than 78 characters. */
void stamp_write(const struct stamp *, const uint8_t mac[static STAMP_MAC],
    char out[static STAMP_TEXT_MAX]);

#endif
