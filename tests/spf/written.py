"""Hard cases of what is written: the size of answers, and the names of records below the domain."""

import copy

from lib import equal

import compose
from compose import DOMAIN, Built, answer_size, ok

LEAF = f"_spf{{}}.{DOMAIN}".format
TYPES = ("TXT", "CNAME", "A", "AAAA", "MX")


def spec(addresses, **spf):
    made = compose.spec_of(compose.randomness.Random(1))
    made["domains"][DOMAIN]["spf"] = {"exchange_online": False, "all": "fail",
                                      "includes": [], "terms": [], **spf}
    made["egress"]["out"]["addresses"] = addresses
    return made


def many(count, first=0):
    """Addresses that do not merge."""
    return [f"198.51.100.{2 * at}" if at < 128 else f"203.0.113.{2 * at - 256}"
            for at in range(first, first + count)]


def lock(names):
    """The names with what is said of them, and no other below the domain."""
    made = {name: {kind: {"status": "nxdomain"} for kind in TYPES}
            for name in [DOMAIN, *(LEAF(number) for number in range(1, 20))]}
    for name, answers in names.items():
        made[name] = {kind: {"status": "nodata"} for kind in TYPES} if "CNAME" not in answers else {}
        made[name].update(answers)
    return {"format": "connplan-lock", "version": 1, "resolved_at": "2026-11-30T00:00:00Z", "names": made}


def texts(*records):
    return {"TXT": ok([[one[at:at + 255] for at in range(0, len(one), 255)] for one in records])}


def message(built, code):
    found, = [one["message"] for one in built.findings if one["code"] == code]
    return found


def check_answer(octets, code):
    """Another text at the name fills the answer up to so many octets."""
    record = ["v=spf1 ip4:198.51.100.0 -all"]
    rest = octets - answer_size(DOMAIN, [record]) - 12
    strings = -(-rest // 256)
    other = (rest - strings) * "x"
    built = Built(spec(["198.51.100.0"]), lock({DOMAIN: texts(other)}))
    equal(["".join(one) for one in built.phases["2-final"][DOMAIN]], record)
    equal({"CP308", "CP321"} & built.codes, {code}, f"{octets} octets")
    if code == "CP321" and f" {octets:,} octets" not in message(built, code):
        raise AssertionError(message(built, code))


def check_several_texts():
    """The record itself is short: what stands beside it makes it long."""
    built = Built(spec(["198.51.100.0"]), lock({DOMAIN: texts(*(str(one) * 110 for one in range(4)))}))
    octets = 440 + len("v=spf1 ip4:198.51.100.0 -all")
    if f" {octets:,} octets" not in message(built, "CP308"):
        raise AssertionError(message(built, "CP308"))


def check_transition_size():
    """The record of the transition is held to the same size."""
    there = "v=spf1 " + " ".join(f"ip4:{one}" for one in many(60, 128)) + " -all"
    built = Built(spec(many(50), split="never"), lock({DOMAIN: texts(there)}))
    size = answer_size(DOMAIN, built.phases["1-add"][DOMAIN])
    if answer_size(DOMAIN, built.phases["2-final"][DOMAIN]) > 1232 or size <= 1232:
        raise AssertionError("the case is none")
    if f" {size:,} octets" not in message(built, "CP321"):
        raise AssertionError(message(built, "CP321"))


def leaves(built, phase="2-final"):
    return [name for name in built.phases[phase] if name != DOMAIN]


def check_taken(answers):
    """What stands at a name keeps it."""
    built = Built(spec(many(60)), lock({LEAF(1): answers, LEAF(3): answers}))
    equal(leaves(built), [LEAF(2), LEAF(4), LEAF(5)])


def published(addresses):
    """A lock in which the record of these addresses stands as connplan writes it, and the record."""
    first = Built(spec(addresses), lock({}))
    return lock({name: texts("".join(there[0])) for name, there in first.phases["2-final"].items()}), first


def check_unchanged():
    there, first = published(many(60))
    built = Built(spec(many(60)), there)
    equal(built.phases["2-final"], first.phases["2-final"])
    equal((built.phases["1-add"], built.phases["previous"]), ({}, {}))


def check_roll_over():
    """A record that changes stands under new names, so that no cached root meets another's leaves."""
    there, first = published(many(60))
    built = Built(spec(many(90, 20)), there)
    old, between, new = leaves(first), leaves(built, "1-add"), leaves(built)
    equal(len(old), 3)
    if set(old) & set(new) or set(old) & set(between):
        raise AssertionError(f"{old}, then {between}, then {new}")
    for name in set(between) & set(new):
        equal(built.phases["1-add"][name], built.phases["2-final"][name], name)
    equal(list(built.phases["2-final"])[-1], DOMAIN, "the last record, after its leaves")
    broken = [*compose.judge(built)]
    equal(broken, [])


def tests():
    yield "hard case 49: an answer of 1,232 octets, other texts among it", lambda: check_answer(1232, "CP308")
    yield "hard case 49: an answer of 1,233 octets", lambda: check_answer(1233, "CP321")
    yield "hard case 49: a short record among other texts", check_several_texts
    yield "hard case 49: the record of the transition", check_transition_size
    for kind, answers in (("another text", texts("taken")), ("an alias", {"CNAME": ok(["h.example.net"])}),
                          ("a host", {"A": ok(["192.0.2.1"])}), ("a host of IPv6", {"AAAA": ok(["2001:db8::1"])}),
                          ("mail", {"MX": ok([[10, "h.example.net"]])}),
                          ("a record of others", texts("v=spf1 -all")),
                          ("an error", {"TXT": {"status": "servfail"}})):
        yield f"hard case 50: {kind} stands at the name", lambda a=copy.deepcopy(answers): check_taken(a)
    yield "hard case 50: what stands there already is not renamed", check_unchanged
    yield "hard case 50: a record that changes has new names", check_roll_over
