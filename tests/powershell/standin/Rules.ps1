# The rules that the stand-in's New- and Set-InboundConnector apply (numbers: the project's table of
# connector rules; where the service's wording is public it is used, else the sentence is ours).

# IANA special-purpose blocks that are not globally reachable, and multicast. Registry of 2025-10-09.
$AlwaysReserved = '0.0.0.0/8', '10.0.0.0/8', '100.64.0.0/10', '127.0.0.0/8', '169.254.0.0/16', '172.16.0.0/12',
'192.0.0.0/24', '192.168.0.0/16', '198.18.0.0/15', '224.0.0.0/4', '240.0.0.0/4'
$Documentation = '192.0.2.0/24', '198.51.100.0/24', '203.0.113.0/24'
# Exchange Online's own ranges, worldwide (R18).
$Microsoft = '40.92.0.0/15', '40.107.0.0/16', '52.100.0.0/14', '104.47.0.0/17'

# 'a.b.c.d', 'a.b.c.d/n' -> first address, last address, prefix length; nothing if it is neither.
function Get-StandInRange {
    param([string]$Text)
    $match = [regex]::Match($Text, '\A([0-9]{1,3})\.([0-9]{1,3})\.([0-9]{1,3})\.([0-9]{1,3})(?:/([0-9]{1,2}))?\z')
    if (-not $match.Success) { return $null }
    [long]$value = 0
    for ($i = 1; $i -le 4; $i++) {
        $octet = [int]$match.Groups[$i].Value
        if ($octet -gt 255) { return $null }
        $value = $value * 256 + $octet
    }
    $length = 32
    if ($match.Groups[5].Success) { $length = [int]$match.Groups[5].Value }
    if ($length -gt 32) { return $null }
    $size = [long][Math]::Pow(2, 32 - $length)
    $first = $value - $value % $size
    return , @($first, ($first + $size - 1), $length)
}

function Test-StandInOverlap {
    param([string]$Left, [string]$Right)
    $a = Get-StandInRange $Left
    $b = Get-StandInRange $Right
    return ($null -ne $a -and $null -ne $b -and $a[0] -le $b[1] -and $b[0] -le $a[1])
}

function Test-StandInReserved {
    param([string]$Text)
    $blocks = $AlwaysReserved
    if (-not $script:Options['documentation']) { $blocks = $AlwaysReserved + $Documentation }
    foreach ($block in $blocks) {
        if (Test-StandInOverlap $Text $block) { return $true }
    }
    return $false
}

# A list parameter as given -> texts. Add/Remove tables are documented for one parameter alone.
function Get-StandInList {
    param([string]$Property, $Value)
    if ($Value -is [hashtable] -and $Property -ne 'TrustedOrganizations') {
        throw "The parameter '$Property' takes a list, not @{Add=...;Remove=...}."
    }
    return , @(foreach ($one in @($Value)) { if (([string]$one).Length -gt 0) { [string]$one } })
}

# 'contoso.com', 'smtp:contoso.com;7' -> as it reads back. Throws what the service would say.
function ConvertTo-StandInDomain {
    param([string]$Text)
    $match = [regex]::Match($Text, '\A(?:smtp:)?([^;:\s]+?)(?:;([0-9]{1,9}))?\z', 'IgnoreCase')
    if (-not $match.Success) { throw "The address space '$Text' isn't valid." }
    $domain = $match.Groups[1].Value.ToLowerInvariant()
    if ($domain -notmatch '\A(\*|(\*\.)?([a-z0-9_]([a-z0-9_-]*[a-z0-9_])?\.)*[a-z0-9]([a-z0-9-]*[a-z0-9])?)\z') {
        throw "The address space '$Text' isn't valid."
    }
    $cost = 1
    if ($match.Groups[2].Success) { $cost = [int]$match.Groups[2].Value }
    if ($cost -lt 1 -or $cost -gt 100) { throw "The cost of the address space '$Text' must be between 1 and 100." }
    return "smtp:$domain;$cost"
}

# Applies the bound parameters to a connector and returns the problem, or nothing.
function Update-StandInConnector {
    param([hashtable]$Connector, $Bound)
    try {
        foreach ($key in $Bound.Keys) {
            if (-not $Connector.ContainsKey($key)) { continue }
            $value = $Bound[$key]
            if ($ListProperties -contains $key) { $value = Get-StandInList $key $value }
            $Connector[$key] = $value
        }
        $Connector['SenderDomains'] = @(foreach ($one in $Connector['SenderDomains']) { ConvertTo-StandInDomain $one })
        $Connector['SenderIPAddresses'] = @(foreach ($one in $Connector['SenderIPAddresses']) { $one -replace '/32\z', '' })
        if (([string]$Connector['TlsSenderCertificateName']).Length -eq 0) { $Connector['TlsSenderCertificateName'] = $null }
        if ($null -eq $Connector['Comment']) { $Connector['Comment'] = '' }
        foreach ($type in 'OnPremises', 'Partner') {
            if ([string]$Connector['ConnectorType'] -eq $type) { $Connector['ConnectorType'] = $type }
        }
        Assert-StandInText $Connector
        Assert-StandInAddress $Connector
        Assert-StandInCombination $Connector $Bound
    } catch {
        return $_.Exception.Message
    }
}

function Assert-StandInText {
    param([hashtable]$Connector)
    if ('OnPremises', 'Partner' -cnotcontains $Connector['ConnectorType']) { throw "The connector type isn't valid." }
    if ($Connector['Name'].Length -eq 0) { throw 'The name of a connector must not be empty.' }
    if ($Connector['SenderDomains'].Count -eq 0) { throw 'SenderDomains must not be empty.' }                    # R01
    if ($Connector['Comment'].Length -gt 1024) { throw 'The comment is longer than 1024 characters.' }           # R26
    $certificate = $Connector['TlsSenderCertificateName']
    if ($null -ne $certificate -and $certificate -notmatch '\A(\*\.)?([a-z0-9]([a-z0-9-]*[a-z0-9])?\.)+[a-z0-9-]+\z') {
        throw "TlsSenderCertificateName '$certificate' isn't valid."                                              # R15
    }
    foreach ($domain in $Connector['AssociatedAcceptedDomains']) {
        if (@($script:Options['acceptedDomains']) -notcontains $domain) {
            throw "'$domain' isn't an accepted domain of this organization."                                     # R21
        }
    }
}

function Assert-StandInAddress {
    param([hashtable]$Connector)
    foreach ($address in $Connector['SenderIPAddresses']) {
        $range = Get-StandInRange $address
        if ($null -eq $range) { throw "The IP address '$address' isn't a valid IPv4 address or range." }         # R02, R04
        if ($range[2] -lt 24) { throw "The IP range '$address' is too large: use /24 to /32." }                  # R03
        if (Test-StandInReserved $address) {
            throw "Unable to create a connector. The IP range '$address' contains reserved IP addresses."        # R05, R06
        }
        foreach ($block in $Microsoft) {
            if ($Connector['ConnectorType'] -eq 'OnPremises' -and (Test-StandInOverlap $address $block)) {
                throw "The IP range '$address' belongs to Microsoft 365."                                        # R18
            }
        }
    }
    foreach ($entry in $Connector['EFSkipIPs']) {
        foreach ($part in $entry.Split('-')) {
            if ($null -ne (Get-StandInRange $part) -and (Test-StandInReserved $part)) {
                throw "EFSkipIPs: '$entry' contains reserved IP addresses."                                      # R24
            }
        }
    }
}

function Assert-StandInCombination {
    param([hashtable]$Connector, $Bound)
    $onPremises = $Connector['ConnectorType'] -eq 'OnPremises'
    $certificate = $null -ne $Connector['TlsSenderCertificateName']
    $addresses = $Connector['SenderIPAddresses'].Count -gt 0
    if ($onPremises -and -not $addresses -and -not $certificate) {
        throw 'An on-premises connector needs SenderIPAddresses or TlsSenderCertificateName.'                    # R07
    }
    if ($certificate -and -not $Connector['RequireTls']) {
        throw 'TlsSenderCertificateName needs RequireTls to be true.'                                            # R08
    }
    if ($Connector['RestrictDomainsToIPAddresses'] -and -not $addresses) {
        throw 'RestrictDomainsToIPAddresses needs SenderIPAddresses.'                                            # R09
    }
    if ($Connector['RestrictDomainsToCertificate'] -and -not $certificate) {
        throw 'RestrictDomainsToCertificate needs TlsSenderCertificateName.'                                     # R10
    }
    if ($Connector['RestrictDomainsToIPAddresses'] -and $Connector['RestrictDomainsToCertificate'] -and
        $script:Options['bothRestrictions'] -eq 'refuse') {
        throw 'RestrictDomainsToIPAddresses and RestrictDomainsToCertificate exclude each other.'                # R11
    }
    if ($Connector['CloudServicesMailEnabled'] -and -not $onPremises) {
        throw 'CloudServicesMailEnabled needs an on-premises connector.'                                         # R13
    }
    if ($Connector['TreatMessagesAsInternal'] -and (-not $onPremises -or $Connector['CloudServicesMailEnabled'])) {
        throw 'TreatMessagesAsInternal needs an on-premises connector without CloudServicesMailEnabled.'         # R14
    }
    if ($Connector['TrustedOrganizations'].Count -gt 0 -and ($addresses -or $certificate)) {
        throw 'TrustedOrganizations excludes SenderIPAddresses and TlsSenderCertificateName.'                    # R22
    }
    Assert-StandInAlone $Connector
}

# R17: a sender address on two enabled connectors; what the service does about it differs by report.
function Assert-StandInAlone {
    param([hashtable]$Connector)
    if ($script:Options['overlap'] -eq 'ignore' -or -not $Connector['Enabled']) { return }
    foreach ($other in $script:Connectors) {
        if (-not $other['Enabled'] -or $other['Guid'] -eq $Connector['Guid']) { continue }
        foreach ($address in $Connector['SenderIPAddresses']) {
            foreach ($taken in $other['SenderIPAddresses']) {
                if ($script:Options['overlap'] -eq 'refuse' -and (Test-StandInOverlap $address $taken)) {
                    throw "The sender IP address '$address' overlaps with the connector '$($other['Name'])'."
                }
            }
        }
    }
}
