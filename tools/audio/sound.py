"""Reading, writing and lining up recordings: what the other files in this folder share.

    WAV file -> load() -> mono float64 at the rate asked for -> find_delay() / shift() -> same length, same start
"""
import wave
from math import gcd
from pathlib import Path

import numpy as np
from scipy.io import wavfile
from scipy.signal import correlate, resample_poly

SPEECH_RATE = 16_000  # what the speech measures are defined at


def to_float(samples):
    """Integer PCM of any width as floats in -1..1; floats unchanged."""
    if samples.dtype == np.uint8:
        return (samples.astype(np.float64) - 128) / 128
    if np.issubdtype(samples.dtype, np.integer):
        return samples.astype(np.float64) / -float(np.iinfo(samples.dtype).min)
    return samples.astype(np.float64)


def load_channels(path):
    """(rate, samples as frames x channels)."""
    rate, samples = wavfile.read(str(path))
    samples = to_float(samples)
    return rate, samples[:, None] if samples.ndim == 1 else samples


def resample(samples, rate, wanted):
    if rate == wanted:
        return samples
    common = gcd(rate, wanted)
    return resample_poly(samples, wanted // common, rate // common)


def load(path, rate=SPEECH_RATE):
    """The recording as one channel (the average of all) at `rate`."""
    found, samples = load_channels(path)
    return resample(samples.mean(axis=1), found, rate)


def save(path, samples, rate):
    """One channel, 16 bits."""
    Path(path).parent.mkdir(parents=True, exist_ok=True)
    with wave.open(str(path), "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(rate)
        out.writeframes((np.clip(samples, -1, 1) * 32767).astype("<i2").tobytes())


def find_delay(reference, recording, earliest, latest):
    """By how many samples `recording` lags `reference`, within earliest..latest (both may be negative).

    The lag of the largest cross-correlation by amount: a chain that inverts the wave is still recognised.
    """
    if not len(reference) or not len(recording):
        return 0
    heard = recording[: len(reference) + max(latest, 0)]
    product = np.abs(correlate(heard, reference, mode="full", method="fft"))
    zero = len(reference) - 1
    first, last = max(zero + earliest, 0), min(zero + latest + 1, len(product))
    return first - zero + int(np.argmax(product[first:last])) if last > first else 0


def shift(recording, delay):
    """`recording` with `delay` samples taken off its front (or put there, as silence, where it is negative)."""
    return recording[delay:] if delay >= 0 else np.concatenate([np.zeros(-delay), recording])


def line_up(reference, recording, rate=SPEECH_RATE, longest_seconds=2.0, early_seconds=0.05):
    """Takes a constant delay out. Returns (reference, recording, delay in samples), the first two of one length."""
    delay = find_delay(reference, recording, -int(early_seconds * rate), int(longest_seconds * rate) - 1)
    recording = shift(recording, delay)
    length = min(len(reference), len(recording))
    return reference[:length], recording[:length], delay
