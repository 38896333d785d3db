/* SPDX-License-Identifier: ISC */
/*
 * Landlock: every right that the running kernel knows is handled, and none is
 * given back, but for the TCP ports of clamd in the scanner, and reading below
 * one directory in the key reader.
 *
 * So no other file can be opened, created or run, whatever the root directory
 * is; no TCP port bound; no abstract Unix socket and no process outside
 * reached. connect() to a Unix socket with a path is not among the rights: the
 * scanner's way to clamd needs no rule.
 *
 * The numbers are here because headers may be older than the kernel; they are
 * those of linux/landlock.h up to ABI 7 (Linux 6.15).
 */
#include <errno.h>
#include <fcntl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "sandbox/layer.h"

#ifndef SYS_landlock_create_ruleset
#define SYS_landlock_create_ruleset 444
#define SYS_landlock_add_rule	    445
#define SYS_landlock_restrict_self  446
#endif

#define CREATE_VERSION 1U /* LANDLOCK_CREATE_RULESET_VERSION */
#define RULE_PATH      1
#define RULE_NET_PORT  2

#define FS_READ_FILE (1ULL << 2)
#define FS_READ_DIR  (1ULL << 3)

#define FS_ABI_1 ((1ULL << 13) - 1) /* execute .. make_sym */
#define FS_ABI_2 (1ULL << 13)	    /* refer */
#define FS_ABI_3 (1ULL << 14)	    /* truncate */
#define FS_ABI_5 (1ULL << 15)	    /* ioctl_dev */

#define NET_ABI_4	(1ULL << 0 | 1ULL << 1) /* bind_tcp, connect_tcp */
#define NET_CONNECT_TCP (1ULL << 1)
#define SCOPE_ABI_6	(1ULL << 0 | 1ULL << 1) /* abstract socket, signal */

/* struct landlock_ruleset_attr, landlock_path_beneath_attr and
 * landlock_net_port_attr. */
struct ruleset {
	uint64_t fs;
	uint64_t net;
	uint64_t scope;
};

struct path_rule {
	uint64_t allowed;
	int32_t parent;
} __attribute__((packed));

struct port_rule {
	uint64_t allowed;
	uint64_t port; /* host byte order */
};

static struct ruleset
landlock_rights(long abi)
{
	struct ruleset r = {.fs = FS_ABI_1};

	if (abi >= 2)
		r.fs |= FS_ABI_2;
	if (abi >= 3)
		r.fs |= FS_ABI_3;
	if (abi >= 4)
		r.net = NET_ABI_4;
	if (abi >= 5)
		r.fs |= FS_ABI_5;
	if (abi >= 6)
		r.scope = SCOPE_ABI_6;
	return r;
}

/* An old kernel takes zeros behind the part of the struct that it knows. */
static int
landlock_create(long abi)
{
	struct ruleset rights = landlock_rights(abi);

	return (int)syscall(
	    SYS_landlock_create_ruleset, &rights, sizeof(rights), 0U);
}

static bool
landlock_ports(int fd, const struct sandbox_spec *spec)
{
	size_t max = sizeof(spec->tcp_port) / sizeof(spec->tcp_port[0]);

	for (size_t i = 0; i < spec->tcp_ports && i < max; i++) {
		struct port_rule rule = {
		    .allowed = NET_CONNECT_TCP, .port = spec->tcp_port[i]};

		if (syscall(SYS_landlock_add_rule, fd, RULE_NET_PORT, &rule,
			0U) == -1)
			return false;
	}
	return true;
}

/* A directory that cannot be opened cannot be read either. */
static bool
landlock_readable(int fd, const char *path)
{
	struct path_rule rule = {.allowed = FS_READ_FILE | FS_READ_DIR};
	long done;

	if (*path == '\0')
		return true;
	rule.parent = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (rule.parent == -1)
		return true;
	done = syscall(SYS_landlock_add_rule, fd, RULE_PATH, &rule, 0U);
	close(rule.parent);
	return done == 0;
}

static void
landlock_hold(struct sandbox_report *report, long abi)
{
	layer_hold(report, LAYER_LANDLOCK);
	if (abi < 4)
		layer_miss(report, LAYER_LANDLOCK,
		    "no TCP rules and scopes in this kernel", 0);
	else if (abi < 6)
		layer_miss(
		    report, LAYER_LANDLOCK, "no scopes in this kernel", 0);
}

void
landlock_enter(const struct sandbox_spec *spec, struct sandbox_report *report)
{
	long abi =
	    syscall(SYS_landlock_create_ruleset, NULL, 0UL, CREATE_VERSION);
	int fd;

	if (abi < 1) { /* EOPNOTSUPP: switched off at boot */
		layer_miss(report, LAYER_LANDLOCK, "none", errno);
		return;
	}
	fd = landlock_create(abi);
	if (fd == -1) {
		layer_miss(report, LAYER_LANDLOCK, "no ruleset", errno);
		return;
	}
	if ((abi >= 4 && !landlock_ports(fd, spec)) ||
	    !landlock_readable(fd, spec->readable) ||
	    syscall(SYS_landlock_restrict_self, fd, 0U) == -1)
		layer_miss(report, LAYER_LANDLOCK, "not in force", errno);
	else
		landlock_hold(report, abi);
	close(fd);
}
