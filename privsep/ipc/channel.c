/* SPDX-License-Identifier: ISC */
/* Channels between our processes; see channel.h. */
#include "privsep/ipc/channel.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "lib/ensure.h"
#include "privsep/ipc/record.h"

/* One descriptor's worth of control data, aligned as the kernel wants it. */
union control {
	char bytes[CMSG_SPACE(sizeof(int))];
	struct cmsghdr align;
};

bool
channel_pair(int fd[2])
{
	return socketpair(AF_UNIX,
		   SOCK_SEQPACKET | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, fd) == 0;
}

bool
channel_send(int fd, const void *record, int passfd)
{
	union control control = {0};
	struct record_head head;
	struct iovec iov = {.iov_base = (void *)(uintptr_t)record};
	struct msghdr msg = {.msg_iov = &iov, .msg_iovlen = 1};

	memcpy(&head, record, sizeof(head));
	ensure(head.length >= sizeof(head));
	iov.iov_len = head.length;
	if (passfd != -1) {
		msg.msg_control = control.bytes;
		msg.msg_controllen = sizeof(control.bytes);
		struct cmsghdr *cmsg = CMSG_FIRSTHDR(&msg);
		cmsg->cmsg_level = SOL_SOCKET;
		cmsg->cmsg_type = SCM_RIGHTS;
		cmsg->cmsg_len = CMSG_LEN(sizeof(int));
		memcpy(CMSG_DATA(cmsg), &passfd, sizeof(int));
	}
	/* MSG_DONTWAIT as well: some channels were made by a listener, which
	 * cannot be trusted to have made them non-blocking. */
	return sendmsg(fd, &msg, MSG_NOSIGNAL | MSG_DONTWAIT) ==
	       (ssize_t)head.length;
}

/* A peer that ends without reading our last record leaves ECONNRESET, once, in
 * front of what it had sent before. */
static ssize_t
receive(int fd, struct msghdr *msg, int flags)
{
	ssize_t n = recvmsg(fd, msg, flags);

	return n == -1 && errno == ECONNRESET ? recvmsg(fd, msg, flags) : n;
}

ssize_t
channel_recv(int fd, void *buf, size_t cap, int *passed)
{
	union control control;
	struct iovec iov = {.iov_base = buf, .iov_len = cap};
	struct msghdr msg = {
	    .msg_iov = &iov,
	    .msg_iovlen = 1,
	    .msg_control = control.bytes,
	    /* CMSG_LEN, not CMSG_SPACE: the padding would take a second one */
	    .msg_controllen = CMSG_LEN(sizeof(int)),
	};
	ssize_t n = receive(fd, &msg, MSG_CMSG_CLOEXEC);

	*passed = -1;
	if (n == -1)
		return -1;
	struct cmsghdr *cmsg = CMSG_FIRSTHDR(&msg);
	if (cmsg != NULL && cmsg->cmsg_level == SOL_SOCKET &&
	    cmsg->cmsg_type == SCM_RIGHTS &&
	    cmsg->cmsg_len == CMSG_LEN(sizeof(int)))
		memcpy(passed, CMSG_DATA(cmsg), sizeof(int));
	/* MSG_CTRUNC: more descriptors were sent than fit; the kernel has
	 * dropped those, the one that fitted is dropped here. */
	if ((msg.msg_flags & (MSG_TRUNC | MSG_CTRUNC)) != 0) {
		if (*passed != -1)
			close(*passed);
		*passed = -1;
		errno = EBADMSG;
		return -1;
	}
	return n;
}

ssize_t
channel_read(int fd, void *buf, size_t cap)
{
	struct iovec iov = {.iov_base = buf, .iov_len = cap};
	struct msghdr msg = {.msg_iov = &iov, .msg_iovlen = 1};

	return receive(fd, &msg, MSG_DONTWAIT);
}

ssize_t
channel_take(int fd, void *buf, size_t cap)
{
	struct iovec iov = {.iov_base = buf, .iov_len = cap};
	struct msghdr msg = {.msg_iov = &iov, .msg_iovlen = 1};
	ssize_t n = receive(fd, &msg, MSG_DONTWAIT);

	if (n != -1 && (msg.msg_flags & (MSG_TRUNC | MSG_CTRUNC)) != 0) {
		errno = EBADMSG;
		return -1;
	}
	return n;
}
