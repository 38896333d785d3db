/* SPDX-License-Identifier: ISC */
/*
 * Taking over the sockets of a service manager; see activation.h.  In the
 * monitor, before it is confined.  The environment comes from whoever started
 * us, like the command line.
 */
#include "privsep/start/activation.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "lib/ensure.h"

/* SD_LISTEN_FDS_START */
#define FIRST_FD 3

static unsigned long passed;

/* A decimal number from the environment; 0 if there is none. */
static unsigned long
number_of(const char *name)
{
	const char *text = getenv(name);
	char *end;
	unsigned long n;

	if (text == NULL || *text < '0' || *text > '9')
		return 0;
	errno = 0;
	n = strtoul(text, &end, 10);
	return errno == 0 && *end == '\0' ? n : 0;
}

void
activation_init(void)
{
	/* Another pid: meant for a process that we descend from. */
	if (number_of("LISTEN_PID") == (unsigned long)getpid())
		passed = number_of("LISTEN_FDS");
	/* Nothing else that is open was meant for us. */
	if (passed < INT_MAX - FIRST_FD)
		close_range(FIRST_FD + (unsigned int)passed, ~0U, 0);
}

/* The address as pratique.conf(5) would have it. */
static bool
describe(struct address *a)
{
	const struct sockaddr_in *in = (const void *)&a->storage;
	const struct sockaddr_in6 *in6 = (const void *)&a->storage;
	char host[INET6_ADDRSTRLEN];

	switch (a->any.sa_family) {
	case AF_UNIX:
		snprintf(a->text, sizeof(a->text), "unix:%s%s",
		    a->local.sun_path[0] == '\0' ? "@" : "",
		    a->local.sun_path + (a->local.sun_path[0] == '\0'));
		return true;
	case AF_INET:
		snprintf(a->text, sizeof(a->text), "inet:%u@%s",
		    ntohs(in->sin_port),
		    inet_ntop(AF_INET, &in->sin_addr, host, sizeof(host)));
		return true;
	case AF_INET6:
		snprintf(a->text, sizeof(a->text), "inet6:%u@%s",
		    ntohs(in6->sin6_port),
		    inet_ntop(AF_INET6, &in6->sin6_addr, host, sizeof(host)));
		return true;
	default:
		return false;
	}
}

static bool
is_set(int fd, int option, int wanted)
{
	int value = -1;
	socklen_t len = sizeof(value);

	return getsockopt(fd, SOL_SOCKET, option, &value, &len) == 0 &&
	       value == wanted;
}

/* One socket: NULL, or why it cannot be used. */
static const char *
take(int fd, struct address *a)
{
	int flags = fcntl(fd, F_GETFL);

	memset(a, 0, sizeof(*a));
	a->len = sizeof(a->storage);
	if (flags == -1 || !is_set(fd, SO_TYPE, SOCK_STREAM) ||
	    !is_set(fd, SO_ACCEPTCONN, 1))
		return "is not a stream socket that listens; use ListenStream= "
		       "and Accept=no";
	if (getsockname(fd, &a->any, &a->len) == -1 || !describe(a))
		return "is neither a Unix nor an Internet socket";
	if (fcntl(fd, F_SETFL, flags | O_NONBLOCK) == -1 ||
	    fcntl(fd, F_SETFD, FD_CLOEXEC) == -1)
		return strerror(errno);
	return NULL;
}

bool
activation_take(struct config *c, int fds[static CONFIG_LISTEN_MAX],
    bool *taken, char *why, size_t size)
{
	*taken = passed > 0;
	if (!*taken)
		return true;
	if (passed > CONFIG_LISTEN_MAX) {
		snprintf(why, size,
		    "LISTEN_FDS: %lu sockets were passed; at most %d can be "
		    "listened on",
		    passed, CONFIG_LISTEN_MAX);
		return false;
	}
	for (uint32_t i = 0; i < passed; i++) {
		const char *reason = take(FIRST_FD + (int)i, &c->listen[i]);

		if (reason != NULL) {
			snprintf(why, size, "LISTEN_FDS: descriptor %d %s",
			    FIRST_FD + (int)i, reason);
			return false;
		}
		fds[i] = FIRST_FD + (int)i;
	}
	ensure(passed > 0 && passed <= CONFIG_LISTEN_MAX);
	c->listens = (uint32_t)passed;
	return true;
}
