/* SPDX-License-Identifier: ISC */
/*
 * pratique-resolver: looks up the hosts of clamds that the configuration names,
 * again and again, and writes their addresses where scanners read them
 * (addresses.h).  Exists only if there is such a name.
 *
 * No other process can: the scanner sees no file and no name server, and the
 * monitor should not read what name servers say.  pratiqued starts it before it
 * becomes the monitor, so that the monitor's table need not allow what the C
 * library does to look up a name.  It lives as long as the monitor; if it ends
 * before, the addresses stay what they were.
 *
 * It runs as the scanner's user, without privilege, can read what that user may
 * and write nothing, and can connect to name servers, and to services of this
 * host that look up names.
 */
#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <string.h>
#include <sysexits.h>
#include <time.h>
#include <unistd.h>

#include "lib/ensure.h"
#include "lib/log.h"
#include "privsep/ipc/addresses.h"
#include "privsep/ipc/boot.h"
#include "privsep/ipc/exec_fds.h"

/* A name server answers most of these from its cache; more often for a name
 * that is not known: mail may be waiting for it. */
#define ROUND_S	  10
#define UNKNOWN_S 5

static const struct resolver_boot *boot;
static struct addresses *addresses;

static int
fail(const char *what)
{
	log_event(LOG_LEVEL_ERROR, "resolver-failed", what);
	return EX_OSERR;
}

/* The same host, with the address that was found. */
static struct address
found_address(const struct addrinfo *found)
{
	struct address a = {.len = found->ai_addrlen};

	if (found->ai_addrlen <= sizeof(a.storage))
		memcpy(&a.storage, found->ai_addr, found->ai_addrlen);
	return a;
}

/* An address that is still one of the host's stays: the order in which a name
 * server lists them changes. */
static bool
is_among(const struct addrinfo *found, uint32_t index, sa_family_t family)
{
	for (; found != NULL; found = found->ai_next) {
		struct address now = {.any.sa_family = family};
		struct address then = found_address(found);

		if (addresses_get(addresses, index, &now) &&
		    !addresses_get(addresses, index, &then))
			return true;
	}
	return false;
}

/* False if the name has no address now. */
static bool
look_up(uint32_t index)
{
	const struct resolver_name *name = &boot->name[index];
	const struct addrinfo hints = {
	    .ai_family = name->family, .ai_socktype = SOCK_STREAM};
	struct addrinfo *found;
	struct address first;

	if (getaddrinfo(name->host, NULL, &hints, &found) != 0)
		return false;
	first = found_address(found);
	if (!is_among(found, name->index, (sa_family_t)name->family))
		(void)addresses_set(addresses, name->index, &first);
	freeaddrinfo(found);
	return true;
}

static void
rounds(void)
{
	ensure(boot->names > 0 && boot->names <= SETTINGS_BACKENDS_MAX);
	for (;;) {
		struct timespec pause = {.tv_sec = ROUND_S};

		for (uint32_t i = 0; i < boot->names; i++) {
			if (!look_up(i))
				pause.tv_sec = UNKNOWN_S;
		}
		nanosleep(&pause, NULL);
	}
}

/* Nothing is said on standard error any more: the log is the scanner's. */
static bool
be_silent(int null)
{
	bool ok = null != -1 && dup2(null, STDIN_FILENO) != -1 &&
		  dup2(null, STDOUT_FILENO) != -1 &&
		  dup2(null, STDERR_FILENO) != -1;

	if (null != -1)
		close(null);
	return ok;
}

int
main(void)
{
	static struct sandbox_report report;
	int null;

	if (!sandbox_first(getppid()) ||
	    (addresses = addresses_map(RESOLVER_FD_ADDRESSES)) == NULL ||
	    (boot = boot_load(sizeof(*boot))) == NULL)
		return fail("not started by pratiqued");
	close(RESOLVER_FD_ADDRESSES);
	if (!sandbox_descriptors(0x7U | 1U << RESOLVER_FD_READY))
		return fail("unexpected descriptors are open");
	null = open("/dev/null", O_RDWR | O_CLOEXEC); /* not possible later */
	if (!sandbox_enter(&boot->sandbox, &report))
		return fail(report.missing);
	if (!be_silent(null) || !policy_load(policy_bytes(&boot->resolver)))
		return fail("seccomp filter not loaded");
	report.layers |= LAYER_BIT(LAYER_SECCOMP);
	if (write(RESOLVER_FD_READY, &report, sizeof(report)) !=
	    (ssize_t)sizeof(report))
		return EX_UNAVAILABLE;
	close(RESOLVER_FD_READY);
	rounds();
}
