#!/usr/bin/env python3
"""What the server stored and what crossed its sockets contains none of the plaintext.

A relay stands between the clients and the server and ends TLS with the server's own key, so it sees what the server sees:
requests, answers and WebSocket frames in the clear. All of it, all the server's files and its log are then searched for
everything that people wrote and named, as UTF-8, UTF-16, base64 and hex.

Controls, without which finding nothing would prove nothing:
- the search finds a word in each of these forms;
- a word that the test sends through the relay, and one that it puts into the data folder, are found where they went;
- usernames, which cross when one registers (inside TLS; the server hashes them), are found in what crossed, and never in what
  is stored;
- each message, sealed as the server stored it, is found in what its sender's WebSocket carried, unmasked.
"""
import asyncio
import base64
import os
import socket
import ssl
import sys
import tempfile
import threading
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
from actors import Bot, Server, fail, without_asking  # noqa: E402

COMMUNITY = "Albatross Regatta Society"
CHANNEL = "quarterdeck-gossip"
PRIVATE = "mutineers-anonymous"
MESSAGES = ["the spinnaker is torn beyond repair", "räksmörgås behind the lighthouse at noon"]
ASIDE = ["the captain must not learn of it", "not a word to anybody else", "burn this after reading"]
NAMES = ["annika", "mikaelo"]
FILE = "treasure-chart-1783.txt"
# Long enough that it goes in several pieces, and is the same everywhere in them.
CONTENT = "dig below the split birch, nine paces from the well. "


class Relay:
    """Ends TLS on both sides and keeps what passes, client frames unmasked.

    One thread moves all of it: a TLS connection must not be read and written from two threads at once.
    """

    def __init__(self):
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        self.seen, self.loop = [], asyncio.new_event_loop()

    def serve(self, data, port):
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(*key_files(data))
        onward = without_asking()

        async def pass_on(client_in, client_out):
            try:
                server_in, server_out = await asyncio.open_connection("127.0.0.1", port, ssl=onward)
            except OSError:
                client_out.close()
                return
            await asyncio.gather(self.pump(client_in, server_out, True), self.pump(server_in, client_out, False))

        starting = asyncio.start_server(pass_on, sock=self.listener, ssl=context)
        threading.Thread(target=self.loop.run_forever, daemon=True).start()
        asyncio.run_coroutine_threadsafe(starting, self.loop).result()

    async def pump(self, source, target, masked):
        stream = bytearray()
        self.seen.append((stream, masked))
        try:
            while part := await source.read(65_536):
                stream += part
                target.write(part)
                await target.drain()
        except OSError:
            pass
        target.close()

    def plain(self):
        """Every stream as it passed, by name, and clients' WebSocket frames unmasked."""
        streams = [(f"socket {index}", bytes(stream), masked) for index, (stream, masked) in enumerate(list(self.seen))]
        return ([(name, stream) for name, stream, _ in streams] +
                [(f"{name} unmasked", unmasked(stream)) for name, stream, masked in streams if masked])


def key_files(data):
    """The server's certificate and key, whatever they are called."""
    certificate = key = None
    for path in sorted(Path(data).rglob("*")):
        if path.is_file() and path.stat().st_size < 100_000:
            content = path.read_bytes()
            certificate = path if b"BEGIN CERTIFICATE" in content else certificate
            key = path if b"PRIVATE KEY-----" in content and b"BEGIN CERTIFICATE" not in content else key
    if not certificate or not key:
        fail("the server's certificate was not found in its folder")
    return certificate, key


def unmasked(stream):
    """The payloads of the WebSocket frames (RFC 6455, section 5.2) after the request that upgrades."""
    head, found, rest = stream.partition(b"\r\n\r\n")
    if not found or b"websocket" not in head.lower():
        return b""
    out, at = bytearray(), 0
    while at + 6 <= len(rest):
        length, at = rest[at + 1] & 0x7F, at + 2
        if length == 126:
            length, at = int.from_bytes(rest[at:at + 2]), at + 2
        elif length == 127:
            length, at = int.from_bytes(rest[at:at + 8]), at + 8
        mask, at = rest[at:at + 4], at + 4
        out += bytes(byte ^ mask[index % 4] for index, byte in enumerate(rest[at:at + length]))
        at += length
    return bytes(out)


def forms(text):
    """How a text could lie somewhere: (name of the form, bytes)."""
    raw = text.encode()
    yield "UTF-8", raw
    yield "UTF-16 LE", text.encode("utf-16-le")
    yield "UTF-16 BE", text.encode("utf-16-be")
    yield "hex", raw.hex().encode()
    yield "HEX", raw.hex().upper().encode()
    for shift in range(3):
        # The characters that do not depend on what stands before and behind.
        coded = base64.b64encode(b"\0" * shift + raw)
        whole = coded[(0, 2, 3)[shift]:len(coded) // 4 * 4 - 4]
        yield f"base64 +{shift}", whole
        yield f"base64url +{shift}", whole.replace(b"+", b"-").replace(b"/", b"_")


def found(text, places):
    return [f"{form} in {name}" for form, needle in forms(text) for name, content in places if needle in content]


def control():
    """The search finds what is there, in each form."""
    word = "a canary in the clear"
    for shift in range(3):
        raw = b"x" * shift + word.encode() + b"yz"
        for name, hay in [("UTF-8", raw), ("UTF-16 LE", word.encode("utf-16-le")), ("UTF-16 BE", word.encode("utf-16-be")),
                          ("hex", raw.hex().encode()), ("HEX", raw.hex().upper().encode()),
                          ("base64", base64.b64encode(raw)), ("base64url", base64.urlsafe_b64encode(raw))]:
            if not found(word, [("the control", hay)]):
                fail(f"the search does not find {name} at shift {shift}: it proves nothing")


def send_canary(relay, word):
    """A request with the word in it, through the relay to the server."""
    with socket.create_connection(("127.0.0.1", relay.port), timeout=30) as plain, without_asking().wrap_socket(plain) as tls:
        tls.sendall(f"GET /health HTTP/1.1\r\nHost: localhost\r\nX-Word: {word}\r\nConnection: close\r\n\r\n".encode())
        answer = b""
        while part := tls.recv(65_536):
            answer += part
    if b" 200 " not in answer.partition(b"\r\n")[0]:
        fail(f"the server did not answer through the relay: {answer[:200]}")


def controls(canaries, sealed, stored, crossed):
    """What must be found, is."""
    crossing, lying = canaries
    if not found(crossing, crossed):
        fail("the word sent through the relay is not in what it kept: it proves nothing")
    if not found(lying, stored):
        fail("the word put into the data folder is not in what was searched: it proves nothing")
    for name in NAMES:
        if not found(name, crossed):
            fail(f"{name} registered, and that name is not in what crossed: the relay did not see it all")
    unmasked_streams = [content for name, content in crossed if name.endswith("unmasked")]
    if len(sealed) < len(MESSAGES + ASIDE):
        fail(f"{len(sealed)} sealed events are stored")
    for event in sealed:
        # An event may be cut into frames or lie in a larger one; its middle is in one piece.
        middle = event[len(event) // 2 - 16:len(event) // 2 + 16]
        if not any(middle in content for content in unmasked_streams):
            fail("a stored event is not in what clients sent: their frames were not unmasked rightly")
        if not any(middle in content for name, content in stored if name.startswith("data")):
            fail("a stored event is not in the files that were searched")


def files(folder, label=""):
    return [(label + str(path.relative_to(folder)), path.read_bytes()) for path in Path(folder).rglob("*") if path.is_file()]


def talk(sender, reader, channels, text):
    """Says something in a channel that each of the two knows by a name of its own."""
    for bot, channel in zip((sender, reader), channels):
        bot.wait_state(f"{channel} is there", lambda state, channel=channel: channel in [c["name"] for c in state["channels"]])
        bot.order(do="open", channel=channel)
    sender.order(do="say", channel=channels[0], text=text)
    reader.wait("the message is there", lambda bot: text in [m["text"] for m in bot.messages])


def act(folder, server):
    anna, mikael = (Bot(folder, name) for name in NAMES)
    try:
        anna.join(server.link, COMMUNITY)
        anna.wait_state("its channels are there", lambda state: "lounge" in [c["name"] for c in state["channels"]])
        anna.order(do="create-channel", name=CHANNEL, voice=False)
        mikael.join(anna.invite(), None)
        for bot in (anna, mikael):
            bot.wait_state("the channels are there", lambda state: {CHANNEL, "lounge"} <= {c["name"] for c in state["channels"]})
            bot.order(do="open", channel=CHANNEL)
        for sender, reader, text in ((anna, mikael, MESSAGES[0]), (mikael, anna, MESSAGES[1])):
            sender.order(do="say", channel=CHANNEL, text=text)
            reader.wait("the message is there", lambda bot, text=text: text in [m["text"] for m in bot.messages])
        mikael.wait_state("he knows her name", lambda state: NAMES[0] in state["members"])
        mikael.order(do="create-private", name=PRIVATE, members=[NAMES[0]])
        talk(mikael, anna, (PRIVATE, PRIVATE), ASIDE[0])
        mikael.order(do="message", member=NAMES[0])
        talk(mikael, anna, NAMES, ASIDE[1])
        path = Path(folder) / FILE
        path.write_text(CONTENT * 4_000)
        mikael.order(do="send-files", channel=NAMES[0], files=[str(path)], text=ASIDE[2])
        anna.wait("the file is there", lambda bot: any(FILE in m.get("files", []) for m in bot.messages))
        saved = Path(folder) / "saved.txt"
        anna.order(do="save-file", name=FILE, to=str(saved))
        anna.wait("it is saved", lambda _: saved.exists())
        if saved.read_text() != path.read_text():
            fail("what was saved is not what was sent")
        for bot in (anna, mikael):
            bot.order(do="call", channel="lounge")
        for bot in (mikael, anna):
            bot.wait_state("it is in the call with the other", lambda state: state["call"] and state["call"]["connected"])
    finally:
        for bot in (anna, mikael):
            bot.stop()


def main():
    control()
    relay = Relay()
    canaries = [f"canary-{os.urandom(12).hex()}" for _ in range(2)]
    with tempfile.TemporaryDirectory() as folder:
        with Server(folder, "--public-addr", f"127.0.0.1:{relay.port}", environment={"DIALTONE_LOG": "debug"}) as server:
            relay.serve(server.data, server.port)
            act(folder, server)
            send_canary(relay, canaries[0])
        (server.data / "canary").write_text(canaries[1])
        sealed = [row[0] for row in server.stored("SELECT sealed FROM messages")]
        stored = files(server.data, "data/") + [("server.log", (Path(folder) / "server.log").read_bytes())]
        crossed = relay.plain()
        clients = [entry for name in NAMES for entry in files(Path(folder) / name)]
    controls(canaries, sealed, stored, crossed)
    if not any("blobs/" in name for name, _ in stored):
        fail("no sealed file is in what was searched: it proves nothing of files")
    said = [COMMUNITY, CHANNEL, PRIVATE, *MESSAGES, *ASIDE, FILE, CONTENT]
    passwords = [f"{name} keeps this" for name in NAMES]
    leaks = [f"{text!r} as {where}" for text in said + passwords for where in found(text, stored + crossed)]
    leaks += [f"{name!r} as {where}" for name in NAMES for where in found(name, stored)]
    leaks += [f"{text!r} as {where} of a client's profile" for text in said + passwords for where in found(text, clients)]
    if leaks:
        fail("plaintext: " + "; ".join(leaks))
    size = sum(len(content) for _, content in stored + crossed)
    print(f"None of {len(said + passwords)} texts is in {size} bytes that the server stored or that crossed its sockets.")


if __name__ == "__main__":
    main()
