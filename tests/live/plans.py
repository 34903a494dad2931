"""The command `plan`: what it shows, what it counts, how it ends."""

import json
import pathlib
import tempfile

from lib import connplan, each, equal, release_only
from tenants import connector, export, text

RELAY = {"type": "on-premises", "accepts": "erp01"}
HEAD = {
    "version": 1, "sample": True,
    "tenant": {"name": "Contoso", "organization": "contoso.onmicrosoft.com", "mx_host": "c.example.com"},
    "domains": {"contoso.com": {"spf": {"manage": "off"}}},
    "egress": {"office": {"addresses": ["198.51.100.10", "198.51.100.11"], "owner": "netops@contoso.com"}},
    "relay_hosts": {"erp01": {"address": "10.1.1.30", "egress": "office", "sends_as": "contoso.com",
                              "recipients": "internal"}},
}
LIVE = connector("Relay for ERP", SenderIPAddresses=["198.51.100.10", "198.51.100.11"], RequireTls=True)


def run_plan(connectors, live, *flags, status=0, head=HEAD):
    with tempfile.TemporaryDirectory() as folder:
        place = pathlib.Path(folder)
        (place / "mailflow.yaml").write_text(json.dumps({**head, "connectors": connectors}))
        (place / "live.json").write_bytes(text(live))
        return connplan("plan", "mailflow.yaml", "--live", "live.json", *flags, cwd=place, status=status)


def actions(connectors, live, *flags, status=0):
    found = json.loads(run_plan(connectors, live, "--format", "json", *flags, status=status).out)
    return {one["name"]: one["action"] for one in found["connectors"]}


def last_line(result):
    return result.text.splitlines()[-1]


def test_no_difference():
    result = run_plan({"Relay for ERP": RELAY}, export(LIVE), "--detailed-exitcode")
    equal(last_line(result), "0 differences: compared 1 connector, 2 properties")


def test_strict_compares_all():
    result = run_plan({"Relay for ERP": RELAY}, export(LIVE | {"Comment": "by hand"}), "--strict",
                      "--detailed-exitcode", status=2)
    equal(last_line(result), "1 difference: compared 1 connector, 15 properties")
    if "    Comment: by hand -> (nothing)\n" not in result.text:
        raise AssertionError(str(result))


def test_route_and_owner_behind_an_address():
    result = run_plan({"Relay for ERP": RELAY}, export(LIVE | {"SenderIPAddresses": ["198.51.100.10", "203.0.113.7"]}))
    wanted = ("update   Relay for ERP\n    SenderIPAddresses\n"
              "        + 198.51.100.11  erp01 → office (netops@contoso.com)\n        - 203.0.113.7\n"
              "\nAddresses that may relay: 2 (2 before: 1 new, 1 gone)\n"
              "Calls: 1 that only add, then a wait, then 1 that take away\n"
              "\n1 difference: compared 1 connector, 2 properties\n")
    equal(result.text, wanted)


@each([
    ("create", {"New": RELAY}, [], (), {"New": "create"}),
    ("unchanged", {"Relay for ERP": RELAY}, [LIVE], (), {"Relay for ERP": "unchanged"}),
    ("update", {"Relay for ERP": {**RELAY, "comment": "x"}}, [LIVE], (), {"Relay for ERP": "update"}),
    ("rename", {"New": {**RELAY, "was": "Relay for ERP"}}, [LIVE], (), {"New": "rename"}),
    ("no rename twice", {"New": {**RELAY, "was": "Relay for ERP"}}, [LIVE | {"Name": "new"}], (), {"New": "unchanged"}),
    ("not managed", {"Relay for ERP": {**RELAY, "managed": False}}, [LIVE], (), {"Relay for ERP": "unmanaged"}),
    ("not in the spec", {"Relay for ERP": RELAY}, [LIVE, connector("Old")], (),
     {"Relay for ERP": "unchanged", "Old": "unmanaged"}),
    ("removed", {"Relay for ERP": RELAY}, [LIVE, connector("Old")], ("--prune", "--allow-removals"),
     {"Relay for ERP": "unchanged", "Old": "remove"}),
    ("never removed", {"Relay for ERP": RELAY}, [LIVE, connector("Old", ConnectorSource="HybridWizard")],
     ("--prune",), {"Relay for ERP": "unchanged", "Old": "unmanaged"}),
])
def test_actions(_name, connectors, live, flags, wanted):
    equal(actions(connectors, export(*live), *flags), wanted)


def test_removal_wants_a_word():
    live = export(LIVE, connector("Old", SenderIPAddresses=["203.0.113.7"]))
    actions({"Relay for ERP": RELAY}, live, "--prune", status=1)
    actions({"Relay for ERP": RELAY}, live, "--prune", "--allow-removals")


@each([
    ("its own", (), 0),
    ("another one asked for", ("--organization", "fabrikam.onmicrosoft.com"), 4),
    ("case", ("--organization", "CONTOSO.onmicrosoft.com"), 0),
    ("its id", ("--organization", "00000000-0000-4000-8000-000000000099"), 0),
    ("another id", ("--organization", "00000000-0000-4000-8000-000000000098"), 4),
])
def test_organization(_name, flags, status):
    run_plan({"Relay for ERP": RELAY}, export(LIVE), *flags, status=status)


def test_broken_export_shows_no_difference():
    result = run_plan({"Relay for ERP": RELAY}, export(LIVE | {"Enabled": "yes"}), status=1)
    equal(result.out, b"", "standard output")
    if "CP004" not in result.errors:
        raise AssertionError(str(result))


def test_findings_and_result_apart():
    """In `json` the findings are a member; forms that only findings have stand alone."""
    live = export(LIVE, connector("Old"))
    found = json.loads(run_plan({"Relay for ERP": RELAY}, live, "--format", "json").out)
    equal({one["code"] for one in found["diagnostics"]} >= {"CP705"}, True, "codes")
    human = run_plan({"Relay for ERP": RELAY}, live)
    equal("CP705" in human.errors and "CP705" not in human.text, True, "human")


@each([(name,) for name in ("short", "sarif", "github", "azure", "gitlab", "junit")])
def test_forms_of_findings_are_findings(name):
    """They are printed where they were asked for, and the difference is not printed between them."""
    live = export(LIVE, connector("Old"))
    result = run_plan({"Relay for ERP": RELAY}, live, "--format", name)
    equal(("CP705" in result.text, "0 differences" in result.text, result.errors), (True, False, ""), "streams")
    both = run_plan({"Relay for ERP": RELAY}, live, "--format", "json", "--format", name)
    equal(both.out.endswith(result.out) and both.out.startswith(b"{"), True, "both")
    filed = run_plan({"Relay for ERP": RELAY}, live, "--format", f"{name}:found")
    equal(last_line(filed).startswith("0 differences"), True, "the difference")


def test_markdown():
    result = run_plan({"Relay for ERP": {**RELAY, "comment": "a `b`"}},
                      export(LIVE | {"SenderIPAddresses": ["198.51.100.10"]}), "--format", "markdown")
    for line in ("- **update** `Relay for ERP`", "  - `Comment`: (nothing) → `` a `b` ``",
                 "    - `+ 198.51.100.11`  erp01 → office (netops@contoso.com)"):
        if line not in result.text.splitlines():
            raise AssertionError(f"{line}\n{result}")


def test_live_wants_a_file():
    connplan("plan", "-", stdin=json.dumps(HEAD).encode(), status=3)


def large(connectors, addresses):
    """That many connectors, each with that many addresses, in spec and tenant."""
    spec = {**HEAD, "egress": {}, "relay_hosts": {}, "connectors": {}}
    live = []
    for i in range(connectors):
        mine = [f"{20 + i // 250}.{i % 250}.{j // 250}.{j % 250 + 1}" for j in range(addresses)]
        spec["egress"][f"e{i}"] = {"addresses": mine}
        spec["connectors"][f"c{i}"] = {"type": "on-premises", "accepts": f"e{i}"}
        live.append(connector(f"c{i}", SenderIPAddresses=[*mine[1:], f"90.{i // 250}.{i % 250}.1"]))
    return spec, export(*live)


@release_only
def test_large_tenants_are_linear():
    """2,000 connectors with 50 addresses each: a few times what reading a tenth of it takes."""
    seconds = []
    for connectors in (200, 2000):
        spec, live = large(connectors, 50)
        with tempfile.TemporaryDirectory() as folder:
            place = pathlib.Path(folder)
            (place / "mailflow.yaml").write_text(json.dumps(spec))
            (place / "live.json").write_bytes(text(live))
            runs = [connplan("plan", "mailflow.yaml", "--live", "live.json", "--allow-removals", "--fail-on", "never",
                             "--max-diagnostics", "1", cwd=place, status=0) for _ in range(3)]
        equal(last_line(runs[0]).startswith(f"{connectors} differences"), True, last_line(runs[0]))
        seconds.append(min(run.seconds for run in runs))
    if seconds[1] > 20 * seconds[0] + 0.5:
        raise AssertionError(f"{seconds} s for 200 and 2,000 connectors")
