#!/usr/bin/python3
"""Two checkouts in different folders give byte-equal release binaries."""

import pathlib
import shutil
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).parent.parent))
from lib import ROOT, Report, run


def copy_tracked(target):
    """Copies what git tracks, as it stands in the work tree."""
    names = run(["git", "ls-files", "-z"]).out.decode().split("\0")
    for name in filter(None, names):
        source, copy = ROOT / name, target / name
        if source.is_file():
            copy.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(source, copy)


def main():
    report = Report()
    with tempfile.TemporaryDirectory(prefix="connplan-elsewhere-") as folder:
        other = pathlib.Path(folder) / "a/deeper/place"
        copy_tracked(other)
        built = run(["script/build", "release"], cwd=other, timeout=1800)
        report.check("builds elsewhere", built.status == 0, built)
        if built.status == 0:
            mine = (ROOT / "build/release/connplan").read_bytes()
            report.check("same bytes", mine == (other / "build/release/connplan").read_bytes(),
                         "the binaries differ: a path, a date or a build id got in")
            report.check("no path inside", str(ROOT).encode() not in mine)
    return report.finish()


if __name__ == "__main__":
    sys.exit(main())
