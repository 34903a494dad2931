"""The public RFC 7208 test suite as scenarios with locks.

Debian's python3-spf installs the suite. Its zone data is a list of records a name; here it becomes the
lock's format, so that the tests go through the same door as users do.
"""

import gzip
import pathlib

import yaml

SUITE = pathlib.Path("/usr/share/doc/python3-spf/rfc7208-tests.yml.gz")
TYPES = ("A", "AAAA", "MX", "TXT", "PTR", "CNAME")


class Loader(yaml.SafeLoader):
    """Keeps what YAML 1.1 would take for numbers in base 60 or dates as text: addresses are text."""


Loader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers
            if tag in ("tag:yaml.org,2002:null", "tag:yaml.org,2002:merge")]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()}


def octets(text):
    """The suite's escapes are octets already, one a character."""
    return text or ""


def strings(value):
    """One TXT record: a list of character-strings of at most 255 octets."""
    parts = value if isinstance(value, list) else [value]
    return [octets(part)[start:start + 255] for part in parts
            for start in range(0, max(1, len(octets(part))), 255)]


def datum(kind, value):
    if kind == "TXT":
        return strings(value)
    if kind == "MX":
        return [int(value[0]), value[1] or ""]
    return value


def records(entries):
    """{type: [data]} and whether what is not there times out."""
    found = {kind: [] for kind in TYPES}
    spf, said_txt, silent = [], False, False
    for entry in entries:
        if entry == "TIMEOUT":
            silent = True
            continue
        (kind, value), = entry.items()
        if kind == "SPF":
            spf.append(strings(value))
            continue
        said_txt |= kind == "TXT"
        if value != "NONE":
            found[kind].append(datum(kind, value))
    # The suite is older than the end of type SPF: its drivers copy those records to TXT, unless
    # TXT is stated.
    if not said_txt:
        found["TXT"] = spf
    return {kind: data for kind, data in found.items() if data}, silent


def lock(zone):
    """The zone data of one scenario as a lock."""
    names = {}
    for name, entries in (zone or {}).items():
        data, silent = records(entries)
        answers = {kind: {"status": "ok", "data": values} for kind, values in data.items()}
        if silent:
            answers |= {kind: {"status": "timeout"} for kind in TYPES
                        if kind not in answers and kind != "CNAME"}
        names[name] = answers
    return {"format": "connplan-lock", "version": 1, "names": names}


def scenarios():
    """Yields (description, tests, lock); a test has host, helo, mailfrom, result, explanation."""
    with gzip.open(SUITE, "rt", encoding="utf-8") as file:
        for document in yaml.load_all(file, Loader):
            tests = {}
            for name, test in document["tests"].items():
                results = test["result"]
                results = results if isinstance(results, list) else [results]
                tests[name] = {**test, "result": results}
            yield document["description"], tests, lock(document["zonedata"])
