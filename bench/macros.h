/* SPDX-License-Identifier: ISC */
/*
 * The macros that Postfix sends before each command: its default lists, the
 * lists that the filter's answer to OPTNEG puts in their place, and values.
 * Stages are numbered as in that answer (enum milter_stage).
 */
#ifndef BENCH_MACROS_H
#define BENCH_MACROS_H

#include <stdbool.h>

#include "bench/bench_packet.h"
#include "lib/span.h"

#define MACROS_LIST_MAX 256 /* every name Postfix has fits */

struct macros {
	char list[MILTER_STAGES][MACROS_LIST_MAX]; /* "j {client_addr} ..." */
};

/* What is known when a command is sent. */
struct macros_known {
	enum milter_command command;
	enum milter_stage stage;
	const char *queue_id; /* "" while there is no queue file */
};

void macros_init(struct macros *);

/* Takes the lists at the end of the answer to OPTNEG.  False if they are
 * malformed. */
bool macros_learn(struct macros *, struct cursor lists);

/* Adds the D packet; it is sent even if no macro of the list has a value. */
void macros_put(
    const struct macros *, const struct macros_known *, struct packet_buffer *);

#endif
