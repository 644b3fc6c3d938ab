"""Delay is taken out, damage is seen, and a wandering delay does not count as damage."""
from voices import first_voice, moved, noise, second_voice  # first: it puts the tools on the path

import tempfile
import unittest
from pathlib import Path

import numpy as np
from score import score
from sound import SPEECH_RATE, line_up, load, save
from stoi import plain_stoi, windowed_stoi


class Alignment(unittest.TestCase):
    def test_a_constant_delay_is_found_to_the_sample(self):
        voice = first_voice()
        for late in (0, 7, 4_000, 31_000):
            reference, heard, delay = line_up(voice, np.concatenate([np.zeros(late), voice, np.zeros(999)]))
            self.assertEqual(delay, late)
            np.testing.assert_array_equal(reference, heard)

    def test_an_early_and_inverted_recording(self):
        voice = first_voice()
        _, _, delay = line_up(voice, -voice[320:])
        self.assertEqual(delay, -320)

    def test_nothing_heard(self):
        reference, heard, _ = line_up(first_voice(), np.zeros(0))
        self.assertEqual((len(reference), len(heard)), (0, 0))

    def test_files_come_back_as_they_were_saved(self):
        voice = first_voice()
        with tempfile.TemporaryDirectory() as folder:
            save(Path(folder, "voice.wav"), voice, SPEECH_RATE)
            np.testing.assert_allclose(load(Path(folder, "voice.wav")), voice, atol=1e-4)


class Score(unittest.TestCase):
    def test_a_late_and_quiet_copy_is_whole(self):
        line = score(first_voice(), np.concatenate([np.zeros(6_992), 0.5 * first_voice()]), ("stoi", "correlation"))
        self.assertEqual(line["delay_ms"], 437.0)
        self.assertGreater(line["stoi"], 0.99)
        self.assertGreater(line["correlation"], 0.99)

    def test_more_noise_scores_lower(self):
        voice = first_voice()
        scores = [score(voice, voice + noise(len(voice), level), ("stoi",))["stoi"] for level in (0.003, 0.03, 0.3)]
        self.assertGreater(scores[0], scores[1])
        self.assertGreater(scores[1], scores[2])
        self.assertLess(scores[2], 0.75)

    def test_somebody_else_is_not_the_speech(self):
        self.assertLess(score(first_voice(), second_voice(), ("stoi",))["stoi"], 0.5)

    def test_silence_is_an_answer_or_a_reason(self):
        line = score(first_voice(), np.zeros(80_000), ("stoi", "correlation"))
        self.assertTrue(line["stoi"] is None or line["stoi"] < 0.2, line)
        self.assertEqual(line["correlation"], 0.0)


class WindowedStoi(unittest.TestCase):
    def test_a_wandering_delay_is_followed(self):
        voice = first_voice()
        half = len(voice) // 2
        jumped = np.concatenate([voice[:half], np.zeros(800), voice[half:]])  # 50 ms put in, as a jitter buffer would
        line = windowed_stoi(voice, jumped)
        self.assertGreater(line["stoi"], 0.97)
        self.assertAlmostEqual(line["delay_range_ms"], 50.0, delta=1.0)
        reference, heard, _ = line_up(voice, jumped)
        self.assertLess(plain_stoi(reference, heard), line["stoi"] - 0.1)

    def test_a_lost_third_is_seen(self):
        voice = first_voice()
        holes = voice.copy()
        for start in range(0, len(holes), 4_800):
            holes[start : start + 1_600] = 0
        self.assertLess(windowed_stoi(voice, holes)["stoi"], 0.85)

    def test_somebody_else_is_not_made_intelligible(self):
        other = moved(second_voice(), 100, len(first_voice()))
        self.assertLess(windowed_stoi(first_voice(), other)["stoi"], 0.5)


if __name__ == "__main__":
    unittest.main()
