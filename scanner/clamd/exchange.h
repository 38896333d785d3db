/* SPDX-License-Identifier: ISC */
/*
 * One exchange with a clamd: connect, one request, its reply up to the end of
 * the connection.  Never IDSESSION, never a second request.
 *
 * Requests: zPING, zVERSION, zSTATS; zFILDES with a sealed memfd (Unix
 * sockets); zINSTREAM with the memfd's bytes (TCP, and Unix sockets through
 * which no descriptor comes).  A stream may be begun while the memfd still
 * grows: see exchange_grow.  All non-blocking: each function does what can be
 * done now and says what to wait for.  Deadlines are the caller's.
 */
#ifndef SCANNER_CLAMD_EXCHANGE_H
#define SCANNER_CLAMD_EXCHANGE_H

#include <stdbool.h>
#include <stdint.h>

#include "config/settings.h"
#include "scanner/clamd/reply.h"

enum request {
	REQUEST_PING,
	REQUEST_VERSION,
	REQUEST_STATS,
	REQUEST_FILDES,
	REQUEST_INSTREAM,
};

enum exchange_state {
	EXCHANGE_CLOSED, /* none, or clamd has closed it */
	EXCHANGE_CONNECTING,
	EXCHANGE_SENDING,
	EXCHANGE_PAUSED, /* all that was there is sent, more is to come */
	EXCHANGE_READING,
};

enum step {
	STEP_WAIT_CONNECT, /* until fd is writable */
	STEP_WAIT_WRITE,   /* until fd is writable */
	STEP_WAIT_READ,	   /* until fd is readable */
	STEP_WAIT_MORE,	   /* for exchange_grow, or until fd is readable */
	STEP_ENDED,	   /* reply holds all that came; end says how */
	STEP_REFUSED,	   /* no connection; error says why */
	STEP_BUSY,	   /* clamd's backlog is full: try again in some ms */
	STEP_STALE,	   /* clamd read nothing from a standby: open again */
	STEP_FAULT,	   /* of our own; error says which */
};

struct exchange {
	enum request request;
	enum exchange_state state;
	const struct address *address;
	int fd;	       /* -1 when closed */
	bool standby;  /* fd was made before the request */
	int memfd;     /* not owned; -1 for requests without one */
	uint64_t size; /* of the memfd */
	bool growing;  /* INSTREAM: more will come */
	uint64_t from; /* INSTREAM: where the chunk in hand begins */
	uint64_t len;  /* its length */
	bool last;     /* nothing comes after it */
	uint64_t sent; /* bytes of the request, or of the chunk, all included */
	int error;     /* errno */
	enum reply_end end;
	size_t reply_len;
	uint8_t reply[REPLY_MAX];
};

/* A closed one. */
void exchange_init(struct exchange *);

/* Starts an exchange; address must live until it ends.  growing: INSTREAM of
 * a memfd that has size bytes now, and gets more. */
enum step exchange_open(struct exchange *, enum request, const struct address *,
    int memfd, uint64_t size, bool growing);

/* Starts FILDES on fd, a connection to a Unix socket that was made before,
 * which is taken over.  STEP_STALE, now or later: clamd was gone, or went
 * without having read the request, so it never had the message. */
enum step exchange_open_standby(
    struct exchange *, int fd, int memfd, uint64_t size);

/* The memfd has size bytes by now; whole: and that is all.  True if
 * exchange_continue should be called: it was waiting for that. */
bool exchange_grow(struct exchange *, uint64_t size, bool whole);

/* What was waited for has come. */
enum step exchange_continue(struct exchange *);

/* Closes the connection, if any, which is due at STEP_ENDED, too.  The reply
 * stays readable. */
void exchange_close(struct exchange *);

/* The reply, parsed as the answer to the scan request. */
struct reply exchange_reply(const struct exchange *);

#endif
