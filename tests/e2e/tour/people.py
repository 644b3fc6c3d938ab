"""The others: who they are here, what one may do with them, one's own name and devices, invites, channels, and what was done."""
import re

from actors import fail
from screen import BUTTONS

from .person import Person
from .stage import PASSWORD, sunset
from .voice import hears, hears_not


def look_at_members(stage):
    """Who is here, as what, and who is away."""
    anna = stage.anna
    anna.is_there("Anna, founder")
    stage.jo.order(do="away", away=True)
    anna.is_there("Jo, away")
    stage.jo.order(do="away", away=False)
    anna.is_there("Jo")


def change_profile(stage):
    """One's own name and picture are changed, and the others see it."""
    anna, picture = stage.anna, stage.folder / "portrait.png"
    anna.of_member("Anna, founder", "Profile…")
    anna.press("Change your name")
    anna.fill("Your name here", "Anna Berg")
    anna.press("Save")
    stage.jo.wait_state("the name is another one", lambda state: "Anna Berg" in state["members"])
    anna.keys("Escape")
    anna.is_there("Anna Berg, founder")
    sunset(picture, 256, 256)
    stage.choose_file(picture)
    anna.settings("Keys and communities")
    anna.press_first("Choose a picture")
    anna.is_there("Your picture", "image")
    anna.shot("profile-dark")
    anna.close_settings()


def verify(stage):
    """Somebody's card, and the safety words by which their key is compared."""
    anna = stage.anna
    anna.of_member("Tomas", "Profile…")
    anna.sees("You have not compared safety words")
    anna.shot("card-dark")
    anna.keys("Escape")
    anna.of_member("Tomas", "Compare safety words…")
    anna.is_there("They are the same")
    anna.shot("verify-dark")
    anna.press("They are the same")
    anna.is_there("Tomas, verified")


def give_roles(stage):
    """A member is made an admin, and an ordinary member again."""
    anna, jo = stage.anna, stage.jo
    anna.of_member("Jo", "Make an admin")
    anna.is_there("Jo, admin")
    jo.wait_state("she is an admin", lambda state: "Jo" in state["admins"])
    anna.of_member("Jo, admin", "Make an ordinary member")
    anna.is_there("Jo")
    jo.wait_state("she is none any more", lambda state: "Jo" not in state["admins"])


def ignore(stage):
    """Somebody is ignored: what they wrote is folded, and shown if one wants it."""
    anna, mikael = stage.anna, stage.mikael
    anna.press("general")
    words = "Did I tell you about my new anchor?"
    mikael.order(do="say", channel="general", text=words)
    anna.is_there(words, "label")
    anna.of_member("Mikael", "Ignore")
    anna.is_there("Mikael, ignored")
    anna.wait("it is folded", lambda: anna.find(words, ("label",)) is None)
    anna.sees("whom you ignore")
    anna.press_last("Show anyway")
    anna.is_there(words, "label")
    anna.of_member("Mikael, ignored", "Listen to them again")
    anna.is_there("Mikael")


def make_link(anna, uses):
    """An invite for an hour."""
    anna.press("Invite people")
    anna.choose(uses, ("radio button",))
    anna.choose("An hour", ("radio button",))
    anna.press("Make link")
    anna.sees("dialtone://")
    link = re.search(r"dialtone://\S+", anna.words()).group()
    anna.press("Done")
    anna.is_gone("dialtone://")
    return link


def look_at_invites(stage):
    """All invites: who used which, and one that is taken back opens nothing any more."""
    anna = stage.anna
    link = make_link(anna, "One")
    anna.press("Invite people")
    anna.press("All invites")
    anna.sees_all("Used by ", "0 of 1 used")
    anna.shot("invites-dark")

    def open_ones():
        found = [name for _, name in anna.of_roles(*BUTTONS) if name.startswith("Take back entry")]
        return len(found) == 2 and found
    latest = max(anna.wait("both can be taken back", open_ones), key=lambda name: int(name.split()[-1]))
    anna.press(latest)
    anna.wait("it is taken back", lambda: anna.find(latest, BUTTONS) is None)
    anna.keys("Escape")
    why_not = stage.bot("Rune").try_join(link, None)
    if "revoked" not in (why_not or ""):
        fail(f"an invite that was taken back still opens the door, or: {why_not}")


def look_alike(stage):
    """A new member whose name looks like another's is marked; he is removed with a reason, and his account may not come back."""
    anna = stage.anna
    stranger = stage.bot("Tornas")
    stranger.order(do="inspect", link=stage.link)
    stranger.wait_state("the link is genuine", lambda state: state["link"] == "genuine")
    stranger.order(do="join", username="Tornas", password="keeps another one", community=None)
    anna.is_there("Tornas, a name like another's")
    anna.of_member("Tornas, a name like another's", "Profile…")
    anna.sees("Another member, Tomas, has nearly the same name")
    anna.shot("alike-dark")
    anna.keys("Escape")
    anna.of_member("Tornas, a name like another's", "Remove…")
    anna.sees("Remove Tornas?")
    anna.fill("Why (they and all members read it)", "He is not our Tomas")
    anna.switch("Ban this account")
    anna.shot("remove-dark")
    anna.press("Remove")
    anna.is_gone("Tornas")
    stranger.wait_state("he is told why", lambda state: "He is not our Tomas" in state["connection"])


def order_of(anna):
    """The channels, as they stand one below the other."""
    channels = [(node.queryComponent().getExtents(0).y, name) for node, name in anna.of_roles(*BUTTONS) if name in ("general", "race-planning")]
    return [name for _, name in sorted(channels)]


def set_channel(stage):
    """A channel's name, topic, heading and history are set, and its place in the list."""
    anna, jo = stage.anna, stage.jo
    # By keyboard: above its neighbour, and back.
    before = order_of(anna)
    for key in ("alt+Up", "alt+Down"):
        now = order_of(anna)
        anna.is_there("race-planning").queryComponent().grabFocus()
        anna.wait("the channel has the keyboard", lambda: anna.has_keyboard(*BUTTONS))
        anna.nudge()
        anna.keys(key)
        anna.wait("it stands elsewhere", lambda now=now: order_of(anna) != now)
    if order_of(anna) != before:
        fail("the channel does not stand where it was")
    anna.press("race-planning")
    anna.press("Channel menu")
    anna.press("Channel settings…")
    anna.fill("Name", "regatta")
    anna.fill("Topic", "everything that floats")
    anna.fill("Heading in the list", "Racing")
    anna.choose("From joining", ("radio button",))
    anna.shot("channel-dark")
    anna.press("Save")
    anna.sees_all("everything that floats", "RACING")
    jo.wait("it is so for others", lambda bot: (bot.channel("regatta") or {}).get("topic") == "everything that floats"
            and bot.channel("regatta")["category"] == "Racing")
    anna.press("Create channel")
    anna.sees("New channel")
    anna.fill("Channel name", "committee")
    anna.choose("Private", ("radio button",))
    anna.choose("Tomas", ("check box", "toggle button", "radio button"))
    anna.shot("new-channel-dark")
    anna.press("Create")
    stage.tomas.wait("the private channel is there", lambda bot: bot.channel("committee"))
    if jo.now() and jo.channel("committee"):
        fail("a private channel is seen by who is not in it")


def let_admins_speak(stage):
    """Only admins speak in a channel's calls: nobody hears an ordinary member there, until everybody may again."""
    anna, mikael = stage.anna, stage.mikael
    anna.press("lounge")
    anna.button("Mikael, speaking")
    anna.set_rule("lounge", "Who speaks in its calls", "Admins only")
    hears_not(stage, stage.jo, "Mikael")
    hears(stage, mikael, "Anna Berg")
    anna.set_rule("lounge", "Who speaks in its calls", "Everyone")
    hears(stage, stage.jo, "Mikael")


def read_history(stage):
    """What was done in the community, in words, and narrowed to some kind."""
    anna = stage.anna
    anna.press("History of the community")
    anna.sees_all("founded the community", "He is not our Tomas")
    anna.shot("history-dark")
    anna.press("Close")


def add_device(stage):
    """Another computer of one's own is added by comparing a code; it is one that locks when nobody touches it for a minute."""
    anna, place = stage.anna, stage.folder / "desk"
    place.mkdir()
    (place / "settings.toml").write_text("[look]\nlock-after-min = 1\n")
    stage.desk = other = Person(stage.folder, "desk", stage.pictures, left=1300)
    stage.running.append(other)
    other.press("I have an account on another device")
    other.fill("Server", f"127.0.0.1:{stage.server.port}")
    other.fill("Your name", "Anna")
    other.fill("Password", PASSWORD)
    other.press("Ask the other device")
    anna.sees("A new device asks to be added to your account")
    anna.press("It is mine, go on")
    codes = [window.code() for window in (anna, other)]
    if codes[0] != codes[1]:
        fail(f"the codes differ: {codes}")
    anna.shot("approval-dark")
    for window in (anna, other):
        window.press("They are the same")
    other.press("Skip the check and go in")
    other.press("general")
    other.sees("The start, on film.")
    anna.focus()


CHAPTER = (look_at_members, change_profile, verify, give_roles, ignore, look_at_invites, look_alike, set_channel, let_admins_speak, read_history, add_device)
