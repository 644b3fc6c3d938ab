"""What an entry of the catalogue says."""
from dataclasses import dataclass


@dataclass(frozen=True)
class Target:
    """Which tests of which package."""

    package: str
    folder: str
    part: tuple


@dataclass(frozen=True)
class Check:
    """A check in the code, and the test that must fail without it."""

    # What is refused by it.
    name: str
    # Where it stands, from the root of the clone.
    file: str
    # The check; it stands exactly once in its file.
    stands: str
    # What stands there when it is taken out.
    without: str
    target: Target
    # Names of tests, or parts of them, with spaces between; one of them must fail.
    tests: str


PROTOCOL = Target("dialtone-protocol", "protocol", ("--lib",))
WIRE = Target("dialtone-protocol", "protocol", ("--test", "wire"))
CRYPTO = Target("dialtone-crypto", "crypto", ("--test", "suite"))
CRYPTO_UNITS = Target("dialtone-crypto", "crypto", ("--lib",))
TLS = Target("dialtone-tls", "tls", ("--lib",))
SERVER = Target("dialtone-server", "server", ("--test", "suite"))
SERVER_UNITS = Target("dialtone-server", "server", ("--lib",))
CLIENT = Target("dialtone-engine", "app/engine", ("--test", "client"))
ENGINE = Target("dialtone-engine", "app/engine", ("--lib",))
