"""Collects the tests, runs their cases in one batch per round, and says how it went.

A test is a generator: it yields lists of cases and is sent their results, in order. All tests run
in step, so that the cases of a round go to the engine together. A failed check raises Failure.
"""

import argparse
import hashlib
import os
import shutil
import sys
import tempfile
import time
import traceback
from pathlib import Path

from . import literal
from .literal import Verbatim
from .engine import EngineError, choose, run_cases


class Failure(Exception):
    """What was seen is not what must be."""


class Skip(Exception):
    """This engine cannot run this test."""


def expect(condition, *what):
    if not condition:
        raise Failure(" ".join(str(one) for one in what))


def expect_same(seen, wanted, what):
    if seen != wanted:
        raise Failure("%s: %r, not %r" % (what, seen, wanted))


class Bench:
    """What a test needs to make cases."""

    def __init__(self, top, engine, fast):
        self.top = top
        self.engine = engine
        self.fast = fast
        self.templates = literal.Templates(top / "templates/powershell")
        parent = top / "build/powershell-run"
        parent.mkdir(parents=True, exist_ok=True)
        # One folder for each run, so that two runs at a time do not meet.
        self.folder = Path(tempfile.mkdtemp(dir=parent))
        self.scripts = self.folder / "scripts"
        self.scripts.mkdir(parents=True, exist_ok=True)
        self.written = set()
        self.spent = {}

    verbatim = Verbatim("$global:BenchPlan")

    def amount(self, full):
        """How many generated cases: fewer with --fast."""
        return max(4, full // 8) if self.fast else full

    def rng(self, name):
        return literal.seeded(name)

    def keep(self, data):
        """The path under which a script's bytes are found; the same bytes have one path."""
        path = self.scripts / (hashlib.sha256(data).hexdigest()[:24] + ".ps1")
        if path not in self.written:
            path.write_bytes(data)
            self.written.add(path)
        return str(path)

    def script(self, kind, plan, ascii_only=True, rng=None):
        return self.keep(self.templates.script(kind, plan, ascii_only, rng))

    def shared(self, kind, plan):
        """As script(), but the plan is handed over by the bench, so that the engine compiles the text once."""
        return self.script(kind, self.verbatim), plan

    def step(self, script, file="connectors.ps1", **more):
        """One run; parameters for the script as a dict, the rest as in bench.psm1."""
        if isinstance(script, tuple):
            return dict({"script": script[0], "plan": script[1], "file": file}, **more)
        return dict({"script": script, "file": file}, **more)

    def pair(self, plan):
        """Steps of the two scripts of one plan, in one folder: apply(...) and back(...) as step()."""
        scripts = {name: self.shared(name, plan)[0] for name in ("connectors", "rollback")}
        home = "+".join(scripts.values())
        make = lambda name: lambda **more: self.step(  # noqa: E731
            (scripts[name], plan), file=name + ".ps1", home=home, keepFiles=True, **more)
        return make("connectors"), make("rollback")

    def case(self, tenant, *steps, **more):
        return dict({"tenant": tenant, "steps": list(steps)}, **more)


TESTS = []


def test(function):
    TESTS.append(function)
    return function


def advance(test_name, generator, results, outcomes):
    """The next cases of a test, or None when it has ended."""
    try:
        return generator.send(results)
    except StopIteration:
        outcomes[test_name] = ("ok", "")
    except Skip as skip:
        outcomes[test_name] = ("skip", str(skip))
    except Failure as failure:
        outcomes[test_name] = ("not ok", str(failure))
    except (KeyError, TypeError, IndexError, AttributeError):
        outcomes[test_name] = ("not ok", "the test itself broke:\n" + traceback.format_exc())
    return None


def run_tests(bench, tests, jobs):
    outcomes = {}
    waiting = {}
    for name, generator in tests:
        cases = advance(name, generator, None, outcomes)
        if cases is not None:
            waiting[name] = (generator, cases)
    total = 0
    while waiting:
        batch = []
        for name, (_, cases) in waiting.items():
            for number, case in enumerate(cases):
                batch.append(dict(case, name="%s/%d" % (name, number)))
        total += len(batch)
        results = run_cases(bench.engine, batch, bench.folder, jobs)
        at, following = 0, {}
        for name, (generator, cases) in waiting.items():
            mine = results[at : at + len(cases)]
            bench.spent[name] = bench.spent.get(name, 0) + sum(one["milliseconds"] for one in mine)
            at += len(cases)
            cases = advance(name, generator, [one["steps"] for one in mine], outcomes)
            if cases is not None:
                following[name] = (generator, cases)
        waiting = following
    return outcomes, total


def report(outcomes):
    counts = {"ok": 0, "not ok": 0, "skip": 0}
    for name, (verdict, why) in outcomes.items():
        counts[verdict] += 1
        print("%s %s%s" % (verdict, name, ": " + why if why else ""))
    print("%d passed, %d failed, %d skipped" % (counts["ok"], counts["not ok"], counts["skip"]))
    return 1 if counts["not ok"] else 0


def no_engine(wanted):
    why = "no %s here" % wanted if wanted else "neither pwsh nor dotnet is here"
    failed = os.environ.get("CI") == "true" or bool(wanted)
    return report({"powershell": ("not ok" if failed else "skip", why)})


def main(top, arguments):
    parser = argparse.ArgumentParser(prog="tests/powershell/run")
    parser.add_argument("--fast", action="store_true", help="fewer generated cases")
    parser.add_argument("--engine", choices=["pwsh", "powershell", "host"], help="default: the first there is")
    parser.add_argument("--generated", metavar="DIR", help="test the scripts below DIR instead of the runtime")
    parser.add_argument("--only", metavar="TEXT", help="only tests whose name holds TEXT")
    parser.add_argument("--times", action="store_true", help="say how long each test's cases took")
    parser.add_argument("--jobs", type=int, default=2, help="engine processes (default 2)")
    options = parser.parse_args(arguments)
    engine = choose(top, options.engine)
    if engine is None:
        return no_engine(options.engine)
    started = time.monotonic()
    bench = Bench(top, engine, options.fast)
    try:
        engine.prepare()
        print("engine: " + engine.version(), flush=True)
        if options.generated:
            from . import generated
            tests = list(generated.tests(bench, options.generated))
        else:
            from . import (tests_apply, tests_compiled, tests_failure, tests_guards, tests_law, tests_moved,  # noqa: F401
                           tests_rollback, tests_syntax, tests_text, tests_typed, tests_vectors)
            tests = [(function.__name__.replace("_", "-"), function(bench)) for function in TESTS]
        if options.only:
            tests = [one for one in tests if options.only in one[0]]
        outcomes, total = run_tests(bench, tests, options.jobs)
    except EngineError as error:
        return report({"engine": ("not ok", str(error))})
    finally:
        shutil.rmtree(bench.folder, ignore_errors=True)
    if options.times:
        for name, spent in sorted(bench.spent.items(), key=lambda pair: -pair[1]):
            print("%8.1f s  %s" % (spent / 1000, name), file=sys.stderr)
    print("%d cases in %.0f s" % (total, time.monotonic() - started), file=sys.stderr)
    return report(outcomes)
