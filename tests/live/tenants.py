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


# Texts that break something somewhere: in YAML, in a comment, in PowerShell, in a name.
ODD = ["no", "On", "~", "null", "=cmd", "- a", "a: b", "a #b", "#", "|", ">", "%TAG", "@x", "`", "'", '"', "\\", "{", "]",
       "a\nb", "a\r\nb", "\t", "\0", "\x1b[31m", "\x85", "\u2028", "\u202eabc", "\u200b", "\ufeff", "\ufffe", "\U0001f4e7", "\ud55c",
       "\u05d0\u05d1", "0x1f", "1e3", "12:30:45", "2026-12-05", "0042", "::1", "198.51.100.1/32", "10.0.0.0/8", "*", "&a", "!b",
       "---", "...", "<<", "y", " a ", "a" * 1100, "x" * 70000, "\U0010ffff", "exchange", "on-premises", "C:\\x", "$(x)", "a, b", "?"]
ODD_ADDRESSES = ["2001:db8::1", "198.51.100.1-198.51.100.9", "10.0.0.0/8", "010.1.1.1", "", "host.example.com", "198.51.100.0/23",
                 "255.255.255.255", "0.0.0.0", "127.0.0.1", "169.254.1.1/24", "224.0.0.1", "52.100.0.1", "192.0.0.9"]
ODD_DOMAINS = ["smtp:*;1", "SMTP:Contoso.COM;1", "contoso.com", "smtp:contoso.com;0", "smtp:contoso.com;101", "smtp:a_b.example;1",
               "smtp:local;1", "x400:c=us;1", "smtp:b\u00fccher.example;1", "smtp:*.*.example;1", "", "smtp:contoso.com;01", "smtp:;1"]
EXTRA = {"TrustedOrganizations": ["fabrikam.example"], "ClientHostNames": ["host.example"], "EFTestMode": True,
         "ScanAndDropRecipients": ["a@contoso.com"], "Future": {"value": [1, None, {"a\n": "\0"}], "Count": 3}, "Number": 12.50,
         "Deep": [[[["x"]]]], "Empty": {}, "Odd\tkey": "value", "": "nameless", "\"quoted\"": "\"text\"", "WhenChanged": "/Date(1772500523000)/",
         "Long": "x" * 70000, "Lines": "a\r\nb", "Wrapped": {"value": [], "Count": 0}}


def odd_text(random):
    return "".join(random.sample(ODD, random.choice([0, 1, 1, 2, 3])))


def odd_connector(random, name):
    """As random_connector, with texts, addresses and properties that nobody would expect."""
    one = random_connector(random, name)
    if random.random() < 0.4:
        one["Comment"] = odd_text(random)
    if random.random() < 0.2:
        one["TlsSenderCertificateName"] = odd_text(random)
    if random.random() < 0.3:
        one["SenderIPAddresses"] += random.choices(ODD_ADDRESSES[8:] if random.random() < 0.7 else ODD_ADDRESSES, k=2)
    if random.random() < 0.2:
        one["SenderDomains"] = random.choices(ODD_DOMAINS[:3] if random.random() < 0.5 else ODD_DOMAINS, k=random.randrange(4))
    if random.random() < 0.3:
        one["EFSkipIPs"] += random.choices([*ODD_ADDRESSES, "2001:db8::1-2001:db8::5"], k=2)
        one["EFUsers"] += [odd_text(random), random.choice(["ann@contoso.com", "ANN@contoso.com"])]
        one["AssociatedAcceptedDomains"] += random.choices(["CONTOSO.com", "contoso.com", odd_text(random), "sub.contoso.com"], k=2)
    for key in some(random, list(EXTRA), 5):
        one[key] = EXTRA[key]
    for key in some(random, [key for key in MANAGED if key not in ("ConnectorType", "Enabled")], 3):
        if random.random() < 0.3:
            one.pop(key)
        elif random.random() < 0.5:
            one[key] = None
    return one


def odd_tenant(random):
    names = [(odd_text(random) or "x")[:256] for _ in range(random.randrange(6))] + some(random, NAMES, 4)
    return [odd_connector(random, name) for name in {lower(name): name for name in names}.values()]


def lower(name):
    """As names are compared: by the case of ASCII alone."""
    return "".join(chr(ord(c) + 32) if "A" <= c <= "Z" else c for c in name)


def shape(random, tenant):
    """The bytes of one of the shapes and encodings of an export."""
    if random.random() < 0.3:
        tenant = [{key: {"value": value, "Count": len(value)} if isinstance(value, list) and random.random() < 0.5 else value
                   for key, value in one.items()} for one in tenant]
    domains = [{"DomainName": name, "DomainType": random.choice(["Authoritative", "InternalRelay", "ExternalRelay", None]),
                "MatchSubDomains": random.random() < 0.3}
               for name in random.choices([*DOMAINS, "Contoso.com", "b\u00fccher.example", odd_text(random)], k=4)]
    organization = random.choice(["contoso.onmicrosoft.com", "contoso.onmicrosoft.us", "c.partner.onmschina.cn", odd_text(random), None])
    value = random.choice([
        tenant, [None, *tenant], {"value": tenant, "Count": len(tenant)},
        export(*tenant, AcceptedDomain=domains, organization=organization, OrganizationConfig=None),
        export(*tenant, AcceptedDomain=None, TransportConfig={"SmtpClientAuthenticationDisabled": True}),
    ])
    if len(tenant) == 1 and random.random() < 0.5:
        value = tenant[0]
    data = json.dumps(value, indent=random.choice([None, 1]), ensure_ascii=random.random() < 0.5)
    if random.random() < 0.2:
        return b"\xff\xfe" + data.encode("utf-16-le")
    return random.choice([b"", b"\xef\xbb\xbf"]) + data.encode().replace(b"\n", random.choice([b"\n", b"\r\n"]))
