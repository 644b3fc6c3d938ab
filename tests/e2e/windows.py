#!/usr/bin/env python3
"""Two real windows under a virtual display, driven by their accessibility trees, as a person with a screen reader would.

    ./dev run: a server, and window A with its founding link -> A founds -> ./dev run --second: window B with A's invite ->
    B joins -> a message each way, a channel made in A is seen in B; a damaged link is refused in words; a bare machine of A's
    is approved in A's window, and reads what was written; screenshots are kept; all windows closed, no server is left

Needs the testbed's display and accessibility service; runs with the system's Python, which has pyatspi.
"""
import os
import signal
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

from screen import BUTTONS, OUT, Window  # noqa: E402
from actors import binary, fail  # noqa: E402


def server_of(folder):
    """The process of the server that the windows share, while it lives."""
    try:
        pid = int((folder / "server.pid").read_text())
        os.kill(pid, 0)
        return pid
    except (OSError, ValueError):
        return None


def act(folder, windows):
    anna = Window(folder, "anna", "first", 0, ["./dev", "run"])
    windows.append(anna)
    anna.sees("Community name")
    anna.picture("windows-join.png")
    anna.join("anna", "correct horse battery", "Harbour crew")
    anna.sees("general")
    if server_of(folder) is None:
        fail("no server of ./dev run is there")
    broken = [binary("dialtone"), "--profile", str(folder / "broken"), "--link", "dialtone://chat.example.org:7440/#AbC"]
    broken = Window(folder, "broken", "broken", 0, broken)
    windows.append(broken)
    broken.sees("not complete")
    broken.close()
    mikael = Window(folder, "mikael", "second", 1300, ["./dev", "run", "--second"])
    windows.append(mikael)
    mikael.join("mikael", "another long password")
    for window in (anna, mikael):
        window.press("general")
    anna.say("general", "Who takes the committee boat?")
    mikael.sees("Who takes the committee boat?")
    mikael.say("general", "I do, at eight.")
    anna.sees("I do, at eight.")
    anna.say("general", "/channel create race-planning")
    for window in (anna, mikael):
        window.wait("the new channel is listed", lambda window=window: window.find("race-planning", BUTTONS))
    for window in (anna, mikael):
        window.picture(f"windows-{window.name}.png")
    approve(folder, windows, anna)


def approve(folder, windows, anna):
    """Anna sits at another computer, which her first one adds."""
    command = [binary("dialtone"), "--profile", str(folder / "another")]
    another = Window(folder, "another", "another", 1300, command)
    windows.append(another)
    another.press("I have an account on another device")
    another.fill("Server", f"127.0.0.1:{(folder / 'port').read_text().strip()}")
    another.fill("Your name", "anna")
    another.fill("Password", "correct horse battery")
    another.press("Ask the other device")
    anna.sees("A new device asks to be added to your account")
    anna.picture("windows-asked.png")
    anna.press("It is mine, go on")
    codes = [window.code() for window in (anna, another)]
    if codes[0] != codes[1]:
        fail(f"the codes differ: {codes}")
    for window in (anna, another):
        window.picture(f"windows-code-{window.name}.png")
        window.press("They are the same")
    another.press("Skip the check and go in")
    another.press("general")
    another.sees("Who takes the committee boat?")
    another.say("general", "From the other computer.")
    anna.sees("From the other computer.")


def main():
    if not os.environ.get("DIALTONE_TEST_ATSPI") or not os.environ.get("DISPLAY"):
        fail("needs the testbed's display and accessibility service: run it through ./dev test")
    windows = []
    with tempfile.TemporaryDirectory() as folder:
        folder = Path(folder)
        try:
            act(folder, windows)
        finally:
            for window in windows:
                window.close()
            left = server_of(folder)
            if left:
                os.kill(left, signal.SIGTERM)
        if left:
            fail("both windows are closed, and their server still runs")
    print(f"What is typed in one window appears in the other; pictures in {OUT.name}.")


if __name__ == "__main__":
    main()
