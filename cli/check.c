/* SPDX-License-Identifier: ISC */
/* Looking at keys for an operator; see check.h. */
#include "cli/check.h"

#include <stdlib.h>
#include <unistd.h>

#include "keys/reader.h"
#include "keys/window.h"

/* As long as our unit runs. */
#define UNIT_CREDENTIALS "/run/credentials/pratiqued.service"

const char *
check_credentials(void)
{
	const char *dir = getenv("CREDENTIALS_DIRECTORY");

	if (dir == NULL && access(UNIT_CREDENTIALS, F_OK) == 0)
		dir = UNIT_CREDENTIALS;
	return dir;
}

void
check_warn(const char *where, const struct key *key, uint64_t now, FILE *err)
{
	static const char *const mend[] = {
	    "; remove its file when no mail that it stamped is under way",
	    "; without a valid one messages get no stamp: make the next in "
	    "time, see ROTATION in pratique-key(8)"};
	static const char *const words[] = {[KEY_ENDS_SOON] = "is valid until",
	    [KEY_EXPIRED] = "has expired: its last day was",
	    [KEY_NOT_YET] = "is not valid before"};
	char day[KEY_DAY_MAX];
	enum key_state state = key_state(key->from, key->until, now);

	/* A checking key may end when it is no longer needed. */
	if (state == KEY_VALID || (!key->stamps && state != KEY_EXPIRED))
		return;
	key_day_write(state == KEY_NOT_YET ? key->from : key->until, day);
	fprintf(err, "%s: warning: key %s, which %s, %s %s%s\n", where, key->id,
	    key->stamps ? "stamps" : "checks", words[state], day,
	    mend[key->stamps ? 1 : 0]);
}

bool
check_keys(const struct config *c, const char *dir, uint64_t now, FILE *err)
{
	const struct stamp_settings *stamp = &c->scanner.stamp;
	const struct keyring *ring;
	char why[KEYRING_WHY];

	if (!reader_load(dir, stamp->key, stamp->add, why, sizeof(why))) {
		fprintf(err, "%s\n", why);
		return false;
	}
	ring = keyring_get();
	for (uint32_t i = 0; i < ring->count; i++)
		check_warn(dir, &ring->key[i], now, err);
	return true;
}
