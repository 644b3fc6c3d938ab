"""What the benchmarks of gate and echo say of chains whose faults are known."""
import voices  # noqa: F401  first: it puts the tools on the path

import unittest

import numpy as np
from bench_echo import ALL_S, ALONE_S, erle_by_second
from bench_vad import judged, opened_for_nothing, sent_frames, summed_up
from material import FRAME, RATE, white


def speech(*spans, seconds=10):
    marks = np.zeros(seconds * 100, dtype=bool)
    for begin, end in spans:
        marks[int(begin * 100) : int(end * 100)] = True
    return marks


class Gate(unittest.TestCase):
    SPEECH = ((1.0, 3.0), (5.0, 6.0))

    def figures(self, *sent):
        return summed_up([judged(speech(*self.SPEECH), speech(*sent))])

    def test_one_that_follows_speech_has_no_fault(self):
        found = self.figures((0.9, 3.3), (4.9, 6.3))
        self.assertEqual((found["onset_loss_ms"], found["missed_speech_percent"], found["closed_in_pauses_percent"]), (0.0, 0.0, 100.0))
        self.assertEqual(found["utterances"], 2)

    def test_a_late_opening_costs_the_onset(self):
        found = self.figures((1.1, 3.3), (4.9, 6.3))
        self.assertEqual((found["onset_loss_ms"], found["onset_loss_worst_ms"]), (50.0, 100.0))
        self.assertAlmostEqual(found["missed_speech_percent"], 100 * 0.1 / 3, delta=0.01)

    def test_one_that_stays_shut_loses_all_and_one_that_stays_open_never_closes(self):
        shut = self.figures()
        self.assertEqual((shut["missed_speech_percent"], shut["onset_loss_worst_ms"]), (100.0, 2_000.0))
        always = self.figures((0.0, 10.0))
        self.assertEqual((always["missed_speech_percent"], always["closed_in_pauses_percent"]), (0.0, 0.0))
        self.assertEqual(always["open_time_in_pauses_percent"], 100.0)

    def test_openings_for_speech_are_no_mistakes(self):
        second = RATE
        spans = [(1 * second, 2 * second), (10 * second - 100, 16 * second), (30 * second, 31 * second)]
        openings, share = opened_for_nothing(spans, 40 * second, (10 * second, 15 * second))
        self.assertEqual(openings, 2)
        self.assertAlmostEqual(share, 2 / (40 - 6.2), places=6)
        self.assertEqual(opened_for_nothing([(0, 40 * second)], 40 * second, (10 * second, 15 * second)), (1, 1.0))

    def test_a_frame_of_which_a_part_was_sent_was_not_sent(self):
        sent = sent_frames([(FRAME + 1, 4 * FRAME - 1)], 5)
        self.assertEqual(sent.tolist(), [False, False, True, False, False])


class Echo(unittest.TestCase):
    def test_erle_is_what_was_taken_out_and_pauses_say_nothing(self):
        back = 0.1 * white(1, ALL_S * RATE)
        back[4 * RATE : 5 * RATE] = 0.0
        out = 0.1 * back
        out[: 2 * RATE] = back[: 2 * RATE]
        seconds = erle_by_second(back + 1e-9, out + 1e-9, back)
        self.assertEqual(len(seconds), ALONE_S)
        self.assertIsNone(seconds[4])
        for second, wanted in ((0, 0.0), (1, 0.0), (2, 20.0), (9, 20.0)):
            self.assertAlmostEqual(seconds[second], wanted, delta=0.01)


if __name__ == "__main__":
    unittest.main()
