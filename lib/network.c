/* SPDX-License-Identifier: ISC */
/* IP networks; see network.h. */
#include "lib/network.h"

#include <arpa/inet.h>
#include <string.h>

static const uint8_t mapped[12] = {[10] = 0xff, [11] = 0xff};

bool
network_of(const char *address, struct network *out)
{
	struct network n = {.family = AF_INET, .prefix = 32};
	uint8_t six[16];

	if (inet_pton(AF_INET, address, n.bytes) == 1) {
		*out = n;
		return true;
	}
	if (inet_pton(AF_INET6, address, six) != 1)
		return false;
	if (memcmp(six, mapped, sizeof(mapped)) == 0)
		memcpy(n.bytes, &six[sizeof(mapped)], 4);
	else {
		n = (struct network){.family = AF_INET6, .prefix = 128};
		memcpy(n.bytes, six, sizeof(six));
	}
	*out = n;
	return true;
}

void
network_client(const char *address, uint8_t client[NETWORK_CLIENT])
{
	struct network n;

	memset(client, 0, NETWORK_CLIENT);
	if (!network_of(address, &n))
		return;
	if (n.family == AF_INET) {
		memcpy(client, mapped, sizeof(mapped));
		memcpy(&client[sizeof(mapped)], n.bytes, 4);
	} else
		memcpy(client, n.bytes, NETWORK_CLIENT / 2);
}

bool
network_holds(const struct network *net, const struct network *address)
{
	if (net->family != address->family ||
	    net->prefix > 8 * sizeof(net->bytes))
		return false;
	for (size_t bit = 0; bit < net->prefix; bit++) {
		uint8_t differ = net->bytes[bit / 8] ^ address->bytes[bit / 8];

		if ((differ & 0x80U >> bit % 8) != 0)
			return false;
	}
	return true;
}
