/* SPDX-License-Identifier: ISC */
/*
 * pratique-keys: reads the key files into memory that it shares with the
 * monitor, and ends: 0 if all of them are good, else with what is wrong in that
 * memory.  Started by the monitor, at its start and for each SIGHUP, with the
 * descriptors of privsep/ipc/exec_fds.h and a boot block; not by hand.  It ends
 * itself, by SIGALRM, if that takes too long.
 *
 * Key files are the one thing that is parsed with the right to read root's
 * files; so it is done in a process that has nothing else.
 */
#include <stdio.h>
#include <sys/time.h>
#include <sysexits.h>
#include <unistd.h>

#include "keys/reader.h"
#include "keys/vault.h"
#include "privsep/ipc/boot.h"
#include "privsep/ipc/exec_fds.h"

/* Some milliseconds are enough; the monitor waits for us, and the directory may
 * be on a file system that hangs. */
#define SECONDS_MAX 15

static struct vault shared;

static int
fail(const char *why)
{
	struct keyring_pages *pages = shared.memory;

	if (pages != NULL)
		snprintf(pages->why, sizeof(pages->why), "key reader: %s", why);
	return EX_OSERR;
}

int
main(void)
{
	const struct itimerval limit = {.it_value.tv_sec = SECONDS_MAX};
	struct sandbox_report report;
	const struct keys_boot *boot;

	if (!sandbox_first(getppid()) ||
	    setitimer(ITIMER_REAL, &limit, NULL) == -1 ||
	    !vault_map(&shared, READER_FD_RING, sizeof(struct keyring_pages)) ||
	    (boot = boot_load(sizeof(*boot))) == NULL)
		return fail("not started by pratiqued");
	if (!sandbox_descriptors(0x7U | 1U << READER_FD_RING))
		return fail("unexpected descriptors are open");
	close(READER_FD_RING);
	if (!sandbox_reader(&boot->sandbox, &report))
		return fail(report.missing);
	if (!policy_load(policy_bytes(&boot->reader)))
		return fail("seccomp filter not loaded");
	if (!reader_dir(shared.memory, boot->sandbox.readable, boot->stamping,
		boot->must_stamp != 0))
		return EX_CONFIG;
	return EX_OK;
}
