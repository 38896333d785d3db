/* SPDX-License-Identifier: ISC */
/*
 * IP networks and addresses in them.  Pure; the text forms are those of
 * inet_pton(3), which takes exactly the strict ones.
 */
#ifndef LIB_NETWORK_H
#define LIB_NETWORK_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/socket.h>

/* In network byte order; bits behind the prefix are zero. */
struct network {
	sa_family_t family;
	uint8_t prefix; /* bits */
	uint8_t bytes[16];
};

/* An address as a network of one host.  An IPv4 address written as IPv6
 * (::ffff:192.0.2.1) counts as IPv4.  False: it is not an address. */
bool network_of(const char *address, struct network *out);

/* What identifies a client: the first half of an IPv6 address, because a host
 * has the rest to itself; an IPv4 address whole, mapped (::ffff:0:0/96).  Zeros
 * if it is not an address. */
#define NETWORK_CLIENT 16
void network_client(const char *address, uint8_t client[NETWORK_CLIENT]);

/* Is the address in the network? */
bool network_holds(const struct network *, const struct network *address);

#endif
