/* SPDX-License-Identifier: ISC */
/*
 * process.h for tests and fuzz targets: keeps what is sent to the MTA and writes
 * a line of text per call.  Calls out of order (a field without a begin, two
 * ends) are our own faults and stop the program.
 */
#ifndef TESTS_UNIT_STUB_PROCESS_H
#define TESTS_UNIT_STUB_PROCESS_H

#include <stddef.h>
#include <stdint.h>

#include "parser/mail/process.h"

#define STUB_SENT_MAX  (1024U * 1024)
#define STUB_LOG_MAX   (64U * 1024)
#define STUB_PIECE_MAX 7 /* of a replay */
#define STUB_FIND      "EICAR"

struct stub_process {
	/* what the test chooses */
	struct scan_result result; /* answer of process_scan_result */
	enum replay replay;	   /* not PIECE: answer of process_replay */
	size_t send_limit;	   /* the MTA is gone after that many bytes */
	bool stored;		   /* the message can be replayed */

	/* what came of it; what does not fit is counted, not kept */
	uint8_t sent[STUB_SENT_MAX];
	size_t sent_len;
	size_t sends;	      /* calls */
	size_t sent_at_end;   /* sent_len when process_scan_end was called */
	uint64_t field_bytes; /* with ":" and CRLF */
	uint64_t body_bytes;
	unsigned begins, ends, aborts, reports;
	struct claims report;	       /* the last one */
	uint8_t content[STUB_LOG_MAX]; /* of the last message, as scanned */
	size_t content_len;
	uint8_t message[STUB_LOG_MAX]; /* the same, as stored */
	size_t message_len;
	bool blank; /* is in it */
	char log[STUB_LOG_MAX];
	size_t log_len;
	bool scanning; /* between begin and end or abort */
	bool reading;  /* between an end with readings and read */
	bool in_part;
	bool found;	/* STUB_FIND is in a part */
	unsigned parts; /* that were kept, of the last message */
	size_t part_len;
	struct reading_object object;
	enum read_end read;
	bool candidates_due; /* as begin said */
	bool closing;	     /* process_closing was called, with this */
	char closing_why[32];
	struct claims closing_report;
	bool settled; /* ended or aborted, report outstanding */
};

extern struct stub_process stub;

/* Forgets everything; the result is clean, the MTA is there for ever. */
void stub_reset(void);

#endif
