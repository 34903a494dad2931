"""The forms in which diagnostics are told, their files, and colour."""

import json
import os
import pty
import re
import stat
import subprocess

from commands import BROKEN
from lib import BINARY, ENVIRONMENT, ROOT, connplan, each, equal, run
from specs import WHOLE_DOMAIN, findings, folder, smallest, text_of

# An error with a suggestion, a warning, infos; and text that a form could stumble over. The warning
# is about addresses, since nobody knows which object is not used while a reference names nothing.
MIXED = text_of(smallest(
    egress={"office": {"addresses": "198.51.100.10"}, "spare, 100 % <b>|`x`": {"addresses": "198.51.100.10"}},
    relay_hosts={"erp01": {"address": "10.1.1.30", "egress": "ofice", "sends_as": "contoso.com"}}))
FORMS = re.findall(r'(?m)^FORMAT\(\w+, "(\w+)"', (ROOT / "src/report/formats.def").read_text("utf-8"))


def of_form(name):
    """Decorates a test of one form: it is there if src/report/formats.def has that form."""
    return each([(name,)] if name in FORMS else [])


def form(name, spec=MIXED, *flags, **how):
    return connplan("check", "-", "--format", name, *flags, stdin=spec, **how)


def test_json_has_the_documented_keys():
    told = json.loads(form("json", status=1).out)
    equal((told["format"], told["version"]), ("connplan-diagnostics", 1))
    equal(set(told["summary"]), {"errors", "warnings", "infos", "not_checked", "waived"}, "summary")
    severities = [one["severity"] for one in told["diagnostics"]]
    for member, severity in (("errors", "error"), ("warnings", "warning"), ("infos", "info"),
                             ("not_checked", "not-checked")):
        equal(told["summary"][member], severities.count(severity), member)
    for one in told["diagnostics"]:
        equal(set(one), {"code", "name", "severity", "message", "file", "path", "range", "label",
                         "related", "notes", "help", "fixes", "fingerprint", "waiver"}, "keys")
        begin, end = one["range"]["start"], one["range"]["end"]
        if (begin["line"], begin["column"]) > (end["line"], end["column"]) or begin["column"] < 1:
            raise AssertionError(f"a range that runs backwards: {one}")
    prints = [one["fingerprint"] for one in told["diagnostics"]]
    equal(len(set(prints)), len(prints), "distinct fingerprints")


def test_json_v1_is_json():
    equal(form("json-v1", status=1).out, form("json", status=1).out)


def test_json_points_at_the_text():
    """The range covers the name that is wrong, in code points, its end exclusive."""
    spec = MIXED.replace(b'"ofice"', '"\U0001f600 ofice"'.encode())
    told = json.loads(form("json", spec, status=1).out)
    one = next(one for one in told["diagnostics"] if one["code"] == "CP007")
    line = spec.decode().splitlines()[one["range"]["start"]["line"] - 1]
    marked = line[one["range"]["start"]["column"] - 1:one["range"]["end"]["column"] - 1]
    equal(marked.strip('"'), "\U0001f600 ofice")
    equal(one["path"], "relay_hosts/erp01/egress")


def test_short_agrees_with_json():
    told = json.loads(form("json", status=1).out)["diagnostics"]
    wanted = [(one["range"]["start"]["line"], one["range"]["start"]["column"], one["severity"],
               one["message"], one["code"]) for one in told]
    equal(findings(form("short", status=1)), wanted)


def test_findings_are_sorted():
    places = [(line, column) for line, column, *_ in findings(form("short", status=1))]
    equal(places, sorted(places))


@of_form("sarif")
def test_sarif(_name):
    log = json.loads(form("sarif", status=1).out)
    equal(log["version"], "2.1.0")
    run_, = log["runs"]
    rules = [rule["id"] for rule in run_["tool"]["driver"]["rules"]]
    for result in run_["results"]:
        equal(rules[result["ruleIndex"]], result["ruleId"], "the rule that ruleIndex points at")
        if not result["locations"] or not result["message"]["text"]:
            raise AssertionError(f"{result}")


@of_form("github")
def test_github_is_one_line_a_finding(_name):
    lines = form("github", status=1).text.splitlines()
    equal(len(lines), len(findings(form("short", status=1))), "lines")
    for line in lines:
        if not re.match(r"::(error|warning|notice) file=[^,]*,line=\d+,", line):
            raise AssertionError(line)
    spare, = [line for line in lines if "CP202" in line]
    if "100 %25" not in spare or "100 % " in spare:
        raise AssertionError(f"a percent sign is not escaped: {spare}")


@of_form("azure")
def test_azure_is_one_line_a_finding(_name):
    lines = form("azure", status=1).text.splitlines()
    issues = [line for line in lines if line.startswith("##vso[task.logissue ")]
    errors_and_warnings = [one for one in findings(form("short", status=1))
                           if one[2] in ("error", "warning")]
    if len(issues) < len(errors_and_warnings):
        raise AssertionError("\n".join(lines))


@of_form("gitlab")
def test_gitlab(_name):
    report = json.loads(form("gitlab", status=1).out)
    for one in report:
        if not {"description", "check_name", "fingerprint", "severity", "location"} <= set(one):
            raise AssertionError(f"{one}")
        if one["severity"] not in ("info", "minor", "major", "critical", "blocker"):
            raise AssertionError(f"{one}")
    prints = [one["fingerprint"] for one in report]
    equal(len(set(prints)), len(prints), "distinct fingerprints")


@of_form("junit")
def test_junit_is_xml(_name):
    import xml.etree.ElementTree
    root = xml.etree.ElementTree.fromstring(form("junit", status=1).out)
    suites = [root] if root.tag == "testsuite" else list(root)
    for suite in suites:
        equal(int(suite.get("failures")), len(suite.findall("testcase/failure")), "failures")
    if not any(suite.findall("testcase/failure") for suite in suites):
        raise AssertionError("no failure for an error")


@of_form("markdown")
def test_markdown_cannot_be_broken(_name):
    text = form("markdown", status=1).text
    if re.search(r"(?<!\\)<b>", re.sub(r"(`+).*?\1", "", text)):
        raise AssertionError(f"HTML of the spec got into the page\n{text}")


@each([(name,) for name in FORMS])
def test_the_form_never_changes_the_verdict(name):
    form(name, MIXED, status=1)
    form(name, text_of(smallest()), status=0)


@each([(name,) for name in FORMS])
def test_every_form_has_an_end_of_line(name):
    out = form(name, status=1).out
    if not out.endswith(b"\n") or b"\r" in out or b"\x1b" in out:
        raise AssertionError(repr(out[-200:]))


def test_several_forms_at_once():
    with folder() as place:
        result = connplan("check", "-", "--format", "short:a.txt", "--format", "json:b.json",
                          "--format", "human", stdin=MIXED, cwd=place, status=1)
        equal((place / "a.txt").read_bytes(), form("short", status=1).out)
        equal((place / "b.json").read_bytes(), form("json", status=1).out)
        equal(result.out, form("human", status=1).out)


def test_forms_in_files_leave_the_output_empty():
    with folder() as place:
        result = connplan("check", "-", "--format", "short:a.txt", "--format", "json:b.json",
                          stdin=MIXED, cwd=place, status=1)
        equal(result.out, b"")


def test_max_diagnostics():
    spec = text_of(smallest(egress={f"spare{number}": {"addresses": f"198.51.100.{number}"}
                                    for number in range(1, 100)}, relay_hosts={}))
    whole = len(re.findall(r"CP009", form("human", spec).text))
    part = form("human", spec, "--max-diagnostics", "5").text
    if whole < 99 or len(re.findall(r"\[?CP\d{3}", part)) > 10 or not re.search(r"\d+ more", part):
        raise AssertionError(part)


def on_terminal(*words, env=None):
    """What check writes to a terminal."""
    main, other = pty.openpty()
    with folder(a=MIXED) as place:
        process = subprocess.Popen([BINARY, "check", "a.yaml", *words], cwd=place, stdout=other,
                                   stderr=subprocess.DEVNULL, stdin=subprocess.DEVNULL,
                                   env={**ENVIRONMENT, "TERM": "xterm", **(env or {})})
        os.close(other)
        out = b""
        while True:
            try:
                part = os.read(main, 65536)
            except OSError:
                break
            if not part:
                break
            out += part
        process.wait(timeout=30)
        os.close(main)
    return out


@each([
    ("a terminal", [], {}, True),
    ("never", ["--color", "never"], {}, False),
    ("NO_COLOR", [], {"NO_COLOR": "1"}, False),
    ("an empty NO_COLOR", [], {"NO_COLOR": ""}, True),
    ("a flag over NO_COLOR", ["--color", "always"], {"NO_COLOR": "1"}, True),
    ("another form", ["--format", "short"], {}, False),
])
def test_colour_on_a_terminal(_name, words, env, coloured):
    equal(b"\x1b[" in on_terminal(*words, env=env), coloured)


@each([
    ("a pipe", [], {}, False),
    ("always", ["--color", "always"], {}, True),
    ("CLICOLOR_FORCE", [], {"CLICOLOR_FORCE": "1"}, True),
    ("CLICOLOR_FORCE=0", [], {"CLICOLOR_FORCE": "0"}, False),
    ("FORCE_COLOR", [], {"FORCE_COLOR": "1"}, True),
    ("FORCE_COLOR=0", [], {"FORCE_COLOR": "0"}, False),
    ("never over FORCE_COLOR", ["--color", "never"], {"FORCE_COLOR": "1"}, False),
])
def test_colour_into_a_pipe(_name, words, env, coloured):
    result = form("human", MIXED, *words, env=env, status=1)
    equal(b"\x1b[" in result.out, coloured)


def test_colour_never_in_machine_forms():
    for name in set(FORMS) - {"human"}:
        if b"\x1b" in form(name, MIXED, "--color", "always", status=1).out:
            raise AssertionError(name)


def test_human_shows_the_line():
    text = form("human", status=1).text
    if "ofice" not in text or "CP007" not in text or "office" not in text:
        raise AssertionError(text)


def test_clean_run_says_so():
    clean = smallest(sample=False, domains=WHOLE_DOMAIN,
                     egress={"office": {"addresses": "25.0.0.1", "ptr": "out.contoso.com"}})
    result = connplan("check", "-", stdin=text_of(clean), status=0)
    if "no problems" not in result.text or "1 relay host" not in result.text:
        raise AssertionError(f"{result}")


def test_escape_sequences_do_not_reach_the_terminal():
    spec = text_of(smallest()).replace(b'"Contoso"', b'"\\u001b[31mred\\u0007"')
    for name in FORMS:
        result = form(name, spec)
        if b"\x1b" in result.out or b"\x07" in result.out:
            raise AssertionError(f"{name}: {result.out!r}")
    raw = text_of(smallest()).replace(b"Contoso", b"\x1b[31mred")
    result = form("human", raw, status=1)
    if b"\x1b" in result.out:
        raise AssertionError(f"{result.out!r}")


def kind(path):
    """Device, pipe, link or file, and which."""
    state = os.lstat(path)
    return stat.S_IFMT(state.st_mode), state.st_ino, state.st_rdev


def test_a_named_pipe_gets_the_findings():
    with folder(a=BROKEN) as place:
        os.mkfifo(place / "pipe")
        before = kind(place / "pipe")
        reader = subprocess.Popen(["cat", "pipe"], cwd=place, stdout=subprocess.PIPE)
        connplan("check", "a.yaml", "--format", "short:pipe", cwd=place, status=1)
        equal(reader.communicate(timeout=60)[0],
              connplan("check", "a.yaml", "--format", "short", cwd=place, status=1).out)
        equal(kind(place / "pipe"), before)


@each([("--format", "json:{}"), ("--baseline", "{}")])
def test_a_device_is_written_to_and_stays(flag, value):
    """Whoever names a device as a file wants its answer: here that it is full."""
    before = kind("/dev/full")
    with folder(a=BROKEN) as place:
        os.symlink("/dev/full", place / "link")
        link = kind(place / "link")
        more = ["--write-baseline"] if flag == "--baseline" else []
        result = connplan("check", "a.yaml", flag, value.format("link"), *more, cwd=place, status=4)
        if b"cannot write `link`" not in result.err:
            raise AssertionError(result)
        equal(kind(place / "link"), link)
    equal(kind("/dev/full"), before)


@each([0o600, 0o640, 0o444])
def test_a_file_keeps_its_permissions(mode):
    with folder(a=BROKEN) as place:
        (place / "r.json").write_text("{}")
        (place / "r.json").chmod(mode)
        connplan("check", "a.yaml", "--format", "json:r.json", cwd=place, status=1)
        equal(stat.S_IMODE((place / "r.json").stat().st_mode), mode)
        equal((place / "r.json").stat().st_size > 2, True)


@each([("/dev/stdout", "out"), ("/dev/stderr", "err")])
def test_a_stream_by_its_name_is_the_stream(name, stream):
    with folder(a=BROKEN) as place, open(place / "all", "wb") as everything:
        link = kind(name)
        where = {"stdout": everything} if stream == "out" else {"stderr": everything}
        run([BINARY, "check", "a.yaml", "--format", "short", "--format", f"short:{name}"],
            cwd=place, **where)
        wanted = connplan("check", "a.yaml", "--format", "short", cwd=place, status=1).text
        equal((place / "all").read_text(), wanted * (2 if stream == "out" else 1))
        equal(kind(name), link)


def test_a_link_to_a_file_is_replaced():
    """In a pull request a link may lead anywhere."""
    with folder(a=BROKEN) as place:
        (place / "precious").write_text("precious")
        os.symlink("precious", place / "link")
        connplan("check", "a.yaml", "--format", "short:link", cwd=place, status=1)
        equal((place / "precious").read_text(), "precious")
        equal((place / "link").is_symlink(), False)


@each([("the spec", "a.yaml"), ("by another path", "./b/../a.yaml"), ("an import", "b/more.yaml")])
def test_an_input_is_not_replaced(_name, target):
    spec = smallest(imports=["b/*.yaml"])
    with folder(a=spec) as place:
        (place / "b").mkdir()
        (place / "b/more.yaml").write_text("egress: { spare: { addresses: 198.51.100.99 } }\n")
        before = {path: path.read_bytes() for path in place.rglob("*.yaml")}
        result = connplan("check", "a.yaml", "--format", f"short:{target}", cwd=place, status=4)
        if b"input of this run" not in result.err:
            raise AssertionError(result)
        connplan("check", "a.yaml", "--baseline", target, "--write-baseline", cwd=place, status=4)
        equal({path: path.read_bytes() for path in place.rglob("*") if path.is_file()}, before)


def test_what_stands_beside_a_report_stays():
    with folder(a=BROKEN) as place:
        (place / "r.json.tmp").write_text("precious")
        connplan("check", "a.yaml", "--format", "json:r.json", cwd=place, status=1)
        equal({path.name for path in place.iterdir()} - {".connplan"},
              {"a.yaml", "r.json", "r.json.tmp"})
        equal((place / "r.json.tmp").read_text(), "precious")
