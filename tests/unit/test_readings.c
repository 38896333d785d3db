/* SPDX-License-Identifier: ISC */
/*
 * The readings of an ambiguous message: parser/mime/readings.c and what it
 * stands on.  Each row is a message in which at least some programs find a file
 * (BAD), each of them for another reason.
 */
#include "parser/mime/readings.h"

#include <stdio.h>

#include "tests/unit/around_readings.h"

/* The file, and what it looks like encoded. */
#define BAD    "MZ bad file, 33 bytes of it here\n"
#define BASE64 "TVogYmFkIGZpbGUsIDMzIGJ5dGVzIG9mIGl0IGhlcmUK"
#define QP     "=4D=5A bad file, 33 bytes of it here=0A"
#define UU     "A35H@8F%D(&9I;&4L(#,S(&)Y=&5S(&]F(&ET(&AE<F4*\r\n"

#define NL	  "\r\n"
#define TOP	  "From: a@example.net" NL "MIME-Version: 1.0" NL
#define MP	  "Content-Type: multipart/mixed; boundary=b1" NL
#define HI	  "--b1" NL "Content-Type: text/plain" NL NL "Hello." NL
#define FILE_TYPE "Content-Type: application/octet-stream" NL
#define CTE	  "Content-Transfer-Encoding: base64" NL
#define DATA	  NL BASE64 NL
#define PART	  FILE_TYPE CTE DATA
#define END	  "--b1--" NL

/* A message with that as its second part. */
#define MIXED(part) TOP MP NL HI "--b1" NL part END

/* DER: signed data with an octet string, which holds a part. */
#define OID   "\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07"
#define INNER CTE NL BASE64 NL

static const struct {
	const char *name, *text;
	size_t len; /* 0: it has no NUL */
} row[] = {
    {"a plain attachment", MIXED(PART), 0},
    {"R1 the last Content-Type",
	TOP MP "Content-Type: multipart/mixed; boundary=b2" NL NL "--b2" NL PART
	       "--b2--" NL,
	0},
    {"R2 the last encoding",
	MIXED(FILE_TYPE "Content-Transfer-Encoding: 7bit" NL CTE DATA), 0},
    {"R3 the last boundary",
	TOP "Content-Type: multipart/mixed; boundary=b0; boundary=b1" NL NL HI
	    "--b1" NL PART END,
	0},
    {"R4 the extended boundary",
	TOP "Content-Type: multipart/mixed; boundary=b0;" NL
	    " boundary*=us-ascii''b%31" NL NL HI "--b1" NL PART END,
	0},
    {"R5 the boundary is an encoded word",
	TOP
	"Content-Type: multipart/mixed; boundary=\"=?utf-8?Q?b1?=\"" NL NL HI
	"--b1" NL PART END,
	0},
    {"R6 an unquoted boundary with a space",
	TOP "Content-Type: multipart/mixed; boundary=b1 x" NL NL
	    "--b1 x" NL PART "--b1 x--" NL,
	0},
    {"R7 delimiters with a tail", TOP MP NL "--b1xyz" NL PART "--b1xyz" NL, 0},
    {"R8 a delimiter behind white space", TOP MP NL HI " \t--b1" NL PART END,
	0},
    {"R8 ended by a CR", TOP MP NL HI "--b1\r" PART END, 0},
    {"R8 behind a CR", TOP MP NL HI "x\r--b1" NL PART END, 0},
    {"R8 ended by CR CR LF", TOP MP NL HI "--b1\r" NL PART END, 0},
    {"R8 with a NUL", TOP MP NL HI "--b1\0" NL PART END,
	sizeof(TOP MP NL HI "--b1\0" NL PART END) - 1},
    {"with one dash", TOP MP NL "-b1" NL PART "-b1--" NL, 0},
    {"without dashes", TOP MP NL "b1" NL PART, 0},
    {"in upper case", TOP MP NL "--B1" NL PART "--B1--" NL, 0},
    {"R9 behind the close", MIXED(HI END "--b1" NL PART), 0},
    {"R10 no boundary",
	TOP "Content-Type: multipart/mixed" NL NL HI "--b1" NL PART END, 0},
    {"R10 an empty boundary",
	TOP "Content-Type: multipart/mixed; boundary=\"\"" NL NL HI
	    "--b1" NL PART END,
	0},
    {"a boundary that is declared nowhere, besides another one",
	MIXED("Content-Type: text/plain" NL NL "--b9" NL NL PART "--b9--" NL),
	0},
    {"R11 a boundary on a text",
	TOP "Content-Type: text/plain; boundary=b1" NL NL HI "--b1" NL PART END,
	0},
    {"R12 junk in the header", MIXED(FILE_TYPE "junk" NL CTE DATA), 0},
    {"R12 the header ends at junk", MIXED(CTE BASE64 NL), 0},
    {"R12 a leading fold", MIXED(" x: y" NL FILE_TYPE CTE DATA), 0},
    {"R13 the header ends with white space", MIXED(CTE " " NL BASE64 NL), 0},
    {"R13 a value behind blank folds",
	MIXED("Content-Transfer-Encoding:" NL " " NL "\t" NL " base64" NL DATA),
	0},
    {"R14 the header ends with two CR", MIXED(CTE "\r\r" BASE64 NL), 0},
    {"R14 NUL in a name", MIXED("Content-Transfer-\0Encoding: base64" NL DATA),
	sizeof(MIXED("Content-Transfer-\0Encoding: base64" NL DATA)) - 1},
    {"R14 NUL in a value", MIXED("Content-Transfer-Encoding: ba\0se64" NL DATA),
	sizeof(MIXED("Content-Transfer-Encoding: ba\0se64" NL DATA)) - 1},
    {"R14 NUL behind a value",
	MIXED("Content-Transfer-Encoding: base64\0x" NL DATA),
	sizeof(MIXED("Content-Transfer-Encoding: base64\0x" NL DATA)) - 1},
    {"R15 white space before the colon",
	MIXED("Content-Transfer-Encoding : base64" NL DATA), 0},
    {"R15 another name", MIXED("Content_Transfer_Encoding: base64" NL DATA), 0},
    {"a comment in the name",
	MIXED("Content-(x)Transfer-Encoding: base64" NL DATA), 0},
    {"the colon on the next line",
	MIXED("Content-Transfer-Encoding" NL ": base64" NL DATA), 0},
    {"the same, as a fold",
	MIXED("Content-Transfer-Encoding" NL " : base64" NL DATA), 0},
    {"R16 a word behind another one",
	MIXED("Content-Transfer-Encoding: x base64" NL DATA), 0},
    {"R16 an unknown word", MIXED("Content-Transfer-Encoding: foo" NL NL QP NL),
	0},
    {"a file as it is under an encoding", MIXED(CTE NL BAD NL), 0},
    {"R17 \"=\" within a group",
	MIXED(CTE NL "TVog=YmFkIGZpbGUsIDMzIGJ5dGVzIG9mIGl0IGhlcmUK" NL), 0},
    {"R17 \"=\" that is passed over",
	MIXED(CTE NL "T=VogYmFkIGZpbGUsIDMzIGJ5dGVzIG9mIGl0IGhlcmUK" NL), 0},
    {"R17 behind padding", MIXED(CTE NL "QQ==" NL BASE64 NL), 0},
    {"R17 behind padding in a line", MIXED(CTE NL "QQ==" BASE64 NL), 0},
    {"base64 behind text", MIXED(CTE NL "Some text." NL DATA), 0},
    {"R19 a soft break with white space",
	MIXED("Content-Transfer-Encoding: quoted-printable" NL NL
	      "=4D=5A bad file,= " NL " 33 bytes of it here=0A" NL),
	0},
    {"R19 a soft break with a CR",
	MIXED("Content-Transfer-Encoding: quoted-printable" NL NL
	      "=4D=5A bad file,=\r 33 bytes of it here=0A" NL),
	0},
    {"R19 two steps",
	MIXED("Content-Transfer-Encoding: quoted-printable" NL NL "=4D=5=" NL
	      "A bad file, 33 bytes of it here=0A" NL),
	0},
    {"R20 a message in base64, with white space before the colon",
	MIXED("Content-Type: message/rfc822" NL
	      "Content-Transfer-Encoding : base64" NL NL
	      "Q29udGVudC1UcmFuc2Zlci1FbmNvZGluZzogYmFzZTY0DQoNClRWb2dZb"
	      "UZrSUdacGJHVXNJRE16SUdKNWRHVnpJRzltSUdsMElHaGxjbVVLDQo=" NL),
	0},
    {"a multipart in base64, whose boundary stands outside of it",
	TOP MP CTE NL
	"LS1iMQ0KDQpNWiBiYWQgZmlsZSwgMzMgYnl0ZXMgb2YgaXQgaGVyZQoNCi0tYjE"
	"tLQ0K" NL,
	0},
    {"R21 a body that should be elsewhere",
	MIXED("Content-Type: message/external-body" NL NL PART), 0},
    {"R22 uuencode in a text", TOP NL "Hello." NL "begin 644 x" NL UU "end" NL,
	0},
    {"R22 in upper case, indented, without mode and end",
	TOP NL "Hello." NL " Begin x" NL UU, 0},
    {"R22 yEnc",
	TOP NL "=ybegin line=128 size=33 name=x" NL
	       "w\x84J\x8c\x8b\x8eJ\x90\x93\x96\x8fVJ]]J\x8c\xa3\x9e\x8f\x9dJ"
	       "\x99\x90J\x93\x9eJ\x92\x8f\x9c\x8f"
	       "4" NL "=yend size=33" NL,
	0},
    {"uuencode within quoted-printable",
	MIXED("Content-Transfer-Encoding: quoted-printable" NL NL
	      "begin=20644=20x" NL
	      "A35H@8F%D(&9I;&4L(#,S(&)Y=3D&5S(&]F(&ET(&AE<F4*" NL "end" NL),
	0},
    {"R23 a third part of two",
	TOP "Content-Type: multipart/signed; boundary=b1" NL NL HI HI
	    "--b1" NL PART END,
	0},
    {"an encoding of the multipart",
	TOP MP CTE NL HI "--b1" NL FILE_TYPE DATA END, 0},
    {"a part in the epilogue", MIXED(HI END PART), 0},
    {"a header that goes on over a delimiter",
	MIXED("Content-Transfer-Encoding: quoted-printable" NL
	      "--b1--" NL NL QP NL),
	0},
    {"uuencode behind what seems to be yEnc",
	MIXED("Content-Type: text/plain" NL NL "=ybegin line=128" NL
	      "begin 0644 x" NL UU "end" NL),
	0},
    {"an empty line that CR alone ends",
	TOP MP NL HI "--b1 x" NL
		     "Content-Transfer-Encoding: quoted-printable" NL "X-A:" NL
		     "\rmore" NL NL QP NL END,
	0},
    {"uuencode whose lines end with CR",
	MIXED("Content-Type: text/plain" NL NL "begin 644 x\r"
	      "A35H@8F%D(&9I;&4L(#,S(&)Y=&5S(&]F(&ET(&AE<F4*\r`\rend\r" NL),
	0},
    {"uuencode behind a line that is shorter than it says",
	TOP NL "begin 644 x" NL "." NL UU "end" NL, 0},
    {"a part in the body", TOP NL NL PART, 0},
    {"base64 that nobody declares", MIXED(FILE_TYPE DATA), 0},
    {"a delimiter within the data, which is none for most",
	MIXED(CTE NL "TVogYmFkIGZpbGUsIDMzIGJ5" NL "--b1x" NL), 0},
};

static struct span
text_of(size_t i)
{
	return span_of(
	    row[i].text, row[i].len > 0 ? row[i].len : strlen(row[i].text));
}

/* Each is found, and no object depends on how the message comes. */
static void
test_rows(void **state)
{
	static const size_t piece[] = {1, 7, 100};
	uint8_t before[SHA256_BYTES], digest[SHA256_BYTES];
	struct sha256 sha;

	(void)state;
	for (size_t i = 0; i < sizeof(row) / sizeof(row[0]); i++) {
		for (size_t p = 0; p < 4; p++) {
			size_t size = p == 0 ? 65536 : piece[p - 1];
			enum readings_end end =
			    run(text_of(i), size, UINT32_MAX, UINT32_MAX);

			sha256_begin(&sha);
			sha256_bytes(&sha, span_of(seen.bytes, seen.used));
			sha256_end(&sha, p == 0 ? before : digest);
			if (end != READINGS_DONE)
				fail_msg("%s: a limit", row[i].name);
			if (i + 1 < sizeof(row) / sizeof(row[0]) &&
			    !has_object(BAD))
				fail_msg("%s: not found", row[i].name);
			if (p > 0 && memcmp(before, digest, 32) != 0)
				fail_msg("%s in %zu", row[i].name, size);
		}
	}
}

/* Delimiters that only some take for one are within the part for others. */
static void
test_over_near_misses(void **state)
{
	(void)state;
	read_text(MIXED(" x" NL "Content-Transfer-Encoding : base64" NL NL
			"TVogYmFkIGZpbGUsIDMzIGJ5" NL "--b1x" NL "--B1" NL
			" --b1" NL "-b1" NL "dGVzIG9mIGl0IGhlcmUK" NL));
	assert_false(has_object(BAD)); /* their letters are data */
	read_text(MIXED(" x" NL NL "MZ" NL "--b1x" NL "--B1" NL " --b1" NL
			"-b1" NL "end" NL));
	assert_true(has_object("MZ\r\n--b1x\r\n--B1\r\n --b1\r\n-b1\r\nend"));
	read_text(TOP MP NL "--B1" NL NL "MZ" NL "--b1x" NL "--b1y" NL
			    "--b1z" NL "--b1v" NL "--b1w" NL "end" NL);
	assert_false(
	    has_object("MZ\r\n--b1x\r\n--b1y\r\n--b1z\r\n--b1v\r\n--b1w"));
	assert_true(has_object("MZ\r\n--b1x\r\n--b1y\r\n--b1z\r\n--b1v"));
}

/* A relay breaks a long line, and what stands behind is a delimiter. */
static void
test_long_lines(void **state)
{
	static const size_t at[] = {998, 1995, 2048, 4096, 950};
	char text[8192], line[5000];

	(void)state;
	for (size_t i = 0; i < sizeof(at) / sizeof(at[0]); i++) {
		memset(line, 'x', sizeof(line));
		line[at[i]] = '\0';
		(void)snprintf(text, sizeof(text),
		    TOP MP NL HI "--b1" NL NL "%s--b1" NL PART END, line);
		assert_int_equal(read_text(text), READINGS_DONE);
		assert_true(has_object(BAD));
	}
	/* Without a boundary only where lines are broken. */
	for (size_t i = 0; i < sizeof(at) / sizeof(at[0]); i++) {
		memset(line, 'x', sizeof(line));
		line[at[i]] = '\0';
		(void)snprintf(text, sizeof(text),
		    TOP "Content-Type: multipart/mixed" NL NL NL
			"%s--b1" NL NL BAD,
		    line);
		assert_int_equal(read_text(text), READINGS_DONE);
		if (has_object(BAD) != (at[i] != 950))
			fail_msg("at %zu", at[i]);
	}
}

static void
put(uint8_t *out, size_t *len, const char *bytes, size_t n)
{
	memcpy(&out[*len], bytes, n);
	*len += n;
}

/* An opaque signature, in one octet string and in pieces of some. */
static void
test_signed(void **state)
{
	static const char whole[] =
	    "\x30\x80" OID "\x02"
	    "\xa0\x80\x30\x80\x02\x01\x01\x30\x80" OID "\x01\xa0\x80\x04";
	static const char pieces[] =
	    "\x30\x82\x01\x00" OID "\x02\xa0\x81\xf0"
	    "\x30\x80\x30\x80" OID "\x01\xa0\x80\x24\x80";
	static const char last[] = "\x00\x00\x1f\x81\x01\x02xx\x04\x02no";
	static const char inner[] = INNER;
	static const char top[] = TOP "Content-Type: application/pkcs7-mime" NL
				      "Content-Transfer-Encoding: binary" NL NL;
	uint8_t text[1000];
	size_t len = 0;

	(void)state;
	put(text, &len, top, sizeof(top) - 1);
	put(text, &len, whole, sizeof(whole) - 1);
	text[len++] = sizeof(inner) - 1;
	put(text, &len, inner, sizeof(inner) - 1);
	put(text, &len, last, sizeof(last) - 1);
	assert_int_equal(run(span_of(text, len), 65536, 99, 99), READINGS_DONE);
	assert_true(has_object(BAD));

	len = 0;
	put(text, &len, top, sizeof(top) - 1);
	put(text, &len, pieces, sizeof(pieces) - 1);
	for (size_t i = 0; i < sizeof(inner) - 1; i += 10) {
		size_t n = sizeof(inner) - 1 - i;

		if (n > 10)
			n = 10;
		put(text, &len, "\x04", 1);
		text[len++] = (uint8_t)n;
		put(text, &len, &inner[i], n);
	}
	put(text, &len, last, sizeof(last) - 1);
	assert_int_equal(run(span_of(text, len), 65536, 99, 99), READINGS_DONE);
	assert_true(has_object(BAD));
}

static void
expect_object(size_t i, const char *part, enum decoding decoding, size_t len)
{
	assert_true(i < seen.objects);
	assert_string_equal(seen.object[i].what.part, part);
	assert_int_equal(seen.object[i].what.decoding, decoding);
	assert_int_equal(seen.object[i].len, len);
}

/* What objects are called: after their part; or where they begin, and where
 * that is within. */
static void
test_names(void **state)
{
	(void)state;
	read_text(TOP MP NL HI "--b1" NL "Content-Type: image/png" NL
			       "Content-Transfer-Encoding : base64" NL NL
			       "QTogYg0KDQpURVhU" NL END);
	expect_object(0, "1", DECODING_AS_IS, 6);
	expect_object(1, "2", DECODING_BASE64, 12);
	expect_object(2, "@197", DECODING_AS_IS, 16);
	expect_object(3, "@197+8", DECODING_AS_IS, 4);
	assert_int_equal(seen.objects, 4);
}

/* White space is no object; nor is a large text of base64 as it stands. */
static void
test_left_out(void **state)
{
	static char big[40000];
	static char text[50000];

	(void)state;
	read_text(MIXED(NL " \t" NL "\r\f\v" NL));
	assert_int_equal(seen.objects, 1);
	memset(big, 'A', sizeof(big) - 1);
	(void)snprintf(text, sizeof(text), MIXED(CTE NL "%s" NL), big);
	read_text(text);
	assert_int_equal(seen.objects, 2);
	memset(big, 'A', sizeof(big) - 1);
	(void)snprintf(text, sizeof(text), MIXED(CTE NL "%s-" NL), big);
	read_text(text);
	assert_int_equal(seen.objects, 4);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_rows),
	    cmocka_unit_test(test_over_near_misses),
	    cmocka_unit_test(test_long_lines),
	    cmocka_unit_test(test_signed),
	    cmocka_unit_test(test_names),
	    cmocka_unit_test(test_left_out),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
