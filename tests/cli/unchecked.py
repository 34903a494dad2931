"""What was not checked: each reason stands there when it holds, and only then."""

import html
import json
import re

from documents import SCHEMA
from formats import FORMS
from lib import connplan, each, equal
from specs import folder, smallest

LOCK = {"format": "connplan-lock", "version": 1, "resolved_at": "2026-11-30T00:00:00Z", "names": {
    "contoso.com": {"TXT": {"status": "nodata"}},
    "spf.protection.outlook.com": {"TXT": {"status": "ok", "data": [["v=spf1 ip4:203.0.113.0/24 -all"]]}}}}
TENANT = {"format": "connplan-export", "version": 1, "exported_at": "2026-12-01T00:00:00Z", "InboundConnector": []}
NO_LIVE = (None, None, "The tenant's state was not given. Whether a connector is created or updated is decided "
                       "when the script runs.")
NO_LOCK = (None, None, "No DNS answers were given. SPF records of others were not evaluated.")
EXPECT = (None, "expect", "expect is stated, but this version of connplan does not evaluate it.")
# Evaluated here, it is a finding of its own, and no reason any more.
EVALUATES = connplan("explain", "CP805").status == 0


def is_no_finding(what):
    return [one for one in what if one is not None and not (one is EXPECT and EVALUATES)]


def built(spec, lock=None, live=None):
    """(not_checked of plan.json, the lines of summary.md, standard error)"""
    with folder(mailflow=spec) as place:
        if lock:
            (place / "mailflow.lock.json").write_text(json.dumps(lock), "utf-8")
        words = ["build", "mailflow.yaml"]
        if live is not None:
            (place / "live.json").write_text(json.dumps(live), "utf-8")
            words = ["plan", "mailflow.yaml", "--live", "live.json"]
        result = connplan(*words, "-o", "out", cwd=place)
        plan = json.loads((place / "out/plan.json").read_text("utf-8"))
        return plan["not_checked"], (place / "out/summary.md").read_text("utf-8"), result.errors


def no_include(**more):
    """Its host sends by itself, so that its record names no other."""
    host = {"address": "10.1.1.30", "egress": "office", "sends_as": "contoso.com", "method": "internet"}
    return smallest(domains={"contoso.com": {"spf": {"exchange_online": False}}}, relay_hosts={"erp01": host}, **more)


EXPECTED = [{"ip": "198.51.100.10", "as": "contoso.com", "spf": "pass"}]


@each([
    ("nothing is known", smallest(), None, None, [NO_LIVE, NO_LOCK]),
    ("no record of others", no_include(), None, None, [NO_LIVE]),
    ("a lock", smallest(), LOCK, None, [NO_LIVE]),
    ("a tenant", no_include(), None, TENANT, []),
    ("an expectation", no_include(expect=EXPECTED), None, None, [EXPECT, NO_LIVE]),
    ("several expectations", smallest(expect=3 * EXPECTED), LOCK, None, [EXPECT, NO_LIVE]),
])
def test_reasons(_name, spec, lock, live, wanted):
    found, summary, errors = built(spec, lock, live)
    wanted = is_no_finding(wanted)
    reasons = [(one["code"], one["path"], one["message"]) for one in found if one["code"] in (None,)]
    equal(reasons, wanted)
    for _code, _path, message in wanted:
        if message not in summary:
            raise AssertionError(f"{message!r} is not in\n{summary}")
    equal("mailflow.yaml: not checked: expect is stated" in errors, EXPECT in wanted, "standard error")


def test_findings_are_among_them():
    """What a rule could not check has its code and its place."""
    lock = {**LOCK, "names": {"contoso.com": LOCK["names"]["contoso.com"]}}
    found, _summary, _errors = built(smallest(), lock)
    equal([(one["code"], one["path"]) for one in found if one["code"]], [("CP313", "domains/contoso.com")])


def test_in_japanese():
    found, summary, _errors = built(smallest(documents={"language": "ja"}))
    equal([one["message"] for one in found], [NO_LIVE[2], NO_LOCK[2]], "plan.json is English")
    for english in (NO_LIVE[2], NO_LOCK[2]):
        equal(english in summary, False, "English in the summary")


def test_nothing():
    """The summary says so, too."""
    _found, summary, _errors = built(no_include(), LOCK, TENANT)
    equal("Everything was checked." in summary, True, summary)


# --- a vendor whose record asks for each client -----------------------------------------------------------

LISTED = {**LOCK, "names": {
    "contoso.com": {"TXT": {"status": "nodata"}},
    "_spf.vendor.example": {"TXT": {"status": "ok", "data": [
        ["v=spf1 ip4:203.0.113.64/26 include:%{i}.%{v}._spf.vendor.example ~all"]]}}}}
WAY = "include:_spf.vendor.example > include:%{i}.%{v}._spf.vendor.example"
REASON = {"en": "depends on the client", "ja": "結果が接続元または送信者によって変わります"}
# How each form says that something was not checked; what it says of it stands elsewhere.
SIGNS = {"human": "not-checked[CP314]", "short": ": not-checked: ", "json": '"severity": "not-checked"',
         "sarif": '"kind": "open"', "github": "::not checked: ", "azure": "]not checked: ",
         "gitlab": '"not checked: ', "junit": "<skipped>", "markdown": "| not-checked | CP314 |"}


def listed(whose="ours", **more):
    """A host that sends from an address of ours, or by a gateway whose addresses the vendor publishes."""
    host = {"address": "10.1.1.30", "sends_as": "contoso.com", "method": "internet"}
    spf = {"exchange_online": False, "includes": ["_spf.vendor.example"]}
    if whose == "ours":
        return smallest(domains={"contoso.com": {"spf": spf}}, relay_hosts={"erp01": {**host, "egress": "office"}}, **more)
    return smallest(domains={"contoso.com": {"spf": {"exchange_online": False}}},
                    egress={"pool": {"addresses": "198.51.100.10", "shared": True}},
                    gateways={"filter": {"shared": True, "egress": "pool", "spf": ["include:_spf.vendor.example"]}},
                    relay_hosts={"erp01": {**host, "via": "filter"}}, **more)


def in_listed(whose, *words, status):
    with folder(mailflow=listed(whose)) as place:
        (place / "mailflow.lock.json").write_text(json.dumps(LISTED), "utf-8")
        return connplan(*words, cwd=place, status=status)


@each([(name, whose) for name in FORMS for whose in ("ours", "theirs")])
def test_every_form_shows_what_hangs_on_the_client(name, whose):
    told = in_listed(whose, "check", "mailflow.yaml", "--format", name, status=0).text
    plain = html.unescape(told).replace("%25", "%").replace("%AZP25", "%").replace("\\_", "_").replace("\\`", "`")
    for part in (SIGNS[name], "CP314", WAY, "it depends on the client's address"):
        if part not in plain:
            raise AssertionError(f"{part!r} is not in\n{told}")
    equal("CP301" in re.findall(r"CP\d+", told) and name != "sarif", False, "what is open is no failure")
    in_listed(whose, "check", "mailflow.yaml", "--format", name, "--fail-on", "not-checked", status=1)


@each([("ours", "no address that has to pass hangs on it"), ("theirs", "on it hangs 1 IPv4 address that has to pass")])
def test_it_is_told_who_hangs_on_it(whose, wanted):
    """An address of ours has a term of its own, and passes for certain."""
    told = json.loads(in_listed(whose, "check", "mailflow.yaml", "--format", "json", status=0).out)
    notes, = [one["notes"] for one in told["diagnostics"] if one["code"] == "CP314"]
    equal([wanted in note for note in notes], [True], notes)


@each([(language,) for language in REASON])
def test_every_document_shows_what_hangs_on_the_client(language):
    with folder(mailflow=listed(documents={"language": language})) as place:
        (place / "mailflow.lock.json").write_text(json.dumps(LISTED), "utf-8")
        connplan("build", "mailflow.yaml", "-o", "out", cwd=place, status=0)
        files = {name: (place / "out" / name).read_text("utf-8-sig")
                 for name in ("summary.md", "summary.csv", "change-request.md", "plan.json")}
    for name in ("summary.md", "change-request.md"):
        heading = {"en": "Not checked", "ja": "未検査の項目"}[language]
        part = re.split(r"(?m)^#+ (?:\d+\. )?" + heading + r".*$", files[name])
        equal(len(part) >= 2, True, f"{name} has no part of what was not checked")
        line, = [line for line in part[-1].splitlines() if "CP314" in line]
        plain = html.unescape(line).replace("\\", "")
        equal((WAY in plain, REASON[language] in plain or "result depends" in plain), (True, True), line)
    row, = [line for line in files["summary.csv"].splitlines() if ("not determined" if language == "en" else "未確定") in line]
    equal({"en": "depends on the client or the sender", "ja": "クライアントまたは送信者によって変わります"}[language] in row, True, row)
    plan = json.loads(files["plan.json"])
    SCHEMA.validate(plan)
    message, = [one["message"] for one in plan["not_checked"] if one["code"] == "CP314"]
    equal((WAY in message, REASON["en"] in message), (True, True), message)
