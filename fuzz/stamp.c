/* SPDX-License-Identifier: ISC */
/*
 * The stamp's text: parser/mail/stamp_field.c and lib/stamp.c.
 *
 * Input: a field's value.  What is read has one spelling only: written again
 * it is the same but for white space, it is read as the same, and so is its
 * record.
 */
#include "parser/mail/stamp_field.h"

#include "fuzz/kit/fuzz.h"

static size_t
squeeze(struct span s, uint8_t *out)
{
	size_t n = 0;

	for (size_t i = 0; i < s.len; i++)
		if (s.ptr[i] == 0 || strchr(" \t\r\n", s.ptr[i]) == NULL)
			out[n++] = s.ptr[i];
	return n;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	uint8_t mac[STAMP_MAC], mac_again[STAMP_MAC], record[STAMP_RECORD];
	uint8_t in[STAMP_VALUE_MAX], out[STAMP_TEXT_MAX];
	struct span value = fuzz_copy(span_of(data, size));
	char text[STAMP_TEXT_MAX];
	struct stamp s, again;
	size_t len;

	if (stamp_read(value, &s, mac)) {
		NEED(value.len <= STAMP_VALUE_MAX);
		stamp_write(&s, mac, text);
		NEED(strlen(text) < 400);
		len = squeeze(value, in);
		NEED(len == squeeze(span_text(text), out));
		NEED(memcmp(in, out, len) == 0);
		NEED(stamp_read(span_text(text), &again, mac_again));
		NEED(memcmp(&s, &again, sizeof(s)) == 0);
		NEED(memcmp(mac, mac_again, sizeof(mac)) == 0);
		stamp_encode(&s, record);
		NEED(stamp_decode(record, &again));
		NEED(memcmp(&s, &again, sizeof(s)) == 0);
	}
	free((void *)(uintptr_t)value.ptr);
	return 0;
}
