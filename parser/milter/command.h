/* SPDX-License-Identifier: ISC */
/*
 * Payloads of commands, decoded: the one place where the structure of what the
 * MTA sent is checked.  A struct command can be relied on.
 *
 * All spans view the packet.  Strings are without their NUL and may hold any
 * other byte.  Structure is exact: the number of strings is the one the command
 * has, each one ends in NUL, and nothing follows the last (docs/protocol.md,
 * commands).
 */
#ifndef PARSER_MILTER_COMMAND_H
#define PARSER_MILTER_COMMAND_H

#include <netinet/in.h>

#include "parser/milter/milter.h"
#include "parser/milter/negotiate.h"
#include "parser/milter/packet.h"
#include "parser/milter/state.h"

/* CONNECT.  The port is of no interest to us and checked for presence only. */
struct command_connect {
	struct span host;	   /* may be empty */
	struct span address;	   /* canonical IP, socket path, or empty */
	bool is_ip;		   /* not a path that only looks like one */
	char ip[INET6_ADDRSTRLEN]; /* what address views for an IP client */
};

struct command_envelope {
	struct span address;
	size_t parameters; /* their number: they are not used otherwise */
};

struct command_header {
	struct span name; /* not empty */
	struct span value;
};

struct command_macro {
	uint8_t stage;	   /* command byte, known or not */
	struct span pairs; /* name NUL value NUL, any number of times */
};

struct command {
	enum milter_command code;
	union {
		struct negotiation offer;	  /* OPTNEG */
		struct command_connect connect;	  /* CONNECT */
		struct command_header header;	  /* HEADER */
		struct command_macro macro;	  /* MACRO */
		struct span text;		  /* HELO, UNKNOWN */
		struct command_envelope envelope; /* MAIL, RCPT */
		struct span bytes;		  /* BODY, BODYEOB */
	};
};

/* Decodes the packet, whose command byte is that of row.  *out must not be
 * copied afterwards (connect.address may view connect.ip).  False: the payload
 * does not have the structure of this command; *out is undefined. */
bool command_decode(
    const struct state_row *row, struct span payload, struct command *out);

#endif
