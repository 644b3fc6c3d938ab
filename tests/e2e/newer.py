"""Stands before a server with its certificate, and says in its name that it is newer than any that there is.

Not a test itself: imported by those beside it. Standard library alone.
"""
import re
import socket
import ssl
import threading

from actors import without_asking

# Where a session and where a live connection begins; what stands in for it is as long.
SAYS, LIES = re.compile(rb'("revision":|dialtone-revision: )[0-9]'), rb"\g<1>9"


class Newer:
    """Between the clients, who come to `port`, and a server elsewhere on this machine, until it is closed."""

    def __init__(self, port, server):
        self.server = server
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.context.load_cert_chain(server.data / "tls-cert.pem", server.data / "tls-key.pem")
        self.listener = socket.create_server(("127.0.0.1", port))
        self.open = []
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        while True:
            try:
                client, _ = self.listener.accept()
            except OSError:  # it was closed
                return
            threading.Thread(target=self.stand_between, args=(client,), daemon=True).start()

    def stand_between(self, client):
        try:
            client = self.context.wrap_socket(client, server_side=True)
            server = without_asking().wrap_socket(socket.create_connection(("127.0.0.1", self.server.port)))
        except OSError:
            return client.close()
        self.open += [client, server]
        threading.Thread(target=pass_on, args=(client, server, None), daemon=True).start()
        return pass_on(server, client, SAYS)

    def close(self):
        for one in (self.listener, *self.open):
            try:
                one.shutdown(socket.SHUT_RDWR)
            except OSError:  # it is closed already
                pass
            one.close()


def pass_on(source, target, changed):
    """All that comes, with what is to be changed in it; the server writes an answer like this in one piece."""
    try:
        while data := source.recv(65536):
            target.sendall(changed.sub(LIES, data) if changed else data)
        target.shutdown(socket.SHUT_WR)
    except OSError:  # one of them went away
        target.close()
