/* SPDX-License-Identifier: ISC */
/*
 * Makes the messages of the load generator.  Random lines are made once;
 * each body is a window into them that begins at a line of its own, behind a
 * first line that holds the message's id.  Making a message thus costs a few
 * random numbers and a copy, and the generator stays cheap next to the
 * program that it measures.
 */
#include "bench/mail.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#define LINE_LEN 78U   /* as base64 in mail: 76 characters and CRLF */
#define WINDOWS	 1024U /* lines at which a body can begin */

/* The EICAR test string in two parts, so that no scanner takes this file or
 * the program for one that carries it. */
#define EICAR_HEAD "X5O!P%@AP[4\\PZX54(P^)7CC)7}$EICAR-STANDARD-"
#define EICAR_TAIL "ANTIVIRUS-TEST-FILE!$H+H*"

static const struct {
	const char *name;
	const char *format; /* %s, if present, is the message's id */
} fields[] = {
    {"Message-ID", "<%s@bench.example>"},
    {"From", "Load Generator <sender@bench.example>"},
    {"To", "Recipient <rcpt0@bench.example>"},
    {"Subject", "Message %s of the load generator"},
    {"Date", "Fri, 20 Nov 2026 10:00:00 +0000"},
    {"MIME-Version", "1.0"},
    {"Content-Type", "text/plain; charset=us-ascii"},
    {"Received", "from client.bench.example (client.bench.example"
		 " [192.0.2.7])\n\tby relay.bench.example (Postfix)"
		 " with ESMTP id %s"},
};
#define FIELDS (sizeof(fields) / sizeof(fields[0]))

static uint8_t *text;
static bool eicar;
static uint64_t seed;

/* splitmix64: unlike mail for every run is all that is asked of it. */
static uint64_t
random_next(void)
{
	uint64_t z = (seed += 0x9e3779b97f4a7c15U);

	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9U;
	z = (z ^ (z >> 27)) * 0x94d049bb133111ebU;
	return z ^ (z >> 31);
}

static void
line_make(uint8_t *line)
{
	static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				     "abcdefghijklmnopqrstuvwxyz0123456789+/";

	for (size_t i = 0; i < LINE_LEN - 2; i++)
		line[i] = (uint8_t)digits[random_next() >> 58];
	line[LINE_LEN - 2] = '\r';
	line[LINE_LEN - 1] = '\n';
}

bool
mail_init(size_t size, bool infected)
{
	size_t lines = size / LINE_LEN + 1 + WINDOWS;

	if (getrandom(&seed, sizeof(seed), 0) != sizeof(seed))
		return false;
	text = malloc(lines * LINE_LEN);
	if (text == NULL)
		return false;
	for (size_t i = 0; i < lines; i++)
		line_make(text + i * LINE_LEN);
	eicar = infected;
	return true;
}

void
mail_make(struct mail *m)
{
	int len;

	(void)snprintf(m->queue_id, sizeof(m->queue_id), "%010llX",
	    (unsigned long long)(random_next() >> 24));
	(void)snprintf(m->id, sizeof(m->id), "%016llx%016llx",
	    (unsigned long long)random_next(),
	    (unsigned long long)random_next());
	len = snprintf(m->lead, sizeof(m->lead), "%s %s\r\n",
	    eicar ? EICAR_HEAD EICAR_TAIL : "Body of", m->id);
	m->lead_len = (size_t)len;
	m->shift = (size_t)(random_next() % WINDOWS) * LINE_LEN;
}

const char *
mail_field(const struct mail *m, uint32_t n, char *buf, size_t size)
{
	const char *format, *id;

	if (n >= FIELDS) {
		(void)snprintf(buf, size, "field %u of %s", n, m->id);
		return "X-Bench";
	}
	format = fields[n].format;
	id = strstr(format, "%s");
	if (id == NULL)
		(void)snprintf(buf, size, "%s", format);
	else
		(void)snprintf(buf, size, "%.*s%s%s", (int)(id - format),
		    format, m->id, id + 2);
	return fields[n].name;
}

void
mail_body(const struct mail *m, size_t offset, size_t len, uint8_t *out)
{
	size_t n = 0;

	if (offset < m->lead_len) {
		n = m->lead_len - offset;
		if (n > len)
			n = len;
		memcpy(out, m->lead + offset, n);
	}
	if (n < len)
		memcpy(out + n, text + m->shift + offset + n - m->lead_len,
		    len - n);
}
