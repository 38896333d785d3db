/* SPDX-License-Identifier: ISC */
/*
 * Socket addresses as operators of milters write them: "unix:/path",
 * "inet:port@host", "inet6:port@host"; libmilter's other word "local:" is
 * taken for "unix:".  Runs in pratiqued.  A host is a numeric address or a
 * name, which is looked up here; the first address found is taken.
 *
 * Answers have the form "what is wrong; the mend".
 */
#include <netdb.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>

#include "config/config.h"
#include "config/values.h"

#define PORT_DIGITS 5

static const char *
parse_local(const char *path, struct address *out)
{
	size_t len = strlen(path);

	if (path[0] != '/')
		return "has no absolute path; write unix:/path";
	if (len >= sizeof(out->local.sun_path))
		return "has too long a path; a socket's path has at most "
		       "107 bytes";
	out->local.sun_family = AF_UNIX;
	memcpy(out->local.sun_path, path, len + 1);
	out->len =
	    (socklen_t)(offsetof(struct sockaddr_un, sun_path) + len + 1);
	return NULL;
}

/* Letters, digits, hyphens and dots, and not what looks like a number. */
static bool
is_name(const char *host)
{
	size_t len = strlen(host);

	return host[strspn(host, NAME_CHARACTERS)] == '\0' &&
	       strspn(host, "0123456789.") != len;
}

/* The first address of the host.  False if there is none now. */
static bool
look_up(int family, int flags, const char *host, const char *port,
    struct address *out)
{
	const struct addrinfo hints = {.ai_family = family,
	    .ai_socktype = SOCK_STREAM,
	    .ai_flags = flags | AI_NUMERICSERV};
	struct addrinfo *found;

	if (getaddrinfo(host, port, &hints, &found) != 0)
		return false;
	memcpy(&out->storage, found->ai_addr, found->ai_addrlen);
	out->len = found->ai_addrlen;
	freeaddrinfo(found);
	return true;
}

/* Family and port stand in the same place in both families. */
static void
leave_open(int family, uint16_t port, struct address *out)
{
	struct sockaddr_in in = {
	    .sin_family = (sa_family_t)family, .sin_port = htons(port)};

	memcpy(&out->storage, &in, sizeof(in));
	out->len = 0;
}

static const char *
resolve(int family, const char *host, const char *port, bool may_wait,
    struct address *out)
{
	if (look_up(family, AI_NUMERICHOST, host, port, out))
		return NULL;
	out->named = is_name(host);
	if (look_up(family, 0, host, port, out))
		return NULL;
	if (out->named && may_wait) {
		leave_open(family, (uint16_t)strtol(port, NULL, 10), out);
		return NULL;
	}
	return family == AF_INET
		   ? "has a host without a known IPv4 address; write one such "
		     "as 127.0.0.1"
		   : "has a host without a known IPv6 address; write one such "
		     "as ::1";
}

static const char *
parse_inet(int family, const char *text, bool may_wait, struct address *out)
{
	char port[PORT_DIGITS + 1] = "";
	size_t digits = strspn(text, "0123456789");
	long number;

	if (strchr(text, '@') == NULL)
		return "names no host; write inet:port@host, such as "
		       "inet:3310@127.0.0.1";
	if (digits > 0 && digits <= PORT_DIGITS)
		memcpy(port, text, digits);
	number = strtol(port, NULL, 10);
	if (text[digits] != '@' || number < 1 || number > 65535)
		return "has no valid port; give a number from 1 to 65535 "
		       "before the @";
	if (text[digits + 1] == '\0')
		return "names no host; write inet:port@host, such as "
		       "inet:3310@127.0.0.1";
	return resolve(family, text + digits + 1, port, may_wait, out);
}

static const char *
parse(const char *text, bool may_wait, struct address *out)
{
	static const struct {
		const char *prefix;
		int family;
	} forms[] = {
	    {"unix:", AF_UNIX},
	    {"local:", AF_UNIX},
	    {"inet:", AF_INET},
	    {"inet6:", AF_INET6},
	};
	struct address a = {0};
	size_t len = strlen(text);
	const char *why = "is not an address; write " ADDRESS_FORMS;

	if (len >= sizeof(a.text))
		return "is too long; an address has at most 127 bytes";
	memcpy(a.text, text, len + 1);
	for (size_t i = 0; i < sizeof(forms) / sizeof(forms[0]); i++) {
		size_t skip = strlen(forms[i].prefix);

		if (strncmp(text, forms[i].prefix, skip) != 0)
			continue;
		why = forms[i].family == AF_UNIX
			  ? parse_local(text + skip, &a)
			  : parse_inet(
				forms[i].family, text + skip, may_wait, &a);
	}
	if (why == NULL)
		*out = a;
	return why;
}

const char *
address_parse(const char *text, struct address *out)
{
	return parse(text, false, out);
}

const char *
address_parse_name(const char *text, struct address *out)
{
	return parse(text, true, out);
}
