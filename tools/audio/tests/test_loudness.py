"""The meter against values that the recommendation and EBU Tech 3341 give for sines."""
import voices  # first: it puts the tools on the path

import unittest

import numpy as np
from loudness import high_pass, integrated, shelf


def sine(rate, seconds, dbfs, frequency=997.0):
    return 10 ** (dbfs / 20) * np.sin(2 * np.pi * frequency * np.arange(int(rate * seconds)) / rate)


class Loudness(unittest.TestCase):
    def test_printed_coefficients_at_48_khz(self):
        b, a = shelf(48_000)
        np.testing.assert_allclose(b, [1.53512485958697, -2.69169618940638, 1.19839281085285], atol=1e-9)
        np.testing.assert_allclose(a, [1.0, -1.69065929318241, 0.73248077421585], atol=1e-9)
        _, a = high_pass(48_000)
        np.testing.assert_allclose(a, [1.0, -1.99004745483398, 0.99007225036621], atol=1e-9)

    def test_full_scale_sine_in_one_channel(self):
        for rate in (16_000, 44_100, 48_000):
            self.assertAlmostEqual(integrated(sine(rate, 5, 0.0), rate), -3.01, delta=0.1)

    def test_stereo_adds_three(self):
        one = sine(48_000, 20, -23.0, 1_000.0)
        self.assertAlmostEqual(integrated(np.stack([one, one], axis=1), 48_000), -23.0, delta=0.1)

    def test_gates_leave_pauses_out(self):
        # EBU Tech 3341, case 3: ten seconds at -36, a minute at -23, ten seconds at -36.
        parts = [sine(48_000, seconds, dbfs, 1_000.0) for seconds, dbfs in ((10, -36.0), (60, -23.0), (10, -36.0))]
        one = np.concatenate(parts)
        self.assertAlmostEqual(integrated(np.stack([one, one], axis=1), 48_000), -23.0, delta=0.1)

    def test_silence_has_none(self):
        self.assertEqual(integrated(np.zeros(48_000), 48_000), float("-inf"))
        self.assertEqual(integrated(np.zeros(10), 48_000), float("-inf"))


if __name__ == "__main__":
    unittest.main()
