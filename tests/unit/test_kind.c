/* SPDX-License-Identifier: ISC */
/* Types by the beginning of a content, and their names: parser/mime/kind_head.c,
 * kind_table.c. */
#include "tests/unit/around_kind.h"

/* --- the beginning --------------------------------------------------------- */

#define HEAD(text, kinds)                     \
	{                                     \
		sizeof(text) - 1, text, kinds \
	}
#define WIDE_HTML "\xff\xfe \0<\0H\0t\0m\0l\0>\0"

static const struct {
	size_t len;
	const char *bytes, *kinds;
} heads[] = {
    HEAD("", ""),
    HEAD("x", ""),
    HEAD("Hello, this is a text.\n", ""),
    HEAD("MZ", " mz"),
    HEAD("\x7f"
	 "ELF\x02\x01\x01",
	" elf"),
    HEAD("\xfe\xed\xfa\xce", " macho"),
    HEAD("\xfe\xed\xfa\xcf", " macho"),
    HEAD("\xce\xfa\xed\xfe", " macho"),
    HEAD("\xcf\xfa\xed\xfe", " macho"),
    HEAD("\xca\xfe\xba\xbe\0\0\0\x34", " java-class"),
    HEAD("\xca\xfe\xba\xbe\0\x03\0\x2d", " java-class"),
    HEAD("\xca\xfe\xba\xbe\0\0\0\x02", " macho"),
    HEAD("\xca\xfe\xba\xbe\0\0\0\x2c", " macho"),
    HEAD("\xca\xfe\xba\xbf\0\0\0\x02", " macho"),
    HEAD("dex\n035\0", " dex"),
    HEAD("\0asm\x01\0\0\0", " wasm"),
    HEAD("#!/bin/sh\n", " script"),
    HEAD("\xef\xbb\xbf#!/bin/sh\n", " script"),
    HEAD("\xff\xfe#\0!\0/\0", " script"),
    HEAD(" #!/bin/sh\n", ""),
    HEAD("\x4c\0\0\0\x01\x14\x02\0\0\0\0\0\xc0\0\0\0\0\0\0\x46", " lnk"),
    HEAD("[InternetShortcut]\r\nURL=x", " url-file"),
    HEAD("\r\n \t[internetSHORTCUT]\r\n", " url-file"),
    HEAD("see [InternetShortcut]", ""),
    HEAD("<!DOCTYPE html>", " html"),
    HEAD("\n <HTML>", " html"),
    HEAD("text <script", " html"),
    HEAD("<head>", " html"),
    HEAD("<header>", ""),
    HEAD("<body bgcolor=x>", " html"),
    HEAD("<hta:application id=x>", " hta"),
    HEAD("<?xml version=\"1.0\"?>\n<svg xmlns=x>", " svg"),
    HEAD("\xff\xfe<\0h\0t\0m\0l", ""),
    HEAD(WIDE_HTML, " html"),
    HEAD("\xfe\xff\0<\0h\0t\0m\0l\0>", " html"),
    HEAD("\xff\xfe<\x01h\0t\0m\0l\0>\0", ""),
    HEAD("PK\x05\x06\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0", " zip"),
    HEAD("PK\x07\x08PK\x03\x04", " zip"),
    HEAD("PK\x03\x05", ""),
    HEAD("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", " ole2"),
    HEAD("{\\rt1", " rtf"),
    HEAD("{\\rtf1\\ansi", " rtf"),
    HEAD("{\\rtf1{\\object\\objemb}}", " rtf rtf-object"),
    HEAD("{\\rtf1{\\*\\objdata 01}}", " rtf rtf-object"),
    HEAD("{\\rtf1{\\objx}}", " rtf"),
    HEAD("{\\objdata}", ""),
    HEAD("%PDF-1.7\n", " pdf"),
    HEAD("%PD-1.7\n", ""),
    /* Version 4: of the archive, of its first file, of neither. */
    HEAD("Rar!\x1a\x07\0\xcf\x90\x73\x80\0\x0d\0\0\0\0\0\0\0",
	" rar rar-encrypted"),
    HEAD("Rar!\x1a\x07\0\xcf\x90\x73\0\0\x0d\0\0\0\0\0\0\0\xaa\xbb\x74\x04\x80",
	" rar rar-encrypted"),
    HEAD("Rar!\x1a\x07\0\xcf\x90\x73\0\0\x0d\0\0\0\0\0\0\0\xaa\xbb\x74\0\x80",
	" rar"),
    /* Version 5: a block of another type; its type behind a longer size. */
    HEAD("Rar!\x1a\x07\x01\0\x33\x92\xb5\xe5\x0a\x01\x05", " rar"),
    HEAD("Rar!\x1a\x07\x01\0\x33\x92\xb5\xe5\x21\x04\0", " rar rar-encrypted"),
    HEAD("Rar!\x1a\x07\x01\0\x33\x92\xb5\xe5\x81\x01\x04\0",
	" rar rar-encrypted"),
    HEAD("Rar!\x1a\x07\x02", ""),
    HEAD("7z\xbc\xaf\x27\x1c\0\x04", " 7z"),
    HEAD("\x1f\x8b\x08", " gzip"),
    HEAD("BZh9", " bzip2"),
    HEAD("BZh0", ""),
    HEAD("\xfd"
	 "7zXZ\0",
	" xz"),
    HEAD("\x28\xb5\x2f\xfd", " zstd"),
    HEAD("\x04\x22\x4d\x18", " lz4"),
    HEAD("\x5d\0\0\x80", " lzma"),
    HEAD("\x1f\x9d\x90", " compress"),
    HEAD("1234567**ACE**", " ace"),
    HEAD("\x60\xea\x29\0\x22\x0b\x01\x02\x10\0\x02", " arj"),
    HEAD("\x60\xea\x29\0\x22\x0b\x01\x02\x10\0\x03", ""),
    HEAD("\x60\xea\x29\x0b\x22\x0b\x01\x02\x10\0\x02", ""),
    HEAD("\x60\xea text", ""),
    HEAD("ab-lh5-", " lzh"),
    HEAD("ab-lzs-", " lzh"),
    HEAD("ab-lh55", ""),
    HEAD("ZOO 2.10 Archive.\x1a\0\0\xdc\xa7\xc4\xfd", " zoo"),
    HEAD("ALZ\x01", " alz"),
    HEAD("EGGA", " egg"),
    HEAD("MSCF\0\0\0\0", " cab"),
    HEAD("ISc(", " installshield"),
    HEAD("conectix", " vhd"),
    HEAD("vhdxfile", " vhdx"),
    HEAD("KDMV\x01", " vmdk"),
    HEAD("# Disk DescriptorFile\n", " vmdk"),
    HEAD("MSWIM\0\0\0\xd0", " wim"),
    HEAD("\xe4\x52\x5c\x7b\x8c\xd8\xa7\x4d\xae\xb1\x53\x78\xd0\x29\x96\xd3",
	" onenote"),
    HEAD("ITSF\x03", " chm"),
    HEAD("\x3f\x5f\x03\0", " hlp"),
    HEAD("FWS\x08", " swf"),
    HEAD("CWS\x3f", " swf"),
    HEAD("ZWS\x0d", " swf"),
    HEAD("ZWS\x40", ""),
    HEAD("CWS\0", ""),
    HEAD("\0WS\x08", ""),
    HEAD("REGEDIT4\r\n", " reg"),
    HEAD("Windows Registry Editor Version 5.00\r\n", " reg"),
    HEAD("\xff\xfeR\0E\0G\0E\0D\0I\0T\0"
	 "4\0",
	" reg"),
    HEAD("!BDN", " pst"),
    HEAD("\0\x01\0\0Standard Jet DB\0", " access"),
    HEAD("\0\x01\0\0Standard ACE DB\0", " access"),
    HEAD("-----BEGIN PGP MESSAGE-----\n", " pgp-encrypted"),
    HEAD("-----BEGIN PGP SIGNED MESSAGE-----\n", ""),
    HEAD("\x30\x80\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x02",
	" pkcs7-signed"),
    HEAD("\x30\x82\x10\0\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x03",
	" pkcs7-enveloped"),
    HEAD("\x30\x20\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x01", ""),
    HEAD("\x31\x20\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x02", ""),
    HEAD("\x30\x80\x06\x0b\x2a\x86\x48\x86\xf7\x0d\x01\x09\x10\x01\x17",
	" pkcs7-enveloped"),
    HEAD("\x78\x9f\x3e\x22\x01", " tnef"),
    HEAD("Received: from a\r\n\tby b\r\nFrom: c\r\n", " message"),
    HEAD("From: a\nTo: b\n", " message"),
    HEAD("From: a\nand more\n", ""),
    HEAD("From: a", ""),
    HEAD("Received from a: b\nTo: c\n", ""),
    HEAD("Note: a\nTo: b\n", ""),
    HEAD("\x89PNG\r\n", " image"),
    HEAD("\xff\xd8\xff\xe0", " image"),
    HEAD("GIF89a", " image"),
    HEAD("II*\0", " image"),
    HEAD("MM\0*", " image"),
    HEAD("BM\x10\x20\0\0\0\0\0\0", " image"),
    HEAD("BMW is a car", ""),
    HEAD("RIFF\x10\0\0\0WEBP", " image"),
    HEAD("RIFF\x10\0\0\0WAVE", " audio"),
    HEAD("ID3\x03", " audio"),
    HEAD("OggS", " audio"),
    HEAD("fLaC", " audio"),
    /* All that fit. */
    HEAD("GIF89a<script>%PDF-", " html pdf image"),
};

static void
test_heads(void **state)
{
	static struct content c;

	(void)state;
	for (size_t i = 0; i < sizeof(heads) / sizeof(heads[0]); i++) {
		c.len = 0;
		content_add(&c, heads[i].bytes, heads[i].len);
		expect(&c, heads[i].kinds);
		/* Signatures are no longer than they are. */
		if (heads[i].len > 0) {
			content_fill(&c, 5000, '\n');
			assert_non_null(
			    strstr(kinds_of(&c, c.len, 1), heads[i].kinds));
		}
	}
}

static void
test_pe(void **state)
{
	static struct content c;

	(void)state;
	for (size_t at = 0x40; at < 4200; at += at < 4000 ? 1000 : 4) {
		c.len = 0;
		ADD(&c, "MZ");
		content_fill(&c, 4300, 0);
		c.byte[0x3c] = (uint8_t)at;
		c.byte[0x3d] = (uint8_t)(at >> 8);
		memcpy(c.byte + at, "PE", 2);
		assert_string_equal(kinds_of(&c, c.len, 1),
		    at + 4 <= KIND_HEAD_MAX ? " pe mz" : " mz");
	}
	c.byte[0x3f] = 0xff;
	expect(&c, " mz");
}

/* How far the beginning goes: for words 1,024 characters, for "%PDF-" as many
 * bytes. */
static void
test_reach(void **state)
{
	static const struct {
		size_t at;
		const char *bytes;
		size_t len;
		const char *kinds;
	} table[] = {
	    {0, "%PDF-1.4", 8, " pdf"},
	    {1023, "%PDF-1.4", 8, " pdf"},
	    {1024, "%PDF-1.4", 8, ""},
	    {1018, "<html>", 6, " html"},
	    {1024, "<html>", 6, ""},
	    {257, "ustar", 5, " tar"},
	    {256, "ustar", 5, ""},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		static struct content c;

		c.len = 0;
		content_fill(&c, table[i].at, 'x');
		content_add(&c, table[i].bytes, table[i].len);
		content_fill(&c, 500, ' ');
		expect(&c, table[i].kinds);
	}
}

/* --- names ----------------------------------------------------------------- */

static void
test_names(void **state)
{
	enum kind k, other;

	(void)state;
	for (k = 0; k < KIND_COUNT; k++) {
		assert_true(kind_find(kind_name(k), &other));
		assert_int_equal(k, other);
		assert_int_not_equal(kind_class(k), KIND_CLASS_NONE);
		assert_int_equal(strspn(kind_name(k),
				     "abcdefghijklmnopqrstuvwxyz0123456789-"),
		    strlen(kind_name(k)));
	}
	assert_false(kind_find("none", &other));
	for (enum kind_class of = 0; of < KIND_CLASSES; of++)
		assert_non_null(kind_class_name(of));
	assert_string_equal(kind_class_name(kind_class(KIND_PE)), "executable");
	assert_string_equal(
	    kind_class_name(kind_class(KIND_ISO)), "disk-image");
	assert_string_equal(
	    kind_class_name(kind_class(KIND_OOXML_MACRO)), "macro");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_heads),
	    cmocka_unit_test(test_pe),
	    cmocka_unit_test(test_reach),
	    cmocka_unit_test(test_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
