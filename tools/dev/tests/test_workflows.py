"""What .github/workflows asks for: scripts that a shell can read, files that are there, and actions that nobody can exchange."""

import pathlib
import re
import subprocess
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[3]
WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))


class TheWorkflows(unittest.TestCase):
    def setUp(self):
        # Where it is missing this is to fail, and the other tests are not.
        import yaml

        read = [yaml.safe_load(path.read_text()) for path in WORKFLOWS]
        jobs = [(name, job) for workflow in read for name, job in workflow["jobs"].items()]
        self.steps = [(name, step) for name, job in jobs for step in job["steps"]]
        self.assertGreater(len(self.steps), 10)

    def uses(self, action):
        return [(name, step) for name, step in self.steps if step.get("uses", "").startswith(f"{action}@")]

    def test_an_action_is_named_by_what_it_is(self):
        for name, step in self.steps:
            if "uses" in step:
                # A tag can be moved.
                self.assertRegex(step["uses"], r"@[0-9a-f]{40}$", name)

    def test_what_is_built_does_not_see_the_key_to_the_repository(self):
        for name, step in self.uses("actions/checkout"):
            self.assertIs(step["with"]["persist-credentials"], False, name)

    def test_packages_that_were_not_made_are_an_error(self):
        for name, step in self.uses("actions/upload-artifact"):
            if "out/packages" in step["with"]["path"]:
                self.assertEqual(step["with"]["if-no-files-found"], "error", name)

    def test_a_shell_can_read_each_step_and_finds_what_it_names(self):
        for name, step in self.steps:
            script = step.get("run", "")
            done = subprocess.run(["bash", "-n"], input=script, capture_output=True, text=True, timeout=30)
            self.assertEqual((done.returncode, done.stderr), (0, ""), f"{name}: {script}")
            for path in re.findall(r"(?<![\w./-])((?:tools|assets|tests)/[\w./-]+|\./dev\b)", script):
                self.assertTrue((ROOT / path).is_file(), f"{name}: {path}")

    def test_files_are_checked_out_as_they_are(self):
        # Else a version that a step on Windows reads ends with the line's carriage return.
        self.assertIn("* -text\n", (ROOT / ".gitattributes").read_text())


if __name__ == "__main__":
    unittest.main()
