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
