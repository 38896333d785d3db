/* SPDX-License-Identifier: ISC */
/*
 * File names as they are compared: a normal form in which all spellings of a
 * dangerous name are one, and what is odd about a name.  Pure.
 */
#ifndef PARSER_MIME_NAME_H
#define PARSER_MIME_NAME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/anomaly.h"
#include "lib/span.h"

/* Of a longer one the first 512 and the last 128 bytes are kept. */
#define NAME_MAX_KEPT 640

/*
 * The last path component that is not empty, in lower case, look-alikes of
 * letters and dots as ASCII, invisible characters, controls, and dots and blanks
 * at the end left out; what is no UTF-8 is taken for Latin-1.  Always UTF-8, and
 * its own normal form.  out has NAME_MAX_KEPT bytes; returns the length.
 */
size_t name_normal(struct span name, uint8_t *out);

/* Extensions of a name, in normal form: behind the last dot, and those that a
 * colon or NUL would uncover, cut after NAME_MAX_KEPT / NAME_EXTENSIONS bytes.
 * All different, none empty; returns how many.  They point into buffer, which
 * has NAME_MAX_KEPT bytes. */
#define NAME_EXTENSIONS 3
size_t name_extensions(struct span name, uint8_t *buffer,
    struct span extension[static NAME_EXTENSIONS]);

/* name-bidi, -invisible, -lookalike, -control, -colon, -path, -reserved,
 * -long, -empty, -trailing-dot, -trailing-space, -space-run,
 * -double-extension. */
void name_check(struct span name, struct anomalies *found);

/* Is that extension, in lower case and without a dot, one of a file that acts
 * when it is opened? */
bool name_is_dangerous(struct span extension);

#endif
