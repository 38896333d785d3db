/* SPDX-License-Identifier: ISC */
/*
 * pratique-scanner: collects messages from sessions into sealed memfds, has a
 * clamd judge them, answers, and writes the log.  Started by the monitor with
 * the descriptors of privsep/ipc/record.h and a boot block; not by hand.
 *
 * All memory is allocated and all files are opened before the lockdown, which
 * comes before the first byte from anybody else than the monitor.
 */
#include <sodium.h>
#include <stdio.h>
#include <unistd.h>

#include "lib/fd_numbers.h"
#include "privsep/ipc/boot.h"
#include "privsep/ipc/record.h"
#include "scanner/base/log_retry.h"
#include "scanner/base/memory.h"
#include "scanner/base/monitor_link.h"
#include "scanner/base/poll.h"
#include "scanner/base/share.h"
#include "scanner/base/stream.h"
#include "scanner/case.h"
#include "scanner/clamd/backend.h"
#include "scanner/clamd/canary.h"
#include "scanner/clamd/confirm.h"
#include "scanner/clamd/meter.h"
#include "scanner/clamd/probe.h"
#include "scanner/clamd/standby.h"
#include "scanner/client.h"
#include "scanner/look.h"
#include "scanner/loop.h"
#include "scanner/peer.h"
#include "scanner/report.h"
#include "scanner/scan.h"
#include "scanner/stamping.h"
#include "scanner/suspects.h"

/* For canaries, what those of one clamd can hold: the long ones are packed. */
#define CANARIES_MEMORY (4 * CANARY_MIDDLE)
#define CANARIES_SHARE	32 /* of max_message_size */

static struct span block;
static const struct scanner_boot *boot; /* what it begins with */

static void
fail(const char *what)
{
	log_event(LOG_LEVEL_ERROR, "start-failed", what);
	_exit(1);
}

static void
allocate(const struct scanner_settings *settings)
{
	uint64_t key;

	share_setup(settings->max_memory);
	memory_setup(
	    settings->backends *
	    (settings->max_message_size / CANARIES_SHARE + CANARIES_MEMORY));
	suspects_setup(settings->remember_time);
	backend_setup(settings);
	standby_setup();
	probe_setup(settings);
	confirm_setup(settings);
	meter_setup(settings);
	report_setup(settings->log_clean);
	stamping_setup(&settings->stamp);
	if (!poll_setup() || !monitor_setup())
		fail("scanner: no epoll");
	if (!stream_setup(settings->max_message_size))
		fail("scanner: no randomness");
	canary_setup();
	randombytes_buf(&key, sizeof(key));
	look_setup(key);
	peer_setup(settings);
	if (!scan_setup(settings, client_slots(settings) + CASE_PARTS_ALL) ||
	    !case_setup() || !client_setup(settings))
		fail("scanner: no memory");
}

static bool
is_named(void)
{
	for (uint32_t i = 0; i < boot->settings.backends; i++) {
		if (boot->settings.backend[i].address.named)
			return true;
	}
	return false;
}

/* Where the addresses of hosts that are named can be read. */
static void
look_up(void)
{
	const struct addresses *addresses;

	if (!is_named())
		return;
	addresses = addresses_view(CHILD_FD_ADDRESSES);
	if (addresses == NULL)
		fail("scanner: no addresses of clamds");
	close(CHILD_FD_ADDRESSES);
	backend_look_up(addresses);
}

/* Where the sockets of clamds are, as seen from the new root directory. */
static void
see_clamds(const struct sandbox_spec *spec)
{
	char place[16];

	if (spec->binds == 0)
		backend_moved(spec->root, "");
	for (uint32_t i = 0; i < spec->binds; i++) {
		(void)snprintf(place, sizeof(place), "/%u", i);
		backend_moved(spec->bind[i], place);
	}
}

static void
confine(void)
{
	struct sandbox_report report = {0};

	if (!sandbox_enter(&boot->sandbox, &report))
		fail(report.missing);
	if (!policy_load(parts_get(block, SCANNER_PART_FILTER, 0)))
		fail("scanner: seccomp filter not loaded");
	report.layers |= LAYER_BIT(LAYER_SECCOMP);
	if ((report.layers & LAYER_BIT(LAYER_ROOT)) != 0)
		see_clamds(&boot->sandbox);
	if (!monitor_send_ready(&report))
		_exit(1);
}

int
main(void)
{
	if (!sandbox_first(getppid()) ||
	    (block = boot_load_parts(&boot_scanner_shape)).len == 0)
		fail("scanner: not started by pratiqued");
	boot = (const void *)block.ptr;
	if (!sandbox_descriptors(CHILD_FDS | 1U << CHILD_FD_LOG |
				 (is_named() ? 1U << CHILD_FD_ADDRESSES : 0)))
		fail("scanner: unexpected descriptors are open");
	log_retry_setup(
	    CHILD_FD_LOG, boot->settings.log_format, boot->settings.log_to);
	allocate(&boot->settings);
	look_up();
	confine();
	_exit(loop_run(&boot->settings));
}
