#!/usr/bin/env python3
"""Each scenario of the load in miniature: a server in a process of its own, a few clients, and nothing lost, nothing twice, nothing out of order.

It is a test of the server under each of these loads, and of the load itself: it has to find its clients, count what they got and say so.
"""
import json
import os
import subprocess
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
from actors import binary, fail, postgres_of_its_own  # noqa: E402

# What is run, and what has to be true of its line beside nothing lost, twice or out of order.
SCENARIOS = [
    (["fanout", "--clients", "20", "--messages", "40"], lambda line: len(line["rows"]) == 8 and line["clients"] == 20),
    # A fifth of the readers, and an eighth, open what they get.
    (["steady", "--clients", "20", "--per-s", "40", "--seconds", "2", "--opening", "5"], lambda line: line["deliveries"] == 80 * 20
     and line["opened"] == 80 * 4),
    (["burst", "--clients", "40", "--rounds", "2", "--opening", "8"], lambda line: line["p50_ms"] <= line["p99_ms"] <= line["all_delivered_worst_ms"] * 2
     and line["opened"] == 2 * 40 * 5),
    # More messages than a queue and the system's buffers hold, so that those who stop reading are let go.
    (["slow-readers", "--clients", "8", "--messages", "12000", "--per-s", "2000"], lambda line: line["cut"] >= 1 and line["resumed_events"] > 0
     and line["ended_quick"] == 0
     # Those who ask and read nothing have a minute.
     and line["http_cut"] == line["http_slow"] == 2 and line["http_cut_after_s"][0] >= 55 and line["http_served"] >= 60),
    (["join-storm", "--newcomers", "6"], lambda line: line["newcomers"] == 6 and line["most_tries"] >= 1),
    (["big-history", "--messages", "1000"], lambda line: line["pages"] == 5),
    # More than come in by the server's doors: the others are written into its database.
    (["idle", "--connections", "60"], lambda line: line["connections"] == 60 and line["start_ms"] > 0
     # Two hundredths of a processor, in a build for tests: one that is idle does not spin.
     and line["cpu_ms_per_minute_at_rest"] <= 1200),
    (["reconnect-storm", "--clients", "60"], lambda line: line["clients"] == 60),
    (["resume", "--messages", "300"], lambda line: line["messages"] == 300),
    # A tenth as many are stored before it counts.
    (["store", "--senders", "16", "--messages", "300", "--postgres-from", "DIALTONE_LOAD_POSTGRES"],
     lambda line: line["sqlite_read_back"] == line["postgres_read_back"] == 330),
]


def run(environment):
    for arguments, holds in SCENARIOS:
        asked = [binary("dialtone-load"), arguments[0], "--server-bin", binary("dialtone-server"), "--quick", "--json", *arguments[1:]]
        done = subprocess.run(asked, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=200, env=environment)
        print(f"- {' '.join(arguments)}: {done.stdout.strip()[:600]}", flush=True)
        if done.returncode != 0:
            fail(f"{arguments[0]} ended with {done.returncode}: {done.stdout.strip()} {done.stderr.strip()}")
        line = json.loads(done.stdout.splitlines()[-1])
        counts = {name: line.get(name, 0) for name in ("lost", "twice", "out_of_order", "ended", "unreadable")}
        if any(counts.values()):
            fail(f"{arguments[0]}: {counts}")
        if not holds(line):
            fail(f"{arguments[0]} says what cannot be: {line}")
    print("load: every scenario ran whole")


def main():
    with postgres_of_its_own() as database:
        run({**os.environ, "DIALTONE_LOAD_POSTGRES": database})


if __name__ == "__main__":
    main()
