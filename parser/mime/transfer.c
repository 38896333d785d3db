/* SPDX-License-Identifier: ISC */
/*
 * Transfer encodings by their words, in the session process; see transfer.h
 * and entity.h.
 */
#include "parser/mime/transfer.h"

#include "parser/mime/entity.h"
#include "parser/mime/syntax.h"

#define WORD_MAX 32 /* no word that is known is longer */

static const struct {
	const char *word;
	enum encoding encoding;
} words[] = {
    {"7bit", ENCODING_7BIT},
    {"8bit", ENCODING_8BIT},
    {"binary", ENCODING_BINARY},
    {"base64", ENCODING_BASE64},
    {"quoted-printable", ENCODING_QUOTED_PRINTABLE},
    {"x-uuencode", ENCODING_UUENCODE},
    {"x-uue", ENCODING_UUENCODE},
    {"x-uu", ENCODING_UUENCODE},
    {"uuencode", ENCODING_UUENCODE},
    {"uue", ENCODING_UUENCODE},
    {"x-yencode", ENCODING_YENC},
    {"x-yenc", ENCODING_YENC},
    {"yenc", ENCODING_YENC},
};

/* What a word means; UNKNOWN if nothing. */
static enum encoding
meaning(struct span word)
{
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (syntax_is(word, words[i].word))
			return words[i].encoding;
	return ENCODING_UNKNOWN;
}

/* Takes a word, whatever its characters are. */
static struct span
take_word(struct cursor *c)
{
	struct cursor before = *c;

	while (syntax_peek(c) >= 0 && !syntax_is_blank(syntax_peek(c)) &&
	       !syntax_is_one_of(syntax_peek(c), ";,("))
		syntax_step(c);
	return syntax_between(&before, c);
}

enum encoding
transfer_read(struct span value, struct anomalies *found)
{
	struct cursor c = cursor_of(value);
	struct syntax_found skipped = {0};
	enum encoding encoding;
	struct span word;

	syntax_skip(&c, &skipped);
	word = take_word(&c);
	syntax_skip(&c, &skipped);
	if (skipped.comment || word.len == 0 || !cursor_empty(&c))
		anomalies_add(found, ANOMALY_ENCODING_ODD);
	if (word.len == 0)
		return ENCODING_NONE;
	encoding = meaning(word);
	if (encoding == ENCODING_UNKNOWN) {
		struct cursor token = cursor_of(word);

		(void)syntax_token(&token);
		anomalies_add(found, cursor_empty(&token)
					 ? ANOMALY_ENCODING_UNKNOWN
					 : ANOMALY_ENCODING_ODD);
	}
	if (encoding == ENCODING_UUENCODE || encoding == ENCODING_YENC)
		anomalies_add(found, ANOMALY_ENCODING_NONSTANDARD);
	if (word.len > 2 && word.ptr[0] == '=' && word.ptr[1] == '?')
		anomalies_add(found, ANOMALY_HEADER_ENCODED_WORD);
	return encoding;
}

/* --- every word ----------------------------------------------------------- */

/* A word that is being read; longer ones are none that is known. */
struct encoding_word {
	size_t len;
	uint8_t text[WORD_MAX];
};

static void
word_byte(struct encoding_word *w, uint8_t byte)
{
	if (w->len < WORD_MAX)
		w->text[w->len] = byte;
	w->len++;
}

static uint32_t
word_end(struct encoding_word *w)
{
	uint32_t bit = 0;

	if (w->len > WORD_MAX)
		bit = 1U << ENCODING_UNKNOWN;
	else if (w->len > 0)
		bit = 1U << meaning(span_of(w->text, w->len));
	w->len = 0;
	return bit;
}

/* A NUL is tried both ways: as the end of a word, and as nothing. */
uint32_t
entity_encodings(struct span value)
{
	struct cursor c = cursor_of(value);
	struct encoding_word word = {0}, across = {0};
	uint32_t set = 0;
	uint8_t byte;

	while (cursor_u8(&c, &byte)) {
		if (byte > ' ' && byte != 0x7f && !syntax_is_special(byte) &&
		    byte != '\'') {
			word_byte(&word, byte);
			word_byte(&across, byte);
		} else {
			set |= word_end(&word);
			if (byte != '\0')
				set |= word_end(&across);
		}
	}
	return set | word_end(&word) | word_end(&across);
}
