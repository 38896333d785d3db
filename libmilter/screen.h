/* SPDX-License-Identifier: ISC */
/*
 * What libmilter reads from the MTA, looked at before libmilter has it: a
 * packet whose payload does not have the structure of its command
 * (parser/milter/command.h) is the end of the connection, as in the native
 * engine.  By itself libmilter cuts a value at a NUL, and reads behind the end
 * of some malformed packets.
 *
 * It knows how the library reads: length and command in at most five bytes,
 * then the payload into one buffer.  Should it ever read otherwise, each
 * connection ends at once.
 */
#ifndef LIBMILTER_SCREEN_H
#define LIBMILTER_SCREEN_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

/* This is the descriptor of a connection from now on; false: its number is
 * too high. */
bool screen_open(int fd);

/* The descriptor is to be closed; it may be any. */
void screen_close(int fd);

/* read(2) has put n bytes into buf.  Returns n, or 0 as for the end of the
 * connection. */
ssize_t screen_take(int fd, const void *buf, ssize_t n);

#endif
