/* SPDX-License-Identifier: ISC */
/* Channels from listeners; see peer.h. */
#include "scanner/peer.h"

#include <errno.h>
#include <unistd.h>

#include "privsep/channel.h"
#include "privsep/record.h"
#include "scanner/client.h"
#include "scanner/journal.h"
#include "scanner/poll.h"

#define PEERS_MAX 64 /* one at work; retired ones wait for their sessions */

/* Session channels taken per event; others have their turn then. */
#define TURNS_MAX 32

static int peer_fd[PEERS_MAX];
static uint32_t peers; /* slots used so far; a free one among them is 0 */

void
peer_add(int fd)
{
	enum poll_for watched = POLL_NOTHING;
	uint32_t index = 0;

	while (index < peers && peer_fd[index] != 0)
		index++;
	if (index == PEERS_MAX ||
	    !poll_watch(fd, POLL_PEER, index, &watched, POLL_READ)) {
		journal_event(
		    LOG_LEVEL_ERROR, "peer-refused", "too many listeners");
		close(fd);
		return;
	}
	peer_fd[index] = fd;
	if (index == peers)
		peers++;
}

static void
peer_close(uint32_t index)
{
	poll_leave(peer_fd[index]);
	close(peer_fd[index]);
	peer_fd[index] = 0;
}

/* A record that must not be ends the channel, and with it the listener's
 * work: it can hand over no more sessions. */
static void
peer_violation(uint32_t index, int passed)
{
	if (passed != -1)
		close(passed);
	journal_event(LOG_LEVEL_ERROR, "listener-violation",
	    "unexpected record from the listener");
	peer_close(index);
}

void
peer_input(uint32_t index)
{
	if (index >= peers || peer_fd[index] == 0)
		return;
	for (int turn = 0; turn < TURNS_MAX; turn++) {
		struct record_plain record;
		int passed;
		ssize_t n = channel_recv(
		    peer_fd[index], &record, sizeof(record), &passed);

		if (n == -1 && (errno == EAGAIN || errno == EINTR))
			return;
		if (n == 0 || (n == -1 && errno != EBADMSG)) {
			peer_close(index);
			return;
		}
		if (n == -1 || !record_check(ROLE_LISTENER, ROLE_SCANNER,
				   span_of(&record, (size_t)n), passed != -1)) {
			peer_violation(index, passed);
			return;
		}
		client_add(passed);
	}
}
