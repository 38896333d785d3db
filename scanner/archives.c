/* SPDX-License-Identifier: ISC */
/* Archives and clamd's word; see archives.h.  Runs in the scanner. */
#include "scanner/archives.h"

#include "scanner/clamd/backend.h"
#include "scanner/clamd/meter.h"

enum archive_fault
archives_judge(struct look *l, uint32_t backend, bool *blind)
{
	bool strict = backend_at(backend)->settings->require_alerts;
	struct archive_bounds bounds;
	enum archive_fault fault;

	meter_bounds(backend, &bounds);
	look_end(l);
	fault = look_judge(l, &bounds);
	*blind = !bounds.told && look_is_blind(l);
	return fault == ARCHIVE_FINE && *blind && strict ? ARCHIVE_NESTED
							 : fault;
}
