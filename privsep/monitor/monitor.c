/* SPDX-License-Identifier: ISC */
/*
 * pratique-monitor: what pratiqued becomes when everything is prepared
 * (privsep/start/start.c).  Shows itself as pratiqued, the process that the
 * operator started, and begins as that has left it: with no more privilege than
 * restarting a child needs; signals, limits, umask, descriptors 0 to 2 and an
 * empty environment last across execve as well.
 *
 * Puts its own filter on, has the keys read, and then supervises (supervise.c).
 * It never reads a byte of mail, of the milter protocol, of the configuration
 * or of a key file; what its children send it are fixed-size records.
 */
#include <stdio.h>
#include <sys/prctl.h>
#include <sysexits.h>
#include <unistd.h>

#include "keys/keyring.h"
#include "lib/log.h"
#include "privsep/ipc/boot.h"
#include "privsep/ipc/exec_fds.h"
#include "privsep/monitor/footprint.h"
#include "privsep/monitor/key_service.h"
#include "privsep/monitor/logging.h"
#include "privsep/monitor/notify.h"
#include "privsep/monitor/status_write.h"
#include "privsep/monitor/supervise.h"

static const struct monitor_boot *boot;

static bool
given(int fd)
{
	return (boot->descriptors >> fd & 1) != 0;
}

static int
fail(int status, const char *why)
{
	fprintf(stderr, "pratiqued: %s\n", why);
	return status;
}

static void
log_start(void)
{
	struct log_line line;

	log_begin(&line, LOG_LEVEL_INFO, "start");
	log_text(&line, "version", VERSION);
	log_number(&line, "pid", (uint64_t)getpid());
	log_text(&line, "listen", boot->listen);
	logging_layers(&line, &status_now.monitor);
	log_end(&line);
}

static int
run(void)
{
	char text[KEYRING_WHY];
	int status;

	if (given(MONITOR_FD_KEYS) && !keys_setup(boot, text, sizeof(text)))
		return fail(EX_OSERR, text);
	if (!status_map(MONITOR_FD_STATUS))
		return fail(EX_OSERR, "cannot map the status file");
	if (!policy_load(policy_bytes(&boot->monitor)))
		return fail(EX_OSERR,
		    "cannot load the system call filter: this kernel has no "
		    "seccomp, or an outer filter forbids it");
	if (!keys_load(text, sizeof(text)))
		return fail(EX_CONFIG, text);
	log_init(MONITOR_FD_LOG, boot->log_format, boot->log_to);
	log_start();
	keys_log();
	notify_setup(given(MONITOR_FD_MANAGER), given(MONITOR_FD_LAUNCHER));
	status = supervise(boot);
	keyring_wipe();
	footprint_remove(boot);
	/* The last thing: who reads it may start another one. */
	log_event(LOG_LEVEL_INFO, "stopped", "all processes have ended");
	return status;
}

int
main(void)
{
	int status;

	prctl(PR_SET_NAME, "pratiqued");
	if (prctl(PR_SET_DUMPABLE, 0) == -1 ||
	    (boot = boot_load(sizeof(*boot))) == NULL)
		return fail(
		    EX_USAGE, "pratique-monitor is started by pratiqued");
	if (!sandbox_descriptors(0x7U | boot->descriptors))
		return fail(EX_OSERR, "unexpected descriptors are open");
	status = run();
	footprint_remove(boot); /* if it has not come that far */
	return status;
}
