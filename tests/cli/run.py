#!/usr/bin/python3
"""How the program behaves on the command line: run.py [WORD]... (only tests whose name has WORD)

Every test_NAME of the modules beside this file is one test, or one for each of its rows.
"""

import importlib
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).parent.parent))
from lib import Report, collect, run_tests

HELPERS = {"pages", "run", "specs"}


def main():
    report = Report()
    tests = []
    for path in sorted(pathlib.Path(__file__).parent.glob("*.py")):
        if path.stem not in HELPERS:
            tests += collect(importlib.import_module(path.stem))
    words = sys.argv[1:]
    run_tests(report, [test for test in tests if not words or any(word in test[0] for word in words)])
    return report.finish()


if __name__ == "__main__":
    sys.exit(main())
