#!/usr/bin/python3 -B
# SPDX-License-Identifier: ISC
"""What documents name is there: files, headings that links lead to, events of
the log, variables that tests read.  Each rule is first seen to fail on a text
in which it is broken."""
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
# History: it speaks of files that have gone.
HISTORY = {"docs/decisions.md", "CHANGELOG.md"}
# Of other programs, or made while something runs.
FOREIGN = {"mfapi.h", "clamd.conf", "cmocka.h", "test_NAME.c", "policy_ROLE.c",
           "NAME.c", "audit.log"}
PLACEHOLDER = re.compile(r"NAME|NN-|FOLDER|ROLE|TARGET|FILE|SUITE|[<>{}$…]")
ENDINGS = r"(?:c|h|t|py|md|mk|table|dict|lua|json|svg|picture)"


class Tree:
    """The files of the tree, as git has them or, in an archive, as they lie."""

    def __init__(self, root):
        self.root = root
        self.paths = {
            str(path.relative_to(root)) for path in root.rglob("*")
            if path.is_file() and not re.match(
                r"(\.git|build[^/]*)/", str(path.relative_to(root)))}
        self.folders = {str(parent) for path in self.paths
                        for parent in pathlib.PurePath(path).parents}
        self.names = {path.rsplit("/", 1)[-1] for path in self.paths}
        self.top = {path.split("/")[0] for path in self.paths if "/" in path}

    def has(self, path):
        path = path.rstrip("/")
        if "*" in path:
            return any(pathlib.PurePath(x).match(path) for x in self.paths)
        return path in self.paths or path in self.folders

    def text(self, path):
        return (self.root / path).read_text(encoding="utf-8")


def anchors(text):
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")
            for heading in re.findall(r"^#+ (.*)$", text, re.MULTILINE)}


def links(tree, path, text):
    """Links that lead nowhere."""
    folder = pathlib.PurePath(path).parent
    for target in re.findall(r"\]\(([^)\s]+)\)", text):
        if re.match(r"[a-z]+:", target):
            continue
        name, _, anchor = target.partition("#")
        full = str(folder / name) if name else path
        parts = []
        for part in full.split("/"):
            if part == ".." and parts:
                parts.pop()
            elif part != ".":
                parts.append(part)
        full = "/".join(parts)
        if not tree.has(full):
            yield f"{path}: link to {target}"
        elif anchor and anchor not in anchors(
                text if full == path else tree.text(full)):
            yield f"{path}: no heading {target}"


def files(tree, path, text):
    """Files in backquotes that do not exist."""
    folder = str(pathlib.PurePath(path).parent)
    for word in re.findall(r"`([^`\s]+)", text):
        word = re.sub(r"[,;:].*$", "", word.strip(".,"))
        if word in FOREIGN or PLACEHOLDER.search(word) or word.startswith("/"):
            continue
        if word.split("/")[0] in tree.top and "/" in word:
            known = tree.has(word) or tree.has(f"{folder}/{word}")
        elif re.fullmatch(rf"[\w*.-]+\.{ENDINGS}", word):
            known = any(pathlib.PurePath(x).match(word) for x in tree.names)
        else:
            continue
        if not known:
            yield f"{path}: {word}"


def sources(tree, folders, endings):
    return {path: tree.text(path) for path in sorted(tree.paths)
            if path.split("/")[0] in folders and path.endswith(endings)}


PROGRAMS = ("lib", "privsep", "scanner", "keys", "libmilter", "parser")
EVENT = re.compile(r'\b(?:log_begin|log_event|log_retry_event)\([^;"]*"([a-z-]+)"')
MADE = re.compile(r"(?:listener|scanner)-start")  # of a role and a word


def unknown_events(code, document):
    """Events of the sources that the document does not have, and the other way
    round."""
    listed = {name for table in re.findall(
        r"^\| event \|.*\n(?:\|.*\n)*", document, re.MULTILINE)
        for row in table.splitlines()[2:]
        for name in re.findall(r"`([^`]+)`", row.split("|")[1])}
    for path, text in code.items():
        for name in EVENT.findall(text):
            if name not in listed:
                yield f"{path}: {name} is not in docs/log.md"
    everything = "\n".join(code.values())
    for name in sorted(listed):
        if f'"{name}"' not in everything and not MADE.fullmatch(name):
            yield f"docs/log.md: {name} is in no program"


def unknown_variables(code, document):
    for path, text in code.items():
        for name in set(re.findall(r'"(PRATIQUE_[A-Z_]+)"', text)) - {
                "PRATIQUE_SECRET", "PRATIQUE_NONE"}:  # which no test reads
            if name not in document:
                yield f"{path}: {name} is not in tests/README.md"


def main():
    tree = Tree(ROOT)
    documents = {path: tree.text(path) for path in sorted(tree.paths)
                 if path.endswith(".md") and path.split("/")[0] not in
                 ("build", "build-san")}
    log = documents["docs/log.md"]
    code = sources(tree, PROGRAMS, ".c")
    tests = sources(tree, ("tests", "fuzz", "bench"), (".t", ".py", ".c"))
    count = [0]

    def result(name, wrong, broken):
        count[0] += 2
        print("ok" if broken else "not ok", count[0] - 1,
              f"- control: {name}: a wrong one is noticed")
        print("not ok" if wrong else "ok", count[0], "-", name)
        for line in wrong:
            print("#", line)

    result("links lead somewhere",
           [x for path, text in documents.items()
            for x in links(tree, path, text)],
           len(list(links(tree, "docs/x.md", "[a](none.md) [b](log.md#none) "
                          "[c](log.md#messages) [d](../README.md)"))) == 2)
    result("files that documents name are there",
           [x for path, text in documents.items() if path not in HISTORY
            for x in files(tree, path, text)],
           len(list(files(tree, "docs/x.md", "`lib/none.c` `none.py` `lib/log.c`"
                          " `log.md` `tests/*/none*.t`"))) == 3)
    result("the log's events are those of docs/log.md",
           list(unknown_events(code, log)),
           len(list(unknown_events({"x.c": 'log_event(LEVEL, "none", "x")'},
                                   "| event |\n|---|\n| `gone` |\n"))) == 2)
    result("the variables that tests read are in tests/README.md",
           list(unknown_variables(tests, documents["tests/README.md"])),
           len(list(unknown_variables({"x.t": 'get("PRATIQUE_PACE")'}, ""))) == 1)
    print(f"1..{count[0]}")
    return 0


sys.exit(main())
