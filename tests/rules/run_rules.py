#!/usr/bin/python3
"""Every rule fires where it must and keeps quiet at the near miss: run_rules.py [--update] [CODE]...

A fixture is tests/rules/CODE/{fires,quiet}-NAME.yaml, or a folder of that name with mailflow.yaml
and what it needs. It is checked from its own folder; what `--format short` prints is compared with
the file NAME.expected beside the fixture. A first line `# connplan: check --lock lock.json` gives
the command and flags. Each code that `connplan explain --list` names needs fixtures of both kinds.
"""

import argparse
import json
import pathlib
import re
import shlex
import sys

sys.path.insert(0, str(pathlib.Path(__file__).parent.parent))
from lib import ROOT, Report, connplan, difference, on_all_cores

RULES = ROOT / "tests/rules"
FINDING = re.compile(r"^(.*?):(\d+):(\d+): (error|warning|info|not-checked): (.*) \[(CP\d+)\]$")
# Flags that move the exit status away from "1 if an error stands".
STATUS_FLAGS = {"--fail-on", "--before-apply", "--detailed-exitcode"}


class Fixture:
    """One fixture: where it is, what is run, what is expected."""

    def __init__(self, path):
        self.path = path
        self.code = path.parent.name
        self.kind, _, _ = path.name.partition("-")
        self.name = f"{self.code}/{path.name}"
        folder = path.is_dir()
        self.spec = path / "mailflow.yaml" if folder else path
        self.expected = path.with_name((path.name if folder else path.stem) + ".expected")

    def command(self):
        """The words after `connplan`, without the format."""
        with self.spec.open("rb") as file:
            first = file.readline(4096).decode("utf-8-sig", "replace")
        head, found, words = first.partition("# connplan:")
        words = shlex.split(words) if found and not head else ["check"]
        return [*words, self.spec.name]

    def run(self, form, *words):
        return connplan(*self.command(), "--format", form, *words, cwd=self.spec.parent)


def fixtures(codes):
    """All fixtures, and the names in tests/rules/CODE that are neither fixture nor expectation."""
    found, strays = [], []
    for folder in sorted(RULES.glob("CP*")):
        if not folder.is_dir() or (codes and folder.name not in codes):
            continue
        for path in sorted(folder.iterdir()):
            named = re.match(r"(fires|quiet)-[^.]", path.name)
            if named and (path.suffix == ".yaml" or (path / "mailflow.yaml").is_file()):
                found.append(Fixture(path))
            elif path.suffix != ".expected":
                strays.append(path)
    expected = {fixture.expected for fixture in found}
    strays += [path for path in RULES.glob("CP*/*.expected") if path not in expected and not codes]
    return found, strays


def check_fixture(report, fixture, update):
    short = fixture.run("short")
    if update:
        fixture.expected.write_bytes(short.out)
    if not fixture.expected.exists():
        return report.fail(fixture.name, f"{fixture.expected.name} is missing; it would hold\n{short.text}")
    wanted = fixture.expected.read_bytes()
    if short.out != wanted:
        return report.fail(fixture.name, difference(wanted, short.out, fixture.expected.name))

    findings = [FINDING.match(line) for line in short.text.splitlines()]
    if not all(findings):
        return report.fail(fixture.name, f"a line is no finding in short form\n{short.text}")
    codes = [finding[6] for finding in findings]
    if (fixture.code in codes) != (fixture.kind == "fires"):
        return report.fail(fixture.name, f"{fixture.code} {'is missing' if fixture.kind == 'fires' else 'fired'}")

    error = any(finding[4] == "error" for finding in findings)
    if not STATUS_FLAGS & set(fixture.command()) and short.status != int(error):
        return report.fail(fixture.name, f"the exit status does not tell the verdict\n{short}")
    return same_verdict(report, fixture, short, findings)


def same_verdict(report, fixture, short, findings):
    """The JSON form of the same run holds the same findings and ends the same way."""
    result = fixture.run("json")
    diagnostics = json.loads(result.out)["diagnostics"]
    told = [(one["severity"], one["code"]) for one in diagnostics if not one["waiver"]]
    wanted = [(finding[4], finding[6]) for finding in findings]
    if result.status != short.status or told != wanted:
        return report.fail(fixture.name, f"short form and JSON disagree: {wanted} and {told}\n{result}")
    return report.ok(fixture.name)


def listed_codes():
    """The codes that the program knows."""
    return [line.split()[0] for line in connplan("explain", "--list", status=0).text.splitlines()]


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--update", action="store_true", help="rewrite the .expected files")
    parser.add_argument("codes", nargs="*")
    arguments = parser.parse_args()

    report = Report()
    found, strays = fixtures(arguments.codes)

    def one(fixture):
        try:
            check_fixture(report, fixture, arguments.update)
        except (AssertionError, ValueError, KeyError) as problem:
            report.fail(fixture.name, problem)
    on_all_cores(one, found)

    for path in strays:
        report.fail(path.relative_to(RULES), "neither a fixture nor an expectation of one")
    if not arguments.codes:
        known = listed_codes()
        for code in known:
            kinds = {fixture.kind for fixture in found if fixture.code == code}
            report.check(f"{code} has both kinds", kinds == {"fires", "quiet"}, f"has: {sorted(kinds)}")
        for code in sorted({fixture.code for fixture in found} - set(known)):
            report.fail(code, "has fixtures, but the program does not know it")
    return report.finish()


if __name__ == "__main__":
    sys.exit(main())
