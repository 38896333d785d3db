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

static bool
is_letter(uint8_t c)
{
	return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
	       (c >= '0' && c <= '9') || c == '+' || c == '/';
}

bool
looks_like_base64(struct span line)
{
	size_t i = 0;

	while (i < line.len && is_letter(line.ptr[i]))
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
	if (line.len == 0 || (line.ptr[0] != 'b' && !looks_blank(line.ptr[0])))
		return false;
	line = unindented(line);
	return begins(line, "begin") && line.len > strlen("begin") &&
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
