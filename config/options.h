/* SPDX-License-Identifier: ISC */
/*
 * The table of options: the one place that knows which sections and keys a
 * configuration file may hold, of what type and range they are, what they are
 * when not given, and where their value is stored.  The parser (read.c), the
 * dump (dump.c) and the manual page (manual.c) are driven by it.
 *
 * Sections that take the same keys share a group: all on_... sections are one.
 */
#ifndef CONFIG_OPTIONS_H
#define CONFIG_OPTIONS_H

#include <stddef.h>
#include <stdint.h>

#include "lib/outcome.h"

#define OPTIONS_MAX 64 /* rows of the table, for arrays beside it */

enum option_type {
	OPTION_ADDRESSES, /* list; struct config.listen */
	OPTION_ADDRESS,	  /* struct address */
	OPTION_MODE,	  /* mode_t, octal */
	OPTION_USER,	  /* uid_t, by name, not root */
	OPTION_GROUP,	  /* gid_t, by name; (gid_t)-1 for "" */
	OPTION_LAYERS,	  /* list; uint32_t, LAYER_BITs; names are words[] */
	OPTION_PATH,	  /* char[PATH_MAX], absolute */
	OPTION_SIZE,	  /* uint64_t, bytes */
	OPTION_COUNT,	  /* uint32_t */
	OPTION_TIME,	  /* uint32_t, milliseconds */
	OPTION_WORD,	  /* an enum whose names are words[] */
	OPTION_BOOL,	  /* bool */
	OPTION_HOST,	  /* char[256] */
	OPTION_ACTION,	  /* enum action */
	OPTION_REPLY,	  /* char[SETTINGS_REPLY_MAX] */
	OPTION_HEADER,	  /* char[SETTINGS_NAME_MAX] */
	OPTION_KEY,	  /* char[STAMP_KEY_MAX + 1] */
	OPTION_PROFILE,	  /* char[STAMP_PROFILE_MAX + 1] */
	OPTION_KEYS,	  /* list; struct stamp_peer.key */
	OPTION_IGNORE,	  /* list; struct config.scanner.stamp.ignore */
};

enum option_group {
	GROUP_MAIN,    /* place is in struct config */
	GROUP_HEADERS, /* in struct config */
	GROUP_LIMITS,  /* in struct config */
	GROUP_CLAMD,   /* in struct backend_settings */
	GROUP_ACTION,  /* in struct disposition */
	GROUP_STAMP,   /* in struct config */
	GROUP_PEER,    /* in struct stamp_peer */
};

struct option {
	enum option_group group;
	enum option_type type;
	const char *key;
	const char *preset; /* as in a file; "" also means: may be empty */
	size_t place;	    /* offset of the value, see the group */
	uint64_t min, max;  /* bytes, milliseconds or number; both valid */
	const char *const *words; /* OPTION_WORD: names, NULL at the end */
	const char *text;	  /* sentences, each ends in a full stop */
};

enum section_id {
	SECTION_MAIN,
	SECTION_CLAMD,
	SECTION_ON_INFECTED,
	SECTION_ON_CLEAN,
	SECTION_ON_UNSCANNED,
	SECTION_ON_TOO_BIG,
	SECTION_ON_LIMITS,
	SECTION_ON_LIMITS_EXCEEDED,
	SECTION_ON_NOT_UNPACKED,
	SECTION_ON_AMBIGUOUS,
	SECTION_ON_CLAMD_DOWN,
	SECTION_ON_CLAMD_ERROR,
	SECTION_ON_TIMEOUT,
	SECTION_ON_BUSY,
	SECTION_ON_INTERNAL,
	SECTION_HEADERS,
	SECTION_LIMITS,
	SECTION_STAMP,
	SECTION_PEER,
	SECTION_COUNT
};

struct section {
	const char *name; /* "" for the options outside of all sections */
	enum option_group group;
	enum outcome outcome; /* GROUP_ACTION; OUTCOME_COUNT: on_unscanned */
	enum action action;   /* GROUP_ACTION: when none is given */
	const char *reject;   /* GROUP_ACTION: replies when none is given */
	const char *tempfail;
	const char *text;
};

extern const struct option options[];
extern const size_t options_count;
extern const struct section sections[SECTION_COUNT];

/* The option of that key in a group; NULL if there is none. */
const struct option *option_find(enum option_group, const char *key);

/* The section of that name; SECTION_COUNT if there is none. */
enum section_id section_find(const char *name);

/* The key of the section's group, or for SECTION_MAIN also the name of a
 * section, that is most like KEY; NULL if nothing is like it. */
const char *option_nearest(enum section_id, const char *key);

/* The reply used for this section and action when the file gives none; "" for
 * an action without a reply. */
const char *section_reply(const struct section *, enum action);

/* The range or the allowed words in plain English, into buf; "" if the type
 * has none. */
const char *option_limits(const struct option *, char *buf, size_t size);

#endif
