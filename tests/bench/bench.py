#!/usr/bin/python3
"""Measures connplan in one run, interleaved with yardsticks: bench.py [--quick]

For `check` the yardstick pulls libyaml events from the same bytes and does nothing else; for sets of
addresses it is Debian's `iprange`. Times are minima of 11 runs of the whole process (3 with
--quick). The table shows each figure beside its bound; only the bound on counted instructions
decides the exit status, since it does not depend on the load of the machine. All figures go to
build/bench.json.
"""

import argparse
import json
import os
import pathlib
import random
import re
import shutil
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).parent.parent))
import gen_spec
from lib import BINARY, ENVIRONMENT, ROOT, run

WORK = ROOT / "build/bench"
PULL = WORK / "pull"
BENCHES = ROOT / "build/release/tests"
SIZES = (1000, 10000, 100000)
MIB = 1024 * 1024


def prepare():
    """The yardstick and the specs; returns {entries: path}."""
    WORK.mkdir(parents=True, exist_ok=True)
    made = run(["gcc", "-std=c17", "-O2", "-o", PULL, "tests/bench/pull.c", "-lyaml"])
    if made.status != 0:
        sys.exit(f"bench: {made.errors}")
    specs = {}
    for count in SIZES:
        (WORK / str(count)).mkdir(exist_ok=True)
        specs[count] = WORK / str(count) / "mailflow.yaml"
        specs[count].write_bytes(gen_spec.spec(count))
    (WORK / ".connplan").mkdir(exist_ok=True)
    return specs


def seconds(argv):
    """The wall time of one run, nothing but spawn and wait around it."""
    null = os.open(os.devnull, os.O_RDWR)
    actions = [(os.POSIX_SPAWN_DUP2, null, one) for one in (0, 1, 2)]
    argv = [str(word) for word in argv]
    begin = time.perf_counter()
    child = os.posix_spawn(argv[0], argv, ENVIRONMENT, file_actions=actions)
    _pid, status = os.waitpid(child, 0)
    end = time.perf_counter()
    os.close(null)
    if os.waitstatus_to_exitcode(status) != 0:
        sys.exit(f"bench: {' '.join(argv)} ended with {os.waitstatus_to_exitcode(status)}:\n"
                 f"{run(argv).errors[-2000:]}")
    return end - begin


def fastest(commands, times):
    """The least time of each command, run in turns so that all meet the same load."""
    best = [float("inf")] * len(commands)
    for _ in range(times):
        for index, (before, argv) in enumerate(commands):
            before()
            best[index] = min(best[index], seconds(argv))
    return best


def instructions(argv):
    """Instructions that the program executes, counted by callgrind."""
    counted = run(["valgrind", "--tool=callgrind", "--callgrind-out-file=/dev/null", *argv],
                  timeout=1800)
    match = re.search(r"Collected : (\d+)", counted.errors)
    if not match:
        sys.exit(f"bench: callgrind counted nothing\n{counted}")
    return int(match[1])


def peak(argv):
    """Peak memory in bytes. GNU time stands between, for a child inherits its parent's peak."""
    return int(run(["/usr/bin/time", "-f", "%M", *argv], timeout=600).errors.split()[-1]) * 1024


class Table:
    """Collects figures with their bounds and prints them."""

    def __init__(self):
        self.rows = []

    def add(self, name, value, unit, bound=None, gate=False):
        self.rows.append({"name": name, "value": value, "unit": unit, "bound": bound, "gate": gate})
        broken = bound is not None and value > bound
        verdict = "" if bound is None else f"at most {bound:g} {unit}"
        mark = ("  BROKEN" if gate else "  over") if broken else ""
        print(f"{name:52} {value:12.3f} {unit:4} {verdict:18}{mark}", flush=True)

    def broken(self):
        return any(row["gate"] and row["value"] > row["bound"] for row in self.rows)


def nothing():
    """Before a command that needs no preparation."""


def check(spec):
    return [BINARY, "check", "--format", "short", "--fail-on", "never", spec]


def measure_check(table, specs, times):
    commands = [(nothing, argv) for spec in specs.values() for argv in ([PULL, spec], check(spec))]
    best = fastest(commands, times)
    costs = {}
    for index, (count, spec) in enumerate(specs.items()):
        pull, whole = best[2 * index:2 * index + 2]
        costs[count] = whole
        size = spec.stat().st_size
        print(f"{count} entries, {size / 1e6:.2f} MB")
        table.add(f"check {count}: time", whole * 1e3, "ms", 10 if count == SIZES[0] else None)
        table.add(f"check {count}: time of the bare pull", pull * 1e3, "ms")
        table.add(f"check {count}: time against the pull", whole / pull, "x",
                  3.0 if count == SIZES[-1] else None)
        memory = peak(check(spec))
        table.add(f"check {count}: peak memory", memory / MIB, "MiB", (12 * size + 8 * MIB) / MIB)
    table.add("check: growth from 10,000 to 100,000", costs[100000] / costs[10000], "x", 11)


def measure_instructions(table, specs, counts):
    for count in counts:
        mine = instructions(check(specs[count]))
        pull = instructions([PULL, specs[count]])
        table.add(f"check {count}: instructions", mine / 1e6, "M")
        table.add(f"check {count}: instructions against the pull", mine / pull, "x", 2.0, gate=True)


def measure_build(table, specs, times):
    """Into a new folder, and over what an earlier run wrote."""
    spec, out = specs[100000], WORK / "out"
    argv = [BINARY, "build", spec, "-o", out]

    def clear():
        shutil.rmtree(out, ignore_errors=True)

    best, again = fastest([(clear, argv), (nothing, argv)], times)
    table.add("build 100000: time", best, "s", 3)
    table.add("build 100000 over old output: time", again, "s", 3)
    clear()
    table.add("build 100000: peak memory", peak(argv) / MIB, "MiB", 400)
    table.add("build 100000 over old output: peak memory", peak(argv) / MIB, "MiB", 400)
    table.add("build 100000: instructions are not counted; files", len(list(out.rglob("*"))), "")


CONNECTORS, ADDRESSES = 2000, 50


def tenant():
    """A spec of many connectors, and an export of a tenant where each tenth one differs."""
    egress, hosts, connectors, live = [], [], [], []
    for number in range(CONNECTORS):
        first = gen_spec.FIRST + number * 256
        texts = [f"{first >> 24}.{first >> 16 & 255}.{first >> 8 & 255}.{at}" for at in range(1, ADDRESSES + 1)]
        egress.append(f"  e{number}: {{ addresses: [{', '.join(texts)}], ptr: n{number}.contoso.com }}\n")
        hosts.append(f"  h{number}: {{ address: 10.1.1.30, egress: e{number}, sends_as: contoso.com }}\n")
        connectors.append(f"  c{number}: {{ type: on-premises, accepts: h{number} }}\n")
        live.append({"Name": f"c{number}", "ConnectorType": "OnPremises", "Enabled": True, "RequireTls": True,
                     "SenderDomains": ["smtp:*;1"], "SenderIPAddresses": texts[number % 10 == 0:]})
    spec = [gen_spec.HEAD, "domains: { contoso.com: { spf: { manage: off } } }\n", "egress:\n", *egress,
            "relay_hosts:\n", *hosts, "connectors:\n", *connectors]
    return "".join(spec), json.dumps(live)


def measure_plan(table, times):
    folder = WORK / "plan"
    folder.mkdir(exist_ok=True)
    spec, live = tenant()
    (folder / "mailflow.yaml").write_text(spec)
    (folder / "live.json").write_text(live)
    argv = [BINARY, "plan", folder / "mailflow.yaml", "--live", folder / "live.json", "--fail-on", "never"]
    best, = fastest([(nothing, argv)], times)
    name = f"plan {CONNECTORS} x {ADDRESSES}"
    table.add(f"{name}: time", best, "s", 0.5)
    table.add(f"{name}: peak memory", peak(argv) / MIB, "MiB")
    table.add(f"{name}: instructions", instructions(argv) / 1e6, "M")


def measure_spf(table):
    """In one process: messages against a domain of 3 includes and 60 networks, and all addresses."""
    told = run([BENCHES / "spf_bench"]).text
    for client, rate in re.findall(r"(?m)^(.+): \w+, (\d+) messages a second$", told):
        table.add(f"spf eval: {client}, {int(rate):,} a second", 1e6 / int(rate), "us", 4)
    table.add("spf expand: 3 includes, 60 networks", int(re.search(r"(\d+) microseconds", told)[1]) / 1e3,
              "ms", 1)


def prefixes(count):
    """A file of random IPv4 networks without host bits, one a line; the same each time."""
    chance = random.Random(1)
    path = WORK / f"prefixes-{count}.txt"
    with path.open("w", encoding="ascii") as file:
        for _ in range(count):
            length = chance.randrange(16, 33)
            bits = chance.getrandbits(length) << (32 - length)
            file.write(f"{bits >> 24}.{bits >> 16 & 255}.{bits >> 8 & 255}.{bits & 255}/{length}\n")
    return path


def normalised(text):
    """The networks of an output, a single address without its length."""
    return [line.removesuffix("/32") for line in text.splitlines() if " " not in line]


def measure_sets(table, times, count=1000000):
    """Text in, the fewest networks out: whole process against whole process, on the same file."""
    path = prefixes(count)
    ours = ["/bin/sh", "-c", f"exec {BENCHES / 'net_bench'} --cover < {path}"]
    theirs = ["/bin/sh", "-c", f"exec iprange < {path}"]
    if normalised(run(ours).text) != normalised(run(theirs).text):
        sys.exit("bench: net_bench and iprange differ in what they make of the same networks")
    mine, peer = fastest([(nothing, ours), (nothing, theirs)], times)
    table.add(f"sets: {count:,} random networks", mine * 1e3, "ms")
    table.add("sets: iprange on the same", peer * 1e3, "ms")
    table.add("sets: time against iprange", mine / peer, "x", 1)


def main():
    parser = argparse.ArgumentParser(prog="script/bench")
    parser.add_argument("--quick", action="store_true", help="3 turns instead of 11")
    quick = parser.parse_args().quick

    table = Table()
    specs = prepare()
    measure_check(table, specs, 3 if quick else 11)
    measure_instructions(table, specs, (10000,) if quick else (1000, 10000, 100000))
    measure_build(table, specs, 1 if quick else 3)
    measure_plan(table, 1 if quick else 3)
    measure_spf(table)
    measure_sets(table, 3 if quick else 11)
    (ROOT / "build/bench.json").write_text(json.dumps(
        {"format": "connplan-bench", "version": 1, "figures": table.rows}, indent=1) + "\n")
    print("written: build/bench.json")
    return 1 if table.broken() else 0


if __name__ == "__main__":
    sys.exit(main())
