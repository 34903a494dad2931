#!/usr/bin/python3
"""What a finding tells people: run_messages.py [CODE]...

Every finding of every fixture that fires says what (the message), where (a position) and what to do
(a help of its own rather than the rule's general one, which knows neither name nor value). In
Japanese the title and the general help stand before what is of this finding alone.
"""

import argparse
import json
import re
import sys

from run_rules import ROOT, Report, fixtures, on_all_cores

PROSE = ROOT / "src/data/rules"
# Codes whose general help says all that there is to say.
GENERAL = {"CP701", "CP702", "CP802", "CP804", "CP806"}
JAPANESE = re.compile(r"[\u3040-\u30ff\u4e00-\u9fff]")
# A number before a noun that does not agree with it.
PLURAL = re.compile(r"(?<![\d,.`/])\b1 (addresses|connectors|entries|days|routes|hosts|recipients"
                    r"|messages|ranges|domains|characters|pieces)\b|\b(?!1\b)\d+ (day|address|route)\b")


def general_help(code):
    return re.search(r"(?m)^help: (.*)$", (PROSE / f"{code}.en.md").read_text("utf-8"))[1]


def lines_of(text):
    """The lines of TEXT. Further ones may be drawn, a look-up tree with its counts or the line under a
    record that marks a term: their indent is no fault.
    """
    first, *more = text.split("\n")
    return [first, *(line.lstrip(" 0123456789") for line in more)]


def faults_of(one):
    """What one finding lacks."""
    texts = [one["message"], one["label"] or "", *one["notes"], one["help"] or ""]
    faults = []
    if not one["help"]:
        faults.append("no help")
    elif one["help"] == general_help(one["code"]) and one["code"] not in GENERAL:
        faults.append("only the general help of its rule")
    if one["message"].endswith("."):
        faults.append("a full stop")
    if re.match(r"[A-Z][a-z]", one["message"]) and not re.match("Exchange|Internet", one["message"]):
        faults.append("begins with a capital letter")
    for text in texts:
        if "`None`" in text or "(null)" in text or any("  " in line for line in lines_of(text)):
            faults.append(f"an unfinished text: {text}")
        if PLURAL.search(text):
            faults.append(f"number and noun: {text}")
    if not one["range"] and one["code"] not in ("CP708", "CP710"):
        faults.append("no position")
    return faults


def check_fixture(report, fixture):
    found = json.loads(fixture.run("json").out)["diagnostics"]
    faults = [f"{one['code']}: {fault}\n    {one['message']}" for one in found
              for fault in faults_of(one)]
    human = fixture.run("human")
    # Where standard output holds a plan, the findings stand beside it.
    shown = human.text + human.errors
    for one in found:
        if not one["waiver"] and one["help"].split("\n")[0] not in shown:
            faults.append(f"{one['code']}: its help is not shown to people")
    japanese = fixture.run("human", "--lang", "ja")
    japanese = japanese.text + japanese.errors
    heads = re.findall(r"(?m)^(?:error|warning|info|not checked)\[CP\d+\]: (.*)$", japanese)
    faults += [f"no Japanese title: {head}" for head in heads if not JAPANESE.search(head)]
    report.check(fixture.name, not faults, "\n".join(dict.fromkeys(faults)))


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("codes", nargs="*")
    arguments = parser.parse_args()

    report = Report()
    found, _strays = fixtures(arguments.codes)

    def one(fixture):
        try:
            check_fixture(report, fixture)
        except (AssertionError, ValueError, KeyError) as problem:
            report.fail(fixture.name, problem)
    on_all_cores(one, [fixture for fixture in found if fixture.kind == "fires"])
    return report.finish()


if __name__ == "__main__":
    sys.exit(main())
