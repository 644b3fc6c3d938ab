"""The delay is read to a tenth of a millisecond from loops whose delay is known."""
import voices  # first: it puts the tools on the path

import unittest

import numpy as np
from mouth_to_ear import PERIOD, RATE, analyse, chirp
from scipy.signal import butter, lfilter


def room(delays_ms, gain=0.4, hiss=0.001):
    """A recording of chirps, each with its echo (and the echo's echo) after its own delay."""
    heard = np.zeros(int((len(delays_ms) + 0.5) * PERIOD * RATE))
    b, a = butter(2, [200, 7_000], "bandpass", fs=RATE)
    for index, delay in enumerate(delays_ms):
        at, late = int((index + 0.25) * PERIOD * RATE), int(delay * RATE / 1_000)
        sound = 0.5 * chirp()
        heard[at : at + len(sound)] += sound
        for turn in (1, 2):
            through = 0.5 * gain**turn * lfilter(b, a, chirp())
            begin = at + turn * late
            heard[begin : begin + len(through)] += through[: len(heard) - begin]
    return heard + voices.noise(len(heard), hiss)


class MouthToEar(unittest.TestCase):
    def test_known_delays(self):
        for delay in (15.0, 57.3, 96.5, 240.0, 700.0):
            line = analyse(room([delay] * 3))
            self.assertEqual(line["n"], 3)
            # The room's own filter delays by a few tenths.
            self.assertAlmostEqual(line["p50_ms"], delay, delta=0.5)

    def test_median_and_worst(self):
        line = analyse(room([50.0, 52.0, 54.0, 56.0, 90.0]))
        self.assertAlmostEqual(line["p50_ms"], 54.0, delta=0.5)
        self.assertAlmostEqual(line["max_ms"], 90.0, delta=0.5)
        self.assertAlmostEqual(line["echo_gain"], 0.4, delta=0.05)

    def test_first_round_counts_even_if_the_second_is_louder(self):
        self.assertAlmostEqual(analyse(room([80.0] * 3, gain=1.3))["p50_ms"], 80.0, delta=0.5)

    def test_no_echo_and_no_sound(self):
        self.assertEqual(analyse(room([100.0] * 2, gain=0.0, hiss=0.0))["n"], 0)
        self.assertIn("silent", analyse(np.zeros(RATE))["error"])


if __name__ == "__main__":
    unittest.main()
