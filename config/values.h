/* SPDX-License-Identifier: ISC */
/*
 * From the text of a value to the value, and back for the dump.
 *
 * Each value_ function takes the NUL-terminated text from the file and either
 * writes *out and returns true, or leaves *out alone, says in the complaint
 * what is wrong with the text and what to write instead, and returns false.
 * Ranges include both ends.
 */
#ifndef CONFIG_VALUES_H
#define CONFIG_VALUES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "config/settings.h"

#define VALUE_TEXT_MAX 32 /* room for any size or time as text */
#define VALUE_ACTIONS  "accept, reject, tempfail, discard or quarantine"
#define VALUE_LAYERS   "ids, root, network, namespaces, landlock or mdwe"
#define VALUE_KEY_FORM \
	"1 to 16 of a-z, 0-9, dot, - and _, first and last a letter or digit"
#define VALUE_PROFILE_FORM \
	"1 to 15 of a-z, 0-9, dot, - and _, the first a letter or digit"
#define ADDRESS_FORMS "unix:/path, inet:port@host or inet6:port@host"

/* Of names that need no quotes in a log line or a shell. */
#define NAME_CHARACTERS \
	"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-"

struct complaint {
	char text[1024]; /* "what is wrong; the mend" */
};

/* Fills the complaint with the value in quotes and the text behind it.
 * Returns false, always: `return complain(...)`. */
bool complain(struct complaint *, const char *value, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

/* Decimal digits only. */
bool value_count(const char *, uint64_t min, uint64_t max, uint32_t *out,
    struct complaint *);

/* Bytes; K, M or G behind the number stand for 1024, 1024^2, 1024^3. */
bool value_size(const char *, uint64_t min, uint64_t max, uint64_t *out,
    struct complaint *);

/* Milliseconds, range as well; the text is in seconds, or has the unit s, m
 * or h. */
bool value_time(const char *, uint64_t min, uint64_t max, uint32_t *out,
    struct complaint *);

/* One to four octal digits, at most 0777. */
bool value_mode(const char *, mode_t *out, struct complaint *);

/* yes, true, on; no, false, off. */
bool value_bool(const char *, bool *out, struct complaint *);

/* words: NULL at the end, two at least; *out is the index. */
bool value_word(
    const char *, const char *const *words, uint32_t *out, struct complaint *);

bool value_action(const char *, enum action *out, struct complaint *);

/* A user of this system by name, not root. */
bool value_user(const char *, uid_t *out, struct complaint *);

/* A group by name; (gid_t)-1 for "". */
bool value_group(const char *, gid_t *out, struct complaint *);

/* Text that fits into size bytes with its NUL.  Nothing is written to out
 * except on success. */
bool value_path(const char *, char *out, size_t size, struct complaint *);
bool value_host(const char *, char *out, size_t size, struct complaint *);
bool value_header(const char *, char *out, size_t size, struct complaint *);

/* Ids of keys and names of profiles, lib/stamp.h. */
bool value_key(
    const char *, char out[static STAMP_KEY_MAX + 1], struct complaint *);
bool value_profile(
    const char *, char out[static STAMP_PROFILE_MAX + 1], struct complaint *);

/* "192.0.2.0/28", "2001:db8::/32", or an address alone. */
bool value_network(const char *, struct network *out, struct complaint *);

/* The shortest text that reads back as the same value. */
const char *value_size_text(uint64_t bytes, char buf[static VALUE_TEXT_MAX]);
const char *value_time_text(uint64_t ms, char buf[static VALUE_TEXT_MAX]);

#endif
