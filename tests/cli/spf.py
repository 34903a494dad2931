"""The command `spf`: its command line, its forms, a lock that cannot be read."""

import json

from lib import connplan, each, equal
from specs import folder

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
