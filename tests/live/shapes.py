"""Every shape and encoding of one tenant says the same."""

import json
import pathlib
import random

from lib import connplan, each, equal
from tenants import connector, export, fingerprint, random_tenant, text

EXPORTS = pathlib.Path(__file__).parent / "exports"
SPEC = b"version: 1\nsample: true\ntenant: { name: Contoso, mx_host: c.example.com }\n"
PLAN = ("plan", "-", "--format", "json", "--live")


def plan(path, status=0, **how):
    return json.loads(connplan(*PLAN, path, stdin=SPEC, status=status, **how).out)


def write(folder, data):
    path = pathlib.Path(folder) / "live.json"
    path.write_bytes(data)
    return path


def temporary(function):
    """Decorates a test that wants a folder of its own as its last argument."""
    import functools
    import tempfile

    @functools.wraps(function)
    def wrapper(*args):
        with tempfile.TemporaryDirectory() as folder:
            return function(*args, folder)
    return wrapper


@each([(path.name,) for path in sorted(EXPORTS.iterdir())])
def test_seen(name):
    """Exports that were seen, or made for a shape: all connectors are there, none of the spec."""
    found = plan(EXPORTS / name)
    data = (EXPORTS / name).read_bytes()
    raw = data.decode("utf-16" if data.startswith(b"\xff\xfe") else "utf-8-sig")
    value = json.loads(raw) if raw else []
    rows = value if isinstance(value, list) else value.get("value", [value])
    equal([one["name"] for one in found["connectors"]], sorted(row["Name"] for row in rows), "names")
    equal(found["live"]["fingerprint"], fingerprint(rows), "fingerprint")


TENANT = [connector("HQ relay", SenderIPAddresses=["198.51.100.10"]), connector("東京", ConnectorType="Partner")]


@each([
    ("array", text(TENANT)),
    ("array with null", text([None, *TENANT])),
    ("wrapper", text({"value": TENANT, "Count": 2})),
    ("byte order mark", b"\xef\xbb\xbf" + text(TENANT)),
    ("utf-16", b"\xff\xfe" + text(TENANT).decode().encode("utf-16-le")),
    ("utf-16 as written", b"\xff\xfe" + json.dumps(TENANT, ensure_ascii=False).encode("utf-16-le")),
    ("CRLF", text(TENANT).replace(b"\n", b"\r\n")),
    ("own format", text(export(*TENANT))),
    ("own format, wrapper inside", text(export() | {"InboundConnector": {"value": TENANT, "Count": 2}})),
    ("lists as objects", text([{key: {"value": value, "Count": len(value)} if isinstance(value, list) else value
                               for key, value in one.items()} for one in TENANT])),
])
@temporary
def test_same_tenant(_name, data, folder):
    found = plan(write(folder, data))
    equal(found["live"]["fingerprint"], fingerprint(TENANT), "fingerprint")
    equal([one["name"] for one in found["connectors"]], ["HQ relay", "東京"], "names")


@temporary
def test_bare_object(folder):
    found = plan(write(folder, text(TENANT[0])))
    equal([one["name"] for one in found["connectors"]], ["HQ relay"])


@each([
    ("html", b"<html>", "1:1"),
    ("cut", text(TENANT)[:-3], "49:2"),
    ("a spec", b"version: 1\n", "1:1"),
    ("an object", b"\n {}", "2:2"),
    ("clixml", b"<Objs />", "1:1"),
    ("null", b"null", "1:1"),
    ("utf-16 without a mark", text(TENANT).decode().encode("utf-16-le"), "1:"),
    ("another version", b'{"format": "connplan-export",\n"version": 3}', "2:12"),
    ("latin-1", b'[{"Name": "caf\xe9"}]', "1:15"),
])
@temporary
def test_refused(_name, data, place, folder):
    """Status 4, the place, and how to export; the spec is checked all the same."""
    result = connplan("check", "-", "--live", write(folder, data), stdin=SPEC, status=4)
    for part in (f"live.json:{place}", "Get-InboundConnector", "export.ps1"):
        if part not in result.errors:
            raise AssertionError(f"{part} is missing\n{result}")


def test_no_such_file():
    connplan("plan", "-", "--live", "/no/such/file", stdin=SPEC, status=4)


@temporary
def test_random_tenants(folder):
    """The fingerprint by its definition, over connectors with anything in them."""
    numbers = random.Random(1)
    for _ in range(60):
        tenant = random_tenant(numbers)
        found = plan(write(folder, text(tenant)))
        equal(found["live"]["fingerprint"], fingerprint(tenant), "fingerprint")
        equal(len(found["connectors"]), len(tenant), "connectors")


def many(name):
    """A connector of 40,000 addresses: its name stands before each of them in what is hashed."""
    return text(connector(name, SenderIPAddresses=[f"198.{n >> 16}.{n >> 8 & 255}.{n & 255}" for n in range(40000)]))


@each([("longest", "\u6771" * 256, 0), ("longer", "\u6771" * 257, 1), ("hostile", "A" * 100000, 1)])
@temporary
def test_long_name(_name, name, status, folder):
    """Exchange takes 64 characters; four times that is read, and more would cost it for every value."""
    path = write(folder, many(name))
    result = connplan("import", "--live", path, "-o", pathlib.Path(folder) / "a.yaml", status=status, timeout=60)
    told = f"error[CP006]: a Name of {len(name)} characters" in result.errors and "live.json:2:10\n" in result.errors
    equal(told, status == 1, str(result))


@temporary
def test_too_large(folder):
    """Held to the size of a spec, before it is read."""
    limit = 32 << 20
    for size, status in ((limit, 0), (limit + 1, 1)):
        path = write(folder, b"[]" + b" " * (size - 2))
        result = connplan("plan", "-", "--live", path, stdin=SPEC, status=status)
        equal("error[CP010]: the file is larger than 32 MiB" in result.errors, status == 1, str(result))
