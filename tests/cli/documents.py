"""What the documents say: plan.json, the summary, in both languages."""

import csv
import io
import json
import re

import jsonschema

from lib import ROOT, connplan, each, equal
from specs import folder, smallest

SCHEMA = jsonschema.Draft7Validator(json.loads((ROOT / "schema/plan.schema.json").read_bytes()))


def build(spec, language="en"):
    """The files of SPEC as text, plan.json as a value that fits its schema."""
    with folder(a=spec) as place:
        connplan("build", "a.yaml", "-o", "out", "--lang", language, cwd=place, status=0)
        files = {path.relative_to(place / "out").as_posix(): path.read_bytes()
                 for path in (place / "out").rglob("*") if path.is_file()}
    plan = json.loads(files["plan.json"])
    SCHEMA.validate(plan)
    return plan, {name: content.decode("utf-8-sig") for name, content in files.items()}


def plain(markdown):
    """Markdown as a reader sees it, as far as these documents go."""
    text = re.sub(r"\\([!-/:-@\[-`{-~])", r"\1", markdown)
    return text.replace("&gt;", ">").replace("&lt;", "<").replace("&amp;", "&")


def section(text, heading):
    """The text below a heading, up to the next of its level or above."""
    match = re.search(rf"(?ms)^(#+) {re.escape(heading)}\n(.*?)(?=^#{{1,2}} |\Z)", plain(text))
    if not match:
        raise AssertionError(f"no heading {heading!r} in\n{text}")
    return match[2]


def bullets(text):
    return [line[2:] for line in text.splitlines() if line.startswith("- ")]


NOT_CHECKED = {"en": "Not checked", "ja": "未検査の項目"}

# What a spec may state that is read, but not evaluated yet; a row goes when it is.
UNEVALUATED = [
    ("expect", {"expect": [{"ip": "198.51.100.10", "as": "contoso.com", "spf": "pass"}]}),
]


@each(UNEVALUATED)
def test_what_is_stated_and_not_evaluated_is_said(path, sections):
    spec = smallest(**sections)
    plan, files = build(spec)
    said = [one["message"] for one in plan["not_checked"] if one["path"] == path]
    equal(len(said), 1, f"not_checked has {path}")
    for language in NOT_CHECKED:
        _plan, files = build(spec, language)
        lines = [line for line in bullets(section(files["summary.md"], NOT_CHECKED[language]))
                 if line.startswith(path)]
        equal(len(lines), 1, f"summary.md in {language} says {path}")
    with folder(a=spec) as place:
        result = connplan("check", "a.yaml", cwd=place)
        told = f"connplan: a.yaml: not checked: {said[0]}"
        if told not in result.errors.splitlines():
            raise AssertionError(f"check does not say {told!r}\n{result}")


def test_nothing_is_said_of_what_is_not_stated():
    with folder(a=smallest()) as place:
        equal(connplan("check", "a.yaml", cwd=place, status=0).errors, "")


def test_not_checked_is_one_list():
    """plan.json and the English summary say the same, in the same order."""
    plan, files = build(smallest(**UNEVALUATED[0][1]))
    lines = [re.sub(r"^CP\d+ \(.*?\): ", "", line)
             for line in bullets(section(files["summary.md"], NOT_CHECKED["en"]))]
    equal(lines, [one["message"] for one in plan["not_checked"]])
    equal({one["severity"] for one in plan["not_checked"]}, {"not-checked"})


def test_a_plan_without_the_tenant_takes_nothing_away():
    plan, _files = build(smallest())
    equal(plan["live"], None)
    equal({step["phase"] for step in plan["order"]}, {"dns", "add"})


def test_the_expected_plans_fit_the_schema():
    plans = sorted((ROOT / "examples").glob("**/expected/plan.json"))
    if not plans:
        raise AssertionError("no example has a plan")
    for path in plans:
        SCHEMA.validate(json.loads(path.read_bytes()))


# --- the tables of the summary ---------------------------------------------------------------------

ITEMS = {
    "en": ["Source IP address", "Destination, SMTP server", "Authentication",
           "Inbound connector name", "Check in Exchange Online"],
    "ja": ["送信元IPアドレス", "送信先 (SMTPサーバー)", "認証方式", "Inbound Connector名",
           "Exchange Onlineでの確認"],
}


def tables(files):
    """summary.csv as {title: {item: [(setting, notes), ...]}}."""
    found = {}
    for title, item, setting, notes in list(csv.reader(io.StringIO(files["summary.csv"])))[1:]:
        found.setdefault(title, {}).setdefault(item, []).append((setting, notes))
    return found


def row(spec, title, number, language="en"):
    """Setting and notes of a row of one table."""
    _plan, files = build(spec, language)
    return tables(files)[title][ITEMS[language][number]][0]


def partner(restrict, **keys):
    return smallest(
        egress={"office": {"addresses": "198.51.100.10"},
                "pool": {"addresses": "203.0.113.0/25", "shared": True}},
        connectors={"relay": {"type": "on-premises", "accepts": "erp01"},
                    "c": {"type": "partner", "accepts": "pool", "sender_domains": "vendor.example",
                          "restrict_to": restrict, "certificate": "mx.vendor.example", **keys}})


@each([("none", "none", "the sender's domain alone", "refuses nothing"),
       ("address", "address", "source address", "from any other address is refused"),
       ("certificate", "certificate", "TLS certificate: mx.vendor.example",
        "without this certificate is refused"),
       ("both", ["address", "certificate"],
        "source address and TLS certificate: mx.vendor.example", "is not documented")])
def test_a_partner_is_told_by_what_it_is_restricted_to(_name, restrict, setting, meaning):
    spec = partner(restrict)
    got, notes = row(spec, "Connector c", 2)
    equal(got, setting)
    if meaning not in notes or "all domains" in notes:
        raise AssertionError(notes)
    japanese, notes = row(spec, "コネクタ c", 2, "ja")
    equal("mx.vendor.example" in japanese, "mx.vendor.example" in setting)
    equal(len(notes.split("; ")), 2, "notes")


def test_a_restriction_for_all_senders_says_so():
    notes = row(partner("address", sender_domains="*"), "Connector c", 2)[1]
    if "all mail from the Internet" not in notes:
        raise AssertionError(notes)
    notes = row(partner("none", sender_domains="*"), "Connector c", 2)[1]
    equal("all mail from the Internet" in notes, False, notes)


def test_what_a_connector_states_is_shown():
    notes = row(partner("address", sender_domains=[{"domain": "a.example", "cost": 5}, "*.b.example"],
                        enhanced_filtering={"skip": ["203.0.113.0/25", "203.0.113.200"],
                                            "users": ["a@contoso.com"]}), "Connector c", 3)[1]
    for said in ("SenderDomains = *.b.example, a.example;5", "EFUsers = a@contoso.com",
                 "EFSkipIPs = 203.0.113.0/25, 203.0.113.200"):
        if said not in notes:
            raise AssertionError(f"{said!r} is not in {notes!r}")
    notes = row(smallest(connectors={"c": {"type": "on-premises", "accepts": "erp01",
                                           "accepted_domains": "contoso.com"}}), "Connector c", 3)[1]
    if "AssociatedAcceptedDomains = contoso.com" not in notes or "SenderDomains" in notes:
        raise AssertionError(notes)


@each([
    ("on-premises", {}, "Connector relay", "SenderIPAddresses, RequireTls"),
    ("partner", {}, "Connector c", "SenderDomains, SenderIPAddresses, RequireTls, "
     "TlsSenderCertificateName, RestrictDomainsToIPAddresses, RestrictDomainsToCertificate"),
    ("filtering", {"enhanced_filtering": {"skip_last": True}}, "Connector c",
     "SenderDomains, SenderIPAddresses, RequireTls, TlsSenderCertificateName, "
     "RestrictDomainsToIPAddresses, RestrictDomainsToCertificate, EFSkipLastIP")])
def test_the_check_lists_what_matters(_name, keys, title, properties):
    command = row(partner("address", **keys), title, 4)[0]
    name = title.removeprefix("Connector ")
    equal(command, f"Get-InboundConnector | Where-Object Name -eq '{name}' | "
                   f"Format-List Name, ConnectorType, Enabled, {properties}")


@each([("few", 24), ("one more", 25), ("many", 60)])
def test_every_address_is_listed(_name, count):
    addresses = [f"203.0.113.{2 * i}" for i in range(count - 1)] + ["198.51.96.0/22"]
    spec = smallest(egress={"office": {"addresses": addresses}})
    _plan, files = build(spec)
    table = tables(files)["Connector Relay for Contoso"][ITEMS["en"][0]]
    wanted = ["198.51.96.0/22", *addresses[:-1]]
    if count <= 24:
        equal(len(table), 1)
        equal(table[0][0].split(", "), wanted)
        if "198.51.96.0/22 → 4 × /24" not in table[0][1]:
            raise AssertionError(table[0])
    else:
        equal([setting for setting, _notes in table[1:]], wanted)
        equal(table[1][1], "198.51.96.0/22 → 4 × /24")
        listed = bullets(section(files["summary.md"], "Connector Relay for Contoso"))
        equal(listed, ["198.51.96.0/22 → 4 × /24", *wanted[1:]])
        if str(count) not in table[0][0]:
            raise AssertionError(table[0])
    if f"SenderIPAddresses: {count + 3}" not in table[0][1]:
        raise AssertionError(table[0])


def sender(method, **keys):
    """A spec with one host that uses no connector."""
    host = {"method": method, "sends_as": "contoso.com", **keys}
    if method in ("submission", "hve"):
        host["auth"] = keys.get("auth", "oauth")
    else:
        host.update(address="10.1.1.60", egress="office")
    if method == "direct-send":
        host["recipients"] = "internal"
    return smallest(relay_hosts={"h": host})


METHODS = ["submission", "direct-send", "hve", "internet"]


@each([(f"{method} {language}", method, language) for method in METHODS for language in ITEMS])
def test_every_method_has_five_rows_in_both_languages(_name, method, language):
    _plan, files = build(sender(method), language)
    title = {"en": "Host h", "ja": "ホスト h"}[language]
    equal(list(tables(files)[title]), ITEMS[language])
    for item, rows in tables(files)[title].items():
        for setting, _notes in rows:
            if not setting or setting in ("none" if item != ITEMS["en"][2] else "", "null"):
                raise AssertionError(f"{item}: {setting!r}")
    heading = section(files["summary.md"], title)
    equal([line.split(" | ")[0].lstrip("| ") for line in heading.splitlines()
           if line.startswith("| ")][2:], ITEMS[language])


@each([
    ("submission", {"mailbox": "it's@contoso.com"}, "Get-CASMailbox -Identity 'it''s@contoso.com' | "
     "Format-List Name, PrimarySmtpAddress, SmtpClientAuthenticationDisabled"),
    ("submission", {}, "Get-TransportConfig | Format-List SmtpClientAuthenticationDisabled"),
    ("hve", {"mailbox": "a@contoso.com"}, "Get-MailUser -HVEAccount -ResultSize Unlimited | "
     "Where-Object PrimarySmtpAddress -eq 'a@contoso.com' | Format-List Name, PrimarySmtpAddress"),
    ("direct-send", {}, "Get-OrganizationConfig | Format-List Name, RejectDirectSend"),
])
def test_checks_of_hosts(method, keys, command):
    _plan, files = build(sender(method, **keys))
    equal(tables(files)["Host h"][ITEMS["en"][4]][0][0], command)
    if "| `" + command.replace("|", "\\|") + "` |" not in files["summary.md"]:
        raise AssertionError("no code in summary.md")


def test_an_internet_host_has_no_command():
    _plan, files = build(sender("internet"))
    setting, notes = tables(files)["Host h"][ITEMS["en"][4]][0]
    line = [line for line in files["summary.md"].splitlines() if line.startswith("| Check")][-1]
    equal("`" in line, False, line)
    if "does not pass Exchange Online" not in setting or "SPF" not in notes:
        raise AssertionError((setting, notes))


def retirements(method):
    lines = (ROOT / "src/data/retirements.csv").read_text("utf-8").splitlines()
    return [line.split(",") for line in lines if line.startswith(method + ",")]


@each([(method, language) for method in ("submission", "hve") for language in ITEMS])
def test_basic_authentication_says_its_dates(method, language):
    title = {"en": "Host h", "ja": "ホスト h"}[language]
    notes = row(sender(method, auth="basic"), title, 2, language)[1]
    rows = retirements(method)
    if not rows:
        raise AssertionError("the data has no date")
    for _method, date, _meaning, _evidence, as_of, _source in rows:
        if date not in notes or as_of not in notes:
            raise AssertionError(f"{date}, {as_of} are not in {notes!r}")
    oauth = row(sender(method), title, 2, language)[1]
    equal([one for one in rows if one[1] in oauth], [], "dates for OAuth")


def test_a_changing_address_is_not_none():
    spec = smallest(egress={"home": {"dynamic": True}},
                    relay_hosts={"h": {"address": "10.1.1.60", "egress": "home",
                                       "sends_as": "contoso.com", "method": "direct-send",
                                       "recipients": "internal"}})
    equal(row(spec, "Host h", 0)[0], "changing address of home")
    if "home" not in row(spec, "ホスト h", 0, "ja")[0]:
        raise AssertionError("not in Japanese")


def test_the_last_hop_tells_of_tls():
    spec = smallest(gateways={"gw": {"kind": "postfix", "egress": "office", "tls": "required"}})
    spec["relay_hosts"]["erp01"] = {"address": "10.1.1.60", "via": "gw", "tls": "none",
                                    "sends_as": "contoso.com", "method": "direct-send"}
    notes = row(spec, "Host erp01", 1)[1]
    if not notes.startswith("port 25, TLS;"):
        raise AssertionError(notes)


def test_reach_stands_before_the_origin():
    """In the tables of connectors and hosts alike."""
    for spec, title in ((smallest(), "Connector Relay for Contoso"), (sender("internet"), "Host h")):
        notes = row(spec, title, 0)[1].split("; ")[:2]
        equal([note.split(":")[0] for note in notes], ["documentation address", "comes from"])


def test_names_of_dns_are_readable():
    spec = smallest(domains={"例え.example": {}, "contoso.com": {}})
    spec["relay_hosts"]["erp01"]["sends_as"] = "例え.example"
    plan, files = build(spec)
    if "## SPF of 例え.example (xn--r8jz45g.example)" not in plain(files["summary.md"]):
        raise AssertionError("no Unicode heading")
    if "dns/2-final/xn--r8jz45g.example.zone" not in files:
        raise AssertionError(sorted(files))
    equal([record["domain"] for record in plan["records"] if record["name"] == record["domain"]], ["contoso.com", "xn--r8jz45g.example"])


def test_without_a_lock_nothing_is_said_of_one():
    for language in ITEMS:
        _plan, files = build(smallest(), language)
        for word in ("missing in the lock", "ロックに"):
            equal(word in files["summary.md"], False, word)


# --- Japanese ----------------------------------------------------------------------------------------

JAPANESE = re.compile("[\u3040-\u30ff\u4e00-\u9fff]")
# A sentence of English: three words in a row that are no name, command or value.
ENGLISH = re.compile(r"(?<![`'\w.-])[a-z]{2,} (?:[a-z]{2,} )[a-z]{2,}(?![`'\w.-])")


def many_kinds():
    """A spec that says much: every way of sending, addresses of several kinds, findings."""
    spec = smallest(
        egress={"office": {"addresses": ["198.51.100.10", "2001:db8::1"], "ptr": "out.contoso.com"},
                "pool": {"addresses": "203.0.112.0/22", "shared": True}, "home": {"dynamic": True}},
        gateways={"gw": {"kind": "postfix", "egress": "office", "clients": ["10.1.0.0/16"]}},
        connectors={"c": {"type": "partner", "accepts": "pool", "sender_domains": ["vendor.example"],
                          "restrict_to": "address"},
                    "r": {"type": "on-premises", "accepts": "erp01", "require_tls": False}})
    for method in METHODS:
        spec["relay_hosts"][method] = sender(method)["relay_hosts"]["h"]
    spec["relay_hosts"]["old"] = {"method": "submission", "auth": "basic", "mailbox": "o@contoso.com"}
    spec["relay_hosts"]["moving"] = {"address": "10.1.1.70", "egress": "home", "method": "direct-send",
                                     "sends_as": "contoso.com", "recipients": "internal"}
    return spec


@each([("summary.md",), ("summary.csv",), ("change-request.md",)])
def test_japanese_documents_have_no_english_sentence(name):
    """Names, commands and properties of Exchange are no sentences."""
    def sentences(language):
        _plan, files = build(many_kinds(), language)
        text = re.sub(r"(?s)^```.*?^```$", "", files[name], flags=re.M)
        return [line for line in text.splitlines() if ENGLISH.search(re.sub("`[^`]*`", "", line))]
    equal(sentences("ja"), [], "lines with a sentence in English")
    equal(len(sentences("en")) > 10, True, "sentences are seen where they are")


def test_a_finding_in_japanese_names_what_the_message_names():
    spec = many_kinds()
    plan, _files = build(spec)
    _plan, files = build(spec, "ja")
    told = bullets(section(files["summary.md"], "未解決の指摘"))
    equal(len(told), len(plan["findings"]), "findings")
    for finding, line in zip(plan["findings"], told):
        for value in [finding["code"], finding["path"], *re.findall("`([^`]*)`", finding["message"])]:
            if value not in line or not JAPANESE.search(line):
                raise AssertionError(f"{value!r} is not in {line!r}")


@each([("10.1.1.30",), ("10.1.1.60",), ("198.51.100.10",), ("203.0.113.1",), ("25.1.1.1",), ("0.0.0.0/0",),
       ("2001:db8::1",)])
def test_where_an_address_stands_in_japanese(address):
    """Line by line as in English, and every line is Japanese."""
    with folder(a=many_kinds()) as place:
        english, japanese = (connplan("explain", "a.yaml", "--ip", address, "--lang", language,
                                      cwd=place, status=0).text.splitlines() for language in ITEMS)
    equal(len(japanese), len(english), "lines")
    for line in japanese:
        if not JAPANESE.search(line):
            raise AssertionError(line)


def many_sites(count):
    spec = smallest(egress={}, relay_hosts={})
    for number in range(count):
        spec["egress"][f"site{number:02}"] = {"addresses": f"198.51.100.{number}"}
        spec["relay_hosts"][f"h{number:02}"] = {"address": f"10.1.1.{number}", "egress": f"site{number:02}",
                                                "sends_as": "contoso.com"}
    return spec


@each([(8, "en", "site07)"), (16, "en", "site07 and 8 more)"), (16, "ja", "site07、ほか 8 件)")])
def test_no_name_behind_a_term_is_dropped(count, language, end):
    plan, files = build(many_sites(count), language)
    rows = [line for line in files["summary.md"].splitlines() if "→ IPv4" in line and "ip4:" in line]
    equal(len(rows), 1, rows)
    equal(plain(rows[0]).rstrip(" |").endswith(end), True, rows[0])
    equal(plan["price"]["domains"][0]["terms"][0]["by"], [f"site{number:02}" for number in range(count)])


@each([(8, "site07"), (16, "site07 and 8 more")])
def test_names_behind_a_term_on_the_terminal(count, end):
    with folder(mailflow=many_sites(count)) as place:
        told = connplan("build", "mailflow.yaml", "-o", "out", cwd=place, status=0).errors
    row, = [line for line in told.splitlines() if line.startswith("    ip4:")]
    equal(row.endswith(end), True, row)


@each([("en", "at least 1 of 10"), ("ja", "1 回以上 (上限 10 回)")])
def test_a_lower_bound_is_said_in_words(language, wanted):
    """Without a lock the include may lead to more."""
    _plan, files = build(smallest(), language)
    equal(wanted in files["summary.md"], True, files["summary.md"])
    equal("≥" in files["summary.md"], False)


@each([("2001:db8::1", "1"), ("2001:db8::/64", "1 × /64"), ("2001:db8::/48", "65,536 × /64"),
       ("2001:db8::/65", "9,223,372,036,854,775,808")])
def test_many_addresses_are_counted_in_networks(address, wanted):
    spec = smallest()
    spec["domains"]["contoso.com"] = {"spf": {"also": [address]}}
    _plan, files = build(spec)
    rows = [line for line in files["summary.md"].splitlines() if "ip6:" in line and "→" in line]
    equal(len(rows), 1, rows)
    equal(f"IPv6: {wanted} " in rows[0], True, rows[0])
