/* SPDX-License-Identifier: ISC */
/*
 * Resource limits, soft and hard together, so that nothing raises them again.
 * Lowering needs no privilege; a hard limit that is lower than wanted and that
 * we may not raise stays, and the report says so.
 *
 * The session's own limits (limits that would be wrong for the listener that
 * forks it) are in sandbox_session.
 */
#include <errno.h>
#include <sys/resource.h>

#include "sandbox/layer.h"

/* No recursion anywhere and no large arrays on the stack: a few pages are
 * used; the rest is room for the C library. */
#define STACK_MAX (1024UL * 1024)

bool
limits_set(int resource, uint64_t wanted, bool *short_of)
{
	struct rlimit limit = {
	    .rlim_cur = (rlim_t)wanted, .rlim_max = (rlim_t)wanted};

	*short_of = false;
	if (setrlimit(resource, &limit) == 0)
		return true;
	if (errno != EPERM || getrlimit(resource, &limit) == -1)
		return false;
	*short_of = true; /* only raising is forbidden */
	limit.rlim_cur = limit.rlim_max;
	return setrlimit(resource, &limit) == 0;
}

/* RLIMIT_NPROC counts all processes of a uid.  Where that is shared with
 * others, in no user namespace of our own, the count would be theirs. */
static uint64_t
limits_processes(
    const struct sandbox_spec *spec, const struct sandbox_report *report)
{
	uint32_t own = LAYER_BIT(LAYER_IDS) | LAYER_BIT(LAYER_NAMESPACES);

	if (spec->max_processes != 0 && (report->layers & own) == 0)
		return SANDBOX_KEEP;
	return spec->max_processes;
}

void
limits_lower(const struct sandbox_spec *spec, struct sandbox_report *report)
{
	const struct {
		int resource;
		uint64_t wanted;
		const char *low; /* said if the hard limit is below it */
	} limit[] = {
	    {RLIMIT_CORE, 0, NULL},
	    {RLIMIT_MEMLOCK, 0, NULL},
	    {RLIMIT_MSGQUEUE, 0, NULL},
	    {RLIMIT_STACK, STACK_MAX, NULL},
	    {RLIMIT_NOFILE, spec->max_files, "fewer files than wanted"},
	    {RLIMIT_NPROC, limits_processes(spec, report),
		"fewer processes than wanted"},
	    {RLIMIT_FSIZE, spec->max_file_size, "smaller files than wanted"},
	    {RLIMIT_AS, spec->max_memory, NULL},
	};

	for (size_t i = 0; i < sizeof(limit) / sizeof(limit[0]); i++) {
		bool low = false;

		if (limit[i].wanted == SANDBOX_KEEP)
			continue;
		if (!limits_set(limit[i].resource, limit[i].wanted, &low)) {
			layer_miss(report, LAYER_LIMITS, "refused", errno);
			return;
		}
		if (low && limit[i].low != NULL)
			layer_miss(report, LAYER_LIMITS, limit[i].low, 0);
	}
	layer_hold(report, LAYER_LIMITS);
}
