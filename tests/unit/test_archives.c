/* SPDX-License-Identifier: ISC */
/* What a clamd's OK is worth for archives: scanner/archives.c, with a clamd
 * whose limits the test gives, and the real look at a message. */
#include "scanner/archives.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#include "scanner/clamd/backend.h"
#include "scanner/clamd/meter.h"

static struct backend_settings settings;
static struct backend backend = {.settings = &settings};
static struct archive_bounds bounds;

struct backend *
backend_at(uint32_t index)
{
	assert_int_equal(index, 3);
	return &backend;
}

void
meter_bounds(uint32_t index, struct archive_bounds *out)
{
	assert_int_equal(index, 3);
	*out = bounds;
}

/* An archive of which nobody knows what is in it; a file that unpacks to
 * 257 bytes; text.  Each is short, so that it is still to be searched when the
 * message is whole. */
#define GZIP "\x1f\x8b\x08\x08zzzz\2\3name"
#define FILE_257                             \
	"PK\3\4\x14\0\0\0\x08\0\0\0\0\0zzzz" \
	"\x63\0\0\0\1\1\0\0\1\0\0\0a"
#define TEXT "nothing but words"

static void
test_rows(void **state)
{
	static const struct {
		const char *bytes;
		size_t len;
		bool told, strict; /* of clamd's; of its section */
		enum archive_fault fault;
		bool blind;
	} rows[] = {
	    {TEXT, sizeof(TEXT) - 1, false, false, ARCHIVE_FINE, false},
	    {TEXT, sizeof(TEXT) - 1, false, true, ARCHIVE_FINE, false},
	    {GZIP, sizeof(GZIP) - 1, false, false, ARCHIVE_FINE, true},
	    {GZIP, sizeof(GZIP) - 1, false, true, ARCHIVE_NESTED, true},
	    {GZIP, sizeof(GZIP) - 1, true, false, ARCHIVE_FINE, false},
	    {GZIP, sizeof(GZIP) - 1, true, true, ARCHIVE_FINE, false},
	    {FILE_257, sizeof(FILE_257) - 1, false, false, ARCHIVE_TOO_BIG,
		false},
	    {FILE_257, sizeof(FILE_257) - 1, false, true, ARCHIVE_TOO_BIG,
		false},
	    {FILE_257, sizeof(FILE_257) - 1, true, true, ARCHIVE_FINE, false},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct look l = {0};
		bool blind;

		bounds = (struct archive_bounds){
		    .file = 256, .all = UINT64_MAX, .told = rows[i].told};
		settings.require_alerts = rows[i].strict;
		look_body(&l, span_of(rows[i].bytes, rows[i].len));
		print_message("row %zu\n", i);
		assert_int_equal(archives_judge(&l, 3, &blind), rows[i].fault);
		assert_int_equal(blind, rows[i].blind);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_rows)};

	look_setup(UINT64_C(0x9e3779b97f4a7c15));
	return cmocka_run_group_tests(tests, NULL, NULL);
}
