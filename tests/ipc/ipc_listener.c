/* SPDX-License-Identifier: ISC */
/*
 * A listener that breaks the rules when it is told to.  It is the real one,
 * with its filter, and serves mail; but a connection whose first bytes are an
 * order is not given to a session: what it asks for is done in the listener,
 * with the listener's own channels.
 *
 * Linked with --wrap for channel_recv, which shows where the channel to the
 * scanner is, and for pending_ready, which sees each connection that has
 * something to say.
 *
 * The answer to an order is text: how many datagrams went out, and the errno
 * that ended it.  There is none if there is no listener left to give it.
 */
#include <errno.h>
#include <poll.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "lib/fd_numbers.h"
#include "privsep/front/pending.h"
#include "privsep/ipc/channel.h"
#include "privsep/ipc/record.h"

#define MAGIC	   "IPC!" /* as a packet's length no MTA would send it */
#define COPIES_MAX 8
#define BYTES_MAX  4096

struct order {
	char magic[4];
	char what;   /* S: send; C: close the channel; I: ignore RETIRE from now
			on; D: read nothing of the monitor's from now on; H, T,
			X: see obey */
	char to;     /* M, S: monitor, scanner */
	char passed; /* which descriptor goes along */
	uint8_t copies;
	uint32_t times;
	uint32_t length; /* of what follows, one datagram */
};

static int scanner_fd = -1;
static bool disobedient, deaf;

ssize_t __real_channel_recv(int fd, void *buf, size_t cap, int *passed);
ssize_t __wrap_channel_recv(int fd, void *buf, size_t cap, int *passed);
void __real_pending_ready(struct pending *, int fd, bool left);
void __wrap_pending_ready(struct pending *, int fd, bool left);

ssize_t
__wrap_channel_recv(int fd, void *buf, size_t cap, int *passed)
{
	ssize_t n;

	if (deaf && fd == CHILD_FD_MONITOR) {
		*passed = -1;
		errno = EAGAIN;
		return -1;
	}
	n = __real_channel_recv(fd, buf, cap, passed);
	if (n > 0 && *passed != -1)
		scanner_fd = *passed;
	if (n > 0 && disobedient &&
	    record_type_of(span_of(buf, (size_t)n)) == RECORD_RETIRE) {
		errno = EAGAIN;
		return -1;
	}
	return n;
}

/* A descriptor to pass, and whether it is to be closed here afterwards. */
static int
descriptor(char which, bool *own)
{
	static int other = -1;
	int pair[2] = {-1, -1};

	*own = false;
	if (which == 'N')
		return STDIN_FILENO; /* /dev/null */
	if (which == 'L')
		return CHILD_FD_LISTEN;
	if (which == 'M')
		return CHILD_FD_MONITOR;
	if (which == 'S')
		return scanner_fd;
	*own = true;
	if (which == 'P' && other != -1) { /* both ends, in turn */
		pair[1] = other;
		other = -1;
		return pair[1];
	}
	if (!channel_pair(pair))
		return -1;
	if (which == 'P') {
		other = pair[0];
		return pair[1];
	}
	if (which == 'G') /* a session that talks nonsense */
		(void)!write(pair[0], MAGIC, sizeof(MAGIC));
	if (which != 'K') /* K: one that stays, and is silent */
		close(pair[0]);
	return pair[1];
}

static bool
send_one(int fd, const struct order *order, const uint8_t *bytes)
{
	union {
		char bytes[CMSG_SPACE(COPIES_MAX * sizeof(int))];
		struct cmsghdr head;
	} control = {.head = {0}};
	struct iovec iov = {(void *)(uintptr_t)bytes, order->length};
	struct msghdr msg = {.msg_iov = &iov, .msg_iovlen = 1};
	int passed[COPIES_MAX];
	bool own = false, sent;

	for (uint8_t i = 0; i < order->copies; i++)
		passed[i] = descriptor(order->passed, &own);
	if (order->copies > 0) {
		control.head =
		    (struct cmsghdr){CMSG_LEN(order->copies * sizeof(int)),
			SOL_SOCKET, SCM_RIGHTS};
		memcpy(CMSG_DATA(&control.head), passed,
		    order->copies * sizeof(int));
		msg.msg_control = control.bytes;
		msg.msg_controllen = CMSG_SPACE(order->copies * sizeof(int));
	}
	sent = sendmsg(fd, &msg, MSG_NOSIGNAL) != -1;
	for (uint8_t i = 0; own && i < order->copies; i++) {
		int saved = errno;
		close(passed[i]);
		errno = saved;
	}
	return sent;
}

static void
flood(int fd, int mta, const struct order *order, const uint8_t *bytes)
{
	struct pollfd room = {.fd = fd, .events = POLLOUT};
	char answer[64];
	uint32_t sent = 0;

	while (sent < order->times) {
		errno = 0;
		if (send_one(fd, order, bytes))
			sent++;
		else if (errno != EAGAIN || ppoll(&room, 1, NULL, NULL) == -1)
			break;
	}
	(void)!write(mta, answer,
	    (size_t)snprintf(answer, sizeof(answer), "%u %d\n", sent, errno));
}

static void
obey(int mta, const struct order *order, const uint8_t *bytes)
{
	int to = order->to == 'M' ? CHILD_FD_MONITOR : scanner_fd;

	switch (order->what) {
	case 'C':
		close(to);
		break;
	case 'I':
		disobedient = true;
		break;
	case 'D':
		deaf = true;
		break;
	case 'H': /* hangs: nothing is read any more */
		ppoll(NULL, 0, NULL, NULL);
		break;
	case 'T':
		__builtin_trap();
	case 'X':
		_exit(0);
	default:
		flood(to, mta, order, bytes);
	}
}

void
__wrap_pending_ready(struct pending *pending, int fd, bool left)
{
	static uint8_t bytes[sizeof(struct order) + BYTES_MAX];
	struct iovec iov = {bytes, sizeof(bytes)};
	struct msghdr msg = {.msg_iov = &iov, .msg_iovlen = 1};
	struct order order;
	ssize_t n = recvmsg(fd, &msg, MSG_PEEK);

	if (n < (ssize_t)sizeof(order) ||
	    memcmp(bytes, MAGIC, strlen(MAGIC)) != 0) {
		__real_pending_ready(pending, fd, left);
		return;
	}
	memcpy(&order, bytes, sizeof(order));
	if (order.length == (size_t)n - sizeof(order) &&
	    order.copies <= COPIES_MAX)
		obey(fd, &order, bytes + sizeof(order));
	pending_remove(pending, fd);
	close(fd);
}
