/* SPDX-License-Identifier: ISC */
/*
 * One request to one clamd, from a connection to what came on it: the way that
 * messages, probes, canaries and claims go.
 *
 * 	NONE --> CONNECTING --> TALKING --> NONE
 * 	NONE --> PUT_OFF --> CONNECTING ...
 *
 * The caller is notified of news; what follows from it, and how long it may
 * take, is for the caller to decide.  A query has a thread of clamd's (seat),
 * and the memfd of a canary if it was given one; query_close gives all back.
 */
#ifndef SCANNER_CLAMD_QUERY_H
#define SCANNER_CLAMD_QUERY_H

#include <stdbool.h>
#include <stdint.h>

#include "scanner/base/poll.h"
#include "scanner/clamd/backend.h"
#include "scanner/clamd/exchange.h"

enum query_state {
	QUERY_NONE,
	QUERY_PUT_OFF, /* has no connection: to be opened at wake */
	QUERY_CONNECTING,
	QUERY_TALKING,
};

enum query_news {
	QUERY_PENDING,	/* none */
	QUERY_ANSWERED, /* clamd has ended the connection: query_reply */
	QUERY_REFUSED,	/* there is no connection: query_error */
	QUERY_BUSY,	/* clamd's backlog is full */
	QUERY_FAULT,	/* of our own, says nothing about clamd */
};

struct query {
	enum query_state state;
	enum poll_kind kind; /* whose events these are */
	uint32_t index;
	uint32_t backend;
	enum poll_for watched;
	struct seat seat;
	int canary;	   /* a memfd that is given back at the end; -1: none */
	uint64_t written;  /* to it */
	uint64_t wake;	   /* PUT_OFF */
	uint64_t deadline; /* the caller's */
	struct exchange exchange;
};

/* Events of its connection come as that kind and index. */
void query_init(struct query *, enum poll_kind, uint32_t index);

/* A thread of that clamd, or false: perhaps the next one that gets free. */
bool query_seat(struct query *, uint32_t backend);

/* Asks the query's backend, with the canary if there is one. */
enum query_news query_ask(struct query *, enum request);

/* Has it judge a message whose memfd has size bytes; growing: for now.  On the
 * standby connection, if there is one. */
enum query_news query_scan(
    struct query *, int memfd, uint64_t size, bool growing);

/* The memfd has that size now; whole: and that is all. */
enum query_news query_grow(struct query *, uint64_t size, bool whole);

/* Its descriptor is ready. */
enum query_news query_event(struct query *);

/* Has clamd the whole request?  Then it works on it, whatever we do. */
bool query_is_at_work(const struct query *);

/* What it was given to send is gone, whatever its number may stand for by now:
 * only the answer is still waited for. */
void query_abandon(struct query *);

struct reply query_reply(const struct query *);
struct span query_bytes(const struct query *);
int query_error(const struct query *);

/* No connection for pause milliseconds; thread and canary are kept. */
void query_put_off(struct query *, uint64_t pause);

/* Its end.  The reply stays readable. */
void query_close(struct query *);

#endif
