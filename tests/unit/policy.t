#!/bin/sh
# SPDX-License-Identifier: ISC
#
# How the tables become filters: only with libseccomp's exact adder, and only
# by comparing for equality.  (test_policy evaluates what comes out, of every
# table.)  B is the build directory.

B=${B:-build}
n=0

result() { # status name
	n=$((n + 1))
	if [ "$1" -eq 0 ]; then
		echo "ok $n - $2"
	else
		echo "not ok $n - $2"
	fi
}

echo 1..6
adders=$(nm -u "$B/sandbox/policy_compile.o" | grep -o 'seccomp_rule_add[a-z_]*')
[ "$adders" = seccomp_rule_add_exact_array ]
result $? "policy_compile.o adds rules with seccomp_rule_add_exact_array only"

users=$(find "$B" -name '*.o' ! -path '*/tests/*' -exec nm -A -u {} + |
    sed -n 's/:.*seccomp_rule.*//p' | sort -u)
[ "$users" = "$B/sandbox/policy_compile.o" ]
result $? "no other file adds rules"

compares=$(cat sandbox/*.[ch] privsep/*/*.[ch] scanner/*.[ch] |
    grep -o 'SCMP_CMP_[A-Z_]*\|SCMP_A[0-5]_*[0-9]*' | sort -u | tr '\n' ' ')
[ "$compares" = "SCMP_CMP_EQ SCMP_CMP_MASKED_EQ " ]
result $? "comparisons: EQ and MASKED_EQ"

# The monitor alone can make filters.
nm "$B/pratiqued" | grep -q ' seccomp_rule_add_exact_array' ||
    nm -D "$B/pratiqued" | grep -q seccomp_rule_add_exact_array
result $? "control: the monitor contains the adder"
seccomp=0
for program in session scanner; do
	# The names that it must have: without them there is nothing to look at.
	names=$(nm "$B/pratique-$program") && echo "$names" | grep -q ' main$' ||
	    seccomp=1
	! echo "$names" | grep -q seccomp_ || seccomp=1
done
result $seccomp "session and scanner contain no libseccomp"

# What evaluates the programs knows every table.
tables=$(sed -n 's/^extern const struct policy \(policy_[a-z0-9_]*\);.*/\1/p' \
    sandbox/policy.h)
known=0
for table in $tables; do
	grep -q "{&$table," tests/unit/policy_case.c || known=1
done
[ -n "$tables" ] && [ $known -eq 0 ]
result $? "every table is evaluated by test_policy"
