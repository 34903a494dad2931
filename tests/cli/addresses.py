"""Addresses: every special-purpose block against a model, and what is no address at all.

The model is written from the specification: the most specific registry entry decides; private,
loopback, link-local and this-network IPv4 are CP103, other blocks that are not globally reachable
and multicast CP104, entries that are reachable or undecided CP105; with `sample: true` the
documentation blocks are CP110. Python's ipaddress is used to parse and to count, not to judge.
"""

import csv
import ipaddress
import json
import threading

from lib import ROOT, connplan, each, equal
from specs import check, findings, smallest, text_of

REFUSED = [ipaddress.ip_network(text) for text in
           ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "127.0.0.0/8", "169.254.0.0/16", "0.0.0.0/8")]
DOCUMENTATION = ("RFC5737", "RFC3849", "RFC9637")
MULTICAST = [(ipaddress.ip_network(text), "false", "RFC5771")
             for text in ("224.0.0.0/4", "ff00::/8")]
CLASSES = ("CP103", "CP104", "CP105", "CP110")


def registry():
    """The rows of both registries as (network, globally reachable, rfc), multicast added."""
    rows = list(MULTICAST)
    for version in (4, 6):
        with (ROOT / f"src/data/iana-ipv{version}-special.csv").open(encoding="utf-8") as file:
            table = csv.DictReader(line for line in file if not line.startswith("#"))
            rows += [(ipaddress.ip_network(row["prefix"]), row["globally_reachable"].lower(), row["rfc"])
                     for row in table]
    return rows


ROWS = registry()


def class_of(address, sample):
    """The code that one address deserves, or None."""
    if address.version == 4 and any(address in network for network in REFUSED):
        return "CP103"
    rows = [row for row in ROWS if row[0].version == address.version and address in row[0]]
    if not rows:
        return None
    _network, reachable, rfc = max(rows, key=lambda row: row[0].prefixlen)
    if reachable != "false":
        return "CP105"
    return "CP110" if sample and rfc in DOCUMENTATION else "CP104"


def class_of_range(network, sample):
    """The worst class of a range: it changes only where a block of the registry begins or ends."""
    edges = {network[0]}
    for block in [row[0] for row in ROWS] + REFUSED:
        if block.version == network.version:
            edges |= {block[0]} | ({block[-1] + 1} if int(block[-1]) + 1 < 1 << network.max_prefixlen
                                   else set())
    classes = {class_of(edge, sample) for edge in edges if edge in network} - {None}
    return min(classes, default=None)


def hosts(count, **how):
    """COUNT hosts; a number in a text of HOW is put in by format()."""
    return {f"h{number}": {key: value.format(number) for key, value in how.items()}
            for number in range(count)}


def of_hosts(texts):
    return {"egress": {f"e{number}": {"addresses": text} for number, text in enumerate(texts)},
            "relay_hosts": hosts(len(texts), address="10.1.1.30", egress="e{}", sends_as="contoso.com")}


def of_connectors(texts):
    return {**of_hosts(texts), "relay_hosts": {}, "connectors": {
        f"c{number}": {"type": "on-premises", "accepts": f"e{number}"} for number in range(len(texts))}}


def of_gateways(texts):
    return {**of_hosts(texts),
            "gateways": {f"g{number}": {"kind": "postfix", "egress": f"e{number}"}
                         for number in range(len(texts))},
            "relay_hosts": hosts(len(texts), address="10.1.1.30", via="g{}", sends_as="contoso.com")}


def own(method):
    def make(texts):
        objects = hosts(len(texts), method=method, sends_as="contoso.com")
        for number, text in enumerate(texts):
            objects[f"h{number}"]["address"] = text
        return {"egress": {}, "relay_hosts": objects}
    return make


def skipped(texts):
    return {"connectors": {"c": {"type": "partner", "sender_domains": "*", "accepts": "office",
                                 "enhanced_filtering": {"skip": texts}}}}


def in_spf(key, write):
    return lambda texts: {"domains": {"contoso.com": {"spf": {key: [write(text) for text in texts]}}}}


def term(text):
    return f"ip6:{text}" if ":" in text else f"ip4:{text}"


# Where an address can stand that the Internet is to see: the sections of a spec with one of each
# text, and the path of the finding about a text.
EGRESS = "egress/e{0}/addresses"
PLACES = {
    "the egress of a host": (of_hosts, EGRESS),
    "an egress that a connector accepts": (of_connectors, EGRESS),
    "the egress of a gateway": (of_gateways, EGRESS),
    "a host without egress, connector": (own("connector"), "relay_hosts/h{0}/address"),
    "a host without egress, direct send": (own("direct-send"), "relay_hosts/h{0}/address"),
    "a host without egress, internet": (own("internet"), "relay_hosts/h{0}/address"),
    "a skip list": (skipped, "connectors/c/enhanced_filtering/skip/{1}"),
    "also": (in_spf("also", str), "domains/contoso.com/spf/also/{1}"),
    "an SPF term": (in_spf("terms", term), "domains/contoso.com/spf/terms/{2}"),
}
FIRST = "the egress of a host"


class Batch:
    """What the program tells of many addresses in one place, asked in one run for each value of
    `sample`."""

    def __init__(self, place):
        self.sections, self.path = PLACES[place]
        self.asked = {False: [], True: []}
        self.told = {}
        self.lock = threading.Lock()

    def ask(self, address, sample):
        self.asked[sample].append(str(address))

    def answer(self, address, sample):
        """The findings of class about ADDRESS as (code, severity)."""
        with self.lock:
            if sample not in self.told:
                self.told[sample] = self.run(sample)
        return self.told[sample][str(address)]

    def run(self, sample):
        texts = sorted(set(self.asked[sample]))
        spec = smallest(sample=sample, **self.sections(texts))
        paths = {text: self.path.format(number, text.replace("/", "~1"), term(text).replace("/", "~1"))
                 for number, text in enumerate(texts)}
        told = {path: set() for path in paths.values()}
        result = connplan("check", "-", "--format", "json", stdin=text_of(spec), status=1)
        for one in json.loads(result.out)["diagnostics"]:
            if one["code"] in CLASSES and one["path"] in told:
                told[one["path"]].add((one["code"], one["severity"]))
            elif one["code"] in CLASSES and one["path"] != "egress/office/addresses":
                raise AssertionError(f"an unexpected place: {one['path']}")
        return {text: told[path] for text, path in paths.items()}


BATCHES = {place: Batch(place) for place in PLACES}
BATCH = BATCHES[FIRST]
SEVERITIES = {"CP105": "warning", "CP110": "info"}


def judge(place, sample, wanted, batch=BATCH):
    """The program tells of an address or range what the model wants, and no other class."""
    equal(batch.answer(place, sample),
          {(wanted, SEVERITIES.get(wanted, "error"))} if wanted else set(), f"{place}, sample {sample}")


def addresses():
    for network, _reachable, _rfc in ROWS:
        places = {network[0], network[network.num_addresses // 2], network[-1]}
        for address in sorted(places):
            for sample in (False, True):
                BATCH.ask(address, sample)
                yield f"{address} of {network}, sample {str(sample).lower()}", address, sample


@each(addresses())
def test_block(_name, address, sample):
    judge(address, sample, class_of(address, sample))


def elsewhere():
    """First, middle and last address of each block, in every place but the first."""
    for place, batch in BATCHES.items():
        if place == FIRST:
            continue
        for network, _reachable, _rfc in ROWS:
            three = sorted({network[0], network[network.num_addresses // 2], network[-1]})
            for address in three:
                batch.ask(address, False)
                batch.ask(address, True)
            yield f"{network} as {place}", three, batch


@each(elsewhere())
def test_place(_name, three, batch):
    for address in three:
        for sample in (False, True):
            judge(address, sample, class_of(address, sample), batch)


def neighbours():
    """The addresses right outside each block: the next block's, or nobody's."""
    for network, _reachable, _rfc in ROWS:
        for number in (int(network[0]) - 1, int(network[-1]) + 1):
            if 0 <= number < 1 << network.max_prefixlen:
                kind = ipaddress.IPv4Address if network.version == 4 else ipaddress.IPv6Address
                BATCH.ask(kind(number), False)
                yield f"{kind(number)} beside {network}", kind(number)


@each(neighbours())
def test_neighbour(_name, address):
    judge(address, False, class_of(address, False))


def ranges():
    for network, _reachable, _rfc in ROWS:
        for wider in {network, network.supernet()}:
            BATCH.ask(wider, False)
            yield f"{wider} of {network}", wider


@each(ranges())
def test_range(_name, network):
    """A range is classed by the worst of its addresses."""
    judge(network, False, class_of_range(network, False))


@each([("a part is private", "172.0.0.0/8", "CP103"), ("a part is shared", "100.0.0.0/8", "CP104"),
       ("a part is an anycast block", "192.175.0.0/16", "CP105"), ("all is global", "203.0.112.0/24", None)])
def test_model(_name, network, wanted):
    """The model itself, where the answer is plain to see."""
    equal(class_of_range(ipaddress.ip_network(network), False), wanted)


def test_service_wording_is_quoted():
    """The message in which administrators meet CP103, and the hop that is missing."""
    result, codes = check(smallest(egress={"office": {"addresses": "10.1.1.30"}}), status=1)
    if "CP103" not in codes or "contains reserved IP addresses" not in result.text:
        raise AssertionError(f"{result}")


def test_the_host_without_egress_is_the_egress():
    spec = smallest(egress={}, relay_hosts={"erp01": {"address": "10.1.1.30", "sends_as": "contoso.com"}})
    _result, codes = check(spec, status=1)
    equal("CP103" in codes, True)


# Text and a word of the reason that the message must give.
MALFORMED = [
    ("010.1.1.1", "zero"), ("1.2.3.04", "zero"), ("10", None), ("1.2.3", None), ("1.2.3.4.5", None),
    ("0x0a.1.1.1", None), ("1.2.3.4/", None), ("1.2.3.4/-1", None), ("1.2.3.4/24/25", None),
    ("1.2.3.4/33", "32"), ("1.2.3.4/024", "zero"), ("1.2.3.4/255.255.255.0", "/24"),
    ("4.3.2.1.in-addr.arpa", None), ("::ffff:1.2.3.4", "1.2.3.4"), ("64:ff9b::1.2.3.4", None),
    ("256.1.1.1", "255"), ("1.2.3.999", "255"), ("1..2.3", None), (".1.2.3.4", None), ("1.2.3.4.", None),
    (" 1.2.3.4", None), ("1.2.3.4 ", None), ("1.2.3.4 /24", None), ("1.2.3 .4", None),
    ("\uff12\uff10\uff13\uff0e\uff10\uff0e\uff11\uff11\uff13\uff0e\uff11\uff10", "203.0.113.10"),
    ("\u0661.2.3.4", None), ("1.2.3.4-1.2.3.9", None), ("1.2.3.4,1.2.3.5", None), ("1.2.3.*", None),
    ("2001:db8::1%eth0", None), ("2001:db8:::1", None), ("2001::db8::1", None), ("2001:db8::12345", None),
    ("1:2:3:4:5:6:7", None), ("1:2:3:4:5:6:7:8:9", None), ("1:2:3:4:5:6:7::8", None), (":1:2:3:4:5:6:7", None),
    ("2001:db8::/129", "128"), ("[2001:db8::1]", None), ("2001:db8::g", None), ("::1/-0", None), ("::/", None),
    ("1.2.3.4/+8", None), ("1.2.3.4/8 ", None), ("/24", None), ("example.com", None),
    ("http://1.2.3.4", None), ("1.2.3.4:25", None), ("\u3000" "1.2.3.4", None), ("1.2.3.4\u200b", None),
    ("9" * 400, None), ("1.2.3.4/" + "9" * 400, None), (":" * 400, None), ("0b1.1.1.1", None), ("1e1.1.1.1", None),
]


@each([(text[:40], text, word) for text, word in MALFORMED])
def test_malformed(_name, text, word):
    result, _codes = check(smallest(egress={"office": {"addresses": text}}), status=1)
    errors = [finding for finding in findings(result) if finding[2] == "error"]
    equal([finding[4] for finding in errors], ["CP101"], f"errors\n{result}")
    whole = human(text)
    if word and word not in errors[0][3] and word not in whole:
        raise AssertionError(f"the message does not say {word!r}\n{whole}")


def human(text):
    """What a person reads about an egress with this text as address."""
    spec = smallest(egress={"office": {"addresses": text}})
    return connplan("check", "-", stdin=text_of(spec)).text


def test_malformed_reasons_differ():
    """The message says why: not one sentence for all."""
    messages = set()
    for text, _word in MALFORMED[:20]:
        result, _codes = check(smallest(egress={"office": {"addresses": text}}), status=1)
        messages |= {finding[3].replace(text, "") for finding in findings(result) if finding[4] == "CP101"}
    if len(messages) < 8:
        raise AssertionError(f"only {len(messages)} reasons: {messages}")


@each([("198.51.100.10", True), ("198.51.100.0/24", True), ("198.51.100.10/32", True),
       ("2001:db8::1", True), ("2001:DB8:0:0:0:0:0:1", True), ("2001:db8::/48", True),
       ("2001:db8:1:2:3:4:5::", True), ("::2001:db8:1:2:3:4:5", False), ("0.0.0.0/0", False), ("::/0", False)])
def test_well_formed(text, clean):
    """None of these is malformed; whether it may stand is another rule's matter."""
    _result, codes = check(smallest(egress={"office": {"addresses": text}}))
    equal("CP101" in codes, False, "CP101")
    equal("CP102" in codes, False, "CP102")
    if clean:
        equal(codes & {"CP103", "CP104"}, set())


@each([("198.51.100.17/28", "198.51.100.16/28", "198.51.100.17"), ("2001:db8::1/64", "2001:db8::/64", "2001:db8::1")])
def test_host_bits(text, network, single):
    result, codes = check(smallest(egress={"office": {"addresses": text}}), status=1)
    equal("CP102" in codes, True, f"{result}")
    whole = human(text)
    for suggestion in (network, single):
        if suggestion not in whole:
            raise AssertionError(f"{suggestion} is not suggested\n{whole}")
