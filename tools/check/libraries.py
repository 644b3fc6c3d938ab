#!/usr/bin/env python3
"""Which libraries are in the client, and under which licences: what its page "About" shows.

    libraries.py            exits 1 where assets/libraries/list.tsv is not what Cargo resolves, or a licence's text is missing
    libraries.py --write    writes that list

Each line of the list: name, version, licence expression, the licences of it that are taken, authors; between tabs. The texts are
assets/libraries/ID.txt, one for each licence that is taken.
"""
import re
import sys
from pathlib import Path

from licences import ACCEPTED, acceptable, tokens
from metadata import read_metadata

CLIENT = "dialtone"
FOLDER = Path(__file__).resolve().parents[2] / "assets" / "libraries"
# Where one may choose, the first of these that is offered.
PREFERRED = ["MIT", "Apache-2.0", "BSD-3-Clause", "BSD-2-Clause", "ISC", "Zlib", "BSL-1.0", "MPL-2.0"]


def linked(metadata, client=CLIENT):
    """The packages of others that are linked into the client, on any system."""
    nodes = {node["id"]: node for node in metadata["resolve"]["nodes"]}
    packages = {package["id"]: package for package in metadata["packages"]}
    [root] = [package["id"] for package in packages.values() if package["name"] == client and not package["source"]]
    seen, todo = set(), [root]
    while todo:
        this = todo.pop()
        if this in seen:
            continue
        seen.add(this)
        todo += [dep["pkg"] for dep in nodes[this]["deps"] if any(kind["kind"] is None for kind in dep["dep_kinds"])]
    others = (packages[one] for one in seen if packages[one]["source"])
    return sorted(others, key=lambda package: (package["name"], package["version"]))


def taken(expression):
    """The fewest licences by which the expression is met: one that is preferred, else those that it cannot be met without."""
    for one in PREFERRED:
        if acceptable(expression, frozenset({one})):
            return [one]
    needed = {token for token in tokens(expression) if token in ACCEPTED}
    for one in sorted(needed, key=lambda one: -PREFERRED.index(one) if one in PREFERRED else -99):
        if acceptable(expression, frozenset(needed - {one})):
            needed.discard(one)
    return sorted(needed)


def line(package):
    names = [re.sub(r"\s*<[^>]*>", "", author).strip() for author in package["authors"]]
    names = ", ".join(name for name in names if name and "@" not in name)
    expression = " ".join((package["license"] or "").replace("/", " OR ").split())
    fields = (package["name"], package["version"], expression, " ".join(one.replace(" ", "-") for one in taken(expression)), names)
    return "\t".join(field.replace("\t", " ").replace("\n", " ") for field in fields)


def wrong(lines, folder=FOLDER):
    """What of the files is not as it must be, in words."""
    listed = folder / "list.tsv"
    there = listed.read_text(encoding="utf-8").splitlines() if listed.exists() else []
    faults = []
    if there != lines:
        changed = sorted(set(there) ^ set(lines))
        names = ", ".join(sorted({one.split("\t")[0] for one in changed})[:10])
        faults.append(f"assets/libraries/list.tsv is behind Cargo.lock ({names}): tools/check/libraries.py --write")
    needed = {one for text in lines for one in text.split("\t")[3].split()}
    texts = {file.stem for file in folder.glob("*.txt")}
    faults += [f"assets/libraries/{one}.txt is missing" for one in sorted(needed - texts)]
    faults += [f"assets/libraries/{one}.txt is the licence of nothing" for one in sorted(texts - needed)]
    return faults


def main(arguments):
    lines = [line(package) for package in linked(read_metadata())]
    if arguments == ["--write"]:
        FOLDER.mkdir(exist_ok=True)
        (FOLDER / "list.tsv").write_text("".join(one + "\n" for one in lines), encoding="utf-8")
    faults = wrong(lines)
    for fault in faults:
        print(fault)
    print(f"libraries: {len(lines)} in the client" + (f", {len(faults)} faults" if faults else ""))
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
