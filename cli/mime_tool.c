/* SPDX-License-Identifier: ISC */
/*
 * pratique mime: a saved message as the MIME reader sees it.
 *
 * Each file is read into memory, and looked at by a process of its own that has
 * given up before everything but writing what it found: two system calls
 * (sandbox/policy_tool.c).  Whoever wrote the message gets no further than
 * that.
 */
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <sysexits.h>
#include <unistd.h>

#include "cli/description.h"
#include "cli/mime_tool.h"
#include "cli/mime_words.h"
#include "cli/saved.h"
#include "sandbox/policy.h"

#define MESSAGE_MAX ((size_t)256 << 20)
#define AMBIGUOUS   1 /* exit status; limited too */

struct options {
	bool json;
	bool list;
};

static struct policy_program program;

static int
usage(void)
{
	fprintf(stderr, "usage: pratique mime [--json] FILE...\n"
			"       pratique mime --list\n");
	return EX_USAGE;
}

static bool
parse_options(int argc, char **argv, struct options *o)
{
	static const struct option names[] = {{"json", no_argument, NULL, 'j'},
	    {"list", no_argument, NULL, 'l'}, {NULL, 0, NULL, 0}};
	int c;

	while ((c = getopt_long(argc, argv, "", names, NULL)) != -1) {
		if (c != 'j' && c != 'l')
			return false;
		o->json = o->json || c == 'j';
		o->list = o->list || c == 'l';
	}
	return o->list ? optind == argc && !o->json : optind < argc;
}

/* Nothing is mapped or opened from here on, and nothing is left in a core. */
static bool
confine(void)
{
	const struct rlimit none = {0, 0};

	return prctl(PR_SET_DUMPABLE, 0) == 0 &&
	       prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 &&
	       setrlimit(RLIMIT_CORE, &none) == 0 &&
	       setrlimit(RLIMIT_NOFILE, &none) == 0 &&
	       setrlimit(RLIMIT_NPROC, &none) == 0 &&
	       policy_load(policy_bytes(&program));
}

/* --- in a process of its own ------------------------------------------------- */

/* len SIZE_MAX: it cannot be read, which has been said. */
static struct span
read_file(const char *file, uint8_t *text)
{
	int fd = strcmp(file, "-") == 0 ? STDIN_FILENO
					: open(file, O_RDONLY | O_CLOEXEC);
	size_t len = 0;
	ssize_t n = -1;

	if (fd != -1)
		while ((n = read(fd, text + len, MESSAGE_MAX - len)) > 0)
			len += (size_t)n;
	if (n == -1 || len == MESSAGE_MAX) {
		fprintf(stderr, "pratique: cannot read %s: %s\n", file,
		    n == -1 ? strerror(errno) : "too long");
		len = SIZE_MAX;
	}
	return span_of(text, len);
}

static int
describe(struct span text, const char *file, const struct options *o,
    uint8_t *buffer)
{
	struct span stored = saved_message(text, buffer);
	const struct description *d;

	mime_bytes(description_begin(), stored);
	d = description_end(stored);
	if (o->json)
		description_json(d, file, stdout);
	else
		description_print(d, file, stdout);
	return d->ambiguous || d->limited ? AMBIGUOUS : EX_OK;
}

/* Memory, text and the place where output is gathered are there before the
 * confinement, which gives no more. */
static int
look_at(const char *file, const struct options *o)
{
	static char gathered[65536];
	static uint8_t *memory; /* not given back */
	struct span text;
	int status;

	memory = malloc(3 * MESSAGE_MAX);
	if (memory == NULL || !description_setup()) {
		fprintf(stderr, "pratique: no memory\n");
		return EX_OSERR;
	}
	text = read_file(file, memory);
	if (text.len == SIZE_MAX)
		return EX_NOINPUT;
	setvbuf(stdout, gathered, _IOFBF, sizeof(gathered));
	if (!confine()) {
		fprintf(stderr, "pratique: cannot confine itself: %m\n");
		return EX_OSERR;
	}
	status = describe(text, file, o, memory + MESSAGE_MAX);
	return fflush(stdout) == 0 ? status : EX_IOERR;
}

/* --- the one that was started -------------------------------------------------- */

static int
look_apart(const char *file, const struct options *o)
{
	pid_t child = fork();
	int status = 0;

	if (child == 0)
		_exit(look_at(file, o));
	if (child == -1 || waitpid(child, &status, 0) == -1) {
		fprintf(stderr, "pratique: cannot start a process: %m\n");
		return EX_OSERR;
	}
	if (WIFEXITED(status))
		return WEXITSTATUS(status);
	fprintf(stderr, "pratique: %s: the reader was ended by signal %d\n",
	    file, WTERMSIG(status));
	return EX_SOFTWARE;
}

int
cli_mime(int argc, char **argv)
{
	struct options options = {0};
	const char *why;
	int status = EX_OK;

	if (!parse_options(argc, argv, &options))
		return usage();
	if (options.list) {
		mime_words_print(stdout);
		return EX_OK;
	}
	why = policy_compile(&policy_tool, 0, &program);
	if (why != NULL) {
		fprintf(stderr, "pratique: cannot confine itself: %s\n", why);
		return EX_OSERR;
	}
	for (int i = optind; i < argc; i++) {
		int one = look_apart(argv[i], &options);

		if (one > status)
			status = one;
	}
	return status;
}
