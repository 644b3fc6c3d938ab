"""A test that SECURITY.md names is not to vanish unseen."""
import sys
import tempfile
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from attacks import complaints, functions_in, named  # noqa: E402


class Attacks(unittest.TestCase):
    def test_functions_and_files_are_found_and_other_words_are_not(self):
        text = "`a_frame_is_refused`, `tests/e2e/secrecy.py`, `DIALTONE_TLS_CERT`, `--tls`, `X-Admin-Token`"
        self.assertEqual(named(text), ({"a_frame_is_refused"}, {"tests/e2e/secrecy.py"}))

    def test_what_is_missing_is_told(self):
        there = functions_in(["async fn a_frame_is_refused() {", "fn other() {"])
        with tempfile.TemporaryDirectory() as folder:
            told = list(complaints("`a_frame_is_refused` `an_event_is_refused` `tests/e2e/gone.py`", there, Path(folder)))
        self.assertEqual(len(told), 2)
        self.assertIn("an_event_is_refused", told[0])
        self.assertIn("gone.py", told[1])


if __name__ == "__main__":
    unittest.main()
