#!/usr/bin/env python3
"""A server that has its certificate from an authority by ACME: Pebble, the test server of Let's Encrypt, which really connects to the
server's port before it signs. Without an authority, and where it refuses, the server shows its own certificate and says why; then the
authority's, which it renews while clients stay connected; after a restart at once, whether the authority answers or not.

Whom the server's process trusts as the authority's own address is told to it alone (SSL_CERT_FILE). Names lead to this machine by
Pebble's own name server.
"""
import contextlib
import http.client
import json
import os
import socket
import ssl
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
from actors import PATIENCE, Bot, Server, binary, fail, without_asking  # noqa: E402
from authority import Authority  # noqa: E402

NAME = "chat.example.org"
# Seconds that a certificate is valid: it is renewed when two thirds of them are over.
VALID = 24


def free_port(kind=socket.SOCK_STREAM):
    with socket.socket(socket.AF_INET, kind) as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


def until(what, answer):
    """What `answer` gives as soon as it is not none."""
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        found = answer()
        if found is not None:
            return found
        time.sleep(0.1)
    fail(f"waited in vain until {what}")


class Pebble:
    """The authority, which expects what it is to sign for at a port of this machine."""

    def __init__(self, folder, identity, proved_at):
        self.folder, self.port, self.manager = Path(folder), free_port(), free_port()
        settings = self.folder / "pebble.json"
        settings.write_text(json.dumps({"pebble": {
            "listenAddress": f"127.0.0.1:{self.port}", "managementListenAddress": f"127.0.0.1:{self.manager}",
            "certificate": str(identity), "privateKey": str(identity), "httpPort": 1, "tlsPort": proved_at,
            "ocspResponderURL": "", "externalAccountBindingRequired": False, "certificateValidityPeriod": VALID}}))
        names = free_port(socket.SOCK_DGRAM)
        quick = {**os.environ, "PEBBLE_VA_NOSLEEP": "1", "PEBBLE_WFE_NONCEREJECT": "0"}
        self.processes = [
            self._run("pebble-challtestsrv", "-defaultIPv4", "127.0.0.1", "-defaultIPv6", "", "-dns01", f"127.0.0.1:{names}",
                      "-http01", "", "-https01", "", "-tlsalpn01", "", "-management", f"127.0.0.1:{free_port()}"),
            self._run("pebble", "-config", str(settings), "-dnsserver", f"127.0.0.1:{names}", environment=quick)]
        self.root = until("Pebble answers", self._root)

    def _run(self, *command, environment=None):
        log = open(self.folder / f"{command[0]}.log", "ab")
        return subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, env=environment)

    def _root(self):
        """The certificate by which what it signed is checked."""
        with contextlib.suppress(OSError):
            url = f"https://localhost:{self.manager}/roots/0"
            with urllib.request.urlopen(url, timeout=5, context=without_asking()) as answer:
                return answer.read().decode()
        return None

    @property
    def directory(self):
        return f"https://localhost:{self.port}/dir"

    def stop(self):
        for process in self.processes:
            process.kill()
            process.wait()


def certified(server, root):
    """What the server shows to whoever trusts this root alone and asks for the name: its number, and the headers of an answer."""
    context = ssl.create_default_context(cadata=root)
    with socket.create_connection(("127.0.0.1", server.port), 10) as plain:
        try:
            with context.wrap_socket(plain, server_hostname=NAME) as shown:
                number = shown.getpeercert()["serialNumber"]
                shown.sendall(b"GET /health HTTP/1.1\r\nHost: chat.example.org\r\nConnection: close\r\n\r\n")
                answer = http.client.HTTPResponse(shown)
                answer.begin()
                return number, dict(answer.getheaders())
        except ssl.SSLError:
            return None


def logged(server, *words):
    """The server's log has all of these words in one line."""
    lines = (server.folder / "server.log").read_text().splitlines()
    return True if any(all(word in line for word in words) for line in lines) else None


def say(one, other, text):
    one.order(do="say", channel="general", text=text)
    other.wait(f"{text!r} is there", lambda bot: text in [message["text"] for message in bot.messages])


def online(*bots):
    for bot in bots:
        bot.wait_state("it is online", lambda state: state["connection"] == "online")


class Story:
    def __init__(self, folder):
        self.folder, self.port = Path(folder), free_port()
        (self.folder / "certificates").mkdir()
        self.authority = Authority(self.folder / "certificates", "pebble")
        self.identity = self.authority.issue("localhost")
        self.pebble = self.server = None

    def serve(self, directory):
        """The server anew, on what it has."""
        if self.server:
            self.server.__exit__()
        environment = {"SSL_CERT_FILE": str(self.authority.certificate), "DIALTONE_ACME": NAME, "DIALTONE_ACME_DIRECTORY": directory,
                       "DIALTONE_ACME_CONTACT": "anna@example.org", "NO_COLOR": "1"}
        self.server = Server(self.folder, "--public-addr", "127.0.0.1", port=self.port, environment=environment).start()

    def ask(self, proved_at):
        """Another Pebble, which believes what is at this port."""
        if self.pebble:
            self.pebble.stop()
        self.pebble = Pebble(self.folder, self.identity, proved_at)

    def stop(self):
        if self.server:
            self.server.__exit__()
        if self.pebble:
            self.pebble.stop()


def refusals(story):
    """Nobody answers; then the name leads elsewhere. The server serves all the same."""
    nobody = f"https://localhost:{free_port()}/dir"
    story.serve(nobody)
    founding = story.server.link
    until("the log says that nobody answers", lambda: logged(story.server, "no certificate could be had", nobody, "again_in_s=300"))
    story.ask(free_port())
    story.serve(story.pebble.directory)
    until("the log says what the authority says", lambda: logged(story.server, "does not believe", NAME, "for the tls-alpn-01 challenge"))
    if certified(story.server, story.pebble.root):
        fail("it was signed without proof")
    return founding


def main():
    with contextlib.ExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory())
        story = Story(folder)
        stack.callback(story.stop)
        founding = refusals(story)

        def bot(name):
            made = Bot(folder, name)
            stack.callback(made.stop)
            return made

        anna, mikael = bot("anna"), bot("mikael")
        anna.join(founding, "Crew")
        anna.wait_state("its channels are there", lambda state: "general" in [channel["name"] for channel in state["channels"]])
        story.ask(story.port)
        story.serve(story.pebble.directory)
        server, root = story.server, story.pebble.root
        first, headers = until("the certificate is there", lambda: certified(server, root))
        if "strict-transport-security" not in headers:
            fail(f"browsers are not told to stay with TLS: {headers}")
        print("- the certificate was proved, signed and shown", flush=True)
        online(anna)
        mikael.join(anna.invite(), None)
        for member in (anna, mikael):
            member.wait_state("the channel is there", lambda state: "general" in [channel["name"] for channel in state["channels"]])
            member.order(do="open", channel="general")
        say(anna, mikael, "under the first certificate")

        def renewed():
            shown = certified(server, root)
            return shown if shown and shown[0] != first else None

        until("it is renewed", renewed)
        print("- it was renewed while everybody stayed", flush=True)
        online(anna, mikael)
        say(mikael, anna, "under the second")
        healthy = subprocess.run([binary("dialtone-server"), "--listen", f"127.0.0.1:{server.port}", "--data-dir", str(server.data), "healthy"],
                                 env=server.environment, capture_output=True, text=True)
        if healthy.returncode:
            fail(f"it is not healthy: {healthy.stderr}")
        kept = list((server.data / "acme").iterdir())
        modes = {path.name: oct(path.stat().st_mode & 0o777) for path in (server.data / "acme", *kept)}
        if len(kept) < 2 or modes.pop("acme") != "0o700" or set(modes.values()) != {"0o600"}:
            fail(f"others may read what the authority signed: {modes}")
        story.pebble.stop()
        story.serve(story.pebble.directory)
        certified(story.server, root) or fail("after a restart it is not shown at once")
        online(anna, mikael)
        say(anna, mikael, "after a restart")
    print("A certificate by ACME: refusals are told, it is proved, signed, shown, renewed and kept.")


if __name__ == "__main__":
    main()
