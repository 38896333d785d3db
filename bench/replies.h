/* SPDX-License-Identifier: ISC */
/*
 * What a filter's reply means, and whether it has the right shape: the
 * milter protocol's reply codes as one table.
 */
#ifndef BENCH_REPLIES_H
#define BENCH_REPLIES_H

#include <stdint.h>

#include "lib/span.h"

enum reply_meaning {
	REPLY_CONTINUE,
	REPLY_ACCEPT,
	REPLY_REFUSE, /* r, t and y */
	REPLY_DISCARD,
	REPLY_SKIP,
	REPLY_PROGRESS,
	REPLY_EDIT, /* the message is to be changed */
};

/* actions: what was negotiated.  Returns NULL and fills *out, or says what is
 * wrong with the reply. */
const char *reply_read(uint8_t code, struct span payload, uint32_t actions,
    enum reply_meaning *out);

#endif
