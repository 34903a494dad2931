"""What the scripts must achieve, said a second time: normal forms, rules, and who is accepted."""

import hashlib
import ipaddress

WORD, FLAG, TEXT, DOMAINS, RANGES, NAMES = "word flag text domains ranges names".split()

PROPERTIES = {
    "ConnectorType": WORD,
    "Enabled": FLAG,
    "Comment": TEXT,
    "SenderDomains": DOMAINS,
    "SenderIPAddresses": RANGES,
    "AssociatedAcceptedDomains": NAMES,
    "RequireTls": FLAG,
    "TlsSenderCertificateName": WORD,
    "RestrictDomainsToIPAddresses": FLAG,
    "RestrictDomainsToCertificate": FLAG,
    "CloudServicesMailEnabled": FLAG,
    "TreatMessagesAsInternal": FLAG,
    "EFSkipLastIP": FLAG,
    "EFSkipIPs": RANGES,
    "EFUsers": NAMES,
}

DEFAULTS = {
    "ConnectorType": "OnPremises",
    "Enabled": True,
    "Comment": "",
    "SenderDomains": ["smtp:*;1"],
    "SenderIPAddresses": [],
    "AssociatedAcceptedDomains": [],
    "RequireTls": True,
    "TlsSenderCertificateName": None,
    "RestrictDomainsToIPAddresses": False,
    "RestrictDomainsToCertificate": False,
    "CloudServicesMailEnabled": False,
    "TreatMessagesAsInternal": False,
    "EFSkipLastIP": False,
    "EFSkipIPs": [],
    "EFUsers": [],
}

# Properties that Exchange judges together: an unstated one may move when a neighbour does.
COUPLED = {
    "ConnectorType", "RequireTls", "TlsSenderCertificateName", "SenderIPAddresses", "RestrictDomainsToIPAddresses",
    "RestrictDomainsToCertificate", "CloudServicesMailEnabled", "TreatMessagesAsInternal",
}


def domain(text):
    bare = text.lower()
    bare = bare[5:] if bare.startswith("smtp:") else bare
    name, _, cost = bare.partition(";")
    return "smtp:%s;%s" % (name, cost or "1")


def span(text):
    """First and last address as numbers; those of IPv6 stand behind all of IPv4."""
    first, _, last = text.partition("-")
    ends = [ipaddress.ip_network(part, strict=False) for part in (first, last or first)]
    above = 1 << 128 if ends[0].version == 6 else 0
    return above + int(ends[0][0]), above + int(ends[1][-1])


def is_network(ends):
    size = ends[1] - ends[0] + 1
    return size & (size - 1) == 0 and ends[0] % size == 0


def outermost(ranges):
    """Without the networks that are inside another one of the list: they let nobody in."""
    networks = [one for one in ranges if is_network(one)]
    return frozenset(one for one in ranges if not is_network(one) or not any(
        other != one and other[0] <= one[0] and one[1] <= other[1] for other in networks))


def normal(kind, value):
    if kind == FLAG:
        return bool(value)
    if kind == TEXT:
        return value or ""
    if kind == WORD:
        return (value or "").lower()
    key = {DOMAINS: domain, RANGES: span, NAMES: str.lower}[kind]
    return frozenset(key(one) for one in value or [])


def state(raw):
    """Normal form of a connector in memory, or of the values of a plan's connector."""
    return {name: normal(kind, raw.get(name)) for name, kind in PROPERTIES.items()}


def settled(raw):
    """As state(), and what lets nobody in does not count: so the plan compares."""
    return {name: outermost(value) if PROPERTIES[name] == RANGES else value for name, value in state(raw).items()}


def plan_values(connector):
    return {one["Name"]: one["Value"] for one in connector["Properties"]}


def stated(connector):
    return {one["Name"] for one in connector["Properties"] if one["Stated"]}


def find(connectors, name):
    for one in connectors:
        if one["Name"].lower() == (name or "").lower():
            return one
    return None


def valid(values):
    """Would the service take these values in one call?"""
    s = state(values)
    on_premises = s["ConnectorType"] == "onpremises"
    addresses, certificate = bool(s["SenderIPAddresses"]), bool(s["TlsSenderCertificateName"])
    return (
        (addresses or certificate or not on_premises)
        and (s["RequireTls"] or not certificate)
        and (addresses or not s["RestrictDomainsToIPAddresses"])
        and (certificate or not s["RestrictDomainsToCertificate"])
        and (on_premises or not s["CloudServicesMailEnabled"])
        and not (s["TreatMessagesAsInternal"] and (not on_premises or s["CloudServicesMailEnabled"]))
        and not (on_premises and (s["RestrictDomainsToIPAddresses"] or s["RestrictDomainsToCertificate"]))
        and bool(s["SenderDomains"])
    )


def numbered(connectors):
    """With the ids that the stand-in gives to those that have none, in order."""
    return [dict({"Guid": "00000000-0000-4000-8000-%012d" % number}, **one) for number, one in enumerate(connectors, 1)]


def fingerprint(connectors):
    """The fingerprint said a second time."""
    lines = []
    for one in connectors:
        for name in list(PROPERTIES) + ["ConnectorSource", "Guid"]:
            value = one.get(name, "Default" if name == "ConnectorSource" else None)
            values = value if isinstance(value, list) else [value]
            for text_value in ["" if v is None else str(v) for v in values] or [""]:
                lines.append("\x1f".join((one["Name"], name, text_value)) + "\n")
    lines.sort(key=lambda line: line.encode("utf-16-be"))
    return hashlib.sha256("".join(lines).encode()).hexdigest()


def same(left, right):
    """One connector at two times: nothing that anybody could see has changed."""
    return (left is None) == (right is None) and (
        left is None or (left["Name"], left["Guid"], state(left)) == (right["Name"], right["Guid"], state(right)))


def by_id(connectors, guid):
    return next((one for one in connectors if one["Guid"] == guid), None)


def final_problems(plan, before, after):
    """In what the connectors after a run are not what the plan and the state before ask for."""
    problems = []
    before = numbered(before)
    touched = set()
    names = {one["Name"].lower() for one in plan["Connectors"]}
    for connector in plan["Connectors"]:
        found = find(before, connector["Name"])
        if found is None and connector["Was"] and connector["Was"].lower() not in names:
            found = find(before, connector["Was"])
        now = find(after, connector["Name"])
        if found is not None:
            touched.add(found["Guid"])
        if not connector["Managed"]:
            if not same(now, find(before, connector["Name"])):
                problems.append("%s is not managed and was changed" % connector["Name"])
            continue
        if connector["Action"] == "remove":
            if now is not None and now["Enabled"]:
                problems.append("%s is to be removed and is enabled" % connector["Name"])
            continue
        if now is None:
            problems.append("%s is missing" % connector["Name"])
            continue
        if found is not None and now["Guid"] != found["Guid"]:
            problems.append("%s is another connector now" % connector["Name"])
        want, is_now = settled(plan_values(connector)), settled(now)
        was = settled(found) if found is not None else None
        for name in PROPERTIES:
            if found is None or name in stated(connector):
                allowed = (want[name],)
            elif name in COUPLED:
                allowed = (was[name], want[name])
            else:
                allowed = (was[name],)
            if is_now[name] not in allowed:
                problems.append("%s.%s is %r, not %r" % (connector["Name"], name, is_now[name], allowed))
    for one in before:
        if one["Guid"] not in touched and not same(one, by_id(after, one["Guid"])):
            problems.append("%s is not in the plan and was changed" % one["Name"])
    for one in after:
        if find(plan["Connectors"], one["Name"]) is None and by_id(before, one["Guid"]) is None:
            problems.append("%s came from nowhere" % one["Name"])
    return problems


# ---- who is accepted ----


def certificate_matches(pattern, name):
    return bool(name) and (pattern == name or (pattern.startswith("*.") and name.endswith(pattern[1:])))


def scope_covers(domains, sender):
    for one in domains:
        pattern = one[5:].rpartition(";")[0]
        if pattern in ("*", sender) or (pattern.startswith("*.") and sender.endswith(pattern[1:])):
            return True
    return False


def identified(s, probe):
    ip, certificate, _, _ = probe
    by_address = any(first <= ip <= last for first, last in s["SenderIPAddresses"])
    return by_address, certificate_matches(s["TlsSenderCertificateName"], certificate)


def in_scope(s, sender):
    accepted = s["AssociatedAcceptedDomains"]
    return scope_covers(s["SenderDomains"], sender) and (not accepted or sender in accepted)


def relays(states, probe):
    """Some enabled on-premises connector takes this message."""
    _, _, sender, tls = probe
    return any(
        s["Enabled"] and s["ConnectorType"] == "onpremises" and any(identified(s, probe)) and in_scope(s, sender)
        and (tls or not s["RequireTls"])
        for s in states
    )


def delivers(states, probe):
    """No enabled partner connector refuses this message."""
    _, _, sender, tls = probe
    for s in states:
        if not s["Enabled"] or s["ConnectorType"] != "partner" or not in_scope(s, sender):
            continue
        by_address, by_certificate = identified(s, probe)
        if s["RestrictDomainsToIPAddresses"] and not by_address:
            return False
        if s["RestrictDomainsToCertificate"] and not by_certificate:
            return False
        if s["RequireTls"] and not tls:
            return False
    return True


def probes(*snapshots):
    """One message for every class that any of the connectors can tell apart."""
    ends, certificates, senders = {0}, {""}, {"elsewhere.example"}
    for s in (one for snapshot in snapshots for one in snapshot):
        for first, last in s["SenderIPAddresses"]:
            ends |= {first, last + 1}
        if s["TlsSenderCertificateName"]:
            certificates.add(s["TlsSenderCertificateName"].replace("*", "wild"))
        for pattern in (one[5:].rpartition(";")[0] for one in s["SenderDomains"]):
            if pattern != "*":
                senders.add(pattern.replace("*", "sub"))
        senders |= s["AssociatedAcceptedDomains"]
    for ip in sorted(ends):
        for certificate in sorted(certificates):
            for sender in sorted(senders):
                yield ip, certificate, sender, True
                if not certificate:
                    yield ip, certificate, sender, False


def law_problems(before, snapshots, after):
    """Messages accepted before and after, but not after some call in between."""
    start, end = [state(one) for one in before], [state(one) for one in after]
    middle = [[state(one) for one in snapshot] for snapshot in snapshots]
    problems = []
    for accepts in (relays, delivers):
        kept = [probe for probe in probes(start, end) if accepts(start, probe) and accepts(end, probe)]
        for number, states in enumerate(middle, 1):
            for probe in kept:
                if not accepts(states, probe):
                    problems.append("after call %d: %s no longer %s" % (
                        number, (str(ipaddress.ip_address(probe[0])),) + probe[1:], accepts.__name__))
                    break
    return problems
