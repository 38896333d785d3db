/* SPDX-License-Identifier: ISC */
/*
 * What the MIME reader says about one message, kept so that it can be shown:
 * its parts in the order in which they begin, and the objects of its readings.
 * One message at a time; all memory is there before the message is looked at.
 */
#ifndef CLI_DESCRIPTION_H
#define CLI_DESCRIPTION_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "lib/sha256.h"
#include "parser/mime/mime.h"
#include "parser/mime/readings.h"

#define DESCRIPTION_PARTS 4096 /* files in texts included; more: counted */

struct described_part {
	char path[MIME_PATH_MAX];
	bool attachment;
	bool file; /* in a text; its only name is the first */
	bool cut;  /* there was no room for all of its texts */
	struct span type, charset;
	uint32_t names;
	struct span name[ENTITY_NAMES_MAX];
	enum encoding encoding;
	enum decoding decoding;
	uint64_t begins, size;
	struct anomalies found;
	struct kinds kinds;
	bool has_digest; /* it is a leaf or a file */
	uint8_t digest[SHA256_BYTES];
};

struct described_object {
	struct reading_object what;
	uint64_t size;
	uint8_t digest[SHA256_BYTES];
};

struct description {
	uint32_t parts, parts_left_out;
	struct described_part part[DESCRIPTION_PARTS];
	struct anomalies found;
	bool limited, ambiguous;
	/* If it is ambiguous: what else can be read into it. */
	enum readings_end end;
	uint32_t objects;
	struct described_object object[READINGS_OBJECTS_MAX + 1];
};

/* The memory for everything, once.  False if there is none. */
bool description_setup(void);

/* The reader that the caller gives fields and body, or bytes to, and then what
 * it found; stored: the message with its header, for the readings. */
struct mime *description_begin(void);
const struct description *description_end(struct span stored);

/* For people, and as one JSON object and a line end; pratique(8). */
void description_print(const struct description *, const char *file, FILE *);
void description_json(const struct description *, const char *file, FILE *);

/* How the readings ended: "done", "limit", "stopped". */
const char *description_end_name(const struct description *);

/* Bytes from outside, escaped (lib/escape.h). */
void description_escaped(struct span, FILE *);
void description_digest(const uint8_t digest[static SHA256_BYTES], FILE *);

#endif
