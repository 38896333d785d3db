/* SPDX-License-Identifier: ISC */
/*
 * Reading /proc/PID: status and limits line by line, and the links that tell
 * namespaces and root directory.  The kernel writes all of it.
 */
#include "cli/facts.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/cli.h"

const char *const fact_namespace_names[FACT_NAMESPACES] = {
    [FACT_USER] = "user",
    [FACT_NET] = "net",
    [FACT_MNT] = "mnt",
    [FACT_IPC] = "ipc",
    [FACT_UTS] = "uts",
};

static FILE *
open_of(pid_t pid, const char *name)
{
	char path[64];

	snprintf(path, sizeof(path), "/proc/%d/%s", pid, name);
	return fopen(path, "re");
}

/* The value behind "Key:" and blanks, its tabs made blanks, without the end
 * of the line; NULL if the line has another key. */
static const char *
value_of(char *line, const char *key)
{
	size_t len = strlen(key);
	char *value = line + len + 1;

	if (strncmp(line, key, len) != 0 || line[len] != ':')
		return NULL;
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

	if (value != NULL)
		*out = (int)strtol(value, NULL, 10);
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

static bool
read_status(struct facts *f)
{
	FILE *file = open_of(f->pid, "status");
	char line[1024];
	int parent = -1;

	if (file == NULL)
		return false;
	while (fgets(line, sizeof(line), file) != NULL) {
		take_text(line, "Uid", f->uid);
		take_text(line, "Gid", f->gid);
		take_text(line, "Groups", f->groups);
		take_number(line, "PPid", &parent);
		take_number(line, "NoNewPrivs", &f->no_new_privs);
		take_number(line, "Seccomp", &f->seccomp);
		take_number(line, "Seccomp_filters", &f->filters);
		take_capabilities(line, f);
	}
	fclose(file);
	f->parent = parent;
	return true;
}

/* Lines "Max core file size        0        0        bytes": soft limits. */
static void
read_limits(struct facts *f)
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
	FILE *file = open_of(f->pid, "limits");
	char line[256];

	if (file == NULL)
		return;
	while (fgets(line, sizeof(line), file) != NULL) {
		for (size_t i = 0; i < sizeof(limit) / sizeof(limit[0]); i++) {
			size_t len = strlen(limit[i].name);
			if (strncmp(line, limit[i].name, len) == 0)
				(void)sscanf(line + len, " %31s", limit[i].out);
		}
	}
	fclose(file);
}

static void
read_link(pid_t pid, const char *name, char *out, size_t size)
{
	char path[64];
	ssize_t n;

	snprintf(path, sizeof(path), "/proc/%d/%s", pid, name);
	n = readlink(path, out, size - 1);
	out[n < 0 ? 0 : n] = '\0';
}

bool
facts_read(pid_t pid, struct facts *f)
{
	*f = (struct facts){
	    .pid = pid, .no_new_privs = -1, .seccomp = -1, .filters = -1};
	if (!read_status(f))
		return false;
	read_limits(f);
	read_link(pid, "root", f->root, sizeof(f->root));
	for (size_t i = 0; i < FACT_NAMESPACES; i++) {
		char name[16];

		snprintf(name, sizeof(name), "ns/%s", fact_namespace_names[i]);
		read_link(pid, name, f->namespace[i], sizeof(f->namespace[i]));
	}
	return true;
}

unsigned int
cli_children(pid_t pid, void (*each)(pid_t child, void *context), void *context)
{
	DIR *dir = opendir("/proc");
	const struct dirent *entry;
	unsigned int found = 0;

	while (dir != NULL && (entry = readdir(dir)) != NULL) {
		struct facts f = {
		    .pid = (pid_t)strtol(entry->d_name, NULL, 10)};

		if (f.pid <= 0 || !read_status(&f) || f.parent != pid)
			continue;
		found++;
		if (each != NULL)
			each(f.pid, context);
	}
	if (dir != NULL)
		closedir(dir);
	return found;
}
