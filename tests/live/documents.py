"""The change request of a plan against a tenant: what is there, what becomes of it, the way back."""

import json
import pathlib
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).parent.parent / "cli"))
from lib import connplan, each, equal
from pages import Page
from plans import HEAD, RELAY
from tenants import connector, export, text

OLD = connector("Relay for ERP", SenderIPAddresses=["198.51.100.10", "192.0.2.7"], RequireTls=True, Comment="old")
STRANGER = connector("Somebody's own", SenderIPAddresses=["192.0.2.99"])
PLANNED = {"Relay for ERP": RELAY, "New one": {"type": "partner", "accepts": [], "sender_domains": "vendor.example"}}


def write(connectors, live, *flags, language="en"):
    """plan.json as a value, the change request as a page, and the names of all files."""
    with tempfile.TemporaryDirectory() as folder:
        place = pathlib.Path(folder)
        (place / "mailflow.yaml").write_text(json.dumps({**HEAD, "connectors": connectors}))
        (place / "live.json").write_bytes(text(live))
        connplan("plan", "mailflow.yaml", "--live", "live.json", "-o", "out", "--lang", language, *flags,
                 cwd=place, status=0)
        files = {path.relative_to(place / "out").as_posix(): path.read_bytes()
                 for path in (place / "out").rglob("*") if path.is_file()}
    return json.loads(files["plan.json"]), Page(files["change-request.md"]), set(files)


def command(found, words):
    titles = [title for title in found.titles() if words in title]
    return "\n".join(text for kind, text in found.sections[titles[0]] if kind == "pre")


def test_what_is_there_is_compared():
    plan, found, _files = write(PLANNED, export(OLD, STRANGER), "--allow-removals")
    facts = {row[0]: row[1] for row in found.tables("At a glance")[0][1:]}
    equal(facts["State of the tenant"], f"compared; fingerprint {plan['live']['fingerprint']}")
    equal(found.texts("What changes", "li"), [
        "Connectors created: 1", "Connectors updated: 1", "Connectors renamed: 0", "Connectors removed: 0",
        "Connectors unchanged: 0"])
    equal(found.texts("Left alone", "li"), ["Somebody's own: in the tenant, not in the spec"])
    unchecked = " ".join(found.texts("Not checked", "li"))
    equal("tenant's state was not given" in unchecked, False, unchecked)


def test_an_update_shows_before_and_after():
    plan, found, _files = write(PLANNED, export(OLD))
    table = found.tables("Connector Relay for ERP")[1]
    equal(table[0], ["Property", "Before", "After", "Added and taken away"])
    rows = {row[0]: row[1:] for row in table[1:]}
    equal(rows["SenderIPAddresses"], ["192.0.2.7, 198.51.100.10", "198.51.100.10, 198.51.100.11",
                                      "+ 198.51.100.11, − 192.0.2.7"])
    changed = [one["name"] for connector in plan["connectors"] if connector["action"] == "update"
               for one in connector["properties"] if one["stated"] and one["before"] != one["value"]]
    equal(sorted(rows), sorted(changed))


def test_calls_stand_in_their_order():
    _plan, found, _files = write(PLANNED, export(OLD))
    equal(found.texts("Calls in their order", "li"), [
        "New-InboundConnector for New one: only adds", "Set-InboundConnector for Relay for ERP: only adds",
        "Set-InboundConnector for Relay for ERP: takes away, after the wait"])


def test_a_removal_shows_what_is_lost():
    _plan, found, _files = write(PLANNED, export(OLD, STRANGER), "--prune", "--allow-removals")
    rows = {row[0]: row[1] for row in found.tables("Connector Somebody's own")[1][1:]}
    equal(rows["SenderIPAddresses"], "192.0.2.99")
    if not any("disabled first" in text for text in found.texts("Connector Somebody's own")):
        raise AssertionError(found.sections["Connector Somebody's own"])


def test_a_rename_is_said():
    _plan, found, _files = write({"New name": {**RELAY, "was": "Relay for ERP"}}, export(OLD))
    action = found.tables("Connector New name")[0][1][1]
    equal("renamed from Relay for ERP" in action, True, action)


@each([("en", "Put the connectors back"), ("ja", "コネクタを元に戻す")])
def test_the_way_back_is_the_script(language, title):
    _plan, found, files = write(PLANNED, export(OLD), language=language)
    equal(command(found, title), ".\\rollback.ps1\n$LASTEXITCODE\n")
    equal("rollback.ps1" in files, True, f"{files}")


def test_nothing_to_do():
    spec = {"Relay for ERP": RELAY}
    same = connector("Relay for ERP", SenderIPAddresses=["198.51.100.10", "198.51.100.11"], RequireTls=True)
    _plan, found, _files = write(spec, export(same))
    titles = " ".join(found.titles())
    for word in ("Run connectors.ps1", "Put the connectors back", "Calls in their order"):
        equal(word in titles, False, word)
    if "No connector changes." not in found.texts("What changes"):
        raise AssertionError(found.sections["What changes"])


def test_who_may_relay_is_the_same_everywhere():
    """Connectors that only the tenant has keep relaying: terminal, document and plan.json count them."""
    alone = connector("Certified", TlsSenderCertificateName="relay.example.net", RequireTls=True)
    plan, found, _files = write({"Relay for ERP": RELAY}, export(OLD, STRANGER, alone), "--allow-removals")
    equal(plan["price"]["relay_ip4"], "3")
    said = found.texts("What it lets in", "li")
    for text in ("IPv4 addresses allowed to relay: 3", "Certificate whose holder may relay: relay.example.net"):
        equal(text in said, True, said)
    plan, found, _files = write({"Relay for ERP": RELAY}, export(OLD, STRANGER), "--allow-removals", "--prune")
    equal(plan["price"]["relay_ip4"], "2")
