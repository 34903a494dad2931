"""From some state to the plan's: empty tenants, drift, phases, renames, removals, verify, export."""

import itertools
import json

from . import model, plans
from .checks import (YES, applied, backups, changes, expect_backup, expect_exit, expect_final, expect_law,
                     expect_quiet, expect_untouched, text)
from .suite import expect, expect_same, test

# Every changing call has these itself: preference variables do not reach another module.
COMMON = {"ErrorAction", "WhatIf", "Confirm"}


@test
def empty_tenant_becomes_the_plan(b):
    plan = plans.four()
    cases = []
    for mode in ("terminating", "nonterminating"):
        for ascii_only in (True, False):
            script = b.script("connectors", plan, ascii_only)
            step = b.step(script, parameters={"WaitMinutes": 0})
            cases.append(b.case({"errorMode": mode}, step, step))
    for first, second in (yield cases):
        expect_exit(first, 0)
        expect_final(plan, [], first)
        expect_same([call["command"] for call in changes(first)], ["New-InboundConnector"] * 4, "calls")
        expect_backup(first, [])
        expect_quiet(second)


@test
def every_managed_property_is_written_on_new(b):
    plan = plans.plan(plans.connector("X", stated=["ConnectorType"], **plans.RELAY))
    results = yield [b.case({}, b.step(b.shared("connectors", plan), parameters={"WaitMinutes": 0}))]
    call = changes(results[0][0])[0]
    expect_same(set(call["parameters"]) - COMMON, set(model.PROPERTIES) | {"Name"}, "parameters of New")
    expect_final(plan, [], results[0][0])


def drifted(b, plan, script, changed):
    """A tenant as planned but for some properties of one connector."""
    name, drift = changed
    tenant = [plans.live_of(one, **(drift if one["Name"] == name else {})) for one in plan["Connectors"]]
    step = b.step(script, parameters=YES)
    return b.case({"connectors": tenant}, step, step)


@test
def drift_of_one_or_two_properties_converges(b):
    plan = plans.four()
    script = b.shared("connectors", plan)
    todo = []
    for name, drifts in plans.DRIFTS.items():
        for size in (1, 2):
            for names in itertools.combinations(drifts, size):
                drift = {one: drifts[one] for one in names}
                if model.valid(dict(model.plan_values(model.find(plan["Connectors"], name)), **drift)):
                    todo.append((name, drift))
    expect(len(todo) > 100, "only", len(todo), "drifts")
    if b.fast:
        todo = todo[::6]
    results = yield [drifted(b, plan, script, one) for one in todo]
    for (name, drift), (first, second) in zip(todo, results):
        expect(changes(first), "nothing was done about", name, drift)
        expect_exit(first, 0)
        names = {call["parameters"].get("Identity") for call in changes(first)}
        expect(len(names) == 1, "more than the drifted connector was changed:", names)
        expect_final(plan, first["connectors"], first)
        expect_same(len(backups(first)), 1, "backups")
        expect_quiet(second)


@test
def what_is_not_stated_is_left_alone(b):
    stated = ["ConnectorType", "SenderIPAddresses", "RequireTls", "TlsSenderCertificateName"]
    plan = plans.plan(plans.connector("X", stated=stated, **plans.RELAY))
    tenant = [plans.live("x", **dict(plans.RELAY, SenderIPAddresses=["192.0.2.1"], Comment="mine", EFUsers=["a@contoso.com"],
                                     AssociatedAcceptedDomains=["contoso.net"]))]
    results = yield [b.case({"connectors": tenant}, b.step(b.shared("connectors", plan), parameters=YES))]
    step = results[0][0]
    expect_exit(step, 0)
    now = step["connectors"][0]
    expect_same((now["Comment"], now["EFUsers"], now["AssociatedAcceptedDomains"], now["Name"]),
                ("mine", ["a@contoso.com"], ["contoso.net"], "x"), "unstated properties")
    for call in changes(step):
        expect_same(set(call["parameters"]) - COMMON - {"Identity"}, {"SenderIPAddresses"}, "parameters")


@test
def other_spellings_are_no_difference(b):
    plan = plans.plan(plans.connector("Relay", **dict(plans.RELAY, AssociatedAcceptedDomains=["contoso.com"])))
    tenant = [plans.live("RELAY", **dict(
        plans.RELAY, SenderIPAddresses=["198.51.100.18/30", "198.51.100.10/32", "198.51.100.10"],
        AssociatedAcceptedDomains=["CONTOSO.com"], ConnectorType="onpremises"))]
    tenant[0]["SenderDomains"] = ["SMTP:*;1"]
    tenant[0]["TlsSenderCertificateName"] = ""
    results = yield [b.case({"connectors": tenant}, b.step(b.shared("connectors", plan), parameters=YES))]
    expect_quiet(results[0][0])


@test
def what_if_changes_nothing(b):
    plan = plans.four()
    script = b.shared("connectors", plan)
    dirty = [plans.live_of(one, Enabled=False) for one in plan["Connectors"]]
    unused = dict(plans.live("Old", **plans.RELAY))
    cases, calls = [], []
    for tenant, count in (([], 4), (dirty, 4), (dirty + [unused], 4), ([plans.live_of(plan["Connectors"][0])], 3)):
        cases.append(b.case({"connectors": tenant}, b.step(script, parameters={"WhatIf": True})))
        cases.append(b.case({"connectors": tenant}, b.step(script, preferences={"WhatIfPreference": True})))
        calls += [count, count]
    for (step,), count in zip((yield cases), calls):
        expect_untouched(step, "-WhatIf: %d changes would be made, none was." % count, code=0)
        announced = [line for line in step["lines"] if line.startswith("What if:")]
        expect_same(len(announced), count, "announcements")
        expect_same(step["waits"], [], "waits")


@test
def a_sample_only_previews(b):
    script = b.shared("connectors", plans.four(Sample=True))
    results = yield [b.case({}, b.step(script, parameters={"WaitMinutes": 0}),
                            b.step(script, parameters={"WhatIf": True}))]
    expect_untouched(results[0][0], "the spec is a sample")
    expect_same(results[0][0]["calls"], [], "calls of any kind")
    expect_untouched(results[0][1], "4 changes would be made", code=0)


def moving():
    """One address leaves connector A for B, B is new: phase 1 and phase 3 both have work."""
    before = [plans.live("A", RequireTls=False, SenderIPAddresses=["198.51.100.1", "198.51.100.2"])]
    plan = plans.plan(plans.connector("A", RequireTls=False, SenderIPAddresses=["198.51.100.1"]),
                      plans.connector("B", RequireTls=False, SenderIPAddresses=["198.51.100.2"]))
    return before, plan


@test
def the_phases_can_run_apart(b):
    before, plan = moving()
    script = b.shared("connectors", plan)
    tenant = {"connectors": before}
    run = lambda **parameters: b.step(script, parameters=parameters, keepFiles=True)  # noqa: E731
    results = yield [b.case(tenant, run(Phase="Remove"), run(Phase="Add"), run(Phase="Add"), run(Phase="Remove"),
                            run(WaitMinutes=0))]
    early, add, again, remove, last = results[0]
    expect_untouched(early, "run -Phase Add first")
    expect_exit(add, 0)
    expect_same([call["command"] for call in changes(add)], ["New-InboundConnector"], "phase 1")
    expect("-Phase Remove" in text(add), "the command for phase 3 is not named")
    expect_exit(again, 0)
    expect_same(changes(again), [], "phase 1 once more")
    expect_exit(remove, 0)
    expect_same([call["command"] for call in changes(remove)], ["Set-InboundConnector"], "phase 3")
    expect_same(remove["waits"], [], "waits of -Phase Remove")
    expect_same(backups(remove), ["backup-%s-%d.json" % (plans.HASH, n) for n in (1, 2)], "backups")
    expect_final(plan, before, remove)
    expect_exit(last, 0)
    expect_same(changes(last), [], "calls when all is done")


@test
def the_wait_is_announced_asked_for_or_refused(b):
    before, plan = moving()
    script = b.shared("connectors", plan)
    tenant = {"connectors": before}
    cases = [b.case(tenant, b.step(script, parameters={"WaitMinutes": 30})),
             b.case(tenant, b.step(script, parameters={"Organization": "contoso.onmicrosoft.com"})),
             b.case(tenant, b.step(script), answers=[0]), b.case(tenant, b.step(script), answers=[1]),
             b.case(tenant, b.step(script), answers=[2])]
    stated, nobody, wait, now, stop = (steps[0] for steps in (yield cases))
    expect_exit(stated, 0)
    expect_same(sum(stated["waits"]), 1800, "seconds waited")
    expect("waiting 30 minutes" in text(stated), "the wait is not announced")
    expect_exit(nobody, 4)
    expect_same([call["command"] for call in changes(nobody)], ["New-InboundConnector"], "calls where nobody is")
    expect("-Phase Remove -Organization 'contoso.onmicrosoft.com'" in text(nobody), text(nobody))
    expect_exit(wait, 0)
    expect_same(sum(wait["waits"]), 3600, "seconds waited")
    expect_exit(now, 0)
    expect_same(sum(now["waits"]), 0, "seconds waited")
    expect_exit(stop, 4)
    expect_same(len(changes(stop)), 1, "calls")
    for step in (stated, wait, now):
        expect_final(plan, before, step)


@test
def phase_3_needs_what_phase_1_added(b):
    """During the wait somebody deletes what phase 1 made: nothing is taken away then."""
    before, plan = moving()
    script = b.shared("connectors", plan)
    gone = [plans.live("A", RequireTls=False, SenderIPAddresses=["198.51.100.1", "198.51.100.2"])]
    results = yield [b.case({"connectors": before, "during": {"clock": 1200, "connectors": gone}},
                            b.step(script, parameters={"WaitMinutes": 30}))]
    step = results[0][0]
    expect_exit(step, 1)
    expect("Phase 3 was not begun" in text(step), text(step))
    expect_same([call["command"] for call in changes(step)], ["New-InboundConnector"], "calls")


@test
def former_names_are_renamed(b):
    planned = plans.connector("New name", was="Old name", **plans.RELAY)
    lone = plans.plan(planned)
    taken = plans.plan(planned, plans.connector("Old name", **plans.CERTIFIED))
    old = plans.live("old NAME", **dict(plans.RELAY, Comment="before"))
    both = [old, plans.live("New name", **plans.RELAY)]
    cases = [b.case({"connectors": [old]}, b.step(b.shared("connectors", lone), parameters=YES)),
             b.case({"connectors": [old]}, b.step(b.shared("connectors", taken), parameters=YES)),
             b.case({"connectors": both}, b.step(b.shared("connectors", lone), parameters=YES))]
    renamed, kept, left = (steps[0] for steps in (yield cases))
    expect_exit(renamed, 0)
    expect_same([one["Name"] for one in renamed["connectors"]], ["New name"], "names")
    expect_same(len(changes(renamed)), 1, "calls")
    expect_same(renamed["connectors"][0]["Comment"], "Relay for ERP", "comment")
    expect_exit(kept, 0)
    expect_same(sorted(one["Name"] for one in kept["connectors"]), ["New name", "old NAME"], "names")
    expect_quiet(left)
    expect("is left alone" in text(left), text(left))


@test
def hybrid_and_unmanaged_connectors_are_never_touched(b):
    hybrid = plans.live("Inbound from x", **dict(plans.CERTIFIED, CloudServicesMailEnabled=True,
                                                ConnectorSource="HybridWizard"))
    plan = plans.plan(plans.connector("Inbound from X", **plans.CERTIFIED))
    ours = plans.plan(plans.connector("Inbound from X", managed=False, **plans.CERTIFIED),
                      plans.connector("Mine", **plans.RELAY))
    strange = plans.live("Somebody's", **plans.FILTER)
    removed = plans.plan(plans.connector("Inbound from X", action="remove", **plans.CERTIFIED))
    tenant = {"connectors": [hybrid, strange]}
    cases = [b.case(tenant, b.step(b.shared("connectors", one), parameters=YES)) for one in (plan, ours, removed)]
    refused, done, kept = (steps[0] for steps in (yield cases))
    expect_untouched(refused, "belongs to the Hybrid Configuration wizard")
    expect_untouched(kept, "belongs to the Hybrid Configuration wizard")
    expect_exit(done, 0)
    expect_same([(call["command"], call["parameters"]["Name"]) for call in changes(done)],
                [("New-InboundConnector", "Mine")], "calls")
    expect("'Inbound from X' is not managed here" in text(done), text(done))


@test
def removal_takes_two_runs_or_remove_now(b):
    before = [plans.live("Old", **plans.RELAY), plans.live("Kept", **plans.CERTIFIED)]
    plan = plans.plan(plans.connector("Old", action="remove", **plans.RELAY), plans.connector("Kept", **plans.CERTIFIED))
    script = b.shared("connectors", plan)
    tenant = {"connectors": before}
    cases = [b.case(tenant, b.step(script, parameters=YES), b.step(script, parameters=YES), b.step(script, parameters=YES)),
             b.case(tenant, b.step(script, parameters=dict(YES, RemoveNow=True))),
             b.case(tenant, b.step(script, parameters={"WaitMinutes": 0})),
             b.case(tenant, b.step(script, parameters={"WaitMinutes": 0}), answers=[2]),
             b.case(tenant, b.step(script, parameters={"WaitMinutes": 0}), answers=[0])]
    slow, fast, nobody, no, yes = (yield cases)
    expect_exit(slow[0], 0)
    expect_same([one["Enabled"] for one in slow[0]["connectors"]], [False, True], "first run")
    expect("run the script once more to remove it" in text(slow[0]), text(slow[0]))
    expect_exit(slow[1], 0)
    expect_same([one["Name"] for one in slow[1]["connectors"]], ["Kept"], "second run")
    expect_quiet(slow[2])
    expect_exit(fast[0], 0)
    expect_same([one["Name"] for one in fast[0]["connectors"]], ["Kept"], "-RemoveNow")
    expect_exit(nobody[0], 1)
    expect("-Confirm:$false" in text(nobody[0]), text(nobody[0]))
    expect_same(changes(nobody[0]), [], "calls where nobody can confirm")
    expect_exit(no[0], 2)
    expect_same(changes(no[0]), [], "calls after a no")
    expect_exit(yes[0], 0)
    expect_same(len(applied(yes[0])), 1, "calls after a yes")


@test
def a_declined_addition_stops_before_phase_3(b):
    before, plan = moving()
    script = b.shared("connectors", plan)
    results = yield [b.case({"connectors": before}, b.step(script, parameters={"WaitMinutes": 0, "Confirm": True}),
                            answers=[2])]
    step = results[0][0]
    expect_exit(step, 2)
    expect_same(changes(step), [], "calls")
    expect("Phase 3 was not begun" in text(step), text(step))
    expect_same(sum(step["waits"]), 0, "a wait for what cannot come")


@test
def an_overlap_that_is_refused_names_allow_gap(b):
    before, plan = moving()
    script = b.shared("connectors", plan)
    tenant = {"connectors": before, "overlap": "refuse"}
    results = yield [b.case(tenant, b.step(script, parameters=YES), b.step(script, parameters=dict(YES, AllowGap=True)),
                            b.step(script, parameters=dict(YES, AllowGap=True)))]
    refused, made, again = results[0]
    expect_exit(refused, 1)
    expect("-AllowGap" in text(refused), text(refused))
    expect_same(applied(refused), [], "calls that took effect")
    expect_exit(made, 0)
    expect_final(plan, before, made)
    expect_quiet(again)


@test
def exchanged_certificates_need_allow_gap(b):
    before = [plans.live("A", TlsSenderCertificateName="a.contoso.com"), plans.live("B", TlsSenderCertificateName="b.contoso.com")]
    plan = plans.plan(plans.connector("A", TlsSenderCertificateName="b.contoso.com"),
                      plans.connector("B", TlsSenderCertificateName="a.contoso.com"))
    script = b.shared("connectors", plan)
    results = yield [b.case({"connectors": before}, b.step(script, parameters=YES),
                            b.step(script, parameters={"WhatIf": True}),
                            b.step(script, parameters=dict(YES, AllowGap=True))),
                     b.case({}, b.step(script, parameters=dict(YES, AllowGap=True, Phase="Add")))]
    stopped, preview, made = results[0]
    expect_untouched(stopped, "-AllowGap makes the change")
    expect_untouched(preview, "-AllowGap makes the change")
    expect_exit(made, 0)
    expect_final(plan, before, made)
    expect_untouched(results[1][0], "-AllowGap has no phases")


@test
def created_disabled_by_the_service_is_exit_3(b):
    plan = plans.four()
    before, moved = moving()
    step = b.step(b.shared("connectors", plan), parameters=YES)
    results = yield [b.case({"createDisabled": True}, step, step),
                     b.case({"createDisabled": True, "connectors": before},
                            b.step(b.shared("connectors", moved), parameters=YES))]
    for one in results[0]:
        expect_exit(one, 3)
        expect("the service keeps it disabled" in text(one), text(one))
        expect_same(sum(one["waits"]), 300, "seconds of polling")
    # What moves to a connector that the service keeps disabled must not be taken from the old one.
    expect_exit(results[1][0], 3)
    expect("Phase 3 was not begun" in text(results[1][0]), text(results[1][0]))
    expect_law(before, results[1][0])


@test
def verify_compares_what_is_stated(b):
    stated = [one for one in model.PROPERTIES if one not in ("Comment", "EFUsers")]
    plan = plans.plan(plans.connector("Relay", stated=stated, **plans.RELAY), plans.connector("Other", managed=False, **plans.FILTER),
                      Sample=True)
    script = b.shared("verify", plan)
    right = plans.live("Relay", **dict(plans.RELAY, Comment="mine"))
    wrong = dict(right, SenderIPAddresses=["198.51.100.10"])
    verify = lambda tenant, **more: b.case(tenant, b.step(script, file="verify.ps1", **more))  # noqa: E731
    cases = [verify({"connectors": [right]}), verify({"connectors": [wrong, plans.live("Strange")]}), verify({}),
             verify({"organization": "fabrikam.onmicrosoft.com"}),
             verify({"faults": [{"on": "Get-InboundConnector", "at": 1, "message": "Access is denied."}]}),
             verify({"connectors": [right]}, preferences={"WhatIfPreference": True})]
    results = [steps[0] for steps in (yield cases)]
    for step, code in zip(results, (0, 2, 2, 1, 1, 0)):
        expect_exit(step, code)
        expect_same(changes(step), [], "changing calls")
        expect_same(step["files"], {}, "files")
    expect("Comment: not managed: 'mine'" in text(results[0]), text(results[0]))
    expect("0 differences: compared 2 connectors, %d properties." % len(stated) in text(results[0]), text(results[0]))
    expect("'Strange': not in the plan" in text(results[1]), text(results[1]))
    expect("SenderIPAddresses: planned" in text(results[1]), text(results[1]))
    expect("it is missing" in text(results[2]), text(results[2]))


@test
def export_has_the_documented_shape(b):
    script = b.script("export", None)
    # More connectors than one page: a read that is not Unlimited would lose some.
    tenant = [plans.live("C%d \u00e9 \U0001f600" % n, **dict(plans.RELAY, Comment='"quoted" \\ \u2028 \x07 \uffee'))
              for n in range(5)]
    options = {"connectors": tenant, "pageSize": 2, "rejectDirectSend": True, "staleSeconds": 0}
    export = lambda tenant, **more: b.case(tenant, b.step(script, file="export.ps1", **more))  # noqa: E731
    cases = [export(options), export({}, parameters={"Path": "live state.json"}),
             export({}, parameters={"Organization": "fabrikam.onmicrosoft.com"}),
             export({}, parameters={"Organization": "11111111-2222-4333-8444-555555555555"}),
             export({"faults": [{"on": "read", "at": 4, "message": "Access is denied."}]}),
             b.case({}, b.step(script, file="export.ps1", keepFiles=True), b.step(script, file="export.ps1"))]
    results = yield cases
    full, empty, wrong, right, failed = (steps[0] for steps in results[:5])
    for step, code in ((full, 0), (empty, 0), (wrong, 1), (right, 0), (failed, 1), (results[5][1], 0)):
        expect_exit(step, code)
        expect_same(changes(step), [], "changing calls")
    document = json.loads(full["files"]["export.json"])
    expect_same(list(document), ["format", "version", "exported_at", "organization", "InboundConnector", "AcceptedDomain",
                                 "OrganizationConfig", "TransportConfig"], "keys")
    expect_same((document["format"], document["version"], document["organization"]),
                ("connplan-export", 1, "contoso.onmicrosoft.com"), "header")
    expect_same([(one["Name"], one["Comment"]) for one in document["InboundConnector"]],
                [(one["Name"], one["Comment"]) for one in tenant], "connectors")
    expect_same([model.state(one) for one in document["InboundConnector"]], [model.state(one) for one in tenant], "properties")
    expect_same(document["InboundConnector"][0]["WhenChangedUTC"], "2026-03-03T01:15:23.0000000Z", "a date")
    expect_same(document["OrganizationConfig"], {
        "Name": "contoso.onmicrosoft.com", "ExternalDirectoryOrganizationId": "11111111-2222-4333-8444-555555555555",
        "RejectDirectSend": True, "IsDehydrated": False}, "organization")
    expect_same(document["TransportConfig"], {"SmtpClientAuthenticationDisabled": False}, "transport")
    expect_same([sorted(one) for one in document["AcceptedDomain"]],
                [["DomainName", "DomainType", "MatchSubDomains"]] * 3, "accepted domains")
    expect("Fingerprint " + model.fingerprint(full["connectors"]) in text(full), "fingerprint:\n" + text(full))
    expect_same(json.loads(empty["files"]["live state.json"])["InboundConnector"], [], "an empty tenant")
    expect_same((wrong["files"], failed["files"]), ({}, {}), "files after a failure")
