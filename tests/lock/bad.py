"""Against a stub that misbehaves in every way that a network can."""

import json
import os
import pathlib
import pty
import signal
import subprocess
import tempfile
import time

from lib import BINARY, ENVIRONMENT, connplan, each, equal, is_sanitized, release_only, run

import specs
from server import free_port
from stub import SPF, Stub

GOOD = {"TXT": {"status": "ok", "ttl": 300, "data": [[SPF.decode()]]}}
FAST = ("--timeout", "1", "--retries", "2")


def fails(status):
    return {"TXT": {"status": status}}


def alias(target):
    return {"CNAME": {"status": "ok", "ttl": 300, "data": [target]}}


# What stands in the lock under NAME.vendor.example.
WANTED = {
    "good": GOOD, "late": GOOD, "servfail-once": GOOD, "wrong-id": GOOD, "spoofed": GOOD,
    "truncated": GOOD, "formerr": GOOD, "case": GOOD,
    "silent": fails("timeout"), "only-wrong-id": fails("timeout"), "empty": fails("timeout"),
    "wrong-question": fails("timeout"), "wrong-type": fails("timeout"), "no-tcp": fails("timeout"),
    "servfail": fails("servfail"), "refused": fails("servfail"), "notimp": fails("servfail"),
    "truncation-lie": fails("servfail"), "pointer-loop": fails("servfail"),
    "pointer-forward": fails("servfail"), "short": fails("servfail"), "no-records": fails("servfail"),
    "many": fails("servfail"), "text-overrun": fails("servfail"), "referral": fails("servfail"),
    "denied-with-records": fails("servfail"),
    "denied": fails("nxdomain"), "none": fails("nodata"), "other-owner": fails("nodata"),
    "alias-open": alias("good.vendor.example"), "alias-self": alias("alias-self.vendor.example"),
    "alias-loop": alias("loop2.vendor.example"), "loop2": alias("alias-loop.vendor.example"),
    "alias-dead": alias("gone.vendor.example"), "gone": fails("nxdomain"),
    "alias-endless": alias("alias-endless.x.vendor.example"),
    "nul": {"TXT": {"status": "ok", "ttl": 300, "data": [["a\0b", '\u00ff\u0080"\\']]}},
    "far": {"TXT": {"status": "ok", "ttl": 0, "data": [[SPF.decode()]]}},
}
ASKED = [name for name in WANTED if name not in ("loop2", "gone")]


def test_every_misbehaviour():
    with tempfile.TemporaryDirectory() as name, Stub() as stub:
        path = specs.spec(name, [f"{one}.vendor.example" for one in ASKED])
        result = specs.lock(path, stub.address, *FAST, "--format", "json", status=4)
        names = specs.read(path)["names"]
        wrong = [f"{one}: {names.get(f'{one}.vendor.example')}" for one, wanted in WANTED.items()
                 if names.get(f"{one}.vendor.example") != wanted]
        equal(wrong, [], "differs from what is wanted")
        failures = {failure["name"].split(".")[0]: failure["reason"]
                    for failure in json.loads(result.out)["failures"]}
        equal(sorted(failures), sorted(one for one, wanted in WANTED.items()
                                       if wanted in (fails("servfail"), fails("timeout"))))
        for one, reason in (("pointer-loop", "does not lead back"), ("truncation-lie", "cut off"),
                            ("refused", "REFUSED"), ("short", "longer than the message"),
                            ("referral", "refers to others"), ("silent", "no answer in time")):
            if reason not in failures[one]:
                raise AssertionError(f"{one}: {failures[one]}")
        for one in ("truncated", "truncation-lie", "no-tcp"):
            if (f"{one}.vendor.example", 16) not in stub.over_tcp:
                raise AssertionError(f"{one} was not asked over TCP")
        equal(stub.asked[("silent.vendor.example", 16)], 3, "tries")
        if len([asked for asked, _ in stub.asked if asked.startswith("alias-endless")]) > 10:
            raise AssertionError("a chain of aliases was followed for ever")


def test_old_answers_stay():
    """One that fails keeps what it had; one that had nothing is written down as failed."""
    old = {"format": "connplan-lock", "version": 1, "resolved_at": "2026-01-01T00:00:00Z", "names": {
        "servfail.vendor.example": {"TXT": {"status": "ok", "data": [["v=spf1 -all"]]}},
        "silent.vendor.example": {"CNAME": {"status": "ok", "data": ["good.vendor.example"]}},
        "refused.vendor.example": {"TXT": {"status": "timeout"}}}}
    with tempfile.TemporaryDirectory() as name, Stub() as stub:
        path = specs.spec(name, ["servfail.vendor.example", "silent.vendor.example",
                                 "refused.vendor.example"])
        path.with_name("mailflow.lock.json").write_text(json.dumps(old), "utf-8")
        result = specs.lock(path, stub.address, "--timeout", "0.5", "--retries", "0", status=4)
        names = specs.read(path)["names"]
        for one in ("servfail.vendor.example", "silent.vendor.example"):
            equal(names[one], old["names"][one], one)
        equal(names["good.vendor.example"], GOOD)
        equal(names["refused.vendor.example"], fails("servfail"))
        if "servfail.vendor.example TXT: the server says SERVFAIL; the old answer stays" not in result.text:
            raise AssertionError(result)


def test_longer_time_to_live_stays():
    """Data that are the same move nothing; the longest time that was seen is kept."""
    old = {"format": "connplan-lock", "version": 1, "resolved_at": "2026-01-01T00:00:00Z", "names": {
        "good.vendor.example": {"TXT": {"status": "ok", "ttl": 3600, "data": [[SPF.decode()]]}}}}
    with tempfile.TemporaryDirectory() as name, Stub() as stub:
        path = specs.spec(name, ["good.vendor.example"])
        path.with_name("mailflow.lock.json").write_text(json.dumps(old), "utf-8")
        specs.lock(path, stub.address, status=0)
        equal(specs.read(path)["names"]["good.vendor.example"]["TXT"]["ttl"], 3600)
        specs.lock(path, stub.address, "--refresh", status=0)
        equal(specs.read(path)["names"]["good.vendor.example"]["TXT"]["ttl"], 300)


@each([("broken", "{", ":1:2: "), ("other", '{"format": "x"}', ":1:1: this is no lock"),
       ("status", '{"format": "connplan-lock", "version": 1,\n "names": {"a.example": {"A": '
        '{"status": "gone"}}}}', ":2:42: `status` must be")])
def test_malformed_lock(_what, text, complaint):
    """Nothing is asked, nothing is overwritten."""
    with tempfile.TemporaryDirectory() as name, Stub() as stub:
        path = specs.spec(name)
        file = path.with_name("mailflow.lock.json")
        file.write_text(text, "utf-8")
        result = specs.lock(path, stub.address, status=4)
        equal((file.read_text("utf-8"), stub.asked), (text, {}))
        if f"mailflow.lock.json{complaint}" not in result.errors:
            raise AssertionError(result)


@each([("syntax", "{", 1), ("import", "version: 1\nimports: [no.yaml]\n", 1), ("absent", None, 4)])
def test_unreadable_spec(_what, text, status):
    """Of a spec that cannot be read nobody knows what it needs: the lock stays."""
    with tempfile.TemporaryDirectory() as name, Stub() as stub:
        path = specs.spec(name)
        file = path.with_name("mailflow.lock.json")
        specs.lock(path, stub.address, status=0)
        before, asked = file.read_bytes(), dict(stub.asked)
        path.unlink()
        if text is not None:
            path.write_text(text, "utf-8")
        specs.lock(path, stub.address, status=status)
        equal((file.read_bytes(), stub.asked), (before, asked))


@each([("check and refresh", "--check", "--refresh"), ("a name", "--resolver", "localhost"),
       ("a network", "--resolver", "192.0.2.0/24"), ("a port", "--resolver", "192.0.2.1:0"),
       ("port too big", "--resolver", "192.0.2.1:65536"), ("no port", "--resolver", "[::1]:"),
       ("brackets", "--resolver", "[192.0.2.1]:53"), ("half", "--resolver", "[::1"),
       ("empty", "--resolver", ""), ("timeout", "--timeout", "0"), ("too long", "--timeout", "61"),
       ("digits", "--timeout", "0.0001"), ("blank", "--timeout", "1 "), ("retries", "--retries", "-1"),
       ("another command", "--strict")])
def test_command_line(_what, *words):
    with tempfile.TemporaryDirectory() as name:
        path = specs.spec(name)
        connplan("lock", path, *words, status=3)
        equal(sorted(os.listdir(name)), ["mailflow.yaml"])


def test_standard_input():
    """A spec from there has a lock where --lock or --stdin-filename says."""
    with tempfile.TemporaryDirectory() as name, Stub() as stub:
        path = specs.spec(name)
        text = path.read_bytes()
        specs.lock("-", stub.address, stdin=text, status=3)
        specs.lock("-", stub.address, "--stdin-filename", path, stdin=text, status=0)
        equal(specs.read(path)["names"]["contoso.com"]["TXT"], GOOD["TXT"])
        specs.lock(path, stub.address, "--lock", pathlib.Path(name) / "x.json", status=0)
        equal((pathlib.Path(name) / "x.json").read_bytes(),
              path.with_name("mailflow.lock.json").read_bytes())


def test_link_is_replaced():
    """A lock that is a link is replaced, never written through."""
    with tempfile.TemporaryDirectory() as name, Stub() as stub:
        path = specs.spec(name)
        other = pathlib.Path(name) / "other"
        other.write_text('{"format": "connplan-lock", "version": 1, "names": {}}', "utf-8")
        file = path.with_name("mailflow.lock.json")
        file.symlink_to(other)
        specs.lock(path, stub.address, status=0)
        equal((file.is_symlink(), other.read_text("utf-8")),
              (False, '{"format": "connplan-lock", "version": 1, "names": {}}'))


def test_failing_files():
    """Every call about files fails once, in turn: the lock is the old one or the new one."""
    library = str(BINARY.parent / "tests/libfaults_io.so")
    if is_sanitized():
        # A sanitizer's own library must be first.
        library = run(["gcc", "-print-file-name=libasan.so"]).text.strip() + ":" + library
    with tempfile.TemporaryDirectory() as name, Stub() as stub:
        place = pathlib.Path(name)
        new = specs.spec(place / "new", ["good.vendor.example"])
        specs.lock(new, stub.address, status=0, env={"LD_PRELOAD": library, "FAULT_COUNT": str(place / "count")})
        wanted, refused = specs.read(new)["names"], []
        old = {"format": "connplan-lock", "version": 1, "resolved_at": "2026-01-01T00:00:00Z", "names": {}}
        for k in range(1, int((place / "count").read_text()) + 3):
            path = specs.spec(place / str(k), ["good.vendor.example"])
            file = path.with_name("mailflow.lock.json")
            file.write_text(json.dumps(old), "utf-8")
            result = specs.lock(path, stub.address, env={"LD_PRELOAD": library, "FAULT_AT": str(k)})
            found = specs.read(path)
            if found != old:
                equal(found["names"], wanted, f"the lock after call {k}")
            elif result.status != 4 and b"CP011" not in result.out + result.err:
                raise AssertionError(f"call {k}: {result}")
            if f"cannot write `{file}`" in result.errors or "cannot write `mailflow.lock.json`" in result.errors:
                refused.append(result.errors.strip().rsplit(": ", 1)[1])
        # It is made, written and closed; brought to the disk; given its name.
        equal(refused[-2:], 2 * ["input or output error"])
        if len(refused) < 4:
            raise AssertionError(refused)


def test_nobody_answers():
    """A network that is not there is given up soon, and the status tells."""
    with tempfile.TemporaryDirectory() as name:
        path = specs.spec(name, [f"x{i}.vendor.example" for i in range(200)])
        begin = time.monotonic()
        result = specs.lock(path, f"127.0.0.1:{free_port()}", "--timeout", "0.5", "--retries", "1",
                            status=4)
        if time.monotonic() - begin > 30 or "nobody answers any more at 127.0.0.1" not in result.errors:
            raise AssertionError(result)
        equal(specs.read(path)["names"]["x199.vendor.example"], fails("timeout"))


def test_environment_plays_no_part():
    """Search lists and aliases of the environment change no question."""
    with tempfile.TemporaryDirectory() as name, Stub() as stub:
        path = specs.spec(name, ["good.vendor.example"])
        aliases = pathlib.Path(name) / "aliases"
        aliases.write_text("good.vendor.example other.example\n", "utf-8")
        specs.lock(path, stub.address, status=0, env={
            "HOSTALIASES": str(aliases), "LOCALDOMAIN": "search.example", "RES_OPTIONS": "ndots:5"})
        equal([asked for asked, _ in stub.asked if "search" in asked or "other" in asked], [])
        equal(specs.read(path)["names"]["good.vendor.example"], GOOD)


def test_interrupted():
    """A signal ends it at once, with nothing written. (SIGINT stays ignored where the parent ignores it.)"""
    with tempfile.TemporaryDirectory() as name, Stub() as stub:
        path = specs.spec(name, ["silent.vendor.example"])
        process = subprocess.Popen([BINARY, "lock", path, "--resolver", stub.address, "--timeout", "30"],
                                   stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=ENVIRONMENT)
        deadline = time.monotonic() + 30
        while ("silent.vendor.example", 16) not in stub.asked and time.monotonic() < deadline:
            time.sleep(0.05)
        process.send_signal(signal.SIGTERM)
        out, err = process.communicate(timeout=20)
        equal((process.returncode, out, err), (143, b"", b""))
        equal(os.listdir(name), ["mailflow.yaml"])


def test_progress_is_for_terminals():
    with tempfile.TemporaryDirectory() as name, Stub() as stub:
        path = specs.spec(name, ["good.vendor.example", "late.vendor.example"])
        equal(specs.lock(path, stub.address, *FAST, status=0).err, b"")
        stub.asked.clear()
        ours, theirs = pty.openpty()
        process = subprocess.Popen([BINARY, "lock", path, "--resolver", stub.address, *FAST],
                                   stdout=subprocess.DEVNULL, stderr=theirs, env=ENVIRONMENT)
        os.close(theirs)
        shown = b""
        try:
            while block := os.read(ours, 4096):
                shown += block
        except OSError:
            pass  # how a terminal says that the other side has gone
        os.close(ours)
        equal(process.wait(20), 0)
        if b" answers" not in shown or not shown.endswith(b"\r\x1b[K"):
            raise AssertionError(shown)


NETWORK = BINARY.parent / "tests/libfaults_network.so"


@release_only  # a library of sanitizers wants to be the first
@each([("check", "check", "@"), ("build", "build", "@", "-o", "@out"),
       ("plan", "plan", "@", "--live", "@live"),
       ("spf", "spf", "eval", "--lock", "@lock", "--ip", "192.0.2.1", "--mail-from", "a@contoso.com"),
       ("expand", "spf", "expand", "contoso.com", "--lock", "@lock"), ("init", "init", "@new"),
       ("explain", "explain", "CP103"), ("where", "explain", "@", "--ip", "198.51.100.10"),
       ("version", "--version"), ("lock", "lock", "@", "--resolver", "127.0.0.1:9", "--retries", "0")])
def test_only_lock_uses_the_network(what, *words):
    """A library put before the program tells of every socket."""
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        places = {"@": specs.spec(folder), "@out": folder / "out", "@live": folder / "live.json",
                  "@lock": folder / "mailflow.lock.json", "@new": folder / "new"}
        places["@live"].write_text("[]", "utf-8")
        places["@lock"].write_text('{"format": "connplan-lock", "version": 1, "names": {}}', "utf-8")
        result = connplan(*[places.get(word, word) for word in words], env={"LD_PRELOAD": str(NETWORK)})
        equal(b"network: socket" in result.err, what == "lock", result)
        equal(result.status in ((4,) if what == "lock" else (0, 1, 2)), True, result)
