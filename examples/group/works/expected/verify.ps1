<#
.SYNOPSIS
Compares the inbound connectors of a tenant with one connplan plan. Changes nothing.

.DESCRIPTION
Run it in a session of Connect-ExchangeOnline. Every property that the plan states is compared; the
others are listed with their live value as "not managed".

Exit code 0: the tenant is as planned. 1: it could not be told. 2: something differs.

.PARAMETER Organization
The tenant that this must be: a tenant id, or the name that Get-OrganizationConfig shows.

.EXAMPLE
.\verify.ps1
#>
#Requires -Version 5.1
[CmdletBinding()]
param(
    [string]$Organization = ''
)

$Plan = @{
    Cloud = 'worldwide'
    Connectors = @(
        @{
            Action = 'ensure'
            Managed = $true
            Name = 'Internet mail from the filter'
            Properties = @(
                @{
                    Name = 'ConnectorType'
                    Stated = $true
                    Value = 'Partner'
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
                    Stated = $true
                    Value = @('smtp:*;1')
                },
                @{
                    Name = 'SenderIPAddresses'
                    Stated = $true
                    Value = @(
                        '62.209.50.0/24',
                        '62.209.51.0/24',
                        '67.231.144.0/24',
                        '67.231.145.0/24',
                        '67.231.146.0/24',
                        '67.231.147.0/24',
                        '67.231.148.0/24',
                        '67.231.149.0/24',
                        '67.231.152.0/24',
                        '67.231.153.0/24',
                        '67.231.154.0/24',
                        '67.231.155.0/24',
                        '67.231.156.0/24',
                        '91.207.212.0/24',
                        '91.207.213.0/24',
                        '91.209.104.0/24',
                        '148.163.128.0/24',
                        '148.163.129.0/24',
                        '148.163.130.0/24',
                        '148.163.131.0/24',
                        '148.163.132.0/24',
                        '148.163.133.0/24',
                        '148.163.134.0/24',
                        '148.163.135.0/24',
                        '148.163.136.0/24',
                        '148.163.137.0/24',
                        '148.163.138.0/24',
                        '148.163.139.0/24',
                        '148.163.140.0/24',
                        '148.163.141.0/24',
                        '148.163.142.0/24',
                        '148.163.143.0/24',
                        '148.163.144.0/24',
                        '148.163.145.0/24',
                        '148.163.146.0/24',
                        '148.163.147.0/24',
                        '148.163.148.0/24',
                        '148.163.149.0/24',
                        '148.163.150.0/24',
                        '148.163.151.0/24',
                        '148.163.152.0/24',
                        '148.163.153.0/24',
                        '148.163.154.0/24',
                        '148.163.155.0/24',
                        '148.163.156.0/24',
                        '148.163.157.0/24',
                        '148.163.158.0/24',
                        '148.163.159.0/24',
                        '185.132.180.0/24',
                        '185.132.181.0/24',
                        '185.132.182.0/24',
                        '185.132.183.0/24',
                        '185.183.28.0/24',
                        '185.183.29.0/24',
                        '185.183.30.0/24',
                        '185.183.31.0/24'
                    )
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
                    Stated = $true
                    Value = $true
                },
                @{
                    Name = 'RestrictDomainsToCertificate'
                    Stated = $true
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
                    Stated = $true
                    Value = $true
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
        },
        @{
            Action = 'ensure'
            Managed = $true
            Name = 'Relay of Example Works'
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
                    Value = @()
                },
                @{
                    Name = 'AssociatedAcceptedDomains'
                    Stated = $false
                    Value = @()
                },
                @{
                    Name = 'RequireTls'
                    Stated = $true
                    Value = $true
                },
                @{
                    Name = 'TlsSenderCertificateName'
                    Stated = $true
                    Value = 'relay.example.com'
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
    Organization = 'exampleworks.onmicrosoft.com'
    PlanHash = 'd73b366b23b81aa3fd8e75ded7c0782e6120a9c90d1af814ff0fb776e537d0b4'
    Sample = $true
    TenantName = 'Example Works'
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


# ---- Comparing ----

$PlanDifferences = 0
$PlanCompared = 0

function Compare-PlanConnector {
    param($Connector, $Live)
    $title = Format-PlanText $Connector.Name
    $found = Find-PlanLive $Live $Connector.Name
    if (-not $Connector.Managed) {
        $presence = 'it is there'
        if ($null -eq $found) { $presence = 'it is not there' }
        Write-PlanLine "${title}: not managed; $presence"
        return
    }
    if ($Connector.Action -eq 'remove') {
        if ($null -eq $found) {
            Write-PlanLine "${title}: removed, as planned"
        } else {
            Write-PlanLine "${title}: differs"
            Write-PlanLine '    it is still there'
            $script:PlanDifferences++
        }
        return
    }
    if ($null -eq $found) {
        Write-PlanLine "${title}: differs"
        Write-PlanLine '    it is missing'
        $script:PlanDifferences++
        return
    }
    Compare-PlanProperties $title (Get-PlanLiveState $found) (Get-PlanSpecState $Connector) @(Get-PlanStatedName $Connector)
}

function Compare-PlanProperties {
    param([string]$Title, $State, $Spec, [string[]]$Stated)
    $differing = @(Compare-PlanState $State $Spec $Stated)
    $script:PlanCompared += $Stated.Count
    $script:PlanDifferences += $differing.Count
    $verdict = 'as planned'
    if ($differing.Count -gt 0) { $verdict = 'differs' }
    Write-PlanLine "${Title}: $verdict"
    foreach ($name in $differing) {
        Write-PlanLine ("    ${name}: planned " + (Format-PlanValue $Spec[$name]) + ', live ' + (Format-PlanValue $State[$name]))
        if ($name -eq 'Enabled' -and $Spec.Enabled -and (Test-PlanName $Spec.ConnectorType 'OnPremises')) {
            Write-PlanLine '        (some tenants get on-premises connectors disabled until support enables them)'
        }
    }
    foreach ($name in $PlanNames) {
        if ($Stated -notcontains $name) { Write-PlanLine ("    ${name}: not managed: " + (Format-PlanValue $State[$name])) }
    }
}

function Write-PlanStranger {
    param($Live)
    foreach ($one in @($Live)) {
        $name = [string](Get-PlanMember $one 'Name')
        $known = $false
        foreach ($connector in @($Plan.Connectors)) {
            if (Test-PlanName $connector.Name $name) { $known = $true }
        }
        if (-not $known) { Write-PlanLine ((Format-PlanText $name) + ': not in the plan') }
    }
}

try {
    Assert-PlanCommand @('Get-ConnectionInformation', 'Get-OrganizationConfig', 'Get-InboundConnector')
    [void](Assert-PlanTenant $Organization)
    $live = @(Get-PlanLive)
    Write-PlanLine ('connplan: ' + (Format-PlanText $Plan.TenantName) + ', plan ' + $Plan.PlanHash)
    Write-PlanLine "Found $($live.Count) inbound connectors, fingerprint $(Get-PlanFingerprint $live)"
    foreach ($connector in @($Plan.Connectors)) { Compare-PlanConnector $connector $live }
    Write-PlanStranger $live
} catch {
    Write-PlanLine ('It could not be told: ' + (Format-PlanMessage $_.Exception.Message))
    Exit-PlanScript 1
}
Write-PlanLine "$PlanDifferences differences: compared $(@($Plan.Connectors).Count) connectors, $PlanCompared properties."
if ($PlanDifferences -gt 0) { Exit-PlanScript 2 }
Exit-PlanScript 0
