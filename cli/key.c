/* SPDX-License-Identifier: ISC */
/*
 * pratique key: makes key files, lists a directory of them, and checks it as
 * the daemon does.  No secret is ever printed.
 */
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <limits.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sysexits.h>
#include <unistd.h>

#include "cli/stamps.h"
#include "config/config.h"
#include "config/values.h"
#include "keys/reader.h"

#define DAY UINT64_C(86400)

static int
usage(void)
{
	fprintf(stderr,
	    "usage: pratique key new [--use stamp|check] [--from DAY] "
	    "[--until DAY]\n"
	    "           [--file FILE] ID\n"
	    "       pratique key list [DIRECTORY]\n"
	    "       pratique key check [DIRECTORY]\n");
	return EX_USAGE;
}

/* --- new -------------------------------------------------------------------- */

/* Writes the whole text to a file that was not there; false with errno. */
static bool
write_new(const char *path, const char *text, size_t len)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0400);
	bool ok;

	if (fd == -1)
		return false;
	ok = fchmod(fd, 0400) == 0 && write(fd, text, len) == (ssize_t)len &&
	     fsync(fd) == 0;
	if (close(fd) == -1)
		ok = false;
	if (!ok) {
		int saved = errno;
		unlink(path);
		errno = saved;
	}
	return ok;
}

static int
make_key(struct key *key, const char *file)
{
	char path[PATH_MAX], text[KEY_FILE_MAX];
	bool ok;

	if (file == NULL && mkdir(CONFIG_KEY_DIR, 0700) == -1 &&
	    errno != EEXIST) {
		fprintf(
		    stderr, "pratique: cannot make %s: %m\n", CONFIG_KEY_DIR);
		return EX_CANTCREAT;
	}
	snprintf(
	    path, sizeof(path), CONFIG_KEY_DIR "/%s" KEYRING_SUFFIX, key->id);
	if (file == NULL)
		file = path;
	randombytes_buf(key->secret, sizeof(key->secret));
	key_file_write(key, text);
	ok = write_new(file, text, strlen(text));
	sodium_memzero(text, sizeof(text));
	if (!ok) {
		fprintf(stderr, "pratique: cannot write %s: %m\n", file);
		return EX_CANTCREAT;
	}
	printf("%s\n", file);
	return EX_OK;
}

static bool
take_option(int c, const char *text, struct key *key)
{
	switch (c) {
	case 'u':
		key->stamps = strcmp(text, "stamp") == 0;
		return key->stamps || strcmp(text, "check") == 0;
	case 'f':
		return key_day_parse(span_text(text), &key->from);
	case 't':
		if (!key_day_parse(span_text(text), &key->until))
			return false;
		key->until += DAY - 1;
		return true;
	default:
		return false;
	}
}

static int
key_new(int argc, char **argv)
{
	static const struct option options[] = {
	    {"use", required_argument, NULL, 'u'},
	    {"from", required_argument, NULL, 'f'},
	    {"until", required_argument, NULL, 't'},
	    {"file", required_argument, NULL, 'o'},
	    {NULL, 0, NULL, 0},
	};
	struct key key = {.until = STAMP_NUMBER_MAX};
	const char *file = NULL;
	int c, status;

	while ((c = getopt_long(argc, argv, "", options, NULL)) != -1) {
		if (c == 'o')
			file = optarg;
		else if (!take_option(c, optarg, &key))
			return usage();
	}
	if (optind != argc - 1 || key.from > key.until)
		return usage();
	if (!stamp_key_fit(span_text(argv[optind]))) {
		fprintf(stderr,
		    "pratique: \"%s\" is not an id; give " VALUE_KEY_FORM "\n",
		    argv[optind]);
		return EX_USAGE;
	}
	memcpy(key.id, argv[optind], strlen(argv[optind]) + 1);
	status = make_key(&key, file);
	sodium_memzero(&key, sizeof(key));
	return status;
}

/* --- list, check ------------------------------------------------------------ */

/* The ring of a directory; what is wrong with it has been told if false. */
static bool
load(int argc, char **argv)
{
	char why[PATH_MAX + 256];

	if (reader_load(argc == 2 ? argv[1] : CONFIG_KEY_DIR, "", false, why,
		sizeof(why)))
		return true;
	fprintf(stderr, "pratique: %s\n", why);
	return false;
}

static void
print_key(const struct key *key)
{
	char from[KEY_DAY_MAX] = "-", until[KEY_DAY_MAX] = "-";

	if (key->from != 0)
		key_day_write(key->from, from);
	if (key->until != STAMP_NUMBER_MAX)
		key_day_write(key->until, until);
	printf("%s %s %s %s\n", key->id, key->stamps ? "stamp" : "check", from,
	    until);
}

static int
key_list(int argc, char **argv)
{
	const struct keyring *ring;

	if (argc > 2)
		return usage();
	if (!load(argc, argv))
		return EX_DATAERR;
	ring = keyring_get();
	for (uint32_t i = 0; i < ring->count; i++)
		print_key(&ring->key[i]);
	return EX_OK;
}

static int
key_check(int argc, char **argv)
{
	const struct keyring *ring;

	if (argc > 2)
		return usage();
	if (!load(argc, argv))
		return EX_DATAERR;
	ring = keyring_get();
	printf("%u %s, stamping: %s\n", ring->count,
	    ring->count == 1 ? "key" : "keys",
	    ring->stamping < ring->count ? ring->key[ring->stamping].id
					 : "none");
	return EX_OK;
}

int
cli_key(int argc, char **argv)
{
	const struct rlimit none = {0, 0};
	int status = EX_USAGE;

	/* Keys are in here: no core, and nobody looks in. */
	if (prctl(PR_SET_DUMPABLE, 0) == -1 ||
	    setrlimit(RLIMIT_CORE, &none) == -1 || !keyring_setup()) {
		fprintf(stderr, "pratique: no safe memory for keys: %m\n");
		return EX_OSERR;
	}
	if (argc > 1 && strcmp(argv[1], "new") == 0)
		status = key_new(argc - 1, argv + 1);
	else if (argc > 1 && strcmp(argv[1], "list") == 0)
		status = key_list(argc - 1, argv + 1);
	else if (argc > 1 && strcmp(argv[1], "check") == 0)
		status = key_check(argc - 1, argv + 1);
	else
		usage();
	keyring_wipe();
	return status;
}
