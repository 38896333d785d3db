#!/bin/sh
# SPDX-License-Identifier: ISC
#
# The manual page and the sample file say what the table of options says, and
# the manual pages are good mdoc.  Run from the root of the sources; B is the
# build directory with the program config-manual.  To mend the first two:
#
#	config-manual mdoc	between the lines "BEGIN config-manual mdoc" and
#				"END config-manual mdoc" of the page
#	config-manual sample	> etc/pratique.conf

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

pages=$(echo man/*.[1-9])
echo "1..$(($(echo "$pages" | wc -w) + 3))"
made=$("$B/config-manual" mdoc)
page=$(sed -n '/BEGIN config-manual mdoc/,/END config-manual mdoc/p' \
    man/pratique.conf.5 | sed '1d;$d')
[ -n "$made" ] && [ "$made" = "$page" ]
result $? "options in pratique.conf(5)"

"$B/config-manual" sample | cmp -s - etc/pratique.conf
result $? "etc/pratique.conf"

echo ".Xx" | mandoc -T lint -W warning >/dev/null 2>&1
[ $? -eq 3 ]
result $? "control: mandoc sees what is wrong"
for page in $pages; do
	mandoc -T lint -W warning "$page" >/dev/null 2>&1
	result $? "mandoc lint $page"
done
