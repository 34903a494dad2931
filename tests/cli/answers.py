"""connplan explain --error: pasted answers of the service, with and without a spec."""

import json
import random

from lib import connplan, each, equal
from specs import folder, smallest

RELAY = "550 5.7.64 TenantAttribution; Relay Access Denied"
RESERVED = "Unable to create a connector. The IP range '***' contains reserved IP addresses."


def explain(text, *more, **how):
    return connplan("explain", "--error", text, *more, **how)


def told(text, *more, **how):
    """The JSON form."""
    return json.loads(explain(text, *more, "--format", "json", **how).out)


def test_a_known_text():
    result = explain(RELAY, status=0)
    for part in (RELAY, "What it means", "What to do", "CP412 relay-not-accepted", "Evidence: documented"):
        if part not in result.text:
            raise AssertionError(f"{part}\n{result}")
    if "Candidates" in result.text:
        raise AssertionError(f"{result}")


def test_an_unknown_text_names_the_known_ones():
    result = explain("550 5.1.1 User unknown", status=1)
    if RELAY not in result.text or "5.1.1" in result.text:
        raise AssertionError(f"{result}")
    answer = told("550 5.1.1 User unknown", status=1)
    equal((answer["known"], answer["errors"]), (False, []))


def test_in_japanese():
    result = explain(RELAY, "--lang", "ja", status=0)
    if "オンプレミス コネクタ" not in result.text or RELAY not in result.text:
        raise AssertionError(f"{result}")


def test_standard_input():
    bounce = f"> Remote server said:\r\n> {RELAY[:28]}=\r\n{RELAY[28:]}\r\n".encode()
    answer = told("-", stdin=bounce, status=0)
    equal([one["key"] for one in answer["errors"]], ["relay_denied"])
    connplan("explain", "-", "--error", "-", stdin=bounce, status=3)


def test_what_the_rules_found():
    spec = smallest(egress={}, relay_hosts={"erp01": {"address": "10.1.1.30", "sends_as": "contoso.com"}})
    with folder(mailflow=spec) as place:
        answer = told(RESERVED, "mailflow.yaml", cwd=place, status=1)
        text = explain(RESERVED, "mailflow.yaml", cwd=place, status=1).text
    candidate, = answer["errors"][0]["candidates"]
    equal((candidate["code"], candidate["path"]), ("CP103", "relay_hosts/erp01/address"))
    if "mailflow.yaml:" not in text or "CP103" not in text:
        raise AssertionError(text)


def test_objects_without_a_finding():
    with folder(mailflow=smallest()) as place:
        answer = told(RELAY, "mailflow.yaml", cwd=place, status=0)
        none = explain("550 5.7.51", "mailflow.yaml", cwd=place, status=0)
    equal([(one["code"], one["path"]) for one in answer["errors"][0]["candidates"]],
          [(None, "relay_hosts/erp01")])
    if "Nothing in the spec explains it" not in none.text:
        raise AssertionError(f"{none}")


def test_an_address_in_the_text():
    """The address of a bounce leads to the object that holds it, whatever the message is."""
    with folder(mailflow=smallest()) as place:
        result = explain("451 4.7.500 Server busy from [198.51.100.10]", "mailflow.yaml",
                         cwd=place, status=0)
    if "egress `office`" not in result.text:
        raise AssertionError(f"{result}")


def test_many_candidates_are_counted():
    hosts = {f"h{number:02}": {"address": f"10.1.1.{number}", "egress": "office",
                               "sends_as": "contoso.com"} for number in range(30)}
    with folder(mailflow=smallest(relay_hosts=hosts)) as place:
        result = explain(RELAY, "mailflow.yaml", cwd=place, status=0)
        answer = told(RELAY, "mailflow.yaml", cwd=place, status=0)
    if "and 20 more" not in result.text or "h29" in result.text:
        raise AssertionError(f"{result}")
    equal(len(answer["errors"][0]["candidates"]), 30)


def test_a_spec_that_cannot_be_read():
    explain(RELAY, "nowhere.yaml", status=4)
    with folder(mailflow=b"version: [") as place:
        explain(RELAY, "mailflow.yaml", cwd=place, status=1)


def test_markdown():
    names = {"er*p_01`": {"address": "10.1.1.30", "egress": "office", "sends_as": "contoso.com"}}
    with folder(mailflow=smallest(relay_hosts=names)) as place:
        result = explain(RELAY, "mailflow.yaml", "--format", "markdown", cwd=place, status=0)
    if not result.text.startswith(f"## {RELAY}\n\n### What it means\n\n") or "er*p" in result.text:
        raise AssertionError(f"{result}")


def hostile():
    chance = random.Random(3)
    yield "controls", b"\x1b[31m\x07\x00\xff 5.7.64 \x1b]0;title\x07"
    yield "a mebibyte", b"\x1b[31m" * (1 << 18) + RELAY.encode() + b"A" * (1 << 20)
    yield "digits and dots", b"5.7." * (1 << 18) + b" 5.7.64"
    yield "any bytes", bytes(chance.randrange(256) for _ in range(1 << 16)) + b"\n5.7.64\n"
    yield "no end of line", b"<" * (1 << 20) + b"5.7.64"


@each(list(hostile()))
def test_hostile_text(name, text):
    """Nothing of the text reaches the output, and nothing takes long."""
    for form in ("human", "markdown", "json"):
        result = connplan("explain", "--error", "-", "--format", form, stdin=text, timeout=20, status=0)
        if b"\x1b" in result.out or b"\x07" in result.out or len(result.out) > 4096:
            raise AssertionError(f"{name} {form}: {result.out[:300]!r}")


def test_the_flag_alone():
    equal(explain("", status=1).errors, "")
    connplan("explain", "--error", status=3)
    connplan("explain", "--error", "a", "--error", "b", status=3)
    connplan("check", "--error", "a", "x.yaml", status=3)
