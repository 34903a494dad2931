<#
.SYNOPSIS
Takes one connplan change back: the inbound connectors that connectors.ps1 beside it changes become
again what they were.

.DESCRIPTION
Run it in a session of Connect-ExchangeOnline. It restores from the oldest backup that connectors.ps1
of the same plan left in this folder; without one, from the state that the plan was made for, which it
carries. It says which it took and when that was made.

Only connectors that the plan creates, changes or removes are touched. What the plan created is
removed, if it is not in the backup; nothing else ever is. Connectors of the Hybrid Configuration
wizard are left alone. A backup of what is there now is written beside the script before the first
change.

It works in the same three phases as connectors.ps1: phase 1 only adds, phase 2 waits, phase 3 takes
away.

Exit code 0: the connectors are as they were. 1: stopped or failed, the text says where. 2: read back,
something differs. 3: the only difference is a connector that the service keeps disabled. 4: phase 3
is still to be run, the text says how.

.PARAMETER Backup
The backup to restore from, in place of the oldest one: a file that connectors.ps1, rollback.ps1 or
export.ps1 wrote.

.PARAMETER Phase
All (default), or only Add (phase 1) or only Remove (phase 3), to run them on different days.

.PARAMETER WaitMinutes
How long phase 2 lasts; 0 skips it. Without it the script asks; where nobody can be asked it stops
after phase 1 with exit code 4.

.PARAMETER Organization
The tenant that this must be: a tenant id, or the name that Get-OrganizationConfig shows.

.PARAMETER AllowGap
Takes away first and adds afterwards, without a wait: mail is refused for a moment.

.PARAMETER Force
Goes on although somebody else has changed these connectors since. What moved is said in any case.

.EXAMPLE
.\rollback.ps1 -WhatIf
Shows every call that would be made, and makes none.

.EXAMPLE
.\rollback.ps1 -WaitMinutes 0
Goes back without a wait between the phases.
#>
#Requires -Version 5.1
[CmdletBinding(SupportsShouldProcess = $true)]
param(
    [string]$Backup = '',

    [ValidateSet('All', 'Add', 'Remove')]
    [string]$Phase = 'All',

    [ValidateRange(0, 10080)]
    [int]$WaitMinutes = 60,

    [string]$Organization = '',

    [switch]$AllowGap,

    [switch]$Force
)
