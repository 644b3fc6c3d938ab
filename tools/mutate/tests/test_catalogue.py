"""The catalogue names checks that are there: a changed line must not quietly drop its check from the list."""
import sys
import tempfile
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from catalogue import CHECKS  # noqa: E402
from catalogue.check import PROTOCOL, Check  # noqa: E402
from mutate import complaints, copy_tree, ran  # noqa: E402


def check(**changes):
    fields = {"name": "a", "file": "protocol/a.rs", "stands": "if bad {", "without": "if false {", "target": PROTOCOL,
              "tests": "bad_is_refused"}
    return Check(**{**fields, **changes})


class Catalogue(unittest.TestCase):
    def test_every_check_stands_exactly_once_where_the_catalogue_says(self):
        self.assertEqual("\n".join(complaints(CHECKS)), "")

    def test_what_is_named_is_covered(self):
        for subject in ("event", "commit", "join", "roster entry", "invite", "grant", "signal", "frame", "server"):
            self.assertTrue(any(one.name.startswith(f"{subject}:") for one in CHECKS), subject)

    def test_a_check_that_is_gone_or_stands_twice_is_told(self):
        with tempfile.TemporaryDirectory() as folder:
            source = Path(folder, "protocol", "a.rs")
            source.parent.mkdir()
            source.write_text("if bad {\nfn bad_is_refused() {")
            root = Path(folder)
            self.assertEqual(list(complaints([check()], root)), [])
            for wrong in (check(stands="if worse {"), check(stands="bad"), check(file="protocol/b.rs"),
                          check(without="if bad {"), check(tests="another_test")):
                self.assertEqual(len(list(complaints([wrong], root))), 1, wrong)
            self.assertEqual(len(list(complaints([check(), check()], root))), 1)

    def test_tests_that_ran_are_counted(self):
        self.assertEqual(ran("running 1 test\nrunning 12 tests\n\nrunning 0 tests\n"), 13)

    def test_a_copy_has_what_the_clone_has_and_nothing_else(self):
        with tempfile.TemporaryDirectory() as folder:
            left = Path(folder, "old.rs")
            left.write_text("old")
            copy_tree(Path(__file__).resolve().parents[3], Path(folder))
            self.assertFalse(left.exists())
            self.assertTrue(Path(folder, "Cargo.toml").is_file())


if __name__ == "__main__":
    unittest.main()
