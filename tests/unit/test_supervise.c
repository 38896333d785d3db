/* SPDX-License-Identifier: ISC */
/*
 * The monitor's decisions, with a table of roles that has one more than the
 * product's: who is started, introduced, retired, restarted and ended, and what
 * is taken from whom.  Clock, children, signals and channels are the test's;
 * not a line of the monitor knows the third role.
 */
#include "privsep/monitor/supervise.c"

#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "privsep/ipc/channel.h"
#include "privsep/ipc/child.h"

#define roles product_roles
#include "privsep/monitor/roles.c"
#undef roles

static bool product_check(enum role, enum role, struct span, bool);
#define record_check(from, to, r, d) product_check(from, to, r, d)
#include "privsep/ipc/record.c"
#undef record_check

#define HELPER	   (ROLES_MAX - 1)
#define CHANNEL_OF 1000 /* a child's channel is this and its pid */
#define PAIR	   5000
#define FEW	   64
#define STOP_MS	   20000
#define RETIRE_MS  7000

const struct role_row roles[ROLES_MAX] = {
    [ROLE_LISTENER] = {.name = "listener",
	.uses = ROLE_BIT(ROLE_SCANNER),
	.retire = RECORD_RETIRE},
    [ROLE_SCANNER] = {.name = "scanner",
	.retire = RECORD_STOP,
	.sees_directories = true},
    [HELPER] = {.name = "helper",
	.uses = ROLE_BIT(ROLE_SCANNER),
	.retire = RECORD_STOP},
};

/* Its rows in the table of records: what all children may say. */
bool
record_check(enum role from, enum role to, struct span r, bool with_descriptor)
{
	enum record_type type = record_type_of(r);

	if (from == HELPER && type != RECORD_READY && type != RECORD_PONG)
		return false;
	return product_check(
	    from == HELPER ? ROLE_SCANNER : from, to, r, with_descriptor);
}

/* --- the world ----------------------------------------------------------------- */

struct sent {
	int to; /* pid */
	enum record_type type;
	uint32_t link, role;
	int passed;
};

struct said {
	int from;
	union {
		struct record_head head;
		struct record_ready ready;
		uint64_t align;
	} record;
};

struct status_block status_now;

static struct monitor_boot plan;
static uint64_t now;
static int pids, pairs;
static struct sent sent[16384];
static size_t sents;
static struct said said[FEW];
static size_t saids;
static int killed[FEW], ended[FEW];
static size_t kills, ends;
static int readies, stoppings, keys_asked;
static enum signals_wish wish;
static int log_reader;

uint64_t
wire_now(void)
{
	return now;
}

uint64_t
wire_date(void)
{
	return 1700000000 + now / 1000;
}

void
status_publish(void)
{
}

bool
channel_pair(int fd[2])
{
	fd[0] = PAIR + 2 * pairs;
	fd[1] = PAIR + 2 * pairs++ + 1;
	return true;
}

bool
channel_send(int fd, const void *record, int passfd)
{
	const struct record_head *head = record;
	struct sent s = {
	    .to = fd - CHANNEL_OF, .type = head->type, .passed = passfd};

	if (head->type == RECORD_PEER) {
		s.link = ((const struct record_peer *)record)->link;
		s.role = ((const struct record_peer *)record)->role;
	} else if (head->length == sizeof(struct record_gone)) {
		s.link = ((const struct record_gone *)record)->link;
	}
	assert_true(sents < sizeof(sent) / sizeof(sent[0]));
	sent[sents++] = s;
	return true;
}

ssize_t
channel_take(int fd, void *buf, size_t cap)
{
	for (size_t i = 0; i < saids; i++) {
		size_t length = said[i].record.head.length;

		if (said[i].from != fd - CHANNEL_OF)
			continue;
		assert_true(length <= cap);
		memcpy(buf, &said[i].record, length);
		said[i] = said[--saids];
		return (ssize_t)length;
	}
	errno = EAGAIN;
	return -1;
}

pid_t
child_start(const struct child_plan *p, int *channel)
{
	assert_true(p->fds > 0);
	*channel = CHANNEL_OF + ++pids;
	return pids;
}

int
kill(pid_t pid, int number)
{
	assert_int_equal(number, SIGKILL);
	for (size_t i = 0; i < kills; i++)
		if (killed[i] == abs(pid))
			return 0;
	killed[kills++] = abs(pid);
	return 0;
}

int
waitid(idtype_t type, id_t id, siginfo_t *info, int options)
{
	if (type == P_PID) {
		assert_true(ends > 0 && (int)id == ended[ends - 1]);
		ends--;
		return 0;
	}
	assert_true((options & WNOWAIT) != 0);
	info->si_pid = ends > 0 ? ended[ends - 1] : 0;
	info->si_code = CLD_KILLED;
	info->si_status = SIGKILL;
	return 0;
}

int
signals_open(void)
{
	return 4;
}

enum signals_wish
signals_next(int fd)
{
	enum signals_wish w = wish;

	(void)fd;
	wish = SIGNALS_NONE;
	return w;
}

bool
keys_request(int fd, const void *record)
{
	(void)fd;
	(void)record;
	keys_asked++;
	return true;
}

void
keys_look(void)
{
}

bool
keys_reload(void)
{
	return false;
}

void
footprint_check(const struct monitor_boot *b)
{
	(void)b;
}

void
notify_ready(void)
{
	readies++;
}

void
notify_stopping(void)
{
	stoppings++;
}

/* --- what is done ---------------------------------------------------------------- */

/* The only one of this role that is in that state. */
static struct child *
the(enum role role, enum child_state state)
{
	struct child *found = NULL;

	for (size_t i = 0; i < CHILDREN_MAX; i++) {
		if (children[i].role != role || children[i].state != state)
			continue;
		assert_null(found);
		found = &children[i];
	}
	assert_non_null(found);
	return found;
}

static size_t
count(enum role role, enum child_state state)
{
	size_t n = 0;

	for (size_t i = 0; i < CHILDREN_MAX; i++)
		n += children[i].role == role && children[i].state == state;
	return n;
}

static void
pass(uint64_t ms)
{
	now += ms;
	(void)drive(now);
}

/* True unless it was ended for it. */
static bool
says(struct child *c, enum record_type type, size_t length)
{
	struct said s = {
	    .from = c->pid, .record.head = {type, (uint32_t)length}};

	assert_true(saids < FEW);
	said[saids++] = s;
	assert_true(dispatch_read(c));
	return c->fd != -1;
}

static bool
says_ready(struct child *c)
{
	return says(c, RECORD_READY, sizeof(struct record_ready));
}

static bool
says_plain(struct child *c, enum record_type type)
{
	return says(c, type, sizeof(struct record_plain));
}

static bool
says_cut(struct child *c, uint32_t link, uint32_t record)
{
	struct record_cut r = {.head = record_head(RECORD_CUT, sizeof(r)),
	    .link = link,
	    .record = record};
	struct said s = {.from = c->pid};

	memcpy(&s.record, &r, sizeof(r));
	said[saids++] = s;
	assert_true(dispatch_read(c));
	return c->fd != -1;
}

static void
session_died(struct child *c, int number)
{
	struct record_ended r = {.head = record_head(RECORD_ENDED, sizeof(r)),
	    .pid = 99,
	    .signal = number};
	struct said s = {.from = c->pid};

	memcpy(&s.record, &r, sizeof(r));
	said[saids++] = s;
	assert_true(dispatch_read(c));
}

static void
dies(struct child *c)
{
	ended[ends++] = c->pid;
	wish = SIGNALS_CHILD;
	signals();
}

static bool
was_killed(int pid)
{
	for (size_t i = 0; i < kills; i++)
		if (killed[i] == pid)
			return true;
	return false;
}

/* How often it was told this, since the last time that all was forgotten. */
static size_t
told(int pid, enum record_type type, uint32_t link)
{
	size_t n = 0;

	for (size_t i = 0; i < sents; i++)
		n += sent[i].to == pid && sent[i].type == type &&
		     (link == 0 || sent[i].link == link);
	return n;
}

/* The log, which is empty then, has this so often. */
static int
logged(const char *what)
{
	static char text[65536];
	ssize_t n = read(log_reader, text, sizeof(text) - 1);
	int found = 0;

	text[n > 0 ? n : 0] = '\0';
	for (const char *at = text; (at = strstr(at, what)) != NULL; at++)
		found++;
	return found;
}

/* Both have the two ends of one channel, of one number, and know whose. */
static void
are_linked(const struct child *user, const struct child *provider)
{
	const struct link *link = &user->link[provider->role];
	const struct sent *a = NULL, *b = NULL;

	assert_int_equal(link->with, provider->pid);
	for (size_t i = 0; i < sents; i++) {
		if (sent[i].type != RECORD_PEER || sent[i].link != link->number)
			continue;
		if (sent[i].to == user->pid)
			a = &sent[i];
		if (sent[i].to == provider->pid)
			b = &sent[i];
	}
	assert_non_null(a);
	assert_non_null(b);
	assert_int_equal(a->role, provider->role);
	assert_int_equal(b->role, user->role);
	assert_int_equal(a->passed / 2, b->passed / 2);
	assert_int_not_equal(a->passed, b->passed);
}

static void
begin(void)
{
	static const enum role all[] = {ROLE_LISTENER, ROLE_SCANNER, HELPER};

	memset(children, 0, sizeof(children));
	memset(&status_now, 0, sizeof(status_now));
	sents = saids = kills = ends = 0;
	readies = stoppings = keys_asked = exit_status = 0;
	wish = SIGNALS_NONE;
	now += 1000000;
	plan.stop_ms = STOP_MS;
	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++)
		plan.child[all[i]] =
		    (struct child_plan){.fds = 3, .retire_ms = RETIRE_MS};
	boot = &plan;
	children_setup(plan.child);
	logged("\n");
	pass(0);
}

static int
setup(void **state)
{
	(void)state;
	begin();
	says_ready(the(ROLE_LISTENER, CHILD_STARTING));
	says_ready(the(ROLE_SCANNER, CHILD_STARTING));
	says_ready(the(HELPER, CHILD_STARTING));
	return 0;
}

/* --- tests --------------------------------------------------------------------- */

static void
test_product_rows(void **state)
{
	(void)state;
	assert_memory_equal(
	    product_roles, roles, HELPER * sizeof(struct role_row));
	assert_null(product_roles[HELPER].name);
}

static void
test_start(void **state)
{
	(void)state;
	begin();
	are_linked(the(ROLE_LISTENER, CHILD_STARTING),
	    the(ROLE_SCANNER, CHILD_STARTING));
	are_linked(
	    the(HELPER, CHILD_STARTING), the(ROLE_SCANNER, CHILD_STARTING));
	assert_int_equal(pairs, 2);
	says_ready(the(ROLE_LISTENER, CHILD_STARTING));
	says_ready(the(ROLE_SCANNER, CHILD_STARTING));
	assert_int_equal(readies, 0);
	says_ready(the(HELPER, CHILD_STARTING));
	assert_int_equal(readies, 1);
	assert_int_equal(status_now.phase, STATUS_READY);
	assert_int_equal(logged("event=helper-start"), 1);
}

/* Where the configuration has none, nobody waits for it. */
static void
test_absent(void **state)
{
	(void)state;
	begin();
	plan.child[HELPER].fds = 0;
	memset(children, 0, sizeof(children));
	children_setup(plan.child);
	pass(0);
	assert_int_equal(count(HELPER, CHILD_STARTING), 0);
	says_ready(the(ROLE_LISTENER, CHILD_STARTING));
	says_ready(the(ROLE_SCANNER, CHILD_STARTING));
	assert_int_equal(readies, 1);
}

/* What fails at the first start would fail again. */
static void
test_first_start_fails(void **state)
{
	(void)state;
	begin();
	says_ready(the(ROLE_SCANNER, CHILD_STARTING));
	dies(the(HELPER, CHILD_STARTING));
	assert_true(stopping());
	assert_int_equal(exit_status, EX_OSERR);
	assert_int_equal(
	    told(the(ROLE_SCANNER, CHILD_UP)->pid, RECORD_STOP, 0), 1);
	pass(60000);
	assert_int_equal(count(HELPER, CHILD_STARTING), 0);
}

static void
test_provider_dies(void **state)
{
	struct child *listener, *retired, *helper, *scanner;
	uint32_t old = the(HELPER, CHILD_UP)->link[ROLE_SCANNER].number;

	(void)state;
	session_died(the(ROLE_LISTENER, CHILD_UP), SIGSEGV);
	pass(0);
	says_ready(the(ROLE_LISTENER, CHILD_STARTING));
	dies(the(ROLE_SCANNER, CHILD_UP));
	pass(0); /* the first time at once */
	listener = the(ROLE_LISTENER, CHILD_UP);
	retired = the(ROLE_LISTENER, CHILD_RETIRED);
	helper = the(HELPER, CHILD_UP);
	scanner = the(ROLE_SCANNER, CHILD_STARTING);
	are_linked(listener, scanner);
	are_linked(retired, scanner);
	are_linked(helper, scanner);
	/* Of the retired one it is told that, and of no other. */
	assert_int_equal(told(scanner->pid, RECORD_RETIRED, 0), 1);
	assert_int_equal(told(scanner->pid, RECORD_RETIRED,
			     retired->link[ROLE_SCANNER].number),
	    1);
	/* A number of the old one's is nobody's now, though it was given. */
	says_ready(scanner);
	kills = 0;
	assert_true(says_cut(scanner, old, 0));
	assert_int_equal(kills, 0);
}

static void
test_user_dies(void **state)
{
	struct child *helper = the(HELPER, CHILD_UP);
	struct child *scanner = the(ROLE_SCANNER, CHILD_UP);
	uint32_t number = helper->link[ROLE_SCANNER].number;

	(void)state;
	dies(helper);
	assert_int_equal(told(scanner->pid, RECORD_GONE, number), 1);
	assert_int_equal(told(scanner->pid, RECORD_GONE, 0), 1);
	pass(0);
	are_linked(the(HELPER, CHILD_STARTING), scanner);
	assert_int_equal(told(scanner->pid, RECORD_STOP, 0), 0);
}

/* None, then twice as long each time, up to a limit; forgotten in peace. */
static void
test_backoff(void **state)
{
	static const uint64_t delays[] = {
	    0, 100, 200, 400, 800, 1600, 3200, 6400, 10000, 10000};

	(void)state;
	for (size_t i = 0; i < sizeof(delays) / sizeof(delays[0]); i++) {
		dies(count(HELPER, CHILD_UP) > 0 ? the(HELPER, CHILD_UP)
						 : the(HELPER, CHILD_STARTING));
		if (delays[i] > 0) {
			pass(delays[i] - 1);
			assert_int_equal(count(HELPER, CHILD_STARTING), 0);
			pass(1);
		} else {
			pass(0);
		}
		assert_int_equal(count(HELPER, CHILD_STARTING), 1);
	}
	assert_int_equal(logged("event=restart-delayed role=helper"), 9);
	now += 60001;
	dies(the(HELPER, CHILD_STARTING));
	pass(0);
	assert_int_equal(count(HELPER, CHILD_STARTING), 1);
	assert_int_equal(count(ROLE_SCANNER, CHILD_UP), 1);
}

static void
test_retired(void **state)
{
	struct child *old = the(ROLE_LISTENER, CHILD_UP), *new;
	int pid = old->pid;

	(void)state;
	session_died(old, SIGKILL); /* somebody's, no crash */
	assert_int_equal(old->state, CHILD_UP);
	assert_true(says_plain(old, RECORD_RENEW));
	pass(0);
	new = the(ROLE_LISTENER, CHILD_STARTING);
	assert_true(says_plain(old, RECORD_RENEW)); /* one at a time */
	pass(0);
	assert_int_equal(count(ROLE_LISTENER, CHILD_STARTING), 1);
	assert_int_equal(old->state, CHILD_UP);
	says_ready(new);
	assert_int_equal(old->state, CHILD_RETIRED);
	assert_int_equal(told(pid, RECORD_RETIRE, 0), 1);
	assert_int_equal(told(the(ROLE_SCANNER, CHILD_UP)->pid, RECORD_RETIRED,
			     old->link[ROLE_SCANNER].number),
	    1);
	pass(RETIRE_MS - 1);
	assert_false(was_killed(pid));
	pass(1);
	assert_true(was_killed(pid));
	assert_int_equal(logged("event=child-overdue role=listener"), 1);
	dies(old);
	pass(60000);
	assert_int_equal(count(ROLE_LISTENER, CHILD_STARTING), 0);
	assert_int_equal(logged("event=child-died role=listener"), 0);
}

/* The row says how one is told: this one has nothing to live on for. */
static void
test_replaced(void **state)
{
	struct child *old = the(HELPER, CHILD_UP);

	(void)state;
	jobs[HELPER].start_at = now;
	pass(0);
	says_ready(the(HELPER, CHILD_STARTING));
	assert_int_equal(old->state, CHILD_RETIRED);
	assert_int_equal(told(old->pid, RECORD_STOP, 0), 1);
	assert_int_equal(told(old->pid, RECORD_RETIRE, 0), 0);
	assert_int_equal(old->until, now + RETIRE_MS);
}

static void
test_hung(void **state)
{
	struct child *helper = the(HELPER, CHILD_UP);
	size_t slot = (size_t)(helper - children);
	int pid = helper->pid;

	(void)state;
	for (int i = 0; i < HEARTBEAT_HUNG + 1; i++) {
		pass(HEARTBEAT_MS);
		says_plain(the(ROLE_LISTENER, CHILD_UP), RECORD_PONG);
		says_plain(the(ROLE_SCANNER, CHILD_UP), RECORD_PONG);
	}
	publish();
	assert_int_equal(status_now.child[slot].state, STATUS_CHILD_HUNG);
	assert_false(was_killed(pid));
	pass(HEARTBEAT_MS);
	pass(HEARTBEAT_MS);
	assert_true(was_killed(pid));
	assert_int_equal(kills, 1);
	dies(helper);
	publish();
	assert_int_equal(status_now.child[slot].state, STATUS_NONE);
	pass(0);
	assert_int_equal(count(HELPER, CHILD_STARTING), 1);
}

/* What it may not say, may not say yet, or may not say again. */
static void
test_violations(void **state)
{
	static const enum record_type others[] = {RECORD_RENEW, RECORD_LOG_LOST,
	    RECORD_STOP, RECORD_PING, RECORD_CHANNEL};

	(void)state;
	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
		setup(NULL);
		assert_false(says_plain(the(HELPER, CHILD_UP), others[i]));
		assert_int_equal(kills, 1);
		assert_int_equal(logged("event=violation role=helper"), 1);
	}
	setup(NULL);
	assert_false(says(
	    the(HELPER, CHILD_UP), RECORD_STAMP, sizeof(struct record_stamp)));
	assert_int_equal(keys_asked, 0);
	assert_false(says_ready(the(ROLE_SCANNER, CHILD_UP))); /* again */
	setup(NULL);
	assert_false(says(the(ROLE_LISTENER, CHILD_UP), RECORD_PONG, 9));
	begin();
	assert_false(
	    says_plain(the(ROLE_LISTENER, CHILD_STARTING), RECORD_RENEW));
	begin();
	assert_false(says_plain(the(HELPER, CHILD_STARTING), RECORD_PONG));
	/* Control: what it may. */
	setup(NULL);
	assert_true(says_plain(the(HELPER, CHILD_UP), RECORD_PONG));
	assert_int_equal(logged("violation"), 0);
}

#define BIT(type) (UINT64_C(1) << (type))

/* Of all types and lengths each role that is at work has these taken from it:
 * no other type, and each at one length. */
static void
test_all_records(void **state)
{
	static const struct {
		enum role role;
		uint64_t types;
	} rows[] = {
	    {ROLE_LISTENER, BIT(RECORD_ENDED) | BIT(RECORD_RENEW) |
				BIT(RECORD_LOAD) | BIT(RECORD_PONG)},
	    /* not CUT: of a channel that there never was */
	    {ROLE_SCANNER, BIT(RECORD_LOG_LOST) | BIT(RECORD_BACKEND) |
			       BIT(RECORD_STAMP) | BIT(RECORD_CHECK) |
			       BIT(RECORD_PONG)},
	    {HELPER, BIT(RECORD_PONG)},
	};
	const size_t longest = sizeof(struct record_ready);

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		for (uint32_t type = 0; type <= RECORD_TYPES; type++) {
			size_t taken = 0;

			for (size_t length = sizeof(struct record_head);
			     length <= longest; length += 4) {
				setup(NULL);
				taken += says(the(rows[i].role, CHILD_UP),
				    (enum record_type)type, length);
			}
			print_message("%s: %s\n", roles[rows[i].role].name,
			    record_name((enum record_type)type));
			assert_int_equal(taken, rows[i].types >> type & 1);
		}
	}
}

static void
test_too_many(void **state)
{
	struct child *scanner = the(ROLE_SCANNER, CHILD_UP);
	struct child *helper = the(HELPER, CHILD_UP);
	int taken = 0;

	(void)state;
	for (int i = 0; i < 50000; i++)
		assert_true(
		    says(scanner, RECORD_STAMP, sizeof(struct record_stamp)));
	assert_int_equal(keys_asked, 50000);
	while (taken < 50000 && says_plain(helper, RECORD_PONG))
		taken++;
	assert_in_range(taken, 20000, 30000);
	assert_int_equal(logged("what=\"too many\""), 1);
}

static void
test_cut(void **state)
{
	struct child *scanner = the(ROLE_SCANNER, CHILD_UP);
	struct child *helper = the(HELPER, CHILD_UP);
	struct child *listener = the(ROLE_LISTENER, CHILD_UP);

	(void)state;
	assert_true(says_cut(scanner, helper->link[ROLE_SCANNER].number, 0));
	assert_true(was_killed(helper->pid));
	assert_int_not_equal(helper->fd, -1); /* what it said still counts */
	assert_int_equal(kills, 1);
	assert_true(says_cut(
	    scanner, listener->link[ROLE_SCANNER].number, RECORD_BEGIN));
	assert_int_equal(listener->fd, -1);
	assert_int_equal(logged("event=violation role=listener pid="), 1);
	assert_false(says_cut(scanner, 1U << 30, 0));
	assert_true(was_killed(scanner->pid));
}

/* Of two providers a new user gets the newer one, and its number is nobody's
 * with the other one. */
static void
test_newest(void **state)
{
	struct child *first = the(ROLE_SCANNER, CHILD_UP), *second, *helper;
	struct child *user;
	uint32_t number;

	(void)state;
	now++;
	jobs[ROLE_SCANNER].start_at = now;
	pass(0);
	second = the(ROLE_SCANNER, CHILD_STARTING);
	now++;
	jobs[HELPER].start_at = now;
	pass(0);
	helper = the(HELPER, CHILD_STARTING);
	assert_int_equal(helper->link[ROLE_SCANNER].with, second->pid);
	number = helper->link[ROLE_SCANNER].number;
	assert_true(children_linked(second, number, &user));
	assert_ptr_equal(user, helper);
	assert_true(children_linked(first, number, &user));
	assert_null(user);
	assert_false(children_linked(second, number + 1, &user));
}

/* When there is no place left the one that has been retired for longest is
 * ended, and none that works. */
static void
test_no_place(void **state)
{
	int pid[CHILDREN_MAX] = {0};
	size_t retired = 0;

	(void)state;
	while (children_room() > 0) {
		now++;
		jobs[ROLE_LISTENER].start_at = now;
		pass(0);
		pid[retired++] = the(ROLE_LISTENER, CHILD_UP)->pid;
		says_ready(the(ROLE_LISTENER, CHILD_STARTING));
		assert_true(retired < CHILDREN_MAX);
	}
	assert_int_equal(kills, 0);
	jobs[ROLE_LISTENER].start_at = now;
	children_start(ROLE_LISTENER);
	assert_true(was_killed(pid[0]) || was_killed(-pid[0]));
	assert_int_equal(kills, 1);
}

static void
test_stop(void **state)
{
	struct child *scanner = the(ROLE_SCANNER, CHILD_UP);
	struct child *helper = the(HELPER, CHILD_UP);
	struct child *listener = the(ROLE_LISTENER, CHILD_UP);

	(void)state;
	wish = SIGNALS_STOP;
	signals();
	assert_int_equal(stoppings, 1);
	assert_int_equal(told(scanner->pid, RECORD_STOP, 0), 1);
	assert_int_equal(told(helper->pid, RECORD_STOP, 0), 1);
	assert_int_equal(told(listener->pid, RECORD_STOP, 0), 1);
	dies(listener);
	dies(helper);
	assert_int_equal(told(scanner->pid, RECORD_GONE, 0), 2);
	pass(STOP_MS - 1); /* the last one does not obey */
	assert_int_equal(kills, 0);
	assert_int_equal(children_room(), CHILDREN_MAX - 1);
	pass(1);
	assert_true(was_killed(scanner->pid));
	dies(scanner);
	assert_int_equal(children_room(), CHILDREN_MAX);
	assert_int_equal(logged("child-died"), 0);
	assert_int_equal(exit_status, 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_product_rows),
	    cmocka_unit_test(test_start),
	    cmocka_unit_test(test_absent),
	    cmocka_unit_test(test_first_start_fails),
	    cmocka_unit_test_setup(test_provider_dies, setup),
	    cmocka_unit_test_setup(test_user_dies, setup),
	    cmocka_unit_test_setup(test_backoff, setup),
	    cmocka_unit_test_setup(test_retired, setup),
	    cmocka_unit_test_setup(test_replaced, setup),
	    cmocka_unit_test_setup(test_hung, setup),
	    cmocka_unit_test_setup(test_violations, setup),
	    cmocka_unit_test_setup(test_all_records, setup),
	    cmocka_unit_test_setup(test_too_many, setup),
	    cmocka_unit_test_setup(test_cut, setup),
	    cmocka_unit_test_setup(test_newest, setup),
	    cmocka_unit_test_setup(test_no_place, setup),
	    cmocka_unit_test_setup(test_stop, setup),
	};
	int fd[2];

	if (pipe2(fd, O_NONBLOCK) == -1)
		return 1;
	log_reader = fd[0];
	log_init(fd[1], LOG_FORMAT_LOGFMT, LOG_TO_STDERR);
	return cmocka_run_group_tests_name("supervise", tests, NULL, NULL);
}
