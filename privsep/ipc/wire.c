/* SPDX-License-Identifier: ISC */
/*
 * I/O of the session process; see wire.h.  Nothing here may make a call that
 * sandbox/policy_session.c does not list.
 */
#include "privsep/ipc/wire.h"

#include <errno.h>
#include <poll.h>
#include <time.h>
#include <unistd.h>

#include "lib/ensure.h"

uint64_t
wire_now(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

uint64_t
wire_date(void)
{
	struct timespec now = {0};

	clock_gettime(CLOCK_REALTIME, &now);
	return now.tv_sec > 0 ? (uint64_t)now.tv_sec : 0;
}

/* Time left, for ppoll; false if none is. */
static bool
time_left(uint64_t deadline, struct timespec *out)
{
	uint64_t now = wire_now();

	if (now >= deadline)
		return false;
	*out = (struct timespec){.tv_sec = (time_t)((deadline - now) / 1000),
	    .tv_nsec = (long)((deadline - now) % 1000) * 1000000};
	return true;
}

static short
events_for(bool want)
{
	return want ? POLLIN : 0;
}

static unsigned int
bits_for(short revents, unsigned int read_bit, unsigned int gone_bit)
{
	/* What came before a hang-up is read first: POLLIN wins. */
	if ((revents & POLLIN) != 0)
		return read_bit;
	return (revents & (POLLHUP | POLLERR | POLLNVAL)) != 0 ? gone_bit : 0;
}

unsigned int
wire_wait(const struct wire_ends *ends, unsigned int want, bool watch_mta,
    uint64_t deadline)
{
	bool want_mta = (want & WIRE_READ_MTA) != 0;
	bool want_scanner = (want & WIRE_READ_SCANNER) != 0;
	/* A negative descriptor is one that ppoll leaves alone. */
	struct pollfd fds[] = {
	    {.fd = want_mta || watch_mta ? ends->mta : -1,
		.events = events_for(want_mta)},
	    {.fd = want_scanner ? ends->scanner : -1,
		.events = events_for(want_scanner)},
	};
	struct timespec left;
	unsigned int got;

	ensure(
	    (want & ~(unsigned int)(WIRE_READ_MTA | WIRE_READ_SCANNER)) == 0);
	while (time_left(deadline, &left)) {
		if (ppoll(fds, 2, &left, NULL) <= 0)
			continue;
		got = bits_for(fds[0].revents, WIRE_READ_MTA, WIRE_MTA_GONE) |
		      bits_for(
			  fds[1].revents, WIRE_READ_SCANNER, WIRE_SCANNER_GONE);
		if (got != 0)
			return got;
	}
	return 0;
}

static bool
wait_writable(int fd, uint64_t deadline)
{
	struct pollfd pfd = {.fd = fd, .events = POLLOUT};
	struct timespec left;

	while (time_left(deadline, &left)) {
		if (ppoll(&pfd, 1, &left, NULL) > 0)
			return (pfd.revents & POLLOUT) != 0;
	}
	return false;
}

bool
wire_write(int fd, struct span bytes, uint64_t deadline)
{
	struct cursor c = cursor_of(bytes);
	struct span done;

	ensure(fd >= 0);
	while (!cursor_empty(&c)) {
		ssize_t n = write(fd, c.at, c.left);
		if (n > 0) {
			cursor_take(&c, (size_t)n, &done);
			continue;
		}
		if (n == -1 && errno == EINTR)
			continue;
		if (n != -1 || errno != EAGAIN || !wait_writable(fd, deadline))
			return false;
	}
	return true;
}
