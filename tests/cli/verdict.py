"""Which findings count: waivers, the baseline, the selection, severities, and the exit status."""

import json

from lib import connplan, each, equal
from specs import check, findings, folder, smallest, text_of

TWO_OFFICES = {"office": {"addresses": "198.51.100.10"}, "spare": {"addresses": "198.51.100.99"}}
WAIVER = {"rule": "CP009", "at": "egress/spare", "reason": "The line is ordered",
          "until": "2027-03-31", "ticket": "SEC-77"}
# A warning (CP009), infos (CP110).
SPARE = smallest(egress=TWO_OFFICES)
WAIVED = smallest(egress=TWO_OFFICES, waivers=[WAIVER])
# An error that can be waived (CP102), and one that cannot (CP007).
HOST_BITS = smallest(egress={"office": {"addresses": "198.51.100.10/28"}})
UNRESOLVED = smallest(relay_hosts={"erp01": {"address": "10.1.1.30", "egress": "ofice",
                                             "sends_as": "contoso.com"}})


# The codes that these tests are about; a new rule may well find something else.
ABOUT = {"CP007", "CP009", "CP102", "CP110", "CP802"}


def codes(spec, *flags, **how):
    """The codes that stand, as far as the tests are about them, sorted, one for each finding."""
    return sorted(one[4] for one in findings(check(spec, *flags, **how)[0]) if one[4] in ABOUT)


def told(spec, *flags, **how):
    return json.loads(connplan("check", "-", "--format", "json", *flags, stdin=text_of(spec), **how).out)


# --- waivers ---------------------------------------------------------------------------------------

def test_a_waiver_lifts_what_it_covers():
    equal(codes(SPARE), ["CP009", "CP110", "CP110"])
    equal(codes(WAIVED), ["CP110", "CP110"])


def test_json_says_what_is_waived_and_why():
    report = told(WAIVED, status=0)
    before = told(SPARE)["summary"]
    equal(report["summary"], {**before, "warnings": before["warnings"] - 1, "waived": 1})
    waived = [one for one in report["diagnostics"] if one["waiver"]]
    equal([one["code"] for one in waived], ["CP009"])
    equal(waived[0]["waiver"], {"kind": "waiver", "path": "waivers/0", "reason": WAIVER["reason"],
                                "until": WAIVER["until"], "ticket": WAIVER["ticket"]})
    equal(report["diagnostics"][-1]["code"], "CP009", "the last one")


def test_sarif_has_it_as_suppressed():
    log = json.loads(connplan("check", "-", "--format", "sarif", stdin=text_of(WAIVED), status=0).out)
    suppressed = {one["ruleId"]: one["suppressions"] for one in log["runs"][0]["results"]}
    equal(suppressed["CP110"], [])
    equal(suppressed["CP009"], [{"kind": "inSource", "status": "accepted", "justification":
                                 "accepted until 2027-03-31: The line is ordered (SEC-77)"}])


def test_people_see_a_count_and_the_rest_on_demand():
    short = connplan("check", "-", stdin=text_of(WAIVED), status=0).text
    if "(1 waived)" not in short or "CP009" in short:
        raise AssertionError(short)
    long = connplan("check", "-", "--show-waived", stdin=text_of(WAIVED), status=0).text
    if "waived warning[CP009]" not in long or "accepted until 2027-03-31: The line is ordered (SEC-77)" not in long:
        raise AssertionError(long)


@each([(name,) for name in ("short", "github", "azure", "gitlab", "junit", "markdown")])
def test_other_forms_have_what_counts(form):
    out = connplan("check", "-", "--format", form, "--show-waived", stdin=text_of(WAIVED), status=0).text
    if "CP009" in out:
        raise AssertionError(out)


def test_a_waived_error_lets_the_files_be_written():
    waiver = {**WAIVER, "rule": "CP102", "at": "egress/office/addresses"}
    with folder(bad=HOST_BITS, good=smallest(egress=HOST_BITS["egress"], waivers=[waiver])) as place:
        connplan("build", "bad.yaml", "-o", "out", cwd=place, status=1)
        equal((place / "out").exists(), False, "written in spite of an error")
        connplan("build", "good.yaml", "-o", "out", cwd=place, status=0)
        plan = json.loads((place / "out/plan.json").read_bytes())
        equal(plan["waivers"], [waiver])
        if "CP102" in [one["code"] for one in plan["findings"]]:
            raise AssertionError("a waived finding stands in the plan")


def test_a_waiver_of_nothing_names_the_place_that_was_meant():
    elsewhere = smallest(egress=TWO_OFFICES, waivers=[{**WAIVER, "at": "egress/spar"}])
    helps = [one["help"] for one in told(elsewhere)["diagnostics"] if one["code"] == "CP803"]
    equal(helps, ["did you mean `at: egress/spare`? else delete the waiver"])


def test_a_waiver_of_nothing_names_no_place_among_several():
    offices = {**TWO_OFFICES, "more": {"addresses": "198.51.100.98"}}
    elsewhere = smallest(egress=offices, waivers=[{**WAIVER, "at": "egress/spar"}])
    helps = [one["help"] for one in told(elsewhere)["diagnostics"] if one["code"] == "CP803"]
    equal(helps, ["the cause is gone, or was never there: delete the waiver"])


@each([("owner", {"owner": "netops@contoso.com"}, "`netops@contoso.com`"), ("nobody", {}, "its owner")])
def test_what_expires_names_whom_to_ask(_name, keys, asked):
    spec = smallest(egress={"office": {"addresses": "198.51.100.10", "expires": "2026-11-30", **keys}})
    helps = [one["help"] for one in told(spec)["diagnostics"] if one["code"] == "CP016"]
    equal(helps, [f"ask {asked} for a new date, or take it out of what lets it in"])


def test_a_waiver_is_of_its_own_spec():
    with folder(a=WAIVED, b=SPARE) as place:
        result = connplan("check", "a.yaml", "b.yaml", "--format", "short", cwd=place, status=0)
        equal([line.split(":")[0] for line in result.text.splitlines() if "CP009" in line], ["b.yaml"])


@each([("2027-03-31", False), ("2027-04-01", True)])
def test_after_its_last_day_it_lifts_nothing(today, back):
    found = codes(WAIVED, "--today", today)
    equal(("CP009" in found, "CP802" in found), (back, back))


# --- documents do not know the day ---------------------------------------------------------------

def test_outputs_are_the_same_on_every_day():
    """But for days on which an error keeps them from being written."""
    spec = smallest(egress={"office": {"addresses": "198.51.100.10", "expires": "2027-03-31"},
                            "spare": {"addresses": "198.51.100.99", "expires": "2026-06-30"}},
                    waivers=[WAIVER, {**WAIVER, "rule": "CP110"}])
    said, written = set(), set()
    with folder(a=spec) as place:
        for today in ("2026-12-01", "2027-03-15", "2027-03-31"):
            result = connplan("build", "a.yaml", "-o", "out", "--today", today, "--format", "short",
                              cwd=place, status=0)
            said.add(result.errors)
            written.add(tuple((path.name, path.read_bytes())
                              for path in sorted((place / "out").rglob("*")) if path.is_file()))
        equal((len(said), len(written)), (3, 1), "different findings, different outputs")
        connplan("build", "a.yaml", "-o", "out", "--today", "2027-04-01", cwd=place, status=1)


@each([
    ("the flag", ["--today", "2026-12-01"], None, "today"),
    ("the environment", [], "1796169599", "today"),
    ("the next second", [], "1796169600", None),
    ("the flag over the environment", ["--today", "2026-11-30"], "1796083200", "in 1 day"),
])
def test_where_the_day_comes_from(_name, words, epoch, said):
    spec = smallest(egress={"office": {"addresses": "198.51.100.10", "expires": "2026-12-01"}})
    result = connplan("check", "-", "--format", "short", *words, stdin=text_of(spec),
                      env={"SOURCE_DATE_EPOCH": epoch} if epoch else {})
    wanted = f"expires {said}" if said else "CP016"
    if wanted not in result.text:
        raise AssertionError(f"{result}")


# --- what is selected ------------------------------------------------------------------------------

@each([
    ("nothing", [], ["CP009", "CP110", "CP110"]),
    ("a code", ["--select", "CP009"], ["CP009"]),
    ("a name", ["--select", "unused-object"], ["CP009"]),
    ("a family", ["--select", "cp1"], ["CP110", "CP110"]),
    ("a part of a family", ["--select", "CP01"], []),
    ("a list", ["--select", "CP1, CP009"], ["CP009", "CP110", "CP110"]),
    ("twice", ["--select", "CP1", "--select", "CP009"], ["CP009", "CP110", "CP110"]),
    ("not a code", ["--ignore", "CP110"], ["CP009"]),
    ("not a family", ["--ignore=CP0,CP1"], []),
    ("both", ["--select", "CP0,CP1", "--ignore", "CP110"], ["CP009"]),
])
def test_selection(_name, flags, wanted):
    equal(codes(SPARE, *flags), wanted)


@each([("--select", "CP5"), ("--ignore", "CP007")])
def test_selection_leaves_what_cannot_be_waived(flag, rule):
    equal(codes(UNRESOLVED, flag, rule, status=1)[:1], ["CP007"])


@each([
    ("higher", "CP009=error", 1, "error"), ("lower", "CP009=info", 0, "info"),
    ("by name", "unused-object=not-checked", 0, "not-checked"),
])
def test_severity(_name, value, status, wanted):
    result = check(SPARE, "--severity", value, status=status)[0]
    equal([one[2] for one in findings(result) if one[4] == "CP009"], [wanted])


def test_severity_of_an_error():
    equal(codes(HOST_BITS, status=1)[0], "CP102")
    check(HOST_BITS, "--severity", "CP102=warning", status=0)
    check(HOST_BITS, "--severity", "CP102=warning", "--fail-on", "warning", status=1)


@each([
    ("no such rule", ["--select", "CP999"], "CP999"),
    ("no such family", ["--select", "CP9"], "CP9"),
    ("a name with a slip", ["--ignore", "unused-objekt"], "did you mean `unused-object`?"),
    ("an empty list", ["--ignore", ""], "no rule ``"),
    ("no level", ["--severity", "CP009"], "has no level"),
    ("no such level", ["--severity", "CP009=bad"], "has no level"),
    ("what cannot be waived", ["--severity", "CP001=info"], "cannot be waived"),
    ("a baseline without a name", ["--write-baseline"], "--baseline FILE"),
    ("two baselines", ["--baseline", "a", "--baseline", "b"], "twice"),
])
def test_bad_flags(_name, flags, said):
    result = connplan("check", "-", *flags, stdin=text_of(SPARE), status=3)
    if said not in result.errors or result.out:
        raise AssertionError(f"{result}")


def test_the_flags_belong_to_check():
    for flags in (["--select", "CP1"], ["--ignore", "CP1"], ["--severity", "CP009=info"],
                  ["--baseline", "a"], ["--write-baseline"]):
        connplan("build", "-", "-o", "out", *flags, stdin=text_of(SPARE), status=3)


# --- the baseline ------------------------------------------------------------------------------------

def test_a_baseline_holds_what_stood():
    with folder(a=SPARE) as place:
        def run(*flags, **how):
            return connplan("check", "a.yaml", "--format", "json", "--baseline", "known.json", *flags,
                            cwd=place, **how)
        first = json.loads(run("--write-baseline", "--fail-on", "info", status=0).out)
        equal(first["summary"], {"errors": 0, "warnings": 0, "infos": 0, "not_checked": 0,
                                 "waived": len(first["diagnostics"])})
        equal({one["waiver"]["kind"] for one in first["diagnostics"]}, {"baseline"})
        again = json.loads(run("--fail-on", "info", status=0).out)
        equal(again, first)
        # Lines move, a new finding comes: it alone counts.
        more = smallest(egress={**TWO_OFFICES, "attic": {"addresses": "198.51.100.98"}})
        (place / "a.yaml").write_bytes(b"# moved\n\n" + text_of(more))
        after = json.loads(run("--fail-on", "warning", status=1).out)
        equal([(one["code"], one["path"]) for one in after["diagnostics"] if not one["waiver"]
               and one["severity"] == "warning"], [("CP009", "egress/attic")])
        equal(after["summary"]["waived"], first["summary"]["waived"])


def test_a_baseline_is_of_its_file():
    with folder(a=SPARE, b=SPARE) as place:
        connplan("check", "a.yaml", "--baseline", "k", "--write-baseline", cwd=place, status=0)
        connplan("check", "a.yaml", "--baseline", "k", "--fail-on", "warning", cwd=place, status=0)
        connplan("check", "b.yaml", "--baseline", "k", "--fail-on", "warning", cwd=place, status=1)


def test_a_baseline_holds_no_error_that_cannot_be_waived():
    with folder(a=UNRESOLVED) as place:
        connplan("check", "a.yaml", "--baseline", "k", "--write-baseline", cwd=place, status=1)
        known = json.loads((place / "k").read_bytes())
        if "CP007" in [one["code"] for one in known["findings"]]:
            raise AssertionError(known)
        # Nor does one that was written by hand.
        first = told(UNRESOLVED, status=1)["diagnostics"]
        known["findings"] += [{"file": "a.yaml", "fingerprint": one["fingerprint"]} for one in first]
        (place / "k").write_text(json.dumps(known))
        connplan("check", "a.yaml", "--baseline", "k", cwd=place, status=1)


def test_a_waiver_comes_before_the_baseline():
    with folder(a=WAIVED) as place:
        connplan("check", "a.yaml", "--baseline", "k", "--write-baseline", cwd=place, status=0)
        known = json.loads((place / "k").read_bytes())
        equal({one["code"] for one in known["findings"]} & ABOUT, {"CP110"})


@each([
    ("not JSON", b"{", "1:2"), ("empty", b"", "1:1"),
    ("another format", b'{"format": "x"}', "`format`"),
    ("another version", b'{"format": "connplan-baseline", "version": 2, "findings": []}', "`version`"),
    ("no list", b'{"format": "connplan-baseline", "version": 1, "findings": {}}', "`findings`"),
    ("no fingerprint", b'{"format": "connplan-baseline",\n "version": 1, "findings": [\n  {}]}', "k:3:3"),
])
def test_a_bad_baseline(_name, text, said):
    with folder(a=SPARE) as place:
        (place / "k").write_bytes(text)
        result = connplan("check", "a.yaml", "--baseline", "k", cwd=place, status=4)
        if said not in result.errors or "CP009" not in result.text:
            raise AssertionError(f"{result}")


def test_a_missing_baseline():
    with folder(a=SPARE) as place:
        result = connplan("check", "a.yaml", "--baseline", "none.json", cwd=place, status=4)
        if "none.json" not in result.errors or "CP009" not in result.text:
            raise AssertionError(f"{result}")
        result = connplan("check", "a.yaml", "--baseline", "no/k", "--write-baseline", cwd=place, status=4)
        equal((place / "no").exists(), False)
