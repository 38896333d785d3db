#!/bin/sh
# SPDX-License-Identifier: ISC
#
# The documents say what the tables say; "make docs" writes them.
n=0
result() { # WHAT: by the last exit status
	if [ $? -eq 0 ]; then r=ok; else r='not ok'; fi
	n=$((n + 1))
	echo "$r $n - $1"
}

tests/lint/documents --check "${B:-build}" >&2
result "documents say what the tables say"

# The picture of the processes, with the sources that it is drawn from changed.
tree=$(mktemp -d)
trap 'rm -rf "$tree"' EXIT
refused() { # WHAT FILE SED-EXPRESSION REASON
	rm -rf "${tree:?}"/*
	mkdir -p "$tree/docs" "$tree/lib" "$tree/privsep/ipc"
	cp docs/internals.picture "$tree/docs/"
	cp lib/fd_numbers.h "$tree/lib/"
	cp privsep/ipc/record.c privsep/ipc/exec_fds.h "$tree/privsep/ipc/"
	tests/lint/picture "$tree" | cmp -s - docs/internals.svg || {
		echo "# the unchanged copy gives another picture"
		false
	} && sed -i "$3" "$tree/$2" && if [ -n "$4" ]; then
		! said=$(tests/lint/picture "$tree" 2>&1) &&
		    case $said in *"$4"*) ;; *) echo "# $said"; false ;; esac
	else
		! tests/lint/picture "$tree" | cmp -s - docs/internals.svg
	fi
	result "picture: $1"
}
refused "a record between others is noticed" privsep/ipc/record.c \
    's/{"pong", CHILDREN/{"pong", ROLE_BIT(ROLE_SESSION)/' \
    "not in the picture: [\"('session', 'monitor')\"]"
refused "a record more is noticed" privsep/ipc/record.c \
    's/{"load", ROLE_BIT(ROLE_LISTENER)/{"load", CHILDREN/' ""
refused "a descriptor more is noticed" lib/fd_numbers.h \
    's/SESSION_FD_SCANNER = 4,/&\nSESSION_FD_MORE,/' \
    "not in the picture: ['SESSION_FD_MORE']"
refused "another number is noticed" lib/fd_numbers.h \
    's/SESSION_FD_SCANNER = 4,/SESSION_FD_SCANNER = 5,/' ""
refused "a descriptor that is none is noticed" docs/internals.picture \
    's/fd RESOLVER_FD_READY/fd RESOLVER_FD_DONE/' \
    "not in the sources: RESOLVER_FD_DONE"

echo "1..$n"
