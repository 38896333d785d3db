/* SPDX-License-Identifier: ISC */
/*
 * Supervision of the children; see supervise.h.  In the monitor, confined.
 *
 * What the children say (a table of records, each with the states in which it
 * may come), that they end, signals, and time; what follows from it is done in
 * children.c.
 */
#include "privsep/monitor/supervise.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <sysexits.h>
#include <unistd.h>

#include "lib/log.h"
#include "privsep/ipc/channel.h"
#include "privsep/ipc/exec_fds.h"
#include "privsep/ipc/record.h"
#include "privsep/ipc/status_block.h"
#include "privsep/ipc/wire.h"
#include "privsep/monitor/children.h"
#include "privsep/monitor/footprint.h"
#include "privsep/monitor/heartbeat.h"
#include "privsep/monitor/key_service.h"
#include "privsep/monitor/logging.h"
#include "privsep/monitor/notify.h"
#include "privsep/monitor/signals.h"
#include "sandbox/sandbox.h"

/* After SIGTERM open sessions may finish their message: scan_timeout, and so
 * much for the rest. */
#define STOP_GRACE_MS 15000
/* Places that a renewed listener leaves: for a scanner, and for a listener
 * after a crash. */
#define RENEW_ROOM 2
/* What a child may say: a listener all at once that each of its sessions has
 * died (the largest max_sessions), and some more; then more than there is ever
 * news, and too little to keep us busy. */
#define SAID_AT_ONCE	24000
#define SAID_PER_SECOND 100
/* Records that a channel can hold: its buffer has 208 KiB, and the kernel counts
 * more than 512 bytes for each. */
#define QUEUE_MAX 416
/* Lines about sessions that died, so that nobody can fill the log. */
#define DEATHS_AT_ONCE	  100
#define DEATHS_PER_SECOND 1

static const struct monitor_boot *boot;
/* The directories of clamds as they were last; no inode: not there. */
static struct stat directory_then[SANDBOX_BINDS_MAX];
static uint32_t sockets_gone; /* bit i: the path of clamd i is not there */
static bool working;	      /* both roles have been ready once */
static bool stopping;
static int exit_status;
static int signal_fd;

/* --- records from children -------------------------------------------------- */

static bool
have(enum role role, enum child_state state)
{
	for (size_t i = 0; i < CHILDREN_MAX; i++) {
		if (children[i].state == state && children[i].role == role)
			return true;
	}
	return false;
}

static void
retire(struct child *c)
{
	child_retire(c, c->role == ROLE_LISTENER
			    ? boot->retire_time
			    : boot->scan_timeout + STOP_GRACE_MS);
}

static void
handle_ready(struct child *c, void *record)
{
	struct record_ready *ready = record;
	char layers[256], event[32];
	struct log_line line;

	ready->missing[sizeof(ready->missing) - 1] = '\0';
	for (size_t i = 0; i < CHILDREN_MAX; i++) {
		struct child *old = &children[i];
		if (old->state == CHILD_UP && old->role == c->role)
			retire(old);
	}
	c->state = CHILD_UP;
	status_layers((size_t)(c - children), ready->layers, ready->missing);
	snprintf(event, sizeof(event), "%s-start", jobs[c->role].name);
	log_begin(&line, LOG_LEVEL_INFO, event);
	log_number(&line, "pid", (uint64_t)c->pid);
	log_text(&line, "layers",
	    sandbox_layers_text(ready->layers, layers, sizeof(layers)));
	log_text(&line, "missing", ready->missing);
	log_end(&line);
	if (!working && have(ROLE_LISTENER, CHILD_UP) &&
	    have(ROLE_SCANNER, CHILD_UP)) {
		working = true;
		status_phase(STATUS_READY);
		log_event(LOG_LEVEL_INFO, "ready", "taking connections");
		notify_ready();
	}
}

static void
log_death(const struct record_ended *ended, bool killed)
{
	static struct rate logged;
	static uint64_t left_out;
	struct log_line line;

	if (!rate_take(
		&logged, wire_now(), DEATHS_AT_ONCE, DEATHS_PER_SECOND)) {
		left_out++;
		return;
	}
	log_begin(&line, killed ? LOG_LEVEL_WARNING : LOG_LEVEL_ERROR,
	    "session-died");
	log_number(&line, "pid", (uint64_t)(uint32_t)ended->pid);
	log_number(&line, "signal", (uint64_t)(uint32_t)ended->signal);
	log_number(&line, "status", (uint64_t)(uint32_t)ended->status);
	log_text(&line, "listener", killed ? "stays" : "retired");
	if (left_out > 0)
		log_number(&line, "left_out", left_out);
	left_out = 0;
	log_end(&line);
}

/* A session died.  If it died abnormally its listener has retired itself; it is
 * told all the same, it might have said so without. */
static void
handle_ended(struct child *c, void *record)
{
	const struct record_ended *ended = record;
	bool killed = ended->signal == SIGKILL || ended->signal == SIGTERM ||
		      ended->signal == 0;

	log_death(ended, killed);
	if (killed || c->state != CHILD_UP)
		return;
	retire(c);
	children_start_later(ROLE_LISTENER);
}

/* One successor at a time, and not for the price of sessions: where too many
 * retired listeners still have some, the oldest would have to give way. */
static void
handle_renew(struct child *c, void *unused)
{
	(void)unused;
	if (c->state == CHILD_UP &&
	    jobs[ROLE_LISTENER].start_at == CHILDREN_NEVER &&
	    !have(ROLE_LISTENER, CHILD_STARTING) &&
	    children_room() > RENEW_ROOM)
		jobs[ROLE_LISTENER].start_at = wire_now();
}

static void
handle_load(struct child *c, void *record)
{
	const struct record_load *load = record;

	status_load((size_t)(c - children), load->sessions, load->waiting);
}

static void
handle_log_lost(struct child *c, void *unused)
{
	(void)unused;
	if (logging_renew())
		child_tell(c, RECORD_LOG, MONITOR_FD_LOG);
}

static void
handle_backend(struct child *c, void *record)
{
	struct record_backend *backend = record;

	(void)c;
	if (backend->index >= SETTINGS_BACKENDS_MAX)
		return;
	backend->reason[sizeof(backend->reason) - 1] = '\0';
	/* One that is found elsewhere does not bring another one back. */
	sockets_gone &= ~(1U << backend->index);
	if (backend->gone != 0)
		sockets_gone |= 1U << backend->index;
	status_backend(backend);
}

/* A child has said to another what it must not: its end. */
static void
violation(
    struct child *c, enum role to, enum record_type type, const char *what)
{
	struct log_line line;

	child_log(c, &line, LOG_LEVEL_ERROR, "violation");
	log_text(&line, "to", to == ROLE_MONITOR ? "monitor" : jobs[to].name);
	log_text(&line, "record", record_name(type));
	log_text(&line, "what", what);
	log_end(&line);
	child_cut_off(c);
}

/* A listener without a channel to the scanner is of no use, whoever closed it.
 * What a scanner could do with lies is have listeners replaced, later and
 * later. */
static void
handle_cut(struct child *c, void *record)
{
	const struct record_cut *cut = record;
	struct child *listener;

	if (!children_linked(c, cut->link, &listener))
		violation(c, ROLE_MONITOR, RECORD_CUT, "unexpected");
	else if (listener != NULL && cut->record == 0)
		child_end(listener); /* what it last said to us still counts */
	else if (listener != NULL)
		violation(listener, c->role, (enum record_type)cut->record,
		    "unexpected");
}

/* STAMP or CHECK. */
static void
handle_keys(struct child *c, void *record)
{
	const struct record_head *head = record;

	if (!keys_request(c->fd, span_of(record, head->length)))
		violation(c, ROLE_MONITOR, (enum record_type)head->type,
		    "unexpected");
}

#define STATE_BIT(state) (1U << (state))
#define AT_WORK		 (STATE_BIT(CHILD_UP) | STATE_BIT(CHILD_RETIRED))

/* What the monitor takes from whom (privsep/ipc/record.c), in which state. */
static const struct {
	unsigned int states;
	void (*handle)(struct child *, void *record);
} handlers[RECORD_TYPES] = {
    [RECORD_READY] = {STATE_BIT(CHILD_STARTING), handle_ready},
    [RECORD_ENDED] = {AT_WORK, handle_ended},
    [RECORD_RENEW] = {AT_WORK, handle_renew},
    [RECORD_LOAD] = {AT_WORK, handle_load},
    [RECORD_LOG_LOST] = {AT_WORK, handle_log_lost},
    [RECORD_BACKEND] = {AT_WORK, handle_backend},
    [RECORD_STAMP] = {AT_WORK, handle_keys},
    [RECORD_CHECK] = {AT_WORK, handle_keys},
    [RECORD_CUT] = {AT_WORK, handle_cut},
    [RECORD_PONG] = {AT_WORK, heartbeat_answer},
};

/* Requests about keys come as often as messages do.  Each child has one record
 * read per turn, so these keep nobody waiting. */
static bool
too_many(struct child *c, enum record_type type)
{
	return type != RECORD_STAMP && type != RECORD_CHECK &&
	       !rate_take(&c->said, wire_now(), SAID_AT_ONCE, SAID_PER_SECOND);
}

/* One record; false if there is none. */
static bool
child_read(struct child *c)
{
	union {
		struct record_ready longest;
		struct record_backend widest;
	} buf;
	int passed;
	ssize_t n = channel_recv(c->fd, &buf, sizeof(buf.longest), &passed);
	struct span r = span_of(&buf, n > 0 ? (size_t)n : 0);
	enum record_type type;

	if (n == -1 && (errno == EAGAIN || errno == EINTR))
		return false;
	if (n == 0) {
		/* It is ending.  If not (an empty datagram looks the same), it
		 * can not be told anything any more, so it has to. */
		child_cut_off(c);
		return false;
	}
	type = record_type_of(r);
	if (too_many(c, type)) {
		violation(c, ROLE_MONITOR, type, "too many");
	} else if (record_check(c->role, ROLE_MONITOR, r, passed != -1) &&
		   handlers[type].handle != NULL &&
		   (handlers[type].states & STATE_BIT(c->state)) != 0) {
		handlers[type].handle(c, &buf);
	} else {
		violation(c, ROLE_MONITOR, type, "unexpected");
	}
	/* No record to the monitor carries a descriptor. */
	if (passed != -1)
		close(passed);
	return true;
}

/* --- ends, signals, time ---------------------------------------------------- */

/* All children are told to stop, and given a time for that. */
static void
stop(void)
{
	stopping = true;
	for (size_t i = 0; i < CHILDREN_MAX; i++) {
		struct child *c = &children[i];
		if (c->state == CHILD_FREE)
			continue;
		child_tell(c, RECORD_STOP, -1);
		c->until = wire_now() + boot->scan_timeout + STOP_GRACE_MS;
	}
}

static void
log_end_of(const struct child *c, enum child_state was, const siginfo_t *info)
{
	bool exited = info->si_code == CLD_EXITED;
	struct log_line line;

	child_log(c, &line, LOG_LEVEL_ERROR, "child-died");
	log_number(
	    &line, exited ? "status" : "signal", (uint64_t)info->si_status);
	if (!exited && info->si_status == SIGSYS && was == CHILD_STARTING)
		log_text(&line, "what",
		    "a system call that its start may not make; the next start "
		    "of pratiqued names it");
	log_end(&line);
}

static void
child_ended(struct child *c, const siginfo_t *info)
{
	enum child_state was;

	/* What it last said still counts, a session's death above all. */
	for (int n = 0; n < QUEUE_MAX && c->fd != -1 && child_read(c); n++)
		;
	was = c->state;
	if (c->fd != -1)
		close(c->fd);
	c->state = CHILD_FREE;
	if (c->role == ROLE_LISTENER)
		children_news(c, RECORD_GONE);
	if (stopping || was == CHILD_RETIRED)
		return;
	log_end_of(c, was, info);
	if (c->role == ROLE_LISTENER)
		kill(-c->pid, SIGKILL); /* its sessions, if any are left */
	if (!working) {
		/* The first start: what fails now would fail again. */
		exit_status = EX_OSERR;
		stop();
		return;
	}
	children_start_later(c->role);
}

/* It was started before we were the monitor, and under our filter there is no
 * other (resolver.c). */
static void
resolver_ended(void)
{
	status_child(STATUS_RESOLVER, STATUS_NONE, "", 0);
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
begin_stop(void)
{
	status_phase(STATUS_STOPPING);
	log_event(LOG_LEVEL_INFO, "stop", "finishing open sessions");
	notify_stopping();
	stop();
}

static void
signals(void)
{
	enum signals_wish wish;

	while ((wish = signals_next(signal_fd)) != SIGNALS_NONE) {
		if (wish == SIGNALS_STOP && !stopping)
			begin_stop();
		else if (wish == SIGNALS_RELOAD && !keys_reload())
			log_event(LOG_LEVEL_WARNING, "reload-refused",
			    "the configuration is read at start only; restart "
			    "the service");
	}
	reap();
}

/* Is a directory of clamd's there that was not when this was last asked: one
 * that a scanner does not see that was started then? */
static bool
directory_is_new(void)
{
	bool new = false;

	for (uint32_t i = 0; i < boot->directories; i++) {
		struct stat now = {0}, *then = &directory_then[i];

		if (stat(boot->directory[i], &now) == 0)
			new |= now.st_ino != then->st_ino ||
			       now.st_dev != then->st_dev;
		*then = now;
	}
	return new;
}

static void
check_directories(void)
{
	if (!directory_is_new())
		return;
	sockets_gone = 0;
	log_event(LOG_LEVEL_WARNING, "scanner-replaced",
	    "the directory of clamd's socket was made anew");
	jobs[ROLE_SCANNER].start_at = 0;
}

/* Starts a child; what a scanner will see of clamds is remembered. */
static void
start(enum role role)
{
	if (role == ROLE_SCANNER)
		directory_is_new();
	children_start(role);
}

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
drive(uint64_t now)
{
	end_overdue(now);
	if (stopping)
		return;
	if (sockets_gone != 0 && jobs[ROLE_SCANNER].start_at == CHILDREN_NEVER)
		check_directories();
	for (enum role role = 0; role < ROLE_COUNT; role++) {
		if (jobs[role].start_at <= now)
			start(role);
	}
}

/* What else is due is due by seconds, so the next beat is soon enough. */
static int
wait_time(uint64_t now)
{
	uint64_t until = heartbeat_run(now), log_at = logging_run(now);

	keys_look();
	footprint_check(boot, now);
	for (enum role role = 0; role < ROLE_COUNT; role++) {
		if (jobs[role].start_at < until)
			until = jobs[role].start_at;
	}
	if (log_at < until)
		until = log_at;
	return until > now ? (int)(until - now) : 1;
}

/* For pratique(8). */
static void
publish(void)
{
	for (size_t i = 0; i < CHILDREN_MAX; i++)
		status_child(i,
		    heartbeat_hangs(&children[i])
			? STATUS_CHILD_HUNG
			: (enum status_state)children[i].state,
		    jobs[children[i].role].name, children[i].pid);
}

static void
wait_and_read(int wait)
{
	struct pollfd pfd[CHILDREN_MAX + 1];
	struct timespec time = {
	    .tv_sec = wait / 1000, .tv_nsec = (long)(wait % 1000) * 1000000};

	for (size_t i = 0; i < CHILDREN_MAX; i++)
		pfd[i] = (struct pollfd){
		    .fd = children[i].state == CHILD_FREE ? -1 : children[i].fd,
		    .events = POLLIN};
	pfd[CHILDREN_MAX] = (struct pollfd){.fd = signal_fd, .events = POLLIN};
	if (ppoll(pfd, CHILDREN_MAX + 1, &time, NULL) <= 0)
		return;
	for (size_t i = 0; i < CHILDREN_MAX; i++) {
		if (pfd[i].revents != 0)
			child_read(&children[i]);
	}
	if (pfd[CHILDREN_MAX].revents != 0)
		signals();
}

int
supervise(const struct monitor_boot *b)
{
	boot = b;
	logging_setup(boot->log_to == LOG_TO_SYSLOG);
	jobs[ROLE_LISTENER].plan = &boot->listener;
	jobs[ROLE_SCANNER].plan = &boot->scanner;
	signal_fd = signals_open();
	if (signal_fd == -1)
		return EX_OSERR;
	start(ROLE_SCANNER);
	start(ROLE_LISTENER);
	do {
		drive(wire_now());
		publish();
		wait_and_read(wait_time(wire_now()));
	} while (!stopping || children_room() < CHILDREN_MAX);
	return exit_status;
}
