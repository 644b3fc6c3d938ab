"""What the benchmark of noise suppression says of beginnings."""
import voices  # noqa: F401  first: it puts the tools on the path

import unittest

import numpy as np
from bench_noise import onset_losses
from material import FRAME, RATE


def utterances():
    """Three seconds with a tone at the very beginning, and at 1.5 s and 2.3 s."""
    time = np.arange(3 * RATE) / RATE
    sound = 0.1 * np.sin(2 * np.pi * 220 * time)
    silent = ((time > 0.4) & (time < 1.5)) | ((time > 2.0) & (time < 2.3))
    sound[silent] = 0.0
    return sound


class Beginnings(unittest.TestCase):
    def test_what_stays_as_it_is_loses_nothing(self):
        sound = utterances()
        losses = onset_losses(sound, sound)
        self.assertEqual(len(losses), 2)  # not the one that the clip begins with
        self.assertTrue(all(abs(loss) < 1e-6 for loss in losses))

    def test_a_beginning_that_is_attenuated_is_seen_where_it_is(self):
        sound = utterances()
        heard = sound.copy()
        begin = int(2.3 * RATE)
        heard[begin : begin + 6 * FRAME] *= 0.25
        first, second = onset_losses(sound, heard)
        self.assertLess(abs(first), 1e-6)
        self.assertAlmostEqual(second, 12.04, delta=0.5)


if __name__ == "__main__":
    unittest.main()
