"""The dependency rules see direct and indirect dependencies, and only those that are built in."""
import sys
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from house import banned_packages, bans, complaints  # noqa: E402

RULES = {"dialtone-server": ({"dialtone-crypto"}, {"dialtone-protocol"}, "why")}


def metadata(*edges):
    """Edges are (from, to, kind); ids are the names."""
    names = {"dialtone-server"} | {name for edge in edges for name in edge[:2]}
    nodes = [
        {"id": name, "deps": [{"pkg": to, "dep_kinds": [{"kind": kind}]} for origin, to, kind in edges if origin == name]}
        for name in sorted(names)
    ]
    return {"packages": [{"id": name, "name": name} for name in names], "resolve": {"nodes": nodes},
            "workspace_members": sorted(name for name in names if name.startswith("dialtone"))}


class House(unittest.TestCase):
    def test_what_is_allowed(self):
        self.assertEqual(complaints(metadata(("dialtone-server", "dialtone-protocol", None)), RULES), [])

    def test_through_others(self):
        said = complaints(metadata(("dialtone-server", "middle", None), ("middle", "dialtone-crypto", None)), RULES)
        self.assertEqual(said, ["dialtone-server -> middle -> dialtone-crypto: why"])

    def test_for_tests_anything_goes(self):
        self.assertEqual(complaints(metadata(("dialtone-server", "dialtone-crypto", "dev")), RULES), [])

    def test_another_of_ours(self):
        self.assertEqual(len(complaints(metadata(("dialtone-server", "dialtone-audio", None)), RULES)), 1)

    def test_a_package_without_a_rule(self):
        self.assertEqual(len(complaints(metadata(("dialtone-new", "x", None)), RULES)), 1)

    def test_bans_and_sources(self):
        banned = banned_packages()
        self.assertIn("openssl-sys", banned)
        packages = [{"name": "openssl-sys", "source": None}, {"name": "fork", "source": "git+https://example.org/fork"}]
        self.assertEqual(len(list(bans({"packages": packages}, banned))), 2)


if __name__ == "__main__":
    unittest.main()
