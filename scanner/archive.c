/* SPDX-License-Identifier: ISC */
/* Headers of archives; see archive.h.  Runs in the scanner, on bytes of
 * strangers.  No state but the caller's, no I/O. */
#include "scanner/archive.h"

#include <strings.h>

#include "lib/ensure.h"

/* APPNOTE 4.3.7, 4.3.12, 4.3.16, with the first byte highest. */
#define MARK_FILE      UINT32_C(0x504b0304)
#define MARK_DIRECTORY UINT32_C(0x504b0102)
#define MARK_END       UINT32_C(0x504b0506)
#define MARK_CABINET   UINT32_C(0x4d534346)
/* Others: what is in them is not looked at. */
#define MARK_7Z	   UINT32_C(0x377abcaf)
#define MARK_RAR   UINT32_C(0x52617221)
#define MARK_GZIP  UINT32_C(0x1f8b0800) /* without a name, as made in a pipe */
#define MARK_GZIP2 UINT32_C(0x1f8b0808) /* with one */
#define MARK_BZIP2 UINT32_C(0x31415926) /* of a block, behind its header */
#define MARK_XZ	   UINT32_C(0xfd377a58)

#define FILE_LEN      30
#define DIRECTORY_LEN 46
#define END_LEN	      22
#define CABINET_LEN   36

#define FLAG_ENCRYPTED	1U
#define FLAG_DESCRIPTOR 8U /* the sizes come behind the content */

#define METHOD_STORED  0
#define METHOD_IMPLODE 6
#define METHOD_DEFLATE 8
#define METHOD_DEFL64  9
#define METHOD_BZIP2   12

#define IN_EXTRA UINT32_MAX /* APPNOTE 4.5.3: the size is in ZIP64's field */

/* A block in a cabinet is at most so long, unpacked. */
#define CABINET_BLOCK	 32768
#define CABINET_RESERVED 4U
#define CABINET_CHAINED	 3U

const uint32_t archive_mark[] = {MARK_FILE, MARK_DIRECTORY, MARK_END,
    MARK_CABINET, MARK_7Z, MARK_RAR, MARK_GZIP, MARK_GZIP2, MARK_BZIP2,
    MARK_XZ};
const size_t archive_marks = sizeof(archive_mark) / sizeof(archive_mark[0]);

#define PRIME ((UINT64_C(1) << 61) - 1)

static uint64_t key;
static uint64_t power[8][256]; /* of a secret number: [i][n]: to n * 256^i */

/* A file in a ZIP, as one of its two headers has it. */
struct member {
	uint32_t flags, method, packed, size, name_len;
	uint32_t place; /* directory: of the other header */
};

static uint32_t
little(struct span s, size_t at, size_t bytes)
{
	uint32_t n = 0;

	for (size_t i = bytes; i > 0; i--)
		n = n << 8 | s.ptr[at + i - 1];
	return n;
}

bool
archive_is_mark(uint32_t mark)
{
	switch (mark) {
	case MARK_FILE:
	case MARK_DIRECTORY:
	case MARK_END:
	case MARK_CABINET:
	case MARK_7Z:
	case MARK_RAR:
	case MARK_GZIP:
	case MARK_GZIP2:
	case MARK_BZIP2:
	case MARK_XZ:
		return true;
	default:
		return false;
	}
}

static void
set_fault(struct archive *a, enum archive_fault fault)
{
	if (a->fault == ARCHIVE_FINE)
		a->fault = fault;
}

/* Is there one of that number (APPNOTE 4.4.5)?  If not it is no header. */
static bool
is_method(uint32_t method)
{
	return method <= METHOD_BZIP2 || (method >= 14 && method <= 20) ||
	       (method >= 93 && method <= 99);
}

/* Does clamd unpack it?  The rest of what it knows is older than that. */
static bool
is_known(uint32_t method)
{
	return method == METHOD_STORED || method == METHOD_IMPLODE ||
	       method == METHOD_DEFLATE || method == METHOD_DEFL64 ||
	       method == METHOD_BZIP2;
}

/* What does not get smaller is hardly longer when it is packed: deflate adds 5
 * bytes to 64 KB, bzip2 half a percent and a header. */
static bool
is_possible(const struct member *m)
{
	if (m->method == METHOD_STORED)
		return m->packed == m->size;
	return m->packed <= m->size + (uint64_t)m->size / 64 + 1024;
}

/* SplitMix64's mixer. */
static uint64_t
mix(uint64_t z)
{
	z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
	return z ^ (z >> 31);
}

static uint64_t
plus(uint64_t a, uint64_t b)
{
	return (a + b) % PRIME;
}

static uint64_t
times(uint64_t a, uint64_t b)
{
	__extension__ unsigned __int128 product = (unsigned __int128)a * b;

	return plus((uint64_t)product & PRIME, (uint64_t)(product >> 61));
}

/* The secret number to that. */
static uint64_t
raised(uint64_t to)
{
	uint64_t product = 1;

	for (size_t i = 0; to != 0; i++, to >>= 8) {
		if ((to & 255) != 0)
			product = times(product, power[i][to & 255]);
	}
	return product;
}

void
archive_setup(uint64_t secret)
{
	uint64_t base = mix(mix(secret)) % PRIME;

	key = secret;
	for (size_t i = 0; i < 8; i++) {
		power[i][0] = 1;
		for (size_t n = 1; n < 256; n++)
			power[i][n] = times(power[i][n - 1], base);
		base = times(power[i][255], base);
	}
}

/* What a header says, at a place: a directory's are counted from where its
 * archive begins. */
static uint64_t
term(uint64_t says, uint64_t at)
{
	return times(says % PRIME, raised(at));
}

static uint64_t
digest_of(const struct member *m)
{
	uint64_t z = key ^ ((uint64_t)m->method << 32 |
			       (m->flags & (FLAG_ENCRYPTED | FLAG_DESCRIPTOR)));

	/* With a descriptor clamd takes these from the directory. */
	if ((m->flags & FLAG_DESCRIPTOR) == 0)
		z = mix(z) ^ ((uint64_t)m->packed << 32 | m->size);
	return mix(z);
}

/* What both headers have; from is where it begins.  False: it is none. */
static bool
read_member(struct span s, size_t from, struct member *m)
{
	*m = (struct member){
	    .flags = little(s, from, 2),
	    .method = little(s, from + 2, 2),
	    .packed = little(s, from + 12, 4),
	    .size = little(s, from + 16, 4),
	    .name_len = little(s, from + 20, 2),
	};
	return is_method(m->method);
}

/* What goes for either header.  How an encrypted file is packed nobody sees;
 * that clamd does not look into it is up to AlertEncrypted. */
static void
judge_member(struct archive *a, const struct member *m, bool sized)
{
	if ((m->flags & FLAG_ENCRYPTED) != 0)
		return;
	if (!is_known(m->method))
		set_fault(a, ARCHIVE_METHOD);
	if (!sized)
		return;
	if (m->size != IN_EXTRA && m->packed != IN_EXTRA && !is_possible(m))
		set_fault(a, ARCHIVE_SIZES);
	if (m->size > a->largest)
		a->largest = m->size;
}

static void
read_file(struct archive *a, struct span s, uint64_t at)
{
	struct member m;
	bool sized;

	if (s.len < FILE_LEN || !read_member(s, 6, &m))
		return;
	sized = (m.flags & FLAG_DESCRIPTOR) == 0;
	if (sized && (m.size == IN_EXTRA || m.packed == IN_EXTRA))
		set_fault(a, ARCHIVE_ZIP64);
	judge_member(a, &m, sized);
	a->untold |= !sized;
	a->difference = plus(a->difference, PRIME - term(digest_of(&m), at));
}

/* Does the name say that the file is an archive itself? */
static bool
names_archive(struct span name)
{
	static const char *const ends[] = {".zip", ".jar", ".war", ".ear",
	    ".apk", ".xpi", ".7z", ".rar", ".cab", ".gz", ".tgz", ".bz2",
	    ".tbz", ".xz", ".txz", ".tar", ".iso", ".img", ".msi", ".docx",
	    ".docm", ".dotx", ".dotm", ".xlsx", ".xlsm", ".xlsb", ".pptx",
	    ".pptm", ".ppsx", ".odt", ".ods", ".odp", ".odg", ".epub", ".eml",
	    ".msg", ".arj", ".lha", ".lzh", ".zipx"};

	for (size_t i = 0; i < sizeof(ends) / sizeof(ends[0]); i++) {
		size_t len = strlen(ends[i]);

		if (name.len >= len &&
		    strncasecmp((const char *)name.ptr + (name.len - len),
			ends[i], len) == 0)
			return true;
	}
	return false;
}

static void
read_directory(struct archive *a, struct span s, uint64_t at)
{
	struct member m;

	if (s.len < DIRECTORY_LEN || !read_member(s, 8, &m))
		return;
	m.place = little(s, 42, 4);
	if (m.place == IN_EXTRA)
		set_fault(a, ARCHIVE_ZIP64);
	judge_member(a, &m, true);
	if (!a->open)
		a->opened = at;
	a->told = a->open = true;
	a->listed = plus(a->listed, term(digest_of(&m), (uint64_t)m.place * 8));
	/* A longer name than we look at can end in anything. */
	if (m.method != METHOD_STORED &&
	    (m.name_len > s.len - DIRECTORY_LEN ||
		names_archive(span_of(s.ptr + DIRECTORY_LEN, m.name_len))))
		a->inner = true;
}

/* What the directory has, from the place on where it says that it begins. */
static void
close_directory(struct archive *a, uint64_t place)
{
	uint64_t from = a->opened - place;

	/* In front of where we count from: Fermat's theorem. */
	if (place > a->opened)
		from = PRIME - 1 - (place - a->opened);
	a->difference = plus(a->difference, times(a->listed, raised(from)));
	a->open = false;
	a->listed = 0;
}

/* clamd does not find a directory whose place is in ZIP64's record. */
static void
read_end(struct archive *a, struct span s)
{
	uint32_t place;

	if (s.len < END_LEN)
		return;
	place = little(s, 16, 4);
	if (place == IN_EXTRA)
		set_fault(a, ARCHIVE_ZIP64);
	if (a->open)
		close_directory(a, (uint64_t)place * 8);
}

/* A sum that false headers cannot bring back to nothing. */
static void
add_blocks(struct archive *a, uint64_t blocks)
{
	uint64_t bytes = blocks * CABINET_BLOCK;

	a->cabinets =
	    bytes > UINT64_MAX - a->cabinets ? UINT64_MAX : a->cabinets + bytes;
}

/* [MS-CAB] 2.1 and 2.2: each folder says how many blocks it has. */
static void
read_cabinet(struct archive *a, struct span s)
{
	size_t at = CABINET_LEN, step = 8;
	uint32_t folders, flags;

	/* 1.3 is the only version there is. */
	if (s.len < CABINET_LEN + 8 || little(s, 24, 2) != 0x103)
		return;
	folders = little(s, 26, 2);
	flags = little(s, 30, 2);
	if ((flags & CABINET_RESERVED) != 0) {
		at += 4 + little(s, CABINET_LEN, 2);
		step += s.ptr[CABINET_LEN + 2];
	}
	a->inner = true;
	for (; folders > 0 && (flags & CABINET_CHAINED) == 0 && at + 6 <= s.len;
	     folders--, at += step)
		add_blocks(a, little(s, at + 4, 2));
	/* What we do not see is taken for the most that it can be. */
	add_blocks(a, (uint64_t)folders * UINT16_MAX);
}

/* Does the rest of its first bytes fit, too? */
static void
read_other(struct archive *a, struct span s)
{
	static const struct {
		uint32_t mark;
		size_t len;
		const char *rest;
	} rows[] = {
	    {MARK_7Z, 2, "\x27\x1c"},
	    {MARK_RAR, 2, "\x1a\x07"},
	    {MARK_BZIP2, 2, "\x53\x59"},
	    {MARK_XZ, 2, "\x5a\x00"},
	};
	uint32_t mark = __builtin_bswap32(little(s, 0, 4));

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		if (rows[i].mark == mark && s.len >= 4 + rows[i].len &&
		    memcmp(s.ptr + 4, rows[i].rest, rows[i].len) == 0)
			a->inner = true;
	}
	/* RFC 1952 2.3.1: how well it was packed, and on which system. */
	if ((mark == MARK_GZIP || mark == MARK_GZIP2) && s.len >= 10 &&
	    s.ptr[8] <= 4 && (s.ptr[9] <= 13 || s.ptr[9] == 255))
		a->inner = true;
}

void
archive_header(struct archive *a, struct span bytes, uint64_t at)
{
	if (bytes.len < ARCHIVE_MARK)
		return;
	switch (__builtin_bswap32(little(bytes, 0, 4))) {
	case MARK_FILE:
		read_file(a, bytes, at);
		break;
	case MARK_DIRECTORY:
		read_directory(a, bytes, at);
		break;
	case MARK_END:
		read_end(a, bytes);
		break;
	case MARK_CABINET:
		read_cabinet(a, bytes);
		break;
	default:
		read_other(a, bytes);
		break;
	}
}

enum archive_fault
archive_judge(const struct archive *a, const struct archive_bounds *b)
{
	uint64_t cabinets = b->file < b->all ? b->file : b->all;

	if (a->fault != ARCHIVE_FINE)
		return a->fault;
	if ((a->largest > b->file && !b->told) || a->cabinets > cabinets)
		return ARCHIVE_TOO_BIG;
	/* Without a directory clamd goes by the files' headers, and passes
	 * those by that have no sizes. */
	if (a->open || (a->told && a->difference != 0) ||
	    (!a->told && a->untold))
		return ARCHIVE_HEADERS;
	return ARCHIVE_FINE;
}

const char *
archive_fault_name(enum archive_fault fault)
{
	static const char *const names[ARCHIVE_FAULTS] = {
	    [ARCHIVE_FINE] = "",
	    [ARCHIVE_METHOD] = "method",
	    [ARCHIVE_ZIP64] = "zip64",
	    [ARCHIVE_SIZES] = "sizes",
	    [ARCHIVE_HEADERS] = "headers",
	    [ARCHIVE_TOO_BIG] = "too-big",
	    [ARCHIVE_NESTED] = "nested",
	};

	ensure(fault < ARCHIVE_FAULTS);
	return names[fault];
}
