"""Specs for the tests: built as dictionaries, written as JSON, which is YAML."""

import contextlib
import copy
import json
import pathlib
import re
import tempfile

from lib import connplan

SHORT = re.compile(r"^(.*?):(\d+):(\d+): (error|warning|info|not-checked): (.*) \[(CP\d+)\]$")

SMALLEST = {
    "version": 1,
    "sample": True,
    "tenant": {"name": "Contoso", "mx_host": "contoso-com.mail.protection.outlook.com"},
    "domains": {"contoso.com": {}},
    "egress": {"office": {"addresses": "198.51.100.10"}},
    "relay_hosts": {"erp01": {"address": "10.1.1.30", "egress": "office",
                              "sends_as": "contoso.com"}},
}


# A domain of which no rule wants more.
WHOLE_DOMAIN = {"contoso.com": {
    "spf": {"manage": "off"}, "dmarc": {"policy": "reject"},
    "dkim": {"selector1": "selector1-contoso-com._domainkey.contoso.onmicrosoft.com"}}}


def smallest(**sections):
    """The smallest useful spec with top-level sections replaced or added."""
    return {**copy.deepcopy(SMALLEST), **sections}


def text_of(spec):
    return spec if isinstance(spec, bytes) else json.dumps(spec, ensure_ascii=False, indent=1).encode()


@contextlib.contextmanager
def folder(**files):
    """A new folder that is its own import root; a file for each NAME=SPEC, as NAME.yaml."""
    with tempfile.TemporaryDirectory() as name:
        path = pathlib.Path(name).resolve()
        (path / ".connplan").mkdir()
        for stem, spec in files.items():
            (path / f"{stem}.yaml").write_bytes(text_of(spec))
        yield path


def findings(result):
    """The findings of a run with --format short as (line, column, severity, message, code)."""
    found = []
    for line in result.text.splitlines():
        match = SHORT.match(line)
        if not match:
            raise AssertionError(f"no finding in short form: {line!r}\n{result}")
        found.append((int(match[2]), int(match[3]), *match.groups()[3:]))
    return found


def check(spec, *flags, **how):
    """Checks a spec given on standard input; returns the result and the set of codes."""
    result = connplan("check", "-", "--format", "short", *flags, stdin=text_of(spec), **how)
    return result, {finding[4] for finding in findings(result)}
