#!/usr/bin/python3
"""The documentation's commands are run: README.md and docs/**/*.md.

In a block fenced as ```console, a line `$ connplan …` is run with the shell and the lines that
follow, up to the next `$`, must be what it prints. A line `…` stands for any lines, a `…` inside a
line for any text. A block runs in a copy of the examples; `$?` is the status of the line before.
Other programs are not run; a `script/NAME` must exist.
"""

import os
import pathlib
import re
import shutil
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).parent.parent))
from lib import BINARY, ROOT, Report, run

BLOCK = re.compile(r"^```console\n(.*?)^```$", re.M | re.S)
RUN = re.compile(r"^(connplan|cat|echo|ls|mkdir|printf)\b")


def pattern(lines):
    """The regular expression that expected output means."""
    parts = []
    for line in lines:
        if line.strip() in ("…", "..."):
            parts.append(r"(?:.*\n)*?")
        else:
            parts.append(".*".join(re.escape(part) for part in line.split("…")) + "\n")
    return re.compile("".join(parts))


def commands(block):
    """The (command, expected lines) of a block; a backslash at the end joins lines."""
    for chunk in re.split(r"(?m)^\$ ", block)[1:]:
        lines = chunk.splitlines()
        command = lines.pop(0)
        while command.endswith("\\") and lines:
            command = command[:-1] + lines.pop(0).lstrip("> ")
        while lines and not lines[-1].strip():
            lines.pop()
        yield command, lines


def prepare(folder):
    """A place that looks like the root to the commands, which may write there."""
    for name in ("examples", "schema", "docs"):
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, folder / name, symlinks=True)
    (folder / ".connplan").mkdir()
    (folder / ".bin").mkdir()
    os.symlink(BINARY, folder / ".bin/connplan")
    return {"PATH": f"{folder}/.bin:/usr/bin:/bin", "HOME": str(folder)}


def run_block(report, title, block):
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        environment = prepare(folder)
        status = 0
        for command, lines in commands(block):
            if not RUN.match(command):
                script = re.match(r"script/\S+", command)
                if script:
                    report.check(f"{title}: {command}", (ROOT / script[0]).exists())
                continue
            result = run(["bash", "-c", f"(exit {status})\n{command} 2>&1"], cwd=folder,
                         env=environment)
            status = result.status
            report.check(f"{title}: {command}", pattern(lines).fullmatch(result.text), result)


def main():
    report = Report()
    pages = [*sorted((ROOT / "docs").rglob("*.md")), *sorted((ROOT / "examples").rglob("README.md"))]
    for page in [ROOT / "README.md", *pages]:
        text = page.read_text("utf-8") if page.exists() else ""
        for match in BLOCK.finditer(text):
            line = text.count("\n", 0, match.start()) + 1
            run_block(report, f"{page.relative_to(ROOT)}:{line}", match[1])
    return report.finish()


if __name__ == "__main__":
    sys.exit(main())
