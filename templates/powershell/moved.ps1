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
