"""Files: chosen, dropped and pasted, shown before they are sent, on their way, among the messages, large, and saved."""
import os
import subprocess

from actors import sluggish
from drag import held_over

from .stage import sunset

LARGE = 48 * 1024 * 1024  # bytes


def came(bot, name):
    """Waits until a file of this name is among the messages."""
    bot.wait(f"{name} came", lambda bot: any(name in one.get("files", ()) for one in bot.messages))


def choose_and_save(stage):
    """A picture is chosen, seen among the messages and large; a file of another is saved, and both are what they were."""
    anna, mikael, folder = stage.anna, stage.mikael, stage.folder
    picture, notes = folder / "evening.png", folder / "sailing-instructions.txt"
    sunset(picture)
    notes.write_text("Start at eight, south of the mole.\n" * 400)
    stage.choose_file(picture)
    anna.press("Attach files")
    anna.sees("Attached: evening.png")
    anna.shot("attached-dark")
    anna.submit("Last evening, from the mole.")
    anna.sees("Picture evening.png")
    came(mikael, "evening.png")
    mikael.order(do="save-file", name="evening.png", to=str(folder / "of-mikael.png"))
    anna.wait("he saved what she sent", lambda: (folder / "of-mikael.png").exists())
    mikael.order(do="send-files", channel="general", files=[str(notes)], text="The sailing instructions, as promised.")
    anna.sees("File sailing-instructions.txt")
    anna.press("Save sailing-instructions.txt")
    saved = stage.downloads / notes.name
    anna.wait("it is among the downloads", lambda: saved.exists() and saved.read_text() == notes.read_text())
    anna.press("Dismiss")
    anna.keys("ctrl+End")
    anna.shot("files-dark")
    anna.press(anna.button("Picture evening.png"))
    anna.is_there("Save evening.png")
    anna.shot("picture-dark")
    anna.keys("Escape")


def drop(stage):
    """Two files are held over the window and let go there; one is taken off, the other is sent."""
    anna, chart, times = stage.anna, stage.folder / "chart.png", stage.folder / "times.csv"
    sunset(chart, 320, 180)
    times.write_text("boat,time\nAlma,08:00\n")
    with held_over(anna.x_window(), chart, times):
        anna.shot("drop-dark")
    anna.sees_all("Attached: chart.png", "Attached: times.csv")
    anna.press("Take times.csv off")
    anna.is_gone("times.csv")
    anna.submit("Where we meet.")
    came(stage.jo, "chart.png")


def paste(stage):
    """A picture that another program has copied is pasted."""
    anna, picture = stage.anna, stage.folder / "evening.png"
    stage.running.append(subprocess.Popen(["xclip", "-quiet", "-selection", "clipboard", "-target", "image/png", "-in", str(picture)],
                                          stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL))

    def offered():
        kinds = ["xclip", "-selection", "clipboard", "-target", "TARGETS", "-out"]
        return b"image/png" in subprocess.run(kinds, capture_output=True).stdout
    anna.wait("the picture is in the clipboard", offered)
    anna.to_composer()
    anna.keys("ctrl+v")
    anna.sees("Attached: pasted picture.png")
    anna.submit("And once more, pasted.")
    came(stage.jo, "pasted picture.png")


def send_large(stage):
    """A large file is on its way: how far it has come is shown, and it arrives."""
    anna, film = stage.anna, stage.folder / "the start.mkv"
    film.write_bytes(os.urandom(LARGE))
    with held_over(anna.x_window(), film):
        pass
    anna.sees("Attached: the start.mkv")

    def on_its_way():
        return any(name.endswith(" percent") and name != "0 percent" for _, name in anna.of_roles("progress bar"))
    # The server is busy with something else, so that the file is on its way for as long as it is looked at.
    with sluggish(stage.server.process.pid):
        anna.submit("The start, on film.")
        anna.wait("it shows how far it has come", on_its_way)
        anna.shot("progress-dark")
    came(stage.jo, "the start.mkv")
    anna.wait("it is no longer on its way", lambda: not any(anna.of_roles("progress bar")))


CHAPTER = (choose_and_save, drop, paste, send_large)
