/* SPDX-License-Identifier: ISC */
/*
 * The monitor's children; see children.h.  Whatever dies without having been
 * told to is started again, at once at first, then with a growing delay: a
 * crash loop must not eat the machine, and the listening sockets stay open
 * meanwhile.
 */
#include "privsep/monitor/children.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "lib/log.h"
#include "privsep/ipc/channel.h"
#include "privsep/ipc/wire.h"

/* Restart delays: none after the first failure, then doubling. */
#define BACKOFF_FIRST_MS 100
#define BACKOFF_MAX_MS	 10000
/* A role that has worked for so long starts with a clean record. */
#define BACKOFF_FORGET_MS 60000

struct child children[CHILDREN_MAX];
struct role_state jobs[ROLE_COUNT] = {
    [ROLE_MONITOR] = {.start_at = CHILDREN_NEVER},
    [ROLE_LISTENER] = {.name = "listener", .start_at = CHILDREN_NEVER},
    [ROLE_SESSION] = {.start_at = CHILDREN_NEVER},
    [ROLE_SCANNER] = {.name = "scanner", .start_at = CHILDREN_NEVER},
};

static uint32_t links; /* channels made between listeners and scanners */

void
child_tell(const struct child *c, enum record_type type, int passfd)
{
	struct record_plain r = {.head = record_head(type, sizeof(r))};

	/* A failure shows as the child's end, or does not matter. */
	(void)channel_send(c->fd, &r, passfd);
}

void
child_log(const struct child *c, struct log_line *line, enum log_level level,
    const char *event)
{
	log_begin(line, level, event);
	log_text(line, "role", jobs[c->role].name);
	log_number(line, "pid", (uint64_t)c->pid);
}

/* Gives listener and scanner a channel to each other. */
static void
introduce(struct child *listener, const struct child *scanner)
{
	struct record_peer r = {.head = record_head(RECORD_PEER, sizeof(r))};
	int pair[2];

	if (!channel_pair(pair))
		return;
	listener->link = r.link = ++links;
	listener->scanner = scanner->pid;
	(void)channel_send(listener->fd, &r, pair[0]);
	(void)channel_send(scanner->fd, &r, pair[1]);
	close(pair[0]);
	close(pair[1]);
}

/* A new scanner is for all listeners, a new listener has the newest scanner. */
static void
children_introduce(struct child *new)
{
	const struct child *scanner = NULL;

	for (size_t i = 0; i < CHILDREN_MAX; i++) {
		struct child *c = &children[i];
		if (c->state == CHILD_FREE || c->role == new->role)
			continue;
		if (new->role == ROLE_SCANNER) {
			introduce(c, new);
			if (c->state == CHILD_RETIRED)
				children_news(c, RECORD_RETIRED);
		} else if (c->state != CHILD_RETIRED &&
			   (scanner == NULL || c->since >= scanner->since))
			scanner = c;
	}
	if (scanner != NULL)
		introduce(new, scanner);
}

bool
children_linked(
    const struct child *scanner, uint32_t link, struct child **listener)
{
	*listener = NULL;
	for (size_t i = 0; i < CHILDREN_MAX; i++) {
		struct child *c = &children[i];
		if (c->state != CHILD_FREE && c->role == ROLE_LISTENER &&
		    c->fd != -1 && c->link == link &&
		    c->scanner == scanner->pid)
			*listener = c;
	}
	return link != 0 && link <= links;
}

size_t
children_room(void)
{
	size_t room = 0;

	for (size_t i = 0; i < CHILDREN_MAX; i++)
		room += children[i].state == CHILD_FREE;
	return room;
}

void
children_news(const struct child *listener, enum record_type news)
{
	struct record_gone r = {
	    .head = record_head(news, sizeof(r)), .link = listener->link};

	for (size_t i = 0; i < CHILDREN_MAX; i++) {
		const struct child *c = &children[i];
		if (c->state != CHILD_FREE && c->pid == listener->scanner)
			(void)channel_send(c->fd, &r, -1);
	}
}

static struct child *
slot(void)
{
	struct child *oldest = NULL;

	for (size_t i = 0; i < CHILDREN_MAX; i++) {
		struct child *c = &children[i];
		if (c->state == CHILD_FREE)
			return c;
		if (c->state == CHILD_RETIRED &&
		    (oldest == NULL || c->since < oldest->since))
			oldest = c;
	}
	if (oldest != NULL)
		kill(-oldest->pid, SIGKILL);
	return NULL;
}

void
children_start_later(enum role role)
{
	struct role_state *job = &jobs[role];
	uint64_t now = wire_now(), delay = 0;

	if (now - job->failed_at > BACKOFF_FORGET_MS)
		job->failures = 0;
	for (uint32_t i = 0; i < job->failures && delay < BACKOFF_MAX_MS; i++)
		delay = delay == 0 ? BACKOFF_FIRST_MS : 2 * delay;
	job->failures++;
	job->failed_at = now;
	job->start_at = now + (delay < BACKOFF_MAX_MS ? delay : BACKOFF_MAX_MS);
	if (delay > 0) {
		struct log_line line;
		log_begin(&line, LOG_LEVEL_WARNING, "restart-delayed");
		log_text(&line, "role", job->name);
		log_number(&line, "failures", job->failures);
		log_number(&line, "delay_ms", job->start_at - now);
		log_end(&line);
	}
}

void
children_start(enum role role)
{
	struct role_state *job = &jobs[role];
	struct child *c = slot();

	if (c == NULL)
		return; /* soon, when the one that was killed is reaped */
	job->start_at = CHILDREN_NEVER;
	*c = (struct child){.role = role, .fd = -1, .until = CHILDREN_NEVER};
	c->pid = child_start(job->plan, &c->fd);
	if (c->pid == -1) {
		log_event(LOG_LEVEL_ERROR, "fork-failed", strerror(errno));
		children_start_later(role);
		return;
	}
	c->state = CHILD_STARTING;
	c->since = wire_now();
	children_introduce(c);
}

void
child_end(const struct child *c)
{
	kill(-c->pid, SIGKILL);
	kill(c->pid, SIGKILL); /* if it had no group yet */
}

void
child_cut_off(struct child *c)
{
	child_end(c);
	close(c->fd);
	c->fd = -1;
}

void
child_retire(struct child *c, uint32_t time)
{
	c->state = CHILD_RETIRED;
	c->until = wire_now() + time;
	if (c->role == ROLE_LISTENER)
		children_news(c, RECORD_RETIRED);
	child_tell(
	    c, c->role == ROLE_LISTENER ? RECORD_RETIRE : RECORD_STOP, -1);
}
