/* SPDX-License-Identifier: ISC */
/*
 * Settings that are allowed and unwise: each is reported with its line and what
 * to write instead, by `pratiqued -T` and in the log of a start.  Runs in
 * pratiqued, when the file has been read without a fault.
 */
#include <grp.h>
#include <netinet/in.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

#include "config/reading.h"
#include "lib/field.h"

#define WORLD_WRITES 0002

static void
warn(struct reading *r, enum section_id id, const char *key, const char *what)
{
	reading_warning(
	    r, reading_line(r, id, key), sections[id].name, key, what);
}

/* The address means every one that the host has. */
static bool
is_wildcard(const struct address *a)
{
	struct sockaddr_in v4;
	struct sockaddr_in6 v6;

	if (a->len == 0)
		return false;
	memcpy(&v4, &a->storage, sizeof(v4));
	memcpy(&v6, &a->storage, sizeof(v6));
	if (a->any.sa_family == AF_INET)
		return v4.sin_addr.s_addr == htonl(INADDR_ANY);
	return a->any.sa_family == AF_INET6 &&
	       IN6_IS_ADDR_UNSPECIFIED(&v6.sin6_addr);
}

static void
warn_of_name(struct reading *r, const char *key, const struct address *a)
{
	struct complaint text;

	if (a->len != 0)
		return;
	complain(&text, a->text,
	    "has a host whose address is not known now; mend the name service, "
	    "or write the address");
	reading_warning(r, 0, "", key, text.text);
}

static void
warn_of_listen(struct reading *r)
{
	const struct config *c = &r->config;
	bool local = false;

	for (uint32_t i = 0; i < c->listens; i++) {
		const struct address *a = &c->listen[i];
		struct complaint text;

		local = local || a->any.sa_family == AF_UNIX;
		warn_of_name(r, "listen", a);
		if (!is_wildcard(a))
			continue;
		complain(&text, a->text,
		    "can be reached from every network of this host, and the "
		    "milter protocol knows no password; write the address that "
		    "the MTA uses, such as inet:8894@127.0.0.1");
		warn(r, SECTION_MAIN, "listen", text.text);
	}
	if (local && (c->socket_mode & WORLD_WRITES) != 0)
		warn(r, SECTION_MAIN, "socket_mode",
		    "lets every user of this host speak to the milter; write "
		    "0660 and the MTA's group in socket_group");
}

/* Whoever may write there can take our files away, or put others in their
 * place.  A directory that is not there yet is made with the right mode. */
static void
warn_of_run_dir(struct reading *r)
{
	struct stat st;

	if (stat(r->config.run_dir, &st) == 0 &&
	    (st.st_mode & WORLD_WRITES) != 0)
		warn(r, SECTION_MAIN, "run_dir",
		    "is a directory that every user of this host can write to; "
		    "fix it with: chmod 0755 DIRECTORY");
}

/* Only what the file says, once: on_unscanned is not repeated for each reason
 * that inherits from it. */
static void
warn_of_actions(struct reading *r)
{
	for (enum section_id id = SECTION_MAIN; id < SECTION_COUNT; id++) {
		enum outcome outcome = sections[id].outcome;

		if (sections[id].group != GROUP_ACTION ||
		    reading_line(r, id, "action") == 0 ||
		    r->given[id].action != ACTION_ACCEPT ||
		    (id != SECTION_ON_UNSCANNED &&
			(outcome == OUTCOME_COUNT ||
			    *outcome_reason(outcome) == '\0')))
			continue;
		warn(r, id, "action",
		    "accepts mail that nobody has scanned; write tempfail, or "
		    "quarantine, unless something else scans it later");
	}
}

/* Is there an outcome that answers with this reply? */
static bool
reply_is_sent(const struct config *c, const char *reply)
{
	for (size_t i = 0; i < OUTCOME_COUNT; i++) {
		const struct disposition *d = &c->session.disposition[i];

		if ((d->action == ACTION_REJECT ||
			d->action == ACTION_TEMPFAIL) &&
		    strcmp(d->reply, reply) == 0)
			return true;
	}
	return false;
}

/* That of on_unscanned may still be one for a reason that inherits it. */
static void
warn_of_replies(struct reading *r)
{
	for (enum section_id id = SECTION_MAIN; id < SECTION_COUNT; id++) {
		const struct disposition *d = &r->given[id];
		struct complaint text;

		if (sections[id].group != GROUP_ACTION ||
		    reading_line(r, id, "reply") == 0 || *d->reply == '\0' ||
		    d->action == ACTION_REJECT ||
		    d->action == ACTION_TEMPFAIL ||
		    (id == SECTION_ON_UNSCANNED &&
			reply_is_sent(&r->config, d->reply)))
			continue;
		complain(&text, d->reply,
		    "is never sent, since the action here is %s; take it out, "
		    "or write action = reject or tempfail",
		    action_name(d->action));
		warn(r, id, "reply", text.text);
	}
}

/* As the scanner, which has one user, one group and no privilege. */
static bool
scanner_may_write(const struct config *c, const struct stat *st)
{
	if (st->st_uid == c->scanner_uid)
		return (st->st_mode & S_IWUSR) != 0;
	if (st->st_gid == c->scanner_gid)
		return (st->st_mode & S_IWGRP) != 0;
	return (st->st_mode & S_IWOTH) != 0;
}

/* A clamd that is not there yet says nothing about its socket. */
static void
warn_of_clamd(struct reading *r, const struct backend_settings *b)
{
	const struct config *c = &r->config;
	const struct group *group;
	struct complaint text;
	struct stat st;

	warn_of_name(r, "clamd", &b->address);
	if (b->address.any.sa_family != AF_UNIX ||
	    stat(b->address.local.sun_path, &st) == -1 ||
	    !S_ISSOCK(st.st_mode) || scanner_may_write(c, &st))
		return;
	group = getgrgid(st.st_gid);
	if ((st.st_mode & S_IWGRP) != 0 && group != NULL && geteuid() == 0)
		complain(&text, b->address.text,
		    "is open to group %s only; write scanner_group = \"%s\"",
		    group->gr_name, group->gr_name);
	else
		complain(&text, b->address.text,
		    "is not open to the user of the scanner; see "
		    "LocalSocketGroup and LocalSocketMode in clamd.conf(5)");
	reading_warning(r, 0, "", "clamd", text.text);
}

/* The presets are the usual names for what they say, and are not reported. */
static void
warn_of_headers(struct reading *r)
{
	static const char what[] =
	    "is the name of a field of other programs, which every message "
	    "loses; choose one that is yours, such as X-Example-Virus";
	const struct session_settings *s = &r->config.session;

	if (reading_line(r, SECTION_HEADERS, "scanned") != 0 &&
	    strcasecmp(s->header_scanned, "X-Virus-Scanned") != 0 &&
	    field_is_others(s->header_scanned))
		warn(r, SECTION_HEADERS, "scanned", what);
	if (reading_line(r, SECTION_HEADERS, "status") != 0 &&
	    strcasecmp(s->header_status, "X-Virus-Status") != 0 &&
	    field_is_others(s->header_status))
		warn(r, SECTION_HEADERS, "status", what);
}

void
warn_of_settings(struct reading *r)
{
	warn_of_listen(r);
	warn_of_run_dir(r);
	warn_of_actions(r);
	warn_of_headers(r);
	warn_of_replies(r);
	for (uint32_t i = 0; i < r->config.scanner.backends; i++)
		warn_of_clamd(r, &r->config.scanner.backend[i]);
}
