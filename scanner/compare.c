/* SPDX-License-Identifier: ISC */
/* Comparing a stamp with the message; see compare.h. */
#include "scanner/compare.h"

#include <ctype.h>

#include "lib/ensure.h"

#define SECOND 1000 /* settings are in milliseconds */

_Static_assert(FIELD_NAME_MAX == SETTINGS_NAME_MAX, "names are copied");

void
compare_ignore(const struct stamp_settings *settings,
    char names[static SETTINGS_IGNORE_MAX + 1][FIELD_NAME_MAX],
    struct field_list *out)
{
	uint32_t n = settings->ignores;
	char *own = names[n];

	ensure(n <= SETTINGS_IGNORE_MAX);
	memcpy(names, settings->ignore, n * sizeof(names[0]));
	memcpy(own, settings->header, sizeof(settings->header));
	for (size_t i = 0; own[i] != '\0'; i++) {
		if (own[i] >= 'A' && own[i] <= 'Z')
			own[i] = (char)tolower(own[i]);
	}
	*out = (struct field_list){
	    .count = n + 1, .name = (const char(*)[FIELD_NAME_MAX])names};
}

static enum stamp_reason
compare_database(const struct compare *c, const struct stamp *s)
{
	const struct stamp_settings *set = c->settings;

	if (s->database == 0 || s->database_time == 0)
		return STAMP_NO_DB;
	if (c->now > s->database_time &&
	    c->now - s->database_time > set->db_age / SECOND)
		return STAMP_DB_OLD;
	if (set->own_db == STAMP_OWN_DB_NONE)
		return STAMP_GOOD;
	if (c->own.number == 0 || c->own.time == 0)
		return STAMP_OWN_DB_UNKNOWN;
	return c->own.time > s->database_time + set->db_lag / SECOND
		   ? STAMP_OWN_DB_NEWER
		   : STAMP_GOOD;
}

static bool
differs(const uint8_t *a, const uint8_t *b)
{
	return memcmp(a, b, STAMP_DIGEST) != 0;
}

enum stamp_reason
compare_stamp(const struct compare *c, const struct stamp *s, bool tolerant,
    enum digest_fault *fault)
{
	const struct digests *d = c->digests;
	enum stamp_reason reason = compare_database(c, s);
	uint8_t flags = s->flags & STAMP_FLAGS;

	if (reason != STAMP_GOOD)
		return reason;
	*fault = d->fault != DIGEST_OK ? d->fault : d->header_fault[flags];
	if (*fault != DIGEST_OK)
		return STAMP_NOT_DIGESTIBLE;
	if (differs(s->body, d->body))
		return STAMP_BODY;
	if (differs(s->header, d->header[flags]))
		return STAMP_HEADER;
	return tolerant || !differs(s->address, d->address) ? STAMP_GOOD
							    : STAMP_ADDRESS;
}
