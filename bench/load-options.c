/* SPDX-License-Identifier: ISC */
/*
 * The command line of milter-load (its use: milter-load.c).
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "bench/milter_load.h"
#include "config/config.h"

#define EXIT_USAGE 64

/* Bounds that keep a slip of the keyboard from eating the machine. */
#define CONNECTIONS_MAX 10000U
#define MESSAGES_MAX	10000000U
#define BODY_MAX	(256U << 20)

static const struct load_options defaults = {
    .connections = 1,
    .messages = 100,
    .per_connection = 1,
    .body = 2048,
    .fields = 8,
    .recipients = 1,
    .seconds = 300,
};

static void
usage(const char *what)
{
	(void)fprintf(stderr,
	    "milter-load: %s\n"
	    "usage: milter-load [-ei] [-c connections] [-n messages]"
	    " [-m per-connection]\n"
	    "\t[-s body-bytes] [-f fields] [-r recipients] [-t seconds]"
	    " socket\n",
	    what);
	exit(EXIT_USAGE);
}

static uint32_t
number(const char *text, uint32_t least, uint32_t most)
{
	char *end;
	unsigned long n;

	errno = 0;
	n = strtoul(text, &end, 10);
	if (errno != 0 || end == text || *end != '\0' || text[0] == '-' ||
	    n < least || n > most)
		usage("number out of range");
	return (uint32_t)n;
}

void
load_options_read(struct load_options *o, int argc, char *argv[])
{
	const char *fault;
	int c;

	*o = defaults;
	while ((c = getopt(argc, argv, "c:ef:im:n:r:s:t:")) != -1) {
		if (c == 'c')
			o->connections = number(optarg, 1, CONNECTIONS_MAX);
		else if (c == 'e')
			o->eicar = true;
		else if (c == 'f')
			o->fields = number(optarg, 0, 1000);
		else if (c == 'i')
			o->idle = true;
		else if (c == 'm')
			o->per_connection = number(optarg, 1, MESSAGES_MAX);
		else if (c == 'n')
			o->messages = number(optarg, 1, MESSAGES_MAX);
		else if (c == 'r')
			o->recipients = number(optarg, 1, 1000);
		else if (c == 's')
			o->body = number(optarg, 0, BODY_MAX);
		else if (c == 't')
			o->seconds = number(optarg, 1, 86400);
		else
			usage("unknown option");
	}
	if (argc - optind != 1)
		usage("one socket is needed");
	fault = address_parse(argv[optind], &o->address);
	if (fault != NULL)
		usage(fault);
	if (o->idle) {
		o->messages = o->connections;
		o->per_connection = 1;
	}
}
