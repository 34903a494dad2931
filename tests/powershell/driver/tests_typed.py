"""Hostile text in a spec: refused with its position, or it arrives in the tenant as typed, and nothing in it runs."""

import json
import unicodedata

from . import plans
from .checks import YES, changes, expect_exit, expect_quiet
from .compiled import Place, export_of, steps_of
from .suite import expect, expect_same, test
from .tests_compiled import compiler_or_skip, never_refused
from .tests_rollback import expect_original
from .tests_text import PIECES

# Nothing that a person types by mistake, and what breaks YAML, zone files, Markdown or CSV instead of PowerShell.
MORE = ["$env:PATH", "`0", "@{", "@(", "%(", "%{i}", "${x}", "[char]0", "--", "<!--", "-->", "`\u200b`", "\u3002", "\uff07", "\u02bc", "\u00b4",
        "\u2032", "\ud7a3", "\U0010fffd", "\U0001f1ef\U0001f1f5", "\u0301", "|", "<br>", "=cmd|' /C calc'!A0", "+1", "[a](b)", "{{x}}", "{{{x}}}",
        ": ", " #", "*", "&a", "!!str ", "? ", "-", "~", "null", "true", "0042", "\u3000", "\u00df", "\u1e9e", "&amp;", "\\n", "\\u0041", "%TAG"]
HEAD = {"version": 1, "sample": True, "domains": {"contoso.com": {"spf": {"manage": "off"}}}}


# Most texts hold none of what is refused anywhere, so that enough of them arrive.
PLAIN = [one for one in PIECES + MORE if all(char not in "\t\n\r" and unicodedata.category(char) not in ("Cc", "Cn") for char in one)]


def typed(rng):
    pieces = PLAIN if rng.random() < 0.93 else PIECES + MORE
    return "".join(rng.choice(pieces) for _ in range(rng.randint(1, 6)))


def escaped(char):
    code = ord(char)
    return "\\x%02x" % code if code < 0x100 else "\\u%04x" % code if code < 0x10000 else "\\U%08x" % code


def is_raw(char):
    """May stand in a quoted scalar by itself, and reads as it is."""
    return char == "\t" or (unicodedata.category(char) not in ("Cc", "Zl", "Zp", "Cn") and char != "\ufeff")


def scalar(rng, text):
    """The text in one of YAML's quoted styles."""
    if all(is_raw(char) for char in text) and rng.random() < 0.4:
        return "'" + text.replace("'", "''") + "'"
    keep = rng.random() < 0.6
    return '"' + "".join(char if char not in '"\\' and (char.isascii() or keep) and is_raw(char) else escaped(char) for char in text) + '"'


class Text:
    """A spec with one connector a line: a finding's line says whose it is."""

    def __init__(self, rng, count):
        self.rng = rng
        self.tenant = typed(rng)
        self.rows = {at: self.row(at) for at in range(count)}
        self.refused = 0

    def row(self, at):
        more = {"was": typed(self.rng)} if self.rng.random() < 0.1 else {}
        return dict({"name": typed(self.rng), "comment": typed(self.rng), "owner": typed(self.rng), "ticket": typed(self.rng)}, **more)

    def line(self, at):
        row = self.rows[at]
        keys = "".join(", %s: %s" % (key, scalar(self.rng, row[key])) for key in row if key != "name")
        return "  %s: { type: on-premises, accepts: e%d%s }" % (scalar(self.rng, row["name"]), at, keys)

    def lines(self):
        """The lines of the spec, and which connector each holds."""
        head = [json.dumps(key) + ": " + json.dumps(value) for key, value in HEAD.items()]
        head += ["tenant: { name: %s, organization: contoso.onmicrosoft.com, mx_host: c.example.com }" % scalar(self.rng, self.tenant), "egress:"]
        head += ["  e%d: { addresses: 198.51.%d.%d, owner: %s }" % (at, 100, at + 1, scalar(self.rng, row["owner"])) for at, row in self.rows.items()]
        head.append("connectors:")
        owners = {len(head) + number: at for number, at in enumerate(self.rows, 1)}
        owners.update({len(head) - len(self.rows) - 1 + number: at for number, at in enumerate(self.rows, 1)})
        return head + [self.line(at) for at in self.rows], owners

    def settle(self, folder):
        """Takes out what is refused until nothing is; each refusal must have a place, on a line of its own text."""
        for turn in range(40):
            lines, owners = self.lines()
            place = Place(folder / str(turn), ("\n".join(lines) + "\n").encode("utf-8"))
            found = json.loads(place.run("check", "mailflow.yaml", "--format", "json").out)["diagnostics"]
            errors = [one for one in found if one["severity"] == "error"]
            if not errors:
                return place
            for one in errors:
                start = one["range"]["start"]
                expect(start["column"] >= 1 and one["message"], "no place for", one)
                at = owners.get(start["line"])
                if at is None:
                    self.tenant = "Contoso"
                elif self.rows.pop(at, None):
                    self.refused += 1
        raise AssertionError("the compiler finds something new each time")

    def texts(self):
        return sorted((row["name"], row["comment"]) for row in self.rows.values())


@test
def what_is_typed_arrives_or_is_refused_with_its_place(b):
    compiler_or_skip()
    todo = []
    for number in range(b.amount(12)):
        text = Text(b.rng("typed %d" % number), 60)
        todo.append((text, text.settle(b.folder / "typed" / str(number))))
    cases, lived, kept = [], [], {"runtime": [], "commands": []}
    for number, (text, place) in enumerate(todo):
        place.run("build", "mailflow.yaml", "-o", "built", status=0)
        scripts = place.scripts("built")
        kept["runtime"] += [b.keep(scripts[name]) for name in ("connectors.ps1", "verify.ps1")]
        kept["commands"].append(b.keep(scripts["commands.ps1"]))
        step = steps_of(b, "connectors", scripts["connectors.ps1"])
        commands = b.step(b.keep(scripts["commands.ps1"]), file="commands.ps1", stripWhatIf=True)
        cases += [b.case({}, step(parameters=YES, showPlan=True), step(parameters=YES), steps_of(b, "verify", scripts["verify.ps1"])()),
                  b.case({}, commands)]
        if number % 2 == 0:
            lived.append((text, tenant_case(b, text, place, number)))
    for kind, paths in kept.items():
        problems = b.engine.parse(kind, paths)
        expect(not problems, "\n".join(problems))
    results = yield cases + [case for _, case in lived]
    for at, (text, _) in enumerate(todo):
        check_typed(text, *results[2 * at : 2 * at + 2])
    for (text, _), steps in zip(lived, results[len(cases):]):
        check_returned(text, *steps)
    arrived, refused = sum(len(text.rows) for text, _ in todo), sum(text.refused for text, _ in todo)
    expect(arrived > 4 * len(todo) and refused > 4 * len(todo), arrived, "arrived,", refused, "were refused")


def check_typed(text, whole, plain):
    first, second, verify = whole
    expect_exit(first, 0)
    never_refused(first)
    expect_same(first["plan"]["TenantName"], text.tenant, "the tenant's name")
    expect_quiet(second)
    expect_exit(verify, 0)
    for step in (first, plain[0]):
        expect_same((step["error"], step["errors"], step["canary"]), (None, [], "alive"), "what ran")
        expect_same(sorted((one["Name"], one["Comment"]) for one in step["connectors"]), text.texts(), "texts in the tenant")


def tenant_case(b, text, place, number):
    """A tenant with the same connectors and other comments, one under its former name: there and back, with no backup."""
    rows = []
    for at, row in text.rows.items():
        name = row["was"] if "was" in row and row["was"].strip() else row["name"]
        if all(name.lower() != one["Name"].lower() and name.upper() != one["Name"].upper() for one in rows):
            rows.append(plans.live(name, SenderIPAddresses=["198.51.100.%d" % (at + 1)], RequireTls=True, Comment=typed(text.rng)))
    text.live = [dict(one, Guid="00000000-0000-4000-8000-%012d" % at) for at, one in enumerate(rows, 1)]
    place.write("live.json", export_of(text.live))
    done = place.run("plan", "mailflow.yaml", "--live", "live.json", "-o", "planned", "--allow-removals")
    expect_same(done.status, 0, "status of plan: %s" % done.errors)
    scripts = place.scripts("planned")
    apply, back = (steps_of(b, kind, scripts[kind + ".ps1"]) for kind in ("connectors", "rollback"))
    return b.case({"connectors": text.live}, apply(parameters=YES, home="typed %d" % number), back(parameters=YES, home="typed %d" % number))


def check_returned(text, there, back):
    expect_exit(there, 0)
    never_refused(there)
    names = {(one["Name"], one["Comment"]) for one in there["connectors"]}
    expect(set(text.texts()) <= names, "not there:", sorted(set(text.texts()) - names)[:3])
    expect_exit(back, 0)
    expect_original(text.live, back["connectors"], back)
    expect(changes(back), "nothing went back")
    expect_same({step["canary"] for step in (there, back)}, {"alive"}, "what ran")


# As they stand in the file: what no JSON writer would write. All but the last few are refused.
BYTES = [rb'"\ud800"', rb'"\udc00\ud800"', rb'"\ud83d\ude00"', rb'"\0"', rb'"\x00a"', rb'"\u0000"', rb'"\U00110000"', b'"\x00"', b'"\x1b"', b'"\x7f"',
         b'"\xed\xa0\x80"', b'"\xc0\x80"', b'"\xff"', b'"\xf4\x90\x80\x80"', b'"\xef\xbf\xbe"', rb'"\ufffe"', rb'"\e"', rb'"\a"', rb'"\v"', rb'"\q"', b'"a\r\nb"', b"'a\xc2\x85b'", b"'a\xe2\x80\xa8b'"]


@test
def what_is_no_text_is_refused_with_its_place(b):
    compiler_or_skip()
    read = 0
    for number, value in enumerate(BYTES):
        for key in (b"%s: { type: on-premises, accepts: e }", b"X: { type: on-premises, accepts: e, comment: %s }"):
            lines = [b"version: 1", b"sample: true", b"tenant: { name: Contoso, mx_host: c.example.com }", b"domains: { contoso.com: { spf: { manage: off } } }",
                     b"egress: { e: { addresses: 198.51.100.1 } }", b"connectors:", b"  " + key % value]
            place = Place(b.folder / "bytes" / ("%d-%d" % (number, key.startswith(b"X"))), b"\n".join(lines) + b"\n")
            result = place.run("check", "mailflow.yaml", "--format", "json")
            errors = [one for one in json.loads(result.out)["diagnostics"] if one["severity"] == "error"]
            expect_same(result.status, 1 if errors else 0, "status for %r" % value)
            read += not errors
            for one in errors:
                expect(one["range"]["start"]["line"] in (7, 8), value, "is refused at", one["range"])
    expect(0 < read < len(BYTES), read, "of", 2 * len(BYTES), "are read")
    yield []
