#!/usr/bin/python3
"""No tracked file holds what belongs to a machine, to a registry, or to another day."""

import pathlib
import re
import sys

sys.path.insert(0, str(pathlib.Path(__file__).parent.parent))
from lib import ROOT, Report, run

# name: (pattern, why). This file is not read, since the patterns would find themselves.
FORBIDDEN = {
    "machine path": (r"(?<![\w./:-])/(?:work|root|home/\w+|Users/\w+)/", "a path of one machine"),
    "registry host": (r"https?://[^/\s\"'<>]*(?:registry|nuget|npmjs|pypi|crates|goproxy|maven)"
                      r"[^/\s\"'<>]*", "lock files and scripts name packages, not hosts"),
    "postponed work": (r"\b(?:TODO|FIXME|XXX|HACK)\b", "do it, or leave it out"),
    "issue number": (r"(?i)\bissue #?\d+\b", "say what the matter is"),
    "conflict mark": (r"(?m)^(?:<{7}|>{7}|={7})(?: |$)", "an unfinished merge"),
}
# Data of others, kept as it was observed.
SKIPPED = re.compile(r"^(?:tests/bogons/|tests/fuzz/corpus/|LICENSE$|tests/house/words\.py$)")
TEXT_FREE = re.compile(r"\.(?:png|ico|gz|woff2?)$")


def main():
    report = Report()
    tracked = run(["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]).out
    found = {name: [] for name in FORBIDDEN}
    for file in filter(None, tracked.decode().split("\0")):
        if SKIPPED.match(file) or TEXT_FREE.search(file) or not (ROOT / file).is_file():
            continue
        text = (ROOT / file).read_text("utf-8", "replace")
        for name, (pattern, _why) in FORBIDDEN.items():
            for match in re.finditer(pattern, text):
                line = text.count("\n", 0, match.start()) + 1
                found[name].append(f"{file}:{line}: {match[0]}")
    for name, places in found.items():
        report.check(f"no {name}", not places, "\n".join([FORBIDDEN[name][1], *places]))
    return report.finish()


if __name__ == "__main__":
    sys.exit(main())
