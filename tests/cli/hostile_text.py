"""Text that means something to a shell, a spreadsheet, a page or a zone stays text everywhere.

Each text stands as name, owner, comment, site … of a spec. Either check refuses it with a
position, or every output holds it without harm.
"""

import csv
import html.parser
import io
import json
import re
import unicodedata

from lib import connplan, each, equal
from pages import Page
from specs import findings, folder, smallest, text_of

TEXTS = [
    ("apostrophe", "it's"), ("right quote", "it\u2019s"), ("low quote", "\u201aa\u201b"),
    ("quote", 'a "b" c'), ("expression", "$(Remove-Item x)"), ("variable", "$env:PATH"),
    ("backtick", "a`nb"), ("two backticks", "a``b"), ("pipe", "a|b"), ("escaped pipe", "a\\|b"),
    ("backslash at the end", "a\\"), ("tag", "<b>bold</b>"), ("script", "<script>alert(1)</script>"),
    ("comment of HTML", "<!-- a"), ("end of a comment", "#> a"), ("entity", "&lt;b&gt;"),
    ("formula", "=1+1"), ("formula with a plus", "+1+1"), ("formula with a minus", "-1+1"),
    ("formula with an at", "@SUM(A1)"), ("formula after a blank", " =1+1"), ("semicolon", "a;b"),
    ("comma", "a,b"), ("newline", "a\nb"), ("carriage return", "a\rb"), ("tab", "a\tb"),
    ("leading tab", "\t=1"), ("emoji", "\U0001f600"), ("family", "\U0001f468\u200d\U0001f469"),
    ("right-to-left", "\u202eabc"), ("isolate", "\u2066a\u2069"), ("zero width", "a\u200bb"),
    ("marks of direction", "\u200ea\u200fb\u061cc"), ("byte order mark", "a\ufeffb"),
    ("paragraph separator", "a\u2029b"), ("tag characters", "a\U000e0041b"), ("formula behind a mark", "\u200e=1+1"),
    ("Arabic", "\u0645\u0631\u062d\u0628\u0627"), ("Japanese", "\u65e5\u672c\u8a9e"),
    ("line separator", "a\u2028b"), ("link", "[a](javascript:alert)"), ("image", "![a](b)"),
    ("emphasis", "*a* _b_ ~c~"), ("heading", "# a"), ("list", "- a"), ("rule", "---"),
    ("mustache", "{{name}}"), ("raw mustache", "{{{name}}}"), ("section", "{{#connectors}}"),
    ("parentheses", "a ( b"), ("dollar of a zone", "$ORIGIN example."), ("at", "@"),
    ("bell", "a\u0007b"), ("escape", "\u001b[31mred"), ("NUL", "a\u0000b"), ("DEL", "a\u007fb"),
    ("C1", "a\u0085b"), ("non-character", "a\ufffeb"), ("long", "x" * 1000), ("empty", ""),
    ("blank", " "), ("percent", "100 %d %s %n"), ("here-string", "'@\na"),
]


def spec_with(text, name):
    """A spec in which TEXT stands at every free place, and NAME at every place of a name."""
    spec = smallest()
    spec["tenant"]["name"] = text
    spec["egress"] = {name + " e": {"addresses": "198.51.100.10", "site": text, "owner": text}}
    spec["relay_hosts"] = {name + " h": {"address": "10.1.1.30", "egress": name + " e",
                                         "sends_as": "contoso.com", "owner": text, "ticket": text}}
    spec["connectors"] = {name: {"type": "on-premises", "accepts": name + " h", "comment": text,
                                 "owner": text, "ticket": text}}
    spec["change"] = {"id": text, "title": text, "requester": text, "reviewers": [text],
                      "reason": text, "risk": text}
    return spec


METHODS = ("submission", "hve", "internet", "direct-send")
MAILBOX = "=o'b|$x`{y}&_*_@contoso.com"      # all that a mail address may have of this kind


def spec_of_kinds(text, name):
    """NAME on a host of every method and on a partner connector with all behind it; TEXT beside it."""
    spec = spec_with(text, name)
    spec["egress"][name + " pool"] = {"addresses": "203.0.113.0/25", "shared": True, "site": text, "owner": text}
    spec["gateways"] = {name + " g": {"kind": "proofpoint", "shared": True, "egress": name + " pool"}}
    spec["connectors"][name + " p"] = {
        "type": "partner", "accepts": name + " g", "sender_domains": "vendor.example",
        "restrict_to": "address", "comment": text, "owner": text, "ticket": text}
    for method in METHODS:
        host = {"method": method, "owner": text, "ticket": text}
        if method in ("submission", "hve"):
            host.update(auth="oauth", mailbox=MAILBOX)
        else:
            host.update(address="10.1.1.60", egress=name + " e", sends_as="contoso.com")
        spec["relay_hosts"][f"{name} {method}"] = host
    return spec


def build(spec):
    """The files that SPEC gives, or None if it is refused, which must be at a position."""
    with folder(a=spec) as place:
        result = connplan("check", "a.yaml", "--format", "short", cwd=place)
        if result.status == 1:
            if not [one for one in findings(result) if one[2] == "error"]:
                raise AssertionError(f"refused without an error\n{result}")
            return None
        equal(result.status, 0, f"exit status\n{result}")
        connplan("build", "a.yaml", "-o", "out", cwd=place, status=0)
        return {path.relative_to(place / "out").as_posix(): path.read_bytes()
                for path in (place / "out").rglob("*") if path.is_file()}


def hidden(text):
    """The characters of TEXT that do not show, or change how others show; not line ends and tabs."""
    return [char for char in text
            if unicodedata.category(char) in ("Cc", "Cf", "Zl", "Zp") and char not in "\t\r\n"]


def shown(text):
    """TEXT as a terminal and a cell of CSV show it."""
    form = lambda code: f"\\x{code:02x}" if code < 256 else f"\\u{code:04x}" if code < 65536 else f"\\U{code:08x}"
    return "".join(form(ord(char)) if hidden(char) else char for char in text)


def check_visible(name, content):
    """Nothing hidden stands in an output as it is, in whichever language that is."""
    if found := hidden(content.decode("utf-8-sig")):
        raise AssertionError(f"{name}: {found}")


def check_csv(content):
    text = content.decode("utf-8-sig")
    if not content.startswith(b"\xef\xbb\xbf") or re.search(r"(?<!\r)\n", re.sub(r'"[^"]*"', "", text)):
        raise AssertionError("summary.csv: no byte order mark, or a line without CRLF")
    rows = list(csv.reader(io.StringIO(text, newline=""), strict=True))
    equal({len(row) for row in rows if row}, {len(rows[0])}, "summary.csv: cells in a row")
    for row in rows:
        for cell in row:
            if cell[:1] in tuple("=+-@\t\r"):
                raise AssertionError(f"summary.csv: a cell is a formula: {cell!r}")


def without_code(line):
    """A line of Markdown less its code spans."""
    return re.sub(r"(?<![`\\])(`+)(?!`).*?(?<!`)\1(?!`)", "", line)


def pipes(line):
    """The number of `|` in a line that no backslash escapes."""
    return len(re.findall(r"(?<!\\)(?:\\\\)*\|", line))


def check_markdown(name, content):
    text = content.decode()
    if re.search("[\u0000-\u0008\u000b-\u001f\u007f\u202a-\u202e\u2066-\u2069]", text):
        raise AssertionError(f"{name}: a control character")
    columns = None
    fenced = False
    for line in text.split("\n"):
        if re.match(r" {0,3}(```|~~~)", line):
            fenced = not fenced
        if fenced:
            continue
        if line.startswith("|"):
            columns = columns or pipes(line)
            equal(pipes(line), columns, f"{name}: cells of {line!r}")
        else:
            columns = None
        if tag := re.search(r"(?<!\\)<(?!br>|/?details>|/?summary>|https?://)[A-Za-z/!?]", without_code(line)):
            raise AssertionError(f"{name}: HTML at {tag.start()} in {line!r}")
        if re.search(r"(?<!\\)\]\(\s*javascript:", without_code(line)):
            raise AssertionError(f"{name}: a link of the spec: {line!r}")
    if fenced:
        raise AssertionError(f"{name}: a code block without an end")


RECORD = re.compile(r"""(?x) ^(?: \$(?:ORIGIN|TTL)\ [A-Za-z0-9._-]+
    | [A-Za-z0-9._*@-]+ \s+ (?:\d+\s+)? IN \s+ (?: TXT (?: \s+ "(?:[^"\\]|\\.)*" )+
    | TXT \s+ \( (?: \s* "(?:[^"\\]|\\.)*" )+ \s* \) | (?:CNAME|PTR) \s+ [A-Za-z0-9._-]+\.? )
    )? \s* (?: ;[^\x00-\x08\x0a-\x1f\x7f]* )? $""")


def check_zone(name, content):
    text = content.decode()
    for line in text.split("\n"):
        if not RECORD.match(line):
            raise AssertionError(f"{name}: no record: {line!r}")


class Tags(html.parser.HTMLParser):
    """The tags of a page with the names of their attributes, in order."""

    def __init__(self, text):
        super().__init__()
        self.tags = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, tuple(name for name, _value in attrs)))
        for name, value in attrs:
            if name.startswith("on") or "javascript:" in (value or ""):
                raise AssertionError(f"an attribute that acts: {name}={value}")

    def handle_endtag(self, tag):
        self.tags.append(("/" + tag,))

    def handle_comment(self, data):
        self.tags.append(("comment",))

    def handle_decl(self, decl):
        self.tags.append(("declaration", decl))


def statements(content):
    """The lines of commands.ps1 that begin a statement, less their literals."""
    text = re.sub("(['\u2018\u2019\u201a\u201b])(?:\\1\\1|[^'\u2018\u2019\u201a\u201b])*['\u2018\u2019\u201a\u201b]",
                  "''", content.decode("utf-8-sig"))
    return [line for line in text.splitlines() if line and not line.startswith((" ", "\t"))]


def check_outputs(files, plain):
    check_csv(files["summary.csv"])
    for name, content in files.items():
        check_visible(name, content)
        if name.endswith(".md"):
            check_markdown(name, content)
            equal(Page(content).outline, Page(plain[name]).outline, f"{name}: tags")
        elif name.endswith(".zone"):
            check_zone(name, content)
        elif name.endswith(".html"):
            equal(Tags(content.decode()).tags, Tags(plain[name].decode()).tags, f"{name}: tags")
    equal(set(files), set(plain), "files")
    equal(len(statements(files["commands.ps1"])), len(statements(plain["commands.ps1"])),
          "statements in commands.ps1")


PLAIN = {}


def plain_outputs(make=spec_with):
    """The outputs of the same spec with harmless text."""
    if make not in PLAIN:
        PLAIN[make] = build(make("plain", "plain"))
    return PLAIN[make]


@each(TEXTS)
def test_text(_name, text):
    """Free text arrives as typed in plan.json, and harmless in the others."""
    files = build(spec_with(text, "plain"))
    if files:
        check_outputs(files, plain_outputs())
        plan = json.loads(files["plan.json"])
        equal(plan["change"]["title"], text, "the title in plan.json")


@each(TEXTS)
def test_name(_name, text):
    """So do names, of which the grammar refuses more."""
    if not text.strip():
        return
    files = build(spec_with("plain", text))
    if files:
        check_outputs(files, plain_outputs())
        plan = json.loads(files["plan.json"])
        equal([one["name"] for one in plan["connectors"]], [text], "the connector in plan.json")


@each(TEXTS)
def test_text_on_every_kind_of_host(_name, text):
    """Owners, sites, comments and a mailbox of hosts that use no connector, and of a partner connector."""
    files = build(spec_of_kinds(text, "plain"))
    if files:
        check_outputs(files, plain_outputs(spec_of_kinds))
        plan = json.loads(files["plan.json"])
        equal([one["mailbox"] for one in plan["hosts"] if one["method"] in ("submission", "hve")],
              [MAILBOX] * 2, "mailboxes in plan.json")


@each(TEXTS)
def test_name_of_every_kind_of_host(_name, text):
    """Names of hosts of every method, of a gateway, and of a partner connector."""
    files = build(spec_of_kinds("plain", text)) if text.strip() else None
    if not files:
        return
    check_outputs(files, plain_outputs(spec_of_kinds))
    plan = json.loads(files["plan.json"])
    names = {f"{text} {method}" for method in METHODS}
    equal({one["name"] for one in plan["hosts"]} >= names, True, "hosts in plan.json")
    titles = Page(files["summary.md"]).titles()
    told = {row[0] for row in csv.reader(io.StringIO(files["summary.csv"].decode("utf-8-sig"), newline=""))}
    tests = [row[0] for row in Page(files["change-request.md"]).tables("Checks after the change")[0]]
    for name in names:
        for place, found in (("summary.md", f"Host {name}" in titles), ("summary.csv", f"Host {shown(name)}" in told),
                             ("change-request.md", name.strip() in [cell.strip() for cell in tests])):
            if not found:
                raise AssertionError(f"{place} does not have {name!r}")
    for place, found in (("summary.md", titles), ("change-request.md", Page(files["change-request.md"]).titles())):
        if f"Connector {text} p" not in found:
            raise AssertionError(f"{place} does not have the partner connector: {found}")


HIDDEN = [(name, text) for name, text in TEXTS if hidden(text)]


@each([(*row, form) for row in HIDDEN for form in
       ("human", "short", "json", "sarif", "github", "azure", "gitlab", "junit", "markdown")])
def test_findings_hide_nothing(_name, text, form):
    """Neither do findings about such names, on either stream; the values of JSON are as typed."""
    spec = spec_of_kinds("plain", text)
    spec["egress"][text + "?"] = {"addresses": "198.51.100.10"}
    told = connplan("check", "-", "--format", form, stdin=text_of(spec))
    check_visible("standard output", told.out)
    check_visible("standard error", told.err)
    if form == "json" and "CP012" not in {one["code"] for one in json.loads(told.out)["diagnostics"]}:
        messages = " ".join(one["message"] for one in json.loads(told.out)["diagnostics"])
        equal(text in messages, True, "the name in a message")


@each(HIDDEN)
def test_results_hide_nothing(_name, text):
    """Nor what the other commands tell of a spec, its lock and an export with such names."""
    with folder(a=spec_of_kinds("plain", text), b=spec_of_kinds("plain", "plain")) as place:
        live = {"value": [{"Name": text, "ConnectorType": "OnPremises", "Comment": text,
                           "SenderDomains": ["smtp:*;1"], "SenderIPAddresses": ["198.51.100.10"]}]}
        (place / "live.json").write_text(json.dumps(live), "utf-8")
        for form in ("human", "json", "markdown"):
            for words in (("plan", "a.yaml", "--live", "live.json"), ("plan", "b.yaml", "--live", "live.json"),
                          ("explain", "a.yaml", "--ip", "198.51.100.10")):
                told = connplan(*words, "--format", form, cwd=place)
                check_visible(f"{words} --format {form}", told.out + told.err)
        told = connplan("import", "--live", "live.json", cwd=place)
        check_visible("import", told.out + told.err)


@each([("apostrophe", "it's"), ("right quote", "it\u2019s"), ("quote", 'a "b" c'),
       ("expression", "$(x)"), ("pipe", "a|b"), ("tag", "<b>bold</b>"), ("formula", "=1+1"),
       ("semicolon", "a;b"), ("emoji", "\U0001f600"), ("Japanese", "\u65e5\u672c\u8a9e")])
def test_ordinary_text_is_not_refused(_name, text):
    for make in (spec_with, spec_of_kinds):
        if build(make(text, text)) is None:
            raise AssertionError(f"{text!r} is refused")


@each([(name, text) for name, text in TEXTS if re.search("[\u0000-\u001f\u007f]", text)])
def test_control_characters_in_names_are_refused(_name, text):
    result = connplan("check", "-", "--format", "short", stdin=text_of(spec_with("plain", text)), status=1)
    if "CP012" not in {finding[4] for finding in findings(result)}:
        raise AssertionError(f"{result}")


def test_checkers_see_harm():
    """The checkers of this file are checked: each refuses what it is for."""
    bad = [
        (check_csv, ["a,b\r\n=1,2\r\n".encode("utf-8-sig")]), (check_csv, [b"a,b\r\n"]),
        (check_csv, ["a,b\r\n1\r\n".encode("utf-8-sig")]),
        (check_markdown, ["x", b"| a | b |\n| --- | --- |\n| a | b | c |\n"]),
        (check_markdown, ["x", b"a <b>bold</b>\n"]), (check_markdown, ["x", b"a\x1bb\n"]),
        (check_markdown, ["x", b"```\nopen\n"]),
        (check_visible, ["x", "\ufeffa \u202eb".encode()]), (check_visible, ["x", "a\u2028".encode()]),
        (check_zone, ["x", b'a. IN TXT "b" c\n']), (check_zone, ["x", b'a. IN TXT "b\n']),
    ]
    for number, (checker, arguments) in enumerate(bad):
        try:
            checker(*arguments)
        except AssertionError:
            continue
        raise AssertionError(f"harm {number} was not seen by {checker.__name__}")
    check_visible("x", "\ufeff\u65e5\t\u0645\r\n".encode())
    check_markdown("x", b"| a \\| b | `\\|` |\n| --- | --- |\n| \\<b> | `<b>` |\n")
    check_zone("x", b'$TTL 3600\n; a\ncontoso.com. 3600 IN TXT "v=spf1 " "-all" ; b\n')
    check_csv("a,b\r\n'=1,\"x\ny\"\r\n".encode("utf-8-sig"))
