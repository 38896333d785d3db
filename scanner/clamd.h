/* SPDX-License-Identifier: ISC */
/*
 * One exchange with a clamd: connect, one request, its reply up to the end of
 * the connection.  Never IDSESSION, never a second request.
 *
 * Requests: zPING; zFILDES with a sealed memfd (Unix sockets); zINSTREAM with
 * the memfd's bytes (TCP).  All non-blocking: each function does what can be
 * done now and says what to wait for.  Deadlines are the caller's.
 */
#ifndef SCANNER_CLAMD_H
#define SCANNER_CLAMD_H

#include <stdint.h>

#include "config/settings.h"
#include "scanner/reply.h"

enum clamd_request { CLAMD_PING, CLAMD_FILDES, CLAMD_INSTREAM };

enum clamd_state {
	CLAMD_CLOSED,
	CLAMD_CONNECTING,
	CLAMD_SENDING,
	CLAMD_READING,
};

enum clamd_step {
	CLAMD_WAIT_CONNECT, /* until fd is writable */
	CLAMD_WAIT_WRITE,   /* until fd is writable */
	CLAMD_WAIT_READ,    /* until fd is readable */
	CLAMD_ENDED,	    /* reply holds all that came; end says how */
	CLAMD_REFUSED,	    /* no connection; error says why */
	CLAMD_BUSY,	    /* clamd's backlog is full: try anew in some ms */
	CLAMD_FAULT,	    /* of our own; error says which */
};

struct clamd {
	enum clamd_request request;
	enum clamd_state state;
	const struct address *address;
	int fd;	       /* -1 when closed */
	int memfd;     /* not owned; -1 for PING */
	uint64_t size; /* of the memfd */
	uint64_t sent; /* bytes of the request, data included */
	int error;     /* errno */
	enum reply_end end;
	size_t reply_len;
	uint8_t reply[REPLY_MAX];
};

/* A closed one. */
void clamd_init(struct clamd *);

/* Starts an exchange; address must live until it ends. */
enum clamd_step clamd_open(struct clamd *, enum clamd_request,
    const struct address *, int memfd, uint64_t size);

/* What was waited for has come. */
enum clamd_step clamd_continue(struct clamd *);

/* Closes the connection, if any.  The reply stays readable. */
void clamd_close(struct clamd *);

/* The request that suits an address. */
enum clamd_request clamd_scan_request(const struct address *);

/* The reply, parsed as the answer to the scan request. */
struct reply clamd_reply(const struct clamd *);

#endif
