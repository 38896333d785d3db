/* SPDX-License-Identifier: ISC */
/*
 * fake-clamd: answers as clamd does, at once, and hardly uses the CPU, so that
 * a milter can be measured without the scanner behind it.
 *
 *	fake-clamd [-e] [-p port] socket
 *
 * Listens on a Unix socket and, with -p, on a port of 127.0.0.1.  Knows PING,
 * VERSION, FILDES and INSTREAM with prefix z or n; one command per
 * connection.  Every message is OK, except with -e those that hold the EICAR
 * test string; and except Pratique's canaries, in which it claims to have found
 * what is in there.  Test tool: it believes its clients and judges nothing.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#define EXIT_USAGE	64
#define CONNECTIONS_MAX 4096 /* descriptors from here on are turned away */
#define COMMAND_MAX	32
#define EVENTS_MAX	64
#define BUFFER_SIZE	65536
#define BACKLOG		1024

/* In two parts, so that no scanner takes this program for the real thing. */
#define EICAR_HEAD "X5O!P%@AP[4\\PZX54(P^)7CC)7}$EICAR-STANDARD-"
#define EICAR_TAIL "ANTIVIRUS-TEST-FILE!$H+H*"
#define EICAR	   EICAR_HEAD EICAR_TAIL
#define EICAR_LEN  (sizeof(EICAR) - 1)
#define EICAR_NAME "Eicar-Test-Signature"
#define HEAD_SIZE  1024 /* of a message, in which a canary shows */

enum state {
	STATE_COMMAND,
	STATE_FILDES, /* one more byte, with the descriptor, is due */
	STATE_LENGTH, /* INSTREAM: of the next chunk */
	STATE_CHUNK,
};

struct client {
	enum state state;
	int passed; /* descriptor, or -1 */
	size_t command_len;
	size_t tail_len;
	uint32_t length; /* what is left of the chunk, or its length so far */
	uint32_t length_bytes;
	char command[COMMAND_MAX];
	char end;		  /* of command and reply: NUL or LF */
	char tail[EICAR_LEN - 1]; /* last bytes of the stream */
	const char *name;	  /* of what was found, or NULL */
	bool begun;		  /* the stream's first bytes were here */
};

static struct client clients[CONNECTIONS_MAX]; /* by descriptor */
static char buffer[BUFFER_SIZE];
static bool look; /* -e */
static int poller;

static void
client_close(int fd)
{
	if (clients[fd].passed >= 0)
		(void)close(clients[fd].passed);
	(void)close(fd);
}

/* Answers and closes. */
static void
client_answer(int fd, const char *text)
{
	struct iovec parts[2] = {
	    {.iov_base = (void *)(uintptr_t)text, .iov_len = strlen(text)},
	    {.iov_base = &clients[fd].end, .iov_len = 1},
	};
	struct msghdr msg = {.msg_iov = parts, .msg_iovlen = 2};

	(void)sendmsg(fd, &msg, MSG_NOSIGNAL);
	client_close(fd);
}

static void
client_verdict(int fd, const char *subject, const char *name)
{
	char text[96];

	(void)snprintf(text, sizeof(text), "%s: %s%s", subject,
	    name == NULL ? "OK" : name, name == NULL ? "" : " FOUND");
	client_answer(fd, text);
}

/* What is found in a canary, known by its first bytes; NULL: it is none. */
static const char *
canary_name(const char *data, size_t len)
{
	static const char mark[] = "name=canary.tar";

	if (len > HEAD_SIZE)
		len = HEAD_SIZE;
	if (len > 2 && memcmp(data, "\x1f\x8b", 2) == 0)
		return "Heuristics.Limits.Exceeded.MaxRecursion";
	if (memmem(data, len, mark, sizeof(mark) - 1) != NULL)
		return EICAR_NAME;
	return NULL;
}

/* Pieces overlap, so that no string is missed between two. */
static bool
file_found(int fd)
{
	off_t at = 0;

	for (;;) {
		ssize_t n = pread(fd, buffer, sizeof(buffer), at);

		if (n < (ssize_t)EICAR_LEN)
			return false;
		if (memmem(buffer, (size_t)n, EICAR, EICAR_LEN) != NULL)
			return true;
		at += n - (ssize_t)(EICAR_LEN - 1);
	}
}

static void
fildes_answer(int fd)
{
	int passed = clients[fd].passed;
	char subject[32];
	const char *name;
	ssize_t n;

	if (passed < 0) {
		client_answer(fd, "No file descriptor received. ERROR");
		return;
	}
	(void)snprintf(subject, sizeof(subject), "fd[%d]", passed);
	n = pread(passed, buffer, HEAD_SIZE, 0);
	name = canary_name(buffer, n > 0 ? (size_t)n : 0);
	if (name == NULL && look && file_found(passed))
		name = EICAR_NAME;
	client_verdict(fd, subject, name);
}

/* Looks for the string in data and across the border to what came before. */
static void
stream_look(struct client *c, const char *data, size_t len)
{
	char border[2 * (EICAR_LEN - 1)];
	size_t n = len < EICAR_LEN - 1 ? len : EICAR_LEN - 1;
	size_t keep;

	memcpy(border, c->tail, c->tail_len);
	memcpy(border + c->tail_len, data, n);
	n += c->tail_len;
	if (memmem(border, n, EICAR, EICAR_LEN) != NULL ||
	    memmem(data, len, EICAR, EICAR_LEN) != NULL)
		c->name = EICAR_NAME;
	if (len >= EICAR_LEN - 1) {
		c->tail_len = EICAR_LEN - 1;
		memcpy(c->tail, data + len - c->tail_len, c->tail_len);
		return;
	}
	keep = n < EICAR_LEN - 1 ? n : EICAR_LEN - 1;
	memcpy(c->tail, border + n - keep, keep);
	c->tail_len = keep;
}

/* Takes bytes of an INSTREAM; answers at the chunk of length 0.  True if more
 * is to come. */
static bool
stream_take(int fd, const char *data, size_t len)
{
	struct client *c = &clients[fd];

	while (len > 0) {
		size_t n = 1;

		if (c->state == STATE_LENGTH) {
			c->length = c->length << 8 | (uint8_t)data[0];
			if (++c->length_bytes == 4) {
				if (c->length == 0) {
					client_verdict(fd, "stream", c->name);
					return false;
				}
				c->state = STATE_CHUNK;
			}
		} else {
			n = len < c->length ? len : c->length;
			if (!c->begun)
				c->name = canary_name(data, n);
			c->begun = true;
			if (look)
				stream_look(c, data, n);
			c->length -= (uint32_t)n;
			if (c->length == 0) {
				c->state = STATE_LENGTH;
				c->length_bytes = 0;
			}
		}
		data += n;
		len -= n;
	}
	return true;
}

/* The command is complete; data is what came behind it.  True if more is to
 * come. */
static bool
command_run(int fd, const char *data, size_t len)
{
	struct client *c = &clients[fd];
	const char *name = c->command + 1;

	if (strcmp(name, "FILDES") == 0) {
		c->state = STATE_FILDES;
		if (c->passed < 0 && len == 0)
			return true;
		fildes_answer(fd);
		return false;
	}
	if (strcmp(name, "INSTREAM") == 0) {
		c->state = STATE_LENGTH;
		return stream_take(fd, data, len);
	}
	if (strcmp(name, "PING") == 0)
		client_answer(fd, "PONG");
	else if (strcmp(name, "VERSION") == 0)
		client_answer(fd, "ClamAV 1.4.6/27000/"
				  "Fri Nov 20 10:00:00 2026");
	else
		client_answer(fd, "UNKNOWN COMMAND");
	return false;
}

/* Collects the command byte by byte: it is short and comes once. */
static bool
command_take(int fd, const char *data, size_t len)
{
	struct client *c = &clients[fd];

	for (size_t i = 0; i < len; i++) {
		if (c->command_len == 0)
			c->end = data[i] == 'n' ? '\n' : '\0';
		if (c->command_len > 0 && data[i] == c->end) {
			c->command[c->command_len] = '\0';
			return command_run(fd, data + i + 1, len - i - 1);
		}
		if (c->command_len == COMMAND_MAX - 1) {
			client_answer(fd, "UNKNOWN COMMAND");
			return false;
		}
		c->command[c->command_len++] = data[i];
	}
	return true;
}

/* The descriptor that came with a message, or -1. */
static int
passed_take(struct msghdr *msg)
{
	struct cmsghdr *c = CMSG_FIRSTHDR(msg);
	int fd = -1;

	if (c != NULL && c->cmsg_level == SOL_SOCKET &&
	    c->cmsg_type == SCM_RIGHTS && c->cmsg_len == CMSG_LEN(sizeof(fd)))
		memcpy(&fd, CMSG_DATA(c), sizeof(fd));
	return fd;
}

/* Reads once.  True if there may be more to read. */
static bool
client_read(int fd)
{
	struct client *c = &clients[fd];
	_Alignas(struct cmsghdr) char control[CMSG_SPACE(sizeof(int))];
	struct iovec iov = {.iov_base = buffer, .iov_len = sizeof(buffer)};
	struct msghdr msg = {.msg_iov = &iov,
	    .msg_iovlen = 1,
	    .msg_control = control,
	    .msg_controllen = sizeof(control)};
	ssize_t n = recvmsg(fd, &msg, MSG_CMSG_CLOEXEC);
	int passed;

	if (n < 0 && errno == EAGAIN)
		return false;
	if (n <= 0) {
		client_close(fd);
		return false;
	}
	passed = passed_take(&msg);
	if (passed >= 0 && c->passed < 0)
		c->passed = passed;
	else if (passed >= 0)
		(void)close(passed);
	switch (c->state) {
	case STATE_COMMAND:
		return command_take(fd, buffer, (size_t)n);
	case STATE_FILDES:
		fildes_answer(fd);
		return false;
	case STATE_LENGTH:
	case STATE_CHUNK:
		return stream_take(fd, buffer, (size_t)n);
	}
	return false;
}

static void
client_serve(int fd)
{
	while (client_read(fd))
		;
}

static void
client_accept(int listener)
{
	struct epoll_event event = {.events = EPOLLIN | EPOLLET};
	int fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);

	if (fd < 0)
		return;
	if (fd >= CONNECTIONS_MAX) {
		(void)close(fd);
		return;
	}
	memset(&clients[fd], 0, sizeof(clients[fd]));
	clients[fd].passed = -1;
	event.data.fd = fd;
	if (epoll_ctl(poller, EPOLL_CTL_ADD, fd, &event) != 0)
		client_close(fd);
}

static int
listen_on(const void *address, socklen_t len, int family)
{
	struct epoll_event event = {.events = EPOLLIN};
	int one = 1;
	int fd = socket(family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

	if (fd < 0 ||
	    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one)) != 0 ||
	    bind(fd, address, len) != 0 || listen(fd, BACKLOG) != 0)
		return -1;
	event.data.fd = fd;
	return epoll_ctl(poller, EPOLL_CTL_ADD, fd, &event) == 0 ? fd : -1;
}

static int
listen_unix(const char *path)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};

	if (strlen(path) >= sizeof(address.sun_path)) {
		errno = ENAMETOOLONG;
		return -1;
	}
	memcpy(address.sun_path, path, strlen(path) + 1);
	(void)unlink(path);
	(void)umask(0); /* clamd's default: everybody may connect */
	return listen_on(&address, sizeof(address), AF_UNIX);
}

static int
listen_tcp(const char *text)
{
	struct sockaddr_in address = {.sin_family = AF_INET};
	char *end;
	unsigned long port = strtoul(text, &end, 10);

	if (*end != '\0' || port == 0 || port > UINT16_MAX) {
		errno = EINVAL;
		return -1;
	}
	address.sin_port = htons((uint16_t)port);
	address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	return listen_on(&address, sizeof(address), AF_INET);
}

static void
serve(int local, int tcp)
{
	struct epoll_event events[EVENTS_MAX];

	for (;;) {
		int n = epoll_wait(poller, events, EVENTS_MAX, -1);

		for (int i = 0; i < n; i++) {
			int fd = events[i].data.fd;

			if (fd == local || fd == tcp)
				client_accept(fd);
			else
				client_serve(fd);
		}
	}
}

int
main(int argc, char *argv[])
{
	const char *port = NULL;
	int c, local, tcp = -1;

	while ((c = getopt(argc, argv, "ep:")) != -1) {
		if (c == 'e')
			look = true;
		else if (c == 'p')
			port = optarg;
		else
			return EXIT_USAGE;
	}
	if (argc - optind != 1) {
		(void)fputs(
		    "usage: fake-clamd [-e] [-p port] socket\n", stderr);
		return EXIT_USAGE;
	}
	poller = epoll_create1(EPOLL_CLOEXEC);
	local = listen_unix(argv[optind]);
	if (port != NULL)
		tcp = listen_tcp(port);
	if (poller < 0 || local < 0 || (port != NULL && tcp < 0)) {
		perror("fake-clamd");
		return EXIT_FAILURE;
	}
	serve(local, tcp);
}
