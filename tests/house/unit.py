#!/usr/bin/python3
"""Runs the unit tests of presets and counts every cmocka test: unit.py PRESET..."""

import json
import pathlib
import re
import sys

sys.path.insert(0, str(pathlib.Path(__file__).parent.parent))
from lib import Report, on_all_cores, run

LINE = re.compile(r"(ok|not ok) \d+ (?:- )?(.*)")


def binaries(preset):
    """The test programs that the build declares, as (name, command)."""
    listing = run(["ctest", "--test-dir", f"build/{preset}", "--show-only=json-v1"])
    tests = json.loads(listing.out)["tests"]
    return [(test["name"], test["command"]) for test in tests if test.get("command")]


def read_tap(text):
    """Yields (verdict, name, comments) for each test of TAP text."""
    current = None
    for line in text.splitlines():
        match = LINE.match(line)
        if match:
            if current:
                yield current
            verdict, name = match.groups()
            if name.startswith("# SKIP"):
                verdict, name = "skip", name[len("# SKIP "):]
            current = (verdict, name, [])
        elif line.startswith("# ") and current:
            current[2].append(line[2:])
    if current:
        yield current


def run_binary(report, preset, name, command):
    result = run(command, env={"CMOCKA_MESSAGE_OUTPUT": "TAP"}, cwd=".", timeout=300)
    planned = sum(int(number) for number in re.findall(r"(?m)^1\.\.(\d+)$", result.text))
    seen = failed = 0
    for verdict, test, comments in read_tap(result.text):
        seen += 1
        title = f"{preset}/{name}/{test}"
        if verdict == "skip":
            report.skip(title, "the test said so")
        elif verdict == "not ok":
            failed += 1
            report.fail(title, "\n".join(comments))
        else:
            report.ok(title)
    if seen != planned or seen == 0 or (result.status != 0) != (failed > 0):
        report.fail(f"{preset}/{name}", f"{seen} of {planned} tests ran\n{result}")


def main():
    report = Report()
    jobs = [(preset, *binary) for preset in sys.argv[1:] for binary in binaries(preset)]
    on_all_cores(lambda job: run_binary(report, *job), jobs)
    return report.finish()


if __name__ == "__main__":
    sys.exit(main())
