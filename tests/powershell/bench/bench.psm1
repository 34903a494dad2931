# Runs one case: a tenant held by the stand-in, and one or more scripts run against it one after the other.
#
# The same text serves the host program, pwsh and Windows PowerShell. It uses the language, .NET and
# the engine's own cmdlets only.
#
# A case:   name, tenant (see standin/StandIn.psm1), missing (commands not exported), prefix, culture,
#           steps: list of
#             script     path of the text; a copy is run, named FILE, in a folder of this process
#             file       its name there
#             home       steps with one home share a folder, whatever their scripts are
#             parameters, preferences (variables of the caller), answers (to prompts; null: nobody is there)
#             tenant     keys of the stand-in to change before this step (faults, clock ...)
#             stripWhatIf  take -WhatIf off every statement first
#             plan       value of $global:BenchPlan, for scripts that take their plan from there
#             planFrom   path of a text with one assignment to $Plan: its value instead of plan
#             planWith   values to set in it
#             showPlan   give back the value of $Plan, too, from planFrom or the script itself
#             paste      run what the step before printed behind this word instead, as one pastes it
#             planOnly   run nothing: give back the value of $Plan
#             keepFiles  leave what the step wrote for the next step
#             write      files to make in the folder first: text by name
# A result: name, milliseconds, steps: list of exit, error, output, lines, errors, questions, files, plan and what
#           Get-StandInReport says.
Set-StrictMode -Version Latest

$StandIn = [IO.Path]::GetFullPath([IO.Path]::Combine($PSScriptRoot, '..', 'standin', 'StandIn.psm1'))

# Runspaces by the commands that they show. A runspace serves many cases, one after the other: the
# stand-in begins anew each time, a script's own variables and functions go with its scope, and what
# a step sets globally is put back.
$Runspaces = @{}
# Plans by the text that they were read from: scripts only read them.
$Plans = @{}
# Texts of scripts in folders of this process: no step made these.
$Copies = @{}

function New-BenchRunspace {
    param($BenchHost, [string[]]$Missing, [string]$Prefix)
    $state = [System.Management.Automation.Runspaces.InitialSessionState]::CreateDefault2()
    if ($null -eq (Get-Command -Name Write-Host -ErrorAction Ignore)) {
        $state.Commands.Add([System.Management.Automation.Runspaces.SessionStateCmdletEntry]::new(
                'Write-Host', [Connplan.Bench.WriteHostCommand], $null))
    }
    # An alias wins over the script's own function of that name: nothing ever sleeps here.
    $state.Commands.Add([System.Management.Automation.Runspaces.SessionStateAliasEntry]::new(
            'Wait-PlanSecond', 'Add-StandInWait'))
    if ([Environment]::OSVersion.Platform -eq 'Win32NT') {
        $state.ExecutionPolicy = 'Bypass'
    }
    $runspace = [System.Management.Automation.Runspaces.RunspaceFactory]::CreateRunspace($BenchHost, $state)
    $runspace.Open()
    Invoke-InRunspace $runspace {
        param($Path, $Missing, $Prefix)
        $names = 'New-InboundConnector', 'Set-InboundConnector', 'Get-InboundConnector', 'Remove-InboundConnector',
        'Get-OrganizationConfig', 'Get-AcceptedDomain', 'Get-TransportConfig', 'Get-ConnectionInformation'
        $shown = @(foreach ($name in $names) { if ($Missing -notcontains $name) { $name } })
        $import = @{ Name = $Path; Function = $shown + 'Add-StandInWait'; Scope = 'Global'; PassThru = $true }
        if ($Prefix -ne '') { $import['Prefix'] = $Prefix }
        Import-Module @import
    } @($StandIn, $Missing, $Prefix) > $null
    return $runspace
}

function Get-BenchRunspace {
    param([hashtable]$Case)
    $missing = [string[]]@(foreach ($name in @($Case['missing'])) { if ($null -ne $name) { $name } })
    $key = ($missing -join ',') + '/' + $Case['prefix']
    if (-not $script:Runspaces.ContainsKey($key)) {
        $benchHost = [Connplan.Bench.BenchHost]::new()
        $script:Runspaces[$key] = @{ Host = $benchHost; Runspace = (New-BenchRunspace $benchHost $missing ([string]$Case['prefix'])) }
    }
    return $script:Runspaces[$key]
}

function Invoke-InRunspace {
    param($Runspace, [scriptblock]$Script, [object[]]$Arguments)
    $shell = [powershell]::Create()
    $shell.Runspace = $Runspace
    [void]$shell.AddScript($Script.ToString())
    foreach ($argument in $Arguments) {
        [void]$shell.AddArgument($argument)
    }
    try {
        $shell.Invoke()
        if ($shell.Streams.Error.Count -gt 0) {
            throw $shell.Streams.Error[0]
        }
    } finally {
        $shell.Dispose()
    }
}

function Invoke-InStandIn {
    param($Runspace, [string]$Command, $Argument)
    Invoke-InRunspace $Runspace {
        param($Path, $Command, $Argument)
        $module = $null
        foreach ($one in @(Get-Module -Name StandIn)) { $module = $one }
        & $module { param($Command, $Argument) & $Command $Argument } $Command $Argument
    } @($StandIn, $Command, $Argument)
}

# The text that is run, in a folder of this process, so that two processes never meet.
function Copy-BenchScript {
    param([hashtable]$Step, [string]$WorkFolder)
    $source = [IO.Path]::GetFullPath($Step['script'])
    $place = $source
    if ($null -ne $Step['home']) { $place = $Step['home'] }
    $hash = [BitConverter]::ToString([Security.Cryptography.SHA256]::Create().ComputeHash(
            [Text.Encoding]::UTF8.GetBytes($place))).Replace('-', '').Substring(0, 16)
    $folder = [IO.Path]::Combine($WorkFolder, $hash)
    [void][IO.Directory]::CreateDirectory($folder)
    $path = [IO.Path]::Combine($folder, $Step['file'])
    if (-not [IO.File]::Exists($path)) {
        [IO.File]::Copy($source, $path)
        $script:Copies[$path] = $true
    }
    return $path
}

function Get-BenchAst {
    param([string]$Path)
    $tokens = $null
    $errors = $null
    $ast = [System.Management.Automation.Language.Parser]::ParseFile($Path, [ref]$tokens, [ref]$errors)
    if (@($errors).Count -gt 0) {
        throw $errors[0].Message
    }
    return $ast
}

function Remove-BenchWhatIf {
    param([string]$Path)
    $ast = Get-BenchAst $Path
    $text = $ast.Extent.Text
    $marks = @($ast.FindAll({
                param($Node)
                $Node -is [System.Management.Automation.Language.CommandParameterAst] -and $Node.ParameterName -eq 'WhatIf'
            }, $true))
    for ($i = $marks.Count - 1; $i -ge 0; $i--) {
        $extent = $marks[$i].Extent
        $text = $text.Remove($extent.StartOffset, $extent.EndOffset - $extent.StartOffset)
    }
    $bare = [IO.Path]::ChangeExtension($Path, '.bare.ps1')
    [IO.File]::WriteAllText($bare, $text, [Text.UTF8Encoding]::new($true))
    return $bare
}

# $Plan as the engine reads it: the one assignment, run by itself.
function Get-BenchPlan {
    param([string]$Path, $Runspace)
    foreach ($statement in (Get-BenchAst $Path).EndBlock.Statements) {
        if ($statement -is [System.Management.Automation.Language.AssignmentStatementAst] -and
            $statement.Left.Extent.Text -eq '$Plan') {
            return (Invoke-InRunspace $Runspace ([scriptblock]::Create($statement.Right.Extent.Text)) @())
        }
    }
    throw "no `$Plan in $Path"
}

# The plan that a step hands over, if it does.
function Get-BenchStepPlan {
    param([hashtable]$Step, $Runspace)
    if ($null -eq $Step['planFrom']) { return $Step['plan'] }
    if (-not $script:Plans.ContainsKey($Step['planFrom'])) {
        $script:Plans[$Step['planFrom']] = @(Get-BenchPlan $Step['planFrom'] $Runspace)[0]
    }
    $plan = $script:Plans[$Step['planFrom']]
    if ($null -ne $Step['planWith']) {
        foreach ($name in $Step['planWith'].Keys) { $plan[$name] = $Step['planWith'][$name] }
    }
    return $plan
}

# What the step left beside the script, or in the current folder: text by name.
function Get-BenchFile {
    param([string]$Folder, [string[]]$Ours, [bool]$Keep)
    $files = @{}
    foreach ($path in [IO.Directory]::GetFiles($Folder)) {
        $name = [IO.Path]::GetFileName($path)
        if ($Ours -contains $name -or $script:Copies.ContainsKey($path)) { continue }
        $files[$name] = [IO.File]::ReadAllText($path)
        if (-not $Keep) { [IO.File]::Delete($path) }
    }
    return $files
}

# What stands on the screen behind a word, where it stands last.
function Get-BenchPaste {
    param([string[]]$Lines, [string]$Word)
    $text = ''
    foreach ($line in $Lines) {
        if ($line.StartsWith($Word, [StringComparison]::Ordinal)) { $text = $line.Substring($Word.Length) }
    }
    if ($text -eq '') { throw "no line begins with $Word" }
    return $text
}

function Invoke-BenchStep {
    param([hashtable]$Step, $Runspace, $BenchHost, [string]$WorkFolder)
    $path = Copy-BenchScript $Step $WorkFolder
    $folder = [IO.Path]::GetDirectoryName($path)
    $ours = @([IO.Path]::GetFileName($path))
    if ($Step['planOnly']) {
        return @{ plan = (Get-BenchPlan $path $Runspace) }
    }
    if ($Step['stripWhatIf']) {
        $path = Remove-BenchWhatIf $path
        $ours += [IO.Path]::GetFileName($path)
    }
    if ($null -ne $Step['write']) {
        foreach ($name in $Step['write'].Keys) {
            [IO.File]::WriteAllText([IO.Path]::Combine($folder, $name), $Step['write'][$name], [Text.UTF8Encoding]::new($false))
        }
    }
    [void](Invoke-InStandIn $Runspace 'Start-StandInStep' $Step['tenant'])
    $kept = @{}
    if ($null -ne $Step['preferences']) {
        foreach ($name in $Step['preferences'].Keys) {
            $kept[$name] = $Runspace.SessionStateProxy.GetVariable($name)
            $Runspace.SessionStateProxy.SetVariable($name, $Step['preferences'][$name])
        }
    }
    $Runspace.SessionStateProxy.SetVariable('LASTEXITCODE', $null)
    $Runspace.SessionStateProxy.SetVariable('Canary', 'alive')
    $Runspace.SessionStateProxy.SetVariable('BenchPlan', (Get-BenchStepPlan $Step $Runspace))
    [void]$Runspace.SessionStateProxy.Path.SetLocation($folder)
    $pasted = $null
    if ($null -ne $Step['paste']) { $pasted = Get-BenchPaste $BenchHost.Screen.Lines.ToArray() $Step['paste'] }
    $BenchHost.Screen.Lines.Clear()
    $BenchHost.Screen.Questions.Clear()
    $shell = [powershell]::Create()
    $shell.Runspace = $Runspace
    if ($null -ne $pasted) { [void]$shell.AddScript($pasted) } else { [void]$shell.AddCommand($path) }
    if ($null -ne $Step['parameters']) {
        foreach ($name in $Step['parameters'].Keys) {
            [void]$shell.AddParameter($name, $Step['parameters'][$name])
        }
    }
    $result = @{ error = $null }
    if ($Step['showPlan']) {
        $result['plan'] = $Runspace.SessionStateProxy.GetVariable('BenchPlan')
        if ($null -eq $Step['planFrom']) { $result['plan'] = Get-BenchPlan $path $Runspace }
    }
    try {
        $result['output'] = @(foreach ($one in $shell.Invoke()) { [string]$one })
    } catch {
        $result['output'] = @()
        $result['error'] = $_.Exception.Message
    }
    $result['errors'] = @(foreach ($one in $shell.Streams.Error) { [string]$one })
    $shell.Dispose()
    foreach ($name in $kept.Keys) {
        $Runspace.SessionStateProxy.SetVariable($name, $kept[$name])
    }
    $result['exit'] = $Runspace.SessionStateProxy.GetVariable('LASTEXITCODE')
    $result['canary'] = $Runspace.SessionStateProxy.GetVariable('Canary')
    $result['lines'] = $BenchHost.Screen.Lines.ToArray()
    $result['questions'] = $BenchHost.Screen.Questions.ToArray()
    $result['files'] = Get-BenchFile $folder $ours ([bool]$Step['keepFiles'])
    $report = Invoke-InStandIn $Runspace 'Get-StandInReport' $null
    foreach ($name in $report.Keys) {
        $result[$name] = $report[$name]
    }
    return $result
}

function Invoke-BenchCase {
    param([hashtable]$Case, [string]$WorkFolder)
    $watch = [Diagnostics.Stopwatch]::StartNew()
    $answers = $null
    if ($null -ne $Case['answers']) { $answers = @($Case['answers']) }
    $bench = Get-BenchRunspace $Case
    $bench['Host'].Begin($answers, [string]$Case['culture'])
    [void](Invoke-InStandIn $bench['Runspace'] 'Initialize-StandIn' $Case['tenant'])
    $steps = @(foreach ($step in @($Case['steps'])) {
            Invoke-BenchStep $step $bench['Runspace'] $bench['Host'] $WorkFolder
        })
    return @{ name = $Case['name']; steps = $steps; milliseconds = $watch.ElapsedMilliseconds }
}

Export-ModuleMember -Function Invoke-BenchCase
