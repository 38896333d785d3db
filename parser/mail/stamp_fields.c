/* SPDX-License-Identifier: ISC */
/* The stamps of one message; see stamp_fields.h.  In the session. */
#include "parser/mail/stamp_fields.h"

#include "lib/ensure.h"
#include "lib/network.h"
#include "parser/mail/process.h"
#include "parser/mail/stamp_field.h"

void
stamps_reset(struct stamps *s)
{
	s->peer = STAMPS_NO_PEER;
	stamps_clear(s);
}

void
stamps_clear(struct stamps *s)
{
	s->fields = s->candidates = 0;
	s->sent = false;
}

void
stamps_connect(
    struct stamps *s, const struct stamp_session *settings, const char *text)
{
	struct network address = {0};

	s->peer = STAMPS_NO_PEER;
	if (settings->peers == 0 || !network_of(text, &address))
		return;
	for (uint32_t i = 0; i < settings->peers; i++) {
		if (network_holds(&settings->peer[i], &address)) {
			s->peer = i;
			return;
		}
	}
}

void
stamps_field(struct stamps *s, struct span value)
{
	struct candidate *c = &s->candidate[s->candidates];
	struct stamp stamp;

	/* Counted to the end: they are all taken out by their number. */
	s->fields++;
	ensure(s->candidates < s->fields);
	if (s->peer == STAMPS_NO_PEER || s->fields > STAMPS_MAX ||
	    !stamp_read(value, &stamp, c->mac))
		return;
	ensure(s->candidates < STAMPS_MAX);
	stamp_encode(&stamp, c->stamp);
	c->number = s->fields;
	s->candidates++;
}

void
stamps_send(struct stamps *s)
{
	if (s->sent)
		return;
	s->sent = true;
	ensure(s->candidates <= STAMPS_MAX);
	ensure(s->candidates == 0 || s->peer != STAMPS_NO_PEER);
	if (s->fields > STAMPS_MAX)
		s->candidates = 0;
	for (uint32_t i = 0; i < s->candidates; i++)
		process_scan_candidate(s->peer, &s->candidate[i]);
}

enum stamp_reason
stamps_reason(const struct stamps *s)
{
	if (s->peer == STAMPS_NO_PEER)
		return STAMP_NOT_PEER;
	if (s->fields == 0)
		return STAMP_NONE;
	if (s->fields > STAMPS_MAX)
		return STAMP_TOO_MANY;
	return s->candidates == 0 ? STAMP_SYNTAX : STAMP_GOOD;
}

bool
stamps_has(const struct stamps *s, uint32_t number)
{
	for (uint32_t i = 0; i < s->candidates; i++) {
		if (s->candidate[i].number == number)
			return true;
	}
	return false;
}
