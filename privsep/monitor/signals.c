/* SPDX-License-Identifier: ISC */
/* Signals as records; see signals.h.  In the monitor. */
#include "privsep/monitor/signals.h"

#include <signal.h>
#include <stddef.h>
#include <string.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "lib/log.h"

/* What the processor raises, what is ignored already (sandbox_first), and what
 * does not end a process: these stay as they are. */
static const int others[] = {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGTRAP, SIGSYS,
    SIGABRT, SIGPIPE, SIGXFSZ, SIGTSTP, SIGTTIN, SIGTTOU, SIGCONT, SIGWINCH,
    SIGURG};

int
signals_open(void)
{
	sigset_t set;

	sigfillset(&set);
	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++)
		sigdelset(&set, others[i]);
	sigprocmask(SIG_BLOCK, &set, NULL);
	return signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC);
}

enum signals_wish
signals_next(int fd)
{
	struct signalfd_siginfo si;
	const char *name;

	if (read(fd, &si, sizeof(si)) != sizeof(si))
		return SIGNALS_NONE;
	switch (si.ssi_signo) {
	case SIGTERM:
	case SIGINT:
	case SIGQUIT:
		return SIGNALS_STOP;
	case SIGHUP:
		return SIGNALS_RELOAD;
	case SIGCHLD:
		return SIGNALS_CHILD;
	default:
		name = sigabbrev_np((int)si.ssi_signo);
		log_event(LOG_LEVEL_WARNING, "signal-ignored",
		    name != NULL ? name : "a real-time signal");
		return SIGNALS_CHILD;
	}
}
