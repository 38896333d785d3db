/* SPDX-License-Identifier: ISC */
/*
 * A session that is a puppet: in the place of the parser it takes orders from
 * the MTA's connection and carries them out on its channel to the scanner.
 * Everything around it is the real session, with its filter.
 *
 *	order: one letter, length (4 bytes, network order), that many bytes
 *	W	writes the bytes as one datagram to the scanner
 *	D	the same, with a descriptor (needs a session without filter)
 *	R	waits for a datagram from the scanner
 *	S	stays, whatever happens
 *	X	ends the process
 *
 * The answer to each but S and X: length and bytes: errno as text for W and D; for
 * R "+" and the datagram, or "-" if the channel is closed.
 */
#include "lib/fd_numbers.h"
#include "parser/milter/engine.h"

#include <arpa/inet.h>
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>

#include "parser/mail/process.h"
#include "privsep/ipc/record.h"
#include "privsep/ipc/wire.h"

#define ORDER_HEAD  5
#define ORDER_MAX   (ORDER_HEAD + RECORD_BATCH_MAX + 4096)
#define PATIENCE_MS 60000

size_t
engine_size(void)
{
	return 1;
}

void
engine_init(struct engine *engine, const struct session_settings *settings)
{
	(void)engine;
	(void)settings;
}

static void
answer(const void *bytes, size_t len)
{
	uint32_t size = htonl((uint32_t)len);

	process_mta_send(span_of(&size, sizeof(size)));
	process_mta_send(span_of(bytes, len));
}

static void
answer_number(long number)
{
	char text[16];

	answer(text, (size_t)snprintf(text, sizeof(text), "%ld", number));
}

static ssize_t
send_with_descriptor(struct span bytes)
{
	union {
		char bytes[CMSG_SPACE(sizeof(int))];
		struct cmsghdr head;
	} control = {.head = {CMSG_LEN(sizeof(int)), SOL_SOCKET, SCM_RIGHTS}};
	struct iovec iov = {(void *)(uintptr_t)bytes.ptr, bytes.len};
	struct msghdr msg = {.msg_iov = &iov,
	    .msg_iovlen = 1,
	    .msg_control = control.bytes,
	    .msg_controllen = sizeof(control.bytes)};
	int passed = SESSION_FD_MTA;

	memcpy(CMSG_DATA(&control.head), &passed, sizeof(passed));
	return sendmsg(SESSION_FD_SCANNER, &msg, MSG_NOSIGNAL);
}

/* Writes a datagram when the scanner has room for it; errno, or 0. */
static int
order_write(struct span bytes, bool with_descriptor)
{
	uint64_t until = wire_now() + PATIENCE_MS;
	ssize_t n;

	do {
		n = with_descriptor
			? send_with_descriptor(bytes)
			: write(SESSION_FD_SCANNER, bytes.ptr, bytes.len);
		/* No more may be on the way than this process may have open. */
	} while (n == -1 && (errno == EAGAIN || errno == ETOOMANYREFS) &&
		 wire_now() < until);
	return n == -1 ? errno : 0;
}

static void
order_read(void)
{
	static char bytes[1 + RECORD_BATCH_MAX] = "+";
	const struct wire_ends ends = {SESSION_FD_MTA, SESSION_FD_SCANNER};
	ssize_t n = -1;

	if (wire_wait(
		&ends, WIRE_READ_SCANNER, true, wire_now() + PATIENCE_MS) != 0)
		n = read(SESSION_FD_SCANNER, bytes + 1, sizeof(bytes) - 1);
	if (n <= 0)
		answer("-", 1);
	else
		answer(bytes, (size_t)n + 1);
}

/* Carries one order out. */
static void
obey(uint8_t what, struct span bytes)
{
	if (what == 'X')
		_exit(0);
	while (what == 'S')
		ppoll(NULL, 0, NULL, NULL);
	if (what == 'R')
		order_read();
	else
		answer_number(order_write(bytes, what == 'D'));
}

/* An order may be longer than any packet of an MTA. */
enum engine_next
engine_input(struct engine *engine, struct span in, size_t *used)
{
	static uint8_t orders[2 * ORDER_MAX];
	static size_t have;
	struct cursor at;
	struct span head, bytes;
	uint32_t len;

	(void)engine;
	*used = in.len < sizeof(orders) - have ? in.len : sizeof(orders) - have;
	memcpy(orders + have, in.ptr, *used);
	have += *used;
	at = cursor_of(span_of(orders, have));
	while (cursor_take(&at, ORDER_HEAD, &head)) {
		memcpy(&len, head.ptr + 1, sizeof(len));
		if (!cursor_take(&at, ntohl(len), &bytes)) {
			at.left += ORDER_HEAD;
			break;
		}
		obey(head.ptr[0], bytes);
	}
	memmove(orders, orders + have - at.left, at.left);
	have = at.left;
	return ENGINE_MORE;
}

bool
engine_idle(const struct engine *engine)
{
	(void)engine;
	return true;
}

void
engine_close(struct engine *engine)
{
	(void)engine;
}
