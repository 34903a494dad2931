"""What build writes: all or nothing, every file whole at every moment, nothing of others touched."""

import os
import random
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import time

from lib import BINARY, ENVIRONMENT, connplan, each, equal, is_sanitized, release_only, run
from specs import folder, smallest


def version(number, hosts=40):
    """A spec whose every output differs from that of another number."""
    egress = {f"site{one}": {"addresses": f"198.51.100.{one + number}"} for one in range(hosts)}
    relays = {f"host{one}-v{number}": {"address": f"10.1.1.{one}", "egress": f"site{one}",
                                       "sends_as": "contoso.com"} for one in range(hosts)}
    return smallest(egress=egress, relay_hosts=relays, domains={
        "contoso.com": {}, f"v{number}.contoso.com": {"sends": "never"}})


def read(path):
    return {one.relative_to(path).as_posix(): one.read_bytes()
            for one in path.rglob("*") if one.is_file()}


def leftovers(place, known):
    return {one.name for one in place.iterdir()} - known - {".connplan"}


def both_versions(place):
    """Builds a.yaml and b.yaml apart; returns the files of each."""
    trees = []
    for name in "ab":
        connplan("build", f"{name}.yaml", "-o", f"pure-{name}", cwd=place, status=0)
        trees.append(read(place / f"pure-{name}"))
        shutil.rmtree(place / f"pure-{name}")
    return trees


def whole(files, trees, result=""):
    """Fails if a file is neither the old nor the new one."""
    for name, content in files.items():
        if content not in [tree.get(name) for tree in trees]:
            raise AssertionError(f"{name} is neither the old nor the new file "
                                 f"({len(content)} bytes)\n{result}")


def test_writes_every_file_of_the_manifest():
    import hashlib
    import json
    with folder(a=version(1)) as place:
        connplan("build", "a.yaml", "-o", "out", cwd=place, status=0)
        files = read(place / "out")
        plan = json.loads(files["plan.json"])
        listed = {one["path"]: one["sha256"] for one in plan["outputs"]}
        equal(set(listed), set(files) - {"plan.json"}, "files")
        for name, digest in listed.items():
            equal(hashlib.sha256(files[name]).hexdigest(), digest, name)
        for name in ("connectors.ps1", "commands.ps1", "verify.ps1", "export.ps1", "summary.md",
                     "summary.csv", "dns/2-final/contoso.com.zone"):
            if name not in files:
                raise AssertionError(f"{name} is missing of {sorted(files)}")


def test_modes_follow_the_umask():
    with folder(a=version(1)) as place:
        run(["bash", "-c", f"umask 022; '{BINARY}' build a.yaml -o out"], cwd=place)
        for path in (place / "out").rglob("*"):
            equal(path.stat().st_mode & 0o777, 0o755 if path.is_dir() else 0o644, path.name)


def test_no_stale_file_stays_and_no_foreign_file_goes():
    with folder(a=version(1), b=version(2)) as place:
        trees = both_versions(place)
        connplan("build", "a.yaml", "-o", "out", cwd=place, status=0)
        (place / "out/notes.txt").write_text("mine")
        (place / "out/dns/mine.zone").write_text("mine")
        connplan("build", "b.yaml", "-o", "out", cwd=place, status=0)
        mine = {"notes.txt": b"mine", "dns/mine.zone": b"mine"}
        equal(read(place / "out"), {**trees[1], **mine})
        if "dns/2-final/v1.contoso.com.zone" not in trees[0]:
            raise AssertionError("the first version wrote no zone of its own")


@each([("swapped whole", False), ("file by file, beside a file of the user's", True)])
def test_a_manifest_cannot_remove_others_files(_name, mixed):
    """plan.json in the folder is input too: names in it that lead out of it are not followed, even
    where it knows the hash of what stands there.
    """
    import hashlib
    import json
    with folder(a=version(1)) as place:
        connplan("build", "a.yaml", "-o", "out", cwd=place, status=0)
        (place / "precious.txt").write_text("precious")
        if mixed:
            (place / "out/notes.txt").write_text("mine")
        plan = json.loads((place / "out/plan.json").read_bytes())
        for name in ("../precious.txt", str(place / "precious.txt"), "dns/../../precious.txt"):
            plan["outputs"].append({"path": name,
                                    "sha256": hashlib.sha256(b"precious").hexdigest()})
        (place / "out/plan.json").write_text(json.dumps(plan))
        connplan("build", "a.yaml", "-o", "out", cwd=place)
        equal((place / "precious.txt").read_text(), "precious")


def test_an_error_leaves_the_old_files():
    bad = version(2)
    bad["relay_hosts"]["host0-v2"]["egress"] = "nowhere"
    with folder(a=version(1), b=bad) as place:
        connplan("build", "a.yaml", "-o", "out", cwd=place, status=0)
        before = read(place / "out")
        connplan("build", "b.yaml", "-o", "out", cwd=place, status=1)
        equal(read(place / "out"), before)
        equal(leftovers(place, {"a.yaml", "b.yaml", "out"}), set(), "left over")


def test_a_link_is_replaced_and_not_followed():
    with folder(a=version(1), b=version(2)) as place:
        connplan("build", "a.yaml", "-o", "out", cwd=place, status=0)
        (place / "victim").write_text("precious")
        (place / "out/summary.md").unlink()
        (place / "out/summary.md").symlink_to("../victim")
        connplan("build", "b.yaml", "-o", "out", cwd=place, status=0)
        equal((place / "victim").read_text(), "precious")
        equal((place / "out/summary.md").is_symlink(), False, "still a link")


def test_a_linked_folder_inside_is_not_followed():
    with folder(a=version(1)) as place:
        (place / "elsewhere").mkdir()
        (place / "elsewhere/2-final").mkdir()
        (place / "out").mkdir()
        (place / "out/dns").symlink_to("../elsewhere")
        result = connplan("build", "a.yaml", "-o", "out", cwd=place)
        equal(read(place / "elsewhere"), {}, f"files behind the link\n{result}")
        if result.status not in (0, 4) or (result.status == 0 and (place / "out/dns").is_symlink()):
            raise AssertionError(f"{result}")


def test_a_linked_output_folder_is_not_followed():
    with folder(a=version(1)) as place:
        (place / "elsewhere").mkdir()
        (place / "elsewhere/precious").write_text("precious")
        (place / "out").symlink_to("elsewhere")
        result = connplan("build", "a.yaml", "-o", "out", cwd=place)
        equal(read(place / "elsewhere"), {"precious": b"precious"}, f"{result}")
        if result.status not in (0, 4) or (result.status == 0 and (place / "out").is_symlink()):
            raise AssertionError(f"{result}")


@each([("a file", "file"), ("below a file", "file/out"), ("below nothing it may make", "/proc/none/out")])
def test_an_impossible_folder(_name, out):
    with folder(a=version(1)) as place:
        (place / "file").write_text("precious")
        result = connplan("build", "a.yaml", "-o", out, cwd=place, status=4)
        equal((place / "file").read_text(), "precious")
        if not result.err or out.split("/")[-1] not in result.errors:
            raise AssertionError(f"the place is not named\n{result}")


def test_full_disk_leaves_every_file_whole():
    """No file may grow beyond a limit, as if the disk were full there."""
    with folder(a=version(1), b=version(2)) as place:
        trees = both_versions(place)
        sizes = sorted({len(content) for content in trees[1].values()})
        for limit in [0, 1, *[size - 1 for size in sizes if size]]:
            connplan("build", "a.yaml", "-o", "out", cwd=place, status=0)
            # Python ignores SIGXFSZ, and the child inherits that: a write fails with EFBIG.
            result = connplan(
                "build", "b.yaml", "-o", "out", cwd=place, status=4, restore_signals=False,
                preexec_fn=lambda limit=limit: resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit)))
            whole(read(place / "out"), trees, result)
            equal(leftovers(place, {"a.yaml", "b.yaml", "out"}), set(), f"left over at {limit}")
        connplan("build", "b.yaml", "-o", "out", cwd=place, status=0)
        equal(read(place / "out"), trees[1])


def test_full_tmpfs_leaves_every_file_whole():
    """A real full disk, where this machine lets us have one."""
    script = f"""
        mount -t tmpfs -o size=384k tmpfs disk || exit 77
        '{BINARY}' build a.yaml -o disk/out >/dev/null 2>&1 || exit 1
        head -c 1m /dev/zero >disk/filler 2>/dev/null
        '{BINARY}' build b.yaml -o disk/out >/dev/null 2>messages
        echo $? >status
        cp -r disk/out copy
    """
    with folder(a=version(1), b=version(2)) as place:
        trees = both_versions(place)
        (place / "disk").mkdir()
        result = run(["unshare", "-Urm", "bash", "-c", script], cwd=place)
        if result.status == 77 or b"unshare" in result.err:
            return      # no name spaces here; the limit of the test before stands for it
        equal(result.status, 0, f"{result}")
        equal((place / "status").read_text().strip(), "4", "exit status")
        whole(read(place / "copy"), trees)


def test_killed_build_leaves_every_file_whole():
    hosts = 100
    chance = random.Random(1)
    with folder(a=version(1, hosts), b=version(2, hosts)) as place:
        trees = both_versions(place)
        begin = time.monotonic()
        connplan("build", "a.yaml", "-o", "out", cwd=place, status=0)
        duration = time.monotonic() - begin
        killed = 0
        for turn in range(15 if is_sanitized() else 40):
            process = subprocess.Popen([BINARY, "build", f"{'ba'[turn % 2]}.yaml", "-o", "out"],
                                       cwd=place, env=ENVIRONMENT, stdout=subprocess.DEVNULL,
                                       stderr=subprocess.DEVNULL)
            time.sleep(chance.uniform(0.2, 1.1) * duration)
            process.kill()
            killed += process.wait() == -signal.SIGKILL
            found = read(place / "out")
            # Tells the next run that the folder changes places; the next run takes it out.
            found.pop(".connplan-tmp", None)
            whole(found, trees)
        if killed < 3:
            raise AssertionError(f"only {killed} builds were caught at work")
        connplan("build", "b.yaml", "-o", "out", cwd=place, status=0)
        equal(read(place / "out"), trees[1], "after the next build")
        equal(leftovers(place, {"a.yaml", "b.yaml", "out"}), set(), "left over")


@each([("SIGTERM", signal.SIGTERM), ("SIGINT", signal.SIGINT), ("SIGHUP", signal.SIGHUP)])
def test_a_signal_removes_temporaries(_name, number):
    hosts = 100
    chance = random.Random(2)
    with folder(a=version(1, hosts), b=version(2, hosts)) as place:
        trees = both_versions(place)
        begin = time.monotonic()
        connplan("build", "a.yaml", "-o", "out", cwd=place, status=0)
        duration = time.monotonic() - begin
        for turn in range(10 if is_sanitized() else 25):
            process = subprocess.Popen([BINARY, "build", f"{'ba'[turn % 2]}.yaml", "-o", "out"],
                                       cwd=place, env=ENVIRONMENT, stdout=subprocess.DEVNULL,
                                       stderr=subprocess.DEVNULL)
            time.sleep(chance.uniform(0.3, 1.1) * duration)
            process.send_signal(number)
            status = process.wait()
            if status not in (0, 128 + number):
                # Before the handler stands, the signal itself ends the program.
                equal(status, -number, "exit status")
                continue
            whole(read(place / "out"), trees)
            equal(leftovers(place, {"a.yaml", "b.yaml", "out"}), set(), f"left over, status {status}")


def test_two_builds_at_once():
    """They may come in either order; no file is a mixture."""
    with folder(a=version(1), b=version(2)) as place:
        trees = both_versions(place)
        for _ in range(10):
            both = [subprocess.Popen([BINARY, "build", f"{name}.yaml", "-o", "out"], cwd=place,
                                     env=ENVIRONMENT, stdout=subprocess.DEVNULL,
                                     stderr=subprocess.DEVNULL) for name in "ab"]
            statuses = {process.wait() for process in both}
            if not statuses <= {0, 4}:
                raise AssertionError(f"exit statuses {statuses}")
            whole(read(place / "out"), trees)


def test_a_very_long_name_is_told():
    with tempfile.TemporaryDirectory(), folder(a=version(1)) as place:
        result = connplan("build", "a.yaml", "-o", "x" * 300, cwd=place, status=4)
        if not result.err:
            raise AssertionError("no word of why")


def test_output_beside_a_file_of_the_temporary_name():
    """What stands at DIR.tmp and is not ours stays, or the build says why it cannot go on."""
    with folder(a=version(1)) as place:
        (place / "out.tmp").mkdir()
        (place / "out.tmp/precious").write_text("precious")
        connplan("build", "a.yaml", "-o", "out", cwd=place)
        equal(os.path.exists(place / "out.tmp/precious"), True, "precious is still there")


def lost(place, spec="b.yaml"):
    """What a build says that it took from somebody, one line a file."""
    result = connplan("build", spec, "-o", "out", "--format", "short", cwd=place, status=0)
    return sorted(line for line in result.errors.splitlines() if line.startswith("connplan: "))


def test_edited_and_foreign_files_are_replaced_and_named():
    with folder(a=version(1), b=version(2)) as place:
        trees = both_versions(place)
        connplan("build", "a.yaml", "-o", "out", cwd=place, status=0)
        with (place / "out/connectors.ps1").open("a") as file:
            file.write("# by hand")
        (place / "out/dns/2-final/v1.contoso.com.zone").write_text("edited, and stale now")
        (place / "out/dns/2-final/v2.contoso.com.zone").write_text("foreign")
        (place / "out/summary.md").unlink()
        (place / "out/summary.md").symlink_to("../a.yaml")
        (place / "out/verify.ps1").write_bytes(trees[1]["verify.ps1"])
        (place / "out/notes.txt").write_text("mine")
        equal(lost(place), sorted([
            "connplan: replaced `out/connectors.ps1`, which had been edited since the last build",
            "connplan: removed `out/dns/2-final/v1.contoso.com.zone`, which had been edited since the last build",
            "connplan: replaced `out/dns/2-final/v2.contoso.com.zone`, which no build had written",
            "connplan: replaced `out/summary.md`, which was a link"]))
        equal(read(place / "out"), {**trees[1], "notes.txt": b"mine"})
        equal(lost(place), [], "the next build")


@each([("the spec", "summary.md", ["build", "summary.md"]),
       ("the lock", "plan.json", ["build", "a.yaml", "--lock", "plan.json"]),
       ("the export", "plan.json", ["plan", "a.yaml", "--live", "plan.json"])])
def test_an_output_never_replaces_an_input(_name, target, command):
    """The export may be the only copy of what the tenant held."""
    inputs = {"build": '{ "format": "connplan-lock", "version": 1, "names": {} }', "plan": "[]"}
    with folder(a=smallest()) as place:
        if target != "summary.md":
            (place / target).write_text(inputs[command[0]])
        else:
            (place / "a.yaml").rename(place / target)
        before = read(place)
        for out in (".", str(place), f"../{place.name}/"):
            result = connplan(*command, "-o", out, cwd=place, status=4)
            if f"{target}`: it was read as an input of this run" not in result.errors:
                raise AssertionError(result)
            equal(read(place), before)
        connplan(*command, "-o", "out", cwd=place, status=0)


def test_a_folder_that_was_never_built():
    with folder(a=version(1), b=version(2)) as place:
        (place / "out").mkdir()
        (place / "out/plan.json").write_text("{}")
        (place / "out/summary.md").write_text("mine")
        equal(lost(place), ["connplan: replaced `out/plan.json`, which no build had written",
                            "connplan: replaced `out/summary.md`, which no build had written"])


def test_nothing_is_lost_where_builds_follow_each_other():
    with folder(a=version(1), b=version(2)) as place:
        for spec in ("a.yaml", "b.yaml", "b.yaml", "a.yaml"):
            equal(lost(place, spec), [], f"building {spec}")
            (place / "out/notes.txt").write_text("mine")


def test_what_a_killed_build_brought_in_is_not_lost():
    """It had come in file by file; the manifest beside tells of it."""
    with folder(a=version(1), b=version(2), c=version(3)) as place:
        trees = both_versions(place)
        connplan("build", "a.yaml", "-o", "out", cwd=place, status=0)
        (place / "out/notes.txt").write_text("mine")
        (place / "out.tmp").mkdir()
        (place / "out.tmp/.connplan-tmp").write_text("")
        (place / "out.tmp/plan.json").write_bytes(trees[1]["plan.json"])
        (place / "out/connectors.ps1").write_bytes(trees[1]["connectors.ps1"])
        (place / "out/commands.ps1").write_bytes(trees[1]["commands.ps1"])
        equal(lost(place, "c.yaml"), [])


@each([("as written", None), ("on one line", {}), ("other blanks", {"indent": 4})])
def test_a_manifest_in_any_layout_is_known(_name, layout):
    import json
    with folder(a=version(1), b=version(2)) as place:
        trees = both_versions(place)
        connplan("build", "a.yaml", "-o", "out", cwd=place, status=0)
        plan = json.loads((place / "out/plan.json").read_bytes())
        if layout is not None:
            (place / "out/plan.json").write_text(json.dumps(plan, **layout))
        equal(lost(place), [])
        equal(read(place / "out"), trees[1])


@release_only
def test_a_large_manifest_costs_no_second_copy():
    """Building over an old folder takes at most the old plan.json more than building anew."""
    hosts = 4000
    egress = {f"site{one}": {"addresses": f"198.51.{one // 250}.{one % 250}"} for one in range(hosts)}
    relays = {f"host{one}": {"address": f"10.1.{one // 250}.{one % 250}", "egress": f"site{one}",
                             "sends_as": "contoso.com", "method": "internet"} for one in range(hosts)}
    spec = smallest(egress=egress, relay_hosts=relays, sample=False)
    with folder(a=spec) as place:
        script = ("import resource, subprocess, sys; subprocess.run(sys.argv[1:], check=False, "
                  "stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL); "
                  "print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)")
        peaks = [int(run([sys.executable, "-c", script, BINARY, "build", "a.yaml", "-o", "out"],
                         cwd=place).text) * 1024 for _ in range(2)]
        size = (place / "out/plan.json").stat().st_size
        if size < 1 << 20 or peaks[1] - peaks[0] > size + (9 << 20):
            raise AssertionError(f"peaks {peaks}, plan.json {size}")
