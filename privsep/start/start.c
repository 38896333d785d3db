/* SPDX-License-Identifier: ISC */
/*
 * pratiqued, as the operator starts it: reads the configuration, opens what
 * needs privilege, prepares everything that the daemon's processes are told,
 * and becomes the monitor (privsep/monitor/monitor.c), which has none of this
 * code.
 *
 * Nothing from outside has been read when it ends: no mail, no milter packet,
 * no connection.
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <sysexits.h>
#include <unistd.h>

#include "config/config.h"
#include "lib/ensure.h"
#include "lib/log.h"
#include "privsep/start/activation.h"
#include "privsep/start/launch.h"
#include "privsep/start/pid_file.h"
#include "privsep/start/plan.h"
#include "privsep/start/rehearse.h"
#include "privsep/start/standard_error.h"

struct start_options {
	const char *config;
	const char *pid_file;
	bool detach, test;
};

static void
usage(void)
{
	fprintf(stderr, "usage: pratiqued [-dTV] [-c file] [-p file]\n");
	exit(EX_USAGE);
}

static struct start_options
parse_arguments(int argc, char **argv)
{
	struct start_options a = {.config = CONFIG_DEFAULT_FILE};
	int c;

	while ((c = getopt(argc, argv, "c:dp:TV")) != -1) {
		switch (c) {
		case 'c':
			a.config = optarg;
			break;
		case 'd':
			a.detach = true;
			break;
		case 'p':
			a.pid_file = optarg;
			break;
		case 'T':
			a.test = true;
			break;
		case 'V':
			printf("pratiqued " VERSION "\n");
			exit(EX_OK);
		default:
			usage();
		}
	}
	if (optind != argc)
		usage();
	return a;
}

/* Where systemd has put credentials: a copy out of the environment, which is
 * about to be emptied.  NULL if nowhere. */
static const char *
credentials(void)
{
	static char copy[PATH_MAX];
	const char *dir = getenv("CREDENTIALS_DIRECTORY");

	if (dir == NULL || strlen(dir) >= sizeof(copy))
		return NULL;
	memcpy(copy, dir, strlen(dir) + 1);
	return copy;
}

/* From here on nothing is read, and nothing written except to standard
 * error. */
static bool
close_standard(void)
{
	int null = open("/dev/null", O_RDWR | O_CLOEXEC);

	return null != -1 && dup2(null, STDIN_FILENO) != -1 &&
	       dup2(null, STDOUT_FILENO) != -1;
}

/* The path of a program in the directory of this one. */
static bool
beside(char *out, size_t size, const char *name)
{
	ssize_t n = readlink("/proc/self/exe", out, size);

	while (n > 0 && out[n - 1] != '/')
		n--;
	if (n <= 0 || (size_t)n + strlen(name) >= size)
		return false;
	memcpy(out + n, name, strlen(name) + 1);
	return true;
}

/* The process is the same one, with another program: what it was started as
 * (pid, arguments) stays true. */
static int
become_monitor(const struct plan *plan, char **argv)
{
	char *const envp[] = {NULL};

	ensure(plan->fds <= EXEC_FDS_MAX && *plan->program != '\0');
	if (!close_standard() || !exec_fds_take(plan->fd, plan->fds)) {
		fprintf(stderr, "pratiqued: cannot put descriptors in their "
				"places: %m\n");
		return EX_OSERR;
	}
	execve(plan->program, argv, envp);
	fprintf(stderr, "pratiqued: cannot execute %s: %m\n", plan->program);
	return EX_OSERR;
}

static void
print_warning(const struct config_warning *w)
{
	config_warning_print(w, stderr);
}

/* In the form of the log: standard error may be where the log goes. */
static void
log_warning(const struct config_warning *w)
{
	struct log_line line;
	char option[64];

	snprintf(option, sizeof(option), "%s%s%s", w->section,
	    *w->section == '\0' ? "" : ".", w->key);
	log_begin(&line, LOG_LEVEL_WARNING, "config-warning");
	log_text(&line, "file", w->file);
	if (w->line != 0)
		log_number(&line, "line", w->line);
	log_text(&line, "option", option);
	log_text(&line, "what", w->what);
	log_end(&line);
}

static int
fail(int status, const char *why)
{
	fprintf(stderr, "pratiqued: %s\n", why);
	return status;
}

/* Nothing of a start that failed stays behind. */
static void
remove_footprint(const struct plan *plan)
{
	for (size_t i = 0; i < FOOTPRINT_MAX; i++)
		if (*plan->monitor->footprint[i].path != '\0')
			unlink(plan->monitor->footprint[i].path);
}

/* Whoever started us goes on, and the log may go on to their terminal. */
static bool
detach(const struct config *c, struct plan_given *given)
{
	if (c->scanner.log_to == LOG_TO_STDERR && isatty(STDERR_FILENO) == 1)
		fputs("pratiqued: warning: the log goes on to this terminal; "
		      "set log_to = \"syslog\", or send standard error to a "
		      "file\n",
		    stderr);
	return launch_detach(&given->launcher, &given->standard_error);
}

static int
start(const struct start_options *a, struct config *c, struct plan_given *given,
    char **argv)
{
	static struct plan plan;
	char why[PATH_MAX + 256];
	int status = EX_OSERR;

	if (a->detach && !detach(c, given))
		return fail(EX_OSERR, "cannot detach from the terminal");
	if (a->pid_file != NULL &&
	    (given->pid_file = pid_file_open(
		 a->pid_file, given->pid_path, why, sizeof(why))) == -1)
		return fail(EX_CANTCREAT, why);
	log_init(STDERR_FILENO, c->scanner.log_format, LOG_TO_STDERR);
	config_warnings(log_warning);
	/* Paths in the configuration are absolute. */
	if (chdir("/") == -1 || !plan_make(c, given, &plan, why, sizeof(why)))
		fail(status, why);
	else if (!rehearse(&plan, why, sizeof(why)))
		status = fail(EX_SOFTWARE, why);
	else if (!plan_confine(&plan, why, sizeof(why)))
		status = fail(EX_OSERR, why);
	else
		status = become_monitor(&plan, argv);
	remove_footprint(&plan);
	return status;
}

/* What is wrong with the keys goes to standard error; they may still come, so
 * the result is that of the configuration alone.  The program beside this one
 * looks: there is no code for keys in here. */
static void
test_keys(const struct config *c, const char *file)
{
	char path[PATH_MAX];
	char *const argv[] = {
	    "pratique", "key", "check", "-c", (char *)(uintptr_t)file, NULL};
	pid_t pid;

	if (!config_has_keys(c) || !beside(path, sizeof(path), "pratique"))
		return;
	fflush(stdout);
	if ((pid = fork()) == 0) {
		if (close_standard())
			execv(path, argv);
		fprintf(stderr, "pratiqued: cannot execute %s: %m\n", path);
		_exit(EX_UNAVAILABLE);
	}
	while (waitpid(pid, NULL, 0) == -1 && errno == EINTR)
		;
}

int
main(int argc, char **argv)
{
	static struct config config;
	static struct plan_given given = {.manager = -1,
	    .launcher = -1,
	    .standard_error = STDERR_FILENO,
	    .pid_file = -1};
	struct start_options a = parse_arguments(argc, argv);
	char why[256];

	activation_init(); /* first: it closes what is not ours */
	if (!a.test)
		standard_error_own();
	if (!launch_reset(why, sizeof(why)))
		return fail(EX_OSERR, why);
	given.manager = launch_manager();
	given.credentials = credentials();
	if (!sandbox_first(0)) {
		fprintf(stderr, "pratiqued: cannot start safely: %m\n");
		return EX_OSERR;
	}
	if (!config_read(a.config, &config, stderr))
		return EX_CONFIG;
	if (a.test) {
		config_warnings(print_warning);
		test_keys(&config, a.config);
		config_dump(&config, stdout);
		return fflush(stdout) == 0 ? EX_OK : EX_IOERR;
	}
	return start(&a, &config, &given, argv);
}
