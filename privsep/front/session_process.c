/* SPDX-License-Identifier: ISC */
/*
 * The session process: confinement's last step and the read loop; see
 * session_process.h.  After policy_load there is no allocation, no stdio, no
 * signal handler and no close: the end of the process closes everything.
 */
#include "privsep/front/session_process.h"
#include "lib/ensure.h"
#include "lib/fd_numbers.h"

#include <errno.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "parser/milter/engine.h"
#include "parser/milter/milter.h"
#include "privsep/front/scanner_link.h"
#include "privsep/ipc/wire.h"
#include "sandbox/policy.h"
#include "sandbox/sandbox.h"

/* One packet, and in front of it room for the records that go to the scanner
 * before a long piece of body (link_lend). */
#define INPUT_ROOM 4096U
#define INPUT_MAX  (INPUT_ROOM + (size_t)MILTER_PACKET_MAX)
/* Far more than any honest session needs (a message of 100 MB costs under a
 * second); ends a session that was made to spin. */
#define CPU_SECONDS 600

/*
 * Each page that a session writes to is copied for it: what every message
 * touches stands close together, the ends of the buffers are rarely reached.
 * The engine has its own large buffers at its end.
 */
struct session_area {
	size_t from, to; /* unused input is input[from .. to) */
	struct scanner_link link;
	uint8_t input[INPUT_MAX];
	/* What is used of it with every message is its first page. */
	_Alignas(4096) uint8_t engine[];
};

struct session_area *
session_area_make(void)
{
	void *p = mmap(NULL, sizeof(struct session_area) + engine_size(),
	    PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (p == MAP_FAILED)
		return NULL;
	link_use(&((struct session_area *)p)->link);
	return p;
}

/* Leaves the session with its two descriptors and /dev/null on 0, 1, 2. */
static bool
keep_descriptors(int mta, int scanner)
{
	return dup3(scanner, SESSION_FD_SCANNER, 0) != -1 &&
	       dup3(mta, SESSION_FD_MTA, 0) != -1 &&
	       close_range(SESSION_FD_SCANNER + 1, ~0U, 0) == 0;
}

/* Makes room behind the unused input for the rest of any packet. */
static void
input_compact(struct session_area *a)
{
	size_t unused = a->to - a->from;

	ensure(a->from <= a->to && a->to <= INPUT_MAX);
	if (unused > 0 && a->from > INPUT_ROOM)
		memmove(a->input + INPUT_ROOM, a->input + a->from, unused);
	a->from = INPUT_ROOM;
	a->to = INPUT_ROOM + unused;
}

enum input {
	INPUT_THERE,
	INPUT_OVER, /* end of file, error, or the daemon stops */
	INPUT_LATE, /* a time has run out */
	INPUT_IDLE, /* the place is needed */
};

/* What is being waited for, and until when. */
struct patience {
	bool partial;	  /* for the rest of a packet */
	uint64_t heard;	  /* the last whole packet */
	uint64_t packet;  /* it, or the next one, must be here */
	uint64_t message; /* the open message must have ended */
};

static uint64_t
patience_end(const struct patience *p)
{
	return p->packet < p->message ? p->packet : p->message;
}

/* Waits for input and reads it.  When the daemon stops, or the place is needed
 * and nothing was heard for long, and no message is open, that is the end. */
static enum input
input_read(struct session_area *a, const struct patience *p, bool skip_wait)
{
	struct engine *engine = (struct engine *)a->engine;
	unsigned int got = skip_wait ? WIRE_READ_MTA : 0;
	ssize_t n;

	for (;;) {
		if ((got & WIRE_READ_MTA) != 0) {
			ensure(a->to < INPUT_MAX);
			n = read(SESSION_FD_MTA, a->input + a->to,
			    INPUT_MAX - a->to);
			if (n > 0) {
				a->to += (size_t)n;
				return INPUT_THERE;
			}
			if (n == 0 || (errno != EAGAIN && errno != EINTR))
				return INPUT_OVER;
		}
		if (link_draining() && engine_idle(engine))
			return INPUT_OVER;
		if (link_yields() && engine_idle(engine) &&
		    wire_now() - p->heard >= YIELD_IDLE_MS)
			return INPUT_IDLE;
		got = wire_wait(&a->link.ends,
		    WIRE_READ_MTA |
			(link_scanner_there() ? WIRE_READ_SCANNER : 0),
		    false, patience_end(p));
		if (got == 0)
			return INPUT_LATE;
		if ((got & WIRE_MTA_GONE) != 0)
			return INPUT_OVER;
		if ((got & (WIRE_READ_SCANNER | WIRE_SCANNER_GONE)) != 0)
			link_read_scanner();
	}
}

/* The option that has run out. */
static const char *
patience_lost(const struct patience *p)
{
	if (p->message <= p->packet)
		return "message_time";
	return p->partial ? "packet_time" : "session_timeout";
}

/* After input: used bytes of it were whole packets. */
static void
patience_renew(struct patience *p, const struct session_area *a, size_t used,
    const struct session_settings *settings)
{
	const struct engine *engine = (const struct engine *)a->engine;
	uint64_t now = wire_now();

	if (used > 0)
		p->heard = now;
	if (a->from == a->to)
		p->packet = now + settings->session_timeout;
	else if (used > 0 || !p->partial)
		/* The clock of a packet starts with its first byte. */
		p->packet = now + settings->limits.packet_time;
	p->partial = a->from != a->to;
	if (engine_idle(engine))
		p->message = UINT64_MAX;
	else if (p->message == UINT64_MAX)
		p->message = now + settings->limits.message_time;
}

static void
serve(struct session_area *a, const struct session_settings *settings)
{
	struct engine *engine = (struct engine *)a->engine;
	/* The first bytes are there: the listener waited for them. */
	bool more = true;
	struct patience p = {.heard = wire_now(),
	    .packet = wire_now() + settings->session_timeout,
	    .message = UINT64_MAX};
	enum input got;
	size_t used, before;

	/* Written before it is read: else the page is mapped twice. */
	a->from = a->to = INPUT_ROOM;
	engine_init(engine, settings);
	while ((got = input_read(a, &p, more)) == INPUT_THERE) {
		before = a->to - a->from;
		/* A full buffer was read: probably there is more to read. */
		more = a->to == INPUT_MAX;
		if (engine_input(engine, span_of(a->input + a->from, before),
			&used) == ENGINE_CLOSE)
			break;
		ensure(used <= before);
		a->from += used;
		input_compact(a);
		patience_renew(&p, a, used, settings);
	}
	if (got == INPUT_LATE)
		engine_stop(engine, patience_lost(&p));
	else if (got == INPUT_IDLE)
		engine_stop(engine, "max_sessions");
	engine_close(engine);
}

noreturn void
session_main(struct session_area *a, pid_t parent,
    const struct session_settings *settings, struct span filter, int mta,
    int scanner)
{
	ensure(mta > SESSION_FD_SCANNER && scanner > SESSION_FD_SCANNER);
	if (!keep_descriptors(mta, scanner) ||
	    !sandbox_session(parent, CPU_SECONDS) || !policy_load(filter))
		_exit(1);
	link_init((struct wire_ends){SESSION_FD_MTA, SESSION_FD_SCANNER},
	    settings->scan_timeout);
	link_lend(a->input, sizeof(a->input));
	serve(a, settings);
	_exit(0);
}
