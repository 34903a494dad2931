"""Input made to break a reader: a clear finding within seconds, and never a crash."""

import json
import pathlib
import random
import re
import sys

from lib import BINARY, ROOT, connplan, each, equal, is_sanitized, release_only, run
from specs import SMALLEST, WHOLE_DOMAIN, check, findings, folder, smallest, text_of

sys.path.insert(0, str(ROOT / "tests/bench"))
import gen_spec

# Seconds within which any input must be answered.
PATIENCE = 60 if is_sanitized() else 10
MIB = 1024 * 1024


def refused(spec, code):
    """Checks SPEC, which must give an error of CODE at a position, in time, on few lines."""
    result, codes = check(spec, timeout=PATIENCE, status=1)
    if code not in codes or len(codes) > 3 or len(result.out) > 64 * 1024:
        raise AssertionError(f"wanted {code}, got {sorted(codes)}\n{result}")
    return result


def test_alias_bomb():
    lines = ["version: 1", "x-0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"x-{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 30)]
    refused("\n".join(lines).encode(), "CP010")


def test_alias_bomb_of_merges():
    lines = ["version: 1", "x-0: &m0 { a: 1 }"]
    lines += [f"x-{n}: &m{n} {{ l{n}: *m{n - 1}, r{n}: *m{n - 1}, <<: *m{n - 1} }}"
              for n in range(1, 40)]
    lines.append("domains: { <<: *m39 }")
    refused("\n".join(lines).encode(), "CP010")


def test_alias_in_itself():
    result, codes = check(b"version: 1\nx-a: &a [1, *a]\n", timeout=PATIENCE, status=1)
    if not codes & {"CP001", "CP008", "CP010"}:
        raise AssertionError(f"{result}")


def test_alias_of_a_long_text():
    """The bytes that aliases add count, not only the nodes."""
    text = b"version: 1\nx-a: &a " + b"y" * 60000 + b"\nx-b: [" + b", ".join([b"*a"] * 2000) + b"]\n"
    refused(text, "CP010")


@each([
    ("brackets", b"[" * 200000),
    ("brackets below a key", b"version: 1\ndomains: " + b"[" * 200000),
    ("braces", b"{" * 200000),
    ("braces with keys", b"{a: " * 200000),
    ("dashes", b"- " * 200000),
    ("keys", b"".join(b" " * n + b"a:\n" for n in range(2000))),
    ("question marks", b"? " * 200000),
])
def test_depth(_name, text):
    refused(text, "CP010")


@each([("64 levels", 63, False), ("65 levels", 66, True)])
def test_depth_limit_is_where_it_is_said(_name, levels, deep):
    text = b"version: 1\nx-a: " + b"[" * levels + b"]" * levels + b"\n"
    _result, codes = check(text)
    equal("CP010" in codes, deep)


def test_tag_directives():
    text = b"".join(b"%%TAG !t%d! tag:example.com,2000:\n" % n for n in range(80000))
    refused(text + b"---\nversion: 1\n", "CP001")


def test_yaml_directive():
    refused(b"%YAML 1.2\n---\n" + text_of(SMALLEST), "CP001")


@each([
    ("a custom tag", b"version: !x 1\n", "CP001"),
    ("a tag of YAML", b"version: !!int 1\n", None),
    ("two documents", b"version: 1\n---\nversion: 1\n", "CP001"),
    ("not UTF-8", b"version: 1\ntenant: { name: \xff }\n", "CP001"),
    ("overlong UTF-8", b"version: 1\ntenant: { name: \xc0\xaf }\n", "CP001"),
    ("a surrogate", b"version: 1\ntenant: { name: \xed\xa0\x80 }\n", "CP001"),
    ("beyond Unicode", b"version: 1\ntenant: { name: \xf4\x90\x80\x80 }\n", "CP001"),
    ("UTF-16", "version: 1\n".encode("utf-16"), "CP001"),
    ("a NUL", b"version: 1\ntenant: { name: \x00 }\n", None),
    ("a control character", b'version: 1\ntenant: { name: "a\\u0007b" }\n', "CP012"),
    ("an escaped NUL", b'version: 1\ntenant: { name: "a\\0b" }\n', "CP012"),
    ("a line feed in a name", b'version: 1\ntenant: { name: "a\\nb" }\n', "CP012"),
    ("a duplicate key", b"version: 1\nversion: 1\n", "CP002"),
    ("a duplicate key, escaped", b'version: 1\n"versio\\u006e": 1\n', "CP002"),
    ("an unknown key", b"version: 1\nrelay_host: {}\n", "CP003"),
    ("a list for a map", b"version: 1\ndomains: []\n", "CP004"),
    ("a text for the whole", b"hello\n", None),
    ("nothing", b"", None),
    ("only a comment", b"# nothing\n", None),
    ("a null for the version", b"version:\n", None),
    ("a version to come", b"version: 2\n", "CP006"),
    ("an unknown alias", b"version: 1\nx-a: *nowhere\n", "CP001"),
    ("a tab for indentation", b"version: 1\ndomains:\n\tcontoso.com: {}\n", "CP001"),
    ("a key that is a list", b"version: 1\n? [a, b]\n: 1\n", None),
    ("an open quote", b'version: "1\n', "CP001"),
    ("a boolean of YAML 1.1", text_of(SMALLEST).replace(b'"sample": true', b'"sample": yes'), None),
    ("a number for a map", b"version: 1\negress: 7\n", "CP004"),
])
def test_refused(name, text, code):
    if name == "a tag of YAML":
        check(text, timeout=PATIENCE)
        return
    result, codes = check(text, timeout=PATIENCE, status=1)
    if code and code not in codes:
        raise AssertionError(f"wanted {code}\n{result}")


@each([
    ("a byte order mark", b"\xef\xbb\xbf" + text_of(SMALLEST)),
    ("CRLF", text_of(SMALLEST).replace(b"\n", b"\r\n")),
    ("no end of line", text_of(SMALLEST).rstrip(b"\n")),
    ("an explicit document", b"---\n" + text_of(SMALLEST) + b"\n...\n"),
    ("x- keys", text_of(smallest(**{"x-a": {"anything": [1, None, {"b": "c"}]}}))),
])
def test_accepted(_name, text):
    check(text, timeout=PATIENCE, status=0)


def test_one_cause_one_error():
    """An address that is wrong once and used a hundred times is told once."""
    hosts = {f"host{n}": {"address": f"10.1.1.{n}", "egress": "office", "sends_as": "contoso.com"}
             for n in range(100)}
    spec = smallest(egress={"office": {"addresses": "198.51.100.300"}}, relay_hosts=hosts)
    result, _codes = check(spec, status=1)
    errors = [finding for finding in findings(result) if finding[2] == "error"]
    equal([finding[4] for finding in errors], ["CP101"], "errors")


def test_all_problems_in_one_run():
    spec = smallest(egress={"office": {"addresses": ["198.51.100.300", "010.1.1.1"]}},
                    domain={}, domains={"contoso.com": {"sends": "sometimes"}})
    _result, codes = check(spec, status=1)
    equal({"CP101", "CP003", "CP006"} - codes, set(), "codes that are missing")


def test_forks_do_not_multiply():
    """30 levels of `via: [a, b]` are 2^30 paths and 60 objects."""
    gateways = {}
    for level in range(30):
        for side in "ab":
            gateways[f"g{level}{side}"] = {
                "kind": "postfix", "tls": "required",
                **({"via": [f"g{level + 1}a", f"g{level + 1}b"]} if level < 29
                   else {"egress": "office"})}
    spec = smallest(gateways=gateways, relay_hosts={
        "erp01": {"address": "10.1.1.30", "via": ["g0a", "g0b"], "sends_as": "contoso.com"}})
    result, codes = check(spec, timeout=PATIENCE, status=0)
    if "CP010" in codes or len(findings(result)) > 200:
        raise AssertionError(f"{result}")
    with folder(a=spec) as place:
        connplan("build", "a.yaml", "-o", "out", cwd=place, timeout=PATIENCE, status=0)


def test_a_cycle_is_shown_whole():
    gateways = {f"g{n}": {"kind": "postfix", "via": f"g{(n + 1) % 5}"} for n in range(5)}
    spec = smallest(domains=WHOLE_DOMAIN, gateways=gateways, relay_hosts={
        "erp01": {"address": "10.1.1.30", "via": "g0", "sends_as": "contoso.com"}})
    result = refused(spec, "CP008")
    cycle, = [finding for finding in findings(result) if finding[4] == "CP008"]
    for n in range(5):
        if f"g{n}" not in cycle[3]:
            raise AssertionError(f"g{n} is not named\n{result}")


def test_a_long_chain():
    """100,000 gateways one after the other: no recursion that ends the stack."""
    count = 100000
    lines = ["version: 1", "sample: true", "tenant: { name: Contoso, mx_host: mx.contoso.com }",
             "domains: { contoso.com: {} }", "egress: { office: { addresses: 198.51.100.10 } }",
             "gateways:"]
    lines += [f"  g{n}: {{ kind: postfix, via: g{n + 1} }}" for n in range(count)]
    lines += [f"  g{count}: {{ kind: postfix, egress: office }}",
              "relay_hosts: { erp01: { address: 10.1.1.30, via: g0, sends_as: contoso.com } }"]
    connplan("check", "-", stdin="\n".join(lines).encode(), timeout=PATIENCE)


def test_too_many_routes():
    """Over 1,000,000 entries of host, last hop and egress: CP010, and soon."""
    side = 110
    gateways = {f"g{n}": {"kind": "postfix", "egress": [f"e{m}" for m in range(side)]}
                for n in range(side)}
    egress = {f"e{m}": {"addresses": f"198.51.100.{m}"} for m in range(side)}
    hosts = {f"h{n}": {"address": f"10.1.1.{n}", "via": list(gateways), "sends_as": "contoso.com"}
             for n in range(side)}
    refused(smallest(gateways=gateways, egress=egress, relay_hosts=hosts), "CP010")


def test_a_file_over_32_mib():
    with folder() as place:
        with (place / "a.yaml").open("wb") as file:
            file.write(text_of(SMALLEST))
            for _ in range(33):
                file.write(b"#" * (MIB - 1) + b"\n")
        result = connplan("check", "a.yaml", "--format", "short", cwd=place, timeout=PATIENCE, status=1)
        equal([finding[4] for finding in findings(result)], ["CP010"])


def test_standard_input_over_32_mib():
    refused(text_of(SMALLEST) + (b"#" * 1023 + b"\n") * 33 * 1024, "CP010")


def test_standard_input_without_end():
    """It is read up to the limit, not until memory ends."""
    with open("/dev/zero", "rb") as zero:
        result = connplan("check", "-", "--format", "short", stdin=zero, timeout=PATIENCE, status=1)
        equal([finding[4] for finding in findings(result)], ["CP010"])


def test_a_scalar_over_64_kib():
    refused(text_of(smallest(tenant={"name": "y" * 70000})), "CP010")


def peak_of(place, timeout):
    """The result of a check of a.yaml, its peak memory in bytes and its seconds of work. GNU time
    is between us and it: a child inherits our peak; and on a machine that others use too only the
    seconds of work say something.
    """
    result = run(["/usr/bin/time", "-f", "%M %U %S", BINARY, "check", "--format", "short", "a.yaml"],
                 cwd=place, timeout=timeout)
    memory, user, system = map(float, result.errors.split()[-3:])
    return result, memory * 1024, user + system


@release_only
@each([("a list", b"x-a: [" + b"1," * 10_000_000 + b"1]\n"),
       ("a map", b"x-a: {" + b"".join(b"%d: ," % n for n in range(3_000_000)) + b"}\n"),
       ("a list of a field", b"domains: { contoso.com: { spf: { also: [" + b"a," * 10_000_000 + b"a] } } }\n"),
       ("empty lists", b"x-a: [" + b"[]," * 6_000_000 + b"]\n")])
def test_millions_of_values(_name, text):
    """20 MB of digits and commas: a node of the tree is larger than what it stands for."""
    with folder(a=b"version: 1\n" + text) as place:
        result, peak, seconds = peak_of(place, 120)
        equal(result.status, 1, f"exit status\n{result}")
        equal("CP010" in result.text, True, f"CP010\n{result}")
        if peak > 400 * MIB or seconds > 10:
            raise AssertionError(f"{peak / MIB:.0f} MiB, {seconds:.1f} s")


@release_only
def test_a_valid_file_of_32_mib():
    """A few seconds, under 400 MiB."""
    text = gen_spec.spec_of_size(32 * MIB)
    with folder() as place:
        (place / "a.yaml").write_bytes(text)
        result, peak, seconds = peak_of(place, 120)
        equal(result.status, 0, f"exit status\n{result}")
        if len(text) < 31 * MIB or peak > 400 * MIB or seconds > 10:
            raise AssertionError(f"{len(text)} bytes, {peak / MIB:.0f} MiB, {seconds:.1f} s")


@each([(seed,) for seed in range(40)])
def test_random_bytes(seed):
    chance = random.Random(seed)
    text = chance.randbytes(chance.choice([1, 10, 100, 1000, 100000]))
    connplan("check", "-", stdin=text, timeout=PATIENCE, status=1)


@each([(seed,) for seed in range(100)])
def test_damaged_specs(seed):
    """A good spec with a few bytes changed, cut, doubled: whatever it says, it says it in order."""
    chance = random.Random(seed)
    pages = sorted((ROOT / "examples").glob("*/mailflow.yaml"))
    text = bytearray(chance.choice([page.read_bytes() for page in pages] or [text_of(SMALLEST)]))
    for _ in range(chance.randint(1, 8)):
        at = chance.randrange(len(text))
        turn = chance.randrange(4)
        if turn == 0:
            text[at] = chance.randrange(256)
        elif turn == 1:
            del text[at:at + chance.randrange(1, 40)]
        elif turn == 2:
            text[at:at] = text[at:at + chance.randrange(1, 40)]
        else:
            text[at:at] = chance.choice([b"[", b"{", b"&a ", b"*a", b": ", b"- ", b"\n", b"'", b'"',
                                         b"<<: ", b"|\n", b"%", b"\xe3\x81", b"#", b"?", b"!"])
        text = text or bytearray(b"x")
    result = connplan("check", "-", "--format", "json", stdin=bytes(text), timeout=PATIENCE)
    told = json.loads(result.out)
    lines = re.split("\r\n|\n|\r", bytes(text).decode("utf-8", "replace"))
    equal(result.status, 1 if told["summary"]["errors"] else 0, f"{result}")
    for one in told["diagnostics"]:
        if not 1 <= one["range"]["start"]["line"] <= len(lines) + 1:
            raise AssertionError(f"a position outside the text: {one}")


def test_imports_cannot_leave_the_root():
    with folder(outside={"domains": {}}) as place:
        (place / "inner/.connplan").mkdir(parents=True)
        (place / "inner/a.yaml").write_bytes(text_of(smallest(imports=["../*.yaml"])))
        result = connplan("check", "inner/a.yaml", "--format", "short", cwd=place, status=1)
        equal([finding[4] for finding in findings(result) if finding[2] == "error"], ["CP011"])


def test_imports_cannot_leave_the_root_through_a_link():
    with folder(a=smallest(imports=["b.yaml"])) as place, folder(b={"domains": {}}) as other:
        (place / "b.yaml").symlink_to(other / "b.yaml")
        result = connplan("check", "a.yaml", "--format", "short", cwd=place, status=1)
        equal([finding[4] for finding in findings(result) if finding[2] == "error"], ["CP011"])


def test_imports_in_a_loop():
    with folder(a=smallest(imports=["b.yaml"]), b={"imports": ["c.yaml"]},
                c={"imports": ["b.yaml"]}) as place:
        result = connplan("check", "a.yaml", "--format", "short", cwd=place, status=1)
        equal({finding[4] for finding in findings(result) if finding[2] == "error"}, {"CP008"})


def test_an_import_that_is_a_pipe():
    """Opening it would wait for a writer that never comes."""
    import os
    with folder(a=smallest(imports=["b.yaml"])) as place:
        os.mkfifo(place / "b.yaml")
        result = connplan("check", "a.yaml", "--format", "short", cwd=place, timeout=PATIENCE, status=1)
        equal([finding[4] for finding in findings(result) if finding[2] == "error"], ["CP011"])


def test_a_thousand_imports_and_one():
    with folder(a=smallest(imports=["more/*.yaml"])) as place:
        more = pathlib.Path(place / "more")
        more.mkdir()
        for number in range(1001):
            (more / f"{number}.yaml").write_text("domains: {}\n")
        result = connplan("check", "a.yaml", "--format", "short", cwd=place, timeout=PATIENCE, status=1)
        equal({finding[4] for finding in findings(result) if finding[2] == "error"}, {"CP010"})


def test_an_asterisk_does_not_take_hidden_files():
    with folder(a=smallest(imports=["more/*.yaml"])) as place:
        (place / "more").mkdir()
        (place / "more/b.yaml").write_text("domains: {}\n")
        (place / "more/.hidden.yaml").write_text("not a spec at all\n")
        connplan("check", "a.yaml", cwd=place, status=0)


@each([(path.name,) for path in sorted((ROOT / "tests/bogons").iterdir())])
def test_what_once_broke_something(name):
    """Inputs that crashed an earlier version: now there is a finding and an exit status."""
    connplan("check", ROOT / "tests/bogons" / name, timeout=PATIENCE, status=1)
