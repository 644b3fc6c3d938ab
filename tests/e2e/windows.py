#!/usr/bin/env python3
"""Two real windows under a virtual display, driven by their accessibility trees, as a person with a screen reader would.

    ./dev run: a server, and window A with its founding link -> A founds -> ./dev run --second: window B with A's invite ->
    B joins -> a message each way, a channel made in A is seen in B; a damaged link is refused in words; a bare machine of A's
    is approved in A's window, and reads what was written; screenshots are kept; all windows closed, no server is left

Needs the testbed's display and accessibility service; runs with the system's Python, which has pyatspi.
"""
import os
import re
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))


def again_with_pyatspi():
    python = os.environ.get("DIALTONE_SYSTEM_PYTHON")
    if python and not os.environ.get("WINDOWS_AGAIN"):
        os.execve(python, [python, *sys.argv], {**os.environ, "WINDOWS_AGAIN": "1"})


again_with_pyatspi()
from actors import PATIENCE, binary, fail  # noqa: E402

ROOT = Path(__file__).resolve().parents[2]
OUT = Path(os.environ.get("DIALTONE_TEST_OUT", "out/test")).resolve()
BUTTONS = ("push button", "toggle button", "button", "list item")
LOOK_EVERY = 0.1  # seconds between two looks at the tree


class Window:
    """One window and its accessibility tree."""

    def __init__(self, folder, name, profile, left, command):
        import pyatspi
        from gi.repository import GLib
        self.atspi, self.name, self.pid = pyatspi, name, None
        # Greyed out, or just becoming so.
        self.not_to_be_pressed = (NotImplementedError, GLib.Error)
        self.profile = Path(folder) / profile
        self.log = Path(folder) / f"{name}.log"
        log = open(self.log, "ab")
        environment = {key: value for key, value in os.environ.items() if key not in ("WAYLAND_DISPLAY", "DIALTONE_LOG")}
        environment["DIALTONE_DEV_STATE"] = str(folder)
        # A session of its own, as a terminal gives it: closing ends all of it.
        self.process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, env=environment, cwd=ROOT,
                                        start_new_session=True)
        self.wait("its program runs", self.program)
        self.wait("its window is there", self.tree)
        found = self.wait("its window is shown", self.x_window)
        subprocess.run(["xdotool", "windowmove", found, str(left), "0"], check=True)

    def program(self):
        """The process that shows the window, below the command that was given: the one of this profile."""
        for entry in Path("/proc").iterdir():
            try:
                words = (entry / "cmdline").read_bytes().split(b"\0")
            except OSError:  # no process, or one that has just ended
                continue
            if words[0].endswith(b"/dialtone") and str(self.profile).encode() in words and b"invite" not in words:
                self.pid = int(entry.name)
        return self.pid

    def x_window(self):
        found = subprocess.run(["xdotool", "search", "--onlyvisible", "--pid", str(self.pid)],
                               capture_output=True, text=True).stdout.split()
        return found[0] if found else None

    def tree(self):
        for application in self.atspi.Registry.getDesktop(0):
            try:
                if application and application.get_process_id() == self.pid:
                    return application
            except Exception:  # one that ends while it is looked at
                continue
        return None

    def all(self):
        """Every node of the tree; nodes that vanish while it is walked are passed over."""
        stack = [self.tree()]
        while stack:
            node = stack.pop()
            try:
                if node is None:
                    continue
                yield node
                stack.extend(node.getChildAtIndex(index) for index in range(node.childCount))
            except Exception:
                continue

    def find(self, name, roles):
        for node in self.all():
            try:
                if node.getRoleName() in roles and node.name.strip() == name:
                    return node
            except Exception:
                continue
        return None

    def words(self):
        """All that is written in the window."""
        texts = []
        for node in self.all():
            try:
                texts.append(node.name or "")
                texts.append(node.queryText().getText(0, -1))
            except Exception:
                continue
        return "\n".join(text for text in texts if text)

    def wait(self, what, look):
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until:
            if self.process.poll() is not None:
                fail(f"{self.name}'s window closed while it waited until {what}:\n{self.log.read_text()[-2000:]}")
            if found := look():
                return found
            time.sleep(LOOK_EVERY)
        self.picture(f"windows-{self.name}-failed.png")
        fail(f"{self.name} waited in vain until {what}; the window says:\n{self.words()}")

    def try_press(self, name):
        node = self.find(name, BUTTONS)
        if node is None:
            return False
        # The library remembers how the button was when it was first looked at, perhaps greyed out.
        node.clear_cache()
        try:
            return node.queryAction().doAction(0)
        except self.not_to_be_pressed:
            return False

    def press(self, name):
        self.wait(f"it can press {name}", lambda: self.try_press(name))

    def fill(self, name, text):
        def filled():
            node = self.find(name, ("entry", "password text", "text"))
            return node is not None and node.queryEditableText().setTextContents(text)
        self.wait(f"it can fill {name}", filled)

    def sees(self, text):
        self.wait(f"it sees {text!r}", lambda: text in self.words())

    def picture(self, file):
        OUT.mkdir(parents=True, exist_ok=True)
        if found := self.x_window():
            subprocess.run(["import", "-window", found, str(OUT / file)], check=False)

    def join(self, name, password, community=None):
        if community:
            self.fill("Community name", community)
        self.fill("Your name", name)
        self.fill("Password", password)
        self.press("Found the community" if community else "Join")
        self.press("Skip the check and go in")

    def say(self, channel, text):
        composer = f"Message #{channel}"
        self.fill(composer, text)
        self.wait(f"{text!r} is in the composer", lambda: self.text_of(composer) == text)

        def sent():
            # Pressed until the composer is empty: a press that comes before the button is ready does nothing.
            if self.text_of(composer) != text:
                return True
            self.try_press("Send")
            return False
        self.wait(f"{text!r} is sent", sent)

    def text_of(self, name):
        node = self.find(name, ("entry", "password text", "text"))
        return node.queryText().getText(0, -1) if node else None

    def close(self):
        """As Ctrl-C in its terminal does."""
        if self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGINT)
            try:
                self.process.wait(20)
            except subprocess.TimeoutExpired:
                os.killpg(self.process.pid, signal.SIGKILL)
                self.process.wait()


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

    def code(window):
        found = re.search(r"Code( [0-9]){6}", window.words())
        return found and found.group()
    codes = [window.wait("a code is shown", lambda window=window: code(window)) for window in (anna, another)]
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
