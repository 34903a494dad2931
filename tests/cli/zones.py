"""What build writes for DNS, read back by a reader of zone files that knows nothing of the writer."""

import hashlib
import ipaddress
import json
import random
import re

from lib import connplan, each, equal
from specs import folder, smallest

TOKEN = re.compile(r'"((?:[^"\\]|\\\d{3}|\\.)*)"|([^\s;"]+)|(;.*)')
ESCAPE = re.compile(r"\\(\d{3})|\\(.)")


def unescaped(text):
    return ESCAPE.sub(lambda match: chr(int(match[1])) if match[1] else match[2], text)


def records(text):
    """The records of a zone file as (name, ttl, type, [data]); RFC 1035 section 5.1."""
    found = []
    for line in text.splitlines():
        words = []
        for quoted, word, comment in TOKEN.findall(line):
            words += [] if comment else [unescaped(quoted) if line.count('"') and not word else word]
        if words:
            name, ttl, in_class, kind, *data = words
            equal(in_class, "IN")
            found.append((name, int(ttl), kind, data))
    return found


def built(spec):
    """Builds a spec; returns plan.json and the zones as {path: records}."""
    with folder(mailflow=spec) as place:
        connplan("build", "mailflow.yaml", "-o", "out", cwd=place, status=0)
        zones = {path.relative_to(place / "out").as_posix(): path.read_text("utf-8")
                 for path in (place / "out/dns").rglob("*.zone")}
        return json.loads((place / "out/plan.json").read_text("utf-8")), zones


def domain(**keys):
    return {"contoso.com": {"spf": {"manage": "off"}, **keys}}


def test_mail_records():
    rua = [f"mailto:{'r' * 40}{number}@contoso.com!5m" for number in range(9)]
    plan, zones = built(smallest(domains=domain(
        dmarc={"policy": "reject", "rua": rua},
        dkim={"s2": "t2.example.net", "s1.a": "T1.example.net."})))
    dmarc, *dkim = records(zones["dns/2-final/contoso.com.zone"])
    equal(dmarc[:3], ("_dmarc.contoso.com.", 3600, "TXT"))
    equal("".join(dmarc[3]), "v=DMARC1; p=reject; rua=" + ",".join(rua))
    if len(dmarc[3]) < 2 or max(map(len, dmarc[3])) > 255:
        raise AssertionError([len(one) for one in dmarc[3]])
    equal(dkim, [("s1.a._domainkey.contoso.com.", 3600, "CNAME", ["t1.example.net."]),
                 ("s2._domainkey.contoso.com.", 3600, "CNAME", ["t2.example.net."])])
    equal([(one["name"] + ".", one["ttl"], one["type"], one["strings"] or [one["value"]])
           for one in plan["records"]], [dmarc, *dkim])


def test_nothing_stated_writes_nothing():
    plan, zones = built(smallest(domains=domain()))
    equal((plan["records"], plan["ptr"], zones), ([], [], {}))


def covered(names):
    """The networks that names of PTR records stand for, single addresses and wildcards."""
    networks = set()
    for name in names:
        ip4 = name.endswith(".in-addr.arpa.")
        labels = name.removesuffix(".in-addr.arpa." if ip4 else ".ip6.arpa.").split(".")
        wild = labels[0] == "*"
        labels = labels[wild:][::-1]
        bits = len(labels) * (8 if ip4 else 4)
        if ip4:
            address = ".".join(labels + ["0"] * (4 - len(labels)))
        else:
            digits = "".join(labels).ljust(32, "0")
            address = ":".join(digits[at:at + 4] for at in range(0, 32, 4))
        if not wild:
            equal(bits, 32 if ip4 else 128, name)
        networks.add(ipaddress.ip_network(f"{address}/{bits}"))
    return networks


def test_reverse_names_cover_the_ranges():
    """Every address of an egress object has its name, and no other address has."""
    chance = random.Random(7)
    egress, wanted = {}, {}
    for number in range(24):
        if number % 3:
            network = ipaddress.ip_network((f"25.{number}.0.0", chance.randint(17, 32)))
        else:
            network = ipaddress.ip_network((f"2001:db8:{number:x}::", chance.randint(48, 128)))
        egress[f"e{number}"] = {"addresses": str(network), "ptr": f"out{number}.contoso.com"}
        wanted.setdefault(network.version, {})[network] = f"out{number}.contoso.com."
    host = {"address": "10.1.1.1", "egress": list(egress), "sends_as": "contoso.com",
            "method": "internet"}
    _, zones = built(smallest(egress=egress, relay_hosts={"h": host}, domains=domain()))
    names = {}
    for name, ttl, kind, data in records(zones["dns/ptr.zone"]):
        equal((ttl, kind, len(data)), (3600, "PTR", 1))
        names.setdefault(data[0], []).append(name)
    for networks in wanted.values():
        for network, name in networks.items():
            equal(list(ipaddress.collapse_addresses(covered(names[name]))), [network], name)
    equal(len(names), 24)


def test_names_by_address():
    plan, zones = built(smallest(domains=domain(), egress={"office": {
        "addresses": ["198.51.100.10/31", "2001:db8::1"],
        "ptr": {"2001:db8::1": "six.contoso.com", "198.51.100.11": "b.contoso.com",
                "198.51.100.10": "a.contoso.com"}}}))
    equal([(name, data) for name, _, _, data in records(zones["dns/ptr.zone"])], [
        ("10.100.51.198.in-addr.arpa.", ["a.contoso.com."]),
        ("11.100.51.198.in-addr.arpa.", ["b.contoso.com."]),
        ("1." + "0." * 23 + "8.b.d.0.1.0.0.2.ip6.arpa.", ["six.contoso.com."])])
    equal([(one["address"], one["name"], one["egress"]) for one in plan["ptr"]], [
        ("198.51.100.10", "a.contoso.com", "office"), ("198.51.100.11", "b.contoso.com", "office"),
        ("2001:db8::1", "six.contoso.com", "office")])


def test_the_request_in_both_languages():
    """Whoever publishes the names did not write the spec: the file itself says what it is."""
    for language, part in (("en", "Please publish these PTR records"), ("ja", "逆引きゾーンに登録")):
        _, zones = built(smallest(domains=domain(), documents={"language": language}, egress={
            "office": {"addresses": "198.51.100.10", "ptr": "a.contoso.com"}}))
        first = zones["dns/ptr.zone"].splitlines()[0]
        if not first.startswith("; ") or part not in first or "RFC 2317" not in first:
            raise AssertionError(first)


def long_domain(octets, last="example"):
    """A domain of so many octets that ends in LAST; each label as long as may be."""
    rest = octets - len(last) - 1
    labels = []
    while rest > 0:
        # A label of one octet less leaves room for the next one and its point.
        size = min(63, rest if rest < 65 else 63 if rest - 64 > 0 else rest - 2)
        labels.append("a" * size)
        rest -= size + 1
    name = ".".join([*labels, last])
    equal(len(name), octets, "the length of the domain")
    return name


@each([(235,), (236,), (250,), (251,), (252,), (253,)])
def test_a_long_domain_has_a_file(octets):
    """Every domain that check takes can be written, with room for what tools put behind a name."""
    # Two domains that are alike from the beginning on: neither takes the other's file.
    names = [long_domain(octets, last) for last in ("example", "invalid")]
    sender = {"egress": "office", "address": "10.1.1.30", "method": "internet"}
    for language in ("en", "ja"):
        _, zones = built(smallest(
            domains={name: {"spf": {"exchange_online": False}} for name in names}, documents={"language": language},
            relay_hosts={f"host{number}": {**sender, "sends_as": name} for number, name in enumerate(names)}))
        equal(len(zones), 2, "files")
        for name in names:
            hashed = hashlib.sha256(name.encode()).hexdigest()
            stem = name if octets <= 235 else f"{name[:170]}~{hashed}"
            text = zones[f"dns/2-final/{stem}.zone"]
            equal([record[0] for record in records(text)], [f"{name}."], "whose records")
            equal(f"; {name}" in text.splitlines(), octets > 235, "the domain is named above the records")
