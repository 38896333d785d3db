/* SPDX-License-Identifier: ISC */
/*
 * What a header block says of the structure and the encoding of its body:
 * parser/mime/entity_read.c and what it is made of.
 */
#include "tests/unit/entity_rows.h"

/* Types (K14 to K18, K34). */
static const struct entity_row types[] = {
    {PART, CT "(x) text/html\n", "text/html : content-type-comment !"},
    {PART, CT "text (x)/html\n", "text/html : content-type-comment !"},
    {PART, CT "text/(x)html\n", "text/html : content-type-comment !"},
    {PART, "", "text/plain"},
    {DIGEST, "", "message/rfc822"},
    {MESSAGE, "", "text/plain"},
    {TOP, "", "text/plain"},
    {PART, CT "TEXT/Plain; Charset=UTF-8\n", "text/plain charset=utf-8"},
    {PART, CT "text/plain;charset=\"utf-8\";format=flowed\n",
	"text/plain charset=utf-8"},
    {PART, CT "text / plain\n", "text/plain"},
    {PART, CT "text/plain (a (b) c); charset=x (d)\n",
	"text/plain charset=x : content-type-comment !"},
    {PART, CT "x/y; a=\"x\\\"y\\\\z\"\n", "x/y"},
    {PART, CT "\n text/html\n", "text/html"},
    {PART, CT "Multipart/MIXED; BOUNDARY=x\n", "multipart/mixed boundary=x"},
    {PART, CT "multipart/mixed; boundary=\"a b\"\n",
	"multipart/mixed boundary=a b"},
    {PART, CT "multipart/mixed; boundary=a=b\n",
	"multipart/mixed boundary=a=b/a : param-specials-unquoted"},
    {PART, CT "multipart/x-new; boundary=b\n",
	"multipart/x-new boundary=b : multipart-type-unknown"},
    {PART, CT "multipart/encrypted; boundary=b\n",
	"multipart/encrypted boundary=b : encrypted"},
    {PART, CT "application/ms-tnef\n", "application/ms-tnef : tnef"},
    {PART, CT "application/vnd.ms-tnef\n", "application/vnd.ms-tnef : tnef"},
    {PART, CT "image/png; name=WinMail.dat\n", "image/png |WinMail.dat : tnef"},
    {PART, CT "message/rfc822\n", "message/rfc822"},
    {PART, CT "message/global\n", "message/global"},
    {PART, CT "message/partial; id=x; number=1; total=1\n",
	"message/partial : message-partial"},
    {PART, CT "message/external-body; access-type=URL\n",
	"message/external-body : message-external-body !"},
    {PART, CT "message/delivery-status\n", "message/delivery-status"},
    {PART, CT "message/disposition-notification\n",
	"message/disposition-notification"},
    {PART, CT "message/feedback-report\n", "message/feedback-report"},
    {PART, CT "message/news\n", "message/news : message-type-other !"},
    {PART, CT "message/x-y\n", "message/x-y : message-type-other !"},
    {PART, CT "messages/x\n", "messages/x"},
    {DIGEST, CT "text/html\n", "text/html"},
    {DIGEST, CT "\n", "message/rfc822 : content-type-malformed !"},
    {DIGEST, CT "x\n", "text/plain : content-type-malformed !"},
    {DIGEST, "Subject: x\n", "message/rfc822"},
};

static void
test_types(void **state)
{
	(void)state;
	check_entity_rows(types, sizeof(types) / sizeof(types[0]));
}

/* Types that are malformed, or twice. */
static const struct entity_row odd_types[] = {
    {PART, CT "\n", "text/plain : content-type-malformed !"},
    {PART, CT " ;charset=x\n",
	"text/plain charset=x : content-type-malformed !"},
    {PART, CT "text\n", "text/plain : content-type-malformed !"},
    {PART, CT "multipart; boundary=b\n",
	"text/plain : boundary-on-leaf content-type-malformed !"},
    {PART, CT "multipart/; boundary=b\n",
	"text/plain : boundary-on-leaf content-type-malformed !"},
    {PART, CT "\"multipart/mixed\"; boundary=b\n",
	"text/plain : boundary-on-leaf content-type-malformed param-junk !"},
    {PART, CT "/mixed; boundary=b\n",
	"text/plain : boundary-on-leaf content-type-malformed param-junk !"},
    {PART, CT "charset=utf-8\n",
	"text/plain : content-type-malformed param-junk !"},
    {PART, CT "=?utf-8?q?text/html?=; name=x\n",
	"text/plain |x : content-type-malformed header-encoded-word "
	"param-junk param-no-semicolon !"},
    {PART, CT "multipart/mixed, boundary=b\n",
	"multipart/mixed boundary= : boundary-missing param-junk "
	"param-no-semicolon !"},
    {PART, CT "multipart/mixed;; boundary=b\n",
	"multipart/mixed boundary=b : param-junk !"},
    {PART, CT "multipart/mixed boundary=b\n",
	"multipart/mixed boundary= : boundary-missing param-no-semicolon !"},
    {PART, CT "text/plain charset=x\n",
	"text/plain charset=x : param-no-semicolon"},
    {PART, CT "text/plain;; charset=x\n", "text/plain charset=x : param-junk"},
    {PART, CT "text/plain; boundary=b\n", "text/plain : boundary-on-leaf !"},
    {PART, CT "text/plain; boundary*=x''b\n",
	"text/plain : boundary-extended boundary-on-leaf !"},
    {PART, CT "text/plain\n" CT "TEXT/plain; charset=x\n",
	"text/plain : content-type-duplicate"},
    {PART, CT "text/plain\n" CT "text/html\n",
	"text/plain : content-type-conflict !"},
    {PART, CT "text/plain\n" CT "text/plain\n" CT "text/html\n",
	"text/plain : content-type-conflict content-type-duplicate !"},
    {PART,
	CT "multipart/mixed; boundary=a\n" CT "multipart/mixed; boundary=a\n",
	"multipart/mixed boundary=a : content-type-duplicate"},
    {PART,
	CT "multipart/mixed; boundary=a\n" CT "multipart/mixed; boundary=b\n",
	"multipart/mixed boundary=a : boundary-conflict "
	"content-type-conflict !"},
    {PART, CT "multipart/mixed; boundary=a\n" CT "text/plain\n",
	"multipart/mixed boundary=a : content-type-conflict !"},
    {PART, CT "text/plain\n" CT "multipart/mixed; boundary=a\n",
	"text/plain : content-type-conflict !"},
    {PART, CT "\n" CT "text/plain\n",
	"text/plain : content-type-conflict content-type-malformed !"},
    {PART,
	CT "multipart/mixed; boundary=a\n" CT "multipart/related; boundary=a\n",
	"multipart/mixed boundary=a : content-type-conflict !"},
};

static void
test_odd_types(void **state)
{
	(void)state;
	check_entity_rows(odd_types, sizeof(odd_types) / sizeof(odd_types[0]));
}

/* Boundaries. */
static const struct entity_row boundaries[] = {
    {PART, CT "multipart/mixed; boundary=\"DC_<17.4>\"\n",
	"multipart/mixed boundary=DC_<17.4>"},
    {PART, CT "multipart/mixed\n",
	"multipart/mixed boundary= : boundary-missing !"},
    {PART, CT "multipart/mixed; boundary=\n",
	"multipart/mixed boundary= : boundary-empty !"},
    {PART, CT "multipart/mixed; boundary=\"\"\n",
	"multipart/mixed boundary= : boundary-empty !"},
    {PART, CT "multipart/mixed; boundary=a; boundary=a\n",
	"multipart/mixed boundary=a"},
    {PART, CT "multipart/mixed; boundary=a; boundary=b\n",
	"multipart/mixed boundary=a : boundary-conflict param-conflict !"},
    {PART, CT "multipart/mixed; boundary=a; BOUNDARY=b\n",
	"multipart/mixed boundary=a : boundary-conflict param-conflict !"},
    {PART, CT "multipart/mixed; boundary=a; boundary*=x''b\n",
	"multipart/mixed boundary=a : boundary-conflict "
	"boundary-extended !"},
    {PART, CT "multipart/mixed; boundary=a; boundary*=x''a\n",
	"multipart/mixed boundary=a : boundary-extended !"},
    {PART, CT "multipart/mixed; boundary*=x''%62; boundary=a\n",
	"multipart/mixed boundary=a : boundary-conflict "
	"boundary-extended !"},
    {PART, CT "multipart/mixed; boundary*0=a; boundary*1=b\n",
	"multipart/mixed boundary=ab : boundary-extended !"},
    {PART, CT "multipart/mixed; boundary*0*=x''%61; boundary*1=%62\n",
	"multipart/mixed boundary=a%2562 : boundary-extended "
	"boundary-odd !"},
    {PART, CT "multipart/mixed; boundary*1=b\n",
	"multipart/mixed boundary=b : boundary-extended "
	"param-continuation-gap !"},
    {PART, CT "multipart/mixed; boundary*0=a; boundary*0=b\n",
	"multipart/mixed boundary=a : boundary-conflict "
	"boundary-extended param-conflict !"},
    {PART, CT "multipart/mixed; boundary*0=a; boundary=b\n",
	"multipart/mixed boundary=b : boundary-conflict "
	"boundary-extended !"},
    {PART, CT "multipart/mixed; boundary*=b\n",
	"multipart/mixed boundary=b : boundary-extended !"},
    {PART, CT "multipart/mixed; boundary=\"=?us-ascii?Q?b1?=\"\n",
	"multipart/mixed boundary==?us-ascii?Q?b1?= : "
	"boundary-encoded-word !"},
    {PART, CT "multipart/mixed; boundary=\"b%31\"\n",
	"multipart/mixed boundary=b%2531 : boundary-odd !"},
    {PART, CT "multipart/mixed; boundary=\"b*\"\n",
	"multipart/mixed boundary=b*"},
    {PART, CT "multipart/mixed; boundary=\"b`\"\n",
	"multipart/mixed boundary=b` : boundary-odd !"},
    {PART, CT "multipart/mixed; boundary=\"b\344\"\n",
	"multipart/mixed boundary=b%E4 : boundary-odd "
	"header-8bit-invalid !"},
    {PART, CT "multipart/mixed; boundary=\" b\"\n",
	"multipart/mixed boundary= b : boundary-odd !"},
    {PART, CT "multipart/mixed; boundary=\"b \"\n",
	"multipart/mixed boundary=b  : boundary-space-end !"},
    {PART, CT "multipart/mixed; boundary=\"b\t\"\n",
	"multipart/mixed boundary=b%09 : boundary-odd boundary-space-end !"},
    {PART, CT "multipart/mixed; boundary=\" \"\n",
	"multipart/mixed boundary=  : boundary-odd boundary-space-end !"},
    {PART, CT "multipart/mixed; boundary=\"a\\b\"\n",
	"multipart/mixed boundary=ab : param-backslash !"},
    {PART, CT "multipart/mixed; boundary=a b\n",
	"multipart/mixed boundary=a : param-space-unquoted !"},
    {PART, CT "multipart/mixed; boundary=a b; charset=x\n",
	"multipart/mixed charset=x boundary=a : param-space-unquoted !"},
    {PART, CT "multipart/mixed; boundary='a'\n",
	"multipart/mixed boundary='a' : param-single-quoted !"},
    {PART, CT "multipart/mixed; boundary=\"a\" b \"c\"\n",
	"multipart/mixed boundary=a : param-junk !"},
    {PART, CT "multipart/mixed; boundary=\"a\n",
	"multipart/mixed boundary=a : param-unterminated-quote !"},
    {PART, CT "multipart/mixed; boundary=\"a\n b\"\n",
	"multipart/mixed boundary=a b : param-fold-in-quotes !"},
    {PART, CT "multipart/mixed; boundary=a, charset=x\n",
	"multipart/mixed charset=x boundary=a : param-junk "
	"param-no-semicolon !"},
    {PART, CT "multipart/mixed; boundary=a,charset=x\n",
	"multipart/mixed boundary=a,charset=x/a : param-specials-unquoted"},
    {PART, CT "multipart/mixed; charset=x boundary=a\n",
	"multipart/mixed charset=x boundary= : boundary-missing "
	"param-no-semicolon !"},
    {PART, CT "multipart/mixed; charset=\"x; boundary=\"a\"\n",
	"multipart/mixed charset=x; boundary= boundary= : "
	"boundary-missing param-junk !"},
    {PART, CT "multipart/mixed; x=\"a; boundary=b\n",
	"multipart/mixed boundary= : boundary-missing "
	"param-unterminated-quote !"},
    {PART, CT "multipart/mixed; boundary==a\n",
	"multipart/mixed boundary==a/ : param-specials-unquoted !"},
    {PART, CT "multipart/mixed; boundary=a(b)\n",
	"multipart/mixed boundary=a : content-type-comment !"},
    {PART, CT "multipart/mixed; boundary=\"a\"; x=\"b\" y\n",
	"multipart/mixed boundary=a : param-junk !"},
    {PART, CT "text/plain; x=\"b\" y\n", "text/plain : param-junk"},
    {PART, CT "multipart/mixed; boundary=\"a'()+_,-./:=? b\"\n",
	"multipart/mixed boundary=a'()+_,-./:=? b"},
    {PART, CT "multipart/mixed; boundary=a\n" CD "inline; boundary=b\n",
	"multipart/mixed boundary=a : param-misplaced !"},
    {PART, CT "multipart/mixed; boundary=a\n" CD "inline; boundary*0=b\n",
	"multipart/mixed boundary=a : param-misplaced !"},
    {PART, CT "multipart/mixed; boundary=a\n" CD "inline; x=\"y; boundary=b\n",
	"multipart/mixed boundary=a : param-unterminated-quote !"},
};

static void
test_boundaries(void **state)
{
	(void)state;
	check_entity_rows(
	    boundaries, sizeof(boundaries) / sizeof(boundaries[0]));
}

/* Encodings (K91). */
static const struct entity_row encodings[] = {
    {PART, CTE "Base64\n", "text/plain base64"},
    {PART, CTE "base64 \n", "text/plain base64"},
    {PART, CTE "(x) base64\n", "text/plain base64 : encoding-odd !"},
    {PART, CTE "base64;\n", "text/plain base64 : encoding-odd !"},
    {PART, CTE "8BIT\n", "text/plain 8bit"},
    {PART, CTE "7bit\n", "text/plain 7bit"},
    {PART, CTE "binary\n", "text/plain binary"},
    {PART, CTE "quoted-printable\n", "text/plain quoted-printable"},
    {PART, CTE "\n base64\n", "text/plain base64"},
    {PART, CTE "base64 (x)\n", "text/plain base64 : encoding-odd !"},
    {PART, CTE "\"base64\"\n", "text/plain unknown : encoding-odd !"},
    {PART, CTE "base64; x=y\n", "text/plain base64 : encoding-odd !"},
    {PART, CTE "7bit base64\n", "text/plain 7bit : encoding-odd !"},
    {PART, CTE "base64, 7bit\n", "text/plain base64 : encoding-odd !"},
    {PART, CTE "base64x\n", "text/plain unknown : encoding-unknown !"},
    {PART, CTE "b\n", "text/plain unknown : encoding-unknown !"},
    {PART, CTE "utf-8\n", "text/plain unknown : encoding-unknown !"},
    {PART, CTE "\n", "text/plain : encoding-odd !"},
    {PART, CTE ";base64\n", "text/plain : encoding-odd !"},
    {PART, CTE "=?us-ascii?Q?base64?=\n",
	"text/plain unknown : encoding-odd header-encoded-word !"},
    {PART, CTE "x-uuencode\n", "text/plain uuencode : encoding-nonstandard !"},
    {PART, CTE "x-uue\n", "text/plain uuencode : encoding-nonstandard !"},
    {PART, CTE "x-uu\n", "text/plain uuencode : encoding-nonstandard !"},
    {PART, CTE "uuencode\n", "text/plain uuencode : encoding-nonstandard !"},
    {PART, CTE "uue\n", "text/plain uuencode : encoding-nonstandard !"},
    {PART, CTE "x-yencode\n", "text/plain yenc : encoding-nonstandard !"},
    {PART, CTE "x-yenc\n", "text/plain yenc : encoding-nonstandard !"},
    {PART, CTE "yenc\n", "text/plain yenc : encoding-nonstandard !"},
    {PART, CTE "base64\n" CTE "BASE64\n",
	"text/plain base64 : encoding-duplicate"},
    {PART, CTE "base64\n" CTE "7bit\n",
	"text/plain base64 : encoding-conflict !"},
    {PART, CTE "7bit\n" CTE "base64\n",
	"text/plain 7bit : encoding-conflict !"},
    {PART, CTE "x\n" CTE "x\n",
	"text/plain unknown : encoding-duplicate encoding-unknown !"},
    {PART, CTE "x\n" CTE "y\n",
	"text/plain unknown : encoding-conflict encoding-unknown !"},
    {PART, CTE "\n" CTE "base64\n",
	"text/plain : encoding-conflict encoding-odd !"},
    {PART, CT "multipart/mixed; boundary=a\n" CTE "base64\n",
	"multipart/mixed boundary=a base64 : multipart-encoded !"},
    {PART, CT "multipart/mixed; boundary=a\n" CTE "x\n",
	"multipart/mixed boundary=a unknown : encoding-unknown "
	"multipart-encoded !"},
    {PART, CT "multipart/mixed; boundary=a\n" CTE "8bit\n",
	"multipart/mixed boundary=a 8bit"},
    {PART, CT "message/rfc822\n" CTE "quoted-printable\n",
	"message/rfc822 quoted-printable : message-encoded !"},
    {PART, CT "message/delivery-status\n" CTE "base64\n",
	"message/delivery-status base64 : message-encoded !"},
    {PART, CT "message/rfc822\n" CTE "binary\n", "message/rfc822 binary"},
    {PART, CT "message/global\n" CTE "base64\n", "message/global base64"},
    {DIGEST, CTE "base64\n", "message/rfc822 base64 : message-encoded !"},
};

static void
test_encodings(void **state)
{
	(void)state;
	check_entity_rows(encodings, sizeof(encodings) / sizeof(encodings[0]));
}

/* Other fields. */
static const struct entity_row other_fields[] = {
    {PART, "Content-Type : text/html\n", "text/html : header-space-colon !"},
    {TOP,
	"Subject: x\n"
	"From: y@z\n",
	"text/plain"},
    {TOP,
	"Subject: x\n"
	"subject: y\n",
	"text/plain : header-duplicate"},
    {MESSAGE,
	"From: x@z\n"
	"From: y@z\n",
	"text/plain : header-duplicate"},
    {PART,
	"Subject: x\n"
	"Subject: y\n",
	"text/plain"},
    {TOP,
	"Received: x\n"
	"Received: y\n",
	"text/plain"},
    {TOP,
	"Date: x\n"
	"Date: x\n"
	"To: x@z\n"
	"To: x@z\n",
	"text/plain : header-duplicate"},
    {TOP, CT "text/plain\n", "text/plain : mime-version-missing"},
    {MESSAGE, CT "text/plain\n", "text/plain : mime-version-missing"},
    {PART, CT "text/plain\n", "text/plain"},
    {TOP, "Content-Language: en\n", "text/plain : mime-version-missing"},
    {TOP, "MIME-Version: 1.0\n" CT "text/plain\n", "text/plain"},
    {TOP, "mime-version: 1.0 (x) \n", "text/plain"},
    {TOP, "MIME-Version: (x)1.(y)0\n", "text/plain"},
    {TOP, "MIME-Version: 1 . 0\n", "text/plain"},
    {TOP, "MIME-Version: 1.0.\n", "text/plain : mime-version-odd"},
    {TOP, "MIME-Version: 2.0\n", "text/plain : mime-version-odd"},
    {TOP, "MIME-Version:\n", "text/plain : mime-version-odd"},
    {TOP,
	"MIME-Version: 1.0\n"
	"MIME-Version: 1.0\n",
	"text/plain : mime-version-odd"},
    {PART, "MIME-Version: 1.0\n", "text/plain"},
    {TOP,
	CT "text/plain;\n\tcharset=x\n"
	   "MIME-Version: 1.0\n",
	"text/plain charset=x"},
    {PART,
	CT "text/plain;\n\tcharset=x\n"
	   "MIME-Version: 1.0\n",
	"text/plain charset=x"},
    {PART, "junk\n" CT "text/html\n", "text/html : header-junk-line !"},
    {PART, " x\n" CT "text/html\n", "text/html : header-leading-fold !"},
    {PART, CT "text/html;\n \n charset=x\n",
	"text/html charset=x : header-fold-blank !"},
    {TOP, "From: A <a@b> <c@d>\n", "text/plain : address-malformed"},
    {MESSAGE, "Cc: a@b,\n c@d;;(\n", "text/plain : address-malformed"},
    {PART, "From: A <a@b> <c@d>\n", "text/plain"},
    {TOP, "Subject: A <a@b> <c@d>\n", "text/plain"},
};

static void
test_other_fields(void **state)
{
	(void)state;
	check_entity_rows(
	    other_fields, sizeof(other_fields) / sizeof(other_fields[0]));
}

/* S/MIME. */
static const struct entity_row smime[] = {
    {PART,
	CT "application/pkcs7-mime; smime-type=signed-data; name=smime.p7m\n",
	"application/pkcs7-mime |smime.p7m : smime-opaque !"},
    {PART, CT "application/pkcs7-mime; name=smime.p7m\n",
	"application/pkcs7-mime |smime.p7m : smime-opaque !"},
    {PART, CT "application/x-pkcs7-mime; smime-type=Enveloped-Data\n",
	"application/x-pkcs7-mime : encrypted"},
    {PART, CT "application/pkcs7-mime; smime-type=authEnveloped-data\n",
	"application/pkcs7-mime : encrypted"},
    {PART, CT "application/pkcs7-signature; name=smime.p7s\n",
	"application/pkcs7-signature |smime.p7s"},
    {PART, CT "application/octet-stream; name=smime.P7M\n",
	"application/octet-stream |smime.P7M : smime-opaque !"},
    {PART, CT "application/octet-stream; name=smime.p7s\n",
	"application/octet-stream |smime.p7s"},
    {PART, CT "image/png; name=smime.p7m\n", "image/png |smime.p7m"},
};

static void
test_smime(void **state)
{
	(void)state;
	check_entity_rows(smime, sizeof(smime) / sizeof(smime[0]));
}

/* --- limits --------------------------------------------------------------- */

/* before, the same piece so many times, and behind. */
static const char *
with_many(
    const char *before, const char *piece, size_t times, const char *behind)
{
	static char text[1 << 20];
	size_t len = (size_t)snprintf(text, sizeof(text), "%s", before);

	for (size_t i = 0; i < times; i++)
		len += (size_t)snprintf(
		    text + len, sizeof(text) - len, "%s", piece);
	snprintf(text + len, sizeof(text) - len, "%s", behind);
	return entity_described(span_text(text), ENTITY_PART);
}

/* K18 */
static void
test_nested_comments(void **state)
{
	(void)state;
	assert_string_equal(
	    with_many(CT "text/plain ", "(", 33, ")); charset=x\n"),
	    "text/plain : content-type-comment limit-params param-junk !");
	assert_string_equal(with_many(CT, "(", 33, ")); charset=x\n"),
	    "text/plain : content-type-comment content-type-malformed "
	    "limit-params !");
	assert_string_equal(with_many(CD, "(", 33, ")); filename=x\n"),
	    "text/plain attachment : content-disposition-malformed "
	    "limit-params");
	/* Not so deep, but with as many. */
	assert_string_equal(
	    with_many(CT "text/plain ", "()", 33, "; charset=x\n"),
	    "text/plain charset=x : content-type-comment !");
}

static void
test_long_type(void **state)
{
	char want[512] = "a/";

	(void)state;
	memset(want + 2, 'b', 254);
	assert_string_equal(with_many(CT "A/", "B", 254, "\n"), want);
	assert_string_equal(with_many(CT "a/", "b", 255, "\n"),
	    "text/plain : content-type-malformed !");
}

/* 70, 71, 256 and 257 characters. */
static void
test_long_boundary(void **state)
{
	static const struct {
		size_t len, kept;
		const char *found;
	} lengths[] = {
	    {70, 70, ""},
	    {71, 71, " : boundary-long !"},
	    {256, 256, " : boundary-long !"},
	    {257, 256, " : boundary-long !"},
	    {100000, 256, " : boundary-long header-line-long !"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(lengths) / sizeof(lengths[0]); i++) {
		char want[512] = "multipart/mixed boundary=";
		size_t at = strlen(want);

		memset(want + at, 'x', lengths[i].kept);
		snprintf(
		    want + at + lengths[i].kept, 100, "%s", lengths[i].found);
		assert_string_equal(with_many(CT "multipart/mixed; boundary=\"",
					"x", lengths[i].len, "\"\n"),
		    want);
	}
}

/* K29, K31 */
static void
test_many_params(void **state)
{
	(void)state;
	assert_string_equal(
	    with_many(CT "multipart/mixed; boundary=a", ";x=y", 63, "\n"),
	    "multipart/mixed boundary=a");
	assert_string_equal(
	    with_many(CT "multipart/mixed; boundary=a", ";x=y", 64, "\n"),
	    "multipart/mixed boundary=a : limit-params !");
	assert_string_equal(
	    with_many(CT "x/y", ";x=y", 64, ";name=a\n"), "x/y : limit-params");
	assert_string_equal(with_many(CT "x/y", ";a=b", 260000, "\n"),
	    "x/y : header-line-long limit-params");
	assert_string_equal(with_many(CT "x/y; name*64=z", "", 0, "\n"),
	    "x/y : limit-params param-junk");
}

static void
test_many_fields(void **state)
{
	(void)state;
	assert_string_equal(
	    with_many("", CT "x/y\n", 8, ""), "x/y : content-type-duplicate");
	assert_string_equal(with_many("", CT "x/y\n", 9, ""),
	    "x/y : content-type-duplicate limit-params");
	assert_string_equal(with_many("", CD "inline\n", 8, ""),
	    "text/plain : content-disposition-duplicate");
	assert_string_equal(with_many("", CD "inline\n", 9, ""),
	    "text/plain : content-disposition-duplicate limit-params");
	assert_string_equal(with_many("", CTE "7bit\n", 10000, ""),
	    "text/plain 7bit : encoding-duplicate");
	/* K12 */
	assert_string_equal(with_many("", "A: b\n", 10000, CT "x/y\n"), "x/y");
}

/* Bytes of any kind are ordinary ones. */
static void
test_nul(void **state)
{
	static const char block[] = CT "a/b; name=\"c\0d\"; x=y\n";

	(void)state;
	assert_string_equal(
	    entity_described(span_of(block, sizeof(block) - 1), ENTITY_PART),
	    "a/b |c%00d : header-nul name-control !");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_types),
	    cmocka_unit_test(test_odd_types),
	    cmocka_unit_test(test_boundaries),
	    cmocka_unit_test(test_encodings),
	    cmocka_unit_test(test_other_fields),
	    cmocka_unit_test(test_smime),
	    cmocka_unit_test(test_nested_comments),
	    cmocka_unit_test(test_long_type),
	    cmocka_unit_test(test_long_boundary),
	    cmocka_unit_test(test_many_params),
	    cmocka_unit_test(test_many_fields),
	    cmocka_unit_test(test_nul),
	};

	return cmocka_run_group_tests_name("entity", tests, NULL, NULL);
}
