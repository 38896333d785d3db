/* SPDX-License-Identifier: ISC */
/* epoll for the scanner; see poll.h. */
#include "scanner/base/poll.h"

#include <errno.h>
#include <stddef.h>
#include <sys/epoll.h>

#include "lib/ensure.h"

static int epoll_fd = -1;

bool
poll_setup(void)
{
	epoll_fd = epoll_create1(EPOLL_CLOEXEC);
	return epoll_fd != -1;
}

bool
poll_watch(int fd, enum poll_kind kind, uint32_t index, enum poll_for *have,
    enum poll_for want)
{
	struct epoll_event event = {
	    .events = want == POLL_WRITE ? EPOLLOUT : EPOLLIN,
	    .data.u64 = (uint64_t)kind << 32 | index,
	};
	int op = *have == POLL_NOTHING ? EPOLL_CTL_ADD : EPOLL_CTL_MOD;

	ensure(fd >= 0 && want != POLL_NOTHING);
	if (*have == want)
		return true;
	if (epoll_ctl(epoll_fd, op, fd, &event) == -1)
		return false;
	*have = want;
	return true;
}

void
poll_leave(int fd)
{
	struct epoll_event unused = {0};

	epoll_ctl(epoll_fd, EPOLL_CTL_DEL, fd, &unused);
}

int
poll_wait(struct poll_event event[POLL_ROUND], int timeout_ms)
{
	struct epoll_event got[POLL_ROUND];
	int n = epoll_pwait(epoll_fd, got, POLL_ROUND, timeout_ms, NULL);

	if (n == -1)
		return errno == EINTR ? 0 : -1;
	for (int i = 0; i < n; i++) {
		event[i].kind = (enum poll_kind)(got[i].data.u64 >> 32);
		event[i].index = (uint32_t)got[i].data.u64;
	}
	return n;
}
