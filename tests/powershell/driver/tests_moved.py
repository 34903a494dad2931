"""Scripts of a plan that was compared with a tenant: they know when it has moved, and when they did it."""

from . import model, plans
from .checks import YES, applied, changes, expect_exit, expect_final, expect_law, expect_quiet, expect_untouched, text
from .suite import expect, expect_same, test
from .tests_failure import long_change


def guid(number):
    return "00000000-0000-4000-8000-%012d" % number


def scene():
    """A connector that the plan changes, one that it creates, one that it keeps, one that is not in it."""
    before = [plans.live("Changed", **plans.RELAY), plans.live("Kept", **plans.CERTIFIED), plans.live("Stranger", **plans.FILTER)]
    plan = plans.plan(plans.connector("Changed", **dict(plans.RELAY, SenderIPAddresses=["198.51.100.10", "192.0.2.7"])),
                      plans.connector("New", **plans.PARTNER), plans.connector("Kept", action="keep", **plans.CERTIFIED))
    return [dict(one, Guid=guid(number)) for number, one in enumerate(before, 1)], plan


MOVES = {
    "a comment of one that is changed": (lambda t: t[0].update(Comment="x"), "'Changed': Comment: 'Relay for ERP' -> 'x'"),
    "a comment of one that is kept": (lambda t: t[1].update(Comment="x"), "'Kept': Comment: (nothing) -> 'x'"),
    "an address of a stranger": (lambda t: t[2].update(SenderIPAddresses=["192.0.2.9"]), "'Stranger': SenderIPAddresses: "),
    "a new one": (lambda t: t.append(plans.live("Newcomer", **plans.RELAY)), "'Newcomer': it is new"),
    "one is gone": (lambda t: t.pop(), "'Stranger': it is gone"),
    "one that is changed is gone": (lambda t: t.pop(0), "'Changed': it is gone"),
    "another one of its name": (lambda t: t[2].update(Guid=guid(9)), "'Stranger': it was removed and made anew"),
    "another name": (lambda t: t[1].update(Name="Renamed"), "'Kept': Name: 'Kept' -> 'Renamed'"),
    "the wizard took it": (lambda t: t[2].update(ConnectorSource="HybridWizard"), "'Stranger': ConnectorSource: 'Default' -> 'HybridWizard'"),
    "what the plan creates is there, and other": (lambda t: t.append(plans.live("New", **plans.RELAY)), "'New': ConnectorType: "),
}


@test
def a_tenant_that_moved_stops_the_script(b):
    before, plan = scene()
    plan = plans.made_for(plan, before)
    script = b.shared("connectors", plan)
    cases = []
    for move, _ in MOVES.values():
        tenant = [dict(one) for one in before]
        move(tenant)
        for given in ({}, {"WhatIf": True}, {"Force": True}):
            cases.append(b.case({"connectors": tenant}, b.step(script, parameters=dict(YES, **given))))
    results = iter((yield cases))
    for name, (_, sentence) in MOVES.items():
        stopped, preview, forced = next(results)[0], next(results)[0], next(results)[0]
        for step in (stopped, preview):
            expect_untouched(step, sentence)
            expect("or say -Force" in text(step), name, text(step))
        expect(sentence in text(forced) and "-Force: going on" in text(forced), name, text(forced))
        expect_exit(forced, 0)
        expect({call["parameters"].get("Identity") for call in changes(forced)} <= {None, guid(1), guid(4)}, name, "touched others")


@test
def what_the_scripts_did_themselves_is_no_move(b):
    """After every failure the next run goes on; when all is done, a run finds nothing to do."""
    before, plan = long_change()
    plan = plans.made_for(plan, before)
    script = b.shared("connectors", plan)
    cases = []
    for k in range(1, 14):
        fault = {"faults": [{"on": "write", "at": k, "message": "Refused.", "when": ["before", "after"][k % 2]}]}
        cases.append(b.case({"connectors": before}, b.step(script, parameters=YES, tenant=fault),
                            b.step(script, parameters=YES, tenant={"faults": []}), b.step(script, parameters=YES)))
    for first, second, third in (yield cases):
        expect(first["exit"] in (0, 1), text(first))
        expect_exit(second, 0)
        expect_final(plan, before, second)
        expect_quiet(third)


@test
def phases_on_different_days_know_their_own_work(b):
    before, plan = scene()
    plan = plans.made_for(plan, before)
    script = b.shared("connectors", plan)
    run = lambda phase, **more: b.step(script, parameters=dict(YES, Phase=phase, **more), keepFiles=True)  # noqa: E731
    moved = [dict(plans.live("Changed", **dict(plans.RELAY, SenderIPAddresses=["198.51.100.10", "198.51.100.16/30", "192.0.2.7"])), Guid=guid(1)),
             *before[1:], dict(plans.live("New", **plans.PARTNER), Guid=guid(4)), dict(plans.live("Newcomer"), Guid=guid(9))]
    results = yield [b.case({"connectors": before}, run("Add"), run("Add"), run("Remove"), dict(run("Remove"), keepFiles=False)),
                     b.case({"connectors": moved}, dict(run("Remove"), keepFiles=False)),
                     b.case({"connectors": moved}, dict(run("Remove", Force=True), keepFiles=False))]
    add, again, remove, last = results[0]
    for step in results[0]:
        expect_exit(step, 0)
    expect_same([len(changes(step)) for step in results[0]], [2, 0, 1, 0], "calls")
    expect_final(plan, before, remove)
    expect_law(before, dict(last, calls=add["calls"] + again["calls"] + remove["calls"]))
    expect_untouched(results[1][0], "'Newcomer': it is new")
    expect_exit(results[2][0], 0)


@test
def a_move_during_the_wait_ends_the_run(b):
    before, plan = scene()
    plan = plans.made_for(plan, before)
    halfway = [dict(plans.live("Changed", **dict(plans.RELAY, SenderIPAddresses=["198.51.100.10", "198.51.100.16/30", "192.0.2.7"])), Guid=guid(1)),
               *before[1:], dict(plans.live("New", **plans.PARTNER), Guid=guid(4)), dict(plans.live("Newcomer"), Guid=guid(9))]
    run = lambda **more: b.case({"connectors": before, "during": {"clock": 1200, "connectors": halfway}}, b.step(  # noqa: E731
        b.shared("connectors", plan), parameters=dict(YES, WaitMinutes=30, **more)))
    stopped, forced = (steps[0] for steps in (yield [run(), run(Force=True)]))
    expect_exit(stopped, 1)
    expect("Phase 3 was not begun" in text(stopped) and "'Newcomer': it is new" in text(stopped), text(stopped))
    expect_same(len(changes(stopped)), 2, "calls")
    expect("rollback.ps1" in text(stopped), text(stopped))
    expect_exit(forced, 0)


@test
def what_is_kept_is_never_written(b):
    """With -Force even where it has moved; and it is not created anew."""
    before, plan = scene()
    plan = plans.made_for(plan, before)
    script = b.shared("connectors", plan)
    other = [before[0], dict(before[1], Comment="x", Enabled=False), before[2]]
    for step, in (yield [b.case({"connectors": one}, b.step(script, parameters=dict(YES, Force=True))) for one in (other, [before[0], before[2]])]):
        expect_exit(step, 0)
        expect_same(len(applied(step)), 3, "calls")
        expect(not any(call["parameters"].get("Name") == "Kept" for call in changes(step)), "it was made anew")


@test
def spelling_is_no_move(b):
    """A raw export, or another module version, may spell the same values in another way."""
    before, plan = scene()
    spelled = [dict(one, ConnectorType=one["ConnectorType"].lower(), SenderDomains=["SMTP:*;1"], Comment=one["Comment"] or None) for one in before]
    plan = plans.made_for(plan, spelled)
    (step,), = yield [b.case({"connectors": before}, b.step(b.shared("connectors", plan), parameters=YES))]
    expect_exit(step, 0)
    expect_final(plan, before, step)


@test
def a_connector_that_the_service_keeps_disabled_is_no_move(b):
    before, plan = scene()
    plan = plans.made_for(dict(plan, Connectors=plan["Connectors"] + [plans.connector("Relay two", RequireTls=False, SenderIPAddresses=["192.0.2.99"])]), before)
    step = b.step(b.shared("connectors", plan), parameters=YES)
    results = yield [b.case({"connectors": before, "createDisabled": True}, step, step)]
    for one in results[0]:
        expect_exit(one, 3)
    expect("moved" not in text(results[0][1]), text(results[0][1]))
