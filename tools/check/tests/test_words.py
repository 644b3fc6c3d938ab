"""Each house rule is broken once, and must say so."""
import sys
import tempfile
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from words import complaints  # noqa: E402


class Words(unittest.TestCase):
    def said(self, files, mode=0o644):
        with tempfile.TemporaryDirectory() as folder:
            for name, text in files.items():
                path = Path(folder, name)
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(text)
                path.chmod(mode)
            return list(complaints(Path(folder), list(files)))

    def test_a_clean_file(self):
        self.assertEqual(self.said({"a.rs": "fn a() {}\n", "b.md": "see /home/you/dialtone and ~/root/x\n"}), [])

    def test_paths_of_one_machine(self):
        for line in ("/home/mallory/src", "/Users/mallory/x", "cd /root/thing", '"/root/x"'):
            self.assertEqual(len(self.said({"a.md": line + "\n"})), 1, line)

    def test_unfinished_rust(self):
        for line in ("todo!()", 'unimplemented!("x")', "#[ignore]", '#[ignore = "slow"]', "#[allow(dead_code)]", "#![allow(x)]"):
            self.assertEqual(len(self.said({"a.rs": line + "\n"})), 1, line)
        self.assertEqual(self.said({"a.md": "todo!() is refused\n"}), [])

    def test_what_the_voice_thread_runs_does_not_wait(self):
        stage = "audio-pipeline/src/stages/echo_cancel/mod.rs"
        for line in ("use std::sync::Mutex;", "ring.lock().unwrap()", "std::thread::sleep(a)", 'println!("x")', 'tracing::warn!("x")'):
            self.assertEqual(len(self.said({stage: line + "\n"})), 1, line)
            for elsewhere in ("audio-pipeline/src/engine/control.rs", "audio-pipeline/src/stages/a/tests.rs"):
                self.assertEqual(self.said({elsewhere: line + "\n"}), [], line)
        self.assertEqual(self.said({stage: "// no lock(): it would wait\n#[cfg(test)]\nuse std::sync::Mutex;\n"}), [])

    def test_long_sources_and_large_files(self):
        self.assertEqual(len(self.said({"a.rs": "\n" * 601})), 1)
        self.assertEqual(self.said({"a.rs": "\n" * 600}), [])
        self.assertEqual(len(self.said({"a.bin": "x" * 1_000_001})), 1)
        self.assertEqual(self.said({"assets/a.bin": "x" * 1_000_001}), [])

    def test_scripts_can_be_run(self):
        self.assertEqual(len(self.said({"a.sh": "#!/bin/sh\n"})), 1)
        self.assertEqual(self.said({"a.sh": "#!/bin/sh\n"}, 0o755), [])

    def test_migrations(self):
        both = {f"migrations/{database}/0001_a.sql": "" for database in ("sqlite", "postgres")}
        self.assertEqual(self.said(both), [])
        self.assertEqual(len(self.said({**both, "migrations/sqlite/0002_b.sql": ""})), 1)
        gap = {f"migrations/{database}/0003_c.sql": "" for database in ("sqlite", "postgres")}
        self.assertEqual(len(self.said({**both, **gap})), 1)


if __name__ == "__main__":
    unittest.main()
