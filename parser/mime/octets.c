/* SPDX-License-Identifier: ISC */
/*
 * A walk over tags and lengths without a stack: what is constructed is entered
 * by going on behind its length, so its end needs no attention.  In a session.
 */
#include "parser/mime/octets.h"

#define TAG_CONSTRUCTED	 0x20
#define TAG_NUMBER	 0x1f
#define TAG_OCTET_STRING 0x04
#define LENGTH_LONG	 0x80

/* Where signed data says what it is: behind a tag and a length. */
#define OID_WITHIN 32

static void
content_begins(struct octets *o)
{
	if (o->nested || o->left == 0)
		o->state = OCTETS_TAG;
	else
		o->state = OCTETS_CONTENT;
}

static void
tag_byte(struct octets *o, uint8_t byte)
{
	o->nested = (byte & TAG_CONSTRUCTED) != 0;
	o->wanted = byte == TAG_OCTET_STRING;
	o->left = 0;
	o->state =
	    (byte & TAG_NUMBER) == TAG_NUMBER ? OCTETS_TAG_LONG : OCTETS_LENGTH;
}

/* Lengths of more than eight bytes, which there cannot be, wrap. */
static void
length_byte(struct octets *o, uint8_t byte)
{
	if (o->state == OCTETS_LENGTH) {
		o->digits = byte & LENGTH_LONG ? byte & 0x7f : 0;
		o->left = byte & LENGTH_LONG ? 0 : byte;
	} else {
		o->left = o->left << 8 | byte;
		o->digits--;
	}
	if (o->digits > 0)
		o->state = OCTETS_LENGTH_LONG;
	else
		content_begins(o);
}

static void
head_byte(struct octets *o, uint8_t byte)
{
	switch (o->state) {
	case OCTETS_TAG:
		tag_byte(o, byte);
		return;
	case OCTETS_TAG_LONG:
		if ((byte & LENGTH_LONG) == 0)
			o->state = OCTETS_LENGTH;
		return;
	case OCTETS_LENGTH:
	case OCTETS_LENGTH_LONG:
		length_byte(o, byte);
		return;
	case OCTETS_CONTENT:
		return;
	}
}

size_t
octets_keep(struct octets *o, uint8_t *bytes, size_t len)
{
	size_t kept = 0, i = 0;

	while (i < len) {
		size_t n = len - i;

		if (o->state != OCTETS_CONTENT) {
			head_byte(o, bytes[i++]);
			continue;
		}
		if (n > o->left)
			n = (size_t)o->left;
		if (o->wanted) {
			memmove(&bytes[kept], &bytes[i], n);
			kept += n;
		}
		i += n;
		o->left -= n;
		if (o->left == 0)
			o->state = OCTETS_TAG;
	}
	return kept;
}

bool
octets_are_there(struct span beginning)
{
	static const uint8_t oid[] = {
	    0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x07, 0x02};
	size_t len = beginning.len < OID_WITHIN ? beginning.len : OID_WITHIN;

	return len > 0 && beginning.ptr[0] == 0x30 &&
	       memmem(beginning.ptr, len, oid, sizeof(oid)) != NULL;
}
