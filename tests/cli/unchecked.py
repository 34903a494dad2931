"""What was not checked: each reason stands there when it holds, and only then."""

import json

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
