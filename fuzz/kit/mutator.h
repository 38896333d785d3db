/* SPDX-License-Identifier: ISC */
/*
 * A mutator that knows what a conversation looks like: a head of choices, then
 * packets.  A change of one length word otherwise ends the conversation there,
 * and nothing behind it is ever reached.
 *
 * It changes, removes, doubles, swaps and inserts packets, taking new ones
 * from a list of what MTAs send and from a second input, and puts the lengths
 * right again most of the time.  One core, two faces: libFuzzer's
 * LLVMFuzzerCustomMutator, and AFL++'s afl_custom_ functions in a shared
 * object.
 */
#ifndef FUZZ_KIT_MUTATOR_H
#define FUZZ_KIT_MUTATOR_H

#include <stddef.h>
#include <stdint.h>

/* pieces, outcome, stride, names, actions, signature, size, limit; see
 * conversation.c.  All zero: usual settings, clean, all bytes at once. */
#define MUTATE_HEAD	 8U
#define MUTATE_INPUT_MAX 65536U

/* A mutation of in, at most max bytes into out; other may be empty.  Returns
 * its length. */
size_t mutate_conversation(const uint8_t *in, size_t in_len,
    const uint8_t *other, size_t other_len, uint8_t *out, size_t max,
    uint32_t seed);

#endif
