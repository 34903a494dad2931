"""Random specs and tenants, and the real compiler between them."""

import json
import re
import sys
from pathlib import Path

from . import plans
from .model import PROPERTIES, numbered
from .suite import expect

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
from lib import BINARY, connplan  # noqa: E402

DAY = ("--today", "2026-12-01")
VENDORS = ["vendor.example", "*.vendor.example", "partner.example", "mail.example.org"]


def is_there():
    return BINARY.exists()


# ---- specs ----


def blocks(rng):
    """The documentation addresses in 48 pieces, in any order: no two egress objects share one."""
    pieces = ["%s.%d" % (block, at) for block in ("192.0.2", "198.51.100", "203.0.113") for at in range(0, 256, 16)]
    return rng.sample(pieces, len(pieces))


def addresses(rng, block):
    base, _, last = block.rpartition(".")
    inside = ["%s.%d" % (base, int(last) + at) for at in range(16)]
    return rng.choice([[inside[1]], [inside[0] + "/30", inside[5]], [inside[8] + "/29"], [inside[0] + "/28"],
                       [inside[2] + "/32", inside[3]], inside[4:9]])


def egress(rng, count):
    free = blocks(rng)
    return {"e%d" % at: dict({"addresses": addresses(rng, free[at])}, **({"shared": True} if at % 3 == 2 else {}))
            for at in range(count)}


def relays(rng, spec, names):
    """Gateways and hosts behind the egress objects that are ours."""
    for at, name in enumerate(names):
        host = {"address": "10.1.%d.1" % at, "sends_as": rng.choice(["contoso.com", "contoso.net"]),
                "recipients": rng.choice(["internal", "internal", "any"]), "tls": rng.choice(["required", "required", "opportunistic"])}
        if rng.random() < 0.5:
            spec["gateways"]["g%d" % at] = {"kind": "postfix", "egress": name, "certificate": "relay%d.contoso.com" % at}
            host["via"] = "g%d" % at
        else:
            host["egress"] = name
        spec["relay_hosts"]["h%d" % at] = host


def scope(rng):
    """Mostly what the tenant accepts; sometimes a domain that it does not, which must not pass."""
    domains = rng.sample(["contoso.com", "contoso.net"], rng.randint(1, 2))
    return domains + ([rng.choice(["fabrikam.example", "vendor.example"])] if rng.random() < 0.1 else [])


def on_premises(rng, spec, name):
    """What accepts one host: mostly what goes together, sometimes anything."""
    at = name[1:]
    by = rng.choice(["address", "address", "either", "certificate"])
    made = {"type": "on-premises", "accepts": [name]}
    if "g" + at in spec["gateways"] and by != "address":
        made.update(identify_by=by, certificate="relay%s.contoso.com" % at)
    if rng.random() < 0.2:
        made["accepted_domains"] = scope(rng)
    if rng.random() < 0.3:
        made["require_tls"] = rng.random() < 0.7
    if rng.random() < 0.15:
        made["treat_as_internal"] = True
    return made


def partner(rng, others):
    made = {"type": "partner", "accepts": [one for one in others if rng.random() < 0.7],
            "sender_domains": rng.choice([rng.sample(VENDORS, 2), ["*"], [{"domain": "vendor.example", "cost": rng.randint(1, 100)}]])}
    if rng.random() < 0.2:
        made["accepted_domains"] = scope(rng)
    restrict = ["address"] if made["accepts"] else []
    if rng.random() < 0.5:
        made["certificate"] = rng.choice(["*.vendor.example", "mx.vendor.example"])
        restrict.append("certificate")
    if restrict and rng.random() < 0.8:
        made["restrict_to"] = rng.sample(restrict, 1)
    if rng.random() < 0.4:
        made["enhanced_filtering"] = rng.choice([{"skip_last": True}, {"skip": ["192.0.2.9", "203.0.113.16-203.0.113.31"]},
                                                 {"skip_last": True, "users": ["ann@contoso.com", "Bob@contoso.com"]}])
    return made


def decorated(rng, made, former):
    """What any connector may have besides."""
    if rng.random() < 0.4:
        made["comment"] = rng.choice(["Relay for ERP", "it's", "a\nb", ""])
    if rng.random() < 0.15:
        made["enabled"] = False
    if rng.random() < 0.1:
        made["managed"] = False
    if rng.random() < 0.2:
        made["was"] = former
    if rng.random() < 0.05:
        made.update(rng.choice([{"hybrid": True}, {"restrict_to": ["address"]}, {"certificate": "*.contoso.com"}]))
    return made


def random_spec(rng):
    spec = {"version": 1, "sample": True, "gateways": {}, "relay_hosts": {}, "connectors": {},
            "tenant": {"name": "Contoso", "organization": "contoso.onmicrosoft.com", "mx_host": "contoso-com.mail.protection.outlook.com"},
            "domains": {**{name: {"spf": {"manage": "off"}} for name in ("contoso.com", "contoso.net")},
                        "fabrikam.example": {"accepted": False, "spf": {"manage": "off"}}},
            "egress": egress(rng, rng.randint(1, 7))}
    ours = [name for name, one in spec["egress"].items() if "shared" not in one]
    relays(rng, spec, ours)
    for at, host in enumerate(list(spec["relay_hosts"])):
        spec["connectors"]["Relay %d" % at] = decorated(rng, on_premises(rng, spec, host), "Old relay %d" % at)
    if rng.random() < 0.6:
        shared = [name for name in spec["egress"] if name not in ours]
        spec["connectors"]["Mail from a partner"] = decorated(rng, partner(rng, shared), "Old partner")
    return spec


# ---- tenants ----


def drifted(rng, values):
    """The values of one connector with some of another's; what the service would hold."""
    from .model import valid
    for _ in range(20):
        other = plans.random_values(rng)
        names = rng.sample(list(PROPERTIES), rng.randint(1, 4))
        made = dict(values, **{name: other[name] for name in names})
        if valid(made):
            return made
    return values


def random_tenant(rng, connectors):
    """Connectors of a plan.json, some of them, some drifted; beside strangers and the wizard's own."""
    rows = []
    for one in connectors:
        values = {row["name"]: row["value"] for row in one["properties"]}
        chance = rng.random()
        if chance < 0.3:
            continue
        if chance < 0.75:
            values = drifted(rng, values)
        name = one["was"] if one["was"] and rng.random() < 0.6 else one["name"]
        rows.append(plans.live(rng.choice([name, name, name.upper()]), **values))
    for at in range(rng.randint(0, 2)):
        rows.append(plans.live("Stranger %d" % at, **plans.random_values(rng)))
    for at in range(rng.randint(0, 2)):
        rows.append(plans.live("Inbound from 00000000-0000-4000-8000-00000000010%d" % at, ConnectorSource="HybridWizard",
                               **plans.random_values(rng)))
    rng.shuffle(rows)
    return numbered(rows)


def export_of(tenant):
    rows = [dict({"ConnectorSource": "Default"}, **one) for one in tenant]
    return {"format": "connplan-export", "version": 1, "exported_at": "2026-12-01T08:00:00Z", "organization": "contoso.onmicrosoft.com",
            "InboundConnector": rows, "AcceptedDomain": None, "TransportConfig": None,
            "OrganizationConfig": {"Name": "contoso.onmicrosoft.com", "IsDehydrated": False, "RejectDirectSend": False,
                                   "ExternalDirectoryOrganizationId": "11111111-2222-4333-8444-555555555555"}}


# ---- the compiler, and what it writes ----


class Place:
    """A folder with a spec, where the compiler runs."""

    def __init__(self, folder, spec):
        self.folder = Path(folder)
        self.folder.mkdir(parents=True)
        data = spec if isinstance(spec, bytes) else json.dumps(spec).encode()
        (self.folder / "mailflow.yaml").write_bytes(data)

    def run(self, *arguments, **how):
        return connplan(*arguments, *DAY, cwd=self.folder, **how)

    def write(self, name, value):
        (self.folder / name).write_text(json.dumps(value), encoding="utf-8")
        return name

    def scripts(self, out):
        return {path.name: path.read_bytes() for path in (self.folder / out).glob("*.ps1")}

    def document(self, out):
        return json.loads((self.folder / out / "plan.json").read_bytes())


def parts(templates, kind, data):
    """The data literal of a script; all the rest must be the runtime, byte for byte."""
    text = data.decode("utf-8-sig").replace("\r\n", "\n")
    shared = ["common.ps1"] + (["changes.ps1", "moved.ps1"] if kind in ("connectors", "rollback") else [])
    head = templates.texts[kind + ".head.ps1"] + "\n"
    tail = "".join("\n" + templates.texts[name] for name in [*shared, kind + ".body.ps1"])
    expect(text.startswith(head + "$Plan = @{\n") and text.endswith("}\n" + tail), kind, "is not one literal in the runtime")
    return text[len(head):-len(tail)]


def steps_of(bench, kind, data):
    """step(...) for a script: the engine compiles the runtime once, and reads the plan from the literal."""
    literal = parts(bench.templates, kind, data).replace("\n", "\r\n").encode("utf-8-sig")
    script = bench.script(kind, bench.verbatim)
    source = bench.keep(literal)
    return lambda **more: bench.step(script, file=kind + ".ps1", planFrom=source, planWith={"Sample": False}, **more)


def whole(bench, kind, data):
    """step(...) for a script as it stands, but for the word that it is a sample."""
    parts(bench.templates, kind, data)
    real, count = re.subn(rb"(?m)^( *Sample = )\$true(\r?)$", rb"\g<1>$false\2", data)
    expect(count == 1, count, "lines say Sample = $true")
    script = bench.keep(real)
    return lambda **more: bench.step(script, file=kind + ".ps1", **more)
