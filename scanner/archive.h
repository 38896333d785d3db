/* SPDX-License-Identifier: ISC */
/*
 * What the headers of archives say: a pure function over one header at a time,
 * wherever in a message it was found (look.h).  Runs in the scanner.
 *
 * clamd unpacks the files in a ZIP and a cabinet up to its MaxFileSize only
 * and says nothing of it, and others not at all (docs/containers.md).  What is
 * looked for here is whatever tells of that: sizes, methods, and headers of
 * which clamd reads one and whoever opens the archive the other.  Nothing is
 * unpacked and no structure is followed, so that there is none to be broken:
 * each header stands for itself, and a false one can only make it worse.  That
 * each file in a directory has a header that says the same at the place where
 * the directory has it, and each header a file, is seen from a sum: a
 * polynomial modulo a prime, at a secret place, with what a header says as the
 * coefficient and where it is as the exponent.
 *
 * Sources: PKWARE's APPNOTE.TXT 6.3.10, 4.3 and 4.4; [MS-CAB] 2.
 */
#ifndef SCANNER_ARCHIVE_H
#define SCANNER_ARCHIVE_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/span.h"
#include "scanner/clamd/bounds.h"

/* So many bytes of a header are looked at: fields and name, or folders. */
#define ARCHIVE_HEADER_MAX 304

/* Bytes by which a header is known. */
#define ARCHIVE_MARK 4

enum archive_fault {
	ARCHIVE_FINE,
	ARCHIVE_METHOD,	 /* packed in a way that clamd does not know */
	ARCHIVE_ZIP64,	 /* sizes where clamd does not look for them */
	ARCHIVE_SIZES,	 /* packed it would be larger than it is */
	ARCHIVE_HEADERS, /* those of files and those of the directory differ */
	ARCHIVE_TOO_BIG, /* more in it than clamd unpacks */
	ARCHIVE_NESTED,	 /* archives in it of which we cannot know */
	ARCHIVE_FAULTS
};

/* What all headers so far say.  Zeroed memory is none. */
struct archive {
	enum archive_fault fault; /* of METHOD to SIZES, the first one */
	bool inner;		  /* a packed file is an archive, by its name,
				   * or there is one of another kind */
	uint64_t largest;	  /* file in a ZIP, unpacked */
	uint64_t cabinets;	  /* all that is in cabinets, unpacked */
	bool told;		  /* there is a ZIP's directory */
	bool untold;		  /* a file has its sizes there alone */
	uint64_t difference;	  /* of headers and directories; 0: none */
	bool open;		  /* a directory that has not ended */
	uint64_t opened;	  /* where it began */
	uint64_t listed;	  /* what it has so far */
};

/* What headers begin with, the first byte highest. */
extern const uint32_t archive_mark[];
extern const size_t archive_marks;

/* A secret, so that nobody can make up for a difference.  Once, at first. */
void archive_setup(uint64_t key);

bool archive_is_mark(uint32_t mark);

/* bytes begin with a mark; there are ARCHIVE_HEADER_MAX of them, or as many
 * as there are up to the end.  at is the bit at which they begin, counted from
 * anywhere. */
void archive_header(struct archive *, struct span bytes, uint64_t at);

/* What there is that such a clamd does not look into. */
enum archive_fault archive_judge(
    const struct archive *, const struct archive_bounds *);

/* "method", "member-size", ...; for the log. */
const char *archive_fault_name(enum archive_fault);

#endif
