"""Laws of records that are decided only in part: macros of the client and the sender, and locks with holes.

A world is made whole first: all that can be asked for has an answer. Then answers are taken out of its lock,
terms with macros are put into its records, and the spec is built against what is left. Whatever stands in
the holes, and whoever sends, what was called proved has to hold; the model tries several.
"""

import copy
import ipaddress
import json
import random as randomness
import tempfile

from lib import connplan, on_all_cores

import compose
import model
from compose import CLOUD, DOMAIN, HOSTS, VENDORS, Built, ok

FILLINGS = 3
LISTED = "_listed.vendor.example"
# The model has no macros: what each stands for is put in before it looks.
ON_CLIENT = ("exists:%{ir}." + LISTED, "exists:%{i}.%{v}." + LISTED, "include:%{i}._spf.vendor.example",
             "include:%{ir}.%{v}.%{d}._spf.vendor.example")
ON_SENDER = ("exists:%{l}." + LISTED, "include:%{h}._spf.vendor.example")
ON_DOMAIN = ("include:%{d}._own.vendor.example", "exists:%{o}." + LISTED, "a:%{d1r}.vendor.example")
OPEN = {"CP313", "CP314"}
ERRORS = ("servfail", "timeout")


# --- worlds -----------------------------------------------------------------------------------------------

def macro_term(random):
    group = random.choice((ON_CLIENT, ON_CLIENT, ON_SENDER, ON_DOMAIN))
    return random.choice(("", "", "", "?", "-", "~")) + random.choice(group)


def put_into(random, lock, term, names=VENDORS):
    """Into one of the records, somewhere."""
    name = random.choice([one for one in names if lock["names"][one]["TXT"]["status"] == "ok"] or [CLOUD])
    text = "".join(lock["names"][name]["TXT"]["data"][0]).split(" ")
    text.insert(random.randrange(1, len(text) + 1), term)
    lock["names"][name]["TXT"] = ok([[" ".join(text)[at:at + 255] for at in range(0, len(" ".join(text)), 255)]])


def holes(random, whole):
    """The lock without some answers, and with errors in place of others."""
    lock = copy.deepcopy(whole)
    for name in [*VENDORS, *HOSTS[:-1], *([CLOUD] if random.random() < 0.1 else [])]:
        for kind in list(lock["names"].get(name, {})):
            roll = random.random()
            if roll < 0.12 or kind == "CNAME":
                del lock["names"][name][kind]
            elif roll < 0.14:
                lock["names"][name][kind] = {"status": random.choice(ERRORS)}
        if not lock["names"].get(name):
            lock["names"].pop(name, None)
    return lock


def make(seed, flatten=False):
    """(spec, lock): a spec that `compose` makes, with macros and holes."""
    random = randomness.Random(seed)
    spec, whole = compose.spec_of(random), compose.lock_of(random)
    spf = spec["domains"][DOMAIN]["spf"]
    if not flatten:
        spf.pop("flatten", None)
    for _ in range(random.choice((0, 1, 1, 2))):
        put_into(random, whole, macro_term(random))
    for _ in range(random.choice((0, 0, 1))):
        spf["terms"] = list(dict.fromkeys([*spf["terms"], macro_term(random)]))
    spec["egress"]["out"]["addresses"] = spec["egress"]["out"]["addresses"][:random.choice((1, 5, 40, 150))]
    # An address that has no term of its own, and so hangs on what others publish.
    if random.random() < 0.5:
        spec["egress"]["out"]["authorize"] = "never"
    return spec, holes(random, whole)


# --- what may stand in the holes --------------------------------------------------------------------------

class Message:
    """What a macro stands for, but for the domain."""

    def __init__(self, random, version, number):
        address = ipaddress.ip_address(number) if version == 4 else ipaddress.IPv6Address(number)
        parts = str(address).split(".") if version == 4 else list(f"{number:032x}")
        self.values = {"i": ".".join(parts), "ir": ".".join(reversed(parts)), "v": "in-addr" if version == 4 else "ip6",
                       "l": random.choice(("user", "news")), "h": random.choice(("mx.example.net", "mx.example.org")),
                       "o": DOMAIN}

    def fill(self, text, domain):
        for letters, value in {**self.values, "d": domain, "d1r": domain.split(".")[0]}.items():
            text = text.replace("%{" + letters + "}", value)
        return text


class Filled(dict):
    """The names of a lock, in which whatever it lacks has some answer: always the same for one question.
    MENDED: so has what ended in an error when the lock was made."""

    def __init__(self, names, seed, mended=False):
        super().__init__(names)
        self.seed, self.mended = seed, mended
        self.made = {}  # what was asked for, and had to be made up
        self.is_used = False  # something made up was, since this was set

    def get(self, name, default=None):
        return Answers(self, name, super().get(name, {}))

    def make(self, name, kind):
        self.is_used = True
        answers = self.made.setdefault(name, {})
        if kind not in answers:
            answers[kind] = made_up(self, name, kind)
        return answers[kind]


class Answers(dict):
    """Of one name."""

    def __init__(self, world, name, answers):
        super().__init__(answers)
        self.world, self.name = world, name

    def get(self, kind, default=None):
        known = self.world.mended and self.is_error(kind)
        return self[kind] if kind in self and not known else self.world.make(self.name, kind)

    def is_error(self, kind):
        return kind in self and self[kind]["status"] in ERRORS


def made_up(world, name, kind):
    random = randomness.Random(f"{world.seed} {name} {kind}")
    if random.random() < 0.4:
        return {"status": random.choice(("nodata", "nxdomain"))}
    if kind == "TXT":
        record = ["v=spf1", *(compose.term(random, len(VENDORS)) for _ in range(random.choice((0, 1, 3)))),
                  *random.choice((["-all"], ["~all"], ["+all"], []))]
        return ok([[" ".join(record)]])
    if kind == "MX":
        return ok([[10, random.choice(HOSTS)] for _ in range(random.choice((1, 1, 1, 11)))])
    if kind == "AAAA":
        return ok([f"2001:db8:{random.randrange(4)}::{random.randrange(1, 8)}"])
    return ok([f"{random.choice(compose.NETS4)}{random.randrange(256)}"])


class Run(model.Run):
    """The model, with macros filled in."""

    def __init__(self, world, version, number, message, limits=True):
        super().__init__(world, version, number, limits)
        self.message = message

    def matches(self, term, domain):
        result, kind, argument, four, six = term
        if isinstance(argument, str):
            argument = self.message.fill(argument, domain)
        return super().matches((result, kind, argument, four, six), domain)


def evaluate(world, at, message, limits=True):
    """(result, the limit that ended it or None, whether something made up was asked for)"""
    world.is_used = False
    run = Run(world, *at, message, limits)
    try:
        result, limit = run.check(DOMAIN), None
    except model.Broken as end:
        result, limit = "permerror", end.limit
    except model.Failing:
        result, limit = "temperror", None
    return result, limit, world.is_used


def result_of(names, at, seed):
    """What one completion gives one address."""
    return evaluate(Filled(names, seed), at, Message(randomness.Random(f"{seed} message"), *at))[0]


# --- laws -------------------------------------------------------------------------------------------------

def possible_of(lock):
    """{(version): [(first, last, possible results)]}, as `expand` tells."""
    with tempfile.NamedTemporaryFile("w", suffix=".json") as file:
        file.write(json.dumps(lock))
        file.flush()
        told = json.loads(connplan("spf", "expand", DOMAIN, "--lock", file.name, "--format", "json", status=0).out)
    found = {4: [], 6: []}

    def add(version, networks, results):
        for one in map(ipaddress.ip_network, networks):
            found[version].append((int(one.network_address), int(one.broadcast_address), results))

    for version in (4, 6):
        for result, networks in told[f"ip{version}"].items():
            if result != "undetermined":
                add(version, networks, {result})
        for row in told["possible"]:
            if "undetermined" not in row["results"] and len(row["results"]) > 1:
                add(version, row[f"ip{version}"], set(row["results"]))
        found[version].sort(key=lambda row: row[:2])
    return found


def at_point(ranges, at):
    rows = [row[2] for row in ranges[at[0]] if row[0] <= at[1] <= row[1]]
    return rows[0] if len(rows) == 1 else set()


class Open:
    """One spec, built against a lock with holes, and what `expand` says of the record."""

    def __init__(self, seed):
        spec, lock = make(seed)
        self.built, self.seed = Built(spec, lock), seed
        self.spec, self.lock = spec, lock
        self.world = self.built.world("2-final")
        self.is_written = bool(self.built.phases["2-final"])
        if self.is_written:
            self.possible = possible_of({**lock, "names": self.world})
            plain = {**lock["names"], DOMAIN: {"TXT": ok([[compose.plain_record(spec, lock)]])}}
            points = {at for one in (self.world, plain) for at in model.cuts(one)}
            self.points = sorted(randomness.Random(seed).sample(sorted(points), min(len(points), 150)))


def law_of_proof(one):
    """Whatever stands in the holes, an address has a result that was called possible."""
    for at in one.points:
        possible = at_point(one.possible, at)
        for filling in range(FILLINGS):
            got = result_of(one.world, at, f"{one.seed} {filling}")
            # That an unknown answer may be an error is no use to anybody, and not among what is possible.
            if got not in possible and not (got == "temperror" and len(possible) > 1):
                yield f"{compose.address(at)} has {got} in filling {filling}, possible were {sorted(possible)}"


def law_of_own(one):
    """What is decided before anything that is open is proved: our own addresses, which stand in front."""
    if one.spec["egress"]["out"].get("authorize") == "never" or len(one.built.phases["2-final"]) > 1:
        return
    own = [ipaddress.ip_network(text) for text in one.spec["egress"]["out"]["addresses"]]
    for at in one.points:
        if any(compose.address(at) in network for network in own) and at_point(one.possible, at) != {"pass"}:
            yield f"{compose.address(at)} is ours, and is not proved to pass"


def law_of_reason(one):
    """Where something is open it is told, with the reason."""
    told = OPEN & one.built.codes
    opened = any(len(row[2]) > 1 for rows in one.possible.values() for row in rows)
    if opened and not told:
        yield "addresses are undetermined, and no finding tells why"
    for finding in one.built.findings:
        if finding["code"] in OPEN and finding["severity"] != "not-checked":
            yield f"{finding['code']} is {finding['severity']}"
        if finding["code"] in OPEN and not any(word in finding["message"] for word in (
                "not in the lock", "not in lock", "depends on", "lock lacks", "does not have")):
            yield f"no reason: {finding['message']}"


LAWS = (law_of_proof, law_of_own, law_of_reason)


def judge(one):
    for law in LAWS:
        yield from law(one)


# --- that the laws see what is wrong ----------------------------------------------------------------------

def claim(one, old, new):
    """Every set that `expand` gives one possible list gets another."""
    changed = False
    for version, rows in one.possible.items():
        one.possible[version] = [(first, last, new(results) if old(results) else results)
                                 for first, last, results in rows]
        changed |= one.possible[version] != rows
    return changed


SABOTAGE = (
    ("what is open is called a pass", lambda one: claim(one, lambda got: len(got) > 1, lambda got: {"pass"})),
    ("a pass is not among what is possible", lambda one: claim(
        one, lambda got: len(got) > 1 and "pass" in got, lambda got: got - {"pass"})),
    ("nothing is told", lambda one: bool(OPEN & one.built.codes) and one.built.codes.difference_update(OPEN) is None),
    ("our own are not proved", lambda one: claim(one, lambda got: got == {"pass"}, lambda got: {"pass", "fail"})),
)


def is_seen(sabotage):
    """Whether one of the first worlds that it changes is complained about."""
    for seed in range(40):
        one = Open(seed)
        if one.is_written and sabotage(one) and any(judge(one)):
            return True
    return False


def check(report, count, seed=1):
    """COUNT worlds; whether the laws hold, whether many are open, whether faults are seen."""
    bad, opened = [], []

    def judge_one(number):
        one = Open(seed * 1000000 + number)
        if one.built.status != 0 or not one.is_written:
            bad.append(f"world {number} of seed {seed}: status {one.built.status}: {sorted(one.built.codes)}")
            return
        opened.extend([number] * bool(OPEN & one.built.codes))
        bad.extend(f"world {number} of seed {seed}: {text}" for text in [*judge(one)][:3])

    on_all_cores(judge_one, range(count))
    report.check(f"unknown/what is called proved holds whatever is not known ({count} specs)", not bad, "\n".join(bad))
    report.check("unknown/many of them are open", len(opened) >= count // 3, len(opened))
    unseen = [name for name, sabotage in SABOTAGE if not is_seen(sabotage)]
    report.check(f"unknown/{len(SABOTAGE)} ways of breaking them are seen", not unseen, unseen)
