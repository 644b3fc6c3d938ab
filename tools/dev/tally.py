#!/usr/bin/env python3
"""Sums up what the parts of ./dev test printed: one closing line, `N passed, N failed`, and `N skipped` where something could not run.

    tally.py FOLDER

FOLDER has NAME.log and NAME.status (exit status) for each part. A part whose output has no counts that we know counts as
one test, and what it says in lines of `skipped: WHAT, WHY` as skipped; a part that failed without a failed test in its output
(it crashed, or did not build) counts as one failure.
"""
import os
import re
import sys
from pathlib import Path

NEXTEST = re.compile(r"^\s*Summary \[.*?\]\s+(?:\d+/)?\d+ tests? run: (.*)$", re.M)
CARGO = re.compile(r"^test result: \w+\. (\d+) passed; (\d+) failed; (\d+) ignored", re.M)
UNITTEST = re.compile(r"^Ran (\d+) tests? in .*\n+(OK|FAILED|NO TESTS RAN)(?: \((.*)\))?", re.M)

SKIPPED = re.compile(r"^skipped: \S", re.M)


def named(text, name):
    found = re.search(rf"(\d+) {name}", text)
    return int(found.group(1)) if found else 0


def counts(text):
    """(passed, failed, skipped) as the runner said, or None where no runner spoke."""
    summary = NEXTEST.findall(text)
    if summary:
        last = summary[-1]
        return named(last, "passed"), named(last, "failed") + named(last, "timed out"), named(last, "skipped")
    results = CARGO.findall(text)
    if results:
        return tuple(sum(int(row[column]) for row in results) for column in range(3))
    ran = UNITTEST.search(text)
    if ran:
        said = dict(part.split("=") for part in (ran.group(3) or "").split(", ") if "=" in part)
        failed = int(said.get("failures", 0)) + int(said.get("errors", 0))
        skipped = int(said.get("skipped", 0))
        return int(ran.group(1)) - failed - skipped, failed, skipped
    return None


def tally(folder):
    """Rows of (name, passed, failed, skipped), in the order in which the parts ended."""
    rows = []
    for status_file in sorted(Path(folder).glob("*.status"), key=lambda path: path.stat().st_mtime_ns):
        status = int(status_file.read_text())
        log = status_file.with_suffix(".log")
        text = log.read_text(errors="replace") if log.exists() else ""
        found = counts(text)
        if found is None:
            skipped = len(SKIPPED.findall(text))
            found = (0, 1, skipped) if status else (1, 0, skipped)
        passed, failed, skipped = found
        if status == 5 and (passed, failed) == (0, 0):
            status = 0  # unittest's own word for "no test has that name"
        if status and not failed:
            failed = 1
        rows.append((status_file.stem, passed, failed, skipped))
    return rows


def main():
    rows = tally(sys.argv[1])
    print()
    for name, passed, failed, skipped in rows:
        print(f"{'FAILED' if failed else 'ok':>6}  {name}: {passed} passed, {failed} failed, {skipped} skipped")
    passed, failed, skipped = (sum(row[column] for row in rows) for column in (1, 2, 3))
    # Where only some are asked for, the others are no news.
    told = skipped and not os.environ.get("DIALTONE_TEST_ONLY")
    print(f"\n{passed} passed, {failed} failed" + (f", {skipped} skipped" if told else ""))
    return 1 if failed or not passed else 0


if __name__ == "__main__":
    sys.exit(main())
