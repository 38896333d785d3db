/* SPDX-License-Identifier: ISC */
/*
 * A saved message: its lines, and what a mailbox has added to it.
 */
#ifndef CLI_SAVED_H
#define CLI_SAVED_H

#include <stdbool.h>

#include "lib/span.h"

/* A line with its end; false at the end of the text. */
bool saved_line(struct cursor *, struct span *line);

/* Without its line end. */
struct span saved_without_end(struct span line);

/* Is that first line one that a mailbox puts in front of a message? */
bool saved_is_from(struct span line);

/* A mailbox puts ">" before each line that could be mistaken for the beginning
 * of the next message: the line without it. */
struct span saved_without_quote(struct span line);

/* The message as it was on its way: without what a mailbox has added, and with
 * CR LF at the end of every line if its first one ends in LF alone.  Fills out,
 * which has room for twice the text; returns what it filled. */
struct span saved_message(struct span text, uint8_t *out);

#endif
