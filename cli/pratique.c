/* SPDX-License-Identifier: ISC */
/*
 * pratique: command line.  The commands are in files of their own.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include "cli/cli.h"
#include "cli/mime_tool.h"
#include "cli/stamp_commands.h"

#define DEFAULT_RUN_DIR "/run/pratique"

static const struct subcommand {
	const char *name;
	int (*run)(const struct status_block *);
} commands[] = {
    {"sandbox", cli_sandbox},
    {"status", cli_status},
};

/* Those that have a command line of their own. */
static const struct tool {
	const char *name;
	int (*run)(int argc, char **argv);
} tools[] = {
    {"key", cli_key},
    {"mime", cli_mime},
    {"verify", cli_verify},
};

static void
usage(void)
{
	fprintf(stderr, "usage: pratique [-r directory] sandbox | status\n"
			"       pratique key | mime | verify ...\n"
			"       pratique -V\n");
	exit(EX_USAGE);
}

int
main(int argc, char **argv)
{
	static struct status_block block;
	const char *run_dir = DEFAULT_RUN_DIR;
	int c, status;

	for (size_t i = 0; i < sizeof(tools) / sizeof(tools[0]); i++) {
		if (argc < 2 || strcmp(tools[i].name, argv[1]) != 0)
			continue;
		status = tools[i].run(argc - 1, argv + 1);
		return fflush(stdout) == 0 ? status : EX_IOERR;
	}
	while ((c = getopt(argc, argv, "r:V")) != -1) {
		switch (c) {
		case 'r':
			run_dir = optarg;
			break;
		case 'V':
			printf("pratique " VERSION "\n");
			return EX_OK;
		default:
			usage();
		}
	}
	if (optind != argc - 1)
		usage();
	for (size_t i = 0; i < sizeof(commands) / sizeof(commands[0]); i++) {
		if (strcmp(commands[i].name, argv[optind]) != 0)
			continue;
		if ((status = cli_read_block(run_dir, &block)) == CLI_GOOD)
			status = commands[i].run(&block);
		return fflush(stdout) == 0 ? status : EX_IOERR;
	}
	usage();
}
