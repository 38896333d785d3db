/* SPDX-License-Identifier: ISC */
/*
 * What the session logic keeps of a session and its open message, what it
 * answers, and what it asks of the engine at the end of a message.  Changed by
 * session.c alone; disposal.c reads it.
 */
#ifndef PARSER_MAIL_SESSION_STATE_H
#define PARSER_MAIL_SESSION_STATE_H

#include <stdbool.h>
#include <stdint.h>

#include "config/settings.h"
#include "lib/claims.h"
#include "lib/span.h"
#include "parser/mail/inspection.h"
#include "parser/mail/phrase.h"
#include "parser/mail/rules.h"
#include "parser/mail/stamp_fields.h"

/*
 * What the engine answers.  All but CONTINUE are the end of the message, or at
 * CONNECT and HELO of the session: nothing more of it is to come, and what
 * comes all the same ends as was decided.  Only REJECT and TEMPFAIL at RCPT
 * concern that recipient alone.  Before the end of a message it is CONTINUE at
 * all stages but the ones that session_wants has named.
 */
enum session_status {
	SESSION_CONTINUE,
	SESSION_ACCEPT, /* it goes on without us */
	SESSION_REJECT,
	SESSION_TEMPFAIL,
	SESSION_DISCARD, /* never at CONNECT and HELO */
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

/* What a decision that was kept is about. */
enum session_scope {
	SESSION_SCOPE_NONE, /* there is none */
	SESSION_SCOPE_MESSAGE,
	SESSION_SCOPE_ALL, /* each message of the session */
};

struct session {
	const struct session_settings *settings;
	struct inspection *inspection;
	struct claims report; /* filled while the session goes on */
	uint32_t wanted;      /* rules_wants' stages */
	uint64_t size;	      /* of the open message so far */
	uint32_t messages;
	uint32_t forged_scanned; /* fields named like ours in this message; */
	uint32_t forged_status;	 /* 0 if both names are one */
	bool scanning;	     /* process_scan_begin was called, end not yet */
	bool data;	     /* the rules were asked at DATA */
	bool whole;	     /* inspection has all of the message */
	enum outcome so_far; /* CLEAN; the limit that was passed; or decided */
	enum read_end read;  /* COMPLETE: nothing of it was left unread */
	uint32_t fields;
	uint64_t header_size;
	enum session_scope scope;
	struct decision decided;  /* what was kept */
	uint32_t exempt;	  /* recipients of which that was decided; */
	struct decision exempted; /* for the first of them */
	struct decision refused;  /* of the last one that was */
	bool has_reply;
	/* Last: what is rarely touched. */
	struct stamps stamps;
	struct phrase reply;
};

#endif
