"""Cases that SPF tools are known to get wrong, one test each, through `spf eval` and `spf expand`.

A zone is {name: record} or {name: {type: data}}; the domain is contoso.com. Clients are given with the
result that RFC 7208 wants. The world is closed.
"""

import json
import pathlib

from lib import connplan, equal

import sets

MAIL = "user@contoso.com"
HELO = "mx.contoso.com"

A, B, OTHER, SIX = "192.0.2.1", "198.51.100.1", "203.0.113.9", "2001:db8::1"
TWELVE = [[10, f"m{i}.contoso.com"] for i in range(11)]

# (row, what, zone, {client: result}, further words of the command line)
CASES = [
    ("01", "an include matches on a pass inside alone",
     {"contoso.com": "v=spf1 include:x.example.com ip4:198.51.100.0/24 -all",
      "x.example.com": "v=spf1 -ip4:198.51.100.1 ~ip4:203.0.113.0/24 ip4:192.0.2.1 ?all"},
     {A: "pass", B: "pass", OTHER: "fail"}),
    ("01", "a child that passes all",
     {"contoso.com": "v=spf1 include:x.example.com -all", "x.example.com": "v=spf1 +all"},
     {A: "pass", SIX: "pass"}),
    ("02", "an include has a qualifier of its own",
     {"contoso.com": "v=spf1 -include:x.example.com ?include:y.example.com ~all",
      "x.example.com": "v=spf1 ip4:192.0.2.1", "y.example.com": "v=spf1 ip4:198.51.100.1 -all"},
     {A: "fail", B: "neutral", OTHER: "softfail"}),
    ("03", "an include of a name without a record",
     {"contoso.com": "v=spf1 ip4:192.0.2.1 include:x.example.com ip4:198.51.100.1",
      "x.example.com": {"A": [A]}},
     {A: "pass", B: "permerror"}),
    ("03", "an include of a name that does not exist",
     {"contoso.com": "v=spf1 include:x.example.com +all"}, {A: "permerror"}),
    ("04", "redirect beside all is ignored, and costs no look-up",
     {"contoso.com": "v=spf1 redirect=contoso.com" + 10 * " a" + " -all",
      "c": {}}, {OTHER: "permerror"}),
    ("04", "redirect beside all: the tenth look-up is left",
     {"contoso.com": {"TXT": [["v=spf1 redirect=x.example.com" + 10 * " a" + " -all"]],
                      "A": [A], "AAAA": [SIX]}}, {OTHER: "fail", A: "pass"}),
    ("05", "all of a redirected record counts",
     {"contoso.com": "v=spf1 redirect=x.example.com", "x.example.com": "v=spf1 ip4:192.0.2.1 ~all"},
     {A: "pass", B: "softfail"}),
    ("06", "redirect to no record", {"contoso.com": "v=spf1 redirect=x.example.com"},
     {A: "permerror"}),
    ("06", "redirect to a broken record",
     {"contoso.com": "v=spf1 redirect=x.example.com", "x.example.com": "v=spf1 moo"},
     {A: "permerror"}),
    ("07", "the first match wins",
     {"contoso.com": "v=spf1 -ip4:192.0.2.0/28 ip4:192.0.2.0/24 ?ip4:192.0.2.0/28 ~all"},
     {A: "fail", "192.0.2.16": "pass", B: "softfail"}),
    ("08", "no all: neutral", {"contoso.com": "v=spf1 ip4:192.0.2.1"}, {A: "pass", B: "neutral"}),
    ("09", "terms after all are not reached",
     {"contoso.com": "v=spf1 -all include:x.example.com ip4:192.0.2.1"}, {A: "fail"}),
    ("09", "terms after all must still be right",
     {"contoso.com": "v=spf1 -all ip4:192.0.2.999"}, {A: "permerror"}),
    ("10", "a syntax error counts even behind a match",
     {"contoso.com": "v=spf1 ip4:192.0.2.1 -all moo"}, {A: "permerror"}),
    ("11", "an unknown modifier", {"contoso.com": "v=spf1 x-a.b_c=%{d}/: ip4:192.0.2.1 -all"},
     {A: "pass", B: "fail"}),
    ("11", "an unknown modifier with a broken macro", {"contoso.com": "v=spf1 a=%x +all"},
     {A: "permerror"}),
    ("11", "redirect twice",
     {"contoso.com": "v=spf1 redirect=x.example.com redirect=x.example.com"}, {A: "permerror"}),
    ("12", "exp costs no look-up",
     {"contoso.com": {"TXT": [["v=spf1 exp=e.example.com" + 10 * " a" + " -all"]],
                      "A": [A], "AAAA": [SIX]}}, {B: "fail"}),
    ("12", "exp has no macro of its text", {"contoso.com": "v=spf1 exp=%{c}.example.com -all"},
     {A: "permerror"}),
    ("13", "ten look-ups are counted on the way of each address",
     {"contoso.com": {"TXT": [["v=spf1 include:x.example.com a a a a a ip4:198.51.100.1 -all"]],
                      "A": [OTHER], "AAAA": [SIX]},
      "x.example.com": {"TXT": [["v=spf1 -ip4:198.51.100.0/24 a a a a a ip4:192.0.2.1 -all"]],
                        "A": [OTHER], "AAAA": [SIX]}},
     {A: "pass", B: "pass", "192.0.2.2": "permerror", OTHER: "pass"}),
    ("13", "hosts of mx are no terms",
     {"contoso.com": {"TXT": [["v=spf1" + 10 * " mx" + " -all"]], "MX": TWELVE[:2]},
      "m0.contoso.com": {"A": [A], "AAAA": [SIX]}, "m1.contoso.com": {"A": [A], "AAAA": [SIX]}},
     {A: "pass", B: "fail"}),
    ("14", "two void look-ups, and the third",
     {"contoso.com": "v=spf1 a:x.example.com a:y.example.com ip4:192.0.2.1 a:z.example.com -all"},
     {A: "pass", B: "permerror"}),
    ("14", "strict: hosts of mx count",
     {"contoso.com": {"TXT": [["v=spf1 mx -all"]], "MX": TWELVE[:3]}}, {A: "permerror"}),
    ("14", "relaxed: hosts of mx do not count",
     {"contoso.com": {"TXT": [["v=spf1 mx -all"]], "MX": TWELVE[:3]}}, {A: "fail"},
     "--voids", "relaxed"),
    ("15", "an IPv6 client asks for AAAA alone",
     {"contoso.com": "v=spf1 a:x.example.com a:y.example.com a:z.example.com -all",
      "x.example.com": {"A": [A]}, "y.example.com": {"A": [A]}, "z.example.com": {"A": [B]}},
     {A: "pass", B: "pass", OTHER: "fail", SIX: "permerror"}),
    ("15", "relaxed: a name without AAAA exists",
     {"contoso.com": "v=spf1 a:x.example.com a:y.example.com a:z.example.com -all",
      "x.example.com": {"A": [A]}, "y.example.com": {"A": [A]}, "z.example.com": {"A": [B]}},
     {B: "pass", SIX: "fail"}, "--voids", "relaxed"),
    ("16", "more than ten hosts of mx",
     {"contoso.com": {"TXT": [["v=spf1 mx +all"]], "MX": TWELVE}, "m0.contoso.com": {"A": [A]}},
     {A: "permerror"}),
    ("17", "a with any number of addresses",
     {"contoso.com": {"TXT": [["v=spf1 a -all"]], "A": [f"192.0.2.{i}" for i in range(40)]}},
     {"192.0.2.39": "pass", "192.0.2.40": "fail"}),
    ("18", "lengths of both families",
     {"contoso.com": {"TXT": [["v=spf1 a/24//64 -all"]], "A": ["192.0.2.200"],
                      "AAAA": ["2001:db8::ffff"]}},
     {A: "pass", SIX: "pass", B: "fail", "2001:db8:0:1::1": "fail"}),
    ("18", "a length of 0 wants an address all the same",
     {"contoso.com": {"TXT": [["v=spf1 a/0 -all"]], "A": [B]}}, {A: "pass", SIX: "fail"}),
    ("19", "lengths with leading zeros", {"contoso.com": "v=spf1 a/08 +all"}, {A: "permerror"}),
    ("19", "ip4 has no second length", {"contoso.com": "v=spf1 ip4:192.0.2.1//32 +all"},
     {A: "permerror"}),
    ("20", "ip4 with leading zeros", {"contoso.com": "v=spf1 ip4:192.0.2.01 +all"},
     {A: "permerror"}),
    ("20", "ip4 with three numbers", {"contoso.com": "v=spf1 ip4:192.0.2/24 +all"},
     {A: "permerror"}),
    ("21", "host bits are cleared", {"contoso.com": "v=spf1 ip4:192.0.2.77/24 -all"},
     {A: "pass", B: "fail"}),
    ("22", "ip6 with an IPv4 address in it matches nobody",
     {"contoso.com": "v=spf1 ip6:::ffff:192.0.2.0/120 -all"},
     {A: "fail", "::ffff:192.0.2.1": "fail", SIX: "fail"}),
    ("23", "a mapped client is one of IPv4", {"contoso.com": "v=spf1 -ip6:::/0 ip4:192.0.2.1 ~all"},
     {"::ffff:192.0.2.1": "pass", "::ffff:198.51.100.1": "softfail", SIX: "fail"}),
    ("24", "keywords have no case", {"contoso.com": "V=SPF1 IP4:192.0.2.1 Include:X.Example.COM -ALL",
                                     "x.example.com": "v=spf1 Redirect=Y.example.com",
                                     "y.example.com": "v=spf1 iP4:198.51.100.1"},
     {A: "pass", B: "pass", OTHER: "fail"}),
    ("25", "what is no version 1", {"contoso.com": "v=spf10 +all"}, {A: "none"}),
    ("25", "a TAB behind the version", {"contoso.com": "v=spf1\t+all"}, {A: "none"}),
    ("25", "a blank before the version", {"contoso.com": " v=spf1 +all"}, {A: "none"}),
    ("26", "two records", {"contoso.com": {"TXT": [["v=spf1 +all"], ["v=spf1 +all"]]}},
     {A: "permerror"}),
    ("27", "type SPF is ignored", {"contoso.com": {"SPF": [["v=spf1 +all"]], "TXT": [["x"]]}},
     {A: "none"}),
    ("28", "strings are joined without a blank",
     {"contoso.com": {"TXT": [["v=spf1 ip4:192.0", ".2.1 -all"]]}}, {A: "pass"}),
    ("28", "a cut that glues two terms",
     {"contoso.com": {"TXT": [["v=spf1 ip4:192.0.2.1", "-all"]]}}, {A: "permerror"}),
    ("29", "blanks, as many as one likes", {"contoso.com": "v=spf1   ip4:192.0.2.1  -all  "},
     {A: "pass", B: "fail"}),
    ("29", "no other octet divides", {"contoso.com": "v=spf1 ip4:192.0.2.1\t-all"},
     {A: "permerror"}),
    ("30", "a name made of the client's address",
     {"contoso.com": "v=spf1 exists:%{ir}.l.example.com -all",
      "1.2.0.192.l.example.com": {"A": ["127.0.0.2"]}}, {A: "pass", B: "fail"}),
    ("31", "names made of sender and HELO",
     {"contoso.com": "v=spf1 a:%{l}.%{o} a:%{h} -all", "user.contoso.com": {"A": [A], "AAAA": [SIX]},
      "mx.contoso.com": {"A": [B]}}, {A: "pass", B: "pass", OTHER: "fail", SIX: "pass"}),
    ("32", "%{d} moves with include, %{o} stays",
     {"contoso.com": "v=spf1 include:x.example.com -all",
      "x.example.com": "v=spf1 a:a.%{d} a:a.%{o} -all",
      "a.x.example.com": {"A": [A]}, "a.contoso.com": {"A": [B]}},
     {A: "pass", B: "pass", OTHER: "fail"}),
    ("33", "transformers keep the right-hand parts",
     {"contoso.com": "v=spf1 a:%{d1r-}.a.com a:%{h2}.net a:%{d1}.b.example.com -all",
      "contoso.com.net": {"A": [B], "AAAA": [SIX]}, "com.b.example.com": {"A": [A]}},
     {A: "pass", B: "pass", OTHER: "fail"}),
    ("33", "no parts at all", {"contoso.com": "v=spf1 a:%{d0}.x.example.com +all"},
     {A: "permerror"}),
    ("34", "escapes", {"contoso.com": "v=spf1 exists:a%%b%_c%-d.example.com -all",
                       "a%b c%20d.example.com": {"A": [A]}}, {B: "pass"}),
    ("34", "an escape that is none", {"contoso.com": "v=spf1 exists:a%b.example.com +all"},
     {A: "permerror"}),
    ("35", "an IPv6 client by nibbles",
     {"contoso.com": "v=spf1 exists:%{ir}.%{v}.l.example.com -all",
      "1." + 23 * "0." + "8.b.d.0.1.0.0.2.ip6.l.example.com": {"A": ["127.0.0.2"]}},
     {SIX: "pass", "2001:db8::2": "fail"}),
    ("36", "exists asks for A, whoever asks",
     {"contoso.com": "v=spf1 exists:x.example.com -exists:y.example.com ?all",
      "y.example.com": {"A": [A]}, "x.example.com": {"AAAA": [SIX]}}, {A: "fail", SIX: "fail"}),
    ("37", "ptr: a name below, which leads back",
     {"contoso.com": "v=spf1 ptr:example.com -all",
      "1.2.0.192.in-addr.arpa": {"PTR": ["h.example.com"]}, "h.example.com": {"A": [A]},
      "1.100.51.198.in-addr.arpa": {"PTR": ["h.evilexample.com"]}, "h.evilexample.com": {"A": [B]},
      "9.113.0.203.in-addr.arpa": {"PTR": ["h.example.com"]}},
     {A: "pass", B: "fail", OTHER: "fail", SIX: "fail"}),
    ("37", "ptr: the first ten names",
     {"contoso.com": "v=spf1 ptr -all", "h.contoso.com": {"A": [A]}, "x.example.com": {"A": [B]},
      "1.2.0.192.in-addr.arpa": {"PTR": 10 * ["x.example.com"] + ["h.contoso.com"]}}, {A: "fail"}),
    ("38", "aliases are followed",
     {"contoso.com": "v=spf1 include:x.example.com -all", "x.example.com": {"CNAME": ["y.example.com"]},
      "y.example.com": "v=spf1 a:w.example.com -all", "w.example.com": {"CNAME": ["z.example.com"]},
      "z.example.com": {"A": [A]}}, {A: "pass", B: "fail"}),
    ("38", "a loop of aliases is no answer",
     {"contoso.com": "v=spf1 a:x.example.com ~all", "x.example.com": {"CNAME": ["y.example.com"]},
      "y.example.com": {"CNAME": ["x.example.com"]}}, {A: "softfail"}),
    ("39", "an address is no domain", {"contoso.com": "v=spf1 a:192.0.2.1 +all"},
     {A: "permerror"}),
    ("39", "nor is a single label", {"contoso.com": "v=spf1 include:museum +all"},
     {A: "permerror"}),
    ("40", "an expanded name that cannot be asked for has no answer",
     {"contoso.com": "v=spf1 a:x..example.com exists:" + 64 * "a" + ".example.com -all"},
     {A: "fail"}),
    ("44", "an error ends it for those that come there",
     {"contoso.com": "v=spf1 ip4:192.0.2.1 a:x.example.com +all",
      "x.example.com": {"A": "servfail", "AAAA": "timeout"}},
     {A: "pass", B: "temperror", SIX: "temperror"}),
    ("45", "a loop of includes ends by the limit",
     {"contoso.com": "v=spf1 ip4:192.0.2.1 include:contoso.com -all"},
     {A: "pass", B: "permerror"}),
    ("46", "an include by the client's address: unlisted ones get permerror",
     {"contoso.com": "v=spf1 include:%{ir}.l.example.com -all",
      "1.2.0.192.l.example.com": "v=spf1 +all"}, {A: "pass", B: "permerror"}),
    ("47", "a null MX is no host", {"contoso.com": {"TXT": [["v=spf1 mx mx mx -all"]],
                                                    "MX": [[0, "."]]}}, {A: "fail"}),
]

# (row, what, HELO, sender, result of 192.0.2.1): the record says `ip4:192.0.2.1 -all`
SENDERS = [
    ("41", "a single label", HELO, "user@contoso", "none"),
    ("41", "an address literal", HELO, "user@[192.0.2.1]", "none"),
    ("41", "an empty label", HELO, "user@contoso..com", "none"),
    ("41", "a label of 64", HELO, f"user@{64 * 'a'}.contoso.com", "none"),
    ("41", "a final dot", HELO, "user@contoso.com.", "pass"),
    ("42", "the null sender is the HELO name", "contoso.com", "", "pass"),
    ("42", "the null sender of another HELO name", "mx.example.org", "", "none"),
    ("43", "no local part", HELO, "@contoso.com", "pass"),
    ("43", "no local part and no @", HELO, "contoso.com", "pass"),
]


def answer(kind, data):
    if isinstance(data, str):
        return {"status": data}
    return {"status": "ok", "data": data}


def lock(zone):
    names = {}
    for name, what in zone.items():
        if isinstance(what, str):
            what = {"TXT": [[what[i:i + 255] for i in range(0, len(what), 255)]]}
        names[name] = {kind: answer(kind, data) for kind, data in what.items()}
    return {"format": "connplan-lock", "version": 1, "names": names}


def evaluate(path, ip, helo, sender, *words):
    result = connplan("spf", "eval", "--closed-world", "--lock", path, "--ip", ip, "--helo", helo,
                      "--mail-from", sender, "--format", "json", *words, status=0)
    return json.loads(result.out)["result"]


def check_case(path, clients, words):
    """Sets that need the client may be undetermined, but must then allow what is right."""
    expansion = sets.expand(path, "contoso.com", "--closed-world", "--helo", HELO, "--mail-from", MAIL,
                            *words)
    expansion.check_partition()
    for ip, wanted in clients.items():
        equal(evaluate(path, ip, HELO, MAIL, *words), wanted, f"result of {ip}")
        possible = expansion.possible(sets.client(ip))
        if wanted not in possible:
            raise AssertionError(f"{ip}: the sets say {possible}, not {wanted}")
        if len(possible) > 1 and "%{i" not in path.read_text():
            raise AssertionError(f"{ip} is undetermined: {possible}")


def tests(folder):
    for number, (row, what, zone, clients, *words) in enumerate(CASES):
        path = folder / f"hard-{number}.json"
        path.write_text(json.dumps(lock(zone)), encoding="utf-8")
        yield (f"hard case {row}: {what}",
               lambda p=path, c=clients, w=words: check_case(p, c, w))
    path = pathlib.Path(folder / "senders.json")
    path.write_text(json.dumps(lock({"contoso.com": "v=spf1 ip4:192.0.2.1 -all"})), encoding="utf-8")
    for row, what, helo, sender, wanted in SENDERS:
        yield (f"hard case {row}: {what}", lambda h=helo, s=sender, w=wanted:
               equal(evaluate(path, A, h, s), w))
