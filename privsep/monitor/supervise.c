/* SPDX-License-Identifier: ISC */
/*
 * Supervision of the children; see supervise.h.  In the monitor, confined.
 *
 * The loop: who has something to say (dispatch.c), who has ended, signals, and
 * what time brings.  What is done with a child is in children.c, what differs
 * between roles in roles.c.
 */
#include "privsep/monitor/supervise.h"

#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <sysexits.h>
#include <unistd.h>

#include "lib/ensure.h"
#include "lib/log.h"
#include "privsep/ipc/wire.h"
#include "privsep/monitor/children.h"
#include "privsep/monitor/directories.h"
#include "privsep/monitor/dispatch.h"
#include "privsep/monitor/footprint.h"
#include "privsep/monitor/heartbeat.h"
#include "privsep/monitor/key_service.h"
#include "privsep/monitor/logging.h"
#include "privsep/monitor/notify.h"
#include "privsep/monitor/publish.h"
#include "privsep/monitor/roles.h"
#include "privsep/monitor/signals.h"
#include "privsep/monitor/status_write.h"

/* Records that a channel can hold: its buffer has 208 KiB, and the kernel counts
 * more than 512 bytes for each. */
#define QUEUE_MAX 416

static const struct monitor_boot *boot;
static int exit_status;
static int signal_fd;
static uint64_t beat_at;

static bool
stopping(void)
{
	return status_now.phase == STATUS_STOPPING;
}

/* --- ends, signals ---------------------------------------------------------- */

/* All children are told to stop, and given a time for that. */
static void
stop(void)
{
	status_now.phase = STATUS_STOPPING;
	for (size_t i = 0; i < CHILDREN_MAX; i++) {
		struct child *c = &children[i];
		if (c->state == CHILD_FREE)
			continue;
		child_tell(c, RECORD_STOP, -1);
		c->until = wire_now() + boot->stop_ms;
	}
}

static void
log_end_of(const struct child *c, const siginfo_t *info)
{
	bool exited = info->si_code == CLD_EXITED;
	struct log_line line;

	child_log(c, &line, LOG_LEVEL_ERROR, "child-died");
	log_number(
	    &line, exited ? "status" : "signal", (uint64_t)info->si_status);
	if (!exited && info->si_status == SIGSYS && c->state == CHILD_STARTING)
		log_text(&line, "what",
		    "a system call that its start may not make; the next start "
		    "of pratiqued names it");
	log_end(&line);
}

static void
child_ended(struct child *c, const siginfo_t *info)
{
	struct child was;

	/* What it last said still counts, a session's death above all. */
	for (int n = 0; n < QUEUE_MAX && c->fd != -1 && dispatch_read(c); n++)
		;
	if (c->fd != -1)
		close(c->fd);
	was = *c;
	*c = (struct child){.state = CHILD_FREE};
	children_news(&was, RECORD_GONE);
	if (stopping() || was.state == CHILD_RETIRED)
		return;
	log_end_of(&was, info);
	kill(-was.pid, SIGKILL); /* what it has forked, if any is left */
	if (status_now.phase == STATUS_STARTING) {
		/* What fails now would fail again. */
		exit_status = EX_OSERR;
		stop();
		return;
	}
	children_start_later(was.role);
}

/* It was started before we were the monitor, and under our filter there is no
 * other (resolver.c). */
static void
resolver_ended(void)
{
	status_now.child[STATUS_RESOLVER].state = STATUS_NONE;
	log_event(LOG_LEVEL_ERROR, "resolver-died",
	    "addresses of clamds stay what they were; restart the service");
}

static void
reap(void)
{
	siginfo_t info = {0};

	/* Its number is its own until all is done. */
	while (waitid(P_ALL, 0, &info, WEXITED | WNOHANG | WNOWAIT) == 0 &&
	       info.si_pid != 0) {
		for (size_t i = 0; i < CHILDREN_MAX; i++) {
			if (children[i].state != CHILD_FREE &&
			    children[i].pid == info.si_pid)
				child_ended(&children[i], &info);
		}
		if (info.si_pid == boot->resolver_pid)
			resolver_ended();
		waitid(P_PID, (id_t)info.si_pid, &info, WEXITED);
		info.si_pid = 0;
	}
}

static void
signals(void)
{
	enum signals_wish wish;

	while ((wish = signals_next(signal_fd)) != SIGNALS_NONE) {
		if (wish == SIGNALS_STOP && !stopping()) {
			stop();
			log_event(
			    LOG_LEVEL_INFO, "stop", "finishing open sessions");
			notify_stopping();
		} else if (wish == SIGNALS_RELOAD && !keys_reload())
			log_event(LOG_LEVEL_WARNING, "reload-refused",
			    "the configuration is read at start only; restart "
			    "the service");
	}
	reap();
}

/* --- time ----------------------------------------------------------------- */

/* Who was retired, or told to stop, and does not end: a session that holds on
 * to it, or it has not obeyed. */
static void
end_overdue(uint64_t now)
{
	struct log_line line;

	for (size_t i = 0; i < CHILDREN_MAX; i++) {
		struct child *c = &children[i];
		if (c->state == CHILD_FREE || c->until > now)
			continue;
		child_log(c, &line, LOG_LEVEL_WARNING, "child-overdue");
		log_end(&line);
		c->until = UINT64_MAX;
		child_end(c);
	}
}

static void
start_due(enum role role, uint64_t now)
{
	struct role_state *job = &jobs[role];
	bool sees = roles[role].sees_directories;

	if (sees && job->start_at == CHILDREN_NEVER &&
	    directories_renewed(boot))
		job->start_at = 0;
	if (job->start_at > now)
		return;
	if (sees)
		directories_look(boot);
	children_start(role);
}

/* What is done every few seconds. */
static void
beat(uint64_t now)
{
	heartbeat_run(now - beat_at);
	footprint_check(boot);
	status_now.beat = now;
	beat_at = now + HEARTBEAT_MS;
}

/* Does what is due; when the next is. */
static uint64_t
drive(uint64_t now)
{
	uint64_t until, log_at;

	end_overdue(now);
	if (beat_at <= now)
		beat(now);
	keys_look(); /* a ring may have been replaced in this turn */
	until = beat_at;
	for (enum role role = 0; role < ROLES_MAX && !stopping(); role++) {
		start_due(role, now);
		if (jobs[role].start_at < until)
			until = jobs[role].start_at;
	}
	log_at = logging_run(now);
	return log_at < until ? log_at : until;
}

static void
wait_and_read(uint64_t until)
{
	uint64_t now = wire_now(), wait = until > now ? until - now : 1;
	struct timespec time = {.tv_sec = (time_t)(wait / 1000),
	    .tv_nsec = (long)(wait % 1000) * 1000000};
	struct pollfd pfd[CHILDREN_MAX + 1];

	for (size_t i = 0; i < CHILDREN_MAX; i++)
		pfd[i] = (struct pollfd){
		    .fd = children[i].state == CHILD_FREE ? -1 : children[i].fd,
		    .events = POLLIN};
	pfd[CHILDREN_MAX] = (struct pollfd){.fd = signal_fd, .events = POLLIN};
	if (ppoll(pfd, CHILDREN_MAX + 1, &time, NULL) <= 0)
		return;
	for (size_t i = 0; i < CHILDREN_MAX; i++) {
		/* An earlier one may have brought its end. */
		if (pfd[i].revents != 0 && children[i].fd == pfd[i].fd)
			dispatch_read(&children[i]);
	}
	if (pfd[CHILDREN_MAX].revents != 0)
		signals();
}

int
supervise(const struct monitor_boot *b)
{
	boot = b;
	logging_setup(boot->log_to == LOG_TO_SYSLOG);
	children_setup(boot->child);
	signal_fd = signals_open();
	if (signal_fd == -1)
		return EX_OSERR;
	do {
		uint64_t until = drive(wire_now());

		publish();
		wait_and_read(until);
	} while (!stopping() || children_room() < CHILDREN_MAX);
	return exit_status;
}
