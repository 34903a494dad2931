"""The way back: whatever failed, and how often, rollback.ps1 gives the original."""

import json

from . import model, plans
from .checks import (YES, applied, backups, changes, expect_exit, expect_law, expect_untouched, reported, text)
from .suite import expect, expect_same, test
from .tests_failure import call_count, long_change

BACK = "rollback.ps1"


def expect_original(before, after, step, what=""):
    """Every connector as it was, by name and id; one that had been removed has a new id."""
    problems = []
    now = {one["Name"].lower(): one for one in after}
    for one in model.numbered(before):
        found = now.pop(one["Name"].lower(), None)
        if found is None:
            problems.append("%s is missing" % one["Name"])
            continue
        differs = [name for name in model.PROPERTIES if model.state(one)[name] != model.state(found)[name]]
        if differs or found["Name"] != one["Name"]:
            problems.append("%s: %s" % (one["Name"], ", ".join(differs) or "its name"))
    problems += ["%s is still there" % name for name in now]
    expect(not problems, what, "; ".join(problems), "\n" + text(step))


@test
def after_every_failure_rollback_gives_the_original(b):
    """Fail at k, go back; fail at k, run again and fail at k', go back."""
    count = yield from call_count(b)
    before, plan = long_change()
    plan = plans.made_for(plan, before)
    apply, back = b.pair(plan)
    rng = b.rng("rollback")
    fail = lambda k, when="before": {"faults": [{"on": "write", "at": k, "when": when, "message": "Refused."}]}  # noqa: E731
    cases, points = [], []
    for k in range(1, count + 2):
        second = rng.randint(1, count)
        for runs, mode in ((1, "terminating"), (2, "nonterminating")):
            steps = [apply(parameters=YES, tenant=fail(k, rng.choice(["before", "after"])))]
            steps += [apply(parameters=YES, tenant=fail(second))] * (runs - 1)
            steps += [back(parameters=YES, tenant={"faults": []}), dict(back(parameters=YES), keepFiles=False)]
            cases.append(b.case({"connectors": before, "errorMode": mode}, *steps))
            points.append((k, second))
    for (k, second), steps in zip(points, (yield cases)):
        runs, (done, again) = steps[:-2], steps[-2:]
        what = "failed at %d and %d:" % (k, second)
        for run in runs:
            expect(run["exit"] in (0, 1), what, text(run))
            if run["exit"] == 1 and backups(run):
                expect(BACK in text(run), what, "the command to go back is not named:\n" + text(run))
        expect_exit(done, 0)
        expect_original(before, done["connectors"], done, what)
        expect_law(runs[-1]["connectors"], done)
        expect_exit(again, 0)
        expect_same(changes(again), [], "calls of a second rollback")
        if backups(runs[-1]):
            expect("backup-%s-1.json" % plans.HASH in text(done), what, text(done))
        else:
            expect("No backup of this plan" in text(done), what, text(done))


@test
def the_way_back_survives_failures_too(b):
    """Rollback fails at j, with a word about it, and goes on from there when it is run again."""
    before, plan = long_change()
    plan = plans.made_for(plan, before)
    apply, back = b.pair(plan)
    whole = yield [b.case({"connectors": before}, apply(parameters=YES), dict(back(parameters=YES), keepFiles=False))]
    count = len(changes(whole[0][1]))
    expect(count >= 8, "only", count, "calls")
    cases = []
    for j in range(1, count + 1):
        faults = {"faults": [{"on": "write", "at": j, "message": "Refused."}], "staleSeconds": 20 * (j % 2)}
        cases.append(b.case({"connectors": before}, apply(parameters=YES), back(parameters=YES, tenant=faults),
                            dict(back(parameters=YES, tenant={"faults": []}), keepFiles=False)))
    for applied_all, failed, healed in (yield cases):
        expect_exit(applied_all, 0)
        expect_exit(failed, 1)
        rows = reported(failed)
        expect_same([row[1] for row in rows if row[0] == "done"], [call["command"] for call in applied(failed)], "reported as done")
        expect("before-rollback-%s-1.json" % plans.HASH in text(failed), text(failed))
        expect("To go back" not in text(failed), text(failed))
        expect_exit(healed, 0)
        expect_original(before, healed["connectors"], healed)
        both = dict(healed, calls=failed["calls"] + healed["calls"])
        expect_law(applied_all["connectors"], both)


@test
def random_plans_are_taken_back(b):
    rng = b.rng("taken back")
    todo, cases = [], []
    while len(todo) < b.amount(80):
        before, plan = plans.random_change(rng)
        plan = plans.made_for(plan, before)
        apply, back = b.pair(plan)
        fault = lambda: {"faults": [{"on": "write", "at": rng.randint(1, 5), "message": "Refused.",  # noqa: E731
                                     "when": rng.choice(["before", "after"])}], "staleSeconds": rng.choice([0, 0, 20])}
        run = dict(YES, RemoveNow=True)
        if rng.random() < 0.2:
            run["AllowGap"] = True
        cases.append(b.case({"connectors": before}, *[apply(parameters=run, tenant=fault()) for _ in range(rng.randint(1, 2))],
                            back(parameters=YES, tenant={"faults": []}), dict(back(parameters=dict(YES, AllowGap=True)), keepFiles=False)))
        todo.append(before)
    stopped = 0
    for before, steps in zip(todo, (yield cases)):
        done, last = steps[-2:]
        if "no order of calls" in text(done):
            stopped += 1
            done = last
        expect_exit(done, 0)
        expect_original(before, last["connectors"], done, "\n" + "\n----\n".join(text(one) for one in steps[:-2]))
        if done is not last:
            expect_law(steps[-3]["connectors"], done)
            expect_same(changes(last), [], "calls of a second rollback")
    expect(stopped * 20 <= len(todo), stopped, "ways back were said to be impossible without a gap")


def small():
    """One connector changes, one is new, and one is nobody's business."""
    before = [plans.live("Relay", **plans.RELAY), plans.live("Stranger", **plans.FILTER)]
    plan = plans.plan(plans.connector("Relay", **dict(plans.RELAY, Comment="new")), plans.connector("New", **plans.CERTIFIED))
    return before, plans.made_for(plan, before)


@test
def only_what_the_plan_touches_goes_back(b):
    """Others' work in the meantime stays: a connector of theirs, a change to one that the plan leaves alone."""
    before, plan = small()
    apply, back = b.pair(plan)
    during = [plans.live("Relay", **dict(plans.RELAY, Comment="new")), plans.live("Stranger", **dict(plans.FILTER, Comment="theirs")),
              plans.live("Theirs", **plans.PARTNER), plans.live("New", **plans.CERTIFIED)]
    during = [dict(one, Guid="00000000-0000-4000-8000-%012d" % number) for one, number in zip(during, (1, 2, 7, 8))]
    (done, after), = yield [b.case({"connectors": before}, apply(parameters=YES, tenant={"during": {"clock": 60, "connectors": during}}),
                                   dict(back(parameters=YES, tenant={"connectors": during}), keepFiles=False))]
    expect_exit(done, 0)
    expect_exit(after, 0)
    expect_same(sorted((call["command"], call["parameters"].get("Identity", "")[-1:]) for call in changes(after)),
                [("Remove-InboundConnector", "3"), ("Set-InboundConnector", "1")], "calls")


@test
def what_somebody_changed_since_is_said_first(b):
    before, plan = small()
    apply, back = b.pair(plan)
    theirs = dict(plans.live("Relay", **dict(plans.RELAY, Comment="theirs")), Guid="00000000-0000-4000-8000-000000000001")
    tenant = {"connectors": [theirs, before[1]]}
    stopped, forced = yield [b.case(tenant, dict(back(parameters=YES), keepFiles=False)),
                             b.case(tenant, dict(back(parameters=dict(YES, Force=True)), keepFiles=False))]
    expect_untouched(stopped[0], "'Relay': Comment: ")
    expect_exit(forced[0], 0)
    expect("'theirs'" in text(forced[0]) and "-Force: going on" in text(forced[0]), text(forced[0]))
    expect_same(forced[0]["connectors"][0]["Comment"], "Relay for ERP", "comment")


def backup(before, comment, **more):
    rows = [dict({key: one.get(key) for key in model.PROPERTIES}, Name=one["Name"], Guid=one["Guid"], ConnectorSource="Default",
                 Comment=comment) for one in model.numbered(before)]
    return json.dumps(dict({
        "format": "connplan-export", "version": 1, "exported_at": "2026-12-01T10:00:00Z", "organization": "contoso.onmicrosoft.com",
        "InboundConnector": rows, "OrganizationConfig": {
            "Name": "contoso.onmicrosoft.com", "ExternalDirectoryOrganizationId": "11111111-2222-4333-8444-555555555555"}}, **more))


@test
def the_oldest_backup_or_the_one_that_is_named(b):
    before, plan = small()
    _, back = b.pair(plan)
    name = "backup-%s-%%d.json" % plans.HASH
    hostile = "o'ne \u2019 \u202e\n\"\\\u2028\U0001f600\t\u0001"
    files = {name % 10: backup(before, "tenth"), name % 2: backup(before, hostile), "backup-%s-1.json" % ("f" * 64): backup(before, "x"),
             "before-rollback-%s-1.json" % plans.HASH: backup(before, "y"), "mine.json": backup(before, "mine", exported_at=None)}
    run = lambda write, **more: b.case({"connectors": before}, dict(back(  # noqa: E731
        write=write, parameters=dict(YES, **more)), keepFiles=False))
    bad = [{name % 1: "{"}, {name % 1: "[]"}, {name % 1: '{"format": "connplan-export", "version": 1, "InboundConnector": [{"Name": 5, "Name": 6}]}'},
           {name % 1: backup(before, "x", format="other")}, {name % 1: backup(before, "x", InboundConnector=[{}])}, {name % 1: ""},
           {name % 1: backup(before, "x") + "x"}]
    other = backup(before, "x", OrganizationConfig={"Name": "contoso.onmicrosoft.com", "ExternalDirectoryOrganizationId": "1-2"})
    results = yield [run(files), run(files, Backup="mine.json"), run({}), run({name % 1: other}),
                     run(files, Backup="absent.json"), *[run(one) for one in bad]]
    oldest, named, carried, foreign, absent = (steps[0] for steps in results[:5])
    for step, comment, sentence in ((oldest, hostile, "made at '2026-12-01T10:00:00Z'"), (named, "mine", "at a time that it does not tell"),
                                    (carried, "Relay for ERP", "exported at '2026-11-30T08:00:00Z'")):
        expect_exit(step, 0)
        expect_same(step["connectors"][0]["Comment"], comment, "comment")
        expect(sentence in text(step), text(step))
    expect(name % 2 in text(oldest) and "mine.json" in text(named), text(oldest))
    expect_same((changes(carried), oldest["connectors"][1]["Comment"]), ([], ""), "what is not the plan's")
    for step in [foreign, absent] + [steps[0] for steps in results[5:]]:
        expect_exit(step, 1)
        expect_same(changes(step), [], "calls")
    expect("is of the organization '1-2'" in text(foreign), text(foreign))
    for steps in results[5:]:
        expect("cannot be used" in text(steps[0]), text(steps[0]))


@test
def nothing_but_the_plans_own_is_removed(b):
    """What was there before the plan stays, under any name; the wizard's too."""
    before = [plans.live("Kept", **plans.RELAY), plans.live("Inbound from x", **dict(plans.CERTIFIED, ConnectorSource="HybridWizard"))]
    plan = plans.made_for(plans.plan(plans.connector("Kept", **plans.RELAY), plans.connector("New", **plans.PARTNER),
                                     plans.connector("Inbound from x", managed=False, **plans.CERTIFIED)), before)
    apply, back = b.pair(plan)
    taken = [dict(one, Guid="00000000-0000-4000-8000-%012d" % number) for number, one in enumerate(before, 1)]
    taken.append(dict(plans.live("New", **dict(plans.PARTNER, ConnectorSource="HybridWizard")), Guid="00000000-0000-4000-8000-000000000009"))
    cases = [b.case({"connectors": before}, apply(parameters=YES), dict(back(parameters=YES), keepFiles=False)),
             b.case({"connectors": taken}, dict(back(parameters=dict(YES, Force=True)), keepFiles=False))]
    (done, after), (kept,) = yield cases
    expect_exit(done, 0)
    expect_exit(after, 0)
    expect_original(before, after["connectors"], after)
    expect_same([call["command"] for call in changes(after)], ["Remove-InboundConnector"], "calls")
    expect_exit(kept, 0)
    expect_same(changes(kept), [], "calls about a connector that the wizard made since")
    expect("left alone" in text(kept), text(kept))


@test
def taking_away_is_asked_about_and_waited_for(b):
    before, plan = small()
    apply, back = b.pair(plan)
    after = [dict(plans.live("Relay", **dict(plans.RELAY, Comment="new")), Guid="00000000-0000-4000-8000-000000000001"), before[1],
             dict(plans.live("New", **plans.CERTIFIED), Guid="00000000-0000-4000-8000-000000000003")]
    tenant = {"connectors": after}
    run = lambda answers=None, **given: b.case(tenant, dict(back(parameters=given), keepFiles=False), answers=answers)  # noqa: E731
    nobody, stated, no, preview, add, gap = (steps[0] for steps in (yield [
        run(), run([0], WaitMinutes=5), run([2], WaitMinutes=0), run(WhatIf=True), run(Phase="Add", **YES), run(AllowGap=True, **YES)]))
    expect_exit(nobody, 4)
    expect_same([call["command"] for call in changes(nobody)], ["Set-InboundConnector"], "calls where nobody is")
    expect("rollback.ps1' -Phase Remove" in text(nobody), text(nobody))
    expect_exit(stated, 0)
    expect_same(sum(stated["waits"]), 300, "seconds waited")
    expect_same(len(stated["questions"]), 1, "questions")
    expect_exit(no, 2)
    expect_same([one["Name"] for one in no["connectors"]], ["Relay", "Stranger", "New"], "connectors after a no")
    expect_untouched(preview, "-WhatIf: 2 changes would be made, none was.", code=0)
    expect_exit(add, 0)
    expect_exit(gap, 0)
    expect_original(before, gap["connectors"], gap)
