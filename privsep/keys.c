/* SPDX-License-Identifier: ISC */
/* Keys in the monitor; see keys.h. */
#include "privsep/keys.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "keys/keyring.h"
#include "keys/notary.h"
#include "lib/log.h"
#include "privsep/channel.h"
#include "privsep/record.h"

static char credentials[PATH_MAX];
static const char *key_dir; /* NULL: no keys are in use */
static const struct stamp_settings *settings;

void
keys_init(void)
{
	const char *dir = getenv("CREDENTIALS_DIRECTORY");

	if (dir != NULL && strlen(dir) < sizeof(credentials))
		memcpy(credentials, dir, strlen(dir) + 1);
}

static bool
load(char *why, size_t size)
{
	return keyring_load(key_dir, settings->key, settings->add, why, size);
}

bool
keys_setup(const struct config *c, char *why, size_t size)
{
	settings = &c->scanner.stamp;
	if (!settings->add && settings->peers == 0)
		return true;
	key_dir = CONFIG_KEY_DIR;
	if (credentials[0] != '\0')
		key_dir = credentials;
	if (c->key_dir[0] != '\0')
		key_dir = c->key_dir;
	if (!keyring_setup()) {
		snprintf(why, size,
		    "no locked memory for keys (%s); raise the limit "
		    "(LimitMEMLOCK, ulimit -l) to 64 KiB",
		    strerror(errno));
		return false;
	}
	notary_setup(settings);
	return load(why, size);
}

void
keys_log(void)
{
	const struct keyring *ring;
	struct log_line line;

	if (key_dir == NULL)
		return;
	ring = keyring_get();
	log_begin(&line, LOG_LEVEL_INFO, "keys-loaded");
	log_number(&line, "keys", ring->count);
	if (ring->stamping < ring->count)
		log_text(&line, "stamping", ring->key[ring->stamping].id);
	log_text(&line, "key_memory",
	    keyring_is_secret() ? "memfd_secret" : "locked");
	log_end(&line);
}

bool
keys_reload(void)
{
	char why[PATH_MAX + 256];

	if (key_dir == NULL)
		return false;
	if (load(why, sizeof(why)))
		keys_log();
	else
		log_event(LOG_LEVEL_ERROR, "keys-refused", why);
	return true;
}

void
keys_wipe(void)
{
	keyring_wipe();
}

/* --- requests --------------------------------------------------------------- */

static uint64_t
now(void)
{
	struct timespec t = {0};

	clock_gettime(CLOCK_REALTIME, &t);
	return t.tv_sec > 0 ? (uint64_t)t.tv_sec : 0;
}

static bool
make(int fd, struct span record)
{
	struct record_stamp r;
	struct record_stamped answer = {
	    .head = record_head(RECORD_STAMPED, sizeof(answer))};

	memcpy(&r, record.ptr, sizeof(r));
	switch (notary_stamp(r.stamp, now(), answer.stamp, answer.mac)) {
	case NOTARY_DONE:
		answer.made = 1;
		break;
	case NOTARY_REFUSED:
		break;
	case NOTARY_VIOLATION:
		return false;
	}
	/* A scanner that does not read its one answer is about to end. */
	(void)channel_send(fd, &answer, -1);
	return true;
}

static bool
check(int fd, struct span record)
{
	struct record_check r;
	struct record_checked answer = {
	    .head = record_head(RECORD_CHECKED, sizeof(answer))};

	memcpy(&r, record.ptr, sizeof(r));
	answer.reason = (uint32_t)notary_check(r.stamp, r.mac, r.peer, now());
	(void)channel_send(fd, &answer, -1);
	return true;
}

bool
keys_request(int fd, struct span record)
{
	if (key_dir == NULL)
		return false; /* nothing was to be stamped or checked */
	return record_type_of(record) == RECORD_STAMP ? make(fd, record)
						      : check(fd, record);
}
