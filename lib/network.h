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

/* An address as the network of it alone.  An IPv4 address that is written as
 * one of IPv6 (::ffff:192.0.2.1) is one of IPv4.  False: it is none. */
bool network_of(const char *address, struct network *out);

/* What a client is known by where clients are told apart: its address of IPv6,
 * one of IPv4 as such (::ffff:0:0/96); of others only the first half, because
 * a host has the rest to itself.  Zeros if it is no address. */
#define NETWORK_CLIENT 16
void network_client(const char *address, uint8_t client[NETWORK_CLIENT]);

/* Is the address in the network? */
bool network_holds(const struct network *, const struct network *address);

#endif
