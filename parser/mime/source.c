/* SPDX-License-Identifier: ISC */
/*
 * The bytes of a level are made in its buffer, from what is in that of the
 * level below, whenever somebody wants them; none is made ahead.  What a level
 * was like before its buffer was filled is kept, so that a mark taken anywhere
 * in the buffer leads back to it.  In a session.
 */
#include "parser/mime/source.h"

#include "lib/ensure.h"

void
source_begin(struct source *s, struct readings *r, uint64_t size, uint64_t work)
{
	s->readings = r;
	s->size = size;
	s->at = 0;
	s->piece = span_of(NULL, 0);
	s->piece_at = 0;
	s->work = work;
	s->stopped = false;
}

bool
source_stuck(const struct source *s)
{
	return s->stopped || s->work == 0;
}

static struct source_level *
level(struct source *s, unsigned int k)
{
	ensure(k > 0 && k < SOURCE_LEVELS);
	return &s->above[k - 1];
}

void
source_worked(struct source *s, uint64_t bytes)
{
	s->work -= bytes < s->work ? bytes : s->work;
}

/* What of the stored message is at hand from where it is read; it is fetched if
 * nothing is.  Empty: there is nothing more. */
static struct span
stored(struct source *s)
{
	struct span none = {.ptr = NULL, .len = 0};
	uint64_t into = s->at - s->piece_at;
	size_t len;

	if (s->at >= s->size || source_stuck(s))
		return none;
	if (s->at < s->piece_at || into >= s->piece.len) {
		enum readings_piece got =
		    readings_fetch(s->readings, s->at, &s->piece);

		s->piece_at = s->at;
		into = 0;
		if (got != READINGS_PIECE || s->piece.len == 0) {
			s->piece = none;
			s->size = s->at;
			s->stopped = got == READINGS_PIECE_NONE;
			return none;
		}
	}
	len = s->piece.len - (size_t)into;
	if (len > s->size - s->at)
		len = (size_t)(s->size - s->at);
	return span_of(s->piece.ptr + into, len);
}

static struct span
at_hand(struct source *s, unsigned int k)
{
	struct source_level *l;

	if (k == 0)
		return stored(s);
	l = level(s, k);
	return span_of(l->out + l->taken, l->len - l->taken);
}

static void
taken(struct source *s, unsigned int k, size_t len)
{
	if (k == 0)
		s->at += len;
	else
		level(s, k)->taken += len;
}

static bool
is_ready(struct source *s, unsigned int k)
{
	struct source_level *l;

	if (k == 0)
		return true;
	l = level(s, k);
	return l->taken < l->len || l->now.ended;
}

/* Before the buffer of level k is filled. */
static void
keep_before(struct source *s, unsigned int k)
{
	struct source_level *l = level(s, k);

	if (k > SOURCE_DEPTH_MAX)
		return;
	for (unsigned int j = 1; j < k; j++)
		l->before.stage[j - 1] = level(s, k - 1)->before.stage[j - 1];
	l->before.stage[k - 1] = l->now;
	l->fills++;
}

/* Makes bytes of level k out of what is at hand of the one below. */
static void
fill(struct source *s, unsigned int k)
{
	struct source_level *l = level(s, k);
	struct span below = at_hand(s, k - 1);
	struct cursor in;

	keep_before(s, k);
	if (below.len > l->end - l->now.in)
		below.len = (size_t)(l->end - l->now.in);
	in = cursor_of(below);
	l->taken = 0;
	source_worked(s, 1);
	l->file = l->now.decoder.files;
	if (below.len == 0) {
		l->len = decoder_end(&l->now.decoder, l->out);
		l->now.ended = true;
	} else {
		l->len =
		    decoder_bytes(&l->now.decoder, &in, l->out, sizeof(l->out));
		ensure(l->len <= sizeof(l->out) && in.left <= below.len);
		l->now.in += below.len - in.left;
		taken(s, k - 1, below.len - in.left);
		source_worked(s, below.len - in.left);
	}
	if (l->octets)
		l->len = octets_keep(&l->now.octets, l->out, l->len);
	l->now.at += l->len;
}

/* Until there are bytes in the buffer of level k, or it has ended. */
static void
make_ready(struct source *s, unsigned int k)
{
	while (!is_ready(s, k) && !source_stuck(s)) {
		unsigned int j = k;

		while (!is_ready(s, j - 1))
			j--;
		fill(s, j);
	}
}

bool
source_read(struct source *s, unsigned int k, struct span *out)
{
	make_ready(s, k);
	*out = at_hand(s, k);
	if (source_stuck(s))
		return false;
	taken(s, k, out->len);
	return out->len > 0;
}

void
source_open(struct source *s, unsigned int k, uint64_t end,
    enum decoding decoding, bool octets)
{
	struct source_level *l = level(s, k + 1);
	struct source_level *below = k > 0 ? level(s, k) : NULL;

	decoder_begin(&l->now.decoder, decoding);
	l->now.octets = (struct octets){.state = OCTETS_TAG};
	l->now.in =
	    below == NULL ? s->at : below->now.at - (below->len - below->taken);
	l->now.at = 0;
	l->now.ended = false;
	l->end = end > l->now.in ? end : l->now.in;
	l->octets = octets;
	l->len = l->taken = 0;
	l->file = 0;
	keep_before(s, k + 1);
}

uint32_t
source_fills(const struct source *s, unsigned int k)
{
	return k == 0 ? 0 : s->above[k - 1].fills;
}

void
source_mark(const struct source *s, unsigned int k, struct source_mark *out)
{
	ensure(k <= SOURCE_DEPTH_MAX);
	for (unsigned int j = 1; j <= k; j++)
		out->stage[j - 1] = s->above[k - 1].before.stage[j - 1];
}

/* Reads level k, which stands where its stage says, up to a place. */
static void
skip_to(struct source *s, unsigned int k, uint64_t at)
{
	struct source_level *l = level(s, k);

	for (;;) {
		uint64_t here = l->now.at - (l->len - l->taken);
		struct span bytes;
		size_t n;

		if (here >= at)
			return;
		make_ready(s, k);
		bytes = at_hand(s, k);
		if (bytes.len == 0)
			return;
		n = bytes.len < at - here ? bytes.len : (size_t)(at - here);
		taken(s, k, n);
	}
}

void
source_seek(struct source *s, unsigned int k, const struct source_mark *mark,
    uint64_t at)
{
	for (unsigned int j = 1; j <= k; j++) {
		struct source_level *l = level(s, j);

		l->now = mark->stage[j - 1];
		l->len = l->taken = 0;
		for (unsigned int i = 1; i <= j; i++)
			l->before.stage[i - 1] = mark->stage[i - 1];
		l->fills++;
	}
	s->at = k == 0 ? at : level(s, 1)->now.in;
	for (unsigned int j = 1; j <= k; j++)
		skip_to(s, j, j == k ? at : level(s, j + 1)->now.in);
}

const struct decoder *
source_decoder(const struct source *s, unsigned int k)
{
	return &s->above[k - 1].now.decoder;
}

uint32_t
source_file(const struct source *s, unsigned int k)
{
	return s->above[k - 1].file;
}
