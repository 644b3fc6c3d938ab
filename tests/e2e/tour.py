#!/usr/bin/env python3
"""A tour of the real window against a real server, as a person would take it, and the gallery that it leaves.

    link -> name and password -> sound check -> recovery key -> invite -> three members come -> write, reply, edit, react, mention, pin, search, go to
    a day, send a picture -> switcher, palette -> a call with voices -> voice meter, sound, talking -> a member's card and safety words ->
    channel settings, history, invites -> notifications, keys, another language, light, high contrast, narrow -> lock and unlock

What it sees it reads from the accessibility tree, never from pixels. Pictures go to $DIALTONE_TEST_OUT/tour, or to the folder given as an
argument (`./dev screenshots` gives docs/screenshots). Needs the testbed's display, sound server and accessibility service.
"""
import os
import re
import struct
import subprocess
import sys
import tempfile
import zlib
from math import hypot, sin
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

from screen import BUTTONS, OUT, ROOT, Window  # noqa: E402
from actors import Bot, Server, binary, fail  # noqa: E402

# All of the gallery; what the pages under docs and README show is among it.
GALLERY = (
    "join-dark", "sound-check-dark", "recovery-dark", "invite-dark", "messages-dark", "emoji-dark", "search-dark", "calendar-dark", "files-dark",
    "switcher-dark", "palette-dark", "main-dark", "meter-dark", "settings-dark", "talking-dark", "card-dark", "verify-dark",
    "invites-dark", "channel-dark", "history-dark", "notifications-dark", "german-dark", "main-light", "appearance-light",
    "main-contrast", "narrow-light", "unlock-light",
)
LARGEST = 200 * 1024  # bytes of a picture
PASSWORD = "correct horse battery"
WIND = """Wind for tomorrow, from the buoy:
```
06:00  SW  6 m/s   gusts  9
12:00  W   8 m/s   gusts 12
18:00  NW  5 m/s   gusts  7
```
So the morning start stands. Who takes the committee boat?"""
CHOICES = ("radio menu item", "radio button", "check menu item", "menu item")


class Tour(Window):
    """Anna's window."""

    def __init__(self, folder, link, gallery):
        self.gallery = gallery
        command = [binary("dialtone"), "--profile", str(folder / "anna"), "--link", link]
        super().__init__(folder, "anna", "anna", 0, command)
        self.focus()

    def focus(self):
        """Nothing manages windows here: the keyboard is given by hand."""
        subprocess.run(["xdotool", "windowfocus", "--sync", self.x_window()], check=True)

    def keys(self, *keys):
        subprocess.run(["xdotool", "key", "--delay", "30", *keys], check=True)

    def type(self, text):
        subprocess.run(["xdotool", "type", "--delay", "15", text], check=True)

    def is_there(self, name, *roles):
        return self.wait(f"{name} is there", lambda: self.find(name, roles or BUTTONS))

    def is_gone(self, text):
        self.wait(f"{text!r} is gone", lambda: text not in self.words())

    def choose(self, name, roles=CHOICES):
        def chosen():
            node = self.find(name, roles)
            if node is None:
                return False
            node.clear_cache()
            try:
                return node.queryAction().doAction(0)
            except self.not_to_be_pressed:
                return False
        self.wait(f"it can choose {name}", chosen)

    def to_composer(self, channel="general"):
        """Gives it the keyboard."""
        self.is_there(f"Message #{channel}", "entry", "text").queryComponent().grabFocus()

    def submit(self, text, channel="general"):
        """Writes into the composer and sends by Enter."""
        composer = f"Message #{channel}"
        self.to_composer(channel)
        self.fill(composer, text)
        self.wait(f"{text!r} is in the composer", lambda: self.text_of(composer) == text)
        self.keys("Return")
        self.wait("the composer is empty again", lambda: not self.text_of(composer))

    def shot(self, name):
        """One picture of the gallery, with a palette."""
        if name not in GALLERY:
            fail(f"{name} is not in the gallery's list")
        file = self.gallery / f"{name}.png"
        # What has just appeared is painted a moment later than it is told.
        subprocess.run(["xdotool", "mousemove", "2590", "890", "sleep", "0.25"], check=True)
        subprocess.run(["import", "-window", self.x_window(), "-dither", "None", "-colors", "220", f"png8:{file}"], check=True)

    def size(self, width, height):
        subprocess.run(["xdotool", "windowsize", "--sync", self.x_window(), str(width), str(height)], check=True)

    def settings(self, section):
        self.keys("ctrl+comma")
        self.press(section)


def begin(anna):
    anna.sees("Community name")
    anna.fill("Community name", "Harbour crew")
    anna.fill("Your name", "Anna")
    anna.fill("Password", PASSWORD)
    anna.sees("The link is genuine")
    anna.shot("join-dark")
    anna.press("Found the community")
    anna.is_there("Skip the check and go in")
    anna.shot("sound-check-dark")
    anna.press("Skip the check and go in")
    anna.is_there("general")


def recovery(anna):
    anna.press("Show it")
    anna.sees("12 ")
    words = dict(re.findall(r"(?<!\S)(\d{1,2}) ([a-z]+)", anna.words()))
    anna.shot("recovery-dark")
    anna.press("I have written it down")
    for number in ("4", "9"):
        anna.fill(f"Word {number}", words[number])
    anna.press("Done")
    anna.is_gone("Show it")


def invite(anna, folder):
    """The link for the others, as the window shows it."""
    anna.press("Invite people")
    anna.choose("5", ("radio button",))
    anna.press("Make link")
    anna.sees("dialtone://")
    anna.press("Show as code")
    anna.wait("the code is shown", lambda: "QR code" in anna.words())
    anna.shot("invite-dark")
    link = re.search(r"dialtone://\S+", anna.words()).group()
    anna.press("Done")
    speech = folder / "speech.wav"
    subprocess.run(["sox", str(ROOT / "assets/speech/directory.wav"), "-r", "48000", "-c", "1", "-b", "16", str(speech), "repeat", "60"],
                   check=True)
    crew = [Bot(folder, "Mikael", "--speak", str(speech)), Bot(folder, "Jo"), Bot(folder, "Tomas")]
    return link, speech, crew


def come_in(anna, link, crew):
    for bot in crew:
        bot.order(do="inspect", link=link)
    for bot in crew:
        bot.wait_state("the link is genuine", lambda state: state["link"] == "genuine")
        bot.order(do="join", username=bot.name, password=f"{bot.name} keeps this", community=None)
    for bot in crew:
        bot.wait_state("the channels are there", lambda state: "lounge" in [one["name"] for one in state["channels"]])
        bot.order(do="open", channel="general")
        anna.sees(bot.name)


def says(anna, bot, text):
    bot.order(do="say", channel="general", text=text)
    anna.sees(text)


def messages(anna, mikael, jo, tomas):
    anna.press("general")
    says(anna, mikael, "Mooring lines are replaced. The old ones are in the shed if anyone needs practice material.")
    says(anna, jo, "I took two for the knots evening, thank you!")
    anna.submit(WIND)
    anna.sees("So the morning start stands.")
    says(anna, jo, "I can, if somebody brings the flags. Are they still with you, Tomas?")
    says(anna, tomas, "They are. I drop them at the club at *eight*.")
    # Reply to the last one.
    anna.keys("ctrl+Up", "r")
    anna.sees("Replying to Tomas")
    anna.submit("Good. I bring coffee.")
    anna.sees("Answer to Tomas")
    # One's own last message is changed.
    anna.keys("Up")
    anna.sees("Editing your message")
    anna.submit("Good. I bring coffee and the thermos.")
    anna.sees("Edited")
    # An emoji to the message above it.
    anna.keys("ctrl+Up", "Up", "plus")
    anna.is_there("Find an emoji", "entry", "text")
    anna.type("anchor")
    anna.sees("anchor")
    anna.shot("emoji-dark")
    anna.keys("Return")
    anna.sees("1: you")
    # A name is completed.
    anna.to_composer()
    anna.type("@jo")
    anna.wait("it is in the composer", lambda: anna.text_of("Message #general") == "@jo")
    anna.keys("Tab")
    anna.wait("the name is completed", lambda: (anna.text_of("Message #general") or "").startswith("@Jo"))
    anna.type("see you there")
    anna.keys("Return")
    anna.sees("see you there")
    anna.keys("ctrl+Up", "p")
    anna.sees("Pinned")
    anna.shot("messages-dark")


def find(anna):
    anna.keys("ctrl+f")
    anna.sees("from:")
    anna.type("flags")
    anna.keys("Return")
    anna.sees("Jo in general")
    anna.shot("search-dark")
    anna.press("Close search")
    anna.press("Today")
    anna.sees("Cancel")
    anna.shot("calendar-dark")
    anna.keys("Escape")
    anna.is_gone("Month before")
    anna.keys("ctrl+k")
    anna.is_there("Find a channel or a person", "entry", "text")
    anna.shot("switcher-dark")
    anna.keys("Escape")
    anna.keys("ctrl+shift+p")
    anna.is_there("Find something to do", "entry", "text")
    anna.shot("palette-dark")
    anna.keys("Escape")


def sunset(file, width=960, height=540):
    """A picture as it comes from no camera."""
    rows = []
    for y in range(height):
        row, down = bytearray(b"\0"), y / height
        sky = 0.55 if down > 0.58 else 1.0 - down * 0.5
        for x in range(width):
            across = x / width
            glow = max(0.0, 1.0 - 2.2 * hypot((across - 0.68) * 1.55, (down - 0.5) * 2))
            ripple = 7 * sin(down * 220 + across * 9) if down > 0.58 else 0
            row += bytes(max(0, min(255, int(base * sky + warm * glow + ripple))) for base, warm in ((70, 180), (96, 96), (140, 30)))
        rows.append(bytes(row))

    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    file.write_bytes(b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"".join(rows))) + chunk(b"IEND", b""))


def files(anna, folder, mikael):
    picture, notes = folder / "evening.png", folder / "sailing-instructions.txt"
    sunset(picture)
    notes.write_text("Start at eight, south of the mole.\n" * 400)
    anna.submit(f"/file {picture}")
    anna.sees("Picture evening.png")
    mikael.order(do="send-files", channel="general", files=[str(notes)], text="The sailing instructions, as promised.")
    anna.sees("File sailing-instructions.txt")
    anna.keys("ctrl+End")
    anna.shot("files-dark")


def call(anna, speech, mikael, jo):
    """A call with two others, one of whom talks; what Anna says comes from a file."""
    speaks = subprocess.Popen(["pacat", "-p", "--latency-msec=40", "-d", "micA", "--file-format=wav", str(speech)],
                              stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    anna.press("lounge")
    anna.press("Join call")
    for bot in (mikael, jo):
        bot.order(do="call", channel="lounge")
        bot.wait_state("it is connected", lambda state: state["call"] and state["call"]["connected"])
    anna.sees("Call quality:")
    anna.press("general")
    anna.wait("she is in the call", lambda: "Leave call" in anna.words())
    anna.shot("main-dark")
    return speaks


def sound(anna):
    anna.settings("Voice meter")
    anna.sees("Waveform")
    # It is as long as four seconds of speech.
    subprocess.run(["xdotool", "sleep", "4"], check=True)
    anna.shot("meter-dark")
    anna.press("Devices and levels")
    anna.sees("Threshold")
    anna.shot("settings-dark")
    anna.press("Talking")
    anna.sees("Push to talk")
    anna.shot("talking-dark")
    anna.keys("Escape")


def people(anna):
    anna.press("Tomas")
    anna.press("Profile…")
    anna.sees("You have not compared safety words")
    anna.shot("card-dark")
    anna.keys("Escape")
    anna.press("Tomas")
    anna.press("Compare safety words…")
    anna.is_there("They are the same")
    anna.shot("verify-dark")
    anna.press("They are the same")
    anna.sees("Tomas, verified")


def community(anna):
    anna.press("Invite people")
    anna.press("All invites")
    anna.sees("Used by ")
    anna.shot("invites-dark")
    anna.keys("Escape")
    anna.press("Channel menu")
    anna.press("Channel settings…")
    anna.fill("Topic", "everything that floats")
    anna.shot("channel-dark")
    anna.press("Save")
    anna.sees("everything that floats")
    anna.press("History of the community")
    anna.sees("Anna founded the community")
    anna.shot("history-dark")
    anna.press("Close")


def looks(anna):
    anna.settings("Notifications")
    anna.sees("Show notifications")
    anna.shot("notifications-dark")
    anna.press("Appearance")
    anna.choose("Language", ("combo box",))
    anna.choose("Deutsch")
    anna.sees("Aussehen")
    anna.shot("german-dark")
    anna.choose("Sprache", ("combo box",))
    anna.choose("English")
    anna.sees("Appearance")
    anna.choose("Light")
    anna.shot("appearance-light")
    anna.keys("Escape")
    anna.is_there("Message #general", "entry", "text")
    anna.shot("main-light")
    anna.settings("Appearance")
    anna.choose("Dark")
    anna.choose("High")
    anna.keys("Escape")
    anna.is_there("Message #general", "entry", "text")
    anna.shot("main-contrast")
    anna.settings("Appearance")
    anna.choose("Light")
    anna.choose("Calm")
    anna.keys("Escape")


def narrow_and_locked(anna):
    anna.press("Leave call")
    anna.is_gone("Leave call")
    anna.size(480, 800)
    anna.is_there("Show channels")
    anna.shot("narrow-light")
    anna.size(1280, 800)
    anna.settings("Keys and communities")
    anna.press("Lock now")
    anna.sees("Unlock")
    anna.shot("unlock-light")
    anna.fill("Password", PASSWORD)
    anna.press("Unlock")
    anna.is_there("general")


def act(folder, gallery, running):
    server = Server(folder)
    running.append(server.__enter__())
    anna = Tour(folder, server.link, gallery)
    running.append(anna)
    begin(anna)
    recovery(anna)
    link, speech, crew = invite(anna, folder)
    running.extend(crew)
    come_in(anna, link, crew)
    messages(anna, *crew)
    find(anna)
    files(anna, folder, crew[0])
    running.append(call(anna, speech, *crew[:2]))
    sound(anna)
    people(anna)
    community(anna)
    looks(anna)
    narrow_and_locked(anna)


def end(one):
    """Closes the window, stops a bot, the server, or a program."""
    if isinstance(one, Window):
        one.close()
    elif isinstance(one, Bot):
        one.stop()
    elif isinstance(one, Server):
        one.__exit__()
    else:
        one.terminate()
        one.wait(10)


def look_at_gallery(gallery):
    missing = [name for name in GALLERY if not (gallery / f"{name}.png").is_file()]
    large = [name for name in GALLERY if name not in missing and (gallery / f"{name}.png").stat().st_size > LARGEST]
    if missing or large:
        fail(f"of the gallery these are missing: {missing}, and these too large: {large}")


def main():
    if not all(os.environ.get(name) for name in ("DIALTONE_TEST_ATSPI", "DIALTONE_TEST_PULSE", "DISPLAY")):
        fail("needs the testbed's display, sound server and accessibility service: run it through ./dev test")
    # The window is on this machine, and so are those whom it calls.
    os.environ["DIALTONE_LOOPBACK_CALLS"] = "1"
    gallery = Path(sys.argv[1]) if len(sys.argv) > 1 else OUT / "tour"
    gallery.mkdir(parents=True, exist_ok=True)
    running = []
    with tempfile.TemporaryDirectory() as folder:
        try:
            act(Path(folder), gallery, running)
        finally:
            for one in reversed(running):
                end(one)
    look_at_gallery(gallery)
    print(f"{len(GALLERY)} pictures of a tour through the window are in {gallery}.")


if __name__ == "__main__":
    main()
