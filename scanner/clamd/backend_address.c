/* SPDX-License-Identifier: ISC */
/*
 * Where the clamds are (the contract is in backend.h): sockets as they look
 * from inside the scanner's root directory, and addresses of hosts that the
 * resolver has found anew.  Runs in the scanner.
 */
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "scanner/base/log_retry.h"
#include "scanner/clamd/backend.h"
#include "scanner/clamd/probe.h"

static const struct addresses *addresses; /* NULL: no host is named */

/* The length that belongs to a Unix socket's path as it is now. */
void
backend_address_fit(struct address *address)
{
	size_t max = sizeof(address->local.sun_path);
	size_t len = strnlen(address->local.sun_path, max);

	if (address->any.sa_family == AF_UNIX)
		address->len =
		    (socklen_t)(offsetof(struct sockaddr_un, sun_path) + len +
				(len < max ? 1 : 0));
}

void
backend_look_up(const struct addresses *all)
{
	addresses = all;
}

/* Another machine perhaps: what is known of the old one says nothing of it. */
void
backend_follow(void)
{
	for (uint32_t i = 0; addresses != NULL && i < backend_count(); i++) {
		struct backend *b = backend_at(i);
		struct log_line line;

		if (!b->settings->address.named ||
		    !addresses_get(addresses, i, &b->address))
			continue;
		log_begin(&line, LOG_LEVEL_INFO, "backend-address");
		log_text(&line, "backend", backend_name(i));
		log_retry_end(&line);
		b->proved = 0;
		b->ceiling = UINT64_MAX;
		probe_fail(i, reason_of(REASON_ADDRESS));
	}
}

/* The part of a socket's path behind the directory, or NULL if it is not
 * below it. */
static const char *
below(const struct sockaddr_un *local, const char *directory)
{
	size_t len = strlen(directory);

	while (len > 0 && directory[len - 1] == '/')
		len--;
	if (local->sun_family != AF_UNIX ||
	    strncmp(local->sun_path, directory, len) != 0 ||
	    local->sun_path[len] != '/')
		return NULL;
	return local->sun_path + len;
}

void
backend_moved(const char *outside, const char *inside)
{
	for (uint32_t i = 0; i < backend_count(); i++) {
		struct backend *b = backend_at(i);
		struct sockaddr_un *local = &b->address.local;
		char path[sizeof(local->sun_path)] = "";
		const char *rest = below(local, outside);

		if (rest == NULL)
			continue;
		(void)snprintf(path, sizeof(path), "%s%s", inside, rest);
		memcpy(local->sun_path, path, sizeof(path));
		backend_address_fit(&b->address);
	}
}
