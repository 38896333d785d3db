/* SPDX-License-Identifier: ISC */
/*
 * The configuration reader: config/, with libconfuse behind it.
 *
 * The input is the file.  A refused one leaves the settings alone and says why,
 * in printable lines that begin with the file's name; an accepted one gives
 * settings within their limits, which survive being dumped and read again.
 * Users and groups come from here, so that the outcome does not depend on the
 * machine.
 */
#include <grp.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "config/config.h"
#include "fuzz/kit/fuzz.h"
#include "parser/mail/canonical.h"
#include "parser/mail/phrase.h"

#define FILE_LEN     65536
#define MESSAGES_MAX (256 * 1024)
#define DUMP_MAX     65536

static char path[64];
static int fd = -1;
static char messages[MESSAGES_MAX], dump[DUMP_MAX], dump_again[DUMP_MAX];

/* --- the user database -------------------------------------------------------- */

struct passwd *
getpwnam(const char *name)
{
	static struct passwd user = {.pw_uid = 101, .pw_gid = 102};
	static struct passwd scan = {.pw_uid = 103, .pw_gid = 104};
	static struct passwd root;

	if (strcmp(name, "pratique") == 0)
		return &user;
	if (strcmp(name, "root") == 0)
		return &root;
	return strcmp(name, "pratique-scan") == 0 ? &scan : NULL;
}

struct passwd *
getpwuid(uid_t uid)
{
	static char user_name[] = "pratique", scan_name[] = "pratique-scan";
	static struct passwd user = {.pw_name = user_name, .pw_gid = 102};
	static struct passwd scan = {.pw_name = scan_name, .pw_gid = 104};

	if (uid == 101)
		return &user;
	return uid == 103 ? &scan : NULL;
}

struct group *
getgrnam(const char *name)
{
	static struct group group = {.gr_gid = 105};

	return strcmp(name, "postfix") == 0 ? &group : NULL;
}

struct group *
getgrgid(gid_t gid)
{
	static char name[] = "postfix";
	static struct group group = {.gr_name = name};

	return gid == 105 ? &group : NULL;
}

/* --- the target --------------------------------------------------------------- */

static FILE *messages_to;

static void
print_warning(const struct config_warning *w)
{
	config_warning_print(w, messages_to);
}

/* Reads text as a configuration; messages are left in the buffer. */
static bool
read_text(struct span text, struct config *config)
{
	FILE *err = fmemopen(messages, sizeof(messages), "w");
	bool ok;

	NEED(err != NULL);
	if (fd == -1) {
		fd = memfd_create("pratique.conf", MFD_CLOEXEC);
		NEED(fd != -1 && fchmod(fd, 0600) == 0);
		snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	}
	NEED(ftruncate(fd, 0) == 0);
	NEED(pwrite(fd, text.ptr, text.len, 0) == (ssize_t)text.len);
	messages[0] = '\0';
	ok = config_read(path, config, err);
	messages_to = err;
	if (ok)
		config_warnings(print_warning);
	fclose(err);
	return ok;
}

/* Lines "FILE: ..." or "FILE:LINE: ...", nothing else; what is not refused can
 * have warnings only, which all name their line. */
static void
check_messages(bool refused)
{
	struct span all = span_text(messages);
	struct cursor c = cursor_of(all);
	struct span name = {0};

	NEED(all.len > 0 ? all.ptr[all.len - 1] == '\n' : !refused);
	while (!cursor_empty(&c)) {
		const uint8_t *lf = memchr(c.at, '\n', c.left);
		struct span line = {0};

		NEED(lf != NULL);
		NEED(cursor_take(&c, (size_t)(lf - c.at) + 1, &line));
		for (size_t i = 0; i + 1 < line.len; i++)
			NEED(line.ptr[i] >= ' ' && line.ptr[i] <= '~');
		name = span_of(line.ptr, strlen(path));
		NEED(line.len > name.len + 2 &&
		     fuzz_same(name, span_text(path)) &&
		     line.ptr[name.len] == ':');
		NEED(refused || memmem(line.ptr, line.len, ": warning: ",
				    strlen(": warning: ")) != NULL);
	}
}

/* The replies that an accepted file leads to can be sent, for any name. */
static void
check_disposition(const struct disposition *d)
{
	char longest[PHRASE_NAME_MAX + 1];
	struct canonical_reply parts;
	struct phrase p;

	NEED(d->action < ACTION_ABORTED);
	if (d->action != ACTION_REJECT && d->action != ACTION_TEMPFAIL)
		return;
	NEED(memchr(d->reply, '\0', sizeof(d->reply)) != NULL);
	NEED(d->reply[0] == (d->action == ACTION_REJECT ? '5' : '4'));
	memset(longest, '%', sizeof(longest) - 1);
	longest[sizeof(longest) - 1] = '\0';
	NEED(phrase_reply(&p, d->reply, longest));
	NEED(canonical_reply(span_text(p.text), &parts));
	NEED(phrase_reply(&p, d->reply, "x"));
	NEED(canonical_reply(span_text(p.text), &parts));
}

static void
check_settings(const struct config *c)
{
	const struct session_settings *s = &c->session;
	struct phrase p;

	NEED(c->listens >= 1 && c->listens <= CONFIG_LISTEN_MAX);
	NEED(c->user_uid != 0 && c->scanner_uid != 0);
	NEED(c->socket_mode <= 0777);
	NEED(c->run_dir[0] == '/' && c->libexec_dir[0] == '/');
	NEED(s->max_message_size == c->scanner.max_message_size);
	NEED(
	    s->max_sessions >= 1 && s->max_sessions == c->scanner.max_sessions);
	NEED(s->scan_timeout >= 1000 && s->session_timeout >= 1000);
	NEED(c->scanner.backends >= 1 &&
	     c->scanner.backends <= SETTINGS_BACKENDS_MAX);
	for (size_t i = 0; i < c->scanner.backends; i++)
		NEED(c->scanner.backend[i].max_scans <= SETTINGS_SCANS_MAX &&
		     c->scanner.backend[i].weight >= 1 &&
		     c->scanner.backend[i].name[0] != '\0');
	for (size_t i = 0; i < OUTCOME_COUNT; i++)
		check_disposition(&s->disposition[i]);
	NEED(s->header_scanned[0] == '\0' ||
	     canonical_name(span_text(s->header_scanned)));
	NEED(s->header_status[0] == '\0' ||
	     canonical_name(span_text(s->header_status)));
	NEED(phrase_scanned(&p, s->hostname) &&
	     canonical_value(span_text(p.text)));
}

static void
dump_to(const struct config *c, char out[static DUMP_MAX])
{
	FILE *fp = fmemopen(out, DUMP_MAX, "w");

	NEED(fp != NULL);
	config_dump(c, fp);
	NEED(fclose(fp) == 0);
	NEED(strlen(out) + 1 < DUMP_MAX);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct config config, untouched;
	struct span text = span_of(data, size < FILE_LEN ? size : FILE_LEN);

	memset(&config, 0xa5, sizeof(config));
	memset(&untouched, 0xa5, sizeof(untouched));
	if (!read_text(text, &config)) {
		/* Padding included. */
		NEED(memcmp((uint8_t *)&config, (uint8_t *)&untouched,
			 sizeof(config)) == 0);
		check_messages(true);
		return 0;
	}
	check_messages(false);
	check_settings(&config);
	dump_to(&config, dump);
	NEED(read_text(span_text(dump), &untouched));
	dump_to(&untouched, dump_again);
	NEED(strcmp(dump, dump_again) == 0);
	return 0;
}
