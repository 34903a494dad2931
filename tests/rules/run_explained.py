#!/usr/bin/python3
"""What `connplan explain CODE` shows is true: run_explained.py [CODE]...

Each code shows an example that fires and a near miss. Both are run as they are shown. An example is
a spec, checked as mailflow.yaml; comments in front of it say what else there is:

    # connplan: plan --live tenant.json        how it is run; without it `check`, on the tests' day
    # tenant.json: { "format": …               a file beside it; deeper comment lines go on with it

An example may be several specs of one run, each a block of its own.
"""

import argparse
import json
import pathlib
import re
import shlex
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).parent.parent))
from lib import Report, connplan, on_all_cores

COMMAND = re.compile(r"# connplan: (.*)")
FILE = re.compile(r"# ([a-z][a-z0-9.-]*\.(?:json|yaml)): (.*)")
MORE = re.compile(r"#   (.*)")


def companions(text):
    """The command and the files that the comments in front of a spec hold."""
    words, files, name = ["check"], {}, None
    for line in text.splitlines():
        if not line.startswith("#"):
            break
        if command := COMMAND.fullmatch(line):
            words = shlex.split(command[1])
        elif file := FILE.fullmatch(line):
            name = file[1]
            files[name] = file[2]
        elif name and (more := MORE.fullmatch(line)):
            files[name] += "\n" + more[1]
        else:
            name = None
    return words, files


def codes_of(example):
    """The codes of what one example says, run as it is shown."""
    specs = re.split(r"(?m)^---\n", example)
    words, files = companions(specs[0])
    names = ["mailflow.yaml", *(f"other-{number}.yaml" for number in range(1, len(specs)))]
    with tempfile.TemporaryDirectory() as folder:
        place = pathlib.Path(folder)
        (place / ".connplan").mkdir()
        for name, text in [*zip(names, specs), *files.items()]:
            (place / name).write_text(text, encoding="utf-8")
        result = connplan(*words, *names, "--format", "json", "--fail-on", "never", cwd=place, status=0)
    return [one["code"] for one in json.loads(result.out)["diagnostics"]]


def check_code(report, code, language):
    shown = json.loads(connplan("explain", code, "--format", "json", "--lang", language, status=0).out)
    for part, wanted in (("fires", True), ("quiet", False)):
        name = f"{code} {language}: {part}"
        if not shown[part].strip():
            report.fail(name, "nothing is shown")
            continue
        try:
            codes = codes_of(shown[part])
        except (AssertionError, ValueError) as problem:
            report.fail(name, problem)
            continue
        report.check(name, (code in codes) == wanted,
                     f"found {', '.join(codes) or 'nothing'}\n{shown[part]}")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("codes", nargs="*")
    arguments = parser.parse_args()

    report = Report()
    listed = [line.split()[0] for line in connplan("explain", "--list", status=0).text.splitlines()]
    wanted = [(code, language) for code in arguments.codes or listed for language in ("en", "ja")]
    on_all_cores(lambda one: check_code(report, *one), wanted)
    return report.finish()


if __name__ == "__main__":
    sys.exit(main())
