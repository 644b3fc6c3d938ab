"""Levels, labels, noises and rooms are what they say, and the same each time."""
from voices import first_voice  # first: it puts the tools on the path

import unittest

import numpy as np
from material import FRAME, RATE, active_power, at_level, babble, db, fan, keyboard, mix, speech_frames, speech_spans, white
from rooms import Room, echo, impulse_response, other_clock, soft_clip
from sound import SPEECH_RATE, find_delay, resample


def voice():
    return resample(first_voice(), SPEECH_RATE, RATE)


def power(samples):
    return float(np.mean(samples**2))


class Levels(unittest.TestCase):
    def test_pauses_do_not_count(self):
        spoken = at_level(voice())
        paused = np.concatenate([spoken, np.zeros(10 * RATE)])
        self.assertAlmostEqual(float(db(active_power(spoken))), -26.0, places=3)
        self.assertAlmostEqual(float(db(active_power(paused))), -26.0, delta=0.5)

    def test_noise_lies_below_speech_by_the_ratio_asked_for(self):
        spoken, noise = at_level(voice()), white(1, len(voice()))
        for snr in (0, 5, 10):
            added = mix(spoken, noise, snr) - spoken
            self.assertAlmostEqual(float(db(active_power(spoken)) - db(power(added))), snr, places=6)


class Labels(unittest.TestCase):
    def test_a_tone_is_found_to_the_frame_and_a_tick_is_no_speech(self):
        sound = np.zeros(3 * RATE)
        tone = 0.1 * np.sin(2 * np.pi * 300 * np.arange(RATE) / RATE)
        sound[RATE : 2 * RATE] = tone
        sound[RATE // 2 : RATE // 2 + FRAME] = 0.1
        self.assertEqual(speech_spans(speech_frames(sound)), [(RATE, 2 * RATE)])

    def test_short_gaps_belong_to_an_utterance(self):
        sound = np.zeros(4 * RATE)
        for begin in (1.0, 1.7, 3.0):
            sound[int(begin * RATE) : int((begin + 0.5) * RATE)] = 0.1
        self.assertEqual(speech_spans(speech_frames(sound)), [(RATE, int(2.2 * RATE)), (3 * RATE, int(3.5 * RATE))])


class Noises(unittest.TestCase):
    def test_a_seed_is_a_sound_of_power_one(self):
        for make in (white, fan, keyboard):
            once, again, other = make(3, 2 * RATE), make(3, 2 * RATE), make(4, 2 * RATE)
            np.testing.assert_array_equal(once, again)
            self.assertFalse(np.array_equal(once, other))
            self.assertAlmostEqual(power(once), 1.0, places=6)
            self.assertEqual(len(once), 2 * RATE)

    def test_a_fan_is_duller_than_white_noise_and_typing_comes_in_clicks(self):
        def share_below_1_khz(noise):
            spectrum = np.abs(np.fft.rfft(noise)) ** 2
            return spectrum[: 1_000 * len(noise) // RATE].sum() / spectrum.sum()

        self.assertGreater(share_below_1_khz(fan(1, 4 * RATE)), 0.4)
        self.assertLess(share_below_1_khz(white(1, 4 * RATE)), 0.1)
        self.assertGreater(np.abs(keyboard(1, 4 * RATE)).max(), 2 * np.abs(white(1, 4 * RATE)).max())

    def test_babble_is_everybody(self):
        noise = babble(1, 5 * RATE, [voice(), voice()[::-1].copy()])
        self.assertEqual(len(noise), 5 * RATE)
        self.assertAlmostEqual(power(noise), 1.0, places=6)


class Rooms(unittest.TestCase):
    def test_an_echo_is_late_and_soft_as_asked(self):
        far = at_level(voice())
        for delay_ms in (0.0, 60.0, 300.0):
            back = echo(far, Room(delay_ms=delay_ms, gain_db=-6.0), 1)
            self.assertEqual(len(back), len(far))
            np.testing.assert_array_equal(back[: int(delay_ms * 48)], 0)
            self.assertAlmostEqual(float(db(power(back)) - db(power(far))), -6.0, delta=3.0)

    def test_the_way_changes_when_it_shall(self):
        far = white(1, 4 * RATE)
        still, moved = echo(far, Room(), 1), echo(far, Room(changes_at_s=2.0), 1)
        np.testing.assert_allclose(still[: 2 * RATE], moved[: 2 * RATE])
        self.assertGreater(power(still[3 * RATE :] - moved[3 * RATE :]), power(still[3 * RATE :]))

    def test_clocks_go_apart_by_what_is_said(self):
        sound = resample(white(1, 10 * SPEECH_RATE), SPEECH_RATE, RATE)
        late = other_clock(sound, 100.0)
        at = 9 * RATE
        self.assertEqual(find_delay(sound[at : at + RATE // 2], late[at : at + RATE], -100, 200), round((at + RATE / 4) * 100e-6))

    def test_a_room_has_energy_one_and_dies_out(self):
        response = impulse_response(1, 0.2)
        self.assertAlmostEqual(float(np.sum(response**2)), 1.0, places=9)
        self.assertLess(power(response[int(0.19 * RATE) : int(0.21 * RATE)]), 1e-5 * power(response[: RATE // 100]))

    def test_clipping_spares_what_is_soft(self):
        np.testing.assert_allclose(soft_clip(np.array([0.001, -0.001]), 0.2), [0.001, -0.001], rtol=1e-4)
        self.assertLess(soft_clip(np.array([5.0]), 0.2)[0], 0.2001)


if __name__ == "__main__":
    unittest.main()
