/* SPDX-License-Identifier: ISC */
/*
 * pratique verify: what the stamps of a saved message claim, and whether they
 * are good.  Reads the keys itself, and does not need the daemon.
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sysexits.h>
#include <time.h>
#include <unistd.h>

#include "cli/check.h"
#include "cli/message.h"
#include "cli/stamp_commands.h"
#include "cli/stamp_judge.h"
#include "config/config.h"
#include "keys/notary.h"
#include "keys/reader.h"

#define MESSAGE_MAX ((size_t)256 << 20)
#define NOT_SKIPPED 1 /* exit status */

struct arguments {
	const char *config;
	bool has_client;
	struct network client;
	char *key[KEYRING_MAX];
	size_t keys;
	uint64_t now;
	struct database own;
};

static struct config config;
static struct stamp_settings settings;

static int
usage(void)
{
	fprintf(stderr,
	    "usage: pratique verify [-c FILE] [-k KEYFILE]... [-a ADDRESS]\n"
	    "           [-t SECONDS] [-d NUMBER:SECONDS] FILE...\n");
	return EX_USAGE;
}

static bool
take_number(const char **text, uint64_t *out)
{
	char *end;

	errno = 0;
	*out = strtoull(*text, &end, 10);
	if (end == *text || **text == '-' || errno != 0 ||
	    *out > STAMP_NUMBER_MAX)
		return false;
	*text = end;
	return true;
}

static bool
take_database(const char *text, struct database *out)
{
	uint64_t number;

	if (!take_number(&text, &number) || number > UINT32_MAX ||
	    *text++ != ':' || !take_number(&text, &out->time) || *text != '\0')
		return false;
	out->number = (uint32_t)number;
	return number > 0 && out->time > 0; /* else it would be unknown */
}

static bool
refuse(int option, const char *value, const char *what)
{
	fprintf(stderr, "pratique: -%c \"%s\" %s\n", option, value, what);
	return false;
}

static bool
take_address(const char *text, struct arguments *a)
{
	a->has_client = network_of(text, &a->client);
	return a->has_client ||
	       refuse('a', text,
		   "is not an IP address; give one such as 192.0.2.11");
}

static bool
take_key(char *file, struct arguments *a)
{
	if (a->keys == KEYRING_MAX)
		return refuse('k', file, "is one too many; the most is 64");
	a->key[a->keys++] = file;
	return true;
}

static bool
take_option(int c, struct arguments *a)
{
	const char *text = optarg;

	switch (c) {
	case 'a':
		return take_address(text, a);
	case 'c':
		a->config = text;
		return true;
	case 'd':
		return take_database(text, &a->own) ||
		       refuse(c, text,
			   "is not the number and time of a database; give them "
			   "as 27091:1699950000");
	case 'k':
		return take_key(optarg, a);
	case 't':
		return (take_number(&text, &a->now) && *text == '\0') ||
		       refuse(
			   c, optarg, "is not a time; give seconds since 1970");
	default:
		usage();
		return false;
	}
}

/* False when all has been said. */
static bool
parse_arguments(int argc, char **argv, struct arguments *a)
{
	int c;

	while ((c = getopt(argc, argv, "a:c:d:k:t:")) != -1) {
		if (!take_option(c, a))
			return false;
	}
	if (optind == argc)
		usage();
	return optind < argc;
}

/* --- settings and keys ------------------------------------------------------- */

/* What the configuration says, or with -k alone what it would say if it were
 * empty. */
static bool
read_settings(const struct arguments *a)
{
	if (a->keys > 0 && a->config == NULL) {
		config_stamp_presets(&config);
		settings = config.scanner.stamp;
		return true;
	}
	if (!config_read(a->config == NULL ? CONFIG_DEFAULT_FILE : a->config,
		&config, stderr))
		return false;
	settings = config.scanner.stamp;
	return true;
}

/* EX_OK, or an exit status when all has been said. */
static int
read_keys(const struct arguments *a)
{
	const char *dir = config_key_dir(&config, check_credentials());
	char why[PATH_MAX + 256];
	bool ok;

	if (!keyring_setup()) {
		fprintf(stderr, "pratique: no safe memory for keys: %m\n");
		return EX_OSERR;
	}
	ok = a->keys > 0 ? reader_load_files(a->key, a->keys, why, sizeof(why))
			 : reader_load(dir, "", false, why, sizeof(why));
	if (!ok)
		fprintf(stderr, "pratique: %s\n", why);
	return ok ? EX_OK : EX_CONFIG;
}

/* Whose stamps are good: those of the client's peer or, without a client, those
 * made with any known key. */
static uint32_t
choose_peer(const struct arguments *a)
{
	const struct keyring *ring = keyring_get();
	struct stamp_peer *any = &settings.peer[0];

	if (!a->has_client) {
		*any = (struct stamp_peer){.keys = ring->count};
		settings.peers = 1;
		for (uint32_t i = 0; i < ring->count; i++)
			memcpy(
			    any->key[i], ring->key[i].id, sizeof(any->key[i]));
		return 0;
	}
	for (uint32_t i = 0; i < settings.peers; i++) {
		if (network_holds(&settings.peer[i].network, &a->client))
			return i;
	}
	return JUDGE_PEER_NONE;
}

/* --- messages ---------------------------------------------------------------- */

/* The whole file in memory that is never given back; len SIZE_MAX: no. */
static struct span
read_message(const char *file)
{
	static uint8_t *text;
	int fd = strcmp(file, "-") == 0 ? STDIN_FILENO
					: open(file, O_RDONLY | O_CLOEXEC);
	size_t len = 0;
	ssize_t n = -1;

	if (text == NULL)
		text = malloc(MESSAGE_MAX);
	if (fd != -1 && text != NULL)
		while ((n = read(fd, text + len, MESSAGE_MAX - len)) > 0)
			len += (size_t)n;
	if (n == -1 || len == MESSAGE_MAX) {
		fprintf(stderr, "pratique: cannot read %s: %s\n", file,
		    n == -1 ? strerror(errno) : "too long");
		len = SIZE_MAX;
	}
	if (fd > STDIN_FILENO)
		close(fd);
	return span_of(text, len);
}

static void
print_reason(enum stamp_reason reason, enum digest_fault fault)
{
	printf(" reason=%s", stamp_reason_name(reason));
	if (reason == STAMP_NOT_DIGESTIBLE)
		printf(":%s", digest_fault_name(fault));
}

static void
print_stamp(uint32_t number, const struct judged *j)
{
	static const char *const absent[] = {"none", "d", "m", "dm"};
	const struct stamp *s = &j->stamp;

	printf("stamp=%u result=%s", number,
	    j->reason == STAMP_GOOD ? "good" : "bad");
	if (j->reason != STAMP_GOOD)
		print_reason(j->reason, j->fault);
	if (j->read) {
		printf(" k=%s i=", s->key);
		for (size_t i = 0; i < STAMP_ID; i++)
			printf("%02x", s->id[i]);
		printf(" t=%ju x=%ju e=%s d=%ju g=%ju p=%s f=%s",
		    (uintmax_t)s->time, (uintmax_t)s->expiry, s->engine,
		    (uintmax_t)s->database, (uintmax_t)s->database_time,
		    s->profile, absent[s->flags & STAMP_FLAGS]);
	}
	putchar('\n');
}

static int
verify(const struct judge *judge, const char *file)
{
	struct judged judged[STAMPS_MAX];
	enum digest_fault fault = DIGEST_OK;
	struct span text = read_message(file);
	enum stamp_reason reason;
	enum outcome bounds;
	uint32_t stamps, good = 0;

	if (text.len == SIZE_MAX)
		return EX_NOINPUT;
	judge_begin(judge);
	message_judge(text);
	judge_digests();
	stamps = judge_stamps(judge, judged);
	for (uint32_t i = 0; i < stamps && i < STAMPS_MAX; i++)
		print_stamp(i + 1, &judged[i]);
	bounds = judge_bounds();
	reason = judge_message(judge, stamps, judged, &good, &fault);
	if (bounds != OUTCOME_CLEAN)
		printf("message result=unscanned reason=%s file=%s\n",
		    outcome_reason(bounds), file);
	else if (reason == STAMP_GOOD)
		printf("message result=skip stamp=%u file=%s\n", good, file);
	else {
		printf("message result=rescan");
		print_reason(reason, fault);
		printf(" file=%s\n", file);
	}
	return bounds == OUTCOME_CLEAN && reason == STAMP_GOOD ? EX_OK
							       : NOT_SKIPPED;
}

int
cli_verify(int argc, char **argv)
{
	const struct rlimit none = {0, 0};
	struct arguments a = {.now = (uint64_t)time(NULL)};
	struct judge judge;
	int status = EX_OK;

	if (!parse_arguments(argc, argv, &a))
		return EX_USAGE;
	if (prctl(PR_SET_DUMPABLE, 0) == -1 ||
	    setrlimit(RLIMIT_CORE, &none) == -1) {
		fprintf(stderr, "pratique: cannot keep keys safe: %m\n");
		return EX_OSERR;
	}
	if (!read_settings(&a))
		return EX_CONFIG;
	if ((status = read_keys(&a)) != EX_OK)
		return status;
	if (a.own.number == 0)
		settings.own_db = STAMP_OWN_DB_NONE;
	judge = (struct judge){.settings = &settings,
	    .session = &config.session,
	    .peer = choose_peer(&a),
	    .now = a.now,
	    .own = a.own};
	notary_setup(&settings);
	for (int i = optind; i < argc; i++) {
		int one = verify(&judge, argv[i]);

		if (one > status)
			status = one;
	}
	keyring_wipe();
	return status;
}
