/* SPDX-License-Identifier: ISC */
/*
 * pratique: command line.  The commands are in files of their own.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include "cli/stamps.h"

static const struct command {
	const char *name;
	int (*run)(int argc, char **argv);
} commands[] = {
    {"key", cli_key},
    {"verify", cli_verify},
};

int
main(int argc, char **argv)
{
	if (argc > 1 && strcmp(argv[1], "-V") == 0) {
		printf("pratique " VERSION "\n");
		return EX_OK;
	}
	for (size_t i = 0; i < sizeof(commands) / sizeof(commands[0]); i++) {
		int status;

		if (argc < 2 || strcmp(commands[i].name, argv[1]) != 0)
			continue;
		status = commands[i].run(argc - 1, argv + 1);
		return fflush(stdout) == 0 ? status : EX_IOERR;
	}
	fprintf(stderr, "usage: pratique key | verify ...\n"
			"       pratique -V\n");
	return EX_USAGE;
}
