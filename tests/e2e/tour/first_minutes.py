"""The first minutes: a link, a name, a password, the sound check, the recovery key, the others, a second community."""
import re

from actors import Server, fail

from .person import Person
from .stage import PASSWORD

SPOKEN_WORDS = re.compile(r"(?<!\S)(\d{1,2}) ([a-z]+)")


def open_link(stage):
    """The founding link is opened: whether it is genuine, and how strong the password is."""
    stage.server = Server(stage.folder)
    stage.running.append(stage.server.__enter__())
    stage.anna = anna = Person(stage.folder, "anna", stage.pictures, "--link", stage.server.link)
    stage.running.append(anna)
    anna.sees("Community name")
    anna.fill("Community name", "Harbour crew")
    anna.fill("Your name", "Anna")
    for password, judged in (("password1", "Weak."), ("mooring7line", "Good."), (PASSWORD, "Strong.")):
        anna.fill("Password", password)
        anna.sees(judged)
    anna.sees("The link is genuine")
    anna.shot("join-dark")
    anna.press("Found the community")


def check_sound(stage):
    """The sound check: the bar moves with the voice, and a threshold is found."""
    anna = stage.anna
    level = anna.is_there("Microphone level", "level bar")
    anna.press("Begin the sound check")
    anna.sees("Now speak")
    speaks = stage.speak()
    anna.wait("the bar moves", lambda: anna.value(level) > -40)
    anna.shot("sound-check-dark")
    anna.sees("Hear yourself")
    speaks.terminate()
    anna.press("Go in")
    anna.is_there("general")


def keep_recovery_key(stage):
    """The recovery key is shown, copied, saved, and confirmed by two of its words."""
    anna, file = stage.anna, stage.folder / "recovery.txt"
    anna.press("Show it")
    anna.sees("12 ")
    words = dict(SPOKEN_WORDS.findall(anna.words()))
    anna.shot("recovery-dark")
    anna.press("Copy")
    stage.choose_file(file)
    anna.press("Save to a file…")
    anna.wait("the key is in the file", lambda: file.exists() and all(word in file.read_text() for word in words.values()))
    anna.press("I have written it down")
    anna.fill("Word 4", "wrong")
    anna.press("Done")
    anna.sees("another word than the one above")
    for number in ("4", "9"):
        anna.fill(f"Word {number}", words[number])
    anna.press("Done")
    anna.is_gone("Show it")
    anna.press("general")
    copied = anna.pasted().split()
    if [word for word in copied if word in words.values()] != [words[str(number)] for number in range(1, 13)]:
        fail(f"another recovery key was copied than the one shown: {copied}")


def invite_others(stage):
    """An invite for five, as a link and as a code, by which three come in."""
    anna = stage.anna
    anna.press("Invite people")
    anna.choose("5", ("radio button",))
    anna.choose("A day", ("radio button",))
    anna.press("Make link")
    anna.sees("dialtone://")
    anna.press("Show as code")
    anna.sees("QR code")
    anna.shot("invite-dark")
    stage.link = re.search(r"dialtone://\S+", anna.words()).group()
    anna.press("Copy link")
    anna.press("Done")
    anna.press("general")
    if anna.pasted() != stage.link:
        fail("another link was copied than the one shown")
    stage.crew = [stage.bot("Mikael", "--speak", str(stage.speech)), stage.bot("Jo"), stage.bot("Tomas")]
    for bot in stage.crew:
        bot.order(do="inspect", link=stage.link)
    for bot in stage.crew:
        bot.wait_state("the link is genuine", lambda state: state["link"] == "genuine")
        bot.order(do="join", username=bot.name, password=f"{bot.name} keeps this", community=None)
    for bot in stage.crew:
        bot.wait_state("the channels are there", lambda state: "lounge" in [one["name"] for one in state["channels"]])
        bot.order(do="open", channel="general")
        anna.sees(bot.name)


def join_another(stage):
    """A second community by a pasted link, beside the first one in the rail."""
    anna, folder = stage.anna, stage.folder / "lighthouse"
    folder.mkdir()
    server = Server(folder)
    stage.running.append(server.__enter__())
    stage.keeper = keeper = stage.bot("Ines")
    keeper.join(server.link, "Lighthouse keepers")
    link = keeper.invite()
    anna.press("Join another community")
    anna.fill("Invite link", link[:-9])
    anna.press("Continue")
    anna.sees("not complete")
    anna.press("Use another link")
    anna.press("Join another community")
    anna.fill("Invite link", link)
    anna.press("Continue")
    anna.sees("Ines invited you")
    anna.fill("Your name", "Anna")
    anna.fill("Password", PASSWORD)
    anna.press("Join")
    anna.is_there("Lighthouse keepers")
    anna.is_there("Harbour crew")
    keeper.wait_state("Anna is there", lambda state: "Anna" in state["members"])
    keeper.order(do="open", channel="general")
    keeper.order(do="say", channel="general", text="Welcome to the lamp room, Anna!")
    anna.press("general")
    anna.sees("Welcome to the lamp room")
    anna.shot("communities-dark")
    anna.press("Harbour crew")
    anna.sees("lounge")


CHAPTER = (open_link, check_sound, keep_recovery_key, invite_others, join_another)
