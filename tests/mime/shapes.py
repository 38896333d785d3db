#!/usr/bin/python3 -B
# SPDX-License-Identifier: ISC
"""Messages that mail programs read in different ways, each with one trick and
the EICAR file: all(), and combinations of two tricks: combined(seed, count).

    shapes.py list              names, and what is expected of each
    shapes.py write DIRECTORY   NAME.eml there
    shapes.py show NAME         the message on standard output

The rows with a number were given to 29 mail programs and clamd 1.4; how many
of them deliver the file, and whether clamd finds it, is `programs` and `clamd`
(docs/mime.md).  The others lie beside these: what a program does with one of
the rows it may as well do with them.
"""
import os
import random
import sys

import shapes_encoding
import shapes_header
import shapes_names
import shapes_nested
import shapes_params
import shapes_structure
from shape import BASE64, PIECE, Shape, attachment, mixed, wire

FAMILIES = [module.family for module in (
    shapes_header, shapes_params, shapes_structure, shapes_nested,
    shapes_encoding, shapes_names)]


def all():
    """Each shape: the numbered rows in their order, then the others."""
    found = [shape for family in FAMILIES for shape in family.shapes]
    return sorted(found, key=lambda s: s.row or 1000)


def by_name():
    return {shape.name: shape for shape in all()}


# Too large to be told apart by what a second trick adds.
HEAVY = {"bnd-many-1200", "hdr-big", "str-deep120", "str-deep-many",
         "str-many-999", "bnd-2100"}


def cr_in_files(structure, part):
    """Lines of an encoded file that end with a CR alone are not followed."""
    return structure == "bnd-cr-all" and ("begin" in part or "=y" in part)


def combined(seed=20231114, count=None):
    """Shapes with a trick of structure around a part with another trick; count
    of them, drawn with that seed, or all.  Only such as some program reads."""
    known = by_name()
    around = {n: f for family in FAMILIES for n, f in family.around.items()}
    parts = {n: p for family in FAMILIES for n, p in family.parts.items()}
    pairs = [(s, p) for s in sorted(around) for p in sorted(parts)
             if not known[s].beyond and not known[p].beyond
             and not known[p].inside and known[p].programs != 0
             and s not in HEAVY and p not in HEAVY
             and not p.startswith("nam-") and not cr_in_files(s, parts[p])]
    if count is not None:
        pairs = random.Random(seed).sample(pairs, count)
    for s, p in pairs:
        yield Shape(f"{s}+{p}", 0, wire(around[s](parts[p])), None, (), None,
                    None)


def harmless():
    """{name: text} of the same tricks with nothing harmful in them."""
    part = attachment(PIECE)
    texts = {name: make(part) for family in FAMILIES
             for name, make in family.around.items()}
    for family in FAMILIES:
        for name, text in family.parts.items():
            if BASE64 in text:
                texts[name] = mixed(text.replace(BASE64, PIECE))
    return texts


def expectation(shape):
    where = shape.strict or "-"
    if shape.inside:
        where += "*"
    count = "?" if shape.programs is None else shape.programs
    sees = {True: "+", False: "-", None: "?"}[shape.clamd]
    row = f"C{shape.row}" if shape.row else "-"
    return (f"{row:5} {shape.name:28} {where:8} {count:>2} {sees} "
            f"{' '.join(shape.reported)}").rstrip()


def main(arguments):
    match arguments:
        case ["list"]:
            for shape in all():
                print(expectation(shape))
        case ["write", directory]:
            os.makedirs(directory, exist_ok=True)
            for shape in all():
                path = os.path.join(directory, shape.name + ".eml")
                with open(path, "wb") as out:
                    out.write(shape.data)
        case ["show", name] if name in by_name():
            sys.stdout.buffer.write(by_name()[name].data)
        case _:
            sys.exit(__doc__)


if __name__ == "__main__":
    main(sys.argv[1:])
