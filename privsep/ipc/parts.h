/* SPDX-License-Identifier: ISC */
/*
 * A block in parts: a struct of fixed size, then as many parts as there are,
 * for what has no fixed size: filters, lists, texts.
 *
 *	fixed struct, which begins with a parts_head
 *	a parts_row for each part: kind, offset, length
 *	the parts, each at the next multiple of 8, in the order of their rows
 *
 * There is only one way to write a block, and anything else is refused: no
 * part overlaps another, nothing is hidden between two of them or behind the
 * last.  What a part holds is for its reader to judge.
 *
 * Writer and reader work on memory alone and can be used in any process.
 */
#ifndef PRIVSEP_IPC_PARTS_H
#define PRIVSEP_IPC_PARTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/span.h"

#define PARTS_ALIGN	8U
#define PARTS_KINDS_MAX 16U
#define PARTS_MAX	1024U /* of one block */
#define PARTS_SIZE_MAX	(1U << 24)

struct parts_head {
	uint32_t size;	/* of the block, all of it */
	uint32_t fixed; /* of the struct that begins with this */
	uint32_t parts;
	uint32_t zero;
};

struct parts_row {
	uint32_t kind;
	uint32_t offset; /* from the beginning of the block */
	uint32_t length; /* never 0: a part that is empty is left out */
	uint32_t zero;
};

/* What holds for all parts of one kind.  A kind that a block does not know is
 * a row of zeros. */
struct parts_rule {
	uint32_t least, most; /* so many of them in a block */
	uint32_t unit;	      /* the length is a multiple of this */
	uint32_t length_max;
};

/* What a block must look like; the kinds are indices of the rules. */
struct parts_shape {
	uint32_t fixed;
	uint32_t kinds; /* at most PARTS_KINDS_MAX */
	const struct parts_rule *rule;
};

/* A part that is to be written. */
struct part {
	uint32_t kind;
	struct span bytes;
};

/* Writes a block of that shape to out.  FIXED is the struct, whose head is
 * filled in.  Returns the size of the block; 0, and nothing was written, if it
 * does not fit into room, or if the parts are not what the shape allows. */
size_t parts_write(void *out, size_t room, const struct parts_shape *,
    const void *fixed, const struct part *part, size_t parts);

/* True if block is one of that shape, whoever wrote it. */
bool parts_check(struct span block, const struct parts_shape *);

/* Of a block that has passed the check, the number-th part of a kind, counted
 * from 0; empty if there are not so many. */
struct span parts_get(struct span block, uint32_t kind, uint32_t number);

#endif
