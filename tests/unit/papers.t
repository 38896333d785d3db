#!/bin/sh
# SPDX-License-Identifier: ISC
#
# The papers have what the tables make; "make docs" mends them.

echo 1..1
if tests/lint/papers --check "${B:-build}" >&2; then
	echo "ok 1 - papers are what the tables make"
else
	echo "not ok 1 - papers are what the tables make"
fi
