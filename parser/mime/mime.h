/* SPDX-License-Identifier: ISC */
/*
 * The MIME reader (RFC 2045 to 2049): the parts of a message, while it
 * arrives, read strictly.  What other programs could read into it is reported
 * as anomalies; whoever wants to follow them uses readings.h.
 *
 * The message comes either as the MTA gives it, fields and pieces of body, or
 * as the bytes of a file.  Pieces may be of any size.  Fixed memory, no
 * allocation, no recursion, no I/O, constant work per byte.  Memory is touched
 * only when it is used.
 */
#ifndef PARSER_MIME_MIME_H
#define PARSER_MIME_MIME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/anomaly.h"
#include "lib/sha256.h"
#include "lib/span.h"
#include "parser/mime/entity.h"
#include "parser/mime/kind.h"

#define MIME_DEPTH_MAX	32     /* levels; deeper: limit-depth, a leaf */
#define MIME_PARTS_MAX	1000   /* entities; more: limit-parts, not told */
#define MIME_HEADER_MAX 131072 /* of one entity; more: limit-header */
#define MIME_PATH_MAX	256

enum mime_wants {
	MIME_WANTS_NOTHING,	/* but anomalies */
	MIME_WANTS_KINDS = 1,	/* types by content */
	MIME_WANTS_DIGESTS = 2, /* SHA-256 of decoded contents */
	MIME_WANTS_CONTENT = 4, /* mime_content is called */
};

/* A part, or a file that stands encoded in the text of one (uuencode, yEnc). */
struct mime_part {
	uint32_t number;	  /* from 1, in the order in which they begin */
	uint32_t depth;		  /* 0: the message itself */
	char path[MIME_PATH_MAX]; /* "1.2.3" as IMAP counts; a file in a text:
				   * that of the text; "" of the message itself
				   * if it is a multipart or a message */
	const struct entity *entity; /* of a file: that of the text; NULL when
				      * a multipart or a message ends */
	bool file;
	struct span file_name;	/* "" if it is none */
	enum decoding decoding; /* of its content */
	uint64_t begins; /* its header, in the body; of a file: its text's; in
			  * an encoded message: that message's */
	uint64_t size;	 /* of its content, so far; of a multipart or message:
			  * of the bytes in it */
	struct anomalies found;	      /* about it, so far */
	struct kinds kinds;	      /* at its end, if wanted */
	uint8_t digest[SHA256_BYTES]; /* the same */
};

struct mime;
size_t mime_size(void); /* of the memory that it needs, zeroed */
/* Where in it stands what each message touches, 4 KB or less: best the
 * beginning of a page. */
size_t mime_center(void);

void mime_begin(struct mime *, unsigned int wants);

/* A field as the MTA sends it with the leading-space option: folds are LF and
 * white space; then pieces of body. */
void mime_field(struct mime *, struct span name, struct span value);
void mime_body(struct mime *, struct span bytes);

/* Instead of these: the message with its header, as it is stored. */
void mime_bytes(struct mime *, struct span bytes);

/* There is no more. */
void mime_end(struct mime *);

/* What was found in all of the message so far. */
const struct anomalies *mime_found(const struct mime *);

/* Programs, or clamd, may read something else: read again by readings.h.
 * Known for good after mime_end. */
bool mime_is_ambiguous(const struct mime *);

/* A limit was passed: part of it was not read. */
bool mime_is_limited(const struct mime *);

uint32_t mime_parts(const struct mime *);

/* Provided by whoever is linked with it.  Leaves, multiparts and messages
 * begin and end in the order in which they stand; content is of leaves and
 * files, decoded; it comes only if wanted. */
void mime_part_begins(struct mime *, const struct mime_part *);
void mime_part_content(
    struct mime *, const struct mime_part *, struct span decoded);
void mime_part_ends(struct mime *, const struct mime_part *);

#endif
