/* SPDX-License-Identifier: ISC */
/*
 * What a configuration file leaves out, and what only the whole file can
 * show to be wrong.  Runs in pratiqued and pratique(8) after the file has been
 * parsed; for a clamd section, when it ends.
 */
#include <pwd.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "config/reading.h"
#include "config/reply_template.h"
#include "lib/field.h"

void
complete_section(struct reading *r, enum section_id id, void *base)
{
	struct complaint c;

	for (size_t i = 0; i < options_count; i++) {
		const struct option *o = &options[i];

		if (o->group != sections[id].group || r->seen[id][i] != 0)
			continue;
		/* The preset users need not exist where they are not used. */
		if (o->type == OPTION_USER && geteuid() != 0)
			continue;
		if (!option_assign(o, base, o->preset, &c))
			reading_fault(r, 0, sections[id].name, o->key, c.text);
	}
}

/* NULL, or why this clamd cannot be one more. */
static const char *
refuse_clamd(const struct scanner_settings *s, const char *name,
    const struct address *address)
{
	size_t len = strlen(name);

	if (s->backends == SETTINGS_BACKENDS_MAX)
		return "is one too many; the most is 16";
	if (len == 0 || len >= sizeof(s->backend[0].name) ||
	    name[strspn(name, NAME_CHARACTERS)] != '\0')
		return "is not a name for a clamd; give 1 to 31 letters, "
		       "digits, dots, - or _";
	for (uint32_t i = 0; i < s->backends; i++)
		if (*address->text != '\0' &&
		    strcmp(s->backend[i].address.text, address->text) == 0)
			return "has the address of another clamd; remove one "
			       "of the two";
	return NULL;
}

void
complete_clamd(struct reading *r, const char *name, unsigned line)
{
	struct scanner_settings *s = &r->config.scanner;
	struct complaint c;
	const char *why;

	complete_section(r, SECTION_CLAMD, &r->backend);
	why = refuse_clamd(s, name, &r->backend.address);
	if (why != NULL) {
		complain(&c, name, "%s", why);
		reading_fault(r, line, "", "clamd", c.text);
	} else {
		memcpy(r->backend.name, name, strlen(name) + 1);
		s->backend[s->backends++] = r->backend;
	}
	r->backend = (struct backend_settings){0};
	memset(r->seen[SECTION_CLAMD], 0, sizeof(r->seen[SECTION_CLAMD]));
}

void
complete_peer(struct reading *r, const char *network, unsigned line)
{
	struct stamp_settings *s = &r->config.scanner.stamp;
	struct complaint c;

	complete_section(r, SECTION_PEER, &r->peer);
	if (s->peers == SETTINGS_PEERS_MAX)
		complain(&c, network, "is one too many; the most is %d",
		    SETTINGS_PEERS_MAX);
	else if (r->peer.keys == 0)
		complain(&c, network,
		    "has no keys; give those whose stamps are good from there");
	else if (value_network(network, &r->peer.network, &c)) {
		strncpy(r->peer.text, network, sizeof(r->peer.text) - 1);
		s->peer[s->peers++] = r->peer;
		c.text[0] = '\0';
	}
	if (c.text[0] != '\0')
		reading_fault(r, line, "", "stamp_peer", c.text);
	r->peer = (struct stamp_peer){0};
	memset(r->seen[SECTION_PEER], 0, sizeof(r->seen[SECTION_PEER]));
}

/* A fault of an option of that section, in the line that sets it. */
static void
fault_of(
    struct reading *r, enum section_id id, const char *key, const char *what)
{
	reading_fault(
	    r, reading_line(r, id, key), sections[id].name, key, what);
}

/* Settles action and reply of one on_ section.  What it leaves out comes from
 * the parent, if there is one and its reply fits, or from the table. */
static void
settle(struct reading *r, enum section_id id, const struct disposition *parent)
{
	const struct section *s = &sections[id];
	struct disposition *d = &r->given[id];
	unsigned line = reading_line(r, id, "reply");
	struct complaint c;

	if (reading_line(r, id, "action") == 0)
		d->action = parent == NULL ? s->action : parent->action;
	if (*d->reply != '\0') {
		if (reply_template_fits(d->reply, d->action))
			return;
		complain(&c, d->reply, "does not fit the action %s; give a %s",
		    action_name(d->action),
		    d->action == ACTION_REJECT ? "5xx code with 5.x.x"
					       : "4xx code with 4.x.x");
		reading_fault(r, line, s->name, "reply", c.text);
		return;
	}
	if (parent != NULL && line == 0 && *parent->reply != '\0' &&
	    reply_template_fits(parent->reply, d->action))
		memcpy(d->reply, parent->reply, sizeof(d->reply));
	else
		strncpy(d->reply, section_reply(s, d->action),
		    sizeof(d->reply) - 1);
}

static bool
is_unscanned(enum outcome outcome)
{
	return outcome < OUTCOME_COUNT && *outcome_reason(outcome) != '\0';
}

/* What the sections for one reason leave out comes from on_unscanned.  But an
 * operator who lets mail pass while no clamd works need not want to let pass
 * what somebody made so that clamd does not look into it. */
static bool
inherits(enum outcome outcome, enum action action)
{
	bool made = outcome == OUTCOME_LIMITS_EXCEEDED ||
		    outcome == OUTCOME_NOT_UNPACKED ||
		    outcome == OUTCOME_AMBIGUOUS;

	return is_unscanned(outcome) && (action != ACTION_ACCEPT || !made);
}

/* No section leads here: a rule brings its own action.  Whatever came to one
 * of these without a rule is not let pass. */
static void
settle_ruled(struct reading *r)
{
	struct disposition *all = r->config.session.disposition;
	struct disposition d = {.action = ACTION_TEMPFAIL};

	strncpy(d.reply,
	    section_reply(&sections[SECTION_ON_UNSCANNED], ACTION_TEMPFAIL),
	    sizeof(d.reply) - 1);
	all[OUTCOME_EXEMPT] = all[OUTCOME_POLICY] = d;
}

static void
settle_all(struct reading *r)
{
	struct disposition unscanned;

	settle_ruled(r);
	/* Only a reply that the operator wrote is handed down: the table has
	 * better ones for each section. */
	unscanned = r->given[SECTION_ON_UNSCANNED];
	if (reading_line(r, SECTION_ON_UNSCANNED, "action") == 0)
		unscanned.action = sections[SECTION_ON_UNSCANNED].action;
	for (enum section_id id = SECTION_CLAMD; id < SECTION_COUNT; id++) {
		enum outcome outcome = sections[id].outcome;

		if (sections[id].group != GROUP_ACTION)
			continue;
		settle(r, id,
		    inherits(outcome, unscanned.action) ? &unscanned : NULL);
		if (outcome != OUTCOME_COUNT)
			r->config.session.disposition[outcome] = r->given[id];
		if (outcome == OUTCOME_CLEAN)
			r->config.session.disposition[OUTCOME_CLEAN_BY_STAMP] =
			    r->given[id];
	}
}

/* The primary group of a user that has just been looked up. */
static gid_t
primary_group(uid_t uid)
{
	const struct passwd *pw = getpwuid(uid);

	return pw == NULL ? (gid_t)-1 : pw->pw_gid;
}

/* Without root there is one user, and there will be no other. */
static void
complete_own_ids(struct config *config)
{
	config->user_uid = config->scanner_uid = geteuid();
	config->user_gid = config->scanner_gid = getegid();
}

static void
complete_ids(struct reading *r)
{
	struct config *config = &r->config;

	if (geteuid() != 0) {
		complete_own_ids(config);
		return;
	}

	if (config->user_uid == config->scanner_uid)
		fault_of(r, SECTION_MAIN, "scanner_user",
		    "is the same as user; name another one: the ids keep the "
		    "two apart");
	config->user_gid = primary_group(config->user_uid);
	if (config->scanner_gid == (gid_t)-1)
		config->scanner_gid = primary_group(config->scanner_uid);
	if (config->user_gid == (gid_t)-1 || config->scanner_gid == (gid_t)-1)
		fault_of(r, SECTION_MAIN, "user",
		    "or scanner_user has no primary group; check the user "
		    "database");
}

static void
complete_hostname(struct reading *r)
{
	struct session_settings *s = &r->config.session;
	char name[sizeof(s->hostname)] = "";
	struct complaint c;

	if (*s->hostname != '\0')
		return;
	if (gethostname(name, sizeof(name) - 1) == -1 ||
	    !value_host(name, s->hostname, sizeof(s->hostname), &c))
		fault_of(r, SECTION_MAIN, "hostname",
		    "the system's host name cannot be used; set this option");
}

static void
check_stamp_header(struct reading *r)
{
	const char *header = r->config.scanner.stamp.header;
	const struct session_settings *session = &r->config.session;
	const char *what = NULL;

	/* It is also empty if it was refused, which has been reported. */
	if (*header == '\0' && r->faults > 0)
		return;
	if (*header == '\0')
		what = "is empty; stamps of strangers could not be taken out";
	else if (strcasecmp(header, session->header_scanned) == 0 ||
		 strcasecmp(header, session->header_status) == 0)
		what = "is the name of another field of ours; name another one";
	else if (field_is_others(header))
		what = "is the name of a field of other programs, which every "
		       "message would lose; choose one that is yours, such as "
		       "X-Scan-Stamp or X-Example-Stamp";
	if (what != NULL)
		fault_of(r, SECTION_STAMP, "header", what);
}

/* What makes no sense together, and the session's part. */
static void
complete_stamp(struct reading *r)
{
	struct stamp_settings *stamp = &r->config.scanner.stamp;
	struct session_settings *session = &r->config.session;

	complete_section(r, SECTION_STAMP, &r->config);
	check_stamp_header(r);
	if (stamp->add && stamp->strip == STAMP_STRIP_ALL)
		fault_of(r, SECTION_STAMP, "add",
		    "is yes, but strip = all takes stamps out; set one of them");
	session->stamp.strip = stamp->strip;
	memcpy(session->stamp.header, stamp->header, sizeof(stamp->header));
	session->stamp.peers = stamp->peers;
	for (uint32_t i = 0; i < stamp->peers; i++)
		session->stamp.peer[i] = stamp->peer[i].network;
}

bool
config_has_keys(const struct config *c)
{
	return c->scanner.stamp.add || c->scanner.stamp.peers > 0;
}

const char *
config_key_dir(const struct config *c, const char *credentials)
{
	if (c->key_dir[0] != '\0')
		return c->key_dir;
	return credentials != NULL ? credentials : CONFIG_KEY_DIR;
}

void
config_stamp_presets(struct config *out)
{
	static struct reading r;
	const struct option *size = option_find(GROUP_MAIN, "max_message_size");
	struct complaint c;

	r.err = stderr;
	complete_section(&r, SECTION_HEADERS, &r.config);
	complete_section(&r, SECTION_LIMITS, &r.config);
	complete_section(&r, SECTION_STAMP, &r.config);
	(void)option_assign(size, &r.config, size->preset, &c);
	*out = r.config;
}

void
complete_config(struct reading *r)
{
	struct config *config = &r->config;
	struct session_settings *session = &config->session;
	struct scanner_settings *scanner = &config->scanner;

	complete_section(r, SECTION_MAIN, config);
	complete_section(r, SECTION_HEADERS, config);
	complete_section(r, SECTION_LIMITS, config);
	if (scanner->backends == 0 && r->faults == 0)
		complete_clamd(r, "local", 0);
	settle_all(r);
	complete_hostname(r);
	complete_stamp(r);
	if (*session->header_scanned != '\0' &&
	    strcasecmp(session->header_scanned, session->header_status) == 0)
		fault_of(r, SECTION_HEADERS, "status",
		    "is the same as scanned; name another one, or \"\"");
	if (r->faults == 0)
		complete_ids(r);
	if (*config->libexec_dir == '\0')
		memcpy(config->libexec_dir, LIBEXECDIR, sizeof(LIBEXECDIR));
	if (scanner->max_memory / 2 < session->max_message_size)
		fault_of(r, SECTION_MAIN, "max_memory",
		    "is too small; give at least twice max_message_size");
	scanner->max_message_size = session->max_message_size;
	scanner->max_sessions = session->max_sessions;
	scanner->scan_timeout = session->scan_timeout;
	scanner->limits = session->limits;
}
