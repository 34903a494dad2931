"""Failures at every call, throttling, stale reads: reported truthfully, and a second run converges."""

from . import model, plans
from .checks import (YES, applied, backups, changes, expect_backup, expect_exit, expect_final, expect_law,
                     reported, text)
from .suite import expect, expect_same, test


def long_change():
    """Twelve calls: new connectors, both phases, an exchange of certificates, a disable, a removal, a rename."""
    before = [
        plans.live("Relay by address", **dict(plans.RELAY, SenderIPAddresses=["198.51.100.10", "192.0.2.7"])),
        plans.live("Relay by certificate", **dict(plans.CERTIFIED, TlsSenderCertificateName="old.contoso.com")),
        plans.live("Mail from the filter", **dict(plans.FILTER, SenderIPAddresses=["203.0.113.0/26", "192.0.2.0/28"])),
        plans.live("To be disabled", RequireTls=False, SenderIPAddresses=["192.0.2.99"]),
        plans.live("To be removed", RequireTls=False, Enabled=False, SenderIPAddresses=["192.0.2.98"]),
        plans.live("Before", **plans.PARTNER),
    ]
    plan = plans.plan(
        plans.connector("Relay by address", **plans.RELAY), plans.connector("Relay by certificate", **plans.CERTIFIED),
        plans.connector("Mail from the filter", **plans.FILTER),
        plans.connector("To be disabled", RequireTls=False, Enabled=False, SenderIPAddresses=["192.0.2.99"]),
        plans.connector("To be removed", action="remove", RequireTls=False, SenderIPAddresses=["192.0.2.98"]),
        plans.connector("After", was="Before", **plans.PARTNER),
        plans.connector("New one", RequireTls=False, SenderIPAddresses=["192.0.2.7"]),
        plans.connector("New two", TlsSenderCertificateName="new.contoso.com"))
    return before, plan


def call_count(b):
    """How many changing calls the long change takes; yields one case."""
    before, plan = long_change()
    results = yield [b.case({"connectors": before}, b.step(b.shared("connectors", plan), parameters=YES))]
    step = results[0][0]
    expect_exit(step, 0)
    expect_final(plan, before, step)
    expect_law(before, step)
    expect(len(changes(step)) >= 10, "only", len(changes(step)), "calls")
    return len(changes(step))


@test
def failure_at_every_call_is_told_and_healed(b):
    count = yield from call_count(b)
    before, plan = long_change()
    script = b.shared("connectors", plan)
    cases, points = [], []
    for k in range(1, count + 1):
        for mode in ("terminating", "nonterminating"):
            faults = [{"on": "write", "at": k, "message": "The operation was refused."}]
            cases.append(b.case({"connectors": before, "errorMode": mode},
                                b.step(script, parameters=YES, tenant={"faults": faults}, keepFiles=True),
                                b.step(script, parameters=YES, tenant={"faults": []}),
                                b.step(script, parameters=YES)))
            points.append(k)
    for k, (failed, healed, again) in zip(points, (yield cases)):
        expect_exit(failed, 1)
        done = [(call["command"], call["applied"]) for call in changes(failed)]
        expect_same(len(done), k, "calls up to the failure")
        rows = reported(failed)
        expect_same([row[1] for row in rows if row[0] == "done"], [name for name, ok in done if ok], "reported as done")
        expect_same([row[1] for row in rows if row[0] == "failed"], [done[-1][0]], "reported as failed")
        expect_same(len(rows), count, "rows of the report")
        expect("The operation was refused." in text(failed), text(failed))
        expect_backup(failed, before)
        expect(backups(failed)[0] in text(failed), "the backup is not named:\n" + text(failed))
        expect_law_until(before, failed, plan)
        expect_exit(healed, 0)
        expect_final(plan, before, healed)
        expect_same(len(backups(healed)), 2, "backups after the second run")
        expect_exit(again, 0)
        expect_same(changes(again), [], "calls of the third run")


def expect_law_until(before, step, plan):
    """Up to the failure nothing that the plan keeps was refused."""
    goal = [dict(model.plan_values(one), Name=one["Name"]) for one in plan["Connectors"] if one["Action"] == "ensure"]
    problems = model.law_problems(before, [call["state"] for call in applied(step)], goal)
    expect(not problems, "; ".join(problems))


@test
def an_error_after_the_change_took_effect_is_no_failure(b):
    count = yield from call_count(b)
    before, plan = long_change()
    script = b.shared("connectors", plan)
    cases = []
    for k in range(1, count + 1):
        for stale in (0, 30):
            fault = {"on": "write", "at": k, "when": "after", "message": "The operation has timed out."}
            cases.append(b.case({"connectors": before, "faults": [fault], "staleSeconds": stale}, b.step(script, parameters=YES)))
    for step, in (yield cases):
        expect_exit(step, 0)
        expect_final(plan, before, step)
        expect_same(len(applied(step)), count, "calls")
        expect("the change is there" in text(step), text(step))


@test
def reads_are_repeated_writes_are_not(b):
    before, plan = long_change()
    script = b.shared("connectors", plan)
    throttled = "The server is busy, micro delay applied (429 Too Many Requests)."
    read = lambda at, count, message=throttled, name="read": b.case(  # noqa: E731
        {"connectors": before, "faults": [{"on": name, "at": at, "count": count, "message": message}]}, b.step(script, parameters=YES))
    commands = ["Get-ConnectionInformation", "Get-OrganizationConfig", "Get-InboundConnector", "Get-AcceptedDomain", "Get-TransportConfig"]
    cases = [read(1, 5), read(1, 6), read(1, 1, "Access is denied.")]
    cases += [read(1, 3, name=one) for one in commands]
    cases += [read(1, 1, "The operation has timed out."), read(1, 1, "The underlying connection was closed.")]
    write = b.case({"connectors": before, "faults": [{"on": "write", "at": 3, "message": throttled}]}, b.step(script, parameters=YES))
    results = [steps[0] for steps in (yield cases + [write])]
    expect_exit(results[0], 0)
    expect_same(results[0]["waits"][:5], [5, 10, 20, 40, 60], "pauses")
    for step in results[1:3]:
        expect_exit(step, 1)
        expect_same(changes(step), [], "changing calls")
    expect_same(results[1]["waits"], [5, 10, 20, 40, 60], "pauses before giving up")
    expect_same(results[2]["waits"], [], "pauses after a refusal")
    for step in results[3:8]:
        expect_exit(step, 0)
        expect_same(sum(step["waits"][:3]), 35, "pauses")
    for step in results[8:10]:
        expect_exit(step, 0)
    expect_exit(results[10], 1)
    expect_same(len(changes(results[10])), 3, "a throttled write is not repeated")
    expect_same(sum(results[10]["waits"]), 60, "seconds in which the change may still show")


@test
def stale_reads_are_waited_for(b):
    before, plan = long_change()
    script = b.shared("connectors", plan)
    seconds = [10, 45, 120, 290, 310, 900]
    results = yield [b.case({"connectors": before, "staleSeconds": one}, b.step(script, parameters=YES)) for one in seconds]
    for stale, (step,) in zip(seconds, results):
        expect_law(before, step) if stale <= 300 else None
        if stale <= 300:
            # Read back once after each of the phases.
            expect_exit(step, 0)
            expect_final(plan, before, step)
            expect(stale <= sum(step["waits"]) <= 2 * (stale + 10), "waited", sum(step["waits"]), "for", stale)
        else:
            expect_exit(step, 2)
            expect_same(sum(step["waits"]), 300, "seconds before giving up")
            expect("Phase 3 was not begun" in text(step), text(step))
            expect({call["command"] for call in changes(step)} <= {"New-InboundConnector", "Set-InboundConnector"}, "removals")


@test
def a_read_that_fails_in_between_is_told(b):
    """The read after phase 1 is refused for good: what was done is reported, nothing is taken away."""
    before, plan = long_change()
    script = b.shared("connectors", plan)
    faults = [{"on": "Get-InboundConnector", "at": 2, "count": 100, "message": "Access is denied."}]
    results = yield [b.case({"connectors": before, "faults": faults}, b.step(script, parameters=YES))]
    step = results[0][0]
    expect_exit(step, 1)
    expect("Access is denied." in text(step), text(step))
    done = [row[1] for row in reported(step) if row[0] == "done"]
    expect_same(done, [call["command"] for call in applied(step)], "reported as done")
    expect(done and any(row[0] == "not done" for row in reported(step)), text(step))
