"""How a loudspeaker's sound comes back into the microphone. The same seed gives the same room.

    far -> soft clipping -> another clock -> the room (changes on the way, if asked) -> delay -> the microphone's echo
"""
from dataclasses import dataclass

import numpy as np
from scipy.interpolate import CubicSpline
from scipy.signal import fftconvolve

from material import RATE, unit


@dataclass(frozen=True)
class Room:
    """One way from loudspeaker to microphone."""

    delay_ms: float = 60.0
    decay_s: float = 0.35  # until the echo has fallen by 60 dB
    gain_db: float = -6.0  # of the echo against what is played
    drift_ppm: float = 0.0  # by how much the microphone's clock is faster
    changes_at_s: float | None = None  # somebody moves the laptop
    clipping: float | None = None  # a loudspeaker that gives no more than this amplitude


def impulse_response(seed, decay_s, seconds=0.25):
    """Noise that decays by 60 dB in `decay_s`, after a first arrival that is as strong as the strongest of it; of energy 1."""
    random = np.random.default_rng(seed)
    length = int(seconds * RATE)
    response = random.standard_normal(length) * 10 ** (-3 * np.arange(length) / (decay_s * RATE))
    response[0] = 3.0
    return response / np.sqrt(np.sum(response**2))


def soft_clip(samples, most):
    return most * np.tanh(samples / most)


def other_clock(samples, ppm):
    """The same sound counted by a clock that is `ppm` faster: it has more samples for the same time."""
    if not ppm:
        return samples
    places = np.arange(int(len(samples) * (1 + ppm * 1e-6))) / (1 + ppm * 1e-6)
    return CubicSpline(np.arange(len(samples)), samples)(places)


def echo(far, room, seed):
    """What the microphone hears of `far`; as long as `far`."""
    played = far if room.clipping is None else soft_clip(far, room.clipping)
    played = other_clock(played, room.drift_ppm)
    heard = fftconvolve(played, impulse_response(seed, room.decay_s))
    if room.changes_at_s is not None:
        after = fftconvolve(played, impulse_response(seed + 1_000, room.decay_s))
        share = np.clip((np.arange(len(heard)) / RATE - room.changes_at_s) / 0.05, 0, 1)  # it takes 50 ms
        heard = (1 - share) * heard + share * after
    late = np.concatenate([np.zeros(int(room.delay_ms * RATE / 1_000)), heard * 10 ** (room.gain_db / 20)])
    return np.concatenate([late, np.zeros(len(far))])[: len(far)]


def ambience(seed, length, dbfs=-75.0):
    """What no microphone is without."""
    return unit(np.random.default_rng(seed).standard_normal(length)) * 10 ** (dbfs / 20)
