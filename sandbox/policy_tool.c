/* SPDX-License-Identifier: ISC */
/*
 * What a process of `pratique mime` may ask of the kernel while it looks at a
 * message, which it has read before: to write what it found, and to end.
 */
#include <unistd.h>

#include "sandbox/layer.h"

static const struct policy_row rows[] = {
    {"write", .check = {IS(0, STDOUT_FILENO)},
	.reason = "what was found in the message"},
    {"write", .check = {IS(0, STDERR_FILENO)},
	.reason = "that it cannot be written"},
    {"exit_group", .reason = "the end"},
};

const struct policy policy_tool = {
    .role = "pratique mime",
    .row = rows,
    .rows = sizeof(rows) / sizeof(rows[0]),
};
