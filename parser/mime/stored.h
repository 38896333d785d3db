/* SPDX-License-Identifier: ISC */
/*
 * The message that is read again, as it is stored.
 */
#ifndef PARSER_MIME_STORED_H
#define PARSER_MIME_STORED_H

#include <stdint.h>

#include "lib/span.h"

enum readings_piece {
	READINGS_PIECE,
	READINGS_PIECE_END, /* there are no more bytes */
	READINGS_PIECE_NONE /* it cannot be had: STOPPED */
};

struct readings;

/* Stored bytes from there on; valid until the next call of this.  Provided by
 * whoever is linked with readings.h. */
enum readings_piece readings_fetch(
    struct readings *, uint64_t at, struct span *piece);

#endif
