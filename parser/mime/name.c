/* SPDX-License-Identifier: ISC */
/*
 * File names; see name.h.  Pure.  A name is walked through twice: once to see
 * where its last component begins and ends and what is odd about it, once to
 * write that component.  What is no UTF-8 is taken for Latin-1, so that the
 * normal form always is UTF-8, and its own normal form.
 */
#include "parser/mime/name.h"

#include "lib/ensure.h"
#include "parser/mime/utf8.h"

#define HEAD_MAX   512
#define TAIL_MAX   128
#define LONG	   255 /* what file systems take */
#define SPACES_RUN 8

enum {
	IS_BIDI = 1,
	IS_INVISIBLE = 2,
	IS_LOOKALIKE = 4,
	IS_CONTROL = 8,
};

/* What becomes of characters: nothing (to is 0), a blank, or another one; of a
 * range: as many from there on. */
static const struct range {
	uint32_t first, last, to;
	unsigned int what;
} ranges[] = {
    {0x80, 0x9f, 0, IS_CONTROL},
    {0xa0, 0xa0, ' ', 0},
    {0xad, 0xad, 0, IS_INVISIBLE},
    {0x34f, 0x34f, 0, IS_INVISIBLE},
    {0x61c, 0x61c, 0, IS_INVISIBLE},
    {0x115f, 0x1160, 0, IS_INVISIBLE},
    {0x1680, 0x1680, ' ', 0},
    {0x17b4, 0x17b5, 0, IS_INVISIBLE},
    {0x180b, 0x180f, 0, IS_INVISIBLE},
    {0x2000, 0x200a, ' ', 0},
    {0x200b, 0x200f, 0, IS_INVISIBLE},
    {0x2024, 0x2024, '.', IS_LOOKALIKE},
    {0x2028, 0x2029, ' ', 0},
    {0x202a, 0x202e, 0, IS_BIDI},
    {0x202f, 0x202f, ' ', 0},
    {0x205f, 0x205f, ' ', 0},
    {0x2060, 0x2065, 0, IS_INVISIBLE},
    {0x2066, 0x2069, 0, IS_BIDI},
    {0x206a, 0x206f, 0, IS_INVISIBLE},
    {0x3000, 0x3000, ' ', 0},
    {0x3002, 0x3002, '.', IS_LOOKALIKE},
    {0x3164, 0x3164, 0, IS_INVISIBLE},
    {0xfe00, 0xfe0f, 0, IS_INVISIBLE},
    {0xfe52, 0xfe52, '.', IS_LOOKALIKE},
    {0xfeff, 0xfeff, 0, IS_INVISIBLE},
    {0xff01, 0xff5e, '!', IS_LOOKALIKE},
    {0xff61, 0xff61, '.', IS_LOOKALIKE},
    {0xffa0, 0xffa0, 0, IS_INVISIBLE},
    {0xe0000, 0xe0fff, 0, IS_INVISIBLE},
};

#define COUNT(list) (sizeof(list) / sizeof((list)[0]))

/* The range that a character is in, or NULL. */
static const struct range *
range_of(uint32_t code)
{
	size_t low = 0, high = COUNT(ranges);

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (code > ranges[middle].last)
			low = middle + 1;
		else
			high = middle;
	}
	if (low == COUNT(ranges) || code < ranges[low].first)
		return NULL;
	return &ranges[low];
}

/* What a character becomes, 0: nothing; *what it is. */
static uint32_t
fold(uint32_t code, unsigned int *what)
{
	const struct range *r = code < 0x80 ? NULL : range_of(code);

	*what = 0;
	if (code < ' ' || code == 0x7f) {
		*what = IS_CONTROL;
		return 0;
	}
	if (r != NULL) {
		*what = r->what;
		/* "!" to "~" stand for as many, the others for one. */
		code = r->to == '!' ? r->to + (code - r->first) : r->to;
	}
	return code >= 'A' && code <= 'Z' ? code + ('a' - 'A') : code;
}

static bool
is_separator(uint32_t code)
{
	return code == '/' || code == '\\';
}

/* What a first walk finds; places are offsets in the name. */
struct outline {
	size_t begin, end; /* of the last component that is not empty, without
			    * dots and blanks behind it; both 0: there is none */
	size_t colon;	   /* the first one that is no drive's; or the length */
	size_t nul;	   /* the first; or the length */
	unsigned int what; /* is in it */
	bool path, dot_end, space_end, run;
};

/* "C:\": a letter, a colon, a separator. */
static size_t
drive(struct span name)
{
	uint32_t letter;
	unsigned int ignored;

	if (name.len < 3 || name.ptr[1] != ':' || !is_separator(name.ptr[2]))
		return 0;
	letter = fold(name.ptr[0], &ignored);
	return letter >= 'a' && letter <= 'z' ? 2 : 0;
}

/* A character of the component that is neither a separator nor dropped. */
static void
add_to_outline(struct outline *o, uint32_t code, size_t end, size_t *spaces)
{
	if (code == ' ') {
		o->space_end = true;
		(*spaces)++;
		return;
	}
	if (*spaces >= SPACES_RUN)
		o->run = true;
	*spaces = 0;
	if (code == '.') {
		o->dot_end = true;
		return;
	}
	o->end = end;
	o->dot_end = o->space_end = false;
}

static struct outline
outline_of(struct span name)
{
	struct outline o = {.colon = name.len, .nul = name.len};
	struct cursor c = cursor_of(name);
	size_t at_drive = drive(name), spaces = 0, begin = 0;

	while (!cursor_empty(&c)) {
		size_t at = name.len - c.left, before = o.end;
		uint32_t code;
		unsigned int what;

		(void)utf8_next(&c, &code);
		if (code == 0 && at < o.nul)
			o.nul = at;
		code = fold(code, &what);
		o.what |= what;
		if (code == ':' && at >= at_drive && at < o.colon)
			o.colon = at;
		if (is_separator(code)) {
			o.path = true;
			o.dot_end = o.space_end = false;
			spaces = 0;
			begin = name.len - c.left;
		} else if (code != 0)
			add_to_outline(&o, code, name.len - c.left, &spaces);
		if (o.end != before)
			o.begin = begin;
	}
	return o;
}

/* A normal form that is being written: a head that is kept, and a ring with
 * the last bytes behind it. */
struct writer {
	uint8_t *head;
	size_t head_len;
	bool full; /* a character did not fit into the head */
	size_t tail_len;
	uint8_t tail[TAIL_MAX];
};

static void
write_code(struct writer *w, uint32_t code)
{
	uint8_t bytes[UTF8_MAX];
	size_t len = utf8_put(code, bytes);

	if (!w->full && len <= HEAD_MAX - w->head_len) {
		memcpy(w->head + w->head_len, bytes, len);
		w->head_len += len;
		return;
	}
	w->full = true;
	for (size_t i = 0; i < len; i++)
		w->tail[w->tail_len++ % TAIL_MAX] = bytes[i];
}

/* The ring goes behind the head, from its first whole character on. */
static size_t
write_end(struct writer *w)
{
	size_t at = w->tail_len > TAIL_MAX ? w->tail_len - TAIL_MAX : 0;

	while (at < w->tail_len && (w->tail[at % TAIL_MAX] & 0xc0) == 0x80)
		at++;
	for (; at < w->tail_len; at++)
		w->head[w->head_len++] = w->tail[at % TAIL_MAX];
	ensure(w->head_len <= NAME_MAX_KEPT);
	return w->head_len;
}

/* From the outline's begin to its end. */
static size_t
write_name(struct span name, const struct outline *o, uint8_t *out)
{
	struct writer w = {.head = out};
	struct cursor c =
	    cursor_of(span_of(name.ptr + o->begin, o->end - o->begin));

	while (!cursor_empty(&c)) {
		uint32_t code;
		unsigned int what;

		(void)utf8_next(&c, &code);
		code = fold(code, &what);
		if (code != 0)
			write_code(&w, code);
	}
	return write_end(&w);
}

size_t
name_normal(struct span name, uint8_t *out)
{
	struct outline o = outline_of(name);

	return o.end == 0 ? 0 : write_name(name, &o, out);
}

static bool
is_text(struct span s, const char *text)
{
	return s.len == strlen(text) && memcmp(s.ptr, text, s.len) == 0;
}

/* What stands behind the last dot, or colon, of a normal form; *before what in
 * front of it.  No dot: empty. */
static struct span
extension_of(struct span normal, struct span *before)
{
	for (size_t i = normal.len; i > 0 && normal.ptr[i - 1] != ':'; i--) {
		if (normal.ptr[i - 1] != '.')
			continue;
		*before = span_of(normal.ptr, i - 1);
		return span_of(normal.ptr + i, normal.len - i);
	}
	*before = normal;
	return span_of(normal.ptr, 0);
}

/* The extension of the first bytes of a name joins the others, unless it is
 * one of them. */
static size_t
add_extension(
    struct span name, uint8_t *buffer, struct span *extension, size_t count)
{
	uint8_t normal[NAME_MAX_KEPT];
	size_t room = NAME_MAX_KEPT / NAME_EXTENSIONS;
	struct span before,
	    found = extension_of(
		span_of(normal, name_normal(name, normal)), &before);

	if (found.len > room)
		found.len = room;
	if (found.len == 0)
		return count;
	for (size_t i = 0; i < count; i++) {
		if (extension[i].len == found.len &&
		    memcmp(extension[i].ptr, found.ptr, found.len) == 0)
			return count;
	}
	memcpy(buffer + count * room, found.ptr, found.len);
	extension[count] = span_of(buffer + count * room, found.len);
	return count + 1;
}

size_t
name_extensions(struct span name, uint8_t *buffer,
    struct span extension[static NAME_EXTENSIONS])
{
	struct outline o = outline_of(name);
	size_t count = add_extension(name, buffer, extension, 0);

	if (o.colon < name.len)
		count = add_extension(
		    span_of(name.ptr, o.colon), buffer, extension, count);
	if (o.nul < name.len)
		count = add_extension(
		    span_of(name.ptr, o.nul), buffer, extension, count);
	return count;
}

/* Of Windows, whatever stands behind a dot or colon. */
static bool
is_reserved(struct span normal)
{
	static const char *const names[] = {
	    "con", "prn", "aux", "nul", "conin$", "conout$"};
	static const char *const digits[] = {"0", "1", "2", "3", "4", "5", "6",
	    "7", "8", "9", "\xc2\xb9", "\xc2\xb2", "\xc2\xb3"};
	struct span base = span_of(normal.ptr, 0);

	while (base.len < normal.len && normal.ptr[base.len] != '.' &&
	       normal.ptr[base.len] != ':')
		base.len++;
	while (base.len > 0 && base.ptr[base.len - 1] == ' ')
		base.len--;
	for (size_t i = 0; i < COUNT(names); i++) {
		if (is_text(base, names[i]))
			return true;
	}
	if (base.len < 4 || (memcmp(base.ptr, "com", 3) != 0 &&
				memcmp(base.ptr, "lpt", 3) != 0))
		return false;
	for (size_t i = 0; i < COUNT(digits); i++) {
		if (is_text(span_of(base.ptr + 3, base.len - 3), digits[i]))
			return true;
	}
	return false;
}

static struct span
without_blanks(struct span s)
{
	while (s.len > 0 && s.ptr[s.len - 1] == ' ')
		s.len--;
	return s;
}

/* A dangerous extension behind one that people take for harmless. */
static bool
is_double(struct span normal)
{
	static const char *const harmless[] = {"pdf", "doc", "docx", "xls",
	    "xlsx", "ppt", "pptx", "txt", "rtf", "jpg", "jpeg", "png", "gif",
	    "zip", "mp3", "mp4", "csv", "htm", "html", "eml"};
	struct span rest;

	if (!name_is_dangerous(extension_of(normal, &rest)))
		return false;
	rest = extension_of(without_blanks(rest), &rest);
	for (size_t i = 0; i < COUNT(harmless); i++) {
		if (is_text(rest, harmless[i]))
			return true;
	}
	return false;
}

void
name_check(struct span name, struct anomalies *found)
{
	uint8_t bytes[NAME_MAX_KEPT];
	struct outline o = outline_of(name);
	struct span normal =
	    span_of(bytes, o.end == 0 ? 0 : write_name(name, &o, bytes));
	const struct {
		bool is;
		enum anomaly anomaly;
	} rows[] = {
	    {(o.what & IS_BIDI) != 0, ANOMALY_NAME_BIDI},
	    {(o.what & IS_INVISIBLE) != 0, ANOMALY_NAME_INVISIBLE},
	    {(o.what & IS_LOOKALIKE) != 0, ANOMALY_NAME_LOOKALIKE},
	    {(o.what & IS_CONTROL) != 0, ANOMALY_NAME_CONTROL},
	    {o.colon < name.len, ANOMALY_NAME_COLON},
	    {o.path, ANOMALY_NAME_PATH},
	    {is_reserved(normal), ANOMALY_NAME_RESERVED},
	    {name.len > LONG, ANOMALY_NAME_LONG},
	    {normal.len == 0, ANOMALY_NAME_EMPTY},
	    {o.dot_end && o.end > 0, ANOMALY_NAME_TRAILING_DOT},
	    {o.space_end && o.end > 0, ANOMALY_NAME_TRAILING_SPACE},
	    {o.run, ANOMALY_NAME_SPACE_RUN},
	    {is_double(normal), ANOMALY_NAME_DOUBLE_EXTENSION},
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		if (rows[i].is)
			anomalies_add(found, rows[i].anomaly);
	}
}

bool
name_is_dangerous(struct span extension)
{
	/* What mail providers block, and what else starts something. */
	static const char *const dangerous[] = {"ade", "adp", "apk",
	    "appinstaller", "application", "appref-ms", "appx", "appxbundle",
	    "bat", "cab", "chm", "cmd", "com", "cpl", "diagcab", "diagcfg",
	    "diagpkg", "dll", "dmg", "ex", "ex_", "exe", "hta", "img", "ins",
	    "iqy", "iso", "isp", "jar", "jnlp", "js", "jse", "lib",
	    "library-ms", "lnk", "mde", "mjs", "msc", "msi", "msix",
	    "msixbundle", "msp", "mst", "nsh", "pif", "ps1", "py", "pyw", "rdp",
	    "reg", "scf", "scr", "sct", "search-ms", "settingcontent-ms", "shb",
	    "slk", "sys", "url", "vb", "vbe", "vbs", "vhd", "vhdx", "vxd",
	    "website", "wim", "wsc", "wsf", "wsh", "xbap", "xll"};
	size_t low = 0, high = COUNT(dangerous);

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		size_t len = strlen(dangerous[middle]);
		size_t shorter = len < extension.len ? len : extension.len;
		int order = memcmp(extension.ptr, dangerous[middle], shorter);

		if (order == 0 && len == extension.len)
			return true;
		if (order > 0 || (order == 0 && extension.len > len))
			low = middle + 1;
		else
			high = middle;
	}
	return false;
}
