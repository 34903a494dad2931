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
    "Get-Item x", "$x -eq ''", "Write-Host x -ForegroundColor Red", "$x -is [Fancy]",
]
COMMANDS = [
    "New-InboundConnector -Name $(1) -SenderDomains '*'", "Get-Date", "if ($true) { }", "$x = 1",
    "New-InboundConnector -Name $x -SenderDomains '*'", "New-InboundConnector -Name \"$y\" -SenderDomains '*'",
    "New-InboundConnector -Name 'x' -SenderDomains '*' | Get-Date", "New-InboundConnector -Name 'x' > y", "& { 1 }",
]
# What these may hold without a word.
FINE = {
    "any": ["$a = 'x`u{'", "$a = '1y'", "if ($a) { 1 } else { 2 }", "0x10"],
    "commands": ["New-InboundConnector -Name ('' + [char]0x2019 + 'b') -SenderDomains @('smtp:*;1') -Enabled $true -WhatIf",
                 "Set-InboundConnector -Identity 'x' -SenderIPAddresses $null"],
}


@test
def the_syntax_rules_notice_what_they_forbid(b):
    if b.engine.name != "host":
        raise Skip("only the host program walks the tree")
    for kind, texts in (("any", NEWER), ("runtime", RUNTIME), ("commands", COMMANDS)):
        for text in texts:
            path = b.keep(("# %s\n%s\n" % (kind, text)).encode())
            lines = b.engine.parse(kind, [path])
            expect(any(":2:" in line or "Start-Sleep" in text for line in lines), kind, "lets pass:", text)
    for kind, texts in FINE.items():
        for text in texts:
            expect_same(b.engine.parse(kind, [b.keep((text + "\n").encode())]), [], text)
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
