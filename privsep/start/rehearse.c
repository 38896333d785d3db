/* SPDX-License-Identifier: ISC */
/*
 * The rehearsal of the children's start; see rehearse.h.  In pratiqued, with
 * the privilege it was started with; what it forks has given that up as the
 * monitor does before anything of the child runs.
 */
#include "privsep/start/rehearse.h"
#include "lib/fd_numbers.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/seccomp.h>
#include <poll.h>
#include <seccomp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <sysexits.h>
#include <unistd.h>

#include "lib/ensure.h"
#include "privsep/ipc/channel.h"
#include "privsep/ipc/child.h"
#include "privsep/ipc/record.h"

/* It takes some milliseconds.  A child that takes longer tells us nothing about
 * calls: the monitor will see for itself. */
#define REHEARSAL_MS 10000

/* Newer kernels' structs may be longer than the header's. */
union notice {
	struct seccomp_notif told;
	char room[512];
};

/* --- in the child ----------------------------------------------------------- */

/* The monitor's program, which reports where it would kill, and also the call
 * that puts another program in force. */
static bool
make_program(const struct policy_program *monitor, struct policy_program *out)
{
	static const struct sock_filter first[] = {
	    BPF_STMT(
		BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
	    BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_seccomp, 0, 1),
	    BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_USER_NOTIF)};
	const size_t more = sizeof(first) / sizeof(first[0]);

	ensure(monitor->length > 0 && monitor->length <= POLICY_PROGRAM_MAX);
	if (monitor->length + more > POLICY_PROGRAM_MAX)
		return false;
	memcpy(out->code, first, sizeof(first));
	memcpy(out->code + more, monitor->code,
	    monitor->length * sizeof(monitor->code[0]));
	out->length = monitor->length + (uint32_t)more;
	for (size_t i = more; i < out->length; i++) {
		struct sock_filter *f = &out->code[i];
		if (f->code == (BPF_RET | BPF_K) &&
		    f->k == SECCOMP_RET_KILL_PROCESS)
			f->k = SECCOMP_RET_USER_NOTIF;
	}
	return true;
}

/* The descriptor on which the kernel reports, or -1. */
static int
load_program(const struct policy_program *monitor)
{
	static struct policy_program program;
	struct sock_fprog prog = {.filter = program.code};

	if (!make_program(monitor, &program))
		return -1;
	prog.len = (unsigned short)program.length;
	return (int)syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER,
	    SECCOMP_FILTER_FLAG_NEW_LISTENER, &prog);
}

/* Confined as the monitor is, and then started as the monitor starts it. */
static _Noreturn void
play(const struct rehearsal *r, const struct policy_program *monitor, int us)
{
	struct record_plain said = {
	    .head = record_head(RECORD_CHANNEL, sizeof(said))};
	struct sandbox_report unused;
	int null = open("/dev/null", O_RDWR | O_CLOEXEC), told;
	int fd[EXEC_FDS_MAX];

	/* What is wrong is reported when the child is started for good. */
	if (null == -1 || dup2(null, STDIN_FILENO) == -1 ||
	    dup2(null, STDERR_FILENO) == -1 || !sandbox_monitor(&unused) ||
	    (told = load_program(monitor)) == -1 ||
	    !channel_send(us, &said, told))
		_exit(EX_UNAVAILABLE);
	memcpy(fd, r->fd, sizeof(fd));
	if (fd[0] == -1)
		fd[0] = us;
	child_become(r->program, r->role, fd, r->fds);
}

/* --- in pratiqued ----------------------------------------------------------- */

static void
say(const struct rehearsal *r, const struct seccomp_data *d, char *why,
    size_t size)
{
	char *name = seccomp_syscall_resolve_num_arch(d->arch, d->nr);

	snprintf(why, size,
	    "%s (%s) makes system call %d (%s%s) at its start, which is not in "
	    "the monitor's table: is this C library one that it was not made "
	    "for? please report it",
	    r->program, r->role, d->nr, name == NULL ? "no known name" : name,
	    d->arch == seccomp_arch_native() ? ""
					     : ", of another architecture");
	free(name);
}

/* False with the first call that the monitor's table does not have. */
static bool
listen_to(
    const struct rehearsal *r, int told, pid_t pid, char *why, size_t size)
{
	int ended = (int)syscall(SYS_pidfd_open, pid, 0U); /* Linux 5.3 */
	struct pollfd pfd[2] = {
	    {.fd = told, .events = POLLIN}, {.fd = ended, .events = POLLIN}};
	union notice n = {0};
	bool something = poll(pfd, 2, REHEARSAL_MS) > 0 &&
			 (pfd[0].revents & POLLIN) != 0 &&
			 ioctl(told, SECCOMP_IOCTL_NOTIF_RECV, &n) == 0;

	if (ended != -1)
		close(ended);
	if (!something || (n.told.data.arch == seccomp_arch_native() &&
			      n.told.data.nr == SYS_seccomp))
		return true;
	say(r, &n.told.data, why, size);
	return false;
}

bool
rehearse_child(const struct rehearsal *r, const struct policy_program *monitor,
    char *why, size_t size)
{
	struct record_plain said;
	struct pollfd first = {.events = POLLIN};
	int pair[2], told = -1;
	bool good = true;
	pid_t pid;

	ensure(r->fds <= EXEC_FDS_MAX);
	if (!channel_pair(pair))
		return true;
	pid = fork();
	if (pid == 0)
		play(r, monitor, pair[1]);
	close(pair[1]);
	first.fd = pair[0];
	if (pid != -1 && poll(&first, 1, REHEARSAL_MS) == 1 &&
	    channel_recv(pair[0], &said, sizeof(said), &told) > 0 && told != -1)
		good = listen_to(r, told, pid, why, size);
	if (pid != -1) {
		kill(pid, SIGKILL);
		waitid(P_PID, (id_t)pid, &(siginfo_t){0}, WEXITED);
	}
	if (told != -1)
		close(told);
	close(pair[0]);
	return good;
}

static int
place(const struct plan *plan, int fd)
{
	ensure(fd >= EXEC_FDS_FIRST && fd - EXEC_FDS_FIRST < EXEC_FDS_MAX);
	return plan->fd[fd - EXEC_FDS_FIRST];
}

/* What a child is rehearsed with in the place of one of the monitor's
 * descriptors: no log, and a socket that nobody can connect to. */
static int
stand_in(const struct plan *plan, int fd, int null, int unbound)
{
	if (fd == -1)
		return -1;
	if (fd == MONITOR_FD_LOG)
		return null;
	return fd >= MONITOR_FD_LISTEN ? unbound : place(plan, fd);
}

static bool
rehearse_role(const struct plan *plan, const struct child_plan *child, int null,
    int unbound, char *why, size_t size)
{
	struct rehearsal r = {
	    .program = child->program, .role = child->role, .fds = child->fds};

	ensure(r.fds <= EXEC_FDS_MAX);
	for (size_t i = 0; i < r.fds; i++)
		r.fd[i] = stand_in(plan, child->fd[i], null, unbound);
	return r.fds == 0 ||
	       rehearse_child(&r, &plan->monitor->monitor, why, size);
}

/* A key reader with another ring than the monitor's. */
static bool
rehearse_reader(const struct plan *plan, char *why, size_t size)
{
	struct rehearsal r = {
	    .program = plan->monitor->reader_program, .role = "keys", .fds = 2};
	bool good;

	if (place(plan, MONITOR_FD_KEYS) == -1)
		return true;
	r.fd[READER_FD_RING - EXEC_FDS_FIRST] =
	    memfd_create("pratique-rehearsal", MFD_CLOEXEC);
	r.fd[READER_FD_BOOT - EXEC_FDS_FIRST] = place(plan, MONITOR_FD_KEYS);
	good = rehearse_child(&r, &plan->monitor->monitor, why, size);
	close(r.fd[0]);
	return good;
}

bool
rehearse(const struct plan *plan, char *why, size_t size)
{
	int null = open("/dev/null", O_RDWR | O_CLOEXEC);
	int unbound = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	bool good = true;

	for (enum role role = 0; role < ROLES_MAX && good; role++)
		good = rehearse_role(plan, &plan->monitor->child[role], null,
		    unbound, why, size);
	good = good && rehearse_reader(plan, why, size);
	if (null != -1)
		close(null);
	if (unbound != -1)
		close(unbound);
	return good;
}
