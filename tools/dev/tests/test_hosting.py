"""What the server is hosted with: the unit, the image and what stands beside it, and that the documents name what there is."""

import pathlib
import re
import shutil
import subprocess
import tempfile
import tomllib
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[3]
SERVER = ROOT / "assets" / "server"
UNIT = (SERVER / "dialtone-server.service").read_text()
DOCKERFILE = (SERVER / "Dockerfile").read_text()
COMPOSE = (SERVER / "compose.yml").read_text()


class TheUnit(unittest.TestCase):
    @unittest.skipUnless(shutil.which("systemd-analyze"), "needs systemd-analyze")
    def test_systemd_takes_it(self):
        with tempfile.TemporaryDirectory() as folder:
            unit = pathlib.Path(folder) / "dialtone-server.service"
            # Where this is tested the program is not installed, nor is there another unit to wait for.
            unit.write_text(UNIT.replace("/usr/bin/dialtone-server", "/bin/true"))
            done = subprocess.run(
                ["systemd-analyze", "verify", "--man=no", str(unit)], capture_output=True, text=True, timeout=60
            )
        said = [line for line in done.stderr.splitlines() if "dialtone-server" in line]
        self.assertEqual((done.returncode, said), (0, []), done.stderr)

    @unittest.skipUnless(shutil.which("systemd-analyze"), "needs systemd-analyze")
    def test_it_may_do_little(self):
        done = subprocess.run(
            ["systemd-analyze", "security", "--offline=true", str(SERVER / "dialtone-server.service")],
            capture_output=True, text=True, timeout=60,
        )
        exposure = re.search(r"exposure level for \S+: ([0-9.]+)", done.stdout)
        self.assertIsNotNone(exposure, done.stdout + done.stderr)
        self.assertLess(float(exposure[1]), 2.0, "of 10")

    def test_its_folder_is_where_the_server_looks(self):
        self.assertIn("StateDirectory=dialtone-server\n", UNIT)
        self.assertIn("Environment=DIALTONE_DATA_DIR=/var/lib/dialtone-server\n", UNIT)


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

    def test_what_stands_beside_it_is_told_its_secrets_from_outside(self):
        asked = set(re.findall(r"\$\{([A-Z_]+)", COMPOSE))
        given = set(re.findall(r"^([A-Z_]+)=$", (SERVER / "example.env").read_text(), re.M))
        self.assertEqual(asked, given)

    def test_it_is_yaml_with_three_services(self):
        try:
            import yaml
        except ImportError:
            self.skipTest("needs PyYAML")
        services = yaml.safe_load(COMPOSE)["services"]
        self.assertEqual(set(services), {"server", "database", "turn"})
        self.assertTrue(services["server"]["read_only"])


class TheDocuments(unittest.TestCase):
    def test_every_flag_that_hosting_names_is_there(self):
        flags = (ROOT / "server" / "src" / "config" / "mod.rs").read_text()
        for flag in set(re.findall(r"`?--([a-z-]+)", (ROOT / "docs" / "HOSTING.md").read_text())) - {"now"}:
            self.assertIn(f"pub {flag.replace('-', '_')}: Option", flags, flag)


if __name__ == "__main__":
    unittest.main()
