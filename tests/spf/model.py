"""RFC 7208 for one address at a time, written down as simply as it can be: the oracle of the composer.

It knows no macros, `ptr` or `exp`. The world is {name: {type: answer}}, answers as the lock has them; what it
lacks does not exist.
"""

import functools
import ipaddress
import re

RESULTS = {"+": "pass", "-": "fail", "~": "softfail", "?": "neutral"}
TERM = re.compile(r"([-+~?]?)(all|include|a|mx|ip4|ip6|exists)(?::([^/ ]+))?(?:/(\d+))?(?://(\d+))?$",
                  re.IGNORECASE)
MODIFIER = re.compile(r"([a-z][\w.-]*)=(\S*)$", re.IGNORECASE)
WIDTH = {4: 32, 6: 128}


class Broken(Exception):
    """A permerror; `limit` tells which one ended it, if any."""

    def __init__(self, limit=None):
        super().__init__(limit)
        self.limit = limit


class Failing(Exception):
    """A temperror."""


@functools.lru_cache(maxsize=None)
def bounds(text, length):
    """(version, first, last) of an address cut to a length, or None for what is no address."""
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        return None
    width = WIDTH[address.version]
    length = width if length is None else int(length)
    if length > width:
        return None
    first = int(address) >> (width - length) << (width - length)
    return address.version, first, first + (1 << (width - length)) - 1


@functools.lru_cache(maxsize=None)
def parse(record):
    """[(result, kind, argument, length 4, length 6)] and the target of redirect, or None if broken."""
    terms, redirect = [], None
    for word in record.split(" ")[1:]:
        if not word:
            continue
        term, modifier = TERM.match(word), MODIFIER.match(word)
        if term is None and modifier is None:
            return None
        if term is None:
            if modifier[1].lower() == "redirect":
                if redirect is not None:
                    return None
                redirect = modifier[2].lower()
            continue
        sign, kind, argument, four, six = term.groups()
        kind = kind.lower()
        if kind in ("ip4", "ip6"):
            argument = bounds(argument or "", four)
            if argument is None or argument[0] != int(kind[2]) or six:
                return None
        elif kind in ("include", "exists", "all") and (four or six) or kind in ("include", "exists") and not argument:
            return None
        terms.append((RESULTS[sign or "+"], kind, argument.lower() if isinstance(argument, str) else argument,
                      int(four or 32), int(six or 128)))
    return terms, redirect


class Run:
    """One message: an address, and what it has used. LIMITS: whether the two limits are kept."""

    def __init__(self, world, version, number, limits=True):
        self.world, self.version, self.number, self.limits = world, version, number, limits
        self.lookups = self.voids = 0

    def ask(self, name, kind, counts=True):
        for _ in range(9):
            answers = self.world.get(name, {})
            if "CNAME" not in answers or kind in answers:
                break
            name = answers["CNAME"]["data"][0]
        answer = answers.get(kind, {"status": "nxdomain"})
        if answer["status"] in ("servfail", "timeout"):
            raise Failing
        if answer["status"] == "ok":
            return answer["data"]
        self.voids += counts
        if self.limits and self.voids > 2:
            raise Broken("voids")
        return []

    def count(self):
        self.lookups += 1
        if self.limits and self.lookups > 10:
            raise Broken("lookups")

    def holds(self, name, four, six):
        data = self.ask(name, "A" if self.version == 4 else "AAAA")
        length = four if self.version == 4 else six
        ends = [bounds(one, length) for one in data]
        return any(first <= self.number <= last for _version, first, last in ends)

    def exchanges(self, name, four, six):
        hosts = [host.rstrip(".") for _preference, host in self.ask(name, "MX")]
        if len(hosts) > 10:
            raise Broken
        found = [self.holds(host, four, six) for host in hosts if host]
        return any(found)

    def matches(self, term, domain):
        _result, kind, argument, four, six = term
        if kind == "all":
            return True
        if kind in ("ip4", "ip6"):
            version, first, last = argument
            return version == self.version and first <= self.number <= last
        self.count()
        if kind == "a":
            return self.holds(argument or domain, four, six)
        if kind == "mx":
            return self.exchanges(argument or domain, four, six)
        if kind == "exists":
            return bool(self.ask(argument, "A"))
        return self.follow(argument) == "pass"

    def follow(self, name):
        result = self.check(name)
        if result == "none":
            raise Broken
        return result

    def check(self, domain):
        texts = ["".join(one) for one in self.ask(domain, "TXT", counts=False)]
        records = [text for text in texts if re.match(r"v=spf1( |$)", text, re.IGNORECASE)]
        if not records:
            return "none"
        parsed = parse(records[0])
        if len(records) > 1 or parsed is None:
            raise Broken
        terms, redirect = parsed
        for term in terms:
            if self.matches(term, domain):
                return term[0]
        if redirect is None:
            return "neutral"
        self.count()
        return self.follow(redirect)


def evaluate(world, version, number, domain, limits=True):
    """(result, the limit that ended it or None)"""
    if version == 6 and number >> 32 == 0xffff:
        version, number = 4, number & 0xffffffff
    try:
        return Run(world, version, number, limits).check(domain), None
    except Broken as end:
        return "permerror", end.limit
    except Failing:
        return "temperror", None


def cuts(world):
    """Addresses at which a result can change: both ends of everything that is named, and their neighbours."""
    found = {(4, 0), (4, 2**32 - 1), (6, 0), (6, 2**128 - 1)}

    def add(ends):
        version, first, last = ends
        top = 2 ** WIDTH[version] - 1
        found.update((version, at) for at in (first - 1, first, last, last + 1) if 0 <= at <= top)

    lengths = {(32, 128)}
    for answers in world.values():
        for text in answers.get("TXT", {}).get("data", []):
            parsed = parse("".join(text)) if "".join(text).lower().startswith("v=spf1") else None
            for term in parsed[0] if parsed else []:
                if term[1] in ("ip4", "ip6"):
                    add(term[2])
                elif term[1] in ("a", "mx"):
                    lengths.add(term[3:])
    for answers in world.values():
        for kind, place in (("A", 0), ("AAAA", 1)):
            for one in answers.get(kind, {}).get("data", []):
                for pair in lengths:
                    add(bounds(one, pair[place]))
    return sorted(at for at in found if not (at[0] == 6 and at[1] >> 32 == 0xffff))
