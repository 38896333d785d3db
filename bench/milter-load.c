/* SPDX-License-Identifier: ISC */
/*
 * milter-load: the MTA's side of many milter connections, as a load.
 *
 *	milter-load [-ei] [-c connections] [-n messages] [-m per-connection]
 *	    [-s body-bytes] [-f fields] [-r recipients] [-t seconds] socket
 *
 * One process, one epoll loop; the conversation itself is in talk.c.  Prints
 * one line of key=value.  Exit status 0 if every message got its final reply
 * without an error of the protocol (with -e: if every one was refused), 1 if
 * not, 64 for a wrong command line.
 *
 * -i opens the connections, goes as far as HELO, prints "ready", and keeps
 * them open until standard input ends.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include "bench/milter_load.h"
#include "bench/talk.h"

#define EVENTS_MAX  64
#define STDIN_EVENT UINT32_MAX
#define RETRY_MS    1 /* the listening socket's queue was full */

struct connection {
	int fd;
	bool quiet;    /* counted in quiet_sessions */
	size_t sent;   /* of talk.out */
	size_t in_len; /* bytes in in */
	uint8_t in[MILTER_PACKET_MAX];
	struct talk talk;
};

static struct load_options options;
static struct load_tally tally;
static struct connection *connections;
static uint32_t *vacant; /* stack of connections that are closed */
static uint32_t vacancies;
static uint32_t started;	/* messages given to a connection */
static uint32_t quiet_sessions; /* idle sessions that are ready */
static bool input_ended;
static int poller;

/* Ends the connection; error is NULL if it came to its proper end. */
static void
connection_close(struct connection *c, const char *error)
{
	if (error != NULL) {
		if (tally.errors++ == 0)
			(void)fprintf(stderr, "milter-load: at %c: %s\n",
			    talk_command(&c->talk), error);
	}
	(void)close(c->fd);
	vacant[vacancies++] = (uint32_t)(c - connections);
}

/* Writes what waits in out.  True if all is written; false if the connection
 * can take no more now, or has been closed. */
static bool
connection_write(struct connection *c)
{
	struct packet_buffer *out = &c->talk.out;

	while (c->sent < out->len) {
		ssize_t n = send(
		    c->fd, out->at + c->sent, out->len - c->sent, MSG_NOSIGNAL);

		if (n < 0) {
			if (errno != EAGAIN)
				connection_close(c, strerror(errno));
			return false;
		}
		c->sent += (size_t)n;
	}
	c->sent = out->len = 0;
	return true;
}

/* Reads once and hands it on.  False as for connection_write. */
static bool
connection_read(struct connection *c)
{
	const char *error;
	size_t used;
	ssize_t n =
	    recv(c->fd, c->in + c->in_len, sizeof(c->in) - c->in_len, 0);

	if (n <= 0) {
		if (n == 0)
			connection_close(c, "closed by the filter");
		else if (errno != EAGAIN)
			connection_close(c, strerror(errno));
		return false;
	}
	c->in_len += (size_t)n;
	error = talk_input(&c->talk, span_of(c->in, c->in_len), &used);
	if (error != NULL) {
		connection_close(c, error);
		return false;
	}
	c->in_len -= used;
	memmove(c->in, c->in + used, c->in_len);
	return true;
}

/* Goes on with the conversation until it has to wait. */
static void
connection_run(struct connection *c)
{
	struct talk *t = &c->talk;

	for (;;) {
		talk_fill(t);
		if (!connection_write(c))
			return;
		if (t->step == TALK_OVER) {
			connection_close(c, NULL);
			return;
		}
		if (t->step == TALK_IDLE && !c->quiet) {
			c->quiet = true;
			quiet_sessions++;
		}
		if ((t->awaiting || t->step == TALK_IDLE) &&
		    !connection_read(c))
			return;
	}
}

static int
connection_open(void)
{
	const struct address *a = &options.address;
	int fd = socket(
	    a->any.sa_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

	if (fd < 0)
		return -1;
	if (connect(fd, &a->any, a->len) != 0 && errno != EINPROGRESS) {
		int why = errno;

		(void)close(fd);
		errno = why;
		return -1;
	}
	return fd;
}

/* Starts a connection in the last vacancy.  False if it must wait because the
 * filter's queue is full. */
static bool
connection_start(void)
{
	uint32_t index = vacant[vacancies - 1];
	struct connection *c = &connections[index];
	uint32_t messages = options.messages - started;
	struct epoll_event event = {
	    .events = EPOLLIN | EPOLLOUT | EPOLLET, .data.u32 = index};

	if (messages > options.per_connection)
		messages = options.per_connection;
	c->fd = connection_open();
	if (c->fd < 0 && errno == EAGAIN)
		return false;
	started += messages;
	if (c->fd < 0) {
		(void)fprintf(stderr, "milter-load: %s: %s\n",
		    options.address.text, strerror(errno));
		tally.errors++;
		return true;
	}
	vacancies--;
	c->quiet = false;
	c->sent = c->in_len = 0;
	talk_init(&c->talk, &options, &tally, messages);
	if (epoll_ctl(poller, EPOLL_CTL_ADD, c->fd, &event) != 0)
		connection_close(c, strerror(errno));
	else
		connection_run(c);
	return true;
}

static void
stdin_read(void)
{
	char buf[64];

	input_ended = read(STDIN_FILENO, buf, sizeof(buf)) <= 0;
}

/* Waits for events and deals with them. */
static void
events_handle(int timeout)
{
	struct epoll_event events[EVENTS_MAX];
	int n = epoll_wait(poller, events, EVENTS_MAX, timeout);

	for (int i = 0; i < n; i++) {
		if (events[i].data.u32 == STDIN_EVENT)
			stdin_read();
		else
			connection_run(&connections[events[i].data.u32]);
	}
}

/* True when there is nothing left to wait for. */
static bool
run_over(void)
{
	if (options.idle)
		return input_ended || tally.errors > 0;
	return vacancies == options.connections && started == options.messages;
}

/* False if the time is over first. */
static bool
run(void)
{
	uint64_t end = load_now() + options.seconds * (uint64_t)1000000;
	bool told = false;

	while (!run_over()) {
		bool full = false;
		uint64_t now = load_now();

		if (now >= end)
			return false;
		while (!full && vacancies > 0 && started < options.messages)
			full = !connection_start();
		if (run_over())
			break;
		if (quiet_sessions == options.connections && !told) {
			(void)puts("ready");
			(void)fflush(stdout);
			told = true;
		}
		events_handle(full ? RETRY_MS : (int)((end - now) / 1000 + 1));
	}
	return true;
}

static bool
set_up(void)
{
	struct epoll_event event = {.events = EPOLLIN, .data.u32 = STDIN_EVENT};
	struct rlimit files;

	if (getrlimit(RLIMIT_NOFILE, &files) == 0) {
		files.rlim_cur = files.rlim_max;
		(void)setrlimit(RLIMIT_NOFILE, &files);
	}
	connections = calloc(options.connections, sizeof(*connections));
	vacant = calloc(options.connections, sizeof(*vacant));
	tally.latency = calloc(options.messages, sizeof(*tally.latency));
	poller = epoll_create1(EPOLL_CLOEXEC);
	if (connections == NULL || vacant == NULL || tally.latency == NULL ||
	    poller < 0 || !mail_init(options.body, options.eicar))
		return false;
	while (vacancies < options.connections) {
		vacant[vacancies] = vacancies;
		vacancies++;
	}
	/* EPERM: standard input is a file, which has no end to wait for. */
	return !options.idle ||
	       epoll_ctl(poller, EPOLL_CTL_ADD, STDIN_FILENO, &event) == 0 ||
	       errno == EPERM;
}

static int
compare_u32(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

	return (x > y) - (x < y);
}

static uint32_t
percentile(uint32_t percent)
{
	if (tally.done == 0)
		return 0;
	return tally.latency[(uint64_t)(tally.done - 1) * percent / 100];
}

static void
report(uint64_t elapsed)
{
	static const char codes[] = "acrtyd";
	double seconds = (double)elapsed / 1e6;
	struct rusage own;

	qsort(tally.latency, tally.done, sizeof(*tally.latency), compare_u32);
	(void)getrusage(RUSAGE_SELF, &own);
	(void)printf("messages=%u seconds=%.6f rate=%.1f p50_us=%u p99_us=%u",
	    tally.done, seconds, tally.done / seconds, percentile(50),
	    percentile(99));
	for (const char *c = codes; *c != '\0'; c++)
		(void)printf(" %c=%u", *c, tally.replies[(uint8_t)*c]);
	(void)printf(" errors=%u cpu_us=%" PRIu64 "\n", tally.errors,
	    (uint64_t)(own.ru_utime.tv_sec + own.ru_stime.tv_sec) * 1000000U +
		(uint64_t)(own.ru_utime.tv_usec + own.ru_stime.tv_usec));
}

static bool
run_good(void)
{
	uint32_t refused = tally.replies['r'] + tally.replies['y'];

	if (tally.errors > 0)
		return false;
	if (options.idle)
		return quiet_sessions == options.connections;
	return tally.done == options.messages &&
	       (!options.eicar || refused == tally.done);
}

int
main(int argc, char *argv[])
{
	uint64_t began;
	bool in_time;

	load_options_read(&options, argc, argv);
	if (!set_up()) {
		perror("milter-load");
		return EXIT_FAILURE;
	}
	began = load_now();
	in_time = run();
	if (!in_time)
		(void)fprintf(stderr, "milter-load: time is over\n");
	if (!options.idle)
		report(load_now() - began);
	return in_time && run_good() ? EXIT_SUCCESS : EXIT_FAILURE;
}
