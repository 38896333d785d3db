/* SPDX-License-Identifier: ISC */
/* What a clamd is; see identity.h. */
#include "scanner/identity.h"

#include "scanner/clamd/backend.h"

/* "ClamAV 1.4.6/27091/Fri Nov ..." to "ClamAV-1.4.6"; "" if a stamp cannot
 * hold it. */
static void
engine_name(const char *version, char out[static STAMP_ENGINE_MAX + 1])
{
	size_t len = strcspn(version, "/");

	out[0] = '\0';
	if (len > STAMP_ENGINE_MAX)
		return;
	memcpy(out, version, len);
	out[len] = '\0';
	for (size_t i = 0; i < len; i++) {
		if (out[i] == ' ')
			out[i] = '-';
	}
	if (!stamp_engine_fit(span_of(out, len)))
		out[0] = '\0';
}

void
identity_of(uint32_t backend, struct identity *out)
{
	const struct backend *b = backend_at(backend);
	const struct version *v = &b->version;

	engine_name(v->text, out->engine);
	out->database = (struct database){
	    .number = v->daily, .time = v->built > 0 ? (uint64_t)v->built : 0};
	out->alerts = !b->alerts_off;
	out->nested = false;
}

struct database
identity_own(void)
{
	struct database newest = {0};
	struct identity id;

	for (uint32_t i = 0; i < backend_count(); i++) {
		identity_of(i, &id);
		if (id.database.number != 0 && id.database.time >= newest.time)
			newest = id.database;
	}
	return newest;
}
