/* SPDX-License-Identifier: ISC */
/*
 * The session logic: what Pratique does with the events of an SMTP session,
 * as callbacks named as libmilter names them, the same for every engine.
 *
 * It keeps the envelope for the log, passes fields and body on to the scanner
 * (process.h) and to the MIME reader (inspection.h), counts the fields that carry names of ours, asks the rules
 * (rules.h), and at the end of a message turns the decision into edits and a
 * final status (disposal.h).
 */
#ifndef PARSER_MAIL_SESSION_H
#define PARSER_MAIL_SESSION_H

#include "parser/mail/session_state.h"

/* inspection: memory of inspection_size() bytes. */
void session_init(
    struct session *, const struct session_settings *, struct inspection *);

/* What has to be asked for in the negotiation: the stages that must be
 * answered, and whether messages may be put into quarantine. */
struct rules_wants session_wants(const struct session_settings *);

/* Whether the message or session that a command belongs to ends with that
 * status; recipient: the command is RCPT. */
bool session_is_over(bool recipient, enum session_status);

/* The SMTP reply that goes with the last REJECT or TEMPFAIL, of its class:
 * "550 5.7.1 text", % not doubled; or "".  Not yet looked at otherwise. */
const char *session_reply(const struct session *);

/* A new SMTP session on the same connection (QUIT_NC). */
void session_reset(struct session *);

/* is_ip: the address is one in text, and not the path of a local client, which
 * may look like one. */
enum session_status session_connect(
    struct session *, struct span host, struct span address, bool is_ip);
enum session_status session_helo(struct session *, struct span helo);

/* queue_id, here and below: macro i as known now; may be empty. */
enum session_status session_envfrom(
    struct session *, struct span sender, struct span queue_id);
enum session_status session_envrcpt(
    struct session *, struct span recipient, struct span queue_id);
enum session_status session_data(struct session *, struct span queue_id);

/* The open message has passed a limit: it goes unscanned. */
void session_limit(struct session *, enum session_limit);

enum session_status session_header(struct session *, struct span name,
    struct span value, struct span queue_id);
enum session_status session_eoh(struct session *, struct span queue_id);
enum session_status session_body(
    struct session *, struct span bytes, struct span queue_id);
/* progress: the engine's packet for process_scan_end. */
enum session_status session_eom(struct session *, struct span queue_id,
    struct span progress, struct session_edits *);
/* The connection is going to be closed, and why; open: with a message.  One
 * that has not begun to be scanned is over with that: nothing begins in the
 * scanner after it was told so. */
void session_closing(struct session *, const char *why, bool open);
/* The open message is dropped (ABORT, new MAIL or HELO, end of session). */
void session_abort(struct session *);

#endif
