"""Answers that are made to break whoever reads them: whatever comes, the lock is right or has none."""

import json
import socket
import struct
import tempfile
import threading
import time

import jsonschema

from lib import ROOT, connplan, each, equal

import specs
import stub
from stub import A, CNAME, MX, SPF, TXT, TYPES, Stub, name, record, spf, string

LOCK_SCHEMA = jsonschema.Draft7Validator(json.loads((ROOT / "schema/lock.schema.json").read_bytes()))
ROOT_OWNER = b"\xc0\x0c"  # the name that was asked for
CHAOS = 3
HOST = "odd.vendor.example"
GOOD = {"TXT": {"status": "ok", "ttl": 300, "data": [[SPF.decode()]]}}
FAILED, NONE = {"TXT": {"status": "servfail"}}, {"TXT": {"status": "nodata"}}
LATE = {"TXT": {"status": "timeout"}}
# Time for everything that is asked twice, and for what never comes.
BOUND = 60


def link(number):
    return f"l{number}.vendor.example"


def chain(query, length, end=b""):
    """Aliases from the name that was asked for to the last one, which END stands at."""
    links = [record(ROOT_OWNER, CNAME, name(link(0)))]
    links += [record(name(link(at)), CNAME, name(link(at + 1))) for at in range(length - 1)]
    return query.answer(*links, *([record(name(link(length - 1)), TXT, end)] if end else []))


def circle(query, length):
    """The last alias leads back to the first."""
    links = [record(name(link(at)), CNAME, name(link((at + 1) % length))) for at in range(length)]
    return query.answer(record(ROOT_OWNER, CNAME, name(link(0))), *links)


def in_class(owner, number, data):
    return owner + struct.pack("!HHIH", TXT, number, 300, len(data)) + data


def texts(*strings, ttl=300):
    return record(ROOT_OWNER, TXT, b"".join(map(string, strings)), ttl)


def headed(query, counts, *records):
    """A message whose head tells these counts."""
    return query.id + struct.pack("!HHHHH", 0x8580, *counts) + query.question + b"".join(records)


def pointers(query, count):
    """A name by way of many pointers, each of which leads back to the one before it."""
    start = 12 + len(query.question)
    data_at = start + 12
    hops = b"\xc0\x0c" + b"".join(struct.pack("!H", 0xc000 | data_at + 2 * at) for at in range(count - 1))
    owner = struct.pack("!H", 0xc000 | data_at + 2 * (count - 1))
    return query.answer(record(ROOT_OWNER, 99, hops), record(owner, TXT, string(SPF)))


LONG = [b"x" * 255] * 250 + [b"y"]
ALL_OCTETS = [bytes(range(256))[:255], b"\xff", b""]


def text_of(strings, ttl=300):
    return {"TXT": {"status": "ok", "ttl": ttl, "data": [[one.decode("latin-1") for one in strings]]}}


def cut(query):
    """What comes over UDP where the whole needs TCP."""
    return query.answer(flags=0x8780)


# NAME.vendor.example: what comes, over UDP and TCP alike; what then stands in the lock; words of the reason.
ANSWERS = {
    "pointer-itself": (lambda q: [q.answer(struct.pack("!H", 0xc000 | 12 + len(q.question)) + spf()[2:])],
                       FAILED, "does not lead back"),
    "pointer-past-the-end": (lambda q: [q.answer(b"\xff\xff" + spf()[2:])], FAILED, "does not lead back"),
    "pointer-half": (lambda q: [headed(q, (1, 1, 0, 0)) + b"\xc0"], FAILED, "middle of a pointer"),
    "pointers-many": (lambda q: [pointers(q, 100)], GOOD, ""),
    "label-of-64": (lambda q: [q.answer(b"\x40" + b"x" * 64 + b"\0" + spf()[2:])], FAILED, "no known kind"),
    "name-too-long": (lambda q: [q.answer((b"\x3f" + b"x" * 63) * 5 + b"\0" + spf()[2:])], FAILED, "too long"),
    "name-endless": (lambda q: [headed(q, (1, 1, 0, 0)) + b"\x01x" * 40], FAILED, "does not end"),
    "other-names": (lambda q: [q.answer(record(name("spf.protection.outlook.com"), TXT, string(b"v=spf1 +all")),
                                        spf(), record(name("good.vendor.example"), A, b"\x7f\0\0\1"))], GOOD, ""),
    "other-sections": (lambda q: [headed(q, (1, 0, 1, 1), spf(), spf())], NONE, ""),
    "no-question": (lambda q: [q.id + struct.pack("!HHHHH", 0x8580, 0, 1, 0, 0) + name("x") + spf(name("x"))[3:]],
                    LATE, ""),
    "two-questions": (lambda q: [headed(q, (2, 1, 0, 0), q.question, spf())], LATE, ""),
    "fewer-than-told": (lambda q: [headed(q, (1, 2, 0, 0), spf())], FAILED, ""),
    "more-than-told": (lambda q: [headed(q, (1, 1, 0, 0), spf(), texts(b"v=spf1 +all"))], GOOD, ""),
    "length-past-the-end": (lambda q: [q.answer(spf()[:10] + b"\xff\xff" + spf()[12:])], FAILED, "longer than the message"),
    "head-alone": (lambda q: [q.id + struct.pack("!HHHHH", 0x8580, 1, 1, 0, 0)], LATE, ""),
    "classes": (lambda q: [q.answer(in_class(ROOT_OWNER, CHAOS, string(b"v=spf1 +all")), spf())], GOOD, ""),
    "another-class": (lambda q: [q.answer(in_class(ROOT_OWNER, CHAOS, string(SPF)))], NONE, ""),
    "time-2-31": (lambda q: [q.answer(texts(SPF, ttl=1 << 31))], text_of([SPF], 0), ""),
    "time-2-31-less-1": (lambda q: [q.answer(texts(SPF, ttl=(1 << 31) - 1))], text_of([SPF], (1 << 31) - 1), ""),
    "times": (lambda q: [q.answer(texts(b"a", ttl=0xffffffff), texts(b"b", ttl=60))],
              {"TXT": {"status": "ok", "ttl": 0, "data": [["a"], ["b"]]}}, ""),
    "octets": (lambda q: [q.answer(texts(*ALL_OCTETS))], text_of(ALL_OCTETS), ""),
    "no-string": (lambda q: [q.answer(record(ROOT_OWNER, TXT, b""), spf())], FAILED, "no string"),
    "strings-300": (lambda q: [cut(q), q.answer(texts(*[b"s"] * 300))], text_of([b"s"] * 300), ""),
    "text-64-kib": (lambda q: [cut(q), q.answer(texts(*LONG))], text_of(LONG), ""),
    "aliases-8": (lambda q: [chain(q, 8, string(SPF))], {"CNAME": {"status": "ok", "ttl": 300, "data": [link(0)]}}, ""),
    "duplicate-id": (lambda q: [q.answer(spf(), question=name("a.example") + q.question[-4:]), q.answer(spf()),
                                q.answer(texts(b"v=spf1 +all"))], GOOD, ""),
}


class Hostile(Stub):
    """Answers one name as ANSWERS says; the last of several only over TCP, where the first is cut off."""

    def _replies(self, octets, over_tcp):
        query = stub.Query(octets)
        what = query.labels[0] if query.labels else ""
        if query.kind != TXT or what not in ANSWERS:
            return super()._replies(octets, over_tcp)
        made = ANSWERS[what][0](query)
        return made[1:] if over_tcp and made[0] == cut(query) else made[:1] if made[0] == cut(query) else made


def asked_of(server, folder, answers, more=(), *words, **how):
    """(the names of the lock, the reasons of failures, the result); what was written is read again."""
    path = specs.spec(folder, [f"{one}.vendor.example" for one in answers], *more)
    begin = time.monotonic()
    result = specs.lock(path, server, "--timeout", "1", "--retries", "1", "--format", "json", *words, **how)
    if time.monotonic() - begin > BOUND:
        raise AssertionError(f"it took {time.monotonic() - begin:.0f} seconds")
    lock = specs.read(path)
    LOCK_SCHEMA.validate(lock)
    equal(connplan("check", path).status in (0, 1), True, "the lock is read again")
    reasons = {one["name"].split(".")[0]: one["reason"] for one in json.loads(result.out)["failures"]}
    return lock["names"], reasons, result


def test_every_answer():
    with tempfile.TemporaryDirectory() as folder, Hostile() as server:
        names, reasons, _result = asked_of(server.address, folder, ANSWERS, status=4)
        wrong = [f"{one}: {str(names.get(f'{one}.vendor.example'))[:200]} {reasons.get(one)}"
                 for one, (_answer, wanted, reason) in ANSWERS.items()
                 if names.get(f"{one}.vendor.example") != wanted or reason not in reasons.get(one, "")]
        equal(wrong, [], "differs from what is wanted")
        equal("spf.protection.outlook.com" in names or "A" in names.get("good.vendor.example", {}), False, "unasked")
        equal([one for one in reasons if "+all" in reasons[one]], [], "a wrong record")


# --- aliases without end, names that are none -------------------------------------------------------------

def hosts(query):
    return [query.answer(*(record(ROOT_OWNER, MX, struct.pack("!H", 10 * at) + one) for at, one in enumerate(ODD_NAMES, 1)))]


# Names as they are in messages, and how a lock writes them (RFC 4343 section 2.1).
ODD_NAMES = {b"\x03a.b\x06vendor\x07example\0": "a\\.b.vendor.example",
             b"\x03a\\b\x06vendor\x07example\0": "a\\\\b.vendor.example",
             b"\x03a\xffb\x06vendor\x07example\0": "a\\255b.vendor.example",
             b"\x03a\0b\x06vendor\x07example\0": "a\\000b.vendor.example",
             b"\x03a b\x06vendor\x07example\0": "a\\032b.vendor.example"}


def alias_to(target):
    return lambda q: [q.answer(record(ROOT_OWNER, CNAME, target))]


# NAME.vendor.example: what comes; which alias stands there then.
ALIASES = {
    "aliases-9": (lambda q: [chain(q, 9, string(SPF))], link(0)),
    "aliases-300": (lambda q: [chain(q, 300, string(SPF))], link(0)),
    "circle-2": (lambda q: [circle(q, 2)], link(0)),
    "circle-400": (lambda q: [circle(q, 400)], link(0)),
    **{f"odd-{at}": (alias_to(octets), text) for at, (octets, text) in enumerate(ODD_NAMES.items())},
}


@each([(one,) for one in ALIASES])
def test_aliases(one):
    """A chain is followed a few steps, in one answer or in many, each link stands at its own name, and what
    no reader comes to is not there; what cannot be asked for is told."""
    class Aliases(Stub):
        def _replies(self, octets, over_tcp):
            query = stub.Query(octets)
            if query.kind == TXT and query.labels[0] == one:
                whole = ALIASES[one][0](query)[0]
                return [whole] if over_tcp or len(whole) < 1200 else [cut(query)]
            if query.kind == TXT and query.labels[0].startswith("l"):
                at = int(query.labels[0][1:])
                return [query.answer(record(ROOT_OWNER, CNAME, name(link((at + 1) % 400))))]
            return super()._replies(octets, over_tcp)

    with tempfile.TemporaryDirectory() as folder, Aliases() as server:
        names, reasons, _result = asked_of(server.address, folder, [one])
        equal(names[f"{one}.vendor.example"], {"CNAME": {"status": "ok", "ttl": 300, "data": [ALIASES[one][1]]}})
        ended = [at for at in names if names[at] == GOOD and at != "contoso.com"]
        equal(ended, [link(8)] if one == "aliases-9" else [], "records")
        links = {at: names[at]["CNAME"]["data"] for at in names if at.startswith("l") and "CNAME" in names[at]}
        if one != "circle-2":
            equal(links, {at: [link(int(at[1:-len(".vendor.example")]) + 1)] for at in links}, "links")
        equal(len(server.asked) < 40, True, "questions")
        if one.startswith("odd"):
            equal(list(reasons.values()), ["the name has characters that cannot be asked for"])


def test_odd_hosts():
    """Of a host whose name cannot be asked for nothing is known; the others are asked for."""
    class Hosts(Stub):
        def _replies(self, octets, over_tcp):
            query = stub.Query(octets)
            if query.kind == MX and query.labels[0] == "odd":
                return hosts(query)
            return super()._replies(octets, over_tcp)

    with tempfile.TemporaryDirectory() as folder, Hosts() as server:
        path = specs.spec(folder)
        path.write_text(path.read_text("utf-8").replace("includes: []", f'terms: ["mx:{HOST}"]'), "utf-8")
        result = specs.lock(path, server.address, "--timeout", "1", "--retries", "0", "--format", "json", status=4)
        names = specs.read(path)["names"]
        LOCK_SCHEMA.validate(specs.read(path))
        equal(sorted(names[HOST]["MX"]["data"]), [[10 * at, text] for at, text in enumerate(ODD_NAMES.values(), 1)])
        told = {one["reason"] for one in json.loads(result.out)["failures"]}
        equal(told, {"the name has characters that cannot be asked for"})
        equal(connplan("check", path).status in (0, 1), True, "the lock is read again")


# --- TCP that takes its time ------------------------------------------------------------------------------

def drip(stream, octets):
    for at in range(len(octets)):
        stream.sendall(octets[at:at + 1])
        time.sleep(0.002)


def half(stream, octets):
    stream.sendall(octets[:len(octets) // 2])


def hold(stream, octets):
    half(stream, octets)
    time.sleep(8)


def slow(stream, octets):
    for at in range(40):
        stream.sendall(octets[at:at + 1])
        time.sleep(0.2)


def promise(stream, octets):
    """A length of which most never comes."""
    stream.sendall(b"\xff\xff" + octets[2:])
    time.sleep(8)


def close(stream, _octets):
    stream.shutdown(socket.SHUT_RDWR)


def nothing(stream, _octets):
    stream.sendall(b"\0\0")


STREAMS = [("drip", drip, GOOD), ("half", half, None), ("hold", hold, LATE), ("slow", slow, LATE),
           ("promise", promise, LATE), ("close", close, None), ("nothing", nothing, None)]


@each(STREAMS)
def test_streams(_what, send, wanted):
    """One that breaks off, or takes longer than anybody waits, is no answer; that it is told, and soon."""
    class Streams(Stub):
        def _replies(self, octets, over_tcp):
            query = stub.Query(octets)
            if query.kind == TXT and query.labels[0] == "stream" and not over_tcp:
                return [cut(query)]
            return super()._replies(octets, over_tcp)

        def _stream(self, stream):
            threading.Thread(target=self._one, args=(stream.dup(),), daemon=True).start()
            return False

        def _one(self, stream):
            try:
                head = stream.recv(2, socket.MSG_WAITALL)
                query = stub.Query(stream.recv(struct.unpack("!H", head)[0], socket.MSG_WAITALL))
                answer = query.answer(spf())
                send(stream, struct.pack("!H", len(answer)) + answer)
            except (OSError, struct.error):
                pass
            finally:
                stream.close()

    with tempfile.TemporaryDirectory() as folder, Streams() as server:
        names, reasons, _result = asked_of(server.address, folder, ["stream"])
        found = names["stream.vendor.example"]
        equal(found == wanted if wanted else found in (FAILED, LATE), True, found)
        equal("stream" in reasons, wanted != GOOD, reasons)
