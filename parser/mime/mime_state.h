/* SPDX-License-Identifier: ISC */
/*
 * The reader's memory, and its parts; for these only.  From the outside in:
 *
 *   mime_reader.c	takes what comes, and cuts it (split.c) into runs of bytes,
 *		empty lines and delimiters; events.c says what follows of each
 *   part.c	entities begin and end there, levels open and close
 *   leaf.c	the content of one: decoded, measured, given
 *   file.c	files that stand encoded in a text
 *
 * There are two streams: the message, and what a message/global that is base64
 * or quoted-printable says decoded.
 */
#ifndef PARSER_MIME_MIME_STATE_H
#define PARSER_MIME_MIME_STATE_H

#include "parser/mime/body.h"
#include "parser/mime/decode.h"
#include "parser/mime/level.h"
#include "parser/mime/lines.h"
#include "parser/mime/mime.h"
#include "parser/mime/split.h"

#define MIME_DECODED_MAX 8192
#define MIME_SMALL_MAX	 512
#define MIME_START_MAX	 32 /* of a content, for what is looked for always */

_Static_assert(LEVELS_MAX == MIME_DEPTH_MAX, "a level for each");

/* Where a stream is. */
enum mime_place {
	MIME_HEADER,  /* of an entity */
	MIME_LEAF,    /* the body of one */
	MIME_OUTSIDE, /* before the first part of the innermost multipart, or
		       * behind its last */
	MIME_ENCODED, /* a message for the second stream */
	MIME_PASSED,  /* a part beyond MIME_PARTS_MAX */
};

struct mime_stream {
	enum mime_place place;
	enum entity_place entity; /* HEADER: of what */
	uint32_t first;		  /* its levels are those from here on */
	struct split split;
	struct body body;
	struct decoder decoder; /* LEAF, ENCODED */
};

/* Files in a text. */
struct mime_files {
	bool looking;	    /* in this content */
	bool quiet;	    /* they are no parts: nothing but findings */
	enum decoding with; /* AS_IS: none has begun */
	bool open;	    /* the file's part */
	uint32_t files;	    /* of the decoder, that are known */
	struct anomalies found;
	struct lines lines;
};

/* The one that has begun. */
struct mime_file {
	struct decoder decoder;
	struct mime_part part;
	struct sha256 sha256;
	struct kind_reader kinds;
	uint8_t decoded[MIME_DECODED_MAX];
};

/* What an ordinary message uses stands together: the levels are in reverse
 * order, entity has its text at its end, and the header is read before any
 * content comes. */
struct mime {
	struct levels levels;
	unsigned int wants;
	bool ambiguous; /* for what the class of found does not say */
	bool nested;	/* the second stream is in use */
	bool top_done;	/* the message's own header is read */
	bool as_bytes;	/* mime_bytes is used */
	uint32_t parts; /* so far, those beyond the limit too */
	struct anomalies found;
	struct mime_part part; /* the leaf, or the entity that begins */
	bool some;	       /* bytes of the leaf's body came */
	size_t start_len;
	uint8_t start[MIME_START_MAX]; /* of the leaf's content */
	struct sha256 sha256;
	struct mime_stream outer;
	struct mime_files files;
	size_t header_len;
	bool header_cut;
	uint8_t small[MIME_SMALL_MAX]; /* the header, while it fits in here */
	struct entity entity;
	union {
		uint8_t header[MIME_HEADER_MAX];
		struct {
			struct kind_reader kinds;
			uint8_t decoded[MIME_DECODED_MAX];
		} leaf;
	};
	struct mime_stream inner;
	struct split_held held[2];
	struct mime_file file;
	uint8_t message[MIME_DECODED_MAX]; /* decoded, for the inner stream */
};

/* The levels of a stream. */
struct level_range mime_range(const struct mime *, const struct mime_stream *);

/* events.c */

/* What split.c has found in a stream, or its end. */
void mime_event(struct mime *, struct mime_stream *, enum split_what,
    const struct split_event *);
void mime_stream_end(struct mime *, struct mime_stream *);

/* part.c */

/* Of the part, or of the level outside of whose parts the stream is. */
void mime_found_add(struct mime *, const struct mime_stream *, enum anomaly);
/* The header of an entity begins. */
void mime_header_begin(struct mime *, struct mime_stream *, enum entity_place);
void mime_header_bytes(struct mime *, struct span);
/* It is read; ended: by an empty line. */
void mime_header_end(struct mime *, struct mime_stream *, bool ended);
/* Whatever is open in a stream above so many levels ends. */
void mime_close(struct mime *, struct mime_stream *, uint32_t levels);
/* A part of the innermost level, or a level within it, is no signature: does
 * clamd not look there? */
void mime_level_hides(struct mime *);

/* Before the first part of the innermost level, or behind its last. */
void mime_outside_begin(struct mime *, struct mime_stream *, enum body_kind);
void mime_outside_end(struct mime *, struct mime_stream *);
/* The second stream has ended. */
void mime_encoded_end(struct mime *, struct mime_stream *);

/* leaf.c */

void mime_leaf_begin(struct mime *, struct mime_stream *);
void mime_leaf_bytes(struct mime *, struct mime_stream *, struct span run);
void mime_leaf_end(struct mime *, struct mime_stream *);

/* file.c */

void mime_files_begin(struct mime *, bool quiet);
void mime_files_bytes(struct mime *, struct span content);
void mime_files_end(struct mime *);

#endif
