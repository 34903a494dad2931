"""Plans and tenants for the tests: by hand and at random. Documentation addresses only."""

from .model import DEFAULTS, PROPERTIES, domain, fingerprint, numbered, plan_values, valid

HASH = "0123456789abcdef" * 4


def connector(name, stated=None, managed=True, was=None, action="ensure", **values):
    """A connector of a plan. Every property is stated unless the names that are are given."""
    unknown = set(values) - set(PROPERTIES)
    assert not unknown, unknown
    full = dict(DEFAULTS, **values)
    full["SenderDomains"] = [domain(one) for one in full["SenderDomains"]]
    known = set(PROPERTIES) if stated is None else set(stated)
    rows = [{"Name": one, "Stated": one in known, "Value": full[one]} for one in PROPERTIES]
    return {"Action": action, "Managed": managed, "Name": name, "Was": was, "Properties": rows}


def plan(*connectors, **more):
    base = {
        "Cloud": "worldwide", "Connectors": list(connectors), "Format": "connplan-script",
        "Live": None, "Organization": "contoso.onmicrosoft.com", "PlanHash": HASH, "Sample": False, "TenantName": "Contoso",
        "Version": 1,
    }
    return dict(base, **more)


def made_for(plan, before, exported_at="2026-11-30T08:00:00Z"):
    """The same plan, compared with a tenant: it carries that tenant's state, and its fingerprint."""
    rows = [{key: one.get(key, "Default" if key == "ConnectorSource" else None)
             for key in ["Name", "Guid", "ConnectorSource", *PROPERTIES]} for one in numbered(before)]
    return dict(plan, Live={"Connectors": rows, "ExportedAt": exported_at, "Fingerprint": fingerprint(numbered(before))})


def live(name, **values):
    """A connector in the tenant's memory."""
    full = dict(DEFAULTS, Name=name, **values)
    full["SenderDomains"] = [domain(one) for one in full["SenderDomains"]]
    return full


def live_of(planned, **changes):
    """The tenant's connector that a connector of the plan asks for, with changes."""
    return live(changes.pop("Name", planned["Name"]), **dict(plan_values(planned), **changes))


RELAY = dict(SenderIPAddresses=["198.51.100.10", "198.51.100.16/30"], RequireTls=False, Comment="Relay for ERP")
CERTIFIED = dict(TlsSenderCertificateName="relay.contoso.com", AssociatedAcceptedDomains=["contoso.com"])
FILTER = dict(ConnectorType="Partner", SenderIPAddresses=["203.0.113.0/25"], RestrictDomainsToIPAddresses=True,
              EFSkipLastIP=True)
PARTNER = dict(ConnectorType="Partner", SenderDomains=["vendor.example"], TlsSenderCertificateName="*.vendor.example",
               RestrictDomainsToCertificate=True)


def four(**more):
    """One connector of each common kind."""
    return plan(connector("Relay by address", **RELAY), connector("Relay by certificate", **CERTIFIED),
                connector("Mail from the filter", **FILTER), connector("Vendor", **PARTNER), **more)


# What each property may drift to, given the connector above that it is tried on.
DRIFTS = {
    "Relay by address": {
        "Comment": "somebody was here", "SenderIPAddresses": ["198.51.100.10", "192.0.2.7"],
        "SenderDomains": ["contoso.net;7"], "Enabled": False, "CloudServicesMailEnabled": True,
        "AssociatedAcceptedDomains": ["contoso.net"], "EFSkipIPs": ["192.0.2.0/24"], "EFUsers": ["a@contoso.com"],
        "RequireTls": True, "EFSkipLastIP": True, "TreatMessagesAsInternal": True,
    },
    "Relay by certificate": {
        "Comment": "x", "TlsSenderCertificateName": "old.contoso.com", "Enabled": False,
        "SenderIPAddresses": ["192.0.2.7"], "AssociatedAcceptedDomains": [], "TreatMessagesAsInternal": True,
    },
    "Mail from the filter": {
        "SenderIPAddresses": ["203.0.113.0/26", "192.0.2.0/28"], "SenderDomains": ["contoso.com"],
        "RestrictDomainsToIPAddresses": False, "EFSkipLastIP": False, "Enabled": False, "RequireTls": False,
        "TlsSenderCertificateName": "filter.vendor.example", "EFSkipIPs": ["192.0.2.1-192.0.2.9"],
    },
    "Vendor": {
        "TlsSenderCertificateName": "mx.vendor.example", "RestrictDomainsToCertificate": False,
        "SenderDomains": ["vendor.example", "*.vendor.example"], "Comment": "y", "Enabled": False,
        "SenderIPAddresses": ["192.0.2.7"],
    },
}

ADDRESSES = ["198.51.100.1", "198.51.100.0/30", "198.51.100.2/32", "203.0.113.0/28", "203.0.113.5", "192.0.2.7"]
CERTIFICATES = ["mail.contoso.com", "*.contoso.com", "relay.contoso.net", "mx.vendor.example"]
SENDERS = ["*", "contoso.com", "vendor.example", "*.vendor.example", "contoso.com;5"]


def some(rng, things, most=3):
    return rng.sample(things, rng.randint(0, min(most, len(things))))


def random_values(rng):
    """Property values that the service takes, every combination of kinds possible."""
    while True:
        values = dict(
            DEFAULTS, ConnectorType=rng.choice(["OnPremises", "OnPremises", "Partner"]), Enabled=rng.random() < 0.85,
            Comment=rng.choice(["", "a", "b"]), SenderDomains=some(rng, SENDERS) or ["*"],
            SenderIPAddresses=some(rng, ADDRESSES), RequireTls=rng.random() < 0.6,
            AssociatedAcceptedDomains=some(rng, ["contoso.com", "contoso.net"]) if rng.random() < 0.3 else [],
            TlsSenderCertificateName=rng.choice([None, None] + CERTIFICATES),
            RestrictDomainsToIPAddresses=rng.random() < 0.3, RestrictDomainsToCertificate=rng.random() < 0.3,
            CloudServicesMailEnabled=rng.random() < 0.2, TreatMessagesAsInternal=rng.random() < 0.2,
            EFSkipLastIP=rng.random() < 0.3, EFSkipIPs=some(rng, ["192.0.2.9", "192.0.2.16-192.0.2.31"]),
            EFUsers=some(rng, ["a@contoso.com", "b@contoso.com"]))
        domains = {domain(one).rpartition(";")[0] for one in values["SenderDomains"]}
        if len(domains) == len(values["SenderDomains"]) and valid(values):
            return values


def random_change(rng):
    """A tenant and a plan for it, as different from each other as one likes."""
    names = ["A", "B", "C", "D"]
    before = [live(name, **random_values(rng)) for name in rng.sample(names, rng.randint(1, 4))]
    planned = []
    for name in rng.sample(names, rng.randint(1, 4)):
        stated = None
        if rng.random() < 0.3:
            stated = [one for one in PROPERTIES if rng.random() < 0.6]
        action = "remove" if rng.random() < 0.1 else "ensure"
        planned.append(connector(name, stated=stated, action=action, **random_values(rng)))
    if rng.random() < 0.2:
        planned[0]["Name"], planned[0]["Was"] = "Renamed", planned[0]["Name"]
    return before, plan(*planned)
