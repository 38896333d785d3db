/* SPDX-License-Identifier: ISC */
/* Header blocks and what is to be read of them, as tables. */
#ifndef TESTS_UNIT_ENTITY_ROWS_H
#define TESTS_UNIT_ENTITY_ROWS_H

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "tests/unit/describe.h"

#define TOP	ENTITY_TOP
#define PART	ENTITY_PART
#define DIGEST	ENTITY_DIGEST
#define MESSAGE ENTITY_MESSAGE

#define CT	 "Content-Type: "
#define CTE	 "Content-Transfer-Encoding: "
#define CD	 "Content-Disposition: "
#define ATTACHED CD "attachment; "

struct entity_row {
	enum entity_place place;
	const char *block; /* with LF, which becomes CR LF but at the top */
	const char *want;  /* as describe.h has it */
};

/* What is read stands in a copy that is gone when it is looked at, in memory
 * that was full of other things. */
static inline const char *
entity_described(struct span block, enum entity_place place)
{
	static struct entity e;
	uint8_t *copy = malloc(2 * block.len + 1);
	size_t len = 0;

	assert_non_null(copy);
	for (size_t i = 0; i < block.len; i++) {
		if (block.ptr[i] == '\n' && place != ENTITY_TOP)
			copy[len++] = '\r';
		copy[len++] = block.ptr[i];
	}
	memset(&e, 0xa5, sizeof(e));
	entity_read(span_of(copy, len), place, &e);
	memset(copy, 'x', len);
	free(copy);
	return describe_entity(&e);
}

static inline void
check_entity_rows(const struct entity_row *row, size_t count)
{
	size_t wrong = 0;

	for (size_t i = 0; i < count; i++) {
		const char *is =
		    entity_described(span_text(row[i].block), row[i].place);

		if (strcmp(is, row[i].want) == 0)
			continue;
		print_error(
		    "%sis:   %s\nwant: %s\n", row[i].block, is, row[i].want);
		wrong++;
	}
	assert_int_equal(wrong, 0);
}

#endif
