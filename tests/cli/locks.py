"""What a lock adds to the outputs: its hash and time, the price of SPF, records to publish."""

import hashlib
import json
import re

from lib import ROOT, connplan, equal
from specs import folder, smallest

CLOUD = "v=spf1 ip4:40.92.0.0/15 -all"
STAMP = "2026-11-24T09:00:00Z"


def lock_of(**texts):
    """A lock with a TXT record for each name; `__` stands for a dot."""
    names = {"spf.protection.outlook.com": CLOUD, **{name.replace("__", "."): text for name, text in texts.items()}}
    return {"format": "connplan-lock", "version": 1, "resolved_at": STAMP, "resolver": "192.0.2.53:53",
            "names": {name: {"TXT": {"status": "ok", "data": [[text]]}} for name, text in names.items()}}


def build(spec, lock, language="en"):
    """Builds in a folder; plan.json, the texts of the two documents, and what was said beside."""
    with folder(a=spec) as place:
        text = json.dumps(lock).encode()
        (place / "mailflow.lock.json").write_bytes(text)
        result = connplan("build", "a.yaml", "-o", "out", "--lang", language, cwd=place, status=0)
        read = {name: (place / "out" / name).read_text("utf-8") for name in ("summary.md", "change-request.md")}
        return json.loads((place / "out/plan.json").read_bytes()), read, result, hashlib.sha256(text).hexdigest()


def test_its_hash_and_time():
    plan, read, _result, digest = build(smallest(), lock_of())
    equal(plan["inputs"][1:], [{"path": "mailflow.lock.json", "sha256": digest}])
    for name, text in read.items():
        equal(STAMP in text, True, f"{name} has the time of the lock")
    equal(f"| mailflow.lock.json | {digest} |" in read["change-request.md"], True, "the change request has the hash")


def test_the_time_of_a_lock_is_no_part_of_the_plan():
    later = lock_of() | {"resolved_at": "2026-11-25T09:00:00Z"}
    equal(build(smallest(), lock_of())[0]["plan_hash"], build(smallest(), later)[0]["plan_hash"])


def test_price_for_people():
    _plan, _read, result, _digest = build(smallest(), lock_of())
    price = result.errors[result.errors.index("Addresses that may send"):]
    equal(price.splitlines(), [
        "Addresses that may send as contoso.com: 131,073 IPv4, 0 IPv6; 1 of 10 look-ups, 0 of 2 voids, 64 octets",
        "    ip4:198.51.100.10: 1 IPv4, 0 IPv6  by office",
        "    include:spf.protection.outlook.com: 131,072 IPv4, 0 IPv6  by Exchange Online"])


def test_price_without_a_lock_is_a_lower_bound():
    with folder(a=smallest()) as place:
        result = connplan("build", "a.yaml", "-o", "out", cwd=place, status=0)
        quiet = connplan("build", "a.yaml", "-o", "out", "--format", "short", cwd=place, status=0)
    equal("may send as contoso.com: at least 1 IPv4, 0 IPv6; at least 1 of 10 look-ups" in result.errors, True, result)
    equal("may send" in quiet.errors, False, "one line a finding, and nothing else")


def test_an_address_that_only_a_third_party_passes_is_kept_and_said():
    spec = smallest(domains={"contoso.com": {"spf": {"includes": ["_spf.vendor.example"]}}})
    for record, kept in (("v=spf1 ip4:198.51.100.0/24 -all", True), ("v=spf1 ip4:203.0.113.0/24 -all", False)):
        plan, read, _result, _digest = build(spec, lock_of(_spf__vendor__example=record))
        equal("ip4:198.51.100.10" in plan["records"][0]["value"], True)
        equal("terms of their own, since its owner may change that record: 198.51.100.10" in read["summary.md"], kept)


def check_help(spec, lock):
    """The help of CP301 in a check."""
    with folder(a=spec) as place:
        (place / "mailflow.lock.json").write_text(json.dumps(lock), "utf-8")
        result = connplan("check", "a.yaml", "--format", "json", cwd=place, status=1)
    return [one["help"] for one in json.loads(result.out)["diagnostics"] if one["code"] == "CP301"]


def test_the_record_to_publish():
    """As it would be composed: with the `all` that is published, split where it is long."""
    spec = smallest(domains={"contoso.com": {"spf": {"manage": "check"}}})
    spec["relay_hosts"]["erp01"]["method"] = "internet"
    found = check_help(spec, lock_of(contoso__com="v=spf1 include:spf.protection.outlook.com ?all"))
    equal(found, ["publish, or let `manage: compose` do so: `v=spf1 ip4:198.51.100.10 "
                  "include:spf.protection.outlook.com ?all`"])
    spec["egress"]["office"]["addresses"] = [f"198.51.100.{i}" for i in range(1, 100, 2)]
    found = check_help(spec, lock_of(contoso__com="v=spf1 include:spf.protection.outlook.com ?all"))
    lines = found[0].splitlines()[1:]
    equal([line.split(":")[0] for line in lines][-1], "contoso.com")
    equal(all(line.startswith("_spf") for line in lines[:-1]) and len(lines) > 2, True, found)
    for number in range(1, 100, 2):
        equal(sum(f"ip4:198.51.100.{number} " in line for line in lines), 1, number)


def test_the_record_to_publish_where_we_write_it():
    spec = smallest(domains={"contoso.com": {"spf": {"exchange_online": False}}})
    found = check_help(spec, lock_of())
    equal(["`v=spf1 ip4:198.51.100.10 include:spf.protection.outlook.com ~all`" in help for help in found], [True])


HOST = json.loads((ROOT / "schema/lock.schema.json").read_bytes())["definitions"]["host"]["pattern"]
NAMES = [f"a{middle}b.example" for one in [*map(chr, range(128)), "\xe9", "\u2028", "\U0001f600"]
         for middle in (one, "\\" + one)] + ["a\\12", "a\\1234b", "a\\", "\\", ""]


def test_names_in_a_lock_are_those_of_its_schema():
    """What is taken goes into a zone file as it stands: there it is one line, and one record."""
    spec = smallest(domains={"contoso.com": {"dkim": {"s1": "s1.example.net"}}})
    taken = 0
    with folder(a=spec) as place:
        for name in NAMES:
            lock = lock_of()
            lock["names"]["s1._domainkey.contoso.com"] = {"CNAME": {"status": "ok", "data": [name]}}
            (place / "mailflow.lock.json").write_text(json.dumps(lock))
            result = connplan("build", "a.yaml", "-o", "out", cwd=place)
            fits = re.search(HOST.replace("$", r"\Z") if HOST.endswith("$") else HOST, name) is not None
            equal(result.status, 0 if fits else 4, f"{name!r}\n{result}")
            if not fits:
                continue
            taken += 1
            zone = (place / "out/dns/previous/contoso.com.zone").read_bytes()
            lines = [line for line in zone.splitlines() if b"_domainkey" in line]
            equal((len(lines), zone.count(b"\n"), len(lines[0].split())), (1, len(zone.splitlines()), 5), name)
    equal(50 < taken < len(NAMES) - 50, True, taken)
