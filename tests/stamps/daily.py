# SPDX-License-Identifier: ISC
"""An unsigned database container named daily.cud, so that a private clamd
has a daily database of any number and age to tell: without one its scans are
never worth a stamp.  Its one signature is for a word of our own.
"""
import gzip
import hashlib
import io
import tarfile
import time

HEAD = 512  # bytes of the container's head, padded with blanks
SIGNATURE = "Pratique.Test.Daily:0:*:" + b"pratique-daily-word".hex() + "\n"


def _head(number, made, digest):
    date = time.strftime("%d %b %Y %H-%M +0000", time.gmtime(made))
    return (f"ClamAV-VDB:{date}:{number}:1:90:{digest}:X:pratique:"
            f"{made}").encode("ascii")


def _archive(files):
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=tarfile.USTAR_FORMAT) as to:
        for name, data in files:
            entry = tarfile.TarInfo(name)
            entry.size = len(data)
            to.addfile(entry, io.BytesIO(data))
    return gzip.compress(out.getvalue(), mtime=0)


def write(path, number, made):
    """A container of that number, made at that time (seconds)."""
    rows = SIGNATURE.encode("ascii")
    info = (_head(number, made, "X") + b"\ndaily.ndb:%d:%s\n"
            % (len(rows), hashlib.sha256(rows).hexdigest().encode()))
    packed = _archive([("COPYING", b"-\n"), ("daily.info", info),
                       ("daily.ndb", rows)])
    head = _head(number, made, hashlib.md5(packed).hexdigest())
    with open(path, "wb") as out:
        out.write(head.ljust(HEAD) + packed)
