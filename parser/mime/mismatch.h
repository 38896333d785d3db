/* SPDX-License-Identifier: ISC */
/*
 * Whether what a part says of itself, by its type and its names, and what its
 * content is go together.  Pure.
 */
#ifndef PARSER_MIME_MISMATCH_H
#define PARSER_MIME_MISMATCH_H

#include <stdbool.h>

#include "parser/mime/entity.h"
#include "parser/mime/kind.h"

/* Two of the three are of different classes, and one of those is executable,
 * script, disk image or archive. */
bool mismatch_is_there(const struct entity *, const struct kinds *content);

/* Nobody can look into it. */
bool mismatch_is_encrypted(const struct kinds *);

#endif
