"""What the server is hosted with: the unit, the image and what stands beside it, and that the documents name what there is."""

import json
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import tomllib
import unittest

from tools_of_tests import run

ROOT = pathlib.Path(__file__).resolve().parents[3]
sys.path.insert(0, str(ROOT / "tools" / "check"))
from links import complaints  # noqa: E402

SERVER = ROOT / "assets" / "server"
UNIT = (SERVER / "dialtone-server.service").read_text()
DOCKERFILE = (SERVER / "Dockerfile").read_text()
COMPOSE = (SERVER / "compose.yml").read_text()
TURNS = (SERVER / "compose.turns.yml").read_text()
EXAMPLE = re.findall(r"^([A-Z_]+)=$", (SERVER / "example.env").read_text(), re.M)


class TheUnit(unittest.TestCase):
    def test_systemd_takes_it(self):
        with tempfile.TemporaryDirectory() as folder:
            unit = pathlib.Path(folder) / "dialtone-server.service"
            # Where this is tested the program is not installed, nor is there another unit to wait for.
            unit.write_text(UNIT.replace("/usr/bin/dialtone-server", "/bin/true"))
            done = run("systemd-analyze", "verify", "--man=no", unit)
        said = [line for line in done.stderr.splitlines() if "dialtone-server" in line]
        self.assertEqual((done.returncode, said), (0, []), done.stderr)

    def test_it_may_do_little(self):
        done = run("systemd-analyze", "security", "--offline=true", SERVER / "dialtone-server.service")
        exposure = re.search(r"exposure level for \S+: ([0-9.]+)", done.stdout)
        self.assertIsNotNone(exposure, done.stdout + done.stderr)
        self.assertLess(float(exposure[1]), 2.0, "of 10")

    def test_its_folder_is_where_the_server_looks(self):
        self.assertIn("StateDirectory=dialtone-server\n", UNIT)
        self.assertIn("Environment=DIALTONE_DATA_DIR=/var/lib/dialtone-server\n", UNIT)


def pattern(line):
    """A line of .dockerignore as a regular expression for what it leaves out: paths, and all that is below them."""
    parts = {"**/": "(?:.*/)?", "*": "[^/]*"}
    words = re.split(r"(\*\*/|\*)", line)
    return re.compile("".join(parts.get(word, re.escape(word)) for word in words) + "(?:/.*)?")


class TheImage(unittest.TestCase):
    def test_it_runs_without_rights_and_says_how_it_is(self):
        last = DOCKERFILE.split("\nFROM ")[-1]
        self.assertTrue(last.split("\n")[0].endswith(":nonroot"))
        for word in ("HEALTHCHECK", "EXPOSE 7440/tcp 7440/udp", "VOLUME /data"):
            self.assertIn(word, last)

    def test_it_is_built_by_the_toolchain_of_the_project(self):
        channel = tomllib.loads((ROOT / "rust-toolchain.toml").read_text())["toolchain"]["channel"]
        version = re.search(r"FROM rust:([0-9.]+)", DOCKERFILE)[1]
        self.assertTrue(f"{channel}.".startswith(f"{version}."), f"{channel} and {version}")

    def test_a_linter_finds_nothing(self):
        done = run("hadolint", "--no-color", SERVER / "Dockerfile")
        self.assertEqual((done.returncode, done.stdout), (0, ""), done.stderr)

    def test_secrets_history_and_what_was_built_stay_out_of_it_and_what_it_is_built_from_does_not(self):
        lines = (ROOT / ".dockerignore").read_text().splitlines()
        patterns = [pattern(line) for line in lines if line and not line.startswith("#")]
        left_out = lambda name: any(one.fullmatch(name) for one in patterns)  # noqa: E731
        for name in (".env", "assets/server/.env", ".git/config", "target/debug/dialtone", "app/fuzz/target/x", "out/packages/a.deb"):
            self.assertTrue(left_out(name), name)
        listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, check=True, stdout=subprocess.PIPE).stdout.decode().split("\0")
        needed = [name for name in listed if name.startswith(("migrations/", "assets/", "server/", "protocol/", "tls/"))]
        needed += [name for name in listed if name.endswith(("Cargo.toml", ".rs"))]
        needed += ["Cargo.lock", "rust-toolchain.toml"]
        self.assertEqual([name for name in needed if left_out(name) and "/fuzz/" not in name], [])


class WhatStandsBesideIt(unittest.TestCase):
    def setUp(self):
        # Where it is missing this is to fail, and the other tests are not.
        import yaml

        self.services = yaml.safe_load(COMPOSE)["services"]
        self.turns = yaml.safe_load(TURNS)["services"]

    def test_it_is_three_services(self):
        self.assertEqual(set(self.services), {"server", "database", "turn"})
        self.assertTrue(self.services["server"]["read_only"])

    def test_it_is_told_its_secrets_from_outside(self):
        self.assertEqual(set(re.findall(r"\$\{([A-Z_]+)", COMPOSE)), set(EXAMPLE))

    def test_no_secret_is_an_argument(self):
        secrets = set(EXAMPLE) - {"DIALTONE_PUBLIC_ADDR"}
        for name, service in self.services.items():
            given = json.dumps({key: value for key, value in service.items() if key != "environment"})
            named = set(re.findall(r"[A-Z][A-Z_]+", given)) & secrets
            self.assertEqual(named, set(), f"{name}: {given}")

    def test_the_files_that_it_names_are_there(self):
        for name, service in self.services.items():
            for volume in service.get("volumes", []):
                source = volume.split(":")[0]
                if source.startswith("."):
                    self.assertTrue((SERVER / source).is_file(), f"{name}: {source}")

    def test_turn_is_promised_over_tls_only_where_it_has_a_certificate(self):
        for services, has_one in ((self.services, False), (self.turns, True)):
            promised = "turns:" in services["server"]["environment"]["TURN_URLS"]
            told = services["turn"]["environment"].get("TURN_CERTIFICATE")
            mounted = [volume.split(":")[-2] for volume in services["turn"]["volumes"]]
            self.assertEqual((promised, told in mounted), (has_one, has_one))

    def test_with_tls_it_is_the_same_and_more(self):
        self.assertEqual(set(self.turns), {"server", "turn"})
        fewer, more = (services["server"]["environment"]["TURN_URLS"].split(" ") for services in (self.services, self.turns))
        self.assertEqual(more[:-1], fewer)
        # What coturn listens at is what members are told.
        port = self.turns["turn"]["environment"]["TURN_TLS_PORT"]
        self.assertTrue(more[-1].endswith(f":{port}"), more[-1])
        commented = re.findall(r"^# ([A-Z_]+)=", (SERVER / "example.env").read_text(), re.M)
        self.assertEqual(set(re.findall(r"\$\{([A-Z_]+)", TURNS)) - set(EXAMPLE), set(commented))


class TheDocuments(unittest.TestCase):
    def test_every_flag_that_hosting_names_is_there(self):
        flags = (ROOT / "server" / "src" / "config" / "mod.rs").read_text()
        # Those of other programs.
        others = {"now", "pipe", "wait", "quiet", "collect", "locked", "release", "bin", "dry-run", "rm", "volumes", "build"}
        for flag in set(re.findall(r"`?--([a-z][a-z-]*)", (ROOT / "docs" / "HOSTING.md").read_text())) - others:
            self.assertIn(f"pub {flag.replace('-', '_')}: Option", flags, flag)

    def test_what_they_lead_to_is_in_the_package_too(self):
        package = tomllib.loads((ROOT / "server" / "Cargo.toml").read_text())["package"]["metadata"]["deb"]
        with tempfile.TemporaryDirectory() as folder:
            root = pathlib.Path(folder)
            for source, to, _ in package["assets"]:
                if source.startswith("../"):
                    (root / to).mkdir(parents=True, exist_ok=True)
                    shutil.copy(ROOT / "server" / source, root / to)
            [installed] = re.findall(r"^Documentation=file:///(\S+)$", UNIT, re.M)
            self.assertTrue((root / installed).is_file(), installed)
            told = list(complaints(root / "usr/share/doc/dialtone-server", ["docs/HOSTING.md", "docs/SCALING.md"]))
        self.assertEqual(told, [])


if __name__ == "__main__":
    unittest.main()
