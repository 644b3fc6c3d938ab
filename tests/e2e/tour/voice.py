"""Voice: a call with two others, who is heard and how, and the meter with the chain that one's own voice passes."""
import time

from screen import BUTTONS

from .person import Person

LONGEST_PAUSE = 1.5  # seconds, in the speech that is used


def speaks(listener, talker):
    """Whether somebody's voice comes now."""
    call = listener.now()["call"]
    return bool(call) and talker in call["speaking"]


def hears(stage, listener, talker):
    """Waits until somebody's voice comes."""
    stage.anna.wait(f"{listener.name} hears {talker}", lambda: speaks(listener, talker))


def hears_not(stage, listener, talker):
    """Waits until nothing of somebody's voice has come for longer than they are ever silent between two words."""
    heard = time.monotonic()

    def is_silent():
        nonlocal heard
        if speaks(listener, talker):
            heard = time.monotonic()
        return time.monotonic() - heard > LONGEST_PAUSE
    stage.anna.wait(f"{listener.name} does not hear {talker}", is_silent)


def join_call(stage):
    """A call with two others, one of whom talks; what Anna says is heard."""
    anna = stage.anna
    stage.speak()
    anna.press("lounge")
    anna.press("Join call")
    for bot in (stage.mikael, stage.jo):
        bot.order(do="call", channel="lounge")
        bot.wait_state("it is connected", lambda state: state["call"] and state["call"]["connected"])
    anna.sees("Call quality:")
    hears(stage, stage.jo, "Anna")
    anna.button("Mikael, speaking")
    anna.press("general")
    anna.is_there("Leave call")
    anna.shot("main-dark")


def be_silent(stage):
    """Mute by its button and by its key, and deafen: nobody hears her, and it is said."""
    anna, jo = stage.anna, stage.jo
    anna.press("Mute")
    anna.button("Anna, muted")
    hears_not(stage, jo, "Anna")
    anna.keys("ctrl+m")
    hears(stage, jo, "Anna")
    anna.press("Deafen")
    anna.button("Anna, muted, deafened")
    hears_not(stage, jo, "Anna")
    anna.press("Deafen")
    hears(stage, jo, "Anna")


def set_one_up(stage):
    """The menu of somebody in the call: how loud, not at all, and a whisper that the others do not hear."""
    anna, mikael, jo = stage.anna, stage.mikael, stage.jo
    anna.press_talker("Mikael")
    anna.slide("Volume of Mikael")
    anna.switch("Mute for me")
    anna.switch("Mute for me", False)
    anna.switch("Always hear")
    anna.shot("talker-dark")
    anna.keys("Escape")
    anna.press_talker("Jo")
    anna.switch("Whisper")
    anna.keys("Escape")
    anna.sees("You whisper to Jo")
    hears_not(stage, mikael, "Anna")
    hears(stage, jo, "Anna")
    anna.press("Speak to all")
    hears(stage, mikael, "Anna")


def look_at_quality(stage):
    """How well everybody is heard, with what was measured drawn over the last minutes."""
    anna = stage.anna
    anna.press_beginning("Call quality:")
    anna.sees_all("How well you hear the others", "Round trip:", "Bit rate:", "Mikael in")
    anna.shot("quality-dark")
    anna.press("Close")


def watch_meter(stage):
    """The voice meter: waveform, spectrum, and what each stage does."""
    anna = stage.anna
    anna.settings("Voice meter")
    anna.sees_all("Waveform", "Spectrum", "Chain")
    # It is as long as four seconds of speech.
    anna.pause(4)
    anna.shot("meter-dark")


def stages(anna):
    """The stages of the chain, in their order."""
    handles = [(node.queryComponent().getExtents(0).y, name.removeprefix("Move ")) for node, name in anna.of_roles(*BUTTONS)
               if name.startswith("Move ") and name not in ("Move up", "Move down")]
    return [name for _, name in sorted(handles)]


def edit_chain(stage):
    """The chain: a stage is put in, tuned, moved, switched off and on, taken out, and that is taken back."""
    anna = stage.anna
    first, second = stages(anna)[:2]
    anna.press("Add a stage or a plugin")
    anna.choose("Strong noise removal", ("menu item",))
    anna.wait("it is in the chain", lambda: "Strong noise removal" in stages(anna))
    anna.press(f"Tune {first}")
    anna.slide(f"{first}: Takes away below")
    anna.shot("chain-dark")
    anna.press("Move down")
    anna.wait("it stands one further down", lambda: stages(anna)[:2] == [second, first])
    anna.press("Take the last change back")
    anna.wait("it stands first again", lambda: stages(anna)[:2] == [first, second])
    anna.press("Tune Strong noise removal")
    anna.sees("Takes away more, keyboards too")
    anna.press("Remove")
    anna.wait("it is out of the chain", lambda: "Strong noise removal" not in stages(anna))


def of_chains(anna, entry):
    """Chooses from the menu of chains, which is gone before anything else is pressed."""
    anna.choose("Chain in use", ("combo box",))
    anna.choose(entry, anna.ENTRIES)
    anna.is_gone("THIS CHAIN")


def keep_chain(stage):
    """The chain is kept under a name, written into a file, a preset is chosen, and the file is read again."""
    anna, file = stage.anna, stage.folder / "boat.toml"
    of_chains(anna, "Save as…")
    anna.fill("Name of the new chain", "On the boat")
    anna.press("Save")
    own = stage.folder / "anna" / "chains"
    anna.wait("it is kept", (own / "on-the-boat.toml").exists)
    stage.choose_file(file)
    of_chains(anna, "Export to a file…")
    anna.wait("the chain is in the file", lambda: file.exists() and "On the boat" in file.read_text())
    of_chains(anna, "Voice")
    file.write_text(file.read_text().replace("On the boat", "From a friend"))
    of_chains(anna, "Import from a file…")
    anna.wait("it is kept, too", (own / "from-a-friend.toml").exists)
    anna.choose("Chain in use", ("combo box",))
    anna.sees("THIS CHAIN")
    anna.shot("chains-dark")
    anna.choose("Voice", anna.ENTRIES)
    anna.is_gone("THIS CHAIN")


def set_sound(stage):
    """Devices and levels, and when others hear her."""
    anna = stage.anna
    anna.press("Devices and levels")
    anna.sees("Threshold")
    anna.shot("settings-dark")
    anna.press("Talking")
    anna.sees("Push to talk")
    anna.shot("talking-dark")
    anna.close_settings()


def measure_alone(stage):
    """The voice meter in a window of its own, without signing in."""
    meter = Person(stage.folder, "meter", stage.pictures, left=1300, command=("meter",))
    stage.running.append(meter)
    meter.sees_all("Voice meter", "Waveform of the last four seconds: speaking")
    meter.pause(4)
    meter.shot("meter-window-dark")
    meter.close()
    stage.anna.focus()


CHAPTER = (join_call, be_silent, set_one_up, look_at_quality, watch_meter, edit_chain, keep_chain, set_sound, measure_alone)
