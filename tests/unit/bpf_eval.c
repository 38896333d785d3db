/* SPDX-License-Identifier: ISC */
/*
 * The evaluator of bpf_eval.h.  Written from the manual of the instruction
 * set, sharing nothing with libseccomp: it is the second opinion on what that
 * library makes.
 */
#include "tests/unit/bpf_eval.h"

#include <stddef.h>
#include <string.h>

#define WORDS (sizeof(struct seccomp_data) / sizeof(uint32_t))

struct machine {
	uint32_t a;
	uint64_t pc; /* wide: no sum of jumps wraps */
	uint32_t word[WORDS];
};

/* One instruction that is not RET; false if it is not known. */
static bool
bpf_step(struct machine *m, const struct sock_filter *i)
{
	bool met;

	switch (i->code) {
	case BPF_LD | BPF_W | BPF_ABS:
		if (i->k % sizeof(uint32_t) != 0 ||
		    i->k / sizeof(uint32_t) >= WORDS)
			return false;
		m->a = m->word[i->k / sizeof(uint32_t)];
		return true;
	case BPF_ALU | BPF_AND | BPF_K:
		m->a &= i->k;
		return true;
	case BPF_JMP | BPF_JA:
		m->pc += i->k;
		return true;
	case BPF_JMP | BPF_JEQ | BPF_K:
		met = m->a == i->k;
		break;
	case BPF_JMP | BPF_JGE | BPF_K:
		met = m->a >= i->k;
		break;
	case BPF_JMP | BPF_JGT | BPF_K:
		met = m->a > i->k;
		break;
	case BPF_JMP | BPF_JSET | BPF_K:
		met = (m->a & i->k) != 0;
		break;
	default:
		return false;
	}
	m->pc += met ? i->jt : i->jf;
	return true;
}

bool
bpf_eval(const struct sock_filter *code, uint32_t length,
    const struct seccomp_data *data, uint32_t *verdict, uint32_t *steps)
{
	struct machine m = {0};

	memcpy(m.word, data, sizeof(m.word));
	/* Jumps only go forward, so the program's length bounds the loop. */
	for (uint32_t n = 1; m.pc < length; n++) {
		const struct sock_filter *i = &code[m.pc++];

		if (i->code == (BPF_RET | BPF_K)) {
			*verdict = i->k;
			if (steps != NULL)
				*steps = n;
			return true;
		}
		if (!bpf_step(&m, i))
			return false;
	}
	return false;
}
