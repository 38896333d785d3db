# SPDX-License-Identifier: ISC
"""Every limit of the format and of the settings, once exactly reached and once
passed by one; every name that has a class of its own, and its neighbours;
every byte of the MAC: rows (what, step, verdict) as in alterations.py.
"""
import verify
from alterations import undigestible
from cases import (DATABASE, KEY, MADE, NOW, add, at_time, base, drop,
                   field_of, key, restamp, settings, stamp, steps, tag, value)

TRACE = b"Received"


def both(what, step, limit, verdict):
    """step(n) makes the step for a size of n."""
    return [(f"{what}: {limit}", step(limit), "good"),
            (f"{what}: {limit + 1}", step(limit + 1), verdict)]


def trace_field(length):
    return add(TRACE, b"r" * length)


def trace_fields(number):
    """The base message has three of them, the stamp among them."""
    return steps(*[add(TRACE, b" from a")] * (number - 3))


def trace_sum(total):
    def step(case):
        left = total - sum(len(verify.normal(value)) for name, value
                           in case.fields if verify.kind(name) == "ignored")
        while left:
            case.fields.insert(0, (TRACE, b"r" * min(left, 16000)))
            left -= min(left, 16000)
    return step


def fields(number):
    """Covered ones, so that there must be a new stamp; above the limit there
    can be none, and the old one must not hold."""
    def step(case):
        missing = number - len(case.fields)
        case.fields += [(b"X-A", b" b")] * missing
        if number <= verify.FIELDS_MAX:
            restamp()(case)
    return step


def header(total):
    def step(case):
        name = b"x-fill"
        have = sum(len(name) + len(verify.normal(value))
                   for name, value in case.fields)
        case.fields.append((name, b"f" * (total - have - len(name))))
        if total <= verify.HEADER_MAX:
            restamp()(case)
    return step


def name(length):
    """Of a trace field, so that the stamp need not change."""
    return add(b"X-Spam-" + b"n" * (length - 7), b" a")


def late_date(length):
    return steps(drop(b"date", b"message-id"), restamp(),
                 add(b"Date", b"d" * length))


def stamp_length(length):
    def change(text):
        return text + b" " * (length - len(verify.normal(text)))
    return stamp(change)


def stamp_length_crlf(length):
    return steps(stamp_length(length),
                 stamp(lambda text: text.replace(b"\n", b"\r\n")))


def claims(name_of, claim):
    """With a good MAC, even if the claim cannot be read."""
    return restamp(**{name_of: claim})


def named_key(length):
    name_of = "k" * length
    new = verify.Key(name_of, KEY.secret)
    return steps(settings(keys={name_of: new}), restamp(new))


def junk(number):
    return steps(*[add(b"X-Scan-Stamp", b" junk")] * (number - 1))


def class_rows(name):
    """Which class a name has shows in what its field may do: come later
    (ignored), be spaced otherwise (address), or neither."""
    of = verify.kind(name)
    what = name.decode("ascii")
    spaced = steps(add(name, b" a, b"), restamp(),
                   value(name, lambda _: b" a,\n\tb"))
    return [(f"{what} is added", add(name, b" a"),
             "good" if of == "ignored" else "header"),
            (f"{what} is spaced otherwise", spaced,
             "good" if of in ("ignored", "address") else "header")]


def names():
    """All names of the lists, and some that are almost on them."""
    known = (verify.IGNORED | verify.ADDRESS | set(verify.IGNORED_PREFIXES)
             ) - {verify.STAMP, b"received", b"dkim-signature", b"from", b"to"}
    near = {name + b"x" for name in known} | {name[:-1] for name in known}
    return sorted(known | near | {b"subject-", b"content-type-", b"received-",
                                  b"mime-versions", b"list-id", b"x"})


def mac_byte(number):
    """The stamp with one bit of that byte of its MAC changed."""
    def step(case):
        at = case.find(verify.STAMP)
        old = verify.read(case.fields[at][1])
        old["m"] = (old["m"][:number] + bytes([old["m"][number] ^ 1])
                    + old["m"][number + 1:])
        case.fields[at] = field_of(old)
    return step


ROWS = (
    both("trace field", trace_field, 16384, undigestible("ignored-size"))
    + both("trace fields", trace_fields, 250, undigestible("ignored-size"))
    + both("sum of trace fields", trace_sum, 65536,
           undigestible("ignored-size"))
    + both("fields", fields, 2000, undigestible("fields"))
    + both("header", header, 1 << 20, undigestible("header-size"))
    + both("name", name, 255, undigestible("malformed"))
    + both("Date that was absent", late_date, 250, undigestible("tolerated"))
    + both("stamp", stamp_length, 1200, "syntax")
    + both("stamp with CR LF", stamp_length_crlf, 1200, "syntax")
    + both("stamps", junk, 8, "too-many")
    + [("database 2^32 - 1", claims("d", 0xffffffff), "good"),
       ("database 2^32", tag(b"d", b"4294967296"), "syntax")]
    + [("key id of 16", named_key(16), "good"),
       ("key id of 17", tag(b"k", b"k" * 17), "syntax")]
    + both("engine", lambda n: claims("e", "e" * n), 31, "syntax")
    + [("profile of 15", steps(settings(profiles=("p" * 15,)),
                               claims("p", "p" * 15)), "good"),
       ("profile of 16", claims("p", "p" * 16), "syntax"),
       ("expiry 2^53", claims("x", 1 << 53), "expiry"),
       ("expiry above 2^53", claims("x", (1 << 53) + 1), "syntax"),
       ("time 0", claims("t", 0), "expiry")]
    + both("life", lambda n: claims("x", MADE + n), 7 * 86400, "expiry")
    + both("age", lambda n: steps(settings(max_age=600),
                                  at_time(MADE + n)), 600, "too-old")
    + both("ahead", lambda n: restamp(t=NOW + n, x=NOW + 4000), 300, "future")
    + both("until its expiry",
           lambda n: steps(settings(max_age=7200), at_time(n)), MADE + 3599,
           "expiry")
    + [("database as old as may be",
        settings(db_age=NOW - DATABASE), "good"),
       ("database a second older", settings(db_age=NOW - DATABASE - 1),
        "db-old")]
    + both("own database ahead", lambda n: settings(
        db_lag=100, own_time=DATABASE + n), 100, "own-db-newer")
    + [("key in its last second", key(last=MADE), "good"),
       ("key in its first second", key(first=MADE), "good"),
       ("key a second before", key(first=MADE + 1), "key-window"),
       ("no second of life", restamp(x=MADE), "expiry"),
       ("blank line at the end of Received", add(TRACE, b" a\n\t"),
        undigestible("not-inert")),
       ("blank line at the end of To",
        value(b"To", lambda text: text + b"\n "), undigestible("not-plain")),
       ("colon in a name", add(b"X-Spam-:", b" a"),
        undigestible("malformed"))]
    + [(f"byte {number} of the MAC", mac_byte(number), "bad-mac")
       for number in range(32)]
    + [row for name_of in names() for row in class_rows(name_of)]
)


def cases():
    for what, step, verdict in ROWS:
        case = base()
        step(case)
        yield what, case, verdict
