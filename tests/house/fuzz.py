#!/usr/bin/python3
"""Runs libFuzzer targets: fuzz.py [--seconds EACH | --total SECONDS] TARGET|all

A target is the program build/fuzz/fuzz_NAME made of tests/fuzz/fuzz_NAME.c. Seeds are what the other
tests read (SEEDS) and, for all targets, tests/bogons; the words of the dictionary are the keys and
values of the spec's JSON Schema. What breaks lands in build/fuzz/found.
"""

import argparse
import json
import os
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).parent.parent))
from lib import ROOT, Report, on_all_cores, run

BUILD = ROOT / "build/fuzz"
FOUND = BUILD / "found"
SCHEMA = ROOT / "schema/mailflow.schema.json"
LOCK_SCHEMA = ROOT / "schema/lock.schema.json"
SPF_WORDS = ("v=spf1", " include:", " redirect=", " exp=", " ip4:", " ip6:", " a:", " mx", " ptr",
             " exists:", "%{d2r.-}", "%{ir}", "%{s}", " -all", "/24", "//64")
SEEDS = {
    "spec": ["tests/rules", "examples"],
    "import": ["tests/live/exports"],
    "json": ["schema", "tests/mustache"],
    "lock": ["tests/fuzz/seeds/lock"],
    "record": ["tests/fuzz/seeds/record"],
    "template": ["templates"],
}


def targets(wanted):
    """The names of the targets that the sources define and WANTED means."""
    names = sorted(path.stem.removeprefix("fuzz_") for path in (ROOT / "tests/fuzz").glob("fuzz_*.c"))
    if wanted == "all":
        return names
    if wanted not in names:
        sys.exit(f"no such target: {wanted} (one of {', '.join(names) or 'none'})")
    return [wanted]


def program(name):
    """The binary of a target, wherever in the build folder CMake puts it."""
    found = [path for path in BUILD.rglob(f"fuzz_{name}") if path.is_file() and os.access(path, os.X_OK)]
    return found[0] if found else None


def words(schema):
    """Every key and every value that a JSON Schema names."""
    if isinstance(schema, list):
        return set().union(*map(words, schema))
    if not isinstance(schema, dict):
        return set()
    found = set().union(*map(words, schema.values()))
    found |= set(schema.get("properties", {}))
    return found | {value for value in schema.get("enum", []) if isinstance(value, str)}


def write_dictionary(path):
    """The words of the spec for libFuzzer, each alone and as a key; of locks and SPF records, too."""
    with path.open("w", encoding="ascii") as file:
        for word in sorted(words(json.loads(LOCK_SCHEMA.read_text(encoding="utf-8")))):
            file.write(f'"\\"{word}\\":"\n')
        for word in SPF_WORDS:
            file.write(f'"{word}"\n')
        for word in sorted(words(json.loads(SCHEMA.read_text(encoding="utf-8")))):
            file.write(f'"{word}"\n"{word}: "\n')


def fuzz(report, name, seconds):
    binary = program(name)
    if not binary:
        report.fail(name, f"build/fuzz holds no program fuzz_{name}")
        return
    work = BUILD / "corpus" / name
    work.mkdir(parents=True, exist_ok=True)
    seeds = [ROOT / folder for folder in ["tests/bogons", *SEEDS.get(name, [])]]
    result = run([binary, f"-max_total_time={seconds}", "-timeout=10", "-rss_limit_mb=2048",
                  "-max_len=65536", "-print_final_stats=1", f"-dict={BUILD}/spec.dict", f"-artifact_prefix={FOUND}/{name}-",
                  work, *seeds], timeout=seconds * 3 + 120)
    report.check(name, result.status == 0, "\n".join(result.errors.splitlines()[-40:]))


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--seconds", type=int)
    parser.add_argument("--total", type=int)
    parser.add_argument("target")
    arguments = parser.parse_args()

    built = run(["script/build", "fuzz"], timeout=1800)
    if built.status != 0:
        sys.exit(f"{built}")
    names = targets(arguments.target)
    cores = os.cpu_count() or 1
    seconds = arguments.seconds or max(2, (arguments.total or 60) * cores // max(1, len(names)))
    FOUND.mkdir(parents=True, exist_ok=True)
    write_dictionary(BUILD / "spec.dict")
    report = Report()
    on_all_cores(lambda name: fuzz(report, name, seconds), names)
    return report.finish()


if __name__ == "__main__":
    sys.exit(main())
