"""What the tests measure with: the recorded voices, and ways to damage them."""
import sys
from pathlib import Path

import numpy as np

TOOLS = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(TOOLS))

from sound import SPEECH_RATE, load  # noqa: E402

SPEECH = TOOLS.parents[1] / "assets" / "speech"


def first_voice():
    return load(SPEECH / "echo-test.wav")


def second_voice():
    return load(SPEECH / "directory.wav")


def noise(length, level, seed=1):
    return level * np.random.default_rng(seed).standard_normal(length)


def moved(voice, delay_ms, length, gain=1.0, slope_ms_per_min=0.0, rate=SPEECH_RATE):
    """`voice` put into silence of `length` samples, late by a delay that grows."""
    stretch = 1 + slope_ms_per_min / 60_000
    places = np.arange(len(voice)) * stretch + delay_ms * rate / 1_000
    return gain * np.interp(np.arange(length), places, voice, left=0, right=0)
