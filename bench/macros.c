/* SPDX-License-Identifier: ISC */
/*
 * Macro packets as Postfix sends them: one before every command, holding the
 * names of the stage's list that have a value at that time.  Sender and
 * recipient macros exist up to DATA only, the queue id from the second
 * recipient on (a queue file is made when the first one is accepted).
 */
#include "bench/macros.h"

#include <string.h>

#define DELIMITERS " ,"

static const char *const defaults[MILTER_STAGES] = {
    [MILTER_STAGE_CONNECT] = "j {daemon_name} {daemon_addr} v _",
    [MILTER_STAGE_HELO] = "",
    [MILTER_STAGE_MAIL] = "i {mail_addr} {mail_host} {mail_mailer}",
    [MILTER_STAGE_RCPT] = "i {rcpt_addr} {rcpt_host} {rcpt_mailer}",
    [MILTER_STAGE_DATA] = "i",
    [MILTER_STAGE_EOM] = "i",
    [MILTER_STAGE_EOH] = "i",
};

static const struct macro {
	const char *name;
	const char *value;
	const char *commands; /* where it exists; NULL: everywhere */
} macros[] = {
    {"j", "mx.bench.example", NULL},
    {"v", "Postfix 3.7.11", NULL},
    {"_", "client.bench.example [192.0.2.7]", NULL},
    {"{daemon_name}", "mx.bench.example", NULL},
    {"{daemon_addr}", "192.0.2.1", NULL},
    {"{daemon_port}", "25", NULL},
    {"{client_addr}", "192.0.2.7", NULL},
    {"{client_name}", "client.bench.example", NULL},
    {"{client_ptr}", "client.bench.example", NULL},
    {"{client_port}", "40025", NULL},
    {"{mail_addr}", "sender@bench.example", "MRT"},
    {"{mail_host}", "bench.example", "MRT"},
    {"{mail_mailer}", "smtp", "MRT"},
    {"{rcpt_addr}", "rcpt@bench.example", "R"},
    {"{rcpt_host}", "bench.example", "R"},
    {"{rcpt_mailer}", "smtp", "R"},
};
#define MACROS (sizeof(macros) / sizeof(macros[0]))

void
macros_init(struct macros *m)
{
	for (size_t i = 0; i < MILTER_STAGES; i++)
		memcpy(m->list[i], defaults[i], strlen(defaults[i]) + 1);
}

bool
macros_learn(struct macros *m, struct cursor lists)
{
	struct span names;
	uint32_t stage;

	while (!cursor_empty(&lists)) {
		if (!cursor_u32(&lists, &stage) ||
		    !cursor_string(&lists, &names))
			return false;
		if (stage >= MILTER_STAGES || names.len >= MACROS_LIST_MAX)
			return false;
		if (names.len > 0) /* Postfix keeps its list for an empty one */
			memcpy(m->list[stage], names.ptr, names.len + 1);
	}
	return true;
}

/* x and {x} are the same macro. */
static bool
name_is(const char *name, size_t len, const char *macro)
{
	if (len == 3 && name[0] == '{' && macro[1] == '\0')
		return name[1] == macro[0];
	return len == strlen(macro) && memcmp(name, macro, len) == 0;
}

/* NULL if the macro has no value now. */
static const char *
value_of(const struct macros_known *known, const char *name, size_t len)
{
	if (name_is(name, len, "i"))
		return known->queue_id[0] ? known->queue_id : NULL;
	for (size_t i = 0; i < MACROS; i++) {
		const struct macro *m = &macros[i];

		if (!name_is(name, len, m->name))
			continue;
		if (m->commands == NULL || strchr(m->commands, known->command))
			return m->value;
		return NULL;
	}
	return NULL;
}

void
macros_put(const struct macros *m, const struct macros_known *known,
    struct packet_buffer *out)
{
	const char *name = m->list[known->stage];

	packet_begin(out, MILTER_MACRO);
	packet_put_u8(out, (uint8_t)known->command);
	for (;;) {
		const char *value;
		size_t len;

		name += strspn(name, DELIMITERS);
		len = strcspn(name, DELIMITERS);
		if (len == 0)
			break;
		value = value_of(known, name, len);
		if (value != NULL) {
			packet_put(out, name, len);
			packet_put_u8(out, 0);
			packet_put_text(out, value);
		}
		name += len;
	}
	packet_end(out);
}
