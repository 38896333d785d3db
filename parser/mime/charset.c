/* SPDX-License-Identifier: ISC */
/* Charsets; see charset.h.  Pure. */
#include "parser/mime/charset.h"

#include "parser/mime/ascii.h"

static const struct {
	const char *name;
	enum charset charset;
} known[] = {
    {"us-ascii", CHARSET_BYTES},
    {"ascii", CHARSET_BYTES},
    {"utf-8", CHARSET_BYTES},
    {"utf8", CHARSET_BYTES},
    {"iso-8859-1", CHARSET_LATIN1},
    {"iso8859-1", CHARSET_LATIN1},
    {"latin1", CHARSET_LATIN1},
    {"iso-8859-15", CHARSET_LATIN9},
    {"iso8859-15", CHARSET_LATIN9},
    {"latin9", CHARSET_LATIN9},
    {"windows-1252", CHARSET_1252},
    {"cp1252", CHARSET_1252},
    {"utf-16", CHARSET_UTF16},
    {"utf-16be", CHARSET_UTF16BE},
    {"utf-16le", CHARSET_UTF16LE},
    {"utf-7", CHARSET_UTF7},
};

bool
charset_find(struct span name, enum charset *out)
{
	*out = CHARSET_BYTES;
	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
		if (ascii_same(name, span_text(known[i].name))) {
			*out = known[i].charset;
			return true;
		}
	}
	return false;
}

static uint32_t
latin9(uint8_t byte)
{
	switch (byte) {
	case 0xa4:
		return 0x20ac;
	case 0xa6:
		return 0x160;
	case 0xa8:
		return 0x161;
	case 0xb4:
		return 0x17d;
	case 0xb8:
		return 0x17e;
	case 0xbc:
		return 0x152;
	case 0xbd:
		return 0x153;
	case 0xbe:
		return 0x178;
	default:
		return byte;
	}
}

static uint32_t
windows_1252(uint8_t byte)
{
	static const uint16_t high[32] = {0x20ac, 0x81, 0x201a, 0x192, 0x201e,
	    0x2026, 0x2020, 0x2021, 0x2c6, 0x2030, 0x160, 0x2039, 0x152, 0x8d,
	    0x17d, 0x8f, 0x90, 0x2018, 0x2019, 0x201c, 0x201d, 0x2022, 0x2013,
	    0x2014, 0x2dc, 0x2122, 0x161, 0x203a, 0x153, 0x9d, 0x17e, 0x178};

	return byte >= 0x80 && byte <= 0x9f ? high[byte - 0x80] : byte;
}

/* A unit of UTF-16; halves of pairs that stand alone are replaced. */
static void
put_unit(struct charset_converter *v, uint32_t unit)
{
	bool low = unit >= 0xdc00 && unit <= 0xdfff;

	if (v->high != 0 && low) {
		utf8_sink_code(v->to,
		    0x10000 + ((v->high - 0xd800) << 10) + (unit - 0xdc00));
		v->high = 0;
		return;
	}
	if (v->high != 0)
		utf8_sink_code(v->to, UTF8_REPLACEMENT);
	v->high = unit >= 0xd800 && unit <= 0xdbff ? unit : 0;
	if (v->high == 0)
		utf8_sink_code(v->to, unit);
}

void
charset_end(struct charset_converter *v)
{
	if (v->half || v->high != 0)
		utf8_sink_code(v->to, UTF8_REPLACEMENT);
	v->half = false;
	v->high = 0;
}

static void
convert_utf16(struct charset_converter *v, uint8_t byte)
{
	uint32_t unit = (uint32_t)v->first << 8 | byte;

	v->half = !v->half;
	if (v->half) {
		v->first = byte;
		return;
	}
	if (v->charset == CHARSET_UTF16) {
		bool little = unit == 0xfffe || (v->first != 0 && byte == 0);

		v->charset = little ? CHARSET_UTF16LE : CHARSET_UTF16BE;
		if (unit == 0xfffe || unit == 0xfeff)
			return;
	}
	if (v->charset == CHARSET_UTF16LE)
		unit = (uint32_t)byte << 8 | v->first;
	put_unit(v, unit);
}

uint32_t
charset_base64(uint8_t byte)
{
	if (byte >= 'A' && byte <= 'Z')
		return byte - 'A';
	if (byte >= 'a' && byte <= 'z')
		return 26U + byte - 'a';
	if (byte >= '0' && byte <= '9')
		return 52U + byte - '0';
	return byte == '+' ? 62 : byte == '/' ? 63 : 64;
}

/* RFC 2152. */
static void
convert_utf7(struct charset_converter *v, uint8_t byte)
{
	uint32_t value = charset_base64(byte);

	if (!v->shifted) {
		v->shifted = v->empty = byte == '+';
		v->bits = v->count = 0;
		if (!v->shifted)
			utf8_sink_byte(v->to, byte);
		return;
	}
	if (value < 64) {
		v->empty = false;
		v->bits = (v->bits & 0xffff) << 6 | value;
		v->count += 6;
		if (v->count >= 16) {
			v->count -= 16;
			put_unit(v, v->bits >> v->count & 0xffff);
		}
		return;
	}
	v->shifted = false;
	charset_end(v);
	if (byte != '-' || v->empty)
		utf8_sink_byte(v->to, byte == '-' ? '+' : byte);
}

void
charset_byte(struct charset_converter *v, uint8_t byte)
{
	switch (v->charset) {
	case CHARSET_BYTES:
		utf8_sink_byte(v->to, byte);
		break;
	case CHARSET_LATIN1:
		utf8_sink_code(v->to, byte);
		break;
	case CHARSET_LATIN9:
		utf8_sink_code(v->to, latin9(byte));
		break;
	case CHARSET_1252:
		utf8_sink_code(v->to, windows_1252(byte));
		break;
	case CHARSET_UTF16:
	case CHARSET_UTF16BE:
	case CHARSET_UTF16LE:
		convert_utf16(v, byte);
		break;
	case CHARSET_UTF7:
		convert_utf7(v, byte);
		break;
	}
}
