/* SPDX-License-Identifier: ISC */
/*
 * The MTA's side of parser/mail/process.h in the session process, where the
 * MTA's connection is a descriptor of our own.  Runs under the five-call
 * filter.  The scanner's side is privsep/front/scanner_link.c.
 */
#include "lib/fd_numbers.h"
#include "parser/mail/process.h"
#include "privsep/ipc/record.h"
#include "privsep/ipc/wire.h"

/* An MTA that does not take a reply for so long is gone (it waits for it). */
#define WRITE_TIMEOUT_MS 60000

bool
process_mta_send(struct span bytes)
{
	return wire_write(SESSION_FD_MTA, bytes, wire_now() + WRITE_TIMEOUT_MS);
}
