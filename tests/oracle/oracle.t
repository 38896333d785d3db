#!/bin/sh
# SPDX-License-Identifier: ISC
#
# oracle.t [option ...]
#
# Both engines over the same bytes: conversations of our own, the conformance
# list, recorded ones of both MTAs, and mutations of all of them; see
# docs/oracle.md.  Run from the root of the sources; B is the build directory.
# For other and more mutations, and to write the report anew:
#
#	tests/oracle/oracle.t -s 2 -n 100000
#	tests/oracle/oracle.t -n 40000 -w docs/oracle.md
set -eu
rows=$(mktemp)
trap 'rm -f "$rows"' EXIT
tests/oracle/rows.py >"$rows"
"${B:-build}/oracle" "$@" tests/oracle/seeds.txt \
    tests/conformance/recorded/*.txt "$rows"
