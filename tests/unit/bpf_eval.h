/* SPDX-License-Identifier: ISC */
/*
 * Classic BPF as seccomp runs it, for tests: a program, the data of one call,
 * the verdict.  Knows just the instructions that a seccomp filter may have;
 * anything else, a jump or load outside, or an end without a verdict is an
 * error, as it is for the kernel's verifier.
 */
#ifndef TESTS_BPF_EVAL_H
#define TESTS_BPF_EVAL_H

#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stdbool.h>
#include <stdint.h>

/* False if the program is not sound; else *verdict is a SECCOMP_RET_ value.
 * *steps, if not NULL, is how many instructions were run. */
bool bpf_eval(const struct sock_filter *code, uint32_t length,
    const struct seccomp_data *data, uint32_t *verdict, uint32_t *steps);

#endif
