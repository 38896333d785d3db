/* SPDX-License-Identifier: ISC */
/*
 * The single decoders behind decode.h: each takes bytes off in, writes to out
 * what they stand for, at most room of them, and returns how many.  A step may
 * write DECODER_TAIL_MAX bytes: with less room than that they return.
 */
#ifndef PARSER_MIME_DECODERS_H
#define PARSER_MIME_DECODERS_H

#include "lib/span.h"
#include "parser/mime/decoder.h"

size_t base64_bytes(
    struct decoder *, struct cursor *in, uint8_t *out, size_t room);
size_t base64_end(struct decoder *, uint8_t *out);

size_t quoted_bytes(
    struct decoder *, struct cursor *in, uint8_t *out, size_t room);
size_t quoted_end(struct decoder *, uint8_t *out);

size_t uuencode_bytes(
    struct decoder *, struct cursor *in, uint8_t *out, size_t room);
size_t uuencode_end(struct decoder *, uint8_t *out);

size_t yenc_bytes(
    struct decoder *, struct cursor *in, uint8_t *out, size_t room);
size_t yenc_end(struct decoder *, uint8_t *out);

/* Lines of the two that look for files in a text.  Takes bytes off in up to a
 * line end; false: it is not there yet. */
bool file_line_gather(struct file_state *, struct cursor *in);
/* What was gathered, without white space and CR at its end. */
struct span file_line(const struct file_state *);
/* The next one. */
void file_line_done(struct file_state *);

/* 0 to 63, or more if it is no character of the alphabet. */
uint8_t base64_value(uint8_t);

#endif
