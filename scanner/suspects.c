/* SPDX-License-Identifier: ISC */
/* The table of remembered messages; see suspects.h.  Runs in the scanner. */
#include "scanner/suspects.h"

#include <sodium.h>
#include <stddef.h>
#include <string.h>
#include <unistd.h>

/* More at once than messages that harm a clamd; the oldest gives way.  So many
 * again have places of their own: anybody can make a message that is ambiguous,
 * and none of these puts one away that does harm. */
#define KIND_MAX     64
#define SUSPECTS_MAX ((size_t)2 * KIND_MAX)
#define DIGEST_BYTES 32
#define PIECE	     65536

struct suspect {
	uint64_t until; /* 0: free */
	uint64_t size;
	uint32_t guilt;
	enum outcome outcome;
	uint8_t digest[DIGEST_BYTES];
};

static struct suspect table[SUSPECTS_MAX];
static uint32_t remember_ms;
static uint64_t last_until; /* until then there may be something */

void
suspects_setup(uint32_t ms)
{
	memset(table, 0, sizeof(table));
	remember_ms = ms;
	last_until = 0;
}

static bool
make_digest(int memfd, uint64_t lead, uint64_t size, uint8_t out[DIGEST_BYTES])
{
	static uint8_t piece[PIECE];
	crypto_generichash_state state;
	uint64_t at = 0;

	crypto_generichash_init(&state, NULL, 0, DIGEST_BYTES);
	while (at < size) {
		size_t want =
		    size - at < sizeof(piece) ? (size_t)(size - at) : PIECE;

		if (pread(memfd, piece, want, (off_t)(lead + at)) !=
		    (ssize_t)want)
			return false;
		crypto_generichash_update(&state, piece, want);
		at += want;
	}
	crypto_generichash_final(&state, out, DIGEST_BYTES);
	return true;
}

/* Is there one of that size at all? */
static bool
has_size(uint64_t size, uint64_t now)
{
	for (size_t i = 0; i < SUSPECTS_MAX; i++) {
		if (table[i].until > now && table[i].size == size)
			return true;
	}
	return false;
}

static struct suspect *
find(uint64_t size, const uint8_t digest[DIGEST_BYTES], uint64_t now)
{
	for (size_t i = 0; i < SUSPECTS_MAX; i++) {
		if (table[i].until > now && table[i].size == size &&
		    memcmp(table[i].digest, digest, DIGEST_BYTES) == 0)
			return &table[i];
	}
	return NULL;
}

/* A free place among its kind, or that of the oldest. */
static struct suspect *
place(enum outcome outcome)
{
	struct suspect *own =
	    &table[outcome == OUTCOME_AMBIGUOUS ? KIND_MAX : 0];
	struct suspect *oldest = own;

	for (size_t i = 1; i < KIND_MAX; i++) {
		if (own[i].until < oldest->until)
			oldest = &own[i];
	}
	*oldest = (struct suspect){0};
	return oldest;
}

void
suspects_add(int memfd, uint64_t lead, uint64_t size, uint32_t guilt,
    enum outcome outcome, uint64_t now)
{
	uint8_t digest[DIGEST_BYTES];
	struct suspect *s;

	if (remember_ms == 0 || !make_digest(memfd, lead, size, digest))
		return;
	s = find(size, digest, now);
	if (s == NULL)
		s = place(outcome);
	s->until = now + remember_ms;
	s->size = size;
	s->guilt += guilt;
	s->outcome = outcome;
	memcpy(s->digest, digest, DIGEST_BYTES);
	last_until = s->until;
}

bool
suspects_find(int memfd, uint64_t lead, uint64_t size, uint64_t now,
    enum outcome *outcome)
{
	uint8_t digest[DIGEST_BYTES];
	const struct suspect *s;

	if (last_until <= now || !has_size(size, now) ||
	    !make_digest(memfd, lead, size, digest))
		return false;
	s = find(size, digest, now);
	if (s == NULL || s->guilt < GUILT_SURE)
		return false;
	*outcome = s->outcome;
	return true;
}
