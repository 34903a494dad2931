"""Laws over random worlds: sets against single messages, and both against pyspf."""

import collections
import json
import random as randomness

from lib import BINARY, run

import reference
from worlds import completed, without_some, world

SENDER, HELO = "user@d0.example.com", "mx.example.org"
LAW = BINARY.parent / "tests/spf_law"
COMPLETIONS = 3


def make(count, seed):
    """Worlds: all there is, and every third time the same with answers left out, and what else might
    stand there."""
    random = randomness.Random(seed)
    # Of its own, so that the worlds themselves are the same however many completions there are.
    other = randomness.Random(f"{seed} completions")
    for number in range(count):
        full = world(random)
        if number % 3 != 0:
            yield [full]
            continue
        part = without_some(random, full)
        yield [full, part, *(completed(other, part) for _ in range(COMPLETIONS))]


def third_opinion(full, answers):
    """(the differences that have a name, the first that has none)"""
    world = reference.World(full)
    named = collections.Counter()
    for answer in answers:
        ip, result = answer.split("=")
        theirs, message = reference.evaluate(world, ip, SENDER, HELO)
        if theirs == result:
            named["agree"] += 1
            continue
        why = reference.named_difference(world, theirs, message)
        if why is None:
            return named, f"{ip}: {result}, pyspf says {theirs}: {message}"
        named[why] += 1
    return named, None


def check(report, count, seed=1):
    """COUNT worlds; three tests: the law of the sets, pyspf, and that the worlds are worth it."""
    worlds = list(make(count, seed))
    lines = "".join("\t".join(map(json.dumps, locks)) + "\n" for locks in worlds)
    result = run([LAW], stdin=lines.encode(), timeout=1200)
    told = result.text.splitlines()
    broken = [f"world {number} of seed {seed}: {line}" for number, line in enumerate(told)
              if not line.startswith("ok ")]
    report.check(f"laws/sets are what messages get ({count} worlds)",
                 result.status == 0 and len(told) == count and not broken,
                 "\n".join(broken) or str(result))
    named, unnamed, seen = collections.Counter(), [], collections.Counter()
    for number, ((full, *_others), line) in enumerate(zip(worlds, told)):
        if not line.startswith("ok "):
            continue
        answers = line.split()[2:]
        seen.update(answer.split("=")[1] for answer in answers)
        its_named, problem = third_opinion(full, answers)
        named += its_named
        if problem:
            unnamed.append(f"world {number} of seed {seed}: {problem}")
    report.check(f"laws/pyspf agrees or differs by a name ({sum(named.values())} messages)",
                 not unnamed and named["agree"] > 0, "\n".join(unnamed))
    for why, times in named.most_common():
        print(f"  {times} × {why}")
    # A generator that only makes errors would prove nothing.
    wanted = ("pass", "fail", "softfail", "neutral", "permerror", "temperror")
    report.check("laws/every result is among them",
                 all(seen[one] >= count // 50 for one in wanted), seen)
