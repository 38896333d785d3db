#!/bin/sh
# SPDX-License-Identifier: ISC
#
# Both engines over the same bytes, see docs/oracle.md.  Run from the root of
# the sources; B is the build directory.  For more mutations than these:
#
#	build/oracle -n 100000 -s 2 tests/oracle/seeds.txt ...

B=${B:-build}
set -- tests/oracle/seeds.txt
for file in tests/conformance/recorded/*.txt; do
	[ -e "$file" ] && set -- "$@" "$file"
done
exec "$B/oracle" "$@"
