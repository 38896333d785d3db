/* SPDX-License-Identifier: ISC */
/*
 * What the key reader may ask of the kernel: ten calls, three of which are
 * other versions of the rest.  It reads files, as far as Landlock permits, and
 * writes to memory; it has no descriptor on which it could send anything.
 */
#include <fcntl.h>

#include "sandbox/layer.h"

#define OPEN_KIND (O_ACCMODE | O_CREAT | O_TRUNC | O_APPEND)

static const struct policy_row rows[] = {
    {"openat", .check = {BITS(2, OPEN_KIND, O_RDONLY)},
	.reason = "the key directory and its files, to read"},
    {"open", ONLY_X86_64, .check = {BITS(1, OPEN_KIND, O_RDONLY)},
	.reason = "the same, by C libraries that take this call for it"},
    {"getdents64", .reason = "the names in it"},
    {"newfstatat", .reason = "whose a file is, its mode and length"},
    {"fstat", .reason = "the same, glibc from 2.39 on"},
    {"statx", .reason = "the same, for what came after stat"},
    {"read", .reason = "a file's text"},
    {"close", .reason = "a file that has been read"},
    {"geteuid", .reason = "is a file our own?"},
    {"exit_group", .reason = "the end"},
};

const struct policy policy_keys = {
    .role = "keys",
    .row = rows,
    .rows = sizeof(rows) / sizeof(rows[0]),
};
