#!/bin/bash
# SPDX-License-Identifier: ISC
#
# The suite itself: every script is run, and each result can be a bad one.
set -u
cd "$(dirname "$0")/../.." || exit 1
n=0

# none WHAT FOUND: good if nothing was found, else a failure that shows it.
none() {
	n=$((n + 1))
	if [ -z "$2" ]; then
		echo "ok $n - ${1//#/}"
	else
		echo "not ok $n - ${1//#/}"
		echo "${2//ok/o-k}" | sed 's/^/# /'
	fi
}

equal() { # WHAT GOT WANT
	none "$1" "$([ "$2" = "$3" ] || echo "got: $2, want: $3")"
}

# The last line that tests/tally makes of such a run.
closing() {
	printf "$1" | tests/tally | tail -n 1
}

whole='ok\n== make check: status 0\n'
scripts=$(find tests fuzz -name '*.t' | sort)
# Not what a make around this one was told on its command line.
tests_with() {
	env -u MAKEFLAGS -u MAKEOVERRIDES make -s SANITIZE="$1" print-tests
}
run=$({ tests_with ""; tests_with address; } | tr ' ' '\n' | sort)

equal "there are scripts" "$(echo "$scripts" | grep -c 'faults/\|system/01')" 7
none "each has its run bit" "$(find tests fuzz -name '*.t' ! -perm -111)"
equal "each is run by make check" "$run" "$scripts"

# What is not a C program's name for a thing that was tried.
none "no result that is always good" "$(
	grep -rnE '\bok\((True|1),' tests fuzz --include='*.t' --include='*.py')"
none "no test is skipped" "$(
	grep -rnE '"[^"]*# ?SKIP|"1\.\.0' tests fuzz --include='*.t' \
	    --include='*.py' --include='*.c' --exclude=suite.t
	grep -rnw 'skip()' tests/unit --include='*.c')"

for bad in 'not ok 1 - x' 'ok 1 - x # SKIP y' 'ok 1 - x # TODO y'; do
	equal "tally: failed: ${bad//[# ]/ }" \
	    "$(closing "a .. \n$bad\n$whole")" "0 passed, 1 failed"
done
equal "tally: passed" "$(closing "a .. \nok 1 - x\n$whole")" \
    "1 passed, 0 failed"
equal "tally: a program that does not end has failed" \
    "$(closing "a .. \nok 1 - x\nb .. \nok 1 - x\n$whole")" "2 passed, 1 failed"
equal "tally: a program that says nothing has failed" \
    "$(closing "a .. skipped: (no reason given)\n== make check: status 0\n")" \
    "0 passed, 1 failed"
equal "tally: a run without its end has failed" \
    "$(closing 'a .. \nok 1 - x\nok\n')" "1 passed, 1 failed"

elsewhere="a .. \nok 1 - x\nok 2 - not on this machine: y\n$whole"
equal "tally: what the machine cannot do is no result" \
    "$(closing "$elsewhere")" "1 passed, 0 failed"
equal "tally: and is counted" \
    "$(printf "$elsewhere" | tests/tally | grep -c '^1 not on this machine$')" 1
equal "tally: the slowest first" "$(printf '# took 1.5 s: a\n# took 20.0 s: b\n' |
    tests/tally | tail -n 3 | head -n 2 | tr -s ' \n' ' ')" " 20.0 s b 1.5 s a "

# A tool that is missing, or is another one of that name.
tools=$(mktemp -d)
trap 'rm -rf "$tools"' EXIT
ln -s /bin/* /usr/bin/* "$tools" 2>/dev/null
for tool in $(awk '$1 == "lint" { $1 = $2 = ""; print }' tests/packages); do
	rm -f "${tools:?}/$tool"
	ln -s /bin/true "$tools/$tool"
done
none "lint: a ctags that finds nothing is noticed" "$(
	PATH=$tools tests/lint/figures 2>&1 | grep -q 'must be more' || echo no)"
rm "$tools/ctags" "$tools/git"
none "lint: no ctags is noticed" "$(PATH=$tools tests/lint/run >"$tools/out" 2>&1 &&
    echo good; grep -q 'ctags is missing: install universal-ctags' "$tools/out" ||
    cat "$tools/out")"
none "every group that is asked for has commands" "$(
	for group in build mail test lint fuzz; do
		grep -q "^$group	[^	]*	." tests/packages || echo $group
	done)"

echo "1..$n"
