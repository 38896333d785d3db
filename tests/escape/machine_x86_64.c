/* SPDX-License-Identifier: ISC */
/*
 * System calls as an x86-64 process makes them, and what only exists there:
 * old calls, segment and port instructions, and the two foreign ABIs.
 */
#include <asm/prctl.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/syscall.h>

#include "tests/escape/attempt.h"

#define X32_BIT 0x40000000L

static char buffer[4096];
static char *const no_strings[] = {NULL};

long
attempt_raw(long number, const long argument[6])
{
	register long r10 __asm__("r10") = argument[3];
	register long r8 __asm__("r8") = argument[4];
	register long r9 __asm__("r9") = argument[5];
	long value;

	__asm__ volatile("syscall"
			 : "=a"(value)
			 : "a"(number), "D"(argument[0]), "S"(argument[1]),
			 "d"(argument[2]), "r"(r10), "r"(r8), "r"(r9)
			 : "rcx", "r11", "memory");
	return value;
}

/* getpid (20) as a 32-bit process asks for it. */
static long
run_int80(void)
{
	long value;

	__asm__ volatile("int $0x80" : "=a"(value) : "a"(20L) : "memory");
	return value;
}

static long
run_int80_open(void)
{
	long value;

	__asm__ volatile("int $0x80"
			 : "=a"(value)
			 : "a"(5L), "b"(0L), "c"(0L), "d"(0L)
			 : "memory");
	return value;
}

static long
run_port(void)
{
	unsigned char value;

	__asm__ volatile("inb $0x80, %0" : "=a"(value));
	return value;
}

static long
run_undefined(void)
{
	__asm__ volatile("ud2");
	return 0;
}

const struct attempt attempt_machine[] = {
    TRY("files", "open, the old call", 0, open, AT("/etc/passwd"), O_RDONLY),
    TRY("files", "creat", 0, creat, AT(PLACE "creat"), 0600),
    TRY("files", "stat, the old call", 0, stat, AT("/etc/passwd"), AT(buffer)),
    TRY("files", "access, the old call", 0, access, AT("/etc/passwd"), 0),
    TRY("processes", "fork, the old call", FORKS, fork),
    TRY("descriptors", "dup2", 0, dup2, 3, 4),
    TRY("descriptors", "poll", LIBMILTER, poll, 0, 0, 0),
    TRY("descriptors", "select", REACHED(EINVAL), select, -1, 0, 0, 0, 0),
    TRY("descriptors", "epoll_wait", REACHED(EINVAL), epoll_wait, 3, AT(buffer),
	1, 0),
    TRY("ipc", "pipe, the old call", LIBMILTER, pipe, AT(buffer)),
    TRY("time", "time", LIBMILTER, time, 0),
    TRY("kernel", "another thread pointer", 0, arch_prctl, ARCH_GET_FS,
	AT(buffer)),
    TRY("kernel", "processor's segment table", 0, modify_ldt, 0, AT(buffer),
	16),
    TRY("kernel", "all ports", 0, iopl, 0),
    TRY("kernel", "some ports", 0, ioperm, 0x80, 1, 1),
    RUN("foreign", "x86: getpid through int 0x80", FOREIGN, -1, run_int80),
    RUN("foreign", "x86: open through int 0x80", FOREIGN | REACHED(EFAULT), -1,
	run_int80_open),
    {"foreign", "x32: write", REACHED(ENOSYS), X32_BIT | SYS_write,
	{3, AT("x"), 1}, NULL},
    {"foreign", "x32: execve", REACHED(ENOSYS), X32_BIT | 520,
	{AT(PLACE "prog"), AT(no_strings), AT(no_strings)}, NULL},
    {"foreign", "a number of no call", REACHED(ENOSYS), 1023, {0}, NULL},
    {"foreign", "a negative number", REACHED(ENOSYS), -2, {0}, NULL},
    RUN("memory", "read a port", FAULTS, -1, run_port),
    RUN("memory", "an undefined instruction", FAULTS, -1, run_undefined),
    RUN("memory", "execute data", FAULTS, -1, run_execute_data),
    RUN("memory", "write into code", FAULTS, -1, run_write_code),
    RUN("memory", "write into a constant", FAULTS, -1, run_write_constant),
    RUN("memory", "use a null pointer", FAULTS, -1, run_null),
    RUN("memory", "use up the stack", FAULTS, -1, run_stack),
};

const size_t attempt_machine_rows =
    sizeof(attempt_machine) / sizeof(attempt_machine[0]);
