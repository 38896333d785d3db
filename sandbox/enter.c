/* SPDX-License-Identifier: ISC */
/*
 * The order in which a child of the monitor gives up what it could do.
 *
 * sandbox_enter runs once in listener and scanner, sandbox_reader in the key
 * reader, sandbox_session in each session.  After that only the seccomp
 * program is left to be loaded; nothing that came with root or with the
 * outside world is.
 */
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "sandbox/layer.h"
#include "sandbox/sandbox.h"

/* Mandatory, and not in the report yet when it is looked at. */
#define PUT_ON_LATER (LAYER_BIT(LAYER_LIMITS) | LAYER_BIT(LAYER_SECCOMP))

/* As many as ppoll is given: RLIMIT_NOFILE bounds its array too.  With 0 to 4
 * open no new number is below it. */
#define SESSION_FILES 2

bool
sandbox_enter(const struct sandbox_spec *spec, struct sandbox_report *report)
{
	uint32_t needed = MANDATORY | (spec->required & ~PUT_ON_LATER);
	bool own_ids;

	memset(report, 0, sizeof(*report));
	own_ids = ids_take(spec, report);
	if (own_ids)
		needed |= LAYER_BIT(LAYER_IDS);
	namespace_make(spec, report); /* as that uid, and before chroot */
	caps_raise();		      /* what is left, or the namespace's */
	caps_bound(report);	      /* needs SETPCAP and /proc */
	namespace_root(spec, report); /* needs SYS_CHROOT */
	caps_drop(report);
	sandbox_no_gain(report);
	sandbox_hide(report);
	landlock_enter(spec, report); /* needs no_new_privs */

	/* Root of a namespace of one user stays that, an ordinary user. */
	if ((own_ids || geteuid() != 0) && !ids_are_final()) {
		report->layers &= ~LAYER_BIT(LAYER_IDS);
		layer_miss(report, LAYER_IDS, "root can be taken back", 0);
		return false;
	}
	if ((report->layers & needed) != needed) {
		layer_required(report, needed & ~report->layers);
		return false;
	}
	/* Last, so that a fault above can still be written to a log that is a
	 * file: RLIMIT_FSIZE counts there too. */
	limits_lower(spec, report);
	return (report->layers & LAYER_BIT(LAYER_LIMITS)) != 0;
}

bool
sandbox_reader(const struct sandbox_spec *spec, struct sandbox_report *report)
{
	memset(report, 0, sizeof(*report));
	caps_bound(report);
	caps_drop(report);
	sandbox_no_gain(report);
	sandbox_hide(report);
	landlock_enter(spec, report);
	limits_lower(spec, report);
	return (report->layers & MANDATORY) == MANDATORY &&
	       (report->layers & LAYER_BIT(LAYER_LIMITS)) != 0;
}

bool
sandbox_session(pid_t parent, uint32_t cpu_seconds)
{
	bool short_of;

	return sandbox_mortal(parent) &&
	       limits_set(RLIMIT_NPROC, 0, &short_of) &&
	       limits_set(RLIMIT_NOFILE, SESSION_FILES, &short_of) &&
	       limits_set(RLIMIT_CPU, cpu_seconds, &short_of);
}
