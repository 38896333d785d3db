/* SPDX-License-Identifier: ISC */
/*
 * Addresses as MTAs write them, brought to one form: client IP addresses for
 * the log, and envelope addresses without their brackets.
 */
#ifndef PARSER_MAIL_ENVELOPE_H
#define PARSER_MAIL_ENVELOPE_H

#include <netinet/in.h>
#include <stdbool.h>

#include "lib/span.h"

/* Text of a client's IP address.  family: AF_INET (dotted quad, nothing
 * shorter) or AF_INET6 (with or without the tag "IPv6:" in upper or lower case;
 * no scope id).  out gets the canonical spelling, NUL-terminated.  False if
 * text is anything else. */
bool envelope_ip(
    int family, struct span text, char out[static INET6_ADDRSTRLEN]);

/* A reverse path as the client typed it: leading spaces and the angle brackets
 * are taken off, and what follows the closing bracket (one Sendmail release
 * put the parameters there).  Empty for the null sender in all its
 * spellings.  Views the argument. */
struct span envelope_mailbox(struct span);

#endif
