#!/usr/bin/python3
"""Writes the generated cases: generated-normal.json, letters.json, and generated-tenants.json from the
exports of tests/live and tenants that are made up. Values of what must come out are computed here, a
third time.
"""

import ipaddress
import json
import pathlib
import random
import re
import sys

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "live"))
import tenants  # noqa: E402

TEXTS = {
    "SenderIPAddresses": ["198.51.100.10", "198.51.100.10/32", "198.51.100.8/30", "198.51.100.11/30", "198.51.100.0/24",
                          "198.51.100.77/24", "198.51.100.0/25", "198.51.100.128/25", "198.51.100.010", "198.51.100.10/032",
                          "198.51.100.256", "198.51.100.10/33", "0.0.0.0/0", "255.255.255.255", "", "host.example.com"],
    "EFSkipIPs": ["198.51.100.10", "198.51.100.10-198.51.100.10", "198.51.100.8-198.51.100.11", "198.51.100.8/30",
                  "198.51.100.11-198.51.100.8", "198.51.100.9-198.51.100.14", "198.51.100.9", "198.51.100.8/31-198.51.100.11",
                  "198.51.100.8-198.51.100.11-198.51.100.12", "0.0.0.0-255.255.255.255", "0.0.0.0/0", "-", "198.51.100.8-",
                  "2001:DB8::1", "2001:db8::1"],
    # The blank makes it a list of its own: that of IPv6.
    "EFSkipIPs ": ["2001:DB8::1", "2001:db8::1", "2001:db8:0:0:0:0:0:1", "2001:0db8::0001", "2001:db8::1/128", "2001:db8::/32",
                   "2001:db8::1/32", "2001:db8:ffff::/48", "2001:db8::-2001:db8:ffff:ffff:ffff:ffff:ffff:ffff", "2001:db8::2-2001:db8::3",
                   "2001:db8::2/127", "2001:db8::1-2001:db8::2", "2001:DB8::0001-2001:db8:0::2", "2001:db8::2-2001:db8::1", "::", "::/0",
                   "0:0:0:0:0:0:0:0/0", "1:2:3:4:5:6:7::", "1:2:3:4:5:6:7:0", "::2:3:4:5:6:7:8", "0:2:3:4:5:6:7:8", "1:2:3:4:5:6:7:8:9",
                   "::1:2:3:4:5:6:7:8", "1::2::3", ":::", ":", "1:", ":1", "00001::", "2001:db8::1/129", "2001:db8::1/0128", "2001:db8::g",
                   "::ffff:198.51.100.10", "198.51.100.10", "2001:db8::1%1", "[2001:db8::1]", "2001:db8::1/", "198.51.100.1-2001:db8::1",
                   "2001:db8::1-198.51.100.1", "2001:db8::/127-2001:db8::3", "2001:db8:8000::/33", "2001:db8::/33",
                   "2001:db8::-2001:db8::-2001:db8::1", "::-::", "::1 ", "0::1", "0x1::"],
    "SenderDomains": ["contoso.com", "Contoso.com", "smtp:contoso.com;1", "SMTP:CONTOSO.COM", "contoso.com;1", "contoso.com;01",
                      "contoso.com;2", "*", "smtp:*;1", "*.contoso.com", "x400:c=us;1", "X400:C=US;1", "smtp:;1", ";", "a;b;1", "a:b"],
    "AssociatedAcceptedDomains": ["contoso.com", "CONTOSO.com", "contoso.net", "b\u00fccher.example", "B\u00dcCHER.example",
                                  "b\u00dccher.example", ""],
    "EFUsers": ["ann@contoso.com", "Ann@contoso.com", "\u00c9lise@contoso.com", "\u00e9lise@contoso.com", "\u212aelvin@contoso.com",
                "kelvin@contoso.com", "\u0130@contoso.com", "i@contoso.com"],
}
SINGLE = {
    "TlsSenderCertificateName": [None, "", "mail.contoso.com", "Mail.Contoso.com", "*.contoso.com", "MA\u0130L.contoso.com", "mail\u200b.contoso.com"],
    "Comment": [None, "", "a", "A", "a ", "\u200b", "a\nb", "a\r\nb", "\u00e9", "e\u0301", "\U0001f4e7"],
    "ConnectorType": ["OnPremises", "onpremises", "Partner", None],
}


def lower(text):
    return re.sub("[A-Z]+", lambda match: match[0].lower(), text)


def network(text):
    """(version, first, last) of an address or a network in a spelling that is taken, else None."""
    if not re.fullmatch(r"((0|[1-9]\d{0,2})(\.(0|[1-9]\d{0,2})){3}|[0-9A-Fa-f:]+)(/(0|[1-9]\d{0,2}))?", text):
        return None
    try:
        found = ipaddress.ip_network(text, strict=False)
    except ValueError:
        return None
    return found.version, int(found[0]), int(found[-1])


def range_key(text):
    ends = text.split("-")
    pairs = [network(end) for end in ends]
    if None in pairs or len(ends) > 2 or (len(ends) == 2 and "/" in text) or pairs[0][0] != pairs[-1][0] or pairs[0][1] > pairs[-1][2]:
        return lower(text)
    return pairs[0][0], pairs[0][1], pairs[-1][2]


def domain_key(text):
    match = re.fullmatch(r"(?:smtp:)?([^:;]*)(?:;([0-9]+))?", lower(text))
    return f"smtp:{match[1]};{match[2] or '1'}" if match else lower(text)


def is_network(key):
    size = key[2] - key[1] + 1
    return size & (size - 1) == 0 and key[1] % size == 0


def keys(name, values):
    """A list as a set of what its elements are told apart by; a network inside another adds nothing."""
    made = {{"SenderDomains": domain_key, "SenderIPAddresses": range_key, "EFSkipIPs": range_key}.get(name, lower)(one)
            for one in values if one != ""}
    networks = [one for one in made if isinstance(one, tuple) and is_network(one)]
    return {one for one in made if not (one in networks and any(
        other != one and other[0] == one[0] and other[1] <= one[1] and one[2] <= other[2] for other in networks))}


def normal_cases():
    numbers = random.Random("normal forms")
    for name, texts in TEXTS.items():
        name = name.strip()
        for left in texts:
            right = numbers.choice(texts)
            yield name, [left], [right], keys(name, [left]) == keys(name, [right])
        for _ in range(80):
            left = numbers.choices(texts, k=numbers.randrange(5))
            right = numbers.sample(left, len(left)) + numbers.choices(texts, k=numbers.choice([0, 0, 1]))
            if numbers.random() < 0.3:
                right = numbers.choices(texts, k=numbers.randrange(5))
            yield name, left, right, keys(name, left) == keys(name, right)
    for name, texts in SINGLE.items():
        for left in texts:
            for right in texts:
                same = (left or "") == (right or "") if name == "Comment" else lower(left or "") == lower(right or "")
                yield name, left, right, same


def short(tenant):
    """Without texts that are long only to be long."""
    return all(len(str(value)) < 2000 for one in tenant for value in one.values())


def tenant_cases():
    for path in sorted((HERE.parent / "live/exports").iterdir()):
        data = path.read_bytes()
        value = json.loads(data.decode("utf-16" if data.startswith(b"\xff\xfe") else "utf-8-sig") or "[]")
        yield path.name, value if isinstance(value, list) else value.get("value", [value])
    for seed in range(100):
        numbers = random.Random(seed)
        tenant = (tenants.odd_tenant if seed % 2 else tenants.random_tenant)(numbers)
        tenant = [{key: value for key, value in one.items() if key in KEPT} for one in tenant]
        if tenant and short(tenant):
            yield f"made up, {seed}", tenant


# Unicode gives them the capitals I and S; to .NET they are letters of their own.
ALONE = "\u0131\u017f"


def capital(letter):
    """The one letter that is its capital. Python knows whole words: where that is more than one letter,
    the form for titles is the single one, if there is one."""
    for form in (letter.upper(), letter.title()):
        if len(form) == 1 and letter not in ALONE:
            return form
    return letter


def letter_groups():
    """Letters that are one but for case, each group from its lowest code point."""
    groups = {}
    for code in (*range(0xd800), *range(0xe000, 0x20000)):
        groups.setdefault(capital(chr(code)), []).append(chr(code))
    return sorted(sorted(group) for group in groups.values() if len(group) > 1)


KEPT = ("Name", "Guid", "ConnectorSource", *tenants.MANAGED)


def files():
    """{name: text}, one case a line."""
    normal = [dict(zip(("property", "left", "right", "equal"), case)) for case in normal_cases()]
    made = [{"case": name, "connectors": connectors, "fingerprint": tenants.fingerprint(connectors)}
            for name, connectors in tenant_cases()]
    return {name: "[\n" + ",\n".join(json.dumps(case) for case in cases) + "\n]\n"
            for name, cases in (("generated-normal.json", normal), ("generated-tenants.json", made),
                                ("letters.json", letter_groups()))}


if __name__ == "__main__":
    for file, content in files().items():
        (HERE / file).write_text(content, encoding="ascii")
