/* SPDX-License-Identifier: ISC */
/*
 * Replays inputs through a target, without a fuzzer: a test of `make check`,
 * and the way to look into one input with a debugger.
 *
 *	NAME			all of fuzz/corpus/NAME and fuzz/regressions/NAME
 *	NAME FILE|FOLDER...	these
 *
 * Prints TAP, one test per argument.  A finding ends the program, after the
 * name of the input that led to it.  An empty folder is a fault, but for
 * regressions: there may be none.
 */
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "fuzz/kit/fuzz.h"

#define INPUT_MAX ((size_t)1 << 20) /* as the fuzzers' -max_len and -G */
#define PATH_LEN  1024

static uint8_t input[INPUT_MAX];

static bool
replay_file(const char *path)
{
	FILE *fp = fopen(path, "rb");
	struct span copy;
	size_t len;

	if (fp == NULL)
		return false;
	len = fread(input, 1, sizeof(input), fp);
	fclose(fp);
	fprintf(stderr, "%s\n", path);
	copy = fuzz_copy(span_of(input, len));
	(void)LLVMFuzzerTestOneInput(copy.ptr, copy.len);
	free((void *)(uintptr_t)copy.ptr);
	return true;
}

static int
visible(const struct dirent *entry)
{
	return entry->d_name[0] != '.';
}

/* Returns how many inputs there were, -1 if one could not be read. */
static int
replay_folder(const char *path)
{
	struct dirent **entry = NULL;
	char file[PATH_LEN];
	int n = scandir(path, &entry, visible, alphasort);
	bool ok = n >= 0;

	for (int i = 0; i < n; i++) {
		int len = snprintf(
		    file, sizeof(file), "%s/%s", path, entry[i]->d_name);

		ok = ok && len > 0 && (size_t)len < sizeof(file) &&
		     replay_file(file);
		free(entry[i]);
	}
	free(entry);
	return ok ? n : -1;
}

static bool
replay(int test, const char *path, bool may_be_empty)
{
	struct stat st = {0};
	int n = -1;

	if (stat(path, &st) == -1 && errno == ENOENT && may_be_empty)
		n = 0;
	else if (S_ISDIR(st.st_mode))
		n = replay_folder(path);
	else if (replay_file(path))
		n = 1;
	printf("%s %d - %s: %d inputs\n",
	    n > 0 || (n == 0 && may_be_empty) ? "ok" : "not ok", test, path, n);
	fflush(stdout);
	return n >= 0;
}

int
main(int argc, char **argv)
{
	const char *slash = strrchr(argv[0], '/');
	const char *name = slash == NULL ? argv[0] : slash + 1;
	char path[PATH_LEN];
	bool ok = true;

	/* The names of inputs are for the reader of a failure only. */
	if (argc > 1) {
		printf("1..%d\n", argc - 1);
		for (int i = 1; i < argc; i++)
			ok = replay(i, argv[i], false) && ok;
		return ok ? 0 : 1;
	}
	printf("1..2\n");
	snprintf(path, sizeof(path), "fuzz/corpus/%s", name);
	ok = replay(1, path, false);
	snprintf(path, sizeof(path), "fuzz/regressions/%s", name);
	return replay(2, path, true) && ok ? 0 : 1;
}
