"""A real window under a virtual display, driven by its accessibility tree, as a person with a screen reader would.

Not a test itself: imported by those beside it. Runs with the system's Python, which has pyatspi.
"""
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path


def again_with_pyatspi():
    """The same script again, by the Python that has pyatspi."""
    python = os.environ.get("DIALTONE_SYSTEM_PYTHON")
    if python and not os.environ.get("WINDOWS_AGAIN"):
        os.execve(python, [python, *sys.argv], {**os.environ, "WINDOWS_AGAIN": "1"})


again_with_pyatspi()
from actors import PATIENCE, fail  # noqa: E402

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

    def try_press(self, name, roles=BUTTONS):
        node = self.find(name, roles)
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

    def code(self):
        """The code by which two devices are compared, once it is shown."""
        found = self.wait("a code is shown", lambda: re.search(r"Code( [0-9]){6}", self.words()))
        return found.group()

    def close(self):
        """As Ctrl-C in its terminal does."""
        if self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGINT)
            try:
                self.process.wait(20)
            except subprocess.TimeoutExpired:
                os.killpg(self.process.pid, signal.SIGKILL)
                self.process.wait()
