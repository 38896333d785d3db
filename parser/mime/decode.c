/* SPDX-License-Identifier: ISC */
/*
 * Which decoder does what, and what encodings are called; see
 * decode.h.  Used in the session process.
 */
#include "parser/mime/decode.h"

#include <string.h>

#include "lib/ensure.h"
#include "parser/mime/decoders.h"

static const char *const encoding_names[ENCODINGS] = {
    [ENCODING_NONE] = "none",
    [ENCODING_7BIT] = "7bit",
    [ENCODING_8BIT] = "8bit",
    [ENCODING_BINARY] = "binary",
    [ENCODING_BASE64] = "base64",
    [ENCODING_QUOTED_PRINTABLE] = "quoted-printable",
    [ENCODING_UUENCODE] = "uuencode",
    [ENCODING_YENC] = "yenc",
    [ENCODING_UNKNOWN] = "unknown",
};

void
decoder_begin(struct decoder *d, enum decoding decoding)
{
	ensure(decoding < DECODINGS);
	memset(d, 0, sizeof(*d));
	d->decoding = decoding;
}

static size_t
as_is(struct cursor *in, uint8_t *out, size_t room)
{
	struct span s = {0};

	(void)cursor_take(in, in->left < room ? in->left : room, &s);
	if (s.len > 0)
		memcpy(out, s.ptr, s.len);
	return s.len;
}

size_t
decoder_bytes(struct decoder *d, struct cursor *in, uint8_t *out, size_t room)
{
	ensure(room >= DECODER_TAIL_MAX);
	switch (d->decoding) {
	case DECODING_AS_IS:
		return as_is(in, out, room);
	case DECODING_BASE64:
	case DECODING_BASE64_RESTART:
	case DECODING_BASE64_SKIP:
	case DECODING_BASE64_URL:
		return base64_bytes(d, in, out, room);
	case DECODING_QUOTED_PRINTABLE:
	case DECODING_QP_KEEP:
	case DECODING_QP_CR:
	case DECODING_QP_TWICE:
		return quoted_bytes(d, in, out, room);
	case DECODING_UUENCODE:
	case DECODING_UUENCODE_FIT:
		return uuencode_bytes(d, in, out, room);
	case DECODING_YENC:
		return yenc_bytes(d, in, out, room);
	case DECODINGS:
		break;
	}
	ensure(false);
	return 0;
}

size_t
decoder_end(struct decoder *d, uint8_t *out)
{
	switch (d->decoding) {
	case DECODING_BASE64:
	case DECODING_BASE64_RESTART:
	case DECODING_BASE64_SKIP:
	case DECODING_BASE64_URL:
		return base64_end(d, out);
	case DECODING_QUOTED_PRINTABLE:
	case DECODING_QP_KEEP:
	case DECODING_QP_CR:
	case DECODING_QP_TWICE:
		return quoted_end(d, out);
	case DECODING_UUENCODE:
	case DECODING_UUENCODE_FIT:
		return uuencode_end(d, out);
	case DECODING_YENC:
		return yenc_end(d, out);
	case DECODING_AS_IS:
	case DECODINGS:
		break;
	}
	return 0;
}

enum decoding
decoding_of(enum encoding encoding)
{
	switch (encoding) {
	case ENCODING_BASE64:
		return DECODING_BASE64;
	case ENCODING_QUOTED_PRINTABLE:
		return DECODING_QUOTED_PRINTABLE;
	case ENCODING_UUENCODE:
		return DECODING_UUENCODE;
	case ENCODING_YENC:
		return DECODING_YENC;
	case ENCODING_NONE:
	case ENCODING_7BIT:
	case ENCODING_8BIT:
	case ENCODING_BINARY:
	case ENCODING_UNKNOWN:
	case ENCODINGS:
		break;
	}
	return DECODING_AS_IS;
}

const char *
encoding_name(enum encoding encoding)
{
	ensure(encoding < ENCODINGS);
	return encoding_names[encoding];
}
