"""What passed `check` is never refused by the service: random specs, through the compiler, into random tenants."""

import json
from concurrent.futures import ThreadPoolExecutor

from . import compiled, model
from .checks import YES, applied, changes, expect_exit, expect_final, expect_law, expect_quiet, text
from .compiled import Place, export_of, random_spec, random_tenant, steps_of, whole
from .suite import Skip, expect, expect_same, test
from .tests_rollback import expect_original

RUN = dict(YES, RemoveNow=True)


MADE = []


def compiler_or_skip():
    if not compiled.is_there():
        raise Skip("no connplan is built here")


class Made:
    """One random spec, what `build` made of it, a tenant, and what `plan` made of both; None where an error stands."""

    def __init__(self, b, number):
        self.rng = b.rng("compiled %d" % number)
        self.number = number
        self.place = Place(b.folder / "compiled" / str(number), random_spec(self.rng))
        self.built = self.planned = self.tenant = None
        found = self.place.run("check", "mailflow.yaml", "--format", "json")
        self.codes = [one["code"] for one in json.loads(found.out)["diagnostics"] if one["severity"] == "error"]
        if self.codes:
            expect_same(found.status, 1, "status with errors")
            self.place.run("build", "mailflow.yaml", "-o", "out", status=1)
            expect(not (self.place.folder / "out").exists(), "files in spite of", self.codes)
            return
        self.place.run("build", "mailflow.yaml", "-o", "built", status=0)
        self.built = self.place.scripts("built")
        self.tenant = random_tenant(self.rng, self.place.document("built")["connectors"])
        self.flags = ["--allow-removals", *(["--prune"] if self.rng.random() < 0.3 else []),
                      *(["--strict"] if self.rng.random() < 0.3 else [])]
        self.place.write("live.json", export_of(self.tenant))
        if self.plan("live.json", "-o", "planned").status == 0:
            self.planned = self.place.scripts("planned")

    def plan(self, live, *more, **how):
        return self.place.run("plan", "mailflow.yaml", "--live", live, *self.flags, *more, **how)


def make_all(b):
    """Once for all tests."""
    compiler_or_skip()
    if not MADE:
        with ThreadPoolExecutor(max_workers=2) as pool:
            MADE.extend(pool.map(lambda number: Made(b, number), range(b.amount(160))))
    return MADE


def never_refused(step):
    for call in changes(step):
        expect(not call["error"] and call["applied"], "refused:", call["error"], call["parameters"])


def expect_wizard_untouched(before, step):
    wizards = [one for one in before if one.get("ConnectorSource") == "HybridWizard"]
    for state in [call["state"] for call in applied(step)] + [step["connectors"]]:
        for one in wizards:
            expect(model.same(one, model.by_id(state, one["Guid"])), one["Name"], "was touched")


def empty_cases(b, made):
    """Scripts of `build` on a tenant without connectors: connectors.ps1 twice, and commands.ps1."""
    make = whole if made.number % 12 == 0 else steps_of
    step = make(b, "connectors", made.built["connectors.ps1"])
    verify = steps_of(b, "verify", made.built["verify.ps1"])()
    commands = b.step(b.keep(made.built["commands.ps1"]), file="commands.ps1", stripWhatIf=True)
    return [b.case({}, step(parameters=RUN, showPlan=True), step(parameters=RUN), verify), b.case({}, commands)]


def check_empty(results):
    (first, second, verify), (commands,) = results
    plan = first["plan"]
    expect_exit(first, 0)
    never_refused(first)
    expect_final(plan, [], first)
    expect_quiet(second)
    expect_exit(verify, 0)
    expect_same((commands["error"], commands["errors"]), (None, []), "errors of commands.ps1")
    never_refused(commands)
    expect_final(plan, [], commands)
    return len(changes(first))


@test
def what_passed_check_is_created_without_a_refusal(b):
    todo = [made for made in make_all(b) if made.built and made.number % 2 == 1]
    cases = [case for made in todo for case in empty_cases(b, made)]
    results = yield cases
    calls = sum(check_empty(results[2 * at : 2 * at + 2]) for at in range(len(todo)))
    expect(calls > len(todo), "only", calls, "calls in", len(todo), "specs")


def live_cases(b, made):
    """Scripts of `plan` on the tenant that it was made for: to the end and again, as commands, broken off and back."""
    make = whole if made.number % 12 == 0 else steps_of
    apply, back = make(b, "connectors", made.planned["connectors.ps1"]), make(b, "rollback", made.planned["rollback.ps1"])
    export = b.step(b.keep(made.planned["export.ps1"]), file="export.ps1")
    commands = b.step(b.keep(made.planned["commands.ps1"]), file="commands.ps1", stripWhatIf=True)
    tenant = {"connectors": made.tenant}
    fault = {"faults": [{"on": "write", "at": made.rng.randint(1, 3), "message": "Refused.", "when": made.rng.choice(["before", "after"])}]}
    home = "compiled %d" % made.number
    return [b.case(tenant, apply(parameters=RUN, showPlan=True), apply(parameters=RUN), export),
            b.case(tenant, commands),
            b.case(tenant, apply(parameters=YES, tenant=fault, home=home, keepFiles=True),
                   back(parameters=YES, tenant={"faults": []}, home=home))]


def check_live(made, results):
    (first, second, export), (commands,), (broken, back) = results
    plan = first["plan"]
    if first["exit"] == 1 and "no order of calls" in text(first):
        expect_same(changes(first), [], "changing calls")
        return None
    expect_exit(first, 0)
    never_refused(first)
    expect_final(plan, made.tenant, first)
    expect_law(made.tenant, first)
    expect_quiet(second)
    expect_same((commands["error"], commands["errors"]), (None, []), "errors of commands.ps1")
    never_refused(commands)
    expect_final(plan, made.tenant, commands)
    for step in (first, second, commands, broken, back):
        expect_wizard_untouched(made.tenant, step)
    expect_exit(back, 0)
    expect_original(made.tenant, back["connectors"], back)
    expect_planned_again(made, export["files"]["export.json"])
    return len(changes(first))


def expect_planned_again(made, exported):
    """What export.ps1 found afterwards, planned once more: no difference, and a script that does nothing."""
    made.place.write("after.json", json.loads(exported))
    again = made.plan("after.json", "--detailed-exitcode", status=0)
    expect(again.text.splitlines()[-1].startswith("0 differences: "), again.text)


@test
def what_passed_plan_converges_without_a_refusal(b):
    todo = [made for made in make_all(b) if made.planned and made.number % 2 == 0]
    results = yield [case for made in todo for case in live_cases(b, made)]
    calls = [check_live(made, results[3 * at : 3 * at + 3]) for at, made in enumerate(todo)]
    expect(sum(one or 0 for one in calls) > len(todo), "only", calls)
    expect(calls.count(None) * 20 <= len(calls), calls.count(None), "of", len(calls), "have no order of calls")
    expect(any(one.get("ConnectorSource") == "HybridWizard" for made in todo for one in made.tenant), "no wizard anywhere")
