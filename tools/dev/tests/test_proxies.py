"""What docs/HOSTING.md gives to Caddy, nginx and HAProxy: taken by the programs themselves, and by real ones in front of a server that looks at what arrives."""

import base64
import hashlib
import os
import pathlib
import re
import socket
import socketserver
import ssl
import tempfile
import threading
import unittest

from tools_of_tests import free_port, listens, run, running, tool

HOSTING = (pathlib.Path(__file__).resolve().parents[3] / "docs" / "HOSTING.md").read_text()
SNIPPETS = dict(re.findall(r"^```(caddy|nginx|haproxy)\n(.*?)^```", HOSTING, re.S | re.M))
NAME = "chat.example.org"
PART, WHOLE = 64 * 1024, 3 * 1024 * 1024


class Behind(socketserver.StreamRequestHandler):
    """The server's part: keeps the heads of requests, says that a body has begun to come, and gives back what a WebSocket sends."""

    def handle(self):
        lines = []
        while (line := self.rfile.readline().strip()) or not lines:
            lines.append(line.decode())
        self.server.heads.append(lines)
        head = [line.lower() for line in lines]
        if "upgrade: websocket" in head and "connection: upgrade" in head:
            [key] = [line.split(": ")[1] for line in lines if line.lower().startswith("sec-websocket-key:")]
            accepted = base64.b64encode(hashlib.sha1(f"{key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11".encode(), usedforsecurity=False).digest())
            self.wfile.write(b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: %s\r\n\r\n" % accepted)
            while data := self.request.recv(1024):
                self.wfile.write(data)
            return
        lengths = [int(line.split(":")[1]) for line in head if line.startswith("content-length:")]
        left = lengths[0] if lengths else 0
        while left and (data := self.rfile.read1(left)):
            left -= len(data)
            self.server.begun.set()
        self.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok")


class Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = daemon_threads = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Behind)
        self.heads, self.begun = [], threading.Event()
        threading.Thread(target=self.serve_forever, daemon=True).start()


class Proxied:
    """What holds for each of the three: `proxy`, `adapted` (its whole file), `checks` and `starts` (its arguments)."""

    def setUp(self):
        self.folder = pathlib.Path(self.stays(tempfile.TemporaryDirectory()))
        self.chain, self.key, both = (self.folder / name for name in ("chain.pem", "key.pem", "both.pem"))
        made = run(
            "openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2", "-subj", f"/CN={NAME}",
            "-addext", f"subjectAltName=DNS:{NAME}", "-keyout", self.key, "-out", self.chain,
        )
        self.assertEqual(made.returncode, 0, made.stderr)
        both.write_text(self.chain.read_text() + self.key.read_text())
        self.server = self.stays(Server())
        self.addCleanup(self.server.shutdown)
        self.port = free_port()
        self.file = self.folder / "settings"
        self.file.write_text(self.adapted(SNIPPETS[self.proxy].replace("127.0.0.1:7440", "127.0.0.1:%d" % self.server.server_address[1])))
        self.environment = {**os.environ, "HOME": str(self.folder), "XDG_DATA_HOME": str(self.folder), "XDG_CONFIG_HOME": str(self.folder)}
        checked = run(self.proxy, *self.checks(), env=self.environment)
        said = checked.stdout + checked.stderr
        self.assertEqual(checked.returncode, 0, said)
        # nginx' and HAProxy's; what Caddy warns of is the test's: a certificate of its own, and no port 80.
        self.assertNotRegex(said, r"\[(warn|WARNING)\]")
        self.stays(running([tool(self.proxy), *self.starts()], lambda: listens(self.port), env=self.environment))

    def stays(self, context):
        """Entered until the test ends."""
        self.addCleanup(context.__exit__, None, None, None)
        return context.__enter__()

    def put(self, text, instead, to):
        """Another place or address for the test, where the document has its own."""
        self.assertEqual(text.count(instead), 1, f"{instead} in {text}")
        return text.replace(instead, to)

    def connect(self):
        context = ssl.create_default_context(cafile=str(self.chain))
        context.set_alpn_protocols(["http/1.1"])
        plain = socket.create_connection(("127.0.0.1", self.port), timeout=10)
        return self.stays(context.wrap_socket(plain, server_hostname=NAME))

    def ask(self, connection, *lines):
        connection.sendall("\r\n".join([*lines, f"Host: {NAME}", "", ""]).encode())

    def head_of_answer(self, connection):
        answer = connection.makefile("rb")
        lines = []
        while line := answer.readline().strip():
            lines.append(line.decode().lower())
        return lines

    def test_it_tells_whence_a_request_comes_and_browsers_to_stay_with_tls(self):
        connection = self.connect()
        self.ask(connection, "GET /health HTTP/1.1", "X-Forwarded-For: 203.0.113.9")
        answer = self.head_of_answer(connection)
        self.assertIn(" 200 ", answer[0])
        self.assertIn("strict-transport-security: max-age=63072000", answer)
        head = [line.lower() for line in self.server.heads[-1]]
        self.assertIn(f"host: {NAME}", head)
        # As server/src/http/extract.rs reads it: of several lines the last, and there the last address.
        told = [line.split(":", 1)[1] for line in head if line.startswith("x-forwarded-for:")]
        self.assertEqual(told[-1].split(",")[-1].strip(), "127.0.0.1")

    def test_it_passes_websockets_on(self):
        connection = self.connect()
        key = ("Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==", "Sec-WebSocket-Version: 13")
        self.ask(connection, "GET /socket HTTP/1.1", "Connection: Upgrade", "Upgrade: websocket", *key)
        self.assertIn(" 101 ", self.head_of_answer(connection)[0])
        for word in (b"there", b"and back"):
            connection.sendall(word)
            self.assertEqual(connection.recv(1024), word)

    def test_it_sends_a_large_file_on_as_it_comes(self):
        connection = self.connect()
        self.ask(connection, "PUT /file HTTP/1.1", f"Content-Length: {WHOLE}")
        connection.sendall(bytes(PART))
        self.assertTrue(self.server.begun.wait(10), "nothing arrived before all of it was sent")
        connection.sendall(bytes(WHOLE - PART))
        self.assertIn(" 200 ", self.head_of_answer(connection)[0])


class Caddy(Proxied, unittest.TestCase):
    proxy = "caddy"

    def adapted(self, text):
        here = f"https://{NAME}:{self.port} {{\n\tbind 127.0.0.1\n\ttls {self.chain} {self.key}\n"
        return "{\n\tadmin off\n\tauto_https disable_redirects\n}\n" + self.put(text, f"{NAME} {{\n", here)

    def checks(self):
        return ["validate", "--adapter", "caddyfile", "--config", self.file]

    def starts(self):
        return ["run", "--adapter", "caddyfile", "--config", self.file]


class Nginx(Proxied, unittest.TestCase):
    proxy = "nginx"

    def adapted(self, text):
        text = self.put(text, f"/etc/letsencrypt/live/{NAME}/fullchain.pem", str(self.chain))
        text = self.put(text, f"/etc/letsencrypt/live/{NAME}/privkey.pem", str(self.key))
        text = self.put(text, "listen 443 ", f"listen 127.0.0.1:{self.port} ")
        folders = "".join(f"{kind}_temp_path {self.folder};" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"))
        user = "user root;" if os.geteuid() == 0 else ""
        return f"daemon off; pid {self.folder}/pid; error_log stderr; {user} events {{}}\nhttp {{ access_log off; {folders}\n{text}\n}}\n"

    def checks(self):
        return ["-t", *self.starts()]

    def starts(self):
        return ["-e", "stderr", "-c", self.file]


class Haproxy(Proxied, unittest.TestCase):
    proxy = "haproxy"

    def adapted(self, text):
        text = self.put(text, f"/etc/haproxy/{NAME}.pem", str(self.folder / "both.pem"))
        return self.put(text, "bind :443 ", f"bind 127.0.0.1:{self.port} ")

    def checks(self):
        return ["-c", "-f", self.file]

    def starts(self):
        return ["-db", "-f", self.file]


if __name__ == "__main__":
    unittest.main()
