#!/usr/bin/env python3
"""Whether each test that SECURITY.md names is there.

    attacks.py       exits 1 and names each that is not

A test is named by its function (`a_long_name_with_underscores`) or, for one from end to end, by its path (`tests/e2e/...`).
"""
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def named(text):
    """The tests that a text names: (functions, files)."""
    functions = set(re.findall(r"`([a-z][a-z0-9]*(?:_[a-z0-9]+){2,})`", text))
    return functions, set(re.findall(r"`(tests/e2e/[\w.]+)`", text))


def functions_in(sources):
    return {name for source in sources for name in re.findall(r"\bfn ([a-z0-9_]+)", source)}


def complaints(text, there, root):
    functions, files = named(text)
    yield from (f"SECURITY.md names the test {name}, which is nowhere" for name in sorted(functions - there))
    yield from (f"SECURITY.md names {file}, which is not there" for file in sorted(files) if not (root / file).is_file())


def main():
    listed = subprocess.run(["git", "ls-files", "-z", "*.rs"], cwd=ROOT, check=True, stdout=subprocess.PIPE).stdout.decode()
    sources = [(ROOT / name).read_text() for name in listed.split("\0") if name and (ROOT / name).is_file()]
    wrong = list(complaints((ROOT / "SECURITY.md").read_text(), functions_in(sources), ROOT))
    for line in wrong:
        print(line)
    print(f"attacks: {str(len(wrong)) + ' tests missing' if wrong else 'each test is there'}")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
