/* SPDX-License-Identifier: ISC */
/* Which table becomes whose filter; see filters.h.  In pratiqued. */
#include "privsep/start/filters.h"

/* Children inherit the monitor's program, so it allows what theirs do. */
static const char *
compile_monitor(bool libmilter, bool binds, struct policy_program *out)
{
	const struct policy *table =
	    libmilter ? &policy_monitor_libmilter : &policy_monitor;
	struct policy with_binds = policy_monitor_binds;

	with_binds.base = table;
	return policy_compile(binds ? &with_binds : table, 0, out);
}

const char *
filters_compile(const struct config *c, bool binds, struct filters *out)
{
	bool libmilter = c->engine == ENGINE_LIBMILTER;
	const struct {
		bool needed;
		const struct policy *table;
		struct policy_program *to;
	} rows[] = {
	    {libmilter, &policy_libmilter, &out->listener},
	    {!libmilter, &policy_listener, &out->listener},
	    {!libmilter, &policy_session, &out->session},
	    {true, &policy_scanner, &out->scanner},
	    {config_has_keys(c), &policy_keys, &out->reader},
	    {true, &policy_resolver, &out->resolver},
	};
	const char *why = compile_monitor(libmilter, binds, &out->monitor);

	for (size_t i = 0; why == NULL && i < sizeof(rows) / sizeof(rows[0]);
	     i++) {
		if (rows[i].needed)
			why = policy_compile(rows[i].table, 0, rows[i].to);
	}
	return why;
}
