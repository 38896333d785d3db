/* SPDX-License-Identifier: ISC */
/* File names: parser/mime/name.c. */
#include "parser/mime/name.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#define T(literal) literal, sizeof(literal) - 1
#define SP8	   "        "

static const struct {
	const char *name;
	size_t len;
	const char *normal;
	const char *extensions; /* separated by blanks */
	const char *found;
} rows[] = {
    {T("a.txt"), "a.txt", "txt", ""},
    {T("README"), "readme", "", ""},
    {T("A.EXE"), "a.exe", "exe", ""},
    /* K97 */
    {T("x.exe."), "x.exe", "exe", "name-trailing-dot"},
    {T("x.exe  "), "x.exe", "exe", "name-trailing-space"},
    {T("x.exe. ."), "x.exe", "exe", "name-trailing-dot name-trailing-space"},
    {T("x.exe:y.txt"), "x.exe:y.txt", "txt exe", "name-colon"},
    {T("x.exe:stream"), "x.exe:stream", "exe", "name-colon"},
    {T("x.exe::$DATA"), "x.exe::$data", "exe", "name-colon"},
    {T("note.txt:x.exe"), "note.txt:x.exe", "exe txt", "name-colon"},
    {T("x.exe\0.txt"), "x.exe.txt", "txt exe", "name-control"},
    {T("x.exe:a\0.txt"), "x.exe:a.txt", "txt exe", "name-colon name-control"},
    {T("x.exe\0:a.txt"), "x.exe:a.txt", "txt exe", "name-colon name-control"},
    {T("x.exe\0.txt:a.doc"), "x.exe.txt:a.doc", "doc txt exe",
	"name-colon name-control"},
    /* K98 */
    {T("..\\x.exe"), "x.exe", "exe", "name-path"},
    {T("/etc/x.exe"), "x.exe", "exe", "name-path"},
    {T("C:\\x.exe"), "x.exe", "exe", "name-path"},
    {T("c:/x.exe"), "x.exe", "exe", "name-path"},
    {T("C:x.exe"), "c:x.exe", "exe", "name-colon"},
    {T("1:\\x.exe"), "x.exe", "exe", "name-colon name-path"},
    {T("C:\\x.exe:y.txt"), "x.exe:y.txt", "txt exe", "name-colon name-path"},
    {T("x.exe:a/y.txt"), "y.txt", "txt exe", "name-colon name-path"},
    {T("a/x.exe/"), "x.exe", "exe", "name-path"},
    {T("a/x.exe. /"), "x.exe", "exe", "name-path"},
    {T("a.txt/.."), "a.txt", "txt", "name-path name-trailing-dot"},
    {T("a\xef\xbc\x8fx.exe"), "x.exe", "exe", "name-lookalike name-path"},
    /* K99 */
    {T("annexe\xe2\x80\xae"
       "fdp.exe"),
	"annexefdp.exe", "exe", "name-bidi"},
    {T("a\xe2\x81\xa6.exe"), "a.exe", "exe", "name-bidi"},
    {T("a\xe2\x81\xa9.exe"), "a.exe", "exe", "name-bidi"},
    /* K100 */
    {T("x.e\xe2\x80\x8bxe"), "x.exe", "exe", "name-invisible"},
    {T("x\xef\xbc\x8e"
       "exe"),
	"x.exe", "exe", "name-lookalike"},
    {T("x.\xef\xbd\x85xe"), "x.exe", "exe", "name-lookalike"},
    {T("x.\xef\xbc\xa5xe"), "x.exe", "exe", "name-lookalike"},
    {T("x\xe2\x80\xa4"
       "exe"),
	"x.exe", "exe", "name-lookalike"},
    {T("x\xe3\x80\x82"
       "exe"),
	"x.exe", "exe", "name-lookalike"},
    {T("x\xef\xb9\x92"
       "exe"),
	"x.exe", "exe", "name-lookalike"},
    {T("x\xef\xbd\xa1"
       "exe"),
	"x.exe", "exe", "name-lookalike"},
    {T("x.ex\xc2\xad"
       "e"),
	"x.exe", "exe", "name-invisible"},
    {T("x.ex\xef\xb8\x8f"
       "e"),
	"x.exe", "exe", "name-invisible"},
    {T("\xef\xbb\xbfx.exe"), "x.exe", "exe", "name-invisible"},
    {T("x.exe\xf3\xa0\x80\xa0"), "x.exe", "exe", "name-invisible"},
    {T("x.exe\xe2\x81\xa0\xe2\x81\xaf"), "x.exe", "exe", "name-invisible"},
    /* K101 */
    {T("invoice.pdf.exe"), "invoice.pdf.exe", "exe", "name-double-extension"},
    {T("invoice.PDF.Exe"), "invoice.pdf.exe", "exe", "name-double-extension"},
    {T("archive.tar.gz"), "archive.tar.gz", "gz", ""},
    {T("v1.2.exe"), "v1.2.exe", "exe", ""},
    {T("invoice.2026.pdf"), "invoice.2026.pdf", "pdf", ""},
    {T("a.exe.pdf"), "a.exe.pdf", "pdf", ""},
    {T("a.pdf.txt"), "a.pdf.txt", "txt", ""},
    {T("pdf.exe"), "pdf.exe", "exe", ""},
    {T(".pdf.exe"), ".pdf.exe", "exe", "name-double-extension"},
    /* K102 */
    {T("a.txt" SP8 SP8 SP8 SP8 SP8 ".exe"), "a.txt" SP8 SP8 SP8 SP8 SP8 ".exe",
	"exe", "name-double-extension name-space-run"},
    {T("a" SP8 ".exe"), "a" SP8 ".exe", "exe", "name-space-run"},
    {T("a       .exe"), "a       .exe", "exe", ""},
    {T("a.exe" SP8), "a.exe", "exe", "name-trailing-space"},
    {T(SP8 "/a.exe"), "a.exe", "exe", "name-path"},
    {T("a\xe3\x80\x80       .exe"), "a" SP8 ".exe", "exe", "name-space-run"},
    /* K103 */
    {T("con.txt"), "con.txt", "txt", "name-reserved"},
    {T("CON"), "con", "", "name-reserved"},
    {T("con .txt"), "con .txt", "txt", "name-reserved"},
    {T("con:x"), "con:x", "", "name-colon name-reserved"},
    {T("Nul.a.b"), "nul.a.b", "b", "name-reserved"},
    {T("aux"), "aux", "", "name-reserved"},
    {T("prn"), "prn", "", "name-reserved"},
    {T("conin$"), "conin$", "", "name-reserved"},
    {T("conout$"), "conout$", "", "name-reserved"},
    {T("com0"), "com0", "", "name-reserved"},
    {T("LPT9.txt"), "lpt9.txt", "txt", "name-reserved"},
    {T("com\xc2\xb9"), "com\xc2\xb9", "", "name-reserved"},
    {T("com\xb3"), "com\xc2\xb3", "", "name-reserved"},
    {T("com"), "com", "", ""},
    {T("com10"), "com10", "", ""},
    {T("con1"), "con1", "", ""},
    {T("console.txt"), "console.txt", "txt", ""},
    {T("lpta"), "lpta", "", ""},
    {T("xcom1"), "xcom1", "", ""},
    {T(".htaccess"), ".htaccess", "htaccess", ""},
    {T(""), "", "", "name-empty"},
    {T(" "), "", "", "name-empty"},
    {T("."), "", "", "name-empty"},
    {T(".."), "", "", "name-empty"},
    {T("/"), "", "", "name-empty name-path"},
    {T("\0"), "", "", "name-control name-empty"},
    /* K105, K170 */
    {T("\xc3\xa9.txt"), "\xc3\xa9.txt", "txt", ""},
    {T("\xe9.txt"), "\xc3\xa9.txt", "txt", ""},
    {T("a.tx\xa0t\xa0"), "a.tx t", "tx t", "name-trailing-space"},
    {T("a%2Eexe"), "a%2eexe", "", ""},
    /* controls, blanks */
    {T("a\t.e\x7fxe\n"), "a.exe", "exe", "name-control"},
    {T("a.e\xc2\x85xe"), "a.exe", "exe", "name-control"},
    {T("a.e\x85xe"), "a.exe", "exe", "name-control"},
    {T("a\xc2\xa0\xe2\x80\x83\xe1\x9a\x80\xe3\x80\x80.exe"), "a    .exe", "exe",
	""},
    {T("a\xe2\x80\xa8\xe2\x80\xaf\xe2\x81\x9f.exe"), "a   .exe", "exe", ""},
    /* next to what is folded */
    {T("a\xef\xbc\x80\xef\xbd\x9f"), "a\xef\xbc\x80\xef\xbd\x9f", "", ""},
    {T("a\xef\xbc\x81\xef\xbd\x9e"), "a!~", "", "name-lookalike"},
    {T("a\xe2\x80\x90\xe2\x80\xa7"), "a\xe2\x80\x90\xe2\x80\xa7", "", ""},
    {T("\xc2\xac\xc2\xae"), "\xc2\xac\xc2\xae", "", ""},
    /* bytes that would join once what is between them is gone */
    {T("a.e\xc2\xe2\x80\x8b\xadxe"), "a.e\xc3\x82xe", "e\xc3\x82xe",
	"name-invisible"},
};

static void
expect_found(const struct anomalies *found, const char *names, const char *what)
{
	char text[1024] = "";
	size_t len = 0;

	for (enum anomaly a = 0; a < ANOMALY_COUNT; a++) {
		if (anomalies_has(found, a))
			len += (size_t)snprintf(text + len, sizeof(text) - len,
			    "%s%s", len == 0 ? "" : " ", anomaly_name(a));
	}
	if (strcmp(text, names) != 0)
		fail_msg("%s: found \"%s\", not \"%s\"", what, text, names);
}

static void
expect_extensions(struct span name, const char *extensions, const char *what)
{
	uint8_t buffer[NAME_MAX_KEPT];
	struct span extension[NAME_EXTENSIONS];
	size_t count = name_extensions(name, buffer, extension), len = 0;
	char text[NAME_MAX_KEPT + NAME_EXTENSIONS + 1] = "";

	assert_true(count <= NAME_EXTENSIONS);
	for (size_t i = 0; i < count; i++)
		len += (size_t)snprintf(text + len, sizeof(text) - len,
		    "%s%.*s", i == 0 ? "" : " ", (int)extension[i].len,
		    (const char *)extension[i].ptr);
	if (strcmp(text, extensions) != 0)
		fail_msg("%s: extensions %s", what, text);
}

/* The normal form, and that it is its own. */
static struct span
expect_normal(struct span name, uint8_t out[static NAME_MAX_KEPT])
{
	uint8_t again[NAME_MAX_KEPT];
	struct span normal = span_of(out, name_normal(name, out));

	assert_int_equal(name_normal(normal, again), normal.len);
	assert_memory_equal(again, out, normal.len);
	return normal;
}

static void
test_names(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		uint8_t *copy = malloc(rows[i].len + 1), out[NAME_MAX_KEPT];
		struct span name = span_of(copy, rows[i].len), normal;
		struct anomalies found = {0};

		assert_non_null(copy);
		memcpy(copy, rows[i].name, rows[i].len);
		normal = expect_normal(name, out);
		if (normal.len != strlen(rows[i].normal) ||
		    memcmp(normal.ptr, rows[i].normal, normal.len) != 0)
			fail_msg("%s: %.*s", rows[i].name, (int)normal.len,
			    (const char *)normal.ptr);
		expect_extensions(name, rows[i].extensions, rows[i].name);
		name_check(name, &found);
		expect_found(&found, rows[i].found, rows[i].name);
		free(copy);
	}
}

static void
put(uint8_t *out, const char *text)
{
	while (*text != '\0')
		*out++ = (uint8_t)*text++;
}

/* K104: of a long name both ends are kept, in whole characters. */
static void
test_long(void **state)
{
	static const struct {
		size_t letters, bytes; /* of a letter's two bytes, or one */
		size_t spaces;
		size_t kept;
		const char *found;
	} lengths[] = {
	    {251, 1, 0, 255, ""},
	    {252, 1, 0, 256, "name-long"},
	    {300, 1, 0, 304, "name-long"},
	    {636, 1, 0, 640, "name-long"},
	    {637, 1, 0, 640, "name-long"},
	    {5000, 1, 0, 640, "name-long"},
	    {5000, 2, 0, 640, "name-long"},
	    {508, 1, 300, 512, "name-long name-trailing-space"},
	    {5000, 1, 300, 640, "name-long name-trailing-space"},
	};
	static uint8_t name[16384];

	(void)state;
	for (size_t i = 0; i < sizeof(lengths) / sizeof(lengths[0]); i++) {
		uint8_t out[NAME_MAX_KEPT];
		size_t len = lengths[i].letters * lengths[i].bytes;
		struct anomalies found = {0};
		struct span normal, all;

		memset(name, 'x', sizeof(name));
		for (size_t at = 0; lengths[i].bytes == 2 && at < len; at += 2)
			put(name + at, "\xc3\xa9");
		put(name + len, ".exe");
		memset(name + len + 4, ' ', lengths[i].spaces);
		all = span_of(name, len + 4 + lengths[i].spaces);
		normal = expect_normal(all, out);
		assert_int_equal(normal.len, lengths[i].kept);
		assert_memory_equal(normal.ptr + normal.len - 4, ".exe", 4);
		expect_extensions(all, "exe", "long");
		name_check(all, &found);
		expect_found(&found, lengths[i].found, "long");
	}
}

/* Characters of two bytes do not fit exactly into an odd rest: neither that of
 * the first bytes nor that of the last. */
static void
test_whole_characters(void **state)
{
	static uint8_t name[2002];
	uint8_t out[NAME_MAX_KEPT];

	(void)state;
	name[0] = 'x';
	for (size_t i = 1; i + 1 < sizeof(name); i += 2)
		put(name + i, "\xc3\xa9");
	name[2001] = 'y';
	for (size_t more = 0; more < 2; more++) {
		struct span normal =
		    expect_normal(span_of(name, 2001 + more), out);

		assert_int_equal(normal.len, 511 + 128 - more);
		for (size_t i = 1; i + 1 < normal.len; i += 2)
			assert_memory_equal(normal.ptr + i, "\xc3\xa9", 2);
	}
	assert_int_equal(out[511 + 126], 'y');
}

/* An extension without end is cut, each in its third of the buffer. */
static void
test_long_extension(void **state)
{
	static char name[1003];
	uint8_t buffer[NAME_MAX_KEPT];
	struct span extension[NAME_EXTENSIONS];

	(void)state;
	memset(name, 'x', sizeof(name));
	name[1] = name[401] = '.';
	name[400] = ':';
	name[900] = '\0';
	assert_int_equal(
	    name_extensions(span_of(name, sizeof(name)), buffer, extension), 1);
	assert_int_equal(extension[0].len, NAME_MAX_KEPT / NAME_EXTENSIONS);
	name[402] = 'y';
	name[950] = '.';
	name[951] = 'z';
	assert_int_equal(
	    name_extensions(span_of(name, sizeof(name)), buffer, extension), 3);
	assert_int_equal(extension[0].ptr[0], 'z');
	assert_int_equal(extension[1].len, NAME_MAX_KEPT / NAME_EXTENSIONS);
	assert_int_equal(extension[1].ptr[0], 'x');
	assert_int_equal(extension[2].ptr[0], 'y');
}

static void
test_dangerous(void **state)
{
	/* Sorted, first and last, and each one; and neighbours. */
	static const char yes[] =
	    "ade adp apk appinstaller application appref-ms appx appxbundle "
	    "bat cab chm cmd com cpl diagcab diagcfg diagpkg dll dmg ex ex_ "
	    "exe hta img ins iqy iso isp jar jnlp js jse lib library-ms lnk "
	    "mde mjs msc msi msix msixbundle msp mst nsh pif ps1 py pyw rdp "
	    "reg scf scr sct search-ms settingcontent-ms shb slk sys url vb "
	    "vbe vbs vhd vhdx vxd website wim wsc wsf wsh xbap xll ";
	static const char no[] = "a ad adf app e exex jsx txt pdf doc msixb "
				 "wsg zip xlsx xlm v zzz ";

	(void)state;
	for (const char *at = yes; *at != '\0'; at = strchr(at, ' ') + 1) {
		size_t len = strcspn(at, " ");

		if (!name_is_dangerous(span_of(at, len)))
			fail_msg("%.*s", (int)len, at);
	}
	for (const char *at = no; *at != '\0'; at = strchr(at, ' ') + 1) {
		size_t len = strcspn(at, " ");

		if (name_is_dangerous(span_of(at, len)))
			fail_msg("%.*s", (int)len, at);
	}
	assert_false(name_is_dangerous(span_of("", 0)));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_names),
	    cmocka_unit_test(test_long),
	    cmocka_unit_test(test_whole_characters),
	    cmocka_unit_test(test_long_extension),
	    cmocka_unit_test(test_dangerous),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
