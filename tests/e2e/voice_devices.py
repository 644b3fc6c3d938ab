#!/usr/bin/env python3
"""Three people in a call, over (virtual) sound devices: what one says is what the others hear.

    speech -> sink micA -> A's microphone -> A ... server, network ... B -> B's loudspeaker -> spkB.monitor -> recording

1. A alone speaks: STOI of what B and C heard is at least 0.85, if need be when it is measured once more.
2. A and B speak at once for two minutes: C hears both, within 2 LU of each other, and neither one's delay grows by more
   than 1 ms a minute (the median of all pairs of seconds: find_talkers.py). Where it does, the same is measured once more in
   the same call: a delay that grows does so again, one that other work on the machine pushed up has settled.

Runs with the interpreter that has numpy and pystoi ($DIALTONE_PYTHON); needs the testbed's sound server.
"""
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

ROOT = Path(__file__).resolve().parents[2]
RATE = 48_000
LEAST_STOI, MOST_SPREAD_LU, MOST_SLOPE = 0.85, 2.0, 1.0
TOGETHER_SECONDS = 120


def again_with_numpy():
    python = os.environ.get("DIALTONE_PYTHON")
    if python and os.path.realpath(sys.executable) != os.path.realpath(python) and not os.environ.get("VOICE_DEVICES"):
        os.execve(python, [python, *sys.argv], {**os.environ, "VOICE_DEVICES": "1"})


again_with_numpy()
from actors import Bot, Server, fail  # noqa: E402


def run(*command):
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def loop_of(path, seconds, into, delay=0.0):
    """The speech again and again for so many seconds, at 48 kHz."""
    run("sox", str(path), "-r", str(RATE), "-c", "1", "-b", "16", str(into), "pad", str(delay), "1.5",
        "repeat", "40", "trim", "0", str(seconds), "norm", "-9")


def play(sink, path):
    return subprocess.Popen(["pacat", "-p", "--latency-msec=40", "-d", sink, "--file-format=wav", str(path)])


def record(sink, path):
    return subprocess.Popen(["parec", "-d", f"{sink}.monitor", "--latency-msec=20", f"--rate={RATE}", "--channels=1",
                             "--format=s16le", "--file-format=wav", str(path)])


def recorded(sinks_and_paths, players):
    """Records while the players play, and a second longer."""
    recorders = [record(sink, path) for sink, path in sinks_and_paths]
    try:
        # Recording has begun when the files have their first sound.
        for _, path in sinks_and_paths:
            for _ in range(200):
                if path.exists() and path.stat().st_size > 4_096:
                    break
                try:
                    recorders[0].wait(0.05)
                except subprocess.TimeoutExpired:
                    pass
        running = [play(sink, path) for sink, path in players]
        for player in running:
            player.wait(timeout=TOGETHER_SECONDS + 60)
        try:
            recorders[0].wait(1.0)
        except subprocess.TimeoutExpired:
            pass
    finally:
        for recorder in recorders:
            recorder.terminate()
            recorder.wait()


def alone(out, speech):
    """How well the one who was understood worst was: STOI."""
    heard = {who: out / f"alone-heard-by-{who}.wav" for who in "BC"}
    recorded([(f"spk{who}", path) for who, path in heard.items()], [("micA", speech)])
    scores = []
    for who, path in heard.items():
        line = run(sys.executable, str(ROOT / "tools/audio/score.py"), "speech", str(speech), str(path),
                   "--only", "stoi,correlation")
        score = json.loads(line.strip().splitlines()[-1])
        print(f"- {who} heard A: STOI {score['stoi']:.3f} ({score['seconds']} s)")
        scores.append(score["stoi"])
    return min(scores)


def together(out, first, second):
    """How fast the delay grew that grew fastest, in ms a minute."""
    heard = out / "together-heard-by-C.wav"
    # What was really said: a player that stumbles must not count as delay of the call.
    said = {who: out / f"together-said-by-{who}.wav" for who in "AB"}
    rooms = [("spkC", heard)] + [(f"mic{who}", path) for who, path in said.items()]
    recorded(rooms, [("micA", first), ("micB", second)])
    found = subprocess.run([sys.executable, str(ROOT / "tools/audio/find_talkers.py"), str(heard), *map(str, said.values())],
                           capture_output=True, text=True)
    try:
        result = json.loads(found.stdout.strip().splitlines()[-1])
    except (IndexError, ValueError):
        fail(f"the talkers could not be looked for: {found.stderr}")
    for talker in result["talkers"]:
        print(f"- C heard {Path(talker['file']).stem}: found {talker['found']}, matched {talker['matched_share']:.2f}, "
              f"delay {talker['delay_ms']} ms, slope {talker['slope_ms_per_min']} ms/min, {talker['lufs']} LUFS")
    if not all(talker["found"] for talker in result["talkers"]):
        fail(f"not both talkers are in what C heard; listen to {heard}")
    if result["spread_lufs"] > MOST_SPREAD_LU:
        fail(f"the talkers are {result['spread_lufs']} LU apart, more than {MOST_SPREAD_LU}")
    return max(talker["slope_ms_per_min"] for talker in result["talkers"])


def main():
    if not os.environ.get("DIALTONE_TEST_PULSE"):
        fail("needs the testbed's sound server: run it through ./dev test")
    out = Path(os.environ.get("DIALTONE_TEST_OUT", "out/test")).resolve() / "voice"
    out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        folder = Path(folder)
        with Server(folder) as server:
            bots = [Bot(folder, name, "--devices") for name in ("anna", "mikael", "saga")]
            try:
                call(server, bots)
                speech, first, second = folder / "speech.wav", folder / "A.wav", folder / "B.wav"
                loop_of(ROOT / "assets/speech/echo-test.wav", 10.5, speech)
                understood = alone(out, speech)
                if understood < LEAST_STOI:
                    print(f"- STOI {understood} is below {LEAST_STOI}: measured again")
                    understood = alone(out, speech)
                if understood < LEAST_STOI:
                    fail(f"A was not understood, twice; listen to what is in {out}")
                loop_of(ROOT / "assets/speech/echo-test.wav", TOGETHER_SECONDS, first)
                loop_of(ROOT / "assets/speech/directory.wav", TOGETHER_SECONDS, second, delay=0.7)
                slope = together(out, first, second)
                if slope > MOST_SLOPE:
                    print(f"- a delay grew by {slope} ms a minute: measured again")
                    slope = together(out, first, second)
                if slope > MOST_SLOPE:
                    fail(f"the delay grows: {slope} ms a minute, twice")
            finally:
                for bot in bots:
                    bot.stop()
    print("What is said into one microphone is what the other loudspeakers play.")


def call(server, bots):
    anna, mikael, saga = bots
    for bot, room in zip(bots, "ABC"):
        bot.order(do="audio", input=f"pulseaudio:mic{room}_in", output=f"pulseaudio:spk{room}", measure=False, packet_ms=None)
    anna.join(server.link, "Sound check")
    anna.wait_state("its channels are there", lambda state: "lounge" in [c["name"] for c in state["channels"]])
    for bot in (mikael, saga):
        bot.join(anna.invite(), None)
        bot.wait_state("the channels are there", lambda state: "lounge" in [c["name"] for c in state["channels"]])
    for bot in bots:
        bot.order(do="call", channel="lounge")
    for bot in bots:
        others = {other.name for other in bots} - {bot.name}
        bot.wait_state("it is connected to both",
                       lambda state, others=others: state["call"] and others <= set(state["call"]["connected"]))
    print("- three people are in the call, connected to each other")


if __name__ == "__main__":
    main()
