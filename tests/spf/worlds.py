"""Random worlds of a few domains and hosts, in which most terms lead somewhere.

Addresses come from few networks, so that terms overlap; look-ups and voids often come close to their
limits.
"""

import ipaddress

DOMAINS = [f"d{i}.example.com" for i in range(6)]
HOSTS = [f"h{i}.example.com" for i in range(6)]
NOWHERE = ["n0.example.net", "n1.example.net"]
TYPES = ("A", "AAAA", "MX", "TXT", "PTR")


def ip4(random):
    return f"192.0.2.{random.choice((0, 1, 7, 8, 64, 127, 128, 200, 255))}"


def ip6(random):
    return f"2001:db8::{random.choice('0 1 8 f 10 80 ff 100').strip() or '1'}" \
        if random.random() < 0.5 else f"2001:db8:{random.choice('01f')}::1"


def lengths(random):
    four = random.choice(("", "", f"/{random.choice((0, 8, 24, 26, 29, 31, 32))}"))
    six = random.choice(("", "", f"//{random.choice((0, 32, 48, 64, 120, 127, 128))}"))
    return four + six


def target(random):
    """A name that may not exist, and may be made by macros."""
    roll = random.random()
    if roll < 0.80:
        return random.choice(DOMAINS + HOSTS)
    if roll < 0.92:
        return random.choice(NOWHERE)
    return random.choice(("%{d}", "%{o}", "h1.%{d2}", "%{l}.example.com", "%{h}"))


def on_client(random):
    return random.choice(("%{i}._c.example.com", "%{ir}.%{v}._c.example.com", "%{p}._c.example.com"))


def term(random, level):
    kind = random.choices(
        ("ip4", "ip6", "a", "mx", "include", "exists", "client", "ptr", "bad"),
        (26, 14, 14, 9, 26, 6, 2, 2, 0.5))[0]
    qualifier = random.choice(("", "", "", "+", "-", "~", "?"))
    if kind == "ip4":
        return f"{qualifier}ip4:{ip4(random)}/{random.choice((8, 24, 25, 26, 29, 30, 32))}"
    if kind == "ip6":
        return f"{qualifier}ip6:{ip6(random)}/{random.choice((16, 32, 48, 64, 120, 124, 128))}"
    if kind in ("a", "mx"):
        name = random.choice(("", f":{target(random)}"))
        return f"{qualifier}{kind}{name}{lengths(random)}"
    if kind == "include":
        # Downwards more often: else most worlds are loops.
        below = DOMAINS[level + 1:] or DOMAINS
        name = random.choice(below) if random.random() < 0.85 else target(random)
        return f"{qualifier}include:{name}"
    if kind == "exists":
        return f"{qualifier}exists:{target(random)}"
    if kind == "client":
        return f"{qualifier}{random.choice(('exists', 'a', 'mx', 'include'))}:{on_client(random)}"
    if kind == "ptr":
        return qualifier + random.choice(("ptr", "ptr:example.com", "ptr:h1.example.com"))
    return random.choice(("moo", "a:museum", "ip4:192.0.2.1/33", "-all/8", "include"))


def record(random, level):
    terms = [term(random, level) for _ in range(random.choice((0, 1, 2, 3, 4, 5, 9)))]
    roll = random.random()
    if roll < 0.6:
        terms.append(random.choice(("-all", "~all", "?all", "all")))
    elif roll < 0.8:
        below = DOMAINS[level + 1:] or DOMAINS
        terms.append(f"redirect={random.choice(below)}")
    if random.random() < 0.1:
        terms.insert(random.randrange(len(terms) + 1), "x-note=%{d}")
    return " ".join(["v=spf1"] + terms)


def texts(random, level):
    roll = random.random()
    if roll < 0.03:
        return [["something else"]]
    if roll < 0.05:
        return [[record(random, level)], [record(random, level)]]
    text = record(random, level)
    cut = random.randrange(len(text))
    return [[text[:cut], text[cut:]], ["unrelated"]] if random.random() < 0.2 else [[text]]


def ok(data):
    return {"status": "ok", "data": data}


def none(random):
    return {"status": random.choice(("nodata", "nxdomain"))}


def error(random):
    return {"status": random.choice(("servfail", "timeout"))}


def exchanges(random):
    count = 11 if random.random() < 0.05 else random.choice((1, 1, 2, 3))
    hosts = HOSTS + NOWHERE[:1]
    data = [[10 * i, random.choice(hosts)] for i in range(count)]
    return [[0, "."]] if random.random() < 0.1 else data


def addresses(random, names):
    for host in HOSTS + DOMAINS:
        name = names.setdefault(host, {})
        # An alias has no records of its own (RFC 1034 section 3.6.2).
        if random.random() < 0.03 and host != DOMAINS[0]:
            names[host] = {"CNAME": ok([random.choice(HOSTS if host in HOSTS else DOMAINS)])}
            continue
        if random.random() < 0.7:
            name["A"] = ok([ip4(random) for _ in range(random.choice((1, 1, 2)))])
        if random.random() < 0.5:
            name["AAAA"] = ok([ip6(random)])
        if random.random() < 0.02:
            name["A"] = error(random)


def clients(random, names):
    """Reverse names, some of which lead back."""
    for _ in range(random.choice((0, 0, 1, 3))):
        address = ipaddress.ip_address(random.choice((ip4, ip6))(random))
        names[address.reverse_pointer] = {"PTR": ok(
            [random.choice(HOSTS + NOWHERE) for _ in range(random.choice((1, 2, 12)))])}
    if random.random() < 0.2:
        names["192.0.2.1._c.example.com"] = {"A": ok(["127.0.0.2"])}


def world(random):
    """A whole world, as a lock that holds all there is."""
    names = {}
    for level, domain in enumerate(DOMAINS):
        name = names.setdefault(domain, {})
        if random.random() < 0.97 or level == 0:
            name["TXT"] = ok(texts(random, level))
        else:
            name["TXT"] = error(random) if random.random() < 0.3 else none(random)
        if random.random() < 0.5:
            name["MX"] = ok(exchanges(random))
    addresses(random, names)
    clients(random, names)
    return {"format": "connplan-lock", "version": 1, "names": names}


def without_some(random, lock):
    """The same with answers left out. Errors stay: that an unknown answer may be an error is no use
    to anybody, and not among what is possible."""
    names = {}
    for name, answers in lock["names"].items():
        kept = {kind: answer for kind, answer in answers.items()
                if answer["status"] in ("servfail", "timeout") or kind == "CNAME" or
                random.random() < 0.85}
        names[name] = kept
    # What the full world denies by silence is said aloud, or most would be unknown.
    for name in DOMAINS + HOSTS + NOWHERE:
        known = names.setdefault(name, {})
        for kind in TYPES:
            full = lock["names"].get(name, {})
            if kind not in full and "CNAME" not in full and random.random() < 0.7:
                known[kind] = {"status": "nodata" if full else "nxdomain"}
    return {**lock, "names": names}


def answer(random, name, kind):
    """Some answer of a name, and no error."""
    if random.random() < 0.3:
        return none(random)
    if kind == "TXT":
        return ok(texts(random, DOMAINS.index(name) if name in DOMAINS else len(DOMAINS)))
    if kind == "MX":
        return ok(exchanges(random))
    if kind == "PTR":
        return ok([random.choice(HOSTS + NOWHERE) for _ in range(random.choice((1, 2, 12)))])
    return ok([(ip4 if kind == "A" else ip6)(random) for _ in range(random.choice((1, 1, 2)))])


def client_names(random):
    """Names that terms make of an address, of some clients."""
    for _ in range(4):
        address = ipaddress.ip_address(random.choice((ip4, ip6))(random))
        parts = str(address).split(".") if address.version == 4 else list(f"{int(address):032x}")
        version = "in-addr" if address.version == 4 else "ip6"
        yield f"{'.'.join(parts)}._c.example.com"
        yield f"{'.'.join(reversed(parts))}.{version}._c.example.com"
        yield address.reverse_pointer


def completed(random, part):
    """A world in which everything is known that the other leaves open, one of the many there may be."""
    names = {name: dict(answers) for name, answers in part["names"].items()}
    for name in DOMAINS + HOSTS + NOWHERE:
        known = names.setdefault(name, {})
        for kind in TYPES:
            if kind not in known and "CNAME" not in known:
                known[kind] = answer(random, name, kind)
    for name in client_names(random):
        known = names.setdefault(name, {})
        for kind in ("PTR",) if name.endswith(".arpa") else ("A", "AAAA", "MX", "TXT"):
            known.setdefault(kind, answer(random, name, kind))
    return {**part, "names": names}
