#!/usr/bin/python3
"""clang-format, clang-tidy and cppcheck over the C files, one test a file: c_tools.py TOOL"""

import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).parent.parent))
from lib import ROOT, Report, on_all_cores, run

CPPCHECK = [
    "cppcheck", "--quiet", "--std=c11", "--error-exitcode=1", "--inline-suppr", "--max-configs=4",
    "--enable=warning,performance,portability", "-Isrc", "--library=tests/house/cppcheck.cfg",
    # The standard library's and our dependencies' headers are not read.
    "--suppress=missingInclude",
    # cppcheck 2.10 cannot read a compound literal between ? and :.
    "--suppress=internalAstError",
    # Asserts are how tests speak: cppcheck takes cmocka's macros for unknown ones.
    "--suppress=unknownMacro",
]

COMMANDS = {
    "format": (["src", "tests"], ["*.c", "*.h"],
               lambda file: ["clang-format-14", "--dry-run", "--Werror", "--style=file", file]),
    "tidy": (["src"], ["*.c"],
             lambda file: ["clang-tidy-14", "--quiet", "--warnings-as-errors=*", "-p",
                           "build/clang", file]),
    "cppcheck": (["src", "tests"], ["*.c"], lambda file: CPPCHECK + [file]),
}


def main():
    report = Report()
    folders, patterns, command = COMMANDS[sys.argv[1]]
    files = sorted(path.relative_to(ROOT) for folder in folders for pattern in patterns
                   for path in (ROOT / folder).rglob(pattern))

    def one(file):
        result = run(command(file), timeout=600)
        report.check(file, result.status == 0, result.text + result.errors)
    on_all_cores(one, files)
    return report.finish()


if __name__ == "__main__":
    sys.exit(main())
