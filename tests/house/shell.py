#!/usr/bin/python3
"""Every shell script passes shellcheck and says what it does in its head."""

import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).parent.parent))
from lib import ROOT, Report, run


def scripts():
    for folder in ("script", ".ci", "tests"):
        for path in sorted((ROOT / folder).rglob("*")):
            if path.is_file() and not path.suffix and path.read_bytes().startswith(b"#!/bin/bash"):
                yield path
    yield ROOT / "script/lib.sh"


def main():
    report = Report()
    for path in scripts():
        result = run(["shellcheck", "-x", "-P", "script", path])
        report.check(path.relative_to(ROOT), result.status == 0, result.text)
    return report.finish()


if __name__ == "__main__":
    sys.exit(main())
