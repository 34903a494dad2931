#!/usr/bin/python3
"""The examples give the expected files, byte for byte, whatever may vary around them.

run_golden.py [--update] [NAME]...

An example is examples/NAME/mailflow.yaml, NAME may be GROUP/TENANT, with a folder expected/ (what
`build` writes) or a file expected.txt (what `check` says and exits 1). So are the folders beside this
file, which hold what no example for users needs. Built a second time, with all maps shuffled, in
another locale, time zone, home and current folder, the bytes stay the same. Where a tenant is there
already, the folder expected-EXPORT/ is what `plan --live EXPORT.json` writes, under the same laws.
"""

import argparse
import hashlib
import json
import pathlib
import random
import shutil
import sys
import tempfile

import yaml

sys.path.insert(0, str(pathlib.Path(__file__).parent.parent))
from lib import ROOT, Report, connplan, difference, on_all_cores, run

EXAMPLES = ROOT / "examples"
MORE = ROOT / "tests/golden"
LOCALES = ROOT / "build/test/locale"
SHUFFLES = 3


def name_of(example):
    """What an example is called: its folder below examples/, or below the folder of this file."""
    return example.relative_to(MORE if example.is_relative_to(MORE) else EXAMPLES).as_posix()


def whole_of(example):
    """The folder with all that an example reads: a tenant imports from beside its own folder."""
    parts = example.relative_to(ROOT).parts
    return ROOT.joinpath(*parts[:3 if example.is_relative_to(MORE) else 2])


def read_tree(folder):
    """The files below FOLDER as {relative name: bytes}."""
    return {path.relative_to(folder).as_posix(): path.read_bytes()
            for path in sorted(folder.rglob("*")) if path.is_file()}


def build(spec, live=None, **how):
    """Builds SPEC into a new folder; returns the files, having compared them with those told.

    With the export LIVE: what `plan` writes, which tells their number.
    """
    with tempfile.TemporaryDirectory() as folder:
        out = pathlib.Path(folder) / "out"
        command = ["plan", spec, "--live", live] if live else ["build", spec]
        result = connplan(*command, "-o", out, status=0, **how)
        files = read_tree(out)
        told = sorted(result.text.splitlines())
        wanted = sorted(str(out / name) for name in files)
        if live:
            told, wanted = result.errors.splitlines()[-1:], [f"connplan: wrote {len(files)} files into `{out}`"]
        if told != wanted:
            raise AssertionError(f"the files told are not the files written\n{told}\n{wanted}")
        return files


def compare(wanted, got):
    """Fails, with differences, unless two trees are equal."""
    problems = [f"missing: {name}" for name in wanted if name not in got]
    problems += [f"not expected: {name}" for name in got if name not in wanted]
    problems += [difference(wanted[name], got[name], name) or f"{name}: only line ends differ"
                 for name in wanted if name in got and wanted[name] != got[name]]
    if problems:
        raise AssertionError("\n".join(problems))


def shuffle_text(text, seed):
    """The same YAML with the pairs of every map in another order. Scalars keep their text."""
    order = random.Random(seed)
    seen = set()

    def walk(node):
        if id(node) in seen:
            return
        seen.add(id(node))
        if isinstance(node, yaml.MappingNode):
            order.shuffle(node.value)
            for key, value in node.value:
                walk(key)
                walk(value)
        elif isinstance(node, yaml.SequenceNode):
            for value in node.value:
                walk(value)
        elif node.tag.endswith(":null"):
            node.value = "null"     # an empty value would be written with a tag

    root = yaml.compose(text, Loader=yaml.SafeLoader)
    walk(root)
    return yaml.serialize(root, Dumper=yaml.SafeDumper, allow_unicode=True, width=10000)


def without_inputs(files, folder):
    """Takes out what tells of the input files' bytes: their hashes, and hashes of files with those."""
    hashes = [hashlib.sha256(path.read_bytes()).hexdigest().encode()
              for path in sorted(folder.rglob("*")) if path.is_file()]
    cleaned = {}
    for name, content in files.items():
        for digest in hashes:
            content = content.replace(digest, b"0" * 64)
        cleaned[name] = content
    plan = json.loads(cleaned["plan.json"])
    plan.pop("inputs")
    plan["outputs"] = [row["path"] for row in plan["outputs"]]
    cleaned["plan.json"] = json.dumps(plan, indent=1).encode()
    return cleaned


def check_shuffled(example, expected, live=None):
    whole = whole_of(example)
    wanted = without_inputs(expected, whole)
    for seed in range(SHUFFLES):
        with tempfile.TemporaryDirectory() as folder:
            root = pathlib.Path(folder)
            copy = root / whole.relative_to(ROOT)
            shutil.copytree(whole, copy, ignore=shutil.ignore_patterns("expected*"))
            (root / ".connplan").mkdir()
            for path in copy.rglob("*.yaml"):
                path.write_text(shuffle_text(path.read_text("utf-8"), seed), "utf-8")
            spec = example.relative_to(ROOT) / "mailflow.yaml"
            got = build(spec, live, cwd=folder)
            compare(wanted, without_inputs(got, copy))


def turkish():
    """An environment of another place; its locale is compiled once, into the build folder."""
    if not (LOCALES / "tr_TR.UTF-8").exists():
        LOCALES.mkdir(parents=True, exist_ok=True)
        made = run(["localedef", "-i", "tr_TR", "-f", "UTF-8", LOCALES / "tr_TR.UTF-8"])
        if made.status != 0:
            raise AssertionError(f"localedef failed\n{made}")
    return {"LOCPATH": str(LOCALES), "LC_ALL": "tr_TR.UTF-8", "LANG": "tr_TR.UTF-8",
            "TZ": "Asia/Tokyo", "HOME": "/nonexistent"}


def check_folder(attempt, example, folder, update, environment):
    """The laws of one folder of expected files: of `build`, or of `plan` for expected-EXPORT/."""
    place = example.relative_to(ROOT).as_posix()
    spec = f"{place}/mailflow.yaml"
    export = folder.name.removeprefix("expected").removeprefix("-")
    live = f"{place}/{export}.json" if export else None
    title = f", {export}" if export else ""
    if update:
        files = build(spec, live)
        shutil.rmtree(folder)
        for name, content in files.items():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_bytes(content)
    expected = read_tree(folder)
    attempt("the files" + title, lambda: compare(expected, build(spec, live)))
    attempt("built again" + title, lambda: compare(expected, build(spec, live)))
    attempt("elsewhere" + title, lambda: compare(
        expected, build(example / "mailflow.yaml", live and ROOT / live, cwd="/", env=environment)))
    attempt("shuffled" + title, lambda: check_shuffled(example, expected, live))


def check_example(report, example, update, environment):
    def attempt(what, function):
        try:
            function()
        except AssertionError as problem:
            report.fail(f"{title}: {what}", problem)
        else:
            report.ok(f"{title}: {what}")

    title = name_of(example)
    spec = f"{example.relative_to(ROOT).as_posix()}/mailflow.yaml"
    text, folder = example / "expected.txt", example / "expected"
    if update and not folder.exists() and connplan("check", spec).status == 1:
        text.touch()
    for live in sorted(example.glob("expected-*/")):
        check_folder(attempt, example, live, update, environment)
    if text.exists():
        def check():
            result = connplan("check", spec, status=1)
            if update:
                text.write_bytes(result.out)
            compare({"expected.txt": text.read_bytes()}, {"expected.txt": result.out})
        return attempt("the findings", check)

    if update:
        folder.mkdir(exist_ok=True)
    if not folder.is_dir():
        return report.fail(title, "has neither expected/ nor expected.txt")
    check_folder(attempt, example, folder, update, environment)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--update", action="store_true", help="rewrite what is expected")
    parser.add_argument("names", nargs="*")
    arguments = parser.parse_args()

    report = Report()
    environment = turkish()
    specs = [*EXAMPLES.glob("*/mailflow.yaml"), *EXAMPLES.glob("*/*/mailflow.yaml"),
             *MORE.glob("*/mailflow.yaml")]
    examples = [path.parent for path in sorted(specs)
                if not arguments.names or name_of(path.parent) in arguments.names]
    on_all_cores(lambda example: check_example(report, example, arguments.update, environment),
                 examples)
    return report.finish()


if __name__ == "__main__":
    sys.exit(main())
