/* SPDX-License-Identifier: ISC */
/*
 * What a session may ask of the kernel: five calls, the first two on two
 * descriptors.  The program is loaded once per connection, so the table's
 * order is the order of testing: what is called most comes first.
 *
 * A session has no clock of its own but the monotonic one, which the vDSO
 * normally serves without a call.
 */
#include <time.h>

#include "lib/fd_numbers.h"
#include "sandbox/layer.h"

static const struct policy_row rows[] = {
    {"read", .check = {IS(0, SESSION_FD_MTA)},
	.reason = "milter packets from the MTA"},
    {"read", .check = {IS(0, SESSION_FD_SCANNER)},
	.reason = "RESULT from the scanner"},
    {"write", .check = {IS(0, SESSION_FD_MTA)},
	.reason = "milter replies to the MTA"},
    {"write", .check = {IS(0, SESSION_FD_SCANNER)},
	.reason = "the message's records to the scanner"},
    {"ppoll", .check = {IS(3, 0)},
	.reason = "waits for either, with a time limit; no signal mask"},
    {"clock_gettime", .check = {IS(0, CLOCK_MONOTONIC)},
	.reason = "deadlines, where the vDSO cannot read the clock itself"},
    {"exit_group", .reason = "the end of the connection"},
};

const struct policy policy_session = {
    .role = "session",
    .row = rows,
    .rows = sizeof(rows) / sizeof(rows[0]),
};
