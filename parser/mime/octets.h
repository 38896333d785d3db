/* SPDX-License-Identifier: ISC */
/*
 * What an opaque S/MIME signature (RFC 8551 3.5.2; RFC 5652) has inside: the
 * contents of the OCTET STRINGs of a BER or DER structure, one after the other.
 * The signed entity is the first of them, whole or in pieces; what follows it,
 * of certificates and signatures, lies behind the entity's end.  Pure, fixed
 * memory, constant work per byte.
 */
#ifndef PARSER_MIME_OCTETS_H
#define PARSER_MIME_OCTETS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/span.h"

struct octets {
	enum {
		OCTETS_TAG,
		OCTETS_TAG_LONG,
		OCTETS_LENGTH,
		OCTETS_LENGTH_LONG,
		OCTETS_CONTENT
	} state;
	bool wanted;	/* what stands there is an OCTET STRING */
	bool nested;	/* what stands there consists of others */
	uint8_t digits; /* bytes of the length that are to come */
	uint64_t left;	/* of the content */
};

/* Zeroed memory is a beginning.  Moves what is wanted to the front of bytes;
 * returns how many these are. */
size_t octets_keep(struct octets *, uint8_t *bytes, size_t len);

/* Is that the beginning of signed data (OID 1.2.840.113549.1.7.2)? */
bool octets_are_there(struct span beginning);

#endif
