#!/usr/bin/python3
"""The rooms of src/ know each other only as docs/architecture.md allows.

The order is read from the fenced block there that begins with `base <`. Symbols are read with nm
from the archives of build/release, includes from the sources; which room may include which library
stands in THIRD_PARTY.md. Below cli nothing prints, exits, or asks the clock, the locale or the
environment.
"""

import pathlib
import re
import sys

sys.path.insert(0, str(pathlib.Path(__file__).parent.parent))
from lib import ROOT, Report, run

BUILD = ROOT / "build/release"
SOURCE = ROOT / "src"

# No room below cli prints, or knows a locale.
FORBIDDEN = set("""printf vprintf puts putchar perror setlocale newlocale localtime localtime_r
    system __printf_chk __vprintf_chk stdout""".split())
# Memory and the operating system are behind base.
BASE_ONLY = set("""malloc calloc realloc free exit _exit abort getenv secure_getenv setenv time clock
    clock_gettime gettimeofday signal sigaction isatty getrandom fopen fopen64 open open64 openat
    openat64 read write pread pwrite rename renameat renameat2 unlink unlinkat mkdir mkdirat mkstemp
    opendir readdir readdir64 stat fstat lstat stat64 realpath readlink mmap mmap64 fsync stderr
    fprintf __fprintf_chk fputs fwrite""".split())
# The network is for the room that writes the lock: no other command may reach it.
NETWORK = re.compile(r"ares_\w+|socket|socketpair|connect|bind|listen|accept4?|send|sendto|sendmsg"
                     r"|recv|recvfrom|recvmsg|getaddrinfo|getnameinfo|gethostby\w+|res_\w+|__res_\w+")
NETWORK_ROOM = "resolve"
# What base offers to cli alone: clock, environment, terminal, signals, the real file system.
FOR_CLI = re.compile(r"os_|io_posix")


def read_order(text):
    """{room: rooms that it may use} from the block, closed over all steps below."""
    block = next((match[1] for match in re.finditer(r"(?ms)^```\w*\n(.*?)^```", text)
                  if match[1].lstrip().startswith("base <")), None)
    if block is None:
        sys.exit("docs/architecture.md: no fenced block that begins with `base <`")
    below = {}
    for chain in re.split(r" {2,}|\n", block):
        groups = [re.findall(r"\w+", group) for group in chain.split("<")]
        for group in groups:
            for room in group:
                below.setdefault(room, set())
        for lower, upper in zip(groups, groups[1:]):
            for room in upper:
                below[room] |= set(lower)
    for _ in below:
        for room in below:
            below[room] = below[room].union(*(below[lower] for lower in below[room]))
    below["cli"] = set(below) - {"cli"}
    return below


def read_libraries(text):
    """[(header, room)] from the table of THIRD_PARTY.md: columns named Header and Room."""
    rows = [[cell.strip(" `") for cell in line.strip("| \n").split("|")]
            for line in text.splitlines() if line.startswith("|")]
    header, room = rows[0].index("Header"), rows[0].index("Room")
    return [(row[header], row[room].removeprefix("src/").rstrip("/`")) for row in rows[2:]]


def symbols(archive, *flags):
    listing = run(["nm", "-P", *flags, archive]).text
    return {line.split()[0] for line in listing.splitlines() if " " in line}


def check_symbols(report, order):
    rooms = {path.stem.removeprefix("lib"): path for path in sorted(BUILD.rglob("lib*.a"))}
    owner = {symbol: room for room, path in rooms.items()
             for symbol in symbols(path, "-g", "--defined-only")}
    for room, path in rooms.items():
        if room not in order:
            report.fail(f"{room} (symbols)", "this room is not in docs/architecture.md")
            continue
        wrong = []
        for symbol in sorted(symbols(path, "-u")):
            home = owner.get(symbol)
            if home and home != room and home not in order[room]:
                wrong.append(f"{symbol} lives in {home}, which {room} may not use")
            if symbol in FORBIDDEN or (room != "base" and (
                    symbol in BASE_ONLY or (home == "base" and FOR_CLI.match(symbol)))):
                wrong.append(f"{symbol} is not for {room}")
            if room != NETWORK_ROOM and NETWORK.fullmatch(symbol):
                wrong.append(f"{symbol} reaches the network, which is for {NETWORK_ROOM} alone")
        report.check(f"{room} (symbols)", not wrong, "\n".join(wrong))
    for room in sorted(path.name for path in SOURCE.rglob("*") if any(path.glob("*.c"))):
        if room != "cli" and room not in rooms:
            report.fail(f"{room} (symbols)", "no archive in build/release")


def check_cli(report):
    """Of all that is linked into the program, cli included, resolve alone may use the network."""
    objects = sorted(BUILD.rglob("connplan.dir/src/cli/*.o"))
    wrong = [f"{path.name}: {symbol}" for path in objects for symbol in sorted(symbols(path, "-u"))
             if NETWORK.fullmatch(symbol)]
    report.check("cli (network)", objects and not wrong, "\n".join(wrong) or "no objects")


def check_include(name, system, room, folder, order, libraries):
    """What is wrong with one include of ROOM (its file in FOLDER), or None."""
    if system:
        homes = [home for header, home in libraries if header == name]
        if homes and folder not in homes:
            return f"<{name}> belongs to {', '.join(homes)} alone"
        return None
    home = str(pathlib.PurePosixPath(name).parent) if "/" in name else folder
    home = home if home.split("/")[-1] in order else home.split("/")[0]
    other = home.split("/")[-1]
    if other == room or not (SOURCE / home).is_dir():
        return None
    if other not in order[room]:
        return f'"{name}": {room} may not use {other}'
    if name != f"{home}/{other}.h":
        return f'"{name}": another room is used through "{home}/{other}.h" only'
    return None


def check_includes(report, order, libraries):
    include = re.compile(r'^\s*#\s*include\s+([<"])([^>"]+)[>"]', re.M)
    for path in sorted(SOURCE.rglob("*.[chd]*")):
        folder = path.parent.relative_to(SOURCE).as_posix()
        # A room inside another is one of its own; other folders belong to the room around them.
        room = path.parent.name if path.parent.name in order else folder.split("/")[0]
        if path.suffix not in (".c", ".h", ".def") or room == "data":
            continue
        if room not in order:
            report.fail(f"{path.relative_to(ROOT)}", f"{room} is not in docs/architecture.md")
            continue
        found = include.findall(path.read_text("utf-8"))
        wrong = [problem for mark, name in found
                 if (problem := check_include(name, mark == "<", room, folder, order, libraries))]
        report.check(f"{path.relative_to(ROOT)}", not wrong, "\n".join(wrong))


def check_cmake(report, order):
    """The libraries are linked in the same order."""
    for room, uses in re.findall(r"(?m)^room\((\w+)(?: USES ([a-z ]+))?", (ROOT / "CMakeLists.txt").read_text()):
        wrong = set(uses.split()) - order.get(room, set())
        report.check(f"{room} (CMake)", room in order and not wrong, f"uses {sorted(wrong)}")


def main():
    report = Report()
    order = read_order((ROOT / "docs/architecture.md").read_text("utf-8"))
    libraries = read_libraries((ROOT / "THIRD_PARTY.md").read_text("utf-8"))
    check_symbols(report, order)
    check_cli(report)
    check_includes(report, order, libraries)
    check_cmake(report, order)
    return report.finish()


if __name__ == "__main__":
    sys.exit(main())
