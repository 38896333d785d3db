#!/usr/bin/python3 -B
# SPDX-License-Identifier: ISC
"""Faults 20 to 32 and others in which clamd says OK to what it has not looked
into: with the real one wherever it can be made to do that.  Such a clamd is
found out by its canary: before it is used, and, when it goes blind at work,
before the first message that it then calls clean."""
import base64
import gzip
import io
import os
import re
import resource
import subprocess
import time
import zipfile

from rig import run, wait_for

TCP = "inet:{0.port}@127.0.0.1"
MARKER = b"pratique-yellow-flag-" + b"test-word"
SEALS = 0xf  # SEAL, SHRINK, GROW, WRITE
O_RDWR = 2


def unix(clamd):
    return f"unix:{clamd.socket}"


def attachment(content):
    """A body with content as a base64 attachment, and its field."""
    fields = [("MIME-Version", "1.0"),
              ("Content-Type", 'multipart/mixed; boundary="=_part"')]
    coded = base64.encodebytes(content).replace(b"\n", b"\r\n")
    return fields, (b"--=_part\r\nContent-Type: application/octet-stream\r\n"
                    b"Content-Transfer-Encoding: base64\r\n\r\n" + coded +
                    b"--=_part--\r\n")


def infected(rig, length=0, marker=MARKER):
    """What a blind clamd overlooks: must never be called clean."""
    fields, body = attachment(os.urandom(length) + marker)
    return rig.send(body, fields)


def never_up(rig, clamd, why, **settings):
    rig.start(clamd, wait=False, **settings)
    rig.not_used(why)
    result = infected(rig)
    rig.unscanned(result, "clamd-down")
    rig.equal(rig.daemon.lines("backend-up"), [], "it was never used")


def goes_blind(rig, address, blind, mend, length=0, short=False, **settings):
    """A clamd that goes blind at work: the first message after that, with
    nothing in between, is not called clean.  That clamd does call it clean is
    shown by a daemon that is content with an old canary.  short: to long ones
    only."""
    for interval in "1m", "1s", "0":
        rig.start(address, check_interval="1m", confirm_interval=interval,
                  **settings)
        rig.equal(infected(rig, length).verdict, "infected",
                  f"{interval}: before")
        rig.clean(infected(rig, length + 99, b""), f"{interval}: clean mail is clean")
        if interval == "1s":
            # As with lone messages: the last canary is of some time ago.
            time.sleep(1.1)
        blind()
        result = infected(rig, length)
        if interval == "1m":
            rig.clean(result, "clamd is blind")
            mend()
        else:
            rig.unscanned(result, "clamd-error")
            if short:
                rig.wait_log("backend-suspect")
                rig.clean(rig.send(), "short ones are scanned")
            else:
                rig.not_used("test ")  # says OK to it, or has no verdict
            rig.unscanned(infected(rig, length), "clamd-error", "clamd-down")
            mend()
            rig.recovers()
            rig.equal(infected(rig, length).verdict, "infected",
                      f"{interval}: afterwards")
        rig.daemon.stop()


def tmp_closed(rig):
    """temporary directory not writable"""
    clamd = rig.clamd()
    tmp = f"{clamd.directory}/tmp"
    goes_blind(rig, unix(clamd), lambda: os.chmod(tmp, 0),
               lambda: os.chmod(tmp, 0o755))


def tmp_gone(rig):
    """temporary directory missing"""
    clamd = rig.clamd()
    tmp = f"{clamd.directory}/tmp"
    goes_blind(rig, unix(clamd), lambda: os.rename(tmp, tmp + ".away"),
               lambda: os.rename(tmp + ".away", tmp))


def tmp_closed_tcp(rig):
    """temporary directory not writable, message as a stream"""
    clamd = rig.clamd()
    rig.start(TCP.format(clamd))
    os.chmod(f"{clamd.directory}/tmp", 0)
    rig.unscanned(infected(rig), "clamd-error", "clamd-down")
    rig.not_used("no verdict on a test message")
    os.chmod(f"{clamd.directory}/tmp", 0o755)
    rig.recovers()


def with_small_tmp(rig, options):
    """A clamd whose temporary directory is a file system of its own."""
    clamd = rig.clamd(start=False)
    tmp = f"{clamd.directory}/tmp"
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"mode=777,{options}",
                    "none", tmp], check=True)
    rig.stack.callback(subprocess.run, ["umount", "-l", tmp], check=True)
    rig.stack.callback(clamd.stop)
    return clamd.start(), tmp


def fill(tmp):
    with open(f"{tmp}/filler", "wb", buffering=0) as out:
        try:
            while out.write(b"x" * 4096):
                pass
        except OSError:
            pass


def tmp_full(rig):
    """temporary directory full"""
    clamd, tmp = with_small_tmp(rig, "size=32m")
    goes_blind(rig, unix(clamd), lambda: fill(tmp),
               lambda: os.unlink(f"{tmp}/filler"), max_message_size="2M")


def tmp_partly_full(rig):
    """temporary directory with room for short messages only"""
    clamd, tmp = with_small_tmp(rig, "size=32m")

    def leave_some():
        fill(tmp)
        os.truncate(f"{tmp}/filler", os.path.getsize(f"{tmp}/filler") -
                    (1 << 20))

    goes_blind(rig, unix(clamd), leave_some,
               lambda: os.unlink(f"{tmp}/filler"), 2 << 20, short=True,
               max_message_size="4M")
    # And a canary that was shorter than the message is no confirmation.
    rig.start(unix(clamd), check_interval="1m", confirm_interval="1m",
              max_message_size="4M")
    rig.clean(rig.send())
    leave_some()
    rig.clean(rig.send(), "there is room for short ones")
    rig.unscanned(infected(rig, 2 << 20), "clamd-error")


def tmp_too_small(rig):
    """temporary directory that takes small messages only"""
    clamd, _ = with_small_tmp(rig, "size=1m")
    rig.start(unix(clamd), wait=False)
    line = rig.wait_log("backend-suspect")
    rig.ok("test " in line["reason"], "the log says so at the start", line.text)
    rig.equal(infected(rig).verdict, "infected", "short ones are scanned")
    rig.clean(rig.send())
    for size in 1, 2, 3:
        rig.unscanned(infected(rig, size << 20), "clamd-error")
    rig.clean(rig.send())


def tmp_full_tcp(rig):
    """temporary directory full, message as a stream"""
    clamd, tmp = with_small_tmp(rig, "size=32m")
    rig.start(TCP.format(clamd), max_message_size="2M")
    fill(tmp)
    rig.unscanned(rig.send(b"y" * 70 + b"\r\n"), "clamd-error", "clamd-down")
    rig.not_used("no verdict on a test message")
    os.unlink(f"{tmp}/filler")
    rig.recovers()


def no_inodes(rig):
    """temporary directory full of files"""
    clamd, tmp = with_small_tmp(rig, "size=32m,nr_inodes=256")

    def fill_up():
        try:
            for i in range(512):
                os.close(os.open(f"{tmp}/filler{i}", os.O_CREAT, 0o600))
        except OSError:
            pass

    def mend():
        for name in os.listdir(tmp):
            if name.startswith("filler"):
                os.unlink(f"{tmp}/{name}")

    goes_blind(rig, unix(clamd), fill_up, mend, max_message_size="2M")


def no_directory(rig):
    """no temporary directory can be created"""
    fake = rig.fake()
    rig.start(fake.address)
    fake.answer = fake.canary = lambda r: r.reply(
        b"Can't create temporary directory ERROR")
    rig.unscanned(rig.send(), "clamd-error")
    rig.not_used("no verdict on a test message: scan-error")
    fake.answer = lambda r: r.reply(b"OK")
    fake.canary = None
    rig.recovers()


def no_descriptors(rig):
    """clamd has no free descriptors"""
    clamd = rig.clamd(MaxThreads=4, User="root")
    pid = clamd.process.pid
    before = resource.prlimit(pid, resource.RLIMIT_NOFILE)

    def with_spare(spare):
        """What becomes of a message when clamd has so many left."""
        rig.recovers()
        # The numbers in use are the lowest ones.
        used = 1 + max(map(int, os.listdir(f"/proc/{pid}/fd")))
        resource.prlimit(pid, resource.RLIMIT_NOFILE,
                         (used + spare, before[1]))
        result = infected(rig)
        resource.prlimit(pid, resource.RLIMIT_NOFILE, before)
        return result

    # With how few it is blind, in place of being unable to answer, is luck.
    rig.start(unix(clamd), check_interval="1m", confirm_interval="1m")
    wait_for("clamd to be blind", lambda: any(
        with_spare(spare).verdict == "clean" for spare in (2, 1, 0, 3, 4, 5)))
    rig.daemon.stop()
    rig.start(unix(clamd), check_interval="1m", confirm_interval="0")
    for spare in 4, 3, 2, 1, 0, 2, 1, 0, 2, 1, 0:
        result = with_spare(spare)
        # Connections of ours, the next one and a test message's, take some.
        rig.ok(result.verdict == "infected" or
               result.verdict == "unscanned" and spare <= 3,
               f"{spare}: never clean", result)
    rig.recovers()


def dropped_descriptor(rig):
    """descriptors do not get through to clamd"""
    fake = rig.fake(lambda r: r.reply(
        b"Marker FOUND" if MARKER in r.data else b"OK"))
    fake.commands["FILDES"] = lambda connection: None  # closes
    rig.start(fake.address)
    rig.clean(rig.send(), "scanned as a stream")
    rig.equal(rig.send(MARKER).verdict, "infected", "found in a stream")
    rig.ok("descriptors do not reach it" in
           rig.wait_log("backend-warning",
                        reason="gets messages as a stream: descriptors do "
                               "not reach it")["reason"], "the log says so")


def what_is_handed_on(rig):
    """a descriptor that clamd cannot read, or that changes"""
    fake = rig.fake()
    rig.start(fake.address)
    rig.clean(rig.send())
    rig.clean(rig.send(b"z" * 70000))
    for request in fake.requests:
        rig.equal(len(request.descriptors), 1, "one descriptor")
        flags, seals = request.descriptors[0]
        rig.equal(flags & os.O_ACCMODE, O_RDWR, "it can be read")
        rig.equal(seals & SEALS, SEALS, "and has all seals")
        rig.equal(request.command, b"zFILDES\0\0", "with nine bytes")


def over_limits(rig):
    """message above MaxFileSize"""
    clamd = rig.clamd(MaxFileSize="3M", MaxScanSize="12M")
    rig.start(unix(clamd))
    rig.clean(rig.send(b"u" * (1 << 20)), "within: scanned")
    rig.clean(rig.send(b"u" * (2 << 20)), "longer than all before: scanned")
    rig.unscanned(rig.send(b"u" * (5 << 20)), "too-big")
    line = rig.wait_log("backend-limit")
    rig.ok(2 << 20 < int(line["limit"]) < 6 << 20, "now that is known",
           line.text)
    rig.equal(rig.daemon.lines("backend-proved")[-1]["size"][:1], "2",
              "and what it looks into")
    asked = rig.send(b"u" * (5 << 20))
    rig.unscanned(asked, "too-big")
    rig.ok("backend" not in asked.line, "it is not asked again", asked)
    fields, body = attachment(beyond_limits()[2][1])
    result = rig.send(body + b"u" * (5 << 19), fields)
    rig.unscanned(result, "limits-exceeded")


def silent_limits(rig):
    """limits that pass silently: AlertExceedsMax off"""
    clamd = rig.clamd(AlertExceedsMax="no")
    never_up(rig, (unix(clamd), {"require_alerts": "yes"}),
             "set AlertExceedsMax yes")


def silent_limits_warned(rig):
    """limits that pass silently, and the operator puts up with that"""
    clamd = rig.clamd(AlertExceedsMax="no", **LIMITS)
    rig.start(unix(clamd))
    rig.ok([line for line in rig.daemon.lines("backend-warning")
            if "set AlertExceedsMax yes" in line["reason"]], "the log warns")
    rig.clean(rig.send(b"u" * (2 << 20)), "within: scanned")
    rig.unscanned(infected(rig, 5 << 20), "too-big")
    for name, content in beyond_limits():
        fields, body = attachment(content)
        rig.clean(rig.send(body, fields),
                  f"{name}, inside of a message: passes, as documented")


def limits_by_need(rig):
    """limits of any size, silent or not: what is beyond is never clean"""
    kinds, wrong = set(), []
    for alert in "yes", "no":
        for most, sum_of in (("1500K", "100M"), ("3M", "100M"), ("8M", "3M"),
                             ("8M", "5M"), ("8M", "7M")):
            clamd = rig.clamd(f"{alert}{most}{sum_of}", MaxFileSize=most,
                              MaxScanSize=sum_of, AlertExceedsMax=alert)
            rig.start(unix(clamd), check_interval="1m")
            for size in 900, 1200, 1600, 2000, 2600, 3300, 4500, 700:
                seen = infected(rig, size << 10)
                kinds.add((seen.verdict, seen.reason))
                if seen.verdict == "clean":
                    wrong.append((alert, most, sum_of, size, seen))
            rig.daemon.stop()
            clamd.stop()
    rig.equal(wrong, [], "never clean")
    rig.ok({("infected", None), ("unscanned", "too-big")} <= kinds,
           "some were within, some were not", kinds)


def other_limits(rig):
    """limits of one of several: the other one gets what is longer"""
    for alert in "yes", "no":
        less = rig.clamd(f"less-{alert}", MaxFileSize="2M",
                         AlertExceedsMax=alert)
        more = rig.clamd(f"more-{alert}", AlertExceedsMax=alert)
        rig.start((unix(less), {"weight": 100}), unix(more),
                  check_interval="1m")
        result = infected(rig, 4 << 20)
        rig.equal((result.verdict, result.line["backend"]), ("infected", "c1"),
                  f"AlertExceedsMax {alert}", result)
        result = infected(rig, 4 << 20, b"")
        rig.clean(result)
        rig.equal(result.line["backend"], "c1", "clean by that one")
        rig.clean(infected(rig, 1 << 20, b""), "shorter ones as before")
        rig.daemon.stop()
        less.stop()
        more.stop()


# Of clamd; and contents that exceed them.
LIMITS = {"MaxFileSize": "3M", "MaxScanSize": "12M", "MaxFiles": "100",
          "MaxRecursion": "10"}


def beyond_limits():
    nested = os.urandom(16)
    for _ in range(32):
        nested = gzip.compress(nested, 0)
    many = io.BytesIO()
    with zipfile.ZipFile(many, "w") as archive:
        for i in range(200):
            archive.writestr(f"{i}", os.urandom(64))
    large = io.BytesIO()
    with zipfile.ZipFile(large, "w", zipfile.ZIP_DEFLATED) as archive:
        for i in range(12):
            archive.writestr(f"{i}", os.urandom(16) + bytes(2 << 20))
    longer = gzip.compress(bytes(4 << 20))
    return [("MaxRecursion", nested), ("MaxFiles", many.getvalue()),
            ("MaxScanSize", large.getvalue()), ("MaxFileSize", longer)]


def alerted_limits(rig):
    """limits inside of a message: no virus, and not clean"""
    clamd = rig.clamd(**LIMITS)
    rig.start(unix(clamd))
    for name, content in beyond_limits():
        fields, body = attachment(content)
        result = rig.send(body, fields)
        rig.equal((result.verdict, result.reason),
                  ("unscanned", "limits-exceeded"), name, result)


def scan_time(rig):
    """MaxScanTime passed"""
    clamd = rig.clamd(MaxScanTime=1)
    rig.start(unix(clamd), wait=False)
    fields, body = attachment(b"".join(os.urandom(999) for _ in range(3000)))
    result = rig.send(body, fields)
    rig.unscanned(result, "limits-exceeded", "clamd-down", "clamd-error")


def encrypted(rig):
    """encrypted archives: as the operator wants it"""
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as out:
        out.writestr("x", os.urandom(64))
    content = bytearray(archive.getvalue())
    # "Encrypted" in the flags of both headers.
    content[6] |= 1
    content[content.index(b"PK\x01\x02") + 8] |= 1
    fields, body = attachment(bytes(content))
    for alert, verdict in ("yes", "infected"), ("no", "clean"):
        clamd = rig.clamd(f"alert-{alert}", AlertEncryptedArchive=alert)
        rig.start(unix(clamd))
        rig.equal(rig.send(body, fields).verdict, verdict,
                  f"AlertEncryptedArchive {alert}")
        rig.daemon.stop()
        clamd.stop()


def few_bytes(rig):
    """messages that are hardly there: clamd is given more than five bytes"""
    fake = rig.fake()
    rig.start(fake.address)
    rig.clean(rig.send(b""))
    rig.clean(rig.send(b"x"))
    rig.ok(all(len(r.data) > 100 for r in fake.requests), "a line of our own",
           fake.requests)


def empty_database(rig):
    """database that does not know EICAR"""
    clamd = rig.clamd(start=False)
    path = f"{clamd.directory}/db/pratique-test.ndb"
    with open(path, encoding="ascii") as database:
        lines = [line for line in database if "Eicar" not in line]
    with open(path, "w", encoding="ascii") as database:
        database.writelines(lines)
    clamd.start()
    never_up(rig, unix(clamd), "says OK to the EICAR test string")


def old_database(rig):
    """database years old, its reload perhaps failed"""
    fake = rig.fake()
    fake.version = b"ClamAV 1.4.6/26000/Tue Nov 14 22:13:20 2023\0"
    rig.start(fake.address)
    rig.ok(rig.daemon.lines("backend-warning", reason="has an old database"),
           "the log warns")
    rig.equal(rig.daemon.lines("backend-up")[0]["database"], "26000",
              "its number is in the log")
    rig.clean(rig.send(), "it is used")


def no_daily(rig):
    """VERSION without number and date"""
    clamd = rig.clamd()
    rig.start(unix(clamd))
    rig.ok(rig.daemon.lines("backend-warning", reason="has no daily database"),
           "the log warns")
    rig.clean(rig.send(), "it is used")


def no_daily_refused(rig):
    """VERSION without number and date, and the operator wants one"""
    never_up(rig, (unix(rig.clamd()), {"require_daily": "yes"}),
             "has no daily database")


def dated(seconds):
    return b"ClamAV 1.4.6/27001/" + time.strftime(
        "%a %b %e %H:%M:%S %Y", time.gmtime(time.time() + seconds)).encode() \
        + b"\0"


def odd_dates(rig):
    """VERSION date in another zone, in the future, and older than before"""
    fake = rig.fake()
    fake.version = dated(9 * 3600)
    rig.start(fake.address)
    rig.equal(rig.daemon.lines("backend-warning"), [], "another zone: nothing")
    fake.version = dated(3 * 86400)
    rig.wait_log("backend-warning", reason="has a database from the future")
    rig.wait_log("backend-database")
    fake.version = fake.version.replace(b"27001", b"26999")
    rig.wait_log("backend-warning",
                 reason="has an older database than before")
    rig.clean(rig.send(), "it is used")


def new_database(rig):
    """database changes: all is looked at again, nothing is remembered"""
    fake = rig.fake()
    rig.start(fake.address)
    rig.clean(rig.send(b"same\r\n"))
    stats = fake.seen.count(b"zSTATS\0")
    fake.version = dated(0)
    rig.wait_log("backend-database")
    wait_for("all stages of the probe", lambda:
             fake.seen.count(b"zSTATS\0") > stats)
    fake.answer = lambda r: r.reply(b"New.Signature FOUND")
    rig.equal(rig.send(b"same\r\n").verdict, "infected",
              "the same message is scanned again")


def nonce(rig):
    """false OK in clamd's cache; message not taken for mail"""
    fake = rig.fake()
    rig.start(fake.address)
    fields = [("BM", "first field of a message")]
    for _ in range(2):
        rig.clean(rig.send(b"same\r\n", fields))
    leads = [r.data.partition(b"\r\n")[0] for r in fake.requests]
    rig.ok(all(re.fullmatch(rb"Received: from pratique by localhost id "
                            rb"[0-9a-f]{32}\.\d+; [ -~]+", lead)
               for lead in leads), "a line of our own stands first", leads)
    rig.ok(leads[0] != leads[1], "and is never the same twice")
    rest = fake.requests[0].data.partition(b"\r\n")[2]
    rig.ok(rest.startswith(b"From: <a@example.net>\r\n") and
           rest.endswith(b"\r\n\r\nsame\r\n"), "the whole message follows",
           rest)


def scan_mail_off(rig):
    """ScanMail no"""
    never_up(rig, unix(rig.clamd(ScanMail="no")),
             "says OK to the EICAR test string")


def liar_among_others(rig):
    """one of several says OK to everything"""
    liar = rig.clamd("liar", ScanMail="no")
    good = rig.clamd("good")
    rig.start(unix(liar), unix(good), wait=False)
    rig.wait_log("backend-up", backend="c1")
    rig.wait_log("backend-down", backend="c0")
    results = [infected(rig) for _ in range(6)]
    rig.ok(all(r.verdict == "infected" and r.line["backend"] == "c1"
               for r in results), "only the other one is asked", results)


run(((20, 53), tmp_closed), ((20,), tmp_gone), ((22,), tmp_partly_full), ((21,), tmp_closed_tcp), ((22,), tmp_full),
    ((22,), tmp_too_small), ((23,), tmp_full_tcp), ((22,), no_inodes), ((24,), no_directory),
    ((25, 26), no_descriptors), ((27,), dropped_descriptor),
    ((28, 29, 65), what_is_handed_on), ((30,), over_limits), ((30,), limits_by_need), ((30,), other_limits),
    ((30,), silent_limits), ((30,), silent_limits_warned),
    ((31,), alerted_limits), ((32,), scan_time), ((30,), encrypted),
    ((54,), few_bytes), ((47,), empty_database),
    ((48, 51), old_database), ((49,), no_daily), ((49,), no_daily_refused),
    ((50,), odd_dates), ((52,), new_database), ((53, 54, 55), nonce),
    ((54,), scan_mail_off), ((67,), liar_among_others))
