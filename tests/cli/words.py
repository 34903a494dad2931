"""Words of messages and answers, as people read them."""

import json

from lib import connplan, each, equal
from specs import SMALLEST, smallest, text_of


def helps(spec, code):
    """The help of the findings of a code."""
    told = json.loads(connplan("check", "-", "--format", "json", stdin=text_of(spec)).out)
    return [one["help"] for one in told["diagnostics"] if one["code"] == code]


def sender(domain):
    host = {**SMALLEST["relay_hosts"]["erp01"], "sends_as": domain, "recipients": "external"}
    return smallest(relay_hosts={"erp01": host}, domains={"contoso.com": {}, "contoso.org": {"accepted": False}})


@each([("contoso.con", "did you mean `contoso.com`? Else send as"), ("vendor.example", "send as an accepted domain"),
       # A domain that the spec has, and says is not accepted, is no slip of the finger.
       ("contoso.org", "send as an accepted domain")])
def test_a_sender_that_is_nearly_accepted(domain, begins):
    text, = helps(sender(domain), "CP413")
    equal(text[:len(begins)], begins)


@each([("CP103", "ja", "重大度: エラー。このルールは例外にできません。"), ("CP502", "ja", "重大度: 警告。このルールは例外にできます。"),
       ("CP017", "ja", "重大度: 情報。"), ("CP313", "ja", "重大度: 未検査。"),
       ("CP103", "en", "Severity: error. This rule cannot be waived."), ("CP313", "en", "Severity: not checked. ")])
def test_a_severity_in_the_language_of_the_reader(code, language, begins):
    line = connplan("explain", code, "--lang", language, status=0).text.splitlines()[2]
    equal(line[:len(begins)], begins)


def test_another_version():
    told = connplan("check", "-", "--format", "short", stdin=text_of(smallest(version=2)), status=1)
    if "`version` must be 1, not `2`" not in told.text:
        raise AssertionError(f"{told}")


@each([("en", "IPv6"), ("ja", "IPv6")])
def test_a_bare_code_of_many_servers(language, word):
    """554 5.7.1 alone is what Exchange Online says over IPv6; with others' words it is theirs."""
    told = connplan("explain", "--error", "554 5.7.1", "--lang", language, status=0)
    if word not in told.text or "CP506" not in told.text:
        raise AssertionError(f"{told}")
