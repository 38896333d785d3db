/* SPDX-License-Identifier: ISC */
/*
 * libc's resolver for targets that read the operator's addresses: numeric ones,
 * and one name.  A fuzzer must not ask the network for each host it makes up.
 * It takes the library's place in every target that it is linked with.
 */
#include <arpa/inet.h>
#include <netdb.h>
#include <stdlib.h>
#include <string.h>

#include "fuzz/kit/fuzz.h"

#define PORT 3310 /* which one it is, is of no account */

static void
fill(int family, const void *binary, struct addrinfo *out)
{
	struct sockaddr_in in = {
	    .sin_family = AF_INET, .sin_port = htons(PORT)};
	struct sockaddr_in6 in6 = {
	    .sin6_family = AF_INET6, .sin6_port = htons(PORT)};

	out->ai_addrlen = family == AF_INET ? sizeof(in) : sizeof(in6);
	if (family == AF_INET) {
		memcpy(&in.sin_addr, binary, sizeof(in.sin_addr));
		memcpy(out->ai_addr, &in, sizeof(in));
	} else {
		memcpy(&in6.sin6_addr, binary, sizeof(in6.sin6_addr));
		memcpy(out->ai_addr, &in6, sizeof(in6));
	}
}

int
getaddrinfo(const char *host, const char *port, const struct addrinfo *hints,
    struct addrinfo **out)
{
	static struct sockaddr_storage storage;
	static struct addrinfo found;
	uint8_t binary[sizeof(struct in6_addr)];

	NEED(port != NULL);
	if (strcmp(host, "localhost") == 0)
		host = hints->ai_family == AF_INET ? "127.0.0.1" : "::1";
	if (inet_pton(hints->ai_family, host, binary) != 1)
		return EAI_NONAME;
	found = (struct addrinfo){.ai_addr = (struct sockaddr *)&storage};
	fill(hints->ai_family, binary, &found);
	*out = &found;
	return 0;
}

void
freeaddrinfo(struct addrinfo *list)
{
	NEED(list != NULL);
}
