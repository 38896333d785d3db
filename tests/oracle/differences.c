/* SPDX-License-Identifier: ISC */
/*
 * The list of differences; see differences.h.  Two tables: packets that the
 * native engine closes the connection for and libmilter does not, and legal
 * packets after which the two part.
 */
#include "tests/oracle/differences.h"

#include <string.h>

#include "parser/milter/command.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static bool
is_one_of(uint8_t command, const char *commands)
{
	return command != 0 && strchr(commands, command) != NULL;
}

/* --- refused packets --------------------------------------------------------- */

#define AT(state) STATE_BIT(STATE_##state)
#define CONTENT	  (AT(DATA) | AT(HEADER) | AT(EOH) | AT(BODY))
#define MESSAGE	  (AT(MAIL) | AT(RCPT) | CONTENT)
#define ANYWHERE  (AT(START) | AT(READY) | AT(SESSION) | MESSAGE)

#define SILENT "drops it without an answer"

/* A row fits a packet by why it was refused, its command, the state, and the
 * command before.  Where obeyed is false, libmilter must have done nothing. */
static struct refused {
	const char *why;      /* engine_why */
	const char *commands; /* any of these; NULL: cut off before it */
	uint32_t states;
	const char *previous; /* any of these; NULL: whatever it was */
	bool obeyed;
	const char *what;
	const char *libmilter;
	const char *reason;
	unsigned long count;
} refused[] = {
    {"order", "U", AT(START), NULL, true, "UNKNOWN before OPTNEG", "answers it",
	"nothing is known of the MTA yet", 0},
    {"order", "ABCDEHKLMNRT", AT(START), NULL, false,
	"another command before OPTNEG",
	"takes MACRO, HELO and MAIL, drops the others without an answer",
	"nothing is known of the MTA yet", 0},
    {"order", "O", ANYWHERE, NULL, false, "OPTNEG twice", SILENT,
	"silence leaves the MTA waiting", 0},
    {"order", "C", AT(SESSION) | MESSAGE, NULL, false,
	"CONNECT within a session", SILENT, "silence leaves the MTA waiting",
	0},
    {"order", "RTB", AT(READY) | AT(SESSION) | AT(MAIL), "AU", true,
	"RCPT, DATA or BODY without what must come before, after ABORT or "
	"UNKNOWN",
	"takes it: its table leads from there to everything that may follow "
	"UNKNOWN",
	"there is no message, or no recipient, that it could belong to", 0},
    {"order", "RTLNBE", AT(READY) | AT(SESSION), NULL, false,
	"RCPT or content outside of a message", SILENT,
	"silence leaves the MTA waiting", 0},
    {"order", "TLNBE", AT(MAIL), NULL, false, "content without a recipient",
	SILENT, "silence leaves the MTA waiting", 0},
    {"order", "BE", AT(RCPT) | AT(HEADER), NULL, true,
	"BODY or BODYEOB without end of headers, which was asked for",
	"takes it: there is no callback for end of headers, so no connection "
	"of the process needs one",
	"an MTA that sends no end of headers must have been told so", 0},
    {"order", "RTLNBE", CONTENT, NULL, false, "a step back within a message",
	SILENT, "silence leaves the MTA waiting", 0},
    {"order", "U", CONTENT, NULL, true, "UNKNOWN between DATA and BODYEOB",
	"aborts the message, answers",
	"there are no SMTP commands within the content", 0},
    {"limits", "MR", ANYWHERE, NULL, true,
	"more parameters, or more messages, than the limit",
	"a callback cannot close: the message goes unscanned",
	"there is no reply to MAIL and RCPT that could tell the MTA", 0},
};

static bool
command_fits(uint8_t command, const char *commands)
{
	return commands == NULL ? command == 0 : is_one_of(command, commands);
}

bool
difference_refused(const char *why, const struct moment *m, bool obeyed)
{
	for (size_t i = 0; i < COUNT(refused); i++) {
		struct refused *r = &refused[i];

		if (strcmp(r->why, why) != 0 ||
		    !command_fits(m->packet.command, r->commands) ||
		    (r->states & STATE_BIT(m->machine.now)) == 0 ||
		    (r->previous != NULL &&
			!is_one_of(m->previous, r->previous)))
			continue;
		if (!obeyed || r->obeyed) {
			r->count++;
			return true;
		}
	}
	return false;
}

/* --- accepted packets ---------------------------------------------------------- */

static bool
offer_of(const struct moment *m, struct negotiation *out)
{
	struct command c;

	if (m->packet.command != MILTER_OPTNEG ||
	    m->machine.now != STATE_START ||
	    !command_decode(state_row(MILTER_OPTNEG), m->packet.payload, &c))
		return false;
	*out = c.offer;
	return true;
}

static bool
offers_negative(const struct moment *m)
{
	struct negotiation offer;

	return offer_of(m, &offer) && offer.version > INT32_MAX;
}

static bool
offers_old_lists(const struct moment *m)
{
	struct negotiation offer;

	return offer_of(m, &offer) && offer.version >= MILTER_VERSION_MIN &&
	       offer.version < MILTER_VERSION &&
	       (offer.actions & MILTER_ACT_SETSYMLIST) != 0;
}

static bool
legal(const struct moment *m)
{
	const struct state_row *row = state_row(m->packet.command);

	return row != NULL && state_legal(&m->machine, row);
}

static bool
quits_for_another(const struct moment *m)
{
	return m->packet.command == MILTER_QUIT_NC && legal(m);
}

static bool
connects_late(const struct moment *m)
{
	return m->packet.command == MILTER_CONNECT && legal(m) &&
	       is_one_of(m->previous, "AU");
}

static bool
content_after_unknown(const struct moment *m)
{
	return m->previous == MILTER_UNKNOWN && legal(m) &&
	       is_one_of(m->packet.command, "LNE");
}

static bool
body_after_data(const struct moment *m)
{
	return m->previous == MILTER_DATA && legal(m) &&
	       is_one_of(m->packet.command, "BE");
}

static struct accepted {
	bool (*applies)(const struct moment *);
	const char *what;
	const char *libmilter;
	const char *reason;
	unsigned long count;
} accepted[] = {
    {offers_negative, "OPTNEG with a version of 2^31 or more",
	"closes: the number is signed there",
	"all numbers are unsigned; it is answered as any version above 6", 0},
    {offers_old_lists, "OPTNEG that offers macro lists in a version below 6",
	"sends the lists",
	"lists belong to version 6: the bit is left out of the answer", 0},
    {quits_for_another, "QUIT_NC",
	"drops it, and the CONNECT after it, unless the last message was "
	"accepted or the last command was UNKNOWN; messages are counted anew",
	"it is legal wherever QUIT is", 0},
    {connects_late, "ABORT or UNKNOWN, then CONNECT",
	"drops the CONNECT without an answer",
	"neither changes the state of a session", 0},
    {content_after_unknown, "UNKNOWN between the recipients and the content",
	"drops the content without an answer: the message is lost",
	"an unknown SMTP command changes nothing about the message", 0},
    {body_after_data,
	"BODY or BODYEOB right after DATA, end of headers not wanted",
	"drops it without an answer",
	"a message without header fields is a message", 0},
};

bool
difference_accepted(const struct moment *m)
{
	for (size_t i = 0; i < COUNT(accepted); i++) {
		if (accepted[i].applies(m)) {
			accepted[i].count++;
			return true;
		}
	}
	return false;
}

/* --- the queue id ---------------------------------------------------------------- */

static unsigned long queue_ids;

#define QUEUE_ID                                                               \
	"MACRO without names; values of an earlier message; the tables after " \
	"an ABORT"

void
difference_queue_id(void)
{
	queue_ids++;
}

/* --- the report -------------------------------------------------------------------- */

static void
print_row(FILE *out, const char *what, const char *libmilter,
    const char *pratique, const char *reason, unsigned long count)
{
	fprintf(out, "| %s | %s | %s | %s | %lu |\n", what, libmilter, pratique,
	    reason, count);
}

void
differences_print(FILE *out)
{
	fprintf(out, "| input | libmilter | Pratique | reason | count |\n"
		     "|---|---|---|---|---|\n");
	for (size_t i = 0; i < COUNT(refused); i++)
		print_row(out, refused[i].what, refused[i].libmilter, "closes",
		    refused[i].reason, refused[i].count);
	for (size_t i = 0; i < COUNT(accepted); i++)
		print_row(out, accepted[i].what, accepted[i].libmilter,
		    "takes it", accepted[i].reason, accepted[i].count);
	print_row(out, QUEUE_ID,
	    "keeps tables until the next command of an earlier stage",
	    "empties them at the end of a message and for each new set",
	    "no value of one message is used for another; it shows in the "
	    "queue id of the log only",
	    queue_ids);
	fprintf(out,
	    "\n## Never fed to libmilter\n\n"
	    "Packets of a wrong length, and those whose payload has not the\n"
	    "structure of its command: strings that are not ended, too many\n"
	    "or too few of them, a NUL within a value. By itself libmilter\n"
	    "cuts a value at the NUL, and reads behind the end of some. Both\n"
	    "engines close the connection (`libmilter/screen.c`).\n");
}

size_t
differences_unseen(void)
{
	size_t unseen = queue_ids == 0;

	for (size_t i = 0; i < COUNT(refused); i++)
		unseen += refused[i].count == 0;
	for (size_t i = 0; i < COUNT(accepted); i++)
		unseen += accepted[i].count == 0;
	return unseen;
}

bool
differences_in(const char *text)
{
	for (size_t i = 0; i < COUNT(refused); i++) {
		if (strstr(text, refused[i].what) == NULL ||
		    strstr(text, refused[i].reason) == NULL)
			return false;
	}
	for (size_t i = 0; i < COUNT(accepted); i++) {
		if (strstr(text, accepted[i].what) == NULL ||
		    strstr(text, accepted[i].reason) == NULL)
			return false;
	}
	return true;
}
