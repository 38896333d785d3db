/* SPDX-License-Identifier: ISC */
/*
 * The session process's side of parser/host.h: where the parser's words become
 * bytes on the two descriptors.
 */
#ifndef PRIVSEP_HOST_H
#define PRIVSEP_HOST_H

#include <stdbool.h>
#include <stdint.h>

#include "privsep/record.h"

/* Records wait here until they are worth a system call. */
struct host_batch {
	size_t len;
	uint8_t bytes[RECORD_BATCH_MAX];
};

/* Called once, before anything else. */
void host_init(struct host_batch *, uint32_t scan_timeout);

/* Takes what the scanner says between two messages. */
void host_read_scanner(void);

/* The daemon is stopping: the session should end when no message is open. */
bool host_draining(void);

/* The scanner is there: its end of the channel is worth waiting for. */
bool host_scanner_there(void);

#endif
