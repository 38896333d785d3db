/* SPDX-License-Identifier: ISC */
/*
 * The open multiparts and messages around what is being read, outermost first,
 * and which of their boundaries a line is a delimiter of (RFC 2046 5.1.1): two
 * hyphens, the boundary, two more at the close, then only blanks.  Pure.
 */
#ifndef PARSER_MIME_LEVEL_H
#define PARSER_MIME_LEVEL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/anomaly.h"
#include "lib/span.h"
#include "parser/mime/entity.h"

#define LEVELS_MAX 32

/* So much of a line is looked at; a delimiter with more blanks behind it is
 * none. */
#define LEVEL_LINE_MAX 1024

struct level {
	uint64_t begins; /* of its header, in the body */
	uint64_t body;	 /* of its first byte behind that */
	uint32_t number; /* of the entity */
	uint32_t parts;	 /* that began in it */
	struct anomalies found;
	uint16_t path_len;     /* of its own path */
	uint16_t boundary_len; /* 0: a message, which has none */
	uint16_t token_len;    /* what is a boundary for programs that know
				* tokens only: so much of it; else all */
	bool digest; /* its parts are messages if not told otherwise */
	bool pair;   /* it should have two parts */
	bool first;  /* clamd looks at one part only: a text, or the first */
	bool hidden; /* there is a part behind it that is no signature */
	bool used;   /* there was a delimiter */
	bool closed;
	uint8_t boundary[ENTITY_BOUNDARY_MAX];
};

/* The first one stands last, where the rest of what an ordinary message needs
 * is: see mime_state.h. */
struct levels {
	struct level reversed[LEVELS_MAX];
	uint32_t count;
	uint32_t known; /* of those behind the last, boundaries still stand */
};

static inline struct level *
level_at(struct levels *l, uint32_t i)
{
	return &l->reversed[LEVELS_MAX - 1 - i];
}

static inline const struct level *
level_seen(const struct levels *l, uint32_t i)
{
	return &l->reversed[LEVELS_MAX - 1 - i];
}

/* Levels from first on, up to the one before last. */
struct level_range {
	uint32_t first, last;
};

enum level_line {
	LEVEL_PLAIN, /* an ordinary line */
	LEVEL_NEAR,  /* the same, but a delimiter for some programs */
	LEVEL_LATE,  /* the same, but the delimiter of a level that has gone */
	LEVEL_OPENS,
	LEVEL_CLOSES,
};

/*
 * What a line is, given with its end, or as far as LEVEL_LINE_MAX, or up to the
 * end of the input.  The innermost level wins, but a closed one only if no
 * other has that boundary; *level is written if it is a delimiter.
 */
enum level_line level_match(const struct levels *, struct level_range,
    struct span line, bool end, uint32_t *level);

/* Could a line that begins with that byte be anything but LEVEL_PLAIN? */
void level_first_bytes(
    const struct levels *, struct level_range, bool first[static 256]);

/* Finds boundary-prefix and boundary-reused of the last level among those
 * before it in that range. */
void level_compare(const struct levels *, uint32_t first, struct anomalies *);

#endif
