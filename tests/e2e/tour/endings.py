"""What people expect besides: rules of a channel, what vanishes, passwords, taking along, the log, leaving and wiping."""
import json

from actors import fail
from newer import Newer

from .person import Person
from .stage import PASSWORD
from .text import is_offline, is_online_again

PAUSE = "Pause between a member's messages"
NEW_PASSWORD = "another battery staple"


def meet_a_newer_server(stage):
    """The server becomes newer than this program: that is said, and one still talks."""
    anna, server, words = stage.anna, stage.server, "This server is newer than this app."
    port = server.port
    server.kill()
    server.port = 0
    server.start()
    newer = Newer(port, server)
    for bot in stage.crew[1:]:
        is_offline(bot)
    anna.is_connected_again()
    anna.sees(words)
    anna.shot("newer-light")
    for bot in stage.crew[1:]:
        is_online_again(bot)
    anna.submit("Can you still read me?")
    stage.jo.heard("Can you still read me?")
    stage.jo.order(do="say", channel="general", text="Every word.")
    anna.sees("Every word.")
    newer.close()
    server.kill()
    server.port = port
    server.start()
    anna.sees("Not connected")
    anna.is_connected_again()
    anna.is_gone(words)


def make_rules(stage):
    """Who writes in a channel, and how often: an ordinary member's message is refused, or held back."""
    anna, jo = stage.anna, stage.jo
    anna.set_rule("general", "Who writes", "Admins only")
    jo.wait("only admins write", lambda bot: not bot.channel("general")["everybody_writes"])
    jo.order(do="say", channel="general", text="May I?")
    jo.wait("she is told why not", lambda bot: any("Only admins write" in words for words in bot.notices))
    anna.set_rule("general", "Who writes", "Everyone")
    jo.wait("everybody writes", lambda bot: bot.channel("general")["everybody_writes"])
    anna.set_rule("general", PAUSE, "1 minute", picture="rules-light")
    for text in ("The first one goes.", "The second one waits."):
        jo.order(do="say", channel="general", text=text)
    anna.sees("The first one goes.")
    jo.wait_state("the second one waits", lambda state: "pause" in (state["held_up"] or ""))
    anna.set_rule("general", PAUSE, "None")
    anna.sees("The second one waits.")


def vanish(stage):
    """Messages that vanish: it is said where one writes, and each knows when."""
    anna, jo = stage.anna, stage.jo
    anna.set_rule("general", "How long messages stay", "1 day")
    anna.sees("What you write here vanishes after 1 day.")
    anna.submit("Gone tomorrow.")
    jo.became("Gone tomorrow.", vanishes=True)
    anna.shot("vanishing-light")


def change_password(stage):
    """The password is changed, and the old one opens nothing any more; the window locks by itself when nobody is there."""
    anna = stage.anna
    anna.settings("Keys and communities")
    anna.choose("5 min", anna.ENTRIES)
    anna.press_first("Change password…")
    anna.fill("Password until now", PASSWORD)
    anna.fill("New password", NEW_PASSWORD)
    anna.fill("New password again", NEW_PASSWORD)
    anna.shot("password-light")
    anna.press("Change")
    anna.is_gone("Password until now")
    anna.sees("The password is changed")
    anna.press("Lock now")
    anna.unlock(PASSWORD)
    anna.sees("does not open the keys")
    anna.unlock(NEW_PASSWORD)
    anna.is_there("general")
    stage.password = NEW_PASSWORD


def take_history_along(stage):
    """One's own history is written into a folder among the downloads, to be read by people and by programs."""
    anna = stage.anna
    anna.settings("Keys and communities")
    anna.press("Take your history of Harbour crew along…")
    anna.press("Write it")
    anna.sees("are in")
    anna.shot("export-light")
    lines = [json.loads(line) for file in stage.downloads.rglob("*.jsonl") for line in file.read_text().splitlines()]
    if not any("Mooring lines are replaced." in json.dumps(line) for line in lines):
        fail("the history that was taken along lacks the first message")
    anna.press("Close")
    anna.close_settings()


def look_inside(stage):
    """The log, a bundle for whoever looks for a mistake, versions and licences."""
    anna = stage.anna
    anna.settings("About")
    anna.sees_all("This program is version", "MIT licence")
    anna.shot("about-light")
    anna.press("Licences of the libraries")
    anna.sees("Find a library")
    anna.keys("Escape")
    anna.press("Show the log")
    anna.pause(0.5)
    anna.keys("Escape")
    anna.press("Save a diagnostics bundle…")
    anna.sees("Versions and system")
    anna.shot("diagnostics-light")
    anna.press("Save it")
    anna.sees("It is in")
    if not any("diagnos" in file.name for file in stage.downloads.iterdir()):
        fail("there is no bundle among the downloads")
    anna.press("Close")
    anna.close_settings()


def leave_community(stage):
    """The second community is left, and the account there deleted."""
    anna, keeper = stage.anna, stage.keeper
    anna.settings("Keys and communities")
    anna.press("Leave Lighthouse keepers and delete my account there")
    anna.shot("leave-light")
    anna.press("Leave")
    keeper.wait_state("Anna is gone", lambda state: "Anna" not in state["members"])
    anna.close_settings()


def move(stage):
    """The profile goes into a sealed file, and is opened from it on another computer, while the first one is closed for good."""
    anna = stage.anna
    anna.settings("Keys and communities")
    anna.press("Move to another computer…")
    anna.fill("Passphrase of the file", PASSWORD)
    anna.fill("Passphrase again", PASSWORD)
    anna.press("Write the file")
    anna.sees("This profile has moved")
    anna.shot("moved-light")
    anna.close()
    file = next(stage.downloads.glob("*dialtone*"))
    stage.anna = anna = Person(stage.folder, "new", stage.pictures)
    stage.running.append(anna)
    anna.press("Bring a profile from another computer")
    stage.choose_file(file)
    anna.press("Choose the file…")
    anna.fill("Passphrase of the file", PASSWORD)
    anna.press("Bring it here")
    anna.unlock(stage.password)
    anna.press("general")
    anna.sees("Gone tomorrow.")


def wipe(stage):
    """All that this computer keeps is deleted."""
    anna = stage.anna
    anna.settings("Keys and communities")
    anna.press("Wipe this computer…")
    anna.sees("Wipe this computer?")
    words = next(name for _, name in anna.of_roles("label") if name.startswith("Type “")).split("“")[1].split("”")[0]
    anna.fill(f"Type “{words}” to go on", words)
    anna.shot("wipe-light")
    anna.press("Wipe")
    anna.sees("Welcome to Dialtone")
    anna.shot("welcome-light")
    left = [file.name for file in (stage.folder / "new").rglob("*") if file.suffix in (".db", ".age")]
    if left:
        fail(f"these are still on the disk: {left}")


CHAPTER = (meet_a_newer_server, make_rules, vanish, change_password, take_history_along, look_inside, leave_community, move, wipe)
