/* SPDX-License-Identifier: ISC */
/*
 * What clamd's answer means: a pure function over all the bytes that came on
 * a connection used for one request, and over how they ended.
 *
 *	reply   = subject ": " verdict NUL
 *	subject = "fd[" 1*DIGIT "]" / "stream"
 *	verdict = "OK" / name " FOUND" / text " ERROR"
 *
 * Source: clamd(8) and clamd/session.c, server-th.c, scanner.c; z-commands, no
 * IDSESSION.  A name may hold anything but NUL, blanks and " OK" included, so
 * the subject is taken from the front, the verdict from the end, and the name
 * is what lies between.  Clean is one exact string followed by end of file;
 * everything that is not understood is an error, never clean.
 */
#ifndef SCANNER_CLAMD_REPLY_H
#define SCANNER_CLAMD_REPLY_H

#include <stdbool.h>

#include "lib/outcome.h"
#include "lib/span.h"

/* clamd reads database lines of at most 8191 bytes, so no name is longer; the
 * rest is for subject and verdict word.  A longer reply is an error. */
#define REPLY_MAX (8192 + 64)

enum reply_form {
	REPLY_PONG,   /* to zPING */
	REPLY_FD,     /* to zFILDES */
	REPLY_STREAM, /* to zINSTREAM */
};

enum reply_end {
	REPLY_EOF,	/* clamd closed */
	REPLY_RESET,	/* ECONNRESET in place of end of file */
	REPLY_OVERFLOW, /* more than REPLY_MAX bytes */
	REPLY_CUT,	/* our request could not be sent whole; then any end */
};

/* What kept a reply from being a verdict. */
enum reply_fault {
	REPLY_FAULT_NONE,
	REPLY_FAULT_SILENT,    /* clamd closed without a byte */
	REPLY_FAULT_TIMED_OUT, /* clamd was tired of waiting for us */
	REPLY_FAULT_TOO_LONG,
	REPLY_FAULT_GRAMMAR,
	REPLY_FAULT_NOT_SENT, /* it came before our request was whole */
	REPLY_FAULT_RESET,    /* OK, and then no end of file */
	REPLY_FAULT_SCAN,     /* clamd says that the scan failed */
	REPLY_FAULT_REQUEST,  /* the same of the request */
	REPLY_FAULT_COMMAND,  /* it does not know the command */
	REPLY_FAULTS
};

struct reply {
	/* CLEAN, INFECTED, LIMITS_EXCEEDED, CLAMD_ERROR, or TOO_BIG: a stream
	 * that was longer than clamd takes. */
	enum outcome outcome;
	struct span
	    name; /* INFECTED, LIMITS_EXCEEDED: what clamd named; a view */
	enum reply_fault fault; /* CLAMD_ERROR: which; else NONE */
};

/* The answer to a scan.  name in the result views bytes. */
struct reply reply_parse(enum reply_form, struct span bytes, enum reply_end);

/* A word for the log. */
const char *reply_fault_text(enum reply_fault);

/* Is it the exact answer to a PING? */
bool reply_is_pong(struct span bytes, enum reply_end);

#endif
