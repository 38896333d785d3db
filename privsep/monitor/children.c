/* SPDX-License-Identifier: ISC */
/* The monitor's children; see children.h. */
#include "privsep/monitor/children.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "lib/ensure.h"
#include "privsep/ipc/channel.h"
#include "privsep/ipc/child.h"
#include "privsep/ipc/wire.h"
#include "privsep/monitor/roles.h"
#include "privsep/monitor/status_write.h"

/* Restart delays: none after the first failure, then doubling. */
#define BACKOFF_FIRST_MS 100
#define BACKOFF_MAX_MS	 10000
/* A role that has worked for so long starts with a clean record. */
#define BACKOFF_FORGET_MS 60000

struct child children[CHILDREN_MAX];
struct role_state jobs[ROLES_MAX];

static uint32_t links;	     /* that have been made */
static unsigned int awaited; /* ROLE_BITs of those that were never up */

void
children_setup(const struct child_plan plan[static ROLES_MAX])
{
	awaited = 0;
	for (enum role role = 0; role < ROLES_MAX; role++) {
		jobs[role] = (struct role_state){
		    .plan = &plan[role], .start_at = CHILDREN_NEVER};
		if (plan[role].fds == 0)
			continue;
		ensure(roles[role].name != NULL);
		jobs[role].start_at = 0;
		awaited |= ROLE_BIT(role);
	}
}

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
	log_text(line, "role", roles[c->role].name);
	log_number(line, "pid", (uint64_t)c->pid);
}

size_t
children_room(void)
{
	size_t room = 0;

	for (size_t i = 0; i < CHILDREN_MAX; i++)
		room += children[i].state == CHILD_FREE;
	return room;
}

struct child *
children_find(enum role role, enum child_state state)
{
	for (size_t i = 0; i < CHILDREN_MAX; i++) {
		if (children[i].state == state && children[i].role == role)
			return &children[i];
	}
	return NULL;
}

bool
child_up(struct child *c)
{
	c->state = CHILD_UP;
	awaited &= ~ROLE_BIT(c->role);
	return awaited == 0;
}

/* --- introduction ----------------------------------------------------------- */

static bool
uses(enum role user, enum role provider)
{
	return (roles[user].uses & ROLE_BIT(provider)) != 0;
}

/* Gives both a channel to each other. */
static void
introduce(struct child *user, const struct child *provider)
{
	struct record_peer r = {.head = record_head(RECORD_PEER, sizeof(r))};
	int pair[2];

	ensure(uses(user->role, provider->role));
	if (!channel_pair(pair))
		return;
	r.link = ++links;
	user->link[provider->role] =
	    (struct link){.number = r.link, .with = provider->pid};
	r.role = provider->role;
	(void)channel_send(user->fd, &r, pair[0]);
	r.role = user->role;
	(void)channel_send(provider->fd, &r, pair[1]);
	close(pair[0]);
	close(pair[1]);
}

/* Who uses it, retired or not, gets the new one; what it uses itself it gets
 * the newest of. */
static void
children_introduce(struct child *new)
{
	const struct child *newest[ROLES_MAX] = {NULL};

	for (size_t i = 0; i < CHILDREN_MAX; i++) {
		struct child *c = &children[i];

		if (c->state == CHILD_FREE || c->fd == -1)
			continue;
		if (uses(c->role, new->role))
			introduce(c, new);
		if (uses(c->role, new->role) && c->state == CHILD_RETIRED)
			children_news(c, RECORD_RETIRED);
		if (uses(new->role, c->role) && c->state != CHILD_RETIRED &&
		    (newest[c->role] == NULL ||
			c->since >= newest[c->role]->since))
			newest[c->role] = c;
	}
	for (enum role role = 0; role < ROLES_MAX; role++) {
		if (newest[role] != NULL)
			introduce(new, newest[role]);
	}
}

bool
children_linked(
    const struct child *provider, uint32_t number, struct child **user)
{
	*user = NULL;
	for (size_t i = 0; i < CHILDREN_MAX; i++) {
		struct child *c = &children[i];
		const struct link *link = &c->link[provider->role];

		if (c->state != CHILD_FREE && c->fd != -1 &&
		    link->number == number && link->with == provider->pid)
			*user = c;
	}
	return number != 0 && number <= links;
}

void
children_news(const struct child *user, enum record_type news)
{
	struct record_gone r = {.head = record_head(news, sizeof(r))};

	for (size_t i = 0; i < CHILDREN_MAX; i++) {
		const struct child *c = &children[i];
		const struct link *link = &user->link[c->role];

		if (c->state == CHILD_FREE || c->pid != link->with)
			continue;
		r.link = link->number;
		(void)channel_send(c->fd, &r, -1);
	}
}

/* --- start and end ---------------------------------------------------------- */

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

/* Counts a failure; how long the next start is to wait. */
static uint64_t
backoff(struct role_state *job, uint64_t now)
{
	uint64_t delay = 0;

	if (now - job->failed_at > BACKOFF_FORGET_MS)
		job->failures = 0;
	for (uint32_t i = 0; i < job->failures && delay < BACKOFF_MAX_MS; i++)
		delay = delay == 0 ? BACKOFF_FIRST_MS : 2 * delay;
	job->failures++;
	job->failed_at = now;
	return delay < BACKOFF_MAX_MS ? delay : BACKOFF_MAX_MS;
}

void
children_start_later(enum role role)
{
	struct role_state *job = &jobs[role];
	uint64_t now = wire_now(), delay = backoff(job, now);
	struct log_line line;

	job->start_at = now + delay;
	if (delay == 0)
		return;
	log_begin(&line, LOG_LEVEL_WARNING, "restart-delayed");
	log_text(&line, "role", roles[role].name);
	log_number(&line, "failures", job->failures);
	log_number(&line, "delay_ms", delay);
	log_end(&line);
}

static void
show(const struct child *c)
{
	struct status_process *p = &status_now.child[c - children];

	*p = (struct status_process){
	    .pid = c->pid, .since = (int64_t)wire_date()};
	snprintf(p->role, sizeof(p->role), "%s", roles[c->role].name);
}

void
children_start(enum role role)
{
	struct child *c = slot();

	ensure(jobs[role].plan->fds != 0);
	if (c == NULL)
		return; /* soon, when the one that was killed is reaped */
	jobs[role].start_at = CHILDREN_NEVER;
	*c = (struct child){.role = role, .fd = -1, .until = CHILDREN_NEVER};
	c->pid = child_start(jobs[role].plan, &c->fd);
	if (c->pid == -1) {
		log_event(LOG_LEVEL_ERROR, "fork-failed", strerror(errno));
		children_start_later(role);
		return;
	}
	c->state = CHILD_STARTING;
	c->since = wire_now();
	show(c);
	children_introduce(c);
}

void
child_end(const struct child *c)
{
	/* -1 and 0 would be everybody, and us. */
	ensure(c->pid > 1);
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
child_retire(struct child *c)
{
	ensure(c->state == CHILD_UP);
	c->state = CHILD_RETIRED;
	c->until = wire_now() + jobs[c->role].plan->retire_ms;
	children_news(c, RECORD_RETIRED);
	child_tell(c, roles[c->role].retire, -1);
}
