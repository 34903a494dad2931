#!/usr/bin/python3
"""Hands the scripts of every example to the PowerShell tests."""

import pathlib
import shutil
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).parent.parent))
from lib import ROOT, connplan

GENERATED = ROOT / "build/test/generated"


def generate():
    """Builds every example that can be built into GENERATED/NAME, for a tenant of a group GROUP-NAME."""
    shutil.rmtree(GENERATED, ignore_errors=True)
    GENERATED.mkdir(parents=True)
    examples = ROOT / "examples"
    for expected in sorted(examples.glob("**/expected")):
        name = "-".join(expected.parent.relative_to(examples).parts)
        connplan("build", expected.parent / "mailflow.yaml", "-o", GENERATED / name, status=0)


def main():
    generate()
    return subprocess.call([ROOT / "tests/powershell/run", "--generated", GENERATED], cwd=ROOT)


if __name__ == "__main__":
    sys.exit(main())
