# The host program's work in pwsh or Windows PowerShell, where there is one: same module, same cases.
#
#   bench.ps1 parse FILE...          the engine's own parser; exit 1 if anything is wrong
#   bench.ps1 run FOLDER CASES OUT   cases and results as JSON lines in UTF-8 files
param([string]$Command, [Parameter(ValueFromRemainingArguments = $true)] [string[]]$Rest)
Set-StrictMode -Version Latest
$ErrorActionPreference = 'Stop'

function ConvertTo-BenchTable {
    param($Value)
    if ($Value -is [System.Management.Automation.PSCustomObject]) {
        $table = @{}
        foreach ($property in $Value.PSObject.Properties) { $table[$property.Name] = ConvertTo-BenchTable $property.Value }
        return $table
    }
    if ($Value -is [array]) { return , @(foreach ($one in $Value) { ConvertTo-BenchTable $one }) }
    if ($Value -is [long] -and [Math]::Abs($Value) -lt 2147483648) { return [int]$Value }
    return $Value
}

if ($Command -eq 'parse') {
    $problems = 0
    foreach ($path in $Rest) {
        $tokens = $null
        $errors = $null
        [void][System.Management.Automation.Language.Parser]::ParseFile($path, [ref]$tokens, [ref]$errors)
        foreach ($problem in @($errors)) {
            "${path}:$($problem.Extent.StartLineNumber):$($problem.Extent.StartColumnNumber): $($problem.Message)"
            $problems++
        }
    }
    if ($problems -gt 0) { exit 1 }
    exit 0
}

Add-Type -Path ([IO.Path]::Combine($PSScriptRoot, '..', 'host', 'BenchHost.cs'))
Import-Module ([IO.Path]::Combine($PSScriptRoot, 'bench.psm1'))
$folder, $cases, $out = $Rest
$writer = [IO.StreamWriter]::new($out, $false, [Text.UTF8Encoding]::new($false))
try {
    foreach ($line in [IO.File]::ReadAllLines($cases)) {
        $case = ConvertTo-BenchTable (ConvertFrom-Json -InputObject $line)
        $writer.WriteLine((ConvertTo-Json -InputObject (Invoke-BenchCase -Case $case -WorkFolder $folder) -Depth 20 -Compress))
    }
} finally {
    $writer.Dispose()
}
