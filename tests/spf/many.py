"""Thousands of ranges in one domain, built end to end with a lock: within every limit, or the limit is told."""

import ipaddress
import json
import pathlib
import tempfile

from lib import BINARY, connplan, equal, is_sanitized, run

import compose
import written
from compose import CLOUD, DOMAIN, Built, ok

COUNT = 5000
FIRST4 = int(ipaddress.ip_address("25.0.0.0"))
FIRST6 = int(ipaddress.ip_address("2001:db8:8000::"))
SECONDS, BYTES = 3, 64 << 20


def four(count, step=2):
    return [str(ipaddress.ip_address(FIRST4 + step * at)) for at in range(count)]


def six(count, step=2):
    return [str(ipaddress.ip_address(FIRST6 + step * at)) for at in range(count)]


def spec(addresses):
    made = written.spec(addresses, exchange_online=True)
    made["waivers"] = []
    return made


def lock():
    made = written.lock({CLOUD: {"TXT": ok([["v=spf1 ip4:203.0.113.0/24 -all"]])},
                         DOMAIN: {"MX": ok([[0, "contoso-com.mail.protection.outlook.com"]])}})
    for number in range(20, 1001):
        made["names"][written.LEAF(number)] = {kind: {"status": "nxdomain"} for kind in compose.TYPES}
    return made


def check_fits(addresses, leaves, longest):
    """It is written to so many leaves of so many octets at most, and all laws hold of it."""
    made = spec(addresses)
    built = Built(made, lock())
    equal(built.status, 0, sorted(built.codes))
    equal(len(built.phases["2-final"]) - 1, leaves, "leaves")
    octets = [len("".join(texts[0])) for texts in built.phases["2-final"].values()]
    equal(longest - 30 < max(octets) <= longest, True, f"octets of the longest record: {max(octets)}")
    equal({"CP303", "CP321", "CP309"} & built.codes, set())
    equal([*compose.judge(built)], [])


def check_refused(addresses, part):
    """It is refused for the limit that is in the way, told with what helps, in good time."""
    with tempfile.TemporaryDirectory() as name:
        place = pathlib.Path(name)
        (place / "mailflow.yaml").write_text(json.dumps(spec(addresses)), "utf-8")
        (place / "mailflow.lock.json").write_text(json.dumps(lock()), "utf-8")
        words = ("build", place / "mailflow.yaml", "-o", place / "out", "--format", "json")
        result = connplan(*words, status=1)
        equal((place / "out").exists(), False, "something was written")
        found = json.loads(result.errors)["diagnostics"]
        timed = run(["/usr/bin/time", "-f", "%e %M", BINARY, *words])
    by_code = {one["code"]: one for one in found}
    equal("more than 10 look-ups" in by_code["CP303"]["message"], True, by_code["CP303"]["message"])
    for word in (part, "wider ranges", "subdomain"):
        if word not in by_code["CP303"]["help"]:
            raise AssertionError(by_code["CP303"]["help"])
    equal({one["code"] for one in found if one["severity"] in ("error", "warning")} - {"CP318", "CP502"},
          {"CP303", "CP321"})
    seconds, kilobytes = timed.errors.split()[-2:]
    if not is_sanitized() and (float(seconds) > SECONDS or int(kilobytes) << 10 > BYTES):
        raise AssertionError(f"{seconds} s, {int(kilobytes) / 1024:.0f} MiB")
    print(f"  {len(addresses)} ranges: {seconds} s, {int(kilobytes) / 1024:.0f} MiB")


def tests():
    yield f"many/{COUNT} addresses in a row", lambda: check_fits(four(COUNT, 1), 0, 140)
    yield "many/as many as 9 short leaves hold", lambda: check_fits(four(256), 9, 450)
    yield "many/more, in leaves as long as an answer may be", lambda: check_fits(four(640), 9, 1190)
    yield "many/both families", lambda: check_fits(four(200) + six(200), 7, 1190)
    yield f"many/{COUNT} that do not merge", lambda: check_refused(four(COUNT), "records below this one")
    yield f"many/{COUNT} of both families that do not merge", lambda: check_refused(
        four(COUNT // 2) + six(COUNT // 2), "records below this one")
