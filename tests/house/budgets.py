#!/usr/bin/python3
"""Functions, files and comments stay within their budgets.

Function starts and ends come from universal-ctags; nesting and parameters are counted here. An
exception is a line of budget-exceptions.txt, `MEASURE NAME LIMIT REASON`; one that is not needed
any more is a failure too.
"""

import json
import pathlib
import re
import statistics
import sys

sys.path.insert(0, str(pathlib.Path(__file__).parent.parent))
from lib import ROOT, Report, run

LIMITS = {"lines": 80, "nesting": 4, "parameters": 6, "file": 800}
MEDIAN_LIMIT = 15
COMMENT_MINIMUM = 8
EXCEPTIONS = pathlib.Path(__file__).with_name("budget-exceptions.txt")

TOKEN = re.compile(r"[A-Za-z_]\w*|[{}();:?,\[\]]|[^\s\w]")
NOISE = re.compile(
    r"""(?P<comment>/\*.*?\*/|//[^\n]*)|"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'|(?P<line>^[ \t]*\#(?:\\\n|[^\n])*)""",
    re.S | re.M)
LOOPS = {"if", "for", "while", "switch", *re.findall(
    r"\w+", re.search(r"ForEachMacros: \[(.*)\]", (ROOT / ".clang-format").read_text())[1])}


def blank(text):
    """The text without comments, literals and directives, its line breaks kept."""
    def replace(match):
        keep = "\n" * match[0].count("\n")
        return keep + (" " if match["comment"] or match["line"] else "0")
    return NOISE.sub(replace, text)


def comment_lines(text):
    """The number of lines that hold a comment."""
    lines = set()
    for match in NOISE.finditer(text):
        if match["comment"]:
            first = text.count("\n", 0, match.start())
            lines |= set(range(first, first + match[0].count("\n") + 1))
    return len(lines)


class Nesting:
    """Walks the statements of a function's body and keeps the deepest nesting of control."""

    def __init__(self, text):
        self.tokens = TOKEN.findall(text)
        self.at = 0
        self.deepest = 0

    def peek(self):
        return self.tokens[self.at] if self.at < len(self.tokens) else ""

    def balanced(self):
        """Steps over one bracketed group."""
        level = 0
        while self.at < len(self.tokens):
            token = self.tokens[self.at]
            self.at += 1
            level += (token in "([{") - (token in ")]}")
            if level == 0:
                return

    def block(self, depth):
        self.at += 1
        while self.peek() not in ("}", ""):
            self.statement(depth)
        self.at += 1

    def statement(self, depth):
        token = self.peek()
        if token == "{":
            self.block(depth)
        elif token in LOOPS:
            self.control(depth)
        elif token == "do":
            self.nested(depth)
            self.expression()
        elif token in ("case", "default"):
            while self.peek() not in (":", ""):
                self.at += 1
            self.at += 1
        else:
            self.expression()

    def nested(self, depth):
        """A keyword, then the statement that it governs."""
        self.at += 1
        self.deepest = max(self.deepest, depth + 1)
        self.statement(depth + 1)

    def control(self, depth):
        self.at += 1
        self.balanced()
        self.deepest = max(self.deepest, depth + 1)
        self.statement(depth + 1)
        while self.peek() == "else":
            if self.tokens[self.at + 1:self.at + 2] == ["if"]:
                self.at += 1
                self.control(depth)
            else:
                self.nested(depth)

    def expression(self):
        while self.peek() not in (";", "}", ""):
            if self.peek() in "([{":
                self.balanced()
            else:
                self.at += 1
        if self.peek() == ";":
            self.at += 1


def count_parameters(signature):
    inner = signature.strip()[1:-1].strip()
    if inner in ("", "void"):
        return 0
    level = commas = 0
    for character in inner:
        level += (character in "([") - (character in ")]")
        commas += character == "," and level == 0
    return commas + 1


def functions(paths):
    """Yields (path, name, lines, nesting, parameters) of each function."""
    listing = run(["ctags", "--languages=C", "--langmap=C:.c.h", "--kinds-C=f", "--fields=+neS",
                   "--output-format=json", "-o", "-", *paths]).text
    texts = {}
    for tag in map(json.loads, listing.splitlines()):
        path = tag["path"]
        if path not in texts:
            texts[path] = blank((ROOT / path).read_text("utf-8")).split("\n")
        body = "\n".join(texts[path][tag["line"] - 1:tag["end"]])
        nesting = Nesting(body[body.find("{"):])
        nesting.block(0)
        yield (path, tag["name"], tag["end"] - tag["line"] + 1, nesting.deepest,
               count_parameters(tag.get("signature", "()")))


def read_exceptions():
    """{(measure, name): limit}"""
    exceptions = {}
    for line in EXCEPTIONS.read_text("utf-8").splitlines():
        if line and not line.startswith("#"):
            measure, name, limit, _reason = line.split(maxsplit=3)
            exceptions[measure, name] = int(limit)
    return exceptions


def check_limits(report, measured, exceptions):
    """MEASURED: (measure, name, value). Every value is within its limit or its exception."""
    unused = dict(exceptions)
    for measure in LIMITS:
        wrong = []
        for kind, name, value in measured:
            if kind != measure or value <= LIMITS[measure]:
                continue
            if value > unused.pop((measure, name), exceptions.get((measure, name), 0)):
                wrong.append(f"{name}: {value}, at most {LIMITS[measure]}")
        report.check(f"limit of {measure}", not wrong, "\n".join(wrong))
    report.check("no exception is out of use", not unused, unused)


def room_table(report, rooms, found):
    """Prints one line a room and checks medians and comments."""
    print(f"{'room':10} {'functions':>9} {'median':>6} {'p90':>4} {'max':>4} {'nest':>4} {'comments':>8}")
    for room, paths in rooms.items():
        mine = [row for row in found if row[0].split("/")[1] == room]
        sizes = sorted(row[2] for row in mine) or [0]
        texts = [(ROOT / path).read_text("utf-8") for path in paths]
        lines = sum(1 for text in texts for line in text.splitlines() if line.strip())
        share = 100 * sum(map(comment_lines, texts)) / max(1, lines)
        deepest = max((row[3] for row in mine), default=0)
        print(f"{room:10} {len(mine):9} {statistics.median(sizes):6.0f} "
              f"{sizes[int(len(sizes) * 0.9)] if len(sizes) > 1 else sizes[0]:4} {sizes[-1]:4} "
              f"{deepest:4} {share:6.1f} %")
        report.check(f"comments in {room}", share >= COMMENT_MINIMUM,
                     f"{share:.1f} %, at least {COMMENT_MINIMUM} %")


def main():
    report = Report()
    paths = sorted(path.relative_to(ROOT).as_posix()
                   for path in (ROOT / "src").rglob("*.[ch]"))
    rooms = {}
    for path in paths:
        rooms.setdefault(path.split("/")[1], []).append(path)
    found = list(functions(paths))
    measured = [(measure, f"{path}:{name}", value) for path, name, *values in found
                for measure, value in zip(("lines", "nesting", "parameters"), values)]
    measured += [("file", path, (ROOT / path).read_text("utf-8").count("\n")) for path in paths]
    check_limits(report, measured, read_exceptions())
    room_table(report, rooms, found)
    median = statistics.median([row[2] for row in found] or [0])
    report.check("median of function lines", 0 < median <= MEDIAN_LIMIT, median)
    return report.finish()


if __name__ == "__main__":
    sys.exit(main())
