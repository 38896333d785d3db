/* SPDX-License-Identifier: ISC */
/*
 * The attempts that take more than one call, and those that take none.  Each
 * ends at the first step that is refused.  The last group never returns where
 * memory is protected: the processor's fault ends the process.
 */
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <sched.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/un.h>

#include "lib/fd_numbers.h"
#include "privsep/ipc/record.h"
#include "tests/escape/attempt.h"

#define HUGE   (1L << 40) /* a bomb; asked for, never touched */
#define PAGE   65536	  /* of any machine */
#define STREAM (SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC)

static struct sockaddr_in loopback = {
    .sin_family = AF_INET, .sin_addr = {0x0100007f}, .sin_port = 0x1900};
static struct sockaddr_un abstract = {
    .sun_family = AF_UNIX, .sun_path = "\0pratique-escape"};
static char *const no_strings[] = {NULL};
static char data_page[PAGE] __attribute__((aligned(PAGE)));

static long
call(long number, long a, long b, long c, long d)
{
	return attempt_call(number, (long[6]){a, b, c, d});
}

/* --- attempts with more than one step --------------------------------------- */

long
run_control(void)
{
	attempt_say("control\n", 8);
	return 0;
}

long
run_outside_tcp(void)
{
	long fd = call(SYS_socket, AF_INET, STREAM, 0, 0);

	if (fd < 0)
		return fd;
	return call(SYS_connect, fd, AT(&loopback), sizeof(loopback), 0);
}

long
run_outside_unix(void)
{
	static struct sockaddr_un sun = {AF_UNIX, PLACE "socket"};
	long fd = call(SYS_socket, AF_UNIX, STREAM, 0, 0);

	return fd < 0 ? fd : call(SYS_connect, fd, AT(&sun), sizeof(sun), 0);
}

long
run_outside_abstract(void)
{
	long fd = call(SYS_socket, AF_UNIX, STREAM, 0, 0);

	return fd < 0 ? fd
		      : call(SYS_connect, fd, AT(&abstract),
			    sizeof(sa_family_t) + 16, 0);
}

long
run_write_then_execute(void)
{
	long at =
	    attempt_call(SYS_mmap, (long[6]){0, PAGE, PROT_READ | PROT_WRITE,
				       MAP_PRIVATE | MAP_ANONYMOUS, -1, 0});

	return at < 0 && at > -4096
		   ? at
		   : call(SYS_mprotect, at, PAGE, PROT_READ | PROT_EXEC, 0);
}

long
run_memfd_execute(void)
{
	long fd = call(SYS_memfd_create, AT("x"), MFD_CLOEXEC, 0, 0);

	if (fd < 0)
		return fd;
	return attempt_call(SYS_execveat, (long[6]){fd, AT(""), AT(no_strings),
					      AT(no_strings), AT_EMPTY_PATH});
}

long
run_open_until_refused(void)
{
	long fd = 0;

	for (int i = 0; i < 100000 && fd >= 0; i++)
		fd = call(SYS_dup, SESSION_FD_MTA, 0, 0, 0);
	return fd;
}

long
run_bomb(void)
{
	long end = call(SYS_brk, 0, 0, 0, 0);
	long now = call(SYS_brk, end + HUGE, 0, 0, 0);

	return now == end ? -ENOMEM : now < 0 ? now : 0;
}

/* --- no call at all --------------------------------------------------------- */

long
run_execute_data(void)
{
	data_page[0] = (char)0xc3;
	((void (*)(void))(uintptr_t)data_page)();
	return 0;
}

long
run_write_code(void)
{
	*(volatile char *)(uintptr_t)run_execute_data = 0;
	return 0;
}

static const char constant[] = "constant";

long
run_write_constant(void)
{
	*(volatile char *)(uintptr_t)constant = 0;
	return 0;
}

long
run_null(void)
{
	volatile long *nothing = NULL;

	__asm__("" : "+r"(nothing));
	return *nothing;
}

long
run_stack(void)
{
	volatile char big[PAGE];
	static volatile char *deep;

	big[0] = 0;
	deep = big;
	return deep == NULL ? 0 : run_stack() + big[0];
}
