
# ---- Exporting ----

# Written beside its place first, so that a file of that name is never half a file.
function Save-PlanExport {
    param([string]$Target, [string]$Text)
    $temporary = $Target + '.tmp'
    [IO.File]::WriteAllText($temporary, $Text, [Text.UTF8Encoding]::new($false))
    if ([IO.File]::Exists($Target)) { [IO.File]::Delete($Target) }
    [IO.File]::Move($temporary, $Target)
}

try {
    Assert-PlanCommand @('Get-ConnectionInformation', 'Get-OrganizationConfig', 'Get-AcceptedDomain', 'Get-TransportConfig',
        'Get-InboundConnector')
    [void](Get-PlanSession)
    $config = Get-PlanOrganization
    if ($Organization.Length -gt 0) { Assert-PlanOrganization $config $Organization }
    $live = @(Get-PlanLive)
    $target = $PSCmdlet.GetUnresolvedProviderPathFromPSPath($Path)
    Save-PlanExport $target ((ConvertTo-PlanJson (Get-PlanExport $live $config)) + "`n")
} catch {
    Write-PlanLine ('Nothing was exported: ' + (Format-PlanMessage $_.Exception.Message))
    Exit-PlanScript 1
}
Write-PlanLine ("Wrote $($live.Count) inbound connectors of " + (Format-PlanText ([string](Get-PlanMember $config 'Name'))) +
    ' to ' + $target)
Write-PlanLine "Fingerprint $(Get-PlanFingerprint $live)"
Exit-PlanScript 0
