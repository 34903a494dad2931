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
