/* SPDX-License-Identifier: ISC */
/*
 * The readings of an ambiguous message: everything that one or another program
 * may take for the content of a part, each as an object of its own that can be
 * scanned by itself.
 *
 * The message is read again from where it is stored: first strictly, part by
 * part (mime.h); then as the other families of programs do, who cut it at lines
 * that only resemble delimiters, take another one of several boundaries or
 * encodings, end headers and encodings elsewhere (docs/mime.md).  No object is
 * given twice.  Bounded in objects, bytes, depth and work: beyond that the end
 * is LIMIT, and the message must not be called clean.
 *
 * Fixed memory, no allocation, no recursion, work linear in the message.
 */
#ifndef PARSER_MIME_READINGS_H
#define PARSER_MIME_READINGS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/decoding.h"
#include "lib/span.h"
#include "parser/mime/mime.h"
#include "parser/mime/stored.h"

#define READINGS_DEPTH_MAX 2 /* messages inside of decoded objects */
#define READINGS_CUTS_MAX  4096
#define READINGS_STATE_MAX 65536 /* bytes, without the strict reader */

enum readings_end {
	READINGS_DONE,	 /* all were given */
	READINGS_LIMIT,	 /* there are more than that */
	READINGS_STOPPED /* a function below said so */
};

struct readings;
size_t readings_size(void); /* of the memory that they need, zeroed */

/* size: of the stored message, header included. */
enum readings_end readings_run(struct readings *, uint64_t size);

/*
 * The strict reader runs within, in memory of its own (a struct mime behind
 * struct readings).  What it tells through mime_part_begins and its like is
 * told to whoever is linked with mime.h; while readings_run runs, who passes it
 * on to these.  readings_reads: is it that reader's?
 */
bool readings_reads(const struct readings *, const struct mime *);
void readings_part_begins(struct readings *, const struct mime_part *);
void readings_part_content(
    struct readings *, const struct mime_part *, struct span decoded);
void readings_part_ends(struct readings *, const struct mime_part *);

/* Provided by whoever is linked with it, beside readings_fetch. */

/* An object: begins, its bytes, its end; keep: false if it turned out to be
 * one that was given already, or empty.  False: stop. */
bool readings_object_begin(struct readings *, const struct reading_object *);
bool readings_object_bytes(struct readings *, struct span decoded);
bool readings_object_end(struct readings *, bool keep);

#endif
