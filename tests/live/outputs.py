"""The files of `plan -o`: which, with what in them, and when there are none."""

import json
import pathlib
import re
import tempfile

import jsonschema

from lib import ROOT, connplan, each, equal
from plans import HEAD, LIVE, RELAY
from tenants import connector, export, fingerprint, text

SCHEMA = jsonschema.Draft7Validator(json.loads((ROOT / "schema/plan.schema.json").read_bytes()))
SPEC = {"Relay for ERP": {**RELAY, "comment": "it's"}, "New one": {**RELAY, "was": "Old one", "enabled": False},
        "Fresh": {**RELAY, "enabled": False}}
TENANT = [LIVE | {"SenderIPAddresses": ["198.51.100.10", "203.0.113.7"]},
          connector("Old one", SenderIPAddresses=["203.0.113.9"]), connector("Stranger", SenderIPAddresses=["192.0.2.9"])]


class Place:
    """A folder with a spec and an export, and commands that write into `out` below it."""

    def __init__(self, folder, connectors, live, head=HEAD):
        self.folder = pathlib.Path(folder)
        (self.folder / "mailflow.yaml").write_text(json.dumps({**head, "connectors": connectors}))
        (self.folder / "live.json").write_bytes(text(live))

    def plan(self, *flags, status=0):
        return connplan("plan", "mailflow.yaml", "--live", "live.json", "-o", "out", "--allow-removals", *flags,
                        cwd=self.folder, status=status)

    def build(self):
        return connplan("build", "mailflow.yaml", "-o", "out", cwd=self.folder, status=0)

    def files(self):
        out = self.folder / "out"
        return {str(path.relative_to(out)): path.read_bytes() for path in out.rglob("*") if path.is_file()}

    def document(self):
        return json.loads((self.folder / "out/plan.json").read_bytes())

    def commands(self):
        return (self.folder / "out/commands.ps1").read_text().splitlines()


def within(function):
    """Hands the test a folder that goes afterwards."""
    def test():
        with tempfile.TemporaryDirectory() as folder:
            function(folder)
    test.__name__ = function.__name__
    return test


@within
def test_files_beside_the_difference(folder):
    place = Place(folder, SPEC, export(*TENANT))
    bare = connplan("plan", "mailflow.yaml", "--live", "live.json", "--allow-removals", cwd=folder, status=0)
    result = place.plan()
    files = place.files()
    equal(result.out, bare.out, "the difference")
    equal(result.errors, bare.errors + f"connplan: wrote {len(files)} files into `out`\n", "standard error")
    equal({"connectors.ps1", "commands.ps1", "verify.ps1", "rollback.ps1", "export.ps1", "plan.json", "summary.md",
           "summary.csv"} - set(files), set(), "missing files")
    equal(sorted(one["path"] for one in place.document()["outputs"]), sorted(set(files) - {"plan.json"}), "listed")


@within
def test_the_document_tells_before_and_after(folder):
    place = Place(folder, SPEC, export(*TENANT))
    place.plan()
    plan = place.document()
    equal([str(one.message) for one in SCHEMA.iter_errors(plan)], [], "schema")
    equal(plan["live"], {"fingerprint": fingerprint(TENANT), "exported_at": "2026-11-30T08:00:00Z",
                         "organization": "contoso.onmicrosoft.com",
                         "organization_id": "00000000-0000-4000-8000-000000000099", "strict": False}, "live")
    found = {one["name"]: one for one in plan["connectors"]}
    equal({name: one["action"] for name, one in found.items()},
          {"Relay for ERP": "update", "New one": "rename", "Fresh": "create", "Stranger": "unmanaged"}, "actions")
    equal(found["Fresh"]["live"], None, "a new one")
    equal(found["New one"]["live"], {"name": "Old one", "guid": TENANT[1]["Guid"], "source": "Default"}, "a known one")
    values = {one["name"]: (one["before"], one["value"]) for one in found["Relay for ERP"]["properties"]}
    equal((values["Comment"], values["SenderIPAddresses"]),
          ((None, "it's"), (["198.51.100.10", "203.0.113.7"], ["198.51.100.10", "198.51.100.11"])), "before and after")


@within
def test_commands_are_the_calls_in_their_order(folder):
    place = Place(folder, SPEC, export(*TENANT, connector("Gone", Enabled=False, SenderIPAddresses=["192.0.2.7"])))
    place.plan("--prune")
    lines = place.commands()
    equal([re.match(r"(\S+) -(?:Name|Identity) '([^']*)'", line).groups() for line in lines],
          [("New-InboundConnector", "Fresh"), ("Set-InboundConnector", "Old one"), ("Set-InboundConnector", "Relay for ERP"),
           ("Set-InboundConnector", "New one"), ("Set-InboundConnector", "Relay for ERP"),
           ("Remove-InboundConnector", "Gone"), ("Set-InboundConnector", "Stranger")], "commands")
    equal(all(line.endswith(" -WhatIf") for line in lines), True, "a sample only previews")
    equal(lines[2], "Set-InboundConnector -Identity 'Relay for ERP' -Comment 'it''s' -SenderIPAddresses "
          "'198.51.100.10', '198.51.100.11', '203.0.113.7' -WhatIf", "a union")
    equal(lines[-1], "Set-InboundConnector -Identity 'Stranger' -Enabled $false -WhatIf", "a removal begins so")


@each([
    ("a list", {"AssociatedAcceptedDomains": ["contoso.com"]}, {"accepted_domains": []}, "-AssociatedAcceptedDomains $null"),
    ("a certificate", {"TlsSenderCertificateName": "a.example.com", "RequireTls": True}, {"require_tls": True},
     "-TlsSenderCertificateName $null"),
    ("a comment", {"Comment": "by hand"}, {"comment": ""}, "-Comment ''"),
])
def test_what_is_cleared(_name, live, wanted, argument):
    with tempfile.TemporaryDirectory() as folder:
        place = Place(folder, {"Relay for ERP": {**RELAY, **wanted}}, export(LIVE | live))
        place.plan("--strict")
        equal(any(argument in line for line in place.commands()), True, "\n".join(place.commands()))


@within
def test_an_error_withholds_the_files_and_shows_the_difference(folder):
    place = Place(folder, {**SPEC, "Fresh": RELAY}, export(*TENANT))
    result = place.plan(status=1)
    equal("CP203" in result.errors, True, result.errors)
    equal("create   Fresh" in result.text, True, result.text)
    equal((place.folder / "out").exists(), False, "the folder")
    result = place.plan("--fail-on", "never")
    equal((place.folder / "out").exists(), False, "the folder, whatever the status is")


@within
def test_another_tenants_export_withholds_the_files(folder):
    place = Place(folder, SPEC, export(*TENANT))
    place.plan("--organization", "fabrikam.onmicrosoft.com", status=4)
    equal((place.folder / "out").exists(), False, "the folder")


@within
def test_build_and_plan_leave_nothing_of_each_other(folder):
    place = Place(folder, SPEC, export(*TENANT))
    place.build()
    built = place.files()
    place.plan()
    planned = place.files()
    equal(set(planned) - set(built), {"rollback.ps1"}, "of the plan alone")
    place.build()
    equal(place.files(), built, "after building again")
    place.plan()
    equal(place.files(), planned, "after planning again")


@within
def test_the_day_of_the_export_is_no_part_of_the_plan(folder):
    hashes = set()
    for day in ("2026-11-30T08:00:00Z", "2026-11-29T08:00:00Z"):
        place = Place(folder, SPEC, export(*TENANT, exported_at=day))
        place.plan()
        hashes.add(place.document()["plan_hash"])
        equal(place.document()["live"]["exported_at"], day, "the date")
    equal(len(hashes), 1, "hashes")
    place = Place(folder, SPEC, export(*TENANT[:2]))
    place.plan()
    equal(place.document()["plan_hash"] in hashes, False, "another tenant, the same plan")


@within
def test_the_organization_of_the_command_line_stands_in(folder):
    tenant = {key: value for key, value in HEAD["tenant"].items() if key != "organization"}
    place = Place(folder, SPEC, export(*TENANT), head={**HEAD, "tenant": tenant})
    place.plan("--organization", "Contoso.onmicrosoft.com")
    for name in ("connectors.ps1", "rollback.ps1", "verify.ps1"):
        equal(b"    Organization = 'Contoso.onmicrosoft.com'\r\n" in place.files()[name], True, name)


@within
def test_a_difference_has_a_status(folder):
    place = Place(folder, SPEC, export(*TENANT))
    place.plan("--detailed-exitcode", status=2)
    equal("plan.json" in place.files(), True, "written all the same")
    place.plan("--detailed-exitcode", "--before-apply", status=2)


@within
def test_no_live_state_no_rollback(folder):
    place = Place(folder, SPEC, export(*TENANT))
    place.build()
    equal("rollback.ps1" in place.files(), False, "rollback.ps1")
    equal((place.document()["live"], {one["command"] for one in place.document()["order"]}), (None, {None}), "live, commands")
    equal([line.split()[0] for line in place.commands()], ["New-InboundConnector"] * 3, "commands")


@within
def test_a_script_does_just_these_changes(folder):
    """What is unchanged is kept, what the spec does not name is no part of it."""
    same = LIVE | {"Name": "Same", "SenderIPAddresses": ["198.51.100.10", "198.51.100.11"], "Enabled": False}
    place = Place(folder, {**SPEC, "Same": {**RELAY, "enabled": False}}, export(*TENANT, same))
    place.plan()
    script = place.files()["connectors.ps1"].decode().replace("\r\n", "\n")
    connectors = script[script.index("\n    Connectors = @("):script.index("\n    Live = @{")]
    pairs = re.findall(r"Action = '(\w+)'\n +Managed = \$true\n +Name = '([^']*)'", connectors)
    equal(sorted(pairs), [("ensure", "Fresh"), ("ensure", "New one"), ("ensure", "Relay for ERP"), ("keep", "Same")], "actions")
    live = script[script.index("\n    Live = @{"):]
    equal(sorted(re.findall(r"\n {16}Name = '([^']*)'", live)), ["Old one", "Relay for ERP", "Same", "Stranger"], "carried")
