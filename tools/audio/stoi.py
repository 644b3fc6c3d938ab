#!/usr/bin/env python3
"""Intelligibility (STOI, 0-1) of a recording whose delay may wander, as it does behind a jitter buffer.

    stoi.py REFERENCE.wav HEARD.wav [HEARD.wav ...] [--window 0.5] [--search 0.08]

A constant delay of up to 2 s is taken out first. Then each window of the reference is looked for within the search
range around that delay, and the recording is put together anew from what was found: STOI sees no shift larger than
what a listener would not notice either. One JSON object a line: stoi, delay_ms (median), delay_range_ms, windows.
"""
import argparse
import json
import sys
import warnings

import numpy as np

from sound import SPEECH_RATE, find_delay, line_up, load

QUIET = 1e-3  # a window this far below the reference's loudest (in power) holds no speech to line up with


def follow(reference, heard, window, search, rate=SPEECH_RATE):
    """(recording rebuilt window by window, list of the delays of windows with speech, in samples).

    Both inputs are of one length, with their constant delay gone.
    """
    size, reach = int(window * rate), int(search * rate)
    padded = np.concatenate([np.zeros(reach), heard, np.zeros(reach + size)])
    powers = [float(np.mean(reference[at : at + size] ** 2)) for at in range(0, len(reference), size)]
    floor = QUIET * max(powers, default=0.0)
    rebuilt, delays, current = [], [], 0
    for index, power in enumerate(powers):
        start = index * size
        part = reference[start : start + size]
        if power > floor:
            near = padded[start : start + len(part) + 2 * reach]
            current = find_delay(part, near, 0, 2 * reach) - reach
            delays.append(current)
        begin = start + reach + current
        rebuilt.append(padded[begin : begin + len(part)])
    return np.concatenate(rebuilt) if rebuilt else heard, delays


def plain_stoi(reference, heard, rate=SPEECH_RATE):
    from pystoi import stoi

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return float(stoi(reference, heard, rate))


def windowed_stoi(reference, heard, window=0.5, search=0.08, rate=SPEECH_RATE):
    """The line that the command prints, as a dictionary."""
    reference, heard, constant = line_up(reference, heard, rate)
    rebuilt, delays = follow(reference, heard, window, search, rate)
    all_delays = (np.array(delays or [0]) + constant) * 1_000 / rate
    return {
        "stoi": round(plain_stoi(reference, rebuilt, rate), 3),
        "delay_ms": round(float(np.median(all_delays)), 1),
        "delay_range_ms": round(float(np.ptp(all_delays)), 1),
        "windows": len(delays),
        "seconds": round(len(reference) / rate, 2),
    }


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("reference")
    parser.add_argument("heard", nargs="+")
    parser.add_argument("--window", type=float, default=0.5, help="seconds")
    parser.add_argument("--search", type=float, default=0.08, help="seconds to either side")
    args = parser.parse_args()
    reference = load(args.reference)
    for path in args.heard:
        print(json.dumps({"file": path, **windowed_stoi(reference, load(path), args.window, args.search)}), flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
