/* SPDX-License-Identifier: ISC */
/*
 * config_dump and config_sample: one walk over the table of options, which
 * writes either the values of a configuration or the presets.  What it writes
 * config_read reads, with the same result.  Runs in pratiqued, for -T, and
 * in pratique(8).
 */
#include "config/dump.h"

#include <grp.h>
#include <pwd.h>
#include <string.h>

#include "config/config.h"
#include "config/options.h"
#include "config/values.h"
#include "sandbox/sandbox.h"

#define COMMENT_COLUMNS 76

/* Where and how things are written. */
struct printer {
	FILE *out;
	const char *mark;	     /* before each line of a setting */
	const struct config *config; /* NULL: presets */
};

/* Writes text as comment lines, broken between words. */
static void
print_comment(FILE *out, const char *prefix, const char *text)
{
	size_t room = COMMENT_COLUMNS - strlen(prefix);

	while (*text != '\0') {
		size_t len = strlen(text);

		if (len > room) {
			len = room;
			while (len > 1 && text[len] != ' ')
				len--;
		}
		fprintf(out, "%s# %.*s\n", prefix, (int)len, text);
		text += len + strspn(text + len, " ");
	}
}

/* In quotes, so that libconfuse reads back the same: it takes \ for an escape
 * and ${ for a variable. */
static void
print_quoted(FILE *out, const char *text)
{
	fputc('"', out);
	for (; *text != '\0'; text++) {
		if (strchr("\\\"$", *text) != NULL)
			fputc('\\', out);
		fputc(*text, out);
	}
	fputc('"', out);
}

static void
print_listens(FILE *out, const struct config *config)
{
	fputs("{ ", out);
	for (uint32_t i = 0; i < config->listens; i++) {
		if (i > 0)
			fputs(", ", out);
		print_quoted(out, config->listen[i].text);
	}
	fputs(" }", out);
}

static void
print_names(FILE *out, const char *names, size_t size, uint32_t count)
{
	fputs("{ ", out);
	for (uint32_t i = 0; i < count; i++) {
		if (i > 0)
			fputs(", ", out);
		print_quoted(out, names + i * size);
	}
	fputs(count > 0 ? " }" : "}", out);
}

static void
print_layers(FILE *out, const struct option *o, uint32_t layers)
{
	const char *comma = "";

	fputs("{ ", out);
	for (size_t i = 0; o->words[i] != NULL; i++) {
		if ((layers & LAYER_BIT(sandbox_layer_find(o->words[i]))) == 0)
			continue;
		fputs(comma, out);
		print_quoted(out, o->words[i]);
		comma = ", ";
	}
	fputs(*comma == '\0' ? "}" : " }", out);
}

static void
print_user(FILE *out, uid_t uid)
{
	const struct passwd *pw = getpwuid(uid);

	print_quoted(out, pw == NULL ? "" : pw->pw_name);
}

static void
print_group(FILE *out, gid_t gid)
{
	const struct group *gr = gid == (gid_t)-1 ? NULL : getgrgid(gid);

	print_quoted(out, gr == NULL ? "" : gr->gr_name);
}

/* The value at base. */
static void
print_value(FILE *out, const struct option *o, const void *base)
{
	const void *at = (const char *)base + o->place;
	char buf[VALUE_TEXT_MAX];

	switch (o->type) {
	case OPTION_ADDRESSES:
		print_listens(out, base);
		break;
	case OPTION_ADDRESS:
		print_quoted(out, ((const struct address *)at)->text);
		break;
	case OPTION_MODE:
		fprintf(out, "%04o", (unsigned)*(const mode_t *)at);
		break;
	case OPTION_USER:
		print_user(out, *(const uid_t *)at);
		break;
	case OPTION_GROUP:
		print_group(out, *(const gid_t *)at);
		break;
	case OPTION_SIZE:
		fputs(value_size_text(*(const uint64_t *)at, buf), out);
		break;
	case OPTION_COUNT:
		fprintf(out, "%ju", (uintmax_t) * (const uint32_t *)at);
		break;
	case OPTION_TIME:
		fputs(value_time_text(*(const uint32_t *)at, buf), out);
		break;
	case OPTION_WORD:
		fputs(o->words[*(const uint32_t *)at], out);
		break;
	case OPTION_LAYERS:
		print_layers(out, o, *(const uint32_t *)at);
		break;
	case OPTION_BOOL:
		fputs(*(const bool *)at ? "yes" : "no", out);
		break;
	case OPTION_ACTION:
		fputs(action_name(*(const enum action *)at), out);
		break;
	case OPTION_PATH:
	case OPTION_HOST:
	case OPTION_REPLY:
	case OPTION_HEADER:
	case OPTION_KEY:
	case OPTION_PROFILE:
		print_quoted(out, at);
		break;
	case OPTION_KEYS:
		print_names(out, at, sizeof(((struct stamp_peer *)0)->key[0]),
		    ((const struct stamp_peer *)base)->keys);
		break;
	case OPTION_IGNORE:
		print_names(out, at, SETTINGS_NAME_MAX,
		    ((const struct config *)base)->scanner.stamp.ignores);
		break;
	}
}

static void
print_preset(FILE *out, const struct option *o, const struct section *s)
{
	switch (o->type) {
	case OPTION_ADDRESSES:
		fputs("{ ", out);
		print_quoted(out, o->preset);
		fputs(" }", out);
		break;
	case OPTION_ACTION:
		fputs(action_name(s->action), out);
		break;
	case OPTION_REPLY:
		print_quoted(out, section_reply(s, s->action));
		break;
	case OPTION_LAYERS:
		fputs("{ }", out);
		break;
	case OPTION_ADDRESS:
	case OPTION_USER:
	case OPTION_GROUP:
	case OPTION_PATH:
	case OPTION_HOST:
	case OPTION_HEADER:
	case OPTION_KEY:
	case OPTION_PROFILE:
		print_quoted(out, o->preset);
		break;
	case OPTION_MODE:
	case OPTION_SIZE:
	case OPTION_COUNT:
	case OPTION_TIME:
	case OPTION_WORD:
	case OPTION_BOOL:
		fputs(o->preset, out);
		break;
	case OPTION_KEYS:
		fputs("{ \"mx1\" }", out);
		break;
	case OPTION_IGNORE:
		fputs("{ }", out);
		break;
	}
}

/* The options of a section; base: where their values are, for a dump. */
static void
print_options(const struct printer *p, const struct section *s,
    const void *base, bool comments)
{
	const char *indent = *s->name == '\0' ? "" : "\t";

	for (size_t i = 0; i < options_count; i++) {
		const struct option *o = &options[i];
		char limits[128], prefix[8];

		if (o->group != s->group)
			continue;
		snprintf(prefix, sizeof(prefix), "%s%s",
		    *indent == '\0' ? "" : p->mark, indent);
		if (comments) {
			print_comment(p->out, prefix, o->text);
			if (*option_limits(o, limits, sizeof(limits)) != '\0')
				fprintf(p->out, "%s# Allowed: %s.\n", prefix,
				    limits);
		}
		fprintf(p->out, "%s%s%s = ", p->mark, indent, o->key);
		if (base == NULL)
			print_preset(p->out, o, s);
		else
			print_value(p->out, o, base);
		fputs(*indent == '\0' ? "\n\n" : "\n", p->out);
	}
}

/* One section with its options in braces. */
static void
print_section(const struct printer *p, const struct section *s,
    const char *title, const void *base, bool comments)
{
	fprintf(p->out, "%s%s", p->mark, s->name);
	if (*title != '\0') {
		fputc(' ', p->out);
		print_quoted(p->out, title);
	}
	fputs(" {\n", p->out);
	print_options(p, s, base, comments);
	fprintf(p->out, "%s}\n\n", p->mark);
}

static void
print_clamds(const struct printer *p, const struct section *s)
{
	const struct scanner_settings *scanner;

	if (p->config == NULL) {
		print_section(p, s, "local", NULL, true);
		return;
	}
	scanner = &p->config->scanner;
	for (uint32_t i = 0; i < scanner->backends; i++)
		print_section(p, s, scanner->backend[i].name,
		    &scanner->backend[i], i == 0);
}

static void
print_peers(const struct printer *p, const struct section *s)
{
	const struct stamp_settings *stamp;
	struct printer example = *p;

	if (p->config == NULL) {
		/* None is the default, and no option is shown set. */
		example.mark = "# ";
		print_section(&example, s, "192.0.2.0/28", NULL, true);
		return;
	}
	stamp = &p->config->scanner.stamp;
	for (uint32_t i = 0; i < stamp->peers; i++)
		print_section(
		    p, s, stamp->peer[i].text, &stamp->peer[i], i == 0);
}

static void
print_all(const struct printer *p)
{
	for (enum section_id id = SECTION_MAIN; id < SECTION_COUNT; id++) {
		const struct section *s = &sections[id];
		const void *base = p->config;

		/* Settled by now: each reason has its own section. */
		if (id == SECTION_ON_UNSCANNED && p->config != NULL)
			continue;
		print_comment(p->out, "", s->text);
		switch (s->group) {
		case GROUP_MAIN:
			print_options(p, s, base, true);
			break;
		case GROUP_CLAMD:
			print_clamds(p, s);
			break;
		case GROUP_ACTION:
			if (p->config != NULL)
				base =
				    &p->config->session.disposition[s->outcome];
			print_section(
			    p, s, "", base, id == SECTION_ON_INFECTED);
			break;
		case GROUP_HEADERS:
		case GROUP_LIMITS:
		case GROUP_STAMP:
			print_section(p, s, "", base, true);
			break;
		case GROUP_PEER:
			print_peers(p, s);
			break;
		}
	}
}

void
config_dump(const struct config *config, FILE *out)
{
	const struct printer p = {.out = out, .mark = "", .config = config};

	fputs(
	    "# Settings of pratiqued in force, see pratique.conf(5).\n\n", out);
	print_all(&p);
}

void
config_sample(FILE *out)
{
	const struct printer p = {.out = out, .mark = "#", .config = NULL};

	fputs("# Settings of pratiqued, see pratique.conf(5).\n"
	      "# Each option is shown with its default, behind a # without a "
	      "space.\n\n",
	    out);
	print_all(&p);
}
