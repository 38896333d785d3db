/* SPDX-License-Identifier: ISC */
/* The names of decodings and objects; see decoding.h. */
#include "lib/decoding.h"

#include <stddef.h>
#include <string.h>

const char *
decoding_name(enum decoding decoding)
{
	static const char *const name[DECODINGS] = {
	    [DECODING_AS_IS] = "as-is",
	    [DECODING_BASE64] = "base64",
	    [DECODING_BASE64_RESTART] = "base64-restart",
	    [DECODING_BASE64_SKIP] = "base64-skip",
	    [DECODING_BASE64_URL] = "base64-url",
	    [DECODING_QUOTED_PRINTABLE] = "quoted-printable",
	    [DECODING_QP_KEEP] = "qp-keep",
	    [DECODING_QP_CR] = "qp-cr",
	    [DECODING_QP_TWICE] = "qp-twice",
	    [DECODING_UUENCODE] = "uuencode",
	    [DECODING_YENC] = "yenc",
	    [DECODING_UUENCODE_FIT] = "uuencode-fit",
	};

	return decoding < DECODINGS ? name[decoding] : "unknown";
}

bool
reading_object_fits(const struct reading_object *o)
{
	size_t len = strnlen(o->part, sizeof(o->part));

	return len > 0 && len < sizeof(o->part) && o->decoding < DECODINGS &&
	       strspn(o->part, "0123456789.@+") == len;
}
