"""What Cargo resolves, as the rules about dependencies read it."""
import json
import subprocess
import sys


def read_metadata(path=None):
    """`cargo metadata`, or what was saved of it at `path`. Ends the program with Cargo's own words where it has none."""
    if path:
        with open(path, encoding="utf-8") as file:
            return json.load(file)
    command = ["cargo", "metadata", "--format-version", "1", "--locked"]
    answer = subprocess.run(command, stdout=subprocess.PIPE)
    if answer.returncode:
        sys.exit("cargo metadata failed; if the lock file is behind, run `cargo metadata >/dev/null` and commit Cargo.lock")
    return json.loads(answer.stdout)
