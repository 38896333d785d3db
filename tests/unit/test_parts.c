/* SPDX-License-Identifier: ISC */
/*
 * Blocks in parts: privsep/ipc/parts.c.
 *
 * What is written is read again; and of a good block everything that can be
 * wrong is made wrong, one thing at a time, which the reader must notice.
 */
#include "privsep/ipc/parts.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "privsep/ipc/boot.h"

/* Not a multiple of what parts are aligned to. */
struct fixed {
	struct parts_head head;
	uint32_t value;
};

enum { ONE, MANY, NAMES, KINDS };

static const struct parts_rule rules[KINDS + 1] = {
    [ONE] = {1, 1, 4, 16},
    [MANY] = {0, 3, 1, 5},
    [NAMES] = {0, 1, 10, 30},
    [KINDS] = {0, 9, 1, 99}, /* not one of the shape's */
};

static const struct parts_shape shape = {
    .fixed = sizeof(struct fixed), .kinds = KINDS, .rule = rules};

static const struct fixed fixed = {.value = 0x12345678};

#define TEXT(kind, text)                                          \
	{                                                         \
		kind,                                             \
		{                                                 \
			(const uint8_t *)(text), sizeof(text) - 1 \
		}                                                 \
	}

static const struct part good[] = {
    TEXT(MANY, "abc"),
    TEXT(ONE, "abcdefgh"),
    TEXT(MANY, "12345"),
    TEXT(NAMES, "0123456789ABCDEFGHIJ"),
};
#define GOOD (sizeof(good) / sizeof(good[0]))
#define ROWS 24 /* where they begin */

static uint8_t block[512];

static size_t
write_good(void)
{
	return parts_write(block, sizeof(block), &shape, &fixed, good, GOOD);
}

static void
assert_part(struct span b, uint32_t kind, uint32_t number, const char *text)
{
	struct span part = parts_get(b, kind, number);

	assert_int_equal(part.len, strlen(text));
	assert_memory_equal(part.ptr, text, part.len);
	assert_int_equal((uintptr_t)part.ptr % PARTS_ALIGN, 0);
}

static void
round_trip(void **state)
{
	size_t size = write_good();
	struct span b = span_of(block, size);
	struct fixed read;

	(void)state;
	assert_int_equal(size, ROWS + GOOD * 16 + 8 + 8 + 8 + 20);
	assert_true(parts_check(b, &shape));
	memcpy(&read, block, sizeof(read));
	assert_int_equal(read.value, fixed.value);
	assert_int_equal(read.head.size, size);
	assert_part(b, ONE, 0, "abcdefgh");
	assert_part(b, MANY, 0, "abc");
	assert_part(b, MANY, 1, "12345");
	assert_part(b, NAMES, 0, "0123456789ABCDEFGHIJ");
	assert_int_equal(parts_get(b, MANY, 2).len, 0);
	assert_int_equal(parts_get(b, KINDS, 0).len, 0);
}

static void
rooms(void **state)
{
	size_t size = write_good();
	uint8_t untouched[sizeof(block)];

	(void)state;
	memset(untouched, 0xa5, sizeof(untouched));
	for (size_t room = 0; room < size; room++) {
		memset(block, 0xa5, sizeof(block));
		assert_int_equal(
		    parts_write(block, room, &shape, &fixed, good, GOOD), 0);
		assert_memory_equal(block, untouched, sizeof(block));
	}
	assert_int_equal(
	    parts_write(block, size, &shape, &fixed, good, GOOD), size);
	assert_memory_equal(block + size, untouched, sizeof(block) - size);
}

/* No part where none must be. */
static void
no_parts(void **state)
{
	static const struct parts_rule optional[] = {{0, 1, 1, 1}};
	const struct parts_shape may = {sizeof(struct fixed), 1, optional},
				 none = {sizeof(struct fixed), 0, NULL};
	size_t size = parts_write(block, sizeof(block), &may, &fixed, NULL, 0);

	(void)state;
	assert_int_equal(size, ROWS);
	assert_true(parts_check(span_of(block, size), &may));
	assert_true(parts_check(span_of(block, size), &none));
	assert_int_equal(parts_get(span_of(block, size), 0, 0).len, 0);
}

static void
refused_writes(void **state)
{
	static const struct {
		const char *what;
		struct part part[5];
		size_t parts;
	} rows[] = {
	    {"without one that must be", {TEXT(MANY, "a")}, 1},
	    {"one too many", {TEXT(ONE, "abcd"), TEXT(ONE, "abcd")}, 2},
	    {"one too many of several",
		{TEXT(ONE, "abcd"), TEXT(MANY, "a"), TEXT(MANY, "a"),
		    TEXT(MANY, "a"), TEXT(MANY, "a")},
		5},
	    {"an empty one", {TEXT(ONE, "abcd"), TEXT(MANY, "")}, 2},
	    {"too long", {TEXT(ONE, "abcd"), TEXT(MANY, "abcdef")}, 2},
	    {"no multiple", {TEXT(ONE, "abcdef")}, 1},
	    {"unknown", {TEXT(ONE, "abcd"), TEXT(KINDS, "abcd")}, 2},
	    {"far from known", {TEXT(ONE, "abcd"), TEXT(UINT32_MAX, "a")}, 2},
	};
	const uint8_t zeros[sizeof(block)] = {0};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		memset(block, 0, sizeof(block));
		if (parts_write(block, sizeof(block), &shape, &fixed,
			rows[i].part, rows[i].parts) != 0 ||
		    memcmp(block, zeros, sizeof(block)) != 0)
			fail_msg("written: %s", rows[i].what);
	}
	assert_int_equal(parts_write(block, sizeof(block), &shape, &fixed, good,
			     PARTS_MAX + 1),
	    0);
}

/* --- blocks that are not as they should be ------------------------------------ */

#define ROW(i, member) (ROWS + (i)*16 + offsetof(struct parts_row, member))
#define HEAD(member)   offsetof(struct parts_head, member)

/* In a good block of 132 bytes: parts at 88, 96, 104 and 112. */
static const struct {
	const char *what;
	size_t at;
	uint32_t value;
	int change; /* of the size */
} faults[] = {
    {"size too small", HEAD(size), 131, 0},
    {"size too large", HEAD(size), 133, 0},
    {"size 0", HEAD(size), 0, 0},
    {"another struct", HEAD(fixed), 16, 0},
    {"a struct as large as can be", HEAD(fixed), UINT32_MAX, 0},
    {"one part less", HEAD(parts), 3, 0},
    {"one part more", HEAD(parts), 5, 0},
    {"more parts than there is room for", HEAD(parts), 7, 0},
    {"more parts than there may be", HEAD(parts), PARTS_MAX + 1, 0},
    {"parts whose rows are 4 GB", HEAD(parts), 1U << 28, 0},
    {"as many parts as can be", HEAD(parts), UINT32_MAX, 0},
    {"not zero in the head", HEAD(zero), 1, 0},
    {"not zero behind the struct", 20, 1, 0},
    {"an unknown kind", ROW(0, kind), KINDS, 0},
    {"a kind as large as can be", ROW(0, kind), UINT32_MAX, 0},
    {"a second of what is there once", ROW(0, kind), ONE, 0},
    {"without what must be there", ROW(1, kind), MANY, 0},
    {"an offset in the head", ROW(0, offset), 0, 0},
    {"an offset in the rows", ROW(0, offset), 80, 0},
    {"an offset that is not aligned", ROW(0, offset), 89, 0},
    {"onto the next part", ROW(0, offset), 96, 0},
    {"onto the part before", ROW(1, offset), 88, 0},
    {"a hole", ROW(3, offset), 120, 0},
    {"an offset behind the end", ROW(3, offset), 136, 0},
    {"an offset as large as can be", ROW(3, offset), 0xfffffff8, 0},
    {"an empty part", ROW(0, length), 0, 0},
    {"longer, up to the next one", ROW(0, length), 5, 0},
    {"a length that is no multiple", ROW(1, length), 7, 0},
    {"longer than its kind", ROW(0, length), 6, 0},
    {"over the next part", ROW(1, length), 12, 0},
    {"beyond the end", ROW(3, length), 30, 0},
    {"a length as large as can be", ROW(3, length), UINT32_MAX, 0},
    {"an end before the end", ROW(3, length), 10, 0},
    {"not zero in a row", ROW(2, zero), 1, 0},
    {"not zero between two parts", 92, 1, 0},
    {"a byte behind the last part", HEAD(size), 133, 1},
    {"a byte that is missing", HEAD(size), 131, -1},
    {"a head that is cut", HEAD(size), 15, -117},
    {"nothing at all", HEAD(size), 0, -132},
};

static void
refused_blocks(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(faults) / sizeof(faults[0]); i++) {
		size_t size = write_good();
		uint8_t *exact;
		bool taken;

		assert_int_equal(size, 132);
		memcpy(block + faults[i].at, &faults[i].value, 4);
		size = (size_t)((int)size + faults[i].change);
		/* So that a sanitizer sees who reads beyond. */
		exact = malloc(size + (size == 0));
		assert_non_null(exact);
		memcpy(exact, block, size);
		taken = parts_check(span_of(exact, size), &shape);
		free(exact);
		if (faults[i].at == ROW(0, length) && faults[i].value == 5) {
			/* The control: nothing is hidden there. */
			assert_true(taken);
			continue;
		}
		if (taken)
			fail_msg("taken: %s", faults[i].what);
	}
}

/* Cut anywhere, it is none; and neither is it one of another shape. */
static void
cut_blocks(void **state)
{
	size_t size = write_good();

	(void)state;
	for (size_t cut = 0; cut < size; cut++) {
		uint32_t told = (uint32_t)cut;
		uint8_t *exact = malloc(cut + (cut == 0));

		assert_non_null(exact);
		memcpy(exact, block, cut);
		if (cut >= sizeof(told))
			memcpy(exact, &told, sizeof(told));
		assert_false(parts_check(span_of(exact, cut), &shape));
		free(exact);
	}
	assert_false(parts_check(span_of(block, size), &boot_listener_shape));
	assert_false(parts_check(span_of(block, size), &boot_scanner_shape));
}

/* The shapes of the product: what each block must have and may not have. */
static void
product_shapes(void **state)
{
	static uint8_t out[1 << 20], filter[POLICY_PROGRAM_MAX * 8 + 8];
	static struct session_boot session;
	static struct listener_boot listener;
	static struct scanner_boot scanner;
	const struct span longest = span_of(filter, POLICY_PROGRAM_MAX * 8);
	struct part part[] = {{LISTENER_PART_FILTER, longest},
	    {LISTENER_PART_SESSION, span_of(filter, 8)}};

	(void)state;
	assert_true(parts_write(
	    out, sizeof(out), &boot_listener_shape, &listener, part, 2));
	assert_false(parts_write(
	    out, sizeof(out), &boot_listener_shape, &listener, part, 1));
	assert_false(parts_write(
	    out, sizeof(out), &boot_listener_shape, &listener, part + 1, 1));
	/* Without one with engine = "libmilter". */
	assert_true(parts_write(
	    out, sizeof(out), &boot_session_shape, &session, NULL, 0));
	part[0].kind = SESSION_PART_FILTER;
	assert_true(parts_write(
	    out, sizeof(out), &boot_session_shape, &session, part, 1));
	part[0].kind = SCANNER_PART_FILTER;
	assert_true(parts_write(
	    out, sizeof(out), &boot_scanner_shape, &scanner, part, 1));
	assert_false(parts_write(
	    out, sizeof(out), &boot_scanner_shape, &scanner, NULL, 0));
	part[0].bytes.len += 8; /* more than the kernel takes */
	assert_false(parts_write(
	    out, sizeof(out), &boot_scanner_shape, &scanner, part, 1));
	part[0].bytes.len = 12; /* one and a half instructions */
	assert_false(parts_write(
	    out, sizeof(out), &boot_scanner_shape, &scanner, part, 1));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(round_trip),
	    cmocka_unit_test(rooms),
	    cmocka_unit_test(no_parts),
	    cmocka_unit_test(refused_writes),
	    cmocka_unit_test(refused_blocks),
	    cmocka_unit_test(cut_blocks),
	    cmocka_unit_test(product_shapes),
	};

	return cmocka_run_group_tests_name("parts", tests, NULL, NULL);
}
