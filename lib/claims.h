/* SPDX-License-Identifier: ISC */
/*
 * What a session says of a message when it is done with it: the claims that
 * go into the log line.  The scanner adds what it knows itself (outcome,
 * signature, backend, times).  Strings are NUL-terminated, padded with NUL,
 * cut to fit, and hold outside bytes: only lib/log.h escapes them.
 */
#ifndef LIB_CLAIMS_H
#define LIB_CLAIMS_H

#include <stdint.h>

#include "lib/anomaly.h"

struct claims {
	uint32_t message;    /* number within the session, from 1 */
	uint32_t recipients; /* accepted ones */
	uint32_t refused;    /* recipients that a rule refused */
	uint32_t rule;	     /* number of the one that decided; 0: none did */
	uint8_t outcome;     /* enum outcome the action was chosen for */
	uint8_t action;	     /* enum action that was taken */
	uint8_t stamps;	     /* enum stamp_reason; STAMP_GOOD: some were sent */
	uint8_t limit;	     /* enum session_limit, for OUTCOME_LIMITS */
	uint8_t stage;	     /* enum policy_stage: where it was decided */
	uint8_t unused[3];
	char queue_id[64]; /* macro i; "" if the MTA sent none */
	char client_addr[64];
	char client_name[128];
	char helo[128];
	char sender[256]; /* without brackets; "" is the null sender */
	struct anomalies anomalies; /* of a message that was to be scanned */
};

#endif
