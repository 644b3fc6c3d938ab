"""The closing line must count what ran, and must not call a crash a pass."""
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from tally import tally  # noqa: E402


class Tally(unittest.TestCase):
    def rows(self, text, status):
        with tempfile.TemporaryDirectory() as folder:
            Path(folder, "part.log").write_text(text)
            Path(folder, "part.status").write_text(f"{status}\n")
            return tally(folder)[0][1:]

    def test_nextest(self):
        text = "     Summary [   1.203s] 12 tests run: 10 passed (1 slow), 1 failed, 1 timed out, 3 skipped\nerror: x\n"
        self.assertEqual(self.rows(text, 100), (10, 2, 3))

    def test_nextest_stopped_early(self):
        text = "     Summary [   1.203s] 4/12 tests run: 3 passed, 1 failed, 0 skipped\n"
        self.assertEqual(self.rows(text, 100), (3, 1, 0))

    def test_cargo_adds_up_its_binaries(self):
        text = "test result: ok. 3 passed; 0 failed; 1 ignored; 0 measured\ntest result: FAILED. 1 passed; 2 failed; 0 ignored;\n"
        self.assertEqual(self.rows(text, 101), (4, 2, 1))

    def test_unittest(self):
        text = "Ran 5 tests in 0.1s\n\nFAILED (failures=1, errors=1, skipped=1)\n"
        self.assertEqual(self.rows(text, 1), (2, 2, 1))

    def test_unittest_without_a_match_is_no_failure(self):
        self.assertEqual(self.rows("Ran 0 tests in 0.0s\n\nNO TESTS RAN\n", 5), (0, 0, 0))

    def test_a_crash_is_a_failure(self):
        self.assertEqual(self.rows("error: could not compile `x`\n", 101), (0, 1, 0))

    def test_all_passed_and_then_a_crash_is_a_failure(self):
        self.assertEqual(self.rows("test result: ok. 3 passed; 0 failed; 0 ignored;\nSegmentation fault\n", 139), (3, 1, 0))

    def test_a_script_without_counts_is_one_test(self):
        self.assertEqual(self.rows("all well\n", 0), (1, 0, 0))

    def test_what_a_script_skips_is_counted(self):
        self.assertEqual(self.rows("all well\nskipped: disk, since nobody may\nskipped: \n", 0), (1, 0, 1))
        self.assertEqual(self.rows("skipped: disk, since nobody may\nFAILED: x\n", 1), (0, 1, 1))

    def test_the_closing_line_tells_it(self):
        def closing(text, **environment):
            with tempfile.TemporaryDirectory() as folder:
                Path(folder, "part.log").write_text(text)
                Path(folder, "part.status").write_text("0\n")
                tool = Path(__file__).resolve().parents[1] / "tally.py"
                done = subprocess.run([sys.executable, tool, folder], capture_output=True, text=True, env=environment)
                return done.stdout.splitlines()[-1]
        self.assertEqual(closing("skipped: disk, since nobody may\n"), "1 passed, 0 failed, 1 skipped")
        self.assertEqual(closing("all well\n"), "1 passed, 0 failed")
        self.assertEqual(closing("skipped: disk, since nobody may\n", DIALTONE_TEST_ONLY="faults"), "1 passed, 0 failed")


if __name__ == "__main__":
    unittest.main()
