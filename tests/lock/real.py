"""Against a real authoritative server: nsd with zones made here."""

import json
import pathlib
import tempfile

from lib import ROOT, connplan, equal, run

import specs
from server import Nsd

LONG = " ".join(f"ip4:203.0.113.{i}" for i in range(60))
CONTOSO = r"""
@ IN MX 10 mail
@ IN MX 5 mail2
@ IN TXT "v=spf1 ip4:198.51.100.0/28 " "a:alias.contoso.com include:_spf.vendor.example -all"
@ IN TXT "verification=abc"
mail IN A 198.51.100.10
mail2 IN A 198.51.100.11
_dmarc IN TXT "v=DMARC1; p=reject"
selector1._domainkey IN CNAME selector1-contoso-com._domainkey.contoso.onmicrosoft.com.
alias IN CNAME step.contoso.com.
step 60 IN CNAME host.vendor.example.
loop IN CNAME loop2
loop2 IN CNAME loop
out IN A 198.51.100.10
_spf1 IN TXT "v=spf1 ip4:198.51.100.32/28 -all"
octets IN TXT "a\000b\255" "\"q\\"
"""
VENDOR = """
@ IN TXT "v=spf1 -all"
_spf IN TXT "v=spf1 {networks} include:big.vendor.example -all"
big IN TXT {big}
host IN A 203.0.113.80
host IN A 203.0.113.79
host IN AAAA 2001:db8::80
"""
REVERSE = """
10 IN PTR out.contoso.com.
"""
BEFORE = "ip4:192.0.2.0/24 ip4:100.64.0.0/20"
AFTER = "ip4:192.0.2.0/24 ip4:198.18.1.0/24 ip4:198.18.3.0/24"


def quoted(text):
    return " ".join(f'"{text[i:i + 250]}"' for i in range(0, len(text), 250))


def zones(networks=BEFORE, contoso=CONTOSO):
    big = quoted("v=spf1 " + LONG + " ~all")
    return {"contoso.com": contoso, "vendor.example": VENDOR.format(networks=networks, big=big),
            "100.51.198.in-addr.arpa": REVERSE}


DKIM = ", dkim: { selector1: selector1-contoso-com._domainkey.contoso.onmicrosoft.com }"
INCLUDES = ("_spf.vendor.example", "octets.contoso.com", "loop.contoso.com", "no.contoso.com")


def ok(data, ttl=3600):
    return {"status": "ok", "ttl": ttl, "data": data}


def cut(text):
    return [text[i:i + 250] for i in range(0, len(text), 250)]


WANTED = {
    "10.100.51.198.in-addr.arpa": {"PTR": ok(["out.contoso.com"])},
    "_dmarc.contoso.com": {"TXT": ok([["v=DMARC1; p=reject"]])},
    "_spf1.contoso.com": {"TXT": ok([["v=spf1 ip4:198.51.100.32/28 -all"]])},
    "_spf2.contoso.com": {"TXT": {"status": "nxdomain"}},
    "_spf.vendor.example": {"TXT": ok([[f"v=spf1 {BEFORE} include:big.vendor.example -all"]])},
    "alias.contoso.com": {"CNAME": ok(["step.contoso.com"])},
    "big.vendor.example": {"TXT": ok([cut(f"v=spf1 {LONG} ~all")])},
    "contoso.com": {
        "MX": ok([[5, "mail2.contoso.com"], [10, "mail.contoso.com"]]),
        "TXT": ok([["verification=abc"], ["v=spf1 ip4:198.51.100.0/28 ",
                                          "a:alias.contoso.com include:_spf.vendor.example -all"]])},
    "host.vendor.example": {"A": ok(["203.0.113.79", "203.0.113.80"]), "AAAA": ok(["2001:db8::80"])},
    "loop.contoso.com": {"CNAME": ok(["loop2.contoso.com"])},
    "loop2.contoso.com": {"CNAME": ok(["loop.contoso.com"])},
    "no.contoso.com": {"TXT": {"status": "nxdomain"}},
    "octets.contoso.com": {"TXT": ok([["a\0b\u00ff", '"q\\']])},
    "out.contoso.com": {"A": ok(["198.51.100.10"])},
    "selector1._domainkey.contoso.com": {
        "CNAME": ok(["selector1-contoso-com._domainkey.contoso.onmicrosoft.com"])},
    "step.contoso.com": {"CNAME": ok(["host.vendor.example"], 60)},
}


def check_file(path):
    """Every answer as the zones have it, by name, and nothing else; the schema holds it, too."""
    lock = specs.read(path)
    equal(list(lock), ["format", "version", "resolved_at", "resolver", "names"])
    equal(lock["resolved_at"], "2026-12-01T00:00:00Z")
    equal(list(lock["names"]), sorted(WANTED), "names")
    for name, answers in WANTED.items():
        equal(lock["names"][name], answers, name)
    equal([list(answers) for answers in lock["names"].values()],
          [sorted(answers) for answers in lock["names"].values()], "order of types")
    schema = path.with_name("lock.schema.json")
    schema.write_bytes(connplan("schema", "lock", status=0).out)
    result = run(["node", ROOT / "tests/lock/validate.js", ROOT / "build/test/npm/node_modules",
                  schema, path.with_name("mailflow.lock.json")])
    equal((result.status, result.text.split()[0]), (0, "ok"), result)


def check_again(path, server):
    """The same answers a day later: nothing moves, unless it is wished."""
    file = path.with_name("mailflow.lock.json")
    before = file.read_bytes()
    later = {"SOURCE_DATE_EPOCH": "1796169600"}
    result = specs.lock(path, server, status=0, env=later)
    if "nothing differs; not written" not in result.text:
        raise AssertionError(result)
    equal(file.read_bytes(), before)
    specs.lock(path, server, "--check", "--detailed-exitcode", status=0, env=later)
    specs.lock(path, server, "--refresh", status=0, env=later)
    equal(file.read_bytes(), before.replace(b"2026-12-01T", b"2026-12-02T"))


def check_clock(path, server):
    """Without SOURCE_DATE_EPOCH the clock says when."""
    specs.lock(path, server, "--refresh", status=0, env={"SOURCE_DATE_EPOCH": None})
    stamp = specs.read(path)["resolved_at"]
    if stamp.startswith("2026-12-0"):
        raise AssertionError(f"{stamp} is the date of the tests, not the clock's")
    equal(len(stamp), 20)


def check_evaluation(path):
    """What was written down is what `spf` evaluates, aliases and long texts among it."""
    for ip, wanted in (("203.0.113.80", "pass"), ("203.0.113.59", "pass"), ("100.64.5.5", "pass"),
                       ("203.0.113.99", "fail"), ("2001:db8::80", "pass")):
        result = connplan("spf", "eval", "--lock", path.with_name("mailflow.lock.json"), "--ip", ip,
                          "--mail-from", "a@contoso.com", "--helo", "h", "--format", "json", status=0)
        equal(json.loads(result.out)["result"], wanted, ip)


def check_vendor_moves(path, server):
    """Told by --check, which writes nothing; in words and addresses by --diff."""
    file = path.with_name("mailflow.lock.json")
    before = file.read_bytes()
    result = specs.lock(path, server, "--check", status=0)
    wanted = "_spf.vendor.example TXT: +2 /24, −1 /20; 3,584 addresses fewer"
    if wanted not in result.text or "not written, as --check asks" not in result.text:
        raise AssertionError(result)
    specs.lock(path, server, "--check", "--detailed-exitcode", status=2)
    equal(file.read_bytes(), before)
    result = specs.lock(path, server, "--check", "--diff", status=0)
    for line in ("    + ip4:198.18.1.0/24", "    − ip4:100.64.0.0/20",
                 "what passes by contoso.com: 512 IPv4 addresses more, 4,096 IPv4 addresses fewer",
                 "    − 100.64.0.0/20"):
        if line not in result.text.splitlines():
            raise AssertionError(f"{line}\n{result}")
    found = json.loads(specs.lock(path, server, "--check", "--format", "json", status=0).out)
    equal([found[key] for key in ("format", "version", "diagnostics", "written", "failures")],
          ["connplan-lock-result", 1, [], False, []])
    equal(found["changes"], [{
        "name": "_spf.vendor.example", "type": "TXT", "before": "ok", "after": "ok",
        "added": ["ip4:198.18.1.0/24", "ip4:198.18.3.0/24"], "removed": ["ip4:100.64.0.0/20"],
        "words": "+2 /24, −1 /20; 3,584 addresses fewer"}])
    equal([(effect["domain"], effect["more"]["ip4"], effect["fewer"]["networks"])
           for effect in found["passes"]],
          [("contoso.com", "512", ["100.64.0.0/20"]), ("_spf.vendor.example", "512", ["100.64.0.0/20"])])
    found = specs.lock(path, server, "--check", "--format", "markdown", status=0).text
    if not found.startswith("- ") or "\n- \\_spf.vendor.example TXT: \\+2 /24" not in found:
        raise AssertionError(found)
    specs.lock(path, server, status=0)
    equal(specs.read(path)["names"]["_spf.vendor.example"]["TXT"],
          ok([[f"v=spf1 {AFTER} include:big.vendor.example -all"]]))


def check_not_needed(path, server):
    """What the spec does not rely on any more leaves the lock."""
    specs.spec(path.parent, ["_spf.vendor.example"])
    result = specs.lock(path, server, status=0)
    if "5 not needed any more; written" not in result.text:
        raise AssertionError(result)
    left = set(WANTED) - {"octets.contoso.com", "loop.contoso.com", "loop2.contoso.com",
                          "no.contoso.com", "selector1._domainkey.contoso.com"}
    equal(list(specs.read(path)["names"]), sorted(left))


def check_over_ip6(path, port):
    specs.lock(path, f"[::1]:{port}", "--refresh", status=0)
    equal(specs.read(path)["resolver"], f"[::1]:{port}")


def test_a_life():
    """A lock from its first day on."""
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        path = specs.spec(folder / "spec", INCLUDES, DKIM)
        with Nsd(folder / "before", zones()) as server:
            specs.lock(path, server.address, status=0)
            equal(specs.read(path)["resolver"], server.address)
            check_file(path)
            check_evaluation(path)
            check_again(path, server.address)
            check_clock(path, server.address)
            specs.lock(path, server.address, "--refresh", status=0)
        with Nsd(folder / "after", zones(AFTER)) as server:
            check_vendor_moves(path, server.address)
            check_not_needed(path, server.address)
            check_over_ip6(path, server.port)
        check_lost(path, server.address)


def check_lost(path, server):
    """Nobody there any more: the old answers stay, and the status tells."""
    file = path.with_name("mailflow.lock.json")
    before = file.read_bytes()
    result = specs.lock(path, server, "--timeout", "0.2", "--retries", "0", status=4)
    equal(file.read_bytes(), before)
    if "the old answer stays" not in result.text or "have none" not in result.errors:
        raise AssertionError(result)


def test_hard_case_48_wildcard():
    """A wildcard TXT answers for every name below: the lock has the names that are asked, one by one."""
    contoso = '@ IN TXT "v=spf1 include:a.contoso.com include:b.contoso.com -all"\n' \
              '* IN TXT "v=spf1 ip4:192.0.2.0/24 -all"\nb IN A 198.51.100.10\n'
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        path = specs.spec(folder / "spec")
        with Nsd(folder / "zones", zones(contoso=contoso)) as server:
            specs.lock(path, server.address, status=0)
        names = specs.read(path)["names"]
        equal(names["a.contoso.com"], {"TXT": ok([["v=spf1 ip4:192.0.2.0/24 -all"]])})
        # RFC 4592: a name that exists is none that the wildcard stands for.
        equal(names["b.contoso.com"], {"TXT": {"status": "nodata"}})
        equal([one for one in names if "*" in one], [])


def test_mx_that_leads_nowhere():
    """Without MX the name's own addresses are asked for (CP429)."""
    contoso = '@ IN TXT "v=spf1 -all"\n@ IN A 198.51.100.10\n'
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        path = specs.spec(folder / "spec")
        with Nsd(folder / "zones", zones(contoso=contoso)) as server:
            specs.lock(path, server.address, status=0)
        names = specs.read(path)["names"]
        equal(names["contoso.com"], {"A": ok(["198.51.100.10"]), "AAAA": {"status": "nodata"},
                                     "MX": {"status": "nodata"}, "TXT": ok([["v=spf1 -all"]])})
        equal(names["_dmarc.contoso.com"], {"TXT": {"status": "nxdomain"}})


def test_other_zones_are_refused():
    """An authoritative server does not look further: that is no answer, and no denial."""
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        path = specs.spec(folder / "spec", ["x.example.org"])
        with Nsd(folder / "zones", zones()) as server:
            specs.lock(path, server.address, "--retries", "0", status=4)
        equal(specs.read(path)["names"]["x.example.org"], {"TXT": {"status": "servfail"}})
