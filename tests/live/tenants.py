"""Tenants for the tests: connectors as Get-InboundConnector shows them, at random or by hand."""

import hashlib
import json

FLAGS = ["RequireTls", "RestrictDomainsToIPAddresses", "RestrictDomainsToCertificate",
         "CloudServicesMailEnabled", "TreatMessagesAsInternal", "EFSkipLastIP"]
LISTS = ["SenderDomains", "SenderIPAddresses", "AssociatedAcceptedDomains", "EFSkipIPs", "EFUsers"]
MANAGED = ["ConnectorType", "Enabled", "Comment", "TlsSenderCertificateName", *FLAGS, *LISTS]


def connector(name, **more):
    """An on-premises connector that takes nothing, and what is said otherwise."""
    return {"Name": name, "Guid": hashlib.md5(name.encode()).hexdigest(), "ConnectorSource": "Default",
            "ConnectorType": "OnPremises", "Enabled": True, "Comment": "", "TlsSenderCertificateName": None,
            **dict.fromkeys(FLAGS, False), **{key: [] for key in LISTS},
            "SenderDomains": ["smtp:*;1"], "IsValid": True, **more}


def export(*connectors, **more):
    """The format of export.ps1."""
    return {"format": "connplan-export", "version": 1, "exported_at": "2026-11-30T08:00:00Z",
            "organization": "contoso.onmicrosoft.com", "InboundConnector": list(connectors),
            "AcceptedDomain": [{"DomainName": "contoso.com", "DomainType": "Authoritative",
                                "MatchSubDomains": False}],
            "OrganizationConfig": {"Name": "contoso.onmicrosoft.com",
                                   "ExternalDirectoryOrganizationId":
                                       "00000000-0000-4000-8000-000000000099",
                                   "RejectDirectSend": False, "IsDehydrated": False},
            "TransportConfig": {"SmtpClientAuthenticationDisabled": False}, **more}


def text(value):
    return json.dumps(value, indent=1).encode()


def fingerprint(connectors):
    """The definition of the fingerprint, once more and from the outside."""
    lines = []
    for one in connectors:
        for key in [*MANAGED, "ConnectorSource", "Guid"]:
            value = one.get(key)
            values = [item for item in (value if isinstance(value, list) else [value]) if item is not None]
            lines += [f"{one['Name']}\x1f{key}\x1f{item}\n" for item in values or [""]]
    lines.sort(key=lambda line: line.encode("utf-16-be"))
    return hashlib.sha256("".join(lines).encode()).hexdigest()


ADDRESSES = ["198.51.100.10", "198.51.100.11", "198.51.100.16/28", "198.51.100.20", "203.0.113.0/24",
             "203.0.113.9", "192.0.2.0/25", "192.0.2.128/25", "10.1.1.30", "198.51.100.37/30"]
DOMAINS = ["*", "contoso.com", "*.contoso.com", "contoso.net", "partner.example", "xn--bcher-kva.example"]
CERTIFICATES = ["mail.contoso.com", "*.contoso.com", "relay.example.com", "Mail.Contoso.com"]
COMMENTS = ["", "", "Relay for ERP", "a: b # c", "'quoted' \"twice\"", "two\nlines", "tab\there", "東京",
            "- dash", "ends with CR\r\n", "null", "0042", " blanks ", "x" * 300, "\u200bhidden", "\u2028"]
NAMES = ["HQ relay", "Relay for ERP", "東京 リレー", "route", "none", "198.51.100.10", "a/b~c", "O'Brien: x",
         "# hash", "true", "  lead", "Inbound from 00000000-0000-0000-0000-000000000000", "é", "*", "&a",
         "x" * 64, "\u202eright", "null", "1.5", "a\tb"]
SKIPPED = ["198.51.100.1", "192.0.2.0/24", "203.0.113.1-203.0.113.9", "10.0.0.0/8", "192.0.2.0-192.0.2.255"]


def some(random, items, most=4):
    return random.sample(items, random.randrange(min(most, len(items)) + 1))


def random_connector(random, name):
    """Anything that the reader takes, sensible or not."""
    one = connector(name, ConnectorType=random.choice(["OnPremises", "Partner", "onpremises"]),
                    Enabled=random.random() < 0.8, Comment=random.choice(COMMENTS),
                    ConnectorSource=random.choice(["Default", "AdminUI", "HybridWizard", "Migrated"]),
                    SenderIPAddresses=some(random, ADDRESSES),
                    TlsSenderCertificateName=random.choice([None, "", *CERTIFICATES]))
    one["SenderDomains"] = [f"smtp:{domain};{random.choice([1, 1, 1, 5, 100])}"
                            for domain in some(random, DOMAINS, 3) or ["*"]]
    one.update({flag: random.random() < 0.25 for flag in FLAGS})
    if random.random() < 0.3:
        one["AssociatedAcceptedDomains"] = some(random, ["contoso.com", "contoso.net", "Example.org"])
        one["EFSkipIPs"] = some(random, SKIPPED)
        one["EFUsers"] = some(random, ["ann@contoso.com", "Bob@contoso.com", "all staff"])
    return one


def random_tenant(random):
    names = {name.lower(): name for name in some(random, NAMES, 6)}
    return [random_connector(random, name) for name in names.values()]
