/* SPDX-License-Identifier: ISC */
/*
 * The clamd client; see exchange.h.  Runs in the scanner, after lockdown: no
 * allocation, only calls of sandbox/policy_scanner.c.
 *
 * INSTREAM sends all that is there as one chunk: clamd checks its size limit at
 * the chunk's header, so an oversized message is refused before its data.  The
 * bytes of a chunk on the wire are addressed by one number (sent), which makes
 * a partial write nothing special.
 */
#include "scanner/clamd/exchange.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

#include "lib/ensure.h"

#define FILDES	 "zFILDES\0" /* one byte more: the descriptor comes with it */
#define INSTREAM "zINSTREAM" /* sent with its NUL */

#define LENGTH_BYTES 4 /* of a chunk's length; as a zero also the end */
#define HEAD_MAX     (sizeof(INSTREAM) + LENGTH_BYTES)
#define STREAM_PIECE 65536

/* Writes and reads per event: others have their turn after 1 MiB. */
#define TURNS_MAX 16

static uint8_t piece[STREAM_PIECE];

void
exchange_init(struct exchange *c)
{
	c->state = EXCHANGE_CLOSED;
	c->fd = -1;
	c->memfd = -1;
	c->reply_len = 0;
}

void
exchange_close(struct exchange *c)
{
	if (c->fd != -1)
		close(c->fd);
	c->fd = -1;
	c->memfd = -1;
	c->state = EXCHANGE_CLOSED;
}

static enum step
exchange_stop(struct exchange *c, enum step step, int error)
{
	exchange_close(c);
	c->error = error;
	return step;
}

static enum step
exchange_end(struct exchange *c, enum reply_end end)
{
	/* Whatever ends a request that was not sent whole, it is no verdict. */
	if (c->end != REPLY_CUT)
		c->end = end;
	c->state = EXCHANGE_CLOSED;
	return STEP_ENDED;
}

/* Reads up to the end of the connection. */
static enum step
exchange_receive(struct exchange *c)
{
	for (int turn = 0; turn < TURNS_MAX; turn++) {
		size_t room = sizeof(c->reply) - c->reply_len;
		ssize_t n;

		if (room == 0)
			return exchange_end(c, REPLY_OVERFLOW);
		n = read(c->fd, c->reply + c->reply_len, room);
		if (n == 0)
			return exchange_end(c, REPLY_EOF);
		if (n == -1 && (errno == EAGAIN || errno == EINTR))
			return STEP_WAIT_READ;
		if (n == -1 && c->standby && c->reply_len == 0)
			return exchange_stop(c, STEP_STALE, errno);
		if (n == -1)
			return exchange_end(c, REPLY_RESET);
		c->reply_len += (size_t)n;
	}
	return STEP_WAIT_READ;
}

/* clamd has something to say before it has the whole: no verdict. */
static enum step
exchange_interrupted(struct exchange *c)
{
	c->end = REPLY_CUT;
	c->state = EXCHANGE_READING;
	return exchange_receive(c);
}

/* A failed write: clamd may have answered and closed, so read what there is. */
static enum step
exchange_send_failed(struct exchange *c)
{
	if (errno == EAGAIN || errno == EINTR)
		return STEP_WAIT_WRITE;
	if (c->standby)
		return exchange_stop(c, STEP_STALE, errno);
	return exchange_interrupted(c);
}

static enum step
exchange_sent(struct exchange *c)
{
	c->state = EXCHANGE_READING;
	return STEP_WAIT_READ;
}

/* A command and its NUL. */
static enum step
exchange_send_word(struct exchange *c, const char *word)
{
	struct iovec iov = {
	    .iov_base = (void *)(uintptr_t)word, .iov_len = strlen(word) + 1};
	struct msghdr msg = {.msg_iov = &iov, .msg_iovlen = 1};
	ssize_t n = sendmsg(c->fd, &msg, MSG_NOSIGNAL);

	if (n == -1)
		return exchange_send_failed(c);
	/* A few bytes into an empty socket buffer: all or a broken peer. */
	return exchange_sent(c);
}

/* Exactly one descriptor, exactly 9 bytes, one call: anything else leaves
 * descriptors open in clamd for ever. */
static enum step
exchange_send_fildes(struct exchange *c)
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
		return exchange_send_failed(c);
	if (n != sizeof(FILDES))
		c->end = REPLY_CUT;
	return exchange_sent(c);
}

/* The next chunk: all that is there now.  Without any data it is either the
 * end of the stream, or there is nothing to send yet: false. */
static bool
chunk_next(struct exchange *c)
{
	c->from += c->len;
	ensure(c->from <= c->size);
	c->len = c->size - c->from;
	c->last = !c->growing;
	c->sent = 0;
	return c->len > 0 || c->last;
}

/* What stands before a chunk's data; returns its length. */
static size_t
chunk_head(const struct exchange *c, uint8_t head[HEAD_MAX])
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
chunk_whole(const struct exchange *c, size_t head_len)
{
	return head_len + c->len + (c->last && c->len > 0 ? LENGTH_BYTES : 0);
}

/* The bytes of the chunk from c->sent on, as up to three runs of memory.
 * Returns how many; 0 is a fault: the memfd has not what it had. */
static size_t
chunk_runs(const struct exchange *c, const uint8_t *head, size_t head_len,
    struct iovec iov[3])
{
	static const uint8_t tail[LENGTH_BYTES];
	uint64_t at = c->sent;
	uint64_t data_end = head_len + c->len;
	uint64_t end = chunk_whole(c, head_len);
	size_t runs = 0;
	size_t want;

	ensure(at < end);
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

static enum step
exchange_send_stream(struct exchange *c)
{
	uint8_t head[HEAD_MAX];
	struct iovec iov[3];

	for (int turn = 0; turn < TURNS_MAX; turn++) {
		struct msghdr msg = {.msg_iov = iov};
		size_t head_len = chunk_head(c, head);
		ssize_t n;

		msg.msg_iovlen = chunk_runs(c, head, head_len, iov);
		if (msg.msg_iovlen == 0)
			return exchange_stop(c, STEP_FAULT, errno);
		n = sendmsg(c->fd, &msg, MSG_NOSIGNAL);
		if (n == -1)
			return exchange_send_failed(c);
		c->sent += (uint64_t)n;
		if (c->sent < chunk_whole(c, head_len))
			continue;
		if (c->last)
			return exchange_sent(c);
		if (!chunk_next(c)) {
			c->state = EXCHANGE_PAUSED;
			return STEP_WAIT_MORE;
		}
	}
	return STEP_WAIT_WRITE;
}

static enum step
exchange_send(struct exchange *c)
{
	switch (c->request) {
	case REQUEST_PING:
		return exchange_send_word(c, "zPING");
	case REQUEST_VERSION:
		return exchange_send_word(c, "zVERSION");
	case REQUEST_STATS:
		return exchange_send_word(c, "zSTATS");
	case REQUEST_FILDES:
		return exchange_send_fildes(c);
	case REQUEST_INSTREAM:
		return exchange_send_stream(c);
	}
	return exchange_stop(c, STEP_FAULT, EINVAL);
}

/* Also called a second time when a TCP connection has come to its end one way
 * or the other: connect() then returns which. */
static enum step
exchange_connect(struct exchange *c)
{
	if (connect(c->fd, &c->address->any, c->address->len) == 0 ||
	    errno == EISCONN) {
		c->state = EXCHANGE_SENDING;
		return exchange_send(c);
	}
	if (errno == EINPROGRESS || errno == EALREADY || errno == EINTR)
		return STEP_WAIT_CONNECT;
	/* A full backlog of a Unix socket.  Such a socket polls as writable,
	 * so there is nothing to wait for. */
	if (errno == EAGAIN)
		return exchange_stop(c, STEP_BUSY, errno);
	return exchange_stop(c, STEP_REFUSED, errno);
}

static void
exchange_begin(struct exchange *c, enum request request, int memfd,
    uint64_t size, bool growing)
{
	ensure(c->state == EXCHANGE_CLOSED && c->fd == -1);
	c->request = request;
	c->memfd = memfd;
	c->size = size;
	c->growing = growing;
	c->standby = false;
	c->from = c->len = 0;
	c->error = 0;
	c->end = REPLY_EOF;
	c->reply_len = 0;
	(void)chunk_next(c);
}

enum step
exchange_open_standby(struct exchange *c, int fd, int memfd, uint64_t size)
{
	exchange_begin(c, REQUEST_FILDES, memfd, size, false);
	c->fd = fd;
	c->standby = true;
	c->state = EXCHANGE_SENDING;
	return exchange_send(c);
}

enum step
exchange_open(struct exchange *c, enum request request,
    const struct address *address, int memfd, uint64_t size, bool growing)
{
	exchange_begin(c, request, memfd, size, growing);
	c->address = address;
	/* The chunk's length is a 32-bit number. */
	if (request == REQUEST_INSTREAM && size > UINT32_MAX)
		return exchange_stop(c, STEP_FAULT, EFBIG);
	c->fd = socket(address->any.sa_family,
	    SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (c->fd == -1)
		return exchange_stop(c, STEP_FAULT, errno);
	/* The host's name is not known (yet). */
	if (address->len == 0)
		return exchange_stop(c, STEP_REFUSED, EDESTADDRREQ);
	c->state = EXCHANGE_CONNECTING;
	return exchange_connect(c);
}

enum step
exchange_continue(struct exchange *c)
{
	switch (c->state) {
	case EXCHANGE_CONNECTING:
		return exchange_connect(c);
	case EXCHANGE_SENDING:
		return exchange_send(c);
	case EXCHANGE_PAUSED:
		return exchange_interrupted(c);
	case EXCHANGE_READING:
		return exchange_receive(c);
	case EXCHANGE_CLOSED:
		break;
	}
	return exchange_stop(c, STEP_FAULT, EINVAL);
}

bool
exchange_grow(struct exchange *c, uint64_t size, bool whole)
{
	ensure(size >= c->size);
	c->size = size;
	c->growing = !whole;
	if (c->state != EXCHANGE_PAUSED || !chunk_next(c))
		return false;
	c->state = EXCHANGE_SENDING;
	return true;
}

struct reply
exchange_reply(const struct exchange *c)
{
	enum reply_form form =
	    c->request == REQUEST_INSTREAM ? REPLY_STREAM : REPLY_FD;

	return reply_parse(form, span_of(c->reply, c->reply_len), c->end);
}
