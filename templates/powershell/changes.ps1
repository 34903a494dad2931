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
