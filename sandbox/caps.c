/* SPDX-License-Identifier: ISC */
/*
 * Capabilities, with libcap-ng: none at all for listener and scanner, four
 * for the monitor.
 *
 * The layer holds when effective, permitted and inheritable sets are empty
 * (ambient follows from these).  A bounding set that cannot be emptied, for
 * want of SETPCAP, is reported but does not undo the layer: it only limits
 * what execve gives, and under no_new_privs execve gives nothing.
 *
 * libcap-ng reads /proc to see the bounding set, so the checks here ask the
 * kernel directly: they work after chroot, and do not trust the library that
 * they check.
 */
#include <cap-ng.h>
#include <errno.h>
#include <linux/capability.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "sandbox/layer.h"

/* What a monitor needs to start another child: its ids and root, and the
 * right to end it. */
static const unsigned int monitor_caps[] = {
    CAP_SETUID, CAP_SETGID, CAP_SYS_CHROOT, CAP_KILL};

#define MONITOR_CAPS (sizeof(monitor_caps) / sizeof(monitor_caps[0]))
#define CAPS_MAX     64 /* bits of a set in the kernel's interface */

/* Effective, permitted and inheritable set of this process. */
struct caps_sets {
	struct __user_cap_data_struct data[_LINUX_CAPABILITY_U32S_3];
};

static bool
caps_sets_get(struct caps_sets *sets)
{
	struct __user_cap_header_struct head = {
	    .version = _LINUX_CAPABILITY_VERSION_3};

	return syscall(SYS_capget, &head, sets->data) == 0;
}

/* True if none of the three holds a capability outside of allowed. */
static bool
caps_within(uint64_t allowed)
{
	struct caps_sets sets = {0};
	uint64_t held = 0;

	if (!caps_sets_get(&sets))
		return false;
	for (unsigned int i = 0; i < _LINUX_CAPABILITY_U32S_3; i++)
		held |=
		    (uint64_t)(sets.data[i].effective | sets.data[i].permitted |
			       sets.data[i].inheritable)
		    << (32 * i);
	return (held & ~allowed) == 0;
}

/* The same for the bounding set. */
static bool
caps_bound_within(uint64_t allowed)
{
	for (unsigned int cap = 0; cap < CAPS_MAX; cap++)
		if ((allowed >> cap & 1) == 0 &&
		    prctl(PR_CAPBSET_READ, (unsigned long)cap, 0, 0, 0) == 1)
			return false;
	return true; /* unknown capabilities answer EINVAL */
}

/* Without SETPCAP libcap-ng would not only fail, but also write to the system
 * log, with calls that our filters do not permit. */
static bool
caps_bound_can_change(void)
{
	struct caps_sets sets = {0};

	return caps_sets_get(&sets) &&
	       (sets.data[CAP_TO_INDEX(CAP_SETPCAP)].effective &
		   CAP_TO_MASK(CAP_SETPCAP)) != 0;
}

void
caps_raise(void)
{
	struct __user_cap_header_struct head = {
	    .version = _LINUX_CAPABILITY_VERSION_3};
	struct caps_sets sets = {0};

	if (!caps_sets_get(&sets))
		return;
	for (unsigned int i = 0; i < _LINUX_CAPABILITY_U32S_3; i++)
		sets.data[i].effective = sets.data[i].permitted;
	/* Whether it did shows in the steps that need one. */
	(void)syscall(SYS_capset, &head, sets.data);
}

void
caps_bound(struct sandbox_report *report)
{
	if (caps_bound_within(0))
		return;
	capng_clear(CAPNG_SELECT_BOUNDS);
	if (caps_bound_can_change())
		(void)!capng_apply(CAPNG_SELECT_BOUNDS);
	if (!caps_bound_within(0)) /* it may say 0 all the same */
		layer_miss(report, LAYER_CAPABILITIES,
		    "bounding set stays, for want of SETPCAP", 0);
}

void
caps_drop(struct sandbox_report *report)
{
	/* An outer filter may forbid capset to one who never had any. */
	capng_clear(CAPNG_SELECT_ALL);
	if (!caps_within(0) && capng_apply(CAPNG_SELECT_CAPS) != 0)
		layer_miss(
		    report, LAYER_CAPABILITIES, "sets not emptied", errno);
	else if (!caps_within(0))
		layer_miss(report, LAYER_CAPABILITIES, "sets are not empty", 0);
	else
		layer_hold(report, LAYER_CAPABILITIES);
}

void
caps_reduce(struct sandbox_report *report)
{
	uint64_t allowed = 0;
	bool had[MONITOR_CAPS];

	(void)!capng_get_caps_process();
	for (size_t i = 0; i < MONITOR_CAPS; i++) {
		had[i] = capng_have_capability(
			     CAPNG_PERMITTED, monitor_caps[i]) == 1;
		allowed |= 1ULL << monitor_caps[i];
	}
	capng_clear(CAPNG_SELECT_ALL);
	for (size_t i = 0; i < MONITOR_CAPS; i++)
		if (had[i])
			capng_updatev(CAPNG_ADD,
			    CAPNG_EFFECTIVE | CAPNG_PERMITTED |
				CAPNG_BOUNDING_SET,
			    monitor_caps[i], -1);
	if (!caps_bound_within(allowed) && caps_bound_can_change())
		(void)!capng_apply(CAPNG_SELECT_BOUNDS);
	if (!caps_bound_within(allowed)) /* it may say 0 all the same */
		layer_miss(report, LAYER_CAPABILITIES,
		    "bounding set stays, for want of SETPCAP", 0);
	if ((!caps_within(0) && capng_apply(CAPNG_SELECT_CAPS) != 0) ||
	    !caps_within(allowed))
		layer_miss(
		    report, LAYER_CAPABILITIES, "sets not reduced", errno);
	else
		layer_hold(report, LAYER_CAPABILITIES);
}
