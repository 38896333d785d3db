/* SPDX-License-Identifier: ISC */
/* Keys in the monitor; see key_service.h. */
#include "privsep/monitor/key_service.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "keys/keyring.h"
#include "keys/notary.h"
#include "keys/window.h"
#include "lib/log.h"
#include "privsep/ipc/channel.h"
#include "privsep/ipc/child.h"
#include "privsep/ipc/record.h"
#include "privsep/ipc/wire.h"
#include "privsep/monitor/status_write.h"

/* While something is wrong with the stamping key it is told so often. */
#define TELL_EVERY_S UINT64_C(86400)

static const struct monitor_boot *boot; /* NULL: no keys are in use */

/* What was told of the stamping key, and when; 0: nothing. */
static enum key_state told;
static uint64_t told_at;

/* The key reader fills the spare ring.  It is waited for: it reads at most 64
 * small files, and without its answer there is nothing to stamp with. */
static bool
read_keys(char *why, size_t size)
{
	const int fd[] = {keyring_begin_elsewhere(), MONITOR_FD_KEYS};
	pid_t pid = child_run(boot->reader_program, "keys", fd, 2);
	siginfo_t info = {0};
	bool ok;

	snprintf(why, size, "cannot start %s: %s", boot->reader_program,
	    strerror(errno));
	if (pid == -1)
		return false;
	ok = waitid(P_PID, (id_t)pid, &info, WEXITED) == 0 &&
	     info.si_code == CLD_EXITED && info.si_status == 0;
	if (keyring_finish(ok, why, size))
		return true;
	if (*why == '\0')
		snprintf(why, size, "%s ended with %s %d%s",
		    boot->reader_program,
		    info.si_code == CLD_EXITED ? "status" : "signal",
		    info.si_status,
		    info.si_status == SIGALRM
			? ": it could not read the keys in time; look at the "
			  "directory that they are in"
			: "");
	return false;
}

bool
keys_setup(const struct monitor_boot *b, char *why, size_t size)
{
	if (!keyring_setup()) {
		snprintf(why, size,
		    "no locked memory for keys (%s); raise the limit "
		    "(LimitMEMLOCK, ulimit -l) to 64 KiB",
		    strerror(errno));
		return false;
	}
	boot = b;
	notary_setup(&boot->stamp);
	return true;
}

bool
keys_load(char *why, size_t size)
{
	return boot == NULL || read_keys(why, size);
}

/* The key that we stamp with; NULL if we do not. */
static const struct key *
stamping(void)
{
	return boot == NULL || !boot->stamp.add ? NULL : keyring_stamping();
}

void
keys_log(void)
{
	const struct key *key = stamping();
	struct log_line line;

	if (boot == NULL)
		return;
	if (key != NULL) {
		memcpy(status_now.key, key->id, sizeof(key->id));
		status_now.key_from = key->from;
		status_now.key_until = key->until;
		status_publish();
	}
	told = KEY_VALID; /* a new key has a new state */
	log_begin(&line, LOG_LEVEL_INFO, "keys-loaded");
	log_number(&line, "keys", keyring_get()->count);
	if ((key = keyring_stamping()) != NULL)
		log_text(&line, "stamping", key->id);
	log_text(&line, "key_memory",
	    keyring_is_secret() ? "memfd_secret" : "locked");
	log_end(&line);
}

bool
keys_reload(void)
{
	char why[KEYRING_WHY];

	if (boot == NULL)
		return false;
	if (read_keys(why, sizeof(why)))
		keys_log();
	else
		log_event(LOG_LEVEL_ERROR, "keys-refused", why);
	return true;
}

/* --- the stamping key's end --------------------------------------------------- */

static void
tell(const struct key *key, enum key_state state)
{
	struct log_line line;

	log_begin(&line,
	    state == KEY_VALID ? LOG_LEVEL_INFO : LOG_LEVEL_WARNING,
	    "stamping-key");
	log_text(&line, "stamp_key", key->id);
	log_text(&line, "state", key_state_name(state));
	log_number(&line, "from", key->from);
	log_number(&line, "until", key->until);
	log_end(&line);
}

void
keys_look(void)
{
	const struct key *key = stamping();
	uint64_t time = wire_date();
	enum key_state state;

	if (key == NULL)
		return;
	state = key_state(key->from, key->until, time);
	/* A clock that was set back makes the difference a large one. */
	if (state != told || time - told_at >= TELL_EVERY_S) {
		if (state != KEY_VALID || told != KEY_VALID)
			tell(key, state);
		told = state;
		told_at = time;
	}
}

/* --- requests --------------------------------------------------------------- */

static bool
make(int fd, const struct record_stamp *r)
{
	struct record_stamped answer = {
	    .head = record_head(RECORD_STAMPED, sizeof(answer))};

	answer.answer =
	    notary_stamp(r->stamp, wire_date(), answer.stamp, answer.mac);
	if (answer.answer == STAMP_VIOLATION)
		return false;
	/* A scanner that does not read its one answer is about to end. */
	(void)channel_send(fd, &answer, -1);
	return true;
}

static bool
check(int fd, const struct record_check *r)
{
	struct record_checked answer = {
	    .head = record_head(RECORD_CHECKED, sizeof(answer)),
	    .reason = notary_check(r->stamp, r->mac, r->peer, wire_date())};

	(void)channel_send(fd, &answer, -1);
	return true;
}

bool
keys_request(int fd, const void *record)
{
	const struct record_head *head = record;

	if (boot == NULL)
		return false; /* nothing was to be stamped or checked */
	return head->type == RECORD_STAMP ? make(fd, record)
					  : check(fd, record);
}
