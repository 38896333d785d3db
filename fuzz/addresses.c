/* SPDX-License-Identifier: ISC */
/*
 * The page that the resolver writes and the scanner reads:
 * privsep/ipc/addresses.c.  A resolver that an attacker has taken over writes
 * anything.
 *
 * Input: the clamd, its family, whether its address is known, then the page.
 * Taken is the host and nothing else, and only if the page is not being written
 * and calls it known; and what the resolver's own function has written is taken.
 */
#include "privsep/ipc/addresses.h"

#include <netinet/in.h>

#include "fuzz/kit/fuzz.h"

#define PORT 3310

static struct address
configured(bool six, bool known)
{
	struct address a = {.named = true, .text = "inet:3310@clam.example"};
	struct sockaddr_in v4 = {
	    .sin_family = AF_INET, .sin_port = htons(PORT)};
	struct sockaddr_in6 v6 = {
	    .sin6_family = AF_INET6, .sin6_port = htons(PORT)};

	if (six)
		memcpy(&a.storage, &v6, sizeof(v6));
	else
		memcpy(&a.storage, &v4, sizeof(v4));
	if (known)
		a.len = six ? sizeof(v6) : sizeof(v4);
	return a;
}

/* The address with that host in it. */
static struct address
with_host(struct address a, bool six, const uint8_t *host)
{
	struct sockaddr_in6 v6;
	struct sockaddr_in v4;

	if (six) {
		memcpy(&v6, &a.storage, sizeof(v6));
		memcpy(&v6.sin6_addr, host, 16);
		memcpy(&a.storage, &v6, sizeof(v6));
		a.len = sizeof(v6);
	} else {
		memcpy(&v4, &a.storage, sizeof(v4));
		memcpy(&v4.sin_addr, host, 4);
		memcpy(&a.storage, &v4, sizeof(v4));
		a.len = sizeof(v4);
	}
	return a;
}

static bool
same(const struct address *a, const struct address *b)
{
	return a->len == b->len && a->named == b->named &&
	       memcmp(&a->storage, &b->storage, sizeof(a->storage)) == 0 &&
	       memcmp(a->text, b->text, sizeof(a->text)) == 0;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const uint8_t other[] = {192, 0, 2, 7, 'A', 'B', 'C', 'D', 'E',
	    'F', 'G', 'H', 'I', 'J', 'K', 'L'};
	struct cursor c = cursor_of(span_of(data, size));
	uint32_t index = fuzz_u8(&c) % SETTINGS_BACKENDS_MAX;
	bool six = (fuzz_u8(&c) & 1) != 0, known = (fuzz_u8(&c) & 1) != 0, got;
	struct addresses *page = calloc(1, sizeof(*page));
	struct address a = configured(six, known), before = a, after;

	NEED(page != NULL);
	memcpy(page, c.at, c.left < sizeof(*page) ? c.left : sizeof(*page));
	after = with_host(before, six, page->clamd[index].host);
	got = addresses_get(page, index, &a);
	NEED(got == (page->sequence % 2 == 0 && page->clamd[index].known == 1 &&
			!same(&before, &after)));
	NEED(same(&a, got ? &after : &before));

	/* An honest one, whatever was there: the host reaches the scanner. */
	page->sequence &= ~1U;
	after = with_host(before, six, other);
	(void)addresses_set(page, index, &after);
	a = before;
	NEED(addresses_get(page, index, &a) == !same(&before, &after));
	NEED(same(&a, &after) && page->sequence % 2 == 0);
	free(page);
	return 0;
}
