/* SPDX-License-Identifier: ISC */
/*
 * The configuration: read once at start by pratiqued, with libconfuse, from
 * a file that only the operator writes.  One table of options
 * (config/options.c) drives the parser, the defaults, the dump of -T and the
 * table in pratique.conf(5).
 */
#ifndef CONFIG_CONFIG_H
#define CONFIG_CONFIG_H

#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <sys/types.h>

#include "config/settings.h"

#define CONFIG_DEFAULT_FILE "/etc/pratique/pratique.conf"
#define CONFIG_LISTEN_MAX   16
/* Of key files, where systemd has not put any. */
#define CONFIG_KEY_DIR "/etc/pratique/keys"

/* Who speaks milter with the MTA. */
enum engine_choice {
	ENGINE_NATIVE,	  /* parser/milter/engine.c, a process per session */
	ENGINE_LIBMILTER, /* Sendmail's library, one process */
};

struct config {
	uint32_t listens;
	struct address listen[CONFIG_LISTEN_MAX];
	mode_t socket_mode;
	gid_t socket_gid; /* (gid_t)-1: leave as it is */
	uid_t user_uid, scanner_uid;
	gid_t user_gid, scanner_gid;
	uint32_t require; /* LAYER_BITs of sandbox/sandbox.h */
	char run_dir[PATH_MAX];
	char libexec_dir[PATH_MAX];
	char key_dir[PATH_MAX]; /* "": see CONFIG_KEY_DIR */
	enum engine_choice engine;
	uint32_t retire_time; /* for a listener that was replaced */
	struct session_settings session;
	struct scanner_settings scanner;
};

/* Reads and checks FILE.  On success fills *out and returns true.  Otherwise
 * returns false and has written to err, for each fault found, one line
 * "FILE:LINE: KEY: what is wrong with VALUE; the mend"; *out is untouched. */
bool config_read(const char *file, struct config *out, FILE *err);

/* What is allowed and unwise in the file that config_read has taken last. */
struct config_warning {
	const char *file, *section, *key;
	unsigned line;	  /* 0: the file does not set it */
	const char *what; /* with the mend */
};

void config_warnings(void (*say)(const struct config_warning *));

/* "FILE:LINE: warning: KEY: what". */
void config_warning_print(const struct config_warning *, FILE *out);

/* Are there keys to be read at all?  Where nothing is stamped or checked the
 * daemon reads none. */
bool config_has_keys(const struct config *);

/* The directory that the daemon reads: the one of the configuration, else
 * where the service manager has put credentials (NULL: nowhere), else
 * CONFIG_KEY_DIR. */
const char *config_key_dir(const struct config *, const char *credentials);

/* What bears on stamps as it is when nothing is set: their section, names of
 * fields, limits of a message; the rest is zero. */
void config_stamp_presets(struct config *);

/* Writes the settings in force, as a file that config_read takes. */
void config_dump(const struct config *, FILE *out);

/* Parses "unix:/path", "inet:port@host" or "inet6:port@host".  Returns NULL
 * and fills *out, or says what is wrong. */
const char *address_parse(const char *text, struct address *out);

/* The same, but a host's name that is not known now is taken: out->len is 0. */
const char *address_parse_name(const char *text, struct address *out);

#endif
