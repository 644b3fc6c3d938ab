"""The window as one likes it: of what one is told, keys, languages, light and contrast, its size; another computer of one's own, and without the server."""
from actors import fail

from .outside import open_at_once
from .stage import PASSWORD

ARABIC = "مرحبا بالجميع، السباق يبدأ في الثامنة"
JAPANESE = "明日の朝八時に桟橋で会いましょう。"


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


def make_it_ones_own(stage):
    """Another accent, closer rows, larger text, everything larger; and all of it as it was."""
    anna = stage.anna

    def height():
        return anna.is_there("Close settings").queryComponent().getExtents(0).height

    def take(choice):
        anna.choose(choice)
        anna.wait(f"{choice} is taken", lambda: anna.is_on(choice))
    before = height()
    for choice in ("Violet", "Compact", "Larger", "115 %"):
        take(choice)
    anna.wait("everything is larger", lambda: height() > before)
    anna.shot("own-dark")
    for choice in ("Sea", "Comfortable", "Normal", "100 %"):
        take(choice)
    anna.wait("everything is as large as before", lambda: height() == before)


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
    other.unlock(PASSWORD)
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
    """The window is closed and opened again while the server is away: it is as large as it was, what is stored is shown, and it says that it is not connected."""
    anna, size = stage.anna, (1320, 840)
    anna.size(*size)
    anna.wait("its size is kept", lambda: all(f"{one}" in (anna.profile / "window.toml").read_text() for one in size))
    anna.close()
    stage.server.kill()
    anna = stage.open_again()
    if anna.its_size() != size:
        fail(f"the window is {anna.its_size()} and was {size}")
    anna.size(1280, 800)
    anna.unlock("not this one")
    anna.sees("does not open the keys")
    anna.shot("unlock-light")
    anna.unlock(stage.password)
    anna.press("general")
    anna.sees_all("Not connected", ARABIC)
    anna.shot("offline-light")
    stage.server.start()
    anna.is_connected_again()


CHAPTER = (set_notifications, rebind, write_the_world, speak_german, make_it_ones_own, change_looks, find_locked, leave_call, come_back, open_at_once)
