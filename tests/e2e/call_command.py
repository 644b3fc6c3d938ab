#!/usr/bin/env python3
"""`dialtone call`: a participant without a window joins by a link, plays a file to whoever is there and leaves at its end; comes
back with its profile and records what is said.

What the other one heard, and what was recorded, is the file as it was played: STOI at least 0.85.
"""
import json
import os
import subprocess
import sys
import tempfile
import wave
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

from actors import PATIENCE, Bot, Server, binary, fail  # noqa: E402

ROOT = Path(__file__).resolve().parents[2]
SPEECH = ROOT / "assets/speech/echo-test.wav"
LEAST_STOI = 0.85
PASSWORD = "a robot keeps this too"


def call(folder, *arguments, password=PASSWORD):
    command = [binary("dialtone"), "call", "--loopback-calls", "--profile", str(folder / "robot"), *arguments]
    done = subprocess.run(command, input=password + "\n", capture_output=True, text=True, timeout=PATIENCE * 2)
    print("".join(f"  {line}\n" for line in (done.stdout + done.stderr).splitlines()), end="", flush=True)
    return done


def seconds(path):
    with wave.open(str(path)) as sound:
        return sound.getnframes() / sound.getframerate()


def understood(heard, who):
    python = os.environ.get("DIALTONE_PYTHON")
    if not python:
        fail("needs the testbed's Python: run it through ./dev test")
    done = subprocess.run([python, str(ROOT / "tools/audio/score.py"), "speech", str(SPEECH), str(heard),
                           "--only", "stoi,correlation"], capture_output=True, text=True)
    try:
        stoi = json.loads(done.stdout.strip().splitlines()[-1])["stoi"]
    except (IndexError, ValueError, KeyError):
        fail(f"what {who} heard could not be scored: {done.stderr}")
    if stoi < LEAST_STOI:
        fail(f"{who} did not understand: STOI {stoi} is below {LEAST_STOI}")
    print(f"- {who} understood: STOI {stoi:.2f}")


def main():
    with tempfile.TemporaryDirectory() as folder, Server(folder) as server:
        folder = Path(folder)
        heard, recorded = folder / "heard.wav", folder / "recorded.wav"
        anna = Bot(folder, "anna", "--hear", str(heard))
        try:
            anna.join(server.link, "Robots")
            anna.wait_state("its channels are there", lambda state: "lounge" in [c["name"] for c in state["channels"]])
            anna.order(do="call", channel="lounge")
            anna.wait_state("it is in the call", lambda state: state["call"] and state["call"]["state"] == "connected")
            wrong = call(folder, "lounge")
            if wrong.returncode == 0 or "--link" not in wrong.stderr:
                fail("an empty profile is not told of --link")
            played = call(folder, "lounge", "--link", anna.invite(), "--name", "robot", "--play", str(SPEECH))
            if played.returncode != 0 or "Connected to anna." not in played.stdout:
                fail("the file was not played to anna")
            anna.wait_state("the robot has left", lambda state: state["call"] and not state["call"]["connected"])
        finally:
            anna.stop()
        understood(heard, "anna")

        speaker = Bot(folder, "anna", "--speak", str(SPEECH))
        try:
            speaker.order(do="unlock", password="anna keeps this")
            speaker.wait_state("it is online", lambda state: state["connection"] == "online")
            refused = call(folder, "lounge", password="another one")
            if refused.returncode == 0 or "password" not in refused.stderr:
                fail("a wrong password is not told")
            speaker.order(do="call", channel="lounge")
            length = seconds(SPEECH)
            done = call(folder, "lounge", "--record", str(recorded), "--seconds", str(length + 2))
            if done.returncode != 0:
                fail("the call was not recorded")
        finally:
            speaker.stop()
        if abs(seconds(recorded) - (length + 2)) > 1.0:
            fail(f"{seconds(recorded)} s were recorded, not {length + 2}")
    print("A file is played into a call and one recorded from it, without a window.")


if __name__ == "__main__":
    main()
