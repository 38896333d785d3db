/* SPDX-License-Identifier: ISC */
/*
 * The addresses of clamds that the configuration names by their host: one page
 * of memory, which the resolver writes and scanners read.  No record and no
 * process stands between them, and the monitor never looks at it.
 *
 * The memory is a memfd.  When the resolver has mapped it, nobody can map it
 * for writing any more.  Whatever it says, a scanner takes the host from it and
 * nothing else: family and port are the configuration's.
 */
#ifndef PRIVSEP_IPC_ADDRESSES_H
#define PRIVSEP_IPC_ADDRESSES_H

#include <stdbool.h>
#include <stdint.h>

#include "config/settings.h"

struct addresses {
	uint32_t sequence; /* odd while one is being written */
	uint32_t zero;
	struct {
		uint8_t known;		/* 1: host is an address */
		uint8_t host[16];	/* IPv4: the first 4 */
	} clamd[SETTINGS_BACKENDS_MAX]; /* as in scanner_settings */
};

/* In pratiqued: the memfd, with what is known at the start; -1 with errno. */
int addresses_make(const struct scanner_settings *);

/* The resolver's mapping, the last one that can be written to; NULL with
 * errno.  The scanner's; NULL if fd is not such a memfd. */
struct addresses *addresses_map(int fd);
const struct addresses *addresses_view(int fd);

/* The resolver: the host of an address that was looked up is now that of the
 * clamd.  False if it was before. */
bool addresses_set(struct addresses *, uint32_t index, const struct address *);

/* The scanner: takes the host into an address of the same family.  False if
 * that is no change, if none is known, or if one is being written. */
bool addresses_get(const struct addresses *, uint32_t index, struct address *);

#endif
