#!/usr/bin/env python3
"""What fuzz targets begin with, from what lies in the clone: the vectors of the wire and what is stored of them, bodies of each kind,
the chains of the voice engine.

    fuzz_seeds.py FOLDER      a folder such as protocol/fuzz; writes FOLDER/corpus/TARGET/seed-NAME
"""
import json
import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
VECTORS = ROOT / "protocol/tests/wire/vectors"

# target of protocol/fuzz: beginnings of the names of its vectors
OF_VECTORS = {
    "approval": ["approval-"],
    "content": ["content-"],
    "datagram": ["packet-binding"],
    "digest": ["digest"],
    "entry": ["entry-"],
    "frame": ["client-", "server-"],
    "groups": ["commit-aad", "leaf-identity"],
    "identity": ["identity-"],
    "letters": ["event-header", "key-request", "knock", "pack-body", "sealed-grant", "sealed-pack", "session-proof", "signal-header",
                "signed-", "welcome-body"],
    "link": ["link-"],
    "log": ["entry-"],
    "relay": ["packet-", "signal-"],
    "resend": ["packet-"],
    "sealed": ["sealed-"],
}


def bodies(folder):
    """Bodies for the target `http`, each behind the number of its kind in the target's list; a kind without one is not let through."""
    examples = json.loads((folder / "bodies.json").read_text(encoding="utf-8"))
    target = (folder / "fuzz_targets/http.rs").read_text(encoding="utf-8")
    kinds = re.findall(r"^ +(\w+),$", target.partition("= checks![")[2], re.MULTILINE)
    if set(kinds) != set(examples):
        sys.exit(f"fuzz_seeds: {folder}/bodies.json and the target http differ: {', '.join(set(kinds) ^ set(examples))}")
    for number, kind in enumerate(kinds):
        for which, body in enumerate(examples[kind]):
            yield "http", f"{kind}-{which}", bytes([number]) + json.dumps(body).encode()


def rows():
    """Rows of the client's database for the target `stored`, each behind the number of its kind: those that hold what members say."""
    for path in sorted(VECTORS.glob("content-*.hex")):
        content = bytes.fromhex(path.read_text(encoding="ascii"))
        name = path.stem.removeprefix("content-")
        hash_, id_ = b"\x58\x20" + bytes(32), b"\x50" + bytes(16)
        opened = b"\x82\x00\x81" + content
        event = b"\x88" + hash_ + hash_ + hash_ + id_ + b"\x05" + opened + hash_ + b"\x01"
        waiting = b"\x86" + id_ + id_ + content + b"\x40" + b"\xf6" + b"\x80"
        yield from (("stored", f"event-{name}", b"\0" + event), ("stored", f"outbox-{name}", b"\2" + waiting))
        yield "stored", f"content-{name}", b"\7" + content


def seeds(folder):
    """(target, name, bytes) of each."""
    if folder == "protocol/fuzz":
        for target, heads in OF_VECTORS.items():
            for path in sorted(VECTORS.glob("*.hex")):
                if path.name.startswith(tuple(heads)):
                    yield target, path.stem, bytes.fromhex(path.read_text(encoding="ascii"))
        yield from bodies(ROOT / folder)
    if folder == "app/fuzz":
        yield from rows()
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
