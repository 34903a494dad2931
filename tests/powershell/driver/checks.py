"""What tests look at in a step's result."""

import json
import re

from . import model
from .suite import Failure, expect, expect_same

CHANGING = ("New-InboundConnector", "Set-InboundConnector", "Remove-InboundConnector")
REPORT = re.compile(r"^  (done|failed|not done|declined) +phase (\d)  (\S+) '(.*)'$")
# Disabling and removing ask; nobody is there to answer in most tests.
YES = {"WaitMinutes": 0, "Confirm": False}


def changes(step):
    """The changing calls that reached the service, in order."""
    return [call for call in step["calls"] if call["command"] in CHANGING]


def applied(step):
    return [call for call in changes(step) if call["applied"]]


def text(step):
    return "\n".join(step["lines"])


def reported(step):
    """The rows of the failure report: status, command, name."""
    rows = [REPORT.match(line) for line in step["lines"]]
    return [(row.group(1), row.group(3), row.group(4)) for row in rows if row]


def backups(step):
    return sorted(name for name in step["files"] if name.startswith("backup-"))


def expect_exit(step, code):
    expect(step["error"] is None, "it threw:", step["error"], "\n" + text(step))
    if step["exit"] != code:
        raise Failure("exit %r, not %r:\n%s" % (step["exit"], code, text(step)))
    expect_same(step["canary"], "alive", "the canary")


def expect_untouched(step, sentence, code=1):
    """Stopped before the first change, and said why."""
    expect_exit(step, code)
    expect_same(changes(step), [], "changing calls")
    expect_same(step["files"], {}, "files")
    expect(sentence in text(step), "the text lacks %r:\n%s" % (sentence, text(step)))


def expect_final(plan, before, step):
    problems = model.final_problems(plan, before, step["connectors"])
    expect(not problems, "; ".join(problems) + "\n" + text(step))


def expect_law(before, step):
    snapshots = [call["state"] for call in applied(step)]
    problems = model.law_problems(before, snapshots, step["connectors"])
    expect(not problems, "; ".join(problems) + "\n" + text(step))


def expect_quiet(step):
    """A run that found everything as planned."""
    expect_exit(step, 0)
    expect_same([call["command"] for call in changes(step)], [], "changing calls")
    expect_same(step["files"], {}, "files")
    expect("Nothing to change" in text(step), "it does not say that nothing was to change:\n" + text(step))


def expect_backup(step, before, number=1):
    """One backup, of the state before, in the export's shape."""
    names = backups(step)
    expect(len(names) == 1 and re.fullmatch(r"backup-[0-9a-f]{64}-%d\.json" % number, names[0]), "backups:", names)
    document = json.loads(step["files"][names[0]])
    expect_same(document["format"], "connplan-export", "format")
    expect_same([(one["Name"], model.state(one)) for one in document["InboundConnector"]],
                [(one["Name"], model.state(one)) for one in before], "the backup's connectors")
