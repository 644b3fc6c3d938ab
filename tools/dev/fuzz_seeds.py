#!/usr/bin/env python3
"""What fuzz targets begin with, from what lies in the clone: the vectors of the wire, the chains of the voice engine.

    fuzz_seeds.py FOLDER      a folder such as protocol/fuzz; writes FOLDER/corpus/TARGET/seed-NAME
"""
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
VECTORS = ROOT / "protocol/tests/wire/vectors"

# target of protocol/fuzz: beginnings of the names of its vectors
OF_VECTORS = {
    "approval": ["approval-"],
    "datagram": ["packet-binding"],
    "digest": ["digest"],
    "entry": ["entry-"],
    "frame": ["client-", "server-"],
    "groups": ["commit-aad", "leaf-identity"],
    "identity": ["identity-"],
    "link": ["link-"],
    "log": ["entry-"],
    "relay": ["packet-", "signal-"],
    "resend": ["packet-"],
    "sealed": ["sealed-"],
}


def seeds(folder):
    """(target, name, bytes) of each."""
    if folder == "protocol/fuzz":
        for target, heads in OF_VECTORS.items():
            for path in sorted(VECTORS.glob("*.hex")):
                if path.name.startswith(tuple(heads)):
                    yield target, path.stem, bytes.fromhex(path.read_text(encoding="ascii"))
    if folder == "audio-pipeline/fuzz":
        for path in sorted((ROOT / "audio-pipeline/src/chain").glob("*.toml")):
            yield "chain", path.stem, path.read_bytes()


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    folder = sys.argv[1].rstrip("/")
    for target, name, content in seeds(folder):
        path = ROOT / folder / "corpus" / target / f"seed-{name}"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)


if __name__ == "__main__":
    main()
