#!/usr/bin/env python3
"""A server is backed up while people talk, dies, and is put back on another port: they talk on, and nobody was lost.

The backup that is taken while they talk is put back aside and checked. Then the server gets SIGKILL; what it left is backed up, put back
into another folder and served at another address. Who opens a link of that address is led there with the account one has; a link that was
made before the move lets somebody in after it.
"""
import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
from actors import Bot, Server, binary, check_messages, fail  # noqa: E402

EACH = 20
PACE = 0.02  # seconds between two messages: the load, not a wait for anything


def command(data, *arguments):
    """Runs a command of the server's program; what it printed."""
    done = subprocess.run([binary("dialtone-server"), "--data-dir", str(data), *arguments], stdin=subprocess.DEVNULL,
                          capture_output=True, text=True)
    print(f"- {arguments[0]}: {(done.stdout or done.stderr).strip()}", flush=True)
    if done.returncode != 0:
        fail(f"`{' '.join(arguments)}` ended with {done.returncode}")
    return done.stdout


def say(bots, numbers, after):
    """Everybody sends these numbers; `after` runs in the middle, beside them."""
    running = None
    for number in numbers:
        for bot in bots:
            bot.order(do="say", channel="general", text=f"{bot.name} {number}")
            time.sleep(PACE)
        if after and number == numbers[len(numbers) // 3]:
            running = subprocess.Popen(after, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    if running:
        words, _ = running.communicate(timeout=60)
        print(f"- while they talked: {words.strip()}", flush=True)
        if running.returncode != 0:
            fail("the backup beside the running server failed")


def at(link, port):
    """The same link, of another address."""
    return re.sub(r"^(dialtone://[^/]*:)\d+", rf"\g<1>{port}", link)


def main():
    knows = lambda state: "general" in [channel["name"] for channel in state["channels"]]  # noqa: E731
    with tempfile.TemporaryDirectory() as home:
        home = Path(home)
        (home / "old").mkdir()
        (home / "new").mkdir()
        bots = []
        try:
            with Server(home / "old") as old:
                bots += [Bot(home, name) for name in ("anna", "mikael")]
                anna, mikael = bots
                anna.join(old.link, "Crew")
                anna.wait_state("its channels are there", knows)
                mikael.join(anna.invite(), None)
                for bot in bots:
                    bot.wait_state("the channel is there", knows)
                    bot.order(do="open", channel="general")
                first = home / "first.backup"
                say(bots, range(EACH), [binary("dialtone-server"), "--data-dir", str(old.data), "backup", str(first)])
                for bot in bots:
                    bot.wait("every message is there", lambda bot: len(bot.messages) >= 2 * EACH)
                command(home / "aside", "restore", str(first))
                invite = anna.invite()
                old.kill()
            for bot in bots:
                bot.wait_state("the server is missed", lambda state: state["connection"] != "online")
            last = home / "last.backup"
            command(old.data, "backup", str(last))
            command(home / "new" / "server", "restore", str(last))
            command(home / "new" / "server", "check", "--deep")
            with Server(home / "new") as new:
                if new.port == old.port:
                    fail("the new server is where the old one was")
                link = command(new.data, "admin", "link").strip()
                for bot in bots:
                    bot.order(do="inspect", link=link)
                    back = lambda state: state["connection"] == "online" and knows(state)  # noqa: E731
                    bot.wait_state("it is online again", back)
                say(bots, range(EACH, 2 * EACH), None)
                for bot in bots:
                    bot.wait("every message is there", lambda bot: len(bot.messages) >= 4 * EACH)
                    check_messages(bot, bots, 2 * EACH)
                saga = Bot(home, "saga")
                bots.append(saga)
                saga.join(at(invite, new.port), None)
                saga.wait_state("the channel is there", knows)
                saga.order(do="open", channel="general")
                saga.wait("every message is there", lambda bot: len(bot.messages) >= 4 * EACH)
                check_messages(saga, (anna, mikael), 2 * EACH)
                command(new.data, "check", "--deep")
        finally:
            for bot in bots:
                bot.stop()
    print(f"Moved: {4 * EACH} messages are there once, in order, for all three.")


if __name__ == "__main__":
    main()
