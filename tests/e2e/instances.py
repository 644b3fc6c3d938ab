#!/usr/bin/env python3
"""Two instances of one server behind a proxy that spreads connections, as docs/SCALING.md sets them up: one is killed under real clients, then the
other. The clients know one address, and go on; every message is there once, in each sender's order.

Postgres is the testbed's; NATS, HAProxy and a bucket that nobody puts files into are the test's own.
"""
import contextlib
import http.server
import os
import re
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "tools" / "dev" / "tests"))
from actors import Bot, Server, check_messages, fail, postgres_of_its_own  # noqa: E402
from tools_of_tests import free_port, listens, run, running, tool  # noqa: E402

SCALING = (Path(__file__).resolve().parents[2] / "docs" / "SCALING.md").read_text()
EACH, KILLED_AT = 12, 4  # messages of each sender in each round, and after which of them an instance is killed
PACE = 0.02  # seconds between two messages: the load, not a wait for anything
PATIENCE = 60.0


class Bucket(http.server.BaseHTTPRequestHandler):
    """Instances must have one; that nothing is in it is all that it says."""

    def answer(self, status):
        self.rfile.read(int(self.headers.get("content-length") or 0))
        self.send_response(status)
        self.send_header("ETag", '"nothing"')
        self.send_header("Content-Length", "0")
        self.end_headers()

    def do_PUT(self):
        self.answer(200)

    def do_DELETE(self):
        self.answer(204)

    def do_GET(self):
        self.answer(404)

    do_HEAD = do_GET

    def log_message(self, *_):
        pass


@contextlib.contextmanager
def bucket():
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Bucket)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield server.server_address[1]
    finally:
        server.shutdown()


@contextlib.contextmanager
def nats():
    port = free_port()
    with running([tool("nats-server"), "--addr", "127.0.0.1", "--port", str(port)], lambda: listens(port)):
        yield port


@contextlib.contextmanager
def proxy(folder, port, instances):
    """HAProxy by the document's own settings, but for the addresses."""
    [settings] = re.findall(r"^```haproxy\n(.*?)^```", SCALING, re.S | re.M)
    places = {"bind :7440": f"bind 127.0.0.1:{port}"}
    places |= {f"{name}.example.org:7440": f"127.0.0.1:{server.port}" for name, server in instances.items()}
    for instead, to in places.items():
        if settings.count(instead) != 1:
            fail(f"docs/SCALING.md has {instead!r} {settings.count(instead)} times among HAProxy's settings")
        settings = settings.replace(instead, to)
    file = Path(folder) / "haproxy.cfg"
    file.write_text(settings)
    checked = run("haproxy", "-c", "-f", file)
    if checked.returncode != 0 or "[WARNING]" in checked.stderr:
        fail(f"HAProxy does not take docs/SCALING.md's settings: {checked.stdout}{checked.stderr}")
    with running([tool("haproxy"), "-db", "-f", str(file)], lambda: listens(port)):
        yield


def copied_files():
    """What docs/SCALING.md says is the same for all instances."""
    [line] = re.findall(r"^- Copy (.*?) from the first data folder", SCALING, re.M)
    return re.findall(r"`([a-z.-]+)`", line)


def until(what, is_true):
    ends = time.monotonic() + PATIENCE
    while not is_true():
        if time.monotonic() > ends:
            fail(f"waited in vain until {what}")
        time.sleep(0.1)


def is_ready(server):
    with contextlib.suppress(OSError):
        return server.health(5)[0] == 200
    return False


def talk(bots, first, victim):
    """Everybody sends their numbers; the victim dies on the way, and is not back before all have read all."""
    for number in range(first, first + EACH):
        for bot in bots:
            bot.order(do="say", channel="general", text=f"{bot.name} {number}")
            time.sleep(PACE)
        if victim and number == first + KILLED_AT:
            victim.kill()
    for bot in bots:
        bot.wait("every message so far is there", lambda bot: len(bot.messages) >= len(bots) * (first + EACH))


def check_stored(database, count):
    """Nothing is there twice or missing in the database, which no client's own care for doubles hides."""
    query = "SELECT sequence, encode(client_event_id, 'hex') FROM messages WHERE channel_id = " \
            "(SELECT channel_id FROM messages GROUP BY channel_id ORDER BY count(*) DESC LIMIT 1) ORDER BY sequence"
    asked = ["psql", "--no-psqlrc", "--tuples-only", "--no-align", "-v", "ON_ERROR_STOP=1", "-c", query, database]
    answer = subprocess.run(asked, check=True, capture_output=True, text=True, stdin=subprocess.DEVNULL).stdout
    rows = [line.split("|") for line in answer.splitlines()]
    if [int(row[0]) for row in rows] != list(range(1, count + 1)) or len({row[1] for row in rows}) != count:
        fail(f"of {count} messages these are stored: {rows}")


def main():
    with contextlib.ExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory())
        database = stack.enter_context(postgres_of_its_own())
        bus, files, port = stack.enter_context(nats()), stack.enter_context(bucket()), free_port()
        instances = {}
        for name in ("one", "two"):
            own, at = Path(folder) / name, free_port()
            own.mkdir()
            environment = {
                "DIALTONE_DB_URL": database, "DIALTONE_BUS": f"nats://127.0.0.1:{bus}", "DIALTONE_INSTANCE_ADDR": f"127.0.0.1:{at}",
                "DIALTONE_PUBLIC_ADDR": f"127.0.0.1:{port}", "DIALTONE_BLOB_BUCKET": "s3://files", "DIALTONE_BLOB_ENDPOINT": f"http://127.0.0.1:{files}",
                "DIALTONE_S3_ACCESS_KEY_ID": "nobody-at-all-here", "DIALTONE_S3_SECRET_ACCESS_KEY": "nobody-at-all-here",
            }
            server = instances[name] = Server(own, port=at, environment=environment)
            if name == "two":
                server.data.mkdir(mode=0o700)
                for secret in copied_files():
                    shutil.copy(instances["one"].data / secret, server.data / secret)
            stack.enter_context(server)
        one, two = instances.values()
        stack.enter_context(proxy(folder, port, instances))

        def bot(name):
            made = Bot(folder, name)
            stack.callback(made.stop)
            return made

        knows = lambda state: "general" in [channel["name"] for channel in state["channels"]]  # noqa: E731

        def opens(member):
            member.wait_state("the channel is there", knows)
            member.order(do="open", channel="general")

        anna, mikael = bot("anna"), bot("mikael")
        anna.join(one.link, "Crew")
        anna.wait_state("its channels are there", knows)
        mikael.join(anna.invite(), None)
        bots = (anna, mikael)
        for member in bots:
            opens(member)
        rounds = (one, two, None)
        for number, victim in enumerate(rounds):
            talk(bots, number * EACH, victim)
            if victim:
                print(f"- one of two was killed after message {number * EACH + KILLED_AT}, and all went on", flush=True)
                victim.start()
                until("both serve again", lambda: all(map(is_ready, instances.values())))
        whole = len(rounds) * EACH
        for member in bots:
            check_messages(member, bots, whole)
            member.wait_state("it is online", lambda state: state["connection"] == "online")
        saga = bot("saga")
        saga.join(anna.invite(), None)
        opens(saga)
        saga.wait("every message is there", lambda bot: len(bot.messages) >= len(bots) * whole)
        check_messages(saga, bots, whole)
        check_stored(database, len(bots) * whole)
    print(f"Each of two instances killed behind one address: {len(bots) * whole} messages are there once, in order, for all three.")


if __name__ == "__main__":
    main()
