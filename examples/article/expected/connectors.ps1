<#
.SYNOPSIS
Creates or updates the inbound connectors of one connplan plan in Exchange Online.

.DESCRIPTION
Run it in a session of Connect-ExchangeOnline. It compares the connectors of the tenant with the plan
below and calls New-, Set- and Remove-InboundConnector only where they differ; a second run changes
nothing. A backup of what was there is written beside the script before the first change.

It works in three phases. Phase 1 only adds, so that nothing that was accepted is refused. Phase 2
waits until the additions are in force everywhere. Phase 3 takes away what the plan no longer holds.

Exit code 0: the tenant is as planned. 1: stopped or failed, the text says where. 2: read back,
something differs. 3: the only difference is a connector that the service keeps disabled. 4: phase 3
is still to be run, the text says how.

.PARAMETER Phase
All (default), or only Add (phase 1) or only Remove (phase 3), to run them on different days.

.PARAMETER WaitMinutes
How long phase 2 lasts; 0 skips it. Without it the script asks; where nobody can be asked it stops
after phase 1 with exit code 4.

.PARAMETER Organization
The tenant that this must be: a tenant id, or the name that Get-OrganizationConfig shows.

.PARAMETER AllowGap
Takes away first and adds afterwards, without a wait. For changes that cannot be made otherwise, such
as an address that Exchange refuses on two connectors at once: its mail is refused for a moment.

.PARAMETER RemoveNow
Removes connectors that are still enabled. Without it a connector is disabled in one run and removed
in a later one.

.PARAMETER Force
For scripts of a plan that was compared with the tenant: go on although the tenant has moved since.
What moved is said in any case.

.EXAMPLE
.\connectors.ps1 -WhatIf
Shows every call that would be made, and makes none.

.EXAMPLE
.\connectors.ps1 -Phase Add
Adds today; .\connectors.ps1 -Phase Remove takes away on another day.
#>
#Requires -Version 5.1
[CmdletBinding(SupportsShouldProcess = $true)]
param(
    [ValidateSet('All', 'Add', 'Remove')]
    [string]$Phase = 'All',

    [ValidateRange(0, 10080)]
    [int]$WaitMinutes = 60,

    [string]$Organization = '',

    [switch]$AllowGap,

    [switch]$RemoveNow,

    [switch]$Force
)

$Plan = @{
    Cloud = 'worldwide'
    Connectors = @(
        @{
            Action = 'ensure'
            Managed = $true
            Name = 'ExampleSMTPRelayConnector'
            Properties = @(
                @{
                    Name = 'ConnectorType'
                    Stated = $true
                    Value = 'OnPremises'
                },
                @{
                    Name = 'Enabled'
                    Stated = $false
                    Value = $true
                },
                @{
                    Name = 'Comment'
                    Stated = $false
                    Value = $null
                },
                @{
                    Name = 'SenderDomains'
                    Stated = $false
                    Value = @('smtp:*;1')
                },
                @{
                    Name = 'SenderIPAddresses'
                    Stated = $true
                    Value = @('203.0.113.10')
                },
                @{
                    Name = 'AssociatedAcceptedDomains'
                    Stated = $false
                    Value = @()
                },
                @{
                    Name = 'RequireTls'
                    Stated = $false
                    Value = $true
                },
                @{
                    Name = 'TlsSenderCertificateName'
                    Stated = $false
                    Value = $null
                },
                @{
                    Name = 'RestrictDomainsToIPAddresses'
                    Stated = $false
                    Value = $false
                },
                @{
                    Name = 'RestrictDomainsToCertificate'
                    Stated = $false
                    Value = $false
                },
                @{
                    Name = 'CloudServicesMailEnabled'
                    Stated = $false
                    Value = $false
                },
                @{
                    Name = 'TreatMessagesAsInternal'
                    Stated = $false
                    Value = $false
                },
                @{
                    Name = 'EFSkipLastIP'
                    Stated = $false
                    Value = $false
                },
                @{
                    Name = 'EFSkipIPs'
                    Stated = $false
                    Value = @()
                },
                @{
                    Name = 'EFUsers'
                    Stated = $false
                    Value = @()
                }
            )
            Was = $null
        }
    )
    Format = 'connplan-script'
    Live = $null
    Organization = 'contoso.onmicrosoft.com'
    PlanHash = 'ad0c4540aa23f1b509185273eb56e04adeaa0a44f7b931816c58971060a70be7'
    Sample = $true
    TenantName = 'Contoso'
    Version = 1
}


# ---- The runtime. Nothing below depends on the plan: it is the same text in every script. ----

Set-StrictMode -Version Latest
# What the caller prefers must not decide what happens here.
$ErrorActionPreference = 'Stop'
$InformationPreference = 'Continue'
$PSDefaultParameterValues = @{}

# The managed properties in the order in which everything names them, and how each is compared:
# word and name without case, text exactly, flag as true or false, the others as sets without order.
$PlanProperties = @(
    @{ Name = 'ConnectorType'; Kind = 'word' }
    @{ Name = 'Enabled'; Kind = 'flag' }
    @{ Name = 'Comment'; Kind = 'text' }
    @{ Name = 'SenderDomains'; Kind = 'domains' }
    @{ Name = 'SenderIPAddresses'; Kind = 'ranges' }
    @{ Name = 'AssociatedAcceptedDomains'; Kind = 'names' }
    @{ Name = 'RequireTls'; Kind = 'flag' }
    @{ Name = 'TlsSenderCertificateName'; Kind = 'name' }
    @{ Name = 'RestrictDomainsToIPAddresses'; Kind = 'flag' }
    @{ Name = 'RestrictDomainsToCertificate'; Kind = 'flag' }
    @{ Name = 'CloudServicesMailEnabled'; Kind = 'flag' }
    @{ Name = 'TreatMessagesAsInternal'; Kind = 'flag' }
    @{ Name = 'EFSkipLastIP'; Kind = 'flag' }
    @{ Name = 'EFSkipIPs'; Kind = 'ranges' }
    @{ Name = 'EFUsers'; Kind = 'names' }
)
$PlanKinds = @{}
foreach ($property in $PlanProperties) { $PlanKinds[$property.Name] = $property.Kind }
$PlanNames = [string[]]@(foreach ($property in $PlanProperties) { $property.Name })
$PlanHiddenCategories = 'Control', 'Format', 'Surrogate', 'LineSeparator', 'ParagraphSeparator'
$PlanListKinds = 'domains', 'ranges', 'names'

# ---- talking ----

function Write-PlanLine {
    param([string]$Text = '')
    Write-Host $Text
}

# PowerShell takes each of these for a single quote. By code point, so that this text stays ASCII.
$PlanQuotes = "['" + [char]0x2018 + [char]0x2019 + [char]0x201a + [char]0x201b + ']'

# Text from the plan or the tenant on its way to the screen: nothing in it moves the cursor,
# reverses the line or hides. Somebody may copy the line into a session, so quotes are doubled too.
function Format-PlanText {
    param([string]$Text)
    return "'" + [regex]::Replace((Format-PlanVisible $Text), $PlanQuotes, '$0$0') + "'"
}

# The sentence of an error, in one line; it may quote a name of the tenant.
function Format-PlanMessage {
    param([string]$Text)
    return (Format-PlanVisible ([regex]::Replace($Text.Trim(), '\s*[\r\n]+\s*', ' ')))
}

function Format-PlanVisible {
    param([string]$Text)
    if ([regex]::IsMatch($Text, '\A[ -~]*\z')) { return $Text }
    $shown = [Text.StringBuilder]::new()
    for ($i = 0; $i -lt $Text.Length; $i++) {
        $code = [int]$Text[$i]
        # 'Control', 'Format', 'Surrogate', 'LineSeparator', 'ParagraphSeparator'; of a pair the category of both.
        $category = [string][Globalization.CharUnicodeInfo]::GetUnicodeCategory($Text, $i)
        $pair = [char]::IsHighSurrogate($Text[$i]) -and $i + 1 -lt $Text.Length -and [char]::IsLowSurrogate($Text[$i + 1])
        $hidden = $PlanHiddenCategories -contains $category -or $code -eq 0xa0 -or $code -ge 0xfff0
        for ($last = $i + [int]$pair; $true; $i++) {
            if ($hidden) { [void]$shown.Append('\u').Append(([int]$Text[$i]).ToString('x4')) } else { [void]$shown.Append($Text[$i]) }
            if ($i -ge $last) { break }
        }
    }
    return $shown.ToString()
}

# Text as an argument of a command that somebody will paste: it arrives there as it is, whatever is
# in it. What does not show, and quotes that programs like to replace, are written by code point.
function Format-PlanArgument {
    param([string]$Text)
    $plain = $Text.Replace("'", "''")
    $coded = [regex]::Replace($plain, '[\u2018-\u201b\p{Cc}\p{Cf}\p{Zl}\p{Zp}]',
        { param($match) "' + [char]0x" + ([int]$match.Value[0]).ToString('x4') + " + '" })
    if ([string]::Equals($coded, $plain, [StringComparison]::Ordinal)) { return "'" + $plain + "'" }
    return "('" + $coded + "')"
}

function Format-PlanValue {
    param($Value)
    if ($null -eq $Value) { return '(nothing)' }
    if ($Value -is [bool]) { return $Value.ToString() }
    if ($Value -is [array]) {
        if ($Value.Count -eq 0) { return '(nothing)' }
        return (@(foreach ($one in $Value) { Format-PlanText $one }) -join ', ')
    }
    if ($Value.Length -eq 0) { return '(nothing)' }
    return (Format-PlanText $Value)
}

function Exit-PlanScript {
    param([int]$Code)
    $script:PlanEnded = $true
    exit $Code
}

# A script that cannot begin says why in one sentence, and that nothing has happened yet.
function Stop-PlanScript {
    param([string]$Sentence)
    Write-PlanLine ('Stopped before anything was changed: ' + $Sentence)
    Exit-PlanScript 1
}

# ---- waiting ----

# Everything that waits, waits here.
function Wait-PlanSecond {
    param([int]$Seconds)
    Start-Sleep -Seconds $Seconds
}

# ---- reading ----

# Is this an error that goes away by itself (throttling, transport)?
function Test-PlanTransient {
    param($Problem)
    $signs = 'throttl', 'micro ?delay', 'too many requests', 'server (is )?busy', '\b(429|500|502|503|504)\b',
    'timed? ?out', 'time-?out', 'temporar', 'transient', 'try again', 'connection', 'unreachable',
    'could not be resolved', 'name resolution', 'request was (aborted|canceled|cancelled)',
    'task was canceled', 'sending the request', 'server.side error', 'gateway'
    return [regex]::IsMatch([string]$Problem.Exception.Message, ($signs -join '|'), 'IgnoreCase, CultureInvariant')
}

# Reads are repeated up to five times where that can help; writes never are.
function Read-PlanService {
    param([string]$What, [scriptblock]$Read)
    $pause = 5
    for ($attempt = 1; $true; $attempt++) {
        try {
            return @(foreach ($row in @(& $Read)) { if ($null -ne $row) { $row } })
        } catch {
            if ($attempt -gt 5 -or -not (Test-PlanTransient $_)) { throw }
            Write-PlanLine "Reading $What failed ($(Format-PlanMessage $_.Exception.Message)); trying again in $pause seconds."
            Wait-PlanSecond $pause
            $pause = [Math]::Min(60, $pause * 2)
        }
    }
}

# All of them, every time: Get-InboundConnector -Identity gives every connector when the name is unknown.
function Get-PlanLive {
    Read-PlanService 'the inbound connectors' { Get-InboundConnector -ResultSize Unlimited -ErrorAction Stop }
}

# A property of a live object, or of a row of a plan or backup; $null where it has none of that name.
function Get-PlanMember {
    param($Object, [string]$Name)
    if ($Object -is [Collections.IDictionary]) { return $Object[$Name] }
    $member = $Object.PSObject.Properties[$Name]
    if ($null -eq $member) { return $null }
    return $member.Value
}

function Test-PlanName {
    param([string]$Left, [string]$Right)
    return [string]::Equals($Left, $Right, [StringComparison]::OrdinalIgnoreCase)
}

function Find-PlanLive {
    param($Live, [string]$Name)
    foreach ($one in @($Live)) {
        if (Test-PlanName ([string](Get-PlanMember $one 'Name')) $Name) { return $one }
    }
    return $null
}

# ---- normal form ----

$PlanOctet = '(0|[1-9][0-9]{0,2})'
$PlanRangePattern = '\A' + (($PlanOctet, $PlanOctet, $PlanOctet, $PlanOctet) -join '\.') + '(?:/(0|[1-9][0-9]?))?\z'

# 'a.b.c.d' and 'a.b.c.d/n' -> first address, last address, length; nothing for any other text.
function Get-PlanRange {
    param([string]$Text)
    $match = [regex]::Match($Text, $PlanRangePattern)
    if (-not $match.Success) { return $null }
    [long]$value = 0
    for ($i = 1; $i -le 4; $i++) {
        $octet = [int]$match.Groups[$i].Value
        if ($octet -gt 255) { return $null }
        $value = $value * 256 + $octet
    }
    $length = 32
    if ($match.Groups[5].Success) { $length = [int]$match.Groups[5].Value }
    if ($length -gt 32) { return $null }
    $size = [long]1 -shl (32 - $length)
    $first = $value - $value % $size
    return , @($first, ($first + $size - 1), $length)
}

$PlanRange6Pattern = '\A([0-9A-Fa-f:]*:[0-9A-Fa-f:]*)(?:/(0|[1-9][0-9]{0,2}))?\z'

# The same for IPv6, which enhanced filtering may know: first and last address as 128 digits 0 and 1.
function Get-PlanRange6 {
    param([string]$Text)
    $match = [regex]::Match($Text, $PlanRange6Pattern)
    $address = $null
    if (-not $match.Success -or -not [Net.IPAddress]::TryParse($match.Groups[1].Value, [ref]$address)) { return $null }
    $length = 128
    if ($match.Groups[2].Success) { $length = [int]$match.Groups[2].Value }
    if ($length -gt 128) { return $null }
    $bits = -join @(foreach ($byte in $address.GetAddressBytes()) { [Convert]::ToString($byte, 2).PadLeft(8, '0') })
    $head = $bits.Substring(0, $length)
    return , @($head.PadRight(128, '0'), $head.PadRight(128, '1'))
}

# The letters A to Z small, and no others: the compiler knows no more of case.
function ConvertTo-PlanLower {
    param([string]$Text)
    if ([regex]::IsMatch($Text, '\A[\x00-\x7f]*\z')) { return $Text.ToLowerInvariant() }
    return [regex]::Replace($Text, '[A-Z]+', { param($Found) $Found.Value.ToLowerInvariant() })
}

# x = x/32, host bits masked; 'a-b' (enhanced filtering knows it) is the network that it may be.
# Keys sort by first address, and a network before what is inside; no text in small letters is one.
function ConvertTo-PlanRangeKey {
    param([string]$Text)
    if ($Text.Contains(':')) { return (ConvertTo-PlanRange6Key $Text) }
    $ends = $Text.Split('-')
    $first = Get-PlanRange $ends[0]
    $last = Get-PlanRange $ends[$ends.Length - 1]
    $pair = $ends.Length -eq 2 -and -not $Text.Contains('/')
    if ($null -eq $first -or $null -eq $last -or $first[0] -gt $last[1] -or ($ends.Length -gt 1 -and -not $pair)) {
        return (ConvertTo-PlanLower $Text)
    }
    [long]$size = $last[1] - $first[0] + 1
    $length = 32
    while ($length -gt 0 -and ([long]1 -shl (32 - $length)) -lt $size) { $length-- }
    if (([long]1 -shl (32 - $length)) -eq $size -and $first[0] % $size -eq 0) {
        return 'N' + $first[0].ToString('x8') + $length.ToString('d2')
    }
    return 'R' + $first[0].ToString('x8') + $last[1].ToString('x8')
}

function ConvertTo-PlanRange6Key {
    param([string]$Text)
    $ends = $Text.Split('-')
    $first = Get-PlanRange6 $ends[0]
    $last = Get-PlanRange6 $ends[$ends.Length - 1]
    $pair = $ends.Length -eq 2 -and -not $Text.Contains('/')
    if ($null -eq $first -or $null -eq $last -or ($ends.Length -gt 1 -and -not $pair) -or
        [string]::CompareOrdinal($first[0], $last[1]) -gt 0) {
        return (ConvertTo-PlanLower $Text)
    }
    $length = 0
    while ($length -lt 128 -and $first[0][$length] -eq $last[1][$length]) { $length++ }
    $kind = 'S'
    $rest = 128 - $length
    if ($first[0].EndsWith('0' * $rest, [StringComparison]::Ordinal) -and
        $last[1].EndsWith('1' * $rest, [StringComparison]::Ordinal)) { $kind = 'O' }
    return $kind + $first[0] + $length.ToString('d3') + $last[1]
}

# Every spelling of a domain -> smtp:lower;cost
function ConvertTo-PlanDomainKey {
    param([string]$Text)
    $lower = ConvertTo-PlanLower $Text
    $match = [regex]::Match($lower, '\A(?:smtp:)?([^:;]*)(?:;([0-9]+))?\z')
    if (-not $match.Success) { return $lower }
    $cost = '1'
    if ($match.Groups[2].Success) { $cost = $match.Groups[2].Value }
    return 'smtp:' + $match.Groups[1].Value + ';' + $cost
}

# What two elements, or two texts, are compared by. Ranges are remembered: a plan may hold thousands,
# and each is compared many times.
$PlanRangeKeys = [Collections.Generic.Dictionary[string, string]]::new([StringComparer]::Ordinal)

function Get-PlanKey {
    param([string]$Kind, [string]$Text)
    if ($Kind -eq 'text') { return $Text }
    if ($Kind -eq 'domains') { return (ConvertTo-PlanDomainKey $Text) }
    if ($Kind -ne 'ranges') { return (ConvertTo-PlanLower $Text) }
    if (-not $PlanRangeKeys.ContainsKey($Text)) { $PlanRangeKeys[$Text] = ConvertTo-PlanRangeKey $Text }
    return $PlanRangeKeys[$Text]
}

function Get-PlanKeySet {
    param([string]$Kind, $List)
    $set = [Collections.Generic.SortedSet[string]]::new([StringComparer]::Ordinal)
    foreach ($one in @($List)) { [void]$set.Add((Get-PlanKey $Kind $one)) }
    return , $set
}

# Whether an address counts although a network of its list holds it. It lets nobody in; but the way
# back restores it.
$PlanInnerCounts = $false

# Those networks of a set of keys that are inside another one of it.
function Get-PlanInnerKey {
    param($Set)
    [long]$end = -1
    $end6 = ''
    foreach ($key in @($Set)) {
        if ($key.StartsWith('O', [StringComparison]::Ordinal)) {
            $last6 = $key.Substring(132)
            if ([string]::CompareOrdinal($last6, $end6) -le 0) { $key } else { $end6 = $last6 }
        }
        if (-not $key.StartsWith('N', [StringComparison]::Ordinal)) { continue }
        $last = [Convert]::ToInt64($key.Substring(1, 8), 16) + ([long]1 -shl (32 - [int]$key.Substring(9))) - 1
        if ($last -le $end) { $key } else { $end = $last }
    }
}

# The keys of a list, without what another element holds: equal for lists that let the same in.
function Get-PlanNormalSet {
    param([string]$Kind, $List)
    $set = Get-PlanKeySet $Kind $List
    if ($Kind -eq 'ranges' -and $set.Count -gt 1) {
        foreach ($key in @(Get-PlanInnerKey $set)) { [void]$set.Remove($key) }
    }
    return , $set
}

# A value from the plan or the tenant -> $true or $false, a text, or an array of texts.
# Nothing, '' and an absent property are one. Gives one value, an array too. Emptiness is always
# asked by length: -eq compares as a dictionary would, and finds some invisible text equal to ''.
function ConvertTo-PlanValue {
    param([string]$Kind, $Value)
    if ($PlanListKinds -contains $Kind) {
        return , [string[]]@(foreach ($one in @($Value)) { if (([string]$one).Length -gt 0) { [string]$one } })
    }
    if ($Kind -eq 'flag') {
        if ($Value -is [bool]) { return $Value }
        return (Test-PlanName ([string]$Value) 'true')
    }
    return [string]$Value
}

function Test-PlanSame {
    param([string]$Kind, $Left, $Right)
    if ($Kind -eq 'flag') { return ($Left -eq $Right) }
    if ($Left -is [array]) {
        if ($Left.Count -eq 0 -or $Right.Count -eq 0) { return ($Left.Count -eq $Right.Count) }
        if ((Get-PlanKeySet $Kind $Left).SetEquals((Get-PlanKeySet $Kind $Right))) { return $true }
        if ($Kind -ne 'ranges' -or $PlanInnerCounts) { return $false }
        return (Get-PlanNormalSet $Kind $Left).SetEquals((Get-PlanNormalSet $Kind $Right))
    }
    if ([string]::Equals($Left, $Right, [StringComparison]::Ordinal)) { return $true }
    return [string]::Equals((Get-PlanKey $Kind $Left), (Get-PlanKey $Kind $Right), [StringComparison]::Ordinal)
}

# The elements of Left that Right lacks, as Left spells them. One value: the array itself.
function Select-PlanMissing {
    param([string]$Kind, $Left, $Right)
    if ($Left.Count -eq 0 -or $Right.Count -eq 0) { return , $Left }
    $known = Get-PlanKeySet $Kind $Right
    return , [string[]]@(foreach ($one in @($Left)) { if (-not $known.Contains((Get-PlanKey $Kind $one))) { $one } })
}

# A state: property name -> value. From a live connector, or from a connector of the plan.
function Get-PlanLiveState {
    param($Connector)
    $state = @{}
    foreach ($property in $PlanProperties) {
        $state[$property.Name] = ConvertTo-PlanValue $property.Kind (Get-PlanMember $Connector $property.Name)
    }
    return $state
}

function Get-PlanSpecState {
    param($Connector)
    $state = @{}
    foreach ($property in $PlanProperties) { $state[$property.Name] = ConvertTo-PlanValue $property.Kind $null }
    foreach ($property in @($Connector.Properties)) {
        $state[$property.Name] = ConvertTo-PlanValue $PlanKinds[$property.Name] $property.Value
    }
    return $state
}

function Get-PlanStatedName {
    param($Connector)
    foreach ($property in @($Connector.Properties)) { if ($property.Stated) { $property.Name } }
}

# The properties, of those named, in which two states differ.
function Compare-PlanState {
    param($Left, $Right, [string[]]$Names)
    foreach ($name in $Names) {
        if (-not [object]::ReferenceEquals($Left[$name], $Right[$name]) -and
            -not (Test-PlanSame $PlanKinds[$name] $Left[$name] $Right[$name])) { $name }
    }
}

# The connector of the tenant that a connector of the plan means: of its name, else of its former
# name, if no other connector of the plan has that one.
function Find-PlanCounterpart {
    param($Live, $Connector)
    $found = Find-PlanLive $Live $Connector.Name
    if ($null -ne $found -or $null -eq $Connector.Was) { return $found }
    foreach ($other in @($Plan.Connectors)) {
        if (Test-PlanName $other.Name $Connector.Was) { return $null }
    }
    return (Find-PlanLive $Live $Connector.Was)
}

# SHA-256 over "name US property US value LF" of every connector, every managed property,
# ConnectorSource and Guid. A list gives one line for each element, or one with an empty value;
# truth values are written True and False; lines are sorted by their UTF-16 code units.
function Get-PlanFingerprint {
    param($Live)
    $separator = [string][char]0x1f
    $lines = [Collections.Generic.List[string]]::new()
    foreach ($connector in @($Live)) {
        $prefix = [string](Get-PlanMember $connector 'Name') + $separator
        foreach ($name in ($PlanNames + 'ConnectorSource' + 'Guid')) {
            $values = @(foreach ($one in @(Get-PlanMember $connector $name)) { if ($null -ne $one) { [string]$one } })
            if ($values.Count -eq 0) { $values = @('') }
            foreach ($value in $values) { $lines.Add($prefix + $name + $separator + $value + "`n") }
        }
    }
    $sorted = $lines.ToArray()
    [Array]::Sort($sorted, [StringComparer]::Ordinal)
    $digest = [Security.Cryptography.SHA256]::Create()
    $bytes = $digest.ComputeHash([Text.Encoding]::UTF8.GetBytes(-join $sorted))
    return [BitConverter]::ToString($bytes).Replace('-', '').ToLowerInvariant()
}

# ---- writing JSON: the same bytes in every PowerShell ----

function Format-PlanJsonText {
    param([string]$Text)
    $out = [Text.StringBuilder]::new()
    foreach ($character in $Text.ToCharArray()) {
        $code = [int]$character
        if ($code -eq 0x22 -or $code -eq 0x5c) {
            [void]$out.Append('\').Append($character)
        } elseif ($code -lt 0x20 -or $code -eq 0x7f -or [char]::IsSurrogate($character) -or $code -ge 0xfff0 -or
            $code -eq 0x2028 -or $code -eq 0x2029) {
            [void]$out.Append('\u').Append($code.ToString('x4'))
        } else {
            [void]$out.Append($character)
        }
    }
    return '"' + $out.ToString() + '"'
}

function ConvertTo-PlanJson {
    param($Value, [string]$Indent = '')
    $inner = $Indent + '  '
    if ($null -eq $Value) { return 'null' }
    if ($Value -is [bool]) { return $Value.ToString().ToLowerInvariant() }
    if ($Value -is [int] -or $Value -is [long]) { return [string]$Value }
    if ($Value -is [DateTime]) {
        if ($Value.Kind -eq 'Local') { $Value = $Value.ToUniversalTime() }
        return Format-PlanJsonText ([DateTime]::SpecifyKind($Value, 'Utc').ToString('o', [Globalization.CultureInfo]::InvariantCulture))
    }
    if ($Value -is [Collections.IDictionary]) {
        $parts = @(foreach ($key in $Value.Keys) {
                $inner + (Format-PlanJsonText $key) + ': ' + (ConvertTo-PlanJson $Value[$key] $inner)
            })
        if ($parts.Count -eq 0) { return '{}' }
        return "{`n" + ($parts -join ",`n") + "`n$Indent}"
    }
    if ($Value -is [Collections.IEnumerable] -and $Value -isnot [string]) {
        $parts = @(foreach ($one in $Value) { $inner + (ConvertTo-PlanJson $one $inner) })
        if ($parts.Count -eq 0) { return '[]' }
        return "[`n" + ($parts -join ",`n") + "`n$Indent]"
    }
    return (Format-PlanJsonText ([string]$Value))
}

# ---- the export: what connplan's --live option takes, and what a backup is ----

function ConvertTo-PlanRow {
    param($Object, [string[]]$Names)
    $row = [ordered]@{}
    foreach ($name in $Names) {
        $member = $Object.PSObject.Properties[$name]
        $row[$name] = $null
        if ($null -ne $member) { $row[$name] = $member.Value }
    }
    return $row
}

# Everything that the connectors' objects hold, less what remoting adds to them.
function Get-PlanExport {
    param($Live, $OrganizationConfig)
    $domains = @(Read-PlanService 'the accepted domains' { Get-AcceptedDomain -ResultSize Unlimited -ErrorAction Stop })
    $transport = @(Read-PlanService 'the transport settings' { Get-TransportConfig -ErrorAction Stop })
    $connectors = @(foreach ($one in @($Live)) {
            $names = @(foreach ($member in $one.PSObject.Properties) {
                    if ('PSComputerName', 'PSShowComputerName', 'RunspaceId' -notcontains $member.Name) { $member.Name }
                })
            ConvertTo-PlanRow $one $names
        })
    return [ordered]@{
        format = 'connplan-export'
        version = 1
        exported_at = [DateTime]::UtcNow.ToString('yyyy-MM-ddTHH:mm:ssZ', [Globalization.CultureInfo]::InvariantCulture)
        organization = [string](Get-PlanMember $OrganizationConfig 'Name')
        InboundConnector = $connectors
        AcceptedDomain = @(foreach ($one in $domains) { ConvertTo-PlanRow $one 'DomainName', 'DomainType', 'MatchSubDomains' })
        OrganizationConfig = ConvertTo-PlanRow $OrganizationConfig 'Name', 'ExternalDirectoryOrganizationId',
        'RejectDirectSend', 'IsDehydrated'
        TransportConfig = ConvertTo-PlanRow $transport[0] 'SmtpClientAuthenticationDisabled'
    }
}

# ---- guards: each one sentence, all before the first change ----

function Assert-PlanCommand {
    param([string[]]$Names)
    foreach ($name in $Names) {
        if ($null -eq (Get-Command -Name $name -ErrorAction Ignore)) {
            Stop-PlanScript ("this session has no command $name; connect with Connect-ExchangeOnline, without " +
                '-Prefix, as an administrator whose roles include it.')
        }
    }
}

# Exactly one Exchange Online session. Security and compliance sessions do not count.
function Get-PlanSession {
    $rows = @(Read-PlanService 'the sessions' { Get-ConnectionInformation -ErrorAction Stop })
    $sessions = @(foreach ($row in $rows) {
            $compliance = ConvertTo-PlanValue 'flag' (Get-PlanMember $row 'IsEopSession')
            if ([string](Get-PlanMember $row 'State') -eq 'Connected' -and -not $compliance) { $row }
        })
    if ($sessions.Count -eq 0) {
        Stop-PlanScript 'no Exchange Online session is connected; run Connect-ExchangeOnline first.'
    }
    if ($sessions.Count -gt 1) {
        Stop-PlanScript ("$($sessions.Count) Exchange Online sessions are connected, and commands would go to the " +
            'newest; close all but one with Disconnect-ExchangeOnline.')
    }
    return $sessions[0]
}

function Get-PlanOrganization {
    $rows = @(Read-PlanService 'the organization' { Get-OrganizationConfig -ErrorAction Stop })
    return $rows[0]
}

function Assert-PlanOrganization {
    param($Config, [string]$Wanted)
    $id = [Guid]::Empty
    $field = 'Name'
    if ([Guid]::TryParse($Wanted, [ref]$id)) { $field = 'ExternalDirectoryOrganizationId' }
    $actual = [string](Get-PlanMember $Config $field)
    $same = Test-PlanName $actual $Wanted
    if ($field -ne 'Name') {
        $actualId = [Guid]::Empty
        $same = [Guid]::TryParse($actual, [ref]$actualId) -and $actualId -eq $id
    }
    if (-not $same) {
        Stop-PlanScript ("this is for the organization $(Format-PlanText $Wanted), but the session is connected to " +
            "$(Format-PlanText $actual).")
    }
}

# The cloud by the host that the session talks to: worldwide and gcc share theirs.
function Get-PlanCloud {
    param($Session)
    $uri = $null
    if (-not [Uri]::TryCreate([string](Get-PlanMember $Session 'ConnectionUri'), [UriKind]::Absolute, [ref]$uri)) { return '' }
    $name = $uri.Host.ToLowerInvariant()
    $suffixes = [ordered]@{
        'webmail.apps.mil' = 'dod'
        'outlook-dod.office365.us' = 'dod'
        'office365.us' = 'gcc-high'
        'partner.outlook.cn' = 'china'
        'office365.com' = 'worldwide'
        'office.com' = 'worldwide'
    }
    foreach ($suffix in $suffixes.Keys) {
        if ($name -eq $suffix -or $name.EndsWith('.' + $suffix, [StringComparison]::Ordinal)) { return $suffixes[$suffix] }
    }
    return ''
}

function Assert-PlanCloud {
    param($Session)
    $wanted = $Plan.Cloud
    if ($wanted -eq 'gcc') { $wanted = 'worldwide' }
    if ((Get-PlanCloud $Session) -ne $wanted) {
        Stop-PlanScript ("this is for the cloud $($Plan.Cloud), but the session is connected to " +
            "$(Format-PlanText ([string](Get-PlanMember $Session 'ConnectionUri'))).")
    }
}

# All guards that verify.ps1 and the scripts that change have in common. Gives the organization.
function Assert-PlanTenant {
    param([string]$Given)
    $wanted = @(foreach ($name in @($Plan.Organization, $Given)) { if (([string]$name).Length -gt 0) { [string]$name } })
    if ($wanted.Count -eq 0) {
        Stop-PlanScript 'the plan names no organization; say which tenant this is for with -Organization.'
    }
    $session = Get-PlanSession
    $config = Get-PlanOrganization
    foreach ($name in $wanted) { Assert-PlanOrganization $config $name }
    Assert-PlanCloud $session
    return $config
}

# ---- Changing a tenant: what each connector is to become, and in which calls. The same text in every
# script that changes anything. Its body says what is wanted: Initialize-PlanRun, Get-PlanWanted. ----
#
# The law: what was accepted before and is accepted afterwards is accepted after every single call in
# between. An address, a certificate or a sender domain on an on-premises connector lets mail in, so
# phase 1 brings each connector to the union of what it is and what it is to be. Not every union can
# be said to Exchange: a connector has one certificate, a certificate needs TLS, a type is one or the
# other. What adds one such thing by taking another ("exchange") opens phase 3, and takes nothing
# else; the rest of phase 3 only takes away. A partner connector refuses, it does not let in: its
# scope and its restrictions are tightened in phase 3, in one call.

$PlanCalls = [Collections.Generic.List[object]]::new()
$PlanBackup = $null
$PlanEnded = $false
# What differs between the scripts that change: a body may set these anew.
$PlanBackupPrefix = 'backup-' + $Plan.PlanHash + '-'
$PlanWholeTenant = $true
$PlanReturns = $true
$PlanArguments = ''

# $true if a connector with certificate Wide takes what one with certificate Narrow takes.
function Test-PlanCovers {
    param([string]$Wide, [string]$Narrow)
    if ($Narrow.Length -eq 0 -or (Test-PlanName $Wide $Narrow)) { return $true }
    return ($Wide.StartsWith('*.', [StringComparison]::Ordinal) -and
        $Narrow.EndsWith($Wide.Substring(1), [StringComparison]::OrdinalIgnoreCase))
}

function Test-PlanAnyOverlap {
    param($Left, $Right)
    foreach ($one in @($Left)) {
        $a = Get-PlanRange $one
        foreach ($other in @($Right)) {
            $b = Get-PlanRange $other
            if ($null -ne $a -and $null -ne $b -and $a[0] -le $b[1] -and $b[0] -le $a[1]) { return $true }
        }
    }
    return $false
}

# What the plan does not state stays as it is, unless Exchange would refuse it beside what the plan
# states: then the properties that are coupled take the plan's values.
function Get-PlanFinalState {
    param($Before, $Spec, [string[]]$Stated)
    $final = $Before.Clone()
    foreach ($name in $Stated) { $final[$name] = $Spec[$name] }
    $typeMoves = -not (Test-PlanName $final.ConnectorType $Before.ConnectorType)
    # Each round can move the conflict to a neighbour; there are fewer rounds than couplings.
    for ($round = 0; $round -lt 6; $round++) {
        $onPremises = Test-PlanName $final.ConnectorType 'OnPremises'
        $certificate = $final.TlsSenderCertificateName.Length -gt 0
        $addresses = $final.SenderIPAddresses.Count -gt 0
        $coupled = @(
            if ($certificate -and -not $final.RequireTls) { 'TlsSenderCertificateName', 'RequireTls' }
            if ($final.RestrictDomainsToIPAddresses -and -not $addresses) { 'SenderIPAddresses', 'RestrictDomainsToIPAddresses' }
            if ($final.RestrictDomainsToCertificate -and -not $certificate) {
                'TlsSenderCertificateName', 'RequireTls', 'RestrictDomainsToCertificate'
            }
            if ($final.TreatMessagesAsInternal -and ($final.CloudServicesMailEnabled -or -not $onPremises)) {
                'TreatMessagesAsInternal', 'CloudServicesMailEnabled', 'ConnectorType'
            }
            if ($final.CloudServicesMailEnabled -and -not $onPremises) { 'CloudServicesMailEnabled', 'ConnectorType' }
            if ($onPremises -and -not $addresses -and -not $certificate) {
                'ConnectorType', 'SenderIPAddresses', 'TlsSenderCertificateName', 'RequireTls'
            }
            if ($typeMoves -and $onPremises) { 'RestrictDomainsToIPAddresses', 'RestrictDomainsToCertificate' }
        )
        if ($coupled.Count -eq 0) { break }
        $moved = @(Compare-PlanState $final $Spec $coupled)
        foreach ($name in $coupled) {
            if ($Stated -notcontains $name) { $final[$name] = $Spec[$name] }
        }
        if ($moved.Count -eq 0) { break }
    }
    return $final
}

# The elements of both lists, once each.
function Join-PlanList {
    param([string]$Kind, $Left, $Right)
    $more = Select-PlanMissing $Kind $Right $Left
    return , [string[]]@(@($Left) + $more)
}

# Where phase 1 ends for one connector.
function Get-PlanUnionState {
    param($Before, $Final)
    if (-not $Before.Enabled) { return $Final }
    if (-not $Final.Enabled -or -not (Test-PlanName $Before.ConnectorType $Final.ConnectorType)) { return $Before }
    $union = $Final.Clone()
    $union.SenderIPAddresses = Join-PlanList 'ranges' $Before.SenderIPAddresses $Final.SenderIPAddresses
    $union.RequireTls = $Before.RequireTls -and ($Final.RequireTls -or $Before.TlsSenderCertificateName.Length -gt 0)
    if (-not (Test-PlanCovers $Final.TlsSenderCertificateName $Before.TlsSenderCertificateName) -or -not $union.RequireTls) {
        $union.TlsSenderCertificateName = $Before.TlsSenderCertificateName
    }
    if (Test-PlanName $Final.ConnectorType 'OnPremises') {
        $union.SenderDomains = Join-PlanList 'domains' $Before.SenderDomains $Final.SenderDomains
        $union.AssociatedAcceptedDomains = [string[]]@()
        if ($Before.AssociatedAcceptedDomains.Count -gt 0 -and $Final.AssociatedAcceptedDomains.Count -gt 0) {
            $union.AssociatedAcceptedDomains = Join-PlanList 'names' $Before.AssociatedAcceptedDomains $Final.AssociatedAcceptedDomains
        }
        # Without effect on this type, but refused by Exchange while what it names is not there yet.
        if ($union.SenderIPAddresses.Count -eq 0) { $union.RestrictDomainsToIPAddresses = $false }
        if ($union.TlsSenderCertificateName.Length -eq 0) { $union.RestrictDomainsToCertificate = $false }
        return $union
    }
    foreach ($name in 'SenderDomains', 'AssociatedAcceptedDomains') { $union[$name] = $Before[$name] }
    $tightens = $false
    foreach ($name in 'RestrictDomainsToIPAddresses', 'RestrictDomainsToCertificate') {
        if ($Final[$name] -and -not $Before[$name]) { $tightens = $true }
    }
    if ($tightens) {
        # One restriction for another: lifting the old one an hour early would let everybody in.
        foreach ($name in 'RestrictDomainsToIPAddresses', 'RestrictDomainsToCertificate') { $union[$name] = $Before[$name] }
    }
    return $union
}

# What an exchange gives and takes, as far as other exchanges can depend on it; nothing if this
# connector only loses. Addresses stand here for mail without TLS, or for all mail where the type moves.
function Get-PlanExchange {
    param($Union, $Final)
    if (-not $Final.Enabled -or -not (Test-PlanName $Final.ConnectorType 'OnPremises')) { return $null }
    $exchange = @{ GivesCertificate = ''; GivesAddresses = @(); TakesCertificate = ''; TakesAddresses = @(); All = $false }
    if (-not (Test-PlanName $Union.ConnectorType 'OnPremises')) {
        $exchange.All = $true
        $exchange.GivesAddresses = $Final.SenderIPAddresses
        $exchange.GivesCertificate = $Final.TlsSenderCertificateName
        return $exchange
    }
    if (-not (Test-PlanCovers $Union.TlsSenderCertificateName $Final.TlsSenderCertificateName)) {
        $exchange.GivesCertificate = $Final.TlsSenderCertificateName
    }
    if ($Union.RequireTls -and -not $Final.RequireTls) { $exchange.GivesAddresses = $Final.SenderIPAddresses }
    if ($exchange.GivesCertificate.Length -eq 0 -and $exchange.GivesAddresses.Count -eq 0) { return $null }
    if (-not (Test-PlanCovers $Final.TlsSenderCertificateName $Union.TlsSenderCertificateName)) {
        $exchange.TakesCertificate = $Union.TlsSenderCertificateName
    }
    if ($Final.RequireTls -and -not $Union.RequireTls) { $exchange.TakesAddresses = $Union.SenderIPAddresses }
    return $exchange
}

# The state after the exchange: the new certificate, TLS or type with all the old addresses and scopes.
function Get-PlanExchangeState {
    param($Union, $Final)
    $state = $Final.Clone()
    if (Test-PlanName $Union.ConnectorType 'OnPremises') {
        foreach ($name in 'SenderIPAddresses', 'SenderDomains', 'AssociatedAcceptedDomains') { $state[$name] = $Union[$name] }
    }
    return $state
}

function Test-PlanDepends {
    param($Giver, $Taker)
    $given = $Giver.Exchange
    $taken = $Taker.Exchange
    if ($given.All) { return ($taken.TakesCertificate.Length -gt 0 -or $taken.TakesAddresses.Count -gt 0) }
    if ($given.GivesCertificate.Length -gt 0 -and $taken.TakesCertificate.Length -gt 0 -and
        ((Test-PlanCovers $given.GivesCertificate $taken.TakesCertificate) -or
        (Test-PlanCovers $taken.TakesCertificate $given.GivesCertificate))) { return $true }
    return (Test-PlanAnyOverlap $given.GivesAddresses $taken.TakesAddresses)
}

# Givers before takers. Where they wait for each other there is no order without a gap.
function Get-PlanExchangeOrder {
    param($Entries)
    $left = [Collections.Generic.List[object]]::new()
    foreach ($entry in @($Entries)) { $left.Add($entry) }
    $order = [Collections.Generic.List[object]]::new()
    while ($left.Count -gt 0) {
        $next = $null
        foreach ($entry in $left) {
            $free = $true
            foreach ($other in $left) {
                if (-not [object]::ReferenceEquals($entry, $other) -and (Test-PlanDepends $other $entry)) { $free = $false }
            }
            if ($free) { $next = $entry; break }
        }
        if ($null -eq $next) {
            $names = @(foreach ($entry in $left) { Format-PlanText $entry.Name }) -join ', '
            Stop-PlanScript ("$names exchange a certificate, or addresses without TLS, so that no order of calls keeps " +
                'everything accepted; -AllowGap makes the change with a short gap.')
        }
        $order.Add($next)
        [void]$left.Remove($next)
    }
    return $order.ToArray()
}

# -AllowGap: what is left of a connector when everything that it loses is gone. Where that is not
# enough for a connector to stand on, it is disabled for the moment.
function Get-PlanReducedState {
    param($Before, $Final)
    if (-not $Before.Enabled) { return $Before }
    $reduced = $Before.Clone()
    $lost = Select-PlanMissing 'ranges' $Before.SenderIPAddresses $Final.SenderIPAddresses
    $reduced.SenderIPAddresses = Select-PlanMissing 'ranges' $Before.SenderIPAddresses $lost
    if (-not (Test-PlanCovers $Final.TlsSenderCertificateName $Before.TlsSenderCertificateName)) {
        $reduced.TlsSenderCertificateName = ''
    }
    $addresses = $reduced.SenderIPAddresses.Count -gt 0
    $certificate = $reduced.TlsSenderCertificateName.Length -gt 0
    $stands = $Final.Enabled -and (Test-PlanName $Before.ConnectorType $Final.ConnectorType) -and
    ($addresses -or $certificate -or -not (Test-PlanName $Before.ConnectorType 'OnPremises')) -and
    ($addresses -or -not $Before.RestrictDomainsToIPAddresses) -and
    ($certificate -or -not $Before.RestrictDomainsToCertificate)
    if ($stands) { return $reduced }
    return (Get-PlanDisabledState $Before)
}

# ---- the calls ----

function ConvertTo-PlanArgument {
    param([string]$Name, $Value)
    if ($Value -is [array] -and $Value.Count -eq 0) { return $null }
    if ($Name -eq 'TlsSenderCertificateName' -and $Value.Length -eq 0) { return $null }
    return , $Value
}

# What Set-InboundConnector is given to get from one state to the next: what differs, and what
# Exchange judges together with it.
function Get-PlanArgument {
    param($From, $To)
    $names = @(Compare-PlanState $From $To $PlanNames)
    foreach ($name in $names) { $name }
    if ($names -contains 'TlsSenderCertificateName' -or ($names -contains 'RequireTls' -and $To.TlsSenderCertificateName.Length -gt 0)) {
        'TlsSenderCertificateName'
        'RequireTls'
    }
    if ((Test-PlanName $To.ConnectorType 'Partner') -and
        ($names -contains 'SenderIPAddresses' -or $names -contains 'RestrictDomainsToIPAddresses')) {
        'SenderIPAddresses'
        'RestrictDomainsToIPAddresses'
    }
}

function New-PlanCall {
    param([string]$Command, $Entry, $From, $To, [int]$Phase, [string]$NewName = '')
    $call = @{
        Command = $Command; Entry = $Entry; Phase = $Phase; Target = $To; Status = 'not done'; Parameters = @{}
        Names = @(); Name = $Entry.Name; High = $false; NewName = $NewName
    }
    if ($Command -eq 'New-InboundConnector') {
        $call.Names = $PlanNames
        $call.Parameters['Name'] = $Entry.Name
    } else {
        $call.Parameters['Identity'] = $Entry.Identity
        $call.High = $Command -eq 'Remove-InboundConnector'
    }
    if ($Command -eq 'Set-InboundConnector') {
        $given = @(Get-PlanArgument $From $To)
        $call.Names = @(foreach ($name in $PlanNames) { if ($given -contains $name) { $name } })
        $call.High = $From.Enabled -and -not $To.Enabled
        if ($NewName.Length -gt 0) { $call.Parameters['Name'] = $NewName }
    }
    foreach ($name in $call.Names) { $call.Parameters[$name] = ConvertTo-PlanArgument $name $To[$name] }
    $call.Why = @(Get-PlanReason $call $From)
    return $call
}

# One line for each thing that a call moves.
function Get-PlanReason {
    param($Call, $From)
    if ($Call.Command -eq 'Remove-InboundConnector') { 'the plan removes it' }
    if ($Call.NewName.Length -gt 0) { 'Name: ' + (Format-PlanText $Call.Entry.LiveName) + ' -> ' + (Format-PlanText $Call.NewName) }
    foreach ($name in $Call.Names) {
        $value = $Call.Target[$name]
        if ($null -eq $From) {
            "${name}: " + (Format-PlanValue $value)
            continue
        }
        if (Test-PlanSame $PlanKinds[$name] $From[$name] $value) { continue }
        if ($value -isnot [array]) {
            "${name}: " + (Format-PlanValue $From[$name]) + ' -> ' + (Format-PlanValue $value)
            continue
        }
        foreach ($one in (Select-PlanMissing $PlanKinds[$name] $value $From[$name])) { "${name}: + " + (Format-PlanText $one) }
        foreach ($one in (Select-PlanMissing $PlanKinds[$name] $From[$name] $value)) { "${name}: - " + (Format-PlanText $one) }
    }
}

function Get-PlanDisabledState {
    param($State)
    $disabled = $State.Clone()
    $disabled.Enabled = $false
    return $disabled
}

# What the plan says about each managed connector, beside what the tenant holds. One to keep stays as
# it is found, whatever that is.
function Get-PlanEntry {
    param($Live)
    foreach ($connector in @($Plan.Connectors)) {
        if (-not $connector.Managed) { continue }
        $found = Find-PlanCounterpart $Live $connector
        $entry = @{
            Name = $connector.Name; LiveName = ''; Identity = ''; Action = $connector.Action; Found = $found
            Before = $null; Final = $null; Stated = @(Get-PlanStatedName $connector); Exchange = $null
        }
        if ($null -eq $found -and $entry.Action -eq 'keep') { continue }
        $spec = Get-PlanSpecState $connector
        if ($null -eq $found) {
            $entry.Final = $spec
            $entry.Stated = $PlanNames
        } else {
            $entry.LiveName = [string](Get-PlanMember $found 'Name')
            $entry.Identity = [string](Get-PlanMember $found 'Guid')
            if ($entry.Identity.Length -eq 0) { $entry.Identity = $entry.LiveName }
            $entry.Before = Get-PlanLiveState $found
            $entry.Final = Get-PlanFinalState $entry.Before $spec $entry.Stated
            if ($entry.Action -eq 'keep') { $entry.Final = $entry.Before }
            if ($entry.Action -eq 'remove') { $entry.Final = Get-PlanDisabledState $entry.Before }
        }
        $entry
    }
}

# Adds the call from one state to the next, if there is anything to do, and gives the state after it.
function Add-PlanStep {
    param($Calls, $Entry, $From, $To, [int]$Phase)
    $newName = ''
    if ($Phase -eq 1 -and -not (Test-PlanName $Entry.LiveName $Entry.Name)) { $newName = $Entry.Name }
    $differs = @(Compare-PlanState $From $To $PlanNames).Count -gt 0
    if ($differs -or $newName.Length -gt 0) {
        $Calls.Add((New-PlanCall 'Set-InboundConnector' $Entry $From $To $Phase $newName))
    }
}

function Add-PlanRemoval {
    param($Calls, $Entry)
    if ($Entry.Before.Enabled -and -not $RemoveNow) {
        Add-PlanStep $Calls $Entry $Entry.Before $Entry.Final 3
    } else {
        $Calls.Add((New-PlanCall 'Remove-InboundConnector' $Entry $Entry.Before $Entry.Before 3))
    }
}

# Every call, in order. Phase 1 ends where each entry's After1 says.
function Get-PlanCall {
    param($Entries)
    $calls = [Collections.Generic.List[object]]::new()
    $exchanges = [Collections.Generic.List[object]]::new()
    $existing = @(foreach ($entry in @($Entries)) { if ($null -ne $entry.Found -and $entry.Action -ne 'remove') { $entry } })
    foreach ($entry in @($Entries)) {
        if ($null -eq $entry.Found -and $entry.Action -ne 'remove') {
            $calls.Add((New-PlanCall 'New-InboundConnector' $entry $null $entry.Final 1))
        }
    }
    foreach ($entry in $existing) {
        $entry['Union'] = Get-PlanUnionState $entry.Before $entry.Final
        $entry['Exchanged'] = $entry.Union
        $entry.Exchange = Get-PlanExchange $entry.Union $entry.Final
        if ($null -ne $entry.Exchange) { $exchanges.Add($entry) }
        Add-PlanStep $calls $entry $entry.Before $entry.Union 1
    }
    foreach ($entry in @(Get-PlanExchangeOrder $exchanges)) {
        $entry.Exchanged = Get-PlanExchangeState $entry.Union $entry.Final
        Add-PlanStep $calls $entry $entry.Union $entry.Exchanged 3
    }
    foreach ($entry in $existing) { Add-PlanStep $calls $entry $entry.Exchanged $entry.Final 3 }
    foreach ($entry in @($Entries)) {
        if ($null -ne $entry.Found -and $entry.Action -eq 'remove') { Add-PlanRemoval $calls $entry }
    }
    return $calls.ToArray()
}

# -AllowGap: first everything that is lost, then everything that is gained.
function Get-PlanGapCall {
    param($Entries)
    $calls = [Collections.Generic.List[object]]::new()
    foreach ($entry in @($Entries)) {
        if ($null -eq $entry.Found) { continue }
        if ($entry.Action -eq 'remove') { Add-PlanRemoval $calls $entry; continue }
        $entry['Reduced'] = Get-PlanReducedState $entry.Before $entry.Final
        Add-PlanStep $calls $entry $entry.Before $entry.Reduced 3
    }
    foreach ($entry in @($Entries)) {
        if ($entry.Action -eq 'remove') { continue }
        if ($null -eq $entry.Found) {
            $calls.Add((New-PlanCall 'New-InboundConnector' $entry $null $entry.Final 1))
        } else {
            Add-PlanStep $calls $entry $entry.Reduced $entry.Final 1
        }
    }
    return $calls.ToArray()
}

# ---- making a call ----

# Every changing call of this script stands in one of these two functions. What is asked, previewed and
# done about errors is settled here and handed to the command in so many words: preferences of a script
# do not reach the commands of another module, and global ones reach them unasked.
function Invoke-PlanChange {
    [CmdletBinding(SupportsShouldProcess = $true, ConfirmImpact = 'Medium')]
    param($Call)
    $given = $Call.Parameters
    if ($PSCmdlet.ShouldProcess((Format-PlanText $Call.Name), $Call.Command)) {
        if ($Call.Command -eq 'New-InboundConnector') {
            [void](New-InboundConnector @given -WhatIf:$false -Confirm:$false -ErrorAction Stop)
        } else {
            [void](Set-InboundConnector @given -WhatIf:$false -Confirm:$false -ErrorAction Stop)
        }
        return $true
    }
    return $false
}

# Disabling and removing: asked about by default.
function Invoke-PlanTakeAway {
    [CmdletBinding(SupportsShouldProcess = $true, ConfirmImpact = 'High')]
    param($Call)
    $given = $Call.Parameters
    if ($PSCmdlet.ShouldProcess((Format-PlanText $Call.Name), $Call.Command)) {
        if ($Call.Command -eq 'Remove-InboundConnector') {
            [void](Remove-InboundConnector @given -WhatIf:$false -Confirm:$false -ErrorAction Stop)
        } else {
            [void](Set-InboundConnector @given -WhatIf:$false -Confirm:$false -ErrorAction Stop)
        }
        return $true
    }
    return $false
}

# The connector of a call in a fresh list: by its id, which a rename leaves alone, else by its name.
function Find-PlanTarget {
    param($Live, $Entry)
    foreach ($one in @($Live)) {
        if ($Entry.Identity.Length -gt 0 -and (Test-PlanName ([string](Get-PlanMember $one 'Guid')) $Entry.Identity)) { return $one }
    }
    return (Find-PlanLive $Live $Entry.Name)
}

# Is the tenant where this call was to bring it?
function Test-PlanReached {
    param($Live, $Call)
    $found = Find-PlanTarget $Live $Call.Entry
    if ($Call.Command -eq 'Remove-InboundConnector') { return ($null -eq $found) }
    if ($null -eq $found) { return $false }
    if ($Call.NewName.Length -gt 0 -and -not (Test-PlanName ([string](Get-PlanMember $found 'Name')) $Call.NewName)) { return $false }
    return (@(Compare-PlanState (Get-PlanLiveState $found) $Call.Target $Call.Names).Count -eq 0)
}

# After an error the state decides, not the error: the call may have worked. A transport error, or one
# that says that the change was made before (it exists, it is not found), gets a minute to show.
function Test-PlanArrived {
    param($Call, $Problem)
    $tries = 1
    if ((Test-PlanTransient $Problem) -or $Problem.Exception.Message -match 'exist|found') { $tries = 7 }
    for ($try = 1; $try -le $tries; $try++) {
        if ($try -gt 1) { Wait-PlanSecond 10 }
        try {
            if (Test-PlanReached @(Get-PlanLive) $Call) { return $true }
        } catch {
            Write-PlanLine ('  The state could not be read: ' + (Format-PlanMessage $_.Exception.Message))
            return $false
        }
    }
    return $false
}

function Write-PlanReport {
    Write-PlanLine 'Calls:'
    foreach ($call in $PlanCalls) {
        Write-PlanLine ('  ' + $call.Status.PadRight(9) + ' phase ' + $call.Phase + '  ' + $call.Command + ' ' + (Format-PlanText $call.Name))
    }
    if ($null -ne $PlanBackup) { Write-PlanLine ('Backup of the state before: ' + $PlanBackup) }
    if ($PlanReturns -and $null -ne $Plan.Live -and $null -ne $PlanBackup) { Write-PlanReturn }
}

# The script beside this one goes back to the oldest backup, which a run before this one may have made.
function Write-PlanReturn {
    $command = '& ' + (Format-PlanArgument ([IO.Path]::Combine($PSScriptRoot, 'rollback.ps1')))
    if ($Organization.Length -gt 0) { $command += ' -Organization ' + (Format-PlanArgument $Organization) }
    Write-PlanLine "To go back to what was there before: $command"
}

function Stop-PlanFailed {
    param($Call, $Problem)
    Write-PlanLine ''
    Write-PlanLine ("Failed: $($Call.Command) for $(Format-PlanText $Call.Name): " + (Format-PlanMessage $Problem.Exception.Message))
    Write-PlanLine 'Nothing after this call was tried. Running the script again goes on from here.'
    $inner = $Problem.Exception.InnerException
    if ($inner -is [System.Management.Automation.Host.HostException] -or
        $inner -is [System.Management.Automation.PSInvalidOperationException]) {
        Write-PlanLine 'PowerShell could not ask for a confirmation; -Confirm:$false answers yes beforehand.'
    } elseif ($Call.Phase -eq 1 -and -not $AllowGap -and @(foreach ($one in $PlanCalls) { if ($one.Phase -eq 3) { $one } }).Count -gt 0) {
        Write-PlanLine 'If Exchange refuses it because another connector still holds the same address, -AllowGap takes away first.'
    }
    Write-PlanReport
    Exit-PlanScript 1
}

# Makes the calls one by one. Gives the number of those that somebody declined.
function Invoke-PlanCall {
    param($Calls)
    $declined = 0
    foreach ($call in @($Calls)) {
        Write-PlanLine ($call.Command + ' ' + (Format-PlanText $call.Name))
        foreach ($line in $call.Why) { Write-PlanLine ('    ' + $line) }
        try {
            if ($call.High) { $done = Invoke-PlanTakeAway $call } else { $done = Invoke-PlanChange $call }
            if ($done) {
                $call.Status = 'done'
            } else {
                $call.Status = 'declined'
                $declined++
            }
        } catch {
            $call.Status = 'failed'
            if (-not (Test-PlanArrived $call $_)) { Stop-PlanFailed $call $_ }
            Write-PlanLine ('  Exchange reported an error, but the change is there: ' + (Format-PlanMessage $_.Exception.Message))
            $call.Status = 'done'
        }
    }
    return $declined
}

# ---- the backup ----

# The files beside this script that are backups of that name, by their numbers.
function Get-PlanBackup {
    param([string]$Prefix)
    $found = [Collections.Generic.SortedDictionary[int, string]]::new()
    foreach ($path in [IO.Directory]::GetFiles($PSScriptRoot)) {
        $match = [regex]::Match([IO.Path]::GetFileName($path), '\A' + [regex]::Escape($Prefix) + '([1-9][0-9]{0,8})\.json\z')
        if ($match.Success) { $found[[int]$match.Groups[1].Value] = $path }
    }
    return , $found
}

# Under a name of its own first: what has a backup's name is whole.
function Save-PlanBackup {
    param($Live, $Config)
    try {
        if ($PSScriptRoot.Length -eq 0) { throw 'the script was not started from a file, so there is no folder beside it' }
        $text = (ConvertTo-PlanJson (Get-PlanExport $Live $Config)) + "`n"
        $number = 1
        foreach ($known in (Get-PlanBackup $PlanBackupPrefix).Keys) { $number = $known + 1 }
        $path = [IO.Path]::Combine($PSScriptRoot, $PlanBackupPrefix + $number + '.json')
        Write-PlanFile ($path + '.tmp') $text
        [IO.File]::Move($path + '.tmp', $path)
    } catch {
        Stop-PlanScript ('the backup could not be written: ' + (Format-PlanMessage $_.Exception.Message))
    }
    $script:PlanBackup = $path
    Write-PlanLine ('Backup: ' + $path)
}

function Write-PlanFile {
    param([string]$Path, [string]$Text)
    $bytes = [Text.UTF8Encoding]::new($false).GetBytes($Text)
    $file = [IO.FileStream]::new($Path, [IO.FileMode]::Create, [IO.FileAccess]::Write)
    try {
        $file.Write($bytes, 0, $bytes.Length)
        $file.Flush($true)
    } finally {
        $file.Dispose()
    }
}

# ---- reading back ----

# What is to be seen when a phase is over: for each entry its state, or that it is gone.
function Get-PlanExpected {
    param($Entries, [string]$StateName)
    foreach ($entry in @($Entries)) {
        $state = $entry.Final
        if ($null -ne $entry.Found -and $entry.Action -ne 'remove' -and $StateName -eq 'Union') { $state = $entry.Union }
        if ($entry.Action -eq 'remove' -and $StateName -eq 'Union') { continue }
        $gone = $entry.Action -eq 'remove' -and ($null -eq $entry.Found -or $RemoveNow -or -not $entry.Before.Enabled)
        @{ Entry = $entry; State = $state; Gone = $gone }
    }
}

# One row of the table: 'as planned', 'disabled', or 'differs' and in what.
function Get-PlanRow {
    param($Live, $Expected)
    $entry = $Expected.Entry
    $row = @{ Name = $entry.Name; Result = 'as planned'; Details = @() }
    $found = Find-PlanTarget $Live $entry
    if ($Expected.Gone) {
        if ($null -ne $found) { $row.Result = 'differs'; $row.Details = @('it is still there') }
        return $row
    }
    if ($null -eq $found) {
        $row.Result = 'differs'
        $row.Details = @('it is missing')
        return $row
    }
    $state = Get-PlanLiveState $found
    $names = @(Compare-PlanState $state $Expected.State $PlanNames)
    $liveName = [string](Get-PlanMember $found 'Name')
    $renamed = $entry.Action -eq 'remove' -or (Test-PlanName $liveName $entry.Name)
    if ($names.Count -eq 0 -and $renamed) { return $row }
    $row.Result = 'differs'
    $row.Details = @(foreach ($name in $names) {
            "${name}: planned " + (Format-PlanValue $Expected.State[$name]) + ', read ' + (Format-PlanValue $state[$name])
        })
    if (-not $renamed) { $row.Details += 'Name: read ' + (Format-PlanText $liveName) }
    if ($renamed -and $names.Count -eq 1 -and $names[0] -eq 'Enabled' -and $Expected.State.Enabled -and
        (Test-PlanName $Expected.State.ConnectorType 'OnPremises')) {
        $row.Result = 'disabled'
        $row.Details = @('the service keeps it disabled; support enables on-premises connectors of this tenant')
    }
    return $row
}

# Reads until everything is as expected, for at most so many seconds. Gives the rows of the last reading.
function Wait-PlanExpected {
    param($Expected, [int]$Seconds)
    for ($waited = 0; $true; $waited += 10) {
        $live = @(Get-PlanLive)
        $rows = @(foreach ($one in @($Expected)) { Get-PlanRow $live $one })
        $open = @(foreach ($row in $rows) { if ($row.Result -ne 'as planned') { $row } })
        if ($open.Count -eq 0 -or $waited -ge $Seconds) { return $rows }
        if ($waited -eq 0) { Write-PlanLine 'Waiting for the tenant to show the changes.' }
        Wait-PlanSecond 10
    }
}

function Write-PlanTable {
    param($Rows)
    $width = 9
    foreach ($row in @($Rows)) { $width = [Math]::Max($width, (Format-PlanText $row.Name).Length) }
    Write-PlanLine ''
    Write-PlanLine ('Connector'.PadRight($width) + '  Read back')
    foreach ($row in @($Rows)) {
        Write-PlanLine ((Format-PlanText $row.Name).PadRight($width) + '  ' + $row.Result)
        foreach ($line in $row.Details) { Write-PlanLine ('    ' + $line) }
    }
}

function Get-PlanExitCode {
    param($Rows)
    $code = 0
    foreach ($row in @($Rows)) {
        if ($row.Result -eq 'differs') { return 2 }
        if ($row.Result -eq 'disabled') { $code = 3 }
    }
    return $code
}

# ---- the wait between the phases ----

function Test-PlanInteractive {
    if (-not [Environment]::UserInteractive) { return $false }
    foreach ($argument in [Environment]::GetCommandLineArgs()) {
        if ($argument -match '^[-/]noni') { return $false }
    }
    return -not ($Host.Name -eq 'ConsoleHost' -and [Console]::IsInputRedirected)
}

# Minutes to wait; -1 to stop after phase 1.
function Get-PlanWait {
    param([bool]$Given)
    if ($Given) { return $WaitMinutes }
    if (-not (Test-PlanInteractive)) { return -1 }
    $choices = [Collections.ObjectModel.Collection[System.Management.Automation.Host.ChoiceDescription]]::new()
    $choices.Add([System.Management.Automation.Host.ChoiceDescription]::new('&Wait', "Wait $WaitMinutes minutes, then take away"))
    $choices.Add([System.Management.Automation.Host.ChoiceDescription]::new('&Now', 'Take away at once'))
    $choices.Add([System.Management.Automation.Host.ChoiceDescription]::new('&Stop', 'Stop here; phase 3 is run another time'))
    try {
        $answer = $Host.UI.PromptForChoice('Phase 3 takes away what the plan no longer holds.',
            "Wait $WaitMinutes minutes first, so that the additions are in force everywhere?", $choices, 0)
    } catch {
        return -1
    }
    return @($WaitMinutes, 0, -1)[$answer]
}

function Write-PlanNextCommand {
    $command = '& ' + (Format-PlanArgument $PSCommandPath) + ' -Phase Remove'
    if ($Organization.Length -gt 0) { $command += ' -Organization ' + (Format-PlanArgument $Organization) }
    if ($Force) { $command += ' -Force' }
    $command += $PlanArguments
    Write-PlanLine "Phase 3 is still to be run: $command"
}

function Wait-PlanPhase {
    param([int]$Minutes)
    if ($Minutes -eq 0) { return }
    Write-PlanLine "Phase 2: waiting $Minutes minutes before anything is taken away."
    for ($left = $Minutes; $left -gt 0; $left--) {
        if ($left % 10 -eq 0 -and $left -ne $Minutes) { Write-PlanLine "  $left minutes left." }
        Wait-PlanSecond 60
    }
}

# ---- the run ----

function Select-PlanPhase {
    param($Calls, [int]$Number)
    foreach ($call in @($Calls)) { if ($call.Phase -eq $Number) { $call } }
}

function Set-PlanCalls {
    param($Calls)
    $PlanCalls.Clear()
    foreach ($call in @($Calls)) { $PlanCalls.Add($call) }
}

function Assert-PlanConnectors {
    param($Calls)
    foreach ($call in @($Calls)) {
        if ($null -ne $call.Entry.Found -and (Test-PlanName ([string](Get-PlanMember $call.Entry.Found 'ConnectorSource')) 'HybridWizard')) {
            Stop-PlanScript ("the connector $(Format-PlanText $call.Entry.LiveName) belongs to the Hybrid Configuration " +
                'wizard and is never changed here; say managed: false in the spec.')
        }
    }
}

function Assert-PlanStart {
    if ($Plan.Sample -and -not $WhatIfPreference) {
        Stop-PlanScript 'the spec is a sample with documentation addresses; only -WhatIf is possible.'
    }
    if ($AllowGap -and $Phase -ne 'All') {
        Stop-PlanScript '-AllowGap has no phases; leave -Phase away.'
    }
    Assert-PlanCommand @('Get-ConnectionInformation', 'Get-OrganizationConfig', 'Get-AcceptedDomain', 'Get-TransportConfig',
        'Get-InboundConnector', 'New-InboundConnector', 'Set-InboundConnector', 'Remove-InboundConnector')
}

# Phase 3 is planned anew from a fresh list: somebody may have changed the tenant during the wait.
# Gives the entries it is judged by afterwards.
function Update-PlanPhase3 {
    $live = @(Get-PlanLive)
    if (-not (Test-PlanUnmoved $live)) {
        Write-PlanLine 'Phase 3 was not begun: somebody else has changed the tenant, see above.'
        Write-PlanReport
        Exit-PlanScript 1
    }
    $entries = @(Get-PlanWanted $live)
    $fresh = @(Get-PlanCall $entries)
    $missing = @(Select-PlanPhase $fresh 1)
    $earlier = @(Select-PlanPhase $PlanCalls 1)
    if ($missing.Count -gt 0) {
        Write-PlanLine 'Phase 3 was not begun: the tenant has changed since, and phase 1 has something to add again:'
        foreach ($call in $missing) { Write-PlanLine ('  ' + $call.Command + ' ' + (Format-PlanText $call.Name)) }
        Write-PlanReport
        Exit-PlanScript 1
    }
    Set-PlanCalls ($earlier + $fresh)
    return $entries
}

# The table, what was done, and the end.
function Complete-PlanRun {
    param($Rows, [int]$Code = -1)
    Write-PlanTable $Rows
    Write-PlanLine ''
    $count = @{ 'done' = 0; 'declined' = 0; 'not done' = 0 }
    foreach ($call in $PlanCalls) { $count[$call.Status]++ }
    if ($PlanCalls.Count -eq 0) {
        Write-PlanLine "Nothing to change: compared $(@($Rows).Count) connectors."
    } else {
        Write-PlanLine "Changes made: $($count['done']); declined: $($count['declined']); still to be made: $($count['not done'])."
    }
    if ($null -ne $PlanBackup) { Write-PlanLine ('Backup of the state before: ' + $PlanBackup) }
    if ($count['not done'] -gt 0) { Write-PlanNextCommand }
    foreach ($call in $PlanCalls) {
        if ($call.Status -eq 'done' -and $call.Entry.Action -eq 'remove' -and $call.Command -eq 'Set-InboundConnector') {
            Write-PlanLine ((Format-PlanText $call.Name) + ' is disabled now; run the script once more to remove it.')
        }
    }
    if ($Code -lt 0) { $Code = Get-PlanExitCode $Rows }
    Exit-PlanScript $Code
}

# -WhatIf: every call is announced, none is made.
function Complete-PlanPreview {
    param($Calls)
    [void](Invoke-PlanCall $Calls)
    Write-PlanLine ''
    Write-PlanLine "-WhatIf: $(@($Calls).Count) changes would be made, none was."
    Exit-PlanScript 0
}

# How long to poll for a state: not at all where a call was declined, since it cannot come.
function Get-PlanPatience {
    param([int]$Declined)
    if ($Declined -gt 0) { return 0 }
    return 300
}

function Invoke-PlanRun {
    param([bool]$WaitGiven)
    Assert-PlanStart
    $config = Assert-PlanTenant $Organization
    if (ConvertTo-PlanValue 'flag' (Get-PlanMember $config 'IsDehydrated')) {
        Stop-PlanScript 'this organization is dehydrated and takes no new settings; run Enable-OrganizationCustomization once and wait a day.'
    }
    $live = @(Get-PlanLive)
    Write-PlanLine ('connplan: ' + (Format-PlanText $Plan.TenantName) + ', plan ' + $Plan.PlanHash)
    Write-PlanLine "Found $($live.Count) inbound connectors, fingerprint $(Get-PlanFingerprint $live)"
    Initialize-PlanRun $live $config
    if (-not (Test-PlanUnmoved $live)) {
        Stop-PlanScript 'the tenant has moved, see above; export it again and make the plan anew, or say -Force.'
    }
    $entries = @(Get-PlanWanted $live)
    if ($AllowGap) { $calls = @(Get-PlanGapCall $entries) } else { $calls = @(Get-PlanCall $entries) }
    Assert-PlanConnectors $calls
    Set-PlanCalls $calls
    $adds = @(Select-PlanPhase $calls 1)
    $takes = @(Select-PlanPhase $calls 3)
    if ($Phase -eq 'Remove' -and $adds.Count -gt 0) {
        foreach ($call in $adds) { Write-PlanLine ('  ' + $call.Command + ' ' + (Format-PlanText $call.Name)) }
        Stop-PlanScript 'what phase 1 adds is not all there, see above; run -Phase Add first.'
    }
    $now = $calls
    if ($Phase -eq 'Add') { $now = $adds }
    if ($WhatIfPreference) { Complete-PlanPreview $now }
    if ($now.Count -gt 0) { Save-PlanBackup $live $config }
    if ($AllowGap) {
        $declined = Invoke-PlanCall $calls
        Complete-PlanRun @(Wait-PlanExpected @(Get-PlanExpected $entries 'Final') (Get-PlanPatience $declined))
    }
    if ($Phase -ne 'Remove') {
        $declined = Invoke-PlanCall $adds
        $rows = @(Wait-PlanExpected @(Get-PlanExpected $entries 'Union') (Get-PlanPatience $declined))
        if ($takes.Count -eq 0 -or $Phase -eq 'Add') { Complete-PlanRun $rows }
        if ((Get-PlanExitCode $rows) -ne 0) {
            Write-PlanLine 'Phase 3 was not begun: what phase 1 adds is not all in force.'
            Complete-PlanRun $rows
        }
        $minutes = Get-PlanWait $WaitGiven
        if ($minutes -lt 0) { Complete-PlanRun $rows 4 }
        Wait-PlanPhase $minutes
        $entries = @(Update-PlanPhase3)
    }
    $declined = Invoke-PlanCall @(Select-PlanPhase $PlanCalls 3)
    Complete-PlanRun @(Wait-PlanExpected @(Get-PlanExpected $entries 'Final') (Get-PlanPatience $declined))
}

function Start-PlanRun {
    param([bool]$WaitGiven)
    try {
        Invoke-PlanRun $WaitGiven
    } catch {
        $made = @(foreach ($call in $PlanCalls) { if ($call.Status -ne 'not done') { $call } }).Count
        if ($made -eq 0) { Stop-PlanScript (Format-PlanMessage $_.Exception.Message) }
        Write-PlanLine ('Stopped by an error: ' + (Format-PlanMessage $_.Exception.Message))
        Write-PlanReport
        Exit-PlanScript 1
    } finally {
        if (-not $PlanEnded) {
            Write-PlanLine 'Interrupted.'
            Write-PlanReport
        }
    }
}

# ---- Has the tenant moved since the plan was made? For scripts of a plan that was compared with it. ----

# One text for a state: equal for two that Exchange would not tell apart.
function Get-PlanStateKey {
    param($State)
    $parts = @(foreach ($property in $PlanProperties) {
            $value = $State[$property.Name]
            if ($value -is [array]) {
                @(foreach ($key in (Get-PlanNormalSet $property.Kind $value)) { $key }) -join [char]0x1f
            } else {
                Get-PlanKey $property.Kind ([string]$value)
            }
        })
    return ($parts -join [char]0x1e)
}

# The states that runs of these scripts lead to from one state, whatever call of theirs was the last.
function Get-PlanNextState {
    param($State, $Target)
    $union = Get-PlanUnionState $State $Target
    $union
    if ($null -ne (Get-PlanExchange $union $Target)) { Get-PlanExchangeState $union $Target }
    Get-PlanReducedState $State $Target
    $Target
}

# Every state in which they can leave a connector: on the ways from what it was to what it is to be,
# and back, until one is the state that is looked for. $true if it is; else the states.
function Find-PlanWayState {
    param($Before, $Final, [string]$Key)
    $states = [Collections.Generic.List[object]]::new()
    $states.Add($Before)
    $known = [hashtable]::new([StringComparer]::Ordinal)
    for ($i = 0; $i -lt $states.Count -and $i -lt 60; $i++) {
        foreach ($target in $Final, $Before) {
            foreach ($state in @(Get-PlanNextState $states[$i] $target)) {
                $next = Get-PlanStateKey $state
                if ([string]::Equals($next, $Key, [StringComparison]::Ordinal)) { return $true }
                if ($known.ContainsKey($next)) { continue }
                $known[$next] = $true
                $states.Add($state)
            }
        }
    }
    return $states.ToArray()
}

# In what a state is unlike all of some others: counted from the one that it is most like. A connector
# that the service keeps disabled is no stranger.
function Get-PlanDrift {
    param($State, $States, [bool]$MayBeDisabled)
    $least = $null
    foreach ($one in $States) {
        $names = @(Compare-PlanState $State $one $PlanNames)
        if ($names.Count -eq 1 -and $names[0] -eq 'Enabled' -and $MayBeDisabled -and -not $State.Enabled) { return }
        if ($names.Count -eq 0) { return }
        if ($null -eq $least -or $names.Count -lt $least.Names.Count) { $least = @{ Names = $names; State = $one } }
    }
    foreach ($name in $least.Names) {
        "${name}: " + (Format-PlanValue $least.State[$name]) + ' -> ' + (Format-PlanValue $State[$name])
    }
}

function Get-PlanSource {
    param($Connector)
    $source = [string](Get-PlanMember $Connector 'ConnectorSource')
    if ($source.Length -eq 0 -or $source -eq 'AdminUI') { return 'Default' }
    return $source
}

# What is strange about a connector that the plan knew as Row, and of which it says Entry.
function Get-PlanStrange {
    param($Found, $Row, $Entry)
    $name = [string](Get-PlanMember $Found 'Name')
    if (-not (Test-PlanName $name $Row.Name) -and ($null -eq $Entry -or -not (Test-PlanName $name $Entry.Name))) {
        'Name: ' + (Format-PlanText $Row.Name) + ' -> ' + (Format-PlanText $name)
    }
    $before = Get-PlanSource $Row
    $now = Get-PlanSource $Found
    if ($before -ne $now) { 'ConnectorSource: ' + (Format-PlanText $before) + ' -> ' + (Format-PlanText $now) }
    $was = Get-PlanLiveState $Row
    $state = Get-PlanLiveState $Found
    $states = @(, $was)
    if ($null -ne $Entry -and @(Compare-PlanState $state $was $PlanNames).Count -gt 0) {
        $states = @(Find-PlanWayState $Entry.Before $Entry.Final (Get-PlanStateKey $state))
        if ($states[0] -is [bool]) { return }
    }
    Get-PlanDrift $state $states ($null -ne $Entry -and -not $was.Enabled)
}

# The connectors of the plan that it changes, beside what it was made for.
function Get-PlanTouched {
    foreach ($entry in @(Get-PlanEntry @($Plan.Live.Connectors))) { if ($entry.Action -ne 'keep') { $entry } }
}

# By names or ids, which know no case; in every culture the same.
function New-PlanIndex {
    return [hashtable]::new([StringComparer]::OrdinalIgnoreCase)
}

# One line for each thing that is not as these scripts can have left it; what they do not touch has to
# be as it was. For a script that only looks at what the plan touches, the rest counts for nothing.
function Get-PlanMoved {
    param($Live)
    if ((Get-PlanFingerprint $Live) -eq $Plan.Live.Fingerprint) { return }
    $byGuid = New-PlanIndex
    $byName = New-PlanIndex
    foreach ($one in @($Live)) {
        $byGuid[[string](Get-PlanMember $one 'Guid')] = $one
        $byName[[string](Get-PlanMember $one 'Name')] = $one
    }
    $touched = New-PlanIndex
    $created = New-PlanIndex
    foreach ($entry in @(Get-PlanTouched)) {
        if ($null -eq $entry.Found) { $created[$entry.Name] = $entry } else { $touched[$entry.Found.Name] = $entry }
    }
    $seen = New-PlanIndex
    foreach ($row in @($Plan.Live.Connectors)) {
        $entry = $touched[$row.Name]
        if ($null -eq $entry -and -not $PlanWholeTenant) { continue }
        $found = $byGuid[[string]$row.Guid]
        if ($null -eq $row.Guid) { $found = $byName[$row.Name] }
        # A connector that was removed and is back has another id.
        if ($null -eq $found -and $null -ne $entry -and $entry.Action -eq 'remove') { $found = $byName[$row.Name] }
        if ($null -ne $found) {
            $seen[[string](Get-PlanMember $found 'Name')] = $true
            foreach ($line in @(Get-PlanStrange $found $row $entry)) { (Format-PlanText $row.Name) + ': ' + $line }
        } elseif ($null -ne $byName[$row.Name]) {
            $seen[$row.Name] = $true
            (Format-PlanText $row.Name) + ': it was removed and made anew'
        } elseif ($null -eq $entry -or $entry.Action -ne 'remove') {
            (Format-PlanText $row.Name) + ': it is gone'
        }
    }
    foreach ($one in @($Live)) {
        $name = [string](Get-PlanMember $one 'Name')
        if ($seen[$name]) { continue }
        $entry = $created[$name]
        if ($null -eq $entry) {
            if ($PlanWholeTenant) { (Format-PlanText $name) + ': it is new' }
            continue
        }
        foreach ($line in @(Get-PlanDrift (Get-PlanLiveState $one) @(, $entry.Final) $true)) { (Format-PlanText $name) + ': ' + $line }
    }
}

# $false after it has said what moved, unless -Force was given.
function Test-PlanUnmoved {
    param($Live)
    if ($null -eq $Plan.Live) { return $true }
    $moved = @(Get-PlanMoved $Live)
    if ($moved.Count -eq 0) { return $true }
    Write-PlanLine 'The tenant is not what this plan was made for:'
    foreach ($line in $moved) { Write-PlanLine ('  ' + $line) }
    if ($Force) { Write-PlanLine '-Force: going on all the same.' }
    return [bool]$Force
}


# ---- What is wanted: the connectors of the plan ----

function Write-PlanUnmanaged {
    param($Live)
    foreach ($connector in @($Plan.Connectors)) {
        if (-not $connector.Managed) { Write-PlanLine ((Format-PlanText $connector.Name) + ' is not managed here and is left alone.') }
        if ($null -ne $connector.Was -and $null -ne (Find-PlanLive $Live $connector.Name) -and $null -ne (Find-PlanLive $Live $connector.Was)) {
            Write-PlanLine ((Format-PlanText $connector.Name) + ' exists, and so does one of its former name ' +
                (Format-PlanText $connector.Was) + ': that one is left alone.')
        }
    }
}

function Initialize-PlanRun {
    param($Live, $Config)
    [void]$Config
    Write-PlanUnmanaged $Live
}

function Get-PlanWanted {
    param($Live)
    Get-PlanEntry $Live
}

Start-PlanRun $PSBoundParameters.ContainsKey('WaitMinutes')
