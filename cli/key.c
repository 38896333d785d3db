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
#include <time.h>
#include <unistd.h>

#include "cli/check.h"
#include "cli/stamp_commands.h"
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
	    "       pratique key list [-c FILE] [DIRECTORY]\n"
	    "       pratique key check [-c FILE] [DIRECTORY]\n");
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
		    stderr, "pratique: cannot create %s: %m\n", CONFIG_KEY_DIR);
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
	check_warn(file, key, (uint64_t)time(NULL), stderr);
	return EX_OK;
}

static bool
refuse(const char *option, const char *value, const char *what)
{
	fprintf(stderr, "pratique: %s \"%s\" %s\n", option, value, what);
	return false;
}

static bool
take_day(const char *option, const char *text, uint64_t *out)
{
	return key_day_parse(span_text(text), out) ||
	       refuse(
		   option, text, "is not a day; give one such as 2026-11-20");
}

/* False when the reason has been written. */
static bool
take_option(int c, const char *text, struct key *key)
{
	switch (c) {
	case 'u':
		key->stamps = strcmp(text, "stamp") == 0;
		return key->stamps || strcmp(text, "check") == 0 ||
		       refuse("--use", text,
			   "is not a use of a key; give stamp or check");
	case 'f':
		return take_day("--from", text, &key->from);
	case 't':
		if (!take_day("--until", text, &key->until))
			return false;
		key->until += DAY - 1;
		return true;
	default:
		usage();
		return false;
	}
}

static bool
is_right(const struct key *key, const char *id)
{
	char from[KEY_DAY_MAX], until[KEY_DAY_MAX];

	key_day_write(key->from, from);
	key_day_write(key->until, until);
	if (key->from > key->until) {
		fprintf(stderr,
		    "pratique: --until \"%s\" is before --from \"%s\"; give a "
		    "later day\n",
		    until, from);
		return false;
	}
	return stamp_key_fit(span_text(id)) ||
	       refuse("ID", id, "is none; give " VALUE_KEY_FORM);
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
			return EX_USAGE;
	}
	if (optind != argc - 1)
		return usage();
	if (!is_right(&key, argv[optind]))
		return EX_USAGE;
	memcpy(key.id, argv[optind], strlen(argv[optind]) + 1);
	status = make_key(&key, file);
	sodium_memzero(&key, sizeof(key));
	return status;
}

/* --- list, check ------------------------------------------------------------ */

/* What [-c FILE] [DIRECTORY] stands for. */
struct key_place {
	struct config config; /* of which only the part about stamps counts */
	const char *dir;
	bool given; /* on the command line */
	bool no_config;
};

/* Only faults of the configuration are reported: whether other settings are
 * unwise has nothing to do with keys. */
static bool
read_config(const char *file, struct config *out)
{
	char *said = NULL;
	size_t len = 0;
	FILE *err = open_memstream(&said, &len);
	bool ok;

	if (err == NULL)
		return false;
	ok = config_read(file, out, err);
	if (fclose(err) == 0 && !ok)
		fputs(said, stderr);
	free(said);
	return ok;
}

/* EX_OK, or an exit status when the reason has been written.  A directory can
 * be looked at where there is no configuration. */
static int
find_place(int argc, char **argv, struct key_place *out)
{
	const char *file = NULL;
	int c;

	while ((c = getopt(argc, argv, "c:")) != -1) {
		if (c != 'c')
			return usage();
		file = optarg;
	}
	if (argc - optind > 1)
		return usage();
	out->given = optind < argc;
	if (file == NULL && access(CONFIG_DEFAULT_FILE, F_OK) == -1) {
		config_stamp_presets(&out->config);
		out->no_config = true;
	} else if (!read_config(
		       file == NULL ? CONFIG_DEFAULT_FILE : file, &out->config))
		return EX_CONFIG;
	out->dir = out->given
		       ? argv[optind]
		       : config_key_dir(&out->config, check_credentials());
	return EX_OK;
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
	static struct key_place place;
	const struct keyring *ring;
	char why[KEYRING_WHY];
	int status = find_place(argc, argv, &place);

	if (status != EX_OK)
		return status;
	if (!reader_load(place.dir, "", false, why, sizeof(why))) {
		fprintf(stderr, "%s\n", why);
		return EX_DATAERR;
	}
	ring = keyring_get();
	for (uint32_t i = 0; i < ring->count; i++)
		print_key(&ring->key[i]);
	return EX_OK;
}

static int
key_check(int argc, char **argv)
{
	static struct key_place place;
	const struct keyring *ring;
	int status = find_place(argc, argv, &place);

	if (status != EX_OK)
		return status;
	if (!place.given && !place.no_config &&
	    !config_has_keys(&place.config)) {
		printf("no keys are in use: the configuration neither stamps "
		       "nor has a stamp_peer\n");
		return EX_OK;
	}
	if (!check_keys(&place.config, place.dir, (uint64_t)time(NULL), stderr))
		return EX_DATAERR;
	ring = keyring_get();
	printf("%s: %u %s, stamping: %s\n", place.dir, ring->count,
	    ring->count == 1 ? "key" : "keys",
	    keyring_stamping() != NULL ? keyring_stamping()->id : "none");
	return EX_OK;
}

int
cli_key(int argc, char **argv)
{
	const struct rlimit none = {0, 0};
	int status = EX_USAGE;

	/* Keys are in here: no core file, and no tracing. */
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
