/* SPDX-License-Identifier: ISC */
/*
 * The MIME reader: what is odd about the bytes of bodies, files that stand in
 * texts, and encodings.  See around_mime.h for how messages and results are
 * written.
 */
#include "tests/unit/around_mime.h"

#define MIME_ONE  "MIME-Version: 1.0\n"
#define HEADER(e) MIME_ONE "Content-Transfer-Encoding: " e "\n\n"
#define TEXT	  MIME_ONE "Content-Type: text/plain\n\n"
#define MULTI	  MIME_ONE "Content-Type: multipart/mixed; boundary=b1\n\n"
#define B64	  HEADER("base64")
#define QP	  HEADER("quoted-printable")
/* 76 characters of base64, and 16. */
#define LINE \
	"QUJDREVGR0hJSktMTU5PUFFSU1RVVldYWVphYmNkZWZnaGlqa2xtbm9wcXJzdHV2d3h5ejAxMjM0\n"
#define LAST "NTY3ODkwQUJDREVG\n"

static void
test_bytes(void **state)
{
	static const struct row rows[] = {
	    {TEXT "a\n", "1 text/plain{3} ="},
	    {TEXT "a" LONE, "1 text/plain{2 bare-lf} = bare-lf"},
	    {TEXT LONE "a", "1 text/plain{2 bare-lf} = bare-lf"},
	    {TEXT "a\rb\n", "1 text/plain{5 bare-cr} = bare-cr AMBIGUOUS"},
	    {TEXT "a\r\n", "1 text/plain{4 bare-cr} = bare-cr AMBIGUOUS"},
	    {TEXT "a\r", "1 text/plain{2 bare-cr} = bare-cr AMBIGUOUS"},
	    {TEXT "\r", "1 text/plain{1 bare-cr} = bare-cr AMBIGUOUS"},
	    {TEXT "\xc3\xa9\n", "1 text/plain{4 body-8bit-undeclared} = "
				"body-8bit-undeclared"},
	    {HEADER("7bit") "\xe9", "1 text/plain{1 body-8bit-undeclared} = "
				    "body-8bit-undeclared"},
	    {HEADER("8bit") "\xe9", "1 text/plain{1} ="},
	    {HEADER("binary") "\xe9\r\xe9",
		"1 text/plain{3 bare-cr} = bare-cr AMBIGUOUS"},
	    /* Far from the beginning and at the seams of vectors. */
	    {TEXT "0123456789abcde\r0123456789abcdef\n",
		"1 text/plain{34 bare-cr} = bare-cr AMBIGUOUS"},
	    {TEXT "0123456789abcdef\r0123456789abcde\n",
		"1 text/plain{34 bare-cr} = bare-cr AMBIGUOUS"},
	    {TEXT "0123456789abcde\n0123456789abcdef\n", "1 text/plain{35} ="},
	    {TEXT "0123456789abcd\n0123456789abcdef\n", "1 text/plain{34} ="},
	    {TEXT "0123456789abcde" LONE "0123456789abcdef\n",
		"1 text/plain{34 bare-lf} = bare-lf"},
	    {TEXT "0123456789abcdef" LONE "0123456789abcdef\n",
		"1 text/plain{35 bare-lf} = bare-lf"},
	    {MULTI "--b1" LONE "\nx" LONE "--b1--\n",
		"multipart/mixed{ 1 text/plain{1 bare-lf} + bare-lf} = "
		"bare-lf"},
	};
	static const char nul[] = TEXT "a\0b\n";

	(void)state;
	CHECK(rows);
	assert_string_equal(read_text(nul, sizeof(nul) - 1),
	    "1 text/plain{5 body-nul} = body-nul AMBIGUOUS");
}

/* A line of n bytes with that at a place in it. */
static const char *
read_line(const char *before, size_t n, size_t at, const char *what)
{
	char line[5000];

	memset(line, '.', n);
	memcpy(line + at, what, strlen(what));
	line[n] = '\0';
	message.len = 0;
	put(before);
	put(line);
	put("\n--b1--\n");
	return read_message();
}

static void
test_long_lines(void **state)
{
	static const char before[] = MULTI "--b1\n\n";
	static const struct {
		size_t len, at;
		const char *what;
		const char *found; /* with a blank before it */
		bool ambiguous;
	} rows[] = {
	    {998, 0, "", "", false},
	    {999, 0, "", " line-long", false},
	    {1100, 997, "--", " line-long", false},
	    {1100, 999, "--", " line-long", false},
	    {1100, 998, "--", " line-long", true},
	    {1100, 998, "--b1", " boundary-near-miss line-long", true},
	    {1002, 998, "--b1", " boundary-near-miss line-long", true},
	    {1001, 998, "--b", " line-long", true},
	    {1100, 998, "-b1", " line-long", false},
	    {1100, 998, "--b2", " line-long", true},
	    {1256, 998, "--b1", " boundary-near-miss line-long", true},
	    {1257, 998, "--b1", " boundary-near-miss line-long", true},
	    {2047, 998, "xx", " line-long", false},
	    {2100, 2048, "--", " line-long", true},
	    {2100, 2047, "--", " line-long", false},
	    {4000, 2048, "--b1", " boundary-near-miss line-long", true},
	    {2052, 2048, "--b1", " boundary-near-miss line-long", true},
	    /* A CR begins a line for some; it is always ambiguous. */
	    {20, 5, "\r--b1", " bare-cr boundary-near-miss", true},
	    {20, 5, "\r\r--b1", " bare-cr boundary-near-miss", true},
	    {20, 5, "\r--b2", " bare-cr", true},
	    {9, 4, "\r--b1", " bare-cr boundary-near-miss", true},
	    {1100, 990, "\rxxxxxxx--b1",
		" bare-cr boundary-near-miss line-long", true},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		char want[256];

		(void)snprintf(want, sizeof(want),
		    "multipart/mixed{ 1 text/plain{%zu%s} +} =%s%s",
		    rows[i].len, rows[i].found, rows[i].found,
		    rows[i].ambiguous ? " AMBIGUOUS" : "");
		assert_string_equal(
		    read_line(before, rows[i].len, rows[i].at, rows[i].what),
		    want);
	}
}

static void
test_fields_in_body(void **state)
{
#define AFTER "header-after-body} = header-after-body AMBIGUOUS"
	static const struct row rows[] = {
	    {TEXT "Content-Type: text/html\n\nx\n", "1 text/plain{30 " AFTER},
	    {TEXT "\n\ncontent-transfer-encoding : base64\n",
		"1 text/plain{40 " AFTER},
	    {TEXT "X-A: b\n c\nMIME-Version: 1.0\n", "1 text/plain{31 " AFTER},
	    {TEXT "A line.\nReceived: from x\n", "1 text/plain{27 " AFTER},
	    {TEXT "A\nB\nC\nContent-Type: text/html\n", "1 text/plain{34} ="},
	    {TEXT "Subject: x\n\nContent-Type: text/html\n",
		"1 text/plain{39} ="},
	    {TEXT "From: a@example.net\nSent: today\nTo: b\n\nHello.\n",
		"1 text/plain{51} ="},
	    {TEXT "---------- Forwarded message ---------\nFrom: a\n"
		  "Subject: b\n\nHello.\n",
		"1 text/plain{71} ="},
	    {TEXT "Content is king\n", "1 text/plain{17} ="},
	    {TEXT "Received-From-MTA: dns; x\n", "1 text/plain{27} ="},
	    /* Reports have fields, but not these. */
	    {MIME_ONE "Content-Type: message/delivery-status\n\n"
		      "Reporting-MTA: dns; x\nReceived-From-MTA: dns; y\n\n"
		      "Action: failed\n",
		"1 message/delivery-status{68} ="},
	    {MIME_ONE "Content-Type: message/delivery-status\n\n"
		      "Reporting-MTA: dns; x\nContent-Type: text/html\n\nx\n",
		"1 message/delivery-status{53 " AFTER},
	    {MIME_ONE "Content-Type: text/rfc822-headers\n\n"
		      "Received: x\nContent-Type: text/html\n\n",
		"1 text/rfc822-headers{40} ="},
	    {MIME_ONE "Content-Type: text/rfc822-headers\n\n"
		      "Received: x\nContent-Type: text/html\n\nx\n",
		"1 text/rfc822-headers{43 " AFTER},
	    /* Further below only with what it speaks of. */
	    {TEXT "A\nB\nC\nD\nContent-Transfer-Encoding: base64\n\n" LINE,
		"1 text/plain{127 encoding-undeclared header-after-body} = "
		"encoding-undeclared header-after-body AMBIGUOUS"},
	    {TEXT "A\nB\nC\nD\nContent-Transfer-Encoding: base64\n\n" LAST,
		"1 text/plain{67} ="},
	};

	(void)state;
	CHECK(rows);
}

static void
test_looks(void **state)
{
#define UNDECLARED "encoding-undeclared} = encoding-undeclared"
#define MISMATCH   "encoding-mismatch} = encoding-mismatch AMBIGUOUS"
	static const struct row rows[] = {
	    {TEXT LINE LAST, "1 text/plain{96 " UNDECLARED},
	    {TEXT LAST LAST, "1 text/plain{36} ="},
	    {TEXT "Hi.\n" LAST LAST LAST LAST, "1 text/plain{77 " UNDECLARED},
	    {TEXT "Hi.\n" LINE LINE LINE "\n", "1 text/plain{241} ="},
	    {HEADER("8bit") LINE LAST, "1 text/plain{96 " UNDECLARED},
	    {QP LINE LAST, "1 text/plain{96 " MISMATCH},
	    /* Armour is no encoding. */
	    {QP "-----BEGIN PGP MESSAGE-----\n\n" LINE LINE LINE LINE LAST,
		"1 text/plain{361 encrypted} = encrypted"},
	    {B64 LINE LAST, "1 text/plain{69} ="},
	    /* In front of the data. */
	    {B64 LAST LINE LAST, "1 text/plain{81 base64-stray-shift} = "
				 "base64-stray-shift AMBIGUOUS"},
	    {B64 LINE LINE LAST, "1 text/plain{126} ="},
	    {B64 LAST LINE, "1 text/plain{69} ="},
	};

	(void)state;
	CHECK(rows);
}

static void
test_files(void **state)
{
#define UU "begin 644 a.txt\n#86)C\n`\nend\n"
	static const struct row rows[] = {
	    {TEXT UU, "1 text/plain{ 1 !a.txt{3}32 uuencode-in-text} = "
		      "uuencode-in-text AMBIGUOUS"},
	    {TEXT "Hello.\n" UU "Bye.\n",
		"1 text/plain{ 1 !a.txt{3}46 uuencode-in-text} = "
		"uuencode-in-text AMBIGUOUS"},
	    {TEXT UU UU, "1 text/plain{ 1 !a.txt{3} 1 !a.txt{3}64 "
			 "uuencode-in-text} = uuencode-in-text AMBIGUOUS"},
	    {TEXT "begin 644 a.txt\n#86)C\n",
		"1 text/plain{ 1 !a.txt{3 uuencode-unterminated}24 "
		"uuencode-in-text uuencode-unterminated} = "
		"uuencode-in-text uuencode-unterminated AMBIGUOUS"},
	    {TEXT "begin 644 of it\nis no file.\n", "1 text/plain{30} ="},
	    {TEXT "begin 644", "1 text/plain{9} ="},
	    {TEXT "Now begin 644 a.txt\n#86)C\n`\nend\n", "1 text/plain{36} ="},
	    {TEXT "=ybegin line=128 size=3 name=a.bin\n\x8b\x8c\x8d\n"
		  "=yend size=3\n",
		"1 text/plain{ 1 !a.bin{3}55 body-8bit-undeclared "
		"yenc-in-text} = body-8bit-undeclared yenc-in-text "
		"AMBIGUOUS"},
	    {TEXT "BEGIN 644 a.txt\n#86)C\n`\nend\n",
		"1 text/plain{ 1 !a.txt{3 uuencode-odd}32 uuencode-in-text uuencode-odd} = uuencode-in-text uuencode-odd AMBIGUOUS"},
	    {TEXT "begin with this\n=ybegin line=128\n",
		"1 text/plain{35 yenc-in-text} = yenc-in-text AMBIGUOUS"},
	    {TEXT "(This file must be converted with BinHex 4.0)\n",
		"1 text/plain{47 binhex-in-text} = binhex-in-text "
		"AMBIGUOUS"},
	    /* Decoded first, if it is text. */
	    {QP "begin 644 a.txt\n#86)C\n`\nend\n",
		"1 text/plain{ 1 !a.txt{3}32 uuencode-in-text} = "
		"uuencode-in-text AMBIGUOUS"},
	    {MIME_ONE "Content-Type: image/png\n"
		      "Content-Transfer-Encoding: quoted-printable\n\n" UU,
		"1 image/png{32} ="},
	    {MIME_ONE "Content-Type: image/png\n\n" UU,
		"1 image/png{ 1 !a.txt{3}32 uuencode-in-text} = "
		"uuencode-in-text AMBIGUOUS"},
	    {HEADER("x-uuencode") UU, "1 text/plain{3 encoding-nonstandard} = "
				      "encoding-nonstandard AMBIGUOUS"},
	    {HEADER("x-uuencode") "No file.\n",
		"1 text/plain{0 encoding-mismatch encoding-nonstandard} = "
		"encoding-mismatch encoding-nonstandard AMBIGUOUS"},
	    {HEADER("x-uuencode"), "1 text/plain{0 encoding-nonstandard} = "
				   "encoding-nonstandard AMBIGUOUS"},
	};

	(void)state;
	CHECK(rows);
}

/* The contents of 0 to 1 MiB come out as they went in. */
static void
put_base64(const uint8_t *bytes, size_t len, size_t width)
{
	static const char letters[] =
	    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	size_t in_line = 0;

	for (size_t i = 0; i < len; i += 3) {
		uint32_t bits = (uint32_t)bytes[i] << 16;

		bits |= i + 1 < len ? (uint32_t)bytes[i + 1] << 8 : 0;
		bits |= i + 2 < len ? bytes[i + 2] : 0;
		for (size_t j = 0; j < 4; j++) {
			bool pad = i + j > len;

			put_bytes(
			    pad ? "=" : &letters[bits >> (18 - 6 * j) & 63], 1);
			if (++in_line == width) {
				put("\n");
				in_line = 0;
			}
		}
	}
	put("\n");
}

static void
test_sizes(void **state)
{
	static const size_t sizes[] = {0, 1, 2, 3, 57, 58, 1 << 20},
			    widths[] = {4, 76, 998};
	static uint8_t bytes[1 << 20];
	struct sha256 sha;

	(void)state;
	for (size_t i = 0; i < sizeof(bytes); i++)
		bytes[i] = (uint8_t)(i * 7 + (i >> 8) * 13);
	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		sha256_begin(&sha);
		sha256_bytes(&sha, span_of(bytes, sizes[i]));
		sha256_end(&sha, told.wanted);
		for (size_t j = 0; j < sizeof(widths) / sizeof(widths[0]);
		     j++) {
			message.len = 0;
			put(MIME_ONE "Content-Type: application/octet-stream\n"
				     "Content-Transfer-Encoding: base64\n\n");
			put_base64(bytes, sizes[i], widths[j]);
			feed_steps(message.len, 1);
			assert_string_equal(told.path, "1");
			assert_false(told.ambiguous);
			feed_steps(4095, 4095);
			assert_string_equal(told.path, "1");
		}
	}
}

/* Types, names and contents that do not go together (mismatch.c). */
static void
test_mismatch(void **state)
{
#define MZ	       "Content-Transfer-Encoding: base64\n\nTVqQAAMAAAA=\n"
#define PDF	       "\n\n%PDF-1.4\n"
#define OF(type, name) MIME_ONE "Content-Type: " type "; name=" name "\n"
	static const struct row rows[] = {
	    {MIME_ONE "Content-Type: image/png\n" MZ,
		"1 image/png{8 type-mismatch} = type-mismatch"},
	    {OF("image/png", "a.png") MZ,
		"1 image/png{8 type-mismatch} = type-mismatch"},
	    {OF("application/octet-stream", "a.txt") MZ,
		"1 application/octet-stream{8 type-mismatch} = type-mismatch"},
	    {OF("application/octet-stream", "a.exe") MZ,
		"1 application/octet-stream{8} ="},
	    {OF("application/octet-stream", "a.bin") MZ,
		"1 application/octet-stream{8} ="},
	    {OF("application/pdf", "a.pdf") PDF, "1 application/pdf{12} ="},
	    {OF("application/pdf", "a.exe") PDF,
		"1 application/pdf{12 type-mismatch} = type-mismatch"},
	};

	(void)state;
	CHECK(rows);
}

/* The same content in three encodings. */
static void
test_digests(void **state)
{
	static const char *const parts[] = {
	    "--b1\nContent-Transfer-Encoding: base64\n\nQUJD\n",
	    "--b1\nContent-Transfer-Encoding: quoted-printable\n\n=41=42C\n",
	    "--b1\n\nABC\n"};
	char digest[sizeof(told.digest)] = "";

	(void)state;
	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
		message.len = 0;
		put(MULTI);
		put(parts[i]);
		put("--b1--\n");
		(void)read_message();
		if (i > 0)
			assert_string_equal(digest, told.digest);
		memcpy(digest, told.digest, sizeof(digest));
	}
	assert_string_equal(digest, "b5d4045c3f466fa91fe2cc6abe79232a1a57cdf104"
				    "f7a26e716e0a1e2789df78");
}

static void
test_encoded_messages(void **state)
{
#define GLOBAL(e)                                                              \
	MIME_ONE "Content-Type: message/global\nContent-Transfer-Encoding: " e \
		 "\n\n"
	static const struct row rows[] = {
	    /* Subject: x, empty line, Hi. */
	    {GLOBAL("base64") "TUlNRS1WZXJzaW9uOiAxLjANCg0KSGkuDQo=\n",
		"message/global{ 1 text/plain{5} +} ="},
	    {GLOBAL("quoted-printable") MIME_ONE "\nH=69.\n",
		"message/global{ 1 text/plain{5} +} ="},
	    {GLOBAL("base64") "TUlNRS1WZXJzaW9uOiAxLjANCg==\n",
		"message/global{ 1 text/plain{0 part-no-blank-line} +} = "
		"part-no-blank-line AMBIGUOUS"},
	    {MULTI "--b1\n" GLOBAL("quoted-printable") MIME_ONE
		"Content-Type: multipart/mixed; boundary=3Db2\n\n"
		"--b2\n\nx\n--b2--\n--b1\n\ny\n--b1--\n",
		"multipart/mixed{ 1 message/global{ 1 multipart/mixed{ "
		"1.1 text/plain{1} +} +} 2 text/plain{1} +} ="},
	    /* The inner boundary means nothing to what is encoded. */
	    {MULTI "--b1\n" GLOBAL("quoted-printable") MIME_ONE
		"Content-Type: multipart/mixed; boundary=3Db2\n\n"
		"=2D-b2\n\nx\n--b1--\n",
		"multipart/mixed{ 1 message/global{ 1 multipart/mixed{ "
		"1.1 text/plain{1} + boundary-unterminated} +} +} = "
		"boundary-unterminated"},
	    /* One within the other is not read. */
	    {GLOBAL("quoted-printable") GLOBAL("base64") "QUJD\n",
		"message/global{ 1 message/global{6 limit-depth} +} = "
		"limit-depth LIMITED"},
	    {MIME_ONE "Content-Type: message/rfc822\n"
		      "Content-Transfer-Encoding: base64\n\nQUJD\n",
		"1 message/rfc822{6 message-encoded} = message-encoded "
		"AMBIGUOUS"},
	};

	(void)state;
	CHECK(rows);
}

static void
test_opaque(void **state)
{
	/* SEQUENCE, the object identifier of signedData. */
#define DER "MIAGCSqGSIb3DQEHAqCA\n"
	static const struct row rows[] = {
	    {MIME_ONE "Content-Type: application/octet-stream\n"
		      "Content-Transfer-Encoding: base64\n\n" DER,
		"1 application/octet-stream{15 smime-opaque} = smime-opaque "
		"AMBIGUOUS"},
	    {MIME_ONE "Content-Type: application/pkcs7-signature\n"
		      "Content-Transfer-Encoding: base64\n\n" DER,
		"1 application/pkcs7-signature{15} ="},
	    {MIME_ONE "Content-Type: application/x-pkcs7-signature\n"
		      "Content-Transfer-Encoding: base64\n\n" DER,
		"1 application/x-pkcs7-signature{15} ="},
	};

	(void)state;
	CHECK(rows);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_bytes),
	    cmocka_unit_test(test_long_lines),
	    cmocka_unit_test(test_fields_in_body),
	    cmocka_unit_test(test_looks),
	    cmocka_unit_test(test_files),
	    cmocka_unit_test(test_sizes),
	    cmocka_unit_test(test_digests),
	    cmocka_unit_test(test_mismatch),
	    cmocka_unit_test(test_encoded_messages),
	    cmocka_unit_test(test_opaque),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
