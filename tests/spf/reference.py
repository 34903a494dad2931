"""pyspf as a third opinion, its look-ups answered from a lock; and where it differs from RFC 7208."""

import spf


class World:
    """Answers as pyspf wants them."""

    def __init__(self, lock):
        self.names = {name.lower(): answers for name, answers in lock["names"].items()}

    def answer(self, name, kind):
        answers = self.names.get(name.lower().rstrip("."), {})
        known = answers.get(kind)
        if known is None and "CNAME" in answers:
            return [((name, "CNAME"), answers["CNAME"]["data"][0])]
        if known is None or known["status"] in ("nodata", "nxdomain"):
            return []
        if known["status"] != "ok":
            raise spf.TempError("DNS " + known["status"])
        return [((name, kind), self.datum(kind, one)) for one in known["data"]]

    @staticmethod
    def datum(kind, one):
        if kind == "TXT":
            return tuple(part.encode("latin-1") for part in one)
        if kind == "MX":
            return (one[0], one[1].rstrip("."))
        return one

    def texts(self):
        """All SPF text of the world, to see what it uses."""
        return " ".join("".join(one) for answers in self.names.values()
                        for one in answers.get("TXT", {}).get("data", []))

    def has(self, kind):
        return any(kind in answers for answers in self.names.values())

    def fails(self):
        return any(answer["status"] in ("servfail", "timeout")
                   for answers in self.names.values() for answer in answers.values())


def evaluate(world, ip, sender, helo):
    """(result, the message that pyspf gives with it)"""
    spf.DNSLookup = lambda name, kind, strict=True, timeout=20: world.answer(name, kind)
    query = spf.query(ip, sender, helo, strict=True)
    result, _code, message = query.check()
    return result, message


def named_difference(world, result, message):
    """Why pyspf may say something else than the RFC, or None.

    Each is what pyspf does; its message tells that it did it here.
    """
    text = world.texts()
    if "Too many DNS lookups" in message and "redirect=" in text:
        return "counts redirect while it parses, also where all stands"
    if "trivial recursion" in message:
        return "refuses an include of itself, which the RFC leaves to the limit"
    if "Void lookup limit" in message and world.has("CNAME"):
        return "counts a void look-up once for each alias"
    if "%{p}" in text and ("Void lookup limit" in message or result == "temperror"):
        return "looks for the client's name while it parses"
    if result == "temperror" and "ptr" in text and world.fails():
        return "takes an error at a client's name for its own (RFC 7208 section 5.5 skips it)"
    return None
