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

struct host_memory {
	/* Records wait here until they are worth a system call. */
	uint8_t batch[RECORD_BATCH_MAX];
	size_t len;
	uint32_t scan_timeout;
	bool scanner_gone;
	bool draining;
};

/* Names the memory to use: before the fork, once. */
void host_use(struct host_memory *);

/* Called first in a session. */
void host_init(uint32_t scan_timeout);

/* Takes what the scanner says between two messages. */
void host_read_scanner(void);

/* The daemon is stopping: the session should end when no message is open. */
bool host_draining(void);

/* The scanner is there: its end of the channel is worth waiting for. */
bool host_scanner_there(void);

#endif
