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
def the_generated_vectors_are_what_their_script_writes(b):
    place = b.top / "tests/vectors"
    spec = importlib.util.spec_from_file_location("vectors_generate", place / "generate.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    for name, content in module.files().items():
        expect((place / name).read_text("ascii") == content, name, "is not what tests/vectors/generate.py writes")
    yield []
