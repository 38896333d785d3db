/* SPDX-License-Identifier: ISC */
/*
 * Dispositions and file names in a header block, and what honest programs write
 * there: parser/mime/entity_read.c and spelling.c.
 */
#include "parser/mime/name.h"
#include "tests/unit/entity_rows.h"

/* Dispositions. */
static const struct entity_row dispositions[] = {
    {PART, CD "inline\n", "text/plain"},
    {PART, CD "INLINE; x=y\n", "text/plain"},
    {PART, CD "attachment\n", "text/plain attachment"},
    {PART, CD "x-new\n", "text/plain attachment"},
    {PART, CD "(x) inline\n", "text/plain"},
    {PART, CD "\n", "text/plain attachment : content-disposition-malformed"},
    {PART, CD "filename=x\n",
	"text/plain attachment |x : content-disposition-malformed"},
    {PART, CD "; filename=x\n",
	"text/plain attachment |x : content-disposition-malformed "
	"param-junk"},
    {PART, CD "\"attachment\"; filename=x\n",
	"text/plain attachment |x : content-disposition-malformed "
	"param-junk"},
    {PART, CD "attachment filename=x\n",
	"text/plain attachment |x : param-no-semicolon"},
    {PART, CD "inline; filename=a\n" CD "inline; filename=a\n",
	"text/plain |a : content-disposition-duplicate"},
    {PART, CD "inline; filename=a\n" ATTACHED "filename=a\n",
	"text/plain |a : content-disposition-conflict !"},
    {PART, CD "inline; filename=a\n" CD "inline; filename=b\n",
	"text/plain |a|b : content-disposition-conflict name-conflict !"},
    {PART, CD "inline; filename*0=a\n" CD "inline; filename*0=b\n",
	"text/plain |a|b : content-disposition-conflict name-conflict !"},
    {PART, CD "inline\n" CD "inline\n",
	"text/plain : content-disposition-duplicate"},
    {PART, ATTACHED "filename=\"boundary.pdf\"\n",
	"text/plain attachment |boundary.pdf"},
};

static void
test_dispositions(void **state)
{
	(void)state;
	check_entity_rows(
	    dispositions, sizeof(dispositions) / sizeof(dispositions[0]));
}

/* Names (5.1 and 5.2; K93 to K105). */
static const struct entity_row names[] = {
    {PART, ATTACHED "filename=a.exe\n" CT "x/y; name=a.txt\n",
	"x/y attachment |a.exe|a.txt : name-conflict"},
    {PART, CT "x/y; name=a.txt\n" ATTACHED "filename=a.exe\n",
	"x/y attachment |a.exe|a.txt : name-conflict"},
    {PART, ATTACHED "filename=A.EXE\n" CT "x/y; name=a.exe\n",
	"x/y attachment |A.EXE|a.exe"},
    {PART, ATTACHED "filename=\"=?utf-8?B?YS5leGU=?=\"\n",
	"text/plain attachment |a.exe|=?utf-8?B?YS5leGU=?= : "
	"name-encoded-word"},
    {PART, ATTACHED "filename==?utf-8?B?YS5leGU=?=\n",
	"text/plain attachment |a.exe|=?utf-8?B?YS5leGU=?= : "
	"name-encoded-word param-specials-unquoted"},
    {PART, ATTACHED "filename=\"=?utf-8?Q?a?=\n =?utf-8?Q?=2Eexe?=\"\n",
	"text/plain attachment |a.exe|=?utf-8?Q?a?= "
	"=?utf-8?Q?=2Eexe?= : name-encoded-word param-fold-in-quotes"},
    {PART, ATTACHED "filename=\"a=?utf-8?Q?=2Ee?=xe\"\n",
	"text/plain attachment |a.exe|a=?utf-8?Q?=2Ee?=xe : "
	"name-encoded-word"},
    {PART, ATTACHED "filename*=utf-8''%3D%3Futf-8%3FQ%3Fa%3F%3D\n",
	"text/plain attachment |a|=?utf-8?Q?a?= : name-encoded-word"},
    {PART, ATTACHED "filename*=utf-8''a%2Eexe\n",
	"text/plain attachment |a.exe"},
    {PART, ATTACHED "filename=a%2Eexe\n", "text/plain attachment |a%252Eexe"},
    {PART, ATTACHED "filename=\"x.exe.\"\n",
	"text/plain attachment |x.exe. : name-trailing-dot"},
    {PART, ATTACHED "filename=\"x.exe  \"\n",
	"text/plain attachment |x.exe   : name-trailing-space"},
    {PART, ATTACHED "filename=\"x.exe:y.txt\"\n",
	"text/plain attachment |x.exe:y.txt : name-colon"},
    {PART, ATTACHED "filename*=utf-8''x.exe%00.txt\n",
	"text/plain attachment |x.exe%00.txt : name-control"},
    {PART, ATTACHED "filename=\"..\\x.exe\"\n",
	"text/plain attachment |..x.exe|..\\x.exe|x.exe : name-path "
	"param-backslash"},
    {PART, ATTACHED "filename=\"/etc/x.exe\"\n",
	"text/plain attachment |/etc/x.exe|x.exe : name-path"},
    {PART, ATTACHED "filename=\"C:\\x.exe\"\n",
	"text/plain attachment |C:x.exe|C:\\x.exe|x.exe : name-colon "
	"name-path param-backslash"},
    {PART, ATTACHED "filename=\"C:\\\\x.exe\"\n",
	"text/plain attachment |C:\\x.exe|x.exe|C:\\\\x.exe : name-path "
	"param-backslash"},
    {PART, ATTACHED "filename=\"a \\\"b\\\" c.doc\"\n",
	"text/plain attachment |a \"b\" c.doc|a \\\"b\\\" c.doc|\" c.doc : "
	"param-backslash"},
    {PART, ATTACHED "filename=C:\\x.exe\n",
	"text/plain attachment |C:\\x.exe|x.exe : name-path "
	"param-backslash param-specials-unquoted"},
    {PART, ATTACHED "filename=\"annexe\342\200\256fdp.exe\"\n",
	"text/plain attachment |annexe%E2%80%AEfdp.exe : header-8bit "
	"name-bidi"},
    {PART, ATTACHED "filename=\"invoice.pdf.exe\"\n",
	"text/plain attachment |invoice.pdf.exe : name-double-extension"},
    {PART,
	ATTACHED
	"filename=\"a.txt                                        .exe\"\n",
	"text/plain attachment |a.txt                                "
	"        .exe : name-double-extension name-space-run"},
    {PART, ATTACHED "filename=\"con.txt\"\n",
	"text/plain attachment |con.txt : name-reserved"},
    {PART, ATTACHED "filename=\"\"; name=x\n",
	"text/plain attachment |x : name-empty param-misplaced"},
    {PART, ATTACHED "filename=\"\"\n" CT "x/y; name=a\n",
	"x/y attachment |a : name-empty"},
    {PART, ATTACHED "filename=\"eic\344r\"\n",
	"text/plain attachment |eic%E4r : header-8bit-invalid"},
    {PART, ATTACHED "filename=note.txt eicar.com\n",
	"text/plain attachment |note.txt eicar.com|note.txt : "
	"name-conflict param-space-unquoted"},
    {PART, ATTACHED "filename=report (1).pdf\n",
	"text/plain attachment |report (1).pdf|report : "
	"name-conflict param-space-unquoted"},
    {PART, ATTACHED "filename=report(1).pdf\n",
	"text/plain attachment |report(1).pdf|report : name-conflict "
	"param-space-unquoted"},
    {PART, ATTACHED "filename='eicar.com'\n",
	"text/plain attachment |'eicar.com'|eicar.com : "
	"param-single-quoted"},
    {PART, ATTACHED "filename='a b.com'\n",
	"text/plain attachment |'a b.com'|a b.com|'a : name-conflict "
	"param-single-quoted param-space-unquoted"},
    {PART, ATTACHED "filename=a;b.com\n",
	"text/plain attachment |a : param-junk"},
    {PART, ATTACHED "filename=a; filename=b\n",
	"text/plain attachment |a|b : name-conflict param-conflict"},
    {PART, ATTACHED "filename=a; filename*=utf-8''b\n",
	"text/plain attachment |b|a : name-conflict"},
    {PART, ATTACHED "filename=a; filename*0=b; filename*1=c\n",
	"text/plain attachment |bc|a : name-conflict"},
    {PART, ATTACHED "filename*0=\"a\"; filename*2=\"c\"\n",
	"text/plain attachment |ac : param-continuation-gap"},
    {PART, ATTACHED "filename*0=a; filename*0=b\n",
	"text/plain attachment |a|b : name-conflict param-conflict"},
    {PART, ATTACHED "filename*0*=utf-8''%c3; filename*1*=%a4.doc\n",
	"text/plain attachment |%C3%A4.doc"},
    {PART, ATTACHED "filename*=iso-8859-1''%e4\n",
	"text/plain attachment |%C3%A4"},
    {PART, ATTACHED "filename*=koi8-r''%c1\n", "text/plain attachment |%C1"},
    {PART, ATTACHED "filename*=utf-7''a+AC4-b\n",
	"text/plain attachment |a.b|a+AC4-b : name-charset-odd"},
    {PART, ATTACHED "filename*=utf-16be''%00a%00b\n",
	"text/plain attachment |ab|%00a%00b : name-charset-odd"},
    {PART, ATTACHED "filename*=x-new''%41\n",
	"text/plain attachment |A : name-charset-odd"},
    {PART, ATTACHED "filename*=a%2Eb\n",
	"text/plain attachment |a%252Eb|a.b : param-charset-missing"},
    {PART, ATTACHED "filename*=''a%2Eb\n",
	"text/plain attachment |''a%252Eb|a.b : param-charset-missing"},
    {PART, ATTACHED "filename*=\"utf-8''a%2Eb\"\n",
	"text/plain attachment |a.b : param-extended-quoted"},
    {PART, ATTACHED "name=a\n", "text/plain attachment |a : param-misplaced"},
    {PART, CT "x/y; filename=a\n", "x/y |a : param-misplaced"},
    {PART, ATTACHED "filename=b; name=a\n",
	"text/plain attachment |b|a : name-conflict param-misplaced"},
    {PART, ATTACHED "filename*0=b; name*0=a\n",
	"text/plain attachment |b|a : name-conflict param-misplaced"},
    {PART, ATTACHED "size=1 filename=a\n",
	"text/plain attachment |a : param-no-semicolon"},
    {PART, ATTACHED "filename=\"a\n",
	"text/plain attachment |a : param-unterminated-quote"},
    {PART, ATTACHED "filename=\"=?utf-7?Q?a+AC4-b?=\"\n",
	"text/plain attachment |a.b|=?utf-7?Q?a+AC4-b?= : "
	"name-charset-odd name-encoded-word"},
    {PART, "Content-Description: eicar.com\n", "text/plain |eicar.com"},
    {PART, "Content-Description: =?utf-8?Q?a=2Eb?=\n",
	"text/plain |a.b|=?utf-8?Q?a=2Eb?="},
    {PART, "Content-Location: http://x/y/a.gif\n",
	"text/plain |http://x/y/a.gif|a.gif"},
    {PART, "Content-Description: \n", "text/plain"},
    {PART, "Content-Description: a\n b\n", "text/plain |a b"},
    {PART, "Content-Description: A b.\n" ATTACHED "filename=a\n",
	"text/plain attachment |a|A b."},
};

static void
test_names(void **state)
{
	(void)state;
	check_entity_rows(names, sizeof(names) / sizeof(names[0]));
}

/* What honest programs write. */
static const struct entity_row honest[] = {
    {TOP,
	"Subject: x\n"
	"Date: y\n"
	"From: a@b\n"
	"MIME-Version: 1.0\n" CT
	"text/plain; charset=\"utf-8\"; format=flowed; delsp=yes\n" CTE
	"8bit\n",
	"text/plain charset=utf-8 8bit"},
    {TOP,
	"MIME-Version: 1.0 (Mac OS X Mail 16.0 \\(3731.700.6\\))\n" CT
	"multipart/alternative;\n\tboundary=\"Apple-Mail=_5B8A7C1D-8D31-4B9C\"\n",
	"multipart/alternative boundary=Apple-Mail=_5B8A7C1D-8D31-4B9C"},
    {TOP,
	"MIME-Version: 1.0\n" CT
	"multipart/mixed;\n\tboundary=\"----=_NextPart_000_0015_01DA1B2C.6FA5A6A0\"\n"
	"X-Mailer: Microsoft Outlook 16.0\n"
	"Thread-Index: x\n",
	"multipart/mixed "
	"boundary=----=_NextPart_000_0015_01DA1B2C.6FA5A6A0"},
    {TOP,
	CT "multipart/mixed; boundary=\"_004_DB7PR04MB4505ABC_\"\n"
	   "MIME-Version: 1.0\n",
	"multipart/mixed boundary=_004_DB7PR04MB4505ABC_"},
    {TOP,
	"MIME-Version: 1.0\n" CT
	"multipart/alternative; boundary=\"000000000000a1b2c305f0e1d2c3\"\n",
	"multipart/alternative boundary=000000000000a1b2c305f0e1d2c3"},
    {TOP,
	"MIME-Version: 1.0\n" CT
	"multipart/mixed; boundary=001a1140b0f05f9d2a04e0c1a2b3\n",
	"multipart/mixed boundary=001a1140b0f05f9d2a04e0c1a2b3"},
    {TOP,
	"MIME-Version: 1.0\n" CT
	"multipart/mixed; boundary=----=_Part_12_345.678\n",
	"multipart/mixed boundary=----=_Part_12_345.678/---- : "
	"param-specials-unquoted"},
    {TOP,
	"MIME-Version: 1.0\n" CT
	"multipart/mixed;boundary=\"=-PHP-mixed-5f2c\"\n",
	"multipart/mixed boundary==-PHP-mixed-5f2c"},
    {TOP,
	"MIME-Version: 1.0\n" CT
	"multipart/alternative; boundary=\"b1_5f2c8d\"\n",
	"multipart/alternative boundary=b1_5f2c8d"},
    {TOP,
	"MIME-Version: 1.0\n" CT
	"multipart/signed; micalg=pgp-sha512;\n\tprotocol=\"application/pgp-signature\"; boundary=\"nqkreNcslJAfgyzk\"\n",
	"multipart/signed boundary=nqkreNcslJAfgyzk"},
    {TOP,
	"MIME-Version: 1.0\n" CT
	"multipart/signed; protocol=\"application/pkcs7-signature\"; micalg=\"sha-256\";\n\tboundary=\"----=_NextPart_000_00AB\"\n",
	"multipart/signed boundary=----=_NextPart_000_00AB"},
    {TOP,
	"MIME-Version: 1.0\n" CT
	"multipart/report; report-type=delivery-status;\n\tboundary=\"4XYZ.1700000000/mx.example.net\"\n",
	"multipart/report boundary=4XYZ.1700000000/mx.example.net"},
    {TOP,
	"MIME-Version: 1.0\n" CT
	"multipart/related; type=\"text/html\"; boundary=\"--=_b\"; start=\"<a@b>\"\n",
	"multipart/related boundary=--=_b"},
    {TOP,
	"MIME-Version: 1.0\n" CT
	"multipart/related; type=text/html; boundary=b; start=<a@b>\n",
	"multipart/related boundary=b : param-specials-unquoted"},
    {TOP,
	"MIME-Version: 1.0\n" CT
	"multipart/mixed; charset=\"UTF-8\"; boundary=\"=_alternative 0054A5D4C1256F0F_=\"\n" CTE
	"7bit\n",
	"multipart/mixed charset=utf-8 boundary==_alternative "
	"0054A5D4C1256F0F_= 7bit"},
    {PART,
	CT
	"application/pdf;\n name=\"=?UTF-8?B?w6QucGRm?=\"\n" CTE "base64\n" CD
	"attachment;\n filename*0*=UTF-8''%C3%A4%2E;\n filename*1*=%70%64%66\n",
	"application/pdf base64 attachment "
	"|%C3%A4.pdf|=?UTF-8?B?w6QucGRm?= : name-encoded-word"},
    {PART,
	CT
	"image/png; name=\"image001.png\"\n"
	"Content-Description: image001.png\n" CD
	"inline; filename=\"image001.png\"; size=1234;\n\tcreation-date=\"Mon, 01 Jan 2024 10:00:00 GMT\";\n\tmodification-date=\"Mon, 01 Jan 2024 10:00:00 GMT\"\n"
	"Content-ID: <image001.png@01DA>\n" CTE "base64\n",
	"image/png base64 |image001.png"},
    {PART,
	CT
	"application/vnd.openxmlformats-officedocument.wordprocessingml.document; name=\"a b.docx\"\n" ATTACHED
	"filename=\"a b.docx\"\n" CTE "base64\n"
	"X-Attachment-Id: f_1\n"
	"Content-ID: <f_1>\n",
	"application/vnd.openxmlformats-officedocument.wordprocessingml.document base64 attachment |a b.docx"},
    {PART, CT "text/html; charset = \"utf-8\"\n" CTE "quoted-printable\n",
	"text/html charset=utf-8 quoted-printable"},
    {PART, CT "text/plain; charset=UTF-8;\n" CD "inline\n",
	"text/plain charset=utf-8"},
    {PART, CT "text/calendar; charset=\"utf-8\"; method=REQUEST\n" CTE "8bit\n",
	"text/calendar charset=utf-8 8bit"},
    {PART,
	CT "application/pgp-signature; name=\"OpenPGP_signature.asc\"\n"
	   "Content-Description: OpenPGP digital signature\n" ATTACHED
	   "filename=\"OpenPGP_signature.asc\"\n",
	"application/pgp-signature attachment "
	"|OpenPGP_signature.asc|OpenPGP digital signature"},
    {PART,
	CT "application/octet-stream; name=a.dat\n" ATTACHED
	   "filename=a.dat\n" CTE "Base64\n",
	"application/octet-stream base64 attachment |a.dat"},
    {PART,
	CT "text/x-patch; charset=us-ascii; name=\"0001-a.patch\"\n" CD
	   "inline; filename=0001-a.patch\n" CTE "7bit\n",
	"text/x-patch charset=us-ascii 7bit |0001-a.patch"},
    {PART,
	CT "application/x-zip-compressed; x-unix-mode=0644; name=\"a.zip\"\n" CD
	   "attachment;\n\tfilename=a.zip\n" CTE "base64\n",
	"application/x-zip-compressed base64 attachment |a.zip"},
    {PART, CT "message/rfc822\n" CD "inline\n" CTE "7bit\n",
	"message/rfc822 7bit"},
    {PART, CT "text/rfc822-headers\n", "text/rfc822-headers"},
};

static void
test_honest(void **state)
{
	(void)state;
	check_entity_rows(honest, sizeof(honest) / sizeof(honest[0]));
}

/* --- limits --------------------------------------------------------------- */

static struct entity entity;

static void
read_name(const char *attribute, size_t len, const char *end)
{
	static char text[1 << 20];
	size_t at =
	    (size_t)snprintf(text, sizeof(text), ATTACHED "%s=\"", attribute);

	assert_true(at + len + 64 < sizeof(text));
	memset(text + at, 'n', len);
	snprintf(text + at + len, 64, "%s\"\r\n", end);
	entity_read(span_text(text), ENTITY_PART, &entity);
}

static bool
has(enum anomaly a)
{
	return anomalies_has(&entity.found, a);
}

/* K104: of a long one beginning and end are kept. */
static void
test_long_names(void **state)
{
	static const size_t lengths[] = {
	    251, 252, 300, 636, 637, 4091, 4092, 4093, 5000, 100000};

	(void)state;
	for (size_t i = 0; i < sizeof(lengths) / sizeof(lengths[0]); i++) {
		size_t len = lengths[i] + 4;

		read_name("filename", lengths[i], ".exe");
		assert_int_equal(entity.names, 1);
		assert_int_equal(entity.name[0].len,
		    len < NAME_MAX_KEPT ? len : NAME_MAX_KEPT);
		assert_memory_equal(
		    entity.name[0].ptr + entity.name[0].len - 5, "n.exe", 5);
		assert_int_equal(has(ANOMALY_NAME_LONG), len > 255);
		assert_false(has(ANOMALY_LIMIT_NAMES));
		assert_false(entity.ambiguous);
	}
}

/* The same where it is decoded. */
static void
test_long_extended(void **state)
{
	(void)state;
	read_name("filename*", 5000, "''");
	assert_true(has(ANOMALY_PARAM_EXTENDED_QUOTED));
	read_name("filename*", 0, "utf-8''a%2Eexe");
	assert_int_equal(entity.names, 1);
	read_name("filename*0*", 5000, "%2Eexe");
	assert_true(has(ANOMALY_NAME_LONG));
	assert_memory_equal(
	    entity.name[1].ptr + entity.name[1].len - 5, "n.exe", 5);
}

/* Sixteen spellings, and one more. */
static void
test_many_names(void **state)
{
	char text[512] = ATTACHED;
	size_t len = strlen(text);

	(void)state;
	for (int i = 0; i < 17; i++) {
		len += (size_t)snprintf(
		    text + len, sizeof(text) - len, "filename=f%d;", i);
		snprintf(text + len, sizeof(text) - len, "\r\n");
		entity_read(span_text(text), ENTITY_PART, &entity);
		assert_int_equal(entity.names, i < 16 ? i + 1 : 16);
		assert_int_equal(has(ANOMALY_LIMIT_NAMES), i >= 16);
	}
}

/* As many as there are, all of them as long as can be: there is room. */
static void
test_many_long_names(void **state)
{
	static char text[32768];
	size_t len = (size_t)snprintf(text, sizeof(text), ATTACHED);

	(void)state;
	for (int i = 0; i < 16; i++) {
		len += (size_t)snprintf(
		    text + len, sizeof(text) - len, "filename=%02d", i);
		memset(text + len, 'n', NAME_MAX_KEPT - 2);
		len += NAME_MAX_KEPT - 2;
		text[len++] = ';';
	}
	snprintf(text + len, sizeof(text) - len, "\r\n");
	entity_read(span_text(text), ENTITY_PART, &entity);
	assert_int_equal(entity.names, 16);
	assert_false(has(ANOMALY_LIMIT_NAMES));
	for (uint32_t i = 0; i < 16; i++)
		assert_int_equal(entity.name[i].len, NAME_MAX_KEPT);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_dispositions),
	    cmocka_unit_test(test_names),
	    cmocka_unit_test(test_honest),
	    cmocka_unit_test(test_long_names),
	    cmocka_unit_test(test_long_extended),
	    cmocka_unit_test(test_many_names),
	    cmocka_unit_test(test_many_long_names),
	};

	return cmocka_run_group_tests_name("entity_names", tests, NULL, NULL);
}
