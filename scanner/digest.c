/* SPDX-License-Identifier: ISC */
/*
 * Digests of a message; see digest.h.  Runs in the scanner, on bytes of
 * strangers: it looks at each byte, but decodes nothing.
 *
 * header  = SHA-256("scan-stamp/v1 h" 0 field* 0 u32 fields)
 * field   = 1 u16 length name u32 length value  |  2 u16 length name
 * address = SHA-256("scan-stamp/v1 a" 0 addr* 0 u32 addrs)
 * addr    = 2 u16 length name u32 length value-without-blanks
 * body    = SHA-256("scan-stamp/v1 b" 0 bytes u64 length)
 */
#include "scanner/digest.h"

#define TAG_COVERED 1
#define TAG_ADDRESS 2
#define TAG_END	    0

#define PIECE 256 /* of a value without its blanks, on the stack */

static const char *const faults[DIGEST_FAULTS] = {
    [DIGEST_OK] = "",
    [DIGEST_NAME] = "name",
    [DIGEST_BYTE] = "byte",
    [DIGEST_FOLD] = "fold",
    [DIGEST_SIZE] = "size",
    [DIGEST_BLANK_FOLD] = "blank-fold",
    [DIGEST_INERT] = "inert",
    [DIGEST_IGNORED] = "ignored",
    [DIGEST_PLAIN] = "address",
    [DIGEST_OPTIONAL] = "optional",
};

const char *
digest_fault_name(enum digest_fault fault)
{
	return fault < DIGEST_FAULTS ? faults[fault] : "unknown";
}

/* --- hashing -------------------------------------------------------------- */

static void
hash_number(crypto_hash_sha256_state *h, size_t bytes, uint64_t n)
{
	uint8_t b[8];

	for (size_t i = bytes; i > 0; i--) {
		b[i - 1] = (uint8_t)n;
		n >>= 8;
	}
	crypto_hash_sha256_update(h, b, bytes);
}

static void
hash_begin(crypto_hash_sha256_state *h, const char *domain)
{
	crypto_hash_sha256_init(h);
	/* with its NUL */
	crypto_hash_sha256_update(
	    h, (const uint8_t *)domain, strlen(domain) + 1);
}

static void
hash_name(crypto_hash_sha256_state *h, uint64_t tag, struct span name)
{
	hash_number(h, 1, tag);
	hash_number(h, 2, name.len);
	crypto_hash_sha256_update(h, name.ptr, name.len);
}

/* A value whose folds are LF only; CR LF is one line end. */
static void
hash_lines(crypto_hash_sha256_state *h, struct span value)
{
	struct cursor c = cursor_of(value);
	struct span line;

	while (!cursor_empty(&c)) {
		const uint8_t *cr = memchr(c.at, '\r', c.left);

		if (cr == NULL)
			line = cursor_rest(&c);
		else if (!cursor_take(&c, (size_t)(cr - c.at), &line))
			return;
		crypto_hash_sha256_update(h, line.ptr, line.len);
		if (cr != NULL && !cursor_take(&c, 1, &line))
			return;
	}
}

static bool
is_blank(uint8_t c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static void
hash_squeezed(crypto_hash_sha256_state *h, struct span value)
{
	uint8_t piece[PIECE];
	uint64_t len = 0;
	size_t n = 0;

	for (size_t i = 0; i < value.len; i++)
		len += !is_blank(value.ptr[i]);
	hash_number(h, 4, len);
	for (size_t i = 0; i < value.len; i++) {
		if (!is_blank(value.ptr[i]))
			piece[n++] = value.ptr[i];
		if (n == sizeof(piece) || i + 1 == value.len) {
			crypto_hash_sha256_update(h, piece, n);
			n = 0;
		}
	}
}

/* --- form ----------------------------------------------------------------- */

/* What one look at a value finds. */
struct value_traits {
	enum digest_fault malformed; /* DIGEST_OK, BYTE or FOLD */
	bool blank_fold;
	bool ascii;   /* nothing but blanks, folds and 0x21 to 0x7e */
	bool control; /* below 0x20 but blanks and folds, or 0x7f */
	bool folded;
	size_t len; /* with CR LF counted as one */
};

static void
look_at_byte(struct value_traits *l, uint8_t c)
{
	if (c == '\0' || c == '\r')
		l->malformed = DIGEST_BYTE;
	if (c != ' ' && c != '\t' && c != '\n' && (c < 0x21 || c > 0x7e))
		l->ascii = false;
	if ((c < 0x20 && c != '\t' && c != '\n') || c == 0x7f)
		l->control = true;
	l->len++;
}

static struct value_traits
look_at(struct span value)
{
	struct value_traits l = {.ascii = true};
	bool blank = false; /* a continuation line so far */

	for (size_t i = 0; i < value.len; i++) {
		uint8_t c = value.ptr[i];
		uint8_t next = i + 1 < value.len ? value.ptr[i + 1] : 0;

		if (c == '\r' && next == '\n')
			continue;
		look_at_byte(&l, c);
		if (c == '\n') {
			l.folded = true;
			l.blank_fold |= blank;
			blank = true;
			if (next != ' ' && next != '\t' &&
			    l.malformed == DIGEST_OK)
				l.malformed = DIGEST_FOLD;
		} else if (c != ' ' && c != '\t') {
			blank = false;
		}
	}
	l.blank_fold |= blank;
	return l;
}

/* The name in lower case; false if it is none. */
static bool
lower_name(struct span name, uint8_t out[static DIGEST_NAME_MAX])
{
	if (name.len == 0 || name.len > DIGEST_NAME_MAX)
		return false;
	for (size_t i = 0; i < name.len; i++) {
		uint8_t c = name.ptr[i];

		if (c < 0x21 || c > 0x7e || c == ':')
			return false;
		out[i] = c >= 'A' && c <= 'Z' ? (uint8_t)(c + 'a' - 'A') : c;
	}
	return true;
}

/* The first fault stands. */
static void
fail(struct digest *d, enum digest_fault fault)
{
	if (d->fault == DIGEST_OK)
		d->fault = fault;
}

/* --- fields by class ------------------------------------------------------ */

static void
ignored_field(struct digest *d, const struct value_traits *l)
{
	d->ignored++;
	d->ignored_bytes += l->len;
	if (l->blank_fold)
		fail(d, DIGEST_BLANK_FOLD);
	if (!l->ascii)
		fail(d, DIGEST_INERT);
	if (d->ignored > DIGEST_IGNORED_MAX || l->len > DIGEST_IGNORED_ONE ||
	    d->ignored_bytes > DIGEST_IGNORED_SUM)
		fail(d, DIGEST_IGNORED);
}

/* Which header digests are kept: flags of optional fields seen so far. */
static uint8_t
flags_seen(const struct digest *d)
{
	uint8_t seen = 0;

	if (d->tolerant && d->optional[0].count > 0)
		seen |= STAMP_NO_DATE;
	if (d->tolerant && d->optional[1].count > 0)
		seen |= STAMP_NO_MESSAGE_ID;
	return seen;
}

/* Into every header digest that is kept and does not leave LEFT_OUT out. */
static void
hash_field(struct digest *d, uint64_t tag, struct span name, struct span value,
    size_t len, uint8_t left_out)
{
	uint8_t seen = flags_seen(d);

	for (uint8_t i = 0; i <= STAMP_FLAGS; i++) {
		if ((i & ~seen) != 0 || (i & left_out) != 0)
			continue;
		hash_name(&d->header[i], tag, name);
		if (tag == TAG_COVERED) {
			hash_number(&d->header[i], 4, len);
			hash_lines(&d->header[i], value);
		}
		d->counted[i]++;
	}
}

static void
address_field(struct digest *d, struct span name, struct span value,
    const struct value_traits *l)
{
	if (l->blank_fold)
		fail(d, DIGEST_BLANK_FOLD);
	if (l->control)
		fail(d, DIGEST_PLAIN);
	hash_field(d, TAG_ADDRESS, name, value, l->len, 0);
	hash_name(&d->address, TAG_ADDRESS, name);
	hash_squeezed(&d->address, value);
	d->addresses++;
}

/* The first of its name: from here on there is a digest with it, and one
 * without, for each that there was. */
static void
optional_field(struct digest *d, uint8_t flag, struct span name,
    struct span value, const struct value_traits *l)
{
	struct digest_optional *o = &d->optional[flag == STAMP_NO_DATE ? 0 : 1];
	uint8_t before = flags_seen(d);

	o->count++;
	o->plain = l->ascii && !l->folded && l->len <= DIGEST_TOLERATED;
	for (uint8_t i = 0; d->tolerant && o->count == 1 && i <= STAMP_FLAGS;
	     i++) {
		if ((i & ~before) == 0) {
			d->header[i | flag] = d->header[i];
			d->counted[i | flag] = d->counted[i];
		}
	}
	hash_field(d, TAG_COVERED, name, value, l->len, flag);
}

static void
field_by_class(struct digest *d, struct span name, struct span value,
    const struct value_traits *l)
{
	switch (field_class(name, d->ignore)) {
	case FIELD_IGNORED:
		ignored_field(d, l);
		break;
	case FIELD_ADDRESS:
		address_field(d, name, value, l);
		break;
	case FIELD_DATE:
		optional_field(d, STAMP_NO_DATE, name, value, l);
		break;
	case FIELD_MESSAGE_ID:
		optional_field(d, STAMP_NO_MESSAGE_ID, name, value, l);
		break;
	case FIELD_COVERED:
		hash_field(d, TAG_COVERED, name, value, l->len, 0);
		break;
	}
}

/* --- in order ------------------------------------------------------------- */

void
digest_begin(struct digest *d, const struct field_list *ignore, bool tolerant)
{
	/* The four header digests are copied when they are needed. */
	d->ignore = ignore;
	d->fault = DIGEST_OK;
	d->tolerant = tolerant;
	d->body_begun = false;
	d->fields = d->ignored = d->addresses = 0;
	d->bytes = d->ignored_bytes = 0;
	d->body_bytes = 0;
	memset(d->optional, 0, sizeof(d->optional));
	memset(d->counted, 0, sizeof(d->counted));
	hash_begin(&d->header[0], "scan-stamp/v1 h");
	hash_begin(&d->address, "scan-stamp/v1 a");
	hash_begin(&d->body, "scan-stamp/v1 b");
}

void
digest_field(struct digest *d, struct span name, struct span value)
{
	uint8_t lower[DIGEST_NAME_MAX];
	struct cursor c = cursor_of(value);
	struct span space;
	struct value_traits l;

	if (d->fault != DIGEST_OK)
		return;
	if (value.len > 0 && value.ptr[0] == ' ' && cursor_take(&c, 1, &space))
		value = cursor_rest(&c);
	l = look_at(value);
	d->fields++;
	d->bytes += name.len + l.len;
	if (!lower_name(name, lower))
		fail(d, DIGEST_NAME);
	if (l.malformed != DIGEST_OK)
		fail(d, l.malformed);
	if (d->fields > DIGEST_FIELDS_MAX || d->bytes > DIGEST_BYTES_MAX)
		fail(d, DIGEST_SIZE);
	if (d->fault == DIGEST_OK)
		field_by_class(d, span_of(lower, name.len), value, &l);
}

void
digest_body(struct digest *d, struct span bytes)
{
	if (d->fault != DIGEST_OK)
		return;
	crypto_hash_sha256_update(&d->body, bytes.ptr, bytes.len);
	d->body_bytes += bytes.len;
}

/* The digest for a stamp that says FLAGS. */
static enum digest_fault
header_end(struct digest *d, uint8_t flags, uint8_t out[static STAMP_DIGEST])
{
	uint8_t left_out = flags & flags_seen(d);
	crypto_hash_sha256_state h = d->header[left_out];

	for (uint8_t i = 0; i < 2; i++) {
		const struct digest_optional *o = &d->optional[i];

		if ((left_out & 1U << i) != 0 && (o->count > 1 || !o->plain))
			return DIGEST_OPTIONAL;
	}
	hash_number(&h, 1, TAG_END);
	hash_number(&h, 4, d->counted[left_out]);
	crypto_hash_sha256_final(&h, out);
	return DIGEST_OK;
}

void
digest_end(struct digest *d, struct digests *out)
{
	out->fault = d->fault;
	if (d->fault != DIGEST_OK)
		return;
	out->flags = 0;
	if (d->optional[0].count == 0)
		out->flags |= STAMP_NO_DATE;
	if (d->optional[1].count == 0)
		out->flags |= STAMP_NO_MESSAGE_ID;
	for (uint8_t i = 0; i <= STAMP_FLAGS; i++)
		out->header_fault[i] = header_end(d, i, out->header[i]);
	hash_number(&d->address, 1, TAG_END);
	hash_number(&d->address, 4, d->addresses);
	crypto_hash_sha256_final(&d->address, out->address);
	hash_number(&d->body, 8, d->body_bytes);
	crypto_hash_sha256_final(&d->body, out->body);
}
