#!/usr/bin/python3
"""Lists that several files need say the same in each."""

import json
import pathlib
import re
import sys

sys.path.insert(0, str(pathlib.Path(__file__).parent.parent))
from lib import ROOT, Report, run_tests


def text(name):
    return (ROOT / name).read_text("utf-8")


def equal_sets(mine, others):
    mine, others = set(mine), set(others)
    if mine != others or not mine:
        raise AssertionError(f"only here: {sorted(mine - others)}\n"
                             f"only there: {sorted(others - mine)}")


def third_party():
    """The rows of THIRD_PARTY.md as dictionaries."""
    rows = [[cell.strip(" `") for cell in line.strip("|").split("|")]
            for line in text("THIRD_PARTY.md").splitlines() if line.startswith("|")]
    return [dict(zip(rows[0], row)) for row in rows[2:]]


def presets():
    """script/build and CMakePresets.json know the same presets."""
    said = re.search(r"(?m)^\trelease \| .*\) ;;$", text("script/build"))[0]
    declared = [one["name"] for one in json.loads(text("CMakePresets.json"))["configurePresets"]
                if not one.get("hidden")]
    equal_sets(re.findall(r"[a-z]+", said), declared)


def packages():
    """script/bootstrap installs the libraries of THIRD_PARTY.md, and no others."""
    installed = re.findall(r"\blib\w[\w-]*-dev\b", re.search(r"(?s)^packages=\((.*?)\n\)", text("script/bootstrap"), re.M)[1])
    equal_sets((row["Package"] for row in third_party()),
               (name for name in installed if name != "libc6-dev"))


def codes_have_prose():
    """Every code of codes.def has its text in both languages."""
    codes = ["CP" + digits for digits in re.findall(r"(?m)^CODE\((\d{3}),", text("src/diag/codes.def"))]
    for language in ("en", "ja"):
        texts = {path.name.split(".")[0]
                 for path in (ROOT / "src/data/rules").glob(f"CP*.{language}.md")}
        equal_sets(codes, texts & set(codes))


def room_folders():
    """Every folder of src/ but data is a room of CMakeLists.txt; cli is the program itself."""
    declared = re.findall(r"(?m)^room\((\w+)", text("CMakeLists.txt"))
    folders = [path.name for path in (ROOT / "src").rglob("*") if any(path.glob("*.c"))]
    equal_sets([*declared, "cli"], folders)


def workflow():
    """CI runs what .ci/run and script/test run."""
    said = text(".github/workflows/ci.yml")
    for command in ("script/test", "script/build clang"):
        if command not in said:
            raise AssertionError(f"ci.yml does not run {command}")


def main():
    report = Report()
    checks = (presets, packages, codes_have_prose, room_folders, workflow)
    run_tests(report, [(check.__doc__.splitlines()[0], check) for check in checks])
    return report.finish()


if __name__ == "__main__":
    sys.exit(main())
