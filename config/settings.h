/* SPDX-License-Identifier: ISC */
/*
 * The settings of the confined processes: plain data without pointers, made by
 * pratiqued from the configuration file and handed over in the boot block
 * (privsep/ipc/boot.h).  Nobody but config/ knows the file's syntax.
 *
 * Sizes are bytes, times milliseconds, strings NUL-terminated.
 */
#ifndef CONFIG_SETTINGS_H
#define CONFIG_SETTINGS_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/socket.h>
#include <sys/un.h>

#include "lib/log.h"
#include "lib/network.h"
#include "lib/outcome.h"
#include "lib/stamp.h"

#define SETTINGS_BACKENDS_MAX 16
/* Scans that one clamd is given at once, whatever it says of itself. */
#define SETTINGS_SCANS_MAX 256
/* RFC 5321 4.5.3.1.5: 512 with CRLF; room for the signature name and for
 * doubled percent signs. */
#define SETTINGS_REPLY_MAX  256
#define SETTINGS_NAME_MAX   64
#define SETTINGS_PEERS_MAX  32
#define SETTINGS_KEYS_MAX   64 /* as many as a keyring can hold */
#define SETTINGS_IGNORE_MAX 32

/* An address to listen on or to connect to.  len is 0 while the host's name is
 * not known; family and port are there. */
struct address {
	socklen_t len;
	bool named; /* the host is a name, whose address may change */
	union {
		struct sockaddr any;
		struct sockaddr_un local;
		struct sockaddr_storage storage;
	};
	char text[128]; /* as the operator wrote it */
};

/* What is done with a message of one outcome. */
struct disposition {
	enum action action;
	/* "550 5.7.1 text %v", checked: code and class fit the action,
	 * printable ASCII; %v stands for the signature name, %% for a percent
	 * sign, nothing else follows a %.  Used for reject and tempfail. */
	char reply[SETTINGS_REPLY_MAX];
};

enum stamp_own_db { STAMP_OWN_DB_REQUIRED, STAMP_OWN_DB_NONE };
enum stamp_strip { STAMP_STRIP_FOREIGN, STAMP_STRIP_ALL };

/* Whose stamps are looked at, and which of them. */
struct stamp_peer {
	struct network network;
	char text[64]; /* as the operator wrote it */
	bool tolerant; /* address digests are not compared */
	uint32_t keys;
	char key[SETTINGS_KEYS_MAX][STAMP_KEY_MAX + 1];
};

/* For the monitor; and for the scanner, which is not told which keys are good
 * (privsep/start/blocks.c). */
struct stamp_settings {
	bool add;
	char key[STAMP_KEY_MAX + 1]; /* "" for any */
	char profile[STAMP_PROFILE_MAX + 1];
	uint32_t lifetime, max_age, skew, db_lag, db_age;
	enum stamp_own_db own_db;
	enum stamp_strip strip;
	char header[SETTINGS_NAME_MAX];
	uint32_t ignores; /* lower case; see lib/field.h */
	char ignore[SETTINGS_IGNORE_MAX][SETTINGS_NAME_MAX];
	uint32_t peers;
	struct stamp_peer peer[SETTINGS_PEERS_MAX];
};

/* What a session needs of it. */
struct stamp_session {
	enum stamp_strip strip;
	char header[SETTINGS_NAME_MAX];
	uint32_t peers;
	struct network peer[SETTINGS_PEERS_MAX];
};

/* What one connection may use up.  Memory is fixed whatever these are; they
 * bound time and work, and what is passed on to the scanner. */
struct limit_settings {
	uint32_t recipients;	/* of a message: LIMITS */
	uint32_t header_fields; /* LIMITS */
	uint64_t header_size;	/* bytes of all fields: LIMITS */
	uint32_t own_fields;	/* with names of ours: LIMITS, never accepted */
	uint32_t parameters;	/* of one MAIL or RCPT: closed */
	uint32_t messages;	/* of a connection: closed at the next one */
	uint32_t packet_time;	/* from its first byte to its last: closed */
	uint32_t message_time;	/* first command to end of message: closed */
	uint32_t silent;	/* connections that have said nothing yet */
	uint32_t silent_time;	/* until the first byte: closed */
};

/* For the listener and its sessions. */
struct session_settings {
	uint64_t max_message_size;
	struct limit_settings limits;
	uint32_t max_sessions;
	uint32_t renew_sessions;  /* a new listener after so many, */
	uint32_t renew_interval;  /* or after so long */
	uint32_t session_timeout; /* silence between two commands */
	uint32_t scan_timeout;	  /* end of message to verdict */
	struct disposition disposition[OUTCOME_COUNT];
	char header_scanned[SETTINGS_NAME_MAX]; /* "" for none */
	char header_status[SETTINGS_NAME_MAX];	/* "" for none */
	char hostname[256];
	struct stamp_session stamp;
};

struct backend_settings {
	char name[32];
	struct address address;
	uint32_t max_scans;  /* at once; 0: as many as clamd has threads */
	uint32_t weight;     /* its share of the messages */
	bool require_daily;  /* not used without a daily database */
	bool require_alerts; /* not used if its limits pass silently */
};

/* For the scanner. */
struct scanner_settings {
	uint64_t max_message_size;
	uint32_t max_sessions;
	uint64_t max_memory; /* in all messages together */
	uint32_t scan_timeout;
	struct limit_settings limits; /* those that a session cannot be held
					 to by itself */
	uint32_t max_waiting;	      /* messages without a clamd */
	uint32_t wait_timeout;	      /* for one */
	uint32_t remember_time;
	uint32_t check_interval;
	uint32_t confirm_interval;
	uint32_t max_database_age;
	enum log_format log_format;
	enum log_to log_to;
	bool log_clean;
	uint32_t backends;
	struct backend_settings backend[SETTINGS_BACKENDS_MAX];
	struct stamp_settings stamp;
};

#endif
