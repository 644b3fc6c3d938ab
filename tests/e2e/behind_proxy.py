#!/usr/bin/env python3
"""A server without TLS of its own behind a proxy that ends it: clients take the proxy's certificate in the ordinary way, and no
other; the server's own key still decides who the server is.

The authority is the test's own, told to the clients' processes alone (SSL_CERT_FILE).
"""
import asyncio
import contextlib
import os
import ssl
import sys
import tempfile
import threading
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
from actors import Bot, Server, fail  # noqa: E402
from authority import Authority  # noqa: E402


class Proxy:
    """Ends TLS before whatever listens on a port of this machine."""

    def __init__(self, certificate):
        self.backend, self.streams = None, set()
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        # A session that is taken up again shows no certificate: each connection of this test begins anew.
        self.context.num_tickets = 0
        self.context.options |= ssl.OP_NO_TICKET
        self.context.load_cert_chain(certificate)
        self.loop = asyncio.new_event_loop()
        threading.Thread(target=self.loop.run_forever, daemon=True).start()
        self.listening = self._do(asyncio.start_server(self._serve, "localhost", 0, ssl=self.context))
        self.port = self.listening.sockets[0].getsockname()[1]

    def _do(self, work):
        return asyncio.run_coroutine_threadsafe(work, self.loop).result(30)

    async def _serve(self, reader, writer):
        with contextlib.suppress(OSError):
            far_reader, far_writer = await asyncio.open_connection("127.0.0.1", self.backend)
            ends = {writer, far_writer}
            self.streams |= ends
            await asyncio.gather(self._copy(reader, far_writer), self._copy(far_reader, writer))
            self.streams -= ends
        writer.close()

    @staticmethod
    async def _copy(reader, writer):
        with contextlib.suppress(OSError):
            while data := await reader.read(65536):
                writer.write(data)
                await writer.drain()
        writer.close()

    def show(self, certificate):
        """Another certificate from now on; the connections that are there end."""
        async def change():
            self.context.load_cert_chain(certificate)
            for stream in list(self.streams):
                stream.transport.abort()
        self._do(change())

    def stop(self):
        async def close():
            self.listening.close()
            for stream in list(self.streams):
                stream.transport.abort()
        self._do(close())
        self.loop.call_soon_threadsafe(self.loop.stop)


def refused(bot, link, words):
    """A link must not be used by this client, for a reason that it says."""
    why = bot.try_join(link, None) or fail(f"{bot.name} has joined")
    print(f"- {bot.name} reads: {why}", flush=True)
    if words not in why:
        fail(f"{bot.name} is not told that {words}")


def say(one, other, text):
    one.order(do="say", channel="general", text=text)
    other.wait(f"{text!r} is there", lambda bot: text in [message["text"] for message in bot.messages])


def main():
    with contextlib.ExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory())
        for name in ("certificates", "one", "two"):
            (Path(folder) / name).mkdir()
        known, unknown = (Authority(Path(folder) / "certificates", name) for name in ("known", "unknown"))
        right = known.issue("localhost")
        proxy = Proxy(right)
        stack.callback(proxy.stop)
        behind = ("--tls", "none", "--public-addr", f"localhost:{proxy.port}")
        server, other = (stack.enter_context(Server(Path(folder) / name, *behind)) for name in ("one", "two"))
        proxy.backend = server.port

        def bot(name, authority):
            environment = {**os.environ, "SSL_CERT_FILE": str(authority.certificate)}
            environment.pop("SSL_CERT_DIR", None)
            made = Bot(folder, name, environment=environment)
            stack.callback(made.stop)
            return made

        anna, mikael, saga = bot("anna", known), bot("mikael", known), bot("saga", known)
        anna.join(server.link, "Crew")
        knows = lambda state: "general" in [channel["name"] for channel in state["channels"]]  # noqa: E731
        anna.wait_state("its channels are there", knows)
        mikael.join(anna.invite(), None)
        for member in (anna, mikael):
            member.wait_state("the channel is there", knows)
            member.order(do="open", channel="general")
        say(anna, mikael, "through the proxy")
        say(mikael, anna, "and back")

        invite = anna.invite()
        refused(bot("tomas", unknown), invite, "no authority")
        proxy.backend = other.port
        refused(saga, invite, "not the server that the link names")
        proxy.backend = server.port
        for wrong, words in ((unknown.issue("localhost"), "no authority"), (known.issue("example.org"), "another address")):
            proxy.show(wrong)
            refused(saga, invite, words)
            anna.wait_state("it says why it is offline", lambda state: words in (state["connection"] or ""))
        # As every few months: a new certificate with a new key.
        proxy.show(known.issue("localhost"))
        saga.join(invite, None)
        for member in (anna, mikael, saga):
            member.wait_state("it is online", lambda state: state["connection"] == "online")
        say(anna, mikael, "under the next certificate")
    print("Behind a proxy: the right certificate is taken, another's is not, and another server is found out.")


if __name__ == "__main__":
    main()
