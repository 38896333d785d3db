/* SPDX-License-Identifier: ISC */
/*
 * The words in which a session and the scanner speak of readings of a message:
 * how content is decoded, what an object is called that one reading yields, and
 * how many there may be.  The session reads (parser/mime/readings.h), the
 * scanner has each object judged and holds the session to the bounds.  Pure.
 */
#ifndef LIB_DECODING_H
#define LIB_DECODING_H

#include <stdbool.h>

#define READINGS_OBJECTS_MAX 64
/* Objects together: so many times the size of the message, and this. */
#define READINGS_BYTES_TIMES 4
#define READINGS_BYTES_SPARE 65536
/* And those that begin, with all that were there before: so many, with so many
 * times the bytes that are kept. */
#define READINGS_TRIED_MAX   65536
#define READINGS_TRIED_TIMES 16
#define READINGS_PART_MAX    64

/* Where programs differ there is a decoding for each kind of them; the first of
 * each encoding is the strict one. */
enum decoding {
	DECODING_AS_IS,
	/* Characters outside the alphabet are passed over by all of these. */
	DECODING_BASE64,	 /* ends at the first "=" */
	DECODING_BASE64_RESTART, /* "=" ends a group, and the next one begins */
	DECODING_BASE64_SKIP,	 /* "=" is passed over as well */
	DECODING_BASE64_URL, /* as RESTART, with "-" and "_" for 62 and 63 */
	DECODING_QUOTED_PRINTABLE, /* "=", white space, line end: soft break */
	DECODING_QP_KEEP,  /* a soft break is "=" and the line end, no more */
	DECODING_QP_CR,	   /* a soft break may begin with several "=", and end
			    * with CRs, with or without an LF */
	DECODING_QP_TWICE, /* soft breaks first, then escapes, so that "=5=",
			    * line end, "8" is one; a soft break takes one of
			    * several "=", and its line end is as in CR */
	/* Files within text: what stands outside of them is left out. */
	DECODING_UUENCODE, /* loose: indented, mode of any length or none,
			    * begin-base64; the end may be missing */
	DECODING_YENC,
	DECODING_UUENCODE_FIT, /* lines whose length is not what their count
				* says are left out, too */
	DECODINGS
};

/* What a reading came to. */
enum read_end {
	READ_COMPLETE,
	READ_LIMIT,  /* there is more than that */
	READ_LATE,   /* not within scan_timeout */
	READ_FAILED, /* it could not be read */
	READ_ENDS
};

/* What an object is. */
struct reading_object {
	/* "2.1": that part of the strict reading; or "@1234": what begins
	 * there in the message; "@1234+56": inside of that, decoded. */
	char part[READINGS_PART_MAX];
	enum decoding decoding;
};

/* "as-is", "base64", "base64-restart", "base64-skip", "base64-url",
 * "quoted-printable", "qp-keep", "qp-cr", "qp-twice", "uuencode", "yenc";
 * "unknown" for what is none of these. */
const char *decoding_name(enum decoding);

/* Is that the name of an object: of digits, dots, "@" and "+", not empty,
 * terminated, and a decoding that there is? */
bool reading_object_fits(const struct reading_object *);

#endif
