/* SPDX-License-Identifier: ISC */
/*
 * Signatures at the beginning of a content, and what only a second look there
 * tells; see kind_head.h.  Sources: the formats' own specifications.  Used in
 * the session process.
 */
#include "parser/mime/kind_head.h"

#include <string.h>

#include "parser/mime/ascii.h"

#define TEXT_MAX 1024 /* characters in which words of a text are looked for */

#define AT(kind, offset, bytes)                               \
	{                                                     \
		KIND_##kind, offset, sizeof(bytes) - 1, bytes \
	}

static const struct {
	enum kind kind;
	uint16_t offset, len;
	const char *bytes;
} signatures[] = {
    AT(MZ, 0, "MZ"),
    AT(ELF, 0,
	"\x7f"
	"ELF"),
    AT(MACHO, 0, "\xfe\xed\xfa\xce"),
    AT(MACHO, 0, "\xfe\xed\xfa\xcf"),
    AT(MACHO, 0, "\xce\xfa\xed\xfe"),
    AT(MACHO, 0, "\xcf\xfa\xed\xfe"),
    AT(DEX, 0, "dex\n0"),
    AT(WASM, 0, "\0asm"),
    AT(LNK, 0, "\x4c\0\0\0\x01\x14\x02\0\0\0\0\0\xc0\0\0\0\0\0\0\x46"),
    AT(ZIP, 0, "PK\x03\x04"),
    AT(ZIP, 0, "PK\x05\x06"),
    AT(ZIP, 0, "PK\x07\x08"),
    AT(OLE2, 0, "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"),
    AT(RTF, 0, "{\\rt"),
    AT(RAR, 0, "Rar!\x1a\x07\0"),
    AT(RAR, 0, "Rar!\x1a\x07\x01\0"),
    AT(7Z, 0, "7z\xbc\xaf\x27\x1c"),
    AT(GZIP, 0, "\x1f\x8b"),
    AT(XZ, 0,
	"\xfd"
	"7zXZ\0"),
    AT(ZSTD, 0, "\x28\xb5\x2f\xfd"),
    AT(LZ4, 0, "\x04\x22\x4d\x18"),
    AT(LZMA, 0, "\x5d\0\0"),
    AT(COMPRESS, 0, "\x1f\x9d"),
    AT(TAR, 257, "ustar"),
    AT(ACE, 7, "**ACE**"),
    AT(ZOO, 20, "\xdc\xa7\xc4\xfd"),
    AT(ALZ, 0, "ALZ\x01"),
    AT(EGG, 0, "EGGA"),
    AT(CAB, 0, "MSCF"),
    AT(INSTALLSHIELD, 0, "ISc("),
    AT(VHD, 0, "conectix"),
    AT(VHDX, 0, "vhdxfile"),
    AT(VMDK, 0, "KDMV"),
    AT(VMDK, 0, "# Disk DescriptorFile"),
    AT(WIM, 0, "MSWIM\0\0\0"),
    AT(ONENOTE, 0,
	"\xe4\x52\x5c\x7b\x8c\xd8\xa7\x4d\xae\xb1\x53\x78\xd0\x29\x96\xd3"),
    AT(CHM, 0, "ITSF"),
    AT(HLP, 0, "\x3f\x5f\x03\0"),
    AT(PST, 0, "!BDN"),
    AT(ACCESS, 4, "Standard Jet DB"),
    AT(ACCESS, 4, "Standard ACE DB"),
    AT(TNEF, 0, "\x78\x9f\x3e\x22"),
    AT(IMAGE, 0, "\x89PNG"),
    AT(IMAGE, 0, "\xff\xd8\xff"),
    AT(IMAGE, 0, "GIF8"),
    AT(IMAGE, 0, "II*\0"),
    AT(IMAGE, 0, "MM\0*"),
    AT(AUDIO, 0, "ID3"),
    AT(AUDIO, 0, "OggS"),
    AT(AUDIO, 0, "fLaC"),
};

static bool
has_at(struct span s, size_t offset, const void *bytes, size_t len)
{
	return s.len >= len && offset <= s.len - len &&
	       memcmp(s.ptr + offset, bytes, len) == 0;
}

static bool
text_at(struct span s, size_t offset, const char *text)
{
	return has_at(s, offset, text, strlen(text));
}

/* Bytes outside of the head are zero. */
static uint32_t
byte_at(struct span s, size_t offset)
{
	return offset < s.len ? s.ptr[offset] : 0;
}

static uint32_t
u32be_at(struct span s, size_t offset)
{
	return byte_at(s, offset) << 24 | byte_at(s, offset + 1) << 16 |
	       byte_at(s, offset + 2) << 8 | byte_at(s, offset + 3);
}

static uint32_t
u16le_at(struct span s, size_t offset)
{
	return byte_at(s, offset) | byte_at(s, offset + 1) << 8;
}

static uint32_t
u32le_at(struct span s, size_t offset)
{
	return u16le_at(s, offset) | u16le_at(s, offset + 2) << 16;
}

/* --- executables ----------------------------------------------------------- */

/* As it is, or compressed in one of two ways. */
static bool
is_swf_form(uint8_t c)
{
	return c == 'F' || c == 'C' || c == 'Z';
}

static void
executable(struct span s, struct kinds *found)
{
	if (kinds_has(found, KIND_MZ) && s.len > 0x3f &&
	    has_at(s, u32le_at(s, 0x3c), "PE\0\0", 4))
		kinds_add(found, KIND_PE);
	/* For several processors; class files have the same mark, and then a
	 * version, which has never been below 45. */
	if (u32be_at(s, 0) == 0xcafebabe || u32be_at(s, 0) == 0xcafebabf) {
		if (s.len >= 8 && u32be_at(s, 4) >= 45)
			kinds_add(found, KIND_JAVA_CLASS);
		else
			kinds_add(found, KIND_MACHO);
	}
	if (text_at(s, 1, "WS") && is_swf_form(s.ptr[0]) && byte_at(s, 3) > 0 &&
	    byte_at(s, 3) < 64)
		kinds_add(found, KIND_SWF);
}

/* --- archives and containers ----------------------------------------------- */

/* The first member of OpenDocument and EPUB is stored and says which. */
static void
mimetype_member(struct span s, struct kinds *found)
{
	size_t content = 30 + 8 + u16le_at(s, 28);

	if (!text_at(s, 0, "PK\x03\x04") || u16le_at(s, 26) != 8 ||
	    !text_at(s, 30, "mimetype"))
		return;
	if (text_at(s, content, "application/epub+zip"))
		kinds_add(found, KIND_EPUB);
	else
		kinds_add(found, KIND_ODF);
}

/* Of version 4: a flag of the archive's header, or of the first file's.  Of
 * version 5: a block of type 4 behind its checksum and its size, which may
 * have several bytes. */
static void
rar(struct span s, struct kinds *found)
{
	size_t at = 7, size;

	if (!kinds_has(found, KIND_RAR))
		return;
	if (text_at(s, 0, "Rar!\x1a\x07\x01")) {
		for (at = 12; at < 16 && byte_at(s, at) >= 0x80;)
			at++;
		if (byte_at(s, at + 1) == 4)
			kinds_add(found, KIND_RAR_ENCRYPTED);
		return;
	}
	size = u16le_at(s, at + 5);
	if ((u16le_at(s, at + 3) & 0x80) != 0 ||
	    (byte_at(s, at + size + 2) == 0x74 &&
		(u16le_at(s, at + size + 3) & 0x04) != 0))
		kinds_add(found, KIND_RAR_ENCRYPTED);
}

static void
archive(struct span s, struct kinds *found)
{
	uint32_t digit = byte_at(s, 3);

	if (text_at(s, 0, "BZh") && digit >= '1' && digit <= '9')
		kinds_add(found, KIND_BZIP2);
	if ((text_at(s, 2, "-lh") || text_at(s, 2, "-lz")) &&
	    byte_at(s, 6) == '-')
		kinds_add(found, KIND_LZH);
	/* Two bytes are not much: also the header's size, and its type, which
	 * says that it is the archive's. */
	if (byte_at(s, 0) == 0x60 && byte_at(s, 1) == 0xea &&
	    u16le_at(s, 2) > 0 && u16le_at(s, 2) <= 2600 && byte_at(s, 10) == 2)
		kinds_add(found, KIND_ARJ);
	mimetype_member(s, found);
	rar(s, found);
}

/* --- signed and encrypted -------------------------------------------------- */

/* A DER sequence that begins with the object identifier of signed, enveloped,
 * or authenticated and enveloped data. */
static void
pkcs7(struct span s, struct kinds *found)
{
	static const uint8_t pkcs7_oid[] = {
	    0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x07};
	static const uint8_t authenticated[] = {0x06, 0x0b, 0x2a, 0x86, 0x48,
	    0x86, 0xf7, 0x0d, 0x01, 0x09, 0x10, 0x01, 0x17};
	uint32_t len = byte_at(s, 1);
	size_t at = 2 + (len > 0x80 ? len & 0x7f : 0);

	if (byte_at(s, 0) != 0x30)
		return;
	if (has_at(s, at, authenticated, sizeof(authenticated)))
		kinds_add(found, KIND_PKCS7_ENVELOPED);
	if (!has_at(s, at, pkcs7_oid, sizeof(pkcs7_oid)))
		return;
	if (byte_at(s, at + sizeof(pkcs7_oid)) == 2)
		kinds_add(found, KIND_PKCS7_SIGNED);
	if (byte_at(s, at + sizeof(pkcs7_oid)) == 3)
		kinds_add(found, KIND_PKCS7_ENVELOPED);
}

/* --- media ----------------------------------------------------------------- */

static void
media(struct span s, struct kinds *found)
{
	/* Two letters, a size, and four bytes that are zero. */
	if (text_at(s, 0, "BM") && s.len >= 10 && u32le_at(s, 6) == 0)
		kinds_add(found, KIND_IMAGE);
	if (text_at(s, 0, "RIFF"))
		kinds_add(
		    found, text_at(s, 8, "WEBP") ? KIND_IMAGE : KIND_AUDIO);
}

/* --- texts ----------------------------------------------------------------- */

struct head_text {
	size_t len;
	uint8_t byte[TEXT_MAX]; /* in lower case */
};

/* The characters of a text; UTF-16 as one byte each. */
static void
text_of(struct span s, struct head_text *out)
{
	size_t step = 1, low = 0, at = 0;

	if (has_at(s, 0, "\xff\xfe", 2) || has_at(s, 0, "\xfe\xff", 2)) {
		step = at = 2;
		low = s.ptr[0] == 0xff ? 0 : 1;
	} else if (has_at(s, 0, "\xef\xbb\xbf", 3))
		at = 3;
	for (out->len = 0; out->len < TEXT_MAX && at + step <= s.len;
	     at += step) {
		uint8_t c = s.ptr[at + low];

		if (step == 2 && s.ptr[at + 1 - low] != 0)
			c = 0xff;
		out->byte[out->len++] = ascii_lower(c);
	}
}

static bool
is_word_end(struct span s, size_t at)
{
	uint32_t c = byte_at(s, at);

	return !((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'));
}

/* "<" and a word at that place? */
static void
tag(struct span s, size_t at, struct kinds *found)
{
	static const struct {
		enum kind kind;
		const char *text;
	} tags[] = {
	    {KIND_HTML, "<!doctype html"},
	    {KIND_HTML, "<html"},
	    {KIND_HTML, "<head"},
	    {KIND_HTML, "<script"},
	    {KIND_HTML, "<body"},
	    {KIND_HTA, "<hta:application"},
	    {KIND_SVG, "<svg"},
	};

	for (size_t i = 0; i < sizeof(tags) / sizeof(tags[0]); i++) {
		if (text_at(s, at, tags[i].text) &&
		    is_word_end(s, at + strlen(tags[i].text)))
			kinds_add(found, tags[i].kind);
	}
}

/* The name of a field with its colon at that place?  Its length. */
static size_t
field_name(struct span s, size_t at)
{
	size_t i = at;

	while (byte_at(s, i) > 0x20 && byte_at(s, i) < 0x7f &&
	       byte_at(s, i) != ':')
		i++;
	return i > at && byte_at(s, i) == ':' ? i + 1 - at : 0;
}

/* A field that messages begin with, and another one. */
static bool
is_message(struct span s)
{
	static const char *const first[] = {
	    "received:", "return-path:", "delivered-to:", "from:", "to:",
	    "date:", "subject:", "message-id:", "mime-version:", "x-"};
	const uint8_t *end;
	bool known = false;

	for (size_t i = 0; i < sizeof(first) / sizeof(first[0]); i++)
		known = known || text_at(s, 0, first[i]);
	if (!known || field_name(s, 0) == 0)
		return false;
	do {
		end = memchr(s.ptr, '\n', s.len);
		if (end == NULL)
			return false;
		s.len -= (size_t)(end + 1 - s.ptr);
		s.ptr = end + 1;
	} while (byte_at(s, 0) == ' ' || byte_at(s, 0) == '\t');
	return field_name(s, 0) > 0;
}

/* The same at the beginning of a line; white space may stand before it. */
static void
line_of_text(struct span s, size_t at, struct kinds *found)
{
	while (byte_at(s, at) == ' ' || byte_at(s, at) == '\t')
		at++;
	if (text_at(s, at, "[internetshortcut]"))
		kinds_add(found, KIND_URL_FILE);
}

static void
texts(struct span head, struct kinds *found)
{
	struct head_text text;
	struct span s;

	text_of(head, &text);
	s = span_of(text.byte, text.len);
	if (text_at(s, 0, "#!"))
		kinds_add(found, KIND_SCRIPT);
	if (text_at(s, 0, "regedit4") ||
	    text_at(s, 0, "windows registry editor"))
		kinds_add(found, KIND_REG);
	if (text_at(s, 0, "-----begin pgp message"))
		kinds_add(found, KIND_PGP_ENCRYPTED);
	if (is_message(s))
		kinds_add(found, KIND_MESSAGE);
	line_of_text(s, 0, found);
	for (size_t i = 0; i < s.len; i++) {
		if (s.ptr[i] == '<')
			tag(s, i, found);
		else if (s.ptr[i] == '\n')
			line_of_text(s, i + 1, found);
	}
}

/* --- documents ------------------------------------------------------------- */

static void
document(struct span s, struct kinds *found)
{
	size_t last = s.len < 1024 ? s.len : 1024;

	for (size_t i = 0; i < last; i++) {
		if (s.ptr[i] == '%' && text_at(s, i, "%PDF-"))
			kinds_add(found, KIND_PDF);
	}
	if (kinds_has(found, KIND_RTF) &&
	    memmem(s.ptr, s.len, "\\obj", 4) != NULL &&
	    (memmem(s.ptr, s.len, "\\objdata", 8) != NULL ||
		memmem(s.ptr, s.len, "\\object", 7) != NULL))
		kinds_add(found, KIND_RTF_OBJECT);
}

void
kind_head(struct span head, struct kinds *found)
{
	for (size_t i = 0; i < sizeof(signatures) / sizeof(signatures[0]);
	     i++) {
		if (has_at(head, signatures[i].offset, signatures[i].bytes,
			signatures[i].len))
			kinds_add(found, signatures[i].kind);
	}
	if (head.len == 0)
		return;
	executable(head, found);
	archive(head, found);
	pkcs7(head, found);
	media(head, found);
	texts(head, found);
	document(head, found);
}
