#!/usr/bin/env python3
"""The dependency rules of ARCHITECTURE.md, checked on what Cargo really resolves.

    house.py [--metadata FILE]      exits 1 and names the shortest path to each forbidden package

    cargo metadata -> graph of normal dependencies (build and dev ones aside) -> what each of our packages reaches
                   -> against RULES
"""
import argparse
import re
import sys
from collections import deque
from pathlib import Path

from metadata import read_metadata

REGISTRY = "registry+https://github.com/rust-lang/crates.io-index"
IO = {"tokio", "mio", "socket2", "ureq", "reqwest", "hyper", "axum", "tokio-tungstenite", "tungstenite", "rusqlite", "sqlx",
      "sqlx-core", "webrtc", "cpal"}
WINDOW = {"egui", "eframe", "winit", "epaint"}
SOUND = {"cpal", "opus", "opusic-sys"}
OURS = {"dialtone", "dialtone-protocol", "dialtone-crypto", "dialtone-audio", "dialtone-engine", "dialtone-desktop",
        "dialtone-gui", "dialtone-server", "dialtone-store", "dialtone-store-sqlite", "dialtone-store-postgres", "dialtone-load", "dialtone-clap-probe",
        "dialtone-faults", "dialtone-words", "dialtone-tls"}

# package: (what it must not reach even through others, the only packages of ours that it may name itself, why)
RULES = {
    "dialtone-protocol": (IO | WINDOW | (OURS - {"dialtone-protocol"}), set(),
                          "the wire format knows no input or output, and nothing of ours"),
    "dialtone-tls": (IO | WINDOW | (OURS - {"dialtone-protocol", "dialtone-tls"}), {"dialtone-protocol"},
                     "whom a connection ends at is checked without making one"),
    "dialtone-crypto": (IO | WINDOW | {"dialtone-engine", "dialtone-server", "dialtone-audio"}, {"dialtone-protocol"},
                        "secrets are handled without network, window or sound"),
    # mio and socket2 come with cpal's PulseAudio client, which speaks to a local socket.
    "dialtone-audio": (WINDOW | (IO - {"cpal", "mio", "socket2"}) | (OURS - {"dialtone-audio"}), set(),
                       "the voice engine knows no network, no keys and no window"),
    "dialtone-clap-probe": (WINDOW | (IO - {"cpal", "mio", "socket2"}) | (OURS - {"dialtone-audio", "dialtone-clap-probe"}),
                            {"dialtone-audio"}, "a plugin for tests belongs to the voice engine"),
    "dialtone-engine": (WINDOW | {"dialtone-server", "dialtone-gui"},
                        {"dialtone-protocol", "dialtone-tls", "dialtone-crypto", "dialtone-audio", "dialtone-words"}, "the client runs without a window"),
    "dialtone-words": (IO | WINDOW | SOUND | (OURS - {"dialtone-words"}), set(), "words know nothing of what they are said about"),
    # Of tokio only what waits: it speaks to the desktop's message bus, and to nobody else.
    "dialtone-desktop": (WINDOW | (IO - {"tokio", "mio", "socket2"}) | (OURS - {"dialtone-desktop", "dialtone-words"}), {"dialtone-words"},
                         "the desktop's services know neither the client nor what draws it"),
    "dialtone-gui": ({"dialtone-server"}, {"dialtone-engine", "dialtone-desktop", "dialtone-words"},
                     "the window sees the engine's commands and snapshots, the desktop's services, and words alone"),
    "dialtone-server": (WINDOW | SOUND | {"dialtone-crypto", "dialtone-engine", "dialtone-audio", "rusqlite", "webrtc"},
                        {"dialtone-protocol", "dialtone-tls", "dialtone-store", "dialtone-store-sqlite", "dialtone-store-postgres"},
                        "the server cannot open what people say"),
    "dialtone-store": (WINDOW | SOUND | {"sqlx", "sqlx-core", "rusqlite", "dialtone-crypto"}, {"dialtone-protocol"},
                       "store traits name no database"),
    "dialtone-store-sqlite": (WINDOW | SOUND | {"dialtone-store-postgres", "dialtone-crypto"},
                              {"dialtone-store", "dialtone-protocol"}, "one database a crate"),
    "dialtone-store-postgres": (WINDOW | SOUND | {"dialtone-store-sqlite", "dialtone-crypto"},
                                {"dialtone-store", "dialtone-protocol"}, "one database a crate"),
    "dialtone-faults": (WINDOW | SOUND | (OURS - {"dialtone-faults"}), set(), "a faulty network knows nothing of what crosses it"),
    "dialtone": ({"dialtone-server", "dialtone-store", "sqlx", "axum"}, {"dialtone-engine", "dialtone-gui", "dialtone-desktop", "dialtone-faults"},
                 "the client's program holds nothing of the server"),
    "dialtone-load": (WINDOW | SOUND | {"dialtone-server", "dialtone-engine", "rusqlite", "webrtc"},
                      {"dialtone-protocol", "dialtone-tls", "dialtone-crypto", "dialtone-faults", "dialtone-store", "dialtone-store-sqlite"},
                      "the load runs beside the server, as clients do; most of a large community it writes into the database before"),
}


def normal_graph(metadata):
    """({id: name}, {id: ids of what it is built with at run time})."""
    names = {package["id"]: package["name"] for package in metadata["packages"]}
    edges = {
        node["id"]: [dep["pkg"] for dep in node["deps"] if any(kind["kind"] is None for kind in dep["dep_kinds"])]
        for node in metadata["resolve"]["nodes"]
    }
    return names, edges


def shortest_paths(start, edges):
    """{id: path of ids from start} for everything reachable."""
    paths, queue = {start: [start]}, deque([start])
    while queue:
        at = queue.popleft()
        for following in edges.get(at, []):
            if following not in paths:
                paths[following] = paths[at] + [following]
                queue.append(following)
    return paths


def complaints(metadata, rules=None):
    names, edges = normal_graph(metadata)
    members = {names[member]: member for member in metadata["workspace_members"]}
    found = []
    for package, (banned, allowed, why) in (rules or RULES).items():
        if package not in members:
            found.append(f"{package}: is not in the workspace (renamed? then change tools/check/house.py)")
            continue
        start = members[package]
        for reached, path in sorted(shortest_paths(start, edges).items()):
            if names[reached] in banned and reached != start:
                found.append(f"{' -> '.join(names[step] for step in path)}: {why}")
        for direct in sorted(names[dep] for dep in edges.get(start, [])):
            if direct in OURS and direct not in allowed and direct not in banned:
                found.append(f"{package} -> {direct}: of ours it may use only {', '.join(sorted(allowed)) or 'nothing'}")
    unruled = sorted(name for name in members if name not in RULES)
    found += [f"{name}: a new package without a rule in tools/check/house.py" for name in unruled]
    return found


def banned_packages():
    """{package: reason} of deny.toml, so that the two cannot disagree."""
    text = (Path(__file__).resolve().parents[2] / "deny.toml").read_text(encoding="utf-8")
    return dict(re.findall(r'crate = "([^"]+)", reason = "([^"]+)"', text))


def bans(metadata, banned):
    """What cargo-deny says of bans and sources, for machines without it."""
    for package in metadata["packages"]:
        if package["name"] in banned:
            yield f"{package['name']} is banned: {banned[package['name']]}"
        # None: it lies in the workspace.
        if package.get("source") not in (None, REGISTRY):
            yield f"{package['name']} comes from {package['source']}, not from crates.io"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--metadata", help="a saved `cargo metadata` instead of asking Cargo")
    metadata = read_metadata(parser.parse_args().metadata)
    found = complaints(metadata) + list(bans(metadata, banned_packages()))
    for line in found:
        print(line)
    print(f"dependency rules: {'broken ' + str(len(found)) + ' times' if found else 'kept'}")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
