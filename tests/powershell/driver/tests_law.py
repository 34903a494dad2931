"""The make-before-break law and convergence, for random tenants and random plans."""

from . import plans
from .checks import YES, changes, expect_exit, expect_final, expect_law, text
from .suite import expect, expect_same, test


@test
def random_changes_converge_and_never_break(b):
    rng = b.rng("law")
    todo = [plans.random_change(rng) for _ in range(b.amount(500))]
    cases = []
    for before, plan in todo:
        script = b.shared("connectors", plan)
        cases.append(b.case({"connectors": before}, b.step(script, parameters=dict(YES, RemoveNow=True)),
                            b.step(script, parameters=dict(YES, RemoveNow=True))))
    stopped, calls = [], 0
    for (before, plan), (first, second) in zip(todo, (yield cases)):
        if first["exit"] == 1 and "no order of calls" in text(first):
            expect_same(changes(first), [], "changing calls")
            stopped.append((before, plan))
            continue
        expect_exit(first, 0)
        expect_final(plan, before, first)
        expect_law(before, first)
        expect_exit(second, 0)
        expect_same(changes(second), [], "calls of the second run")
        calls += len(changes(first))
    expect(calls > len(todo), "only", calls, "calls in", len(todo), "cases")
    expect(len(stopped) * 50 <= len(todo), len(stopped), "changes were said to be impossible without a gap")


@test
def random_changes_converge_with_a_gap(b):
    rng = b.rng("gap")
    todo = [plans.random_change(rng) for _ in range(b.amount(120))]
    cases = []
    for before, plan in todo:
        step = b.step(b.shared("connectors", plan), parameters=dict(YES, AllowGap=True, RemoveNow=True))
        cases.append(b.case({"connectors": before}, step, step))
    for (before, plan), (first, second) in zip(todo, (yield cases)):
        expect_exit(first, 0)
        expect_final(plan, before, first)
        expect_exit(second, 0)
        expect_same(changes(second), [], "calls of the second run")


@test
def random_failures_are_healed(b):
    """Fail at k, run again, fail at k', run again: the plan's state, and the law all along."""
    rng = b.rng("failures")
    todo, cases = [], []
    while len(todo) < b.amount(150):
        before, plan = plans.random_change(rng)
        script = b.shared("connectors", plan)
        fault = lambda: {"faults": [{"on": "write", "at": rng.randint(1, 4), "message": "Refused.",  # noqa: E731
                                     "when": rng.choice(["before", "after"])}], "staleSeconds": rng.choice([0, 0, 20])}
        run = dict(YES, RemoveNow=True)
        cases.append(b.case({"connectors": before}, b.step(script, parameters=run, tenant=fault()),
                            b.step(script, parameters=run, tenant=fault()),
                            b.step(script, parameters=run, tenant={"faults": []})))
        todo.append((before, plan))
    for (before, plan), steps in zip(todo, (yield cases)):
        if any("no order of calls" in text(step) for step in steps):
            continue
        for step in steps[:-1]:
            expect(step["exit"] in (0, 1), step["exit"], text(step))
        expect_exit(steps[-1], 0)
        expect_final(plan, before, steps[-1])
        whole = dict(steps[-1], calls=[call for step in steps for call in step["calls"]])
        expect_law(before, whole)
