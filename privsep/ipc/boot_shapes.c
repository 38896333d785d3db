/* SPDX-License-Identifier: ISC */
/* What parts the boot blocks have; see boot.h. */
#include "privsep/ipc/boot.h"

#define FILTER_UNIT sizeof(struct sock_filter)
#define FILTER_MAX  (POLICY_PROGRAM_MAX * FILTER_UNIT)

#define SESSION_BLOCK_MAX (1U << 20)

static const struct parts_rule boot_session_rules[SESSION_PARTS] = {
    [SESSION_PART_FILTER] = {0, 1, FILTER_UNIT, FILTER_MAX},
};

const struct parts_shape boot_session_shape = {
    .fixed = sizeof(struct session_boot),
    .kinds = SESSION_PARTS,
    .rule = boot_session_rules,
};

static const struct parts_rule boot_listener_rules[LISTENER_PARTS] = {
    [LISTENER_PART_FILTER] = {1, 1, FILTER_UNIT, FILTER_MAX},
    [LISTENER_PART_SESSION] = {1, 1, 1, SESSION_BLOCK_MAX},
};

const struct parts_shape boot_listener_shape = {
    .fixed = sizeof(struct listener_boot),
    .kinds = LISTENER_PARTS,
    .rule = boot_listener_rules,
};

static const struct parts_rule boot_scanner_rules[SCANNER_PARTS] = {
    [SCANNER_PART_FILTER] = {1, 1, FILTER_UNIT, FILTER_MAX},
};

const struct parts_shape boot_scanner_shape = {
    .fixed = sizeof(struct scanner_boot),
    .kinds = SCANNER_PARTS,
    .rule = boot_scanner_rules,
};
