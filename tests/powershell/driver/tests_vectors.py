"""What the compiler and the scripts both compute: the cases of tests/vectors, which a test in C reads, too."""

import importlib.util
import json

from .suite import expect, expect_same, test

# The functions alone: what they say about each case is put out, one line each.
NORMAL = """
foreach ($case in @($Plan.Cases)) {
    $kind = $PlanKinds[$case.property]
    $left = ConvertTo-PlanValue $kind $case.left
    $right = ConvertTo-PlanValue $kind $case.right
    [string](Test-PlanSame $kind $left $right) + [string](Test-PlanSame $kind $right $left) + [string](Test-PlanSame $kind $left $left)
}
"""
FINGERPRINT = """
foreach ($case in @($Plan.Cases)) { Get-PlanFingerprint @($case.connectors) }
"""
# Each letter of the ranges that was met before in another case, and the one that it was met as: by
# names as these scripts compare them, and (within one UTF-16 unit) as a table of PowerShell's own does.
LETTERS = """
$ours = New-PlanIndex
$own = @{}
foreach ($range in @($Plan.Ranges)) {
    for ($code = $range[0]; $code -lt $range[1]; $code++) {
        $letter = [char]::ConvertFromUtf32($code)
        if ($ours.ContainsKey($letter)) {
            $first = $ours[$letter]
            $other = [char]::ConvertFromUtf32($first)
            if (-not (Test-PlanName $letter $other)) { 'no ' + $code }
            if ($letter -ne $other) { 'linguistic ' + $code }
            'name ' + $code + ' ' + $first
        } else { $ours[$letter] = $code }
        if ($code -gt 0xffff) { continue }
        if ($own.ContainsKey($letter)) { 'table ' + $code + ' ' + $own[$letter] } else { $own[$letter] = $code }
    }
}
"""
# One by their capitals, but not by what -eq goes by: the iotas and the sign below a letter, and a long s with a dot.
LINGUISTIC = [0x399, 0x3b9, 0x1e9b, 0x1fbe]
# Everything of one unit, and of the others every block with letters in two cases and some without.
RANGES = [(1, 0xd800), (0xe000, 0x10000), (0x10400, 0x10600), (0x10c80, 0x10d00), (0x118a0, 0x118e0), (0x16e40, 0x16e80),
          (0x1d400, 0x1d800), (0x1e900, 0x1e960), (0x1f600, 0x1f640), (0x20000, 0x20100), (0xe0000, 0xe0080)]


def vectors(b, *names):
    return [case for name in names for case in json.loads((b.top / "tests/vectors" / name).read_bytes())]


def functions(b, body):
    text = "Set-StrictMode -Version Latest\n$Plan = $global:BenchPlan\n" + b.templates.texts["common.ps1"] + body
    return b.keep(text.encode("ascii"))


@test
def normal_forms_are_those_of_the_compiler(b):
    cases = vectors(b, "normal.json", "generated-normal.json")
    (step,), = yield [b.case({}, b.step((functions(b, NORMAL), {"Cases": cases})))]
    expect_same(step["error"], None, "error")
    expect_same(len(step["output"]), len(cases), "answers")
    for case, answer in zip(cases, step["output"]):
        expect_same(answer, "%s%sTrue" % (case["equal"], case["equal"]), json.dumps(case))
    expect({case["equal"] for case in cases} == {True, False}, "one answer alone")


@test
def fingerprints_are_those_of_the_compiler(b):
    cases = vectors(b, "fingerprint.json", "generated-tenants.json")
    (step,), = yield [b.case({}, b.step((functions(b, FINGERPRINT), {"Cases": cases})))]
    expect_same((step["error"], step["errors"]), (None, []), "errors")
    for case, answer in zip(cases, step["output"] + [None]):
        expect_same(answer, case["fingerprint"], case["case"])


@test
def names_that_differ_in_case_are_those_of_the_compiler(b):
    groups = [[ord(letter) for letter in group] for group in vectors(b, "letters.json")]
    body = b.templates.texts["moved.ps1"].partition("function New-PlanIndex")[2].partition("\n}\n")[0]
    script = functions(b, "function New-PlanIndex" + body + "\n}\n" + LETTERS)
    (step,), = yield [b.case({}, b.step((script, {"Ranges": RANGES})))]
    expect_same((step["error"], step["errors"]), (None, []), "errors")
    wanted = {letter: group[0] for group in groups for letter in group[1:] if any(start <= letter < end for start, end in RANGES)}
    one_unit = {letter: first for letter, first in wanted.items() if letter <= 0xffff}
    for what, known in (("name", wanted), ("table", one_unit)):
        seen = dict(map(int, line.split()[1:]) for line in step["output"] if line.startswith(what + " "))
        # Windows PowerShell's letters are those of an older Unicode: it knows fewer pairs, and none past one unit.
        if b.engine.name == "powershell":
            known = {letter: first for letter, first in known.items() if letter in seen}
            expect({0xe9, 0x3c9, 0x44f, 0x561} <= seen.keys(), what, "does not know letters that everybody knows")
        unlike = ["U+%04X" % letter for letter in seen.keys() | known.keys() if seen.get(letter) != known.get(letter)]
        expect_same(sorted(unlike), [], "letters that each takes for something else, as a " + what)
    others = [line for line in step["output"] if line.split()[0] in ("no", "linguistic")]
    if b.engine.name != "powershell":
        expect_same(others, ["linguistic %d" % letter for letter in LINGUISTIC], "pairs that are two to Test-PlanName, or to -eq")


@test
def the_generated_vectors_are_what_their_script_writes(b):
    place = b.top / "tests/vectors"
    spec = importlib.util.spec_from_file_location("vectors_generate", place / "generate.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    for name, content in module.files().items():
        expect((place / name).read_text("ascii") == content, name, "is not what tests/vectors/generate.py writes")
    yield []
