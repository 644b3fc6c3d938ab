#!/usr/bin/env python3
"""Delay from mouth to ear between two clients in a call, without comparing two clocks.

    PULSE_SERVER=unix:SOCKET mouth_to_ear.py [--device air] [--chirps 10] [--keep heard.wav]
    mouth_to_ear.py --analyse heard.wav

Both clients are in one room: the null sink `air`. Client A's microphone is the sink's monitor, client B's loudspeaker is
the sink itself, turned down so that the loop dies out. Each chirp played into the room is heard in it directly, and again
after it went through A, the network and B:

    chirp -> air -> A: capture, chain, seal -> network -> B: open, jitter buffer, chain, playback -> air
             |<------------------------------ the delay ------------------------------------------>|

Prints one line of JSON: n, p50_ms, p95_ms, min_ms, max_ms, echo_gain; exits 1 with "error" if no echo was heard.
"""
import argparse
import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
from scipy.fft import irfft, next_fast_len, rfft

from sound import load, save

RATE = 48_000
CHIRP = 0.12  # seconds, 300 Hz to 3 kHz: passes codecs and most noise suppressors
PERIOD = 2.0  # seconds from chirp to chirp: longer than any delay that one could talk with
SHORTEST, LONGEST = 0.006, 0.9  # seconds after the direct sound in which the echo is looked for
FAINT = 0.02  # of the direct sound: what is weaker is noise
FIRST = 0.5  # of the strongest echo: the first arrival this strong is the echo, the strongest may be its second round


def chirp():
    t = np.arange(int(CHIRP * RATE)) / RATE
    phase = 2 * np.pi * (300.0 * t + (3_000.0 - 300.0) / (2 * CHIRP) * t**2)
    return np.sin(phase) * np.hanning(len(t))


def compress(recording):
    """Each chirp in the recording as a short pulse: envelope of the recording divided by the chirp in its band.

    Entry i is the strength of a chirp that begins at sample i; 1.0 is a chirp as strong as `chirp()`.
    """
    size = next_fast_len(len(recording) + int(CHIRP * RATE))
    probe = rfft(chirp(), size)
    power = np.abs(probe) ** 2
    # Dividing by the probe's spectrum makes pulses narrow; the floor keeps what lies outside its band out.
    pulse = rfft(recording, size) * np.conj(probe) / (power + 0.05 * power.max())
    spectrum = np.zeros(size, dtype=complex)
    spectrum[: len(pulse)] = 2 * pulse  # analytic signal: no negative frequencies
    band = power / (power + 0.05 * power.max())
    return np.abs(np.fft.ifft(spectrum))[: len(recording)] / (irfft(band, size)[0])


def find_direct(pulses):
    """Sample numbers of the chirps as first heard, one for each period that has one."""
    found, at, threshold = [], 0, 0.5 * pulses.max()
    while at < len(pulses):
        above = np.flatnonzero(pulses[at:] > threshold)
        if not len(above):
            break
        start = at + int(above[0])
        found.append(start + int(np.argmax(pulses[start : start + int(0.003 * RATE)])))
        at = found[-1] + int((PERIOD - 0.5) * RATE)
    return found


def find_echo(pulses, direct):
    """(delay in seconds, strength as a share of the direct sound) of the first echo, or None."""
    begin = direct + int(SHORTEST * RATE)
    after = pulses[begin : direct + int(LONGEST * RATE)]
    if not len(after) or after.max() < FAINT * pulses[direct]:
        return None
    start = int(np.flatnonzero(after >= max(FIRST * after.max(), FAINT * pulses[direct]))[0])
    echo = begin + start + int(np.argmax(after[start : start + int(0.003 * RATE)]))
    return (echo - direct) / RATE, pulses[echo] / pulses[direct]


def analyse(recording):
    """The line that the command prints, as a dictionary."""
    if not len(recording) or np.abs(recording).max() < 1e-4:
        return {"n": 0, "error": "the recording is silent: is the sound server's sink there, and not muted?"}
    pulses = compress(recording)
    echoes = [echo for echo in (find_echo(pulses, direct) for direct in find_direct(pulses)) if echo]
    if not echoes:
        return {"n": 0, "error": "no echo was heard: are both clients in the call, A capturing and B playing?"}
    ms = np.array([delay for delay, _ in echoes]) * 1_000
    return {
        "n": len(echoes),
        "p50_ms": round(float(np.median(ms)), 1),
        "p95_ms": round(float(np.percentile(ms, 95)), 1),
        "min_ms": round(float(ms.min()), 1),
        "max_ms": round(float(ms.max()), 1),
        "echo_gain": round(float(np.median([gain for _, gain in echoes])), 3),
    }


def record(device, count):
    """Plays `count` chirps into the device and returns what its monitor heard meanwhile."""
    signal = np.zeros(int((count + 0.5) * PERIOD * RATE))
    for index in range(count):
        at = int((index + 0.25) * PERIOD * RATE)
        signal[at : at + int(CHIRP * RATE)] = 0.5 * chirp()
    with tempfile.TemporaryDirectory() as folder:
        played, heard = Path(folder, "chirps.wav"), Path(folder, "heard.raw")
        save(played, signal, RATE)
        with heard.open("wb") as sink:
            recorder = subprocess.Popen(
                ["parec", f"--device={device}.monitor", f"--rate={RATE}", "--channels=1", "--format=s16le",
                 "--latency-msec=10", "--raw"], stdout=sink)
            try:
                until = time.monotonic() + 5
                while heard.stat().st_size == 0 and time.monotonic() < until:
                    time.sleep(0.02)
                subprocess.run(["paplay", "--latency-msec=40", f"--device={device}", str(played)], check=True)
                time.sleep(LONGEST)
            finally:
                recorder.terminate()
                recorder.wait()
        return np.fromfile(heard, dtype="<i2").astype(float) / 32_768


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--device", default="air", help="the sink that is the room")
    parser.add_argument("--chirps", type=int, default=10)
    parser.add_argument("--keep", help="write what was heard to this WAV file")
    parser.add_argument("--analyse", help="measure in this recording instead of making one")
    args = parser.parse_args()
    recording = load(args.analyse, RATE) if args.analyse else record(args.device, args.chirps)
    if args.keep:
        save(args.keep, recording, RATE)
    line = analyse(recording)
    print(json.dumps(line))
    return 0 if line["n"] else 1


if __name__ == "__main__":
    sys.exit(main())
