/* SPDX-License-Identifier: ISC */
/*
 * pratique(8)'s commands about stamps.  Each takes its own command line, with
 * its name as first word, writes to standard output, and returns an exit
 * status; what is wrong goes to standard error.
 */
#ifndef CLI_STAMP_COMMANDS_H
#define CLI_STAMP_COMMANDS_H

/* pratique-key(8): new, list, check. */
int cli_key(int argc, char **argv);

/* pratique-verify(8). */
int cli_verify(int argc, char **argv);

#endif
