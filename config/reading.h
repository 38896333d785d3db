/* SPDX-License-Identifier: ISC */
/*
 * A configuration that is being read: shared by the parts of config_read only.
 * text.c gets the file, read.c runs libconfuse and fills in what the file says,
 * assign.c stores single values, complete.c adds what the file leaves out and
 * checks what only the whole can show, warn.c tells what is unwise.
 */
#ifndef CONFIG_READING_H
#define CONFIG_READING_H

#include <stdbool.h>
#include <stdio.h>

#include "config/config.h"
#include "config/options.h"
#include "config/values.h"

struct reading {
	const char *file;
	FILE *err;
	void (*say)(const struct config_warning *);
	unsigned faults;
	struct config config;
	struct backend_settings backend; /* of the clamd section in hand */
	struct stamp_peer peer;		 /* of the stamp_peer section in hand */
	struct disposition given[SECTION_COUNT]; /* of the on_ sections */
	/* Line in which an option was set; 0: it was not.  For clamd, in the
	 * section in hand. */
	unsigned seen[SECTION_COUNT][OPTIONS_MAX];
};

/* Reports a fault: "FILE:LINE: SECTION.KEY: what".  Parts that are 0 or ""
 * are left out. */
void reading_fault(struct reading *, unsigned line, const char *section,
    const char *key, const char *what);

/* The same for a value that can be used but is unwise; no fault. */
void reading_warning(struct reading *, unsigned line, const char *section,
    const char *key, const char *what);

/* The line in which the file sets an option; 0: it does not. */
unsigned reading_line(const struct reading *, enum section_id, const char *key);

/* The text of r->file without comments, to be freed; NULL after a fault. */
char *reading_text(struct reading *);

/* Parses text as a value of the option and stores it at option.place from
 * base on; a list grows by it.  False with a complaint. */
bool option_assign(
    const struct option *, void *base, const char *text, struct complaint *);

/* Sets all options of a section that the file does not set to their presets.
 * Not for GROUP_ACTION. */
void complete_section(struct reading *, enum section_id, void *base);

/* Closes the clamd section in hand, which begins or ends at line, and opens
 * the next. */
void complete_clamd(struct reading *, const char *name, unsigned line);

/* The same for the stamp_peer section in hand. */
void complete_peer(struct reading *, const char *network, unsigned line);

/* After the whole file. */
void complete_config(struct reading *);

/* After complete_config: says to r->say which of the settings are allowed but
 * unwise, and the mend. */
void warn_of_settings(struct reading *);

#endif
