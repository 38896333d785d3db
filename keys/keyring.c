/* SPDX-License-Identifier: ISC */
/* The rings in use and in spare; see keyring.h. */
#include "keys/keyring.h"

#include <sodium.h>
#include <stdio.h>
#include <string.h>

#include "keys/vault.h"
#include "lib/ensure.h"

static struct vault vault[2];
static size_t in_use;

bool
keyring_setup(void)
{
	if (sodium_init() == -1)
		return false;
	return vault_make(&vault[0], sizeof(struct keyring_pages)) &&
	       vault_make(&vault[1], sizeof(struct keyring_pages));
}

bool
keyring_is_secret(void)
{
	return vault[0].secret && vault[1].secret;
}

const struct keyring *
keyring_get(void)
{
	const struct keyring_pages *pages = vault[in_use].memory;

	return &pages->ring;
}

const struct key *
keyring_stamping(void)
{
	const struct keyring *ring = keyring_get();

	return ring->stamping == 0 ? NULL : &ring->key[ring->stamping - 1];
}

const struct key *
keyring_find(const char *id)
{
	const struct keyring *ring = keyring_get();

	for (uint32_t i = 0; i < ring->count; i++) {
		if (strcmp(ring->key[i].id, id) == 0)
			return &ring->key[i];
	}
	return NULL;
}

void
keyring_wipe(void)
{
	vault_wipe(&vault[0]);
	vault_wipe(&vault[1]);
}

struct keyring_pages *
keyring_begin(void)
{
	struct vault *spare = &vault[1 - in_use];
	struct keyring_pages *pages = spare->memory;

	ensure(pages->ring.count == 0 && pages->ring.stamping == 0);
	vault_unlock(spare);
	return pages;
}

int
keyring_begin_elsewhere(void)
{
	return vault[1 - in_use].fd;
}

/* Another process may have written it. */
static bool
holds_together(const struct keyring *ring)
{
	if (ring->count == 0 || ring->count > KEYRING_MAX ||
	    ring->stamping > ring->count)
		return false;
	for (uint32_t i = 0; i < ring->count; i++) {
		if (memchr(ring->key[i].id, '\0', sizeof(ring->key[i].id)) ==
		    NULL)
			return false;
	}
	return true;
}

bool
keyring_finish(bool ok, char *why, size_t size)
{
	struct vault *spare = &vault[1 - in_use];
	struct keyring_pages *pages = spare->memory;

	vault_lock(spare);
	if (ok && holds_together(&pages->ring))
		in_use = 1 - in_use;
	else {
		ok = false;
		snprintf(
		    why, size, "%.*s", (int)sizeof(pages->why) - 1, pages->why);
	}
	vault_wipe(&vault[1 - in_use]);
	return ok;
}
