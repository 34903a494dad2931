"""What the test suites share: where the program is, how it is run, how results are told.

A suite prints one line a test, `ok NAME`, `not ok NAME` (details follow, indented) or
`skip NAME: WHY`, and ends with `N passed, N failed, N skipped`. Its exit status is 1 if a test
failed or none ran. tests/run runs the suites and adds them up.
"""

import concurrent.futures
import os
import pathlib
import subprocess
import sys
import tempfile
import threading
import time
import traceback
import types

ROOT = pathlib.Path(__file__).resolve().parent.parent
BINARY = ROOT / os.environ.get("CONNPLAN", "build/release/connplan")
WORKERS = os.cpu_count() or 1

# The day on which every test runs: 2026-12-01, midnight UTC.
SOURCE_DATE_EPOCH = "1796083200"

# Nothing of the caller's environment reaches the program unless a test asks for it.
ENVIRONMENT = {
    "PATH": os.environ.get("PATH", "/usr/bin:/bin"),
    "SOURCE_DATE_EPOCH": SOURCE_DATE_EPOCH,
    "ASAN_OPTIONS": "detect_leaks=1:strict_string_checks=1:abort_on_error=0:exitcode=99",
    "UBSAN_OPTIONS": "halt_on_error=1:print_stacktrace=1:exitcode=99",
}

SANITIZER_SIGNS = (b"AddressSanitizer", b"LeakSanitizer", b"runtime error:")


def is_sanitized():
    """Whether the program under test carries sanitizers, hence is slow and takes much memory."""
    return "asan" in BINARY.parts


class Report:
    """Counts and prints results; safe to use from several threads."""

    def __init__(self):
        self.passed = self.failed = self.skipped = 0
        self._lock = threading.Lock()

    def ok(self, name):
        with self._lock:
            self.passed += 1
            print(f"ok {name}", flush=True)

    def fail(self, name, detail=""):
        with self._lock:
            self.failed += 1
            print(f"not ok {name}")
            for line in str(detail).splitlines()[:60]:
                print(f"    {line}")
            sys.stdout.flush()

    def skip(self, name, why):
        with self._lock:
            self.skipped += 1
            print(f"skip {name}: {why}", flush=True)

    def check(self, name, good, detail=""):
        """One test whose outcome is already known."""
        if good:
            self.ok(name)
        else:
            self.fail(name, detail)

    def finish(self):
        """Prints the closing line and returns the exit status."""
        if self.passed + self.failed == 0:
            self.fail("this suite found nothing to run")
        print(f"{self.passed} passed, {self.failed} failed, {self.skipped} skipped", flush=True)
        return 1 if self.failed else 0


def on_all_cores(function, items):
    """Calls FUNCTION on each item, several at a time (it mostly waits for processes)."""
    with concurrent.futures.ThreadPoolExecutor(WORKERS) as pool:
        for future in [pool.submit(function, item) for item in items]:
            future.result()


class Result(types.SimpleNamespace):
    """How one run ended: status, out and err as bytes, seconds, peak memory in bytes."""

    @property
    def text(self):
        return self.out.decode("utf-8", "replace")

    @property
    def errors(self):
        return self.err.decode("utf-8", "replace")

    def __str__(self):
        return (f"status {self.status} after {self.seconds:.2f} s: {' '.join(self.argv)}\n"
                f"--- standard output\n{self.text[:3000]}\n--- standard error\n{self.errors[:3000]}")


def run(argv, stdin=b"", cwd=None, env=None, timeout=120, **popen):
    """Runs a command to its end. STDIN is bytes or an open file; ENV is added to ENVIRONMENT, a
    value of None removes a name.
    """
    environment = {**ENVIRONMENT, **(env or {})}
    environment = {key: value for key, value in environment.items() if value is not None}
    argv = [str(word) for word in argv]
    begin = time.monotonic()
    with tempfile.TemporaryFile() as given:
        if isinstance(stdin, bytes):
            given.write(stdin)
            given.seek(0)
            stdin = given
        popen = {"stdin": stdin, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE, **popen}
        process = subprocess.Popen(argv, cwd=cwd or ROOT, env=environment, **popen)
        try:
            out, err = process.communicate(timeout=timeout)
        except subprocess.TimeoutExpired:
            process.kill()
            out, err = process.communicate()
            raise AssertionError(f"still running after {timeout} s: {' '.join(argv)}") from None
    return Result(argv=argv, status=process.returncode, out=out or b"", err=err or b"",
                  seconds=time.monotonic() - begin)


def connplan(*args, status=None, **how):
    """Runs connplan. Fails unless it ends in good order, and with STATUS where one is given."""
    result = run([BINARY, *args], **how)
    broken = result.status < 0 or result.status in (70, 99)
    if broken or any(sign in result.err for sign in SANITIZER_SIGNS):
        raise AssertionError(f"connplan broke down\n{result}")
    if status is not None and result.status != status:
        raise AssertionError(f"exit status {status} expected\n{result}")
    return result


def each(rows):
    """Decorates a test that runs once for each row; the row's first member names the case."""
    def decorate(function):
        function.rows = list(rows)
        return function
    return decorate


def release_only(function):
    """Decorates a test of time or memory, which says nothing about a build with sanitizers."""
    function.release_only = True
    return function


def collect(module):
    """The tests of a module as (name, callable): every function test_NAME, row by row."""
    stem = pathlib.Path(module.__file__).stem
    for name, function in vars(module).items():
        if not name.startswith("test_") or not callable(function):
            continue
        if is_sanitized() and getattr(function, "release_only", False):
            continue
        title = f"{stem}/{name[5:]}"
        if not hasattr(function, "rows"):
            yield title, function
            continue
        for row in function.rows:
            row = row if isinstance(row, tuple) else (row,)
            yield f"{title} [{row[0]}]", lambda function=function, row=row: function(*row)


def run_tests(report, tests):
    """Runs (name, callable) pairs; a test passes if it raises nothing."""
    def one(test):
        name, function = test
        try:
            function()
        except AssertionError as problem:
            where = traceback.extract_tb(problem.__traceback__)[-1]
            report.fail(name, str(problem) or f"{where.filename}:{where.lineno}: {where.line}")
        except Exception:
            report.fail(name, traceback.format_exc(limit=-3))
        else:
            report.ok(name)
    on_all_cores(one, tests)


def equal(got, wanted, what="value"):
    """Fails with both values unless they are equal."""
    if got != wanted:
        raise AssertionError(f"{what}\n     got: {got!r}\n  wanted: {wanted!r}")


def difference(wanted, got, name):
    """A unified difference of two byte strings, for a failure's detail."""
    import difflib
    lines = [text.decode("utf-8", "replace").splitlines() for text in (wanted, got)]
    return "\n".join(difflib.unified_diff(*lines, f"expected/{name}", f"got/{name}", lineterm=""))
