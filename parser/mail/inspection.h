/* SPDX-License-Identifier: ISC */
/*
 * What a message contains, as the session logic sees it: read strictly while it
 * arrives (parser/mime/mime.h), and read again in every other way if that
 * matters (readings.h), each object to the scanner.  What these parsers ask of
 * whoever is linked with them is in inspection.c.
 */
#ifndef PARSER_MAIL_INSPECTION_H
#define PARSER_MAIL_INSPECTION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/anomaly.h"
#include "lib/decoding.h"
#include "lib/span.h"

/* One message at a time, in memory that is zeroed at first and touched only as
 * far as it is used. */
struct inspection;
size_t inspection_size(void);

/* A message begins; the one that was is forgotten. */
void inspection_begin(struct inspection *);

/* In order, as they go to the scanner. */
void inspection_field(struct inspection *, struct span name, struct span value);
void inspection_body(struct inspection *, struct span bytes);

/* It is whole; adds what is odd about it to found. */
void inspection_end(struct inspection *, struct anomalies *found);

/* Behind its end: may it be something else for other programs, or was not all
 * of it read?  Then it is to be read again. */
bool inspection_is_unclear(const struct inspection *);

/* Reads it again, size bytes, and has each object scanned; between
 * process_scan_end and process_scan_read.  Whatever is not COMPLETE leaves a
 * message that must not be called clean. */
enum read_end inspection_read(struct inspection *, uint32_t message,
    uint64_t size, struct anomalies *found);

#endif
