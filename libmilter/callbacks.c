/* SPDX-License-Identifier: ISC */
/*
 * libmilter's callbacks; see callbacks.h.
 *
 * What is asked of the MTA is what the native engine asks (negotiate.h): no
 * reply to anything but the end of a message and the stages where a rule may
 * decide.  At all others the callbacks say NOREPLY, and libmilter answers
 * CONTINUE in our stead where an MTA does not know that option.
 */
#include "libmilter/callbacks.h"

#include <arpa/inet.h>
#include <stdlib.h>
#include <sys/un.h>

#include "lib/ensure.h"
#include "libmilter/edits.h"
#include "libmilter/threads.h"
#include "parser/milter/encoder.h"
#include "parser/milter/milter.h"
#include "parser/milter/negotiate.h"

#define NAME "pratique"

/* One SMTP session. */
struct conversation {
	struct session session;
	struct inspection *inspection;
	struct scanner_link *link;
	bool leading_space; /* HDR_LEADSPC was granted */
	bool open;	    /* a message is open */
	bool too_many;	    /* more messages than one connection may have */
	uint64_t begun;	    /* when it was opened, */
	uint64_t last;	    /* and when anything was last done; wire_now's */
	/* A value with the space that the MTA took off it. */
	uint8_t value[1 + MILTER_PAYLOAD_MAX];
};

static const struct session_settings *settings;

/* Private data of a connection whose SMTP session is over.  After QUIT_NC there
 * is no second negotiation: which of the two it is says what the first
 * negotiation granted. */
static char over_spaced, over_plain;

/* --- conversations -------------------------------------------------------- */

static void
conversation_free(struct conversation *c)
{
	free(c->inspection);
	free(c);
}

static struct conversation *
conversation_new(SMFICTX *ctx, bool leading_space)
{
	struct conversation *c = malloc(sizeof(*c));

	if (c == NULL)
		return NULL;
	if ((c->inspection = calloc(1, inspection_size())) == NULL ||
	    (c->link = threads_open()) == NULL) {
		conversation_free(c);
		return NULL;
	}
	session_init(&c->session, settings, c->inspection);
	c->leading_space = leading_space;
	c->open = c->too_many = false;
	c->last = wire_now();
	(void)smfi_setpriv(ctx, c);
	return c;
}

/* The native engine closes the connection, which a callback cannot: the
 * message goes unscanned. */
static void
check_time(struct conversation *c)
{
	c->last = wire_now();
	if (c->open && c->last - c->begun > settings->limits.message_time)
		session_limit(&c->session, SESSION_LIMIT_MESSAGE_TIME);
}

/* The conversation that goes on, in use by this thread; NULL: no memory. */
static struct conversation *
enter(SMFICTX *ctx)
{
	void *data = smfi_getpriv(ctx);
	struct conversation *c = data;

	if (data == &over_spaced || data == &over_plain) {
		c = conversation_new(ctx, data == &over_spaced);
		if (c != NULL)
			threads_connection(false);
	} else if (data == NULL) {
		/* A command before the negotiation, which libmilter lets
		 * through. */
		c = conversation_new(ctx, false);
	}
	if (c != NULL) {
		threads_use(c->link, ctx);
		check_time(c);
	}
	return c;
}

static void
set_open(struct conversation *c, bool open)
{
	if (c->open != open)
		threads_message(open);
	c->last = wire_now();
	if (!c->open)
		c->begun = c->last;
	c->open = open;
}

static struct span
queue_id(SMFICTX *ctx)
{
	static char name[] = "i";
	const char *id = smfi_getsymval(ctx, name);

	return span_text(id != NULL ? id : "");
}

/* --- callbacks ------------------------------------------------------------ */

/* What a callback before the end of a message returns. */
static sfsistat
answer(SMFICTX *ctx, struct conversation *c, enum policy_stage stage,
    enum session_status status)
{
	if ((c->session.wanted & POLICY_BIT(stage)) == 0) {
		ensure(status == SESSION_CONTINUE);
		return SMFIS_NOREPLY;
	}
	/* Neither end nor abort will be called for it. */
	if (session_is_over(stage == POLICY_RCPT, status))
		set_open(c, false);
	return edits_answer(ctx, &c->session, status);
}

static sfsistat
on_negotiate(SMFICTX *ctx, unsigned long actions, unsigned long flags,
    unsigned long unused2, unsigned long unused3, unsigned long *want_actions,
    unsigned long *want_flags, unsigned long *want2, unsigned long *want3)
{
	/* The version is settled by libmilter. */
	const struct negotiation offer = {.version = MILTER_VERSION,
	    .actions = (uint32_t)actions,
	    .flags = (uint32_t)flags};
	const struct rules_wants wants = session_wants(settings);
	struct negotiation answer;

	(void)unused2;
	(void)unused3;
	if (!negotiate_answer(&offer, &wants, &answer) ||
	    conversation_new(ctx, (answer.flags & MILTER_P_HDR_LEADSPC) != 0) ==
		NULL)
		return SMFIS_REJECT;
	for (int i = 0; i < MILTER_STAGES; i++) {
		if ((answer.actions & MILTER_ACT_SETSYMLIST) != 0)
			(void)smfi_setsymlist(
			    ctx, i, (char *)(uintptr_t)negotiate_macros[i]);
	}
	*want_actions = answer.actions;
	*want_flags = answer.flags;
	*want2 = *want3 = 0;
	return SMFIS_CONTINUE;
}

static sfsistat
on_connect(SMFICTX *ctx, char *name, _SOCK_ADDR *peer)
{
	struct conversation *c = enter(ctx);
	char text[INET6_ADDRSTRLEN] = "";
	const char *address = text;

	if (c == NULL)
		return SMFIS_TEMPFAIL;
	if (peer != NULL && peer->sa_family == AF_INET)
		(void)inet_ntop(AF_INET,
		    &((const struct sockaddr_in *)peer)->sin_addr, text,
		    sizeof(text));
	else if (peer != NULL && peer->sa_family == AF_INET6)
		(void)inet_ntop(AF_INET6,
		    &((const struct sockaddr_in6 *)peer)->sin6_addr, text,
		    sizeof(text));
	else if (peer != NULL && peer->sa_family == AF_UNIX)
		address = ((const struct sockaddr_un *)peer)->sun_path;
	return answer(ctx, c, POLICY_CONNECT,
	    session_connect(&c->session, span_text(name), span_text(address),
		address == text && *text != '\0'));
}

static sfsistat
on_helo(SMFICTX *ctx, char *name)
{
	struct conversation *c = enter(ctx);

	if (c == NULL)
		return SMFIS_TEMPFAIL;
	return answer(
	    ctx, c, POLICY_HELO, session_helo(&c->session, span_text(name)));
}

/* As with the time. */
static void
check_envelope(struct conversation *c, char **arguments)
{
	size_t parameters = 0;

	while (arguments[1 + parameters] != NULL)
		parameters++;
	if (parameters > settings->limits.parameters)
		session_limit(&c->session, SESSION_LIMIT_PARAMETERS);
	if (c->too_many)
		session_limit(&c->session, SESSION_LIMIT_MESSAGES);
}

/* Nor can it keep the MTA from sending more: they are counted anew, on a new
 * channel, since the scanner takes no number above the limit. */
static void
count_message(struct conversation *c)
{
	if (c->session.messages < settings->limits.messages)
		return;
	c->too_many = true;
	c->session.messages = 0;
	threads_renew(c->link);
}

static sfsistat
on_mail(SMFICTX *ctx, char **arguments)
{
	struct conversation *c = enter(ctx);
	enum session_status status;

	if (c == NULL)
		return SMFIS_TEMPFAIL;
	set_open(c, true);
	count_message(c);
	status = session_envfrom(
	    &c->session, span_text(arguments[0]), queue_id(ctx));
	check_envelope(c, arguments);
	return answer(ctx, c, POLICY_MAIL, status);
}

static sfsistat
on_rcpt(SMFICTX *ctx, char **arguments)
{
	struct conversation *c = enter(ctx);
	enum session_status status;

	if (c == NULL)
		return SMFIS_TEMPFAIL;
	status = session_envrcpt(
	    &c->session, span_text(arguments[0]), queue_id(ctx));
	check_envelope(c, arguments);
	return answer(ctx, c, POLICY_RCPT, status);
}

/* Only where a rule may decide there, like on_eoh. */
static sfsistat
on_data(SMFICTX *ctx)
{
	struct conversation *c = enter(ctx);

	if (c == NULL)
		return SMFIS_TEMPFAIL;
	return answer(
	    ctx, c, POLICY_DATA, session_data(&c->session, queue_id(ctx)));
}

static sfsistat
on_eoh(SMFICTX *ctx)
{
	struct conversation *c = enter(ctx);

	if (c == NULL)
		return SMFIS_TEMPFAIL;
	return answer(
	    ctx, c, POLICY_EOH, session_eoh(&c->session, queue_id(ctx)));
}

/* As the native engine: the space that the MTA took off is put back. */
static sfsistat
on_header(SMFICTX *ctx, char *name, char *text)
{
	struct conversation *c = enter(ctx);
	struct span value = span_text(text);

	if (c == NULL)
		return SMFIS_TEMPFAIL;
	if (!c->leading_space && value.len > 0 &&
	    value.len < sizeof(c->value)) {
		c->value[0] = ' ';
		memcpy(&c->value[1], value.ptr, value.len);
		value = span_of(c->value, value.len + 1);
	}
	return answer(ctx, c, POLICY_HEADER,
	    session_header(&c->session, span_text(name), value, queue_id(ctx)));
}

/* CONTINUE, not NOREPLY: libmilter also calls this for bytes that come with
 * the end of the message, and would not go on to the end after NOREPLY.  Where
 * no reply is due it sends none all the same. */
static sfsistat
on_body(SMFICTX *ctx, unsigned char *bytes, size_t len)
{
	struct conversation *c = enter(ctx);
	enum session_status status;

	if (c == NULL)
		return SMFIS_TEMPFAIL;
	status = session_body(&c->session, span_of(bytes, len), queue_id(ctx));
	return status == SESSION_CONTINUE ? SMFIS_CONTINUE
					  : answer(ctx, c, POLICY_BODY, status);
}

static sfsistat
on_eom(SMFICTX *ctx)
{
	struct conversation *c = enter(ctx);
	struct session_edits edits = {.ctx = ctx};
	enum session_status status;

	if (c == NULL)
		return SMFIS_TEMPFAIL;
	edits.leading_space = c->leading_space;
	status =
	    session_eom(&c->session, queue_id(ctx), encoder_progress(), &edits);
	set_open(c, false);
	return edits_answer(ctx, &c->session, status);
}

static sfsistat
on_abort(SMFICTX *ctx)
{
	struct conversation *c = enter(ctx);

	if (c == NULL)
		return SMFIS_TEMPFAIL;
	session_abort(&c->session);
	set_open(c, false);
	return SMFIS_CONTINUE;
}

/* After QUIT, at the end of the connection, and after QUIT_NC. */
static sfsistat
on_close(SMFICTX *ctx)
{
	void *data = smfi_getpriv(ctx);
	struct conversation *c = data;

	if (data == &over_spaced || data == &over_plain)
		return SMFIS_CONTINUE;
	threads_connection(true);
	if (c == NULL)
		return SMFIS_CONTINUE;
	threads_use(c->link, ctx);
	if (wire_now() - c->last >= settings->session_timeout)
		session_closing(&c->session, "session_timeout", c->open);
	if (c->open) { /* libmilter's own timeout calls no abort */
		session_abort(&c->session);
		set_open(c, false);
	}
	(void)smfi_setpriv(ctx, c->leading_space ? &over_spaced : &over_plain);
	threads_close(c->link);
	conversation_free(c);
	return SMFIS_CONTINUE;
}

bool
callbacks_run(const struct session_settings *chosen, const char *address)
{
	static char name[] = NAME;
	uint32_t stages = session_wants(chosen).stages;
	bool data = (stages & POLICY_BIT(POLICY_DATA)) != 0;
	bool eoh = (stages & POLICY_BIT(POLICY_EOH)) != 0;
	const struct smfiDesc filter = {
	    .xxfi_name = name,
	    .xxfi_version = SMFI_VERSION,
	    .xxfi_negotiate = on_negotiate,
	    .xxfi_connect = on_connect,
	    .xxfi_helo = on_helo,
	    .xxfi_envfrom = on_mail,
	    .xxfi_envrcpt = on_rcpt,
	    .xxfi_data = data ? on_data : NULL,
	    .xxfi_header = on_header,
	    .xxfi_eoh = eoh ? on_eoh : NULL,
	    .xxfi_body = on_body,
	    .xxfi_eom = on_eom,
	    .xxfi_abort = on_abort,
	    .xxfi_close = on_close,
	};

	settings = chosen;
	return smfi_setconn((char *)(uintptr_t)address) == MI_SUCCESS &&
	       smfi_settimeout((int)(settings->session_timeout / 1000)) ==
		   MI_SUCCESS &&
	       smfi_register(filter) == MI_SUCCESS && smfi_main() == MI_SUCCESS;
}
