/* SPDX-License-Identifier: ISC */
/* A block in parts; see parts.h. */
#include "privsep/ipc/parts.h"

#include "lib/ensure.h"

static size_t
aligned(size_t size)
{
	return (size + PARTS_ALIGN - 1) / PARTS_ALIGN * PARTS_ALIGN;
}

static bool
shape_is_sound(const struct parts_shape *shape)
{
	return shape->fixed >= sizeof(struct parts_head) &&
	       shape->fixed <= PARTS_SIZE_MAX &&
	       shape->kinds <= PARTS_KINDS_MAX;
}

/* --- rules ---------------------------------------------------------------- */

/* One more part of that kind and length, of which there were *count. */
static bool
rule_takes(const struct parts_shape *shape, uint32_t kind, size_t length,
    uint32_t count[static PARTS_KINDS_MAX])
{
	const struct parts_rule *rule;

	if (kind >= shape->kinds)
		return false;
	rule = &shape->rule[kind];
	return count[kind]++ < rule->most && length > 0 &&
	       length <= rule->length_max && rule->unit != 0 &&
	       length % rule->unit == 0;
}

static bool
rules_have_enough(const struct parts_shape *shape,
    const uint32_t count[static PARTS_KINDS_MAX])
{
	for (uint32_t i = 0; i < shape->kinds; i++) {
		if (count[i] < shape->rule[i].least)
			return false;
	}
	return true;
}

/* --- writing ---------------------------------------------------------------- */

static size_t
rows_end(size_t fixed, size_t parts)
{
	return aligned(fixed) + parts * sizeof(struct parts_row);
}

/* The size of a block with these parts; 0 if it may not have them. */
static size_t
size_of(const struct parts_shape *shape, const struct part *part, size_t parts)
{
	uint32_t count[PARTS_KINDS_MAX] = {0};
	size_t end = rows_end(shape->fixed, parts);

	if (parts > PARTS_MAX)
		return 0;
	for (size_t i = 0; i < parts; i++) {
		if (!rule_takes(
			shape, part[i].kind, part[i].bytes.len, count) ||
		    part[i].bytes.len > PARTS_SIZE_MAX)
			return 0;
		end = aligned(end) + part[i].bytes.len;
		if (end > PARTS_SIZE_MAX)
			return 0;
	}
	return rules_have_enough(shape, count) ? end : 0;
}

size_t
parts_write(void *out, size_t room, const struct parts_shape *shape,
    const void *fixed, const struct part *part, size_t parts)
{
	size_t size, end = rows_end(shape->fixed, parts);
	uint8_t *to = out, *row = to + aligned(shape->fixed);
	struct parts_head head = {.fixed = shape->fixed};

	ensure(shape_is_sound(shape));
	size = size_of(shape, part, parts);
	if (size == 0 || size > room)
		return 0;
	memset(to, 0, size);
	memcpy(to, fixed, shape->fixed);
	head.size = (uint32_t)size;
	head.parts = (uint32_t)parts;
	memcpy(to, &head, sizeof(head));
	for (size_t i = 0; i < parts; i++) {
		struct parts_row r = {.kind = part[i].kind,
		    .offset = (uint32_t)aligned(end),
		    .length = (uint32_t)part[i].bytes.len};

		memcpy(row + i * sizeof(r), &r, sizeof(r));
		memcpy(to + r.offset, part[i].bytes.ptr, r.length);
		end = r.offset + r.length;
	}
	ensure(end == size && parts_check(span_of(out, size), shape));
	return size;
}

/* --- reading ---------------------------------------------------------------- */

/* Nothing is read through a pointer to a struct: blocks in a fuzzer's hands
 * begin anywhere. */
static bool
read_head(struct span block, struct parts_head *head)
{
	if (block.len < sizeof(*head))
		return false;
	memcpy(head, block.ptr, sizeof(*head));
	return true;
}

static struct parts_row
read_row(struct span block, const struct parts_head *head, uint32_t i)
{
	size_t at = rows_end(head->fixed, i);
	struct parts_row row;

	ensure(at <= block.len && block.len - at >= sizeof(row));
	memcpy(&row, block.ptr + at, sizeof(row));
	return row;
}

static bool
is_zero(struct span block, size_t from, size_t to)
{
	for (; from < to; from++) {
		if (block.ptr[from] != 0)
			return false;
	}
	return true;
}

/* The rows are in the block, behind the fixed struct. */
static bool
head_is_good(struct span block, const struct parts_head *head,
    const struct parts_shape *shape)
{
	return head->size == block.len && block.len <= PARTS_SIZE_MAX &&
	       head->fixed == shape->fixed && head->parts <= PARTS_MAX &&
	       head->zero == 0 &&
	       rows_end(head->fixed, head->parts) <= block.len &&
	       is_zero(block, head->fixed, aligned(head->fixed));
}

bool
parts_check(struct span block, const struct parts_shape *shape)
{
	uint32_t count[PARTS_KINDS_MAX] = {0};
	struct parts_head head;
	size_t end;

	ensure(shape_is_sound(shape));
	if (!read_head(block, &head) || !head_is_good(block, &head, shape))
		return false;
	end = rows_end(head.fixed, head.parts);
	for (uint32_t i = 0; i < head.parts; i++) {
		struct parts_row row = read_row(block, &head, i);

		if (!rule_takes(shape, row.kind, row.length, count) ||
		    row.zero != 0 || row.offset != aligned(end) ||
		    row.offset > block.len ||
		    row.length > block.len - row.offset ||
		    !is_zero(block, end, row.offset))
			return false;
		end = row.offset + row.length;
	}
	return end == block.len && rules_have_enough(shape, count);
}

struct span
parts_get(struct span block, uint32_t kind, uint32_t number)
{
	struct parts_head head;

	ensure(read_head(block, &head) && head.size == block.len);
	for (uint32_t i = 0; i < head.parts; i++) {
		struct parts_row row = read_row(block, &head, i);

		if (row.kind == kind && number-- == 0) {
			ensure(row.offset <= block.len &&
			       row.length <= block.len - row.offset);
			return span_of(block.ptr + row.offset, row.length);
		}
	}
	return span_of(NULL, 0);
}
