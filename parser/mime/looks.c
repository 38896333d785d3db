/* SPDX-License-Identifier: ISC */
/* What a line looks like; see looks.h. */
#include "parser/mime/looks.h"

#include <strings.h>

#include "parser/mime/header.h"

bool
looks_blank(uint8_t c)
{
	return c == ' ' || c == '\t';
}

static bool
begins(struct span line, const char *with)
{
	size_t len = strlen(with);

	return line.len >= len && memcmp(line.ptr, with, len) == 0;
}

/* In upper or lower case. */
static bool
begins_folded(struct span line, const char *with)
{
	size_t len = strlen(with);

	return line.len >= len &&
	       strncasecmp((const char *)line.ptr, with, len) == 0;
}

static struct span
unindented(struct span line)
{
	struct cursor c = cursor_of(line);
	struct span skipped;

	while (c.left > 0 && looks_blank(c.at[0]))
		(void)cursor_take(&c, 1, &skipped);
	return cursor_rest(&c);
}

bool
looks_like_reading_field(struct span line)
{
	if (line.len == 0 || strchr("CcMmRr", line.ptr[0]) == NULL)
		return false;
	return (begins_folded(line, "content-") ||
		   begins_folded(line, "mime-version") ||
		   begins_folded(line, "received:")) &&
	       header_is_field(line);
}

bool
looks_like_encoding_field(struct span line)
{
	return line.len > 0 && (line.ptr[0] | 0x20) == 'c' &&
	       begins_folded(line, "content-transfer-encoding") &&
	       header_is_field(line);
}

/* Characters of the base64 alphabet. */
#define LETTERS(from)                                                     \
	[from] = 1, [(from) + 1] = 1, [(from) + 2] = 1, [(from) + 3] = 1, \
	[(from) + 4] = 1
static const uint8_t is_letter[256] = {LETTERS('A'), LETTERS('F'), LETTERS('K'),
    LETTERS('P'), LETTERS('U'), ['Z'] = 1, LETTERS('a'), LETTERS('f'),
    LETTERS('k'), LETTERS('p'), LETTERS('u'), ['z'] = 1, LETTERS('0'),
    LETTERS('5'), ['+'] = 1, ['/'] = 1};

/* So many at once. */
#define LETTERS_STEP 8

bool
looks_like_base64(struct span line)
{
	size_t i = 0;

	for (; i + LETTERS_STEP <= line.len; i += LETTERS_STEP) {
		const uint8_t *at = line.ptr + i;
		int all = is_letter[at[0]] & is_letter[at[1]] &
			  is_letter[at[2]] & is_letter[at[3]] &
			  is_letter[at[4]] & is_letter[at[5]] &
			  is_letter[at[6]] & is_letter[at[7]];

		if (!all)
			break;
	}
	while (i < line.len && is_letter[line.ptr[i]])
		i++;
	if (i == 0 || line.len - i > 2)
		return false;
	while (i < line.len && line.ptr[i] == '=')
		i++;
	return i == line.len;
}

bool
looks_like_uuencode(struct span line)
{
	if (line.len == 0 ||
	    ((line.ptr[0] | 0x20) != 'b' && !looks_blank(line.ptr[0])))
		return false;
	line = unindented(line);
	return begins_folded(line, "begin") && line.len > strlen("begin") &&
	       strchr(" \t-01234567", line.ptr[strlen("begin")]) != NULL;
}

bool
looks_like_yenc(struct span line)
{
	return begins(line, "=ybegin");
}

bool
looks_like_binhex(struct span line)
{
	return begins(line, "(This file must be converted with BinHex");
}
