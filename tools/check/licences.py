#!/usr/bin/env python3
"""Whether everything that is linked may be linked into an MIT-licensed program.

    licences.py       exits 1 and names each package whose licence expression cannot be met from ACCEPTED

cargo-deny does more (deny.toml); this part needs nothing but Cargo and Python, so that nobody has to skip it.
"""
import re
import sys

from metadata import read_metadata

ACCEPTED = {"MIT", "Apache-2.0", "Apache-2.0 WITH LLVM-exception", "BSD-1-Clause", "BSD-2-Clause", "BSD-3-Clause", "ISC", "Zlib",
            "0BSD", "BSL-1.0", "Unlicense", "CC0-1.0", "MIT-0", "BlueOak-1.0.0", "Unicode-3.0", "OFL-1.1", "Ubuntu-font-1.0",
            # By file: its own sources stay under it, the program does not come under it.
            "MPL-2.0",
            # Of data: Mozilla's list of certificate authorities. It comes with rustls-acme's client, and is not asked: the system's are.
            "CDLA-Permissive-2.0"}


def tokens(expression):
    text = expression.replace("/", " OR ")
    text = re.sub(r"\s+WITH\s+", "~", text)
    return [token.replace("~", " WITH ") for token in re.findall(r"\(|\)|[^\s()]+", text)]


def acceptable(expression, accepted=frozenset(ACCEPTED)):
    """Whether the SPDX expression (AND binds tighter than OR; `/` is an old OR) can be met from `accepted`."""
    rest = tokens(expression)

    def either():
        met = both()
        while rest and rest[0] == "OR":
            rest.pop(0)
            met = both() or met
        return met

    def both():
        met = single()
        while rest and rest[0] == "AND":
            rest.pop(0)
            met = single() and met
        return met

    def single():
        token = rest.pop(0) if rest else ""
        if token != "(":
            return token in accepted
        met = either()
        return bool(rest) and rest.pop(0) == ")" and met

    met = either()
    return met and not rest


def main():
    metadata = read_metadata()
    bad = [f"{package['name']} {package['version']}: {package['license'] or 'no licence named'}"
           for package in metadata["packages"] if not acceptable(package["license"] or "")]
    for line in bad:
        print(line)
    print(f"licences: {str(len(bad)) + ' not accepted' if bad else 'accepted, ' + str(len(metadata['packages'])) + ' packages'}")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
