/* SPDX-License-Identifier: ISC */
/*
 * config-manual: a program for the build, not installed.  Writes what is made
 * from the table of options:
 *
 *	config-manual mdoc	the lists of options in pratique.conf(5), that
 *				stand there between the two marker lines
 *	config-manual sample	etc/pratique.conf
 */
#include <stdio.h>
#include <string.h>

#include "config/dump.h"
#include "config/options.h"

/* The argument of an option in the manual page. */
static const char *
type_name(enum option_type type)
{
	switch (type) {
	case OPTION_ADDRESSES:
	case OPTION_ADDRESS:
		return "address";
	case OPTION_MODE:
		return "mode";
	case OPTION_USER:
		return "user";
	case OPTION_GROUP:
		return "group";
	case OPTION_PATH:
		return "directory";
	case OPTION_SIZE:
		return "size";
	case OPTION_COUNT:
		return "number";
	case OPTION_TIME:
		return "time";
	case OPTION_WORD:
		return "word";
	case OPTION_LAYERS:
		return "layer";
	case OPTION_BOOL:
		return "yes | no";
	case OPTION_HOST:
		return "name";
	case OPTION_ACTION:
		return "action";
	case OPTION_REPLY:
		return "reply";
	case OPTION_HEADER:
		return "field";
	case OPTION_KEY:
	case OPTION_KEYS:
		return "id";
	case OPTION_PROFILE:
		return "name";
	case OPTION_IGNORE:
		return "fields";
	}
	return "";
}

/* Sentences, each on a line of its own. */
static void
print_sentences(const char *text)
{
	const char *end;

	while ((end = strstr(text, ". ")) != NULL) {
		printf("%.*s.\n", (int)(end - text), text);
		text = end + 2;
	}
	puts(text);
}

static void
print_option(const struct option *o)
{
	char limits[128];

	printf(".It Ic %s Ns = Ns Ar %s\n", o->key, type_name(o->type));
	print_sentences(o->text);
	if (*option_limits(o, limits, sizeof(limits)) != '\0')
		printf("Allowed: %s.\n", limits);
	if (*o->preset != '\0')
		printf("Default:\n.Ql %s .\n", o->preset);
}

static void
print_group(enum option_group group)
{
	puts(".Bl -tag -width Ds");
	for (size_t i = 0; i < options_count; i++)
		if (options[i].group == group)
			print_option(&options[i]);
	puts(".El");
}

/* The sections of a group: name, purpose, and for on_ sections defaults. */
static void
print_sections(enum option_group group)
{
	puts(".Bl -tag -width Ds");
	for (enum section_id id = SECTION_CLAMD; id < SECTION_COUNT; id++) {
		const struct section *s = &sections[id];

		if (s->group != group)
			continue;
		printf(".It Ic %s\n", s->name);
		print_sentences(s->text);
		printf("Default action:\n.Cm %s .\n", action_name(s->action));
		printf("Reply for\n.Cm reject :\n.Ql %s .\n", s->reject);
		printf("Reply for\n.Cm tempfail :\n.Ql %s .\n", s->tempfail);
	}
	puts(".El");
}

static void
print_mdoc(void)
{
	puts(".Ss General options");
	print_group(GROUP_MAIN);
	puts(".Ss Section clamd");
	print_sentences(sections[SECTION_CLAMD].text);
	print_group(GROUP_CLAMD);
	puts(".Ss Sections for what is done with a message");
	puts("Each takes the same two options.");
	print_group(GROUP_ACTION);
	puts("The sections are:");
	print_sections(GROUP_ACTION);
	puts(".Ss Section headers");
	print_sentences(sections[SECTION_HEADERS].text);
	print_group(GROUP_HEADERS);
	puts(".Ss Section limits");
	print_sentences(sections[SECTION_LIMITS].text);
	print_group(GROUP_LIMITS);
	puts(".Ss Section stamp");
	print_sentences(sections[SECTION_STAMP].text);
	print_group(GROUP_STAMP);
	puts(".Ss Section stamp_peer");
	print_sentences(sections[SECTION_PEER].text);
	print_group(GROUP_PEER);
}

int
main(int argc, char *argv[])
{
	if (argc == 2 && strcmp(argv[1], "mdoc") == 0)
		print_mdoc();
	else if (argc == 2 && strcmp(argv[1], "sample") == 0)
		config_sample(stdout);
	else {
		fputs("usage: config-manual mdoc | sample\n", stderr);
		return 64; /* EX_USAGE */
	}
	return fflush(stdout) == 0 ? 0 : 71;
}
