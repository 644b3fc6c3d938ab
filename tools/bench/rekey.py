#!/usr/bin/env python3
"""How soon the keys change after a removal: the member list's entry and the group's commit, as the server's database has them.

One member after another is removed while others stay connected; whichever of them commits. The database is looked at every
few milliseconds, so that a figure is at most that much too high.
"""
import argparse
import json
import statistics
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "tests" / "e2e"))
from actors import PATIENCE, Bot, Server, fail  # noqa: E402

LOOK = 0.003  # seconds between two looks


def seen(server, query, before):
    """When the figure is above what it was."""
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        if server.stored(query)[0][0] > before:
            return time.monotonic()
        time.sleep(LOOK)
    fail(f"nothing came of it: {query} stays {before}")


def remove(server, admin, victim):
    """Seconds from the entry to the commit."""
    entries, epochs = "SELECT COUNT(*) FROM roster", "SELECT MAX(epoch) FROM mls_groups"
    before = server.stored(entries)[0][0], server.stored(epochs)[0][0]
    admin.order(do="remove", member=victim.name)
    listed = seen(server, entries, before[0])
    return seen(server, epochs, before[1]) - listed


def measure(folder, stay, removals):
    took = []
    with Server(folder) as server:
        bots = [Bot(folder, "anna")]
        try:
            anna = bots[0]
            anna.join(server.link, "Rekeying")
            anna.wait_state("its channels are there", lambda state: "general" in [c["name"] for c in state["channels"]])
            for number in range(stay - 1 + removals):
                bot = Bot(folder, f"member{number}")
                bots.append(bot)
                bot.join(anna.invite(), None)
                anna.wait_state("everybody knows them", lambda state, bot=bot: bot.name in state["members"])
            for victim in bots[stay:]:
                took.append(remove(server, anna, victim))
                victim.stop()
        finally:
            for bot in bots:
                bot.stop()
    return took


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true")
    arguments = parser.parse_args()
    stay, removals = (3, 8) if arguments.quick else (4, 30)
    with tempfile.TemporaryDirectory() as folder:
        took = [seconds * 1000 for seconds in measure(folder, stay, removals)]
    print(f"{len(took)} removals, {stay} clients that stay: " + ", ".join(f"{ms:.0f}" for ms in took) + " ms")
    print(json.dumps({"removals": len(took), "clients": stay, "rekey_p50_ms": round(statistics.median(took), 1),
                      "rekey_max_ms": round(max(took), 1)}))


if __name__ == "__main__":
    main()
