"""CP707 against a second count of what the tenant takes: connectors, addresses and certificates at random."""

import ipaddress
import json
import random

from lib import equal
from plans import HEAD, run_plan
from tenants import connector, export

ADDRESSES = ["198.51.100.10", "198.51.100.11", "198.51.100.0/28", "203.0.113.7", "203.0.113.0/30"]
CERTIFICATES = ["mail.contoso.com", "*.contoso.com", "relay.example.com", "*.relay.example.com"]
NAMES = ["One", "Two", "Three", "Four", "Five"]
# What a connector of the spec accepts: an egress object for each address.
EGRESS = {f"at{number}": {"addresses": address} for number, address in enumerate(ADDRESSES)}


def some(choice, items, most):
    return choice.sample(items, choice.randrange(most + 1))


def live_connector(choice, name):
    return connector(name, ConnectorType=choice.choice(["OnPremises", "OnPremises", "Partner"]),
                     Enabled=choice.random() < 0.8, SenderIPAddresses=some(choice, ADDRESSES, 3),
                     TlsSenderCertificateName=choice.choice([None, None, *CERTIFICATES]), RequireTls=True,
                     ConnectorSource=choice.choice(["Default"] * 5 + ["HybridWizard"]))


def spec_connector(choice, live):
    """Mostly what the tenant holds, with one or another thing changed."""
    one = {"type": {"OnPremises": "on-premises", "Partner": "partner"}[live["ConnectorType"]],
           "accepts": [name for name, egress in EGRESS.items() if egress["addresses"] in live["SenderIPAddresses"]],
           "certificate": live["TlsSenderCertificateName"], "enabled": live["Enabled"]}
    if choice.random() < 0.3:
        one["type"] = choice.choice(["on-premises", "partner"])
    if choice.random() < 0.3:
        one["accepts"] = some(choice, list(EGRESS), 3)
    if choice.random() < 0.3:
        one["certificate"] = choice.choice([None, *CERTIFICATES])
    if choice.random() < 0.2:
        one["enabled"] = not one["enabled"]
    if one["type"] == "partner":
        one["sender_domains"] = "vendor.example"
    elif one["certificate"]:
        one["identify_by"] = "either"
    return {key: value for key, value in one.items() if value is not None}


def random_case(choice):
    live = [live_connector(choice, name) for name in some(choice, NAMES, 5)]
    connectors = {}
    for one in live:
        word = choice.random()
        if word < 0.6:
            connectors[one["Name"]] = spec_connector(choice, one)
        elif word < 0.75:
            connectors[f"New {one['Name']}"] = {**spec_connector(choice, one), "was": one["Name"]}
    return live, connectors


class Takes:
    """What one connector takes: by the live record, or by that of plan.json."""

    def __init__(self, name, record):
        self.name = name
        self.relays = record["ConnectorType"].lower() != "partner"
        self.on = record["Enabled"]
        self.addresses = [ipaddress.ip_network(text) for text in record["SenderIPAddresses"]]
        self.certificate = (record["TlsSenderCertificateName"] or "").lower()

    def entries(self):
        return [*self.addresses, *([self.certificate] if self.certificate else [])]

    def takes(self, entry):
        if isinstance(entry, str):
            return self.certificate == entry or (
                self.certificate.startswith("*.") and entry.endswith(self.certificate[1:]))
        return any(entry.subnet_of(address) for address in self.addresses)


def is_kept(before, entry, after):
    """Some networks together may hold one that none holds alone: address by address."""
    takers = [one for one in after if one.on and (one.relays or not before.relays)]
    if isinstance(entry, str):
        return any(one.takes(entry) for one in takers)
    return all(any(one.takes(ipaddress.ip_network(address)) for one in takers) for address in entry)


def over(going, count):
    return count >= 3 and going * 10 > count * 3


def expected(pairs, after):
    """The clause that opens the finding's message, or None."""
    pairs = [(before, own) for before, own in pairs if before.on]
    gone = [before for before, own in pairs
            if own is None or not own.on or (before.relays and not own.relays)]
    if over(len(gone), len(pairs)):
        return f"{len(gone)} of {len(pairs)} enabled connectors would go"
    # An entry counts at the most that any connector lets it do.
    entries = {}
    for before, _own in sorted(pairs, key=lambda pair: not pair[0].relays):
        for entry in before.entries():
            entries.setdefault(entry, is_kept(before, entry, after))
    lost = sum(not kept for kept in entries.values())
    if over(lost, len(entries)):
        return f"{lost} of {len(entries)} addresses and certificates would not"
    if any(not is_kept(before, entry, after) for before in gone for entry in before.entries()):
        return "the connector "
    return None


def parties(plan, live, connectors):
    """(live, what becomes of it), and all that the tenant holds afterwards, from the plan's own values."""
    by_name = {one["Name"].lower(): Takes(one["Name"], one) for one in live}
    pairs, after = [], []
    for one in plan["connectors"]:
        # One of the wizard's is not renamed: the spec's former name leads to it.
        former = one["was"] or connectors.get(one["name"], {}).get("was") or one["name"]
        before = by_name.pop(former.lower(), None)
        values = {item["name"]: item["value"] for item in one["properties"]}
        own = None if one["action"] == "remove" else before if one["action"] == "unmanaged" else Takes(one["name"], values)
        if before is not None:
            pairs.append((before, own))
        if own is not None:
            after.append(own)
    equal(by_name, {}, "connectors that the plan does not name")
    return pairs, after


def test_radius_by_a_second_count():
    choice, clauses = random.Random(707), set()
    for number in range(200):
        live, connectors = random_case(choice)
        flags = ["--prune"] if choice.random() < 0.5 else []
        result = run_plan(connectors, export(*live), *flags, "--format", "json", "--fail-on", "never",
                          head={**HEAD, "egress": {**HEAD["egress"], **EGRESS}})
        plan = json.loads(result.out)
        found = [one["message"] for one in plan["diagnostics"] if one["code"] == "CP707"]
        wanted = expected(*parties(plan, live, connectors))
        if len(found) != (wanted is not None) or not (found or [""])[0].startswith(wanted or ""):
            raise AssertionError(f"case {number}: {found}, wanted {wanted}\n{json.dumps([live, connectors])}")
        clauses.add(wanted and wanted.split()[-1])
    equal(clauses, {None, "go", "not", "connector"}, "kinds of findings that came up")
