#!/usr/bin/env python3
"""Integrated loudness (ITU-R BS.1770-4, in LUFS) of recordings.

    loudness.py FILE.wav [FILE.wav ...]

    samples -> K-weighting (a shelf for the head, a high-pass) -> mean square of 400 ms blocks, 75 % overlapping
            -> gate at -70 LUFS -> gate 10 LU under what is left -> mean

One JSON object a line. `null` where nothing is above the gate.
"""
import argparse
import json
import sys

import numpy as np
from scipy.signal import lfilter

from sound import load_channels

OFFSET = -0.691  # makes a 997 Hz sine at full scale in one channel -3.01 LUFS
ABSOLUTE_GATE, RELATIVE_GATE = -70.0, -10.0


def shelf(rate, frequency=1681.974450955533, gain_db=3.999843853973347, quality=0.7071752369554196):
    """The first stage's coefficients; at 48 kHz they are those that the recommendation prints."""
    k = np.tan(np.pi * frequency / rate)
    high = 10 ** (gain_db / 20)
    band = high**0.4996667741545416
    norm = 1 + k / quality + k * k
    b = [(high + band * k / quality + k * k) / norm, 2 * (k * k - high) / norm, (high - band * k / quality + k * k) / norm]
    return b, [1.0, 2 * (k * k - 1) / norm, (1 - k / quality + k * k) / norm]


def high_pass(rate, frequency=38.13547087602444, quality=0.5003270373238773):
    """The second stage's coefficients."""
    k = np.tan(np.pi * frequency / rate)
    norm = 1 + k / quality + k * k
    return [1.0, -2.0, 1.0], [1.0, 2 * (k * k - 1) / norm, (1 - k / quality + k * k) / norm]


def block_powers(samples, rate):
    """Sum over channels of the weighted mean square, for each block. `samples` is frames x channels."""
    for b, a in (shelf(rate), high_pass(rate)):
        samples = lfilter(b, a, samples, axis=0)
    energy = np.concatenate([[0.0], np.cumsum(np.sum(samples**2, axis=1))])
    size, step = int(round(0.4 * rate)), int(round(0.1 * rate))
    starts = np.arange(0, len(samples) - size + 1, step)
    return (energy[starts + size] - energy[starts]) / size


def lufs(power):
    return OFFSET + 10 * np.log10(power)


def integrated(samples, rate):
    """Integrated loudness in LUFS; -inf for silence or less than 400 ms. Front channels only (no surround weights)."""
    samples = samples[:, None] if samples.ndim == 1 else samples
    powers = block_powers(samples, rate)
    powers = powers[powers > 10 ** ((ABSOLUTE_GATE - OFFSET) / 10)]
    if not len(powers):
        return float("-inf")
    powers = powers[lufs(powers) > lufs(powers.mean()) + RELATIVE_GATE]
    return float(lufs(powers.mean()))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("files", nargs="+")
    for path in parser.parse_args().files:
        rate, samples = load_channels(path)
        found = integrated(samples, rate)
        print(json.dumps({"file": path, "lufs": round(found, 2) if np.isfinite(found) else None}), flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
