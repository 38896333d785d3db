/* SPDX-License-Identifier: ISC */
/*
 * The order in which a process of ours gives up what it could do.
 *
 * sandbox_first and sandbox_enter run once in listener and scanner,
 * sandbox_first and sandbox_monitor in the monitor, sandbox_session in each
 * session.  After sandbox_enter only the seccomp program is left to be
 * loaded; nothing that came with root or with the outside world is.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sandbox/layer.h"

/* Besides limits, and ids where there was root. */
#define MANDATORY                                                        \
	(LAYER_BIT(LAYER_CAPABILITIES) | LAYER_BIT(LAYER_NO_NEW_PRIVS) | \
	    LAYER_BIT(LAYER_NOT_DUMPABLE))

/* Mandatory, and not in the report yet when it is looked at. */
#define PUT_ON_LATER (LAYER_BIT(LAYER_LIMITS) | LAYER_BIT(LAYER_SECCOMP))

/* As many as ppoll is given: RLIMIT_NOFILE bounds its array too.  With 0 to 4
 * open no new number is below it. */
#define SESSION_FILES 2

/* Whose death ends us; 0 in the monitor. */
static pid_t parent_pid;

/* Credential changes reset both, so they are set at the start and again at
 * the end. */
static bool
sandbox_private(pid_t parent)
{
	if (prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) == -1)
		return false;
	if (parent == 0)
		return true;
	/* A parent that died before this call would not be noticed by it. */
	return prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0) == 0 &&
	       getppid() == parent;
}

/* A closed 0, 1 or 2 would be the number of the next socket. */
static bool
sandbox_standard(void)
{
	for (int fd = 0; fd <= 2; fd++)
		if (fcntl(fd, F_GETFD) == -1 && open("/dev/null", O_RDWR) != fd)
			return false;
	return true;
}

bool
sandbox_first(pid_t parent)
{
	bool short_of;

	parent_pid = parent;
	umask(077);
	return sandbox_private(parent) && sandbox_standard() &&
	       limits_set(RLIMIT_CORE, 0, &short_of) && clearenv() == 0 &&
	       signal(SIGPIPE, SIG_IGN) != SIG_ERR &&
	       signal(SIGXFSZ, SIG_IGN) != SIG_ERR;
}

static void
sandbox_no_gain(struct sandbox_report *report)
{
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == -1)
		layer_miss(report, LAYER_NO_NEW_PRIVS, "refused", errno);
	else
		layer_hold(report, LAYER_NO_NEW_PRIVS);

	if (prctl(PR_SET_MDWE, PR_MDWE_REFUSE_EXEC_GAIN, 0, 0, 0) == 0)
		layer_hold(report, LAYER_MDWE);
	else /* a kernel before 6.3 says EINVAL to options it does not know */
		layer_miss(report, LAYER_MDWE, "none",
		    errno == EINVAL ? ENOSYS : errno);
}

static void
sandbox_hide(struct sandbox_report *report)
{
	if (sandbox_private(parent_pid) &&
	    prctl(PR_GET_DUMPABLE, 0, 0, 0, 0) == 0)
		layer_hold(report, LAYER_NOT_DUMPABLE);
	else
		layer_miss(report, LAYER_NOT_DUMPABLE,
		    "refused, or the parent is gone", 0);
}

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
sandbox_monitor(struct sandbox_report *report)
{
	memset(report, 0, sizeof(*report));
	caps_reduce(report);
	sandbox_no_gain(report);
	sandbox_hide(report);
	return (report->layers & MANDATORY) == MANDATORY;
}

bool
sandbox_session(pid_t parent, uint32_t cpu_seconds)
{
	bool short_of;

	return sandbox_private(parent) &&
	       limits_set(RLIMIT_NPROC, 0, &short_of) &&
	       limits_set(RLIMIT_NOFILE, SESSION_FILES, &short_of) &&
	       limits_set(RLIMIT_CPU, cpu_seconds, &short_of);
}
