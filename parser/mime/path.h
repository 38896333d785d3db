/* SPDX-License-Identifier: ISC */
/*
 * Paths of parts as IMAP counts them (RFC 3501 6.4.5): "2.1" is the first part
 * in the second.  What stands alone in a message is its part 1.
 */
#ifndef PARSER_MIME_PATH_H
#define PARSER_MIME_PATH_H

#include <stddef.h>
#include <stdint.h>

/* Writes the path of part n behind the first len characters of path, which are
 * that of what it is in.  Returns the new length.  There is
 * room for it. */
size_t path_child(char *path, size_t room, size_t len, uint32_t n);

#endif
