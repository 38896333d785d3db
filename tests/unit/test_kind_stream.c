/* SPDX-License-Identifier: ISC */
/* Types by what streams by: parser/mime/kind.c, kind_stream.c. */
#include "tests/unit/around_kind.h"

/* --- ZIP ------------------------------------------------------------------- */

static void
zip_local(struct content *c, const char *name, uint8_t flags)
{
	uint8_t header[30] = "PK\x03\x04\x14";

	header[6] = flags;
	header[26] = (uint8_t)strlen(name);
	content_add(c, header, sizeof(header));
	content_add(c, name, strlen(name));
}

static void
zip_central(struct content *c, const char *name, uint8_t flags)
{
	uint8_t header[46] = "PK\x01\x02\x14";

	header[8] = flags;
	header[28] = (uint8_t)strlen(name);
	content_add(c, header, sizeof(header));
	content_add(c, name, strlen(name));
}

static void
zip_end(struct content *c, size_t comment)
{
	ADD(c, "PK\x05\x06\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0");
	content_fill(c, comment, '\n');
}

static void
test_zip_names(void **state)
{
	static const struct {
		const char *name, *kinds;
	} table[] = {
	    {"a.txt", " zip"},
	    {"META-INF/MANIFEST.MF", " zip jar"},
	    {"AndroidManifest.xml", " zip apk"},
	    {"[Content_Types].xml", " zip ooxml"},
	    {"word/vbaProject.bin", " zip ooxml-macro"},
	    {"xl\\VBAPROJECT.BIN", " zip ooxml-macro"},
	    {"vbaProject.bin.txt", " zip"},
	    {"xl/macrosheets/sheet1.xml", " zip ooxml-xlm"},
	    {"word/_rels/settings.xml.rels", " zip ooxml-template"},
	    {"a/META-INF/MANIFEST.MF", " zip"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		static struct content c;

		for (size_t far = 0; far <= 9000; far += 1500) {
			c.len = 0;
			zip_local(&c, "a", 0);
			content_fill(&c, far, 'P');
			zip_local(&c, table[i].name, 8);
			ADD(&c, "content");
			zip_central(&c, "b", 0);
			zip_end(&c, 0);
			expect(&c, table[i].kinds);
			/* Only in the directory. */
			c.len = 0;
			zip_local(&c, "a", 0);
			content_fill(&c, far, 'K');
			zip_central(&c, table[i].name, 8);
			zip_end(&c, 0);
			expect(&c, table[i].kinds);
		}
	}
}

static void
test_zip_flags(void **state)
{
	static struct content c;

	(void)state;
	zip_local(&c, "a", 1);
	expect(&c, " zip zip-encrypted");
	c.len = 0;
	zip_local(&c, "a", 8);
	zip_central(&c, "a", 9);
	expect(&c, " zip zip-encrypted");
	c.byte[6] = 0;
	c.byte[31 + 8] = 0;
	expect(&c, " zip");
	c.byte[31 + 9] = 0x20;
	expect(&c, " zip zip-encrypted");
}

/* What is cut behind the flags has flags, and what is cut within has none. */
static void
test_zip_flags_cut(void **state)
{
	static const struct {
		const char *header;
		size_t len;
		const char *kinds;
	} table[] = {
	    {"PK\3\4\x14\0\x01\0", 8, " zip zip-encrypted"},
	    {"PK\3\4\x14\0\0\x20", 8, " zip zip-encrypted"},
	    {"PK\3\4\x14\0\x01", 7, " zip"},
	    {"PK\1\2\x14\0\x14\0\x01\0", 10, " zip zip-encrypted"},
	    {"PK\1\2\x14\0\x14\0\x01", 9, " zip"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		static struct content c;

		c.len = 0;
		zip_local(&c, "a", 0);
		content_add(&c, table[i].header, table[i].len);
		expect(&c, table[i].kinds);
	}
}

/* A name that its header says to be longer than all there is. */
static void
test_zip_cut(void **state)
{
	static struct content c;

	(void)state;
	zip_local(&c, "META-INF/MANIFEST.MF", 0);
	c.byte[27] = 0xff;
	expect(&c, " zip jar");
	content_fill(&c, 600, 'x');
	expect(&c, " zip");
	c.len = 20;
	expect(&c, " zip");
}

static void
test_zip_behind(void **state)
{
	static struct content c;

	(void)state;
	/* Something else in front: what its end record is there for. */
	for (size_t junk = 100; junk < 9000; junk += 2200) {
		c.len = 0;
		ADD(&c, "MZ");
		content_fill(&c, junk, 0);
		zip_local(&c, "a", 1);
		zip_central(&c, "a", 1);
		expect(&c, " mz");
		zip_end(&c, 0);
		expect(&c, " mz zip zip-encrypted");
		c.len--;
		expect(&c, " mz");
	}
	/* The longest comment, and one byte more. */
	for (size_t more = 0; more < 2; more++) {
		c.len = 0;
		ADD(&c, "x");
		zip_end(&c, 65535 + more);
		assert_string_equal(
		    kinds_of(&c, c.len, 1), more == 0 ? " zip" : "");
		assert_string_equal(
		    kinds_of(&c, 1000, 1000), more == 0 ? " zip" : "");
	}
}

static void
test_zip_mimetype(void **state)
{
	static const struct {
		const char *content, *kinds;
	} table[] = {
	    {"application/epub+zip", " zip epub"},
	    {"application/vnd.oasis.opendocument.text", " zip odf"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		static struct content c;

		c.len = 0;
		zip_local(&c, "mimetype", 0);
		content_add(&c, table[i].content, strlen(table[i].content));
		expect(&c, table[i].kinds);
		c.byte[26]++;
		expect(&c, " zip");
	}
}

/* --- OLE2, PDF, OneNote, disks --------------------------------------------- */

static void
wide(struct content *c, const char *text)
{
	for (; *text != '\0'; text++) {
		content_add(c, text, 1);
		ADD(c, "\0");
	}
}

static void
ole2_entry(struct content *c, const char *name, uint8_t type)
{
	size_t from = c->len;

	wide(c, name);
	content_fill(c, 64 - 2 * strlen(name), 0);
	content_fill(c, 1, (uint8_t)(2 * strlen(name) + 2));
	ADD(c, "\0");
	content_fill(c, 1, type);
	content_fill(c, 128 - (c->len - from), 0);
}

static void
ole2_begin(struct content *c, size_t len)
{
	c->len = 0;
	ADD(c, "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1");
	content_fill(c, len - 8, 0);
}

static void
test_ole2(void **state)
{
	static const struct {
		const char *name;
		uint8_t type;
		const char *kinds;
	} table[] = {
	    {"Root Entry", 5, " ole2"},
	    {"VBA", 1, " ole2 ole2-vba"},
	    {"vba", 1, " ole2 ole2-vba"},
	    {"VBA", 0, " ole2"},
	    {"VBA", 6, " ole2"},
	    {"VBAx", 1, " ole2"},
	    {"Macros", 1, " ole2 ole2-vba"},
	    {"_VBA_PROJECT", 2, " ole2 ole2-vba"},
	    {"_VBA_PROJECT_CUR", 1, " ole2 ole2-vba"},
	    {"EncryptedPackage", 2, " ole2 ole2-encrypted"},
	    {"EncryptionInfo", 2, " ole2 ole2-encrypted"},
	};
	static struct content c;

	(void)state;
	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		for (size_t at = 512; at < 10000; at += 1792) {
			ole2_begin(&c, at);
			ole2_entry(&c, table[i].name, table[i].type);
			expect(&c, table[i].kinds);
		}
	}
	/* A usual word in a text, and an entry that stands where none does. */
	ole2_begin(&c, 512);
	wide(&c, "about Macros in VBA");
	content_fill(&c, 128, 0);
	expect(&c, " ole2");
	ole2_begin(&c, 513);
	ole2_entry(&c, "VBA", 1);
	expect(&c, " ole2");
	/* Not OLE2. */
	c.byte[0] = 0;
	wide(&c, "_VBA_PROJECT");
	expect(&c, "");
}

static void
test_ole2_anywhere(void **state)
{
	static struct content c;

	(void)state;
	for (size_t at = 3500; at < 4700; at += 7) {
		ole2_begin(&c, at);
		wide(&c, "_VBA_PROJECT");
		assert_string_equal(kinds_of(&c, at + 5, 1), " ole2 ole2-vba");
		assert_string_equal(kinds_of(&c, c.len, 1), " ole2 ole2-vba");
		ole2_begin(&c, at);
		ADD(&c, "\x84\x10\x0c\0\0\0\0\0\xc0\0\0\0\0\0\0\x46");
		assert_string_equal(kinds_of(&c, at + 5, 1), " ole2 msi");
	}
}

static void
test_pdf(void **state)
{
	static const struct {
		const char *text, *kinds;
	} table[] = {
	    {"/JavaScript ", " pdf pdf-javascript"},
	    {"/JavaScript", " pdf pdf-javascript"},
	    {"/J#61vaScript(", " pdf pdf-javascript"},
	    {"/#4a#61#76#61#53#63#72#69#70#74>>", " pdf pdf-javascript"},
	    {"/JS(", " pdf pdf-javascript"},
	    {"/S/JS/x", " pdf pdf-javascript"},
	    {"/JSX ", " pdf"},
	    {"/J ", " pdf"},
	    {"/javascript ", " pdf"},
	    {"/J#6vaScript ", " pdf"},
	    {"/J#4", " pdf"},
	    {"/JavaScriptJavaScript ", " pdf"},
	    {" JavaScript ", " pdf"},
	    {"/Launch\n", " pdf pdf-launch"},
	    {"/OpenAction<<", " pdf pdf-open-action"},
	    {"/AA<<", " pdf pdf-open-action"},
	    {"/EmbeddedFile]", " pdf pdf-embedded-file"},
	    {"/EmbeddedFiles[", " pdf pdf-embedded-file"},
	    {"/RichMedia/", " pdf pdf-rich-media"},
	    {"/Encrypt{", " pdf pdf-encrypted"},
	    {"/EncryptMetadata ", " pdf"},
	};
	static struct content c;

	(void)state;
	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		for (size_t far = 0; far < 5000; far += 2100) {
			c.len = 0;
			ADD(&c, "%PDF-1.7\n");
			content_fill(&c, far, '/');
			content_add(&c, table[i].text, strlen(table[i].text));
			expect(&c, table[i].kinds);
			c.byte[0] = ' ';
			expect(&c, "");
		}
	}
}

static void
test_onenote(void **state)
{
	static struct content c;

	(void)state;
	for (size_t far = 0; far < 9000; far += 2999) {
		c.len = 0;
		ADD(&c, "\xe4\x52\x5c\x7b\x8c\xd8\xa7\x4d\xae\xb1\x53\x78\xd0"
			"\x29\x96\xd3");
		content_fill(&c, far, 0xe7);
		expect(&c, " onenote");
		ADD(&c, "\xe7\x16\xe3\xbd\x65\x26\x11\x45\xa4\xc4\x8d\x4d\x0b"
			"\x7a\x9e\xac");
		expect(&c, " onenote onenote-file");
		c.byte[0] = 0;
		expect(&c, "");
	}
}

static void
test_disks(void **state)
{
	static const struct {
		size_t at, len;
		const char *bytes;
		size_t behind;
		const char *kinds;
	} table[] = {
	    {0x8001, 5, "CD001", 100, " iso"},
	    {0x8801, 5, "CD001", 0, " iso"},
	    {0x9001, 5, "CD001", 3000, " iso"},
	    {0x8000, 5, "CD001", 100, ""},
	    {0x8002, 5, "CD001", 100, ""},
	    {0x8001, 4, "CD00", 0, ""},
	    {0x8001, 5, "BEA01", 9000, " udf"},
	    {0x8801, 5, "NSR02", 100, " udf"},
	    {0x9001, 5, "NSR03", 100, " udf"},
	    {6000, 8, "conectix", 504, " vhd"},
	    {6000, 8, "conectix", 503, ""},
	    {6000, 8, "conectix", 505, ""},
	    {100, 8, "conectix", 504, " vhd"},
	    {6000, 4, "koly", 508, " dmg"},
	    {6000, 4, "koly", 509, ""},
	    {0, 4, "koly", 508, " dmg"},
	    {0, 4, "koly", 507, ""},
	};
	static struct content c;

	(void)state;
	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		c.len = 0;
		content_fill(&c, table[i].at, 'x');
		content_add(&c, table[i].bytes, table[i].len);
		content_fill(&c, table[i].behind, 'x');
		expect(&c, table[i].kinds);
	}
}

/* --- 7z -------------------------------------------------------------------- */

static void
test_7z_encrypted(void **state)
{
	static struct content c;

	(void)state;
	for (size_t far = 0; far < 6000; far += 1999) {
		c.len = 0;
		ADD(&c, "7z\xbc\xaf\x27\x1c\0\x04");
		content_fill(&c, far, 6);
		ADD(&c, "\x06\xf1\x07\x01");
		content_fill(&c, 508, 0);
		expect(&c, " 7z 7z-encrypted");
		content_fill(&c, 1, 0);
		expect(&c, " 7z");
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_zip_names),
	    cmocka_unit_test(test_zip_flags),
	    cmocka_unit_test(test_zip_flags_cut),
	    cmocka_unit_test(test_zip_cut),
	    cmocka_unit_test(test_zip_behind),
	    cmocka_unit_test(test_zip_mimetype),
	    cmocka_unit_test(test_ole2),
	    cmocka_unit_test(test_ole2_anywhere),
	    cmocka_unit_test(test_pdf),
	    cmocka_unit_test(test_onenote),
	    cmocka_unit_test(test_disks),
	    cmocka_unit_test(test_7z_encrypted),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
