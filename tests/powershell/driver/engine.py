"""The engine that runs the scripts: pwsh where there is one, else the host program."""

import hashlib
import json
import os
import shutil
import subprocess
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path


class EngineError(Exception):
    """The engine itself failed: no test can be judged."""


def dotnet_environment():
    return dict(os.environ, DOTNET_NOLOGO="1", DOTNET_CLI_TELEMETRY_OPTOUT="1", DOTNET_TieredPGO="0")


class HostEngine:
    name = "host"
    prompts = True

    def __init__(self, top):
        self.source = top / "tests/powershell/host"
        self.bench = top / "tests/powershell/bench/bench.psm1"
        self.output = top / "build/powershell-host"
        self.program = self.output / "bin/connplan-powershell-host.dll"

    def prepare(self):
        """Builds the program unless the one that is there came from the same sources."""
        digest = hashlib.sha256()
        for path in sorted(self.source.iterdir()):
            if path.is_file():
                digest.update(path.name.encode() + b"\0" + path.read_bytes())
        stamp = self.output / "stamp"
        if self.program.exists() and stamp.exists() and stamp.read_text() == digest.hexdigest():
            return
        self.output.mkdir(parents=True, exist_ok=True)
        # Locked: what is restored is what packages.lock.json names, or the build fails.
        command = ["dotnet", "build", "--nologo", "-v", "quiet", "-c", "Release", "-p:RestoreLockedMode=true",
                   "-o", str(self.output / "bin"), str(self.source / "host.csproj")]
        done = subprocess.run(command, env=dotnet_environment(), stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                              text=True, check=False)
        if done.returncode != 0:
            raise EngineError("the host program could not be built:\n" + done.stdout)
        stamp.write_text(digest.hexdigest())

    def version(self):
        done = subprocess.run(["dotnet", str(self.program), "version"], env=dotnet_environment(),
                              stdout=subprocess.PIPE, text=True, check=True)
        return done.stdout.strip() + ", host program"

    def parse(self, kind, paths):
        """Problems, one a line; none if all is well."""
        done = subprocess.run(["dotnet", str(self.program), "parse", "--as", kind, *map(str, paths)],
                              env=dotnet_environment(), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                              check=False)
        if done.returncode not in (0, 1) or (done.returncode == 1) != bool(done.stdout.strip()):
            raise EngineError("parse ended with %d:\n%s" % (done.returncode, done.stdout))
        return done.stdout.splitlines()

    def run_shard(self, cases, work):
        text = "".join(json.dumps(case, ensure_ascii=False) + "\n" for case in cases)
        done = subprocess.run(["dotnet", str(self.program), "run", str(self.bench), str(work)],
                              env=dotnet_environment(), input=text.encode(), stdout=subprocess.PIPE,
                              stderr=subprocess.PIPE, check=False)
        return done.returncode, done.stdout.decode(), done.stderr.decode(errors="replace")


class ShellEngine:
    """pwsh or powershell.exe; the syntax rules that go beyond its own parser need the host program."""

    prompts = True

    def __init__(self, top, name):
        self.name = name
        self.script = top / "tests/powershell/bench/bench.ps1"

    def prepare(self):
        pass

    def command(self, *arguments):
        return [self.name, "-NoProfile", "-NonInteractive", "-ExecutionPolicy", "Bypass", "-File", str(self.script),
                *map(str, arguments)]

    def version(self):
        done = subprocess.run([self.name, "-NoProfile", "-Command", "$PSVersionTable.PSVersion.ToString()"],
                              stdout=subprocess.PIPE, text=True, check=True)
        return "PowerShell " + done.stdout.strip() + ", " + self.name

    def parse(self, kind, paths):
        del kind
        done = subprocess.run(self.command("parse", *paths), stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                              text=True, check=False)
        if done.returncode not in (0, 1):
            raise EngineError("parse ended with %d:\n%s" % (done.returncode, done.stdout))
        return [line for line in done.stdout.splitlines() if line.strip()] if done.returncode else []

    def run_shard(self, cases, work):
        given, result = work / "cases.jsonl", work / "results.jsonl"
        given.write_text("".join(json.dumps(case) + "\n" for case in cases), encoding="utf-8")
        done = subprocess.run(self.command("run", work, given, result), stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, check=False)
        lines = result.read_text(encoding="utf-8") if result.exists() else ""
        return done.returncode, lines, done.stdout.decode(errors="replace")


def choose(top, wanted):
    """The engine asked for, or the first there is; None if there is none."""
    for name in ([wanted] if wanted else ["pwsh", "powershell", "host"]):
        if name == "host" and shutil.which("dotnet"):
            return HostEngine(top)
        if name != "host" and shutil.which(name):
            return ShellEngine(top, name)
    return None


def run_cases(engine, cases, folder, jobs):
    """Runs cases in parallel processes; results in the order of the cases."""
    shards = [cases[i::jobs] for i in range(jobs)]

    def one(index):
        work = Path(folder) / ("shard%d" % index)
        shutil.rmtree(work, ignore_errors=True)
        work.mkdir(parents=True)
        if not shards[index]:
            return []
        status, output, errors = engine.run_shard(shards[index], work)
        lines = output.splitlines()
        if status != 0 or len(lines) != len(shards[index]):
            case = shards[index][min(len(lines), len(shards[index]) - 1)]["name"]
            raise EngineError("the engine stopped (%d) at case %s:\n%s" % (status, case, errors[-4000:]))
        return [json.loads(line) for line in lines]

    with ThreadPoolExecutor(max_workers=jobs) as pool:
        done = list(pool.map(one, range(jobs)))
    return [done[i % jobs][i // jobs] for i in range(len(cases))]
