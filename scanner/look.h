/* SPDX-License-Identifier: ISC */
/*
 * The scanner's own look at a message: are there archives in it, and do their
 * headers tell of content that clamd does not look into (archive.h)?
 *
 * The bytes of the body are searched for headers as they come, in five
 * readings at once, and none of them believes what MIME says about the
 * message: as they are; as quoted-printable, whose lines end in CR LF for some
 * and in LF for others; as base64; and as uuencode behind a line that begins
 * with "begin ".  base64 is read as one row of letters, 6
 * bits each, all other bytes left out, and a header can begin at any even bit
 * of it: so it does not matter where a part begins, nor what stands between
 * its lines.
 *
 * Fixed memory, no allocation, no recursion, no I/O; each byte is looked at a
 * few times.
 */
#ifndef SCANNER_LOOK_H
#define SCANNER_LOOK_H

#include "scanner/archive.h"

/* Letters of base64 that a header takes, wherever in a letter it begins. */
#define LOOK_LETTERS ((ARCHIVE_HEADER_MAX * 8 + 4) / 6 + 1)

/* A reading: what is kept of it are the last bytes, or letters, as long as a
 * header may begin there. */
struct look_bytes {
	struct archive archive;
	uint64_t at; /* what is kept begins after this many */
	size_t kept;
	uint8_t keep[ARCHIVE_HEADER_MAX];
};

struct look_letters {
	struct archive archive;
	uint64_t at;
	size_t kept;
	uint8_t keep[LOOK_LETTERS];
};

struct look_quoted {
	struct look_bytes bytes;
	bool unix_lines;    /* no CR but escaped ones */
	uint8_t escape_len; /* bytes of "=XX" that were there */
	uint8_t escape;	    /* the second of them */
};

/* Zeroed memory is one that has seen nothing. */
struct look {
	struct look_bytes plain, uu;
	struct look_quoted quoted, unix_quoted;
	struct look_letters base64;
	bool has_quoted;   /* there was something to decode */
	bool in_uu;	   /* there was a "begin " */
	bool skip_line;	   /* this line is not it */
	uint8_t line_len;  /* bytes of the line that count */
	uint8_t line_left; /* bytes of the line that are to come, decoded */
	uint8_t line_had;  /* and those that have come */
	uint8_t letters;   /* of four */
	uint32_t bits;	   /* of theirs */
	uint64_t len;
};

/* key: see archive_setup.  Once, at first. */
void look_setup(uint64_t key);

void look_body(struct look *, struct span bytes);
void look_end(struct look *);

/* After look_end: what a clamd with these bounds does not look into. */
enum archive_fault look_judge(
    const struct look *, const struct archive_bounds *);

/* Is there something that may hold archives of which we cannot know? */
bool look_is_blind(const struct look *);

#endif
