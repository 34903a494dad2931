"""Subcommands, flags, streams and exit statuses."""

import json
import os
import pathlib
import re
import subprocess
import tempfile

from lib import BINARY, ENVIRONMENT, ROOT, connplan, each, equal, run
from specs import SMALLEST, findings, folder, smallest, text_of

CLEAN = text_of(SMALLEST)
# One error: no egress is called so.
BROKEN = text_of(smallest(relay_hosts={"erp01": {"address": "10.1.1.30", "egress": "ofice",
                                                 "sends_as": "contoso.com"}}))
# No error, one warning and more: nothing refers to the egress `spare`.
WARNED = text_of(smallest(egress={"office": {"addresses": "198.51.100.10"},
                                  "spare": {"addresses": "198.51.100.99"}}))


def test_init_gives_a_clean_spec():
    with folder() as place:
        connplan("init", "d", cwd=place, status=0)
        connplan("check", "d/mailflow.yaml", cwd=place, status=0)
        names = {path.name for path in (place / "d").rglob("*") if path.is_file()}
        missing = {"mailflow.yaml", "export.ps1"} - names
        equal(missing, set(), "files that init did not write")
        if not any(name.endswith(".schema.json") for name in names):
            raise AssertionError(f"init wrote no schema: {names}")


def test_init_without_a_folder_uses_the_current_one():
    with folder() as place:
        connplan("init", cwd=place, status=0)
        connplan("check", "mailflow.yaml", cwd=place, status=0)


def test_init_overwrites_nothing():
    with folder() as place:
        (place / "d").mkdir()
        (place / "d/mailflow.yaml").write_text("precious")
        connplan("init", "d", cwd=place)
        equal((place / "d/mailflow.yaml").read_text(), "precious")
        before = {path: path.read_bytes() for path in (place / "d").rglob("*") if path.is_file()}
        connplan("init", "d", cwd=place)
        after = {path: path.read_bytes() for path in (place / "d").rglob("*") if path.is_file()}
        equal(after, before, "the folder after a second init")


def test_init_gives_a_spec_that_builds():
    with folder() as place:
        connplan("init", "d", cwd=place, status=0)
        result = connplan("build", "d/mailflow.yaml", "-o", "out", cwd=place, status=0)
        for name in result.text.splitlines():
            if not (place / name).is_file():
                raise AssertionError(f"told, but not written: {name}")


def test_check_reads_standard_input():
    connplan("check", "-", stdin=CLEAN, status=0)
    connplan("check", "-", stdin=BROKEN, status=1)


def test_standard_input_under_a_name():
    with folder(main={**SMALLEST, "imports": ["more.yaml"]},
                more={"egress": {"spare": {"addresses": "198.51.100.99"}}}) as place:
        text = (place / "main.yaml").read_bytes()
        result = connplan("check", "-", "--format", "short", "--stdin-filename", place / "main.yaml",
                          stdin=text, status=0)
        equal([one[4] for one in findings(result)].count("CP009"), 1, "findings CP009")


def test_a_missing_spec_does_not_hide_the_others():
    with folder(a=BROKEN) as place:
        result = connplan("check", "a.yaml", "missing.yaml", "--format", "short", cwd=place, status=4)
        if "[CP007]" not in result.text:
            raise AssertionError(f"the findings of a.yaml are missing\n{result}")
        if "missing.yaml" not in result.errors:
            raise AssertionError(f"missing.yaml is not named\n{result}")


def test_a_folder_is_not_a_spec():
    with folder() as place:
        result = connplan("check", ".", cwd=place, status=4)
        if not result.err:
            raise AssertionError("no word of why")


@each([
    ("a command", ["frob"], None),
    ("a command near check", ["chek", "x.yaml"], "check"),
    ("a command near explain", ["explian", "CP104"], "explain"),
    ("a flag near --format", ["check", "--fromat", "short", "-"], "--format"),
    ("a flag near --fail-on", ["check", "--failon", "never", "-"], "--fail-on"),
    ("a format near short", ["check", "--format", "shrt", "-"], "short"),
    ("a level near warning", ["check", "--fail-on", "warnin", "-"], "warning"),
    ("a colour near always", ["check", "--color", "alway", "-"], "always"),
    ("no spec", ["check"], None),
    ("no folder", ["build", "-"], "-o"),
    ("a flag without its value", ["check", "-", "--format"], "--format"),
    ("a flag given twice", ["build", "-", "-o", "a", "-o", "b"], "-o"),
    ("two reports in one file", ["check", "-", "--format", "json:a", "--format", "short:a"], "`a`"),
    ("a date that is none", ["check", "-", "--today", "2026-02-30"], "2026-02-30"),
    ("a code that is none", ["explain", "CP000"], None),
    ("a value for a switch", ["check", "-", "--strict=yes"], None),
    ("nothing at all", [], None),
])
def test_bad_command_line(_name, words, nearest):
    result = connplan(*words, stdin=CLEAN, status=3)
    equal(result.out, b"", "standard output")
    if not result.err or (nearest and nearest not in result.errors):
        raise AssertionError(f"the message does not name {nearest!r}\n{result}")


# As the help lists them: what a word is near to depends on all of them.
COMMANDS = re.findall(r"^  ([a-z]+) ", connplan("--help").text.partition("Flags")[0], re.MULTILINE)


def distance(left, right):
    """How many letters to change, to add, to take or to swap with their neighbour."""
    rows = {(i, 0): i for i in range(len(left) + 1)} | {(0, j): j for j in range(len(right) + 1)}
    for i, a in enumerate(left, 1):
        for j, b in enumerate(right, 1):
            rows[i, j] = min(rows[i - 1, j] + 1, rows[i, j - 1] + 1, rows[i - 1, j - 1] + (a != b))
            if i > 1 and j > 1 and a == right[j - 2] and b == left[i - 2]:
                rows[i, j] = min(rows[i, j], rows[i - 2, j - 2] + 1)
    return rows[len(left), len(right)]


@each([("frob", "frob"), ("one letter", "x"), ("empty", ""), ("far", "apply"), ("two in one", "buildcheck"),
       ("long", "z" * 5000), ("Japanese", "\u691c\u67fb"), ("near", "exit")])
def test_nearest_command_is_always_named(_name, word):
    """Also where none is near: then as the nearest, and with where all of them are."""
    result = connplan(word, status=3)
    equal(result.out, b"", "standard output")
    named = [one for one in COMMANDS if f"`{one}`" in result.errors]
    equal(len(named), 1, f"commands that are named\n{result}")
    least = min(distance(word[:64], one) for one in COMMANDS)
    if len(word.encode()) <= 64 and word.isascii():
        equal(distance(word, named[0]), least, f"distance of {named[0]} from {word}")
    if "did you mean" not in result.errors and "connplan --help" not in result.errors:
        raise AssertionError(f"{result}")


@each([("--frob",), ("--x",), ("-z",), ("--apply",), ("--frob=1",)])
def test_nearest_flag_is_always_named(word):
    result = connplan("check", "-", word, stdin=CLEAN, status=3)
    equal(result.out, b"", "standard output")
    if f"`{word.split('=')[0]}`" not in result.errors or result.errors.count("`--") < 1 + word.startswith("--"):
        raise AssertionError(f"no flag is named\n{result}")


@each([("a rule", ["explain", "zzzzzzzz"]), ("a schema", ["schema", "zzzzzzzz"])])
def test_nearest_name_is_always_named(_name, words):
    result = connplan(*words, status=3)
    if "the nearest is `" not in result.errors:
        raise AssertionError(f"{result}")


@each([
    ("after", ["check", "-", "--format", "short"]),
    ("before", ["--format", "short", "check", "-"]),
    ("on both sides", ["--format", "short", "check", "--color", "never", "-"]),
    ("with an equals sign", ["check", "--format=short", "-"]),
])
def test_flags_on_both_sides(_name, words):
    wanted = connplan("check", "-", "--format", "short", stdin=BROKEN, status=1).out
    equal(connplan(*words, stdin=BROKEN, status=1).out, wanted)


@each([("check",), ("build",), ("init",), ("schema",), ("explain",)])
def test_full_output_is_an_error(command):
    """Whoever asked for a result and did not get it hears of it by status 4."""
    words = {"check": ["check", "-"], "explain": ["explain", "CP104"],
             "schema": ["schema", "spec"]}.get(command)
    with folder(a=BROKEN if command == "check" else CLEAN) as place, open("/dev/full", "wb") as full:
        words = words or [command, *(["a.yaml", "-o", "out"] if command == "build" else ["d"])]
        result = run([BINARY, *words], stdin=BROKEN, cwd=place, stdout=full)
        if command == "init" and result.status == 0:
            return      # init has nothing that it must say
        equal(result.status, 4, f"exit status\n{result}")


@each([("broken", BROKEN, 1), ("clean", CLEAN, 0)])
def test_closed_pipe_keeps_the_verdict(_name, spec, status):
    """The reader went away before the first byte: quiet, and the status of the verdict."""
    read_end, write_end = os.pipe()
    os.close(read_end)
    result = run([BINARY, "check", "-"], stdin=spec, stdout=write_end)
    os.close(write_end)
    equal((result.status, result.err), (status, b""))


def test_head_of_a_long_result():
    with folder(a=BROKEN) as place:
        script = f"'{BINARY}' check a.yaml | head -1; echo \"${{PIPESTATUS[0]}}\" >&2"
        result = run(["bash", "-c", script], cwd=place)
        equal(result.err, b"1\n", "standard error and the status")
        equal(len(result.text.splitlines()), 1, "lines")


@each([("spec", "mailflow"), ("plan", "plan"), ("export", "export"), ("diagnostics", "diagnostics")])
def test_schemas(name, committed):
    printed = connplan("schema", name, status=0).out
    schema = json.loads(printed)
    equal(schema["$schema"], "http://json-schema.org/draft-07/schema#")
    equal(printed, (ROOT / f"schema/{committed}.schema.json").read_bytes())


def test_version():
    result = connplan("--version", status=0)
    equal(result.err, b"", "standard error")
    if not result.text.startswith("connplan ") or "2025-10-09" not in result.text:
        raise AssertionError(f"no name, or not the date of the registries\n{result}")
    for library in ("libyaml", "libcidr", "cJSON", "libidn2"):
        if library.lower() not in result.text.lower():
            raise AssertionError(f"{library} is not named\n{result}")


def test_help():
    result = connplan("--help", status=0)
    equal(result.err, b"", "standard error")
    for word in ("init", "check", "build", "explain", "schema", "--format", "--fail-on", "--color"):
        if word not in result.text:
            raise AssertionError(f"{word} is not in the help\n{result}")
    for command in ("check", "build", "init", "explain"):
        one = connplan(command, "--help", status=0)
        if command not in one.text:
            raise AssertionError(f"{one}")


@each([
    ("an error, default", BROKEN, [], 1),
    ("an error, from warning on", BROKEN, ["--fail-on", "warning"], 1),
    ("an error, never", BROKEN, ["--fail-on", "never"], 0),
    ("a warning, default", WARNED, [], 0),
    ("a warning, from error on", WARNED, ["--fail-on", "error"], 0),
    ("a warning, from warning on", WARNED, ["--fail-on", "warning"], 1),
    ("a warning, from info on", WARNED, ["--fail-on", "info"], 1),
    ("a warning, never", WARNED, ["--fail-on", "never"], 0),
    ("an info, from info on", CLEAN, ["--fail-on", "info"], 1),
])
def test_fail_on(_name, spec, flags, status):
    connplan("check", "-", *flags, stdin=spec, status=status)


def test_fail_on_writes_no_files_over_an_error():
    """The threshold moves the status; an error still keeps every file from being written."""
    with folder(a=BROKEN) as place:
        connplan("build", "a.yaml", "-o", "out", "--fail-on", "never", cwd=place, status=0)
        equal((place / "out").exists(), False, "the folder exists")


def test_fail_on_warning_still_writes():
    with folder(a=WARNED) as place:
        connplan("build", "a.yaml", "-o", "out", "--fail-on", "warning", cwd=place, status=1)
        equal((place / "out/plan.json").exists(), True, "plan.json exists")


def test_precedence_of_statuses():
    """3 before 4 before 1."""
    with folder(a=BROKEN) as place:
        connplan("check", "a.yaml", cwd=place, status=1)
        connplan("check", "a.yaml", "missing.yaml", cwd=place, status=4)
        connplan("check", "a.yaml", "missing.yaml", "--frob", cwd=place, status=3)
        connplan("check", "a.yaml", "--format", "short:missing/folder/f", cwd=place, status=4)


def test_build_streams():
    """Files written on standard output, one a line; diagnostics on standard error."""
    with folder(a=WARNED) as place:
        result = connplan("build", "a.yaml", "-o", "out", cwd=place, status=0)
        for line in result.text.splitlines():
            if not (place / line).is_file():
                raise AssertionError(f"not a file: {line}\n{result}")
        if "CP009" not in result.errors or "CP009" in result.text:
            raise AssertionError(f"diagnostics are not on standard error\n{result}")


def test_nothing_depends_on_the_environment():
    plain = connplan("check", "-", stdin=WARNED, status=0)
    moved = connplan("check", "-", stdin=WARNED, cwd="/", status=0, env={
        "LC_ALL": "ja_JP.UTF-8", "LANG": "ja_JP.UTF-8", "TZ": "Asia/Tokyo", "HOME": "/nonexistent",
        "COLUMNS": "20", "TERM": "dumb", "TMPDIR": "/nonexistent"})
    equal(moved.out, plain.out)


def test_empty_environment():
    with tempfile.TemporaryDirectory() as place:
        path = pathlib.Path(place) / "a.yaml"
        path.write_bytes(CLEAN)
        result = subprocess.run([BINARY, "check", path], env={}, cwd="/", capture_output=True)
        equal(result.returncode, 0, f"{result}")


@each([
    ("a rule", ["explain", "CP104"], ["CP104", "not-global"]),
    ("in Japanese", ["explain", "CP104", "--lang", "ja"], ["CP104"]),
])
def test_explain(_name, words, wanted):
    result = connplan(*words, status=0)
    for word in wanted:
        if word not in result.text:
            raise AssertionError(f"{word} is missing\n{result}")


def test_explain_speaks_two_languages():
    english = connplan("explain", "CP104", status=0).text
    japanese = connplan("explain", "CP104", "--lang", "ja", status=0).text
    kana = sum("\u3040" <= character <= "\u30ff" for character in japanese)
    if english == japanese or kana < 10 or not english.isascii():
        raise AssertionError(f"{english}\n{japanese}")


def test_every_code_is_explained():
    lines = connplan("explain", "--list", status=0).text.splitlines()
    if len(lines) < 30:
        raise AssertionError(f"only {len(lines)} codes")
    for line in lines:
        code, name, severity = line.split()
        if severity not in ("error", "warning", "info", "not-checked"):
            raise AssertionError(line)
        for language in ("en", "ja"):
            text = connplan("explain", code, "--lang", language, status=0).text
            if code not in text or name not in text or len(text) < 100:
                raise AssertionError(f"explain {code} --lang {language}\n{text}")


def test_short_forms_of_help():
    equal(connplan("-h", status=0).out, connplan("--help", status=0).out)
    equal(connplan("help", status=0).out, connplan("--help", status=0).out)
    equal(connplan("help", "build", status=0).out, connplan("build", "--help", status=0).out)


# The address of the host stands in it, and three findings: an error, a warning, an info.
FAULTY = text_of(smallest(egress={"office": {"addresses": "198.51.100.10"},
                                  "spare": {"addresses": "198.51.100.99"},
                                  "wrong": {"addresses": "198.51.100.257"}}))


def explain_address(*flags, spec=FAULTY, status=1):
    return connplan("explain", "-", "--ip", "198.51.100.10", *flags, stdin=spec, status=status)


@each([
    ("clean", CLEAN, [], 0, []),
    ("a warning", WARNED, [], 0, ["CP009"]),
    ("a warning that counts", WARNED, ["--fail-on", "warning"], 1, ["CP009"]),
    ("an error", FAULTY, [], 1, ["CP009", "CP101"]),
    ("an error that does not count", FAULTY, ["--fail-on", "never"], 0, ["CP009", "CP101"]),
    ("no YAML", b"{", [], 1, ["CP001"]),
])
def test_explain_an_address_follows_the_verdict(_name, spec, flags, status, codes):
    """The answer on standard output, findings of the spec on standard error; a form that only findings
    have is printed where it was asked for."""
    result = explain_address(*flags, spec=spec, status=status)
    if not result.text.startswith("198.51.100.10 is a documentation address"):
        raise AssertionError(f"{result}")
    for code in codes:
        if f"[{code}]" not in result.errors or code in result.text:
            raise AssertionError(f"{code} is not told on standard error\n{result}")
    short = connplan("check", "-", "--format", "short", stdin=spec).out
    told = explain_address("--format", "short", *flags, spec=spec, status=status)
    equal((told.out, told.err), (short, b""), "short form")


def test_explain_an_address_as_json():
    """The findings are a member of the result, as check prints them, and stand nowhere else."""
    result = explain_address("--format", "json")
    equal(result.err, b"", "standard error")
    checked = json.loads(connplan("check", "-", "--format", "json", stdin=FAULTY, status=1).out)
    found = json.loads(result.out)
    equal(found["diagnostics"], checked["diagnostics"], "diagnostics")
    equal(found["lines"], explain_address().text.splitlines(), "lines")
    equal(found["address"], "198.51.100.10")


def test_explain_writes_a_result_to_a_file():
    with folder(a=FAULTY) as place:
        result = connplan("explain", "a.yaml", "--ip", "198.51.100.10", "--format", "json:r.json",
                          "--format", "short:f.txt", "--format", "human", cwd=place, status=1)
        equal(result.out, explain_address().out, "standard output")
        equal(result.err, b"", "standard error")
        equal(json.loads((place / "r.json").read_bytes())["places"], 3)
        if "[CP101]" not in (place / "f.txt").read_text():
            raise AssertionError((place / "f.txt").read_text())


@each([("CODE", ["explain", "CP104"]), ("--list", ["explain", "--list"]),
       ("SPEC", ["explain", "-", "--ip", "198.51.100.10"])])
def test_every_explanation_as_json_and_markdown(_name, words):
    found = json.loads(connplan(*words, "--format", "json", stdin=CLEAN, status=0).out)
    if not found["format"].startswith("connplan-explain") or found["version"] != 1:
        raise AssertionError(found)
    if not isinstance(found["diagnostics"], list):
        raise AssertionError(found)
    page = connplan(*words, "--format", "markdown", stdin=CLEAN, status=0).text
    if not page.startswith(("# ", "- ")):
        raise AssertionError(page)


def test_a_name_in_an_explanation_is_only_text():
    """It can neither drive a terminal nor begin markup."""
    name = "a\u202e<b>`*x*`"
    spec = text_of(smallest(egress={name: {"addresses": "198.51.100.10"}}, relay_hosts={
        "erp01": {"address": "10.1.1.30", "egress": name, "sends_as": "contoso.com"}}))
    text = explain_address(spec=spec, status=None).text
    if "\u202e" in text or "\\u202e" not in text:
        raise AssertionError(text)
    page = explain_address("--format", "markdown", spec=spec, status=None).text
    if "<b>" in page or "`*x*`" in page:
        raise AssertionError(page)
