/* SPDX-License-Identifier: ISC */
/* What a header block says of its body: parser/mime/entity_read.c. */
#include "parser/mime/entity.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "tests/unit/describe_entity.h"

struct row {
	enum entity_place place;
	const char *block;
	const char *want; /* as describe_entity.h has it */
};

#define LEAF  "Content-Type: application/octet-stream"
#define MULTI "Content-Type: multipart/mixed"

static const struct row rows[] = {
    {ENTITY_PART, "", "text/plain"},
    {ENTITY_DIGEST, "", "message/rfc822"},
    {ENTITY_PART, LEAF "; name=\"a.b\"\r\n", "application/octet-stream |a.b"},
    {ENTITY_PART, MULTI "; boundary=\"b1\"\r\n", "multipart/mixed boundary=b1"},
    {ENTITY_PART, MULTI "; boundary=a=b\r\n",
	"multipart/mixed boundary=a=b/a : param-specials-unquoted"},
    {ENTITY_PART, MULTI "; boundary=\"DC_<17.4>\"\r\n",
	"multipart/mixed boundary=DC_<17.4>"},
    {ENTITY_PART, MULTI "; boundary=\"b%1\"\r\n",
	"multipart/mixed boundary=b%251 : boundary-odd !"},
};

static void
test_rows(void **state)
{
	static struct entity e;

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		entity_read(span_text(rows[i].block), rows[i].place, &e);
		assert_string_equal(describe_entity(&e), rows[i].want);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_rows),
	};

	return cmocka_run_group_tests_name("entity", tests, NULL, NULL);
}
