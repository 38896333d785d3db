/* SPDX-License-Identifier: ISC */
/*
 * What is tried on every machine.  Rows are grouped by family; the comment at
 * attempt.h says what makes them harmless.  Arguments are what a caller that
 * means it would give, so that the "no layer" column of the result shows that
 * each attempt is a real one.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/audit.h>
#include <linux/bpf.h>
#include <linux/capability.h>
#include <linux/filter.h>
#include <linux/io_uring.h>
#include <linux/keyctl.h>
#include <linux/openat2.h>
#include <linux/perf_event.h>
#include <linux/reboot.h>
#include <linux/sched.h>
#include <linux/seccomp.h>
#include <mqueue.h>
#include <netinet/in.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <sys/ipc.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/sem.h>
#include <sys/shm.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/timerfd.h>
#include <sys/timex.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>

#include "lib/fd_numbers.h"
#include "privsep/ipc/record.h"
#include "tests/escape/attempt.h"

#define MTA	    SESSION_FD_MTA
#define SCANNER_END SESSION_FD_SCANNER
#define PAGE	    65536      /* of any machine */
#define HUGE_SIZE   (1L << 40) /* a bomb; asked for, never touched */
#define STREAM	    (SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC)

/* What arguments point to. */
static char buffer[4096];
static char data_page[PAGE] __attribute__((aligned(PAGE)));
static struct open_how how = {.flags = O_RDONLY};
static struct iovec iov = {buffer, 1};
static struct iovec remote = {(void *)PAGE, 1};
static struct timespec brief = {0, 1000};
static struct timespec never = {0, -1};
static struct timex timex_change = {.modes = ADJ_NANO};
static struct rlimit64 many = {1 << 20, 1 << 20};
static struct clone_args clone_args = {.exit_signal = SIGCHLD};
static struct io_uring_params ring;
static union bpf_attr bpf_map = {.map_type = BPF_MAP_TYPE_ARRAY,
    .key_size = 4,
    .value_size = 4,
    .max_entries = 1};
static struct perf_event_attr perf = {
    .type = PERF_TYPE_SOFTWARE, .size = sizeof(perf)};
static struct sigaction ignore;
static struct sigevent no_event = {.sigev_notify = SIGEV_NONE};
static struct itimerval far_timer = {{0, 0}, {100000, 0}};
static struct sched_param fifo = {.sched_priority = 1};
static struct epoll_event readable = {.events = EPOLLIN};
static struct pollfd mta_poll = {.fd = MTA, .events = POLLOUT};
static siginfo_t queued = {.si_code = SI_QUEUE};
static sigset_t no_signals;
static struct __user_cap_header_struct cap_head = {
    .version = _LINUX_CAPABILITY_VERSION_3};
static struct __user_cap_data_struct cap_all[2] = {
    {~0U, ~0U, 0}, {~0U >> 23, ~0U >> 23, 0}};
static struct sock_filter allow = BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW);
static struct sock_fprog allow_all = {1, &allow};
static uint64_t landlock_rights = 1;
static char *const no_strings[] = {NULL};
static struct sockaddr_in loopback = {
    .sin_family = AF_INET, .sin_addr = {0x0100007f}, .sin_port = 0x1900};
static socklen_t length = sizeof(buffer);
static struct {
	struct cmsghdr head;
	int fd;
} rights = {{CMSG_LEN(sizeof(int)), SOL_SOCKET, SCM_RIGHTS}, MTA};
static struct msghdr smuggle = {.msg_iov = &iov,
    .msg_iovlen = 1,
    .msg_control = &rights,
    .msg_controllen = CMSG_LEN(sizeof(int))};
static struct msghdr plain = {.msg_iov = &iov, .msg_iovlen = 1};
static struct mmsghdr several = {.msg_hdr = {.msg_iov = &iov, .msg_iovlen = 1}};

const struct attempt attempt_table[] = {
    /* --- positive controls ------------------------------------------------ */
    RUN("control", "write a line", SURVIVES, SYS_write, run_control),
    TRY("control", "read the monotonic clock", SURVIVES, clock_gettime,
	CLOCK_MONOTONIC, AT(buffer)),

    /* --- files ------------------------------------------------------------- */
    TRY("files", "open /etc/passwd", 0, openat, AT_FDCWD, AT("/etc/passwd"),
	O_RDONLY),
    TRY("files", "open a file of root's", 0, openat, AT_FDCWD,
	AT(PLACE "other"), O_RDONLY),
    TRY("files", "open a file for writing", 0, openat, AT_FDCWD,
	AT(PLACE "file"), O_WRONLY),
    TRY("files", "create a file", 0, openat, AT_FDCWD, AT(PLACE "created"),
	O_WRONLY | O_CREAT, 0600),
    TRY("files", "create a file without a name", 0, openat, AT_FDCWD, AT(PLACE),
	O_WRONLY | O_TMPFILE, 0600),
    TRY("files", "open the root directory", 0, openat, AT_FDCWD, AT("/"),
	O_RDONLY | O_DIRECTORY),
    TRY("files", "open the directory above the root", 0, openat, AT_FDCWD,
	AT("/../etc"), O_PATH),
    TRY("files", "open a device", 0, openat, AT_FDCWD, AT("/dev/null"), O_RDWR),
    TRY("files", "open by openat2", 0, openat2, AT_FDCWD, AT("/etc/passwd"),
	AT(&how), sizeof(how)),
    TRY("files", "open by handle", REACHED(EBADF), open_by_handle_at, MTA,
	AT(buffer), O_RDONLY),
    TRY("files", "take a handle", REACHED(EOVERFLOW), name_to_handle_at,
	AT_FDCWD, AT(PLACE "file"), AT(buffer), AT(buffer + 64), 0),
    TRY("files", "look at a file", 0, newfstatat, AT_FDCWD, AT("/etc/passwd"),
	AT(buffer), 0),
    TRY("files", "look at a file with statx", 0, statx, AT_FDCWD,
	AT("/etc/passwd"), 0, 0x7ff, AT(buffer)),
    TRY("files", "look at a descriptor", 0, fstat, MTA, AT(buffer)),
    TRY("files", "look at a file system", 0, statfs, AT("/"), AT(buffer)),
    TRY("files", "may a file be read?", 0, faccessat, AT_FDCWD,
	AT("/etc/passwd"), R_OK),
    TRY("files", "read a symbolic link", 0, readlinkat, AT_FDCWD,
	AT("/proc/self/exe"), AT(buffer), 1),
    TRY("files", "make a directory", 0, mkdirat, AT_FDCWD, AT(PLACE "dir"),
	0700),
    TRY("files", "make a device node", 0, mknodat, AT_FDCWD, AT(PLACE "node"),
	S_IFCHR | 0600, 0x103),
    TRY("files", "make a named pipe", 0, mknodat, AT_FDCWD, AT(PLACE "pipe"),
	S_IFIFO | 0600, 0),
    TRY("files", "make a hard link", 0, linkat, AT_FDCWD, AT(PLACE "file"),
	AT_FDCWD, AT(PLACE "link"), 0),
    TRY("files", "make a symbolic link", 0, symlinkat, AT("/"), AT_FDCWD,
	AT(PLACE "symlink")),
    TRY("files", "rename a file", 0, renameat2, AT_FDCWD, AT(PLACE "moved"),
	AT_FDCWD, AT(PLACE "renamed"), 1),
    TRY("files", "delete a file", 0, unlinkat, AT_FDCWD, AT(PLACE "deleted"),
	0),
    TRY("files", "cut a file", 0, truncate, AT(PLACE "file"), 0),
    TRY("files", "cut a descriptor's file", REACHED(EINVAL), ftruncate, MTA, 0),
    TRY("files", "change a mode", 0, fchmodat, AT_FDCWD, AT(PLACE "file"),
	0666),
    TRY("files", "change an owner", 0, fchownat, AT_FDCWD, AT(PLACE "file"), 0,
	0, 0),
    TRY("files", "change times", 0, utimensat, AT_FDCWD, AT(PLACE "file"), 0,
	0),
    TRY("files", "change an attribute", REACHED(EOPNOTSUPP), setxattr,
	AT(PLACE "file"), AT("user.x"), AT("y"), 1, 0),
    TRY("files", "change directory", 0, chdir, AT(PLACE)),
    TRY("files", "where am I?", 0, getcwd, AT(buffer), sizeof(buffer)),
    TRY("files", "list a directory", REACHED(ENOTDIR), getdents64, MTA,
	AT(buffer), sizeof(buffer)),
    TRY("files", "watch a directory", 0, inotify_init1, 0),
    TRY("files", "watch all file systems", 0, fanotify_init, 0, O_RDONLY),
    TRY("files", "flush all disks", 0, sync),

    /* --- programs and processes -------------------------------------------- */
    TRY("processes", "run a program", ENDS, execve, AT(PLACE "prog"),
	AT(no_strings), AT(no_strings)),
    TRY("processes", "run a program by descriptor path", ENDS, execveat,
	AT_FDCWD, AT(PLACE "prog"), AT(no_strings), AT(no_strings), 0),
    RUN("processes", "run a program out of memory", REACHED(ENOEXEC),
	SYS_memfd_create, run_memfd_execute),
    TRY("processes", "fork", FORKS, clone, SIGCHLD),
    TRY("processes", "fork into a user namespace", FORKS, clone,
	SIGCHLD | CLONE_NEWUSER),
    TRY("processes", "start a thread", REACHED(EINVAL), clone,
	CLONE_THREAD | CLONE_VM),
    TRY("processes", "clone3", FORKS | LIBMILTER, clone3, AT(&clone_args),
	sizeof(clone_args)),
    TRY("processes", "wait for a child", REACHED(ECHILD), wait4, -1, 0,
	WNOHANG),
    TRY("processes", "wait for a child with waitid", REACHED(ECHILD), waitid,
	P_ALL, 0, AT(buffer), WEXITED | WNOHANG),
    TRY("processes", "own process group", REACHED(EPERM), setpgid, 0, 0),
    TRY("processes", "own session", REACHED(EPERM), setsid),
    TRY("processes", "who am I?", 0, getpid),
    TRY("processes", "who is my parent?", 0, getppid),
    TRY("processes", "end one thread only", ENDS | LIBMILTER, exit, 0),

    /* --- other processes ---------------------------------------------------- */
    TRY("others", "signal to init", 0, kill, 1, 0),
    TRY("others", "signal to the monitor", 0, kill, MONITOR_PID, 0),
    TRY("others", "signal to everybody", 0, kill, -1, 0),
    TRY("others", "signal to a thread", 0, tgkill, MONITOR_PID, MONITOR_PID, 0),
    TRY("others", "signal to a thread, old way", 0, tkill, MONITOR_PID, 0),
    TRY("others", "queue a signal", 0, rt_sigqueueinfo, MONITOR_PID, 0,
	AT(&queued)),
    TRY("others", "open a process", 0, pidfd_open, MONITOR_PID, 0),
    TRY("others", "take a descriptor of a process", REACHED(EBADF), pidfd_getfd,
	MTA, 0, 0),
    TRY("others", "signal through a descriptor", REACHED(EBADF),
	pidfd_send_signal, MTA, 0, 0, 0),
    TRY("others", "trace the monitor", 0, ptrace, PTRACE_SEIZE, MONITOR_PID, 0,
	0),
    TRY("others", "read the monitor's memory", REACHED(EFAULT),
	process_vm_readv, MONITOR_PID, AT(&iov), 1, AT(&remote), 1),
    TRY("others", "write the monitor's memory", REACHED(EFAULT),
	process_vm_writev, MONITOR_PID, AT(&iov), 1, AT(&remote), 1),
    TRY("others", "open init's memory", 0, openat, AT_FDCWD, AT("/proc/1/mem"),
	O_RDONLY),
    TRY("others", "open init's environment", 0, openat, AT_FDCWD,
	AT("/proc/1/environ"), O_RDONLY),
    TRY("others", "open own memory", 0, openat, AT_FDCWD, AT("/proc/self/mem"),
	O_RDWR),
    TRY("others", "go to init's root", 0, openat, AT_FDCWD,
	AT("/proc/1/root/etc/passwd"), O_RDONLY),
    TRY("others", "compare with the monitor", 0, kcmp, MONITOR_PID, MONITOR_PID,
	1, 0, 0),
    TRY("others", "limits of the monitor", 0, prlimit64, MONITOR_PID,
	RLIMIT_NOFILE, 0, AT(buffer)),
    TRY("others", "priority of the monitor", 0, getpriority, PRIO_PROCESS,
	MONITOR_PID),
    TRY("others", "processor of the monitor", 0, sched_getaffinity, MONITOR_PID,
	128, AT(buffer)),
    TRY("others", "session of the monitor", 0, getsid, MONITOR_PID),
    TRY("others", "futexes of the monitor", 0, get_robust_list, MONITOR_PID,
	AT(buffer), AT(buffer + 64)),

    /* --- network ------------------------------------------------------------ */
    TRY("network", "socket: IPv4 TCP, blocking", 0, socket, AF_INET,
	SOCK_STREAM, 0),
    TRY("network", "socket: IPv4 UDP", 0, socket, AF_INET, SOCK_DGRAM, 0),
    TRY("network", "socket: IPv4 raw", 0, socket, AF_INET, SOCK_RAW,
	IPPROTO_ICMP),
    TRY("network", "socket: IPv4 TCP as the scanner asks", SCANNER, socket,
	AF_INET, STREAM, 0),
    TRY("network", "socket: MPTCP", 0, socket, AF_INET, STREAM, 262),
    TRY("network", "socket: SCTP", REACHED(EPROTONOSUPPORT), socket, AF_INET,
	SOCK_STREAM, IPPROTO_SCTP),
    TRY("network", "socket: IPv6 UDP", 0, socket, AF_INET6, SOCK_DGRAM, 0),
    TRY("network", "socket: local datagrams", 0, socket, AF_UNIX, SOCK_DGRAM,
	0),
    TRY("network", "socket: netlink", 0, socket, AF_NETLINK, SOCK_RAW, 0),
    TRY("network", "socket: packets", 0, socket, AF_PACKET, SOCK_RAW, 0x300),
    TRY("network", "socket: kernel crypto", REACHED(EAFNOSUPPORT), socket,
	AF_ALG, SOCK_SEQPACKET, 0),
    TRY("network", "socket: virtual machines", REACHED(EAFNOSUPPORT), socket,
	AF_VSOCK, SOCK_STREAM, 0),
    TRY("network", "socket: Bluetooth", REACHED(EAFNOSUPPORT), socket,
	AF_BLUETOOTH, SOCK_RAW, 1),
    TRY("network", "socket: CAN", REACHED(EAFNOSUPPORT), socket, AF_CAN,
	SOCK_RAW, 1),
    TRY("network", "socket: XDP", REACHED(EAFNOSUPPORT), socket, AF_XDP,
	SOCK_RAW, 0),
    TRY("network", "socket: TIPC", REACHED(EAFNOSUPPORT), socket, AF_TIPC,
	SOCK_RDM, 0),
    TRY("network", "socket: SMC", REACHED(EAFNOSUPPORT), socket, AF_SMC,
	SOCK_STREAM, 0),
    TRY("network", "socket: IPsec keys", REACHED(EAFNOSUPPORT), socket, AF_KEY,
	SOCK_RAW, 2),
    TRY("network", "socket: RDS", REACHED(EAFNOSUPPORT), socket, AF_RDS,
	SOCK_SEQPACKET, 0),
    TRY("network", "socket: X.25", REACHED(EAFNOSUPPORT), socket, AF_X25,
	SOCK_SEQPACKET, 0),
    TRY("network", "socket pair", 0, socketpair, AF_UNIX, SOCK_STREAM, 0,
	AT(buffer)),
    RUN("network", "connect to a TCP port of this host",
	SCANNER | REACHED(EINPROGRESS), SYS_socket, run_outside_tcp),
    RUN("network", "connect to a socket below /tmp", SCANNER, SYS_socket,
	run_outside_unix),
    RUN("network", "connect to an abstract socket", SCANNER, SYS_socket,
	run_outside_abstract),
    TRY("network", "connect the MTA's socket elsewhere",
	SCANNER | REACHED(EINVAL), connect, MTA, AT(&loopback),
	sizeof(loopback)),
    TRY("network", "bind", REACHED(EINVAL), bind, MTA, AT(&loopback),
	sizeof(loopback)),
    TRY("network", "listen", REACHED(EINVAL), listen, MTA, 5),
    TRY("network", "accept", REACHED(EINVAL), accept4, MTA, 0, 0, 0),
    TRY("network", "who is the peer?", 0, getpeername, MTA, AT(buffer),
	AT(&length)),
    TRY("network", "which socket is it?", 0, getsockname, MTA, AT(buffer),
	AT(&length)),
    TRY("network", "read a socket option", 0, getsockopt, MTA, SOL_SOCKET,
	SO_PEERCRED, AT(buffer), AT(&length)),
    TRY("network", "set a socket option", LIBMILTER, setsockopt, MTA,
	SOL_SOCKET, SO_KEEPALIVE, AT(&length), sizeof(length)),
    TRY("network", "send with an address", REACHED(EBADF), sendto, 90, AT("x"),
	1, 0, AT(&loopback), sizeof(loopback)),
    TRY("network", "receive with flags", REACHED(EAGAIN), recvfrom, MTA,
	AT(buffer), 1, MSG_DONTWAIT, 0, 0),
    TRY("network", "send several at once", REACHED(EAGAIN), sendmmsg,
	SCANNER_END, AT(&several), 1, 0),
    TRY("network", "receive several at once", REACHED(EAGAIN), recvmmsg,
	SCANNER_END, AT(&several), 1, MSG_DONTWAIT, 0),
    TRY("network", "shut down a connection", 0, shutdown, SCANNER_END, 2),

    /* --- namespaces, mounts -------------------------------------------------- */
    TRY("namespaces", "a user namespace", 0, unshare, CLONE_NEWUSER),
    TRY("namespaces", "a network namespace", 0, unshare, CLONE_NEWNET),
    TRY("namespaces", "a mount namespace", 0, unshare, CLONE_NEWNS),
    TRY("namespaces", "a pid namespace", 0, unshare, CLONE_NEWPID),
    TRY("namespaces", "join a namespace", REACHED(EINVAL), setns, MTA, 0),
    TRY("namespaces", "mount", REACHED(ENODEV), mount, AT("none"), AT("/"),
	AT("no-such-type"), 0, 0),
    TRY("namespaces", "unmount", REACHED(EINVAL), umount2, AT("/"),
	MNT_EXPIRE | MNT_FORCE),
    TRY("namespaces", "change the root of all", REACHED(EBUSY), pivot_root,
	AT("/"), AT("/")),
    TRY("namespaces", "change the root", 0, chroot, AT("/")),
    TRY("namespaces", "open a file system", 0, fsopen, AT("tmpfs"), 0),
    TRY("namespaces", "copy a mount", 0, open_tree, AT_FDCWD, AT("/"), 1),
    TRY("namespaces", "move a mount", REACHED(EBADF), move_mount, -1, AT("x"),
	-1, AT("x"), 0),
    TRY("namespaces", "change a mount", REACHED(EINVAL), mount_setattr,
	AT_FDCWD, AT("/"), 0, AT(buffer), 1),

    /* --- credentials ---------------------------------------------------------- */
    TRY("credentials", "become root", 0, setuid, 0),
    TRY("credentials", "become root with setresuid", 0, setresuid, 0, 0, 0),
    TRY("credentials", "become root with setreuid", 0, setreuid, 0, 0),
    TRY("credentials", "root's group", 0, setgid, 0),
    TRY("credentials", "root's group with setresgid", 0, setresgid, 0, 0, 0),
    TRY("credentials", "another group", 0, setgroups, 1, AT(buffer)),
    TRY("credentials", "all capabilities", 0, capset, AT(&cap_head),
	AT(cap_all)),
    TRY("credentials", "which capabilities?", 0, capget, AT(&cap_head),
	AT(buffer)),
    TRY("credentials", "an ambient capability", 0, prctl, PR_CAP_AMBIENT,
	PR_CAP_AMBIENT_RAISE, CAP_NET_RAW, 0, 0),
    TRY("credentials", "keep capabilities", 0, prctl, PR_SET_KEEPCAPS, 1),
    TRY("credentials", "security bits", 0, prctl, PR_SET_SECUREBITS, 0),
    TRY("credentials", "dumpable", 0, prctl, PR_SET_DUMPABLE, 1),
    TRY("credentials", "outlive the parent", 0, prctl, PR_SET_PDEATHSIG, 0),
    TRY("credentials", "another name", 0, prctl, PR_SET_NAME, AT("init")),
    TRY("credentials", "another filter", 0, seccomp, SECCOMP_SET_MODE_FILTER, 0,
	AT(&allow_all)),
    TRY("credentials", "another filter with prctl", 0, prctl, PR_SET_SECCOMP, 2,
	AT(&allow_all)),
    TRY("credentials", "another Landlock domain", 0, landlock_create_ruleset,
	AT(&landlock_rights), sizeof(landlock_rights), 0),
    TRY("credentials", "another personality", 0, personality, 0x0040000),
    TRY("credentials", "higher limits", 0, prlimit64, 0, RLIMIT_NOFILE,
	AT(&many), 0),
    TRY("credentials", "real-time scheduling", 0, sched_setscheduler, 0,
	SCHED_FIFO, AT(&fifo)),
    TRY("credentials", "higher priority", 0, setpriority, PRIO_PROCESS, 0, -5),

    /* --- the kernel's large interfaces ------------------------------------------ */
    TRY("kernel", "io_uring: set up", 0, io_uring_setup, 1, AT(&ring)),
    TRY("kernel", "io_uring: enter", REACHED(EOPNOTSUPP), io_uring_enter, MTA,
	1, 0, 0, 0, 0),
    TRY("kernel", "io_uring: register", REACHED(EOPNOTSUPP), io_uring_register,
	MTA, 0, 0, 0),
    TRY("kernel", "bpf: make a map", 0, bpf, BPF_MAP_CREATE, AT(&bpf_map),
	sizeof(bpf_map)),
    TRY("kernel", "perf: count events", 0, perf_event_open, AT(&perf), 0, -1,
	-1, 0),
    TRY("kernel", "userfaultfd", 0, userfaultfd, O_CLOEXEC),
    TRY("kernel", "keyctl", 0, keyctl, KEYCTL_GET_KEYRING_ID,
	KEY_SPEC_SESSION_KEYRING, 1),
    TRY("kernel", "add a key", 0, add_key, AT("user"), AT("escape"), AT("x"), 1,
	KEY_SPEC_PROCESS_KEYRING),
    TRY("kernel", "ask for a key", REACHED(ENOKEY), request_key, AT("user"),
	AT("no-such"), 0, 0),
    TRY("kernel", "load a module", REACHED(EBADF), finit_module, -1, AT(""), 0),
    TRY("kernel", "load a module out of memory", REACHED(ENOEXEC), init_module,
	AT(buffer), sizeof(buffer), AT("")),
    TRY("kernel", "remove a module", REACHED(ENOENT), delete_module,
	AT("no-such"), O_NONBLOCK),
    TRY("kernel", "load another kernel", REACHED(EINVAL), kexec_load, 0, 999999,
	0, 0),
    TRY("kernel", "reboot", REACHED(EINVAL), reboot, LINUX_REBOOT_MAGIC1,
	LINUX_REBOOT_MAGIC2, 0x12345678, 0),
    TRY("kernel", "the kernel's log", 0, syslog, 3, AT(buffer), 16),
    TRY("kernel", "swap", REACHED(ENOENT), swapoff, AT("/no-such-file")),
    TRY("kernel", "swap on", REACHED(ENOENT), swapon, AT("/no-such-file"), 0),
    TRY("kernel", "accounting", REACHED(ENOENT), acct, AT("/no-such-file")),
    TRY("kernel", "host name", REACHED(EINVAL), sethostname, AT(buffer), -1),
    TRY("kernel", "domain name", REACHED(EINVAL), setdomainname, AT(buffer),
	-1),
    TRY("kernel", "system information", 0, sysinfo, AT(buffer)),
    TRY("kernel", "which kernel?", 0, uname, AT(buffer)),
    TRY("kernel", "random bytes", 0, getrandom, AT(buffer), 1, 0),

    /* --- time ---------------------------------------------------------------- */
    TRY("time", "set the clock", 0, clock_settime, CLOCK_REALTIME, AT(&never)),
    TRY("time", "set the time of day", 0, settimeofday, AT(&never), 0),
    TRY("time", "adjust the clock", 0, adjtimex, AT(&timex_change)),
    TRY("time", "adjust a clock", 0, clock_adjtime, CLOCK_REALTIME,
	AT(&timex_change)),
    TRY("time", "a timer", 0, timer_create, CLOCK_MONOTONIC, AT(&no_event),
	AT(buffer)),
    TRY("time", "an interval timer", 0, setitimer, ITIMER_REAL, AT(&far_timer),
	0),
    TRY("time", "a timer descriptor", 0, timerfd_create, CLOCK_MONOTONIC, 0),
    TRY("time", "sleep", LIBMILTER, nanosleep, AT(&brief), 0),
    TRY("time", "sleep by a clock", LIBMILTER, clock_nanosleep, CLOCK_MONOTONIC,
	0, AT(&brief), 0),

    /* --- signals and shared memory ---------------------------------------------- */
    TRY("ipc", "a signal handler", LIBMILTER, rt_sigaction, SIGUSR1,
	AT(&ignore), 0, 8),
    TRY("ipc", "block signals", LIBMILTER, rt_sigprocmask, SIG_BLOCK,
	AT(&no_signals), 0, 8),
    TRY("ipc", "signals as records", 0, signalfd4, -1, AT(&no_signals), 8, 0),
    TRY("ipc", "shared memory", 0, shmget, IPC_PRIVATE, 4096, IPC_CREAT | 0600),
    TRY("ipc", "semaphores", 0, semget, IPC_PRIVATE, 1, IPC_CREAT | 0600),
    TRY("ipc", "message queue", 0, msgget, IPC_PRIVATE, IPC_CREAT | 0600),
    TRY("ipc", "POSIX message queue", 0, mq_open, AT("pratique-escape"),
	O_RDWR | O_CREAT, 0600, 0),
    TRY("ipc", "futex", REACHED(EAGAIN) | LIBMILTER, futex, AT(buffer), 0, 1,
	0),
    TRY("ipc", "pipe", LIBMILTER, pipe2, AT(buffer), 0),
    TRY("ipc", "event descriptor", 0, eventfd2, 0, 0),
    TRY("ipc", "another event loop", 0, epoll_create1, 0),
    TRY("ipc", "change an event loop", SCANNER | REACHED(EINVAL) | LIBMILTER,
	epoll_ctl, MTA, EPOLL_CTL_ADD, SCANNER_END, AT(&readable)),

    /* --- memory ------------------------------------------------------------------ */
    TRY("memory", "map writable and executable", 0, mmap, 0, PAGE,
	PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0),
    TRY("memory", "map executable", 0, mmap, 0, PAGE, PROT_READ | PROT_EXEC,
	MAP_PRIVATE | MAP_ANONYMOUS, -1, 0),
    TRY("memory", "map at address 0", LIBMILTER, mmap, 0, PAGE, PROT_READ,
	MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0),
    TRY("memory", "map a terabyte", LIBMILTER, mmap, 0, HUGE_SIZE,
	PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1,
	0),
    TRY("memory", "map shared", LIBMILTER, mmap, 0, PAGE,
	PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0),
    RUN("memory", "write, then make executable", 0, SYS_mmap,
	run_write_then_execute),
    TRY("memory", "make data executable", 0, mprotect, AT(data_page), PAGE,
	PROT_READ | PROT_EXEC),
    TRY("memory", "make code writable", REACHED(ENOMEM), mprotect,
	AT(data_page), PAGE, PROT_READ | PROT_WRITE | PROT_EXEC),
    TRY("memory", "make data executable with a key", 0, pkey_mprotect,
	AT(data_page), PAGE, PROT_READ | PROT_EXEC, -1),
    TRY("memory", "protection key", REACHED(ENOSPC), pkey_alloc, 0, 0),
    RUN("memory", "grow by a terabyte", LIBMILTER, SYS_brk, run_bomb),
    TRY("memory", "move memory", LIBMILTER, mremap, AT(data_page), PAGE,
	PAGE / 2, 0, 0),
    TRY("memory", "advise", 0, madvise, AT(data_page), PAGE, MADV_NORMAL),
    TRY("memory", "advise another process", REACHED(EBADF), process_madvise,
	MTA, AT(&iov), 1, MADV_COLD, 0),
    TRY("memory", "lock memory", 0, mlock, AT(data_page), PAGE),
    TRY("memory", "lock all memory", 0, mlockall, MCL_FUTURE),
    TRY("memory", "secret memory", REACHED(ENOSYS), memfd_secret, 0),
    TRY("memory", "a file in memory, without seals", 0, memfd_create, AT("x"),
	0),
    TRY("memory", "barrier in all processes", 0, membarrier, 0, 0, 0),

    /* --- descriptors ---------------------------------------------------------------- */
    TRY("descriptors", "copy one", 0, dup, MTA),
    TRY("descriptors", "copy one to a number", 0, dup3, MTA, SCANNER_END, 0),
    TRY("descriptors", "copy one with fcntl", 0, fcntl, MTA, F_DUPFD, 0),
    TRY("descriptors", "change flags", LIBMILTER, fcntl, MTA, F_SETFL, 0),
    TRY("descriptors", "lock", REACHED(EINVAL), flock, 0, LOCK_SH | LOCK_NB),
    TRY("descriptors", "bytes that wait", 0, ioctl, MTA, FIONREAD, AT(buffer)),
    TRY("descriptors", "type into a terminal", REACHED(ENOTTY), ioctl, 0,
	TIOCSTI, AT("x")),
    TRY("descriptors", "close all", 0, close_range, 100, 200, 0),
    RUN("descriptors", "use up all", 0, SYS_dup, run_open_until_refused),
    TRY("descriptors", "send one to the scanner",
	SCANNER | REACHED(EAGAIN) | LIBMILTER, sendmsg, SCANNER_END,
	AT(&smuggle), 0),
    TRY("descriptors", "receive one", SCANNER | REACHED(EAGAIN) | LIBMILTER,
	recvmsg, SCANNER_END, AT(&plain), MSG_DONTWAIT),
    TRY("descriptors", "copy between two", REACHED(EINVAL), sendfile,
	SCANNER_END, MTA, 0, 1),
    TRY("descriptors", "splice", REACHED(EINVAL), splice, MTA, 0, SCANNER_END,
	0, 1, 0),
    TRY("descriptors", "read in pieces", REACHED(EAGAIN), readv, MTA, AT(&iov),
	1),
    TRY("descriptors", "write at a place", REACHED(ESPIPE), pwrite64, MTA,
	AT("x"), 1, 0),
    TRY("descriptors", "seek", REACHED(ESPIPE), lseek, MTA, 0, 0),
    TRY("descriptors", "wait with a signal mask", REACHED(EINVAL), ppoll,
	AT(&mta_poll), 1, AT(&brief), AT(&no_signals), 8),
    TRY("descriptors", "wait with pselect", 0, pselect6, 0, 0, 0, 0, AT(&brief),
	0),
    TRY("descriptors", "write to standard output", SCANNER | LIBMILTER, write,
	1, AT("x"), 1),
    TRY("descriptors", "write to standard error", SCANNER | LIBMILTER, write, 2,
	AT("x\n"), 2),
    TRY("descriptors", "read standard input", SCANNER | LIBMILTER, read, 0,
	AT(buffer), 1),
    TRY("descriptors", "write to a descriptor of the listener",
	SCANNER | REACHED(EBADF) | LIBMILTER, write, 90, AT("x"), 1),
    TRY("descriptors", "read one with a bit above 32",
	SCANNER | REACHED(EAGAIN) | LIBMILTER, read, 1L << 32 | MTA, AT(buffer),
	0),
    TRY("descriptors", "close one", SCANNER | REACHED(EBADF) | LIBMILTER, close,
	90),
    TRY("descriptors", "write pieces", SCANNER | REACHED(EBADF) | LIBMILTER,
	writev, 90, AT(&iov), 1),
    TRY("descriptors", "read at a place", SCANNER | REACHED(EBADF), pread64, 90,
	AT(buffer), 1, 0),
    TRY("descriptors", "seal a file", SCANNER | REACHED(EBADF), fcntl, 90,
	F_ADD_SEALS, 1),
    TRY("time", "read the time of day", SCANNER | LIBMILTER, clock_gettime,
	CLOCK_REALTIME, AT(buffer)),
    TRY("time", "read another process's clock",
	SCANNER | REACHED(EINVAL) | LIBMILTER, clock_gettime, -14 /* pid 1's */,
	AT(buffer)),
    TRY("memory", "a file in memory, as the scanner makes it", SCANNER,
	memfd_create, AT("x"), MFD_CLOEXEC | MFD_ALLOW_SEALING),
};

const size_t attempt_table_rows =
    sizeof(attempt_table) / sizeof(attempt_table[0]);
