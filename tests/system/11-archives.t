#!/usr/bin/python3 -B
# SPDX-License-Identifier: ISC
"""Archives of which clamd does not unpack all and says nothing: they are not
clean, they get no stamp, and what clamd does look into is not affected."""
import binascii
import os
import struct
import sys
import zipfile

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "../containers"))

import archives as a  # noqa: E402
import measure  # noqa: E402
from kit import smtp  # noqa: E402
from kit.clamd import EICAR, EICAR_NAME  # noqa: E402
from kit.tap import main  # noqa: E402
from kit.world import World  # noqa: E402

MB = 1 << 20
TEMPFAIL = "451 4.7.1 Message could not be scanned, try again later"
CLAMD = 'clamd "main"'
UNTOLD = "does not report what is in an archive above MaxFileSize"

deflated = a.zip_as(zipfile.ZIP_DEFLATED)


def content(size, end=EICAR.encode()):
    """Zeros that clamd has not in its cache, and the test string at the end."""
    return os.urandom(16) + bytes(size - 16 - len(end)) + end


def world(stack, directory):
    w = World(stack, directory, {"MaxFileSize": "25M", "MaxScanSize": "100M"})
    measured(w)
    return w


def measured(w):
    return w.pratiqued.wait_line("backend-archives")


def warned(w):
    return [line for line in w.pratiqued.lines("backend-warning")
            if UNTOLD in line["reason"]]


def restart(w, **settings):
    w.restart(**settings)
    measured(w)


def verdict(w, archive):
    """The reply, and the log line, of a mail with that archive."""
    tag = smtp.new_tag()
    reply = w.send(tag, smtp.attachment(tag, archive))
    return reply, w.log(tag)


def unpacked(tap, w, name, archive, why):
    reply, line = verdict(w, archive)
    tap.equal(reply, TEMPFAIL, f"{name}: put off", line.text)
    tap.equal((line["verdict"], line.get("reason"), line.get("archive"),
               line["action"]),
              ("unscanned", "not-unpacked", why, "tempfail"),
              f"{name}: in the log")


def limits(tap, w):
    """What clamd looks into is measured to the byte, and warned of"""
    line = measured(w)
    tap.equal((line["file_limit"], line["scan_limit"]),
              (str(25 * MB), str(99 * MB)), "both limits")
    tap.equal(len(warned(w)), 1, "the log names the mend")


def thirty(tap, w):
    """A mail of some KB that unpacks to 30 MB, with EICAR at its end"""
    big = content(30 * MB)
    for name, make in (
            ("deflate", deflated),
            ("bzip2", a.zip_as(zipfile.ZIP_BZIP2)),
            ("sizes behind the content", a.zip_streamed)):
        archive = make([("a.bin", big)])
        tap.equal(measure.says(w.clamd, measure.message(archive)), "OK",
                  f"{name}: clamd calls it clean", len(archive))
        unpacked(tap, w, name, archive, "too-big")
    archive = deflated([("small", b"x"), ("a.bin", big), ("c", b"y")])
    unpacked(tap, w, "among others", archive, "too-big")


def not_looked_into(tap, w):
    """What clamd does not unpack at all, of any size"""
    small = [("a.bin", content(1000))]
    for name, make, why in (
            ("LZMA", a.zip_as(zipfile.ZIP_LZMA), "method"),
            ("ZIP64", a.zip64, "zip64"),
            ("sizes that cannot be",
             lambda m: a.zip_lying([("a", content(30 * MB))]), "sizes"),
            ("another method in the directory", other_method, "headers"),
            ("the same, made up for", swapped, "headers"),
            ("no directory", no_directory, "headers")):
        archive = make(small)
        tap.equal(measure.says(w.clamd, measure.message(archive)), "OK",
                  f"{name}: clamd calls it clean")
        unpacked(tap, w, name, archive, why)


def other_method(members):
    """Stored for clamd, of the same length; packed for everybody else."""
    data = bytearray(deflated(members))
    packed = struct.unpack_from("<I", data, 18)[0]
    struct.pack_into("<H", data, 8, 0)
    struct.pack_into("<I", data, 22, packed)
    return bytes(data)


def swapped(members):
    """The same, and two headers behind it that make up for the difference."""
    good = deflated(members)
    stray = bytearray(good[good.index(b"PK\1\2"):])
    packed = struct.unpack_from("<I", stray, 20)[0]
    struct.pack_into("<H", stray, 10, 0)
    struct.pack_into("<I", stray, 24, packed)
    return other_method(members) + good[:64] + bytes(stray[:-22])


def no_directory(members):
    """What clamd passes by, and programs that repair archives do not."""
    archive = a.zip_streamed(members)
    return archive[:archive.index(b"PK\1\2")]


def uuencoded(archive, width):
    lines = [binascii.b2a_uu(archive[i:i + width], backtick=True).decode()
             for i in range(0, len(archive), width)]
    return "begin 644 a.zip\n" + "".join(lines) + "`\nend\n"


def quoted(archive):
    """LF as the end of a line, which it is for a reader on Unix."""
    text = "".join("\n" if c == 10 else f"={c:02X}" for c in archive)
    return "".join(line[i:i + 72] + ("=\n" if len(line) > i + 72 else "\n")
                   for line in text.split("\n")
                   for i in range(0, max(len(line), 1), 72))


def codings(tap, w):
    """Ways to code an archive that clamd reads, and a careless look does not"""
    big = a.zip_streamed([("a.bin", content(30 * MB))])
    unix = bytearray(deflated([("a.bin", content(30 * MB))]))
    for at in (4, unix.index(b"PK\1\2") + 6):
        unix[at] = 10  # the version that is needed: LF
    for name, coding, text in (
            ("uuencode, lines of 43 bytes", "x-uuencode", uuencoded(big, 43)),
            ("uuencode, of one", "x-uuencode", uuencoded(big, 1)),
            ("LF ends a line", "quoted-printable", quoted(unix))):
        tag = smtp.new_tag()
        reply = w.send(tag, smtp.message(tag, text, fields=(
            ("MIME-Version", "1.0"),
            ("Content-Type", "application/zip; name=a.zip"),
            ("Content-Transfer-Encoding", coding))))
        line = w.log(tag)
        tap.equal((reply, line["verdict"], line.get("reason")),
                  (TEMPFAIL, "unscanned", "not-unpacked"),
                  f"{name}: put off", line.text)


def cabinets(tap, w):
    """Cabinets, of which clamd reports neither limit"""
    archive = a.cab(True)([("a.bin", content(30 * MB))])
    tap.equal(measure.says(w.clamd, measure.message(archive)), "OK",
              "clamd calls it clean")
    unpacked(tap, w, "cabinet", archive, "too-big")
    reply, line = verdict(w, a.cab(True)([("a.bin", content(20 * MB))]))
    tap.equal(line["verdict"], "infected", "within: infected", line.text)


def within(tap, w):
    """What is within the limits is not affected"""
    for name, archive in (
            ("exactly MaxFileSize", deflated([("a", content(25 * MB))])),
            ("short", deflated([("a.txt", content(5000)), ("b", b"x")])),
            ("in a ZIP", deflated([("b.zip", deflated(
                [("a", content(9 * MB))]))]))):
        _, line = verdict(w, archive)
        tap.equal((line["verdict"], line.get("signature")),
                  ("infected", EICAR_NAME), f"{name}: infected", line.text)
    for name, archive in (
            ("exactly MaxFileSize", deflated([("a", content(25 * MB, b""))])),
            ("many files", deflated([(f"f{i}.xml", content(9000, b""))
                                     for i in range(200)])),
            ("random", deflated([("a", os.urandom(3 * MB))])),
            ("sizes behind", a.zip_streamed([("a", content(5000, b""))]))):
        reply, line = verdict(w, archive)
        tap.equal(line["verdict"], "clean", f"{name}: clean", line.text)
        tap.has(reply, "250 ", f"{name}: accepted")


def strict(tap, w):
    """require_alerts: what may hide more is not called clean"""
    nested = deflated([("b.zip", deflated([("a", content(30 * MB))]))])
    _, line = verdict(w, nested)
    tap.equal(line["verdict"], "clean", "a ZIP in a ZIP: passes, as documented",
              line.text)
    settings = w.pratiqued.settings[CLAMD]
    restart(w, **{CLAMD: {**settings, "require_alerts": "yes"}})
    unpacked(tap, w, "a ZIP in a ZIP", nested, "nested")
    _, line = verdict(w, deflated([("a.txt", content(5000, b""))]))
    tap.equal(line["verdict"], "clean", "a plain ZIP: clean", line.text)
    restart(w, **{CLAMD: settings})


def mended(tap, w):
    """MaxFileSize no lower than MaxScanSize: clamd reports all of it"""
    w.clamd.configure(MaxFileSize="25M", MaxScanSize="25M")
    restart(w, on_limits_exceeded={"action": "reject"})
    tap.equal(warned(w), [], "nothing to warn of")
    big = [("a.bin", content(30 * MB))]
    for name, archive in (
            ("ZIP", deflated(big)),
            ("ZIP in ZIP", deflated([("a.bin", deflated(big))])),
            ("sizes that lie", a.zip_lying(big, 5 * MB))):
        reply, line = verdict(w, archive)
        tap.equal((line.get("reason"), reply[:3]), ("limits-exceeded", "554"),
                  f"{name}: limits-exceeded", line.text)
    unpacked(tap, w, "cabinet", a.cab(True)(big), "too-big")


main(world, limits, thirty, not_looked_into, codings, cabinets, within, strict, mended)
