/* SPDX-License-Identifier: ISC */
/*
 * Parsers for single values of the configuration file; see values.h.  Runs in
 * pratiqued and pratique(8), on text that the operator wrote.
 */
#include "config/values.h"

#include <arpa/inet.h>
#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* Ten digits hold every value in range, and times the greatest unit they stay
 * within 64 bits. */
#define DIGITS_MAX 10
#define SHOWN_MAX  100 /* of a value, in a complaint */

struct unit {
	const char *name;
	uint64_t factor;
};

/* Greatest first; one with an empty name is what a plain number means. */
static const struct unit sizes[] = {
    {"G", UINT64_C(1) << 30},
    {"M", UINT64_C(1) << 20},
    {"K", UINT64_C(1) << 10},
    {"", 1},
};
static const struct unit times[] = {
    {"h", 3600000},
    {"m", 60000},
    {"s", 1000},
    {"", 1000},
};
#define UNITS (sizeof(sizes) / sizeof(sizes[0]))
_Static_assert(sizeof(sizes) == sizeof(times), "one loop serves both tables");

bool
complain(struct complaint *c, const char *value, const char *fmt, ...)
{
	char what[sizeof(c->text) - SHOWN_MAX - 8];
	char shown[SHOWN_MAX];
	size_t len = strnlen(value, sizeof(shown) - 1);
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(what, sizeof(what), fmt, ap);
	va_end(ap);
	memcpy(shown, value, len);
	shown[len] = '\0';
	for (size_t i = 0; i < len; i++)
		if (shown[i] < ' ' || shown[i] > '~')
			shown[i] = '?';
	snprintf(c->text, sizeof(c->text), "\"%s\" %s", shown, what);
	return false;
}

static bool
all_of(const char *text, const char *set)
{
	return text[strspn(text, set)] == '\0';
}

/* Printable ASCII without the space, and without one more byte. */
static bool
visible(const char *text, char without)
{
	for (; *text != '\0'; text++)
		if (*text <= ' ' || *text > '~' || *text == without)
			return false;
	return true;
}

/* Takes leading digits; *rest is what stands behind them. */
static bool
leading_number(const char *text, uint64_t *out, const char **rest)
{
	size_t digits = strspn(text, "0123456789");
	uint64_t n = 0;

	if (digits == 0 || digits > DIGITS_MAX)
		return false;
	for (size_t i = 0; i < digits; i++)
		n = n * 10 + (uint64_t)(text[i] - '0');
	*out = n;
	*rest = text + digits;
	return true;
}

static bool
with_unit(const char *text, const struct unit unit[static UNITS], uint64_t *out)
{
	const char *rest;
	uint64_t n;

	if (!leading_number(text, &n, &rest))
		return false;
	for (size_t i = 0; i < UNITS; i++) {
		if (strcmp(rest, unit[i].name) == 0) {
			*out = n * unit[i].factor;
			return true;
		}
	}
	return false;
}

static const char *
unit_text(uint64_t value, const struct unit unit[static UNITS],
    char buf[static VALUE_TEXT_MAX])
{
	size_t i = 0;

	while (i < UNITS - 1 && (value == 0 || value % unit[i].factor != 0))
		i++;
	snprintf(buf, VALUE_TEXT_MAX, "%ju%s",
	    (uintmax_t)(value / unit[i].factor), unit[i].name);
	return buf;
}

const char *
value_size_text(uint64_t bytes, char buf[static VALUE_TEXT_MAX])
{
	return unit_text(bytes, sizes, buf);
}

const char *
value_time_text(uint64_t ms, char buf[static VALUE_TEXT_MAX])
{
	return unit_text(ms, times, buf);
}

bool
value_count(const char *text, uint64_t min, uint64_t max, uint32_t *out,
    struct complaint *c)
{
	const char *rest;
	uint64_t n;

	if (!leading_number(text, &n, &rest) || *rest != '\0')
		return complain(c, text,
		    "is not a whole number; give one from %ju to %ju",
		    (uintmax_t)min, (uintmax_t)max);
	if (n < min || n > max)
		return complain(c, text,
		    "is out of range; give a number from %ju to %ju",
		    (uintmax_t)min, (uintmax_t)max);
	*out = (uint32_t)n;
	return true;
}

bool
value_size(const char *text, uint64_t min, uint64_t max, uint64_t *out,
    struct complaint *c)
{
	char low[VALUE_TEXT_MAX], high[VALUE_TEXT_MAX];
	uint64_t n;

	if (!with_unit(text, sizes, &n))
		return complain(c, text,
		    "is not a size; give a number with K, M or G behind it, "
		    "such as 25M");
	if (n < min || n > max)
		return complain(c, text,
		    "is out of range; give a size from %s to %s",
		    value_size_text(min, low), value_size_text(max, high));
	*out = n;
	return true;
}

bool
value_time(const char *text, uint64_t min, uint64_t max, uint32_t *out,
    struct complaint *c)
{
	char low[VALUE_TEXT_MAX], high[VALUE_TEXT_MAX];
	uint64_t n;

	if (!with_unit(text, times, &n))
		return complain(c, text,
		    "is not a time; give a number with s, m or h behind it, "
		    "such as 90s");
	if (n < min || n > max)
		return complain(c, text,
		    "is out of range; give a time from %s to %s",
		    value_time_text(min, low), value_time_text(max, high));
	*out = (uint32_t)n;
	return true;
}

bool
value_mode(const char *text, mode_t *out, struct complaint *c)
{
	size_t len = strlen(text);
	mode_t mode = 0;

	/* Four digits with a zero in front, or up to three. */
	if (len == 0 || len > 4 || !all_of(text, "01234567") ||
	    (len == 4 && text[0] != '0'))
		return complain(c, text,
		    "is not a file mode; give octal digits up to 0777, such as "
		    "0660");
	for (size_t i = 0; i < len; i++)
		mode = mode * 8 + (mode_t)(text[i] - '0');
	*out = mode;
	return true;
}

bool
value_bool(const char *text, bool *out, struct complaint *c)
{
	static const char *const words[] = {
	    "no", "yes", "false", "true", "off", "on"};

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		if (strcmp(text, words[i]) == 0) {
			*out = i % 2 == 1;
			return true;
		}
	}
	return complain(c, text, "is neither yes nor no; write one of them");
}

bool
value_word(const char *text, const char *const *words, uint32_t *out,
    struct complaint *c)
{
	for (uint32_t i = 0; words[i] != NULL; i++) {
		if (strcmp(text, words[i]) == 0) {
			*out = i;
			return true;
		}
	}
	return complain(
	    c, text, "is not known here; write %s or %s", words[0], words[1]);
}

bool
value_action(const char *text, enum action *out, struct complaint *c)
{
	if (action_find(text, out))
		return true;
	return complain(c, text, "is not an action; write %s", VALUE_ACTIONS);
}

/* For commands in complaints: the name, if a shell takes it as it stands. */
static const char *
as_argument(const char *name)
{
	return *name != '\0' && *name != '-' && all_of(name, NAME_CHARACTERS)
		   ? name
		   : "NAME";
}

bool
value_user(const char *text, uid_t *out, struct complaint *c)
{
	const struct passwd *pw;

	errno = 0;
	pw = getpwnam(text);
	if (pw == NULL && errno != 0 && errno != ENOENT && errno != ESRCH)
		return complain(c, text,
		    "cannot be looked up (%s); check the user database",
		    strerror(errno));
	if (pw == NULL)
		return complain(c, text,
		    "is not a user of this system; create it with: useradd "
		    "--system --user-group --no-create-home --shell "
		    "/usr/sbin/nologin %s",
		    as_argument(text));
	if (pw->pw_uid == 0)
		return complain(c, text,
		    "is the superuser; name one without any privilege");
	*out = pw->pw_uid;
	return true;
}

bool
value_group(const char *text, gid_t *out, struct complaint *c)
{
	const struct group *gr;

	if (*text == '\0') {
		*out = (gid_t)-1;
		return true;
	}
	errno = 0;
	gr = getgrnam(text);
	if (gr == NULL && errno != 0 && errno != ENOENT && errno != ESRCH)
		return complain(c, text,
		    "cannot be looked up (%s); check the group database",
		    strerror(errno));
	if (gr == NULL)
		return complain(c, text,
		    "is not a group of this system; create it with: groupadd "
		    "--system %s",
		    as_argument(text));
	*out = gr->gr_gid;
	return true;
}

bool
value_path(const char *text, char *out, size_t size, struct complaint *c)
{
	size_t len = strlen(text);

	if (text[0] != '/')
		return complain(
		    c, text, "is not an absolute path; begin it with /");
	if (len >= size)
		return complain(c, text,
		    "is too long; a path has at most %zu bytes", size - 1);
	memcpy(out, text, len + 1);
	return true;
}

bool
value_host(const char *text, char *out, size_t size, struct complaint *c)
{
	size_t len = strlen(text);

	if (len == 0 || len >= size || !visible(text, '\0'))
		return complain(c, text,
		    "is not a host name; give at most %zu printable characters "
		    "without spaces",
		    size - 1);
	memcpy(out, text, len + 1);
	return true;
}

/* RFC 5322 2.2: printable ASCII without the colon. */
bool
value_header(const char *text, char *out, size_t size, struct complaint *c)
{
	size_t len = strlen(text);

	if (len < 3 || strncmp(text, "X-", 2) != 0 || len >= size ||
	    !visible(text, ':'))
		return complain(c, text,
		    "is not a field name for us; give X- and at most %zu more "
		    "printable characters without space and colon",
		    size - 3);
	memcpy(out, text, len + 1);
	return true;
}

bool
value_key(
    const char *text, char out[static STAMP_KEY_MAX + 1], struct complaint *c)
{
	if (!stamp_key_fit(span_text(text)))
		return complain(
		    c, text, "is not a key's id; give " VALUE_KEY_FORM);
	memcpy(out, text, strlen(text) + 1);
	return true;
}

bool
value_profile(const char *text, char out[static STAMP_PROFILE_MAX + 1],
    struct complaint *c)
{
	if (!stamp_profile_fit(span_text(text)))
		return complain(
		    c, text, "is not a profile; give " VALUE_PROFILE_FORM);
	memcpy(out, text, strlen(text) + 1);
	return true;
}

/* Are all bits behind the prefix zero? */
static bool
is_network(const struct network *n)
{
	for (size_t bit = n->prefix; bit < 8 * sizeof(n->bytes); bit++) {
		if ((n->bytes[bit / 8] & 0x80U >> bit % 8) != 0)
			return false;
	}
	return true;
}

bool
value_network(const char *text, struct network *out, struct complaint *c)
{
	size_t len = strcspn(text, "/");
	char address[INET6_ADDRSTRLEN] = "";
	struct network n = {.family = AF_INET};
	uint32_t prefix, most = 32;

	if (len < sizeof(address))
		memcpy(address, text, len);
	if (inet_pton(AF_INET, address, n.bytes) != 1) {
		n.family = AF_INET6;
		most = 128;
		if (inet_pton(AF_INET6, address, n.bytes) != 1)
			return complain(c, text,
			    "is not a network; give one such as 192.0.2.0/28");
	}
	prefix = most;
	if (text[len] == '/' &&
	    !value_count(&text[len + 1], 0, most, &prefix, c))
		return false;
	n.prefix = (uint8_t)prefix;
	if (!is_network(&n))
		return complain(
		    c, text, "has bits set behind its prefix; set them to 0");
	*out = n;
	return true;
}
