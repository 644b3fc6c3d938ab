#!/usr/bin/env python3
"""The server answers as it says in `/openapi.json`: requests are made up from the description, well and badly formed, without a right, with
a session, and with the tokens of the operator and of who watches; no answer may be a fault, have another form than described, or come from a
server that is gone. Whoever proved a password is asked for in `server/tests/suite/bad_requests`: that takes OPAQUE.

The requests are made up by schemathesis, in a Python environment that the testbed's part `python` makes (DIALTONE_SCHEMATHESIS).
"""
import base64
import contextlib
import hashlib
import json
import os
import secrets
import sqlite3
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
from actors import Bot, Server, fail, without_asking  # noqa: E402

PATIENCE = 300  # seconds for one of the runs, which take about fifteen
EXAMPLES = os.environ.get("DIALTONE_API_EXAMPLES", "5")
CHECKS = ("not_a_server_error,status_code_conformance,content_type_conformance,response_headers_conformance,"
          "response_schema_conformance,unsupported_method,ignored_auth,missing_required_header,negative_data_rejection")
# Whoever asks very often without a right is told to wait, before the request is looked at.
REFUSALS = [400, 401, 403, 404, 405, 406, 409, 413, 415, 422, 429]
SETTINGS = f"""
[checks.missing_required_header]
expected-statuses = {REFUSALS}
[checks.negative_data_rejection]
expected-statuses = {REFUSALS}
"""
# What would end the session that is used for all others.
LEFT_OUT = ("delete /auth/session", "delete /devices/{id}/sessions")


def in_base64(data):
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def session_of_founder(server):
    """A session of the one device that there is; the server keeps its hash alone."""
    token, now = secrets.token_bytes(32), int(time.time() * 1000)
    with contextlib.closing(sqlite3.connect(server.database_file(), timeout=20)) as database, database:
        [(device,)] = database.execute("SELECT device_id FROM devices").fetchall()
        row = (hashlib.sha256(token).digest(), device, now, now + 3_600_000)
        database.execute("INSERT INTO sessions (token_hash, device_id, created_ms, expires_ms) VALUES (?, ?, ?, ?)", row)
    return in_base64(token)


def get(url):
    with urllib.request.urlopen(url, timeout=20, context=without_asking()) as answer:
        return json.load(answer)


def check(folder, url, what, *more, checks=CHECKS):
    program = os.environ.get("DIALTONE_SCHEMATHESIS") or fail("DIALTONE_SCHEMATHESIS is not set: run it through ./dev test")
    settings = Path(folder) / "schemathesis.toml"
    settings.write_text(SETTINGS)
    command = [program, "--config-file", str(settings), "run", f"{url}/openapi.json", "--url", url, "--tls-verify", "false",
               "--max-examples", EXAMPLES, "--phases", "examples,coverage,fuzzing", "--checks", checks, "--generation-deterministic",
               "--no-color", "--warnings", "off", "--continue-on-failure",
               "--request-timeout", "20", "--suppress-health-check", "all", *more]
    for operation in LEFT_OUT:
        command += ["--exclude-operation-id", operation]
    began = time.monotonic()
    done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, cwd=folder, timeout=PATIENCE)
    if done.returncode:
        print(done.stdout[-20_000:], done.stderr[-5_000:])
        fail(f"{what}: the server does not answer as it says")
    print(f"{what}: {time.monotonic() - began:.0f} s", flush=True)


def main():
    bounds = {f"DIALTONE_RATE_PER_{whom}": "none" for whom in ("ADDR", "ACCOUNT", "DEVICE")}
    watcher = secrets.token_hex(16)
    environment = {**bounds, "DIALTONE_METRICS_TOKEN": watcher}
    with tempfile.TemporaryDirectory() as folder, Server(Path(folder), environment=environment) as server:
        url = f"https://127.0.0.1:{server.port}"
        described = get(f"{url}/openapi.json")
        check(folder, url, "before anybody founded")
        founder = Bot(folder, "anna")
        founder.join(server.link, "Crew")
        founder.wait_state("its channels are there", lambda state: "general" in [channel["name"] for channel in state["channels"]])
        token = session_of_founder(server)
        check(folder, url, "with a session", "-H", f"Authorization: Bearer {token}")
        operator = (server.data / "admin-token").read_text().strip()
        # Whoever asks there is let through ten times a second, and told nothing but that beyond it. That nothing is given without the token is
        # asked in `server/tests/suite/bad_requests`.
        check(folder, url, "with the operator's token", "-H", f"X-Admin-Token: {operator}", "--include-path-regex", "^/server/",
              "--rate-limit", "8/s", checks=CHECKS.replace("ignored_auth,", ""))
        check(folder, url, "with the token for the numbers", "-H", f"Authorization: Bearer {watcher}", "--include-path", "/metrics")
        founder.stop()
        status, words = server.health(20)
        if status != 200:
            fail(f"the server does not live any more: {status} {words}")
        log = (Path(folder) / "server.log").read_text(errors="replace")
        if "panicked" in log:
            fail(f"a part of the server broke: {log[-3000:]}")
        print(f"{len(described['paths'])} addresses answered as described")


if __name__ == "__main__":
    main()
