/* SPDX-License-Identifier: ISC */
/* What every process does first, and what the monitor keeps; enter.c has the
 * children's layers. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>
#if __has_include(<sys/rseq.h>)
#include <sys/rseq.h>
#endif

#include "sandbox/layer.h"
#include "sandbox/sandbox.h"

/* Whose death ends us; 0 in the monitor. */
static pid_t parent_pid;

bool
sandbox_mortal(pid_t parent)
{
	/* A parent that died before this call would not be noticed by it. */
	return prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0) == 0 &&
	       getppid() == parent;
}

/* Credential changes reset both, so they are set at the start and again at
 * the end. */
bool
sandbox_private(pid_t parent)
{
	if (prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) == -1)
		return false;
	return parent == 0 || sandbox_mortal(parent);
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

void
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

void
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
sandbox_monitor(struct sandbox_report *report)
{
	memset(report, 0, sizeof(*report));
	caps_reduce(report);
	sandbox_no_gain(report);
	sandbox_hide(report);
	return (report->layers & MANDATORY) == MANDATORY;
}

void
sandbox_no_rseq(void)
{
#ifdef RSEQ_SIG
	/* As the C library registered it.  Where that was in another way the
	 * kernel refuses, and all stays as it is. */
	char *area = (char *)__builtin_thread_pointer() + __rseq_offset;

	(void)syscall(SYS_rseq, area, sizeof(struct rseq), RSEQ_FLAG_UNREGISTER,
	    RSEQ_SIG);
#endif
}
