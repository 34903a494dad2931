"""The PowerShell bench: plans, cases and checks. Entry point: tests/powershell/run."""
