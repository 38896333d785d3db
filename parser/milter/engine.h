/* SPDX-License-Identifier: ISC */
/*
 * The native milter engine: packets in, replies out.
 *
 * engine_input takes whatever bytes have arrived, handles every whole packet in
 * them in order (framing in packet.c, order in state.c, payloads in command.c,
 * macros in macro.c), calls the session logic (session.h) and collects replies
 * in a fixed buffer, which it hands to process_mta_send when the input is used
 * up, when the buffer is full, and before anything is waited for.  It keeps an
 * account of replies due and sent: exactly one final reply per command that
 * wants one.
 *
 * A struct engine is large (see sizeof) and holds no pointers to outside bytes
 * between two calls.  No allocation anywhere.
 */
#ifndef PARSER_MILTER_ENGINE_H
#define PARSER_MILTER_ENGINE_H

#include <stdbool.h>
#include <stddef.h>

#include "config/settings.h"
#include "lib/span.h"

struct engine;

enum engine_next {
	ENGINE_MORE,  /* give more bytes */
	ENGINE_CLOSE, /* close now: QUIT, protocol error, or the MTA is gone */
};

/* Bytes that engine_init needs, suitably aligned and zeroed. */
size_t engine_size(void);

/* settings must outlive the engine. */
void engine_init(struct engine *, const struct session_settings *settings);

/* Handles the whole packets at the start of in; *used is how many bytes they
 * took (the rest, less than one packet, comes again with more behind it).
 * in never needs to be longer than MILTER_PACKET_MAX to make progress. */
enum engine_next engine_input(struct engine *, struct span in, size_t *used);

/* No message is open: the connection could be closed without losing one. */
bool engine_idle(const struct engine *);

/* The MTA has ended the connection: drops an open message and reports it.
 * Also to be called after ENGINE_CLOSE. */
void engine_close(struct engine *);

/* We end it, and why, for the log: a time is over.  Static text. */
void engine_stop(struct engine *, const char *why);

/* Why it was stopped.  engine_input says ENGINE_CLOSE for "quit", "length",
 * "unknown-command", "order", "payload", "limits", "negotiation",
 * "mta-gone". */
const char *engine_why(const struct engine *);

#endif
