/* SPDX-License-Identifier: ISC */
/* Key files; see key_file.h. */
#include "keys/key_file.h"

#include <sodium.h>
#include <stdio.h>

#define DAY	     UINT64_C(86400)
#define DAYS_TO_1970 719468  /* from the first of March of the year 0 */
#define DAYS_MAX     2932896 /* 9999-12-31 */
#define SECRET_CHARS ((size_t)2 * KEY_SECRET)
#define LIMIT_MAX    32 /* of a line about one end of the window */

/* --- days ----------------------------------------------------------------- */

/* A number of exactly LEN digits at the front. */
static bool
take_digits(struct cursor *c, size_t len, uint32_t *out)
{
	struct span s;
	uint32_t n = 0;

	if (!cursor_take(c, len, &s))
		return false;
	for (size_t i = 0; i < s.len; i++) {
		if (s.ptr[i] < '0' || s.ptr[i] > '9')
			return false;
		n = n * 10 + (uint32_t)(s.ptr[i] - '0');
	}
	*out = n;
	return true;
}

static bool
take_text(struct cursor *c, const char *text)
{
	size_t len = strlen(text);
	struct span s;

	return c->left >= len && memcmp(c->at, text, len) == 0 &&
	       cursor_take(c, len, &s);
}

/* Years that begin in March have their leap day last. */
static uint64_t
days_of(uint32_t year, uint32_t month, uint32_t day)
{
	uint64_t y = year - (month <= 2 ? 1U : 0U);
	uint64_t m = (month + 9) % 12;

	return y * 365 + y / 4 - y / 100 + y / 400 + (153 * m + 2) / 5 + day -
	       1 - DAYS_TO_1970;
}

/* The day that a number of days since 1970 leads to. */
static void
day_of(uint64_t days, uint32_t *year, uint32_t *month, uint32_t *day)
{
	uint64_t since = days + DAYS_TO_1970;
	uint64_t era = since / 146097, of_era = since % 146097;
	uint64_t y =
	    (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
	uint64_t of_year = of_era - (365 * y + y / 4 - y / 100);
	uint64_t m = (5 * of_year + 2) / 153;

	*day = (uint32_t)(of_year - (153 * m + 2) / 5 + 1);
	*month = (uint32_t)(m < 10 ? m + 3 : m - 9);
	*year = (uint32_t)(y + era * 400 + (*month <= 2 ? 1 : 0));
}

bool
key_day_parse(struct span text, uint64_t *out)
{
	struct cursor c = cursor_of(text);
	uint32_t year, month, day, y, m, d;
	uint64_t days;

	if (!take_digits(&c, 4, &year) || !take_text(&c, "-") ||
	    !take_digits(&c, 2, &month) || !take_text(&c, "-") ||
	    !take_digits(&c, 2, &day) || !cursor_empty(&c) || year < 1970 ||
	    month < 1 || month > 12 || day < 1)
		return false;
	days = days_of(year, month, day);
	day_of(days, &y, &m, &d);
	if (y != year || m != month || d != day)
		return false; /* the month does not have so many */
	*out = days * DAY;
	return true;
}

void
key_day_write(uint64_t time, char out[static KEY_DAY_MAX])
{
	uint64_t days = time / DAY < DAYS_MAX ? time / DAY : DAYS_MAX;
	uint32_t year, month, day;

	day_of(days, &year, &month, &day);
	snprintf(out, KEY_DAY_MAX, "%04u-%02u-%02u", year % 10000, month % 100,
	    day % 100);
}

/* --- text ----------------------------------------------------------------- */

/* Takes "NAME value LF". */
static bool
take_line(struct cursor *c, const char *name, struct span *value)
{
	struct cursor at = *c;
	const uint8_t *lf;
	struct span end;

	if (!take_text(&at, name) || !take_text(&at, " ") || at.left == 0)
		return false;
	lf = memchr(at.at, '\n', at.left);
	if (lf == NULL || !cursor_take(&at, (size_t)(lf - at.at), value) ||
	    !cursor_take(&at, 1, &end))
		return false;
	*c = at;
	return true;
}

static bool
span_is(struct span s, const char *text)
{
	return s.len == strlen(text) && memcmp(s.ptr, text, s.len) == 0;
}

/* A day and so many seconds more, or seconds since 1970. */
static bool
parse_time(struct span text, uint64_t more, uint64_t *out)
{
	uint64_t n = 0;

	if (key_day_parse(text, &n)) {
		*out = n + more;
		return true;
	}
	for (size_t i = 0; i < text.len; i++) {
		if (text.ptr[i] < '0' || text.ptr[i] > '9' ||
		    n > STAMP_NUMBER_MAX / 10)
			return false;
		n = n * 10 + (uint64_t)(text.ptr[i] - '0');
	}
	*out = n;
	return text.len > 0 && n <= STAMP_NUMBER_MAX;
}

static const char *
parse_window(struct cursor *c, struct key *key)
{
	struct span value;

	key->from = 0;
	key->until = STAMP_NUMBER_MAX;
	if (take_line(c, "from", &value) && !parse_time(value, 0, &key->from))
		return "from is not a day such as 2026-11-20";
	if (take_line(c, "until", &value) &&
	    !parse_time(value, DAY - 1, &key->until))
		return "until is not a day such as 2026-11-20";
	return key->from <= key->until ? NULL : "until is before from";
}

static bool
all_equal(const uint8_t secret[static KEY_SECRET])
{
	uint8_t differ = 0;

	for (size_t i = 1; i < KEY_SECRET; i++)
		differ |= secret[i] ^ secret[0];
	return differ == 0;
}

static const char *
parse_secret(struct cursor *c, struct key *key)
{
	struct span s;
	size_t len = 0;
	const char *end = NULL;

	if (!take_line(c, "secret", &s))
		return "has no line \"secret HEX\" where it is expected";
	/* In constant time, unlike a table of our own. */
	if (s.len != SECRET_CHARS ||
	    sodium_hex2bin(key->secret, sizeof(key->secret),
		(const char *)s.ptr, s.len, NULL, &len, &end) != 0 ||
	    len != KEY_SECRET || end != (const char *)s.ptr + s.len)
		return "secret is not 64 hex digits";
	return all_equal(key->secret) ? "secret is all the same byte" : NULL;
}

static const char *
parse(struct span text, struct key *out)
{
	struct cursor c = cursor_of(text);
	struct span value;
	const char *why;

	if (!take_line(&c, "pratique-key", &value) || !span_is(value, "1"))
		return "does not begin with \"pratique-key 1\"";
	if (!take_line(&c, "id", &value) || !stamp_key_fit(value))
		return "has no id of 1 to 16 of a-z 0-9 . _ - in its second "
		       "line";
	memcpy(out->id, value.ptr, value.len);
	out->id[value.len] = '\0';
	if (!take_line(&c, "use", &value) ||
	    (!span_is(value, "stamp") && !span_is(value, "check")))
		return "has no \"use stamp\" or \"use check\" in its third "
		       "line";
	out->stamps = span_is(value, "stamp");
	if ((why = parse_window(&c, out)) != NULL ||
	    (why = parse_secret(&c, out)) != NULL)
		return why;
	return cursor_empty(&c) ? NULL : "has text after the secret";
}

const char *
key_file_parse(struct span text, struct key *out)
{
	const char *why = parse(text, out);

	if (why != NULL)
		sodium_memzero(out, sizeof(*out));
	return why;
}

/* The line of one end of the window: as a day if it is one whole and has a
 * name. */
static void
write_limit(
    char out[static LIMIT_MAX], const char *name, uint64_t time, bool is_day)
{
	char day[KEY_DAY_MAX];

	key_day_write(time, day);
	if (is_day && time / DAY <= DAYS_MAX)
		snprintf(out, LIMIT_MAX, "%s %s\n", name, day);
	else
		snprintf(out, LIMIT_MAX, "%s %ju\n", name, (uintmax_t)time);
}

void
key_file_write(const struct key *key, char out[static KEY_FILE_MAX])
{
	char hex[2 * KEY_SECRET + 1];
	char from[LIMIT_MAX] = "", until[LIMIT_MAX] = "";

	if (key->from != 0)
		write_limit(from, "from", key->from, key->from % DAY == 0);
	if (key->until != STAMP_NUMBER_MAX)
		write_limit(
		    until, "until", key->until, (key->until + 1) % DAY == 0);
	sodium_bin2hex(hex, sizeof(hex), key->secret, sizeof(key->secret));
	snprintf(out, KEY_FILE_MAX,
	    "pratique-key 1\nid %s\nuse %s\n%s%ssecret %s\n", key->id,
	    key->stamps ? "stamp" : "check", from, until, hex);
	sodium_memzero(hex, sizeof(hex));
}
