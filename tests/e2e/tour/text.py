"""Writing: messages and all that is done to them, finding them again."""
from datetime import date

from actors import Server, asleep, fail

WIND = """Wind for tomorrow, from the buoy:
```
06:00  SW  6 m/s   gusts  9
12:00  W   8 m/s   gusts 12
18:00  NW  5 m/s   gusts  7
```
So the morning start stands. Who takes the committee boat?"""
MARKED = """Before the start, **all** of us:
- fenders *inside*
- engine ~~on~~ off

1. radio check on `72`
2. flags up

> The horn is under the bench.

The course is at https://harbour.example/course and this counts the boats:
```python
def boats(entries):
    return sum(1 for boat in entries if boat.paid)  # no money, no start
```"""


BOATS = ("Alma", "Brisa", "Calypso", "Diva", "Elske", "Fram", "Gull", "Hedda", "Iris", "Juno")
NEWS = ("is back in the harbour.", "has paid for the season.", "starts tomorrow.")  # of each boat, by each of the others


def says(stage, bot, text):
    bot.order(do="say", channel="general", text=text)
    stage.anna.sees(text)


def talk(stage):
    """Messages come and go in a channel: a day above them, a reply, and an edit whose earlier text is kept."""
    anna, mikael, jo, tomas = stage.anna, *stage.crew
    anna.press("general")
    says(stage, mikael, "Mooring lines are replaced. The old ones are in the shed if anyone needs practice material.")
    says(stage, jo, "I took two for the knots evening, thank you!")
    anna.submit(WIND)
    anna.sees_all("So the morning start stands.", "Today")
    says(stage, jo, "I can, if somebody brings the flags. Are they still with you, Tomas?")
    tomas.order(do="say", channel="general", text="They are. I drop them at the club at *eight*.")
    anna.sees("They are. I drop them at the club at eight.")
    anna.to_message("They are.")
    anna.keys("r")
    anna.sees("Replying to Tomas")
    anna.submit("Good. I bring coffee.")
    anna.sees("Answer to Tomas")
    jo.became("Good. I bring coffee.", answers="Tomas")
    anna.to_composer()
    anna.keys("Up")
    anna.sees("Editing your message")
    anna.submit("Good. I bring coffee and the thermos.")
    jo.became("Good. I bring coffee and the thermos.", edits=1)
    anna.press("Edited: show earlier versions")
    anna.sees_all("Earlier versions", "Good. I bring coffee.")
    anna.shot("versions-dark")
    anna.press("Close")


def react(stage):
    """Reactions by the picker, which looks for a name; one that others set, too."""
    anna, jo = stage.anna, stage.jo
    anna.to_message("They are.")
    anna.keys("plus")
    anna.is_there("Find an emoji", "entry", "text")
    anna.type("anchor")
    anna.is_there("anchor")
    anna.shot("emoji-dark")
    anna.keys("Return")
    anna.sees("1: you")
    jo.became("They are.", reactions=["⚓"])
    for emoji in ("⚓", "👍"):
        jo.order(do="react", message="They are.", emoji=emoji)
    anna.sees("2: you and Jo")


def mention(stage):
    """A name is completed; whoever is called sees it among the mentions."""
    anna = stage.anna
    anna.to_composer()
    anna.type("@jo")
    anna.wait("it is in the composer", lambda: anna.composed() == "@jo")
    anna.keys("Tab")
    anna.wait("the name is completed", lambda: anna.composed().startswith("@Jo"))
    anna.type("see you there")
    anna.keys("Return")
    stage.jo.heard("see you there")


def pin(stage):
    """A message is pinned, listed among the pinned ones, and another's pin is seen."""
    anna = stage.anna
    anna.to_message("Wind for tomorrow")
    anna.keys("p")
    anna.sees("Pinned")
    stage.jo.became("Wind for tomorrow", pinned=True)
    anna.shot("messages-dark")
    anna.press("Pinned messages")
    anna.sees("Close pinned messages")
    anna.shot("pins-dark")
    anna.press("Close pinned messages")


def type_and_wait(stage):
    """Who is writing is said below the messages."""
    stage.jo.order(do="typing")
    stage.anna.sees("Jo is writing…")


def delete(stage):
    """One's own message is taken back; a moderator takes back another's, and it says who did."""
    anna, jo = stage.anna, stage.jo
    anna.submit("The start is at nine.")
    jo.heard("The start is at nine.")
    anna.to_message("The start is at nine.")
    anna.keys("Delete")
    anna.sees("Delete your message?")
    anna.press("Delete")
    jo.gone("The start is at nine.")
    says(stage, jo, "Selling my old sail, cheap!")
    anna.of_message("Selling my old sail", "Delete…")
    anna.sees("Delete Jo's message?")
    anna.press("Delete")
    jo.gone("Selling my old sail, cheap!")
    anna.sees("Anna deleted this message")


def write_marked(stage):
    """What is written with marks: lists, quotes, links, code in colours, hidden text; link and code are copied."""
    anna = stage.anna
    anna.submit(MARKED)
    anna.sees("The horn is under the bench.")
    anna.submit("The winner was ||the little red one||.")
    anna.sees("hidden text")
    anna.shot("markdown-dark")
    anna.of_message("Before the start", "Copy link")
    if anna.pasted() != "https://harbour.example/course":
        fail("another link was copied")
    anna.press_last("Copy code")
    if not anna.pasted().startswith("def boats(entries):"):
        fail("other code was copied")


def read_and_jump(stage):
    """While another channel is open messages come: the line above the new ones, the ways to them, to a day and to the present."""
    anna = stage.anna
    anna.press("lounge")
    anna.sees("beginning of #lounge")
    for count, (bot, what) in enumerate(zip(stage.crew, NEWS, strict=True)):
        for boat in BOATS:
            bot.order(do="say", channel="general", text=f"{boat} {what}")
        anna.described("general", f"{(count + 1) * len(BOATS)} unread")
    anna.press("general")
    anna.sees(f"{BOATS[-1]} {NEWS[-1]}")
    anna.press("Go to the first unread")
    anna.sees_all("New since", f"{BOATS[0]} {NEWS[0]}")
    anna.shot("unread-dark")
    anna.keys("ctrl+Home")
    anna.sees("This is the beginning of #general")
    anna.press("Go to the latest")
    anna.sees(f"{BOATS[-1]} {NEWS[-1]}")
    anna.keys("ctrl+Home")
    anna.press("Today")
    anna.sees("Month before")
    anna.shot("calendar-dark")
    anna.press("Month before")
    anna.press("Month after")
    anna.press(f"{date.today():%A, {date.today().day} %B %Y}")
    anna.is_gone("Month before")
    anna.sees("Mooring lines are replaced.")
    anna.keys("ctrl+End")


def keep_draft(stage):
    """What is begun in one channel stays there while another one is open."""
    anna = stage.anna
    anna.write("Half a thought about the")
    anna.press("lounge")
    anna.is_there("Message #lounge", "entry", "text")
    if anna.composed("lounge"):
        fail("the draft of one channel is in another")
    anna.press("general")
    anna.wait("the draft is there again", lambda: anna.composed() == "Half a thought about the")
    anna.write("")


def search(stage):
    """Looking for messages: by words, by who wrote them, where, before which day, with what."""
    anna = stage.anna
    anna.keys("ctrl+f")
    anna.sees("from:")
    for words, found, not_found in (("flags", "Jo in general", "Mikael in general"), ("from:mikael harbour", "Mikael in general", "Jo in general"),
                                    ("in:general has:link", "Anna in general", "Jo in general")):
        anna.keys("ctrl+a")
        anna.type(words)
        anna.keys("Return")
        anna.sees(found)
        anna.is_gone(not_found)
        if words == "flags":
            anna.shot("search-dark")
    anna.keys("ctrl+a")
    anna.type("before:2001-01-01 harbour")
    anna.keys("Return")
    anna.sees("Nothing was found.")
    anna.press("Close search")


def command(stage):
    """Slash commands are offered and completed, and a channel is made by one; switcher and palette go everywhere."""
    anna = stage.anna
    anna.to_composer()
    anna.type("/chan")
    anna.sees("/channel create")
    anna.shot("slash-dark")
    anna.keys("Tab")
    anna.wait("the command is completed", lambda: anna.composed() == "/channel create ")
    anna.type("race-planning")
    anna.keys("Return")
    anna.is_there("race-planning")
    stage.jo.wait("the channel is there", lambda bot: bot.channel("race-planning"))
    anna.keys("ctrl+k")
    anna.is_there("Find a channel or a person", "entry", "text")
    anna.shot("switcher-dark")
    anna.type("race")
    anna.keys("Return")
    anna.is_there("Message #race-planning", "entry", "text")
    anna.keys("ctrl+shift+p")
    anna.is_there("Find something to do", "entry", "text")
    anna.shot("palette-dark")
    anna.type("pinned")
    anna.keys("Return")
    anna.sees("Nothing is pinned here.")
    anna.press("Close pinned messages")
    anna.press("general")


def is_offline(bot):
    bot.wait_state("it misses the server", lambda state: state["connection"] != "online")


def is_online_again(bot):
    """After `is_offline`, since what was told before counts else."""
    bot.wait_state("it is connected again", lambda state: state["connection"] == "online")


def lose_the_server(stage):
    """The server stops: it is said, and what is written waits and is sent when it is back."""
    anna, server, jo = stage.anna, stage.server, stage.jo
    server.kill()
    anna.sees("Not connected")
    for bot in stage.crew:
        is_offline(bot)
    anna.submit("Does anybody read this?")
    anna.sees("Being sent")
    anna.shot("offline-dark")
    server.start()
    anna.is_connected_again()
    jo.heard("Does anybody read this?")
    for bot in stage.crew:
        is_online_again(bot)


def fail_to_send(stage):
    """What the server takes no more is said to be not sent, why, and can be tried again or dropped: among the keepers she is an ordinary member."""
    anna, keeper = stage.anna, stage.keeper
    server = next(one for one in stage.running if isinstance(one, Server) and one is not stage.server)
    anna.press("Lighthouse keepers")
    anna.press("general")
    anna.sees("Welcome to the lamp room")
    server.kill()
    anna.sees("Not connected")
    is_offline(keeper)
    for words in ("May I say something?", "Or rather not."):
        anna.submit(words)
    anna.sees("Being sent")
    # Whoever sleeps learns later what is decided meanwhile.
    with asleep(anna.pid):
        server.start()
        is_online_again(keeper)
        keeper.order(do="let-write", channel="general", everybody=False)
        keeper.wait("only admins write", lambda bot: not bot.channel("general")["everybody_writes"])
    anna.is_connected_again()
    anna.wait("neither is sent", lambda: anna.words().count("Not sent:") == 2)
    anna.shot("not-sent-dark")
    anna.press_last("Drop")
    anna.is_gone("Or rather not.")
    anna.press("Try again")
    anna.sees("Not sent:")
    keeper.order(do="let-write", channel="general", everybody=True)
    keeper.wait("everybody writes", lambda bot: bot.channel("general")["everybody_writes"])
    anna.wait("it is tried again", lambda: anna.try_press("Try again"))
    keeper.heard("May I say something?")
    if any("Or rather not." in one["text"] for one in keeper.messages):
        fail("what was dropped was sent")
    anna.press("Harbour crew")
    anna.press("general")


CHAPTER = (talk, react, mention, pin, type_and_wait, delete, write_marked, read_and_jump, keep_draft, search, command, lose_the_server, fail_to_send)
