/* SPDX-License-Identifier: ISC */
/*
 * Address lists; see mailbox.h.  Pure.  A lexer gives words and specials;
 * comments and what is in quotes or brackets are one word each.  Everywhere a
 * backslash and the byte behind it are a pair, so that a quote without an end
 * is looked for once only.
 */
#include "parser/mime/mailbox.h"

#include "lib/ensure.h"
#include "parser/mime/ascii.h"

#define COMMENT_DEPTH_MAX 32

enum token {
	TOKEN_END,
	TOKEN_COMMENT, /* what stands between the outer parentheses */
	TOKEN_WORD,
	TOKEN_SPECIAL, /* one of < > , ; : @ */
};

/* What stands between two commas. */
struct element {
	struct span phrase;  /* from its first word to its last */
	struct span cluster; /* last words that belong together: a . b @ c */
	uint32_t clusters;
	uint32_t at;	     /* of these are in the last cluster */
	struct span address; /* the first cluster with an "@", or <...> */
	bool addressed, angle;
	struct span comment;
	bool commented;
};

static bool
is_special_byte(uint8_t byte)
{
	return byte == '<' || byte == '>' || byte == ',' || byte == ';' ||
	       byte == ':' || byte == '@';
}

/* None of these is in an atom. */
static bool
ends_atom(uint8_t byte)
{
	return ascii_is_white(byte) || is_special_byte(byte) || byte == '(' ||
	       byte == ')' || byte == '"' || byte == '[' || byte == ']';
}

static void
skip(struct cursor *c)
{
	ensure(c->left > 0);
	c->at++;
	c->left--;
}

/* Past a byte, or past a backslash and the byte that it quotes. */
static void
skip_pair(struct cursor *c)
{
	bool quotes = c->at[0] == '\\';

	skip(c);
	if (quotes && c->left > 0)
		skip(c);
}

/* From an opening byte up to and with the closing one.  False if that is
 * missing: an address literal must not have much else in it, what is quoted may
 * have anything. */
static bool
enclosed(struct cursor *c, uint8_t close)
{
	struct cursor all = *c;

	skip(&all);
	while (all.left > 0) {
		uint8_t byte = all.at[0];

		if (close == ']' && byte != ']' && byte != ':' &&
		    !ascii_is_white(byte) && ends_atom(byte))
			return false;
		skip_pair(&all);
		if (byte == close) {
			*c = all;
			return true;
		}
	}
	return false;
}

/* A comment that never ends goes on to the end of all. */
static struct span
comment(struct mailbox_list *l)
{
	const uint8_t *begins = l->at.at + 1;
	size_t depth = 0;

	do {
		if (l->at.at[0] == '(')
			depth++;
		else if (l->at.at[0] == ')')
			depth--;
		if (depth > COMMENT_DEPTH_MAX)
			l->malformed = true;
		skip_pair(&l->at);
	} while (depth > 0 && l->at.left > 0);
	if (depth == 0)
		return span_of(begins, (size_t)(l->at.at - begins) - 1);
	l->malformed = true;
	return span_of(begins, (size_t)(l->at.at - begins));
}

/* Bytes that are nothing else, of which there is at least one. */
static void
skip_atom(struct mailbox_list *l)
{
	do {
		if (l->at.at[0] == '\\')
			l->malformed = true;
		skip_pair(&l->at);
	} while (l->at.left > 0 && !ends_atom(l->at.at[0]));
}

static enum token
next_token(struct mailbox_list *l, struct span *out)
{
	struct cursor *c = &l->at;
	const uint8_t *begins;
	enum token token = TOKEN_WORD;

	while (c->left > 0 && (ascii_is_white(c->at[0]) || c->at[0] == ')')) {
		if (c->at[0] == ')')
			l->malformed = true;
		skip(c);
	}
	begins = c->at;
	if (c->left == 0)
		return TOKEN_END;
	if (c->at[0] == '(') {
		*out = comment(l);
		return TOKEN_COMMENT;
	}
	if (is_special_byte(c->at[0])) {
		skip(c);
		token = TOKEN_SPECIAL;
	} else if (!(c->at[0] == '"' && enclosed(c, '"')) &&
		   !(c->at[0] == '[' && enclosed(c, ']'))) {
		if (ends_atom(c->at[0]))
			l->malformed = true;
		skip_atom(l);
	}
	*out = span_of(begins, (size_t)(c->at - begins));
	return token;
}

static bool
is_special(enum token token, struct span s, char which)
{
	return token == TOKEN_SPECIAL && s.ptr[0] == (uint8_t)which;
}

/* s becomes longer, up to the end of more, which stands behind it. */
static void
extend(struct span *s, struct span more)
{
	if (s->len == 0)
		*s = more;
	else
		s->len = (size_t)(more.ptr + more.len - s->ptr);
}

static bool
glues(uint8_t byte)
{
	return byte == '.' || byte == '@';
}

/* Does a word belong to the words in front of it?  Dots and "@" bind. */
static bool
belongs(struct span cluster, struct span word)
{
	const uint8_t *last;

	if (cluster.len == 0)
		return false;
	last = cluster.ptr + cluster.len - 1;
	return word.ptr == last + 1 || glues(*last) || glues(word.ptr[0]);
}

static void
end_cluster(struct element *e)
{
	if (e->at > 0 && !e->addressed) {
		e->address = e->cluster;
		e->addressed = true;
	}
}

/* A word, or "@", outside of angle brackets. */
static void
add_word(struct element *e, struct span word)
{
	if (!belongs(e->cluster, word)) {
		end_cluster(e);
		e->cluster = span_of(NULL, 0);
		e->clusters++;
		e->at = 0;
	}
	extend(&e->cluster, word);
	extend(&e->phrase, word);
	if (word.ptr[0] == '@')
		e->at++;
}

/* Local part, "@", domain. */
static void
check_address(struct mailbox_list *l, struct span address, uint32_t at)
{
	if (at != 1 || address.ptr[0] == '@' ||
	    address.ptr[address.len - 1] == '@')
		l->malformed = true;
}

/* What follows a "<", up to and with ">"; a comma behind what is no route, or a
 * semicolon, shows that this is missing. */
static struct span
angle(struct mailbox_list *l)
{
	struct span address = {0}, s;
	bool route = false;
	uint32_t at = 0;

	for (;;) {
		struct cursor start = l->at;
		enum token token = next_token(l, &s);

		if (token == TOKEN_COMMENT ||
		    (is_special(token, s, ',') && address.len == 0))
			continue;
		if (is_special(token, s, '>'))
			break;
		if (token == TOKEN_END || is_special(token, s, ';') ||
		    (is_special(token, s, ',') && !route)) {
			l->malformed = true;
			l->at = start;
			break;
		}
		if (is_special(token, s, '<'))
			l->malformed = true;
		if (is_special(token, s, '<') ||
		    (is_special(token, s, ':') && route)) {
			address = span_of(NULL, 0);
			route = false;
			at = 0;
			continue;
		}
		if (is_special(token, s, ':'))
			l->malformed = true;
		if (is_special(token, s, '@')) {
			route = route || address.len == 0;
			at++;
		}
		extend(&address, s);
	}
	if (address.len == 0)
		l->malformed = true;
	else
		check_address(l, address, at);
	return address;
}

static void
begin_group(struct mailbox_list *l, struct element *e)
{
	if (e->angle) {
		l->malformed = true;
		return;
	}
	if (l->in_group || e->phrase.len == 0)
		l->malformed = true;
	l->in_group = true;
	l->group = e->phrase;
	l->groups++;
	*e = (struct element){0};
}

/* What stands in front of an address, without the white space between. */
static struct span
before(struct span phrase, struct span address)
{
	phrase.len = (size_t)(address.ptr - phrase.ptr);
	while (phrase.len > 0 && ascii_is_white(phrase.ptr[phrase.len - 1]))
		phrase.len--;
	return phrase;
}

/* What is known of an element becomes a mailbox; false: it was empty. */
static bool
finish(struct mailbox_list *l, struct element *e, struct mailbox *out)
{
	*out = (struct mailbox){.group = l->group, .address = e->address};
	if (e->angle) {
		out->name = e->phrase.len > 0 ? e->phrase : e->comment;
		return true;
	}
	if (e->clusters == 0)
		return false;
	end_cluster(e);
	out->address = e->address;
	out->name = e->comment;
	if (e->clusters == 1) {
		/* A name alone is one of a local user. */
		out->address = e->cluster;
		check_address(l, e->cluster, e->at);
		return true;
	}
	l->malformed = true;
	if (!e->addressed)
		out->name = e->phrase;
	else if (e->address.ptr != e->phrase.ptr)
		out->name = before(e->phrase, e->address);
	return true;
}

static void
end_group(struct mailbox_list *l)
{
	l->in_group = false;
	l->group = span_of(NULL, 0);
}

static void
add_token(
    struct mailbox_list *l, struct element *e, enum token token, struct span s)
{
	if (token == TOKEN_COMMENT) {
		if (!e->commented)
			e->comment = s;
		e->commented = true;
	} else if (is_special(token, s, ':'))
		begin_group(l, e);
	else if (is_special(token, s, '<')) {
		e->angle = true;
		e->address = angle(l);
	} else if (e->angle || is_special(token, s, '>'))
		l->malformed = true;
	else
		add_word(e, s);
}

void
mailbox_begin(struct mailbox_list *l, struct span value)
{
	*l = (struct mailbox_list){.at = cursor_of(value)};
}

bool
mailbox_next(struct mailbox_list *l, struct mailbox *out)
{
	struct element e = {0};
	struct span s = {0};

	for (;;) {
		struct cursor start = l->at;
		enum token token = next_token(l, &s);
		bool last = is_special(token, s, ';');
		bool again = e.angle && is_special(token, s, '<');

		if (again)
			l->at = start;
		if ((last || token == TOKEN_END) && l->in_group != last)
			l->malformed = true;
		if (again)
			l->malformed = true;
		else if (token != TOKEN_END && !last &&
			 !is_special(token, s, ',')) {
			add_token(l, &e, token, s);
			continue;
		}
		if (finish(l, &e, out)) {
			if (last)
				end_group(l);
			return true;
		}
		if (last || token == TOKEN_END)
			end_group(l);
		if (token == TOKEN_END)
			return false;
		e = (struct element){0};
	}
}
