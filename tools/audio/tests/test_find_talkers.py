"""Talkers that are there are found with delay, drift and level; those that are not there are not."""
from voices import first_voice, moved, noise, second_voice  # first: it puts the tools on the path

import unittest

import numpy as np
from find_talkers import find_talkers
from scipy.signal import lfilter
from sound import SPEECH_RATE

LENGTH = 16 * SPEECH_RATE


class FindTalkers(unittest.TestCase):
    def test_two_at_once(self):
        first, second = first_voice(), second_voice()
        mixture = moved(first, 75.0, LENGTH) + moved(second, 187.5, LENGTH, gain=0.5) + noise(LENGTH, 0.003)
        result = find_talkers(mixture, [first, second])
        self.assertEqual([line["found"] for line in result["talkers"]], [True, True])
        self.assertAlmostEqual(result["talkers"][0]["delay_ms"], 75.0, delta=0.5)
        self.assertAlmostEqual(result["talkers"][1]["delay_ms"], 187.5, delta=0.5)
        self.assertAlmostEqual(result["talkers"][0]["gain_lu"], 0.0, delta=0.2)
        self.assertAlmostEqual(result["talkers"][1]["gain_lu"], -6.0, delta=0.2)
        self.assertAlmostEqual(result["spread_lu"], 6.0, delta=0.3)

    def test_one_who_is_silent_is_not_found(self):
        first, second = first_voice(), second_voice()
        result = find_talkers(moved(first, 75.0, LENGTH) + noise(LENGTH, 0.003), [first, second])
        self.assertEqual([line["found"] for line in result["talkers"]], [True, False])
        self.assertEqual(result["found"], 1)

    def test_nothing_heard(self):
        result = find_talkers(np.zeros(LENGTH), [first_voice()])
        self.assertEqual(result["found"], 0)
        self.assertIsNone(result["spread_lu"])

    def test_a_filter_in_the_way_is_no_hindrance(self):
        first, second = first_voice(), second_voice()
        mixture = moved(first, 40.0, LENGTH) + moved(second, 300.0, LENGTH)
        for _ in range(4):  # all-pass: changes the wave, not what is heard
            mixture = lfilter([-0.6, 1.0], [1.0, -0.6], mixture)
        result = find_talkers(mixture, [first, second])
        self.assertEqual(result["found"], 2)
        self.assertLess(result["spread_lu"], 0.5)
        for line in result["talkers"]:
            self.assertAlmostEqual(line["gain_lu"], 0.0, delta=0.7)

    def test_drift_is_measured(self):
        pause = np.zeros(SPEECH_RATE // 2)
        first = np.tile(np.concatenate([first_voice(), pause]), 6)
        second = np.tile(np.concatenate([second_voice(), pause]), 5)
        length = 64 * SPEECH_RATE
        mixture = moved(first, 100.0, length, slope_ms_per_min=300.0) + moved(second, 200.0, length, slope_ms_per_min=1.0)
        lines = find_talkers(mixture, [first, second])["talkers"]
        self.assertAlmostEqual(lines[0]["slope_ms_per_min"], 300.0, delta=3.0)
        self.assertGreater(lines[0]["matched_share"], 0.9)
        self.assertAlmostEqual(lines[1]["slope_ms_per_min"], 1.0, delta=0.2)

    def test_one_cut_off_half_way_is_not_found(self):
        first = first_voice()
        mixture = moved(first[: len(first) // 4], 75.0, LENGTH) + noise(LENGTH, 0.01)
        self.assertFalse(find_talkers(mixture, [first])["talkers"][0]["found"])


if __name__ == "__main__":
    unittest.main()
