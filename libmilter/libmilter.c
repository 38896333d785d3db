/* SPDX-License-Identifier: ISC */
/*
 * pratique-libmilter: engine = "libmilter", one process in the listener's
 * place.  The main thread runs the loop of privsep/front/front.c, and hands
 * connections that have something to say over to libmilter, which serves them
 * in threads of its own.
 *
 * It is confined, and its filter is in force, before there is a second thread
 * or a connection.  A crash ends all sessions; the monitor starts it anew.
 */
#include <malloc.h>
#include <pthread.h>
#include <sys/socket.h>
#include <sysexits.h>
#include <unistd.h>

#include "libmilter/callbacks.h"
#include "libmilter/handover.h"
#include "libmilter/threads.h"
#include "privsep/front/front.h"
#include "privsep/front/pending.h"
#include "privsep/front/serve.h"

/* How soon to look again when a connection has to wait for a place, or the
 * process for the end of messages. */
#define STALL_MS 20
/* The same when the last sessions are waited for. */
#define RETIRED_MS 1000
/* libmilter and the session logic need a tenth of it. */
#define THREAD_STACK ((size_t)256 * 1024)

static struct front_boot boot; /* front.c has loaded it */
static bool has_scanner;

/* Nothing is read from connections here; blocking, as libmilter wants them. */
const char *
serve_prepare(const struct front_boot *loaded, struct door_plan *door)
{
	boot = *loaded;
	door->flags = SOCK_CLOEXEC;
	door->capacity = boot.settings->limits.silent;
	door->others = LISTENER_OTHER_FILES + 2 * boot.settings->max_sessions;
	if (!handover_init())
		return "cannot make a pipe";
	/* Each further arena would be address space for nothing.  Large pieces
	 * come from the kernel, zeroed, and go back: of what a session has for
	 * readings few messages touch anything. */
	if (mallopt(M_ARENA_MAX, 1) != 1 ||
	    mallopt(M_MMAP_THRESHOLD, 128 * 1024) != 1)
		return "cannot set the number of arenas";
	threads_init(boot.settings->scan_timeout);
	return NULL;
}

void
serve_watch(void)
{
}

static void *
serve(void *unused)
{
	(void)unused;
	(void)callbacks_run(boot.settings, HANDOVER_ADDRESS);
	_exit(EX_SOFTWARE); /* it never ends by itself */
}

void
serve_start(void)
{
	pthread_attr_t attributes;
	pthread_t thread;

	/* For libmilter's threads as well. */
	if (pthread_attr_init(&attributes) != 0 ||
	    pthread_attr_setstacksize(&attributes, THREAD_STACK) != 0 ||
	    pthread_setattr_default_np(&attributes) != 0 ||
	    pthread_create(&thread, NULL, serve, NULL) != 0)
		_exit(EX_OSERR);
}

void
serve_scanner(int fd)
{
	threads_set_scanner(fd);
	has_scanner = fd != -1;
}

/* It watches nothing of its own. */
void
serve_event(uint64_t data, uint64_t now)
{
	(void)data;
	(void)now;
}

enum load_why
serve_ready(void)
{
	int fd;

	while ((fd = door_next()) != -1) {
		if (!has_scanner)
			return LOAD_SCANNER;
		if (threads_count() >= boot.settings->max_sessions)
			return LOAD_MAX_SESSIONS;
		door_take(fd);
		threads_connection(false);
		if (!handover_give(fd)) {
			threads_connection(true);
			close(fd);
		}
	}
	return LOAD_NONE;
}

void
serve_turn(uint64_t now)
{
	(void)now;
}

/* Threads end without an event. */
int
serve_time(uint64_t now, enum load_why why)
{
	(void)now;
	if (why != LOAD_NONE || front_is_stopping())
		return STALL_MS;
	return door_is_shut() ? RETIRED_MS : -1;
}

uint32_t
serve_count(void)
{
	return threads_count();
}

bool
serve_may_yield(void)
{
	return false;
}

bool
serve_is_over(uint64_t now)
{
	return threads_count() == 0 ||
	       (front_is_stopping() && threads_idle(now));
}

/* There is one process for all sessions, and so one address layout. */
bool
serve_is_old(uint64_t now)
{
	(void)now;
	return false;
}

void
serve_renewed(uint64_t now)
{
	(void)now;
}

int
main(int argc, char **argv)
{
	(void)argv;
	front_main(argc);
}
