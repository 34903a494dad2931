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
    codes = re.findall(r"(?m)^CODE\((CP\d{3}),", text("src/diag/codes.def"))
    for language in ("en", "ja"):
        texts = {path.name.split(".")[0]
                 for path in (ROOT / "src/data/rules").glob(f"CP*.{language}.md")}
        equal_sets(codes, texts & set(codes))


FILES = ("csv", "html", "json", "md", "ps1", "txt", "yaml", "zone")


def string_keys(language):
    """The keys of the documents' strings, in their order."""
    return re.findall(r"(?m)^([a-z_0-9]+\.[a-z_0-9]+) = ", text(f"src/data/strings.{language}"))


def used_strings(groups):
    """The keys that code, templates and the table of answers ask for."""
    used = set()
    for path in (ROOT / "src").rglob("*.[ch]"):
        used |= {f"{group}.{name}" for group, name in
                 re.findall(r'"([a-z_]+)\.([a-z_0-9]+)"', path.read_text("utf-8"))
                 if group in groups and name not in FILES}
    for path in [*(ROOT / "templates").glob("*.mustache"), *(ROOT / "examples").rglob("*.mustache")]:
        used |= set(re.findall(r"\btext\.([a-z_]+\.[a-z_0-9]+)", path.read_text("utf-8")))
    for key in re.findall(r"(?m)^([a-z_0-9]+) \|", text("src/data/service-errors.txt")):
        used |= {f"reply.{key}_means", f"reply.{key}_todo"}
    return used


def strings_are_used():
    """Every string of the documents is asked for, and every one asked for is there, in both languages."""
    keys = string_keys("en")
    if keys != string_keys("ja") or len(set(keys)) != len(keys):
        raise AssertionError("the two files do not hold the same keys in the same order, each once")
    equal_sets(keys, used_strings({key.split(".")[0] for key in keys}))


def templates_are_used():
    """Every template makes an output or is part of one."""
    sources = set(re.findall(r'emit_template, "([^"]+)"', text("src/emit/outputs.def")))
    files = list((ROOT / "templates").glob("*.mustache"))
    for path in files:
        sources |= set(re.findall(r"\{\{> *([^ }]+)", path.read_text("utf-8")))
    equal_sets((path.name.removesuffix(".mustache") for path in files), sources)


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
    checks = (presets, packages, codes_have_prose, strings_are_used, templates_are_used, room_folders, workflow)
    run_tests(report, [(check.__doc__.splitlines()[0], check) for check in checks])
    return report.finish()


if __name__ == "__main__":
    sys.exit(main())
