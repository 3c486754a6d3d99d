# Completion of kubectl in PowerShell. What may follow is asked of kubectl itself: see "kubectl __complete".

Register-ArgumentCompleter -Native -CommandName 'kubectl' -ScriptBlock {
    param($Typed, $Line, $Cursor)
    $Words = @($Line.CommandElements |
        Where-Object { $_.Extent.StartOffset -lt $Cursor } |
        Select-Object -Skip 1 |
        ForEach-Object { $_.Extent.Text })
    # PowerShell keeps no empty word, and the older ones lose it on the way.
    if ($Typed -eq '') { $Words += $(if ($PSVersionTable.PSVersion -lt [version]'7.3') { '""' } else { '' }) }
    $Reply = @(& kubectl __complete @Words 2>$null)
    if ($Reply.Count -eq 0) { return }
    $Directive = [int]($Reply[-1].TrimStart(':'))
    if ($Directive -band 1) { return }
    $Lead = if ($Typed -match '^(-[^=]*=)') { $Matches[1] } else { '' }
    $After = if ($Directive -band 2) { '' } else { ' ' }
    if (-not ($Directive -band 8)) {
        $Reply | Select-Object -SkipLast 1 | ForEach-Object {
            $Word, $Meaning = $_ -split "`t", 2
            if (-not $Meaning) { $Meaning = $Word }
            [System.Management.Automation.CompletionResult]::new("$Lead$Word$After", $Word, 'ParameterValue', $Meaning)
        }
    }
}
