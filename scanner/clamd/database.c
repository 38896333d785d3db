/* SPDX-License-Identifier: ISC */
/* Lines about databases; see database.h.  Runs in the scanner. */
#include "scanner/clamd/database.h"

#include "scanner/base/clock.h"
#include "scanner/base/log_retry.h"
#include "scanner/clamd/backend_log.h"

/* clamd's dates have no zone: they can be wrong by this much. */
#define ZONES_S (26 * INT64_C(3600))

void
database_add(struct log_line *line, const struct version *v)
{
	int64_t age = clock_today() - v->built;

	if (v->daily == 0)
		return;
	log_number(line, "database", v->daily);
	log_number(line, "age_h", age > 0 ? (uint64_t)age / 3600 : 0);
}

void
database_judge(
    const char *backend, const struct version *v, const struct version *old)
{
	struct log_line line;

	if (v->text[0] == '\0')
		backend_log_warning(backend, "does not tell its version");
	else if (v->daily == 0)
		backend_log_warning(backend, "has no daily database");
	else if (v->daily < old->daily)
		backend_log_warning(
		    backend, "has an older database than before");
	else if (v->built > clock_today() + ZONES_S)
		backend_log_warning(backend, "has a database from the future");
	if (old->text[0] == '\0')
		return; /* comes with backend-up */
	log_begin(&line, LOG_LEVEL_INFO, "backend-database");
	log_text(&line, "backend", backend);
	log_text(&line, "version", v->text);
	database_add(&line, v);
	log_retry_end(&line);
}

bool
database_is_old(const struct version *v, int64_t max_age_s)
{
	return v->daily != 0 && clock_today() - v->built > max_age_s + ZONES_S;
}
