/* SPDX-License-Identifier: ISC */
/*
 * Types by content: parser/mime/kind.c, kind_head.c, kind_stream.c.
 *
 * The first byte says how the content is cut, the second how often its end is
 * repeated, so that it reaches beyond the beginning.  In pieces the same is
 * found as at once; ZIP archives, their flag of encryption, and words of PDF
 * are found where a second reader finds them who has all of it before him.
 */
#include <string.h>

#include "fuzz/kit/fuzz.h"
#include "parser/mime/kind.h"

#define CONTENT_MAX 50000

static struct kinds
kinds_of(struct span in, size_t piece)
{
	static struct kind_reader r;
	struct cursor c = cursor_of(in);
	struct span s;

	kind_begin(&r);
	while (
	    cursor_take(&c, piece < c.left ? piece : c.left, &s) && s.len > 0) {
		struct span copy = fuzz_copy(s);

		kind_bytes(&r, copy);
		free((void *)(uintptr_t)copy.ptr);
	}
	return kind_end(&r);
}

static bool
is_at(struct span s, size_t at, const char *bytes, size_t len)
{
	return at <= s.len && s.len - at >= len &&
	       memcmp(s.ptr + at, bytes, len) == 0;
}

/* By what stands at the beginning, or by an end record in front of the longest
 * comment. */
static bool
is_zip(struct span s)
{
	if (is_at(s, 0, "PK\3\4", 4) || is_at(s, 0, "PK\5\6", 4) ||
	    is_at(s, 0, "PK\7\10", 4))
		return true;
	/* Whatever it is, the last one counts. */
	for (size_t at = s.len; at-- > 0;) {
		if (is_at(s, at, "PK\5\6", 4))
			return s.len - at >= 22 && s.len - at <= 22 + 65535;
	}
	return false;
}

/* Is there a header whose flags, which stand there in it, say so?  Behind the
 * flags it may be cut. */
static bool
has_flags(struct span s, const char *mark, size_t flags)
{
	for (size_t at = 0; at + flags + 2 <= s.len; at++) {
		if (is_at(s, at, mark, 4) &&
		    ((s.ptr[at + flags] & 1) != 0 ||
			(s.ptr[at + flags + 1] & 0x20) != 0))
			return true;
	}
	return false;
}

static bool
is_encrypted(struct span s)
{
	return has_flags(s, "PK\3\4", 6) || has_flags(s, "PK\1\2", 8);
}

static bool
has_launch(struct span s)
{
	bool pdf = false;

	for (size_t at = 0; at < 1024; at++)
		pdf = pdf || is_at(s, at, "%PDF-", 5);
	for (size_t at = 0; pdf && at < s.len; at++) {
		if (is_at(s, at, "/Launch", 7) &&
		    (at + 7 == s.len || s.ptr[at + 7] <= ' ' ||
			strchr("()<>[]{}/%", s.ptr[at + 7]) != NULL))
			return true;
	}
	return false;
}

static void
check(struct span s, size_t piece)
{
	struct kinds whole = kinds_of(s, s.len), cut = kinds_of(s, piece);
	bool zip = is_zip(s);

	NEED(memcmp(&whole, &cut, sizeof(whole)) == 0);
	NEED(kinds_has(&whole, KIND_ZIP) == zip);
	NEED(kinds_has(&whole, KIND_ZIP_ENCRYPTED) == (zip && is_encrypted(s)));
	NEED(!has_launch(s) || kinds_has(&whole, KIND_PDF_LAUNCH));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static uint8_t content[CONTENT_MAX];
	struct cursor c = cursor_of(span_of(data, size));
	size_t piece = (size_t)fuzz_u8(&c) * 7 + 1, times = fuzz_u8(&c);
	struct span in = cursor_rest(&c);
	size_t len = 0;

	/* First once, then in the middle nothing, then again. */
	for (size_t i = 0; i < 2 && in.len > 0; i++) {
		if (in.len > CONTENT_MAX - len)
			break;
		memcpy(content + len, in.ptr, in.len);
		len += in.len;
		if (times == 0)
			break;
		if (times * 150 > CONTENT_MAX - len)
			break;
		memset(content + len, 0, times * 150);
		len += times * 150;
	}
	if (len > 0)
		check(span_of(content, len), piece);
	return 0;
}
