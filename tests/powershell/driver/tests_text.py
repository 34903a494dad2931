"""Hostile text arrives as typed, code point for code point, and nothing in it runs."""

import unicodedata

from . import plans
from .checks import YES, changes, expect_exit, expect_same
from .suite import expect, test

PIECES = [
    "'", "''", '"', "\u2018", "\u2019", "\u201a", "\u201b", "\u201c", "\u201d", "\u201e", "$", "$(", ")", "`", "``", "`n", "\n", "\r\n",
    "\t", "{", "}", "@'", "'@", '@"', "\n'@\n", ";", "|", "&", "#", "<#", "#>", "%", "\\", "\x01", "\x08", "\x1b[31m", "\x7f", "\x85",
    "\xa0", "\xad", "\u200b", "\u200e", "\u200f", "\u202a", "\u202e", "\u2066", "\u2069", "\u2028", "\u2029", "\ufeff", "\u061c", "\U0001f600",
    "\U0001f468\u200d\U0001f469", "\U000e0001", "e\u0301", "\u30e1\u30fc\u30eb", "\u05d0\u05d1", "a", "B", "0", " ", "-", "smtp:*;1", "$Plan",
    "$global:Canary = 'dead'", "$($global:Canary = 'dead')", "'; $global:Canary = 'dead'; '", "\u2019; $global:Canary = 'dead'; \u2019",
    "' + $($global:Canary = 'dead') + '", "')\r\n$global:Canary = 'dead'\r\n('", "-WhatIf", "\ufffe", "\uffff", "\ufffd", "\x00"[1:],
]


def hostile(rng):
    return "".join(rng.choice(PIECES) for _ in range(rng.randint(1, 8)))


def names(rng, count):
    """Distinct as the runtime compares names: without case, else exactly."""
    seen, result = set(), []
    while len(result) < count:
        name = hostile(rng)
        if name.upper() not in seen and name.lower() not in seen and name.strip():
            seen |= {name.upper(), name.lower()}
            result.append(name)
    return result


def hostile_plan(rng, count):
    return plans.plan(*[plans.connector(name, **dict(plans.RELAY, Comment=hostile(rng), EFUsers=[hostile(rng).lower() + "@contoso.com"]))
                        for name in names(rng, count)], TenantName=hostile(rng))


@test
def hostile_text_arrives_as_typed(b):
    rng = b.rng("text")
    todo = []
    for number in range(b.amount(24)):
        todo.append((hostile_plan(rng, 40), number % 2 == 0))
    cases = []
    for plan, ascii_only in todo:
        rows = plan["Connectors"]
        step = b.step(b.script("connectors", plan, ascii_only, rng), parameters=YES)
        half = [plans.live_of(one, Comment=hostile(rng)) for one in rows[: len(rows) // 2]]
        verify = b.step(b.script("verify", plan, ascii_only, rng), file="verify.ps1")
        cases.append(b.case({"connectors": half}, b.step(step["script"], planOnly=True), step, step, verify))
    for (plan, _), (read, first, second, verify) in zip(todo, (yield cases)):
        expect_same(read["plan"], plan, "the literal as the engine reads it")
        expect_exit(first, 0)
        wanted = sorted((one["Name"],) + texts(one) for one in plan["Connectors"])
        expect_same(sorted((one["Name"], one["Comment"], one["EFUsers"]) for one in first["connectors"]), wanted, "texts in the tenant")
        expect_exit(second, 0)
        expect_same(changes(second), [], "calls of the second run")
        expect_exit(verify, 0)
        for step in (first, second, verify):
            expect_shown(step)


def expect_shown(step):
    for line in step["lines"]:
        bad = [char for char in line if unicodedata.category(char) in ("Cc", "Zl", "Zp") or char in "\u202e\u200b\u2066\ufeff"]
        expect(not bad, "the screen is shown", ascii(line))


def texts(connector):
    values = {one["Name"]: one["Value"] for one in connector["Properties"]}
    return values["Comment"], values["EFUsers"]


@test
def texts_that_differ_invisibly_differ(b):
    """A linguistic comparison would call these equal; the tenant must be corrected."""
    pairs = [("a", "a\u200b"), ("a", "a\xad"), ("\xe9", "e\u0301"), ("stra\xdfe", "strasse"), ("a", "A"), ("a", "a\ufeff"), ("i", "\u0131")]
    cases = []
    for wanted, there in pairs:
        plan = plans.plan(plans.connector("X", **dict(plans.RELAY, Comment=wanted)))
        step = b.step(b.script("connectors", plan), parameters=YES)
        cases.append(b.case({"connectors": [plans.live("X", **dict(plans.RELAY, Comment=there))]}, step))
    for (wanted, there), (step,) in zip(pairs, (yield cases)):
        expect_exit(step, 0)
        expect_same(len(changes(step)), 1, "calls for %a instead of %a" % (there, wanted))
        expect_same(step["connectors"][0]["Comment"], wanted, "comment")


# Every character that PowerShell takes for a single quote.
QUOTES = "'\u2018\u2019\u201a\u201b"
BREAKOUTS = ["%s; $global:Canary = 'dead'; %s" % (quote, quote) for quote in QUOTES] + [
    "%s%s$($global:Canary = 'dead')" % (left, right) for left in QUOTES for right in QUOTES] + [
    "a\u202eb\u200b\x1b[31m\nc", "$global:Canary", "`n$(1)", "contoso.onmicrosoft.com"]


@test
def the_command_for_phase_3_can_be_pasted(b):
    """It is run as it was printed: with the organization that was meant, and nothing besides."""
    plan = plans.plan(plans.connector("New", **dict(plans.RELAY, SenderIPAddresses=["192.0.2.7"])),
                      plans.connector("Old", Enabled=False, **plans.RELAY), Organization="")
    file = "o'clock %s %s $(1) `a.ps1" % (QUOTES, QUOTES * 2)
    script = b.script("connectors", plan)
    live = [plans.live("Old", **plans.RELAY)]
    quiet = {"ConfirmPreference": "None"}
    paste = b.step(script, file=file, preferences=quiet, paste="Phase 3 is still to be run: ")
    cases = [b.case({"connectors": live, "organization": name}, b.step(script, file=file, parameters={"Organization": name}), paste)
             for name in BREAKOUTS]
    for name, (add, remove) in zip(BREAKOUTS, (yield cases)):
        expect_exit(add, 4)
        expect_same((remove["error"], remove["errors"], remove["canary"]), (None, [], "alive"), "what pasting did, for %a" % name)
        expect_exit(remove, 0)
        expect_same([call["command"] for call in changes(remove)], ["Set-InboundConnector"], "calls, for %a" % name)


@test
def a_name_on_the_screen_is_one_literal(b):
    """Whoever copies a line of the screen into a session gets a text, never a command."""
    names = ["%s x" % one for one in BREAKOUTS[:9]]
    plan = plans.plan(*[plans.connector(name, **plans.RELAY) for name in names])
    step = b.step(b.script("connectors", plan), parameters=dict(YES, WhatIf=True))
    (seen,), = yield [b.case({"connectors": []}, step)]
    expect_exit(seen, 0)
    lines = [line for line in seen["lines"] if line.startswith("New-InboundConnector ")]
    expect_same(len(lines), len(names), "announced calls")
    pasted = "\ufeff" + "\n".join(line.partition(" ")[2] for line in lines)
    (again,), = yield [b.case({"connectors": []}, b.step(b.keep(pasted.encode("utf-8")), file="pasted.ps1"))]
    expect_same((again["error"], again["errors"], again["canary"]), (None, [], "alive"), "what pasting did")
    expect_same(again["output"], names, "names")


@test
def an_error_cannot_move_the_cursor(b):
    """What the service says about a name is shown, not obeyed."""
    name = "a\x1b[2Jb\u202ec\r\nd"
    plan = plans.plan(plans.connector(name, **plans.RELAY))
    fault = {"on": "write", "at": 1, "count": 9, "when": "before", "message": "The connector '%s' was refused." % name}
    tenant = {"connectors": [], "faults": [fault]}
    (step,), = yield [b.case(tenant, b.step(b.script("connectors", plan), parameters=YES))]
    expect_exit(step, 1)
    expect_shown(step)
    expect("was refused" in "\n".join(step["lines"]), step["lines"])
