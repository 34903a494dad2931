"""Generated specs: with every map in another order, in another place, they mean the same.

A spec is a random dictionary that uses most keys. Written with its maps shuffled, in another
locale, time zone and folder, it gives the same findings (but for lines and columns), and the same
bytes of every output but what tells of the input file's own bytes.
"""

import json
import pathlib
import random
import sys
import tempfile

from lib import ROOT, connplan, each, equal
from specs import folder, text_of

sys.path.insert(0, str(ROOT / "tests/golden"))
from run_golden import compare, read_tree, turkish, without_inputs

DOMAINS = ["contoso.com", "contoso.net", "a.example", "m\u00fcller.example", "I.example"]
TEXTS = ["plain", "it's", "a \"b\"", "\u6771\u4eac", "I\u0131\u0130i", "=1+1", "a|b", "$(x)", "\u200fabc", "x; y"]
WORDS = ["alpha", "Beta", "gamma", "Delta", "\u03b5psilon", "ZETA", "eta", "\u0130zmir", "\u6771\u4eac", "ix"]
SEEDS = 24


class Maker:
    """Makes the sections of one spec from one seed."""

    def __init__(self, seed):
        self.chance = random.Random(seed)
        self.numbers = iter(range(1, 200))

    def some(self, things, least=0):
        return self.chance.sample(things, self.chance.randint(least, len(things)))

    def maybe(self, **keys):
        return {key: value for key, value in keys.items() if self.chance.random() < 0.5}

    def text(self):
        return self.chance.choice(TEXTS)

    def names(self, kind, least, most):
        words = self.chance.sample(WORDS, self.chance.randint(least, most))
        return [f"{word} {kind}" if self.chance.random() < 0.3 else f"{word}-{kind}" for word in words]

    def domains(self):
        made = {}
        for name in ["contoso.com", *self.some(DOMAINS[1:])]:
            spf = {"manage": "compose", **self.maybe(
                all=self.chance.choice(["fail", "softfail", "neutral"]), ttl=self.chance.choice([300, 3600]),
                includes=self.some(["_spf.vendor.example", "b.vendor.example"]),
                terms=self.some(["exists:%{i}.x.vendor.example", "mx"]),
                also=self.some(["203.0.113.200", "203.0.113.201", "2001:db8::99"]))}
            made[name] = {"dmarc": {"policy": "reject", "rua": ["mailto:d@contoso.com"]},
                          "dkim": {f"s{n}": f"s{n}.contoso.onmicrosoft.com" for n in range(self.chance.randint(1, 3))},
                          **self.maybe(spf=spf, accepted=self.chance.choice([True, "with-subdomains"]))}
        return made

    def egress(self):
        made = {}
        for name in self.names("nat", 2, 5):
            addresses = [f"198.51.100.{next(self.numbers)}" for _ in range(self.chance.randint(1, 4))]
            if self.chance.random() < 0.3:
                addresses.append(f"2001:db8::{next(self.numbers):x}")
            made[name] = {"addresses": addresses, **self.maybe(
                ptr={address: f"n{n}.contoso.com" for n, address in enumerate(addresses)},
                site=self.text(), owner=self.text(), expires="2027-06-30")}
        return made

    def gateways(self, egress):
        made, known = {}, []
        for name in self.names("gw", 1, 4):
            way = {"via": self.some(known, 1)} if known and self.chance.random() < 0.4 else {
                "egress": self.some(list(egress), 1)}
            made[name] = {"kind": self.chance.choice(["postfix", "nat", "exchange", "other"]), **way, **self.maybe(
                tls=self.chance.choice(["required", "opportunistic"]), certificate="relay.contoso.com",
                clients=["10.0.0.0/8", "192.168.0.0/16"])}
            known.append(name)
        return made

    def hosts(self, domains, egress, gateways):
        made = {}
        for name in self.names("app", 3, 8):
            if self.chance.random() < 0.15:
                made[name] = {"method": "submission", "auth": "oauth", "mailbox": "a@contoso.com",
                              "volume": {"messages_per_minute": 3, "recipients_per_day": 10}}
                continue
            way = {"via": self.some(list(gateways), 1)} if self.chance.random() < 0.6 else {
                "egress": self.some(list(egress), 1)}
            method = self.chance.choice(["connector", "connector", "direct-send", "internet"])
            made[name] = {"addresses": [f"10.1.1.{next(self.numbers)}"], **way, "method": method,
                          "sends_as": self.chance.choice(list(domains)),
                          "recipients": "internal" if method == "direct-send" else self.chance.choice(["external", "internal", "any"]),
                          **self.maybe(owner=self.text(), ticket="CHG-0042", expires="2027-03-31",
                                       volume={"messages_per_minute": 3, "recipients_per_day": 40})}
        return made

    def connectors(self, hosts, gateways):
        users = [name for name, host in hosts.items() if host["method"] == "connector"]
        made = {f"Relay of {self.text()}": {
            "type": "on-premises", "accepts": users or list(gateways), "comment": self.text() + "\nsecond line",
            **self.maybe(owner=self.text(), require_tls=True, max_sources=500, ticket="CHG-1",
                         accepted_domains=["contoso.com"])}}
        if self.chance.random() < 0.5:
            made["Partner"] = {"type": "partner", "purpose": "partner", "accepts": self.some(list(gateways), 1),
                               "sender_domains": ["vendor.example", {"domain": "b.example", "cost": 5}],
                               "enhanced_filtering": {"skip": ["203.0.113.9", "203.0.113.1-203.0.113.4"]}}
        return made

    def spec(self):
        domains, egress = self.domains(), self.egress()
        gateways = self.gateways(egress)
        hosts = self.hosts(domains, egress, gateways)
        return {"version": 1, "sample": True,
                "tenant": {"name": self.text(), "mx_host": "contoso-com.mail.protection.outlook.com",
                           "organization": "contoso.onmicrosoft.com", "ipv6": False},
                "domains": domains, "egress": egress, "gateways": gateways, "relay_hosts": hosts,
                **self.maybe(connectors=self.connectors(hosts, gateways),
                             waivers=[{"rule": "CP502", "at": f"egress/{name}", "reason": self.text(), "until": "2027-02-01"}
                                      for name in self.some(list(egress))],
                             change={"id": "CHG-1", "title": self.text(), "reviewers": ["b", "a"], "reason": "a\nb",
                                     "window": {"start": "2026-12-05T22:00+09:00", "end": "2026-12-05T23:00+09:00"}},
                             documents={"language": self.chance.choice(["en", "ja"])})}


def shuffled(value, chance):
    """The same value with the pairs of every map in another order; lists keep theirs."""
    if isinstance(value, dict):
        pairs = list(value.items())
        chance.shuffle(pairs)
        return {key: shuffled(one, chance) for key, one in pairs}
    return [shuffled(one, chance) for one in value] if isinstance(value, list) else value


def told(spec, **how):
    """What check says, without places in the text, in no order."""
    result = connplan("check", "--format", "json", "-", stdin=text_of(spec), **how)
    return sorted((one["code"], one["path"], one["severity"], one["message"], one["help"] or "")
                  for one in json.loads(result.out)["diagnostics"])


def build(spec, **how):
    """The files of a spec without what tells of its own bytes, or None where it has errors."""
    with folder(mailflow=spec) as place, tempfile.TemporaryDirectory() as other:
        out = pathlib.Path(other) / "out"
        how.setdefault("cwd", place)
        path = "mailflow.yaml" if how["cwd"] == place else place / "mailflow.yaml"
        if connplan("build", path, "-o", out, **how).status == 1:
            return None
        return without_inputs(read_tree(out), place)


@each([(seed,) for seed in range(SEEDS)])
def test_order_means_nothing(seed):
    spec = Maker(seed).spec()
    other = shuffled(spec, random.Random(seed + 1000))
    equal(told(other, env=turkish()), told(spec), "findings")
    files = build(spec)
    again = build(other, env=turkish())
    equal(again is None, files is None, "refused")
    if files is not None:
        compare(files, again)


def test_most_are_built():
    """The law would say little of specs that are all refused."""
    built = sum(connplan("check", "-", stdin=text_of(Maker(seed).spec())).status == 0 for seed in range(SEEDS))
    if built < SEEDS // 2:
        raise AssertionError(f"{built} of {SEEDS} are without errors")
