/* SPDX-License-Identifier: ISC */
/*
 * config_read: the configuration file through libconfuse.  Runs in
 * pratiqued, before it starts anything, and in pratique(8).
 *
 * libconfuse gets its options from the table, all as plain strings, and calls
 * take_value for each value while it parses, which is when the line number is
 * known.  Faults in values are collected; after a fault in the syntax, or an
 * unknown name, libconfuse cannot go on.
 */
#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <confuse.h>

#include "config/reading.h"

/* Options and sections, and the row that ends libconfuse's lists. */
#define LIST_MAX (OPTIONS_MAX + SECTION_COUNT + 1)

/* libconfuse hands nothing of ours to its callbacks. */
static struct reading reading;

/* Unknown names, and what libconfuse says, may hold anything from the file. */
static void
print_plain(FILE *out, const char *text)
{
	for (; *text != '\0'; text++)
		fputc(*text < ' ' || *text > '~' ? '?' : *text, out);
}

static void
print_line(FILE *out, const char *grade, const struct config_warning *w)
{
	fprintf(out, "%s:", w->file);
	if (w->line != 0)
		fprintf(out, "%u:", w->line);
	fputs(grade, out);
	if (*w->key != '\0') {
		fprintf(
		    out, " %s%s", w->section, *w->section == '\0' ? "" : ".");
		print_plain(out, w->key);
		fputc(':', out);
	}
	fputc(' ', out);
	print_plain(out, w->what);
	fputc('\n', out);
}

void
reading_fault(struct reading *r, unsigned line, const char *section,
    const char *key, const char *what)
{
	const struct config_warning fault = {.file = r->file,
	    .section = section,
	    .key = key,
	    .line = line,
	    .what = what};

	r->faults++;
	print_line(r->err, "", &fault);
}

void
reading_warning(struct reading *r, unsigned line, const char *section,
    const char *key, const char *what)
{
	const struct config_warning warning = {.file = r->file,
	    .section = section,
	    .key = key,
	    .line = line,
	    .what = what};

	r->say(&warning);
}

void
config_warnings(void (*say)(const struct config_warning *))
{
	reading.say = say;
	warn_of_settings(&reading);
}

void
config_warning_print(const struct config_warning *w, FILE *out)
{
	print_line(out, " warning:", w);
}

unsigned
reading_line(const struct reading *r, enum section_id id, const char *key)
{
	return r->seen[id][option_find(sections[id].group, key) - options];
}

/* The table's section for one of libconfuse's. */
static enum section_id
section_of(const cfg_t *cfg)
{
	return cfg->title == NULL && strcmp(cfg->name, "root") == 0
		   ? SECTION_MAIN
		   : section_find(cfg->name);
}

static void *
base_of(struct reading *r, enum section_id id)
{
	switch (sections[id].group) {
	case GROUP_MAIN:
	case GROUP_HEADERS:
	case GROUP_LIMITS:
	case GROUP_STAMP:
		return &r->config;
	case GROUP_CLAMD:
		return &r->backend;
	case GROUP_ACTION:
		return &r->given[id];
	case GROUP_PEER:
		return &r->peer;
	}
	return NULL;
}

/* Called for each value; never stops libconfuse. */
static int
take_value(cfg_t *cfg, cfg_opt_t *opt, const char *text, void *result)
{
	struct reading *r = &reading;
	enum section_id id = section_of(cfg);
	const struct option *o = option_find(sections[id].group, opt->name);
	unsigned *seen = o == NULL ? NULL : &r->seen[id][o - options];
	unsigned line = (unsigned)cfg->line;
	/* The further values of a list are not a second setting. */
	bool more = (opt->flags & CFGF_LIST) != 0 && opt->nvalues > 1;
	struct complaint c;

	*(const char **)result = text;
	if (seen == NULL)
		complain(&c, text, "is set through a path; use the section");
	else if (*seen != 0 && !more)
		complain(&c, text,
		    "is a second setting; remove one, the first is in line %u",
		    *seen);
	else if (option_assign(o, base_of(r, id), text, &c)) {
		*seen = line;
		return 0;
	} else
		*seen = line;
	reading_fault(r, line, sections[id].name, opt->name, c.text);
	return 0;
}

/* Called at the closing brace of a clamd section. */
static int
take_clamd(cfg_t *cfg, cfg_opt_t *opt)
{
	const cfg_t *last = cfg_opt_getnsec(opt, cfg_opt_size(opt) - 1);

	complete_clamd(&reading, cfg_title((cfg_t *)last), (unsigned)cfg->line);
	return 0;
}

/* The same for stamp_peer. */
static int
take_peer(cfg_t *cfg, cfg_opt_t *opt)
{
	const cfg_t *last = cfg_opt_getnsec(opt, cfg_opt_size(opt) - 1);

	complete_peer(&reading, cfg_title((cfg_t *)last), (unsigned)cfg->line);
	return 0;
}

/* libconfuse's messages, by their format, in our form.  Each has at most one
 * argument, a string, which is the key or the piece of text it is about. */
static const struct message {
	const char *theirs;
	enum { ABOUT_NOTHING, ABOUT_KEY, ABOUT_TEXT } about;
	const char *ours;
} messages[] = {
    {"unexpected token '%s'", ABOUT_TEXT,
	"is not expected here; check quotes, braces and the line before"},
    {"unexpected closing brace", ABOUT_NOTHING,
	"a } without a section or list to close; remove it"},
    {"premature end of file", ABOUT_NOTHING,
	"the file ends where a value is missing; add it"},
    {"missing equal sign after option '%s'", ABOUT_KEY,
	"has no value; write = and the value behind it"},
    {"attempt to append to non-list option '%s'", ABOUT_KEY,
	"is not a list; write = instead of +="},
    {"missing opening brace for section '%s'", ABOUT_KEY,
	"is a section; write its options in braces behind the name"},
    {"missing title for section '%s'", ABOUT_KEY,
	"has no name; write the name in quotes before the brace"},
    {"found duplicate title '%s'", ABOUT_TEXT,
	"is the name of a section above; give each a name of its own"},
    {"no sub-section title/index for '%s'", ABOUT_TEXT,
	"is not the name of an option; check quotes and the line before"},
    {"bad escape sequence '%s'", ABOUT_TEXT,
	"is not an escape sequence; write \\\\ for a backslash"},
    {"invalid octal number '%s'", ABOUT_TEXT,
	"is not an escape sequence; write \\\\ for a backslash"},
};

static const char no_such_option[] = "no such option '%s'";

static void
unknown_name(
    struct reading *r, unsigned line, enum section_id id, const char *name)
{
	const char *near = option_nearest(id, name);
	char what[128];

	if (near != NULL)
		snprintf(what, sizeof(what),
		    "there is no such option; did you mean %s?", near);
	else if (id != SECTION_MAIN && option_find(GROUP_MAIN, name) != NULL)
		snprintf(what, sizeof(what),
		    "is not an option of this section; set it outside of it");
	else if (option_find(GROUP_CLAMD, name) != NULL)
		snprintf(what, sizeof(what),
		    "is an option of clamd; set it in: clamd \"NAME\" { ... }");
	else
		snprintf(what, sizeof(what),
		    "there is no such option; pratique.conf(5) lists them");
	reading_fault(r, line, sections[id].name, name, what);
}

static void __attribute__((format(printf, 2, 0)))
take_error(cfg_t *cfg, const char *fmt, va_list ap)
{
	struct reading *r = &reading;
	unsigned line = (unsigned)cfg->line;
	const struct message *m = NULL;
	struct complaint c;

	for (size_t i = 0; i < sizeof(messages) / sizeof(messages[0]); i++)
		if (strcmp(messages[i].theirs, fmt) == 0)
			m = &messages[i];
	if (strcmp(fmt, no_such_option) == 0) {
		unknown_name(
		    r, line, section_of(cfg), va_arg(ap, const char *));
	} else if (m == NULL) {
		vsnprintf(c.text, sizeof(c.text), fmt, ap);
		reading_fault(r, line, "", "", c.text);
	} else if (m->about == ABOUT_NOTHING) {
		reading_fault(r, line, "", "", m->ours);
	} else if (m->about == ABOUT_TEXT) {
		complain(&c, va_arg(ap, const char *), "%s", m->ours);
		reading_fault(r, line, "", "", c.text);
	} else {
		reading_fault(r, line, sections[section_of(cfg)].name,
		    va_arg(ap, const char *), m->ours);
	}
}

/* Makes libconfuse's option lists from the table: one for each section, and
 * in the main one, behind the options, the sections themselves. */
static void
make_options(cfg_opt_t list[SECTION_COUNT][LIST_MAX])
{
	size_t n[SECTION_COUNT] = {0};

	for (enum section_id id = SECTION_MAIN; id < SECTION_COUNT; id++) {
		for (size_t i = 0; i < options_count; i++) {
			const struct option *o = &options[i];
			cfg_flag_t flags = CFGF_NODEFAULT;

			if (o->group != sections[id].group)
				continue;
			if (o->type == OPTION_ADDRESSES ||
			    o->type == OPTION_LAYERS ||
			    o->type == OPTION_KEYS || o->type == OPTION_IGNORE)
				flags |= CFGF_LIST;
			list[id][n[id]++] = (cfg_opt_t)__CFG_STR(
			    o->key, NULL, flags, NULL, take_value);
		}
	}
	for (enum section_id id = SECTION_CLAMD; id < SECTION_COUNT; id++) {
		cfg_opt_t *o = &list[SECTION_MAIN][n[SECTION_MAIN]++];

		*o = (cfg_opt_t)CFG_SEC(sections[id].name, list[id], CFGF_NONE);
		if (id == SECTION_CLAMD || id == SECTION_PEER) {
			o->flags =
			    CFGF_MULTI | CFGF_TITLE | CFGF_NO_TITLE_DUPES;
			o->validcb =
			    id == SECTION_CLAMD ? take_clamd : take_peer;
		}
	}
	for (enum section_id id = SECTION_MAIN; id < SECTION_COUNT; id++)
		list[id][n[id]] = (cfg_opt_t)CFG_END();
}

/* False after a fault in the syntax. */
static bool
parse(struct reading *r, const char *text)
{
	static cfg_opt_t list[SECTION_COUNT][LIST_MAX];
	const cfg_opt_t *listen;
	cfg_t *cfg;
	bool ok;

	make_options(list);
	cfg = cfg_init(list[SECTION_MAIN], CFGF_NONE);
	if (cfg == NULL) {
		reading_fault(r, 0, "", "", strerror(errno));
		return false;
	}
	cfg_set_error_function(cfg, take_error);
	ok = cfg_parse_buf(cfg, text) == CFG_SUCCESS;
	/* It gives up at an empty name, and does not say so. */
	if (!ok && r->faults == 0)
		reading_fault(r, (unsigned)cfg->line, "", "",
		    "an empty name stands here; remove the quotes");
	listen = ok ? cfg_getopt(cfg, "listen") : NULL;
	/* take_value is not called for a list without values. */
	if (ok && (listen->flags & CFGF_MODIFIED) != 0 && listen->nvalues == 0)
		reading_fault(r, 0, "", "listen",
		    "is an empty list; give at least one address");
	cfg_free(cfg);
	return ok;
}

bool
config_read(const char *file, struct config *out, FILE *err)
{
	struct reading *r = &reading;
	char *text;

	*r = (struct reading){.file = file, .err = err};
	text = reading_text(r);
	if (text != NULL && parse(r, text))
		complete_config(r);
	free(text);
	if (r->faults != 0)
		return false;
	*out = r->config;
	return true;
}
