/* SPDX-License-Identifier: ISC */
/* Files in texts: parser/mime/uuencode.c, yenc.c, file_line.c. */
#include "tests/unit/around_decode.h"

#define UU   DECODING_UUENCODE
#define FIT  DECODING_UUENCODE_FIT
#define YENC DECODING_YENC

/* "#" and four characters: three bytes. */
#define ABC "#04)#\n"
#define CAT "#0V%T\n"

static const struct {
	struct decode_case decode;
	const char *files;
} cases[] = {
    {{UU, BYTES("text\nbegin 644 a.txt\n" ABC "`\nend\nmore\n"), BYTES("ABC"),
	 ""},
	"a.txt:0;"},
    {{UU, BYTES("begin 644 a.txt\r\n" ABC "`\r\nend"), BYTES("ABC"), ""},
	"a.txt:0;"},
    {{UU, BYTES("begin 644 a\n#04)#\nbegin 644 b\n" CAT " \nend\n"),
	 BYTES("ABCCat"), " uuencode-unterminated"},
	"a:0;b:3;"},
    {{UU, BYTES("begin 644 a\n" ABC "end\n\nbegin 644 b\n" CAT "end\n"),
	 BYTES("ABCCat"), ""},
	"a:0;b:3;"},
    /* Words that look like it. */
    {{UU, BYTES("begin 644\nThey were there\nand more\n"), BYTES(""), ""}, ""},
    {{UU, BYTES("begin 644 x\n"), BYTES(""), ""}, ""},
    {{UU, BYTES("beginning\n" ABC), BYTES(""), ""}, ""},
    {{UU, BYTES("begin\n" ABC), BYTES(""), ""}, ""},
    {{UU, BYTES("begin 644 x\na b\nc d\ne f\ng h\nNO\n"), BYTES(""), ""}, ""},
    /* Data beyond doubt, however far behind. */
    {{UU, BYTES("begin 644 x\na b\nc d\ne f\ng h\nNO\n" ABC "end\n"),
	 BYTES("ABC"), ""},
	"x:0;"},
    /* Lines that end with CR; but it may stand for an "M" as well. */
    {{UU, BYTES("begin 644 a.txt\r#04)#\r`\rend\r"), BYTES("ABC"), ""},
	"a.txt:0;"},
    {{UU, BYTES("text\rbegin 644 a.txt\n#04)#\r#0V%T\rend\n"), BYTES("ABCCat"),
	 ""},
	"a.txt:0;"},
    {{UU, BYTES("begin 644 a.txt\n#04\r#\nend\n"), BYTES("AKC"), ""},
	"a.txt:0;"},
    /* As loosely as anybody reads it. */
    {{UU, BYTES("begin 0644 a.txt\n" ABC "end"), BYTES("ABC"), " uuencode-odd"},
	"a.txt:0;"},
    {{UU, BYTES("begin a.txt\n" ABC "end"), BYTES("ABC"), " uuencode-odd"},
	"a.txt:0;"},
    {{UU, BYTES("begin 644a.txt\n" ABC "end"), BYTES("ABC"), " uuencode-odd"},
	"a.txt:0;"},
    {{UU, BYTES("begin644 a.txt\n" ABC "end"), BYTES("ABC"), " uuencode-odd"},
	"a.txt:0;"},
    {{UU, BYTES("begin\t644 a.txt\n" ABC "end"), BYTES("ABC"), ""}, "a.txt:0;"},
    {{UU, BYTES("BEGIN 644 a.txt\n" ABC "end"), BYTES("ABC"), " uuencode-odd"},
	"a.txt:0;"},
    {{UU, BYTES(" \tbegin 644 a.txt\n" ABC "end"), BYTES("ABC"),
	 " uuencode-odd"},
	"a.txt:0;"},
    {{UU, BYTES("  begin 644 a\n  #04)#\n  end"), BYTES("ABC"),
	 " uuencode-odd"},
	"a:0;"},
    {{UU, BYTES("begin 644 \"a b.txt\"\n" ABC "end"), BYTES("ABC"), ""},
	"a b.txt:0;"},
    {{UU, BYTES("begin 644 a\n\nx\n" ABC "end"), BYTES("ABC"), ""}, "a:0;"},
    /* A check character; white space that was lost; more of it. */
    {{UU, BYTES("begin 644 a\n#04)#X\nend"), BYTES("ABC"), ""}, "a:0;"},
    {{UU, BYTES("begin 644 a\n#04\n\"\nend"), BYTES("A@\0\0\0"), ""}, "a:0;"},
    {{UU, BYTES("begin 644 a\n#04)#      \nend"), BYTES("ABC"), ""}, "a:0;"},
    {{UU, BYTES("begin 644 a\n#04)#XXX\n" CAT "end"), BYTES("Cat"), ""},
	"a:0;"},
    {{UU, BYTES("begin 644 a\nx\n#0\xff)#\nend"), BYTES("A\xf2\x43"), ""},
	"a:0;"},
    /* A line that is shorter than its count says, or not of its characters. */
    {{UU, BYTES("begin 644 a\n#\n" ABC "end"), BYTES("\0\0\0ABC"), ""}, "a:0;"},
    {{FIT, BYTES("begin 644 a\n#\n" ABC "end"), BYTES("ABC"), ""}, "a:0;"},
    {{FIT, BYTES("begin 644 a\n" ABC "#aaaa\n" CAT "end"), BYTES("ABCCat"), ""},
	"a:0;"},
    {{FIT, BYTES("begin 644 a\n#    \n" ABC "end"), BYTES("\0\0\0ABC"), ""},
	"a:0;"},
    /* Cut. */
    {{UU, BYTES("begin 644 a\n" ABC), BYTES("ABC"), " uuencode-unterminated"},
	"a:0; open"},
    {{UU, BYTES("begin 644 a\n" ABC "#04)"), BYTES("ABCAB"),
	 " uuencode-unterminated"},
	"a:0; open"},
    {{UU, BYTES("begin 644 a\n#04)#"), BYTES("ABC"), " uuencode-unterminated"},
	"a:0; open"},
    {{UU, BYTES("begin 644 a\n" ABC "begin 644 b\nend\n"), BYTES("ABC"), ""},
	"a:0;"},
    {{UU, BYTES("begin 644 a\n" ABC "begin 644 b\nx\ny\nz\nz\n" CAT "end\n"),
	 BYTES("ABCCat"), ""},
	"a:0;"},
    /* The base64 kind. */
    {{UU, BYTES("begin-base64 644 a\nQUJD\nQU JD\nQQ==\n====\nQUJD\n"),
	 BYTES("ABCABCA"), " uuencode-odd"},
	"a:0;"},
    {{UU, BYTES("begin-base64 644 a\nQUI=\nQUJD\n ===\n ====\n" ABC),
	 BYTES("ABABC"), " uuencode-odd"},
	"a:0;"},
    {{UU, BYTES("begin-base64-encoded 644 YQ==\nQUJD"), BYTES("ABC"),
	 " uuencode-odd uuencode-unterminated"},
	"YQ==:0; open"},
    {{UU, BYTES("begin-base64 644 a\n===\nQUJD\n====\n"), BYTES("ABC"),
	 " uuencode-odd"},
	"a:0;"},

    /* --- yEnc */
    {{YENC, BYTES("=ybegin name=a\nk=yl\n=yend\n"),
	 BYTES("A\x0f"
	       "B"),
	 ""},
	"a:0;"},
    {{YENC,
	 BYTES("text\r\n=ybegin line=128 size=3 name=a b.txt\r\nklm\r\n"
	       "=yend size=3\r\nmore"),
	 BYTES("ABC"), ""},
	"a b.txt:0;"},
    {{YENC, BYTES("=ybegin line=1 size=5 name=a\n=}=}\n..\nk=\n\r=yend\n"),
	 BYTES("\x13\x13\x04\x04"
	       "A"),
	 ""},
	"a:0;"},
    {{YENC,
	 BYTES("=ybegin part=1 line=2 size=6 name=a\n=ypart begin=1\nkl\n"
	       "=yend size=2\n\n=ybegin part=2 line=2 name=a\nm\n"),
	 BYTES("ABC"), ""},
	"a:0; open"},
    {{YENC,
	 BYTES("=ybegin part=1 line=2 size=6 name=a\nkl\n"
	       "=ybegin part=2 line=2 name=b\nm\n=yend"),
	 BYTES("ABC"), ""},
	"a:0;b:2;"},
    {{YENC,
	 BYTES("=ybegin part=2 name=a\nk\n=ybegin part=1 name=a\nl\n"
	       "=ybegin name=a\nm\n=yend\n"),
	 BYTES("ABC"), ""},
	"a:0;a:1;a:2;"},
    {{YENC, BYTES("=ybegin line=1\nk\n x =ybegin name=a\nk\n"), BYTES(""), ""},
	""},
};

static void
test_cases(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		decode_check(&cases[i].decode, cases[i].files);
}

/* All values and counts, there and back. */
static void
test_all_lengths(void **state)
{
	static char text[256];
	uint8_t plain[63];

	(void)state;
	for (size_t n = 1; n <= sizeof(plain); n++) {
		struct decode_case c = {.decoding = UU, .found = ""};
		size_t len =
		    (size_t)sprintf(text, "begin 600 f\n%c", (char)(0x20 + n));

		for (size_t i = 0; i < n; i++)
			plain[i] = (uint8_t)(i * 37 + n);
		for (size_t i = 0; i < (n + 2) / 3 * 4; i++) {
			size_t byte = i * 6 / 8;
			unsigned int pair = plain[byte] * 256U;

			if (byte + 1 < n)
				pair += plain[byte + 1];
			pair = byte < n ? pair >> (10 - i * 6 % 8) & 63 : 0;
			text[len++] = pair == 0 ? '`' : (char)(0x20 + pair);
		}
		strcpy(text + len, "\n`\nend\n");
		c.in = span_text(text);
		c.out = span_of(plain, n);
		decode_check(&c, "f:0;");
	}
}

/* A name longer than what is kept, and lines that are no data for that. */
static void
test_long_lines(void **state)
{
	static char text[2048], files[512];
	struct decode_case c = {
	    .decoding = UU, .out = BYTES("ABC"), .found = ""};
	size_t len = (size_t)sprintf(text, "begin 644 ");

	(void)state;
	memset(text + len, 'n', 300);
	strcpy(text + len + 300, "\n" ABC);
	memset(text + strlen(text), '0', 500);
	strcat(text, "\nend\n");
	memset(files, 'n', DECODER_NAME_MAX);
	strcpy(files + DECODER_NAME_MAX, ":0;");
	c.in = span_text(text);
	decode_check(&c, files);

	memset(text, 0, sizeof(text));
	len = (size_t)sprintf(text, "=ybegin name=");
	memset(text + len, 'n', 300);
	strcat(text, "\nklm\n=yend\n");
	c.decoding = YENC;
	c.in = span_text(text);
	decode_check(&c, files);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_cases),
	    cmocka_unit_test(test_all_lengths),
	    cmocka_unit_test(test_long_lines),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
