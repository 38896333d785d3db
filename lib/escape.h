/* SPDX-License-Identifier: ISC */
/*
 * Text from outside, as the log and the operator's tools show it.  What would
 * end a quoted value or a line, and every control and non-ASCII byte, becomes
 * an escape that JSON knows too; UTF-8 is not passed, because terminals and log
 * readers do things with some of its characters.
 */
#ifndef LIB_ESCAPE_H
#define LIB_ESCAPE_H

#include <stddef.h>
#include <stdint.h>

#define ESCAPE_MAX 6

/* Writes the byte: itself, with a backslash in front, or as \u00xx.  Returns
 * how many characters that are. */
static inline size_t
escape_byte(uint8_t byte, char out[static ESCAPE_MAX])
{
	static const char hex[] = "0123456789abcdef";
	const char code[ESCAPE_MAX] = {
	    '\\', 'u', '0', '0', hex[byte >> 4], hex[byte & 15]};
	size_t len = 0;

	if (byte < 0x20 || byte >= 0x7f) {
		for (; len < ESCAPE_MAX; len++)
			out[len] = code[len];
		return len;
	}
	if (byte == '"' || byte == '\\')
		out[len++] = '\\';
	out[len++] = (char)byte;
	return len;
}

#endif
