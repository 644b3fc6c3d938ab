#!/usr/bin/env python3
"""House rules for the files of the clone, as `git ls-files` lists them.

    words.py        exits 1 and names each place

- no path of somebody's own machine, and no mark of an unresolved merge, in any text file
- Rust: no unfinished places, no ignored tests, no `#[allow]` without a reason, no source over 600 lines
- what the voice thread runs names nothing that locks, waits or logs
- no file over 1 MB outside assets/
- both databases have the same numbered migrations, without gaps
- what starts with #! can be run
"""
import re
import subprocess
import sys
from pathlib import Path

LONGEST_SOURCE, LARGEST_FILE = 600, 1_000_000
EVERYWHERE = [
    # A folder that exists on one machine alone; `/home/you` and the like are fine as examples.
    (re.compile(r"/(?:home|Users)/(?!(?:you|user|alice|bob|dialtone|runner)\b)[a-z][\w.-]*/|(?<![\w.~-])/root/"), "a path of one machine"),
    (re.compile(r"^(?:<{7} |>{7} )"), "an unresolved merge"),
]
RUST = [
    (re.compile(r"\b(?:todo|unimplemented)!\s*\("), "unfinished"),
    (re.compile(r"#\[ignore\b"), "an ignored test: run it, or take it out"),
    (re.compile(r"#!?\[allow\("), "an exception: #[expect(.., reason = \"..\")] instead"),
]
# What the voice thread runs. `rt` and `link` are where it meets other threads: rings there, and one lock on the others' side.
VOICE_THREAD = re.compile(r"audio-pipeline/src/(?:(?:stages|chain|codec|downlink|uplink)/.*|engine/core|rt/[\w/]*)\.rs$")
WAITS = re.compile(r"\b(?:Mutex|RwLock|Condvar|Barrier)\b|\bmpsc::|\.lock\(\)|\bthread::(?:sleep|park)|\be?print(?:ln)?!|\b(?:tracing|log)::")
EXEMPT = {"tools/check/words.py", "tools/check/tests/test_words.py", "Cargo.lock"}


def tracked(root):
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=root, check=True, stdout=subprocess.PIPE).stdout
    return [name for name in listed.decode().split("\0") if name and (root / name).is_file()]


def text_of(path):
    """The file's text, or None where it is not text."""
    content = path.read_bytes()
    if b"\0" in content[:8192]:
        return None
    try:
        return content.decode()
    except UnicodeDecodeError:
        return None


def line_rules(name, text):
    rules = EVERYWHERE + (RUST if name.endswith(".rs") else [])
    for number, line in enumerate(text.splitlines(), 1):
        for pattern, what in rules:
            if pattern.search(line):
                yield f"{name}:{number}: {what}: {line.strip()[:100]}"


def voice_thread_rules(name, text):
    """Nothing that locks, waits or logs, outside of tests."""
    if not VOICE_THREAD.search(name) or name.endswith("/tests.rs"):
        return
    for number, line in enumerate(text.split("#[cfg(test)]")[0].splitlines(), 1):
        code = line.split("//")[0]
        if WAITS.search(code):
            yield f"{name}:{number}: the voice thread may neither lock, wait nor log: {line.strip()[:100]}"


def file_rules(root, name):
    path = root / name
    size = path.stat().st_size
    if size > LARGEST_FILE and not name.startswith("assets/"):
        yield f"{name}: {size} bytes; files over {LARGEST_FILE} belong into assets/ or out of the repository"
    text = text_of(path)
    if text is None or name in EXEMPT:
        return
    yield from line_rules(name, text)
    yield from voice_thread_rules(name, text)
    lines = text.count("\n")
    if name.endswith(".rs") and lines > LONGEST_SOURCE:
        yield f"{name}: {lines} lines; over {LONGEST_SOURCE} it is two things"
    if text.startswith("#!/") and not path.stat().st_mode & 0o100:
        yield f"{name}: starts with #! but cannot be run (chmod +x)"


def migration_rules(root):
    folders = [root / "migrations" / database for database in ("sqlite", "postgres")]
    named = [{path.name for path in folder.glob("*.sql")} if folder.is_dir() else set() for folder in folders]
    for name in sorted(named[0] ^ named[1]):
        yield f"migrations: {name} exists for {'sqlite' if name in named[0] else 'postgres'} alone"
    numbers = sorted(int(match.group(1)) for match in (re.match(r"(\d+)_", name) for name in named[0]) if match)
    if numbers != list(range(1, len(named[0]) + 1)):
        yield f"migrations: numbers must run from 1 without gaps or repeats, found {numbers}"


def complaints(root, names=None):
    for name in tracked(root) if names is None else names:
        yield from file_rules(root, name)
    yield from migration_rules(root)


def main():
    root = Path(__file__).resolve().parents[2]
    found = list(complaints(root))
    for line in found:
        print(line)
    print(f"house rules: {'broken ' + str(len(found)) + ' times' if found else 'kept'}")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
