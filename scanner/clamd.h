/* SPDX-License-Identifier: ISC */
/*
 * One exchange with a clamd: connect, one request, its reply up to the end of
 * the connection.  Never IDSESSION, never a second request.
 *
 * Requests: zPING, zVERSION, zSTATS; zFILDES with a sealed memfd (Unix
 * sockets); zINSTREAM with the memfd's bytes (TCP, and Unix sockets through
 * which no descriptor comes).  A stream may be begun while the memfd still
 * grows: see clamd_grow.  All non-blocking: each function does what can be
 * done now and says what to wait for.  Deadlines are the caller's.
 */
#ifndef SCANNER_CLAMD_H
#define SCANNER_CLAMD_H

#include <stdbool.h>
#include <stdint.h>

#include "config/settings.h"
#include "scanner/reply.h"

enum clamd_request {
	CLAMD_PING,
	CLAMD_VERSION,
	CLAMD_STATS,
	CLAMD_FILDES,
	CLAMD_INSTREAM,
};

enum clamd_state {
	CLAMD_CLOSED, /* none, or clamd has closed it */
	CLAMD_CONNECTING,
	CLAMD_SENDING,
	CLAMD_PAUSED, /* all that was there is sent, more is to come */
	CLAMD_READING,
};

enum clamd_step {
	CLAMD_WAIT_CONNECT, /* until fd is writable */
	CLAMD_WAIT_WRITE,   /* until fd is writable */
	CLAMD_WAIT_READ,    /* until fd is readable */
	CLAMD_WAIT_MORE,    /* for clamd_grow, or until fd is readable */
	CLAMD_ENDED,	    /* reply holds all that came; end says how */
	CLAMD_REFUSED,	    /* no connection; error says why */
	CLAMD_BUSY,	    /* clamd's backlog is full: try anew in some ms */
	CLAMD_STALE,	    /* clamd read nothing from a spare: open anew */
	CLAMD_FAULT,	    /* of our own; error says which */
};

struct clamd {
	enum clamd_request request;
	enum clamd_state state;
	const struct address *address;
	int fd;	       /* -1 when closed */
	bool spare;    /* fd was made before the request */
	int memfd;     /* not owned; -1 for requests without one */
	uint64_t size; /* of the memfd */
	bool growing;  /* INSTREAM: more will come */
	uint64_t from; /* INSTREAM: where the chunk in hand begins */
	uint64_t len;  /* its length */
	bool last;     /* nothing comes behind it */
	uint64_t sent; /* bytes of the request, or of the chunk, all included */
	int error;     /* errno */
	enum reply_end end;
	size_t reply_len;
	uint8_t reply[REPLY_MAX];
};

/* A closed one. */
void clamd_init(struct clamd *);

/* Starts an exchange; address must live until it ends.  growing: INSTREAM of
 * a memfd that has size bytes now, and gets more. */
enum clamd_step clamd_open(struct clamd *, enum clamd_request,
    const struct address *, int memfd, uint64_t size, bool growing);

/* Starts FILDES on fd, a connection to a Unix socket that was made before,
 * which is taken over.  CLAMD_STALE, now or later: clamd was gone, or went
 * without having read the request, so it never had the message. */
enum clamd_step clamd_open_spare(
    struct clamd *, int fd, int memfd, uint64_t size);

/* The memfd has size bytes by now; whole: and that is all.  True if
 * clamd_continue should be called: it was waiting for that. */
bool clamd_grow(struct clamd *, uint64_t size, bool whole);

/* What was waited for has come. */
enum clamd_step clamd_continue(struct clamd *);

/* Closes the connection, if any, which is due at CLAMD_ENDED, too.  The reply
 * stays readable. */
void clamd_close(struct clamd *);

/* The reply, parsed as the answer to the scan request. */
struct reply clamd_reply(const struct clamd *);

#endif
