/* SPDX-License-Identifier: ISC */
/* Kinds of bytes; see tally.h.  The compiler makes vector instructions of it,
 * or of none that the machine has. */
#include "parser/mime/tally.h"

#define WIDTH 16
typedef uint8_t vector __attribute__((vector_size(WIDTH)));

struct sums {
	vector bare_cr, bare_lf, nul, high;
};

static bool
any(vector v)
{
	uint64_t half[2];

	_Static_assert(sizeof(half) == sizeof(v), "two halves");
	memcpy(half, &v, sizeof(half));
	return (half[0] | half[1]) != 0;
}

/* WIDTH pairs of a byte and the next one. */
static inline void
add(struct sums *s, const uint8_t *at)
{
	vector a, b, cr, lf;

	memcpy(&a, at, sizeof(a));
	memcpy(&b, at + 1, sizeof(b));
	cr = (vector)(a == '\r');
	lf = (vector)(b == '\n');
	s->bare_cr |= cr & ~lf;
	s->bare_lf |= lf & ~cr;
	s->nul |= (vector)(a == 0);
	s->high |= a;
}

static void
add_byte(struct tally *t, uint8_t before, uint8_t c)
{
	t->bare_cr = t->bare_cr || (before == '\r' && c != '\n');
	t->bare_lf = t->bare_lf || (c == '\n' && before != '\r');
	t->nul = t->nul || c == 0;
	t->high = t->high || c >= 0x80;
}

struct tally
tally_bytes(struct span s)
{
	struct sums sums = {0};
	struct tally t = {0};
	size_t i = 0;

	if (s.len == 0)
		return t;
	for (; i + WIDTH < s.len; i += WIDTH)
		add(&sums, s.ptr + i);
	t.high = any(sums.high & 0x80);
	t.bare_cr = any(sums.bare_cr);
	t.bare_lf = any(sums.bare_lf) || s.ptr[0] == '\n';
	t.nul = any(sums.nul);
	/* The pair over the seam was in the last vector. */
	add_byte(&t, i > 0 && s.ptr[i] == '\n' ? '\r' : 0, s.ptr[i]);
	for (i++; i < s.len; i++)
		add_byte(&t, s.ptr[i - 1], s.ptr[i]);
	t.bare_cr = t.bare_cr || s.ptr[s.len - 1] == '\r';
	return t;
}
