#!/usr/bin/python3
"""Builds presets, each counted as one test: build.py PRESET..."""

import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).parent.parent))
from lib import Report, run


def main():
    report = Report()
    for preset in sys.argv[1:]:
        result = run(["script/build", preset], timeout=1800)
        report.check(preset, result.status == 0, result.text[-6000:] + result.errors[-3000:])
    return report.finish()


if __name__ == "__main__":
    sys.exit(main())
