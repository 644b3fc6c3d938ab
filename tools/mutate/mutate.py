#!/usr/bin/env python3
"""Takes each check of the catalogue out, one at a time, and demands that its test fails.

    mutate.py [--only PATTERN] [--list] [--folder FOLDER]

    the clone -> a copy of it -> every test named must pass there
              -> a check is taken out, built (it must compile), its test run (it must fail) -> put back -> the next

Builds go to $CARGO_TARGET_DIR/mutations, or to $DIALTONE_MUTATE_TARGET. Exits 1 and names each check whose test did not fail.
"""
import argparse
import os
import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
from catalogue import CHECKS  # noqa: E402

ROOT = Path(__file__).resolve().parents[2]
TEST_SECONDS = 300
BUILD_SECONDS = 3600


def complaints(checks, root=ROOT):
    """Why the catalogue and the tree do not agree: every snippet stands once, and every name is another one."""
    names = set()
    for check in checks:
        if check.name in names:
            yield f"{check.name}: the name stands twice in the catalogue"
        names.add(check.name)
        path = root / check.file
        count = path.read_text(encoding="utf-8").count(check.stands) if path.is_file() else 0
        if count != 1:
            yield f"{check.name}: its check stands {count} times in {check.file}, not once"
        if check.stands == check.without:
            yield f"{check.name}: nothing is taken out"
        for test in check.tests.split():
            if not any(f"fn {test}" in text or f"mod {test.removesuffix('::')};" in text for text in test_sources(check.target, root)):
                yield f"{check.name}: no test's name begins with {test}"


def test_sources(target, root, known={}):  # noqa: B006: the point is that it is kept
    """The texts of a package's Rust files."""
    folder = root / target.folder
    if folder not in known:
        known[folder] = [path.read_text(encoding="utf-8") for path in folder.rglob("*.rs")]
    return known[folder]


def copy_tree(source, to):
    """Copies what is in the clone and not ignored; a file that is the same already keeps its time, so that Cargo keeps its build."""
    listed = subprocess.run(["git", "ls-files", "-co", "--exclude-standard", "-z"], cwd=source, check=True, capture_output=True)
    names = {name for name in listed.stdout.decode().split("\0") if name and (source / name).is_file()}
    for name in names:
        content, path = (source / name).read_bytes(), to / name
        if not path.is_file() or path.read_bytes() != content:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
    for path in to.rglob("*"):
        if path.is_file() and str(path.relative_to(to)) not in names:
            path.unlink()


class Tree:
    """The copy, with Cargo in it."""

    def __init__(self, folder):
        self.folder = folder
        self.environment = dict(os.environ, CARGO_TERM_COLOR="never")
        target = Path(os.environ.get("CARGO_TARGET_DIR") or Path.home() / ".cache/dialtone/target")
        self.environment["CARGO_TARGET_DIR"] = os.environ.get("DIALTONE_MUTATE_TARGET") or str(target / "mutations")
        # What is refused does not hang on the database.
        self.environment["DIALTONE_SKIP_POSTGRES"] = "1"
        # Most of a rebuild is the same code again.
        self.environment["CARGO_INCREMENTAL"] = "1"

    def cargo(self, target, *arguments, seconds):
        """(exit status, output); a test that takes too long has failed."""
        command = ["cargo", "test", "--locked", "-p", target.package, *target.part, *arguments]
        try:
            done = subprocess.run(command, cwd=self.folder, env=self.environment, stdin=subprocess.DEVNULL, text=True,
                                  stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=seconds, errors="replace")
        except subprocess.TimeoutExpired as late:
            return 124, (late.stdout or b"").decode(errors="replace") if isinstance(late.stdout, bytes) else late.stdout or ""
        return done.returncode, done.stdout

    def build(self, target):
        return self.cargo(target, "--no-run", seconds=BUILD_SECONDS)

    def run(self, target, tests):
        return self.cargo(target, "--", *tests.split(), seconds=TEST_SECONDS)


def ran(output):
    """How many tests ran."""
    return sum(int(count) for count in re.findall(r"^running (\d+) tests?$", output, re.M))


def prepare(tree, checks):
    """Every named test passes while every check is there. Gives complaints."""
    for target in dict.fromkeys(check.target for check in checks):
        status, output = tree.build(target)
        if status != 0:
            yield f"{target.package} does not build:\n{output[-3000:]}"
            return
        for tests in dict.fromkeys(check.tests for check in checks if check.target == target):
            status, output = tree.run(target, tests)
            if status != 0 or ran(output) == 0:
                yield f"{tests} of {target.package} does not pass, or is no test, before anything is taken out:\n{output[-3000:]}"


def take_out(tree, check):
    """`None`: its test failed without it. Else what went wrong."""
    path = tree.folder / check.file
    text = path.read_text(encoding="utf-8")
    try:
        path.write_text(text.replace(check.stands, check.without), encoding="utf-8")
        status, output = tree.build(check.target)
        if status != 0:
            return f"does not compile without it:\n{output[-3000:]}"
        status, output = tree.run(check.target, check.tests)
        return None if status != 0 else f"{check.tests} passes without it"
    finally:
        path.write_text(text, encoding="utf-8")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", default="", metavar="PATTERN", help="the checks whose name contains it")
    parser.add_argument("--list", action="store_true", help="names the checks and does nothing")
    parser.add_argument("--folder", type=Path, help="keep the copy there, for a quicker next time")
    arguments = parser.parse_args()
    checks = [check for check in CHECKS if arguments.only in check.name]
    if arguments.list:
        print("\n".join(check.name for check in checks))
        return 0
    wrong = list(complaints(checks))
    if wrong or not checks:
        print("\n".join(wrong or ["no check has such a name"]))
        return 1
    with tempfile.TemporaryDirectory(prefix="dialtone-mutate-") as temporary:
        folder = arguments.folder or Path(temporary)
        copy_tree(ROOT, folder)
        tree = Tree(folder)
        for complaint in prepare(tree, checks):
            print(complaint, flush=True)
            wrong.append(complaint)
        if wrong:
            return 1
        survivors = []
        # One file after the other: less is built anew.
        for number, check in enumerate(sorted(checks, key=lambda one: one.file), 1):
            began = time.monotonic()
            problem = take_out(tree, check)
            verdict = "noticed" if problem is None else f"NOT NOTICED: {problem}"
            print(f"{number}/{len(checks)} {check.name}: {verdict} ({time.monotonic() - began:.0f} s)", flush=True)
            if problem is not None:
                survivors.append(check.name)
    print(f"{len(checks)} checks taken out, {len(checks) - len(survivors)} noticed, {len(survivors)} not noticed")
    for name in survivors:
        print(f"  not noticed: {name}")
    return 1 if survivors else 0


if __name__ == "__main__":
    sys.exit(main())
