/* SPDX-License-Identifier: ISC */
/* The names of anomalies and what they mean; see anomaly.h. */
#include "lib/anomaly.h"

#include <string.h>

#include "lib/ensure.h"

static const struct {
	const char *name;
	enum anomaly_class class;
	const char *text;
} rows[ANOMALY_COUNT] = {
    [ANOMALY_ADDRESS_MALFORMED] = {"address-malformed", ANOMALY_IS_NOTE,
	"an address list that RFC 5322 does not know, obsolete forms "
	"included"},
    [ANOMALY_BARE_CR] = {"bare-cr", ANOMALY_IS_READING,
	"a CR without LF in a body: a line end for some programs"},
    [ANOMALY_BARE_LF] = {"bare-lf", ANOMALY_IS_NOTE,
	"an LF without CR in a body"},
    [ANOMALY_BASE64_BAD_CHAR] = {"base64-bad-char", ANOMALY_IS_READING,
	"a character outside the alphabet inside base64: skipped by "
	"most programs, the end of the data for some"},
    [ANOMALY_BASE64_BITS] = {"base64-bits", ANOMALY_IS_NOTE,
	"unused bits of the last base64 group that are not zero"},
    [ANOMALY_BASE64_BLANK_LINE] = {"base64-blank-line", ANOMALY_IS_NOTE,
	"an empty line inside base64"},
    [ANOMALY_BASE64_PAD_INSIDE] = {"base64-pad-inside", ANOMALY_IS_READING,
	"data behind a base64 padding: the end of the data, a new "
	"beginning, or nothing"},
    [ANOMALY_BASE64_PAD_MISSING] = {"base64-pad-missing", ANOMALY_IS_NOTE,
	"base64 without the padding at its end"},
    [ANOMALY_BASE64_PAD_ODD] = {"base64-pad-odd", ANOMALY_IS_NOTE,
	"more padding than base64 has"},
    [ANOMALY_BASE64_STRAY_SHIFT] = {"base64-stray-shift", ANOMALY_IS_READING,
	"text in front of base64 data, whose letters shift the groups"},
    [ANOMALY_BASE64_TRAILING] = {"base64-trailing", ANOMALY_IS_NOTE,
	"other text behind the padding of base64"},
    [ANOMALY_BASE64_TRUNCATED] = {"base64-truncated", ANOMALY_IS_NOTE,
	"one character of base64 left over"},
    [ANOMALY_BINHEX_IN_TEXT] = {"binhex-in-text", ANOMALY_IS_READING,
	"a BinHex file in a text"},
    [ANOMALY_BODY_8BIT_UNDECLARED] = {"body-8bit-undeclared", ANOMALY_IS_NOTE,
	"8-bit bytes in a part declared 7bit"},
    [ANOMALY_BODY_NUL] = {"body-nul", ANOMALY_IS_READING, "a NUL in a body"},
    [ANOMALY_BOUNDARY_AFTER_CLOSE] = {"boundary-after-close",
	ANOMALY_IS_READING,
	"a delimiter behind the close of its multipart: another part "
	"for some programs"},
    [ANOMALY_BOUNDARY_CONFLICT] = {"boundary-conflict", ANOMALY_IS_READING,
	"two different boundaries for one multipart"},
    [ANOMALY_BOUNDARY_EMPTY] = {"boundary-empty", ANOMALY_IS_READING,
	"an empty boundary"},
    [ANOMALY_BOUNDARY_ENCODED_WORD] = {"boundary-encoded-word",
	ANOMALY_IS_READING,
	"a boundary that looks like an encoded word: decoded by some "
	"programs"},
    [ANOMALY_BOUNDARY_EXTENDED] = {"boundary-extended", ANOMALY_IS_READING,
	"a boundary in the forms of RFC 2231, which many programs do "
	"not join"},
    [ANOMALY_BOUNDARY_IN_ENCODED] = {"boundary-in-encoded", ANOMALY_IS_READING,
	"a line inside base64 that begins with -- and is no delimiter"},
    [ANOMALY_BOUNDARY_LONG] = {"boundary-long", ANOMALY_IS_READING,
	"a boundary of more than 70 characters"},
    [ANOMALY_BOUNDARY_MISSING] = {"boundary-missing", ANOMALY_IS_READING,
	"a multipart without boundary: some programs guess it"},
    [ANOMALY_BOUNDARY_NEAR_MISS] = {"boundary-near-miss", ANOMALY_IS_READING,
	"a line that begins like a delimiter and is none: one for a "
	"third of the programs"},
    [ANOMALY_BOUNDARY_ODD] = {"boundary-odd", ANOMALY_IS_READING,
	"a boundary with characters that RFC 2046 does not allow"},
    [ANOMALY_BOUNDARY_ON_LEAF] = {"boundary-on-leaf", ANOMALY_IS_READING,
	"a boundary on a type that is no multipart: some programs "
	"split it all the same"},
    [ANOMALY_BOUNDARY_PREFIX] = {"boundary-prefix", ANOMALY_IS_READING,
	"an open boundary that is the beginning of another open one"},
    [ANOMALY_BOUNDARY_REUSED] = {"boundary-reused", ANOMALY_IS_READING,
	"a boundary that is open twice, or comes again after its "
	"close"},
    [ANOMALY_BOUNDARY_SPACE_END] = {"boundary-space-end", ANOMALY_IS_READING,
	"a boundary that ends with white space"},
    [ANOMALY_BOUNDARY_UNTERMINATED] = {"boundary-unterminated", ANOMALY_IS_NOTE,
	"a multipart without close"},
    [ANOMALY_BOUNDARY_UNUSED] = {"boundary-unused", ANOMALY_IS_READING,
	"a multipart whose boundary never comes"},
    [ANOMALY_CONTENT_DISPOSITION_CONFLICT] = {"content-disposition-conflict",
	ANOMALY_IS_READING,
	"a second Content-Disposition with another disposition or "
	"name"},
    [ANOMALY_CONTENT_DISPOSITION_DUPLICATE] = {"content-disposition-duplicate",
	ANOMALY_IS_NOTE, "a second Content-Disposition that says the same"},
    [ANOMALY_CONTENT_DISPOSITION_MALFORMED] = {"content-disposition-malformed",
	ANOMALY_IS_NOTE, "a Content-Disposition without a type, or empty"},
    [ANOMALY_CONTENT_TYPE_COMMENT] = {"content-type-comment",
	ANOMALY_IS_READING,
	"a comment inside a Content-Type, which most programs cannot "
	"read"},
    [ANOMALY_CONTENT_TYPE_CONFLICT] = {"content-type-conflict",
	ANOMALY_IS_READING,
	"a second Content-Type with another type or boundary"},
    [ANOMALY_CONTENT_TYPE_DUPLICATE] = {"content-type-duplicate",
	ANOMALY_IS_NOTE, "a second Content-Type that says the same"},
    [ANOMALY_CONTENT_TYPE_MALFORMED] = {"content-type-malformed",
	ANOMALY_IS_READING,
	"a Content-Type without a slash, in quotes, or empty"},
    [ANOMALY_ENCODING_CONFLICT] = {"encoding-conflict", ANOMALY_IS_READING,
	"a second Content-Transfer-Encoding with another value"},
    [ANOMALY_ENCODING_DUPLICATE] = {"encoding-duplicate", ANOMALY_IS_NOTE,
	"a second Content-Transfer-Encoding that says the same"},
    [ANOMALY_ENCODING_MISMATCH] = {"encoding-mismatch", ANOMALY_IS_READING,
	"text that does not look like the encoding it is declared to "
	"be"},
    [ANOMALY_ENCODING_NONSTANDARD] = {"encoding-nonstandard",
	ANOMALY_IS_READING, "x-uuencode and its like as transfer encoding"},
    [ANOMALY_ENCODING_ODD] = {"encoding-odd", ANOMALY_IS_READING,
	"a transfer encoding that is not one clean word"},
    [ANOMALY_ENCODING_UNDECLARED] = {"encoding-undeclared", ANOMALY_IS_NOTE,
	"base64 text in a part that is not declared to be base64"},
    [ANOMALY_ENCODING_UNKNOWN] = {"encoding-unknown", ANOMALY_IS_READING,
	"a transfer encoding that nobody knows: decoded by guess by "
	"some programs"},
    [ANOMALY_ENCRYPTED] = {"encrypted", ANOMALY_IS_POLICY, "encrypted content"},
    [ANOMALY_EPILOGUE_CONTENT] = {"epilogue-content", ANOMALY_IS_READING,
	"more than text behind the last part: fields, base64, "
	"uuencode"},
    [ANOMALY_HEADER_8BIT] = {"header-8bit", ANOMALY_IS_NOTE,
	"UTF-8 in a header"},
    [ANOMALY_HEADER_8BIT_INVALID] = {"header-8bit-invalid", ANOMALY_IS_NOTE,
	"8-bit bytes in a header that are not UTF-8"},
    [ANOMALY_HEADER_AFTER_BODY] = {"header-after-body", ANOMALY_IS_READING,
	"lines that look like fields at the beginning of a body that "
	"is no message"},
    [ANOMALY_HEADER_BARE_CR] = {"header-bare-cr", ANOMALY_IS_READING,
	"a CR without LF in a header: a line end for some programs"},
    [ANOMALY_HEADER_BARE_LF] = {"header-bare-lf", ANOMALY_IS_NOTE,
	"an LF without CR in a header"},
    [ANOMALY_HEADER_CONTROL] = {"header-control", ANOMALY_IS_NOTE,
	"other control characters in a header"},
    [ANOMALY_HEADER_DUPLICATE] = {"header-duplicate", ANOMALY_IS_NOTE,
	"a field twice that may stand once"},
    [ANOMALY_HEADER_ENCODED_WORD] = {"header-encoded-word", ANOMALY_IS_NOTE,
	"an encoded word where a token is due"},
    [ANOMALY_HEADER_FOLD_BLANK] = {"header-fold-blank", ANOMALY_IS_READING,
	"a continuation line of white space only: the end of the "
	"header for clamd"},
    [ANOMALY_HEADER_JUNK_LINE] = {"header-junk-line", ANOMALY_IS_READING,
	"a line in a header that is no field: the end of the header "
	"for some programs"},
    [ANOMALY_HEADER_LEADING_FOLD] = {"header-leading-fold", ANOMALY_IS_READING,
	"a header that begins with white space"},
    [ANOMALY_HEADER_LINE_LONG] = {"header-line-long", ANOMALY_IS_NOTE,
	"a header line of more than 998 bytes"},
    [ANOMALY_HEADER_NAME_ODD] = {"header-name-odd", ANOMALY_IS_READING,
	"a field name with odd characters that resembles a Content- "
	"field"},
    [ANOMALY_HEADER_NUL] = {"header-nul", ANOMALY_IS_READING,
	"a NUL in a header"},
    [ANOMALY_HEADER_SPACE_COLON] = {"header-space-colon", ANOMALY_IS_READING,
	"white space before the colon of a Content- field: no field "
	"for half of the programs"},
    [ANOMALY_LIMIT_BOUNDARIES] = {"limit-boundaries", ANOMALY_IS_LIMIT,
	"more open boundaries than we follow"},
    [ANOMALY_LIMIT_DEPTH] = {"limit-depth", ANOMALY_IS_LIMIT,
	"more levels than we follow"},
    [ANOMALY_LIMIT_HEADER] = {"limit-header", ANOMALY_IS_LIMIT,
	"a longer header than we keep"},
    [ANOMALY_LIMIT_NAMES] = {"limit-names", ANOMALY_IS_LIMIT,
	"more names of one part than we keep"},
    [ANOMALY_LIMIT_PARAMS] = {"limit-params", ANOMALY_IS_LIMIT,
	"more parameters, sections or comments than we read"},
    [ANOMALY_LIMIT_PARTS] = {"limit-parts", ANOMALY_IS_LIMIT,
	"more parts than we count"},
    [ANOMALY_LIMIT_READINGS] = {"limit-readings", ANOMALY_IS_LIMIT,
	"more readings of an ambiguous message than we scan"},
    [ANOMALY_LIMIT_WORK] = {"limit-work", ANOMALY_IS_LIMIT,
	"more work for the readings than we do"},
    [ANOMALY_LINE_LONG] = {"line-long", ANOMALY_IS_NOTE,
	"a body line of more than 998 bytes"},
    [ANOMALY_MESSAGE_ENCODED] = {"message-encoded", ANOMALY_IS_READING,
	"a forwarded message in base64 or quoted-printable: opened by "
	"a third of the programs"},
    [ANOMALY_MESSAGE_EXTERNAL_BODY] = {"message-external-body",
	ANOMALY_IS_READING, "a part whose content is said to be elsewhere"},
    [ANOMALY_MESSAGE_PARTIAL] = {"message-partial", ANOMALY_IS_LIMIT,
	"a piece of a message that is whole only with the others"},
    [ANOMALY_MESSAGE_TYPE_OTHER] = {"message-type-other", ANOMALY_IS_READING,
	"a kind of message that only some programs open"},
    [ANOMALY_MIME_VERSION_MISSING] = {"mime-version-missing", ANOMALY_IS_NOTE,
	"no MIME-Version"},
    [ANOMALY_MIME_VERSION_ODD] = {"mime-version-odd", ANOMALY_IS_NOTE,
	"a MIME-Version that is not 1.0, or two"},
    [ANOMALY_MULTIPART_ENCODED] = {"multipart-encoded", ANOMALY_IS_READING,
	"a transfer encoding on a multipart, which must not have one"},
    [ANOMALY_MULTIPART_PART_COUNT] = {"multipart-part-count", ANOMALY_IS_BLIND,
	"multipart/signed or encrypted that is not two parts, or one in "
	"which clamd does not look at all of them (signed, parallel)"},
    [ANOMALY_MULTIPART_TYPE_UNKNOWN] = {"multipart-type-unknown",
	ANOMALY_IS_NOTE, "a multipart of an unknown kind"},
    [ANOMALY_NAME_BIDI] = {"name-bidi", ANOMALY_IS_POLICY,
	"a file name with characters that change the direction of "
	"text"},
    [ANOMALY_NAME_CHARSET_ODD] = {"name-charset-odd", ANOMALY_IS_POLICY,
	"a file name in UTF-7, UTF-16 or an unknown charset"},
    [ANOMALY_NAME_COLON] = {"name-colon", ANOMALY_IS_POLICY,
	"a file name with a colon"},
    [ANOMALY_NAME_CONFLICT] = {"name-conflict", ANOMALY_IS_POLICY,
	"two names for one part that differ"},
    [ANOMALY_NAME_CONTROL] = {"name-control", ANOMALY_IS_POLICY,
	"a file name with control characters"},
    [ANOMALY_NAME_DOUBLE_EXTENSION] = {"name-double-extension",
	ANOMALY_IS_POLICY, "a dangerous extension behind a harmless one"},
    [ANOMALY_NAME_EMPTY] = {"name-empty", ANOMALY_IS_POLICY,
	"an empty file name"},
    [ANOMALY_NAME_ENCODED_WORD] = {"name-encoded-word", ANOMALY_IS_NOTE,
	"an encoded word in a file name"},
    [ANOMALY_NAME_INVISIBLE] = {"name-invisible", ANOMALY_IS_POLICY,
	"a file name with invisible characters"},
    [ANOMALY_NAME_LONG] = {"name-long", ANOMALY_IS_POLICY,
	"a file name of more than 255 bytes"},
    [ANOMALY_NAME_LOOKALIKE] = {"name-lookalike", ANOMALY_IS_POLICY,
	"a file name with characters that look like ASCII"},
    [ANOMALY_NAME_PATH] = {"name-path", ANOMALY_IS_POLICY,
	"a file name with a directory"},
    [ANOMALY_NAME_RESERVED] = {"name-reserved", ANOMALY_IS_POLICY,
	"a file name that Windows reserves for a device"},
    [ANOMALY_NAME_SPACE_RUN] = {"name-space-run", ANOMALY_IS_POLICY,
	"eight or more blanks before the extension"},
    [ANOMALY_NAME_TRAILING_DOT] = {"name-trailing-dot", ANOMALY_IS_POLICY,
	"a file name that ends with a dot"},
    [ANOMALY_NAME_TRAILING_SPACE] = {"name-trailing-space", ANOMALY_IS_POLICY,
	"a file name that ends with white space"},
    [ANOMALY_PARAM_BACKSLASH] = {"param-backslash", ANOMALY_IS_NOTE,
	"a backslash in a parameter, which programs keep or drop"},
    [ANOMALY_PARAM_CHARSET_MISSING] = {"param-charset-missing", ANOMALY_IS_NOTE,
	"an extended parameter without a charset"},
    [ANOMALY_PARAM_CONFLICT] = {"param-conflict", ANOMALY_IS_NOTE,
	"a parameter twice, with different values"},
    [ANOMALY_PARAM_CONTINUATION_GAP] = {"param-continuation-gap",
	ANOMALY_IS_NOTE, "a section of a parameter that is missing"},
    [ANOMALY_PARAM_EXTENDED_QUOTED] = {"param-extended-quoted", ANOMALY_IS_NOTE,
	"an extended parameter in quotes"},
    [ANOMALY_PARAM_FOLD_IN_QUOTES] = {"param-fold-in-quotes", ANOMALY_IS_NOTE,
	"a fold inside a quoted parameter"},
    [ANOMALY_PARAM_JUNK] = {"param-junk", ANOMALY_IS_NOTE,
	"something between parameters that is none"},
    [ANOMALY_PARAM_MISPLACED] = {"param-misplaced", ANOMALY_IS_NOTE,
	"a parameter in a field where it does not belong"},
    [ANOMALY_PARAM_NO_SEMICOLON] = {"param-no-semicolon", ANOMALY_IS_NOTE,
	"two parameters without a semicolon between them"},
    [ANOMALY_PARAM_PERCENT_BAD] = {"param-percent-bad", ANOMALY_IS_NOTE,
	"a bad percent escape in an extended parameter"},
    [ANOMALY_PARAM_SINGLE_QUOTED] = {"param-single-quoted", ANOMALY_IS_NOTE,
	"a parameter in single quotes"},
    [ANOMALY_PARAM_SPACE_UNQUOTED] = {"param-space-unquoted", ANOMALY_IS_NOTE,
	"white space in a parameter without quotes"},
    [ANOMALY_PARAM_SPECIALS_UNQUOTED] = {"param-specials-unquoted",
	ANOMALY_IS_NOTE, "special characters in a parameter without quotes"},
    [ANOMALY_PARAM_UNTERMINATED_QUOTE] = {"param-unterminated-quote",
	ANOMALY_IS_NOTE, "a parameter without its closing quote"},
    [ANOMALY_PART_NO_BLANK_LINE] = {"part-no-blank-line", ANOMALY_IS_READING,
	"the header of a part without an empty line behind it"},
    [ANOMALY_PREAMBLE_CONTENT] = {"preamble-content", ANOMALY_IS_READING,
	"more than text before the first part: fields, base64, "
	"uuencode"},
    [ANOMALY_QP_8BIT] = {"qp-8bit", ANOMALY_IS_NOTE,
	"8-bit bytes in quoted-printable"},
    [ANOMALY_QP_BAD_ESCAPE] = {"qp-bad-escape", ANOMALY_IS_READING,
	"an equals sign in quoted-printable that is no escape"},
    [ANOMALY_QP_LINE_LONG] = {"qp-line-long", ANOMALY_IS_NOTE,
	"a quoted-printable line of more than 76 characters"},
    [ANOMALY_QP_LOWERCASE] = {"qp-lowercase", ANOMALY_IS_NOTE,
	"lower-case digits in a quoted-printable escape"},
    [ANOMALY_QP_SOFT_BREAK_SPACE] = {"qp-soft-break-space", ANOMALY_IS_READING,
	"white space behind a soft line break: no soft break for two "
	"thirds of the programs, and for clamd"},
    [ANOMALY_QP_TRAILING_SPACE] = {"qp-trailing-space", ANOMALY_IS_NOTE,
	"white space at the end of a quoted-printable line"},
    [ANOMALY_SMIME_OPAQUE] = {"smime-opaque", ANOMALY_IS_BLIND,
	"content inside an S/MIME signature, into which clamd does "
	"not look"},
    [ANOMALY_TNEF] = {"tnef", ANOMALY_IS_POLICY,
	"a container of Microsoft's mail programs"},
    [ANOMALY_TYPE_MISMATCH] = {"type-mismatch", ANOMALY_IS_POLICY,
	"content of another class than its name or declared type, one "
	"of them dangerous"},
    [ANOMALY_UUENCODE_IN_TEXT] = {"uuencode-in-text", ANOMALY_IS_READING,
	"a uuencoded file in a text"},
    [ANOMALY_UUENCODE_ODD] = {"uuencode-odd", ANOMALY_IS_READING,
	"a uuencoded file in a text whose first line is not as usual: "
	"clamd does not see it"},
    [ANOMALY_UUENCODE_UNTERMINATED] = {"uuencode-unterminated", ANOMALY_IS_NOTE,
	"a uuencoded file without an end"},
    [ANOMALY_YENC_IN_TEXT] = {"yenc-in-text", ANOMALY_IS_READING,
	"a yEnc file in a text, into which clamd does not look"},
};

const char *
anomaly_name(enum anomaly a)
{
	ensure(a < ANOMALY_COUNT);
	return rows[a].name;
}

const char *
anomaly_text(enum anomaly a)
{
	ensure(a < ANOMALY_COUNT);
	return rows[a].text;
}

enum anomaly_class
anomaly_class(enum anomaly a)
{
	ensure(a < ANOMALY_COUNT);
	return rows[a].class;
}

const char *anomaly_class_name(enum anomaly_class class)
{
	static const char *const name[] = {
	    [ANOMALY_IS_NOTE] = "note",
	    [ANOMALY_IS_POLICY] = "policy",
	    [ANOMALY_IS_READING] = "reading",
	    [ANOMALY_IS_BLIND] = "blind",
	    [ANOMALY_IS_LIMIT] = "limit",
	};

	ensure(class <= ANOMALY_IS_LIMIT);
	return name[class];
}

bool
anomaly_find(const char *name, enum anomaly *out)
{
	for (enum anomaly a = 0; a < ANOMALY_COUNT; a++) {
		if (strcmp(name, rows[a].name) == 0) {
			*out = a;
			return true;
		}
	}
	return false;
}
