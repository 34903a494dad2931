"""Stopped before the first change, each with its sentence; and what callers' preferences cannot do."""

from . import plans
from .checks import (YES, applied, changes, expect_exit, expect_final, expect_law, expect_untouched, text)
from .suite import expect, expect_same, test

SESSION = {"uri": "https://outlook.office365.com", "state": "Connected", "eop": False}
CLOUDS = {
    "https://outlook.office365.com": {"worldwide", "gcc"},
    "https://outlook.office365.us": {"gcc-high"},
    "https://outlook-dod.office365.us/powershell-liveid": {"dod"},
    "https://webmail.apps.mil/powershell-liveid": {"dod"},
    "https://partner.outlook.cn/PowerShell-LiveID": {"china"},
    "https://outlook.office365.com.example/": set(),
    "not a uri": set(),
}
GUID = "11111111-2222-4333-8444-555555555555"


def sessions(*changes_of):
    return {"sessions": [dict(SESSION, **one) for one in changes_of]}


@test
def wrong_tenants_are_refused(b):
    named, unnamed = plans.four(), plans.four(Organization=None)
    by_id = plans.four(Organization=GUID.upper())
    apply = lambda plan, tenant, **given: b.case(  # noqa: E731
        tenant, b.step(b.shared("connectors", plan), parameters=dict(YES, **given)))
    refused = [apply(named, {"organization": "fabrikam.onmicrosoft.com"}),
               apply(named, {}, Organization="fabrikam.onmicrosoft.com"),
               apply(unnamed, {}, Organization="22222222-2222-4333-8444-555555555555"),
               apply(by_id, {"organizationId": "22222222-2222-4333-8444-555555555555"}),
               apply(by_id, {"organizationId": ""}), apply(named, {"organization": None})]
    taken = [apply(named, {"organization": "CONTOSO.onmicrosoft.com"}), apply(by_id, {}),
             apply(unnamed, {}, Organization=GUID), apply(unnamed, {}, Organization="contoso.onmicrosoft.COM"),
             apply(named, {}, Organization=GUID)]
    results = yield refused + taken + [apply(unnamed, {})]
    for step, in results[: len(refused)]:
        expect_untouched(step, "this is for the organization")
    for step, in results[len(refused) : -1]:
        expect_exit(step, 0)
    expect_untouched(results[-1][0], "say which tenant this is for with -Organization")


@test
def wrong_clouds_are_refused(b):
    cases, wanted = [], []
    for uri, clouds in CLOUDS.items():
        for cloud in ("worldwide", "gcc", "gcc-high", "dod", "china"):
            cases.append(b.case(sessions({"uri": uri}), b.step(b.shared("connectors", plans.four(Cloud=cloud)), parameters=YES)))
            wanted.append(cloud in clouds)
    for (step,), right in zip((yield cases), wanted):
        if right:
            expect_exit(step, 0)
        else:
            expect_untouched(step, "this is for the cloud")


@test
def exactly_one_exchange_session(b):
    script = b.shared("connectors", plans.four())
    run = lambda tenant: b.case(tenant, b.step(script, parameters=YES))  # noqa: E731
    none, two, eop, old = (steps[0] for steps in (yield [
        run({"sessions": []}), run(sessions({}, {})), run(sessions({}, {"eop": True})), run(sessions({}, {"state": "Broken"}))]))
    expect_untouched(none, "no Exchange Online session is connected")
    expect_untouched(two, "2 Exchange Online sessions are connected")
    expect_exit(eop, 0)
    expect_exit(old, 0)


@test
def missing_commands_and_prefixes_are_said(b):
    script = b.shared("connectors", plans.four())
    commands = ["New-InboundConnector", "Set-InboundConnector", "Get-InboundConnector", "Remove-InboundConnector",
                "Get-OrganizationConfig", "Get-AcceptedDomain", "Get-TransportConfig", "Get-ConnectionInformation"]
    cases = [b.case({}, b.step(script, parameters=YES), missing=[one]) for one in commands]
    results = yield cases + [b.case({}, b.step(script, parameters=YES), prefix="EXO")]
    for name, (step,) in zip(commands, results):
        expect_untouched(step, "this session has no command %s" % name)
    expect_untouched(results[-1][0], "without -Prefix")


@test
def dehydrated_organizations_are_refused(b):
    script = b.shared("connectors", plans.four())
    results = yield [b.case({"dehydrated": True}, b.step(script, parameters=one)) for one in (YES, {"WhatIf": True})]
    for step, in results:
        expect_untouched(step, "Enable-OrganizationCustomization")


@test
def no_backup_no_change(b):
    """Access denied to what the backup needs, and a folder that takes no file."""
    script = b.shared("connectors", plans.four())
    denied = [{"on": "Get-AcceptedDomain", "at": 1, "message": "Access is denied."}]
    results = yield [b.case({"faults": denied}, b.step(script, parameters=YES)),
                     b.case({}, b.step(b.shared("connectors", plans.four(PlanHash="no/such/folder")), parameters=YES))]
    for step, in results:
        expect_untouched(step, "the backup could not be written")


@test
def preferences_of_the_caller_change_nothing(b):
    plan = plans.four()
    script = b.shared("connectors", plan)
    before = [plans.live_of(plan["Connectors"][0], Comment="other")]
    defaults = {"*-InboundConnector:WhatIf": True, "Set-InboundConnector:Name": "injected", "*-InboundConnector:Confirm": True,
                "Write-Host:Object": "injected", "Get-InboundConnector:Identity": "Vendor"}
    cases = []
    for mode in ("terminating", "nonterminating"):
        for preferences in ({"ErrorActionPreference": "SilentlyContinue"}, {"ErrorActionPreference": "Ignore"},
                            {"WarningPreference": "Stop", "VerbosePreference": "Continue", "DebugPreference": "Continue"},
                            {"PSDefaultParameterValues": defaults}, {"OFS": "'; $global:Canary = 'dead'"},
                            {"ConfirmPreference": "None"}, {"InformationPreference": "SilentlyContinue"}):
            cases.append(b.case({"connectors": before, "errorMode": mode},
                                b.step(script, parameters={"WaitMinutes": 0}, preferences=preferences)))
    failing = b.case({"errorMode": "nonterminating", "faults": [{"on": "write", "at": 2, "message": "Refused."}]},
                     b.step(script, parameters=YES, preferences={"ErrorActionPreference": "SilentlyContinue"}))
    asking = b.case({}, b.step(script, parameters={"WaitMinutes": 0}, preferences={"ConfirmPreference": "Low"}),
                    answers=[0, 0, 0, 0])
    insisting = b.case({"connectors": before}, b.step(script, parameters={"WaitMinutes": 0, "WhatIf": False},
                                                      preferences={"WhatIfPreference": True}))
    results = yield cases + [insisting, failing, asking]
    for step, in results[:-2]:
        expect_exit(step, 0)
        expect_final(plan, before, step)
    expect_exit(results[-2][0], 1)
    expect_same(len(changes(results[-2][0])), 2, "calls up to the refused one")
    expect_exit(results[-1][0], 0)
    expect_same(len(results[-1][0]["questions"]), 4, "questions under $ConfirmPreference = Low")


@test
def cultures_change_nothing(b):
    plan = plans.four()
    before = [plans.live_of(one, Enabled=False) for one in plan["Connectors"][:2]]
    step = b.step(b.shared("connectors", plan), parameters=YES)
    for steps in (yield [b.case({"connectors": before}, step, step, culture=one) for one in ("tr-TR", "ar-SA", "ja-JP", "de-DE")]):
        expect_exit(steps[0], 0)
        expect_final(plan, before, steps[0])
        expect_same(changes(steps[1]), [], "calls of the second run")


@test
def reserved_ranges_are_refused_with_the_services_words(b):
    """The stand-in takes documentation addresses for the tests; private ones never."""
    cases, words = [], []
    for documentation, address in ((True, "10.1.1.30"), (True, "192.168.0.0/25"), (True, "172.31.255.255"), (False, "192.0.2.1")):
        plan = plans.plan(plans.connector("X", RequireTls=False, SenderIPAddresses=[address]))
        cases.append(b.case({"documentation": documentation}, b.step(b.shared("connectors", plan), parameters=YES)))
        words.append("Unable to create a connector. The IP range '%s' contains reserved IP addresses." % address)
    for (step,), sentence in zip((yield cases), words):
        expect_exit(step, 1)
        expect_same(applied(step), [], "calls that took effect")
        expect(sentence in text(step), text(step))


BAD = [
    ({"SenderIPAddresses": ["2001:db8::1"]}, "valid IPv4"), ({"SenderIPAddresses": ["192.0.2.0/23"]}, "too large"),
    ({"SenderIPAddresses": ["192.0.2.1-192.0.2.9"]}, "valid IPv4"), ({"SenderIPAddresses": ["0.0.0.1"]}, "reserved"),
    ({"SenderIPAddresses": []}, "needs SenderIPAddresses or"), ({"SenderIPAddresses": ["40.107.0.1"]}, "Microsoft 365"),
    ({"TlsSenderCertificateName": "mail.contoso.com"}, "needs RequireTls"),
    ({"TlsSenderCertificateName": "*", "RequireTls": True}, "isn't valid"),
    ({"TlsSenderCertificateName": "mail.*.com", "RequireTls": True}, "isn't valid"),
    ({"ConnectorType": "Partner", "SenderIPAddresses": [], "RestrictDomainsToIPAddresses": True}, "RestrictDomainsToIPAddresses needs"),
    ({"ConnectorType": "Partner", "RestrictDomainsToCertificate": True}, "RestrictDomainsToCertificate needs"),
    ({"ConnectorType": "Partner", "CloudServicesMailEnabled": True}, "CloudServicesMailEnabled needs"),
    ({"CloudServicesMailEnabled": True, "TreatMessagesAsInternal": True}, "TreatMessagesAsInternal needs"),
    ({"AssociatedAcceptedDomains": ["fabrikam.example"]}, "accepted domain"), ({"SenderDomains": ["contoso.com;101"]}, "between 1 and 100"),
    ({"Comment": "x" * 1025}, "1024"), ({"EFSkipIPs": ["10.0.0.1-10.0.0.9"]}, "reserved"), ({"SenderDomains": []}, "must not be empty"),
]


@test
def the_stand_in_applies_the_documented_rules(b):
    """Each rule refuses alone, and the failure is reported with its sentence."""
    cases = []
    for values, _ in BAD:
        plan = plans.plan(plans.connector("X", **dict(plans.RELAY, **values)))
        cases.append(b.case({}, b.step(b.shared("connectors", plan), parameters=YES)))
    for (step,), (values, sentence) in zip((yield cases), BAD):
        expect_exit(step, 1)
        expect_same(applied(step), [], "calls that took effect for %r" % (values,))
        expect(sentence in text(step), values, "\n" + text(step))


@test
def the_law_notices_a_gap(b):
    """The checks can fail: with -AllowGap an address that moves is refused for a moment."""
    before = [plans.live("A", RequireTls=False, SenderIPAddresses=["198.51.100.1", "198.51.100.2"])]
    plan = plans.plan(plans.connector("A", RequireTls=False, SenderIPAddresses=["198.51.100.1"]),
                      plans.connector("B", RequireTls=False, SenderIPAddresses=["198.51.100.2"]))
    results = yield [b.case({"connectors": before}, b.step(b.shared("connectors", plan), parameters=dict(YES, AllowGap=True)))]
    step = results[0][0]
    expect_exit(step, 0)
    try:
        expect_law(before, step)
    except Exception as failure:  # noqa: BLE001 - the failure is what is wanted
        expect("198.51.100.2" in str(failure), str(failure))
        return
    expect(False, "the law held although the address was dropped first")
