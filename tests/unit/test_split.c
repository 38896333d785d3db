/* SPDX-License-Identifier: ISC */
/* The end of a header, however the bytes that it is made of come. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "parser/mime/split.h"

static const char text[] = "A: b\r\nC: d\r\n\r\n\r\nbody\r\n";

struct found {
	char run[sizeof(text)];
	size_t len;
	size_t blank; /* so many bytes came before the empty line */
};

static void
take(struct split *s, const struct levels *levels, struct span piece, bool end,
    struct found *found)
{
	struct level_range none = {0};
	struct cursor in = cursor_of(piece);
	struct split_event e;
	enum split_what what;

	while (
	    (what = split_next(s, levels, none, &in, end, &e)) != SPLIT_MORE) {
		if (what == SPLIT_BLANK) {
			found->blank = found->len;
			split_begin(s, levels, none, false);
			continue;
		}
		assert_int_equal(what, SPLIT_RUN);
		memcpy(found->run + found->len, e.run.ptr, e.run.len);
		found->len += e.run.len;
	}
}

/* In three pieces. */
static void
check(size_t first, size_t second)
{
	static struct levels levels;
	static struct split_held held;
	struct split s = {.held = &held};
	struct found found = {.blank = SIZE_MAX};

	split_begin(&s, &levels, (struct level_range){0}, true);
	take(&s, &levels, span_of(text, first), false, &found);
	take(&s, &levels, span_of(text + first, second - first), false, &found);
	take(&s, &levels, span_of(text + second, sizeof(text) - 1 - second),
	    false, &found);
	take(&s, &levels, span_of("", 0), true, &found);
	found.run[found.len] = '\0';
	assert_string_equal(found.run, "A: b\r\nC: d\r\n\r\nbody\r\n");
	assert_int_equal(found.blank, strlen("A: b\r\nC: d\r\n"));
}

static void
a_header_ends_at_the_same_line_wherever_it_is_cut(void **state)
{
	(void)state;
	for (size_t first = 0; first < sizeof(text); first++)
		for (size_t second = first; second < sizeof(text); second++)
			check(first, second);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_header_ends_at_the_same_line_wherever_it_is_cut),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
