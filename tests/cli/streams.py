"""`-` is standard input, for every input that the command line names, and for one of them at a time."""

import itertools
import json

from lib import connplan, each, equal
from locks import lock_of
from specs import folder, smallest, text_of

SPEC = text_of(smallest())
LOCK = json.dumps(lock_of()).encode()
LIVE = b'[{"Name": "Relay", "ConnectorType": "OnPremises", "Enabled": true, "SenderDomains": ["smtp:*;1"]}]'
BASELINE = b'{"format": "connplan-baseline", "version": 1, "findings": []}'
FILES = {"a.yaml": SPEC, "lock.json": LOCK, "live.json": LIVE, "known.json": BASELINE, "bounce.txt": b"550 5.7.64 x"}

# Each command with the inputs that it takes: the words that name them, and the file behind.
COMMANDS = {
    "check": ((["a.yaml"], ["--lock", "lock.json"], ["--live", "live.json"], ["--baseline", "known.json"]), []),
    "build": ((["a.yaml"], ["--lock", "lock.json"]), ["-o", "out"]),
    "plan": ((["a.yaml"], ["--live", "live.json"], ["--lock", "lock.json"]), []),
    "import": ((["--live", "live.json"], ["--lock", "lock.json"]), []),
    "explain": ((["a.yaml"], ["--lock", "lock.json"]), ["--ip", "198.51.100.10"]),
    "explain --error": ((["a.yaml"], ["--error", "bounce.txt"], ["--lock", "lock.json"]), []),
    "spf eval": ((["--lock", "lock.json"],), ["--ip", "40.92.0.1", "--mail-from", "a@spf.protection.outlook.com"]),
}


def command_line(name, inputs, flags, dashes):
    words = [*name.removesuffix(" --error").split(), *flags]
    for number, one in enumerate(inputs):
        words += [*one[:-1], "-"] if number in dashes else one
    # The text of --error stands on the command line itself, if it is no stream.
    return [FILES[word].decode() if word == "bounce.txt" else word for word in words]


def test_any_one_of_them():
    """With the same result as from a file, but for its name."""
    for name, (inputs, flags) in COMMANDS.items():
        for number, one in enumerate(inputs):
            with folder() as place:
                for file, text in FILES.items():
                    (place / file).write_bytes(text)
                wanted = connplan(*command_line(name, inputs, flags, []), cwd=place)
                words = command_line(name, inputs, flags, [number])
                result = connplan(*words, stdin=FILES[one[-1]], cwd=place)
                if result.status not in (0, 1) or result.status != wanted.status:
                    raise AssertionError(f"{words}\n{result}\n{wanted}")
                equal(result.text.replace("<stdin>", one[-1]), wanted.text, " ".join(words))


def test_no_two_of_them():
    for name, (inputs, flags) in COMMANDS.items():
        for count in range(2, len(inputs) + 1):
            for dashes in itertools.combinations(range(len(inputs)), count):
                words = command_line(name, inputs, flags, dashes)
                with folder() as place:
                    result = connplan(*words, stdin=SPEC, cwd=place, status=3)
                    equal(list(place.glob("out")), [], "outputs")
                told = [inputs[dash][0] if inputs[dash][0].startswith("--") else "a spec" for dash in dashes]
                clauses = [f"two: {one} and {two};" for one, two in itertools.permutations(told, 2)]
                if not any(clause in result.errors for clause in clauses) or result.out:
                    raise AssertionError(f"{words}\n{result}")


def test_no_two_specs():
    result = connplan("check", "-", "-", stdin=SPEC, status=3)
    equal("two: a spec and a spec;" in result.errors, True, result)


@each([
    ("after --", ["check", "--lock", "-", "--", "-"]),
    ("flags first", ["--live", "-", "check", "-"]),
    ("with its equals sign", ["plan", "--live=-", "-"]),
    ("with a name for the spec", ["plan", "-", "--stdin-filename", "a.yaml", "--live", "-"]),
])
def test_however_it_is_written(_name, words):
    connplan(*words, stdin=SPEC, status=3)


@each([
    ("a lock is written", ["lock", "a.yaml", "--lock", "-"], "--lock FILE"),
    ("a baseline is written", ["check", "a.yaml", "--baseline", "-", "--write-baseline"], "--baseline FILE"),
])
def test_what_is_written_is_a_file(_name, words, said):
    with folder(a=smallest()) as place:
        result = connplan(*words, cwd=place, stdin=b"", status=3)
        equal(said in result.errors, True, result)
        equal(sorted(path.name for path in place.iterdir() if path.is_file()), ["a.yaml"])


@each([
    ("a lock", ["check", "a.yaml", "--lock", "-"], b"{"),
    ("an export", ["plan", "a.yaml", "--live", "-"], b"{"),
    ("a baseline", ["check", "a.yaml", "--baseline", "-"], b"{"),
])
def test_a_bad_one_is_named(_name, words, text):
    with folder(a=smallest()) as place:
        result = connplan(*words, cwd=place, stdin=text, status=4)
        equal("<stdin>:1:2: " in result.errors, True, result)
