"""Somebody at a window: what they press, type and see. It is read from the accessibility tree, never from pixels."""
import subprocess

from actors import binary
from screen import BUTTONS, Window

from . import gallery

CHOICES = ("radio menu item", "radio button", "check menu item", "menu item")
SWITCHES = ("toggle button", "check box", "switch")
FIELDS = ("entry", "password text", "text")


def ancestors(node):
    """What a node of the tree is in, from the nearest on."""
    while node := node.parent:
        yield node


class Person(Window):
    """One of them, with the gallery's folder for what they see."""

    ENTRIES = (*BUTTONS, *CHOICES)  # of menus, whatever they are made of

    def __init__(self, folder, name, pictures, *arguments, left=0, command=()):
        self.folder, self.pictures = folder, pictures
        command = [binary("dialtone"), *command, "--profile", str(folder / name), *arguments]
        super().__init__(folder, name, name, left, command)
        self.focus()

    def unlock(self, password):
        """Opens the keys of a window that is locked, or tries to."""
        self.sees("Unlock")
        self.fill("Password", password)
        self.press("Unlock")

    def is_connected_again(self):
        """Asks for the server now, unless it was reached meanwhile."""
        def reached():
            self.try_press("Try now")
            words = self.words()
            # A try that is under way may fail, and nobody would ask again.
            return "Not connected" not in words and not any(word.endswith(", Connecting") for word in words)
        self.wait("the server is reached again", reached)

    def again(self):
        """The same one, at a window that is opened anew."""
        return Person(self.folder, self.name, self.pictures)

    def focus(self):
        """Nothing manages windows here: the keyboard is given by hand."""
        subprocess.run(["xdotool", "windowfocus", "--sync", self.x_window()], check=True)

    def keys(self, *keys):
        subprocess.run(["xdotool", "key", "--delay", "30", *keys], check=True)

    def pause(self, seconds):
        """For what only a person's eyes could wait for."""
        subprocess.run(["xdotool", "sleep", str(seconds)], check=True)

    def nudge(self):
        """Lets the window draw what it has just been told, twice, as a person's slow fingers do; Shift alone means nothing."""
        for _ in range(2):
            self.keys("shift")
            self.pause(0.05)

    def type(self, text):
        subprocess.run(["xdotool", "type", "--delay", "15", text], check=True)

    def fill(self, name, text):
        """Fills a field, and sees that it is filled: what is pressed next may depend on it."""
        super().fill(name, text)
        self.wait(f"{name} is filled", lambda: len(self.text_of(name) or "") == len(text))

    def is_there(self, name, *roles):
        return self.wait(f"{name} is there", lambda: self.find(name, roles or BUTTONS))

    def of_roles(self, *roles):
        """All controls of these kinds, with their names; what vanishes while it is looked at is passed over."""
        for node in self.all():
            try:
                if node.getRoleName() in roles:
                    yield node, (node.name or "").strip()
            except self.not_to_be_pressed:
                continue

    def button(self, beginning):
        """The name of a button that begins so."""
        def look():
            return next((name for _, name in self.of_roles(*BUTTONS) if name.startswith(beginning)), None)
        return self.wait(f"a button {beginning}… is there", look)

    def press_beginning(self, beginning):
        """Presses a button whose name begins so, and may go on otherwise at any moment."""
        self.wait(f"it can press {beginning}…", lambda: self.try_press(self.button(beginning)))

    def described(self, name, words):
        """Waits until a button of this name is described by these words."""
        def look():
            buttons = [node for node, called in self.of_roles(*BUTTONS) if called == name]
            return any(words in (node.description or "") for node in buttons)
        self.wait(f"{name} is {words!r}", look)

    def press_most(self, beginning, how):
        """Of the buttons that begin so presses the one of which `how`, told its place, is the greatest."""
        def found():
            return [node for node, called in self.of_roles(*BUTTONS) if called == beginning or called.startswith(f"{beginning},")]
        buttons = self.wait(f"{beginning} is there", found)
        most = max(buttons, key=lambda node: how(node.queryComponent().getExtents(0)))
        most.clear_cache()
        most.queryAction().doAction(0)

    def press_last(self, name):
        """Presses the one of this name that is lowest in the window."""
        self.press_most(name, lambda place: place.y)

    def press_first(self, name):
        """Presses the one of this name that is highest in the window."""
        self.press_most(name, lambda place: -place.y)

    def press_talker(self, name):
        """Presses somebody in the call: in the list of channels, left of all else that has their name."""
        self.press_most(name, lambda place: -place.x)

    def press_away(self, entry):
        """Presses the entry of a menu until the menu is gone: one that has just opened takes no press yet."""
        self.is_there(entry)

        def gone():
            if self.find(entry, BUTTONS) is None:
                return True
            self.try_press(entry)
            return self.pause(0.2)
        self.wait(f"{entry} is pressed", gone)

    def of_member(self, name, entry):
        """Chooses from the menu of somebody among the members: right of all else that has their name."""
        self.press_most(name, lambda place: place.x)
        self.press_away(entry)

    def is_gone(self, text):
        self.wait(f"{text!r} is gone", lambda: text not in self.words())

    def sees_all(self, *texts):
        for text in texts:
            self.sees(text)

    def choose(self, name, roles=CHOICES):
        """Presses what is no button."""
        self.wait(f"it can choose {name}", lambda: self.try_press(name, roles))

    def choose_in(self, group, entry):
        """Takes one of a group of choices; other groups may have one of the same name."""
        def is_in_group(node):
            return any(node.name == group for node in ancestors(node))

        def take():
            nodes = [node for node, name in self.of_roles(*CHOICES) if name == entry and is_in_group(node)]
            return any(node.queryAction().doAction(0) for node in nodes)
        self.wait(f"it can choose {entry} of {group}", take)

    def is_state(self, node, state):
        try:
            node.clear_cache()
            return node.getState().contains(state)
        except self.not_to_be_pressed:  # it has just vanished
            return False

    def pick(self, name, entry):
        """Picks from a list that opens at `name`, and waits until it is closed again."""
        self.choose(name, ("combo box",))
        self.choose(entry, self.ENTRIES)
        self.wait("the list is closed", lambda: self.find(entry, self.ENTRIES) is None)

    def value(self, node):
        """The number that a meter or a slider shows."""
        node.clear_cache()
        return node.queryValue().currentValue

    def slide(self, name, key="Right", times=5):
        """Moves a slider by an arrow key, and sees that it moved."""
        slider = self.is_there(name, "slider")
        before = self.value(slider)
        slider.queryComponent().grabFocus()
        self.wait(f"{name} has the keyboard", lambda: self.is_state(slider, self.atspi.STATE_FOCUSED))
        self.keys(*[key] * times)
        self.wait(f"{name} moved from {before}", lambda: self.value(slider) != before)

    def is_on(self, name):
        """Whether a switch is on, or a choice taken."""
        node = self.is_there(name, *SWITCHES, *CHOICES)
        return any(self.is_state(node, state) for state in (self.atspi.STATE_CHECKED, self.atspi.STATE_PRESSED))

    def switch(self, name, on=True):
        """Presses a switch, and sees that it is as wanted."""
        if self.is_on(name) != on:
            self.choose(name, SWITCHES)
        self.wait(f"{name} is {'on' if on else 'off'}", lambda: self.is_on(name) == on)

    def has_keyboard(self, *roles):
        """The control that has the keyboard, if it is of one of these kinds."""
        return next((node for node, _ in self.of_roles(*roles) if self.is_state(node, self.atspi.STATE_FOCUSED)), None)

    def to_composer(self, channel="general"):
        """Gives it the keyboard."""
        self.is_there(f"Message #{channel}", "entry", "text").queryComponent().grabFocus()
        self.wait("the composer has the keyboard", lambda: self.has_keyboard("entry", "text"))

    def write(self, text, channel="general"):
        """Writes into the composer."""
        self.to_composer(channel)
        self.fill(f"Message #{channel}", text)
        self.wait(f"{text!r} is in the composer", lambda: self.composed(channel) == text)

    def composed(self, channel="general"):
        """What the composer holds."""
        return self.text_of(f"Message #{channel}") or ""

    def submit(self, text, channel="general"):
        """Writes into the composer and sends by Enter."""
        self.write(text, channel)
        self.keys("Return")
        self.wait("the composer is empty again", lambda: not self.composed(channel))

    def to_message(self, beginning, most=40):
        """Gives the keyboard to the latest message that begins so, going up from the latest by arrow keys."""
        def on_message():
            node = self.has_keyboard("list item")
            return node and (node.description or "-")
        self.to_composer(self.channel())
        # It remembers which message had the keyboard last; Escape lets it forget, and the way leads to the latest.
        self.keys("ctrl+Up")
        self.wait("a message has the keyboard", on_message)
        self.nudge()
        self.keys("Escape")
        self.wait("the composer has it again", lambda: self.has_keyboard("entry", "text"))
        self.keys("ctrl+Up")
        words = self.wait("the latest message has the keyboard", on_message)
        self.nudge()
        for _ in range(most):
            if words.startswith(beginning):
                return
            before = words
            self.keys("Up")
            words = self.wait(f"the message above {before!r} has the keyboard", lambda: on_message() not in (None, before) and on_message())
            self.nudge()
        self.wait(f"{beginning!r} is among the last {most} messages", lambda: False)

    def channel(self):
        """Which channel is open, by its composer."""
        names = [name for _, name in self.of_roles("entry", "text") if name.startswith("Message #")]
        return names[0].removeprefix("Message #") if names else "general"

    def of_message(self, beginning, entry):
        """Chooses from a message's menu."""
        self.to_message(beginning)
        self.keys("m")
        self.press(entry)

    def pasted(self, channel="general"):
        """What the clipboard holds, as the composer gets it; the composer is empty before and after."""
        self.to_composer(channel)
        self.keys("ctrl+v")
        text = self.wait("something is pasted", lambda: self.composed(channel))
        self.keys("ctrl+a", "BackSpace")
        self.wait("the composer is empty again", lambda: not self.composed(channel))
        return text

    def shot(self, name):
        """One picture of the gallery, with a palette."""
        file = gallery.place(self.pictures, name)
        # What has just appeared is painted a moment later than it is told.
        subprocess.run(["xdotool", "mousemove", "2590", "890"], check=True)
        self.pause(0.25)
        subprocess.run(["import", "-window", self.x_window(), "-dither", "None", "-colors", "220", f"png8:{file}"], check=True)

    def size(self, width, height):
        subprocess.run(["xdotool", "windowsize", "--sync", self.x_window(), str(width), str(height)], check=True)

    def its_size(self):
        """Width and height in pixels."""
        told = subprocess.run(["xdotool", "getwindowgeometry", "--shell", self.x_window()], check=True, capture_output=True, text=True).stdout
        lines = dict(line.split("=") for line in told.split())
        return int(lines["WIDTH"]), int(lines["HEIGHT"])

    def brightness(self):
        """Of what is to be seen, on average, from 0 to 1."""
        command = ["import", "-window", self.x_window(), "-colorspace", "Gray", "-format", "%[fx:mean]", "info:"]
        return float(subprocess.run(command, check=True, capture_output=True, text=True).stdout)

    def settings(self, page):
        self.keys("ctrl+comma")
        self.press(page)

    def channel_settings(self, channel):
        """Opens the settings of a channel."""
        self.press(channel)
        self.is_there(f"Message #{channel}", "entry", "text")
        self.press("Channel menu")
        self.press_away("Channel settings…")
        self.sees("Who writes")

    def set_rule(self, channel, name, entry, picture=None):
        """Picks another rule for a channel, and keeps it."""
        self.channel_settings(channel)
        if self.find(name, ("combo box",)):
            self.pick(name, entry)
        else:
            self.choose_in(name, entry)
        if picture:
            self.shot(picture)
        self.press("Save")
        self.is_gone("Who writes")

    def close_settings(self):
        self.press("Close settings")
        self.is_gone("Close settings")
