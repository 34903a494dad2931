
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
