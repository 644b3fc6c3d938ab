"""The pictures that the tour leaves, and the page that shows them (docs/GALLERY.md)."""
from actors import fail

# All of them by chapter, with what is to be seen; README and docs show some.
CHAPTERS = {
    "First minutes": {
        "join-dark": "Founding a community: the link is genuine, the password is strong",
        "sound-check-dark": "The sound check: the bar moves with the voice",
        "recovery-dark": "The recovery key, twelve words to copy, to save or to write down",
        "invite-dark": "An invite as a link and as a code",
        "communities-dark": "Two communities in the rail",
    },
    "Text": {
        "messages-dark": "Messages with code, a reply, reactions, a mention, one that is pinned and has the keyboard, and one that was edited",
        "versions-dark": "What an edited message said before",
        "emoji-dark": "The picker of emojis looks for a name",
        "pins-dark": "Pinned messages",
        "markdown-dark": "Lists, a quote, a link, code in colours, hidden text, and two deleted messages",
        "unread-dark": "The line above what is new",
        "calendar-dark": "Going to a day",
        "search-dark": "Looking for messages",
        "slash-dark": "Slash commands are offered",
        "switcher-dark": "Going to a channel or a person",
        "palette-dark": "Finding something to do",
        "offline-dark": "The server is away, and what was written waits",
        "not-sent-dark": "What the server took no more, to be tried again or dropped",
    },
    "Files": {
        "attached-dark": "A file before it is sent",
        "files-dark": "A picture and a file among the messages",
        "picture-dark": "The picture, large",
        "drop-dark": "Files held over the window",
        "progress-dark": "A large file on its way",
    },
    "Voice": {
        "main-dark": "A call: who is in it, who speaks, how well it goes",
        "talker-dark": "How one hears somebody",
        "quality-dark": "The quality of the call, drawn over the last minutes",
        "meter-dark": "The voice meter: waveform, spectrum, level, and the stages of the chain",
        "chain-dark": "A stage of the chain is tuned",
        "chains-dark": "Presets, and chains of one's own",
        "settings-dark": "Devices and levels",
        "talking-dark": "When others hear you",
        "meter-window-dark": "The voice meter in a window of its own",
    },
    "People": {
        "profile-dark": "One's own name, picture and devices",
        "card-dark": "A member's card",
        "verify-dark": "Safety words to compare",
        "invites-dark": "All invites, and who used them",
        "alike-dark": "A name that looks like another's is marked",
        "remove-dark": "Removing somebody, with a reason",
        "channel-dark": "A channel's name, topic, heading, rules and history",
        "new-channel-dark": "A private channel is made",
        "history-dark": "What was done in the community, in words",
        "approval-dark": "Another computer of one's own is added by comparing a code",
    },
    "Desktop": {
        "desktop-dark": "What it does on the desktop",
        "notifications-dark": "Of what one is told",
        "shortcuts-dark": "The keys, one of which was changed",
        "scripts-dark": "A line from right to left",
        "german-dark": "In German",
        "own-dark": "Another accent, closer rows, larger text, and everything larger",
        "appearance-light": "Light",
        "main-light": "A call, in light colours",
        "main-contrast": "With high contrast",
        "narrow-light": "Narrow",
        "unlock-light": "Locked: the password opens it",
        "offline-light": "Opened while the server is away: what is stored is there",
    },
    "Endings": {
        "newer-light": "The server is newer than this program",
        "rules-light": "A pause between a member's messages",
        "vanishing-light": "A message that vanishes",
        "password-light": "Another password",
        "export-light": "Taking one's history along",
        "about-light": "Versions, licences, log",
        "diagnostics-light": "A bundle for whoever looks for a mistake",
        "leave-light": "Leaving a community and deleting the account there",
        "moved-light": "This profile has moved to another computer",
        "wipe-light": "Wiping this computer",
        "welcome-light": "Nothing is left",
    },
}
NAMES = [name for pictures in CHAPTERS.values() for name in pictures]
LARGEST = 200 * 1024  # bytes of a picture


def place(folder, name):
    """Where a picture goes."""
    if name not in NAMES:
        fail(f"{name} is not in the gallery's list")
    return folder / f"{name}.png"


def look_at(folder):
    """Every picture is there, and none is too large for a page."""
    missing = [name for name in NAMES if not place(folder, name).is_file()]
    large = [name for name in NAMES if name not in missing and place(folder, name).stat().st_size > LARGEST]
    if missing or large:
        fail(f"of the gallery these are missing: {missing}, and these too large: {large}")


def write_page(file):
    """The page with all of them; they lie beside it in `screenshots`."""
    lines = ["# Gallery", "", "What a tour through the real window saw, on a real server (`./dev screenshots`, which writes this page, too)."]
    for chapter, pictures in CHAPTERS.items():
        lines += ["", f"## {chapter}"]
        for name, words in pictures.items():
            lines += ["", f"{words}:", "", f"![{words}](screenshots/{name}.png)"]
    file.write_text("\n".join(lines) + "\n")
