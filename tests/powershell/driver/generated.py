"""Tests a folder of scripts that the compiler wrote."""

import re
from pathlib import Path

from . import model, plans
from .checks import changes, expect_exit, expect_final, expect_quiet
from .suite import Failure, expect, expect_same

KINDS = {"connectors.ps1": "runtime", "verify.ps1": "runtime", "export.ps1": "runtime", "rollback.ps1": "runtime",
         "commands.ps1": "commands"}
URIS = {"worldwide": "https://outlook.office365.com", "gcc": "https://outlook.office365.com",
        "gcc-high": "https://outlook.office365.us", "dod": "https://webmail.apps.mil", "china": "https://partner.outlook.cn"}
SAMPLE = re.compile(rb"(?m)^( *Sample = )\$true(\r?)$")
# The way back in a change request: what it reads, and the rest.
BACKOUT = re.compile(r"(?ms)^```powershell\n\$backup = Get-Content -Raw -Encoding UTF8 -LiteralPath "
                     r"\.\\(backup-[0-9a-f]{64}-1\.json) \| ConvertFrom-Json\n(.*?)\n```$")
# The engine has neither Get-Content nor ConvertFrom-Json: they are not what is tested. The backup lies in
# the folder of the script before.
READ_BACKUP = """\
function ConvertFrom-TestJson {
    param($Element)
    switch ([string]$Element.ValueKind) {
        'Object' {
            $row = [ordered]@{}
            foreach ($member in $Element.EnumerateObject()) { $row[$member.Name] = ConvertFrom-TestJson $member.Value }
            [pscustomobject]$row
        }
        'Array' { , @(foreach ($one in $Element.EnumerateArray()) { ConvertFrom-TestJson $one }) }
        'String' { $Element.GetString() }
        'True' { $true }
        'False' { $false }
        'Number' { $Element.GetDouble() }
        default { $null }
    }
}
$found = [IO.Directory]::GetFiles([IO.Path]::GetDirectoryName($PSScriptRoot), '%s', 'AllDirectories')
$backup = ConvertFrom-TestJson ([System.Text.Json.JsonDocument]::Parse([IO.File]::ReadAllText(@($found)[0])).RootElement)
"""


def tests(bench, folder):
    root = Path(folder).resolve()
    paths = sorted(path for path in root.rglob("*.ps1") if path.is_file())
    if not paths:
        yield "generated", nothing(root)
    for path in paths:
        name = str(path.relative_to(root))
        yield name + "/parse", parse(bench, path)
        if path.name == "connectors.ps1":
            yield name + "/run", run_connectors(bench, path)
        if path.name == "commands.ps1":
            yield name + "/run", run_commands(bench, path)


    for path in sorted(root.rglob("change-request.md")):
        text = path.read_text("utf-8")
        if "$backup = " in text:
            yield str(path.relative_to(root)) + "/back", run_backout(bench, path.parent / "connectors.ps1", text)


def nothing(root):
    raise Failure("no .ps1 below %s" % root)
    yield []


def parse(bench, path):
    problems = bench.engine.parse(KINDS.get(path.name, "any"), [path])
    expect(not problems, "\n".join(problems))
    data = path.read_bytes()
    expect(data.count(b"\n") == data.count(b"\r\n"), "a line does not end in CRLF")
    expect(data.isascii() or data.startswith(b"\xef\xbb\xbf"), "neither ASCII nor UTF-8 with BOM")
    yield []


def read_plan(bench, path):
    results = yield [bench.case({}, bench.step(bench.keep(path.read_bytes()), planOnly=True))]
    return results[0][0]["plan"]


def tenant_for(plan):
    """An empty tenant of the organization and cloud that the plan is for."""
    domains = {"contoso.com"}
    for connector in plan["Connectors"]:
        domains |= {one.lower() for one in model.plan_values(connector)["AssociatedAcceptedDomains"] or []}
    return {"organization": plan["Organization"] or "contoso.onmicrosoft.com", "acceptedDomains": sorted(domains),
            "organizationId": plan["Organization"] or "", "documentation": True,
            "sessions": [{"uri": URIS[plan["Cloud"]], "state": "Connected", "eop": False}]}


def wanted(plan):
    return [one for one in plan["Connectors"] if one["Managed"] and one["Action"] == "ensure"]


def applicable(plan, data):
    """The script of a sample as it is for a real tenant."""
    if not plan["Sample"]:
        return data
    real, count = SAMPLE.subn(rb"\g<1>$false\2", data)
    expect_same(count, 1, "lines that say Sample = $true")
    return real


def run_connectors(bench, path):
    plan = yield from read_plan(bench, path)
    expect_same((plan["Format"], plan["Version"]), ("connplan-script", 1), "format")
    tenant = tenant_for(plan)
    data = path.read_bytes()
    real = applicable(plan, data)
    given = {"Organization": tenant["organization"], "WaitMinutes": 0}
    preview = bench.step(bench.keep(data), parameters={"Organization": tenant["organization"], "WhatIf": True})
    steps = [preview, bench.step(bench.keep(real), parameters=given), bench.step(bench.keep(real), parameters=given)]
    for name, parameters in (("verify.ps1", {"Organization": tenant["organization"]}), ("export.ps1", {})):
        if (path.parent / name).exists():
            steps.append(bench.step(bench.keep((path.parent / name).read_bytes()), file=name, parameters=parameters))
    results = yield [bench.case(tenant, *steps)]
    shown, first, second = results[0][:3]
    expect_exit(shown, 0)
    expect_same(changes(shown), [], "changing calls under -WhatIf")
    expect_exit(first, 0)
    expect_final(plan, [], {**first, "connectors": first["connectors"]})
    expect_same(len(first["connectors"]), len(wanted(plan)), "connectors in the tenant")
    if wanted(plan):
        expect_quiet(second)
    for step in results[0][3:]:
        expect_exit(step, 0)
        expect_same(changes(step), [], "changing calls")


def run_commands(bench, path):
    """As it is, and with -WhatIf taken off: then the same end state as connectors.ps1."""
    beside = path.parent / "connectors.ps1"
    expect(beside.exists(), "no connectors.ps1 beside it to compare with")
    plan = yield from read_plan(bench, beside)
    data = bench.keep(path.read_bytes())
    tenant = tenant_for(plan)
    results = yield [bench.case(tenant, bench.step(data, file="commands.ps1")),
                     bench.case(tenant, bench.step(data, file="commands.ps1", stripWhatIf=True))]
    plain, bare = results[0][0], results[1][0]
    for step in (plain, bare):
        expect(step["error"] is None, step["error"])
        expect_same(step["errors"], [], "errors")
    if plan["Sample"]:
        expect_same(changes(plain), [], "changes of a sample's commands")
    else:
        expect_final_unmanaged_missing(plan, plain)
    expect_final_unmanaged_missing(plan, bare)


def expect_final_unmanaged_missing(plan, step):
    only = dict(plan, Connectors=wanted(plan))
    expect_final(only, [], step)
    expect_same(len(step["connectors"]), len(wanted(plan)), "connectors in the tenant")


def backout_case(bench, plan, script, text, known):
    """A tenant that holds some of the connectors with other values: apply, go back, apply again."""
    name, commands = BACKOUT.search(text).groups()
    before = [plans.live_of(one, Comment="before", SenderIPAddresses=["192.0.2.77"], RequireTls=True)
              for number, one in enumerate(wanted(plan)) if known(number)]
    tenant = dict(tenant_for(plan), connectors=before + [plans.live("Somebody's own")])
    given = {"Organization": tenant["organization"], "WaitMinutes": 0}
    back = bench.keep((READ_BACKUP % name + commands).encode("utf-8-sig"))
    look = bench.keep(b"[void]@(Get-InboundConnector)\r\n")
    apply = bench.keep(script)
    return bench.case(tenant, bench.step(look, file="look.ps1"),
                      bench.step(apply, parameters=given, keepFiles=True),
                      bench.step(back, file="back.ps1"), bench.step(apply, parameters=given))


def run_backout(bench, path, text):
    """What a change request says to paste gives back every connector, and switches off the new ones."""
    plan = yield from read_plan(bench, path)
    script = applicable(plan, path.read_bytes())
    patterns = (lambda number: False, lambda number: True, lambda number: number % 2 == 0)
    results = yield [backout_case(bench, plan, script, text, known) for known in patterns]
    for before, applied, back, again in results:
        expect_exit(applied, 0)
        expect(changes(applied), "nothing was changed that could be taken back")
        expect(back["error"] is None, back["error"])
        expect_same(back["errors"], [], "errors of the way back")
        there = {one["Name"]: one for one in before["connectors"]}
        for one in back["connectors"]:
            if one["Name"] in there:
                expect_same(one, there[one["Name"]], "a connector that was there")
            else:
                expect_same(one["Enabled"], False, "enabled, though the change created it")
        expect(set(there) <= {one["Name"] for one in back["connectors"]}, "a connector is gone")
        expect_exit(again, 0)
