/* SPDX-License-Identifier: ISC */
/*
 * What `pratique status` and `pratique sandbox` read: the status file
 * (cli/block.c) and /proc/PID/status and limits (cli/facts.c), and what they
 * print of it (cli/show_status.c, cli/show_sandbox.c).
 *
 * Input: a number of changes to a block as the daemon writes it, each a place,
 * a length and bytes; then the lines that /proc shows of every process.  What
 * is taken is whole, only printable lines come out, as many as there are
 * things to tell, and the exit status is what they say.
 */
#include <stdio.h>

#include "cli/cli.h"
#include "cli/facts.h"
#include "fuzz/kit/fuzz.h"

#define LINE_SIZE 1024 /* as cli/proc.c reads */
#define CHANGES	  8
#define SESSIONS  2 /* of each process */

static struct span lines;

/* --- in the place of /proc ------------------------------------------------ */

/* As fgets with a line of LINE_SIZE; false at the end. */
static bool
next_line(struct cursor *c, char line[static LINE_SIZE])
{
	const uint8_t *lf = c->left > 0 ? memchr(c->at, '\n', c->left) : NULL;
	size_t len = lf == NULL ? c->left : (size_t)(lf - c->at) + 1;
	struct span s;

	if (len > LINE_SIZE - 1)
		len = LINE_SIZE - 1;
	if (len == 0 || !cursor_take(c, len, &s))
		return false;
	memcpy(line, s.ptr, len);
	line[len] = '\0';
	return true;
}

static void
each_line(struct facts *f, void (*take)(char *line, struct facts *))
{
	struct cursor c = cursor_of(lines);
	char line[LINE_SIZE];

	while (next_line(&c, line))
		take(line, f);
}

static void
take_limits(char *line, struct facts *f)
{
	facts_limits_line(line, f);
}

bool
facts_read(pid_t pid, struct facts *f)
{
	*f = FACTS_UNKNOWN(pid);
	if (pid <= 0)
		return false;
	each_line(f, facts_status_line);
	each_line(f, take_limits);
	return true;
}

unsigned int
cli_children(pid_t pid, void (*each)(pid_t child, void *context), void *context)
{
	for (pid_t i = 1; i <= SESSIONS && each != NULL; i++)
		each(pid < 0 ? i : (pid / 2) + i, context);
	return SESSIONS;
}

/* --- the block ------------------------------------------------------------ */

static void
process(struct status_process *p, const char *role, int32_t pid)
{
	p->state = STATUS_CHILD_UP;
	p->pid = pid;
	p->since = 1700000000;
	p->layers = (1U << LAYER_COUNT) - 1;
	snprintf(p->role, sizeof(p->role), "%s", role);
	snprintf(p->missing, sizeof(p->missing), "landlock: no");
}

static void
usual_block(struct status_block *b)
{
	*b = (struct status_block){.magic = STATUS_MAGIC,
	    .size = sizeof(*b),
	    .phase = STATUS_READY,
	    .listens = 1,
	    .backends = 1,
	    .version = "0.1.0",
	    .listen = {"unix:/run/milter.sock"}};
	process(&b->monitor, "monitor", 101);
	process(&b->child[0], "listener", 102);
	process(&b->child[1], "scanner", 103);
	b->backend[0].up = 1;
	snprintf(b->backend[0].name, sizeof(b->backend[0].name), "local");
	snprintf(b->backend[0].address, sizeof(b->backend[0].address),
	    "unix:/run/clamd.ctl");
}

static void
change(struct status_block *b, struct cursor *c)
{
	uint8_t changes = fuzz_u8(c) % CHANGES;
	uint8_t *bytes = (uint8_t *)b;

	for (uint8_t i = 0; i < changes; i++) {
		uint8_t high = fuzz_u8(c);
		size_t at = ((size_t)high << 8 | fuzz_u8(c)) % sizeof(*b);
		struct span s = fuzz_bytes(c);

		for (size_t n = 0; n < s.len && at + n < sizeof(*b); n++)
			bytes[at + n] = s.ptr[n];
	}
	b->beat = UINT64_MAX / 2; /* what that says depends on the clock */
}

static void
need_text(const char *text, size_t size)
{
	size_t len = 0;

	while (len < size && text[len] != '\0') {
		NEED(text[len] >= ' ' && text[len] <= '~');
		len++;
	}
	NEED(len < size);
}

#define NEED_TEXT(text) need_text(text, sizeof(text))

static void
need_block(const struct status_block *b)
{
	NEED(b->listens <= CONFIG_LISTEN_MAX);
	NEED(b->backends <= SETTINGS_BACKENDS_MAX);
	NEED_TEXT(b->version);
	NEED_TEXT(b->monitor.role);
	NEED_TEXT(b->monitor.missing);
	for (size_t i = 0; i < STATUS_CHILDREN_MAX; i++) {
		NEED_TEXT(b->child[i].role);
		NEED_TEXT(b->child[i].missing);
	}
	for (size_t i = 0; i < CONFIG_LISTEN_MAX; i++)
		NEED_TEXT(b->listen[i]);
	for (size_t i = 0; i < SETTINGS_BACKENDS_MAX; i++) {
		NEED_TEXT(b->backend[i].name);
		NEED_TEXT(b->backend[i].address);
		NEED_TEXT(b->backend[i].reason);
	}
}

/* --- what is printed ------------------------------------------------------ */

/* What the command prints; to be freed. */
static char *
printed(int (*command)(const struct status_block *),
    const struct status_block *b, int *status)
{
	FILE *before = stdout;
	char *text = NULL;
	size_t size = 0;

	stdout = open_memstream(&text, &size);
	NEED(stdout != NULL);
	*status = command(b);
	NEED(fclose(stdout) == 0);
	stdout = before;
	NEED(strlen(text) == size);
	for (size_t i = 0; i < size; i++)
		NEED(text[i] == '\n' || (text[i] >= ' ' && text[i] <= '~'));
	NEED(size == 0 || text[size - 1] == '\n');
	return text;
}

static size_t
count_lines(const char *text)
{
	size_t n = 0;

	for (; *text != '\0'; text++)
		n += *text == '\n';
	return n;
}

static void
check_status(const struct status_block *b)
{
	size_t things = 1 + b->listens + b->backends, up = 0, clamds = 0;
	char *text;
	int status;

	things += b->key[0] != '\0';
	for (size_t i = 0; i < STATUS_CHILDREN_MAX; i++) {
		things += b->child[i].state != STATUS_NONE;
		up += b->child[i].state == STATUS_CHILD_UP;
	}
	for (size_t i = 0; i < b->backends; i++)
		clamds += b->backend[i].up != 0;
	text = printed(cli_status, b, &status);
	NEED(count_lines(text) == things);
	NEED(status == (b->phase == STATUS_READY && up == 2 && clamds > 0
			       ? CLI_GOOD
			       : CLI_BAD));
	free(text);
}

/* The number that the last line with a key has. */
static long long
number_of(const char *key, int base)
{
	struct cursor c = cursor_of(lines);
	long long n = 0;
	char line[LINE_SIZE];

	while (next_line(&c, line))
		if (strncmp(line, key, strlen(key)) == 0)
			n = strtoll(line + strlen(key), NULL, base);
	return n;
}

/* True if a process that is looked at was told to have the layer.  Of each
 * child some session is looked at. */
static bool
is_told(const struct status_block *b, enum layer layer, bool monitor)
{
	bool told = monitor && (b->monitor.layers & LAYER_BIT(layer)) != 0;

	for (size_t i = 0; i < STATUS_CHILDREN_MAX; i++) {
		const struct status_process *p = &b->child[i];

		if (p->state == STATUS_CHILD_UP ||
		    p->state == STATUS_CHILD_HUNG ||
		    p->state == STATUS_CHILD_RETIRED)
			told = told || (p->layers & LAYER_BIT(layer)) != 0;
	}
	return told;
}

/* What is told and denied by /proc is a fault, and nothing else is. */
static void
need_faults(const struct status_block *b, const char *text)
{
	const struct {
		const char *fault;
		bool want;
	} rows[] = {
	    {"\n  FAULT         seccomp is",
		is_told(b, LAYER_SECCOMP, true) &&
		    number_of("Seccomp:", 10) != 2},
	    {"\n  FAULT         no_new_privs is",
		is_told(b, LAYER_NO_NEW_PRIVS, true) &&
		    number_of("NoNewPrivs:", 10) != 1},
	    /* The monitor has some, and says so. */
	    {"\n  FAULT         capabilities is",
		is_told(b, LAYER_CAPABILITIES, false) &&
		    (number_of("CapEff:", 16) | number_of("CapPrm:", 16) |
			number_of("CapInh:", 16) | number_of("CapAmb:", 16)) !=
			0},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		NEED((strstr(text, rows[i].fault) != NULL) == rows[i].want);
}

static void
check_sandbox(const struct status_block *b)
{
	int status;
	char *text = printed(cli_sandbox, b, &status);

	if (b->monitor.pid <= 0) {
		NEED(status == CLI_NOT_RUNNING && *text == '\0');
	} else {
		NEED(status == CLI_GOOD || status == CLI_BAD);
		NEED((status == CLI_BAD) ==
		     (strstr(text, "\n  FAULT  ") != NULL));
		need_faults(b, text);
	}
	free(text);
}

/* The kernel's lines are printable. */
static void
take_lines(struct span s, uint8_t *copy)
{
	for (size_t i = 0; i < s.len; i++) {
		bool plain = s.ptr[i] == '\n' || s.ptr[i] == '\t' ||
			     (s.ptr[i] >= ' ' && s.ptr[i] <= '~');

		copy[i] = plain ? s.ptr[i] : 'x';
	}
	lines = span_of(copy, s.len);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct cursor c = cursor_of(span_of(data, size));
	struct status_block *b = malloc(sizeof(*b));
	uint8_t *copy = malloc(size + 1);

	NEED(b != NULL && copy != NULL);
	usual_block(b);
	change(b, &c);
	take_lines(cursor_rest(&c), copy);
	if (cli_take_block(b)) {
		NEED(b->magic == STATUS_MAGIC && b->size == sizeof(*b));
		need_block(b);
		check_status(b);
		check_sandbox(b);
	} else {
		NEED(b->magic != STATUS_MAGIC || b->size != sizeof(*b));
	}
	free(copy);
	free(b);
	return 0;
}
