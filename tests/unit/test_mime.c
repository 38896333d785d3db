/* SPDX-License-Identifier: ISC */
/*
 * The MIME reader: delimiters, nesting, paths, and what stands outside of
 * parts.  See around_mime.h for how messages and results are written.
 */
#include "tests/unit/around_mime.h"

#define MIME_ONE  "MIME-Version: 1.0\n"
#define TOP(type) MIME_ONE "Content-Type: " type "\n\n"
#define MULTI	  TOP("multipart/mixed; boundary=b1")
#define INNER	  "Content-Type: multipart/mixed; boundary=b2\n\n"
#define FORWARD	  "Content-Type: message/rfc822\n\n" MIME_ONE

static void
test_delimiters(void **state)
{
	static const struct row rows[] = {
	    /* At the first byte; padding; the close as last bytes. */
	    {MULTI "--b1\n\nx\n--b1--",
		"multipart/mixed{ 1 text/plain{1} +} ="},
	    {MULTI "--b1 \t\n\nx\n--b1-- \t\n",
		"multipart/mixed{ 1 text/plain{1} +} ="},
	    {MULTI "\n--b1\n\nx\n--b1--\n",
		"multipart/mixed{ 1 text/plain{1} +} ="},
	    /* Only the last line end is the delimiter's. */
	    {MULTI "--b1\n\nx\n\n--b1--\n",
		"multipart/mixed{ 1 text/plain{3} +} ="},
	    {MULTI "--b1\n\n\n\n--b1--\n",
		"multipart/mixed{ 1 text/plain{2} +} ="},
	    {MULTI "--b1\n\n\n--b1--\n",
		"multipart/mixed{ 1 text/plain{0} +} ="},
	    {MULTI "--b1\n\n--b1--\n", "multipart/mixed{ 1 text/plain{0} +} ="},
	    {MULTI "--b1" LONE LONE "x" LONE LONE "--b1--" LONE,
		"multipart/mixed{ 1 text/plain{2 bare-lf} + bare-lf} = "
		"bare-lf"},
	    {MULTI "--b1\n\nx\r\n--b1--\n",
		"multipart/mixed{ 1 text/plain{2 bare-cr} +} = bare-cr "
		"AMBIGUOUS"},
	    /* No parts. */
	    {MULTI "--b1--\n", "multipart/mixed{ +} ="},
	    {MULTI, "multipart/mixed{ + boundary-unused} = boundary-unused "
		    "AMBIGUOUS"},
	    {MULTI "Text.\n",
		"multipart/mixed{ + boundary-unused} = boundary-unused "
		"AMBIGUOUS"},
	    /* No final line end, no close. */
	    {MULTI "--b1\n\nx",
		"multipart/mixed{ 1 text/plain{1} + boundary-unterminated} = "
		"boundary-unterminated"},
	    {MULTI "--b1\n\nx\n",
		"multipart/mixed{ 1 text/plain{3} + boundary-unterminated} = "
		"boundary-unterminated"},
	    {MULTI "--b1\n\nx\r",
		"multipart/mixed{ 1 text/plain{2 bare-cr} + "
		"boundary-unterminated} = bare-cr boundary-unterminated "
		"AMBIGUOUS"},
	};

	(void)state;
	CHECK(rows);
}

static void
test_near(void **state)
{
	static const char *const near[] = {"--b1x", "-- b1", "--B1", "-b1",
	    " --b1", "\t--b1", "--b1\r--", "--b1---", "--b1 x", "b1", "b1--",
	    "B1 ", "\r--b1", "--b1-", " -b1", "\v--b1", "\f --b1"};
	static const char *const plain[] = {"--b", "--", "-- ", "-", "- b1x",
	    "---", "-----Original Message-----", "--- a/b1", "+++ b1", "b1x",
	    "> --b1", "x--b1", "--c1", "", " ", "-- \nb2", "=--b1", "----b1",
	    "-- John", "----------------------", "--=20b1", "   b12", "--2b1"};
	char text[256], *told_as;

	(void)state;
	for (size_t i = 0; i < sizeof(near) / sizeof(near[0]); i++) {
		(void)snprintf(text, sizeof(text),
		    MULTI "--b1\n\nx\n%s\ny\n--b1--\n", near[i]);
		told_as = strdup(read_text(text, strlen(text)));
		if (strstr(told_as, " boundary-near-miss} +} = ") == NULL ||
		    !told.ambiguous)
			fail_msg("not near: %s: %s", near[i], told_as);
		free(told_as);
	}
	for (size_t i = 0; i < sizeof(plain) / sizeof(plain[0]); i++) {
		(void)snprintf(text, sizeof(text),
		    MULTI "--b1\n\nx\n%s\ny\n--b1--\n", plain[i]);
		told_as = strdup(read_text(text, strlen(text)));
		if (anomalies_any(&told.found) || told.ambiguous)
			fail_msg("near: %s: %s", plain[i], told_as);
		free(told_as);
	}
}

static void
test_nested(void **state)
{
	static const struct row rows[] = {
	    {MULTI "--b1\n" INNER "--b2\n\nx\n--b2--\n--b1\n\ny\n--b1--\n",
		"multipart/mixed{ 1 multipart/mixed{ 1.1 text/plain{1} +} "
		"2 text/plain{1} +} ="},
	    /* The outer delimiter ends all that is in it. */
	    {MULTI "--b1\n" INNER "--b2\n\nx\n--b1\n\ny\n--b1--\n",
		"multipart/mixed{ 1 multipart/mixed{ 1.1 text/plain{1} + "
		"boundary-unterminated} 2 text/plain{1} +} = "
		"boundary-unterminated"},
	    {MULTI "--b1\n" INNER "--b2\n\nx\n",
		"multipart/mixed{ 1 multipart/mixed{ 1.1 text/plain{3} + "
		"boundary-unterminated} + boundary-unterminated} = "
		"boundary-unterminated"},
	    /* The inner one wins, and an open one over one that is closed. */
	    {MULTI "--b1\nContent-Type: multipart/mixed; boundary=b1\n\n"
		   "--b1\n\nx\n--b1--\n--b1\n\ny\n--b1--\n",
		"multipart/mixed{ 1 multipart/mixed{ 1.1 text/plain{1} + "
		"boundary-reused} 2 text/plain{1} +} = boundary-reused "
		"AMBIGUOUS"},
	    {MULTI "--b1\nContent-Type: multipart/mixed; boundary=b12\n\n"
		   "--b12\n\nx\n--b12--\n--b1--\n",
		"multipart/mixed{ 1 multipart/mixed{ 1.1 text/plain{1} + "
		"boundary-prefix} +} = boundary-prefix AMBIGUOUS"},
	    /* One after the other the same boundary is no matter. */
	    {MULTI "--b1\n" INNER "--b2\n\nx\n--b2--\n--b1\n" INNER
		   "--b2\n\ny\n--b2--\n--b1--\n",
		"multipart/mixed{ 1 multipart/mixed{ 1.1 text/plain{1} +} "
		"2 multipart/mixed{ 2.1 text/plain{1} +} +} ="},
	    /* Behind the close. */
	    {MULTI "--b1\n\nx\n--b1--\n--b1\n\ny\n",
		"multipart/mixed{ 1 text/plain{1} + boundary-after-close "
		"boundary-reused} = boundary-after-close boundary-reused "
		"AMBIGUOUS"},
	    {MULTI "--b1--\n--b1--\n",
		"multipart/mixed{ + boundary-after-close} = "
		"boundary-after-close AMBIGUOUS"},
	};

	(void)state;
	CHECK(rows);
}

static void
test_messages(void **state)
{
	static const struct row rows[] = {
	    {MULTI "--b1\n\nx\n--b1\n" FORWARD "\nHello.\n--b1--\n",
		"multipart/mixed{ 1 text/plain{1} 2 message/rfc822{ "
		"2.1 text/plain{6} +} +} ="},
	    {MULTI "--b1\n\nx\n--b1\n" FORWARD INNER
		   "--b2\n\ny\n--b2\n\nz\n--b2--\n\n--b1--\n",
		"multipart/mixed{ 1 text/plain{1} 2 message/rfc822{ "
		"2 multipart/mixed{ 2.1 text/plain{1} 2.2 text/plain{1} +} "
		"+} +} ="},
	    {TOP("message/rfc822") MIME_ONE "\nHello.\n",
		"message/rfc822{ 1 text/plain{8} +} ="},
	    {TOP("message/rfc822") MIME_ONE FORWARD "\nHello.\n",
		"message/rfc822{ 1 message/rfc822{ 1.1 text/plain{8} +} +} ="},
	    {TOP("message/global") MIME_ONE "\nHello.\n",
		"message/global{ 1 text/plain{8} +} ="},
	    {TOP("multipart/digest; boundary=b1") "--b1\n\n" MIME_ONE
						  "\nx\n--b1\nContent-Type: text/plain\n\ny\n--b1\n\n" MIME_ONE
						  "\nzz\n--b1--\n",
		"multipart/digest{ 1 message/rfc822{ 1.1 text/plain{1} +} "
		"2 text/plain{1} 3 message/rfc822{ 3.1 text/plain{2} +} +} "
		"="},
	    /* An inner header that the outer multipart ends. */
	    {MULTI "--b1\n" FORWARD "--b1--\n",
		"multipart/mixed{ 1 message/rfc822{ 1.1 text/plain{0 "
		"part-no-blank-line} +} +} = part-no-blank-line AMBIGUOUS"},
	    {MULTI "--b1\nContent-Type: message/rfc822\n--b1--\n",
		"multipart/mixed{ 1 message/rfc822{0 part-no-blank-line} +} "
		"= part-no-blank-line AMBIGUOUS"},
	};

	(void)state;
	CHECK(rows);
}

static void
test_headers(void **state)
{
	static const struct row rows[] = {
	    {MULTI "--b1\nContent-Type: text/html\n--b1\n\nx\n--b1--\n",
		"multipart/mixed{ 1 text/html{0 part-no-blank-line} "
		"2 text/plain{1} +} = part-no-blank-line AMBIGUOUS"},
	    {MULTI "--b1\nContent-Type: text/html\n",
		"multipart/mixed{ 1 text/html{0 part-no-blank-line} + "
		"boundary-unterminated} = boundary-unterminated "
		"part-no-blank-line AMBIGUOUS"},
	    {MULTI "--b1\n--b1--\n",
		"multipart/mixed{ 1 text/plain{0 part-no-blank-line} +} = "
		"part-no-blank-line AMBIGUOUS"},
	    {MIME_ONE "Content-Type: text/html\n", "1 text/html{0} ="},
	    {MIME_ONE "\n", "1 text/plain{0} ="},
	    {MIME_ONE "\nx", "1 text/plain{1} ="},
	    /* White space continues a field. */
	    {MULTI "--b1\nContent-Type:\n text/html\n\nx\n--b1--\n",
		"multipart/mixed{ 1 text/html{1} +} ="},
	    {MIME_ONE "Content-Type: multipart/mixed;\n boundary=b1\n--b1\n"
		      "X: y\n\nz\n--b1--\n",
		"multipart/mixed{ + header-junk-line part-no-blank-line} = "
		"header-junk-line part-no-blank-line AMBIGUOUS"},
	};

	(void)state;
	CHECK(rows);
}

static void
test_pairs(void **state)
{
#define SIGNED TOP("multipart/signed; boundary=b1")
	static const struct row rows[] = {
	    {SIGNED
		"--b1\n\nx\n--b1\nContent-Type: application/pgp-signature\n\n-----BEGIN PGP SIGNATURE-----\n--b1--\n",
		"multipart/signed{ 1 text/plain{1} 2 application/pgp-signature{29} +} ="},
	    {SIGNED
		"--b1\n\nx\n--b1\nContent-Type: application/pgp-signature\n\n-----BEGIN PGP SIGNATURE-----\n--b1\n\nz\n--b1--\n",
		"multipart/signed{ 1 text/plain{1} 2 application/pgp-signature{29} "
		"3 text/plain{1} + multipart-part-count} = "
		"multipart-part-count AMBIGUOUS"},
	    {SIGNED "--b1\n\nx\n--b1--\n",
		"multipart/signed{ 1 text/plain{1} + multipart-part-count} = "
		"multipart-part-count AMBIGUOUS"},
	    {SIGNED "--b1\n\nx\n--b1\n\ny\n--b1--\n",
		"multipart/signed{ 1 text/plain{1} 2 text/plain{1} + "
		"multipart-part-count} = multipart-part-count AMBIGUOUS"},
	};

	(void)state;
	CHECK(rows);
}

static void
test_outside(void **state)
{
#define BASE64 "QUJDREVGR0hJSktMTU5PUA==\n"
#define PARTS  "--b1\n\nx\n--b1--\n"
#define TOLD   "multipart/mixed{ 1 text/plain{1} +"
	static const struct row rows[] = {
	    {MULTI "This is a multi-part message in MIME format.\n" PARTS,
		TOLD "} ="},
	    {MULTI "\n\n" PARTS "\n\n", TOLD "} ="},
	    {MULTI PARTS "_____________________________\n"
			 "list mailing list\nlist@example.org\n"
			 "http://lists.example.org/begin 644\n",
		TOLD "} ="},
	    {MULTI PARTS "-- \nUnsubscribe: here\n--\n", TOLD "} ="},
	    {MULTI "Content-Type: text/plain\n" PARTS,
		TOLD " preamble-content} = preamble-content AMBIGUOUS"},
	    {MULTI PARTS "content-disposition: x\n",
		TOLD " epilogue-content} = epilogue-content AMBIGUOUS"},
	    {MULTI BASE64 BASE64 BASE64 BASE64 PARTS,
		TOLD " preamble-content} = preamble-content AMBIGUOUS"},
	    {MULTI BASE64 BASE64 BASE64 PARTS BASE64 "\n", TOLD "} ="},
	    {MULTI PARTS BASE64 BASE64 BASE64 BASE64,
		TOLD " epilogue-content} = epilogue-content AMBIGUOUS"},
	    {MULTI "begin 644 a.txt\n#86)C\n`\nend\n" PARTS,
		TOLD " preamble-content uuencode-in-text} = "
		     "preamble-content uuencode-in-text AMBIGUOUS"},
	    {MULTI PARTS "begin 644 a.txt\n#86)C\n`\nend\n",
		TOLD " epilogue-content uuencode-in-text} = "
		     "epilogue-content uuencode-in-text AMBIGUOUS"},
	};

	(void)state;
	CHECK(rows);
}

/* The same when the MTA gives fields and body. */
static void
test_fields(void **state)
{
	static const char *const texts[] = {MULTI "--b1\n\nx\n--b1--\n",
	    "Subject: a\n b\n\tc\n" MULTI "--b1\n" INNER
	    "--b2\n\nx\n--b2--\n--b1--\n",
	    MIME_ONE "Content-Type: multipart/mixed;\n boundary=\"b\n 1\"\n\n"
		     "--b 1\n\nx\n--b 1--\n",
	    MIME_ONE "\nHello.\n", TOP("message/rfc822") MIME_ONE "\nx\n"};
	char first[4096];

	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		(void)snprintf(first, sizeof(first), "%s",
		    read_text(texts[i], strlen(texts[i])));
		feed_fields(1);
		assert_string_equal(told.text, first);
		feed_fields(message.len);
		assert_string_equal(told.text, first);
	}
}

/* Places are counted from the body's first byte. */
static void
test_no_body(void **state)
{
	struct mime *m = begin();

	(void)state;
	mime_field(m, span_text("MIME-Version"), span_text(" 1.0"));
	mime_field(m, span_text("Content-Type"),
	    span_text(" multipart/mixed;\n boundary=b1"));
	end(m);
	assert_string_equal(told.text, "multipart/mixed{ + boundary-unused} = "
				       "boundary-unused AMBIGUOUS");
	m = begin();
	end(m);
	assert_string_equal(told.text, "1 text/plain{0} =");
}

/* Of fields that say nothing of the body nothing is kept: many of them are no
 * limit, but what is odd about them is reported. */
static void
test_many_fields(void **state)
{
	struct mime *m = begin();

	(void)state;
	for (int i = 0; i < 20000; i++)
		mime_field(m, span_text("X-Received"), span_text(" by host"));
	mime_field(m, span_text("To"), span_text(" A <a@b> <c@d>"));
	mime_field(m, span_text("Subject"), span_text(" x\n \n y"));
	end(m);
	assert_string_equal(told.text,
	    "1 text/plain{0 address-malformed header-fold-blank} = "
	    "address-malformed header-fold-blank AMBIGUOUS");
	m = begin();
	for (int i = 0; i < 20000; i++)
		mime_field(m, span_text("Content-X"), span_text(" by host"));
	end(m);
	assert_non_null(strstr(told.text, "limit-header"));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_delimiters),
	    cmocka_unit_test(test_near),
	    cmocka_unit_test(test_nested),
	    cmocka_unit_test(test_messages),
	    cmocka_unit_test(test_headers),
	    cmocka_unit_test(test_pairs),
	    cmocka_unit_test(test_outside),
	    cmocka_unit_test(test_fields),
	    cmocka_unit_test(test_no_body),
	    cmocka_unit_test(test_many_fields),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
