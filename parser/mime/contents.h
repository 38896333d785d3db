/* SPDX-License-Identifier: ISC */
/*
 * What a decoded content looks like: is there something in it that programs
 * would read again?  Takes it in pieces.  Pure, fixed memory, linear.
 */
#ifndef PARSER_MIME_CONTENTS_H
#define PARSER_MIME_CONTENTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/span.h"

#define CONTENTS_HEAD 1024

struct contents {
	uint64_t len;
	bool blank;  /* white space and nothing else */
	bool base64; /* nothing but base64's characters and line ends */
	bool files;  /* a row begins as uuencode or yEnc do */
	bool padded; /* the last byte is "=" */
	uint8_t matched[2];
	size_t kept;
	uint8_t head[CONTENTS_HEAD];
};

void contents_begin(struct contents *);
void contents_bytes(struct contents *, struct span);

/* It begins as a message or a part does: with fields. */
bool contents_have_fields(const struct contents *);

/* It is an opaque S/MIME signature. */
bool contents_are_signed(const struct contents *);

#endif
