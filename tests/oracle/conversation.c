/* SPDX-License-Identifier: ISC */
/*
 * Reading conversations; see conversation.h.  A line "> CODE PAYLOAD" is a
 * packet of the MTA, in PAYLOAD \xHH is a byte; "< ..." (the filter) and
 * comments are skipped; an empty line ends a conversation.  A line "= BYTES"
 * is bytes as they stand, without a length word.
 */
#include "tests/oracle/conversation.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void
bad(const char *file, int line, const char *what)
{
	fprintf(stderr, "%s:%d: %s\n", file, line, what);
	exit(1);
}

/* Decodes in place; the number of bytes, or SIZE_MAX. */
static size_t
unescape(char *text)
{
	char *from = text, *to = text;

	while (*from != '\0') {
		char digits[3], *end;

		if (*from != '\\') {
			*to++ = *from++;
			continue;
		}
		if (from[1] != 'x' || strlen(from) < 4)
			return SIZE_MAX;
		memcpy(digits, from + 2, 2);
		digits[2] = '\0';
		*to++ = (char)strtoul(digits, &end, 16);
		if (*end != '\0')
			return SIZE_MAX;
		from += 4;
	}
	return (size_t)(to - text);
}

static void
append(struct conversation *c, const void *bytes, size_t len)
{
	c->bytes = realloc(c->bytes, c->len + len + 1);
	if (c->bytes == NULL)
		exit(1);
	memcpy(c->bytes + c->len, bytes, len);
	c->len += len;
}

/* "C payload": with the length word before it. */
static void
append_packet(struct conversation *c, char *text, size_t len)
{
	size_t payload = len > 2 ? len - 2 : 0;
	uint32_t length = (uint32_t)payload + 1;
	const uint8_t head[] = {(uint8_t)(length >> 24),
	    (uint8_t)(length >> 16), (uint8_t)(length >> 8), (uint8_t)length,
	    (uint8_t)text[0]};

	append(c, head, sizeof(head));
	append(c, text + 2, payload);
}

static struct conversation *
begin(struct conversations *all, const char *file, int line)
{
	struct conversation *c;
	char name[256];

	if (all->count == CONVERSATIONS_MAX)
		bad(file, line, "too many conversations");
	c = &all->of[all->count++];
	snprintf(name, sizeof(name), "%s:%d", file, line);
	c->name = strdup(name);
	return c;
}

void
conversations_read(struct conversations *all, const char *file)
{
	FILE *in = fopen(file, "r");
	struct conversation *c = NULL;
	char *line = NULL;
	size_t size = 0;
	int number = 0;

	if (in == NULL)
		bad(file, 0, "cannot be read");
	while (getline(&line, &size, in) != -1) {
		size_t len;

		number++;
		line[strcspn(line, "\n")] = '\0';
		if (line[0] == '\0')
			c = NULL;
		if (line[0] != '>' && line[0] != '=')
			continue;
		if (strlen(line) < 3 || (len = unescape(line + 2)) == SIZE_MAX)
			bad(file, number, "not a packet");
		if (c == NULL)
			c = begin(all, file, number);
		if (line[0] == '>')
			append_packet(c, line + 2, len);
		else
			append(c, line + 2, len);
	}
	free(line);
	fclose(in);
}
