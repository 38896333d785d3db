/* SPDX-License-Identifier: ISC */
/*
 * The list of clamds and their health; see backend.h.  Runs in the scanner.
 */
#include "scanner/backend.h"

#include <errno.h>
#include <stddef.h>
#include <string.h>

#include "scanner/clamd.h"
#include "scanner/clock.h"
#include "scanner/journal.h"
#include "scanner/monitor.h"
#include "scanner/poll.h"

#define PROBE_EVERY_MS	  5000
#define PROBE_DEADLINE_MS 4000 /* over before the next is due */
#define PROBE_SOON_MS	  100  /* after a scan went wrong */

enum backend_state { BACKEND_UNKNOWN, BACKEND_UP, BACKEND_DOWN };

struct backend {
	const struct backend_settings *settings;
	struct address address; /* as seen from within */
	enum backend_state state;
	uint32_t running;   /* scans under way */
	uint64_t probe_at;  /* when the next probe starts; 0: none wanted */
	uint64_t probe_end; /* deadline of the one under way */
	bool probing;
	enum poll_for watched;
	struct version version; /* as of the last probe */
	struct clamd probe;
};

static struct backend backend[SETTINGS_BACKENDS_MAX];
static uint32_t backends;

/* The length that belongs to a Unix socket's path as it is now. */
static void
set_length(struct address *address)
{
	size_t max = sizeof(address->local.sun_path);
	size_t len = strnlen(address->local.sun_path, max);

	if (address->any.sa_family == AF_UNIX)
		address->len =
		    (socklen_t)(offsetof(struct sockaddr_un, sun_path) + len +
				(len < max ? 1 : 0));
}

void
backend_setup(const struct scanner_settings *settings)
{
	backends = settings->backends < SETTINGS_BACKENDS_MAX
		       ? settings->backends
		       : SETTINGS_BACKENDS_MAX;
	for (uint32_t i = 0; i < backends; i++) {
		backend[i].settings = &settings->backend[i];
		backend[i].address = settings->backend[i].address;
		set_length(&backend[i].address);
		backend[i].probe_at = clock_ms();
		clamd_init(&backend[i].probe);
	}
}

void
backend_chroot(const char *root)
{
	size_t len = strlen(root);

	while (len > 0 && root[len - 1] == '/')
		len--;
	for (uint32_t i = 0; i < backends; i++) {
		struct sockaddr_un *local = &backend[i].address.local;
		size_t path_len;

		if (local->sun_family != AF_UNIX || len == 0)
			continue;
		path_len = strnlen(local->sun_path, sizeof(local->sun_path));
		if (path_len <= len ||
		    memcmp(local->sun_path, root, len) != 0 ||
		    local->sun_path[len] != '/')
			continue;
		memmove(local->sun_path, local->sun_path + len, path_len - len);
		memset(local->sun_path + (path_len - len), 0, len);
		set_length(&backend[i].address);
	}
}

uint32_t
backend_room(void)
{
	uint32_t room = 0;

	for (uint32_t i = 0; i < backends; i++)
		room += backend[i].settings->max_scans;
	return room;
}

/* Looks among those that are down, or among the others. */
static enum backend_choice
choose_among(bool down, uint32_t tried, uint32_t *index)
{
	enum backend_choice choice = BACKEND_EXHAUSTED;

	for (uint32_t i = 0; i < backends; i++) {
		struct backend *b = &backend[i];

		if ((tried & 1U << i) != 0 ||
		    (b->state == BACKEND_DOWN) != down)
			continue;
		if (b->running < b->settings->max_scans) {
			b->running++;
			*index = i;
			return BACKEND_CHOSEN;
		}
		choice = BACKEND_FULL;
	}
	return choice;
}

enum backend_choice
backend_choose(uint32_t tried, uint32_t *index)
{
	enum backend_choice choice = choose_among(false, tried, index);

	if (choice == BACKEND_EXHAUSTED)
		choice = choose_among(true, tried, index);
	return choice;
}

void
backend_release(uint32_t index)
{
	backend[index].running--;
}

uint32_t
backend_count(void)
{
	return backends;
}

const struct version *
backend_version(uint32_t index)
{
	return &backend[index].version;
}

bool
backend_alerts(uint32_t index)
{
	(void)index;
	return true;
}

const struct address *
backend_address(uint32_t index)
{
	return &backend[index].address;
}

const char *
backend_name(uint32_t index)
{
	return backend[index].settings->name;
}

static void
log_state(const struct backend *b, const char *reason)
{
	struct log_line line;
	bool up = b->state == BACKEND_UP;

	log_begin(&line, up ? LOG_LEVEL_INFO : LOG_LEVEL_WARNING,
	    up ? "backend-up" : "backend-down");
	log_text(&line, "backend", b->settings->name);
	log_text(&line, "address", b->settings->address.text);
	if (!up)
		log_text(&line, "reason", reason);
	journal_end(&line);
}

static void
set_down(struct backend *b, const char *reason, bool gone)
{
	if (!b->probing)
		b->probe_at = clock_ms() + PROBE_EVERY_MS;
	if (b->state == BACKEND_DOWN)
		return;
	b->state = BACKEND_DOWN;
	log_state(b, reason);
	monitor_send_backend((uint32_t)(b - backend), false, gone);
}

void
backend_is_down(uint32_t index, int error)
{
	const char *text = strerrordesc_np(error);

	set_down(&backend[index], text != NULL ? text : "unknown error",
	    error == ENOENT);
}

void
backend_is_up(uint32_t index)
{
	struct backend *b = &backend[index];

	if (!b->probing && b->probe_at == 0)
		b->probe_at = clock_ms() + 30000;
	if (b->state == BACKEND_UP)
		return;
	b->state = BACKEND_UP;
	log_state(b, "");
	monitor_send_backend(index, true, false);
}

void
backend_is_suspect(uint32_t index)
{
	struct backend *b = &backend[index];
	uint64_t soon = clock_ms() + PROBE_SOON_MS;

	if (!b->probing && (b->probe_at == 0 || b->probe_at > soon))
		b->probe_at = soon;
}

static void
probe_close(struct backend *b)
{
	clamd_close(&b->probe);
	b->watched = POLL_NOTHING;
	b->probing = false;
	b->probe_at = clock_ms() + PROBE_EVERY_MS;
}

static void
probe_step(struct backend *b, enum clamd_step step)
{
	uint32_t index = (uint32_t)(b - backend);
	int error = b->probe.error;
	struct version version;
	bool pong = version_parse(
	    span_of(b->probe.reply, b->probe.reply_len), &version);

	if (step == CLAMD_WAIT_READ || step == CLAMD_WAIT_WRITE ||
	    step == CLAMD_WAIT_CONNECT) {
		if (!poll_watch(b->probe.fd, POLL_PROBE, index, &b->watched,
			step == CLAMD_WAIT_READ ? POLL_READ : POLL_WRITE))
			probe_close(b);
		return;
	}
	probe_close(b);
	if (step == CLAMD_ENDED && pong) {
		b->version = version;
		b->probe_at = clock_ms() + 30000;
		backend_is_up(index);
	} else if (step == CLAMD_ENDED)
		set_down(b, "no PONG", false);
	else if (step == CLAMD_REFUSED)
		backend_is_down(index, error);
	/* BUSY and FAULT say nothing about its health: probe again later. */
}

void
backend_probe_event(uint32_t index)
{
	struct backend *b = &backend[index];

	if (b->probing)
		probe_step(b, clamd_continue(&b->probe));
}

void
backend_run(uint64_t now)
{
	for (uint32_t i = 0; i < backends; i++) {
		struct backend *b = &backend[i];

		if (b->probing && b->probe_end <= now) {
			probe_close(b);
			set_down(b, "no answer to PING", false);
		}
		if (!b->probing && b->probe_at != 0 && b->probe_at <= now) {
			b->probing = true;
			b->probe_end = now + PROBE_DEADLINE_MS;
			probe_step(b, clamd_open(&b->probe, CLAMD_PING,
					  &b->address, -1, 0));
		}
	}
}

uint64_t
backend_next(void)
{
	uint64_t next = UINT64_MAX;

	for (uint32_t i = 0; i < backends; i++) {
		const struct backend *b = &backend[i];
		uint64_t at = b->probing ? b->probe_end : b->probe_at;

		if (at != 0 && at < next)
			next = at;
	}
	return next;
}
