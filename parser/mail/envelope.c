/* SPDX-License-Identifier: ISC */
/*
 * Addresses; see envelope.h.  The IP parser is libc's inet_pton, which is pure
 * and takes exactly the strict forms: no "127.1", no octal, no scope id.
 */
#include "parser/mail/envelope.h"

#include <arpa/inet.h>
#include <strings.h>

#include "lib/ensure.h"

#define IPV6_TAG "IPv6:"

bool
envelope_ip(int family, struct span text, char out[static INET6_ADDRSTRLEN])
{
	struct cursor c = cursor_of(text);
	struct span tag;
	char copy[INET6_ADDRSTRLEN];
	uint8_t binary[sizeof(struct in6_addr)];

	ensure(family == AF_INET || family == AF_INET6);
	if (family == AF_INET6 && text.len >= strlen(IPV6_TAG) &&
	    strncasecmp((const char *)text.ptr, IPV6_TAG, strlen(IPV6_TAG)) ==
		0 &&
	    cursor_take(&c, strlen(IPV6_TAG), &tag))
		text = cursor_rest(&c);
	if (text.len == 0 || text.len >= sizeof(copy))
		return false;
	/* inet_pton would stop at a NUL and believe what is before it. */
	if (memchr(text.ptr, '\0', text.len) != NULL)
		return false;
	memcpy(copy, text.ptr, text.len);
	copy[text.len] = '\0';
	if (inet_pton(family, copy, binary) != 1)
		return false;
	if (family == AF_INET) {
		/* What inet_pton takes is already the only spelling, and
		 * inet_ntop would draw all of stdio's formatting into a
		 * session's memory. */
		memcpy(out, copy, text.len + 1);
		return true;
	}
	return inet_ntop(family, binary, out, INET6_ADDRSTRLEN) != NULL;
}

struct span
envelope_mailbox(struct span text)
{
	struct cursor c = cursor_of(text);
	struct span box;
	uint8_t byte = 0;
	bool quoted = false;

	while (c.left > 0 && *c.at == ' ')
		(void)cursor_u8(&c, &byte);
	if (c.left == 0 || *c.at != '<')
		return cursor_rest(&c);
	(void)cursor_u8(&c, &byte);

	/* The bracket that counts is the first outside a quoted local part. */
	box = span_of(c.at, 0);
	while (cursor_u8(&c, &byte) && (quoted || byte != '>')) {
		if (byte == '"')
			quoted = !quoted;
		box.len++;
		if (byte == '\\' && cursor_u8(&c, &byte))
			box.len++;
	}
	ensure(box.len <= text.len);
	return box;
}
