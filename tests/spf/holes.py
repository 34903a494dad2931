"""Laws of flattening and of the step from the published record to ours, where not all is known.

As in `unknown`, a world is made whole, and answers are taken out of its lock. Whatever stands in the holes,
a record with includes replaced gives every address what the spec asks for, and the record in between lets
through what the old one or the new one does. The completions differ in everything that the lock does not
say; in half of them what failed when the lock was made has an answer, too.
"""

import collections
import random as randomness
import re

from lib import on_all_cores

import compose
import model
import unknown
from compose import DOMAIN, LIMITS, Built, ok
from unknown import Filled, Message

COMPLETIONS = 4
POINTS = 60
# What a refusal to replace an include may say.
REASONS = re.compile(r"depends on|beside the other terms|limit of|is broken|has no SPF record|MX hosts"
                     r"|(TXT|A|AAAA|MX) of \S+: ")


def depends(term):
    """As in a record, where these stand last."""
    return bool(re.search(r"%\{[^d]", term))


def plain_record(spec, lock):
    """All that the spec asks for, terms that depend on the message behind the others."""
    *words, end = compose.plain_record(spec, lock).split(" ")
    if spec["egress"]["out"].get("authorize") == "never":
        del words[1:1 + len(spec["egress"]["out"]["addresses"])]
    return " ".join([*(one for one in words if not depends(one)), *filter(depends, words), end])


class Case:
    """One spec, built against a lock with holes; and what was refused to be replaced."""

    def __init__(self, seed):
        self.seed = seed
        self.spec, self.lock = self.make(randomness.Random(f"{seed} published"))
        self.refused = {}
        self.built = Built(self.spec, self.lock)
        while refused := self.built.refused():
            self.refused.update(refused)
            spf = self.spec["domains"][DOMAIN]["spf"]
            spf["flatten"] = [name for name in spf["flatten"] if name not in refused]
            self.built = Built(self.spec, self.lock)
        names = self.lock["names"]
        self.is_written = self.built.status == 0 and bool(self.built.phases["2-final"])
        plain = {**names[DOMAIN], "TXT": ok([[plain_record(self.spec, self.lock)]])}
        self.worlds = {"plain": {**names, DOMAIN: plain}, "old": names,
                       "new": self.built.world("2-final"), "between": self.built.world("1-add")}

    def make(self, random):
        spec, lock = unknown.make(self.seed, flatten=True)
        texts = compose.published_records(lock)
        if len(texts) == 1 and random.random() < 0.4:
            lock["names"][DOMAIN]["TXT"] = ok([[texts[0]]])
            unknown.put_into(random, lock, unknown.macro_term(random), [DOMAIN])
        return spec, lock

    def possible(self):
        """By world, what `expand` says of it."""
        return {name: unknown.possible_of({**self.lock, "names": self.worlds[name]})
                for name in ("old", "new", "between")}

    def points(self, worlds):
        found = sorted({at for world in worlds for at in model.cuts(world)})
        return randomness.Random(self.seed).sample(found, min(len(found), POINTS))


def completions(case, names):
    """For each way to fill the holes: a function that evaluates one address in a world of that name, and the
    addresses to try it at; those that the filling itself brings come last."""
    for number in range(COMPLETIONS):
        seed = f"{case.seed} completion {number}"
        filled = {name: Filled(case.worlds[name], seed, number % 2 == 1) for name in names}

        def of(name, at, limits=True, filled=filled, seed=seed):
            return unknown.evaluate(filled[name], at, Message(randomness.Random(seed), *at), limits)

        points = case.points([case.worlds[name] for name in names])
        yield number, of, points
        yield number, of, case.points([world.made for world in filled.values()])


# --- laws -------------------------------------------------------------------------------------------------

def law_of_flattening(case):
    """The record gives every address what the spec asks for, in every completion, whatever was replaced; a
    limit is told, or met in what nobody knows."""
    told = bool(LIMITS & case.built.codes)
    for number, of, points in completions(case, ("plain", "new")):
        for at in points:
            want, _, _ = of("plain", at, limits=False)
            got, limit, used = of("new", at)
            if got != want and not (limit and (told or used)):
                yield f"{compose.address(at)} has {got} in completion {number} (limit: {limit}), the spec says {want}"


def law_of_refusals(case):
    """An include that is not replaced is, for a reason."""
    root = "".join(case.built.phases["2-final"][DOMAIN][0]).lower().split(" ")
    for name in case.spec["domains"][DOMAIN]["spf"].get("flatten", []):
        if f"include:{name}" in root and not {"CP313", "CP314"} & case.built.codes:
            yield f"{name} is still included, and nothing is said"
    for name, message in case.refused.items():
        if not REASONS.search(message.split("in the record of", 1)[-1]):
            yield f"no reason: {message}"


def has_published(case):
    """Whether there is a record that can be gone by, and another one to come."""
    texts = compose.published_records(case.lock)
    same = all("".join(one[0]) in compose.published_at(case.lock, name)
               for name, one in case.built.phases["2-final"].items())
    return len(texts) == 1 and not same and "ip4:192.0.2.1/33" not in texts[0]


def law_of_transition(case):
    """Whatever the old record or the new one lets through passes in between, in every completion. Where a
    record in a hole is broken, whoever comes to it has an error; a vendor's that is known to be, and may
    pass others, ends in one in between what it will in the end, and that is told."""
    if not case.built.phases["1-add"]:
        if has_published(case):
            yield "there is no record for the transition"
        return
    told = any(one["code"] == "CP303" and "for the transition" in one["message"] for one in case.built.findings)
    for number, of, points in completions(case, ("old", "new", "between")):
        for at in points:
            was, will, (now, limit, used) = of("old", at)[0], of("new", at)[0], of("between", at)
            if "pass" not in (was, will) or now == "pass":
                continue
            broken = will == "permerror" and "CP323" in case.built.codes and not limit
            if now == "temperror" or (now == "permerror" and (used or broken or (limit and told))):
                continue
            yield (f"{compose.address(at)} has {now} in between in completion {number} (limit: {limit}), "
                   f"{was} before, {will} after")


def law_of_certainty(case):
    """What passes for certain before or after does in between; what does in between may at one of the ends."""
    if not case.built.phases["1-add"]:
        return
    told = any(one["code"] == "CP303" and "for the transition" in one["message"] for one in case.built.findings)
    possible = case.possible()
    for at in case.points(case.worlds.values()):
        was, will, now = (unknown.at_point(possible[name], at) for name in ("old", "new", "between"))
        if {"pass"} in (was, will) and now != {"pass"} and not (told and "permerror" in now):
            yield f"{compose.address(at)} is no certain pass in between: {sorted(now)}, {sorted(was)} before, {sorted(will)} after"
        if now == {"pass"} and "pass" not in was | will and {"temperror"} not in (was, will):
            yield f"{compose.address(at)} passes in between, {sorted(was)} before, {sorted(will)} after"


LAWS = (law_of_flattening, law_of_refusals, law_of_transition, law_of_certainty)


def judge(case):
    for law in LAWS:
        for text in law(case):
            yield f"{law.__name__}: {text}"


# --- that the laws see what is wrong ----------------------------------------------------------------------

def reread(case, changed):
    """What was changed is what the worlds hold, too."""
    case.worlds["new"], case.worlds["between"] = case.built.world("2-final"), case.built.world("1-add")
    return changed


def edit(case, phase, old, new):
    return reread(case, compose.edit(case.built, phase, DOMAIN, old, new))


def hide(case):
    """Every refusal loses its reason."""
    case.refused = {name: text.split(": ")[0] for name, text in case.refused.items()}
    return bool(case.refused)


def drop_transition(case):
    return reread(case, bool(case.built.phases["1-add"]) and case.built.phases.update({"1-add": {}}) is None)


SABOTAGE = (
    ("an include is lost", lambda case: edit(case, "2-final", r" include:\S+", "")),
    ("a term of the client is lost", lambda case: edit(case, "2-final", r" \S+%\{i\S+", "")),
    ("an address that a vendor passes is lost", lambda case: edit(case, "2-final", r" ip4:\S+", "")),
    ("an include stands before what stops it", lambda case: edit(case, "2-final", r"v=spf1(.*)( include:\S+)", r"v=spf1\2\1")),
    ("a refusal has no reason", hide),
    ("an include is lost in between", lambda case: edit(case, "1-add", r" include:\S+", "")),
    ("a listed sender is lost in between", lambda case: edit(case, "1-add", r" exists:\S+", "")),
    ("what is new is lost in between", lambda case: edit(case, "1-add", r" ip4:\S+", "")),
    ("something stops first in between", lambda case: edit(case, "1-add", "v=spf1", "v=spf1 ?exists:%{i}._listed.vendor.example")),
    ("one more passes in between", lambda case: edit(case, "1-add", "v=spf1", "v=spf1 ip4:192.0.0.0/8")),
    ("the transition is gone", drop_transition),
)


def is_seen(sabotage):
    """Of the first worlds that it changes anything in: whether one of ten is complained about."""
    tried = 0
    for seed in range(80):
        case = Case(seed)
        if not case.is_written or not sabotage(case):
            continue
        if any(judge(case)):
            return True
        tried += 1
        if tried == 10:
            break
    return False


# What the worlds have to be examples of, and how often at least, in a hundred.
KINDS = {"open": 60, "flattened": 30, "refused": 10, "transition": 35, "open transition": 15}


def kinds(case):
    old = unknown.possible_of(case.lock) if case.built.phases["1-add"] else {}
    return [name for name, there in (
        ("open", unknown.OPEN & case.built.codes), ("refused", case.refused),
        ("flattened", case.spec["domains"][DOMAIN]["spf"].get("flatten")),
        ("transition", case.built.phases["1-add"]),
        ("open transition", any(len(row[2]) > 1 for rows in old.values() for row in rows))) if there]


def check(report, count, seed=1):
    """COUNT worlds; whether the laws hold, whether the worlds are worth it, whether faults are seen."""
    bad, seen = [], collections.Counter()

    def judge_one(number):
        case = Case(seed * 1000000 + number)
        if not case.is_written:
            bad.append(f"world {number} of seed {seed}: status {case.built.status}: {sorted(case.built.codes)}")
            return
        seen.update(kinds(case))
        bad.extend(f"world {number} of seed {seed}: {text}" for text in [*judge(case)][:3])

    on_all_cores(judge_one, range(count))
    report.check(f"holes/what is flattened, and what stands in between, is right whatever is not known ({count} specs)",
                 not bad, "\n".join(bad))
    report.check("holes/each kind of record is among them",
                 all(seen[kind] >= least * count // 100 for kind, least in KINDS.items()), seen)
    unseen = [name for name, sabotage in SABOTAGE if not is_seen(sabotage)]
    report.check(f"holes/{len(SABOTAGE)} ways of breaking them are seen", not unseen, unseen)
