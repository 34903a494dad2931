"""Inputs of up to megabytes, made to break what reads them, over every command that reads a file:
an answer in time, an exit status of the table, and no output of a run that failed."""

import json
import pathlib
import random

from lib import connplan, each, is_sanitized, release_only
from specs import SMALLEST, folder, smallest, text_of

PATIENCE = 60
# How many times smaller inputs are for a program with sanitizers.
SMALLER = 20 if is_sanitized() else 1
WHO = ("--ip", "198.51.100.1", "--helo", "x.example", "--mail-from", "a@contoso.com")


def answers(*args, statuses=(0, 1, 4), **how):
    """Runs a command; the status is one of those expected, and failure comes with a word."""
    result = connplan(*args, timeout=PATIENCE, **how)
    if result.status not in statuses:
        raise AssertionError(f"exit status {result.status} is none of {statuses}\n{result}")
    if result.status and not result.out + result.err:
        raise AssertionError(f"nothing is said\n{result}")
    return result


def no_output(place, *names):
    """Nothing was left behind but the files that were there."""
    there = sorted(path.name for path in pathlib.Path(place).iterdir())
    if there != sorted([".connplan", *names]):
        raise AssertionError(f"left behind: {there}")


# --- texts that no reader of JSON expects ---------------------------------------------------------

def any_json(count):
    """(name, bytes) of what a JSON file should not be."""
    chance = random.Random(7)
    yield "nothing", b""
    yield "one NUL", b"\0"
    yield "blanks", b" " * count
    yield "lists in lists", b"[" * count
    yield "objects in objects", b'{"a":' * count
    yield "an open string", b'"' + b"a" * count
    yield "a long number", b"9" * count
    yield "a large exponent", b"[" + b"1e" + b"9" * 1000 + b"]"
    yield "escapes", b'"' + b"\\u0000" * (count // 6) + b'"'
    yield "half a surrogate", b'["\\ud800"]'
    yield "random bytes", chance.randbytes(count)
    yield "equal keys", b"{" + b",".join([b'"a":1'] * (count // 6)) + b"}"
    yield "many keys", b"{" + b",".join(b'"%d":1' % number for number in range(count // 10)) + b"}"
    yield "UTF-16", json.dumps({"a": "b" * 1000}).encode("utf-16")
    yield "two values", b"{} {}"
    yield "true", b"true"


def damaged(text, seed):
    """The text with a few bytes changed, taken out, doubled."""
    chance = random.Random(seed)
    text = bytearray(text)
    for _ in range(chance.randint(1, 6)):
        at = chance.randrange(len(text))
        turn = chance.randrange(3)
        if turn == 0:
            text[at] = chance.choice(b'"{}[],:0e-\\ \xff\x00ntf')
        elif turn == 1:
            del text[at:at + chance.randrange(1, 30)]
        else:
            text[at:at] = text[at:at + chance.randrange(1, 30)]
        text = text or bytearray(b"x")
    return bytes(text)


# --- locks ----------------------------------------------------------------------------------------

def lock(names):
    return json.dumps({"format": "connplan-lock", "version": 1, "resolved_at": "2026-11-24T09:00:00Z",
                       "resolver": "127.0.0.1:53", "names": names}).encode()


def txt(record):
    strings = [record[at:at + 255] for at in range(0, len(record), 255)]
    return {"TXT": {"status": "ok", "data": [strings]}}


def spread(number):
    return f"{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}.1"


def locks():
    count = 100000 // SMALLER
    yield "many names", lock({f"n{n}.example": txt("v=spf1 -all") for n in range(count)})
    yield "a record of terms", lock({"contoso.com": txt(
        "v=spf1 " + " ".join(f"ip4:{spread(n)}" for n in range(3500)) + " -all")})
    yield "qualifiers in turn", lock({"contoso.com": txt(
        "v=spf1 " + " ".join(f"{'?-+~'[n & 3]}ip4:{spread(n)}" for n in range(3500)) + " -all")})
    yield "a record too long", lock({"contoso.com": txt(
        "v=spf1 " + " ".join(f"ip4:{spread(n)}" for n in range(count)) + " -all")})
    yield "many records", lock({"contoso.com": {"TXT": {"status": "ok", "data": [["v=spf1 -all"]] * count}}})
    yield "includes itself", lock({"contoso.com": txt("v=spf1 include:contoso.com -all")})
    yield "includes that fan out", lock({
        "contoso.com": txt("v=spf1 " + "include:a0.example " * 9 + "-all"),
        **{f"a{n}.example": txt("v=spf1 " + f"include:a{n + 1}.example " * 9 + "ip4:192.0.2.1 -all")
           for n in range(30)}})
    yield "includes full of terms", lock({
        "contoso.com": txt("v=spf1 include:a0.example -all"),
        **{f"a{n}.example": txt("v=spf1 " + " ".join(
            f"ip4:{k * 7 % 223}.{n}.{k & 255}.0/24" for k in range(3000)) + f" include:a{n + 1}.example -all")
           for n in range(9)}})
    yield "many hosts", lock({"contoso.com": {
        **txt("v=spf1 mx -all"),
        "MX": {"status": "ok", "data": [[n & 65535, f"m{n}.example"] for n in range(count // 2)]}}})
    yield "many addresses", lock({"contoso.com": {
        **txt("v=spf1 a/0 a -all"), "A": {"status": "ok", "data": [spread(n) for n in range(count)]}}})
    yield "an alias of itself", lock({"contoso.com": {"CNAME": {"status": "ok", "data": ["contoso.com"]}}})
    yield "a long name", lock({"a" * count + ".com": txt("v=spf1")})
    yield "macros", lock({"contoso.com": txt("v=spf1 exists:" + "%{l}%{d}%{s}" * 2000 + ".example -all")})
    yield "macros with numbers", lock({"contoso.com": txt(
        "v=spf1 exists:%{d99999999999999999999r}.example exists:%{l0}.x.example -all")})
    yield "octets", lock({"contoso.com": txt("v=spf1 " + "".join(map(chr, range(256))) + " -all")})
    whole = lock({"contoso.com": {**txt("v=spf1 mx a include:b.example ~all"),
                                  "MX": {"status": "ok", "data": [[10, "m.example"]]},
                                  "A": {"status": "nodata"}},
                  "b.example": txt("v=spf1 ip4:192.0.2.0/24 -all")})
    for seed in range(20 if is_sanitized() else 60):
        yield f"damaged {seed}", damaged(whole, seed)


@each([*any_json(200_000 // SMALLER), *locks()])
def test_lock(_name, text):
    with folder() as place:
        (place / "lock.json").write_bytes(text)
        for args in (("spf", "eval", *WHO), ("spf", "expand", "contoso.com"),
                     ("spf", "expand", "contoso.com", "--closed-world", "--format", "json")):
            answers(*args, "--lock", "lock.json", cwd=place, statuses=(0, 4))


# --- exports --------------------------------------------------------------------------------------

def connector(number, **more):
    return {"Name": f"Connector {number}", "Guid": f"00000000-0000-0000-0000-{number:012}",
            "ConnectorType": "OnPremises", "Enabled": True, "SenderDomains": ["smtp:*;1"],
            "SenderIPAddresses": [f"198.51.{number >> 8 & 255}.{number & 255}"], **more}


def exports():
    count = 20000 // SMALLER
    yield "many connectors", json.dumps([connector(n) for n in range(count)])
    yield "equal connectors", json.dumps([connector(1)] * count)
    yield "many addresses", json.dumps([connector(1, SenderIPAddresses=[spread(n) for n in range(5 * count)])])
    yield "a long name", json.dumps([connector(1, Name="n" * 10 * count)])
    yield "unknown properties", json.dumps([connector(1, **{f"P{n}": n for n in range(count)})])
    yield "lists for texts", json.dumps([connector(1, Name=[1], ConnectorType={"a": 1}, Enabled="perhaps",
                                                   SenderDomains=7, SenderIPAddresses={"x": None})])
    yield "addresses that are none", json.dumps([connector(1, SenderIPAddresses=[
        "1.2.3", "::ffff:1.2.3.4", "0x1.1.1.1", "a" * 70000, "", " ", None, 7, "1.2.3.4/255.0.0.0"])])
    yield "text that is more", json.dumps([connector(1, Name="'; Remove-Item x #\u2019\n$(y)`\u202e\U0001f600",
                                                     Comment="<b>|=1+1;" * 1000)])
    yield "our format, empty", json.dumps({"format": "connplan-export", "version": 1})
    yield "our format, to come", json.dumps({"format": "connplan-export", "version": 99, "InboundConnector": []})
    yield "an impossible date", json.dumps({"format": "connplan-export", "version": 1, "organization": "x",
                                            "exported_at": "9999-99-99", "InboundConnector": []})
    whole = json.dumps({"format": "connplan-export", "version": 1, "exported_at": "2026-12-01T00:00:00Z",
                        "organization": "contoso.onmicrosoft.com", "AcceptedDomain": [{"DomainName": "contoso.com"}],
                        "InboundConnector": [connector(1), connector(2, ConnectorType="Partner")]}).encode()
    for seed in range(20 if is_sanitized() else 60):
        yield f"damaged {seed}", damaged(whole, seed)


@each([*any_json(200_000 // SMALLER), *exports()])
def test_export(_name, text):
    text = text.encode() if isinstance(text, str) else text
    with folder(a=SMALLEST) as place:
        (place / "live.json").write_bytes(text)
        for command in ("plan", "check"):
            answers(command, "a.yaml", "--live", "live.json", "--format", "json", cwd=place)
        no_output(place, "a.yaml", "live.json")


# --- specs ----------------------------------------------------------------------------------------

def specs():
    count = 40000 // SMALLER
    names = [f"n{n}" for n in range(count)]
    yield "hosts with one address", smallest(relay_hosts={
        name: {"address": "10.1.1.30", "egress": "office", "sends_as": "contoso.com"} for name in names})
    yield "egress objects with one address", smallest(egress={
        "office": {"addresses": "198.51.100.10"}, **{name: {"addresses": "198.51.100.11"} for name in names}})
    yield "connectors that accept the same", smallest(connectors={
        name: {"type": "on-premises", "accepts": "erp01"} for name in names[:count // 8]})
    yield "a list of one name", smallest(connectors={
        "c": {"type": "on-premises", "accepts": ["erp01"] * count}})
    yield "names that almost are", smallest(connectors={
        "c": {"type": "on-premises", "accepts": [f"erp{n}" for n in range(2, count // 20)]}})
    yield "keys that almost are", smallest(**{f"egres{n}": {} for n in range(count // 20)})
    yield "nested networks", smallest(egress={"office": {"addresses": [
        f"{n & 223}.0.0.0/{n % 25 + 8}" for n in range(count // 4)]}})
    yield "long texts", smallest(tenant={"name": "n" * 60000, "mx_host": "mx.contoso.com"})
    yield "waivers", smallest(waivers=[
        {"rule": "CP502", "at": f"egress/{name}", "reason": "r", "until": "2027-01-01"} for name in names[:count // 4]])
    yield "domains", smallest(domains={f"{name}.contoso.com": {} for name in names[:count // 4]})
    yield "a chain of NAT", smallest(
        gateways={**{f"g{n}": {"kind": "nat", "via": f"g{n + 1}"} for n in range(count // 4)},
                  f"g{count // 4}": {"kind": "nat", "egress": "office"}},
        relay_hosts={"h": {"address": "10.1.1.1", "via": "g0", "sends_as": "contoso.com"}})


@each(specs())
def test_spec(_name, spec):
    with folder(a=spec) as place:
        answers("check", "a.yaml", "--format", "json", cwd=place)
        answers("explain", "a.yaml", "--ip", "198.51.100.10", cwd=place)
        no_output(place, "a.yaml")
        result = answers("build", "a.yaml", "-o", "out", "--format", "short", cwd=place)
        no_output(place, "a.yaml", *(["out"] if result.status == 0 else []))


@each([("random bytes", random.Random(3).randbytes(200_000)), ("brackets", b"[" * 200_000), ("nothing", b""),
       ("keys", b"a: &a {b: *a}\n" * 10000), ("dashes", b"- " * 100_000), ("quotes", b'"' * 99_999)])
def test_text_for_every_command(_name, text):
    """No spec, no export, no lock, no answer of the service, no baseline."""
    with folder(a=SMALLEST) as place:
        (place / "x").write_bytes(text)
        for args in (("check", "x"), ("build", "x", "-o", "out"), ("explain", "x", "--ip", "198.51.100.10"),
                     ("plan", "x", "--live", "x"), ("plan", "a.yaml", "--live", "x"),
                     ("check", "a.yaml", "--baseline", "x"), ("explain", "--error", "-")):
            answers(*args, cwd=place, stdin=text, statuses=(0, 1, 3, 4))
        no_output(place, "a.yaml", "x")


@release_only
def test_thirty_megabytes():
    """As large as a file may be, and just as hostile."""
    with folder(a=SMALLEST) as place:
        (place / "x").write_bytes(b'["' + b"\xc3\xa9" * 15_000_000 + b'"]')
        answers("plan", "a.yaml", "--live", "x", cwd=place)
        answers("spf", "expand", "contoso.com", "--lock", "x", cwd=place)
        (place / "y.yaml").write_bytes(text_of(SMALLEST) + b"\n# " + b"\xe6\x9d\xb1" * 10_000_000 + b"\n")
        answers("build", "y.yaml", "-o", "out", cwd=place, statuses=(0,))
