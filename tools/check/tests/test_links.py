"""A link that leads nowhere is to be told, and what is no link is not."""
import sys
import tempfile
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from links import anchors, complaints, links  # noqa: E402


class Links(unittest.TestCase):
    def test_headings_are_known_by_their_words(self):
        text = "# Host it\n## `./dev`, and *more*\n## Read [on](x.md)!\n### Host it\n```\n# no heading\n```\n#none\n"
        self.assertEqual(anchors(text), {"host-it", "dev-and-more", "read-on", "host-it-1"})

    def test_what_is_in_code_and_what_leads_to_other_sites_is_passed_over(self):
        text = "[a](b.md) ![c](d%20e.png \"f\") [![g](h.png)](i.md#j)\n`[k](l.md)` [m](https://n) [o](mailto:p)\n~~~\n[q](r.md)\n~~~\n[s](#t)\n"
        found = [(1, "b.md"), (1, "d e.png"), (1, "h.png"), (1, "i.md#j"), (6, "#t")]
        self.assertEqual(list(links(text)), found)

    def test_what_leads_nowhere_is_told(self):
        with tempfile.TemporaryDirectory() as folder:
            root = Path(folder)
            (root / "docs").mkdir()
            (root / "README.md").write_text("# Host it\n[1](docs/HOSTING.md#backups) [2](docs) [3](docs/GONE.md) [4](/docs/HOSTING.md)\n")
            (root / "docs" / "HOSTING.md").write_text("[1](../README.md#host-it) [2](../README.md#host-a-server) [3](#backups)\n\n## Backups\n")
            told = list(complaints(root, ["README.md", "docs/HOSTING.md"]))
        self.assertEqual(
            told,
            [
                "README.md:2: docs/GONE.md: there is no such file",
                "README.md:2: /docs/HOSTING.md: there is no such file",
                "docs/HOSTING.md:1: ../README.md#host-a-server: there is no such heading",
            ],
        )


if __name__ == "__main__":
    unittest.main()
