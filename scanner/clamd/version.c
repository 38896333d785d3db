/* SPDX-License-Identifier: ISC */
/* Replies to zVERSION and zSTATS; see version.h.  No state, no I/O. */
#include "scanner/clamd/version.h"

#include <stddef.h>

#define ENGINE	"ClamAV "
#define THREADS "THREADS: "
#define MAX	" max "

static bool
is_digit(uint8_t c)
{
	return c >= '0' && c <= '9';
}

/* Takes a decimal number of at most nine digits. */
static bool
take_number(struct cursor *c, uint32_t *out)
{
	uint32_t n = 0;
	size_t digits = 0;
	struct span digit;

	while (c->left > 0 && is_digit(c->at[0]) && digits < 9 &&
	       cursor_take(c, 1, &digit)) {
		n = n * 10 + (uint32_t)(digit.ptr[0] - '0');
		digits++;
	}
	*out = n;
	return digits > 0;
}

static bool
take_byte(struct cursor *c, char want)
{
	struct span s;

	return c->left > 0 && c->at[0] == (uint8_t)want &&
	       cursor_take(c, 1, &s);
}

static void
skip_blanks(struct cursor *c)
{
	while (take_byte(c, ' '))
		continue;
}

/* Takes a three-letter name of a month; *out is 1 to 12. */
static bool
take_month(struct cursor *c, uint32_t *out)
{
	static const char names[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
	struct span s;

	if (!cursor_take(c, 3, &s))
		return false;
	for (uint32_t i = 0; i < 12; i++) {
		if (memcmp(s.ptr, names + 3 * (size_t)i, 3) == 0) {
			*out = i + 1;
			return true;
		}
	}
	return false;
}

/* Days from 1970-01-01 to a date of the Gregorian calendar, counted in years
 * that begin in March, so that the leap day is the last. */
static int64_t
days_of(uint32_t year, uint32_t month, uint32_t day)
{
	int64_t y = (int64_t)year - (month <= 2 ? 1 : 0);
	int64_t m = ((int64_t)month + 9) % 12;

	return y * 365 + y / 4 - y / 100 + y / 400 + (153 * m + 2) / 5 + day -
	       1 - 719468;
}

/* "Fri Nov  6 07:37:02 2026"; 0 if it is something else. */
static int64_t
parse_date(struct span text)
{
	struct cursor c = cursor_of(text);
	struct span weekday;
	uint32_t month, day, hour, minute, second, year;

	if (!cursor_take(&c, 4, &weekday) || !take_month(&c, &month))
		return 0;
	skip_blanks(&c);
	if (!take_number(&c, &day) || !take_byte(&c, ' ') ||
	    !take_number(&c, &hour) || !take_byte(&c, ':') ||
	    !take_number(&c, &minute) || !take_byte(&c, ':') ||
	    !take_number(&c, &second) || !take_byte(&c, ' ') ||
	    !take_number(&c, &year) || !cursor_empty(&c))
		return 0;
	if (day < 1 || day > 31 || hour > 23 || minute > 59 || second > 60 ||
	    year < 1990 || year > 9999)
		return 0;
	return days_of(year, month, day) * 86400 + (int64_t)hour * 3600 +
	       (int64_t)minute * 60 + second;
}

static void
parse_daily(struct cursor *c, struct version *out)
{
	uint32_t daily;

	if (!take_number(c, &daily) || !take_byte(c, '/'))
		return;
	out->built = parse_date(cursor_rest(c));
	out->daily = out->built == 0 ? 0 : daily;
}

bool
version_parse(struct span reply, struct version *out)
{
	struct span s = reply, before;
	struct cursor c;
	const uint8_t *slash;

	*out = (struct version){0};
	if (s.len < sizeof(ENGINE) || s.ptr[s.len - 1] != 0 ||
	    memcmp(s.ptr, ENGINE, sizeof(ENGINE) - 1) != 0)
		return false;
	s.len--;
	for (size_t i = 0; i < s.len && i < sizeof(out->text) - 1; i++)
		out->text[i] = (char)s.ptr[i];
	slash = memchr(s.ptr, '/', s.len);
	c = cursor_of(s);
	if (slash != NULL &&
	    cursor_take(&c, (size_t)(slash - s.ptr) + 1, &before))
		parse_daily(&c, out);
	return true;
}

bool
version_threads(struct span stats, uint32_t *out)
{
	const uint8_t *at, *max;
	struct cursor c;
	struct span before;
	uint32_t n;

	at = memmem(stats.ptr, stats.len, THREADS, sizeof(THREADS) - 1);
	if (at == NULL)
		return false;
	c = cursor_of(stats);
	if (!cursor_take(&c, (size_t)(at - stats.ptr), &before))
		return false;
	max = memmem(c.at, c.left, MAX, sizeof(MAX) - 1);
	if (max == NULL ||
	    !cursor_take(&c, (size_t)(max - c.at) + sizeof(MAX) - 1, &before) ||
	    !take_number(&c, &n) || n == 0)
		return false;
	*out = n;
	return true;
}
