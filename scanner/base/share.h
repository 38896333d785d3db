/* SPDX-License-Identifier: ISC */
/*
 * max_memory, and who may have how much of it: the messages of one client (by
 * its address), and those of the sessions of one listener.
 *
 * Nobody has a fixed share.  A listener may hold so many times what is free, a
 * client so many times what is left for its listener: one that is alone gets
 * most of it, many get an equal part each, and whoever comes next always finds
 * some (Choudhury and Hahne,
 * Dynamic queue length thresholds, 1998).  A client's address is what a
 * session claims; one that lies is as good as a client of its own, and what it
 * lies about others costs them no more than one client costs another.
 *
 * What we make ourselves is not paid from this, see memory.h.
 */
#ifndef SCANNER_BASE_SHARE_H
#define SCANNER_BASE_SHARE_H

#include <stdbool.h>
#include <stdint.h>

struct share {
	uint64_t held; /* bytes */
};

/* Who pays for a message. */
struct payer {
	struct share *client, *listener;
};

void share_setup(uint64_t max_memory);

/* False if that would be too much: then nothing is taken. */
bool share_take(const struct payer *, uint64_t bytes);
void share_give(const struct payer *, uint64_t bytes);

#endif
