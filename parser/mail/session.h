/* SPDX-License-Identifier: ISC */
/*
 * The session logic: what Pratique does with the events of an SMTP session,
 * as callbacks named as libmilter names them, the same for every engine.
 *
 * It keeps the envelope for the log, passes fields and body on to the scanner
 * (process.h), counts the fields that carry names of ours, and at the end of a
 * message turns the outcome into edits and a final status.
 */
#ifndef PARSER_MAIL_SESSION_H
#define PARSER_MAIL_SESSION_H

#include <stdbool.h>
#include <stdint.h>

#include "config/settings.h"
#include "lib/claims.h"
#include "lib/span.h"
#include "parser/mail/stamp_fields.h"

enum session_status {
	SESSION_CONTINUE,
	SESSION_REJECT,
	SESSION_TEMPFAIL,
	SESSION_DISCARD,
};

/* What the engine must do for the session logic at the end of a message;
 * provided by the engine.  Each returns false if the MTA did not grant the
 * action or the text is not fit to be sent; nothing is sent then. */
struct session_edits;
bool edit_delete_header(
    struct session_edits *, const char *name, uint32_t occurrence);
bool edit_insert_header(
    struct session_edits *, const char *name, const char *value);
bool edit_quarantine(struct session_edits *, const char *reason);
/* The SMTP reply that goes with a REJECT or TEMPFAIL: "550 5.7.1 text", one
 * line of printable ASCII, % not doubled. */
bool edit_reply(struct session_edits *, const char *reply);

struct session {
	const struct session_settings *settings;
	struct claims report; /* filled while the session goes on */
	uint64_t size;	      /* of the open message so far */
	uint32_t messages;
	uint32_t forged_scanned; /* fields named like ours in this message; */
	uint32_t forged_status;	 /* 0 if both names are one */
	bool scanning;	     /* process_scan_begin was called, end not yet */
	enum outcome so_far; /* CLEAN, or the limit that was passed */
	uint32_t fields;
	uint64_t header_size;
	struct stamps stamps; /* last: its end is rarely touched */
};

void session_init(struct session *, const struct session_settings *);

/* Whether some disposition puts messages into quarantine, which has to be
 * asked for in the negotiation. */
bool session_quarantines(const struct session_settings *);

/* A new SMTP session on the same connection (QUIT_NC). */
void session_reset(struct session *);

/* is_ip: the address is one in text, and not the path of a local client, which
 * may look like one. */
void session_connect(
    struct session *, struct span host, struct span address, bool is_ip);
void session_helo(struct session *, struct span helo);
void session_envfrom(struct session *, struct span sender);
void session_envrcpt(struct session *);
/* The open message has passed a limit: it goes unscanned. */
void session_limit(struct session *, enum session_limit);
/* queue_id: macro i as known now; may be empty. */
void session_header(struct session *, struct span name, struct span value,
    struct span queue_id);
void session_body(struct session *, struct span bytes, struct span queue_id);
/* progress: the engine's packet for process_scan_end. */
enum session_status session_eom(struct session *, struct span queue_id,
    struct span progress, struct session_edits *);
/* The open message is dropped (ABORT, new MAIL or HELO, end of session). */
void session_abort(struct session *);

#endif
