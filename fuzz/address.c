/* SPDX-License-Identifier: ISC */
/*
 * Addresses: parser/mail/envelope.c (clients and mailboxes) and config/address.c
 * (what the operator writes).
 *
 * The first byte chooses the function, the rest is its text.  Accepted IP
 * addresses are compared with a reading of our own; mailboxes keep their
 * quoting; an address from the configuration is a whole sockaddr.
 */
#include <arpa/inet.h>
#include <stdlib.h>
#include <strings.h>

#include "config/config.h"
#include "fuzz/kit/fuzz.h"
#include "parser/mail/envelope.h"

#define TEXT_MAX 4096

/* Text without the tag, as a C string, if it can be one. */
static bool
plain_text(int family, struct span text, char out[static TEXT_MAX])
{
	struct span all = text;

	if (family == AF_INET6 && text.len >= 5 &&
	    strncasecmp((const char *)text.ptr, "ipv6:", 5) == 0)
		all = span_of(text.ptr + 5, text.len - 5);
	if (all.len >= TEXT_MAX || memchr(all.ptr, '\0', all.len) != NULL)
		return false;
	memcpy(out, all.ptr, all.len);
	out[all.len] = '\0';
	return true;
}

/* Four numbers up to 255 without needless zeros. */
static bool
is_ipv4(const char *text)
{
	for (size_t i = 0; i < 4; i++) {
		size_t digits = strspn(text, "0123456789");

		if (digits < 1 || digits > 3 || (digits > 1 && *text == '0') ||
		    strtoul(text, NULL, 10) > 255)
			return false;
		text += digits;
		if (*text != (i < 3 ? '.' : '\0'))
			return false;
		text += i < 3;
	}
	return true;
}

/* RFC 4291 2.2: eight groups of up to four hexadecimal digits; one run of
 * them may be "::"; the last two may be an IPv4 address. */
static bool
is_ipv6(const char *text)
{
	size_t groups = 0, runs = 0;

	if (strncmp(text, "::", 2) == 0) {
		runs = 1;
		text += 2;
	}
	while (*text != '\0') {
		size_t digits = strspn(text, "0123456789abcdefABCDEF");

		if (text[digits] == '.' && is_ipv4(text)) {
			groups += 2;
			break;
		}
		if (digits < 1 || digits > 4)
			return false;
		groups++;
		text += digits;
		if (*text == '\0')
			break;
		if (*text++ != ':' || *text == '\0')
			return false;
		if (*text == ':') {
			runs++;
			text++;
		}
	}
	return runs == 0 ? groups == 8 : runs == 1 && groups <= 7;
}

static void
check_ip(int family, struct span text)
{
	char out[INET6_ADDRSTRLEN], again[INET6_ADDRSTRLEN];
	static char plain[TEXT_MAX];
	uint8_t one[sizeof(struct in6_addr)] = {0};
	uint8_t two[sizeof(struct in6_addr)] = {0};
	bool expected = plain_text(family, text, plain) &&
			strlen(plain) < INET6_ADDRSTRLEN &&
			(family == AF_INET ? is_ipv4(plain) : is_ipv6(plain));

	memset(out, 'x', sizeof(out));
	if (!envelope_ip(family, text, out)) {
		NEED(!expected);
		return;
	}
	NEED(expected);
	NEED(memchr(out, '\0', sizeof(out)) != NULL);
	NEED(inet_pton(family, out, one) == 1);
	NEED(inet_pton(family, plain, two) == 1);
	NEED(memcmp(one, two, sizeof(one)) == 0);
	/* What it makes is its own only spelling. */
	NEED(envelope_ip(family, span_text(out), again));
	NEED(strcmp(out, again) == 0);
}

/* Where the first closing bracket outside of quotes stands, or the end. */
static size_t
closing_bracket(struct span s)
{
	bool quoted = false, escaped = false;

	for (size_t i = 0; i < s.len; i++) {
		if (escaped)
			escaped = false;
		else if (s.ptr[i] == '\\')
			escaped = true;
		else if (s.ptr[i] == '"')
			quoted = !quoted;
		else if (s.ptr[i] == '>' && !quoted)
			return i;
	}
	return s.len;
}

static void
check_mailbox(struct span text)
{
	struct span box = envelope_mailbox(text);
	struct span rest = text;

	NEED(fuzz_within(box, text));
	while (rest.len > 0 && rest.ptr[0] == ' ')
		rest = span_of(rest.ptr + 1, rest.len - 1);
	if (rest.len == 0 || rest.ptr[0] != '<') {
		NEED(fuzz_same(box, rest));
		return;
	}
	rest = span_of(rest.ptr + 1, rest.len - 1);
	NEED(box.ptr == rest.ptr && box.len == closing_bracket(rest));
}

static void
check_configured(struct span text)
{
	static char plain[TEXT_MAX];
	struct address a;
	const char *why;

	if (!plain_text(AF_UNSPEC, text, plain))
		return;
	memset(&a, 0xa5, sizeof(a));
	why = address_parse(plain, &a);
	if (why != NULL) {
		NEED(*why != '\0');
		return;
	}
	NEED(strcmp(a.text, plain) == 0);
	switch (a.any.sa_family) {
	case AF_UNIX:
		NEED(strncmp(plain, "unix:/", 6) == 0 ||
		     strncmp(plain, "local:/", 7) == 0);
		NEED(strcmp(a.local.sun_path, strchr(plain, '/')) == 0);
		NEED(a.len > sizeof(sa_family_t) &&
		     a.len <= sizeof(struct sockaddr_un));
		break;
	case AF_INET:
		NEED(strncmp(plain, "inet:", 5) == 0);
		NEED(a.len == sizeof(struct sockaddr_in));
		break;
	case AF_INET6:
		NEED(strncmp(plain, "inet6:", 6) == 0);
		NEED(a.len == sizeof(struct sockaddr_in6));
		break;
	default:
		NEED(false);
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct cursor c = cursor_of(span_of(data, size));
	uint8_t choice = fuzz_u8(&c);
	struct span text = fuzz_copy(cursor_rest(&c));

	switch (choice % 4) {
	case 0:
		check_ip(AF_INET, text);
		break;
	case 1:
		check_ip(AF_INET6, text);
		break;
	case 2:
		check_mailbox(text);
		break;
	default:
		check_configured(text);
		break;
	}
	free((void *)(uintptr_t)text.ptr);
	return 0;
}
