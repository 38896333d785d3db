/* SPDX-License-Identifier: ISC */
/*
 * Confinement with layers left out: for the test programs only, which are
 * linked with --wrap for the functions here.  Which layers are put on is
 * the directory's name in argv[0], "layers-HEX/PROGRAM", a set of LAYER_BITs
 * (sandbox/sandbox.h); nothing in the product reads such a thing.
 *
 * With all bits set the real functions run.
 */
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>

#include "sandbox/layer.h"

#define WORD "layers-"

bool __real_policy_load(struct span program);
bool __wrap_policy_load(struct span program);
bool __real_limits_set(int resource, uint64_t value, bool *short_of);
bool __wrap_limits_set(int resource, uint64_t value, bool *short_of);
bool __real_sandbox_enter(
    const struct sandbox_spec *, struct sandbox_report *report);
bool __wrap_sandbox_enter(
    const struct sandbox_spec *, struct sandbox_report *report);
bool __real_sandbox_monitor(struct sandbox_report *report);
bool __wrap_sandbox_monitor(struct sandbox_report *report);
bool __real_sandbox_reader(
    const struct sandbox_spec *, struct sandbox_report *report);
bool __wrap_sandbox_reader(
    const struct sandbox_spec *, struct sandbox_report *report);
bool __real_sandbox_session(pid_t parent, uint32_t cpu_seconds);
bool __wrap_sandbox_session(pid_t parent, uint32_t cpu_seconds);

static const uint32_t all = (1U << LAYER_COUNT) - 1;
static uint32_t layers;

__attribute__((constructor)) static void
layers_read(int argc, char **argv)
{
	const char *at = argc > 0 ? strstr(argv[0], WORD) : NULL;

	layers = all;
	if (at != NULL)
		layers = (uint32_t)strtoul(at + strlen(WORD), NULL, 16);
}

static bool
wanted(enum layer layer)
{
	return (layers & LAYER_BIT(layer)) != 0;
}

/* Who has changed its ids is not dumpable, whatever it asks for itself.  The
 * filters allow nobody to become so again. */
static void
reveal(void)
{
	if (!wanted(LAYER_NOT_DUMPABLE) && !wanted(LAYER_SECCOMP))
		prctl(PR_SET_DUMPABLE, 1, 0, 0, 0);
}

bool
__wrap_policy_load(struct span program)
{
	if (wanted(LAYER_SECCOMP))
		return __real_policy_load(program);
	reveal(); /* the monitor hides after what is left out here */
	return true;
}

/* As sandbox_first and sandbox_session call it; limits_lower has its own. */
bool
__wrap_limits_set(int resource, uint64_t value, bool *short_of)
{
	if (wanted(LAYER_LIMITS))
		return __real_limits_set(resource, value, short_of);
	*short_of = false;
	return true;
}

static void
no_gain(void)
{
	/* Landlock and seccomp are refused to root's child without it, too. */
	if (wanted(LAYER_NO_NEW_PRIVS) || wanted(LAYER_LANDLOCK) ||
	    wanted(LAYER_SECCOMP))
		prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
	if (wanted(LAYER_MDWE))
		prctl(PR_SET_MDWE, PR_MDWE_REFUSE_EXEC_GAIN, 0, 0, 0);
}

/* The order of sandbox_enter, without the layers that are not wanted. */
bool
__wrap_sandbox_enter(
    const struct sandbox_spec *spec, struct sandbox_report *report)
{
	static struct sandbox_spec inner;

	if ((layers | LAYER_BIT(LAYER_SECCOMP)) == all)
		return __real_sandbox_enter(spec, report);
	inner = *spec;
	memset(report, 0, sizeof(*report));
	if (wanted(LAYER_IDS))
		ids_take(spec, report);
	inner.empty_network = wanted(LAYER_NETWORK) && spec->empty_network;
	if (wanted(LAYER_NAMESPACES))
		namespace_make(&inner, report);
	if (wanted(LAYER_CAPABILITIES) || wanted(LAYER_ROOT))
		caps_raise();
	if (wanted(LAYER_CAPABILITIES))
		caps_bound(report);
	if (wanted(LAYER_ROOT))
		namespace_root(spec, report);
	if (wanted(LAYER_CAPABILITIES))
		caps_drop(report);
	no_gain();
	if (wanted(LAYER_LANDLOCK))
		landlock_enter(spec, report);
	if (wanted(LAYER_LIMITS))
		limits_lower(spec, report);
	reveal();
	return true;
}

bool
__wrap_sandbox_monitor(struct sandbox_report *report)
{
	if ((layers | LAYER_BIT(LAYER_SECCOMP)) == all)
		return __real_sandbox_monitor(report);
	memset(report, 0, sizeof(*report));
	if (wanted(LAYER_CAPABILITIES))
		caps_reduce(report);
	no_gain();
	reveal();
	return true;
}

bool
__wrap_sandbox_reader(
    const struct sandbox_spec *spec, struct sandbox_report *report)
{
	if ((layers | LAYER_BIT(LAYER_SECCOMP)) == all)
		return __real_sandbox_reader(spec, report);
	memset(report, 0, sizeof(*report));
	if (wanted(LAYER_CAPABILITIES)) {
		caps_bound(report);
		caps_drop(report);
	}
	no_gain();
	if (wanted(LAYER_LANDLOCK))
		landlock_enter(spec, report);
	if (wanted(LAYER_LIMITS))
		limits_lower(spec, report);
	reveal();
	return true;
}

bool
__wrap_sandbox_session(pid_t parent, uint32_t cpu_seconds)
{
	bool done = __real_sandbox_session(parent, cpu_seconds);

	reveal();
	return done;
}
