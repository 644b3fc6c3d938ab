"""The window on its desktop: notifications, languages, keys, light and contrast, without the server."""
import json
import subprocess
import sys
import threading
from pathlib import Path

from actors import PATIENCE, binary, fail

from .stage import PASSWORD

ARABIC = "مرحبا بالجميع، السباق يبدأ في الثامنة"
JAPANESE = "明日の朝八時に桟橋で会いましょう。"


class Notifications:
    """The desktop's notifications, played by a program of the test's own."""

    def __init__(self, stage):
        program = Path(__file__).resolve().parents[1] / "notifications.py"
        self.process = subprocess.Popen([sys.executable, str(program)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.shown = []
        stage.running.append(self.process)
        threading.Thread(target=self.read, daemon=True).start()

    def read(self):
        for line in self.process.stdout:
            self.shown.append(json.loads(line))

    def of(self, words):
        return [note for note in self.shown if words in note["summary"]]

    def press(self, note):
        self.process.stdin.write(f"{note['id']}\n")
        self.process.stdin.flush()


def be_told(stage):
    """While the window is behind another one, a mention is told of without its words; pressing that opens its channel."""
    anna, desktop, words = stage.anna, Notifications(stage), "the flags are in my car"
    anna.press("regatta")
    anna.is_there("Message #regatta", "entry", "text")
    stage.desk.focus()
    # Until the desktop is known to show them, they are told in the window alone.
    anna.wait("it is told", lambda: stage.jo.order(do="say", channel="general", text=f"@Anna Berg {words}") or anna.pause(2) or desktop.of("Jo"))
    if any(words in json.dumps(note) for note in desktop.shown):
        fail(f"the desktop was told what was written: {desktop.shown}")
    for note in desktop.of("Jo"):
        desktop.press(note)
    anna.is_there("Message #general", "entry", "text")
    anna.sees(words)
    anna.focus()


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


def set_notifications(stage):
    """Of what one is told: in one channel, everywhere, and nothing for an hour."""
    anna = stage.anna
    anna.press("general")
    anna.press("Channel menu")
    anna.choose("Nothing", anna.ENTRIES)
    anna.described("general", "notifications off")
    anna.settings("Notifications")
    anna.sees_all("Show notifications", "One channel has a choice of its own.")
    anna.shot("notifications-dark")
    anna.close_settings()
    anna.press("Do not disturb")
    anna.press_away("Do not disturb for an hour")
    anna.sees("Quiet until")
    anna.press("Do not disturb")
    anna.press_away("Let me be disturbed again")
    anna.is_gone("Quiet until")


def rebind(stage):
    """The list of keys: one shortcut gets another key, which then works, and the old one does not."""
    anna = stage.anna
    anna.settings("Shortcuts")
    anna.press("Mute or unmute in a call: Ctrl+M. Change")
    anna.sees("press the new keys")
    anna.keys("F6")
    anna.is_there("Mute or unmute in a call: F6. Change")
    anna.shot("shortcuts-dark")
    anna.close_settings()
    anna.keys("F6")
    anna.button("Anna Berg, muted")
    anna.keys("F6")
    anna.is_gone("Anna Berg, muted")


def mute_from_anywhere(stage):
    """The call is muted by a command, as another program's or the desktop's own key gives it."""
    anna = stage.anna
    for action in ("on", "off"):
        subprocess.run([binary("dialtone"), "--profile", str(anna.profile), "mute", action], check=True)
        anna.wait(f"it is {action}", lambda action=action: ("Anna Berg, muted" in anna.words()) == (action == "on"))


def write_the_world(stage):
    """Lines from right to left and in other scripts stand among the others, and are told in the order in which they are read."""
    anna, jo = stage.anna, stage.jo
    for words in (ARABIC, f"Boat 7: {ARABIC}"):
        jo.order(do="say", channel="general", text=words)
        anna.is_there(words, "label")
    anna.shot("scripts-dark")
    # Its letters come from the system's fonts, which not every computer has: no picture of them.
    anna.submit(JAPANESE)
    jo.heard(JAPANESE)
    anna.to_message(JAPANESE)
    anna.keys("Delete")
    anna.press("Delete")
    jo.gone(JAPANESE)


def speak_german(stage):
    """The window in German, and back."""
    anna = stage.anna
    anna.settings("Appearance")
    anna.choose("Language", ("combo box",))
    anna.choose("Deutsch")
    anna.sees("Aussehen")
    anna.shot("german-dark")
    anna.choose("Sprache", ("combo box",))
    anna.choose("English")
    anna.sees("Appearance")


def change_looks(stage):
    """Nothing moves; light, high contrast, and a narrow window."""
    anna = stage.anna
    anna.switch("Reduce motion")
    anna.choose("Light")
    anna.shot("appearance-light")
    anna.close_settings()
    anna.is_there("Message #general", "entry", "text")
    anna.shot("main-light")
    anna.settings("Appearance")
    anna.choose("Dark")
    anna.choose("High")
    anna.close_settings()
    anna.is_there("Message #general", "entry", "text")
    anna.shot("main-contrast")
    anna.settings("Appearance")
    anna.choose("Light")
    anna.choose("Calm")
    anna.close_settings()
    anna.size(480, 800)
    anna.is_there("Show channels")
    anna.shot("narrow-light")
    anna.size(1280, 800)


def find_locked(stage):
    """The other computer, which nobody has touched for a minute, is locked by now; it is opened again, and taken out."""
    anna, other = stage.anna, stage.desk
    other.sees("Your password opens them.")
    other.fill("Password", PASSWORD)
    other.press("Unlock")
    other.press("general")
    other.sees(ARABIC)
    anna.focus()
    anna.settings("Keys and communities")
    anna.press("Take Linux computer out")
    anna.press("Take it out")
    other.sees("This device was taken out")
    other.close()
    anna.close_settings()


def leave_call(stage):
    """The call is left."""
    anna = stage.anna
    anna.press_away("Leave call")  # the window has just become wide again, and takes no press for a moment
    stage.jo.wait_state("she is gone", lambda state: "Anna Berg" not in (state["call"] or {}).get("connected", ()))
    for bot in (stage.mikael, stage.jo):
        bot.order(do="leave")


def come_back(stage):
    """The window is closed and opened again while the server is away: what is stored is shown, and it says that it is not connected."""
    anna = stage.anna
    anna.close()
    stage.server.kill()
    stage.anna = anna = anna.again()
    stage.running.append(anna)
    anna.sees("Unlock")
    anna.fill("Password", "not this one")
    anna.press("Unlock")
    anna.sees("does not open the keys")
    anna.shot("unlock-light")
    anna.fill("Password", stage.password)
    anna.press("Unlock")
    anna.press("general")
    anna.sees_all("Not connected", ARABIC)
    anna.shot("offline-light")
    stage.server.start()
    anna.is_connected_again()


CHAPTER = (be_told, live_on_the_desktop, set_notifications, rebind, mute_from_anywhere, write_the_world, speak_german, change_looks, find_locked, leave_call, come_back)
