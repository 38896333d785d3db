/* SPDX-License-Identifier: ISC */
/*
 * Reading /proc: a process's files of lines, the links that show its namespaces
 * and root directory, and its children.
 */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "cli/cli.h"
#include "cli/facts.h"

/* Longer than any line of these files but that of very many groups. */
#define LINE_SIZE 1024

static FILE *
open_of(pid_t pid, const char *name)
{
	char path[64];

	snprintf(path, sizeof(path), "/proc/%d/%s", pid, name);
	return fopen(path, "re");
}

static bool
read_status(struct facts *f)
{
	FILE *file = open_of(f->pid, "status");
	char line[LINE_SIZE];

	if (file == NULL)
		return false;
	while (fgets(line, sizeof(line), file) != NULL)
		facts_status_line(line, f);
	fclose(file);
	return true;
}

static void
read_limits(struct facts *f)
{
	FILE *file = open_of(f->pid, "limits");
	char line[LINE_SIZE];

	if (file == NULL)
		return;
	while (fgets(line, sizeof(line), file) != NULL)
		facts_limits_line(line, f);
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
	*f = FACTS_UNKNOWN(pid);
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
		struct facts f =
		    FACTS_UNKNOWN((pid_t)strtol(entry->d_name, NULL, 10));

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
