"""The list of the client's libraries: who is in it, and which licences are taken."""
import sys
import tempfile
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from libraries import line, linked, taken, wrong  # noqa: E402


def package(name, source="registry", licence="MIT"):
    return {"id": name, "name": name, "version": "1.0.0", "source": source, "license": licence, "authors": ["Ann <a@b.c>", "d@e.f"]}


def node(name, **deps):
    return {"id": name, "deps": [{"pkg": dep, "dep_kinds": [{"kind": kind}]} for dep, kind in deps.items()]}


class Libraries(unittest.TestCase):
    def test_taken(self):
        for expression, licences in (("MIT OR Apache-2.0", ["MIT"]), ("Apache-2.0 OR GPL-2.0-only", ["Apache-2.0"]),
                                     ("Apache-2.0 AND ISC", ["Apache-2.0", "ISC"]), ("Unicode-3.0", ["Unicode-3.0"]),
                                     ("(MIT OR Apache-2.0) AND OFL-1.1", ["MIT", "OFL-1.1"])):
            self.assertEqual(taken(expression), licences, expression)

    def test_linked(self):
        metadata = {
            "packages": [package("dialtone", None), package("own", None), package("b"), package("a"), package("build"), package("dev")],
            "resolve": {"nodes": [node("dialtone", own=None, build="build", dev="dev"), node("own", a=None, b=None), node("a"), node("b"),
                                  node("build"), node("dev")]},
        }
        self.assertEqual([one["name"] for one in linked(metadata)], ["a", "b"])

    def test_line(self):
        self.assertEqual(line(package("a", licence="MIT/Apache-2.0")), "a\t1.0.0\tMIT OR Apache-2.0\tMIT\tAnn")

    def test_wrong(self):
        lines = [line(package("a"))]
        with tempfile.TemporaryDirectory() as folder:
            folder = Path(folder)
            self.assertEqual(len(wrong(lines, folder)), 2)
            (folder / "list.tsv").write_text(lines[0] + "\n", encoding="utf-8")
            (folder / "MIT.txt").write_text("words", encoding="utf-8")
            self.assertEqual(wrong(lines, folder), [])
            (folder / "GPL.txt").write_text("words", encoding="utf-8")
            self.assertEqual(len(wrong(lines, folder)), 1)


if __name__ == "__main__":
    unittest.main()
