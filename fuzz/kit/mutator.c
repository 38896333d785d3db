/* SPDX-License-Identifier: ISC */
/* The mutator for conversations; see mutator.h. */
#include "fuzz/kit/mutator.h"

#include <stdbool.h>
#include <stdlib.h>

#include "lib/span.h"

#define PACKETS_MAX 512
#define CHANGES_MAX 6  /* in one mutation */
#define HEAD_LEN    5U /* length word and command */
#define LENGTH_MAX  65536U

/* Packets as both MTAs send them, and some that nobody should. */
#define P(command, text)                        \
	{                                       \
		command, text, sizeof(text) - 1 \
	}
static const struct template
{
	char command;
	const char *payload;
	size_t len;
}
templates[] = {
    P('O', "\0\0\0\6\0\0\1\xff\0\x1f\xff\xff"),
    P('O', "\0\0\0\6\0\0\1\xff\0\0\0\1"),
    P('O', "\0\0\0\2\0\0\0\x3f\0\0\0\x7f"),
    P('O', "\0\0\0\6\0\0\0\0\0\0\0\0"),
    P('C', "h.example\0"
	   "4\0\x19"
	   "192.0.2.1\0"),
    P('C', "[::1]\0"
	   "6\x12\x34"
	   "IPv6:::1\0"),
    P('C', "localhost\0U"),
    P('C', "localhost\0L\0\0/run/x\0"),
    P('D', "Mi\0Q1\0{auth_authen}\0a\0"),
    P('D', "Ei\0Q1\0"),
    P('D', "C"),
    P('H', "c.example\0"),
    P('M', "<a@b>\0SIZE=10\0"),
    P('M', "<>\0"),
    P('R', "<c@d>\0"),
    P('T', ""),
    P('L', "Subject\0 x\0"),
    P('L', "X-Virus-Scanned\0 forged\0"),
    P('L', "x-virus-status\0 Clean\0"),
    P('L', "Fold\0 a\n\tb\n c\0"),
    P('N', ""),
    P('B', "hi\r\n"),
    P('E', ""),
    P('E', "end\r\n"),
    P('A', ""),
    P('K', ""),
    P('U', "FOO\0"),
    P('Q', ""),
};
#undef P

/* A message from MAIL to its end, as indices of templates. */
static const uint8_t message[] = {12, 14, 16, 17, 20, 21, 22};

#define COMMANDS "OCDHMRTLNBEUAKQ"

struct piece {
	struct span bytes; /* a packet as it is, or a payload */
	uint8_t command;   /* of a payload; 0: bytes are the packet */
	bool crooked;	   /* its length word is to be wrong */
};

struct work {
	uint64_t random;
	struct piece piece[PACKETS_MAX];
	size_t pieces;
	uint8_t spare[2 * MUTATE_INPUT_MAX]; /* changed payloads */
	size_t spare_len;
};

/* xorshift64*: the same for the same seed, on all machines. */
static uint32_t
below(struct work *w, uint32_t limit)
{
	w->random ^= w->random >> 12;
	w->random ^= w->random << 25;
	w->random ^= w->random >> 27;
	return (uint32_t)((w->random * UINT64_C(0x2545f4914f6cdd1d)) >> 32) %
	       limit;
}

/* --- taking apart -------------------------------------------------------------- */

/* The next packet, or what is left if that is none. */
static struct span
next_piece(struct cursor *c)
{
	struct cursor at = *c;
	struct span piece = {0};
	uint32_t length;

	if (c->left < HEAD_LEN || !cursor_u32(&at, &length) || length < 1 ||
	    length > at.left)
		return cursor_rest(c);
	(void)cursor_take(c, sizeof(length) + length, &piece);
	return piece;
}

static void
take_apart(struct work *w, struct cursor c)
{
	while (!cursor_empty(&c) && w->pieces < PACKETS_MAX)
		w->piece[w->pieces++] = (struct piece){.bytes = next_piece(&c)};
}

/* --- changes -------------------------------------------------------------------- */

static void
insert(struct work *w, size_t at, struct piece p)
{
	if (w->pieces == PACKETS_MAX)
		return;
	memmove(&w->piece[at + 1], &w->piece[at],
	    (w->pieces - at) * sizeof(w->piece[0]));
	w->piece[at] = p;
	w->pieces++;
}

static struct piece
template_piece(size_t i)
{
	const struct template *t = &templates[i];

	return (struct piece){.bytes = span_of(t->payload, t->len),
	    .command = (uint8_t)t->command};
}

static void
insert_template(struct work *w, size_t at)
{
	size_t n = sizeof(templates) / sizeof(templates[0]);

	insert(w, at, template_piece(below(w, (uint32_t)n)));
}

static void
insert_message(struct work *w, size_t at)
{
	for (size_t i = sizeof(message); i-- > 0;)
		insert(w, at, template_piece(message[i]));
}

/* Some of the packets of another input. */
static void
insert_other(struct work *w, size_t at, struct cursor other)
{
	uint32_t skip = below(w, 16), count = 1 + below(w, 8);

	for (uint32_t i = 0; i < skip + count && !cursor_empty(&other); i++) {
		struct span bytes = next_piece(&other);

		if (i >= skip)
			insert(w, at, (struct piece){.bytes = bytes});
	}
}

/* Command and payload of a piece that may be a packet. */
static void
unpack(struct piece *p)
{
	if (p->command != 0 || p->bytes.len < HEAD_LEN)
		return;
	p->command = p->bytes.ptr[HEAD_LEN - 1];
	p->bytes = span_of(p->bytes.ptr + HEAD_LEN, p->bytes.len - HEAD_LEN);
}

/* Writes the payload with a change at one place into the spare memory. */
static struct span
change_bytes(struct work *w, struct span old)
{
	static const uint8_t likely[] = {0, 0, 0, ' ', '\n', '\r', ':', '<',
	    '>', '"', '\\', '%', '6', '4', 0x7f, 0x80, 0xff};
	size_t at = below(w, (uint32_t)old.len + 1);
	size_t cut = below(w, 4), add = below(w, 4), len;
	uint8_t *out = &w->spare[w->spare_len];

	if (below(w, 64) == 0) /* sizes around the limits */
		add = below(w, 2) != 0 ? below(w, 2048) : LENGTH_MAX - 32;
	if (cut > old.len - at)
		cut = old.len - at;
	len = old.len - cut + add;
	if (len > sizeof(w->spare) - w->spare_len)
		return old;
	memcpy(out, old.ptr, at);
	for (size_t i = 0; i < add; i++)
		out[at + i] = add > 4 ? 'x'
			      : below(w, 2) != 0
				  ? likely[below(w, sizeof(likely))]
				  : (uint8_t)below(w, 256);
	memcpy(out + at + add, old.ptr + at + cut, old.len - at - cut);
	w->spare_len += len;
	return span_of(out, len);
}

static void
change_piece(struct work *w, struct piece *p)
{
	unpack(p);
	if (p->command == 0)
		return;
	if (below(w, 8) == 0)
		p->command = (uint8_t)COMMANDS[below(w, sizeof(COMMANDS) - 1)];
	else
		p->bytes = change_bytes(w, p->bytes);
	p->crooked = below(w, 64) == 0;
}

static void
remove_piece(struct work *w, size_t at)
{
	memmove(&w->piece[at], &w->piece[at + 1],
	    (w->pieces - at - 1) * sizeof(w->piece[0]));
	w->pieces--;
}

static void
change(struct work *w, struct cursor other)
{
	size_t at = below(w, (uint32_t)w->pieces + 1);
	struct piece swap;

	switch (at == w->pieces ? below(w, 4) : below(w, 12)) {
	case 0:
	case 1:
		insert_template(w, at);
		break;
	case 2:
		insert_message(w, at);
		break;
	case 3:
		insert_other(w, at, other);
		break;
	case 4:
		remove_piece(w, at);
		break;
	case 5:
		insert(w, at, w->piece[at]);
		break;
	case 6:
		swap = w->piece[at];
		w->piece[at] = w->piece[0];
		w->piece[0] = swap;
		break;
	default:
		change_piece(w, &w->piece[at]);
		break;
	}
}

/* --- putting together ------------------------------------------------------------ */

static size_t
put(uint8_t *out, size_t len, size_t max, struct span s)
{
	size_t n = s.len < max - len ? s.len : max - len;

	memcpy(&out[len], s.ptr, n);
	return len + n;
}

static size_t
put_together(struct work *w, uint8_t *out, size_t len, size_t max)
{
	for (size_t i = 0; i < w->pieces; i++) {
		const struct piece *p = &w->piece[i];
		uint32_t length = (uint32_t)p->bytes.len + 1;
		uint8_t head[HEAD_LEN];

		if (p->crooked)
			length ^= 1U << below(w, 32);
		for (size_t j = 0; j < sizeof(length); j++)
			head[j] = (uint8_t)(length >> (24 - 8 * j));
		head[HEAD_LEN - 1] = p->command;
		if (p->command != 0)
			len = put(out, len, max, span_of(head, HEAD_LEN));
		len = put(out, len, max, p->bytes);
	}
	return len;
}

size_t
mutate_conversation(const uint8_t *in, size_t in_len, const uint8_t *other,
    size_t other_len, uint8_t *out, size_t max, uint32_t seed)
{
	static struct work w;
	struct cursor c = cursor_of(span_of(in, in_len));
	struct cursor o = cursor_of(span_of(other, other_len));
	struct span head = span_of("\0\0\0\0\0\0\0\0", MUTATE_HEAD), skipped;
	uint32_t changes;

	w.random = ((uint64_t)seed << 32 | seed) + 0x9e3779b97f4a7c15U;
	w.pieces = w.spare_len = 0;
	if (max < MUTATE_HEAD)
		return 0;
	(void)cursor_take(&c, MUTATE_HEAD, &head);
	(void)cursor_take(&o, MUTATE_HEAD, &skipped);
	take_apart(&w, c);
	memcpy(out, head.ptr, MUTATE_HEAD);
	changes = 1 + below(&w, CHANGES_MAX);
	if (below(&w, 8) == 0)
		out[below(&w, MUTATE_HEAD)] = (uint8_t)below(&w, 256);
	for (uint32_t i = 0; i < changes; i++)
		change(&w, o);
	return put_together(&w, out, MUTATE_HEAD, max);
}

/* --- libFuzzer -------------------------------------------------------------------- */

size_t LLVMFuzzerCustomMutator(
    uint8_t *data, size_t size, size_t max, unsigned seed);

/* libFuzzer's own changes, which take the comparisons it saw into account;
 * not there when this is AFL++'s. */
size_t LLVMFuzzerMutate(uint8_t *data, size_t size, size_t max)
    __attribute__((weak));

size_t
LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max, unsigned seed)
{
	static uint8_t out[MUTATE_INPUT_MAX];
	size_t len;

	if (seed % 4 == 0 && LLVMFuzzerMutate != NULL)
		return LLVMFuzzerMutate(data, size, max);
	len = mutate_conversation(data, size, NULL, 0, out,
	    max < sizeof(out) ? max : sizeof(out), seed);
	memcpy(data, out, len);
	return len;
}

/* --- AFL++ ------------------------------------------------------------------------ */

struct afl_state {
	uint32_t seed;
	uint8_t out[MUTATE_INPUT_MAX];
};

void *afl_custom_init(void *afl, unsigned int seed);
size_t afl_custom_fuzz(struct afl_state *, uint8_t *buf, size_t len,
    uint8_t **out, uint8_t *add, size_t add_len, size_t max);
void afl_custom_deinit(struct afl_state *);

void *
afl_custom_init(void *afl, unsigned int seed)
{
	struct afl_state *s = calloc(1, sizeof(*s));

	(void)afl;
	if (s != NULL)
		s->seed = seed;
	return s;
}

size_t
afl_custom_fuzz(struct afl_state *s, uint8_t *buf, size_t len, uint8_t **out,
    uint8_t *add, size_t add_len, size_t max)
{
	*out = s->out;
	return mutate_conversation(buf, len, add, add == NULL ? 0 : add_len,
	    s->out, max < sizeof(s->out) ? max : sizeof(s->out), s->seed++);
}

void
afl_custom_deinit(struct afl_state *s)
{
	free(s);
}
