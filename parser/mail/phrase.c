/* SPDX-License-Identifier: ISC */
/* The words for headers and replies; see phrase.h. */
#include "parser/mail/phrase.h"

#include <string.h>

#include "lib/ensure.h"

static void
add_byte(struct phrase *p, char byte)
{
	ensure(p->len < sizeof(p->text));
	if (p->len + 1 >= sizeof(p->text)) {
		p->full = true;
		return;
	}
	p->text[p->len++] = byte;
	p->text[p->len] = '\0';
}

static void
add_text(struct phrase *p, const char *text)
{
	for (; *text != '\0'; text++)
		add_byte(p, *text);
}

static void
start(struct phrase *p)
{
	p->len = 0;
	p->full = false;
	p->text[0] = '\0';
}

/* Parentheses would end the comment that the name stands in, spaces would let
 * it pass for words of ours. */
static bool
harmless(char byte)
{
	return byte > 0x20 && byte < 0x7f && strchr("()\\", byte) == NULL;
}

void
phrase_name(enum outcome outcome, const char *signature,
    char out[static PHRASE_NAME_MAX + 1])
{
	size_t len = 0;

	ensure(outcome < OUTCOME_COUNT);
	if (outcome != OUTCOME_INFECTED)
		signature = outcome_reason(outcome);
	if (signature[0] == '\0')
		signature = outcome_verdict(outcome);
	for (; len < PHRASE_NAME_MAX && signature[len] != '\0'; len++) {
		out[len] = signature[len];
		if (!harmless(out[len]))
			out[len] = '_';
	}
	out[len] = '\0';
}

/* In which part and reading.  What is no name of one is left out. */
static void
add_object(struct phrase *p, const struct reading_object *object)
{
	if (!reading_object_fits(object))
		return;
	add_text(p, " in part ");
	add_text(p, object->part);
	add_text(p, " (");
	add_text(p, decoding_name(object->decoding));
	add_byte(p, ')');
}

bool
phrase_status(struct phrase *p, enum outcome outcome, const char *name,
    const struct reading_object *object)
{
	start(p);
	if (outcome == OUTCOME_CLEAN) {
		add_text(p, "Clean");
		return !p->full;
	}
	if (outcome == OUTCOME_CLEAN_BY_STAMP) {
		add_text(p, "Clean (by stamp)");
		return !p->full;
	}
	if (outcome == OUTCOME_EXEMPT) {
		add_text(p, "Exempt");
		return !p->full;
	}
	add_text(p, outcome == OUTCOME_INFECTED ? "Infected (" : "Unscanned (");
	add_text(p, name);
	add_byte(p, ')');
	if (outcome == OUTCOME_INFECTED)
		add_object(p, object);
	return !p->full;
}

bool
phrase_scanned(struct phrase *p, const char *hostname)
{
	start(p);
	add_text(p, "Pratique at ");
	add_text(p, hostname);
	return !p->full;
}

bool
phrase_reply(struct phrase *p, const char *reply, const char *name)
{
	start(p);
	while (*reply != '\0') {
		if (strncmp(reply, "%v", 2) == 0)
			add_text(p, name);
		else
			add_byte(p, *reply);
		/* After a % there is always a v or a second %. */
		reply += *reply == '%' && reply[1] != '\0' ? 2 : 1;
	}
	return !p->full;
}
