/* SPDX-License-Identifier: ISC */
/*
 * The table of clients; see flow.h.  Runs in the scanner.
 *
 * Whoever has many addresses (of IPv6, for one) must not be able to choose
 * them so that all are in one list: the hash has a key.
 */
#include "scanner/flow.h"

#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "lib/ensure.h"

#define LISTS 4096 /* a power of two */

static struct flow *flows;
static struct flow *unused;
static struct flow *list[LISTS];
static uint8_t key[crypto_shorthash_KEYBYTES];

bool
flow_setup(uint32_t messages)
{
	flows = calloc(messages, sizeof(*flows));
	if (flows == NULL)
		return false;
	memset(list, 0, sizeof(list));
	unused = NULL;
	for (uint32_t i = messages; i > 0; i--) {
		flows[i - 1].next = unused;
		unused = &flows[i - 1];
	}
	crypto_shorthash_keygen(key);
	return true;
}

static struct flow **
list_of(const uint8_t client[RECORD_CLIENT])
{
	uint8_t hash[crypto_shorthash_BYTES];

	crypto_shorthash(hash, client, RECORD_CLIENT, key);
	return &list[((size_t)hash[0] << 8 | hash[1]) % LISTS];
}

struct flow *
flow_join(const uint8_t client[RECORD_CLIENT])
{
	struct flow **head = list_of(client);
	struct flow *f = *head;

	while (f != NULL && memcmp(f->client, client, RECORD_CLIENT) != 0)
		f = f->next;
	if (f == NULL) {
		f = unused;
		ensure(f != NULL); /* else more messages than sessions */
		unused = f->next;
		*f = (struct flow){.next = *head};
		memcpy(f->client, client, RECORD_CLIENT);
		*head = f;
	}
	f->messages++;
	return f;
}

void
flow_leave(struct flow *f)
{
	struct flow **at = list_of(f->client);

	ensure(f->messages > 0);
	if (--f->messages > 0)
		return;
	/* Its memory would be nobody's. */
	ensure(f->memory.held == 0 && f->waiting == 0);
	while (*at != f)
		at = &(*at)->next;
	*at = f->next;
	f->next = unused;
	unused = f;
}
