/* SPDX-License-Identifier: ISC */
/* Which lines are delimiters, and which only resemble one:
 * parser/mime/level.c. */
#include "parser/mime/level.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

static struct levels levels;

/* One open multipart with an unquoted boundary, of which some programs take no
 * more than the token it begins with. */
static const struct {
	const char *boundary;
	size_t token;
	const char *line;
	enum level_line want;
} rows[] = {
    {"a=b", 1, "--a=b\r\n", LEVEL_OPENS},
    {"a=b", 1, "--a=b--\r\n", LEVEL_CLOSES},
    {"a=b", 1, "--a=bc\r\n", LEVEL_NEAR},
    {"a=b", 1, "--a\r\n", LEVEL_NEAR},
    {"a=b", 1, "--a--\r\n", LEVEL_NEAR},
    {"a=b", 1, "--ax\r\n", LEVEL_NEAR},
    {"a=b", 1, "--b\r\n", LEVEL_PLAIN},
    {"a=b", 1, "-a\r\n", LEVEL_PLAIN},
    {"a=b", 1, "a\r\n", LEVEL_PLAIN},
    {"a=b", 3, "--a\r\n", LEVEL_PLAIN},
    {"a=b", 3, "--a=bc\r\n", LEVEL_NEAR},
    /* Hyphens alone are the beginning of many lines. */
    {"----=_b", 4, "------\r\n", LEVEL_NEAR},
    {"----=_b", 4, "--------\r\n", LEVEL_NEAR},
    {"----=_b", 4, "------ Original Message ------\r\n", LEVEL_PLAIN},
    {"----=_b", 4, "----------------\r\n", LEVEL_PLAIN},
    {"----=_b", 4, "-- \r\n", LEVEL_PLAIN},
    {"----=_b", 7, "------\r\n", LEVEL_PLAIN},
};

static void
test_tokens(void **state)
{
	const struct level_range range = {0, 1};
	struct level *l = level_at(&levels, 0);
	uint32_t level;

	(void)state;
	levels.count = 1;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		l->boundary_len = (uint16_t)strlen(rows[i].boundary);
		l->token_len = (uint16_t)rows[i].token;
		memcpy(l->boundary, rows[i].boundary, l->boundary_len);
		assert_int_equal(level_match(&levels, range,
				     span_text(rows[i].line), true, &level),
		    rows[i].want);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_tokens),
	};

	return cmocka_run_group_tests_name("level", tests, NULL, NULL);
}
