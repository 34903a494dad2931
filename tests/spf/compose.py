"""Laws of the records that connplan writes, over random specs and locks, built end to end.

What a spec asks for is written down as one plain record: its own addresses, then every term, nothing left
out, merged, replaced or split. The model, which knows nothing of the composer, evaluates that record, and
what was written, wherever a result can change. Each law is a function that gives its complaints.
"""

import collections
import ipaddress
import json
import pathlib
import random as randomness
import re
import sys
import tempfile

# Last: a suite there has the name of the module that laws.py imports.
sys.path.append(str(pathlib.Path(__file__).parent.parent / "cli"))

from lib import connplan, on_all_cores
from specs import smallest
from zones import records as zone_records

import model
import sets

DOMAIN = "contoso.com"
CLOUD = "spf.protection.outlook.com"
VENDORS = [f"_spf{number}.vendor.example" for number in range(5)]
HOSTS = [f"h{number}.vendor.example" for number in range(3)] + [DOMAIN]
NETS4 = ("192.0.2.", "198.51.100.", "203.0.113.")
PHASES = ("2-final", "1-add", "previous")
TYPES = ("A", "AAAA", "MX", "TXT", "CNAME")
ALL = {"fail": "-all", "softfail": "~all", "neutral": "?all"}
LIMITS = {"CP303", "CP305", "CP322"}
WAIVED = ("CP301", "CP303", "CP305", "CP317", "CP321")


# --- worlds -----------------------------------------------------------------------------------------------

def network4(random):
    length = random.choice((24, 25, 26, 27, 28, 29, 30, 31, 32, 32, 32, 32))
    address = ipaddress.ip_address(random.choice(NETS4) + str(random.randrange(256)))
    return str(ipaddress.ip_network((address, length), strict=False))


def network6(random):
    length = random.choice((32, 40, 48, 64, 127, 128, 128))
    address = int(ipaddress.ip_address("2001:db8::")) + (random.randrange(4) << 80) + random.randrange(8)
    return str(ipaddress.ip_network((address, length), strict=False))


def cased(random, text):
    """Keywords and names have no case."""
    return "".join(random.choice((one.upper(), one)) for one in text) if random.random() < 0.2 else text


def sign(random, odd):
    return random.choice("-~?+") if random.random() < odd else ""


def term(random, level, odd=0.3):
    kind = random.choices(("ip4", "ip6", "a", "mx", "include"), (10, 4, 2, 1, 5))[0]
    if kind == "ip4":
        text = f"ip4:{network4(random)}"
    elif kind == "ip6":
        text = f"ip6:{network6(random)}"
    elif kind == "include":
        below = VENDORS[level + 1:]
        text = f"include:{random.choice(below)}" if below else f"ip4:{network4(random)}"
    else:
        lengths = random.choice(("", "", "/24", "/28", "//64", "/30//48"))
        text = f"{kind}:{random.choice(HOSTS)}{lengths}"
    return sign(random, odd) + cased(random, text)


def vendor_record(random, level):
    words = [cased(random, "v=spf1")] + [term(random, level) for _ in range(random.choice((1, 2, 3, 5, 8)))]
    roll = random.random()
    if roll < 0.65:
        words.append(random.choice(("-all", "~all", "?all", "-ALL")))
    elif roll < 0.85 and VENDORS[level + 1:]:
        words.append(cased(random, "redirect=") + random.choice(VENDORS[level + 1:]))
    elif roll < 0.88:
        words.append("ip4:192.0.2.1/33")
    return " ".join(words)


def strings(random, text):
    """Cut anywhere, in the middle of a term too."""
    at = random.randrange(len(text))
    parts = [text[:at], text[at:]] if random.random() < 0.5 else [text]
    return [part[start:start + 255] for part in parts for start in range(0, max(1, len(part)), 255)]


def ok(data):
    return {"status": "ok", "data": data}


def published(random, names):
    """What stands at the domain now: nothing, something else, two records, or one with leaves."""
    roll = random.random()
    if roll < 0.3:
        return []
    words = [term(random, 0, 0.15) for _ in range(random.choice((1, 2, 3, 4)))]
    if roll > 0.75:
        for number in (1, 2):
            leaf = f"_spf{number}.{DOMAIN}"
            words.append(f"include:{leaf}")
            text = " ".join(["v=spf1"] + [f"ip4:{network4(random)}" for _ in range(3)] + ["-all"])
            names[leaf] = {"TXT": ok([strings(random, text)])}
    end = random.choice(("-all", "~all", "?all", "", f"redirect={VENDORS[2]}"))
    text = " ".join(["v=spf1", *words, *([end] if end else [])])
    found = [strings(random, text)]
    if roll < 0.34:
        found.append(strings(random, "v=spf1 -all"))
    return found


def lock_of(random):
    """All that can be asked for has an answer, so that nothing is open."""
    names = {CLOUD: {"TXT": ok([["v=spf1 ip4:198.51.100.128/26 ip6:2001:db8:3::/48 -all"]])}}
    for level, name in enumerate(VENDORS):
        if random.random() < 0.97:
            names[name] = {"TXT": ok([strings(random, vendor_record(random, level))])}
    for name in HOSTS:
        names[name] = {"A": ok([f"{random.choice(NETS4)}{random.randrange(256)}"]),
                       "MX": ok([[10, random.choice(HOSTS)]])}
        if random.random() < 0.6:
            names[name]["AAAA"] = ok([f"2001:db8:{random.randrange(4)}::{random.randrange(1, 8)}"])
    texts = published(random, names)
    names[DOMAIN]["TXT"] = {**ok([*texts, ["unrelated"]]), **random.choice(({}, {"ttl": 300}, {"ttl": 86400}))}
    if random.random() < 0.2:
        names[f"_spf{random.randrange(1, 4)}.{DOMAIN}"] = random.choice(
            ({"TXT": ok([["taken"]])}, {"A": ok(["192.0.2.9"])}, {"CNAME": ok([HOSTS[0]])}))
    leaves = [f"_spf{number}.{DOMAIN}" for number in range(1, 20)]
    for name in [CLOUD, DOMAIN, *VENDORS, *HOSTS, *leaves]:
        answers = names.setdefault(name, {})
        if "CNAME" not in answers:
            for kind in TYPES:
                answers.setdefault(kind, {"status": "nodata" if answers else "nxdomain"})
    return {"format": "connplan-lock", "version": 1, "resolved_at": "2026-11-30T00:00:00Z", "names": names}


def own_addresses(random):
    """Few, or so many that the record is split."""
    count = random.choice((1, 2, 5, 12, 40, 90, 150))
    found = [network4(random) if random.random() < 0.2 else f"{random.choice(NETS4)}{random.randrange(256)}"
             for _ in range(count)]
    found += [network6(random) for _ in range(random.choice((0, 0, 1, 4, 30 * (count > 40))))]
    return list(dict.fromkeys(found))


def spec_of(random):
    includes = random.sample(VENDORS[:4], random.choice((0, 1, 1, 2, 3)))
    terms = [one for one in (term(random, 2) for _ in range(random.choice((0, 0, 1, 3))))
             if one.lstrip("+-~?").lower().split(":", 1)[-1] not in includes]
    spf = {"includes": includes, "terms": terms, "exchange_online": random.random() < 0.5,
           "split": random.choice(("auto", "auto", "auto", "never"))}
    if random.random() < 0.5:
        spf["all"] = random.choice(list(ALL))
    flatten = [name for name in [*includes, *([CLOUD] if spf["exchange_online"] else [])]
               if random.random() < 0.5]
    if flatten:
        spf["flatten"] = flatten
    return smallest(
        domains={DOMAIN: {"spf": spf}},
        egress={"out": {"addresses": own_addresses(random)}},
        relay_hosts={"h": {"address": "10.1.1.1", "egress": "out", "sends_as": DOMAIN, "method": "internet"}},
        waivers=[{"rule": rule, "at": at, "reason": "the law judges it", "until": "2027-01-01"}
                 for rule in WAIVED for at in (f"domains/{DOMAIN}", "relay_hosts/h", "tenant/outbound")])


# --- what was written -------------------------------------------------------------------------------------

class Built:
    """One spec and its outputs: each phase as {name: [[string]]}, and the findings."""

    def __init__(self, spec, lock):
        self.spec, self.lock = spec, lock
        with tempfile.TemporaryDirectory() as name:
            place = pathlib.Path(name)
            (place / ".connplan").mkdir()
            (place / "mailflow.yaml").write_text(json.dumps(spec), encoding="utf-8")
            (place / "mailflow.lock.json").write_text(json.dumps(lock), encoding="utf-8")
            result = connplan("check", "mailflow.yaml", "--format", "json", cwd=place)
            self.findings = json.loads(result.out)["diagnostics"]
            self.codes = {one["code"] for one in self.findings}
            self.status = connplan("build", "mailflow.yaml", "-o", "out", cwd=place).status
            zones = {phase: read_zone(place / f"out/dns/{phase}/{DOMAIN}.zone") for phase in PHASES}
            self.phases = {phase: texts for phase, (texts, _times) in zones.items()}
            self.times = zones["previous"][1]

    def world(self, phase):
        return overlaid(self.lock["names"], self.phases[phase])

    def refused(self):
        """The names that cannot be flattened, with what is said of them."""
        return {name: one["message"] for one in self.findings if one["code"] == "CP006"
                for name in self.spec["domains"][DOMAIN]["spf"].get("flatten", [])
                if f"`{name}` cannot be replaced" in one["message"]}


def read_zone(path):
    """({name: [[string]]}, the times to live)"""
    found, times = {}, set()
    if path.exists():
        for name, ttl, kind, data in zone_records(path.read_text("utf-8")):
            if kind == "TXT":
                found.setdefault(name.rstrip("."), []).append(data)
                times.add(ttl)
    return found, times


def overlaid(names, zone):
    """The world once a zone is published: its names hold its SPF records."""
    return {**names, **{name: {**names.get(name, {}), "TXT": ok(data)} for name, data in zone.items()}}


# --- what a spec asks for ---------------------------------------------------------------------------------

def published_records(lock):
    texts = ["".join(one) for one in lock["names"][DOMAIN]["TXT"].get("data", [])]
    return [text for text in texts if re.match(r"v=spf1( |$)", text, re.IGNORECASE)]


def assumed_all(lock):
    """As published, unless that passes everything, is broken, or leads elsewhere; else softfail."""
    records = published_records(lock)
    parsed = model.parse(records[0]) if len(records) == 1 else None
    if parsed is None:
        return "softfail"
    alls = [one[0] for one in parsed[0] if one[1] == "all"]
    if alls:
        return "softfail" if alls[0] == "pass" else alls[0]
    return "softfail" if parsed[1] else "neutral"


def plain_record(spec, lock):
    """All that the spec asks for, as it is."""
    spf = spec["domains"][DOMAIN]["spf"]
    own = [f"ip{ipaddress.ip_network(one).version}:{one}" for one in spec["egress"]["out"]["addresses"]]
    hosts = [one for one in spf["terms"] if re.match(r"[-+~?]?(a|mx)\b", one, re.IGNORECASE)]
    others = [one for one in spf["terms"] if one not in hosts]
    cloud = [f"include:{CLOUD}"] if spf["exchange_online"] else []
    includes = [f"include:{name}" for name in spf["includes"]]
    end = ALL[spf.get("all", assumed_all(lock))]
    return " ".join(["v=spf1", *own, *hosts, *cloud, *includes, *others, end])


# --- laws -------------------------------------------------------------------------------------------------

def address(at):
    return ipaddress.ip_address(at[1]) if at[0] == 4 else ipaddress.IPv6Address(at[1])


def results(world, points, limits=True):
    return [model.evaluate(world, *at, DOMAIN, limits) for at in points]


def law_of_results(built, points, wanted, final):
    """Every address has the result that the plain record gives it, or a limit is told that ends it."""
    for at, (want, _), (got, limit) in zip(points, wanted, final):
        if got == want or (limit and LIMITS & built.codes):
            continue
        yield f"{address(at)} has {got} (limit: {limit}), the plain record says {want}"


def law_of_own(built, points, final):
    """Every address of our own passes: they stand in front of all that costs look-ups."""
    own = [ipaddress.ip_network(one) for one in built.spec["egress"]["out"]["addresses"]]
    split = len(built.phases["2-final"]) > 1
    for at, (got, limit) in zip(points, final):
        if got != "pass" and any(address(at) in one for one in own) and not (split and limit):
            yield f"{address(at)} is ours and has {got}"


def law_of_sets(built, points, final):
    """`expand` says of every address what the model says of it alone."""
    lock = {**built.lock, "names": built.world("2-final")}
    with tempfile.NamedTemporaryFile("w", suffix=".json") as file:
        file.write(json.dumps(lock))
        file.flush()
        expansion = sets.expand(file.name, DOMAIN)
    expansion.check_partition()
    ranges = {4: [], 6: []}
    for family, by_result in expansion.sets.items():
        for result, networks in by_result.items():
            ranges[int(family[2])] += [(int(one.network_address), int(one.broadcast_address), result)
                                       for one in networks]
    for version, of_one in ranges.items():
        of_one.sort()
        here = [(at[1], got) for at, (got, _) in zip(points, final) if at[0] == version]
        index = 0
        for number, got in here:
            while of_one[index][1] < number:
                index += 1
            if of_one[index][2] != got:
                yield f"{address((version, number))}: the sets say {of_one[index][2]}, the model {got}"


def answer_size(name, texts):
    """RFC 1035: header and question, then for each record 12 octets and its strings."""
    return 12 + len(name) + 2 + 4 + sum(12 + sum(1 + len(one) for one in text) for text in texts)


def law_of_sizes(built):
    """Strings of at most 255 octets; what is longer than it should be is told."""
    others = {name: [one for one in answers.get("TXT", {}).get("data", []) if not "".join(one).lower().startswith("v=spf1")]
              for name, answers in built.lock["names"].items()}
    for phase in PHASES[:2]:
        for name, texts in built.phases[phase].items():
            if len(texts) != 1:
                yield f"{phase}: {len(texts)} records at {name}"
            if any(len(one) > 255 for text in texts for one in text):
                yield f"{phase}: a string of {name} is too long"
            if phase == "2-final" and len("".join(texts[0])) > 450 and not {"CP308", "CP321"} & built.codes:
                yield f"{len(''.join(texts[0]))} octets at {name}, and nothing is said"
            if answer_size(name, texts + others.get(name, [])) > 1232 and "CP321" not in built.codes:
                yield f"{phase}: the answer at {name} is too big, and nothing is said"


def law_of_leaves(built):
    """A leaf is one look-up, ends in -all, stands where nothing else stands, and is used."""
    for phase in PHASES[:2]:
        zone = built.phases[phase]
        root = "".join(zone.get(DOMAIN, [[""]])[0])
        for name, texts in zone.items():
            text = "".join(texts[0])
            if name == DOMAIN:
                continue
            if not re.fullmatch(r"v=spf1( ip[46]:\S+)+ -all", text):
                yield f"{phase}: a leaf is {text}"
            if f"include:{name}" not in root.split(" "):
                yield f"{phase}: {name} is not included"
            stands = [kind for kind, answer in built.lock["names"].get(name, {}).items() if answer["status"] == "ok"]
            there = ["".join(one) for one in built.lock["names"].get(name, {}).get("TXT", {}).get("data", [])]
            if stands and there != [text]:
                yield f"{phase}: {name} is taken by {stands}"
        if list(zone)[-1:] not in ([], [DOMAIN]):
            yield f"{phase}: the root does not come last"
    for name in set(built.phases["1-add"]) & set(built.phases["2-final"]) - {DOMAIN}:
        if built.phases["1-add"][name] != built.phases["2-final"][name]:
            yield f"{name} changes from one step to the next, under a root that is still cached"


def law_of_previous(built):
    """What stands there now is kept as it is, octet for octet, where something else is to come; and how
    long caches keep it."""
    if built.phases["previous"] and built.times != {built.lock["names"][DOMAIN]["TXT"].get("ttl", 3600)}:
        yield f"previous has the times {built.times}"
    there = published_records(built.lock)
    final = ["".join(one) for one in built.phases["2-final"][DOMAIN]]
    kept = [("".join(one)) for one in built.phases["previous"].get(DOMAIN, [])]
    if there and there != final and sorted(kept) != sorted(there):
        yield f"previous holds {kept}, not {there}"
    if set(built.phases["previous"]) - {DOMAIN}:
        yield "previous holds names that are not replaced"


def law_of_transition(built, points, before, final):
    """In between passes what passed before, and what will; and nothing else."""
    if not built.phases["1-add"]:
        parsed = [model.parse(one) for one in published_records(built.lock)]
        same = all("".join(texts[0]) in published_at(built.lock, name)
                   for name, texts in built.phases["2-final"].items())
        if len(parsed) == 1 and parsed[0] is not None and not same:
            yield "there is no record for the transition"
        return
    between = results(built.world("1-add"), points)
    told = any(one["code"] == "CP303" and "for the transition" in one["message"] for one in built.findings)
    for at, (was, _), (will, _), (now, limit) in zip(points, before, final, between):
        wanted = "pass" in (was, will)
        if wanted and now != "pass" and not (limit and told):
            yield f"{address(at)} has {now} in between (limit: {limit}), {was} before, {will} after"
        if now == "pass" and not wanted:
            yield f"{address(at)} passes in between, {was} before, {will} after"


def published_at(lock, name):
    return ["".join(one) for one in lock["names"].get(name, {}).get("TXT", {}).get("data", [])]


def law_of_flattening(built):
    """What is flattened is no look-up any more."""
    root = "".join(built.phases["2-final"][DOMAIN][0]).lower().split(" ")
    for name in built.spec["domains"][DOMAIN]["spf"].get("flatten", []):
        if f"include:{name}" in root:
            yield f"{name} is still included"


def law_of_refusals(spec, lock, refused, points):
    """An include is not replaced only where some address ends in an error in it."""
    for name, message in refused.items():
        errors = [got for got, _ in (model.evaluate(lock["names"], *at, name) for at in points)
                  if got in ("permerror", "temperror", "none")]
        if not errors:
            yield f"{name} is refused, but every address has a result in it: {message}"


def judge(built):
    """All complaints about one world."""
    spec, lock = built.spec, built.lock
    plain = {**lock["names"], DOMAIN: {**lock["names"][DOMAIN], "TXT": ok([[plain_record(spec, lock)]])}}
    worlds = [plain, built.world("2-final"), built.world("1-add")]
    points = sorted({at for one in worlds for at in model.cuts(one)})
    wanted, final = results(plain, points, limits=False), results(built.world("2-final"), points)
    before = results(lock["names"], points)
    yield from law_of_sizes(built)
    yield from law_of_results(built, points, wanted, final)
    yield from law_of_own(built, points, final)
    yield from law_of_sets(built, points, final)
    yield from law_of_leaves(built)
    yield from law_of_previous(built)
    yield from law_of_transition(built, points, before, final)
    yield from law_of_flattening(built)


def world(seed):
    """(complaints, what this world is an example of)"""
    random = randomness.Random(seed)
    spec, lock = spec_of(random), lock_of(random)
    built, seen, complaints = Built(spec, lock), [], []
    while refused := built.refused():
        seen.append("refused")
        points = model.cuts(lock["names"])
        complaints += law_of_refusals(spec, lock, refused, points)
        spf = spec["domains"][DOMAIN]["spf"]
        spf["flatten"] = [name for name in spf["flatten"] if name not in refused]
        built = Built(spec, lock)
    if built.status != 0 or not built.phases["2-final"]:
        return complaints + [f"status {built.status}: {sorted(built.codes)}"], seen
    seen += [name for name, there in (
        ("flattened", spec["domains"][DOMAIN]["spf"].get("flatten")), ("split", len(built.phases["2-final"]) > 1),
        ("transition", built.phases["1-add"]), ("limited", LIMITS & built.codes),
        ("split transition", len(built.phases["1-add"]) > 1)) if there]
    return complaints + list(judge(built)), seen


# --- that the laws see what is wrong ----------------------------------------------------------------------

def edit(built, phase, name, old, new):
    """Rewrites one record; false where there is nothing to rewrite."""
    there = "".join(built.phases[phase].get(name, [[""]])[0])
    changed = re.sub(old, new, there, count=1)
    if changed == there:
        return False
    built.phases[phase][name] = [[changed[at:at + 255] for at in range(0, len(changed), 255)]]
    return True


def rename(built, old, new):
    """A leaf under another name, in the zone and in the root."""
    zone = built.phases["2-final"]
    if old not in zone:
        return False
    built.phases["2-final"] = {new if name == old else name: texts for name, texts in zone.items()}
    return edit(built, "2-final", DOMAIN, re.escape(old), new)


def join_strings(built):
    texts = built.phases["2-final"][DOMAIN]
    if len(texts[0]) < 2:
        return False
    texts[0] = ["".join(texts[0])]
    return True


def root_first(built):
    zone = built.phases["2-final"]
    if len(zone) < 2:
        return False
    built.phases["2-final"] = {DOMAIN: zone.pop(DOMAIN), **zone}
    return True


SABOTAGE = (
    ("an address is left out", lambda one: edit(one, "2-final", DOMAIN, r" ip4:\S+", "")),
    ("an address of a leaf is left out", lambda one: edit(one, "2-final", f"_spf1.{DOMAIN}", r" ip4:\S+", "")),
    ("a network is twice as large", lambda one: edit(one, "2-final", DOMAIN, r"( ip4:\S+)/28", r"\1/27")),
    ("one address too many passes", lambda one: edit(one, "2-final", DOMAIN, "v=spf1", "v=spf1 ip4:233.252.0.1")),
    ("`all` is weaker", lambda one: edit(one, "2-final", DOMAIN, "[-]all", "~all")),
    ("a qualifier is lost", lambda one: edit(one, "2-final", DOMAIN, r" [-~?](ip4|include)", r" \1")),
    ("a leaf ends in another way", lambda one: edit(one, "2-final", f"_spf1.{DOMAIN}", "-all", "~all")),
    ("a leaf has a name that is taken", lambda one: rename(one, f"_spf1.{DOMAIN}", CLOUD)),
    ("the root comes before its leaves", root_first),
    ("a string is too long", join_strings),
    ("previous is not what stands there", lambda one: edit(one, "previous", DOMAIN, " ", "  ")),
    ("previous is forgotten too soon", lambda one: bool(one.times) and one.times.add(1) is None),
    ("previous is gone", lambda one: one.phases["previous"].pop(DOMAIN, None)),
    ("the transition is gone", lambda one: one.phases["1-add"] and one.phases.update({"1-add": {}}) is None),
    ("a new sender fails in between", lambda one: edit(one, "1-add", DOMAIN, r" ip[46]:\S+", "")),
    ("one more passes in between", lambda one: edit(one, "1-add", DOMAIN, "v=spf1", "v=spf1 ip4:233.252.0.1")),
)


def is_seen(sabotage):
    """Of the first worlds that it changes anything in: whether one of ten is complained about."""
    tried = 0
    for number in range(60):
        random = randomness.Random(number)
        built = Built(spec_of(random), lock_of(random))
        if built.status != 0 or not built.phases["2-final"] or sabotage(built) in (False, None):
            continue
        if any(judge(built)):
            return True
        tried += 1
        if tried == 10:
            break
    return False


# What the worlds have to be examples of, and how often at least, in a hundred.
KINDS = {"flattened": 30, "refused": 5, "split": 10, "transition": 30, "split transition": 5, "limited": 2}


def check(report, count, seed=1):
    """COUNT worlds; one test for all laws, one that the worlds are worth it."""
    bad, seen = [], collections.Counter()

    def judge_one(number):
        complaints, kinds = world(seed * 1000000 + number)
        seen.update(set(kinds))
        bad.extend(f"world {number} of seed {seed}: {one}" for one in complaints[:3])

    on_all_cores(judge_one, range(count))
    report.check(f"laws/what is written is what the spec asks for ({count} specs)", not bad, "\n".join(bad))
    report.check("laws/each kind of record is among them",
                 all(seen[kind] >= least * count // 100 for kind, least in KINDS.items()), seen)
    unseen = [name for name, sabotage in SABOTAGE if not is_seen(sabotage)]
    report.check(f"laws/{len(SABOTAGE)} ways of breaking them are seen", not unseen, unseen)
