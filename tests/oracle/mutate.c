/* SPDX-License-Identifier: ISC */
/*
 * Mutations of conversations; see conversation.h.  Most keep the framing, so
 * that what is tried is order and payload; a few break it.
 */
#include <string.h>

#include "tests/oracle/conversation.h"

#define PACKETS_MAX 600
#define CHANGES_MAX 4
#define HEAD	    5 /* length word and command */

struct packets {
	size_t count;
	struct part {
		const uint8_t *bytes;
		size_t len;
	} of[PACKETS_MAX];
};

/* splitmix64 */
uint32_t
dice_below(struct dice *d, uint32_t n)
{
	uint64_t z = d->state += 0x9e3779b97f4a7c15U;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9U;
	z = (z ^ z >> 27) * 0x94d049bb133111ebU;
	return n > 0 ? (uint32_t)((z ^ z >> 31) >> 32) % n : 0;
}

static uint32_t
length_of(const uint8_t *p)
{
	return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 |
	       (uint32_t)p[2] << 8 | (uint32_t)p[3];
}

static void
set_length(uint8_t *p, uint32_t length)
{
	for (int i = 0; i < 4; i++)
		p[i] = (uint8_t)(length >> (24 - 8 * i));
}

/* What does not fall into packets is one more part. */
static void
split(const struct conversation *c, struct packets *out)
{
	size_t at = 0;

	out->count = 0;
	while (at < c->len && out->count < PACKETS_MAX) {
		size_t left = c->len - at, len = left;

		if (left >= HEAD && length_of(c->bytes + at) + 4U < left)
			len = length_of(c->bytes + at) + 4U;
		out->of[out->count++] = (struct part){c->bytes + at, len};
		at += len;
	}
}

static void
insert(struct packets *p, size_t where, struct part part)
{
	if (p->count == PACKETS_MAX)
		return;
	memmove(&p->of[where + 1], &p->of[where],
	    (p->count - where) * sizeof(p->of[0]));
	p->of[where] = part;
	p->count++;
}

/* Changes which packets there are, and in which order. */
static void
change_order(struct packets *p, const struct conversations *all, struct dice *d)
{
	static struct packets other;
	size_t a = dice_below(d, (uint32_t)p->count);
	size_t b = dice_below(d, (uint32_t)p->count);
	struct part swap = p->of[a];

	switch (dice_below(d, 5)) {
	case 0:
		memmove(&p->of[a], &p->of[a + 1],
		    (p->count - a - 1) * sizeof(p->of[0]));
		p->count -= p->count > 1;
		break;
	case 1:
		insert(p, b, p->of[a]);
		break;
	case 2:
		p->of[a] = p->of[b];
		p->of[b] = swap;
		break;
	case 3:
		split(&all->of[dice_below(d, (uint32_t)all->count)], &other);
		insert(p, a, other.of[dice_below(d, (uint32_t)other.count)]);
		break;
	default:
		split(&all->of[dice_below(d, (uint32_t)all->count)], &other);
		for (size_t i = dice_below(d, (uint32_t)other.count);
		     i < other.count; i++)
			insert(p, p->count, other.of[i]);
		break;
	}
}

/* Changes the bytes of one packet: command, payload, its length, or the
 * length word alone. */
static size_t
change_bytes(uint8_t *p, size_t len, size_t room, struct dice *d)
{
	static const char commands[] = "ABCDEHKLMNOQRTUZ";
	static const uint8_t values[] = {0, 1, ' ', '4', '6', '<', 0x7f, 0xff};
	size_t at =
	    HEAD + (len > HEAD ? dice_below(d, (uint32_t)len - HEAD) : 0);

	if (len < HEAD)
		return len;
	switch (dice_below(d, 7)) {
	case 0:
		p[4] = (uint8_t)commands[dice_below(d, sizeof(commands) - 1)];
		break;
	case 1:
		if (at < len)
			p[at] = values[dice_below(d, sizeof(values))];
		break;
	case 2:
		if (at < len)
			p[at] ^= (uint8_t)(1U << dice_below(d, 8));
		break;
	case 3: /* cut */
		len = at;
		set_length(p, (uint32_t)len - 4);
		break;
	case 4: /* one byte more */
		if (room > len) {
			memmove(p + at + 1, p + at, len - at);
			p[at] = values[dice_below(d, sizeof(values))];
			len++;
			set_length(p, (uint32_t)len - 4);
		}
		break;
	case 5: /* without its last byte, often a NUL */
		if (len > HEAD)
			len--;
		set_length(p, (uint32_t)len - 4);
		break;
	default:
		if (dice_below(d, 4) == 0)
			p[dice_below(d, 4)] ^=
			    (uint8_t)(1U << dice_below(d, 8));
		break;
	}
	return len;
}

void
conversation_mutate(
    const struct conversations *all, struct dice *d, struct conversation *to)
{
	static struct packets p;
	uint32_t changes = 1 + dice_below(d, CHANGES_MAX);
	const struct conversation *from =
	    &all->of[dice_below(d, (uint32_t)all->count)];
	size_t victim;

	to->name = from->name;
	to->len = 0;
	split(from, &p);
	while (changes-- > 1)
		change_order(&p, all, d);
	victim =
	    dice_below(d, 2) == 0 ? SIZE_MAX : dice_below(d, (uint32_t)p.count);
	for (size_t i = 0; i < p.count; i++) {
		size_t room = CONVERSATION_MAX - to->len, len = p.of[i].len;

		if (len > room)
			return;
		memcpy(to->bytes + to->len, p.of[i].bytes, len);
		if (i == victim)
			len = change_bytes(to->bytes + to->len, len, room, d);
		to->len += len;
	}
}
