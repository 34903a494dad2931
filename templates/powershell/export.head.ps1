<#
.SYNOPSIS
Writes the inbound connectors of a tenant, and what they depend on, to the file that connplan's
--live option takes. Changes nothing in the tenant.

.DESCRIPTION
Run it in a session of Connect-ExchangeOnline. The file holds the inbound connectors, the accepted
domains, and of the organization its name, its id and three settings. It holds no password, key or
token.

Exit code 0: the file was written. 1: it was not.

.PARAMETER Path
The file to write; export.json in the current folder when absent. A file of that name is replaced.

.PARAMETER Organization
The tenant that this must be: a tenant id, or the name that Get-OrganizationConfig shows. Absent: any.

.EXAMPLE
.\export.ps1 -Path .\live.json
#>
#Requires -Version 5.1
[CmdletBinding()]
param(
    [string]$Path = 'export.json',

    [string]$Organization = ''
)
