/* SPDX-License-Identifier: ISC */
/*
 * What a decoder of decode.h has found, and what it knows from one piece to the
 * next.
 */
#ifndef PARSER_MIME_DECODER_H
#define PARSER_MIME_DECODER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/anomaly.h"
#include "lib/decoding.h"

/* decoder_end gives at most so many bytes. */
#define DECODER_TAIL_MAX 64

#define DECODER_NAME_MAX 256
#define DECODER_LINE_MAX 384

/* What the decoders know from one piece to the next: theirs alone. */
struct base64_state {
	uint32_t bits; /* of the group that is not whole */
	uint8_t phase; /* characters of it */
	uint8_t stage; /* data, its padding, or what stands behind */
	uint8_t after; /* characters of the alphabet behind the padding */
	uint8_t need;  /* "=" that are due, and that came */
	uint8_t pads;
	uint8_t lines;	/* with something in them, up to two */
	bool space;	/* white space in this line since the last character */
	bool filled;	/* this line has more than white space */
	bool blank;	/* an empty line since the last character */
	bool junk;	/* there was something outside of the alphabet */
	bool watch;	/* the first line may be no data */
	bool later;	/* a line has ended since the padding */
	uint64_t line;	/* characters of the alphabet in this line */
	uint64_t first; /* in the first one */
};

struct quoted_state {
	uint8_t hold;	/* what may be an escape or the end of a line */
	uint8_t held;	/* bytes of it */
	uint8_t escape; /* TWICE: bytes of what may be an escape */
	uint8_t digit;	/* the second of them */
	uint8_t line_len;
	uint8_t byte[DECODER_TAIL_MAX];
};

struct file_state {
	uint8_t stage;
	bool ready;    /* a whole line is there, but not dealt with */
	bool odd;      /* the line that may begin a file is */
	uint8_t tries; /* lines since then */
	uint8_t equals;
	uint8_t phase;
	uint32_t bits;
	size_t name_len; /* of the file that may begin */
	size_t len;	 /* bytes of the line that is not whole, and */
	size_t kept;	 /* what is kept of them */
	uint8_t name[DECODER_NAME_MAX];
	uint8_t line[DECODER_LINE_MAX];
};

struct decoder {
	enum decoding decoding;
	struct anomalies found; /* base64-*, qp-*, uuencode-odd and
				 * -unterminated, strict or not */
	uint32_t files;		/* UUENCODE, YENC: that have begun so far */
	bool file_open;		/* the last of them has not ended */
	size_t name_len;	/* the last one's name, cut */
	uint8_t name[DECODER_NAME_MAX];
	union {
		struct base64_state base64;
		struct quoted_state quoted;
		struct file_state file;
	} own;
};

#endif
