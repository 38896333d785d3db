#!/bin/bash
# SPDX-License-Identifier: ISC
#
# The tests of confinement on machines that lack something (tests/lacking):
# what these cannot do is said, and is no failure.
set -u
cd "$(dirname "$0")/../.." || exit 1
B=${B:-build}
n=0

row() { # NAME GOOD TEXT
	n=$((n + 1))
	if [ "$2" = yes ]; then
		echo "ok $n - $1"
	else
		echo "not ok $n - $1"
		echo "$3" | sed 's/^/# /'
	fi
}

if [ "$(id -u)" != 0 ]; then
	printf '1..1\nnot ok 1 - needs root\n'
	exit 1
fi
while read -r lacks test elsewhere; do
	text=$(CMOCKA_MESSAGE_OUTPUT=TAP timeout 100 tests/lacking "$lacks" \
	    "$B/unit/$test" 2>&1) && good=yes || good=no
	row "without $lacks: $test" $good "$text"
	# A machine that lacks more itself says more.
	for name in $elsewhere; do
		case $text in
		*"not on this machine: test_$name "*) good=yes ;;
		*) good=no ;;
		esac
		row "without $lacks: $test says so of $name" $good "$text"
	done
done <<END
debian12 test_sandbox tcp scopes memory
debian12 test_root
debian12 test_seccomp
debian12 test_keys
debian12 test_rehearse forbidden
landlock-off test_sandbox landlock tcp scopes
landlock,mdwe test_seccomp
userns test_sandbox network
userns test_root binds
userns-forbidden test_seccomp
END
echo "1..$n"
