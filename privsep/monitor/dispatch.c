/* SPDX-License-Identifier: ISC */
/* What the children say; see dispatch.h.  In the monitor, confined. */
#include "privsep/monitor/dispatch.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "privsep/ipc/channel.h"
#include "privsep/ipc/exec_fds.h"
#include "privsep/ipc/wire.h"
#include "privsep/monitor/directories.h"
#include "privsep/monitor/heartbeat.h"
#include "privsep/monitor/key_service.h"
#include "privsep/monitor/logging.h"
#include "privsep/monitor/notify.h"
#include "privsep/monitor/publish.h"
#include "privsep/monitor/roles.h"
#include "privsep/monitor/status_write.h"

/* Places that a renewed child leaves: for another role's, and for one of its
 * own after a crash. */
#define RENEW_ROOM 2
/* What a child may say: a listener all at once that each of its sessions has
 * died (the largest max_sessions), and some more; then more than there is ever
 * news, and too little to keep us busy. */
#define SAID_AT_ONCE	24000
#define SAID_PER_SECOND 100
/* Lines about sessions that died, so that nobody can fill the log. */
#define DEATHS_AT_ONCE	  100
#define DEATHS_PER_SECOND 1

/* A child has said to another what it must not: its end. */
static void
violation(
    struct child *c, const char *to, enum record_type type, const char *what)
{
	struct log_line line;

	child_log(c, &line, LOG_LEVEL_ERROR, "violation");
	log_text(&line, "to", to);
	log_text(&line, "record", record_name(type));
	log_text(&line, "what", what);
	log_end(&line);
	child_cut_off(c);
}

/* --- starts and ends -------------------------------------------------------- */

static void
handle_ready(struct child *c, void *record)
{
	struct record_ready *ready = record;
	struct status_process *p = &status_now.child[c - children];
	struct child *old = children_find(c->role, CHILD_UP);
	struct log_line line;
	char event[32];
	bool all;

	if (old != NULL)
		child_retire(old);
	all = child_up(c);
	ready->missing[sizeof(ready->missing) - 1] = '\0';
	snprintf(p->missing, sizeof(p->missing), "%s", ready->missing);
	p->layers = ready->layers;
	snprintf(event, sizeof(event), "%s-start", roles[c->role].name);
	log_begin(&line, LOG_LEVEL_INFO, event);
	log_number(&line, "pid", (uint64_t)c->pid);
	logging_layers(&line, p);
	log_end(&line);
	if (status_now.phase != STATUS_STARTING || !all)
		return;
	status_now.phase = STATUS_READY;
	publish();
	log_event(LOG_LEVEL_INFO, "ready", "taking connections");
	notify_ready();
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
	child_retire(c);
	children_start_later(c->role);
}

/* One successor at a time, and not for the price of sessions: where too many
 * retired listeners still have some, the oldest would have to give way. */
static void
handle_renew(struct child *c, void *unused)
{
	(void)unused;
	if (c->state == CHILD_UP && jobs[c->role].start_at == CHILDREN_NEVER &&
	    children_find(c->role, CHILD_STARTING) == NULL &&
	    children_room() > RENEW_ROOM)
		jobs[c->role].start_at = wire_now();
}

/* Who has lost a channel that it uses is of no use, whoever closed it.  What
 * the other one could do with lies is have it replaced, later and later. */
static void
handle_cut(struct child *c, void *record)
{
	const struct record_cut *cut = record;
	struct child *user;

	if (!children_linked(c, cut->link, &user))
		violation(c, "monitor", RECORD_CUT, "unexpected");
	else if (user != NULL && cut->record == 0)
		child_end(user); /* what it last said to us still counts */
	else if (user != NULL)
		violation(user, roles[c->role].name,
		    (enum record_type)cut->record, "unexpected");
}

/* --- news ------------------------------------------------------------------- */

static void
handle_load(struct child *c, void *record)
{
	const struct record_load *load = record;
	struct status_process *p = &status_now.child[c - children];

	p->sessions = load->sessions;
	p->waiting = load->waiting;
}

static void
handle_backend(struct child *c, void *record)
{
	struct record_backend *told = record;
	struct status_backend *b;

	(void)c;
	if (told->index >= status_now.backends)
		return;
	b = &status_now.backend[told->index];
	directories_told(told->index, told->gone != 0);
	told->reason[sizeof(told->reason) - 1] = '\0';
	snprintf(b->reason, sizeof(b->reason), "%s", told->reason);
	b->up = told->up;
	b->proved = told->proved;
	b->limit = told->limit;
}

static void
handle_log_lost(struct child *c, void *unused)
{
	(void)unused;
	if (logging_renew())
		child_tell(c, RECORD_LOG, MONITOR_FD_LOG);
}

static void
handle_pong(struct child *c, void *unused)
{
	(void)unused;
	c->unanswered = 0;
}

/* STAMP or CHECK. */
static void
handle_keys(struct child *c, void *record)
{
	const struct record_head *head = record;

	if (!keys_request(c->fd, record))
		violation(
		    c, "monitor", (enum record_type)head->type, "unexpected");
}

/* --- the table -------------------------------------------------------------- */

#define STATE_BIT(state) (1U << (state))
#define STARTING	 STATE_BIT(CHILD_STARTING)
#define AT_WORK		 (STATE_BIT(CHILD_UP) | STATE_BIT(CHILD_RETIRED))

static const struct {
	unsigned int states;
	void (*handle)(struct child *, void *record);
	/* As often as there are messages.  Of each child one record is read per
	 * turn, so these keep nobody waiting. */
	bool often;
} handlers[RECORD_TYPES] = {
    [RECORD_READY] = {STARTING, handle_ready, false},
    [RECORD_ENDED] = {AT_WORK, handle_ended, false},
    [RECORD_RENEW] = {AT_WORK, handle_renew, false},
    [RECORD_LOAD] = {AT_WORK, handle_load, false},
    [RECORD_LOG_LOST] = {AT_WORK, handle_log_lost, false},
    [RECORD_BACKEND] = {AT_WORK, handle_backend, false},
    [RECORD_STAMP] = {AT_WORK, handle_keys, true},
    [RECORD_CHECK] = {AT_WORK, handle_keys, true},
    [RECORD_CUT] = {AT_WORK, handle_cut, false},
    [RECORD_PONG] = {AT_WORK, handle_pong, false},
};

/* NULL, or what is wrong with it. */
static const char *
handle(struct child *c, struct span r, void *record)
{
	enum record_type type = record_type_of(r);
	bool known = record_check(c->role, ROLE_MONITOR, r, false);

	if (!(known && handlers[type].often) &&
	    !rate_take(&c->said, wire_now(), SAID_AT_ONCE, SAID_PER_SECOND))
		return "too many";
	if (!known || (handlers[type].states & STATE_BIT(c->state)) == 0)
		return "unexpected";
	handlers[type].handle(c, record);
	return NULL;
}

bool
dispatch_read(struct child *c)
{
	union {
		struct record_ready longest;
		struct record_backend widest;
		struct record_stamp stamp;
		struct record_check check;
	} buf;
	ssize_t n = channel_take(c->fd, &buf, sizeof(buf));
	struct span r = span_of(&buf, n > 0 ? (size_t)n : 0);
	const char *wrong;

	if (n == -1 && (errno == EAGAIN || errno == EINTR))
		return false;
	if (n == 0) {
		/* It is ending.  If not (an empty datagram looks the same), it
		 * cannot be told anything any more, so it has to. */
		child_cut_off(c);
		return false;
	}
	wrong = handle(c, r, &buf);
	if (wrong != NULL)
		violation(c, "monitor", record_type_of(r), wrong);
	return true;
}
