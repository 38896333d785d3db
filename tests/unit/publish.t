#!/bin/sh
# SPDX-License-Identifier: ISC
#
# What is given away: the same sources make the same programs in whichever
# folder (one that is linked with libraries, the one that is static, and an
# archive), `make install-strip` installs them without symbols, and `make dist`
# makes the same archive again, but none with a placeholder for an address.
# B is the build directory.
set -u
B=${B:-build}
n=0
top=$(mktemp -d)
trap 'rm -rf "$top"' EXIT
trap 'exit 1' HUP INT TERM

result() { # status name
	n=$((n + 1))
	[ "$1" -eq 0 ] || printf 'not '
	echo "ok $n - $2"
}

# Not what a make around this one was told on its command line.
make_in() { # folder, arguments
	(cd "$1" && shift && env -u MAKEFLAGS -u MAKEOVERRIDES make -s "$@" \
	    >"$top/log" 2>&1) || {
		tail -5 "$top/log" | sed 's/^/# /'
		return 1
	}
}

copy() { # folder
	mkdir -p "$1" && tar -cf - --exclude=./.git --exclude='./build*' . |
	    tar -xf - -C "$1"
}

some="build/pratique-keys build/policy-table build/oracle-part.a"
one=$top/one
two=$top/another/folder/with/a/longer/name
for folder in "$one" "$two"; do
	copy "$folder"
	# unit.a has everything in it; a part of it will do.
	cat >>"$folder/Makefile" <<'EOF'
$(B)/oracle-part.a: $(B)/lib/field.o $(B)/lib/stamp.o
	rm -f $@ && $(AR) rcsD $@ $^
EOF
	# shellcheck disable=SC2086 # a list of words
	make_in "$folder" $some
	result $? "builds in ${folder#"$top"}"
done
for file in $some; do
	cmp "$one/$file" "$two/$file" >&2
	result $? "$file: the same bytes"
	! grep -q "$top" "$one/$file"
	result $? "$file: does not name its folder"
done
make_in "$one" clean && make_in "$one" MAPPED= build/pratique-keys &&
    grep -q "$top" "$one/build/pratique-keys"
result $? "control: without the map it does"

# Where everything is built: what is installed of it.
sections() { # file
	readelf -SW "$1" | grep -cE '\.(symtab|debug_info)'
}
make_in . B="$B" install DESTDIR="$top/plain" &&
    make_in . B="$B" install-strip DESTDIR="$top/bare"
result $? "both installations"
bad=0
for file in $(cd "$top/plain" && find . -path '*bin/*' -o -path '*libexec/*/*'); do
	[ "$(sections "$top/plain/$file")" -eq 2 ] || bad=1
	[ "$(sections "$top/bare/$file")" -eq 0 ] || bad=1
	[ "$(stat -c %a "$top/plain/$file")" = \
	    "$(stat -c %a "$top/bare/$file")" ] || bad=1
done
result $bad "install-strip: no symbols, the same modes; install: symbols"
[ "$(find "$top/bare" -type f | wc -l)" -eq \
    "$(find "$top/plain" -type f | wc -l)" ]
result $? "install-strip: as many files"
"$top/bare/usr/local/sbin/pratiqued" -V >/dev/null
result $? "a program without symbols runs"
mine=$top/bare/etc/pratique/mine.key
: >"$mine"
make_in . B="$B" uninstall DESTDIR="$top/bare"
result $? "uninstall"
[ "$(cd "$top/bare" && find . ! -type d | sort | tr '\n' ' ')" = \
    "./etc/pratique/mine.key ./etc/pratique/pratique.conf " ] &&
    [ ! -e "$top/bare/usr/local/libexec/pratique" ]
result $? "uninstall: takes all but what is in /etc/pratique"

! make_in "$one" dist >"$top/said" &&
    grep -q "still has security@pratique.example" "$top/said"
result $? "dist: refuses the placeholder"
for folder in "$one" "$two"; do
	sed -i 's/security@pratique\.example/security@pratique.org/' \
	    "$folder/SECURITY.md"
done
! make_in "$one" dist >"$top/said"
result $? "dist: refuses a version without a day"
grep -q "no day for" "$top/said"
result $? "dist: and says so"
version=$(sed -n 's/^VERSION *:= *//p' Makefile)
for folder in "$one" "$two"; do
	sed -i "s/^## $version, .*/## $version, 2026-01-02/" \
	    "$folder/CHANGELOG.md"
	make_in "$folder" clean
	find "$folder" -newer "$folder/LICENSE" -exec touch {} +
done
make_in "$one" dist && make_in "$two" dist
result $? "dist: makes an archive"
cmp "$one/pratique-$version.tar.gz" "$two/pratique-$version.tar.gz" >&2
result $? "dist: the same one from each folder"
tar -tzf "$one/pratique-$version.tar.gz" | sed "s|^pratique-$version/||" |
    LC_ALL=C sort >"$top/packed"
(cd "$one" && find . -type f ! -name '*.tar.gz' | sed 's|^\./||' |
    LC_ALL=C sort) | cmp - "$top/packed" >&2
result $? "dist: has every file"
echo "1..$n"
