#!/usr/bin/env python3
"""The server is killed while clients send: afterwards every message is there once, in each sender's order.

Two clients send numbered messages; the server gets SIGKILL at moments drawn from a seed and is started again on the same
data and port. The clients come back by themselves. A third one, who joins at the end, reads the same.
"""
import os
import random
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
from actors import Bot, Server, check_messages, fail  # noqa: E402

EACH, KILLS = 40, 4
PACE = 0.02  # seconds between two messages: the load, not a wait for anything


def send(server, bots, chance):
    """Everybody sends their numbers; the server dies so many times on the way."""
    moments = set(chance.sample(range(5, EACH - 2), KILLS))
    for number in range(EACH):
        for bot in bots:
            bot.order(do="say", channel="general", text=f"{bot.name} {number}")
            time.sleep(PACE)
        if number in moments:
            server.kill()
            server.start()
            print(f"- the server was killed and started again after message {number}", flush=True)


def check_stored(server):
    """Nothing is there twice or missing in the server's database, which no client's own care for doubles hides."""
    rows = server.stored("SELECT hex(channel_id), sequence, hex(client_event_id) FROM messages ORDER BY channel_id, sequence")
    if len(rows) < 2 * EACH or len({row[2] for row in rows}) != len(rows):
        fail(f"{len(rows)} messages are stored, with {len({row[2] for row in rows})} ids")
    for channel in {row[0] for row in rows}:
        sequences = [row[1] for row in rows if row[0] == channel]
        if sequences != list(range(1, len(sequences) + 1)):
            fail(f"the stored numbers of a channel have gaps: {sequences}")


def main():
    seed = int(os.environ.get("DIALTONE_SEED", "7"))
    chance = random.Random(seed)
    with tempfile.TemporaryDirectory() as folder, Server(folder) as server:
        bots = []
        try:
            anna, mikael = (Bot(folder, name) for name in ("anna", "mikael"))
            bots += [anna, mikael]
            anna.join(server.link, "Crew")
            knows = lambda state: "general" in [channel["name"] for channel in state["channels"]]  # noqa: E731
            anna.wait_state("its channels are there", knows)
            mikael.join(anna.invite(), None)
            for bot in bots:
                bot.wait_state("the channel is there", knows)
                bot.order(do="open", channel="general")
            send(server, bots, chance)
            everything = lambda bot: len(bot.messages) >= 2 * EACH  # noqa: E731
            for bot in bots:
                bot.wait("every message is there", everything)
                check_messages(bot, (anna, mikael), EACH)
            anna.wait_state("it is online", lambda state: state["connection"] == "online")
            saga = Bot(folder, "saga")
            bots.append(saga)
            saga.join(anna.invite(), None)
            saga.wait_state("the channel is there", knows)
            saga.order(do="open", channel="general")
            saga.wait("every message is there", everything)
            check_messages(saga, (anna, mikael), EACH)
            check_stored(server)
        finally:
            for bot in bots:
                bot.stop()
    print(f"Killed {KILLS} times: {2 * EACH} messages are there once, in order, for all three (seed {seed}).")


if __name__ == "__main__":
    main()
