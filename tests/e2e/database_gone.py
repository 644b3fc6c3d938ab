#!/usr/bin/env python3
"""The database goes away under a running server, and comes back: everybody is told in words, and nothing is lost.

Postgres refuses connections; an SQLite file is held by another program. Meanwhile two clients write, a member starts their
client, and somebody wants to join. Afterwards every message is there once, in order, for all, and nothing was started again.
"""
import contextlib
import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from urllib.parse import urlsplit

sys.path.insert(0, str(Path(__file__).resolve().parent))
from actors import Bot, Server, check_messages, fail  # noqa: E402

EACH = 4  # messages of each person before the database goes, and as many while it is gone
PATIENCE = 45.0  # seconds until whoever asks something must have been told that it cannot be had
LOG_LINES = 200  # the most that the server may write into its log about it


class Postgres:
    """A database of its own on the testbed's Postgres."""

    name = "postgres"
    refuses_readers = True

    def __init__(self):
        self.admin = os.environ.get("DIALTONE_TEST_POSTGRES_URL") or fail("there is no Postgres: run it through ./dev test")
        self.database = f"dialtone_gone_{os.getpid()}"
        self._do(f"CREATE DATABASE {self.database}")
        self.environment = {"DIALTONE_DB_URL": urlsplit(self.admin)._replace(path=f"/{self.database}").geturl()}

    def _do(self, *statements):
        psql = shutil.which("psql") or fail("psql is missing")
        for statement in statements:
            subprocess.run([psql, "--no-psqlrc", "--quiet", "-v", "ON_ERROR_STOP=1", "-c", statement, self.admin], check=True,
                           stdout=subprocess.DEVNULL)

    def take_away(self, _server):
        self._do(f"ALTER DATABASE {self.database} ALLOW_CONNECTIONS false",
                 f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{self.database}'")

    def give_back(self):
        self._do(f"ALTER DATABASE {self.database} ALLOW_CONNECTIONS true")

    def close(self):
        self._do(f"DROP DATABASE IF EXISTS {self.database} WITH (FORCE)")


class Sqlite:
    """The server's own file, which another program locks, as a backup or a curious person may."""

    name = "sqlite"
    refuses_readers = False
    environment = {}

    def __init__(self):
        self.other = None

    def take_away(self, server):
        file = server.database_file()
        self.other = sqlite3.connect(file, isolation_level=None, timeout=30)
        self.other.execute("BEGIN EXCLUSIVE")

    def give_back(self):
        self.other.execute("ROLLBACK")
        self.other.close()

    def close(self):
        if self.other:
            self.other.close()


def wait_health(server, wanted):
    """Until the server says that it is well, or not; it must answer at all times."""
    until = time.monotonic() + PATIENCE
    while True:
        status, words = server.health(PATIENCE)
        if (status == 200) == wanted:
            return status, words
        if time.monotonic() > until:
            fail(f"/health still says {status}: {words}")
        time.sleep(0.2)


def say(bots, numbers):
    for number in numbers:
        for bot in bots:
            bot.order(do="say", channel="general", text=f"{bot.name} {number}")


def try_to_join(stranger, link):
    """Somebody wants to join: is told that it does not go now, soon and in words."""
    began = time.monotonic()
    words = stranger.try_join(link, None) or fail(f"{stranger.name} has joined without a database")
    took = time.monotonic() - began
    print(f"- after {took:.1f} s somebody who wants to join reads: {words}", flush=True)
    if took > PATIENCE:
        fail(f"whoever wants to join waited {took:.0f} s to be told")
    if "database" not in words or "again" not in words:
        fail(f"whoever wants to join is not told what is wrong and what to do: {words}")


def gone(database, folder):
    with Server(folder, environment=database.environment) as server, contextlib.ExitStack() as bots:
        def bot(name):
            made = Bot(folder, name)
            bots.callback(made.stop)
            return made

        def everybody_has(count):
            for reader in (anna, mikael):
                reader.wait(f"{count} messages are there", lambda bot: len(bot.messages) >= count)

        anna, mikael = bot("anna"), bot("mikael")
        anna.join(server.link, "Crew")
        knows = lambda state: "general" in [channel["name"] for channel in state["channels"]]  # noqa: E731
        anna.wait_state("its channels are there", knows)
        mikael.join(anna.invite(), None)
        tomas = bot("tomas")
        tomas.join(anna.invite(), None)
        tomas.wait_state("the channel is there", knows)
        tomas.stop()
        invite = anna.invite()
        for writer in (anna, mikael):
            writer.wait_state("the channel is there", knows)
            writer.order(do="open", channel="general")
        say((anna, mikael), range(EACH))
        everybody_has(2 * EACH)
        wait_health(server, True)

        database.take_away(server)
        say((anna, mikael), range(EACH, 2 * EACH))
        status, words = wait_health(server, False)
        print(f"- without its database the server says {status}: {words}", flush=True)
        if status != 503:
            fail(f"/health should say 503, not {status}")
        for writer in (anna, mikael):
            writer.wait_state("all that was written waits, and it is told why",
                              lambda state: state["pending"] == EACH and "cannot keep messages" in (state["held_up"] or ""))
            print(f"- {writer.name} reads: {writer.state['held_up']}", flush=True)
        stranger = bot("saga")
        try_to_join(stranger, invite)
        tomas = bot("tomas")
        tomas.order(do="unlock", password="tomas keeps this")
        if database.refuses_readers:
            tomas.wait_state("it is told why it cannot connect", lambda state: state["connection"].startswith("offline:"))
            print(f"- tomas, who starts the client, reads: {tomas.state['connection']}", flush=True)
            if "database" not in tomas.state["connection"]:
                fail("whoever starts the client is not told what is wrong")
        if len(anna.messages) != 2 * EACH or len(mikael.messages) != 2 * EACH:
            fail("a message went round although it cannot have been stored")

        database.give_back()
        wait_health(server, True)
        everybody_has(4 * EACH)
        for writer in (anna, mikael):
            writer.wait_state("nothing waits any more", lambda state: state["pending"] == 0 and state["held_up"] is None
                              and state["connection"] == "online")
            check_messages(writer, (anna, mikael), 2 * EACH)
        stranger.join(invite, None)
        for reader in (stranger, tomas):
            reader.wait_state("the channel and the names are there", lambda state: state["connection"] == "online"
                              and knows(state) and {"anna", "mikael"} <= set(state["members"]))
            reader.order(do="open", channel="general")
            reader.wait("every message is there", lambda bot: len(bot.messages) >= 4 * EACH)
            check_messages(reader, (anna, mikael), 2 * EACH)
        if server.process.poll() is not None:
            fail("the server ended")
    check_log(Path(folder) / "server.log")


def check_log(log):
    lines = log.read_text(errors="replace").splitlines()
    if any("panicked" in line for line in lines):
        fail(f"the server panicked; see {log}")
    if not any("database" in line for line in lines):
        fail("the server's log does not say that its database was away")
    if len(lines) > LOG_LINES:
        fail(f"the server wrote {len(lines)} lines into its log")
    print(f"- the server's log has {len(lines)} lines about it", flush=True)


def main():
    for kind in (Sqlite, Postgres):
        with tempfile.TemporaryDirectory() as folder:
            print(f"{kind.name}:", flush=True)
            with contextlib.closing(kind()) as database:
                gone(database, folder)
    print("The database was away, twice: everybody was told, and every message is there once, in order.")


if __name__ == "__main__":
    main()
