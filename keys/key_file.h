/* SPDX-License-Identifier: ISC */
/*
 * A key and its file:
 *
 *	pratique-key 1
 *	id mx1-2026
 *	use stamp		or check
 *	from 2026-11-01		may be left out; or seconds since 1970
 *	until 2027-01-31	the same; the last day
 *	secret HEX		32 bytes; written in lower case
 *
 * in this order, each line ended by LF, nothing else.  Pure; whoever hands in
 * a text or a key wipes it.  Linked into the key reader and pratique(8) only.
 */
#ifndef KEYS_KEY_FILE_H
#define KEYS_KEY_FILE_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/span.h"
#include "lib/stamp.h"

#define KEY_SECRET   32
#define KEY_FILE_MAX 512 /* longer than any that is right */
#define KEY_DAY_MAX  11	 /* "2026-11-20" and NUL */

struct key {
	char id[STAMP_KEY_MAX + 1];
	bool stamps;
	uint64_t from, until; /* seconds since 1970, both within */
	uint8_t secret[KEY_SECRET];
};

/* NULL and *out, or what is wrong with the text; *out is wiped then. */
const char *key_file_parse(struct span text, struct key *out);

/* The text, NUL-terminated. */
void key_file_write(const struct key *, char out[static KEY_FILE_MAX]);

/* "2026-11-20" to the first second of the day in UTC; false if it is no day
 * from 1970 to 9999. */
bool key_day_parse(struct span text, uint64_t *out);

/* The day of a time. */
void key_day_write(uint64_t time, char out[static KEY_DAY_MAX]);

#endif
