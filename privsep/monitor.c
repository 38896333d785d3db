/* SPDX-License-Identifier: ISC */
/*
 * pratiqued, the monitor: the order of its start.
 *
 * Reads the operator's configuration, opens what needs privilege, keeps only
 * the privilege that restarting a child needs, puts its own filter on, and
 * then supervises (supervise.c).  It never reads a byte of mail or of the
 * milter protocol; what its children send it are fixed-size records.
 */
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sysexits.h>
#include <unistd.h>

#include "config/config.h"
#include "lib/log.h"
#include "privsep/activation.h"
#include "privsep/keys.h"
#include "privsep/notify.h"
#include "privsep/plan.h"
#include "privsep/status.h"
#include "privsep/supervise.h"
#include "sandbox/policy.h"
#include "sandbox/sandbox.h"

struct arguments {
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

static struct arguments
parse_arguments(int argc, char **argv)
{
	struct arguments a = {.config = CONFIG_DEFAULT_FILE};
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

/* The pid file is opened while its path is still the operator's. */
static bool
write_pid_file(const char *path)
{
	int fd = open(
	    path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0644);

	if (fd == -1 || dprintf(fd, "%ld\n", (long)getpid()) < 0 ||
	    fchmod(fd, 0644) == -1) {
		fprintf(
		    stderr, "pratiqued: cannot write pid file %s: %m\n", path);
		return false;
	}
	close(fd);
	return true;
}

static void
log_start(const struct config *c, const struct sandbox_report *report)
{
	char layers[256],
	    listens[CONFIG_LISTEN_MAX * sizeof(c->listen[0].text)];
	struct log_line line;
	size_t len = 0;

	for (uint32_t i = 0; i < c->listens; i++)
		len += (size_t)snprintf(listens + len, sizeof(listens) - len,
		    "%s%s", i == 0 ? "" : ",", c->listen[i].text);
	log_begin(&line, LOG_LEVEL_INFO, "start");
	log_text(&line, "version", VERSION);
	log_number(&line, "pid", (uint64_t)getpid());
	log_bytes(&line, "listen", listens, len);
	log_text(&line, "layers",
	    sandbox_layers_text(report->layers, layers, sizeof(layers)));
	log_text(&line, "missing", report->missing);
	log_end(&line);
}

/* Keeps what restarting children needs and gives everything else away. */
static int
confine(enum engine_choice engine, struct sandbox_report *report)
{
	static struct policy_program program;
	/* Children inherit this program, so it allows what theirs do. */
	const char *why = policy_compile(engine == ENGINE_LIBMILTER
					     ? &policy_monitor_libmilter
					     : &policy_monitor,
	    0, &program);

	if (why == NULL && !sandbox_monitor(report))
		why = report->missing;
	if (why == NULL && !policy_load(&program))
		why = "cannot load the system call filter: this kernel has no "
		      "seccomp, or an outer filter forbids it";
	if (why != NULL) {
		fprintf(stderr, "pratiqued: %s\n", why);
		return EX_OSERR;
	}
	report->layers |= LAYER_BIT(LAYER_SECCOMP);
	return EX_OK;
}

static int
run(const struct arguments *a, struct config *c)
{
	static struct supervise_plan plan;
	static struct sandbox_report report;
	char why[PATH_MAX + 256];
	int status, log_fd;

	if (a->detach && !notify_detach()) {
		fprintf(stderr, "pratiqued: cannot detach: %m\n");
		return EX_OSERR;
	}
	if (!plan_make(c, &plan, &log_fd, why, sizeof(why))) {
		fprintf(stderr, "pratiqued: %s\n", why);
		return EX_OSERR;
	}
	if (!keys_setup(c, why, sizeof(why))) {
		fprintf(stderr, "pratiqued: %s\n", why);
		return EX_CONFIG;
	}
	if (a->pid_file != NULL && !write_pid_file(a->pid_file))
		return EX_CANTCREAT;
	if ((status = confine(c->engine, &report)) != EX_OK)
		return status;
	log_init(log_fd, c->scanner.log_format, c->scanner.log_to);
	log_start(c, &report);
	keys_log();
	status_monitor(&report);
	status = supervise(&plan);
	keys_wipe();
	return status;
}

int
main(int argc, char **argv)
{
	static struct config config;
	struct arguments a = parse_arguments(argc, argv);

	activation_init(); /* first: it closes what is not ours */
	notify_init();
	keys_init();
	if (!sandbox_first(0)) {
		fprintf(stderr, "pratiqued: cannot start safely: %m\n");
		return EX_OSERR;
	}
	if (!config_read(a.config, &config, stderr))
		return EX_CONFIG;
	if (a.test) {
		config_dump(&config, stdout);
		return fflush(stdout) == 0 ? EX_OK : EX_IOERR;
	}
	return run(&a, &config);
}
