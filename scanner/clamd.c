/* SPDX-License-Identifier: ISC */
/*
 * The clamd client; see clamd.h.  Runs in the scanner, after lockdown: no
 * allocation, only calls of sandbox/policy_scanner.c.
 *
 * INSTREAM sends all that is there as one chunk: clamd checks its size limit at
 * the chunk's header, so an oversized message is refused before its data.  The
 * bytes of a chunk on the wire are addressed by one number (sent), which makes
 * a partial write nothing special.
 */
#include "scanner/clamd.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

#define FILDES	 "zFILDES\0" /* one byte more: the descriptor comes with it */
#define INSTREAM "zINSTREAM" /* sent with its NUL */

#define LENGTH_BYTES 4 /* of a chunk's length; as a zero also the end */
#define HEAD_MAX     (sizeof(INSTREAM) + LENGTH_BYTES)
#define STREAM_PIECE 65536

/* Writes and reads per event: others have their turn after 1 MiB. */
#define TURNS_MAX 16

static uint8_t piece[STREAM_PIECE];

void
clamd_init(struct clamd *c)
{
	c->state = CLAMD_CLOSED;
	c->fd = -1;
	c->memfd = -1;
	c->reply_len = 0;
}

void
clamd_close(struct clamd *c)
{
	if (c->fd != -1)
		close(c->fd);
	c->fd = -1;
	c->memfd = -1;
	c->state = CLAMD_CLOSED;
}

static enum clamd_step
clamd_stop(struct clamd *c, enum clamd_step step, int error)
{
	clamd_close(c);
	c->error = error;
	return step;
}

static enum clamd_step
clamd_end(struct clamd *c, enum reply_end end)
{
	/* Whatever ends a request that was not sent whole, it is no verdict. */
	if (c->end != REPLY_CUT)
		c->end = end;
	c->state = CLAMD_CLOSED;
	return CLAMD_ENDED;
}

/* Reads up to the end of the connection. */
static enum clamd_step
clamd_receive(struct clamd *c)
{
	for (int turn = 0; turn < TURNS_MAX; turn++) {
		size_t room = sizeof(c->reply) - c->reply_len;
		ssize_t n;

		if (room == 0)
			return clamd_end(c, REPLY_OVERFLOW);
		n = read(c->fd, c->reply + c->reply_len, room);
		if (n == 0)
			return clamd_end(c, REPLY_EOF);
		if (n == -1 && (errno == EAGAIN || errno == EINTR))
			return CLAMD_WAIT_READ;
		if (n == -1 && c->spare && c->reply_len == 0)
			return clamd_stop(c, CLAMD_STALE, errno);
		if (n == -1)
			return clamd_end(c, REPLY_RESET);
		c->reply_len += (size_t)n;
	}
	return CLAMD_WAIT_READ;
}

/* clamd has something to say before it has the whole: no verdict. */
static enum clamd_step
clamd_interrupted(struct clamd *c)
{
	c->end = REPLY_CUT;
	c->state = CLAMD_READING;
	return clamd_receive(c);
}

/* A failed write: clamd may have answered and closed, so read what there is. */
static enum clamd_step
clamd_send_failed(struct clamd *c)
{
	if (errno == EAGAIN || errno == EINTR)
		return CLAMD_WAIT_WRITE;
	if (c->spare)
		return clamd_stop(c, CLAMD_STALE, errno);
	return clamd_interrupted(c);
}

static enum clamd_step
clamd_sent(struct clamd *c)
{
	c->state = CLAMD_READING;
	return CLAMD_WAIT_READ;
}

/* A command and its NUL. */
static enum clamd_step
clamd_send_word(struct clamd *c, const char *word)
{
	struct iovec iov = {
	    .iov_base = (void *)(uintptr_t)word, .iov_len = strlen(word) + 1};
	struct msghdr msg = {.msg_iov = &iov, .msg_iovlen = 1};
	ssize_t n = sendmsg(c->fd, &msg, MSG_NOSIGNAL);

	if (n == -1)
		return clamd_send_failed(c);
	/* A few bytes into an empty socket buffer: all or a broken peer. */
	return clamd_sent(c);
}

/* Exactly one descriptor, exactly 9 bytes, one call: anything else leaves
 * descriptors open in clamd for ever. */
static enum clamd_step
clamd_send_fildes(struct clamd *c)
{
	union {
		char bytes[CMSG_SPACE(sizeof(int))];
		struct cmsghdr align;
	} control = {0};
	struct iovec iov = {
	    .iov_base = (void *)(uintptr_t)FILDES, .iov_len = sizeof(FILDES)};
	struct msghdr msg = {
	    .msg_iov = &iov,
	    .msg_iovlen = 1,
	    .msg_control = control.bytes,
	    .msg_controllen = sizeof(control.bytes),
	};
	struct cmsghdr *cmsg = CMSG_FIRSTHDR(&msg);
	ssize_t n;

	cmsg->cmsg_level = SOL_SOCKET;
	cmsg->cmsg_type = SCM_RIGHTS;
	cmsg->cmsg_len = CMSG_LEN(sizeof(int));
	memcpy(CMSG_DATA(cmsg), &c->memfd, sizeof(int));
	n = sendmsg(c->fd, &msg, MSG_NOSIGNAL);
	if (n == -1)
		return clamd_send_failed(c);
	if (n != sizeof(FILDES))
		c->end = REPLY_CUT;
	return clamd_sent(c);
}

/* The next chunk: all that is there now.  Without any data it is either the
 * end of the stream, or there is nothing to send yet: false. */
static bool
chunk_next(struct clamd *c)
{
	c->from += c->len;
	c->len = c->size - c->from;
	c->last = !c->growing;
	c->sent = 0;
	return c->len > 0 || c->last;
}

/* What stands before a chunk's data; returns its length. */
static size_t
chunk_head(const struct clamd *c, uint8_t head[HEAD_MAX])
{
	size_t n = 0;

	if (c->from == 0) {
		memcpy(head, INSTREAM, sizeof(INSTREAM));
		n = sizeof(INSTREAM);
	}
	for (size_t i = 0; i < LENGTH_BYTES; i++)
		head[n++] = (uint8_t)(c->len >> (24 - 8 * i));
	return n;
}

/* A chunk on the wire: head, data, and behind the last data the end. */
static uint64_t
chunk_whole(const struct clamd *c, size_t head_len)
{
	return head_len + c->len + (c->last && c->len > 0 ? LENGTH_BYTES : 0);
}

/* The bytes of the chunk from c->sent on, as up to three runs of memory.
 * Returns how many; 0 is a fault: the memfd has not what it had. */
static size_t
chunk_runs(const struct clamd *c, const uint8_t *head, size_t head_len,
    struct iovec iov[3])
{
	static const uint8_t tail[LENGTH_BYTES];
	uint64_t at = c->sent;
	uint64_t data_end = head_len + c->len;
	uint64_t end = chunk_whole(c, head_len);
	size_t runs = 0;
	size_t want;

	if (at < head_len) {
		iov[runs++] =
		    (struct iovec){.iov_base = (void *)(uintptr_t)(head + at),
			.iov_len = head_len - (size_t)at};
		at = head_len;
	}
	if (at < data_end) {
		want = data_end - at < sizeof(piece) ? (size_t)(data_end - at)
						     : sizeof(piece);
		if (pread(c->memfd, piece, want,
			(off_t)(c->from + at - head_len)) != (ssize_t)want)
			return 0;
		iov[runs++] =
		    (struct iovec){.iov_base = piece, .iov_len = want};
		at += want;
	}
	if (at >= data_end && at < end)
		iov[runs++] = (struct iovec){
		    .iov_base = (void *)(uintptr_t)(tail + (at - data_end)),
		    .iov_len = (size_t)(end - at)};
	return runs;
}

static enum clamd_step
clamd_send_stream(struct clamd *c)
{
	uint8_t head[HEAD_MAX];
	struct iovec iov[3];

	for (int turn = 0; turn < TURNS_MAX; turn++) {
		struct msghdr msg = {.msg_iov = iov};
		size_t head_len = chunk_head(c, head);
		ssize_t n;

		msg.msg_iovlen = chunk_runs(c, head, head_len, iov);
		if (msg.msg_iovlen == 0)
			return clamd_stop(c, CLAMD_FAULT, errno);
		n = sendmsg(c->fd, &msg, MSG_NOSIGNAL);
		if (n == -1)
			return clamd_send_failed(c);
		c->sent += (uint64_t)n;
		if (c->sent < chunk_whole(c, head_len))
			continue;
		if (c->last)
			return clamd_sent(c);
		if (!chunk_next(c)) {
			c->state = CLAMD_PAUSED;
			return CLAMD_WAIT_MORE;
		}
	}
	return CLAMD_WAIT_WRITE;
}

static enum clamd_step
clamd_send(struct clamd *c)
{
	switch (c->request) {
	case CLAMD_PING:
		return clamd_send_word(c, "zPING");
	case CLAMD_VERSION:
		return clamd_send_word(c, "zVERSION");
	case CLAMD_STATS:
		return clamd_send_word(c, "zSTATS");
	case CLAMD_FILDES:
		return clamd_send_fildes(c);
	case CLAMD_INSTREAM:
		return clamd_send_stream(c);
	}
	return clamd_stop(c, CLAMD_FAULT, EINVAL);
}

/* Also called a second time when a TCP connection has come to its end one way
 * or the other: connect() then returns which. */
static enum clamd_step
clamd_connect(struct clamd *c)
{
	if (connect(c->fd, &c->address->any, c->address->len) == 0 ||
	    errno == EISCONN) {
		c->state = CLAMD_SENDING;
		return clamd_send(c);
	}
	if (errno == EINPROGRESS || errno == EALREADY || errno == EINTR)
		return CLAMD_WAIT_CONNECT;
	/* A full backlog of a Unix socket.  Such a socket polls as writable,
	 * so there is nothing to wait for. */
	if (errno == EAGAIN)
		return clamd_stop(c, CLAMD_BUSY, errno);
	return clamd_stop(c, CLAMD_REFUSED, errno);
}

static void
clamd_begin(struct clamd *c, enum clamd_request request, int memfd,
    uint64_t size, bool growing)
{
	c->request = request;
	c->memfd = memfd;
	c->size = size;
	c->growing = growing;
	c->spare = false;
	c->from = c->len = 0;
	c->error = 0;
	c->end = REPLY_EOF;
	c->reply_len = 0;
	(void)chunk_next(c);
}

enum clamd_step
clamd_open_spare(struct clamd *c, int fd, int memfd, uint64_t size)
{
	clamd_begin(c, CLAMD_FILDES, memfd, size, false);
	c->fd = fd;
	c->spare = true;
	c->state = CLAMD_SENDING;
	return clamd_send(c);
}

enum clamd_step
clamd_open(struct clamd *c, enum clamd_request request,
    const struct address *address, int memfd, uint64_t size, bool growing)
{
	clamd_begin(c, request, memfd, size, growing);
	c->address = address;
	/* The chunk's length is a 32-bit number. */
	if (request == CLAMD_INSTREAM && size > UINT32_MAX)
		return clamd_stop(c, CLAMD_FAULT, EFBIG);
	c->fd = socket(address->any.sa_family,
	    SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (c->fd == -1)
		return clamd_stop(c, CLAMD_FAULT, errno);
	/* The host's name is not known (yet). */
	if (address->len == 0)
		return clamd_stop(c, CLAMD_REFUSED, EDESTADDRREQ);
	c->state = CLAMD_CONNECTING;
	return clamd_connect(c);
}

enum clamd_step
clamd_continue(struct clamd *c)
{
	switch (c->state) {
	case CLAMD_CONNECTING:
		return clamd_connect(c);
	case CLAMD_SENDING:
		return clamd_send(c);
	case CLAMD_PAUSED:
		return clamd_interrupted(c);
	case CLAMD_READING:
		return clamd_receive(c);
	case CLAMD_CLOSED:
		break;
	}
	return clamd_stop(c, CLAMD_FAULT, EINVAL);
}

bool
clamd_grow(struct clamd *c, uint64_t size, bool whole)
{
	c->size = size;
	c->growing = !whole;
	if (c->state != CLAMD_PAUSED || !chunk_next(c))
		return false;
	c->state = CLAMD_SENDING;
	return true;
}

struct reply
clamd_reply(const struct clamd *c)
{
	enum reply_form form =
	    c->request == CLAMD_INSTREAM ? REPLY_STREAM : REPLY_FD;

	return reply_parse(form, span_of(c->reply, c->reply_len), c->end);
}
