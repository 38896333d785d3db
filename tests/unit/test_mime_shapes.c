/* SPDX-License-Identifier: ISC */
/*
 * The strict reading of the shapes that tests/mime/shapes.py makes: messages
 * with one trick each and the EICAR file.  It has the file where the table says
 * and nowhere else, reports what the table says, and calls everything ambiguous
 * or limited in which it does not have it and some mail program does.
 */
#include <dirent.h>
#include <unistd.h>

#include "tests/unit/around_mime.h"

#define SHAPES "python3 -B tests/mime/shapes.py "

/* SHA-256 of the EICAR file. */
static const uint8_t eicar[SHA256_BYTES] = {0x27, 0x5a, 0x02, 0x1b, 0xbf, 0xb6,
    0x48, 0x9e, 0x54, 0xd4, 0x71, 0x89, 0x9f, 0x7d, 0xb9, 0xd1, 0x66, 0x3f,
    0xc6, 0x95, 0xec, 0x2f, 0xe2, 0xa2, 0xc4, 0x53, 0x8a, 0xab, 0xf6, 0x51,
    0xfd, 0x0f};

static char folder[] = "/tmp/pratique-shapes-XXXXXX";

static int
make_shapes(void **state)
{
	char command[128];

	(void)state;
	if (mkdtemp(folder) == NULL)
		return -1;
	(void)snprintf(command, sizeof(command), SHAPES "write %s", folder);
	memcpy(told.wanted, eicar, sizeof(eicar));
	return system(command);
}

static int
remove_shapes(void **state)
{
	char path[sizeof(folder) + 256];
	DIR *dir = opendir(folder);
	struct dirent *entry;

	(void)state;
	if (dir == NULL)
		return -1;
	while ((entry = readdir(dir)) != NULL) {
		(void)snprintf(
		    path, sizeof(path), "%s/%s", folder, entry->d_name);
		(void)unlink(path);
	}
	(void)closedir(dir);
	return rmdir(folder);
}

static void
load(const char *name)
{
	char path[sizeof(folder) + 256];
	FILE *file;

	(void)snprintf(path, sizeof(path), "%s/%s.eml", folder, name);
	file = fopen(path, "rb");
	assert_non_null(file);
	message.len = fread(message.bytes, 1, sizeof(message.bytes), file);
	assert_true(message.len > 0 && message.len < sizeof(message.bytes));
	(void)fclose(file);
}

/* Read otherwise than in the table, and ambiguous: what a percent escape is in a
 * value without charset, where an unquoted value ends, and whether a forwarded
 * message that is said to be base64 is opened before that is found wrong. */
static bool
is_disputed(const char *name)
{
	static const char *const names[] = {
	    "par-bnd-ext-pct-bare", "par-token-paren", "str-822-claims-b64"};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		if (strcmp(name, names[i]) == 0)
			return told.ambiguous;
	}
	return false;
}

/* A row of the list: where the file is, what must be found. */
static size_t
judge(const char *name, const char *where, char *found, const char *text)
{
	bool none = where[0] == '-', inside = strchr(where, '*') != NULL;
	size_t wrong = 0;
	char *word, *rest;

	/* What is beyond a limit is not said. */
	if (!inside && !told.limited && !is_disputed(name) &&
	    strcmp(none ? "" : where, told.path) != 0)
		wrong++;
	for (word = strtok_r(found, " \n", &rest); word != NULL;
	     word = strtok_r(NULL, " \n", &rest)) {
		enum anomaly a;

		assert_true(anomaly_find(word, &a));
		if (!anomalies_has(&told.found, a))
			wrong++;
	}
	if (wrong > 0)
		print_error("%s: wanted at %s, is at %s: %.2000s\n", name,
		    where, told.path, text);
	return wrong;
}

static void
test_shapes(void **state)
{
	char line[1024], name[128], where[64], programs[16], clamd[8], row[16];
	size_t rows = 0, wrong = 0;
	FILE *list = popen(SHAPES "list", "r");

	(void)state;
	assert_non_null(list);
	while (fgets(line, sizeof(line), list) != NULL) {
		int at = 0;

		assert_int_equal(sscanf(line, "%15s %127s %63s %15s %7s%n", row,
				     name, where, programs, clamd, &at),
		    5);
		load(name);
		/* The numbered rows in all pieces. */
		if (row[0] == 'C' && message.len <= CUT_MAX)
			(void)read_message();
		else
			feed_steps(message.len, 1);
		wrong += judge(name, where, line + at, told.text);
		if (where[0] == '-' && strpbrk(programs, "123456789") &&
		    !told.ambiguous && !told.limited) {
			print_error("%s: neither ambiguous nor limited: %s\n",
			    name, told.text);
			wrong++;
		}
		rows++;
	}
	assert_int_equal(pclose(list), 0);
	assert_true(rows > 300);
	assert_int_equal(wrong, 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_shapes),
	};

	return cmocka_run_group_tests(tests, make_shapes, remove_shapes);
}
