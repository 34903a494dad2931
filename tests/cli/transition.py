"""The change request where the DNS holds something else than what is to come: what is published when,
what each step looks at and waits for, and the way back."""

import json

from change_request import command, step, steps
from documents import SCHEMA
from lib import connplan, each, equal
from pages import Page
from specs import folder, smallest

CLOUD = "include:spf.protection.outlook.com"
OURS = f"v=spf1 ip4:198.51.100.10 {CLOUD}"


def answer(ttl, *texts):
    return {"TXT": {"status": "ok", "ttl": ttl, "data": [[one] for one in texts]}}


def build(spec, names, language="en"):
    """plan.json, the change request as a page, and the zone files below dns/ as lists of lines."""
    with folder(a=spec) as place:
        (place / "lock.json").write_text(json.dumps({
            "format": "connplan-lock", "version": 1, "resolved_at": "2026-11-24T09:00:00Z",
            "resolver": "127.0.0.1:53", "names": {
                "spf.protection.outlook.com": answer(3600, "v=spf1 ip4:40.92.0.0/15 -all"), **names}}))
        connplan("build", "a.yaml", "-o", "out", "--lock", "lock.json", "--lang", language, cwd=place, status=0)
        out = place / "out"
        plan = json.loads((out / "plan.json").read_text("utf-8"))
        SCHEMA.validate(plan)
        zones = {path.relative_to(out / "dns").as_posix(): path.read_text("ascii").splitlines()
                 for path in (out / "dns").rglob("*.zone")}
        return plan, Page((out / "change-request.md").read_text("utf-8")), zones


def spec_of(policy="none", **spf):
    return smallest(domains={"contoso.com": {"spf": spf, "dmarc": {"policy": policy}}})


def asked(found, words):
    """The names and types that the commands of a step ask for, in order."""
    return [(line.split("'")[1], line.split()[-1]) for line in command(found, words).splitlines()]


def waits(found):
    titles = [title for title in found.titles() if "Wait for the DNS records" in title]
    return [int(found.sections[title][0][1].split()[1]) for title in titles]


WIDER = answer(86400, "MS=1", f"v=spf1 ip4:203.0.113.0/24 {CLOUD} ~all")
DMARC = answer(7200, "v=DMARC1; p=none; fo=1")
LOSING = {"contoso.com": WIDER, "_dmarc.contoso.com": DMARC}


def test_each_phase_asks_for_what_its_folder_holds():
    _plan, found, zones = build(spec_of("reject", all="fail"), LOSING)
    equal(sorted(zones), ["1-add/contoso.com.zone", "2-final/contoso.com.zone", "previous/contoso.com.zone"])
    both = [("contoso.com", "TXT"), ("_dmarc.contoso.com", "TXT")]
    equal(asked(found, "Note the DNS records"), both)
    looks = [title for title in found.titles() if "Check that the DNS records" in title]
    equal([asked(found, title) for title in looks], [both[:1], both])
    equal(steps(found)[-3:], ["Publish the final DNS records", "Wait for the DNS records",
                              "Check that the DNS records are published"])


def test_waits_are_for_what_is_replaced():
    """The record that the lock saw; then that for the transition, and the DMARC record."""
    _plan, found, _zones = build(spec_of(all="fail", ttl=300), LOSING)
    equal(waits(found), [86400, 7200])
    _plan, found, _zones = build(spec_of(all="fail", ttl=300), {**LOSING, "_dmarc.contoso.com": {
        "TXT": {"status": "ok", "data": [["v=DMARC1; p=none"]]}}})
    equal(waits(found), [86400, 3600])


def test_what_the_lock_saw_is_kept_for_the_way_back():
    plan, found, zones = build(spec_of("reject", all="fail"), LOSING)
    equal(zones["previous/contoso.com.zone"], [
        f'contoso.com.\t86400\tIN\tTXT\t"v=spf1 ip4:203.0.113.0/24 {CLOUD} ~all"',
        '_dmarc.contoso.com.\t7200\tIN\tTXT\t"v=DMARC1; p=none; fo=1"'])
    rows = found.tables("DNS records")[0][1:]
    equal([row[0] + " " + row[1].split(" (")[0] for row in rows], [
        "contoso.com published before", "contoso.com transition", "contoso.com final",
        "_dmarc.contoso.com published before", "_dmarc.contoso.com final"])
    equal([row[4] for row in rows], [one["value"] for one in plan["records"]])


def test_an_alias_is_kept_as_an_alias():
    _plan, _found, zones = build(spec_of("reject", all="softfail"), {
        "contoso.com": answer(60, f"{OURS} ~all"),
        "_dmarc.contoso.com": {"CNAME": {"status": "ok", "ttl": 50, "data": ["dmarc.vendor.example"]}},
        "dmarc.vendor.example": answer(40, "v=DMARC1; p=none")})
    equal(zones["previous/contoso.com.zone"], ["_dmarc.contoso.com.\t50\tIN\tCNAME\tdmarc.vendor.example."])


def test_what_stands_there_already_is_not_kept():
    plan, found, zones = build(spec_of("none", all="softfail"), {
        "contoso.com": answer(60, f"{OURS} ~all"), "_dmarc.contoso.com": answer(50, "v=DMARC1; p=none")})
    equal(list(zones), ["2-final/contoso.com.zone"])
    equal({one["phase"] for one in plan["records"]}, {"final"})
    equal([title for title in found.titles() if "back" in title][-2:],
          ["1. Put the connectors back", "2. Put the DNS records back"])


BEFORE = f"{OURS[:-len(CLOUD)]}ip4:203.0.113.0/24 {CLOUD}"
COSTS = [("fewer addresses", f"{BEFORE} ~all", "softfail", "none", ["IPv4: 256"]),
         ("stricter", f"{OURS} ~all", "fail", "none", ["fails SPF (-all)"]),
         ("a policy", f"{OURS} ~all", "softfail", "quarantine", ["DMARC policy"]),
         ("all of it", f"{BEFORE} ~all", "fail", "reject", ["IPv4: 256", "fails SPF (-all)", "DMARC policy"]),
         ("nothing", f"v=spf1 {CLOUD} -all", "softfail", "none", []),
         ("nothing but more senders", f"v=spf1 {CLOUD} ~all", "softfail", "none", [])]


@each(COSTS)
def test_the_final_records_say_whom_they_cost_mail(_name, published, end, policy, wanted):
    _plan, found, _zones = build(spec_of(policy, all=end), {
        "contoso.com": answer(60, published), "_dmarc.contoso.com": answer(60, "v=DMARC1; p=none; sp=reject")})
    said = [text for _kind, text in step(found, "Publish the final DNS records")][1:]
    equal(said.pop(0).startswith("Other TXT records at these names"), True)
    if said and said[0].startswith("Published already"):
        equal((published, end), (f"{OURS} ~all", "softfail"), said[0])
        equal(": contoso.com." in said.pop(0), True)
    else:
        equal((published, end) == (f"{OURS} ~all", "softfail"), False, "nothing is said to be published")
    equal(len(said), len(wanted), said)
    for text, part in zip(said, wanted):
        equal(part in text, True, text)
    back = [title for title in found.titles() if "Put the DNS records back" in title][0]
    equal(back.startswith("1."), bool(wanted), back)
    text = found.sections[back][0][1]
    equal("comes first" in text, bool(wanted), text)
    equal("refuses no mail" in text, not wanted, text)


@each([("alone", ["v=DMARC1; p=none"], [f"{OURS} ~all"], "contoso.com, _dmarc.contoso.com"),
       ("beside others", ["other"], [f"{OURS} ~all", "MS=ms1"], "contoso.com"),
       ("beside another of its kind", ["v=DMARC1; p=none", "v=DMARC1; p=reject"], [f"{OURS} ~all", "v=spf1 -all"], ""),
       ("not at all", [], [], "")])
def test_only_what_stands_alone_is_published_already(_name, policies, records, wanted):
    """With a second SPF record at the name receivers see a permerror: then there is much to do."""
    texts = lambda all: {"TXT": {"status": "ok", "data": [[one] for one in all]} if all else {"status": "nodata"}}
    _plan, found, _zones = build(spec_of("none", all="softfail"), {
        "contoso.com": texts(records), "_dmarc.contoso.com": texts(policies)})
    said = [text for _kind, text in step(found, "Publish the final DNS records") if "Published already" in text]
    equal(len(said), bool(wanted), said)
    equal(all(f"in the lock: {wanted}. There" in text for text in said), True, said)


def test_nobody_knows_without_a_lock():
    text = step(build(spec_of(), {})[1], "Put the DNS records back")[0][1]
    equal("nobody knows" in text, True, text)


def test_domains_without_a_transition_are_not_kept_waiting():
    spec = spec_of(all="fail")
    spec["domains"]["contoso.net"] = {"spf": {"all": "softfail"}}
    _plan, found, zones = build(spec, {**LOSING, "contoso.net": answer(60, f"v=spf1 {CLOUD} ~all")})
    equal("1-add/contoso.net.zone" in zones, False)
    equal([one for one in steps(found) if "Publish" in one], [
        "Publish the DNS records for the transition", "Publish the final DNS records",
        "Publish the final DNS records"])
    looks = [title for title in found.titles() if "Check that the DNS records" in title]
    equal([[name for name, _type in asked(found, title)] for title in looks],
          [["contoso.com", "contoso.net"], ["contoso.com", "_dmarc.contoso.com"]])


def test_many_records_are_asked_for_by_phase():
    spec = spec_of(all="fail")
    names = dict(LOSING)
    for number in range(30):
        spec["domains"][f"d{number}.example"] = {"spf": {"all": "fail"}}
        names[f"d{number}.example"] = answer(60, f"v=spf1 ip4:203.0.113.1 {CLOUD} ~all")
    _plan, found, _zones = build(spec, names)
    looks = [title for title in found.titles() if "Check that the DNS records" in title]
    chosen = [command(found, title).split("Where-Object {\n")[1].split("\n    }")[0] for title in looks]
    # PowerShell gives -and and -or the same precedence.
    equal([" ".join(text.split()) for text in chosen], [
        "$_.phase -eq 'add' -or ($_.phase -eq 'final' -and $moving -notcontains $_.domain)",
        "$_.phase -eq 'final' -and $moving -contains $_.domain"])


@each([("\u00ff",), ("\u0000",), ("\"\\;",)])
def test_octets_of_a_record_arrive(octet):
    """Whatever somebody published: the zone file has it, and the documents stay text."""
    _plan, _found, zones = build(spec_of("reject", all="softfail"), {
        "contoso.com": answer(60, f"{OURS} ~all"),
        "_dmarc.contoso.com": answer(60, f"v=DMARC1; p=none; x={octet}")})
    line = zones["previous/contoso.com.zone"][0]
    escaped = "".join(f"\\{ord(c):03}" if not " " <= c <= "~" else "\\" + c if c in '"\\' else c for c in octet)
    equal(line, f'_dmarc.contoso.com.\t60\tIN\tTXT\t"v=DMARC1; p=none; x={escaped}"')


VENDOR = "include:_spf.vendor.example"
STOPPED = f"v=spf1 -ip4:203.0.113.5 ip4:203.0.113.4/30 {VENDOR} ~all"
REST = "ip4:198.51.100.10 ip4:203.0.113.4 ip4:203.0.113.6/31"
BETWEEN = [
    ("known, as addresses", STOPPED, answer(60, "v=spf1 ip4:203.0.113.64/26 -all"), [],
     f"v=spf1 {REST} ip4:203.0.113.64/26 {CLOUD} ~all"),
    ("not in the lock", STOPPED, None, [], f"v=spf1 {REST} {CLOUD} {VENDOR} ~all"),
    ("failed when the lock was made", STOPPED, {"TXT": {"status": "servfail"}}, [],
     f"v=spf1 {REST} {CLOUD} {VENDOR} ~all"),
    ("by the client", STOPPED.replace(VENDOR, "exists:%{ir}.vendor.example"), None, [],
     f"v=spf1 {REST} {CLOUD} exists:%{{ir}}.vendor.example ~all"),
    ("behind a term of ours that may stop it", f"v=spf1 ip4:198.51.100.10 {VENDOR} ~all", None,
     ["-include:_deny.vendor.example", "?exists:%{i}.vendor.example"],
     f"v=spf1 ip4:198.51.100.10 {CLOUD} {VENDOR} ~all"),
    ("behind a record of ours that is broken",
     "v=spf1 exists:%{ir}.vendor.example ~all", answer(60, "v=spf1 ip4:203.0.113.64/26 moo"),
     [VENDOR],
     "v=spf1 ip4:40.92.0.0/15 ip4:198.51.100.10 exists:%{ir}.vendor.example ~all"),
    ("behind a term of theirs that may stop it",
     f"v=spf1 -exists:%{{i}}.vendor.example ip4:203.0.113.64/26 {VENDOR} ~all",
     answer(60, "v=spf1 ip4:203.0.113.4/30 -all"), [],
     f"v=spf1 ip4:198.51.100.10 ip4:203.0.113.64/26 {CLOUD} {VENDOR} ~all")]


@each(BETWEEN)
def test_what_is_not_known_of_the_published_record_is_kept(_name, published, vendor, terms, wanted):
    """An address that a vendor lets in which the lock does not know would be refused in between."""
    names = {"contoso.com": answer(60, published), **({"_spf.vendor.example": vendor} if vendor else {})}
    _plan, _found, zones = build(spec_of(all="softfail", terms=terms), names)
    lines = [line for line in zones["1-add/contoso.com.zone"] if line.startswith("contoso.com.")]
    equal([line.split("\t", 4)[4] for line in lines], [f'"{wanted}"'])
