/* SPDX-License-Identifier: ISC */
/*
 * Where the readings of a message take their bytes from: level 0 is the message
 * as it is stored, each level above it is a range of the one below, decoded.
 * Levels are read forward; with a mark they are read again from there on, the
 * levels below with them, without decoding what stands before it.
 */
#ifndef PARSER_MIME_SOURCE_H
#define PARSER_MIME_SOURCE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/span.h"
#include "parser/mime/decode.h"
#include "parser/mime/octets.h"
#include "parser/mime/stored.h"

#define SOURCE_DEPTH_MAX 2 /* messages inside of decoded objects */

/* The message, those inside, and an object of the innermost. */
#define SOURCE_LEVELS (1 + SOURCE_DEPTH_MAX + 1)
#define SOURCE_ROOM   2048

/* How far the bytes of a level were made. */
struct source_stage {
	struct decoder decoder;
	struct octets octets;
	uint64_t in; /* where in the level below it goes on */
	uint64_t at; /* of what comes next, in this level */
	bool ended;
};

/* Of a level: it and those below, as they were at a place.  Not used by level
 * 0, which can be read anywhere. */
struct source_mark {
	struct source_stage stage[SOURCE_DEPTH_MAX];
};

struct source_level {
	struct source_stage now;
	struct source_mark before; /* what is in out was made */
	uint64_t end;		   /* of its range in the level below */
	bool octets;		   /* only OCTET STRINGs of what is decoded */
	uint32_t fills;
	uint32_t file; /* what is in out belongs to: decoder.files */
	size_t len, taken;
	uint8_t out[SOURCE_ROOM];
};

struct source {
	struct readings *readings; /* for readings_fetch */
	uint64_t size;		   /* of level 0 */
	uint64_t at;		   /* the same: of what comes next */
	struct span piece;
	uint64_t piece_at;
	uint64_t work; /* bytes that may still be moved */
	bool stopped;  /* a piece cannot be had */
	struct source_level above[SOURCE_LEVELS - 1];
};

/* work: how many bytes may be read, on all levels together. */
void source_begin(
    struct source *, struct readings *, uint64_t size, uint64_t work);

/* The level above k becomes what stands in k from where it is read up to end;
 * octets: of its OCTET STRINGs. */
void source_open(
    struct source *, unsigned int k, uint64_t end, enum decoding, bool octets);

/* The next bytes of level k; false if there are none, or the source is stuck.
 * They stay while nothing is read in k or above. */
bool source_read(struct source *, unsigned int k, struct span *out);

/* Somebody who was given so many bytes has looked at them. */
void source_worked(struct source *, uint64_t bytes);

/* No more can be had, or may. */
bool source_stuck(const struct source *);

/* Changes whenever a mark of what was read last would become another one. */
uint32_t source_fills(const struct source *, unsigned int k);
void source_mark(const struct source *, unsigned int k, struct source_mark *);

/* Level k is read on at that place, which is not before the mark's bytes. */
void source_seek(
    struct source *, unsigned int k, const struct source_mark *, uint64_t at);

/* The decoder of level k, and which of the files in it was read last. */
const struct decoder *source_decoder(const struct source *, unsigned int k);
uint32_t source_file(const struct source *, unsigned int k);

#endif
