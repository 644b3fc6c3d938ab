"""coturn as compose.yml has it: a real one, on the loopback, started by the container's own script."""

import base64
import contextlib
import hashlib
import hmac
import ipaddress
import os
import pathlib
import socket
import ssl
import struct
import subprocess
import tempfile
import time
import unittest

from tools_of_tests import free_port, run, running, tool

SCRIPT = pathlib.Path(__file__).resolve().parents[3] / "assets" / "server" / "turn.sh"
REALM, SECRET = "chat.example.org", "the north wind & the $un"
COOKIE = 0x2112A442
ALLOCATE, PERMIT = 3, 8
USER, INTEGRITY, ERROR, PEER, REALM_OF, NONCE, FAMILY, TRANSPORT = 0x6, 0x8, 0x9, 0x12, 0x14, 0x15, 0x17, 0x19
# One of each network that it is not to relay to.
REFUSED = [
    "0.0.0.1", "10.1.2.3", "100.64.0.1", "100.127.255.255", "127.0.0.1", "127.9.9.9", "169.254.169.254", "172.16.0.1", "172.31.255.255",
    "192.0.0.8", "192.168.1.1", "198.18.0.1", "198.19.255.255", "224.0.0.1", "239.1.2.3", "240.0.0.1", "255.255.255.255",
]
REFUSED_6 = [
    "::1", "::ffff:10.0.0.1", "::ffff:8.8.8.8", "64:ff9b::a00:1", "2002:a00:1::1", "fc00::1", "fdff::1", "fe80::1", "febf::1", "ff02::1",
]
TAKEN, TAKEN_6 = ["203.0.113.7", "192.0.1.1", "100.128.0.1", "172.32.0.1", "198.20.0.1", "169.253.1.1"], ["2001:db8::1", "2a00::1"]


def attribute(kind, value):
    return struct.pack("!HH", kind, len(value)) + value + b"\0" * (-len(value) % 4)


def attributes(message):
    found, rest = {}, message[20:]
    while len(rest) >= 4:
        kind, length = struct.unpack("!HH", rest[:4])
        found[kind] = rest[4 : 4 + length]
        rest = rest[4 + length + -length % 4 :]
    return found


class Client:
    """As much of a TURN client (RFC 5766) as it takes to be given a relayed address, and leave to reach others from there."""

    def __init__(self, port):
        self.socket = socket.socket(type=socket.SOCK_DGRAM)
        self.socket.settimeout(5)
        self.socket.connect(("127.0.0.1", port))
        self.user = f"{int(time.time()) + 3600}:somebody".encode()
        password = base64.b64encode(hmac.digest(SECRET.encode(), self.user, "sha1"))
        self.key = hashlib.md5(b":".join([self.user, REALM.encode(), password]), usedforsecurity=False).digest()
        self.known = b""

    def ask(self, method, body, unique=None):
        """The number of the refusal, or None."""
        unique = unique or os.urandom(12)
        body += self.known
        if self.known:
            head = struct.pack("!HHI", method, len(body) + 24, COOKIE) + unique
            body += attribute(INTEGRITY, hmac.digest(self.key, head + body, "sha1"))
        answer = self.exchange(struct.pack("!HHI", method, len(body), COOKIE) + unique + body)
        found = attributes(answer)
        if NONCE in found:
            named = [attribute(USER, self.user), attribute(REALM_OF, REALM.encode()), attribute(NONCE, found[NONCE])]
            self.known = b"".join(named)
        if struct.unpack("!H", answer[:2])[0] == method | 0x100:
            return None
        return found[ERROR][2] * 100 + found[ERROR][3]

    def exchange(self, message):
        self.socket.send(message)
        return self.socket.recv(2048)

    def allocate(self, family=b""):
        """The first question is refused, and brings the nonce."""
        body = attribute(TRANSPORT, bytes([17, 0, 0, 0])) + family
        return self.ask(ALLOCATE, body), self.ask(ALLOCATE, body)

    def permit(self, address):
        packed, unique = ipaddress.ip_address(address).packed, os.urandom(12)
        mask = struct.pack("!I", COOKIE) + unique
        hidden = bytes(one ^ other for one, other in zip(packed, mask))
        family = 1 if len(packed) == 4 else 2
        return self.ask(PERMIT, attribute(PEER, struct.pack("!BBH", 0, family, 9 ^ (COOKIE >> 16)) + hidden), unique)


class TlsClient(Client):
    """The same over TLS, which has no packets: a message says how long it is."""

    def __init__(self, port, authority):
        super().__init__(port)
        self.socket.close()
        context = ssl.create_default_context(cafile=authority)
        plain = socket.create_connection(("127.0.0.1", port), timeout=5)
        self.socket = context.wrap_socket(plain, server_hostname=REALM)

    def exchange(self, message):
        self.socket.sendall(message)
        answer = b""
        while len(answer) < 20 or len(answer) < 20 + struct.unpack("!H", answer[2:4])[0]:
            part = self.socket.recv(2048)
            if not part:
                raise ConnectionError("coturn hung up")
            answer += part
        return answer


def answers(port):
    with socket.socket(type=socket.SOCK_DGRAM) as asking, contextlib.suppress(OSError):
        asking.settimeout(0.2)
        asking.connect(("127.0.0.1", port))
        asking.send(struct.pack("!HHI", 1, 0, COOKIE) + os.urandom(12))
        return bool(asking.recv(512))
    return False


def has_ipv6():
    with contextlib.suppress(OSError), socket.socket(socket.AF_INET6) as one:
        one.bind(("::1", 0))
        return True
    return False


def command(folder, port):
    """The container's script, and what is around it."""
    here = ["--listening-ip=127.0.0.1", "--relay-ip=127.0.0.1", f"--listening-port={port}", f"--userdb={folder}/users"]
    relays = ["--relay-ip=::1"] if has_ipv6() else []
    path = f"{pathlib.Path(tool('turnserver')).parent}:{os.environ['PATH']}"
    environment = {**os.environ, "PATH": path, "TMPDIR": folder, "TURN_REALM": REALM, "TURN_SECRET": SECRET}
    return ["/bin/sh", str(SCRIPT), *here, *relays], environment


def certify(folder):
    """A certificate with its key, as coturn gets them, which is the authority of itself."""
    folder.mkdir()
    names = ["-subj", f"/CN={REALM}", "-addext", f"subjectAltName=DNS:{REALM}"]
    key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-noenc", "-keyout", folder / "key.pem"]
    done = run("openssl", "req", "-x509", *names, *key, "-days", "2", "-out", folder / "cert.pem")
    if done.returncode != 0:
        raise AssertionError(done.stderr)


class Turn(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        stack = contextlib.ExitStack()
        cls.addClassCleanup(stack.close)
        folder = stack.enter_context(tempfile.TemporaryDirectory())
        port = free_port()
        words, environment = command(folder, port)
        cls.process = stack.enter_context(running(words, lambda: answers(port), env=environment))
        cls.port, cls.folder = port, pathlib.Path(folder)

    def client(self, family=b""):
        client = Client(self.port)
        self.addCleanup(client.socket.close)
        self.assertEqual(client.allocate(family), (401, None), "a password by the secret, and nothing else, lets one in")
        return client

    def test_the_secret_is_seen_neither_among_the_processes_nor_in_a_file_of_others(self):
        seen = pathlib.Path(f"/proc/{self.process.pid}")
        self.assertIn(b"turnserver\0-c", (seen / "cmdline").read_bytes())
        for what in ("cmdline", "environ"):
            self.assertNotIn(SECRET.encode(), (seen / what).read_bytes(), what)
        settings = self.folder / "turnserver.conf"
        self.assertIn(f"static-auth-secret={SECRET}\n", settings.read_text())
        self.assertEqual(settings.stat().st_mode & 0o777, 0o600)

    def test_it_relays_into_no_network_that_is_somebodys_own(self):
        client = self.client()
        self.assertEqual({address: client.permit(address) for address in REFUSED}, dict.fromkeys(REFUSED, 403))
        self.assertEqual({address: client.permit(address) for address in TAKEN}, dict.fromkeys(TAKEN))

    @unittest.skipUnless(has_ipv6(), "this machine's kernel has no IPv6, and coturn has nothing to relay it by")
    def test_nor_over_ipv6(self):
        client = self.client(attribute(FAMILY, bytes([2, 0, 0, 0])))
        self.assertEqual({address: client.permit(address) for address in REFUSED_6}, dict.fromkeys(REFUSED_6, 403))
        self.assertEqual({address: client.permit(address) for address in TAKEN_6}, dict.fromkeys(TAKEN_6))

    def test_another_password_lets_nobody_in(self):
        client = Client(self.port)
        self.addCleanup(client.socket.close)
        client.key = b"another"
        self.assertEqual(client.allocate(), (401, 401))

    def test_without_a_certificate_it_speaks_no_tls(self):
        settings = (self.folder / "turnserver.conf").read_text().splitlines()
        self.assertTrue({"no-tls", "no-dtls"} <= set(settings))
        self.assertFalse([line for line in settings if line.startswith(("cert=", "pkey="))])


class TurnOverTls(unittest.TestCase):
    """As compose.turns.yml has it."""

    @classmethod
    def setUpClass(cls):
        stack = contextlib.ExitStack()
        cls.addClassCleanup(stack.close)
        folder = stack.enter_context(tempfile.TemporaryDirectory())
        cls.port, cls.tls_port, cls.folder = free_port(), free_port(), pathlib.Path(folder)
        certify(cls.folder / "certificate")
        words, environment = command(folder, cls.port)
        environment |= {"TURN_CERTIFICATE": f"{folder}/certificate", "TURN_TLS_PORT": str(cls.tls_port)}
        stack.enter_context(running(words, lambda: answers(cls.port) and cls.listens(), env=environment))

    @classmethod
    def listens(cls):
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", cls.tls_port), timeout=1):
            return True
        return False

    def client(self):
        client = TlsClient(self.tls_port, self.folder / "certificate" / "cert.pem")
        self.addCleanup(client.socket.close)
        return client

    def test_it_relays_over_tls_with_the_certificate_that_it_was_given(self):
        client = self.client()
        self.assertEqual(client.allocate(), (401, None))
        self.assertEqual({address: client.permit(address) for address in REFUSED}, dict.fromkeys(REFUSED, 403))
        self.assertIsNone(client.permit(TAKEN[0]))

    def test_another_password_lets_nobody_in(self):
        client = self.client()
        client.key = b"another"
        self.assertEqual(client.allocate(), (401, 401))

    def test_it_still_relays_without_tls(self):
        client = Client(self.port)
        self.addCleanup(client.socket.close)
        self.assertEqual(client.allocate(), (401, None))

    def test_it_speaks_no_tls_that_is_not_safe(self):
        settings = (self.folder / "turnserver.conf").read_text().splitlines()
        self.assertTrue({"no-tlsv1", "no-tlsv1_1", "no-dtls"} <= set(settings))
        self.assertNotIn("no-tls", settings)

    def test_without_its_files_it_does_not_start_and_says_which(self):
        for missing in ("cert.pem", "key.pem"):
            with tempfile.TemporaryDirectory() as folder:
                certify(pathlib.Path(folder) / "certificate")
                (pathlib.Path(folder) / "certificate" / missing).unlink()
                words, environment = command(folder, free_port())
                environment["TURN_CERTIFICATE"] = f"{folder}/certificate"
                done = subprocess.run(words, env=environment, capture_output=True, text=True, timeout=30)
            self.assertEqual(done.returncode, 1)
            self.assertIn(f"certificate/{missing}, readable by user", done.stderr)


if __name__ == "__main__":
    unittest.main()
