#!/bin/sh
# SPDX-License-Identifier: ISC
#
# tests/prepare, which ./quickstart begins with, leaves no service behind that
# starts at boot, and no file of its own: at its end, and when its terminal goes
# away in the middle.  Everything that it calls is a puppet here.
set -u
n=0
top=$(mktemp -d)
trap 'rm -rf "$top"' EXIT
trap 'exit 1' HUP INT TERM
export top

result() { # status name
	n=$((n + 1))
	[ "$1" -eq 0 ] || printf 'not '
	echo "ok $n - $2"
}

puppet() { # name; its text is standard input
	{
		echo '#!/bin/sh'
		cat
	} >"$top/bin/$1"
	chmod 755 "$top/bin/$1"
}

# Nothing is installed, and each package has services of both kinds.
mkdir "$top/bin"
echo 'echo 0' | puppet id
for each in dpkg-query debconf-set-selections apt-cache getent; do
	echo 'exit 0' | puppet $each
done
# shellcheck disable=SC2016 # expanded by the puppets
{
	puppet apt-get <<'EOF'
[ "$2" = -y ] || exit 0
cp "$ROOT/usr/sbin/policy-rc.d" "$top/policy"
ln -s /new "$ROOT/etc/rc2.d/S01new"
ln -s /new "$ROOT/etc/systemd/system/multi-user.target.wants/new.service"
ln -s /new "$ROOT/etc/systemd/system/sockets.target.wants/new.socket"
[ ! -e "$top/hang-up" ] || kill -HUP $PPID
EOF
	puppet update-rc.d <<'EOF'
[ "$2" = disable ] && rm "$ROOT"/etc/rc2.d/S??"$1"
EOF
	# As the real one, it is only for the scripts of packages.
	puppet deb-systemd-helper <<'EOF'
[ "$1" = disable ] && [ -n "${DPKG_MAINTSCRIPT_PACKAGE:-}" ] &&
    rm "$ROOT"/etc/systemd/system/*.wants/"$2"
EOF
}

# A system with two services of its operator's.
fresh() {
	rm -rf "$top/root" "$top/tmp" "$top/policy"
	mkdir -p "$top/tmp" "$top/root/usr/sbin" "$top/root/etc/rc2.d" \
	    "$top/root/etc/systemd/system/multi-user.target.wants" \
	    "$top/root/etc/systemd/system/sockets.target.wants"
	ln -s /old "$top/root/etc/rc2.d/S01old"
	ln -s /old \
	    "$top/root/etc/systemd/system/sockets.target.wants/old.socket"
}

prepare() {
	ROOT=$top/root TMPDIR=$top/tmp PATH=$top/bin:$PATH \
	    tests/prepare build >"$top/out" 2>"$top/err"
}

# Whatever happened: what the operator had is there, and nothing else.
left() { # name
	found=$(cd "$top/root" && find . ! -type d | sort | tr '\n' ' ')
	[ "$found" = "./etc/rc2.d/S01old ./etc/systemd/system/sockets.target.wants/old.socket " ] ||
	    { echo "# $found"; false; }
	result $? "$1: only the operator's services start at boot"
	[ -z "$(ls "$top/tmp")" ]
	result $? "$1: no temporary file is left"
}

fresh
prepare
result $? "installs"
grep -q 'exit 101' "$top/policy"
result $? "services are forbidden meanwhile"
[ "$(grep -c 'not started at boot: new$' "$top/out")" -eq 1 ] &&
    grep -q 'not started at boot: new.socket$' "$top/out"
result $? "each that is not started is told once"
[ ! -s "$top/err" ] || { sed 's/^/# /' "$top/err"; false; }
result $? "no complaint"
left "done"

fresh
: >"$top/hang-up"
! prepare
result $? "ends when the terminal does"
[ -s "$top/policy" ]
result $? "control: it was installing"
left "hung up"
rm "$top/hang-up"

fresh
cp "$top/policy" "$top/root/usr/sbin/policy-rc.d" 2>/dev/null ||
    printf '# tests/prepare\n' >"$top/root/usr/sbin/policy-rc.d"
prepare
left "after a run that was killed"

fresh
echo "# the operator's" >"$top/root/usr/sbin/policy-rc.d"
prepare
grep -q operator "$top/root/usr/sbin/policy-rc.d"
result $? "the operator's own policy stays"
echo "1..$n"
