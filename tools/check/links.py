#!/usr/bin/env python3
"""Whether each link from one document to another leads somewhere: to a file that is there, and to a heading in it.

    links.py [ROOT [FILE...]]      exits 1 and names each that does not

Without arguments: every Markdown file of the clone. Links to other sites are not followed. What stands within code is no link.
"""
import re
import subprocess
import sys
from pathlib import Path
from urllib.parse import unquote

ROOT = Path(__file__).resolve().parents[2]
FENCE = re.compile(r"^ {0,3}(`{3,}|~{3,})")
CODE = re.compile(r"(`+)(?!`).*?(?<!`)\1(?!`)")
LINK = re.compile(r"\]\(<?([^\s()<>]+)>?(?:\s+\"[^\"]*\")?\)")
ELSEWHERE = re.compile(r"[a-z][a-z0-9+.-]*:", re.I)


def prose(text):
    """(number, line) of what is not a block of code."""
    fence = ""
    for number, line in enumerate(text.splitlines(), 1):
        mark = FENCE.match(line)
        if fence:
            if mark and mark[1].startswith(fence) and not line.strip(" `~"):
                fence = ""
        elif mark:
            fence = mark[1]
        else:
            yield number, line


def anchors(text):
    """What headings are known by: small letters, words joined by hyphens, other signs left out; the second of one name ends in -1."""
    found, times = set(), {}
    for _, line in prose(text):
        heading = re.match(r" {0,3}#{1,6}\s+(.*?)(?:\s+#+)?\s*$", line)
        if not heading:
            continue
        words = re.sub(r"!?\[([^\]]*)\]\([^)]*\)", r"\1", heading[1])
        name = re.sub(r"[^\w\- ]", "", words.lower()).replace(" ", "-")
        found.add(f"{name}-{times[name]}" if name in times else name)
        times[name] = times.get(name, 0) + 1
    return found


def links(text):
    """(number, target) of each link that stays in the clone."""
    for number, line in prose(text):
        for target in LINK.findall(CODE.sub("", line)):
            if not ELSEWHERE.match(target):
                yield number, unquote(target)


def complaints(root, names):
    for name in names:
        for number, target in links((root / name).read_text(encoding="utf-8")):
            path, _, anchor = target.partition("#")
            file = (root / name).parent / path if path else root / name
            if path.startswith("/") or not file.exists():
                yield f"{name}:{number}: {target}: there is no such file"
            elif anchor and (file.suffix != ".md" or anchor not in anchors(file.read_text(encoding="utf-8"))):
                yield f"{name}:{number}: {target}: there is no such heading"


def main():
    root = Path(sys.argv[1]).resolve() if len(sys.argv) > 1 else ROOT
    names = sys.argv[2:]
    if not names:
        listed = subprocess.run(["git", "ls-files", "-z", "*.md"], cwd=root, check=True, stdout=subprocess.PIPE).stdout.decode()
        names = [name for name in listed.split("\0") if name and (root / name).is_file()]
    wrong = list(complaints(root, names))
    for line in wrong:
        print(line)
    print(f"links: {f'{len(wrong)} lead nowhere' if wrong else 'each leads somewhere'}")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
