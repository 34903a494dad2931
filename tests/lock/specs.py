"""Specs and runs that the tests of the lock share."""

import json
import pathlib

import jsonschema

from lib import ROOT, connplan

SCHEMA = jsonschema.Draft7Validator(json.loads((ROOT / "schema/lock-result.schema.json").read_bytes()))

HEAD = """version: 1
sample: true
tenant: { name: Contoso, mx_host: contoso-com.mail.protection.outlook.com, outbound: relay }
egress: { office: { addresses: %s } }
gateways: { relay: { egress: office } }
"""


def spec(folder, includes=(), keys="", addresses="198.51.100.10", more=""):
    """Writes a spec of contoso.com, whose own relay sends for the tenant; returns its path."""
    folder = pathlib.Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "mailflow.yaml"
    path.write_text(HEAD % addresses + "domains: { contoso.com: { spf: { includes: [%s] }%s } }\n%s" % (
        ", ".join(includes), keys, more), "utf-8")
    return path


def lock(path, server, *words, **how):
    """Runs `connplan lock`; SERVER is an address with a port. A result in JSON is held to its schema."""
    result = connplan("lock", path, "--resolver", server, *words, **how)
    if "json" in words:
        SCHEMA.validate(json.loads(result.out))
    return result


def read(path):
    """The lock beside a spec."""
    return json.loads(path.with_name("mailflow.lock.json").read_text("utf-8"))
