/* SPDX-License-Identifier: ISC */
/*
 * What streams by; see kind_stream.h.  Only what can matter for a kind that the
 * beginning has shown is looked for, and the ends of ZIP archives, which may
 * stand behind anything.  Used in the session process.
 */
#include "parser/mime/kind_stream.h"

#include <string.h>

#include "parser/mime/ascii.h"

/* As much of a content as is in view from one place on. */
static struct span
ahead(struct span view, size_t at)
{
	size_t len = view.len - at;

	return span_of(view.ptr + at, len < KIND_AHEAD ? len : KIND_AHEAD);
}

static uint16_t
u16le_at(struct span s, size_t at)
{
	return at + 2 <= s.len ? (uint16_t)(s.ptr[at] | s.ptr[at + 1] << 8) : 0;
}

/* Do bytes begin at one of the first places? */
static bool
is_there(struct span view, size_t places, const void *bytes, size_t len)
{
	size_t span = view.len - places < len ? view.len : places + len - 1;

	return memmem(view.ptr, span, bytes, len) != NULL;
}

/* --- ZIP ------------------------------------------------------------------- */

/* Do both begin alike, in upper or lower case and whichever slash? */
static bool
starts_with(struct span s, const char *lower_text)
{
	size_t len = strlen(lower_text);

	if (s.len < len)
		return false;
	for (size_t i = 0; i < len; i++) {
		uint8_t c = s.ptr[i] == '\\' ? '/' : ascii_lower(s.ptr[i]);

		if (c != (uint8_t)lower_text[i])
			return false;
	}
	return true;
}

static bool
ends_with(struct span s, const char *lower_text)
{
	size_t len = strlen(lower_text);

	return s.len >= len &&
	       starts_with(span_of(s.ptr + s.len - len, len), lower_text);
}

static bool
is_same(struct span s, const char *lower_text)
{
	return s.len == strlen(lower_text) && starts_with(s, lower_text);
}

static void
zip_name(struct span name, struct kinds *of_zip)
{
	if (is_same(name, "meta-inf/manifest.mf"))
		kinds_add(of_zip, KIND_JAR);
	if (is_same(name, "androidmanifest.xml"))
		kinds_add(of_zip, KIND_APK);
	if (is_same(name, "[content_types].xml"))
		kinds_add(of_zip, KIND_OOXML);
	if (ends_with(name, "vbaproject.bin"))
		kinds_add(of_zip, KIND_OOXML_MACRO);
	if (starts_with(name, "xl/macrosheets/"))
		kinds_add(of_zip, KIND_OOXML_XLM);
	if (is_same(name, "word/_rels/settings.xml.rels"))
		kinds_add(of_zip, KIND_OOXML_TEMPLATE);
}

/* A header with its flags and the length of its name there, and the name
 * here. */
static void
zip_header(struct span s, size_t flags, size_t name_len, size_t name,
    struct kinds *of_zip)
{
	size_t len = u16le_at(s, name_len);

	/* Bit 0, or the names themselves (bit 13). */
	if ((u16le_at(s, flags) & 0x2001) != 0)
		kinds_add(of_zip, KIND_ZIP_ENCRYPTED);
	if (s.len < name)
		return;
	if (len > s.len - name)
		len = s.len - name;
	zip_name(span_of(s.ptr + name, len), of_zip);
}

static void
zip_mark(struct kind_stream *z, uint64_t at, struct span s)
{
	if (memcmp(s.ptr, "PK\x03\x04", 4) == 0)
		zip_header(s, 6, 26, 30, &z->of_zip);
	else if (memcmp(s.ptr, "PK\x01\x02", 4) == 0)
		zip_header(s, 8, 28, 46, &z->of_zip);
	else if (memcmp(s.ptr, "PK\x05\x06", 4) == 0)
		z->zip_end = at + 1;
}

static void
zip(struct kind_stream *z, uint64_t base, struct span view, size_t places)
{
	const uint8_t *end = view.ptr + places, *at = view.ptr;

	while ((at = memchr(at, 'P', (size_t)(end - at))) != NULL) {
		struct span s = ahead(view, (size_t)(at - view.ptr));

		if (s.len >= 4 && s.ptr[1] == 'K')
			zip_mark(z, base + (size_t)(at - view.ptr), s);
		at++;
	}
}

/* --- OLE2 ------------------------------------------------------------------ */

/* Their names, found in any place: nothing else has such words. */
#define WIDE_VBA_PROJECT "_\0V\0B\0A\0_\0P\0R\0O\0J\0E\0C\0T\0"
#define WIDE_PACKAGE	 "E\0n\0c\0r\0y\0p\0t\0e\0d\0P\0a\0c\0k\0a\0g\0e\0"
#define WIDE_INFO	 "E\0n\0c\0r\0y\0p\0t\0i\0o\0n\0I\0n\0f\0o\0"

static const struct {
	enum kind kind;
	size_t len;
	const char *bytes;
} ole2_words[] = {
    {KIND_OLE2_VBA, sizeof(WIDE_VBA_PROJECT) - 1, WIDE_VBA_PROJECT},
    {KIND_OLE2_ENCRYPTED, sizeof(WIDE_PACKAGE) - 1, WIDE_PACKAGE},
    {KIND_OLE2_ENCRYPTED, sizeof(WIDE_INFO) - 1, WIDE_INFO},
    {KIND_MSI, 16, "\x84\x10\x0c\0\0\0\0\0\xc0\0\0\0\0\0\0\x46"},
};

/* A directory entry is 128 bytes, of which 64 are the name; then its length,
 * with the NUL, and a type.  As entries these names are short and usual words:
 * only there they count. */
#define ENTRY_SIZE 128

static bool
is_entry(struct span s, const char *lower_name)
{
	size_t len = strlen(lower_name);

	if (s.len < ENTRY_SIZE || u16le_at(s, 64) != 2 * (len + 1) ||
	    s.ptr[66] == 0 || s.ptr[66] > 5)
		return false;
	for (size_t i = 0; i < len; i++) {
		if (ascii_lower(s.ptr[2 * i]) != (uint8_t)lower_name[i] ||
		    s.ptr[2 * i + 1] != 0)
			return false;
	}
	return true;
}

static void
ole2(struct kinds *found, uint64_t base, struct span view, size_t places)
{
	size_t first = (size_t)(ENTRY_SIZE - base % ENTRY_SIZE) % ENTRY_SIZE;

	for (size_t i = 0; i < sizeof(ole2_words) / sizeof(ole2_words[0]);
	     i++) {
		if (!kinds_has(found, ole2_words[i].kind) &&
		    is_there(
			view, places, ole2_words[i].bytes, ole2_words[i].len))
			kinds_add(found, ole2_words[i].kind);
	}
	for (size_t i = first; i < places; i += ENTRY_SIZE) {
		struct span s = ahead(view, i);

		if (is_entry(s, "vba") || is_entry(s, "macros"))
			kinds_add(found, KIND_OLE2_VBA);
	}
}

/* --- PDF ------------------------------------------------------------------- */

#define PDF_NAME_MAX 16

static uint8_t
digit(uint8_t c)
{
	if (c >= '0' && c <= '9')
		return (uint8_t)(c - '0');
	c = ascii_lower(c);
	return c >= 'a' && c <= 'f' ? (uint8_t)(c - 'a' + 10) : 16;
}

static bool
is_pdf_delimiter(uint8_t c)
{
	return c <= ' ' || strchr("()<>[]{}/%", c) != NULL;
}

/* The name behind a slash, its "#xx" resolved; 0: longer than any of ours. */
static size_t
pdf_name(struct span s, char name[static PDF_NAME_MAX])
{
	size_t len = 0;

	for (size_t i = 1; i < s.len && !is_pdf_delimiter(s.ptr[i]); i++) {
		uint8_t c = s.ptr[i];

		if (c == '#' && i + 2 < s.len && digit(s.ptr[i + 1]) < 16 &&
		    digit(s.ptr[i + 2]) < 16) {
			c = (uint8_t)(digit(s.ptr[i + 1]) << 4 |
				      digit(s.ptr[i + 2]));
			i += 2;
		}
		if (len + 1 == PDF_NAME_MAX)
			return 0;
		name[len++] = (char)c;
	}
	name[len] = '\0';
	return len;
}

static void
pdf_word(struct span s, struct kinds *found)
{
	static const struct {
		enum kind kind;
		const char *name;
	} words[] = {
	    {KIND_PDF_JAVASCRIPT, "JavaScript"},
	    {KIND_PDF_JAVASCRIPT, "JS"},
	    {KIND_PDF_LAUNCH, "Launch"},
	    {KIND_PDF_OPEN_ACTION, "OpenAction"},
	    {KIND_PDF_OPEN_ACTION, "AA"},
	    {KIND_PDF_EMBEDDED_FILE, "EmbeddedFile"},
	    {KIND_PDF_EMBEDDED_FILE, "EmbeddedFiles"},
	    {KIND_PDF_RICH_MEDIA, "RichMedia"},
	    {KIND_PDF_ENCRYPTED, "Encrypt"},
	};
	char name[PDF_NAME_MAX];
	size_t len = pdf_name(s, name);

	for (size_t i = 0; len > 1 && i < sizeof(words) / sizeof(words[0]);
	     i++) {
		if (strlen(words[i].name) == len &&
		    memcmp(words[i].name, name, len) == 0)
			kinds_add(found, words[i].kind);
	}
}

static void
pdf(struct kinds *found, struct span view, size_t places)
{
	const uint8_t *end = view.ptr + places, *at = view.ptr;

	while ((at = memchr(at, '/', (size_t)(end - at))) != NULL) {
		pdf_word(ahead(view, (size_t)(at - view.ptr)), found);
		at++;
	}
}

/* --- places ---------------------------------------------------------------- */

/* Volume descriptors of disks: the first three sectors of theirs. */
static void
disk(struct kinds *found, uint64_t base, struct span view, size_t places)
{
	static const uint32_t offsets[] = {0x8001, 0x8801, 0x9001};

	if (base > offsets[2] || base + places <= offsets[0])
		return;
	for (size_t i = 0; i < sizeof(offsets) / sizeof(offsets[0]); i++) {
		struct span s;

		if (offsets[i] < base || offsets[i] - base >= places)
			continue;
		s = ahead(view, (size_t)(offsets[i] - base));
		if (starts_with(s, "cd001"))
			kinds_add(found, KIND_ISO);
		if (starts_with(s, "bea01") || starts_with(s, "nsr0"))
			kinds_add(found, KIND_UDF);
	}
}

void
kind_scan(struct kind_stream *stream, struct kinds *found, uint64_t base,
    struct span view, size_t places)
{
	static const uint8_t file_of_onenote[16] = {0xe7, 0x16, 0xe3, 0xbd,
	    0x65, 0x26, 0x11, 0x45, 0xa4, 0xc4, 0x8d, 0x4d, 0x0b, 0x7a, 0x9e,
	    0xac};

	if (places == 0)
		return;
	zip(stream, base, view, places);
	if (kinds_has(found, KIND_OLE2))
		ole2(found, base, view, places);
	if (kinds_has(found, KIND_PDF))
		pdf(found, view, places);
	if (kinds_has(found, KIND_ONENOTE) &&
	    is_there(view, places, file_of_onenote, sizeof(file_of_onenote)))
		kinds_add(found, KIND_ONENOTE_FILE);
	disk(found, base, view, places);
}

/* The end record has 22 bytes, and a comment behind it that is no longer than
 * that. */
#define ZIP_END_SIZE	22
#define ZIP_COMMENT_MAX 65535

void
kind_scan_end(struct kind_stream *stream, struct kinds *found, uint64_t len,
    struct span tail)
{
	uint64_t behind = len - stream->zip_end + 1;

	if (stream->zip_end > 0 && behind >= ZIP_END_SIZE &&
	    behind <= ZIP_END_SIZE + ZIP_COMMENT_MAX)
		kinds_add(found, KIND_ZIP);
	if (kinds_has(found, KIND_ZIP))
		kinds_join(found, &stream->of_zip);
	/* The codec of an encrypted archive stands in the header at its end. */
	if (kinds_has(found, KIND_7Z) &&
	    memmem(tail.ptr, tail.len, "\x06\xf1\x07\x01", 4) != NULL)
		kinds_add(found, KIND_7Z_ENCRYPTED);
	if (tail.len < KIND_AHEAD)
		return;
	if (memcmp(tail.ptr, "conectix", 8) == 0)
		kinds_add(found, KIND_VHD);
	if (memcmp(tail.ptr, "koly", 4) == 0)
		kinds_add(found, KIND_DMG);
}
