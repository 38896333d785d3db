/* SPDX-License-Identifier: ISC */
/*
 * The process's own uid and gid, without supplementary groups, real,
 * effective and saved.  Listener and scanner, started by a monitor that is
 * root.
 *
 * Permitted capabilities survive here (PR_SET_KEEPCAPS), because chroot comes
 * later and may need one; caps.c takes them away.
 */
#include <errno.h>
#include <grp.h>
#include <unistd.h>

#include "sandbox/layer.h"

static bool
ids_hold(const struct sandbox_spec *spec)
{
	uid_t ruid, euid, suid;
	gid_t rgid, egid, sgid;

	return getresuid(&ruid, &euid, &suid) == 0 &&
	       getresgid(&rgid, &egid, &sgid) == 0 && ruid == spec->uid &&
	       euid == spec->uid && suid == spec->uid && rgid == spec->gid &&
	       egid == spec->gid && sgid == spec->gid &&
	       getgroups(0, NULL) == 0;
}

bool
ids_take(const struct sandbox_spec *spec, struct sandbox_report *report)
{
	if (geteuid() != 0) {
		layer_miss(report, LAYER_IDS, "not started as root", 0);
		return false;
	}
	if (spec->uid == 0 || spec->gid == 0) {
		layer_miss(report, LAYER_IDS, "root's are not its own", 0);
		return true;
	}
	/* A gid that our user namespace does not know is EINVAL whatever our
	 * privilege: root of a namespace of one user has nothing to take. */
	if (setresgid((gid_t)-1, spec->gid, (gid_t)-1) == -1 &&
	    errno == EINVAL) {
		layer_miss(report, LAYER_IDS,
		    "root of a user namespace that does not have them", 0);
		return false;
	}
	/* Groups first: without root's uid they could not be changed. */
	if (prctl(PR_SET_KEEPCAPS, 1, 0, 0, 0) == -1 ||
	    setgroups(0, NULL) == -1 ||
	    setresgid(spec->gid, spec->gid, spec->gid) == -1 ||
	    setresuid(spec->uid, spec->uid, spec->uid) == -1) {
		layer_miss(report, LAYER_IDS, "cannot take them", errno);
		return true;
	}
	if (ids_hold(spec))
		layer_hold(report, LAYER_IDS);
	else
		layer_miss(report, LAYER_IDS, "taken, but not in force", 0);
	return true;
}

bool
ids_are_final(void)
{
	return setuid(0) == -1 && geteuid() != 0;
}
