"""The change request: complete without typing, in both languages, and harmless whatever is in it."""

import hashlib
import re

from documents import build
from hostile_text import TEXTS, spec_with
from hostile_text import build as build_hostile
from lib import each, equal
from pages import Page
from specs import smallest, text_of

SECTIONS = {
    "en": ["At a glance", "Purpose", "What changes", "Steps", "Checks after the change", "Way back",
           "Findings that stand", "Waivers", "Not checked", "Inputs", "Approval"],
    "ja": ["概要", "目的", "変更内容", "作業手順", "事後確認", "切り戻し手順", "未解決の指摘", "例外",
           "未検査の項目", "入力ファイル", "承認"],
}
NOT_STATED = {"en": "not stated in the spec (change.{})", "ja": "仕様に記載なし (change.{})"}

CHANGE = {"id": "CHG-7", "title": "Relay for ERP", "requester": "erp@contoso.com",
          "reviewers": ["a@contoso.com", "b@contoso.com"],
          "window": {"start": "2026-12-05T22:00+09:00", "end": "2026-12-05T23:00+09:00"},
          "reason": "Invoices", "risk": "Printers"}


def page(spec, language="en"):
    return Page(build(spec, language)[1]["change-request.md"])


def facts(found, heading="At a glance"):
    return {row[0]: row[1] for row in found.tables(heading)[0][1:]}


def steps(found):
    """The titles of the numbered steps, in order, without their numbers and stages."""
    return [re.sub(r"^\d+\. (.*) \(.*\)$", r"\1", title) for title in found.titles()
            if re.match(r"\d+\. .*\)$", title)]


def step(found, words):
    """What stands below the step whose title has WORDS."""
    titles = [title for title in found.titles() if words in title]
    equal(len(titles), 1, f"steps with {words!r} in {found.titles()}")
    return found.sections[titles[0]]


def command(found, words):
    return "\n".join(text for kind, text in step(found, words) if kind == "pre")


@each([("en",), ("ja",)])
def test_nothing_stated_is_still_complete(language):
    found = page(smallest(), language)
    titles = found.titles()
    equal([title for title in titles if title in SECTIONS[language]], SECTIONS[language])
    values = list(facts(found, SECTIONS[language][0]).values())
    for key in ("id", "title", "requester", "reviewers", "window", "reason", "risk"):
        if NOT_STATED[language].format(key) not in values:
            raise AssertionError(f"nothing says that {key} is missing: {values}")
    for section in SECTIONS[language]:
        below = found.sections[section]
        if not below and section not in (SECTIONS[language][2], SECTIONS[language][3]):
            raise AssertionError(f"nothing stands below {section!r}")


def test_what_is_stated_stands_there():
    found = page(smallest(change=CHANGE))
    equal(found.titles()[0], "Change request: CHG-7 Relay for ERP")
    said = facts(found)
    for item, value in (("Change number", "CHG-7"), ("Requested by", "erp@contoso.com"),
                        ("Reviewers", "a@contoso.com, b@contoso.com"), ("Reason", "Invoices"),
                        ("Risk", "Printers"),
                        ("Window", "2026-12-05T22:00+09:00 – 2026-12-05T23:00+09:00")):
        equal(said[item], value, item)
    approval = [row[:2] for row in found.tables("Approval")[0][1:]]
    equal(approval, [["Requested by", "erp@contoso.com"], ["Reviewed by", "a@contoso.com"],
                     ["Reviewed by", "b@contoso.com"], ["Approved by", ""], ["Carried out by", ""]])


def test_the_hash_and_the_inputs_are_those_of_the_plan():
    spec = smallest()
    plan, files = build(spec)
    found = Page(files["change-request.md"])
    equal(facts(found)["Plan hash"], plan["plan_hash"])
    equal(found.tables("Inputs")[0][1:],
          [["a.yaml", hashlib.sha256(text_of(spec)).hexdigest()]])
    if plan["plan_hash"] not in command(found, "belong to this document"):
        raise AssertionError("the step does not look for the hash")
    for name in ("connectors.ps1", "verify.ps1"):
        if plan["plan_hash"] not in files[name]:
            raise AssertionError(f"{name} does not hold what the step looks for")


def test_steps_come_in_the_order_of_the_change():
    spec = smallest(sample=False, change=CHANGE)
    spec["egress"]["office"] = {"addresses": "11.0.0.10", "ptr": "out.contoso.com"}
    spec["tenant"]["organization"] = "contoso.onmicrosoft.com"
    equal(steps(page(spec)), [
        "Open PowerShell and connect", "Check that the scripts belong to this document",
        "Keep the state before the change", "Look at what connectors.ps1 would do",
        "Ask for the PTR records", "Note the DNS records of before", "Publish the final DNS records",
        "Wait for the DNS records", "Check that the DNS records are published",
        "Run connectors.ps1", "Run verify.ps1",
        "Send the test mails"])


def test_a_step_that_there_is_no_need_for_is_left_out():
    spec = smallest(domains={"contoso.com": {"spf": {"manage": "off"}}})
    titles = " ".join(steps(page(spec)))
    for word in ("DNS", "PTR"):
        equal(word in titles, False, word)
    spec = smallest(relay_hosts={"h": {"method": "submission", "auth": "oauth",
                                       "mailbox": "hr@contoso.com"}}, egress={})
    found = page(spec)
    equal("connectors.ps1" in " ".join(steps(found)), False, "connectors.ps1")
    if "No connector changes." not in found.texts("What changes"):
        raise AssertionError(found.sections["What changes"])


@each([("stated", "contoso.onmicrosoft.com", ".\\connectors.ps1 -WhatIf\n$LASTEXITCODE\n"),
       ("not stated", None, ".\\connectors.ps1 -Organization $Organization -WhatIf\n$LASTEXITCODE\n")])
def test_scripts_are_told_the_organization(_name, organization, wanted):
    """The scripts stop without one: the commands as they stand have to work."""
    spec = smallest()
    if organization:
        spec["tenant"]["organization"] = organization
    found = page(spec)
    equal(command(found, "would do"), wanted)
    equal("Read-Host" in command(found, "and connect"), organization is None)


@each([("worldwide", "Connect-ExchangeOnline"), ("gcc", "Connect-ExchangeOnline"),
       ("gcc-high", "Connect-ExchangeOnline -ExchangeEnvironmentName O365USGovGCCHigh"),
       ("dod", "Connect-ExchangeOnline -ExchangeEnvironmentName O365USGovDoD"),
       ("china", "Connect-ExchangeOnline -ExchangeEnvironmentName O365China")])
def test_the_cloud_is_connected_to(cloud, wanted):
    spec = smallest()
    spec["tenant"].update(cloud=cloud, organization="contoso.onmicrosoft.com")
    equal(command(page(spec), "and connect").strip(), wanted)


@each([(True,), (False,)])
def test_a_sample_is_never_told_to_apply(sample):
    spec = smallest(sample=sample)
    if not sample:
        spec["egress"]["office"]["addresses"] = "11.0.0.10"
    line = command(page(spec), "Run connectors.ps1").splitlines()[0]
    equal(line.endswith(" -WhatIf"), sample, line)


def test_addresses_have_hosts_and_owners():
    spec = smallest(egress={"office": {"addresses": ["198.51.100.10", "198.51.100.20"],
                                       "owner": "net@contoso.com"}})
    spec["relay_hosts"]["b"] = {"address": "10.1.1.31", "egress": "office",
                                "sends_as": "contoso.com", "owner": "b@contoso.com"}
    found = page(spec)
    table = found.tables("Connector Relay for Contoso")[-1]
    equal(table[1:], [[address, "b → office; erp01 → office", "b@contoso.com, net@contoso.com"]
                      for address in ("198.51.100.10", "198.51.100.20")])


def test_many_hosts_behind_an_address_are_counted():
    hosts = {f"h{i}": {"address": f"10.1.1.{i}", "egress": "office", "sends_as": "contoso.com"}
             for i in range(1, 10)}
    row = page(smallest(relay_hosts=hosts)).tables("Connector Relay for Contoso")[-1][1]
    equal(row[1], "; ".join(f"h{i} → office" for i in range(1, 7)) + "; (+3)")


def test_properties_are_those_of_the_plan():
    """Every property with the value that plan.json has, in its order."""
    spec = smallest(connectors={"c": {"type": "on-premises", "accepts": "erp01", "comment": "a | b"}})
    plan, files = build(spec)
    table = Page(files["change-request.md"]).tables("Connector c")[1]

    def text(value):
        if isinstance(value, bool):
            return str(value)
        return (", ".join(value) if isinstance(value, list) else value) or "empty"

    equal([row[:2] for row in table[1:]],
          [[one["name"], text(one["value"])] for one in plan["connectors"][0]["properties"]])
    equal([row[2] for row in table[1:]],
          ["is set to this" if one["stated"] else "stays as it is"
           for one in plan["connectors"][0]["properties"]])


def test_records_are_those_of_the_plan():
    plan, files = build(smallest(domains={"contoso.com": {"dmarc": {"policy": "reject"}}}))
    found = Page(files["change-request.md"])
    equal(found.tables("DNS records")[0][1:],
          [[one["name"], "final (dns/2-final)", one["type"], str(one["ttl"]), one["value"]]
           for one in plan["records"]])


def test_what_is_left_alone_is_said():
    spec = smallest(connectors={
        "mine": {"type": "on-premises", "accepts": "erp01"},
        "wizard": {"type": "on-premises", "accepts": [], "managed": False, "identify_by": "certificate",
                   "certificate": "mail.contoso.com"}})
    found = page(spec)
    equal(found.texts("Left alone", "li"), ["wizard: not managed here"])
    equal("Connector wizard" in found.titles(), False, "a table of what does not change")


def test_waivers_have_an_owner_and_an_end():
    spec = smallest(sample=False, egress={"office": {"addresses": "11.0.0.10"}},
                    connectors={"c": {"type": "partner", "accepts": "office", "sender_domains": "*",
                                      "restrict_to": "address", "owner": "o@contoso.com"}},
                    relay_hosts={},
                    waivers=[{"rule": "CP416", "at": "connectors/c", "reason": "since | May",
                              "until": "2027-04-01", "ticket": "SEC-77"}])
    row = page(spec).tables("Waivers")[0][1]
    equal(row, ["CP416 Connector locks out all other Internet mail", "connectors/c", "since | May",
                "o@contoso.com", "2027-04-01", "SEC-77"])


def test_every_finding_says_what_to_do():
    plan, files = build(smallest())
    below = Page(files["change-request.md"]).texts("Findings that stand", "li")
    equal(len([text for text in below if text.startswith("What to do: ")]), len(plan["findings"]))
    equal(len([text for text in below if text.startswith("Owner: ")]), len(plan["findings"]))


def test_every_host_has_a_test_mail():
    spec = smallest()
    spec["relay_hosts"]["app"] = {"method": "submission", "auth": "oauth", "mailbox": "hr@contoso.com"}
    rows = page(spec).tables("Checks after the change")[0][1:]
    equal([row[:4] for row in rows],
          [["app", "hr@contoso.com", "inside and outside", "client submission (SMTP AUTH)"],
           ["erp01", "contoso.com", "inside and outside", "Connector Relay for Contoso"]])


def test_a_fork_shows_each_way():
    spec = smallest(egress={"a": {"addresses": "198.51.100.10"}, "b": {"addresses": "198.51.100.20"}})
    spec["relay_hosts"] = {"erp": {"address": "10.1.1.30", "egress": ["a", "b"], "sends_as": "contoso.com",
                                   "recipients": "internal", "method": "connector"}}
    spec["connectors"] = {"c": {"type": "on-premises", "accepts": "a"}}
    rows = page(spec).tables("Checks after the change")[0][1:]
    equal([(row[0], row[3].split(":")[0]) for row in rows],
          [("erp → a", "Connector c"), ("erp → b", "no connector takes it")])


PARTNER = {"type": "partner", "accepts": "office", "sender_domains": "*", "restrict_to": "address"}
CERTIFICATE = {"type": "partner", "accepts": [], "identify_by": "certificate", "certificate": "mail.vendor.example",
               "sender_domains": "vendor.example", "restrict_to": "certificate"}


@each([("gateway", PARTNER, ["From a mailbox outside", "Past it: as any domain"]),
       ("one of many", {**PARTNER, "restrict_to": []}, ["From a mailbox outside"]),
       ("by certificate", CERTIFICATE, ["From a sender of vendor.example", "Past it: as vendor.example"]),
       ("relay", {"type": "on-premises", "accepts": "office"}, ["From office: to a mailbox in the tenant"]),
       ("disabled", {**PARTNER, "enabled": False}, []),
       ("somebody else's", {**PARTNER, "managed": False}, [])])
def test_connectors_without_hosts_have_checks(_name, connector, wanted):
    found = page(smallest(relay_hosts={}, connectors={"c": connector}))
    tables = found.tables("Checks after the change")
    rows = tables[0][1:] if tables else []
    equal([row[0] for row in rows], ["c"] * len(wanted))
    for row, text in zip(rows, wanted):
        equal(row[1].startswith(text), True, row)
        equal("550 5.7.51" in row[2], text.startswith("Past"), row)
    equal("Send the test mails" in steps(found), bool(wanted))
    equal(bool(found.sections["Checks after the change"]), True)


# --- text that means something to Markdown, HTML or PowerShell -------------------------------------

def as_read(text):
    """A text as a page shows it: line ends are blanks."""
    return re.sub(r"\r\n|\r|\n", " ", text)


@each(TEXTS)
def test_text_arrives_as_typed(_name, text):
    """In the rendered page, in the same cells, whatever it is; nothing else of the page changes."""
    files = build_hostile(spec_with(text, "plain"))
    if not files or not text.strip():
        return
    found, plain = (Page(one["change-request.md"])
                    for one in (files, build_hostile(spec_with("plain", "plain"))))
    equal(found.outline, plain.outline, "tags")
    said = facts(found)
    for item in ("Change number", "Title", "Requested by", "Reviewers", "Reason", "Risk", "Tenant"):
        equal(said[item].strip(), as_read(text).strip(), item)
    properties = {row[0]: row[1] for row in found.tables("Connector plain")[1]}
    equal(properties["Comment"].strip(), as_read(text).strip(), "the comment")
    equal([row[1].strip() for row in found.tables("Approval")[0][1:3]], [as_read(text).strip()] * 2)


@each(TEXTS)
def test_names_arrive_as_typed(_name, text):
    files = build_hostile(spec_with("plain", text)) if text.strip() else None
    if not files:
        return
    found, plain = (Page(one["change-request.md"])
                    for one in (files, build_hostile(spec_with("plain", "plain"))))
    equal(found.outline, plain.outline, "tags")
    if f"Connector {as_read(text)}".strip() not in found.titles():
        raise AssertionError(f"no heading of the connector in {found.titles()}")
    row = found.tables(f"Connector {as_read(text)}".strip())[-1][1]
    equal(row[1].strip(), f"{text} h → {text} e".strip())


@each([("tag", "a <b>bold</b>\n\n<script>x</script>\n"), ("link", "[a](javascript:b)\n"),
       ("table", "| a | b |\n| --- | --- |\n| <i>b</i> | c |\n"), ("comment", "a <!-- b -->\n")])
def test_the_reader_sees_harm(_name, markdown):
    """The outline tells a page that holds markup of somebody else from one that does not."""
    plain = re.sub(r"<[^>]*>|[\[\]()]", "", markdown)
    equal(Page(markdown).outline == Page(plain).outline, False, markdown)
