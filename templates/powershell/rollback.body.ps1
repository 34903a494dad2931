
# ---- What is wanted: the connectors as they were ----

# What this script makes itself is not what it goes back to.
$PlanBackupPrefix = 'before-rollback-' + $Plan.PlanHash + '-'
$PlanWholeTenant = $false
$PlanReturns = $false
$PlanInnerCounts = $true
# What the plan created has been there for a short time: it is not disabled first.
$RemoveNow = $true
$PlanGoal = @()

# ---- reading JSON: the same values in every PowerShell, texts as they are ----

$PlanJsonTokens = @()
$PlanJsonAt = 0

function ConvertFrom-PlanJson {
    param([string]$Text)
    $pattern = '\G[ \t\r\n]*([\[\]{}:,]|"(?:[^"\\\x00-\x1f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"|' +
    '-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?|true|false|null)[ \t\r\n]*'
    $tokens = [Collections.Generic.List[string]]::new()
    $end = 0
    foreach ($match in [regex]::Matches($Text, $pattern)) {
        $tokens.Add($match.Groups[1].Value)
        $end = $match.Index + $match.Length
    }
    if ($end -ne $Text.Length) { throw "no JSON from character $($end + 1) on" }
    $script:PlanJsonTokens = $tokens.ToArray()
    $script:PlanJsonAt = 0
    $value = Read-PlanJsonValue 0
    if ($PlanJsonAt -ne $PlanJsonTokens.Length) { throw 'text after the end of the JSON' }
    return , $value
}

function Read-PlanJsonToken {
    if ($PlanJsonAt -ge $PlanJsonTokens.Length) { throw 'the JSON ends too early' }
    $script:PlanJsonAt++
    return $PlanJsonTokens[$PlanJsonAt - 1]
}

function Assert-PlanJsonToken {
    param([string]$Token, [string]$Wanted)
    if (-not [string]::Equals($Token, $Wanted, [StringComparison]::Ordinal)) { throw "the JSON has $Token in place of $Wanted" }
}

function ConvertFrom-PlanJsonText {
    param([string]$Token)
    if ($Token[0] -ne '"') { throw "the JSON has $Token in place of a text" }
    $text = $Token.Substring(1, $Token.Length - 2)
    if ($text.IndexOf('\', [StringComparison]::Ordinal) -lt 0) { return $text }
    return [regex]::Replace($text, '\\(u[0-9a-fA-F]{4}|.)', {
            param($match)
            $code = $match.Groups[1].Value
            if ($code.Length -gt 1) { return [string][char][Convert]::ToInt32($code.Substring(1), 16) }
            $index = 'bfnrt'.IndexOf($code, [StringComparison]::Ordinal)
            if ($index -ge 0) { return [string][char]@(8, 12, 10, 13, 9)[$index] }
            return $code
        })
}

# Objects are ordered hash tables, lists arrays; a number is a text of its digits. Gives one value.
function Read-PlanJsonValue {
    param([int]$Depth)
    if ($Depth -gt 32) { throw 'the JSON is too deep' }
    $token = Read-PlanJsonToken
    switch -CaseSensitive ($token) {
        'null' { return $null }
        'true' { return $true }
        'false' { return $false }
        '{' { return (Read-PlanJsonObject $Depth) }
        '[' { return , (Read-PlanJsonList $Depth) }
    }
    if ($token.StartsWith('"', [StringComparison]::Ordinal)) { return (ConvertFrom-PlanJsonText $token) }
    if ($token.Length -eq 1 -and '}]:,'.IndexOf($token, [StringComparison]::Ordinal) -ge 0) { throw "the JSON has $token in place of a value" }
    return $token
}

function Read-PlanJsonObject {
    param([int]$Depth)
    $object = [hashtable]::new([StringComparer]::Ordinal)
    if ($PlanJsonAt -lt $PlanJsonTokens.Length -and $PlanJsonTokens[$PlanJsonAt] -eq '}') { $script:PlanJsonAt++; return $object }
    while ($true) {
        $key = ConvertFrom-PlanJsonText (Read-PlanJsonToken)
        Assert-PlanJsonToken (Read-PlanJsonToken) ':'
        if ($object.ContainsKey($key)) { throw "the JSON says $key twice" }
        $object[$key] = Read-PlanJsonValue ($Depth + 1)
        $next = Read-PlanJsonToken
        if ($next -eq '}') { return $object }
        Assert-PlanJsonToken $next ','
    }
}

function Read-PlanJsonList {
    param([int]$Depth)
    $list = [Collections.Generic.List[object]]::new()
    if ($PlanJsonAt -lt $PlanJsonTokens.Length -and $PlanJsonTokens[$PlanJsonAt] -eq ']') { $script:PlanJsonAt++; return , $list.ToArray() }
    while ($true) {
        $list.Add((Read-PlanJsonValue ($Depth + 1)))
        $next = Read-PlanJsonToken
        if ($next -eq ']') { return , $list.ToArray() }
        Assert-PlanJsonToken $next ','
    }
}

# ---- which state to go back to ----

# The rows of a backup, after it was made sure that it is one, and one of this tenant.
function Read-PlanBackup {
    param([string]$Path, $Config)
    try {
        $document = ConvertFrom-PlanJson ([IO.File]::ReadAllText($Path))
        if ($document -isnot [hashtable] -or [string]$document['format'] -ne 'connplan-export' -or [string]$document['version'] -ne '1' -or
            $document['InboundConnector'] -isnot [array]) {
            throw 'it is not an export of connplan'
        }
        foreach ($row in $document['InboundConnector']) {
            if ($row -isnot [hashtable] -or ([string]$row['Name']).Length -eq 0) { throw 'it holds a connector without a name' }
        }
    } catch {
        Stop-PlanScript ('the backup ' + (Format-PlanText $Path) + ' cannot be used: ' + (Format-PlanMessage $_.Exception.Message) +
            '. Name another one with -Backup.')
    }
    $of = $document['OrganizationConfig']
    foreach ($field in 'ExternalDirectoryOrganizationId', 'Name') {
        $there = ''
        if ($of -is [hashtable]) { $there = [string]$of[$field] }
        $here = [string](Get-PlanMember $Config $field)
        if ($there.Length -eq 0 -or $here.Length -eq 0) { continue }
        if (-not (Test-PlanName $there $here)) {
            Stop-PlanScript ('the backup ' + (Format-PlanText $Path) + ' is of the organization ' + (Format-PlanText $there) +
                ', but the session is connected to ' + (Format-PlanText $here) + '.')
        }
        break
    }
    Write-PlanLine ('Going back to the backup ' + (Format-PlanText $Path) + ', made ' + (Format-PlanWhen $document['exported_at']) + '.')
    $document['InboundConnector']
}

function Format-PlanWhen {
    param($When)
    if (([string]$When).Length -eq 0) { return 'at a time that it does not tell' }
    return 'at ' + (Format-PlanText ([string]$When))
}

function Get-PlanGoal {
    param($Config)
    if ($Backup.Length -gt 0) { return (Read-PlanBackup $PSCmdlet.GetUnresolvedProviderPathFromPSPath($Backup) $Config) }
    foreach ($path in (Get-PlanBackup ('backup-' + $Plan.PlanHash + '-')).Values) { return (Read-PlanBackup $path $Config) }
    Write-PlanLine ('No backup of this plan is beside the script. Going back to the state that the plan was made for, exported ' +
        (Format-PlanWhen $Plan.Live.ExportedAt) + '.')
    $Plan.Live.Connectors
}

function Initialize-PlanRun {
    param($Live, $Config)
    [void]$Live
    $script:PlanGoal = @(Get-PlanGoal $Config)
    if ($Backup.Length -gt 0) { $script:PlanArguments = ' -Backup ' + (Format-PlanArgument $PSCmdlet.GetUnresolvedProviderPathFromPSPath($Backup)) }
}

# By its id, else by its name: the connector in one list that stands for a row of another.
function Find-PlanTwin {
    param($List, $Row)
    $id = [string](Get-PlanMember $Row 'Guid')
    foreach ($one in @($List)) {
        if ($id.Length -gt 0 -and (Test-PlanName ([string](Get-PlanMember $one 'Guid')) $id)) { return $one }
    }
    return (Find-PlanLive $List ([string](Get-PlanMember $Row 'Name')))
}

function Test-PlanHybrid {
    param($Connector)
    return ($null -ne $Connector -and (Test-PlanName ([string](Get-PlanMember $Connector 'ConnectorSource')) 'HybridWizard'))
}

function New-PlanReturn {
    param([string]$Name, [string]$Action, $Found)
    $entry = @{
        Name = $Name; LiveName = ''; Identity = ''; Action = $Action; Found = $Found
        Before = $null; Final = $null; Stated = $PlanNames; Exchange = $null
    }
    if ($null -ne $Found) {
        $entry.LiveName = [string](Get-PlanMember $Found 'Name')
        $entry.Identity = [string](Get-PlanMember $Found 'Guid')
        if ($entry.Identity.Length -eq 0) { $entry.Identity = $entry.LiveName }
        $entry.Before = Get-PlanLiveState $Found
    }
    return $entry
}

# What the plan touches: as it was in the goal; what the plan created and the goal does not have, away.
function Get-PlanWanted {
    param($Live)
    foreach ($connector in @($Plan.Connectors)) {
        if (-not $connector.Managed -or $connector.Action -eq 'keep') { continue }
        $row = Find-PlanCounterpart $PlanGoal $connector
        if ($null -ne $row) {
            $found = Find-PlanTwin $Live $row
            if ($null -eq $found) { $found = Find-PlanLive $Live $connector.Name }
            $entry = New-PlanReturn ([string](Get-PlanMember $row 'Name')) 'ensure' $found
            $entry.Final = Get-PlanLiveState $row
        } else {
            $found = Find-PlanLive $Live $connector.Name
            # Only what was not there when the plan was made can be the plan's.
            if ($null -eq $found -or $null -ne (Find-PlanCounterpart $Plan.Live.Connectors $connector)) { continue }
            $entry = New-PlanReturn $connector.Name 'remove' $found
            $entry.Final = Get-PlanDisabledState $entry.Before
        }
        if ((Test-PlanHybrid $row) -or (Test-PlanHybrid $found)) {
            Write-PlanLine ((Format-PlanText $connector.Name) + ' belongs to the Hybrid Configuration wizard and is left alone.')
            continue
        }
        $entry
    }
}

Start-PlanRun $PSBoundParameters.ContainsKey('WaitMinutes')
