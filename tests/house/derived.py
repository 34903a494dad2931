#!/usr/bin/python3
"""Every committed file that the program can print is what it prints: derived.py [--update]"""

import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).parent.parent))
from lib import ROOT, Report, connplan, difference

# A committed file and the command that prints it.
DERIVED = {
    "schema/mailflow.schema.json": ["schema", "spec"],
    "schema/plan.schema.json": ["schema", "plan"],
    "schema/lock.schema.json": ["schema", "lock"],
    "schema/lock-result.schema.json": ["schema", "lock-result"],
    "schema/export.schema.json": ["schema", "export"],
    "schema/diagnostics.schema.json": ["schema", "diagnostics"],
    "docs/reference/spec.md": ["schema", "spec", "--format", "markdown"],
    "docs/reference/rules.md": ["explain", "--list", "--format", "markdown"],
}


def main():
    report = Report()
    update = "--update" in sys.argv[1:]
    for name, command in DERIVED.items():
        path = ROOT / name
        try:
            printed = connplan(*command, status=0).out
        except AssertionError as problem:
            report.fail(name, problem)
            continue
        if update:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(printed)
        committed = path.read_bytes() if path.exists() else b""
        report.check(name, printed == committed and printed,
                     difference(committed, printed, name))
    for folder in ("schema", "docs/reference"):
        for path in sorted((ROOT / folder).rglob("*")):
            name = path.relative_to(ROOT).as_posix()
            if path.is_file() and name not in DERIVED:
                report.fail(name, "no command of tests/house/derived.py prints it")
    return report.finish()


if __name__ == "__main__":
    sys.exit(main())
