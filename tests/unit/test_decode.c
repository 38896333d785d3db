/* SPDX-License-Identifier: ISC */
/* Base64 and quoted-printable: parser/mime/decode.c, base64.c, quoted.c. */
#include "tests/unit/around_decode.h"

/* A line of 76 characters and what it stands for. */
#define LINE76                                     \
	"QUJDREVGR0hJSktMTU5PUFFSU1RVVldYWVphYmNk" \
	"ZWZnaGlqa2xtbm9wcXJzdHV2d3h5ejAxMjM0"
#define TEXT57 "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz01234"

#define STRICT	DECODING_BASE64
#define RESTART DECODING_BASE64_RESTART
#define SKIP	DECODING_BASE64_SKIP
#define URL	DECODING_BASE64_URL
#define QP	DECODING_QUOTED_PRINTABLE
#define KEEP	DECODING_QP_KEEP
#define CR	DECODING_QP_CR
#define TWICE	DECODING_QP_TWICE

static const struct decode_case cases[] = {
    {DECODING_AS_IS, BYTES(""), BYTES(""), ""},
    {DECODING_AS_IS, BYTES("a\0=41\r\n" TEXT57 TEXT57),
	BYTES("a\0=41\r\n" TEXT57 TEXT57), ""},

    /* --- base64: whole and broken groups */
    {STRICT, BYTES("QUJD"), BYTES("ABC"), ""},
    {STRICT, BYTES("QUI="), BYTES("AB"), ""},
    {STRICT, BYTES("QQ=="), BYTES("A"), ""},
    {STRICT, BYTES("+/+/"), BYTES("\xfb\xff\xbf"), ""},
    {STRICT, BYTES("QUI"), BYTES("AB"), " base64-pad-missing"},
    {STRICT, BYTES("QQ"), BYTES("A"), " base64-pad-missing"},
    {STRICT, BYTES("QQ="), BYTES("A"), " base64-pad-missing"},
    {STRICT, BYTES("Q"), BYTES(""), " base64-truncated"},
    {STRICT, BYTES("QUJDQ"), BYTES("ABC"), " base64-truncated"},
    {STRICT, BYTES("Q==="), BYTES(""), " base64-pad-odd base64-truncated"},
    {STRICT, BYTES("QR=="), BYTES("A"), " base64-bits"},
    {STRICT, BYTES("QUJ="), BYTES("AB"), " base64-bits"},
    {STRICT, BYTES("QUJ"), BYTES("AB"), " base64-bits base64-pad-missing"},
    {STRICT, BYTES("QUJD="), BYTES("ABC"), " base64-pad-odd"},
    {STRICT, BYTES("QUI=="), BYTES("AB"), " base64-pad-odd"},
    {STRICT, BYTES("QQ=\r\n="), BYTES("A"), ""},
    {STRICT, BYTES("===="), BYTES(""), " base64-pad-odd"},

    /* --- white space and other characters */
    {STRICT, BYTES("Q U\tJ\r\nD"), BYTES("ABC"), " base64-bad-char"},
    {STRICT, BYTES("QUJD \t\r\nREVG\r\n"), BYTES("ABCDEF"), ""},
    {STRICT, BYTES(" QUJD"), BYTES("ABC"), " base64-bad-char"},
    {STRICT, BYTES("QQ =="), BYTES("A"), " base64-bad-char"},
    {STRICT, BYTES("Q!U*J(D"), BYTES("ABC"), " base64-bad-char"},
    {STRICT,
	BYTES("QU\0J\xe9"
	      "D"),
	BYTES("ABC"), " base64-bad-char"},
    {STRICT, BYTES("QU-JD_"), BYTES("ABC"), " base64-bad-char"},
    {STRICT, BYTES("QU\rJD"), BYTES("ABC"), ""},
    {STRICT, BYTES("\r\n\r\nQUJD"), BYTES("ABC"), ""},
    {STRICT, BYTES("QUJD\r\n\r\nREVG"), BYTES("ABCDEF"), " base64-blank-line"},
    {STRICT, BYTES("QUJD\n \nREVG"), BYTES("ABCDEF"), " base64-blank-line"},
    {STRICT, BYTES("QUJD\r\n\r\n"), BYTES("ABC"), ""},
    {STRICT, BYTES("QUJD\n\nfooter text"),
	BYTES("ABC\x7e\x8a\x2d\x7a\xbb\x5e\xc6"),
	" base64-bad-char base64-bits base64-blank-line base64-pad-missing"},
    {URL, BYTES("-_-_"), BYTES("\xfb\xff\xbf"), " base64-bad-char"},
    {URL, BYTES("QQ==-_8="), BYTES("A\xfb\xff"), " base64-pad-inside"},

    /* --- "=" with something behind */
    {STRICT, BYTES("QQ==QUI="), BYTES("A"), " base64-pad-inside"},
    {RESTART, BYTES("QQ==QUI="), BYTES("AAB"), " base64-pad-inside"},
    {SKIP, BYTES("QQ==QUI="), BYTES("A\x04\x14"), " base64-pad-inside"},
    {STRICT, BYTES("QUJD=REVG"), BYTES("ABC"),
	" base64-pad-inside base64-pad-odd"},
    {RESTART, BYTES("QUJD=REVG"), BYTES("ABCDEF"),
	" base64-pad-inside base64-pad-odd"},
    {SKIP, BYTES("QUJD=REVG"), BYTES("ABCDEF"),
	" base64-pad-inside base64-pad-odd"},
    {STRICT, BYTES("QQ==\r\nQUI=\r\n"), BYTES("A"),
	" base64-pad-inside base64-trailing"},
    {STRICT, BYTES("QQ==\r\nQUJD\r\n"), BYTES("A"),
	" base64-pad-inside base64-trailing"},
    {STRICT, BYTES("QQ==\nfooter"), BYTES("A"), " base64-trailing"},
    {STRICT, BYTES("QQ==\nfooter!"), BYTES("A"), " base64-trailing"},
    {STRICT, BYTES("QQ==\n____\n\n"), BYTES("A"),
	" base64-pad-inside base64-trailing"},
    {STRICT, BYTES("QQ==\n-- \n\n"), BYTES("A"), " base64-trailing"},
    {STRICT, BYTES("QQ==\nfoot er te\n"), BYTES("A"),
	" base64-pad-inside base64-trailing"},
    {STRICT, BYTES("QQ==A"), BYTES("A"), " base64-trailing"},
    {STRICT, BYTES("QQ==!"), BYTES("A"), " base64-trailing"},
    {STRICT, BYTES("QQ==\r\n\r\n  \r\n"), BYTES("A"), ""},
    {RESTART, BYTES("QQ==\r\n" LINE76 "\r\n" LINE76 "\r\n!" LINE76),
	BYTES("A" TEXT57 TEXT57 TEXT57), " base64-pad-inside base64-trailing"},

    /* --- what stands in front of the data */
    {STRICT, BYTES("abcde\nQUJDREVG"),
	BYTES("\x69\xb7\x1d\x79\x05\x09\x0d\x11\x15"),
	" base64-stray-shift base64-truncated"},
    {STRICT, BYTES("a.b\nQUJD"), BYTES("\x69\xb4\x14\x24"),
	" base64-bad-char base64-bits base64-pad-missing base64-stray-shift"},
    {STRICT, BYTES("ab\n\nQUJD"), BYTES("\x69\xb4\x14\x24"),
	" base64-bits base64-blank-line base64-pad-missing base64-stray-shift"},
    {STRICT, BYTES("abcd\nQUJDREVG"),
	BYTES("\x69\xb7\x1d"
	      "ABCDEF"),
	""},
    /* Lines of another length than whole groups are usual with some. */
    {STRICT, BYTES("QUJDR\nEVGR0\nhJ"), BYTES("ABCDEFGHI"), ""},

    /* --- regular lines */
    {STRICT, BYTES(LINE76 "\r\n" LINE76 "\r\n" LINE76 "\n" LINE76 "\r\nQQ=="),
	BYTES(TEXT57 TEXT57 TEXT57 TEXT57 "A"), ""},
    {STRICT, BYTES(LINE76 "\r\n" LINE76 "\r\n\r\n" LINE76 " !\r\nQQ==\r\n"),
	BYTES(TEXT57 TEXT57 TEXT57 "A"), " base64-bad-char base64-blank-line"},

    /* --- quoted-printable */
    {QP, BYTES("=41=42"), BYTES("AB"), ""},
    {QP, BYTES("=4a"), BYTES("J"), " qp-lowercase"},
    {QP, BYTES("=c3=A9"), BYTES("\xc3\xa9"), " qp-lowercase"},
    {QP, BYTES("=00"), BYTES("\0"), ""},
    {QP, BYTES("a=\r\nb"), BYTES("ab"), ""},
    {QP, BYTES("a=\nb"), BYTES("ab"), ""},
    {QP, BYTES("a= \r\nb"), BYTES("ab"), " qp-soft-break-space"},
    {QP, BYTES("a=\t \nb"), BYTES("ab"), " qp-soft-break-space"},
    {QP, BYTES("a \t\r\nb"), BYTES("a\r\nb"), " qp-trailing-space"},
    {QP, BYTES("a \nb "), BYTES("a\nb"), " qp-trailing-space"},
    {QP, BYTES("a b\tc\r\n"), BYTES("a b\tc\r\n"), ""},
    {QP, BYTES("a="), BYTES("a"), ""},
    {QP, BYTES("a= "), BYTES("a"), " qp-soft-break-space"},
    {QP, BYTES("a=4"), BYTES("a=4"), " qp-bad-escape"},
    {QP, BYTES("=G1"), BYTES("=G1"), " qp-bad-escape"},
    {QP, BYTES("=4G"), BYTES("=4G"), " qp-bad-escape"},
    {QP, BYTES("==41"), BYTES("=A"), " qp-bad-escape"},
    {QP, BYTES("a= b"), BYTES("a= b"), " qp-bad-escape"},
    {QP, BYTES("a==\r\nb"), BYTES("a=b"), " qp-bad-escape"},
    {QP, BYTES("a=\rb"), BYTES("a=\rb"), " qp-bad-escape"},
    {QP, BYTES("a= \rb"), BYTES("a= \rb"), " qp-bad-escape"},
    {QP, BYTES("a=\r"), BYTES("a=\r"), " qp-bad-escape"},
    {QP, BYTES("a \rb \r\r\n"), BYTES("a \rb \r\r\n"), ""},
    {QP, BYTES("a \r"), BYTES("a \r"), ""},
    {QP, BYTES("\xe9\0b"), BYTES("\xe9\0b"), " qp-8bit"},
    {QP, BYTES("a=\xe9"), BYTES("a=\xe9"), " qp-8bit qp-bad-escape"},
    {QP, BYTES("=5=\r\n8"), BYTES("=58"), " qp-bad-escape"},
    {KEEP, BYTES("a= \r\nb"), BYTES("a=\r\nb"), " qp-soft-break-space"},
    {KEEP, BYTES("a= \nb= "), BYTES("a=\nb="), " qp-soft-break-space"},
    {KEEP, BYTES("a=\r\nb=41"), BYTES("abA"), ""},
    {CR, BYTES("a=\rb"), BYTES("ab"), " qp-bad-escape"},
    {CR, BYTES("a= \rb=\r\nc"), BYTES("abc"), " qp-bad-escape"},
    {CR, BYTES("a=\r"), BYTES("a"), " qp-bad-escape"},
    {TWICE, BYTES("=5=\r\n8=\n=35=\r\n8"), BYTES("X58"), ""},
    {CR, BYTES("a=\r\r\nb"), BYTES("ab"), ""},
    {CR, BYTES("a==\r\nb=\r"), BYTES("ab"), " qp-bad-escape"},
    {CR, BYTES("a===41=="), BYTES("a==A"), " qp-bad-escape"},
    {TWICE, BYTES("a==\r\nb"), BYTES("a=b"), " qp-bad-escape"},
    {TWICE, BYTES("a==\n41"), BYTES("aA"), ""},
    {TWICE, BYTES("a==41"), BYTES("a=A"), " qp-bad-escape"},
    {TWICE, BYTES("=4 \r\nb \t\nc \r= d"), BYTES("=4\r\nb\nc \r= d"),
	" qp-bad-escape"},
    {TWICE, BYTES("a= \r\nb=\r\n"), BYTES("ab"), ""},
    {TWICE, BYTES("a=4"), BYTES("a=4"), " qp-bad-escape"},
    {TWICE, BYTES("a==\rb=\r"), BYTES("a=b"), " qp-bad-escape"},
    {TWICE, BYTES("a=4=\r\r\n1=\r=4=\r2"), BYTES("aAB"), ""},
    {TWICE, BYTES("a== \r\r\nx= \ry=\r\r"), BYTES("a=xy"), " qp-bad-escape"},
    {TWICE, BYTES("a \r\r\nb=\r \r\nc"), BYTES("a \r\r\nb\r\nc"), ""},
    {TWICE, BYTES("a\xe9 \r"), BYTES("a\xe9 \r"), " qp-8bit"},
};

static void
test_cases(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		decode_check(&cases[i], "");
}

/* Lines of 76 and 77 bytes, with a CR or two at the end. */
static void
test_qp_line_long(void **state)
{
	static const struct {
		size_t len;
		const char *end;
		bool is_long;
	} table[] = {
	    {76, "\r\n", false},
	    {76, "\n", false},
	    {76, "", false},
	    {76, "\r", false},
	    {76, "\rx", true},
	    {76, "\r\r\n", true},
	    {77, "\r\n", true},
	    {77, "\n", true},
	    {300, "\r\n", true},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		uint8_t line[320];
		struct decode_case c = {.decoding = QP, .found = ""};

		memset(line, 'x', sizeof(line));
		memcpy(line + table[i].len, table[i].end, strlen(table[i].end));
		c.in = c.out =
		    span_of(line, table[i].len + strlen(table[i].end));
		if (table[i].is_long)
			c.found = " qp-line-long";
		decode_check(&c, "");
	}
}

/* More white space than is held back: it stays in front of a line end, as far
 * as it does not fit, and is lost behind "=" but for those who keep it. */
static void
test_qp_blanks(void **state)
{
	static const enum decoding decodings[] = {QP, KEEP, TWICE};
	uint8_t in[128], out[128];

	(void)state;
	for (size_t blanks = 50; blanks < 75; blanks++) {
		struct decode_case c = {.decoding = QP};
		size_t stays = blanks > 56 ? 56 : 0;

		memset(in, ' ', sizeof(in));
		memset(out, ' ', sizeof(out));
		memcpy(in + blanks, "\r\nx", 3);
		memcpy(out + stays, "\r\nx", 3);
		c.in = span_of(in, blanks + 3);
		c.out = span_of(out, stays + 3);
		c.found = " qp-trailing-space";
		decode_check(&c, "");

		in[0] = '=';
		c.out = span_text("x");
		c.found = " qp-soft-break-space";
		decode_check(&c, "");

		memset(out, ' ', sizeof(out));
		out[0] = '=';
		stays = blanks > 57 ? 57 : 1;
		memcpy(out + stays, "\r\nx", 3);
		c.decoding = KEEP;
		c.out = span_of(out, stays + 3);
		if (blanks > 57)
			c.found = " qp-bad-escape qp-trailing-space";
		decode_check(&c, "");
	}
	for (size_t i = 0; i < sizeof(decodings) / sizeof(decodings[0]); i++) {
		struct decode_case c = {.decoding = decodings[i]};

		memset(in, '=', sizeof(in));
		in[127] = 'x';
		c.in = c.out = span_of(in, sizeof(in));
		c.found = " qp-bad-escape qp-line-long";
		decode_check(&c, "");
	}
}

/* A first line longer than any data has, and data behind it. */
static void
test_base64_long_line(void **state)
{
	static uint8_t in[1200], out[1000];
	struct decode_case c = {.decoding = STRICT, .found = ""};

	(void)state;
	memset(in, 'A', sizeof(in));
	c.in = span_of(in, 1100);
	c.out = span_of(out, 825);
	decode_check(&c, "");
	memcpy(in + 1100, "\r\nAAAA", 6);
	c.in = span_of(in, 1106);
	c.out = span_of(out, 828);
	c.found = " base64-stray-shift";
	decode_check(&c, "");
	memcpy(in + 996, "\r\nAAAA", 6);
	c.in = span_of(in, 1002);
	c.out = span_of(out, 750);
	c.found = "";
	decode_check(&c, "");
}

/* 64 KiB of "=" are nothing, in however many steps. */
static void
test_only_equals(void **state)
{
	static uint8_t in[65536];
	uint8_t out[DECODER_TAIL_MAX];

	(void)state;
	memset(in, '=', sizeof(in));
	for (enum decoding e = STRICT; e <= URL; e++) {
		struct cursor c = cursor_of(span_of(in, sizeof(in)));
		struct decoder d;

		decoder_begin(&d, e);
		assert_int_equal(decoder_bytes(&d, &c, out, sizeof(out)), 0);
		assert_int_equal(c.left, 0);
		assert_int_equal(decoder_end(&d, out), 0);
		assert_true(anomalies_has(&d.found, ANOMALY_BASE64_PAD_ODD));
	}
}

/* Sizes around lines and groups, in lines of several lengths. */
static void
test_base64_sizes(void **state)
{
	static const size_t sizes[] = {0, 1, 2, 3, 57, 58, 1000};
	static const size_t widths[] = {4, 70, 76, 998};
	static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklm"
				       "nopqrstuvwxyz0123456789+/";
	static uint8_t plain[1000], text[4096];

	(void)state;
	for (size_t i = 0; i < sizeof(plain); i++)
		plain[i] = (uint8_t)(i * 7 + i / 256);
	for (size_t n = 0; n < 7 * 4; n++) {
		size_t size = sizes[n / 4], width = widths[n % 4], len = 0;
		struct decode_case c = {.decoding = STRICT, .found = ""};

		for (size_t i = 0; i < (size + 2) / 3 * 4; i++) {
			size_t bit = i * 6;
			unsigned int pair = plain[bit / 8] * 256U;

			if (bit / 8 + 1 < size)
				pair += plain[bit / 8 + 1];
			if (i > 0 && i % width == 0) {
				text[len++] = '\r';
				text[len++] = '\n';
			}
			text[len++] =
			    bit >= size * 8
				? '='
				: (uint8_t)
				      alphabet[pair >> (10 - bit % 8) & 63];
		}
		c.in = span_of(text, len);
		c.out = span_of(plain, size);
		decode_check(&c, "");
	}
}

static void
test_names(void **state)
{
	(void)state;
	assert_string_equal(encoding_name(ENCODING_NONE), "none");
	assert_string_equal(encoding_name(ENCODING_7BIT), "7bit");
	assert_string_equal(encoding_name(ENCODING_UNKNOWN), "unknown");
	for (enum encoding e = 0; e < ENCODINGS; e++) {
		enum decoding decoding = decoding_of(e);

		assert_non_null(encoding_name(e));
		if (decoding != DECODING_AS_IS)
			assert_string_equal(
			    encoding_name(e), decoding_name(decoding));
	}
	assert_int_equal(decoding_of(ENCODING_BASE64), DECODING_BASE64);
	assert_int_equal(decoding_of(ENCODING_BINARY), DECODING_AS_IS);
	assert_int_equal(decoding_of(ENCODING_UNKNOWN), DECODING_AS_IS);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_cases),
	    cmocka_unit_test(test_qp_line_long),
	    cmocka_unit_test(test_qp_blanks),
	    cmocka_unit_test(test_base64_long_line),
	    cmocka_unit_test(test_only_equals),
	    cmocka_unit_test(test_base64_sizes),
	    cmocka_unit_test(test_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
