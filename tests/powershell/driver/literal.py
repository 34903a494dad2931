"""Scripts as the compiler writes them, from a writer of our own: HEAD, data literal, runtime, BODY."""

import random

QUOTES = "'\u2018\u2019\u201a\u201b"


def by_code_point(char, ascii_only):
    """Must this character stand by its code point, whatever the encoding of the file?"""
    code = ord(char)
    if code < 0x20 or 0x7F <= code <= 0xA0 or char in "\u2018\u2019\u201a\u201b\u201c\u201d\u201e":
        return True
    if code in (0xAD, 0x61C, 0xFEFF) or 0x200B <= code <= 0x200F or 0x2028 <= code <= 0x202F:
        return True
    if 0x2060 <= code <= 0x206F:
        return True
    return ascii_only and code > 0x7E


def text(value, ascii_only=True, rng=None):
    """One text as a single-quoted literal; with rng the typographic quotes are sometimes doubled."""
    parts, plain = [], []
    for char in value:
        doubled = rng is not None and char in QUOTES and not ascii_only and rng.random() < 0.5
        if char == "'" or doubled:
            plain.append(char + char)
        elif by_code_point(char, ascii_only):
            if plain or not parts:
                parts.append("'" + "".join(plain) + "'")
                plain = []
            units = char.encode("utf-16-be")
            for i in range(0, len(units), 2):
                parts.append("[char]0x%04X" % int.from_bytes(units[i : i + 2], "big"))
        else:
            plain.append(char)
    if plain or not parts:
        parts.append("'" + "".join(plain) + "'")
    return parts[0] if len(parts) == 1 else "(" + " + ".join(parts) + ")"


def value(data, ascii_only, rng, indent):
    if data is None:
        return "$null"
    if isinstance(data, bool):
        return "$true" if data else "$false"
    if isinstance(data, int):
        return str(data)
    if isinstance(data, str):
        return text(data, ascii_only, rng)
    pad = " " * (indent + 4)
    if isinstance(data, list):
        if not data:
            return "@()"
        if all(not isinstance(one, dict) for one in data):
            return "@(" + ", ".join(value(one, ascii_only, rng, indent) for one in data) + ")"
        rows = (pad + value(one, ascii_only, rng, indent + 4) for one in data)
        return "@(\n" + "\n".join(rows) + "\n" + " " * indent + ")"
    pairs = sorted(data.items(), key=lambda pair: pair[0].encode())
    if all(not isinstance(one, (list, dict)) for one in data.values()):
        return "@{ " + "; ".join(f"{key} = {value(one, ascii_only, rng, indent)}" for key, one in pairs) + " }"
    rows = (f"{pad}{key} = {value(one, ascii_only, rng, indent + 4)}" for key, one in pairs)
    return "@{\n" + "\n".join(rows) + "\n" + " " * indent + "}"


class Verbatim(str):
    """An expression that stands where the data literal would."""


def plan_literal(plan, ascii_only=True, rng=None):
    if isinstance(plan, Verbatim):
        return "$Plan = " + plan + "\n"
    return "$Plan = " + value(plan, ascii_only, rng, 0) + "\n"


class Templates:
    """The runtime texts of templates/powershell/, put together the way the compiler does it."""

    def __init__(self, folder):
        self.texts = {path.name: path.read_text(encoding="ascii") for path in folder.glob("*.ps1")}

    def script(self, kind, plan, ascii_only=True, rng=None):
        data = "" if plan is None else plan_literal(plan, ascii_only, rng)
        shared = ["common.ps1"] + (["changes.ps1", "moved.ps1"] if kind in ("connectors", "rollback") else [])
        whole = self.texts[kind + ".head.ps1"] + data + "".join(self.texts[one] for one in shared)
        whole += self.texts[kind + ".body.ps1"]
        encoded = whole.replace("\n", "\r\n").encode("ascii" if ascii_only else "utf-8-sig")
        return encoded


def seeded(name):
    """Random numbers that are the same in every run."""
    return random.Random("connplan " + name)
