"""The desktop around the window: notifications, the tray, its colours, starting with it, links, a second start, the keyring."""
import json
import subprocess
import sys
import threading
from pathlib import Path

from actors import PATIENCE, binary, fail
from manager import ask_to_close

DARK, LIGHT, AS_IT_LIKES = 1, 2, 0
KEYRING = "gnome-keyring-daemon"


class Outside:
    """The desktop's services, played by a program of the test's own."""

    def __init__(self, stage):
        program = Path(__file__).resolve().parents[1] / "played"
        self.process = subprocess.Popen([sys.executable, str(program)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.notes, self.icons = [], {}
        stage.running.append(self.process)
        threading.Thread(target=self.read, daemon=True).start()

    def read(self):
        for line in self.process.stdout:
            told = json.loads(line)
            if told.pop("what") == "note":
                self.notes.append(told)
            else:
                self.icons[told["process"]] = told

    def do(self, at, **order):
        self.process.stdin.write(json.dumps({"at": at, **order}) + "\n")
        self.process.stdin.flush()

    def tray(self, person, what):
        """What the tray shows of somebody's window: its `words`, or its `entries`."""
        return self.icons.get(person.pid, {"words": "", "entries": []})[what]


def be_told(stage):
    """While the window is behind another one, a mention is told of without its words; pressing that opens its channel."""
    anna, words = stage.anna, "the flags are in my car"
    stage.outside = outside = Outside(stage)

    def of_jo():
        return [note for note in outside.notes if "Jo" in note["summary"]]
    anna.press("regatta")
    anna.is_there("Message #regatta", "entry", "text")
    stage.desk.focus()
    # Until the desktop is known to show them, they are told in the window alone.
    anna.wait("it is told", lambda: stage.jo.order(do="say", channel="general", text=f"@Anna Berg {words}") or anna.pause(2) or of_jo())
    if any(words in json.dumps(note) for note in outside.notes):
        fail(f"the desktop was told what was written: {outside.notes}")
    for note in of_jo():
        outside.do("note", id=note["id"])
    anna.is_there("Message #general", "entry", "text")
    anna.sees(words)
    anna.focus()


def is_muted(anna, muted):
    """Waits until the window says that she is muted, or that she is not."""
    anna.wait(f"she is {'muted' if muted else 'heard'}", lambda: ("Anna Berg, muted" in anna.words()) == muted)


def live_in_the_tray(stage):
    """The tray's icon tells of the call and mutes; closed, the window goes on there, counts what is new, and comes back."""
    anna, outside, stays = stage.anna, stage.outside, "Keep running in the tray when the window is closed"
    for entry, muted in (("Mute", True), ("Unmute", False)):
        anna.wait(f"the tray offers {entry}", lambda entry=entry: entry in outside.tray(anna, "entries"))
        if "in a call" not in outside.tray(anna, "words"):
            fail(f"the tray does not tell of the call: {outside.icons}")
        outside.do("tray", process=anna.pid, entry=entry)
        is_muted(anna, muted)
    anna.settings("Desktop")
    anna.switch(stays)
    ask_to_close(anna.x_window())
    anna.wait("the window is gone", lambda: anna.x_window() is None)
    stage.jo.order(do="say", channel="lounge", text="Is the boat in the water?")
    anna.wait("the tray counts it", lambda: "unread" in outside.tray(anna, "words"))
    outside.do("tray", process=anna.pid)
    anna.wait("the window is there again", anna.x_window)
    anna.focus()
    anna.switch(stays, False)
    anna.close_settings()
    anna.press_beginning("lounge")
    anna.sees("Is the boat in the water?")
    anna.wait("the tray counts it no more", lambda: "unread" not in outside.tray(anna, "words"))
    anna.press("general")


def live_on_the_desktop(stage):
    """It starts with the desktop and opens its links, and no more; a second start shows the window of the first."""
    anna, settings = stage.anna, stage.folder / "settings"
    starts, opens = "Start when I log in", "Open dialtone links with this program"
    anna.settings("Desktop")
    for name in (starts, opens):
        anna.switch(name)
    anna.wait("it starts with the desktop", (settings / "autostart/dialtone.desktop").exists)
    anna.wait("links open it", lambda: "x-scheme-handler/dialtone=dialtone.desktop" in (settings / "mimeapps.list").read_text())
    anna.shot("desktop-dark")
    anna.switch(starts, False)
    anna.wait("it starts no more by itself", lambda: not (settings / "autostart/dialtone.desktop").exists())
    anna.close_settings()
    subprocess.run([binary("dialtone"), "--profile", str(anna.profile)], check=True, timeout=PATIENCE)


def follow_the_desktop(stage):
    """The window is light and dark as the desktop wishes."""
    anna = stage.anna
    anna.settings("Appearance")
    anna.choose("As the desktop")
    for scheme, lightest in ((LIGHT, True), (DARK, False), (LIGHT, True), (AS_IT_LIKES, False)):
        stage.outside.do("look", scheme=scheme)
        # What is to be seen, for once: nothing else tells colours.
        anna.wait(f"it is {'light' if lightest else 'dark'}", lambda lightest=lightest: (anna.brightness() > 0.5) == lightest)
    anna.close_settings()


def mute_from_anywhere(stage):
    """The call is muted by a command, as another program's or the desktop's own key gives it."""
    anna = stage.anna
    for action in ("on", "off"):
        subprocess.run([binary("dialtone"), "--profile", str(anna.profile), "mute", action], check=True)
        is_muted(anna, action == "on")


class Keyring:
    """A real keyring on the testbed's bus, open; it keeps what it has below the folder for data."""

    def __init__(self, stage):
        command = [KEYRING, "--foreground", "--components=secrets", "--unlock"]
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        stage.running.append(self.process)
        self.process.stdin.write(b"a password of the desktop's own")
        self.process.stdin.close()
        stage.anna.wait("the keyring is there", self.is_there)

    def is_there(self):
        ask = ("gdbus", "call", "--session", "--dest", "org.freedesktop.secrets", "--object-path", "/org/freedesktop/secrets", "--method")
        done = subprocess.run([*ask, "org.freedesktop.Secret.Service.ReadAlias", "default"], capture_output=True, text=True)
        return "collection" in done.stdout

    def stop(self):
        self.process.terminate()
        self.process.wait(PATIENCE)


def open_at_once(stage):
    """With the keyring's help the window opens without the password; without the keyring it says why it needs it; and the help is given up again."""
    without = "Open without the password on this device"

    def restart():
        stage.anna.close()
        return stage.open_again()
    keyring = Keyring(stage)
    stage.anna.settings("Keys and communities")
    stage.anna.switch(without)
    anna = restart()
    anna.press("general")
    anna.is_connected_again()
    keyring.stop()
    anna = restart()
    anna.sees_all("Unlock", "Dialtone needs your password this time")
    anna.unlock(stage.password)
    anna.is_there("general")
    Keyring(stage)
    anna.settings("Keys and communities")
    anna.switch(without, False)
    anna = restart()
    anna.sees("Unlock")
    if "this time" in anna.words():
        fail("the keyring was asked although it helps no more")
    anna.unlock(stage.password)
    anna.press("general")
    anna.is_connected_again()


CHAPTER = (be_told, live_in_the_tray, live_on_the_desktop, follow_the_desktop, mute_from_anywhere)
