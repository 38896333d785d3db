/* SPDX-License-Identifier: ISC */
/*
 * A tool of the build: prints the policy tables as Markdown, so that the
 * document's tables and the programs in force come from the same rows.
 *
 *	policy-table (tests/lint/documents puts it into docs/system-calls.md)
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sandbox/layer.h"

/* A bar would end the cell. */
static void
table_text(const char *text)
{
	for (; *text != '\0'; text++) {
		if (*text == '|')
			putchar('\\');
		putchar(*text);
	}
}

static void
table_checks(const struct policy_row *row)
{
	const char *between = "";

	for (size_t i = 0; i < POLICY_CHECKS_MAX; i++) {
		const struct policy_check *c = &row->check[i];

		switch (c->compare) {
		case POLICY_NO_CHECK:
			continue;
		case POLICY_EQ:
			printf("%s%u is ", between, c->argument);
			break;
		case POLICY_MASKED_EQ:
			printf("%s%u: bits ", between, c->argument);
			break;
		}
		table_text(c->text);
		between = "; ";
	}
}

static const char *
table_where(const struct policy_row *row)
{
	if (row->only == AUDIT_ARCH_X86_64)
		return " (x86-64)";
	return row->only == AUDIT_ARCH_AARCH64 ? " (aarch64)" : "";
}

static void
table_print(const struct policy *policy)
{
	printf("\n## %s\n\n%s| call | arguments | reason |\n|---|---|---|\n",
	    policy->role,
	    policy->base != NULL ? "The rows of the monitor's table, and:\n\n"
				 : "");
	for (size_t i = 0; i < policy->rows; i++) {
		printf("| `%s`%s | ", policy->row[i].call,
		    table_where(&policy->row[i]));
		table_checks(&policy->row[i]);
		printf(" | ");
		if (policy->row[i].error != 0)
			printf("refused with %s: ",
			    strerrorname_np((int)policy->row[i].error));
		table_text(policy->row[i].reason);
		printf(" |\n");
	}
}

int
main(void)
{
	puts("# System calls\n\n"
	     "Made by `policy_table` from sandbox/policy_*.c; do not edit.\n"
	     "Arguments count from 0.  Several rows with one call are\n"
	     "alternatives; all checks of a row must hold.  Whatever no row\n"
	     "allows kills the process.");
	table_print(&policy_session);
	table_print(&policy_listener);
	table_print(&policy_scanner);
	table_print(&policy_keys);
	table_print(&policy_monitor);
	table_print(&policy_monitor_libmilter);
	table_print(&policy_libmilter);
	table_print(&policy_monitor_binds);
	table_print(&policy_resolver);
	table_print(&policy_tool);
	return fflush(stdout) == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
