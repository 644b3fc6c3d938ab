"""Licence expressions are read as SPDX means them."""
import sys
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from licences import acceptable  # noqa: E402


class Licences(unittest.TestCase):
    def test_accepted(self):
        for expression in ("MIT", "MIT/Apache-2.0", "GPL-3.0-only OR MIT", "(MIT OR GPL-2.0) AND Unicode-3.0",
                           "Apache-2.0 WITH LLVM-exception OR GPL-2.0", "MIT AND (Apache-2.0 OR GPL-2.0)"):
            self.assertTrue(acceptable(expression), expression)

    def test_refused(self):
        for expression in ("", "GPL-3.0-only", "MIT AND GPL-3.0-only", "(MIT AND AGPL-3.0) OR LGPL-2.1", "(MIT", "MIT MIT"):
            self.assertFalse(acceptable(expression), expression)


if __name__ == "__main__":
    unittest.main()
