#!/usr/bin/env python3
"""Who is heard in a recording in which several people speak at once, how late, and how loud.

    find_talkers.py MIXTURE.wav TALKER.wav TALKER.wav [...] [--max-delay 2.0] [--delays]

Each TALKER.wav is what that person said, clean; MIXTURE.wav is what somebody else's loudspeaker played.

    windows of 1 s of each talker -> place of the sharpest match in the mixture -> delay of each window
      -> matches that agree with each other: found or not, median delay, drift in ms a minute (Theil-Sen)
      -> all talkers fitted together, window by window, by short filters: each one's own part of the mixture
      -> its loudness (BS.1770), and that less the talker's own loudness

Prints one line of JSON:
    talkers: for each its file, found, windows (with speech), matched_share (of them), delay_ms, slope_ms_per_min,
             lufs (its part in the mixture), gain_lu (that against the clean recording)
    spread_lufs, spread_lu: largest less smallest lufs and gain_lu of the talkers found
Exits 1 if a talker was not found.
"""
import argparse
import json
import sys

import numpy as np
from scipy.fft import irfft, next_fast_len, rfft, rfftfreq
from scipy.stats import theilslopes

from loudness import integrated
from sound import SPEECH_RATE as RATE
from sound import load

WINDOW, HOP = 1.0, 0.5  # seconds
BAND = (150.0, 4_000.0)  # Hz in which voices differ and codecs keep them
AGREE = 0.06  # seconds around the line through the delays within which a window counts: a jitter buffer moves that far
ENOUGH = 0.5  # share of windows that must agree for a talker to be found; chance gives a few percent
TAPS = 33  # of the filters fitted, centred on the delay: 2 ms, enough for a codec's and a resampler's phase


def whitened_match(part, stretch):
    """Correlation of `part` with each place in `stretch`, sharpened by flattening both spectra half way."""
    size = next_fast_len(len(stretch) + len(part))
    a, b = rfft(stretch, size), rfft(part, size)
    frequency = rfftfreq(size, 1 / RATE)
    band = (frequency > BAND[0]) & (frequency < BAND[1])
    cross = a * np.conj(b)
    cross = np.where(band, cross / (np.abs(cross) + 1e-12) ** 0.6, 0)
    return np.abs(irfft(cross, size)[: len(stretch) - len(part) + 1])


def window_starts(talker):
    """Where windows with speech begin."""
    size, hop = int(WINDOW * RATE), int(HOP * RATE)
    starts = np.arange(0, len(talker) - size + 1, hop)
    powers = np.array([np.mean(talker[at : at + size] ** 2) for at in starts])
    return starts[powers > 0.03 * powers.max()] if len(powers) and powers.max() > 0 else starts[:0]


def window_delays(talker, mixture, max_delay):
    """(start, delay) in samples of each window with speech, whether or not it is really there."""
    size, found = int(WINDOW * RATE), []
    padded = np.concatenate([mixture, np.zeros(max_delay + size)])
    for start in window_starts(talker):
        if start + size > len(mixture):
            break
        stretch = padded[start : start + max_delay + size]
        if np.any(stretch):
            found.append((start, int(np.argmax(whitened_match(talker[start : start + size], stretch)))))
    return np.array(found, dtype=int).reshape(-1, 2)


def agreeing(found):
    """Which windows' delays lie on one slowly moving line, found from the densest cluster of delays outwards."""
    starts, delays = found[:, 0], found[:, 1]
    near = int(AGREE * RATE)
    kept = np.zeros(len(found), dtype=bool)
    if not len(found):
        return kept
    densest = max(delays, key=lambda delay: int(np.sum(np.abs(delays - delay) <= near)))
    kept = np.abs(delays - densest) <= near
    if kept.sum() >= 3:
        slope, offset, *_ = theilslopes(delays[kept], starts[kept])
        kept = np.abs(delays - (offset + slope * starts)) <= near
    return kept


def trace(talker, mixture, max_delay):
    """What is known of one talker: the output's keys, and the delay (samples) to use at each window's start."""
    found = window_delays(talker, mixture, max_delay)
    kept = agreeing(found)
    share = float(kept.mean()) if len(kept) else 0.0
    line = {"found": bool(kept.sum() >= 3 and share >= ENOUGH), "windows": len(found), "matched_share": round(share, 3),
            "delay_ms": None, "slope_ms_per_min": None}
    if not line["found"]:
        return line, None
    good = found[kept]
    ms, minutes = good[:, 1] * 1_000 / RATE, good[:, 0] / RATE / 60
    line["delay_ms"] = round(float(np.median(ms)), 1)
    line["slope_ms_per_min"] = round(float(theilslopes(ms, minutes)[0]), 2)
    return line, good


def delayed(talker, good, length):
    """The talker moved to where the mixture has it, each half second by the delay of the nearest window that agreed."""
    out, hop = np.zeros(length + TAPS), int(HOP * RATE)
    centres = good[:, 0] + int(WINDOW * RATE) // 2
    for start in range(0, len(talker), hop):
        delay = good[np.argmin(np.abs(centres - (start + hop // 2))), 1]
        part = talker[start : start + hop][: max(0, length - start - delay)]
        out[start + delay : start + delay + len(part)] = part
    return out[:length]


def own_parts(mixture, talkers):
    """Each talker's part of the mixture, by least squares over all of them together, two seconds at a time."""
    half, block = TAPS // 2, 2 * RATE
    parts = [np.zeros(len(mixture)) for _ in talkers]
    padded = [np.concatenate([np.zeros(half), talker, np.zeros(half)]) for talker in talkers]
    for begin in range(0, len(mixture), block):
        heard = mixture[begin : begin + block]
        views = [np.lib.stride_tricks.sliding_window_view(p[begin : begin + len(heard) + 2 * half], TAPS) for p in padded]
        matrix = np.hstack(views)
        gram = matrix.T @ matrix
        ridge = 1e-4 * np.trace(gram) / len(gram) + 1e-9
        weights = np.linalg.solve(gram + ridge * np.eye(len(gram)), matrix.T @ heard)
        for index, view in enumerate(views):
            parts[index][begin : begin + len(heard)] = view @ weights[index * TAPS : (index + 1) * TAPS]
    return parts


def spread(values):
    return round(float(max(values) - min(values)), 2) if values else None


def find_talkers(mixture, talkers, max_delay_seconds=2.0, with_delays=False):
    """The line that the command prints, without the file names. All recordings at 16 kHz."""
    traced = [trace(talker, mixture, int(max_delay_seconds * RATE)) for talker in talkers]
    lines = [line for line, _ in traced]
    present = [index for index, (_, good) in enumerate(traced) if good is not None]
    moved = [delayed(talkers[index], traced[index][1], len(mixture)) for index in present]
    for index, part in zip(present, own_parts(mixture, moved) if present else []):
        loud = integrated(part, RATE)
        lines[index]["lufs"] = round(loud, 2)
        lines[index]["gain_lu"] = round(loud - integrated(talkers[index][: len(mixture)], RATE), 2)
        if with_delays:
            lines[index]["delays_ms"] = [[round(at / RATE, 2), round(late * 1_000 / RATE, 1)] for at, late in traced[index][1]]
    heard = [lines[index] for index in present]
    return {"talkers": lines, "found": len(present), "spread_lufs": spread([line["lufs"] for line in heard]),
            "spread_lu": spread([line["gain_lu"] for line in heard])}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("mixture")
    parser.add_argument("talkers", nargs="+")
    parser.add_argument("--max-delay", type=float, default=2.0, help="seconds")
    parser.add_argument("--delays", action="store_true", help="also print the delay of each window")
    args = parser.parse_args()
    result = find_talkers(load(args.mixture), [load(path) for path in args.talkers], args.max_delay, args.delays)
    for line, path in zip(result["talkers"], args.talkers):
        line["file"] = path
    print(json.dumps(result))
    return 0 if all(line["found"] for line in result["talkers"]) else 1


if __name__ == "__main__":
    sys.exit(main())
