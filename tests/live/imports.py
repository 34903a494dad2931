"""The command `import`: for every export that it takes, a plan against that export shows nothing."""

import json
import pathlib
import random
import tempfile

from lib import connplan, each, equal
from tenants import EXTRA, connector, export, odd_tenant, random_tenant, shape, text

EXPORTS = pathlib.Path(__file__).parent / "exports"
DAY = ("--today", "2026-12-01")


def imported(data, place, *flags):
    """The spec of an export, as text."""
    (place / "live.json").write_bytes(data)
    return connplan("import", "--live", "live.json", *flags, cwd=place, status=0)


def check_law(data, place, strict=False):
    """No difference and no error: what stands in the tenant against our rules is CP706.

    Strict: where the export has every property, those that the spec leaves out have their defaults.
    """
    spec = imported(data, place)
    (place / "mailflow.yaml").write_bytes(spec.out)
    result = connplan("plan", "mailflow.yaml", "--live", "live.json", "--format", "json", "--detailed-exitcode", *DAY,
                      cwd=place)
    found = json.loads(result.out)
    wrong = [one for one in found["diagnostics"] if one["severity"] == "error" or one["code"] in ("CP701", "CP702", "CP703")]
    changed = [one["name"] for one in found["connectors"] if one["action"] not in ("unchanged", "unmanaged")]
    if strict and b"unmanaged:" not in spec.out:
        connplan("plan", "mailflow.yaml", "--live", "live.json", "--strict", "--detailed-exitcode", *DAY, cwd=place, status=0)
    if result.status != 0 or wrong or changed:
        raise AssertionError(f"{wrong}\n{changed}\n{data.decode('utf-8', 'replace')}\n{spec}\n{result}")
    return spec


def temporary(function):
    """Decorates a test that wants a folder of its own as its last argument."""
    import functools

    @functools.wraps(function)
    def wrapper(*args):
        with tempfile.TemporaryDirectory() as folder:
            return function(*args, pathlib.Path(folder))
    return wrapper


@each([(path.name,) for path in sorted(EXPORTS.iterdir())])
@temporary
def test_seen(name, place):
    check_law((EXPORTS / name).read_bytes(), place)


def made_up(seed):
    """One export, its bytes in some shape, by its number."""
    numbers = random.Random(seed)
    tenant = (odd_tenant if seed % 2 else random_tenant)(numbers)
    return tenant, shape(numbers, tenant)


def laws(first, count):
    with tempfile.TemporaryDirectory() as folder:
        for seed in range(first, first + count):
            try:
                check_law(made_up(seed)[1], pathlib.Path(folder), strict=seed % 2 == 0)
            except AssertionError as error:
                raise AssertionError(f"export {seed}\n{error}") from None


@each([(f"{first}", first) for first in range(0, 400, 100)])
def test_law(_name, first):
    laws(first, 100)


def shuffled(numbers, value):
    """The same export in another order."""
    if isinstance(value, list):
        return numbers.sample([shuffled(numbers, item) for item in value], len(value))
    if isinstance(value, dict):
        return {key: shuffled(numbers, value[key]) for key in numbers.sample(list(value), len(value))}
    return value


@temporary
def test_order_does_not_count(place):
    numbers = random.Random(3)
    for seed in range(40):
        tenant = [{key: one[key] for key in one if key not in EXTRA} for one in made_up(seed)[0]]
        domains = [{"DomainName": name, "MatchSubDomains": numbers.random() < 0.5} for name in ("contoso.com", "example.org")]
        specs = {imported(text(shuffled(numbers, export(*tenant, AcceptedDomain=domains))), place).out for _ in range(3)}
        equal(len(specs), 1, f"specs of export {seed}")


RELAY = connector("Relay for ERP", SenderIPAddresses=["198.51.100.10", "198.51.100.11"], RequireTls=True)


def connector_keys(live):
    """The lines of one connector in the spec that its export becomes."""
    with tempfile.TemporaryDirectory() as folder:
        spec = check_law(text(export(live)), pathlib.Path(folder)).text
    lines = spec.splitlines()
    return [line.strip() for line in lines[lines.index("connectors:") + 2:]]


@each([
    ("by address", {"SenderIPAddresses": ["198.51.100.10"]}, ["type: on-premises", "accepts: one", "require_tls: false"]),
    ("by certificate", {"TlsSenderCertificateName": "Mail.contoso.com", "RequireTls": True},
     ["type: on-premises", "accepts: []", "identify_by: certificate", "certificate: Mail.contoso.com", "require_tls: true"]),
    ("by either", {"TlsSenderCertificateName": "*.contoso.com", "RequireTls": True, "SenderIPAddresses": ["198.51.100.10"]},
     ["type: on-premises", "accepts: one", "identify_by: either", "certificate: '*.contoso.com'", "require_tls: true"]),
    ("partner", {"ConnectorType": "Partner", "SenderDomains": ["smtp:vendor.example;1", "smtp:*.vendor.example;10"],
                 "RestrictDomainsToIPAddresses": True, "SenderIPAddresses": ["198.51.100.10/32"]},
     ["type: partner", "accepts: one", "require_tls: false", "sender_domains:",
      "- { domain: '*.vendor.example', cost: 10 }", "- vendor.example", "restrict_to: [address]"]),
    ("filtering", {"TlsSenderCertificateName": "a.contoso.com", "RequireTls": True, "EFSkipLastIP": True,
                   "EFSkipIPs": ["192.0.2.1-192.0.2.9"], "EFUsers": ["ann@contoso.com"]},
     ["type: on-premises", "accepts: []", "identify_by: certificate", "certificate: a.contoso.com", "require_tls: true",
      "enhanced_filtering:", "skip_last: true", "skip: 192.0.2.1-192.0.2.9", "users: ann@contoso.com"]),
    ("a comment with lines", {"SenderIPAddresses": ["198.51.100.10"], "Comment": "a\nb # c"},
     ["type: on-premises", "accepts: one", "require_tls: false", 'comment: "a\\nb # c"']),
    ("what has no key", {"SenderIPAddresses": ["198.51.100.10"], "Comment": "a\r\nb", "TrustedOrganizations": ["o"], "New": 1.5},
     ["type: on-premises", "accepts: one", "require_tls: false", "# No key says these; they are kept here and never written.",
      "unmanaged:", "Comment: '\"a\\u000d\\u000ab\"'", "New: '1.5'", "TrustedOrganizations: '[\"o\"]'"]),
])
def test_keys(_name, more, wanted):
    equal(connector_keys(connector("one", **more)), wanted)


@temporary
def test_hybrid_is_not_managed(place):
    live = connector("Inbound from 00000000-0000-0000-0000-000000000000", ConnectorSource="HybridWizard",
                     CloudServicesMailEnabled=True, RequireTls=True, TlsSenderCertificateName="mail.contoso.com",
                     SenderIPAddresses=["198.51.100.10"])
    spec = check_law(text(export(live)), place).text
    for line in ("    purpose: hybrid\n", "    managed: false\n", "  hybrid:\n    addresses: 198.51.100.10\n"):
        equal(line in spec, True, line + spec)


@temporary
def test_common_addresses_are_one_object(place):
    """Of two lists that overlap, the common part is an object of its own."""
    live = [connector("A", SenderIPAddresses=["198.51.100.1", "198.51.100.2"], ConnectorType="Partner"),
            connector("B", SenderIPAddresses=["198.51.100.2", "198.51.100.3"], ConnectorType="Partner")]
    spec = check_law(text(export(*live)), place).text
    wanted = ("  a:\n    addresses: 198.51.100.1\n", "  a-and-b:\n    addresses: 198.51.100.2\n", "  b:\n    addresses: 198.51.100.3\n",
              "    accepts:\n      - a\n      - a-and-b\n", "    accepts:\n      - a-and-b\n      - b\n")
    for part in wanted:
        equal(part in spec, True, part + spec)


@each([("route", "route-egress"), ("no", "no-egress"), ("198.51.100.10", "198-51-100-10-egress"), ("!!!", "egress"),
       ("東京\u3000リレー", "東京-リレー"), ("\u202e", "egress"), ("Relay  for (ERP)", "relay-for-erp"),
       ("x" * 64, "x" * 40)])
@temporary
def test_egress_names(name, wanted, place):
    spec = check_law(text(export(connector(name, SenderIPAddresses=["198.51.100.10"]))), place).text
    equal(f"    accepts: {wanted}\n" in spec, True, spec)


@temporary
def test_equal_egress_names(place):
    live = [connector(name, SenderIPAddresses=[f"198.51.100.{at}"]) for at, name in enumerate(("a b", "a-b", "a_b", "a b 2"))]
    spec = check_law(text(export(*live)), place).text
    for name in ("a-b", "a-b-2", "a-b-3", "a-b-4"):
        equal(f"  {name}:\n    addresses:" in spec, True, spec)


@temporary
def test_reserved_address_is_kept(place):
    """Typed before the service refused it: it stays, as CP706."""
    check_law(text(export(connector("Old", SenderIPAddresses=["10.1.1.30"]))), place)
    found = json.loads(connplan("plan", "mailflow.yaml", "--live", "live.json", "--format", "json", *DAY, cwd=place, status=0).out)
    equal([one["code"] for one in found["diagnostics"] if "10.1.1.30" in one["message"]], ["CP706"])


@each([
    ("its name", {"Name": "a\tb"}), ("IPv6", {"SenderIPAddresses": ["2001:db8::1", "198.51.100.1"]}),
    ("a wide network", {"SenderIPAddresses": ["198.51.100.0/23"]}), ("a cost", {"SenderDomains": ["smtp:contoso.com;101"]}),
    ("a certificate", {"TlsSenderCertificateName": "a\nb"}), ("a partner of nobody", {"ConnectorType": "Partner", "SenderDomains": []}),
    ("an accepted domain", {"AssociatedAcceptedDomains": ["b\u00fccher.example"]}),
])
@temporary
def test_left_out(_name, more, place):
    """Nothing is guessed: a comment names it, and the plan leaves it alone."""
    spec = check_law(text(export(connector("good"), connector("bad") | more)), place)
    equal(spec.errors, "connplan: 1 connector cannot be said in a spec: see its comments\n")
    equal("# Not here, since a spec cannot say them." in spec.text, True, spec.text)


def test_equal_names_are_refused():
    result = connplan("import", "--live", "-", stdin=text(export(connector("Relay"), connector("RELAY"))), status=1)
    equal(result.out, b"")
    equal("CP411" in result.errors, True, result.errors)


@temporary
def test_no_file_is_overwritten(place):
    (place / "live.json").write_bytes(text(export(RELAY)))
    (place / "spec.yaml").write_text("mine")
    result = connplan("import", "--live", "live.json", "-o", "spec.yaml", cwd=place, status=4)
    equal("overwrites nothing" in result.errors, True, result.errors)
    equal((place / "spec.yaml").read_text(), "mine")
    result = connplan("import", "--live", "live.json", "-o", "new.yaml", cwd=place, status=0)
    equal(result.text, "wrote new.yaml: 1 connector, 1 egress object, 1 domain\n")
    equal((place / "new.yaml").read_bytes(), connplan("import", "--live", "live.json", cwd=place, status=0).out)


def test_live_is_wanted():
    equal("--live EXPORT" in connplan("import", status=3).errors, True)


@temporary
def test_too_much_for_a_spec(place):
    """Over the limits of a spec nothing is written."""
    many = [f"20.{i >> 8 & 255}.{i & 255}.{j}" for i in range(20) for j in range(250)]
    (place / "live.json").write_bytes(text(export(*(connector(f"c{i}", SenderIPAddresses=many) for i in range(120)))))
    result = connplan("import", "--live", "live.json", "-o", "new.yaml", cwd=place, status=4)
    equal("holds more than one spec can" in result.errors, True, result.errors)
    equal((place / "new.yaml").exists(), False)
