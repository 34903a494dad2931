# A stand-in for the Exchange Online module: connectors in memory, the documented rules, no network.
#
# It is a module with a session state of its own, as the real one is: a caller's $WhatIfPreference,
# $ConfirmPreference and $ErrorActionPreference do not reach it. Parameters, types and what is
# mandatory follow Microsoft's reference of 2026-08; the rules R01-R27 are those of the project's
# table of cross-parameter rules.
#
# Options (Initialize-StandIn, Set-StandInOption):
#   organization, organizationId, dehydrated, rejectDirectSend, smtpAuthDisabled
#   acceptedDomains     names
#   sessions            list of @{ uri; state; eop }; default: one session of the worldwide cloud
#   connectors          list of hashtables, property by property; what is absent gets its default
#   errorMode           'terminating' | 'nonterminating'
#   documentation       $true: addresses of the documentation ranges are taken as public ones
#   overlap             'ignore' | 'refuse': a sender address on two enabled connectors
#   bothRestrictions    'allow' | 'refuse'
#   createDisabled      $true: on-premises connectors are created disabled, and stay so
#   staleSeconds        reads show the tenant as it was that many seconds ago
#   faults              list of @{ on; at; count; when; message }: on 'read', 'write' or a command's
#                       name; the at-th such call since the step began; when 'before' or 'after' it
#                       takes effect
#   during              @{ clock; connectors }: at that second somebody else changes the tenant
#   pageSize            what a read without -ResultSize Unlimited returns at most
Set-StrictMode -Version Latest
. ([IO.Path]::Combine($PSScriptRoot, 'Rules.ps1'))

$Options = @{}
$Connectors = @()
$History = @()
$Clock = 0
$Waits = @()
$Calls = @()
$Counts = @{}
$NextGuid = 1

$ListProperties = 'SenderDomains', 'SenderIPAddresses', 'AssociatedAcceptedDomains', 'EFSkipIPs', 'EFUsers',
'TrustedOrganizations', 'ClientHostNames', 'EFSkipMailGateway', 'ScanAndDropRecipients'

function Initialize-StandIn {
    param([hashtable]$Given)
    $script:Options = @{
        organization = 'contoso.onmicrosoft.com'
        organizationId = '11111111-2222-4333-8444-555555555555'
        dehydrated = $false
        rejectDirectSend = $false
        smtpAuthDisabled = $false
        acceptedDomains = @('contoso.com', 'contoso.net', 'contoso.onmicrosoft.com')
        sessions = @(@{ uri = 'https://outlook.office365.com'; state = 'Connected'; eop = $false })
        errorMode = 'terminating'
        documentation = $true
        overlap = 'ignore'
        bothRestrictions = 'allow'
        createDisabled = $false
        staleSeconds = 0
        faults = @()
        pageSize = 1000
        connectors = @()
        during = $null
    }
    Set-StandInOption $Given
    $script:NextGuid = 1
    $script:Connectors = @()
    $script:Connectors = @(foreach ($one in @($script:Options['connectors'])) { New-StandInConnector $one })
    $script:Clock = 0
    $script:History = @(, @(-1000000, (Copy-StandInConnector)))
}

function Set-StandInOption {
    param([hashtable]$Given)
    if ($null -eq $Given) { return }
    foreach ($key in $Given.Keys) {
        if (-not $script:Options.ContainsKey($key)) { throw "the stand-in has no option '$key'" }
        $script:Options[$key] = $Given[$key]
    }
}

# A step of a case, a minute after the one before: some options change, counting and the log begin anew.
function Start-StandInStep {
    param([hashtable]$Given)
    $script:Clock += 60
    Set-StandInOption $Given
    $script:Calls = @()
    $script:Counts = @{}
    $script:Waits = @()
}

function Get-StandInReport {
    return @{ calls = $script:Calls; connectors = (Copy-StandInConnector); waits = $script:Waits; clock = $script:Clock }
}

# The bench calls this in place of the runtime's one function that waits.
function Add-StandInWait {
    param([int]$Seconds)
    $script:Clock += $Seconds
    $script:Waits += $Seconds
    $during = $script:Options['during']
    if ($null -ne $during -and $script:Clock -ge $during['clock']) {
        $script:Options['during'] = $null
        $script:Connectors = @(foreach ($one in @($during['connectors'])) { New-StandInConnector $one })
        $script:History += , @($script:Clock, (Copy-StandInConnector))
    }
}

# ---- connectors in memory ----

function New-StandInConnector {
    param([hashtable]$Given)
    # Ids are never given twice, also not beside those that a case gave itself.
    if (-not $Given.ContainsKey('Guid')) {
        $used = @(foreach ($one in @($script:Options['connectors']) + $script:Connectors) { if ($one.ContainsKey('Guid')) { $one['Guid'] } })
        while ($used -contains ('00000000-0000-4000-8000-' + $script:NextGuid.ToString('d12'))) { $script:NextGuid++ }
    }
    $connector = @{
        Name = ''; Enabled = $true; ConnectorType = 'Partner'; ConnectorSource = 'Default'; Comment = ''
        SenderIPAddresses = @(); SenderDomains = @(); TrustedOrganizations = @(); ClientHostNames = @()
        AssociatedAcceptedDomains = @(); RequireTls = $true; RestrictDomainsToIPAddresses = $false
        RestrictDomainsToCertificate = $false; CloudServicesMailEnabled = $false
        TreatMessagesAsInternal = $false; TlsSenderCertificateName = $null; EFTestMode = $false
        ScanAndDropRecipients = @(); EFSkipLastIP = $false; EFSkipIPs = @(); EFSkipMailGateway = @()
        EFUsers = @()
        Guid = '00000000-0000-4000-8000-' + $script:NextGuid.ToString('d12')
    }
    $script:NextGuid++
    foreach ($key in $Given.Keys) { $connector[$key] = $Given[$key] }
    foreach ($key in $ListProperties) { $connector[$key] = @(foreach ($v in @($connector[$key])) { if ($null -ne $v) { [string]$v } }) }
    return $connector
}

function Copy-StandInConnector {
    return , @(foreach ($one in $script:Connectors) { $one.Clone() })
}

function Find-StandInConnector {
    param($Identity)
    $text = [string]$Identity
    foreach ($one in $script:Connectors) {
        if ([string]::Equals($one['Name'], $text, 'OrdinalIgnoreCase') -or $one['Guid'] -eq $text) { return $one }
    }
    return $null
}

# What a read returns: an object with the properties, and the order, of the real command.
function ConvertTo-StandInObject {
    param([hashtable]$Connector)
    $object = [ordered]@{}
    foreach ($key in 'Enabled', 'ConnectorType', 'ConnectorSource', 'Comment', 'SenderIPAddresses', 'SenderDomains',
        'TrustedOrganizations', 'ClientHostNames', 'AssociatedAcceptedDomains', 'RequireTls',
        'RestrictDomainsToIPAddresses', 'RestrictDomainsToCertificate', 'CloudServicesMailEnabled',
        'TreatMessagesAsInternal', 'TlsSenderCertificateName', 'EFTestMode', 'ScanAndDropRecipients',
        'EFSkipLastIP', 'EFSkipIPs', 'EFSkipMailGateway', 'EFUsers', 'Name') {
        $value = $Connector[$key]
        if ($ListProperties -contains $key) { $value = [Collections.ArrayList]@($value) }
        $object[$key] = $value
    }
    $object['Identity'] = $Connector['Name']
    $object['WhenChangedUTC'] = [DateTime]::SpecifyKind([DateTime]'2026-03-03T01:15:23', 'Utc')
    $object['WhenCreatedUTC'] = [DateTime]::SpecifyKind([DateTime]'2026-03-03T01:15:12', 'Utc')
    $object['Guid'] = [Guid]$Connector['Guid']
    $object['IsValid'] = $true
    $object['ObjectState'] = 'Unchanged'
    return [pscustomobject]$object
}

# ---- calls: the log, faults, errors ----

# Counts the call and returns the fault that is due at this moment, or nothing.
function Get-StandInFault {
    param([string]$Command, [string]$Class, [string]$When)
    foreach ($fault in @($script:Options['faults'])) {
        $count = 1
        if ($fault.ContainsKey('count')) { $count = $fault['count'] }
        $moment = 'before'
        if ($fault.ContainsKey('when')) { $moment = $fault['when'] }
        if ($moment -ne $When -or ($fault['on'] -ne $Command -and $fault['on'] -ne $Class)) { continue }
        $n = $script:Counts[$fault['on']]
        if ($n -ge $fault['at'] -and $n -lt $fault['at'] + $count) { return $fault['message'] }
    }
    return $null
}

function Add-StandInCount {
    param([string[]]$Keys)
    foreach ($key in $Keys) {
        if (-not $script:Counts.ContainsKey($key)) { $script:Counts[$key] = 0 }
        $script:Counts[$key]++
    }
}

function Add-StandInCall {
    param([string]$Command, $Parameters, [string]$Problem, [bool]$Applied)
    $given = @{}
    foreach ($key in $Parameters.Keys) {
        $value = $Parameters[$key]
        if ($value -is [switch]) { $value = [bool]$value }
        $given[$key] = $value
    }
    $call = @{ command = $Command; parameters = $given; error = $Problem; applied = $Applied; clock = $script:Clock }
    if ($Applied) {
        $call['state'] = Copy-StandInConnector
        $script:History += , @($script:Clock, $call['state'])
    }
    $script:Calls += $call
}

function Write-StandInProblem {
    param($Caller, [string]$Problem)
    $record = [System.Management.Automation.ErrorRecord]::new(
        [InvalidOperationException]::new($Problem), 'StandIn', 'InvalidOperation', $null)
    if ($script:Options['errorMode'] -eq 'terminating') {
        $Caller.ThrowTerminatingError($record)
    }
    $Caller.WriteError($record)
}

# One read: faults, then the rows. The caller emits what this returns.
function Read-StandIn {
    param($Caller, [string]$Command, $Parameters, [scriptblock]$Rows)
    Add-StandInCount 'read', $Command
    $problem = Get-StandInFault $Command 'read' 'before'
    Add-StandInCall $Command $Parameters $problem $false
    if ($problem) {
        Write-StandInProblem $Caller $problem
        return
    }
    & $Rows
}

# One change: faults, rules, then the change itself. Change returns the problem, or nothing.
function Write-StandIn {
    param($Caller, [string]$Command, $Parameters, [scriptblock]$Change)
    Add-StandInCount 'write', $Command
    $problem = Get-StandInFault $Command 'write' 'before'
    $applied = $false
    if (-not $problem) {
        $problem = & $Change
        $applied = -not $problem
    }
    if ($applied) { $problem = Get-StandInFault $Command 'write' 'after' }
    Add-StandInCall $Command $Parameters $problem $applied
    if ($problem) { Write-StandInProblem $Caller $problem }
}

# ---- the commands ----

function Get-InboundConnector {
    [CmdletBinding()]
    param([Parameter(Position = 0, ValueFromPipeline = $true)] $Identity, $ResultSize)
    process {
        $caller = $PSCmdlet
        $unlimited = [string]$ResultSize -eq 'Unlimited'
        Read-StandIn $caller 'Get-InboundConnector' $PSBoundParameters {
            $then = $script:Clock - $script:Options['staleSeconds']
            $seen = @()
            foreach ($entry in $script:History) { if ($entry[0] -le $then) { $seen = @($entry[1]) } }
            # An identity that names nothing gives everything: so does the real command.
            $named = @(foreach ($one in $seen) {
                    if ([string]::Equals($one['Name'], [string]$Identity, 'OrdinalIgnoreCase') -or
                        $one['Guid'] -eq [string]$Identity) { $one }
                })
            if ($named.Count -gt 0) { $seen = $named }
            $left = $script:Options['pageSize']
            foreach ($one in $seen) {
                if (-not $unlimited -and $left-- -le 0) { break }
                ConvertTo-StandInObject $one
            }
        }
    }
}

function New-InboundConnector {
    [CmdletBinding(SupportsShouldProcess = $true)]
    param(
        [Parameter(Mandatory = $true, Position = 0)] [string]$Name,
        [Parameter(Mandatory = $true)] [AllowNull()] $SenderDomains,
        $AssociatedAcceptedDomains, $ClientHostNames, [bool]$CloudServicesMailEnabled, [string]$Comment,
        $ConnectorSource, $ConnectorType, $EFSkipIPs, [bool]$EFSkipLastIP, $EFSkipMailGateway,
        [bool]$EFTestMode, $EFUsers, [bool]$Enabled, [bool]$RequireTls, [bool]$RestrictDomainsToCertificate,
        [bool]$RestrictDomainsToIPAddresses, $ScanAndDropRecipients, $SenderIPAddresses,
        $TlsSenderCertificateName, [bool]$TreatMessagesAsInternal, $TrustedOrganizations
    )
    if (-not $PSCmdlet.ShouldProcess($Name)) { return }
    $bound = $PSBoundParameters
    Write-StandIn $PSCmdlet 'New-InboundConnector' $bound {
        if ($null -ne (Find-StandInConnector $Name)) {
            return "An inbound connector named '$Name' already exists."
        }
        $candidate = New-StandInConnector @{ Name = $Name }
        $problem = Update-StandInConnector $candidate $bound
        if ($problem) { return $problem }
        if ($script:Options['createDisabled'] -and $candidate['ConnectorType'] -eq 'OnPremises') {
            $candidate['Enabled'] = $false
        }
        $script:Connectors += $candidate
    }
}

function Set-InboundConnector {
    [CmdletBinding(SupportsShouldProcess = $true)]
    param(
        [Parameter(Mandatory = $true, Position = 0, ValueFromPipeline = $true)] $Identity,
        [string]$Name, $SenderDomains, $AssociatedAcceptedDomains, [bool]$CloudServicesMailEnabled,
        [string]$Comment, $ConnectorSource, $ConnectorType, $EFSkipIPs, [bool]$EFSkipLastIP,
        $EFSkipMailGateway, [bool]$EFTestMode, $EFUsers, [bool]$Enabled, [bool]$RequireTls,
        [bool]$RestrictDomainsToCertificate, [bool]$RestrictDomainsToIPAddresses, $ScanAndDropRecipients,
        $SenderIPAddresses, $TlsSenderCertificateName, [bool]$TreatMessagesAsInternal, $TrustedOrganizations
    )
    process {
        if (-not $PSCmdlet.ShouldProcess([string]$Identity)) { return }
        $bound = $PSBoundParameters
        Write-StandIn $PSCmdlet 'Set-InboundConnector' $bound {
            $found = Find-StandInConnector $Identity
            if ($null -eq $found) { return "The operation couldn't be performed because object '$Identity' couldn't be found." }
            if ($bound.ContainsKey('Name')) {
                $other = Find-StandInConnector $bound['Name']
                if ($null -ne $other -and -not [object]::ReferenceEquals($other, $found)) {
                    return "An inbound connector named '$Name' already exists."
                }
            }
            $candidate = $found.Clone()
            $problem = Update-StandInConnector $candidate $bound
            if ($problem) { return $problem }
            if ($script:Options['createDisabled'] -and $candidate['ConnectorType'] -eq 'OnPremises' -and -not $found['Enabled']) {
                $candidate['Enabled'] = $false
            }
            foreach ($key in $candidate.Keys) { $found[$key] = $candidate[$key] }
        }
    }
}

function Remove-InboundConnector {
    [CmdletBinding(SupportsShouldProcess = $true)]
    param([Parameter(Mandatory = $true, Position = 0, ValueFromPipeline = $true)] $Identity)
    process {
        if (-not $PSCmdlet.ShouldProcess([string]$Identity)) { return }
        Write-StandIn $PSCmdlet 'Remove-InboundConnector' $PSBoundParameters {
            $found = Find-StandInConnector $Identity
            if ($null -eq $found) { return "The operation couldn't be performed because object '$Identity' couldn't be found." }
            $script:Connectors = @(foreach ($one in $script:Connectors) {
                    if (-not [object]::ReferenceEquals($one, $found)) { $one }
                })
        }
    }
}

function Get-OrganizationConfig {
    [CmdletBinding()]
    param()
    Read-StandIn $PSCmdlet 'Get-OrganizationConfig' $PSBoundParameters {
        [pscustomobject]@{
            Name = $script:Options['organization']
            ExternalDirectoryOrganizationId = $script:Options['organizationId']
            RejectDirectSend = $script:Options['rejectDirectSend']
            IsDehydrated = $script:Options['dehydrated']
        }
    }
}

function Get-AcceptedDomain {
    [CmdletBinding()]
    param([Parameter(Position = 0)] $Identity, $ResultSize)
    Read-StandIn $PSCmdlet 'Get-AcceptedDomain' $PSBoundParameters {
        foreach ($name in @($script:Options['acceptedDomains'])) {
            [pscustomobject]@{ DomainName = $name; DomainType = 'Authoritative'; MatchSubDomains = $false; Name = $name }
        }
    }
}

function Get-TransportConfig {
    [CmdletBinding()]
    param()
    Read-StandIn $PSCmdlet 'Get-TransportConfig' $PSBoundParameters {
        [pscustomobject]@{ SmtpClientAuthenticationDisabled = $script:Options['smtpAuthDisabled'] }
    }
}

function Get-ConnectionInformation {
    [CmdletBinding()]
    param()
    Read-StandIn $PSCmdlet 'Get-ConnectionInformation' $PSBoundParameters {
        foreach ($session in @($script:Options['sessions'])) {
            [pscustomobject]@{
                State = $session['state']; ConnectionUri = $session['uri']; IsEopSession = $session['eop']
                Name = 'ExchangeOnline_1'; UserPrincipalName = 'admin@contoso.onmicrosoft.com'
            }
        }
    }
}

Export-ModuleMember -Function New-InboundConnector, Set-InboundConnector, Get-InboundConnector,
Remove-InboundConnector, Get-OrganizationConfig, Get-AcceptedDomain, Get-TransportConfig,
Get-ConnectionInformation, Add-StandInWait
