"""The runtime texts themselves: parsed by the real parser, nothing newer than Windows PowerShell 5.1."""

import re

from . import plans
from .suite import Skip, expect, expect_same, test


@test
def the_runtime_parses_and_keeps_its_rules(b):
    paths = [b.script(kind, None if kind == "export" else plans.four(), ascii_only)
             for kind in ("connectors", "rollback", "verify", "export") for ascii_only in (True, False)]
    problems = b.engine.parse("runtime", paths)
    expect(not problems, "\n".join(problems))
    yield []


NEWER = [
    "$a = $true ? 1 : 2", "$b = $null ?? 3", "$b ??= 4", "${a}?.x", "${a}?[0]", "Get-Date && Get-Date", "Get-Date || Get-Date",
    'function f { clean { } end { } }', '"`u{41}"', '"`e[0m"', "1y", "0b11", "10u", "Get-Date &", "$IsWindows",
]
RUNTIME = [
    "Set-InboundConnector -Identity x -ErrorAction Stop", "if ($PSCmdlet.ShouldProcess('x')) { Set-InboundConnector @given }",
    "if ($PSCmdlet.ShouldProcess('x')) { 1 } else { Remove-InboundConnector @given -ErrorAction Stop }",
    "Get-InboundConnector -Identity x -ErrorAction Stop", "Get-InboundConnector -ResultSize Unlimited", "Invoke-Expression $x",
    "& $x", "[IO.File]::Move('a', 'b', $true)", "'a'.Split('b', 3)", "Start-Sleep -Seconds 3", "[SHA256]::HashData($x)", "'a'.Foo()", "[Fancy]$x",
    "iex $x", "[scriptblock]::Create($x)", "$ExecutionContext.InvokeCommand.InvokeScript($x)",
    "Get-Item x", "$x -eq ''", "Write-Host x -ForegroundColor Red", "$x -is [Fancy]",
]
# Nothing wrong but what is said: each stands where a changing call may stand.
CHANGING = {
    "$x | Set-InboundConnector -ErrorAction Stop": "in a pipeline",
    "Get-InboundConnector -ResultSize Unlimited -ErrorAction Stop | Remove-InboundConnector -ErrorAction Stop": "in a pipeline",
    "Remove-InboundConnector -Identity '*' -ErrorAction Stop": "with a wildcard",
    "Set-InboundConnector -Identity 'Relay?' -ErrorAction Stop": "with a wildcard",
    "Set-InboundConnector -Identity \"Relay [a-z]\" -ErrorAction Stop": "with a wildcard",
}
LISTS = {
    "function f { $a = Get-InboundConnector -ResultSize Unlimited -ErrorAction Stop; $a.Count }": "used as a list",
    "function f { $a = Get-InboundConnector -ResultSize Unlimited -ErrorAction Stop; $a[0] }": "used as a list",
    "function f { $a = Get-InboundConnector -ResultSize Unlimited -ErrorAction Stop; foreach ($b in $a) { $b } }": "used as a list",
    "function g { 1 }; $a = g; $a.Count": "used as a list",
    "function g { 1 }; (g).Count": "is counted", "function g { 1 }; (g)[0]": "is indexed",
    "Write-Host \"$($Plan.Name)\"": "expandable string", "Write-Host \"a $Plan\"": "expandable string",
    "Write-Host \"$(Format-PlanText $a) $($Plan.Name)\"": "expandable string", "$a = \"$($b[1])\"": "expandable string",
    "$a = @'\nx\n'@": "here-string", "$a = @\"\nx\n\"@": "here-string", "$a = @\"\n$x\n\"@": "here-string",
}
DATA = {
    "@{ Name = \"a\" }": "not single-quoted", "@{ Name = a }": "not a constant", "@{ Name = \"$x\" }": "not a constant",
    "@{ Name = $x }": "not a constant", "@{ Name = $(1) }": "not a constant", "@{ Name = ('a' -f 1) }": "not a constant",
    "@{ Name = & { 1 } }": "not a constant", "@{ Name = [int]'1' }": "not a constant", "@{ Name = 'a'.Trim() }": "not a constant",
    "@{ Names = 'a', 'b' }": "outside @(...)", "@{ Names = @(('a', 'b')) }": "outside @(...)", "@{ Connectors = @{ Name = 'a' } }": "outside @(...)",
    "@{ SenderDomains = 'smtp:*;1' }": "outside @(...)", "@{ Name = 'EFUsers'; Value = 'ann@contoso.com' }": "outside @(...)",
}
COMMANDS = [
    "New-InboundConnector -Name $(1) -SenderDomains '*'", "Get-Date", "if ($true) { }", "$x = 1",
    "New-InboundConnector -Name $x -SenderDomains '*'", "New-InboundConnector -Name \"$y\" -SenderDomains '*'",
    "New-InboundConnector -Name 'x' -SenderDomains '*' | Get-Date", "New-InboundConnector -Name 'x' > y", "& { 1 }",
]
# No rule about lists and data may speak of these.
QUIET = [
    "function f { $a = @(Get-InboundConnector -ResultSize Unlimited -ErrorAction Stop); $a.Count; $a[0] }",
    "function g { $l = @(); return , $l }; $a = g; $a.Count", "function g { 1 }; foreach ($b in g) { $b }", "function g { 1 }; $a = g; $a.Name",
    "$Plan = @{ Names = @('a', 'b'); Connectors = @(); Live = $null; Name = ('a' + [char]0x2019); EFUsers = @('a'); Number = 1; Flag = $true }",
    "$a = \"${name}: $b $(Format-PlanText $Plan.Name) $(@($Plan.Names).Count)\"", "if ($PSCmdlet.ShouldProcess('x')) { Set-InboundConnector @given -ErrorAction Stop }",
]
# What these may hold without a word.
FINE = {
    "any": ["$a = 'x`u{'", "$a = '1y'", "if ($a) { 1 } else { 2 }", "0x10", "$a = \"x\""],
    "commands": ["New-InboundConnector -Name (-join @('a', [char]0x2019)) -SenderDomains '*'", "New-InboundConnector -Name ('' + [char]0x2019 + 'b') -SenderDomains @('smtp:*;1') -Enabled $true -WhatIf",
                 "Set-InboundConnector -Identity 'x' -SenderIPAddresses $null"],
}


def parsed(b, kind, texts):
    """What the rules say about each text."""
    paths = {text: b.keep((text + "\n").encode()) for text in texts}
    lines = b.engine.parse(kind, list(paths.values()))
    return {text: [line for line in lines if line.startswith(path + ":")] for text, path in paths.items()}


@test
def the_syntax_rules_notice_what_they_forbid(b):
    if b.engine.name != "host":
        raise Skip("only the host program walks the tree")
    for kind, texts in (("any", NEWER), ("runtime", RUNTIME), ("commands", COMMANDS)):
        for text, lines in parsed(b, kind, ["# %s\n%s" % (kind, text) for text in texts]).items():
            expect(any(":2:" in line or "Start-Sleep" in text for line in lines), kind, "lets pass:", text)
    for rules, frame in ((CHANGING, "if ($PSCmdlet.ShouldProcess('x')) { %s }"), (LISTS, "%s"), (DATA, "$Plan = %s")):
        found = parsed(b, "runtime", [frame % text for text in rules])
        for text, sentence in rules.items():
            lines = found[frame % text]
            expect(any(sentence in line for line in lines), "lets pass:", text, lines)
    for text, lines in parsed(b, "runtime", QUIET).items():
        expect(not any(word in line for line in lines for word in ("@(...)", "in the data", "expandable", "pipeline", "wildcard")), text, lines)
    for kind, texts in FINE.items():
        for text, lines in parsed(b, kind, texts).items():
            expect_same(lines, [], text)
    expect(b.engine.parse("any", [b.keep(b"if (\n")]), "a syntax error goes unnoticed")
    yield []


@test
def the_texts_are_plain(b):
    """ASCII, LF, no tab, and no word of the plan in them."""
    for name, text in b.templates.texts.items():
        expect("\r" not in text and "\t" not in text, name, "holds CR or TAB")
        expect(text.isascii() and text.endswith("\n"), name, "is not ASCII or lacks its last line end")
        expect(not re.search(r"<<'|@'\n|@\"\n|Invoke-Expression|\biex\b", text), name, "holds a here-string or Invoke-Expression")
        expect(not re.search(r"(?m)[^ \n] +$", text), name, "has blanks at a line's end")
    yield []
