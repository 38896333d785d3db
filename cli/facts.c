/* SPDX-License-Identifier: ISC */
/*
 * What the lines of /proc/PID/status and /proc/PID/limits say; see facts.h.
 * The kernel writes them, so a line that is not understood is ignored.
 */
#include "cli/facts.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const char *const fact_namespace_names[FACT_NAMESPACES] = {
    [FACT_USER] = "user",
    [FACT_NET] = "net",
    [FACT_MNT] = "mnt",
    [FACT_IPC] = "ipc",
    [FACT_UTS] = "uts",
};

/* The value after "Key:" and blanks, its tabs made blanks, without the end
 * of the line; NULL if the line has another key. */
static const char *
value_of(char *line, const char *key)
{
	size_t len = strlen(key);
	char *value;

	if (strncmp(line, key, len) != 0 || line[len] != ':')
		return NULL;
	value = line + len + 1;
	value[strcspn(value, "\n")] = '\0';
	for (char *tab = strchr(value, '\t'); tab != NULL;
	     tab = strchr(tab, '\t'))
		*tab = ' ';
	value += strspn(value, " ");
	for (size_t n = strlen(value); n > 0 && value[n - 1] == ' '; n--)
		value[n - 1] = '\0';
	return value;
}

static void
take_text(char *line, const char *key, char *out)
{
	const char *value = value_of(line, key);

	if (value != NULL)
		snprintf(out, FACT_TEXT_MAX, "%s", value);
}

static void
take_number(char *line, const char *key, int *out)
{
	const char *value = value_of(line, key);
	long n;

	if (value == NULL)
		return;
	n = strtol(value, NULL, 10);
	*out = n >= 0 && n <= INT_MAX ? (int)n : -1;
}

static void
take_capabilities(char *line, struct facts *f)
{
	static const char *const keys[FACT_CAPABILITIES] = {
	    [FACT_INHERITABLE] = "CapInh",
	    [FACT_PERMITTED] = "CapPrm",
	    [FACT_EFFECTIVE] = "CapEff",
	    [FACT_BOUNDING] = "CapBnd",
	    [FACT_AMBIENT] = "CapAmb",
	};

	for (size_t i = 0; i < FACT_CAPABILITIES; i++) {
		const char *value = value_of(line, keys[i]);
		if (value != NULL)
			f->capability[i] = strtoull(value, NULL, 16);
	}
}

void
facts_status_line(char *line, struct facts *f)
{
	take_text(line, "Uid", f->uid);
	take_text(line, "Gid", f->gid);
	take_text(line, "Groups", f->groups);
	take_number(line, "PPid", &f->parent);
	take_number(line, "NoNewPrivs", &f->no_new_privs);
	take_number(line, "Seccomp", &f->seccomp);
	take_number(line, "Seccomp_filters", &f->filters);
	take_capabilities(line, f);
}

void
facts_limits_line(const char *line, struct facts *f)
{
	const struct {
		const char *name;
		char *out;
	} limit[] = {
	    {"Max core file size", f->core},
	    {"Max open files", f->files},
	    {"Max processes", f->processes},
	    {"Max file size", f->file_size},
	    {"Max address space", f->memory},
	};

	for (size_t i = 0; i < sizeof(limit) / sizeof(limit[0]); i++) {
		size_t len = strlen(limit[i].name);

		if (strncmp(line, limit[i].name, len) == 0)
			(void)sscanf(line + len, " %31s", limit[i].out);
	}
}
