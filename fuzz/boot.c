/* SPDX-License-Identifier: ISC */
/*
 * Boot blocks in parts: privsep/ipc/parts.c.
 *
 * The first byte chooses: 0 and the rest is a block; 1 and it is parts to be
 * written.  A block is taken if, and only if, a second reader, who marks each
 * byte with what it belongs to, finds nothing wrong; and what was taken is byte
 * for byte what the writer makes of its parts.
 */
#include "privsep/ipc/parts.h"

#include "fuzz/kit/fuzz.h"

#define BLOCK_MAX 4096
#define FEW	  64

enum { ONE, MANY, WORDS, KINDS };

static const struct parts_rule rules[KINDS] = {
    [ONE] = {1, 1, 4, 16},
    [MANY] = {0, FEW, 1, 20},
    [WORDS] = {0, 1, 8, 64},
};

struct fixed {
	struct parts_head head;
	uint8_t value[5];
};

/* Not a multiple of 8, nor of 4. */
#define FIXED (offsetof(struct fixed, value) + 5)

static const struct parts_shape shape = {
    .fixed = FIXED, .kinds = KINDS, .rule = rules};

/* --- the second reader -------------------------------------------------------- */

static uint64_t
number(struct span block, uint64_t at)
{
	uint32_t n;

	memcpy(&n, block.ptr + at, sizeof(n));
	return n;
}

/* Each of these bytes now belongs to something; false if one did before. */
static bool
mark(uint8_t *owned, uint64_t size, uint64_t at, uint64_t length)
{
	for (; length > 0; length--, at++) {
		if (at >= size || owned[at] != 0)
			return false;
		owned[at] = 1;
	}
	return true;
}

static bool
part_is_good(struct span block, uint64_t row, uint8_t *owned, unsigned *seen,
    uint64_t *last)
{
	uint64_t kind = number(block, row), at = number(block, row + 4),
		 length = number(block, row + 8);

	if (kind >= KINDS || length == 0 || at % 8 != 0 || at <= *last ||
	    length > BLOCK_MAX || number(block, row + 12) != 0 ||
	    length > rules[kind].length_max || length % rules[kind].unit != 0)
		return false;
	*last = at;
	return ++seen[kind] <= rules[kind].most &&
	       mark(owned, block.len, at, length);
}

/* What belongs to nothing is zero, and fills up to the next eight. */
static bool
rest_is_padding(struct span block, const uint8_t *owned)
{
	for (size_t i = 0, run = 0; i < block.len; i++) {
		run = owned[i] == 0 ? run + 1 : 0;
		if (run > 7 ||
		    (run > 0 && (block.ptr[i] != 0 || i + 1 == block.len)))
			return false;
		if (run > 0 && (i + 1) % 8 != 0 && owned[i + 1] != 0)
			return false;
	}
	return true;
}

static bool
is_good(struct span block)
{
	static uint8_t owned[BLOCK_MAX];
	unsigned seen[KINDS] = {0};
	const uint64_t rows = 24; /* where they begin: FIXED and padding */
	uint64_t parts, last = 0;

	memset(owned, 0, sizeof(owned));
	if (block.len < rows || number(block, 0) != block.len ||
	    number(block, 4) != shape.fixed || number(block, 12) != 0)
		return false;
	parts = number(block, 8);
	if (parts > BLOCK_MAX || !mark(owned, block.len, 0, shape.fixed) ||
	    !mark(owned, block.len, rows, parts * 16))
		return false;
	for (uint64_t i = 0; i < parts; i++) {
		if (!part_is_good(block, rows + i * 16, owned, seen, &last))
			return false;
	}
	return seen[ONE] == 1 && rest_is_padding(block, owned);
}

/* --- the demands -------------------------------------------------------------- */

/* The writer has one way only. */
static void
check_again(struct span block)
{
	static uint8_t out[BLOCK_MAX];
	struct part part[FEW * 2];
	size_t parts = number(block, 8);

	NEED(parts <= sizeof(part) / sizeof(part[0]));
	for (size_t i = 0, at = 24; i < parts; i++, at += 16) {
		uint32_t kind = (uint32_t)number(block, at), before = 0;

		for (size_t k = 24; k < at; k += 16)
			before += number(block, k) == kind;
		part[i].kind = kind;
		part[i].bytes = parts_get(block, kind, before);
		NEED(part[i].bytes.ptr == block.ptr + number(block, at + 4) &&
		     part[i].bytes.len == number(block, at + 8));
	}
	NEED(parts_write(out, sizeof(out), &shape, block.ptr, part, parts) ==
	     block.len);
	NEED(memcmp(out, block.ptr, block.len) == 0);
}

static void
read_block(struct span input)
{
	struct span block = fuzz_copy(input);
	bool good = parts_check(block, &shape);

	NEED(good == is_good(block));
	if (good)
		check_again(block);
	free((void *)(uintptr_t)block.ptr);
}

static void
write_block(struct cursor *c)
{
	static uint8_t out[BLOCK_MAX];
	struct fixed fixed = {.value = {1, 2, 3, 4, 5}};
	struct part part[FEW];
	size_t parts = 0, room = fuzz_u32(c) % (BLOCK_MAX + 1), size;

	while (parts < FEW && !cursor_empty(c)) {
		part[parts].kind = fuzz_u8(c) % (KINDS + 1);
		part[parts++].bytes = fuzz_bytes(c);
	}
	memset(out, 0xa5, sizeof(out));
	size = parts_write(out, room, &shape, &fixed, part, parts);
	NEED(size <= room);
	for (size_t i = size; i < sizeof(out); i++)
		NEED(out[i] == 0xa5);
	if (size == 0)
		return;
	NEED(memcmp(out + 16, fixed.value, sizeof(fixed.value)) == 0);
	read_block(span_of(out, size));
	NEED(is_good(span_of(out, size)));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct cursor c = cursor_of(span_of(data, size));

	if ((fuzz_u8(&c) & 1) != 0)
		write_block(&c);
	else if (c.left <= BLOCK_MAX)
		read_block(cursor_rest(&c));
	return 0;
}
