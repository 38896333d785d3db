/* SPDX-License-Identifier: ISC */
/*
 * What /proc says of one process.  What this user may not read, or this
 * kernel does not show, is unknown: -1, or an empty text.
 */
#ifndef CLI_FACTS_H
#define CLI_FACTS_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

enum fact_namespace {
	FACT_USER,
	FACT_NET,
	FACT_MNT,
	FACT_IPC,
	FACT_UTS,
	FACT_NAMESPACES
};

enum fact_capability {
	FACT_INHERITABLE,
	FACT_PERMITTED,
	FACT_EFFECTIVE,
	FACT_BOUNDING,
	FACT_AMBIENT,
	FACT_CAPABILITIES
};

#define FACT_TEXT_MAX 256

struct facts {
	pid_t pid, parent;
	char uid[FACT_TEXT_MAX]; /* real, effective, saved, file system */
	char gid[FACT_TEXT_MAX];
	char groups[FACT_TEXT_MAX];
	uint64_t capability[FACT_CAPABILITIES];
	int no_new_privs;
	int seccomp; /* 2: filter */
	int filters; /* how many */
	char namespace[FACT_NAMESPACES][64];
	char root[FACT_TEXT_MAX];
	char core[32], files[32], processes[32], file_size[32], memory[32];
};

/* Of a process of which nothing has been read yet. */
#define FACTS_UNKNOWN(of)            \
	((struct facts){.pid = (of), \
	    .parent = -1,            \
	    .no_new_privs = -1,      \
	    .seccomp = -1,           \
	    .filters = -1})

extern const char *const fact_namespace_names[FACT_NAMESPACES];

/* False if there is no such process, or if /proc is not there. */
bool facts_read(pid_t, struct facts *);

/* Takes what a line of /proc/PID/status, or of /proc/PID/limits (the soft
 * limit), says; NUL-terminated, with its end or cut.  Changes line. */
void facts_status_line(char *line, struct facts *);
void facts_limits_line(const char *line, struct facts *);

#endif
