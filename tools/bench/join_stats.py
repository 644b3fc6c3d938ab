#!/usr/bin/env python3
"""Puts what was measured from outside and what the clients counted themselves into one line.

    join_stats.py DELAY.json STATS.json

A key that the clients did not write is null: it is unknown, not zero.
"""
import json
import sys


def joined(delay, stats):
    line = {**stats, **delay}
    for key in ("underruns", "stages_ms"):
        line.setdefault(key, None)
    stages = line["stages_ms"]
    if stages and all(value is not None for value in stages.values()):
        # What the stages do not explain lies in the sound server, the operating system and the network.
        line["unaccounted_ms"] = round(line["p50_ms"] - sum(stages.values()), 1)
    return line


def main():
    delay, stats = (json.load(open(path, encoding="utf-8")) for path in sys.argv[1:3])
    line = joined(delay, stats)
    for name, value in sorted((line["stages_ms"] or {}).items(), key=lambda item: -(item[1] or 0)):
        print(f"{value:8.1f} ms  {name}" if value is not None else f"       ?     {name}")
    print(json.dumps(line))


if __name__ == "__main__":
    main()
