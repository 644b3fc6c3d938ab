"""A server and clients without a window, as processes that a test drives. Standard library alone.

Not a test itself: imported by those beside it.
"""
import contextlib
import json
import os
import queue
import signal
import sqlite3
import ssl
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections import Counter
from pathlib import Path

PATIENCE = 60.0  # seconds; waiting ends as soon as what is waited for is there


def fail(why):
    print(f"FAILED: {why}", flush=True)
    sys.exit(1)


def binary(name):
    folder = os.environ.get("DIALTONE_BIN_DIR")
    if not folder:
        fail("DIALTONE_BIN_DIR is not set: run it through ./dev test")
    return str(Path(folder) / name)


def check_messages(reader, senders, each):
    """Every message is there once, and as the reader got them they are numbered without gaps, in order. A message is its
    sender's name and a number, from 0 to `each` less 1."""
    said = [(message["from"], message["text"]) for message in reader.messages]
    twice = [message for message, count in Counter(said).items() if count > 1]
    if twice:
        fail(f"{reader.name} has messages twice: {twice}")
    sequences = [message["sequence"] for message in reader.messages]
    if sorted(sequences) != list(range(min(sequences), min(sequences) + len(sequences))):
        fail(f"{reader.name} has numbers with gaps or repeats: {sorted(sequences)}")
    if sequences != sorted(sequences):
        fail(f"{reader.name} got messages out of order: {sequences}")
    for sender in senders:
        numbers = [int(text.split()[1]) for name, text in said if name == sender.name]
        if numbers != list(range(each)):
            fail(f"{reader.name} has {sender.name}'s messages as {numbers}")


@contextlib.contextmanager
def asleep(process):
    """The program of this number stands still meanwhile, as on a computer that sleeps."""
    os.kill(process, signal.SIGSTOP)
    try:
        yield
    finally:
        os.kill(process, signal.SIGCONT)


@contextlib.contextmanager
def sluggish(process):
    """The program of this number runs for a tenth of the time meanwhile, as on a machine that has much else to do."""
    over = threading.Event()

    def hold_up():
        while not over.wait(0.02):
            with asleep(process):
                over.wait(0.2)
    holds_up = threading.Thread(target=hold_up)
    holds_up.start()
    try:
        yield
    finally:
        over.set()
        holds_up.join()


@contextlib.contextmanager
def postgres_of_its_own():
    """A database of the testbed's Postgres that is empty; gives its address."""
    url = os.environ.get("DIALTONE_TEST_POSTGRES_URL") or fail("there is no Postgres: run it through ./dev test")
    name = f"dialtone_e2e_{os.getpid()}"

    def sql(what):
        subprocess.run(["psql", "--no-psqlrc", "--quiet", "-v", "ON_ERROR_STOP=1", "-c", what, url], check=True, stdin=subprocess.DEVNULL)
    sql(f"CREATE DATABASE {name}")
    try:
        yield f"{url.rsplit('/', 1)[0]}/{name}"
    finally:
        sql(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")


def without_asking():
    """A TLS client's context that takes any certificate: the test knows whom it connects to."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    return context


class Server:
    """A server of its own on a port of this machine; stopped at the end. Can be killed and started again on its data."""

    def __init__(self, folder, *arguments, port=0, environment=None):
        self.folder, self.arguments, self.port = Path(folder), arguments, port
        self.environment = {**os.environ, **(environment or {})}
        self.link, self.process = None, None

    def start(self):
        log = open(self.folder / "server.log", "ab")
        command = [binary("dialtone-server"), "--listen", f"127.0.0.1:{self.port}", "--data-dir", str(self.data)]
        self.process = subprocess.Popen([*command, *self.arguments], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                        stderr=log, text=True, env=self.environment)
        for line in self.process.stdout:
            if line.startswith("dialtone://"):
                self.link = line.strip()
            if line.startswith("Listening"):
                self.port = int(line.strip().rsplit(":", 1)[1])
                return self
        fail("the server did not start")

    @property
    def data(self):
        return self.folder / "server"

    def kill(self):
        self.process.kill()
        self.process.wait()

    def health(self, patience):
        """The status and the words of `/health`."""
        url = f"https://127.0.0.1:{self.port}/health"
        try:
            with urllib.request.urlopen(url, timeout=patience, context=without_asking()) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode()

    def database_file(self):
        """The server's SQLite file."""
        found = [path for path in self.data.rglob("*") if path.is_file() and path.open("rb").read(15) == b"SQLite format 3"]
        if len(found) != 1:
            fail(f"the server's database was looked for in {self.data} and {len(found)} were found")
        return found[0]

    def stored(self, query):
        """Rows of the server's database."""
        with contextlib.closing(sqlite3.connect(f"file:{self.database_file()}?mode=ro", uri=True)) as database:
            return database.execute(query).fetchall()

    def __enter__(self):
        return self.start()

    def __exit__(self, *_):
        self.process.terminate()
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()


class Bot:
    """A client without a window (`dialtone bot`)."""

    def __init__(self, folder, name, *arguments, environment=None):
        self.name, self.state, self.messages, self.invites, self.notices = name, {}, [], [], []
        self.marks = {}  # what was done to messages of the open channel, by their sequence
        log = open(Path(folder) / f"{name}.log", "ab")
        command = [binary("dialtone"), "bot", "--loopback-calls", "--profile", str(Path(folder) / name), *arguments]
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log, text=True,
                                        env=environment)
        self.reports = queue.Queue(10_000)
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self):
        for line in self.process.stdout:
            self.reports.put(json.loads(line))
        self.reports.put(None)

    def order(self, **order):
        self.process.stdin.write(json.dumps(order) + "\n")
        self.process.stdin.flush()

    def _take(self, report):
        if report is None:
            fail(f"{self.name} ended; its last state: {self.state}")
        kind = report["report"]
        if kind == "state":
            self.state = report
            if report["alarm"]:
                fail(f"{self.name}'s client says that trust is broken: {report['alarm']}")
        elif kind == "message":
            self.messages.append(report)
        elif kind == "marks":
            self.marks[report["sequence"]] = report
        elif kind == "invite":
            self.invites.append(report["link"])
        elif kind == "error":
            fail(f"{self.name} could not do what it was told: {report['message']}")
        else:
            self.notices.append(report["text"])
            print(f"  {self.name}: {report}", flush=True)

    def wait(self, what, is_true):
        until = time.monotonic() + PATIENCE
        while not is_true(self):
            try:
                self._take(self.reports.get(timeout=max(0.0, until - time.monotonic())))
            except queue.Empty:
                fail(f"{self.name} waited in vain until {what}; its state: {self.state}")

    def now(self):
        """Its state now: all that it has said by now is taken in."""
        with contextlib.suppress(queue.Empty):
            while True:
                self._take(self.reports.get_nowait())
        return self.state

    def became(self, beginning, **what):
        """Waits until something was done to a message that begins so now: `edits`, `reactions`, `pinned`, `answers`, `vanishes`."""
        def fits(marks):
            return (marks["text"] or "").startswith(beginning) and all(marks[key] == value for key, value in what.items())
        self.wait(f"{beginning!r} is {what}", lambda bot: any(fits(marks) for marks in bot.marks.values()))

    def heard(self, text):
        """Waits until a message came that has this in it."""
        self.wait(f"{text!r} came", lambda bot: any(text in one["text"] for one in bot.messages))

    def gone(self, text):
        """Waits until a message that said this was taken back."""
        def taken_back(bot):
            said = [one["sequence"] for one in bot.messages if one["text"] == text]
            return any(bot.marks.get(sequence, {"text": ""})["text"] is None for sequence in said)
        self.wait(f"{text!r} was taken back", taken_back)

    def channel(self, name):
        """What it knows of a channel, if it knows it."""
        return next((one for one in self.state.get("channels", []) if one["name"] == name), None)

    def wait_state(self, what, is_true):
        self.wait(what, lambda bot: bool(bot.state) and is_true(bot.state))

    def join(self, link, community):
        why_not = self.try_join(link, community)
        if why_not:
            fail(f"{self.name}: {why_not}")

    def try_join(self, link, community):
        """Looks at the link and joins by it; in words why that does not go, else None."""
        self.state = {}  # what an earlier try came to does not count
        self.order(do="inspect", link=link)
        self.wait_state("the link is checked", lambda state: state["link"] not in (None, "checking"))
        if self.state["link"] != "genuine":
            return self.state["link"]
        self.order(do="join", username=self.name, password=f"{self.name} keeps this", community=community)
        self.wait_state("it is online", lambda state: state["connection"] == "online" or
                        (state["join"] or "").startswith("failed"))
        return None if self.state["connection"] == "online" else self.state["join"]

    def invite(self):
        self.invites.clear()
        self.order(do="invite", uses=1)
        self.wait("an invite is made", lambda bot: bot.invites)
        return self.invites[-1]

    def stop(self):
        if self.process.poll() is None:
            try:
                self.process.stdin.close()
                self.process.wait(15)
            except (subprocess.TimeoutExpired, OSError):
                self.process.kill()
                self.process.wait()
