Set-InboundConnector -Identity 'Relay for ERP' -SenderIPAddresses '198.51.100.10', '198.51.100.11' -RequireTls $true -WhatIf
