"""Sends sound through a voice chain by `bench-chain`, and does many such things side by side.

    write() -> bench-chain [options] -> load() -> scored
"""
import argparse
import json
import os
import subprocess
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from material import RATE, write
from sound import load


def arguments(doc):
    """What every benchmark of sound takes: its program, the corpus, and how much and how to say it. More can be added."""
    parser = argparse.ArgumentParser(description=doc, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("program")
    parser.add_argument("corpus")
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--json", action="store_true")
    return parser


class ChainError(Exception):
    """The program's own words."""


class Chain:
    """The program, and which chain it is to run."""

    def __init__(self, program, *options):
        self.program, self.options = str(program), options

    def ask(self, *arguments):
        done = subprocess.run([self.program, *arguments], capture_output=True, text=True, check=False)
        if done.returncode:
            raise ChainError(done.stderr.strip() or f"{self.program} ended with status {done.returncode}")
        return done.stdout

    def registered(self):
        return self.ask("--stages").split()

    def run(self, microphone, *more, far=None):
        """(what comes out, what the program says of the run) for sound at 48 kHz."""
        with tempfile.TemporaryDirectory() as scratch:
            files = [Path(scratch, name) for name in ("in.wav", "out.wav", "far.wav")]
            write(files[0], microphone)
            options = list(self.options) + list(more)
            if far is not None:
                write(files[2], far)
                options += ["--far", str(files[2])]
            said = self.ask(*options, str(files[0]), str(files[1]))
            return load(files[1], RATE), json.loads(said)


def side_by_side(work, jobs):
    """`work` of each job, in their order, on as many cores as there are."""
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        return list(pool.map(lambda job: work(*job), jobs))


def corpus_clip(folder, language, prompt, seconds=None, skip=0.0):
    clip = load(Path(folder, f"{language}-{prompt}.wav"), RATE)[int(skip * RATE) :]
    return clip if seconds is None else clip[: int(seconds * RATE)]
