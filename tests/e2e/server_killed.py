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
from collections import Counter
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
from actors import Bot, Server, fail  # noqa: E402

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


def check(reader, senders):
    texts = Counter(message["text"] for message in reader.messages)
    doubled = [text for text, count in texts.items() if count > 1]
    if doubled:
        fail(f"{reader.name} has messages twice: {doubled}")
    in_order = sorted(reader.messages, key=lambda message: message["sequence"])
    for sender in senders:
        numbers = [int(m["text"].split()[1]) for m in in_order if m["from"] == sender.name]
        if numbers != list(range(EACH)):
            fail(f"{reader.name} has {sender.name}'s messages as {numbers}")


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
                check(bot, (anna, mikael))
            anna.wait_state("it is online", lambda state: state["connection"] == "online")
            saga = Bot(folder, "saga")
            bots.append(saga)
            saga.join(anna.invite(), None)
            saga.wait_state("the channel is there", knows)
            saga.order(do="open", channel="general")
            saga.wait("every message is there", everything)
            check(saga, (anna, mikael))
        finally:
            for bot in bots:
                bot.stop()
    print(f"Killed {KILLS} times: {2 * EACH} messages are there once, in order, for all three (seed {seed}).")


if __name__ == "__main__":
    main()
