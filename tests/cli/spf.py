"""The command `spf`: its command line, its forms, a lock that cannot be read."""

import ipaddress
import json
import random

from lib import ROOT, connplan, each, equal
from specs import folder, smallest, text_of

LOCK = {"format": "connplan-lock", "version": 1, "names": {
    "contoso.com": {"TXT": {"status": "ok", "data": [
        ["v=spf1 ip4:198.51.100.0/24 include:_spf.vendor.example ~all"]]}},
    "_spf.vendor.example": {"TXT": {"status": "ok", "data": [["v=spf1 ip4:203.0.113.0/24 -all"]]}},
    "odd.example.com": {"TXT": {"status": "ok", "data": [["v=spf1 a:\u001b[31m\u0000\u00ff"]]}},
}}
LOCK_TEXT = json.dumps(LOCK).encode()
WHO = ("--helo", "mx.contoso.com", "--mail-from", "a@contoso.com")


def spf(*args, lock=LOCK_TEXT, **how):
    return connplan("spf", *args, "--lock", "-", stdin=lock, **how)


def test_eval_tells_the_way():
    text = spf("eval", "--ip", "203.0.113.9", *WHO, status=0).text
    head, *rest = text.splitlines()
    equal(head, "pass: 203.0.113.9 by contoso.com > include:_spf.vendor.example > ip4:203.0.113.0/24")
    equal(rest[0], "look-ups: 1 of 10; without an answer: 0 of 2")
    for line in rest:
        equal(line, line.rstrip(), "a line")


def test_eval_as_json():
    answer = json.loads(spf("eval", "--ip", "203.0.113.9", *WHO, "--format", "json", status=0).out)
    equal(answer, {"format": "connplan-spf-eval", "version": 1, "diagnostics": [],
                   "result": "pass", "term": "ip4:203.0.113.0/24",
                   "path": ["contoso.com", "include:_spf.vendor.example"],
                   "explanation": None, "reason": None, "lookups": 1, "voids": 0})


def test_eval_ends_with_status_0_whatever_the_result():
    for ip, result in (("192.0.2.1", "softfail"), ("2001:db8::1", "softfail")):
        answer = json.loads(spf("eval", "--ip", ip, *WHO, "--format", "json", status=0).out)
        equal(answer["result"], result)


def test_a_client_may_be_a_mapped_address():
    answer = json.loads(spf("eval", "--ip", "::ffff:203.0.113.9", *WHO, "--format", "json",
                            status=0).out)
    equal(answer["result"], "pass")


def test_the_null_sender_is_the_helo_name():
    answer = json.loads(spf("eval", "--ip", "198.51.100.1", "--helo", "contoso.com",
                            "--mail-from", "", "--format", "json", status=0).out)
    equal((answer["result"], answer["path"]), ("pass", ["contoso.com"]))


@each([("human",), ("markdown",), ("json",)])
def test_octets_of_a_record_drive_no_terminal(form):
    out = spf("eval", "--ip", "192.0.2.1", "--helo", "x.example.com", "--mail-from",
              "a@odd.example.com", "--format", form, status=0).out
    out.decode("utf-8")
    wild = [byte for byte in out if byte < 32 and byte != 10 or byte == 127]
    equal(wild, [], "control characters")


@each([
    ("spf",), ("spf", "evaluate"), ("spf", "eval"), ("spf", "eval", "contoso.com"),
    ("spf", "eval", "--ip", "198.51.100.1"),
    ("spf", "eval", "--ip", "198.51.100.0/24", *WHO),
    ("spf", "eval", "--ip", "198.51.100.1.", *WHO),
    ("spf", "eval", "--ip", "198.51.100.1", *WHO, "--voids", "lax"),
    ("explain", "mailflow.yaml", "--ip", "::ffff:198.51.100.1"),
    ("check", "mailflow.yaml", "--closed-world"),
])
def test_a_bad_command_line(*words):
    result = connplan(*words, status=3)
    equal(result.out, b"")
    if not result.err.startswith(b"connplan: "):
        raise AssertionError(result.errors)


@each([
    ("not JSON", b"{", ":1:2: "),
    ("no lock", b"{}", ":1:1: this is no lock"),
    ("a status", LOCK_TEXT.replace(b'"ok"', b'"okay"', 1), ": `status` must be ok"),
    ("a later version", LOCK_TEXT.replace(b'"version": 1', b'"version": 2'), ":1:40: version 2"),
])
def test_a_malformed_lock_is_told_with_its_place(_name, lock, message):
    with folder() as place:
        (place / "mailflow.lock.json").write_bytes(lock)
        result = connplan("spf", "eval", "--ip", "198.51.100.1", *WHO, cwd=place, status=4)
    equal(result.out, b"")
    if "mailflow.lock.json" not in result.errors or message not in result.errors:
        raise AssertionError(result.errors)


def test_a_missing_lock_is_told():
    with folder() as place:
        result = connplan("spf", "eval", "--ip", "198.51.100.1", *WHO, cwd=place, status=4)
    equal(result.errors, "connplan: cannot read `mailflow.lock.json`: no such file or folder\n")


def test_the_lock_of_the_folder_is_the_default():
    with folder() as place:
        (place / "mailflow.lock.json").write_bytes(LOCK_TEXT)
        connplan("spf", "eval", "--ip", "198.51.100.1", *WHO, cwd=place, status=0)


def test_expand_as_json():
    answer = json.loads(spf("expand", "contoso.com", "--format", "json", status=0).out)
    equal({key: answer[key] for key in ("format", "version", "diagnostics", "domain", "lookups",
                                        "voids", "causes", "possible", "reason")},
          {"format": "connplan-spf-expand", "version": 1, "diagnostics": [],
           "domain": "contoso.com", "lookups": {"worst": 1}, "voids": {"worst": 0},
           "causes": [], "possible": [], "reason": None})
    equal(answer["ip4"]["pass"], ["198.51.100.0/24", "203.0.113.0/24"])
    equal(answer["authorized"], {"ip4": "512", "ip6": "0"})
    equal(answer["terms"], [{"term": "ip4:198.51.100.0/24", "pass": ["198.51.100.0/24"]},
                            {"term": "include:_spf.vendor.example", "pass": ["203.0.113.0/24"]},
                            {"term": "~all", "pass": []}])
    empty = [name for name, networks in answer["ip6"].items() if not networks]
    equal(len(empty), 7, "results of IPv6 without addresses")


def test_expand_for_people():
    text = spf("expand", "contoso.com", status=0).text
    for line in ("look-ups of the worst way: 1 of 10; without an answer: 0 of 2",
                 "  pass: 512 addresses", "    203.0.113.0/24",
                 "  softfail: 4,294,966,784 addresses (all that is not listed)",
                 "  include:_spf.vendor.example: 256 addresses of IPv4"):
        if line not in text.splitlines():
            raise AssertionError(f"{line!r} is not in\n{text}")


def without_vendor():
    names = {name: what for name, what in LOCK["names"].items() if name != "_spf.vendor.example"}
    return json.dumps({**LOCK, "names": names}).encode()


def test_what_is_not_known_uses_no_look_ups():
    """Of a way that nobody knows the counters are not known, either: they are no fact."""
    lock = json.dumps({"format": "connplan-lock", "version": 1, "names": {
        "contoso.com": {"TXT": {"status": "ok", "data": [
            ["v=spf1 ip4:198.51.100.0/24 include:%{ir}.spf.vendor.example include:unknown.example -all"]]}},
    }}).encode()
    worst = json.loads(spf("expand", "contoso.com", "--format", "json", lock=lock, status=0).out)
    equal((worst["lookups"], worst["voids"]), ({"worst": 0}, {"worst": 0}))
    text = spf("expand", "contoso.com", lock=lock, status=0).text
    if "0 of 10; without an answer: 0 of 2; what is not known may take more\n" not in text:
        raise AssertionError(text)


def test_a_broken_record_is_told_with_all_its_octets():
    lock = json.dumps({"format": "connplan-lock", "version": 1, "names": {
        "contoso.com": {"TXT": {"status": "ok", "data": [["v=spf1 ip4:192.0.2.1\u0000\u00e9 -all"]]}},
    }}).encode()
    answer = json.loads(spf("eval", "--ip", "203.0.113.9", *WHO, "--format", "json", lock=lock, status=0).out)
    if "`ip4:192.0.2.1\0\u00e9`" not in answer["reason"]:
        raise AssertionError(answer)


def checked(published, names, **domain):
    """What check says of one host that sends from 198.51.100.10 and .11, past Exchange Online."""
    spec = smallest(egress={"office": {"addresses": "198.51.100.10/31", "ptr": "out.contoso.com"}},
                    domains={"contoso.com": {"spf": {"exchange_online": False, **domain}}},
                    relay_hosts={"erp01": {"address": "10.1.1.30", "egress": "office",
                                           "sends_as": "contoso.com", "method": "internet"}})
    with folder(a=spec) as place:
        (place / "lock.json").write_text(json.dumps({
            "format": "connplan-lock", "version": 1, "names": {
                "contoso.com": {"TXT": {"status": "ok", "data": [[published]]}}, **names}}))
        return connplan("check", "a.yaml", "--lock", "lock.json", cwd=place, status=None).text


def test_what_a_client_decides_hangs_on_nothing():
    """The lock knows the answers for both addresses: one passes, one has CP301, and none is left."""
    published = "v=spf1 exists:%{i}.l.example -all"
    names = {"198.51.100.10.l.example": {"A": {"status": "ok", "data": ["127.0.0.2"]}},
             "198.51.100.11.l.example": {"A": {"status": "nxdomain"}}}
    text = checked(published, names, manage="check")
    if "no address that has to pass hangs on it" not in text or "`198.51.100.11` sends as" not in text:
        raise AssertionError(text)
    del names["198.51.100.11.l.example"]
    text = checked(published, names, manage="check")
    if "on it hangs 1 IPv4 address that has to pass: `198.51.100.11`" not in text or "CP301" in text:
        raise AssertionError(text)


def test_a_corrected_record_names_what_it_leaves_out():
    names = {"v.example": {"TXT": {"status": "ok", "data": [["v=spf1 ip4:192.0.2.0/24 -all"]]}}}
    text = checked("v=spf1 +INCLUDE:v.example ~all", names, manage="check")
    if "leaves out what the spec does not declare: `INCLUDE:v.example`" not in text:
        raise AssertionError(text)
    text = checked("v=spf1 include:v.example ~all", names, manage="check", includes=["v.example"])
    if "CP301" not in text or "leaves out" in text:
        raise AssertionError(text)


def test_an_error_beyond_an_include_is_named():
    text = checked("v=spf1 -all", {"u.example": {"TXT": {"status": "nxdomain"}}}, includes=["u.example"])
    if "ends in permerror, whatever `all` says" not in text:
        raise AssertionError(text)


@each([("exists",), ("include",)])
def test_a_failure_that_a_client_may_meet_leaves_it_open(kind):
    """The lock knows one name that the macro may make, and that no server answered for it."""
    record = {"exists": "v=spf1 -exists:%{i}.c.example.com -all",
              "include": "v=spf1 include:%{i}.c.example.com -all"}[kind]
    status = {"exists": {"A": {"status": "servfail"}}, "include": {"TXT": {"status": "timeout"}}}[kind]
    lock = json.dumps({"format": "connplan-lock", "version": 1, "names": {
        "contoso.com": {"TXT": {"status": "ok", "data": [[record]]}},
        "192.0.2.1.c.example.com": status}}).encode()
    result = json.loads(spf("eval", "--ip", "192.0.2.1", *WHO, "--closed-world", "--format", "json",
                            lock=lock, status=0).out)["result"]
    equal(result, "temperror")
    sets = json.loads(spf("expand", "contoso.com", "--closed-world", "--format", "json", lock=lock, status=0).out)
    equal(sets["ip4"]["undetermined"], ["0.0.0.0/0"])
    if not sets["possible"] or not all("temperror" in one["results"] for one in sets["possible"]):
        raise AssertionError(sets["possible"])


def test_a_sender_whose_domain_is_too_long_has_none():
    """Only names that a macro makes are cut (RFC 7208, sections 4.3 and 7.3)."""
    tail = ".".join(["b" * 61, "c" * 61, "d" * 61, "example", "com"])
    longest = "a" * (253 - len(tail) - 1) + "." + tail
    lock = json.dumps({"format": "connplan-lock", "version": 1, "names": {
        name: {"TXT": {"status": "ok", "data": [["v=spf1 +all"]]}} for name in (tail, longest)}}).encode()
    for domain, wanted in ((longest, "pass"), (longest + ".", "pass"), ("a" + longest, "none")):
        answer = spf("eval", "--ip", "203.0.113.9", "--helo", "mx.contoso.com", "--mail-from",
                     f"a@{domain}", "--format", "json", lock=lock, status=0)
        equal(json.loads(answer.out)["result"], wanted)


def test_who_may_pass_no_more_is_told():
    """What passes today for certain, and by a record that is not known tomorrow, is no detail."""
    spec = ROOT / "tests/rules/CP314/fires-published-passes-what-ours-may/mailflow.yaml"
    text = connplan("check", spec, "--today", "2026-11-25", status=0).text
    equal(text.count("256 IPv4 addresses that pass by the published record today may do so no more: "
                     "`192.0.2.0/24`"), 1)


def test_a_macro_is_no_name():
    spec = text_of(smallest(domains={"contoso.com": {"spf": {"includes": ["%{ir}.spf.vendor.example"]}}}))
    text = connplan("check", "-", stdin=spec, status=1).text
    if "it stands under `terms`" not in text:
        raise AssertionError(text)


def test_what_the_lock_lacks_leaves_addresses_undetermined():
    answer = json.loads(spf("expand", "contoso.com", "--format", "json", lock=without_vendor(),
                            status=0).out)
    equal(answer["ip4"]["pass"], ["198.51.100.0/24"])
    equal(answer["ip4"]["softfail"], [])
    cause, = answer["causes"]
    equal((cause["term"], cause["path"], cause["reason"]),
          ("include:_spf.vendor.example", [], "TXT of _spf.vendor.example: not in the lock"))
    equal([one["results"] for one in answer["possible"]], [["pass", "softfail", "permerror"]])
    equal(answer["possible"][0]["ip4"], answer["ip4"]["undetermined"])


@each([("203.0.113.9", "undetermined"), ("198.51.100.9", "pass")])
def test_what_the_lock_lacks_may_not_matter(ip, result):
    answer = json.loads(spf("eval", "--ip", ip, *WHO, "--format", "json", lock=without_vendor(),
                            status=0).out)
    equal(answer["result"], result)


@each([("spf", "expand"), ("spf", "expand", "contoso.com", "example.com"),
       ("spf", "expand", "contoso.com", "--ip", "198.51.100.1")])
def test_a_bad_command_line_of_expand(*words):
    connplan(*words, status=3)


@each([(seed,) for seed in range(4)])
def test_what_each_of_many_terms_brings(seed):
    """More terms than are looked at together: each brings what none before it had."""
    chance = random.Random(seed)
    first = int(ipaddress.ip_address("203.0.112.0"))
    terms, wanted, taken = [], [], set()
    for _ in range(700 + seed):
        length = chance.choice([32, 32, 32, 31, 30, 28, 26])
        size = 1 << 32 - length
        start = first + chance.randrange(8192) // size * size
        qualifier = "-" if chance.random() < 0.002 else ""
        terms.append(f"{qualifier}ip4:{ipaddress.ip_address(start)}/{length}")
        mine = set(range(start, start + size)) - taken
        taken |= mine
        wanted.append(set() if qualifier else mine)
    record = " ".join(["v=spf1", *terms, "-all"])
    strings = [record[at:at + 255] for at in range(0, len(record), 255)]
    lock = {"format": "connplan-lock", "version": 1, "names": {
        "contoso.com": {"TXT": {"status": "ok", "data": [strings]}}}}
    told = json.loads(spf("expand", "contoso.com", "--format", "json", lock=json.dumps(lock).encode(),
                          status=0).out)
    equal([one["term"] for one in told["terms"]], [*terms, "-all"], "terms")
    for one, mine in zip(told["terms"], wanted):
        got = {int(address) for text in one["pass"] for address in ipaddress.ip_network(text)}
        equal(got, mine, one["term"])
