"""The testbed's own sound: what goes into a microphone comes out whole, so that a bad score is the program's."""
from voices import SPEECH_RATE, first_voice  # first: it puts the tools on the path

import os
import subprocess
import tempfile
import time
import unittest
from pathlib import Path

from find_talkers import find_talkers
from sound import load, save
from stoi import windowed_stoi

SECONDS = 5


def play_and_record(sink, source, voice, folder):
    """What `source` hears while `voice` is played into `sink`, at 16 kHz."""
    said, heard = Path(folder, "said.wav"), Path(folder, "heard.wav")
    save(said, voice, SPEECH_RATE)
    recorder = subprocess.Popen(["parec", "-d", source, "--latency-msec=20", "--rate=48000", "--channels=1",
                                 "--format=s16le", "--file-format=wav", str(heard)])
    try:
        until = time.monotonic() + 5
        while (not heard.exists() or heard.stat().st_size < 2_000) and time.monotonic() < until:
            time.sleep(0.02)
        subprocess.run(["pacat", "-p", "--latency-msec=40", "-d", sink, "--file-format=wav", str(said)], check=True)
        # The recorder writes in its own time: it has everything once that long was recorded.
        while heard.stat().st_size < 96_000 * (SECONDS + 0.3) and time.monotonic() < until + SECONDS + 5:
            time.sleep(0.05)
    finally:
        recorder.terminate()
        recorder.wait()
    return load(heard)


@unittest.skipUnless(os.environ.get("DIALTONE_TEST_PULSE"), "needs the testbed's sound server: ./dev test")
class Room(unittest.TestCase):
    def test_each_device_passes_speech_whole(self):
        voice = first_voice()[: SECONDS * SPEECH_RATE]
        for sink, source in (("micA", "micA_in"), ("spkB", "spkB.monitor"), ("air", "air.monitor")):
            with self.subTest(sink=sink), tempfile.TemporaryDirectory() as folder:
                heard = play_and_record(sink, source, voice, folder)
                line = windowed_stoi(voice, heard)
                self.assertGreater(line["stoi"], 0.98, line)
                self.assertLess(line["delay_range_ms"], 1.0, line)
                self.assertTrue(find_talkers(heard, [voice])["talkers"][0]["found"])


if __name__ == "__main__":
    unittest.main()
