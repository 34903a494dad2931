"""What the documents say: plan.json, the summary, in both languages."""

import json
import re

import jsonschema

from lib import ROOT, connplan, each, equal
from specs import folder, smallest

SCHEMA = jsonschema.Draft7Validator(json.loads((ROOT / "schema/plan.schema.json").read_bytes()))


def build(spec, language="en"):
    """The files of SPEC as text, plan.json as a value that fits its schema."""
    with folder(a=spec) as place:
        connplan("build", "a.yaml", "-o", "out", "--lang", language, cwd=place, status=0)
        files = {path.relative_to(place / "out").as_posix(): path.read_bytes()
                 for path in (place / "out").rglob("*") if path.is_file()}
    plan = json.loads(files["plan.json"])
    SCHEMA.validate(plan)
    return plan, {name: content.decode("utf-8-sig") for name, content in files.items()}


def plain(markdown):
    """Markdown as a reader sees it, as far as these documents go."""
    text = re.sub(r"\\([!-/:-@\[-`{-~])", r"\1", markdown)
    return text.replace("&gt;", ">").replace("&lt;", "<").replace("&amp;", "&")


def section(text, heading):
    """The text below a heading, up to the next of its level or above."""
    match = re.search(rf"(?ms)^(#+) {re.escape(heading)}\n(.*?)(?=^#{{1,2}} |\Z)", plain(text))
    if not match:
        raise AssertionError(f"no heading {heading!r} in\n{text}")
    return match[2]


def bullets(text):
    return [line[2:] for line in text.splitlines() if line.startswith("- ")]


NOT_CHECKED = {"en": "Not checked", "ja": "未検査の項目"}

# What a spec may state that is read, but not evaluated yet; a row goes when it is.
UNEVALUATED = [
    ("waivers", {"waivers": [{"rule": "CP110", "at": "egress/office", "reason": "x",
                              "until": "2027-01-01"}]}),
    ("expect", {"expect": [{"ip": "198.51.100.10", "as": "contoso.com", "spf": "pass"}]}),
    ("domains/contoso.com/dmarc", {"domains": {"contoso.com": {"dmarc": {"policy": "none"}}}}),
    ("domains/contoso.com/dkim",
     {"domains": {"contoso.com": {"dkim": {"s1": "s1._domainkey.contoso.onmicrosoft.com"}}}}),
    ("domains/contoso.com/spf/flatten",
     {"domains": {"contoso.com": {"spf": {"includes": ["_spf.vendor.example"],
                                          "flatten": ["_spf.vendor.example"]}}}}),
]


@each(UNEVALUATED)
def test_what_is_stated_and_not_evaluated_is_said(path, sections):
    spec = smallest(**sections)
    plan, files = build(spec)
    said = [one["message"] for one in plan["not_checked"] if one["path"] == path]
    equal(len(said), 1, f"not_checked has {path}")
    for language in NOT_CHECKED:
        _plan, files = build(spec, language)
        lines = [line for line in bullets(section(files["summary.md"], NOT_CHECKED[language]))
                 if line.startswith(path)]
        equal(len(lines), 1, f"summary.md in {language} says {path}")
    with folder(a=spec) as place:
        result = connplan("check", "a.yaml", cwd=place)
        told = f"connplan: a.yaml: not checked: {said[0]}"
        if told not in result.errors.splitlines():
            raise AssertionError(f"check does not say {told!r}\n{result}")


def test_nothing_is_said_of_what_is_not_stated():
    with folder(a=smallest()) as place:
        equal(connplan("check", "a.yaml", cwd=place, status=0).errors, "")


def test_many_places_are_one_sentence():
    domains = {f"d{i}.example": {"dmarc": {"policy": "none"}} for i in range(1, 4)}
    spec = smallest(domains={"contoso.com": {}, **domains})
    plan, _files = build(spec)
    said = [one for one in plan["not_checked"] if "dmarc" in one["message"]]
    equal([one["path"] for one in said], ["domains/d1.example/dmarc"])
    if "2 more" not in said[0]["message"]:
        raise AssertionError(said)


def test_not_checked_is_one_list():
    """plan.json and the English summary say the same, in the same order."""
    plan, files = build(smallest(waivers=UNEVALUATED[0][1]["waivers"]))
    lines = [re.sub(r"^CP\d+ \(.*?\): ", "", line)
             for line in bullets(section(files["summary.md"], NOT_CHECKED["en"]))]
    equal(lines, [one["message"] for one in plan["not_checked"]])
    equal({one["severity"] for one in plan["not_checked"]}, {"not-checked"})


def test_a_plan_without_the_tenant_takes_nothing_away():
    plan, _files = build(smallest())
    equal(plan["live"], None)
    equal({step["phase"] for step in plan["order"]}, {"dns", "add"})


def test_the_expected_plans_fit_the_schema():
    plans = sorted((ROOT / "examples").glob("*/expected/plan.json"))
    if not plans:
        raise AssertionError("no example has a plan")
    for path in plans:
        SCHEMA.validate(json.loads(path.read_bytes()))
