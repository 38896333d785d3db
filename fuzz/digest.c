/* SPDX-License-Identifier: ISC */
/*
 * The canonical form: scanner/digest.c, against a second, plain way to it,
 * which first brings each value into form and then puts everything into one
 * buffer per digest.
 *
 * Input: for each field a number of a name (or 0: a name of its own) and a
 * value; after the number 255 the body.
 */
#include "scanner/digest.h"

#include "fuzz/kit/fuzz.h"

#define FIELDS	 64 /* of one byte of length: below all sums */
#define BUFFER	 (FIELDS * 600)
#define BODY_TAG 255

static const char *const names[] = {"", "Received", "X-Spam-Flag", "To", "FROM",
    "Subject", "Date", "date", "Message-ID", "X-Scan-Stamp", "Content-Type",
    "X-Site-A"};
static const char site_names[][FIELD_NAME_MAX] = {"x-scan-stamp", "x-site-*"};
static const struct field_list site = {.count = 2, .name = site_names};

struct buffer {
	size_t len;
	uint8_t bytes[BUFFER];
};

struct plain {
	bool bad; /* no digests at all */
	struct buffer header[4], address;
	uint32_t counted[4], addresses, dates, ids;
	bool date_plain, id_plain;
};

static struct plain plain;

static void
put(struct buffer *b, const void *bytes, size_t len)
{
	NEED(len <= sizeof(b->bytes) - b->len);
	if (len > 0)
		memcpy(&b->bytes[b->len], bytes, len);
	b->len += len;
}

static void
put_number(struct buffer *b, size_t bytes, uint64_t n)
{
	for (size_t i = bytes; i > 0; i--) {
		uint8_t byte = (uint8_t)(n >> 8 * (i - 1));

		put(b, &byte, 1);
	}
}

/* --- one field -------------------------------------------------------------- */

/* The value in form, in out; false if it is not well-formed. */
static bool
in_form(struct span value, struct buffer *out)
{
	out->len = 0;
	for (size_t i = 0; i < value.len; i++)
		if (value.ptr[i] != '\r' || i + 1 == value.len ||
		    value.ptr[i + 1] != '\n')
			put(out, &value.ptr[i], 1);
	if (out->len > 0 && out->bytes[0] == ' ')
		memmove(out->bytes, out->bytes + 1, --out->len);
	for (size_t i = 0; i < out->len; i++) {
		uint8_t c = out->bytes[i];

		if (c == 0 || c == '\r')
			return false;
		if (c == '\n' &&
		    (i + 1 == out->len || (out->bytes[i + 1] != ' ' &&
					      out->bytes[i + 1] != '\t')))
			return false;
	}
	return true;
}

/* Is there a line behind the first that has only blanks? */
static bool
blank_fold(const struct buffer *v)
{
	for (size_t i = 0; i < v->len; i++) {
		size_t j = i + 1;

		if (v->bytes[i] != '\n')
			continue;
		while (j < v->len && strchr(" \t", v->bytes[j]) != NULL)
			j++;
		if (j == v->len || v->bytes[j] == '\n')
			return true;
	}
	return false;
}

static bool
only(const struct buffer *v, bool address)
{
	for (size_t i = 0; i < v->len; i++) {
		uint8_t c = v->bytes[i];

		if (c == ' ' || c == '\t' || c == '\n' ||
		    (c >= 0x21 && c <= 0x7e) || (address && c >= 0x80))
			continue;
		return false;
	}
	return true;
}

static void
covered(struct span name, const struct buffer *v, unsigned int not_in)
{
	for (unsigned int i = 0; i < 4; i++) {
		if ((i & not_in) != 0)
			continue;
		put(&plain.header[i], "\1", 1);
		put_number(&plain.header[i], 2, name.len);
		put(&plain.header[i], name.ptr, name.len);
		put_number(&plain.header[i], 4, v->len);
		put(&plain.header[i], v->bytes, v->len);
		plain.counted[i]++;
	}
}

static void
addresses(struct span name, const struct buffer *v)
{
	static struct buffer squeezed;

	squeezed.len = 0;
	for (size_t i = 0; i < v->len; i++)
		if (strchr(" \t\n", v->bytes[i]) == NULL)
			put(&squeezed, &v->bytes[i], 1);
	for (unsigned int i = 0; i < 4; i++) {
		put(&plain.header[i], "\2", 1);
		put_number(&plain.header[i], 2, name.len);
		put(&plain.header[i], name.ptr, name.len);
		plain.counted[i]++;
	}
	put(&plain.address, "\2", 1);
	put_number(&plain.address, 2, name.len);
	put(&plain.address, name.ptr, name.len);
	put_number(&plain.address, 4, squeezed.len);
	put(&plain.address, squeezed.bytes, squeezed.len);
	plain.addresses++;
}

static void
plain_field(struct span name, struct span value)
{
	static struct buffer v;
	uint8_t lower[DIGEST_NAME_MAX];
	bool one_line;

	if (plain.bad || name.len == 0 || name.len > sizeof(lower) ||
	    !in_form(value, &v)) {
		plain.bad = true;
		return;
	}
	for (size_t i = 0; i < name.len; i++) {
		if (name.ptr[i] < 0x21 || name.ptr[i] > 0x7e ||
		    name.ptr[i] == ':')
			plain.bad = true;
		lower[i] = name.ptr[i];
		if (lower[i] >= 'A' && lower[i] <= 'Z')
			lower[i] |= 0x20;
	}
	name = span_of(lower, name.len);
	one_line = only(&v, false) && memchr(v.bytes, '\n', v.len) == NULL &&
		   v.len <= DIGEST_TOLERATED;
	switch (field_class(name, &site)) {
	case FIELD_IGNORED:
		plain.bad |= blank_fold(&v) || !only(&v, false);
		break;
	case FIELD_ADDRESS:
		plain.bad |= blank_fold(&v) || !only(&v, true);
		addresses(name, &v);
		break;
	case FIELD_DATE:
		plain.dates++;
		plain.date_plain = one_line;
		covered(name, &v, STAMP_NO_DATE);
		break;
	case FIELD_MESSAGE_ID:
		plain.ids++;
		plain.id_plain = one_line;
		covered(name, &v, STAMP_NO_MESSAGE_ID);
		break;
	case FIELD_COVERED:
		covered(name, &v, 0);
		break;
	}
}

/* --- the whole ---------------------------------------------------------------- */

static void
same(struct buffer *b, const uint8_t *digest)
{
	uint8_t want[STAMP_DIGEST];

	crypto_hash_sha256(want, b->bytes, b->len);
	NEED(memcmp(want, digest, sizeof(want)) == 0);
}

static void
check(const struct digests *d, struct span body)
{
	static struct buffer whole;

	NEED((d->fault != DIGEST_OK) == plain.bad);
	if (plain.bad)
		return;
	NEED(d->flags == ((plain.dates == 0 ? STAMP_NO_DATE : 0U) |
			     (plain.ids == 0 ? STAMP_NO_MESSAGE_ID : 0U)));
	for (unsigned int i = 0; i < 4; i++) {
		bool good = ((i & STAMP_NO_DATE) == 0 || plain.dates == 0 ||
				(plain.dates == 1 && plain.date_plain)) &&
			    ((i & STAMP_NO_MESSAGE_ID) == 0 || plain.ids == 0 ||
				(plain.ids == 1 && plain.id_plain));

		NEED((d->header_fault[i] == DIGEST_OK) == good);
		if (!good)
			continue;
		put(&plain.header[i], "", 1);
		put_number(&plain.header[i], 4, plain.counted[i]);
		same(&plain.header[i], d->header[i]);
	}
	put(&plain.address, "", 1);
	put_number(&plain.address, 4, plain.addresses);
	same(&plain.address, d->address);
	whole.len = 0;
	put(&whole, "scan-stamp/v1 b", 16);
	put(&whole, body.ptr, body.len);
	put_number(&whole, 8, body.len);
	same(&whole, d->body);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct digest digest;
	static struct digests digests;
	struct cursor c = cursor_of(span_of(data, size));
	struct span body;
	uint8_t tag;

	plain = (struct plain){0};
	for (unsigned int i = 0; i < 4; i++)
		put(&plain.header[i], "scan-stamp/v1 h", 16);
	put(&plain.address, "scan-stamp/v1 a", 16);
	digest_begin(&digest, &site, true);
	for (size_t i = 0; i < FIELDS && c.left > 0; i++) {
		struct span name, value;

		tag = fuzz_u8(&c);
		if (tag == BODY_TAG)
			break;
		tag %= sizeof(names) / sizeof(names[0]);
		name = tag == 0 ? fuzz_bytes(&c) : span_text(names[tag]);
		value = fuzz_bytes(&c);
		digest_field(&digest, name, value);
		plain_field(name, value);
	}
	body = cursor_rest(&c);
	if (body.len > BUFFER / 2)
		body.len = BUFFER / 2;
	digest_body(&digest, span_of(body.ptr, body.len / 2));
	digest_body(
	    &digest, span_of(body.ptr + body.len / 2, body.len - body.len / 2));
	digest_end(&digest, &digests);
	check(&digests, body);
	return 0;
}
