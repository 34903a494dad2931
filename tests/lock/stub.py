"""A name server that misbehaves: what it does with a question depends on the first label."""

import select
import socket
import struct
import threading
import time

from server import free_port

A, CNAME, MX, TXT = 1, 5, 15, 16
TYPES = {"A": 1, "CNAME": 5, "PTR": 12, "MX": 15, "TXT": 16, "AAAA": 28}
SPF = b"v=spf1 ip4:192.0.2.0/24 -all"


def name(text):
    return b"".join(bytes([len(label)]) + label.encode("latin-1")
                    for label in text.split(".") if label) + b"\0"


def string(octets):
    return bytes([len(octets)]) + octets


def record(owner, kind, data, ttl=300):
    return owner + struct.pack("!HHIH", kind, 1, ttl, len(data)) + data


def spf(owner=b"\xc0\x0c"):
    return record(owner, TXT, string(SPF))


class Query:
    """A question as it came."""

    def __init__(self, octets):
        self.id = octets[:2]
        at = 12
        labels = []
        while octets[at]:
            labels.append(octets[at + 1:at + 1 + octets[at]])
            at += octets[at] + 1
        self.labels = [label.decode("latin-1").lower() for label in labels]
        self.kind = struct.unpack("!H", octets[at + 1:at + 3])[0]
        self.question = octets[12:at + 5]
        self.has_edns = octets[10:12] != b"\0\0"

    def answer(self, *records, flags=0x8580, code=0, identity=None, question=None, count=None):
        """A whole message: authoritative, recursion available."""
        return (identity or self.id) + struct.pack(
            "!HHHHH", flags | code, 1, len(records) if count is None else count, 0, 0) + \
            (self.question if question is None else question) + b"".join(records)


def behave(query, over_tcp, times):
    """The messages that go back; one that begins with b"spoof" comes from another port."""
    what = query.labels[0] if query.labels else ""
    good = query.answer(spf())
    if query.kind == TYPES["MX"] and what == "contoso":
        return [query.answer(record(b"\xc0\x0c", MX, struct.pack("!H", 10) + name("mail.contoso.com")))]
    if query.kind != TXT or what in ("_dmarc", "contoso", "spf"):
        return [query.answer()] if what != "contoso" else [good]
    return {
        "good": [good],
        "silent": [],
        "servfail": [query.answer(code=2)],
        "refused": [query.answer(code=5)],
        "formerr": [query.answer(code=1)] if query.has_edns else [good],
        "notimp": [query.answer(code=4)],
        "late": [good] if times >= 3 else [],
        "servfail-once": [good] if times >= 2 else [query.answer(code=2)],
        "wrong-id": [query.answer(spf(), identity=bytes([query.id[0] ^ 1, query.id[1]])), good],
        "only-wrong-id": [query.answer(spf(), identity=bytes([query.id[0] ^ 1, query.id[1]]))],
        "wrong-question": [query.answer(spf(), question=name("other.example") + query.question[-4:])],
        "wrong-type": [query.answer(spf(), question=query.question[:-4] + b"\0\1\0\1")],
        "spoofed": [b"spoof" + query.answer(record(b"\xc0\x0c", TXT, string(b"v=spf1 +all"))), good],
        "truncated": [good] if over_tcp else [query.answer(flags=0x8780)],
        "truncation-lie": [query.answer(spf(), flags=0x8780)],
        "no-tcp": [] if over_tcp else [query.answer(flags=0x8780)],
        "alias-loop": [query.answer(record(b"\xc0\x0c", CNAME, name("loop2.vendor.example")),
                                    record(name("loop2.vendor.example"), CNAME, b"\xc0\x0c"))],
        "alias-self": [query.answer(record(b"\xc0\x0c", CNAME, b"\xc0\x0c"))],
        "alias-open": [query.answer(record(b"\xc0\x0c", CNAME, name("good.vendor.example")))],
        "alias-dead": [query.answer(record(b"\xc0\x0c", CNAME, name("gone.vendor.example")), code=3)],
        "alias-endless": [query.answer(record(b"\xc0\x0c", CNAME, name(
            f"alias-endless.{'x.' * (len(query.labels) - 2)}vendor.example")))],
        "pointer-loop": [query.answer(record(b"\xc0\x0c", CNAME, b"\xc0" + bytes([
            12 + len(query.question) + 12])))],
        "pointer-forward": [query.answer(b"\xc0\xff" + spf()[2:])],
        "short": [query.answer(spf())[:-5]],
        "no-records": [query.answer(count=1)],
        "many": [query.answer(spf(), count=65535)],
        "text-overrun": [query.answer(record(b"\xc0\x0c", TXT, b"\xff" + SPF))],
        "empty": [b"\0"],
        "referral": [query.answer(flags=0x8000)],
        "denied": [query.answer(code=3)],
        "none": [query.answer()],
        "denied-with-records": [query.answer(spf(), code=3)],
        "other-owner": [query.answer(spf(name("other.example")))],
        "nul": [query.answer(record(b"\xc0\x0c", TXT, string(b"a\0b") + string(b"\xff\x80\"\\")))],
        "far": [query.answer(record(b"\xc0\x0c", TXT, string(SPF), ttl=0xffffffff))],
        "case": [query.answer(spf(), question=query.question[:-4].upper() + query.question[-4:])],
    }.get(what, [query.answer(code=3)])


class Stub:
    """`with Stub() as server`: answers over UDP and TCP on one port; `asked` counts questions."""

    def __init__(self):
        self.port = free_port()
        self.address = f"127.0.0.1:{self.port}"
        self.asked = {}
        self.over_tcp = set()
        self._stop = threading.Event()

    def __enter__(self):
        self._udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._udp.bind(("127.0.0.1", self.port))
        self._other = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._other.bind(("127.0.0.1", 0))
        self._tcp = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        self._tcp.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self._tcp.bind(("127.0.0.1", self.port))
        self._tcp.listen(16)
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_):
        self._stop.set()
        self._thread.join(10)
        for one in (self._udp, self._other, self._tcp):
            one.close()

    def _replies(self, octets, over_tcp):
        query = Query(octets)
        key = (".".join(query.labels), query.kind)
        self.asked[key] = self.asked.get(key, 0) + 1
        if over_tcp:
            self.over_tcp.add(key)
        return behave(query, over_tcp, self.asked[key])

    def _serve(self):
        streams = []
        while not self._stop.is_set():
            ready, _, _ = select.select([self._udp, self._tcp, *streams], [], [], 0.1)
            for one in ready:
                if one is self._udp:
                    self._datagram()
                elif one is self._tcp:
                    streams.append(one.accept()[0])
                elif not self._stream(one):
                    streams.remove(one)
                    one.close()
        for one in streams:
            one.close()

    def _datagram(self):
        octets, sender = self._udp.recvfrom(65535)
        for reply in self._replies(octets, False):
            if reply.startswith(b"spoof"):
                self._other.sendto(reply[5:], sender)
                time.sleep(0.05)
            else:
                self._udp.sendto(reply, sender)

    def _stream(self, stream):
        """One question of a connection; False when it is over."""
        stream.settimeout(5)
        try:
            head = stream.recv(2, socket.MSG_WAITALL)
            if len(head) < 2:
                return False
            octets = stream.recv(struct.unpack("!H", head)[0], socket.MSG_WAITALL)
            for reply in self._replies(octets, True):
                stream.sendall(struct.pack("!H", len(reply)) + reply)
        except OSError:
            return False
        return True
