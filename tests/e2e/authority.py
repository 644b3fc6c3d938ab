"""An authority of a test's own, whose certificates nobody else trusts. Not a test itself: imported by those beside it."""
import subprocess
from pathlib import Path

from actors import fail


class Authority:
    """Issues certificates by the `openssl` program."""

    def __init__(self, folder, name):
        self.folder, self.name = Path(folder), name
        self.certificate = self.folder / f"{name}.pem"
        self._openssl("req", "-x509", *self._new_key(name), "-out", self.certificate, "-days", "2", "-subj", f"/CN={name}")

    def issue(self, host):
        """A certificate for a host, with its key, in one file."""
        name = f"{self.name}-{host}-{len(list(self.folder.iterdir()))}"
        request, names, issued = (self.folder / f"{name}.{kind}" for kind in ("csr", "ext", "crt"))
        names.write_text(f"subjectAltName=DNS:{host}\nbasicConstraints=CA:FALSE\nextendedKeyUsage=serverAuth\n")
        self._openssl("req", *self._new_key(name), "-out", request, "-subj", f"/CN={host}")
        self._openssl("x509", "-req", "-in", request, "-CA", self.certificate, "-CAkey", self.folder / f"{self.name}.key",
                      "-CAcreateserial", "-out", issued, "-days", "2", "-extfile", names)
        whole = self.folder / f"{name}.pem"
        whole.write_text(issued.read_text() + (self.folder / f"{name}.key").read_text())
        return whole

    def _new_key(self, name):
        return ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", self.folder / f"{name}.key")

    @staticmethod
    def _openssl(*arguments):
        done = subprocess.run(["openssl", *arguments], stdin=subprocess.DEVNULL, capture_output=True, text=True)
        if done.returncode:
            fail(f"openssl {arguments[0]}: {done.stderr}")
