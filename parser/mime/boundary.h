/* SPDX-License-Identifier: ISC */
/*
 * The boundary of a multipart out of the parameters of its type, read strictly
 * (RFC 2046 5.1.1): the first plain one, else those of RFC 2231.
 */
#ifndef PARSER_MIME_BOUNDARY_H
#define PARSER_MIME_BOUNDARY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/anomaly.h"
#include "parser/mime/entity.h"
#include "parser/mime/param.h"

#define BOUNDARY_USUAL_MAX 70 /* RFC 2046 */

struct boundary {
	bool there; /* perhaps empty */
	bool odd;   /* programs may take another value, see below */
	size_t len;
	uint8_t text[ENTITY_BOUNDARY_MAX];
	size_t plain; /* bytes before the first that ends a token, if it is
		       * unquoted; else len */
};

/* odd is set if a parameter's anomaly concerns it; found gets boundary-conflict,
 * -empty, -encoded-word, -extended, -long, -odd, -space-end, param-*. */
void boundary_read(
    const struct params *, struct boundary *out, struct anomalies *found);

#endif
