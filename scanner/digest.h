/* SPDX-License-Identifier: ISC */
/*
 * The three digests of a message that a stamp holds, worked out while the
 * message passes: fields in order, then the body.  docs/stamps.md says what
 * they are for.
 *
 * Each field has a class by its name.  Ignored ones (trace and verdict fields,
 * which relays add and remove) are in no digest; of address fields the name
 * is in the header digest and the value, without white space, in the address
 * digest; all others are covered as they stand.  A message that breaks the
 * rules of form has no digests: it gets no stamp and none on it is good.
 *
 * A stamp may say that Date or Message-ID were absent when the message was
 * scanned; then one such field may be there now and is left out.  Which
 * stamp will ask for what is known at the end only, so up to four header
 * digests are kept.  No allocation, no I/O; libsodium's SHA-256.
 */
#ifndef SCANNER_DIGEST_H
#define SCANNER_DIGEST_H

#include <sodium.h>

#include "lib/field.h"
#include "lib/span.h"
#include "lib/stamp.h"

#define DIGEST_NAME_MAX	   255
#define DIGEST_FIELDS_MAX  2000
#define DIGEST_BYTES_MAX   ((size_t)1 << 20) /* names and values */
#define DIGEST_IGNORED_MAX 250
#define DIGEST_IGNORED_ONE 16384
#define DIGEST_IGNORED_SUM 65536
#define DIGEST_TOLERATED   250 /* bytes of a Date or Message-ID put in later */

enum digest_fault {
	DIGEST_OK,
	DIGEST_NAME,	   /* a field name that is none */
	DIGEST_BYTE,	   /* NUL or bare CR in a value */
	DIGEST_FOLD,	   /* LF without a blank after it */
	DIGEST_SIZE,	   /* too many fields, or too long together */
	DIGEST_BLANK_FOLD, /* a continuation line of blanks only */
	DIGEST_INERT,	   /* an ignored field with other than plain ASCII */
	DIGEST_IGNORED,	   /* too many ignored fields, or too long */
	DIGEST_PLAIN,	   /* a control character in an address field */
	DIGEST_OPTIONAL,   /* Date or Message-ID that is not one plain line */
	DIGEST_FAULTS
};

/* A Date or Message-ID as far as it has been seen. */
struct digest_optional {
	uint32_t count;
	bool plain; /* the last one could be tolerated */
};

struct digest {
	const struct field_list *ignore;
	enum digest_fault fault; /* the first */
	bool tolerant;		 /* several header digests are kept */
	bool body_begun;
	uint32_t fields, ignored;
	size_t bytes, ignored_bytes;
	uint64_t body_bytes;
	struct digest_optional optional[2]; /* Date, Message-ID */
	/* What the fields make, by the flags of those left out.  Those of a
	 * field that has not been seen yet are not begun. */
	crypto_hash_sha256_state header[STAMP_FLAGS + 1];
	uint32_t counted[STAMP_FLAGS + 1]; /* fields in each */
	crypto_hash_sha256_state address;
	uint32_t addresses;
	crypto_hash_sha256_state body;
};

/* The digests at the end of a message. */
struct digests {
	enum digest_fault fault; /* if not DIGEST_OK the rest is unknown */
	uint8_t flags;		 /* what the message does not have */
	/* By a stamp's flags; the fault is of that one alone. */
	enum digest_fault header_fault[STAMP_FLAGS + 1];
	uint8_t header[STAMP_FLAGS + 1][STAMP_DIGEST];
	uint8_t address[STAMP_DIGEST];
	uint8_t body[STAMP_DIGEST];
};

/* ignore must outlive the digest.  tolerant: stamps will be checked. */
void digest_begin(
    struct digest *, const struct field_list *ignore, bool tolerant);

/* value as the MTA sent it with the leading-space option. */
void digest_field(struct digest *, struct span name, struct span value);
void digest_body(struct digest *, struct span bytes);

void digest_end(struct digest *, struct digests *out);

/* "blank-fold", ...; for the log. */
const char *digest_fault_name(enum digest_fault);

#endif
