
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
