/* SPDX-License-Identifier: ISC */
/*
 * pratique(8)'s command that looks at messages.  It takes its own command line,
 * with its name as first word, and returns an exit status.
 */
#ifndef CLI_MIME_TOOL_H
#define CLI_MIME_TOOL_H

int cli_mime(int argc, char **argv);

#endif
