#!/usr/bin/env python3
"""The key of push-to-talk and of push-to-mute, pressed at a real X server while no window has the keyboard: who is heard.

Two clients without windows are in a call, and both speak all the time.

1. anna talks by a key (F8). Nobody hears her until it is held; by xdotool, and by `dialtone ptt` as any compositor would run it.
2. mikael is heard by voice, and not while the side button of his mouse is held (push-to-mute).

Needs the testbed's display, and sox.
"""
import os
import subprocess
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

from actors import Bot, Server, binary, fail  # noqa: E402

ROOT = Path(__file__).resolve().parents[2]
SPEECH = ROOT / "assets/speech/directory.wav"


def xdotool(*words):
    subprocess.run(["xdotool", *words], check=True)


def ptt(folder, bot, action):
    subprocess.run([binary("dialtone"), "--profile", str(folder / bot.name), "ptt", action], check=True)


def heard(listener, talker):
    listener.wait_state(f"{talker.name} is heard", lambda state: talker.name in state["call"]["speaking"])


def silent(listener, talker):
    listener.wait_state(f"{talker.name} is silent", lambda state: talker.name not in state["call"]["speaking"])


def held(bot, is_held):
    bot.wait_state(f"its key is {'held' if is_held else 'up'}", lambda state: state["key"]["held"] == is_held)


def main():
    if not os.environ.get("DIALTONE_TEST_DISPLAY"):
        fail("needs the testbed's display: run it through ./dev test")
    with tempfile.TemporaryDirectory() as folder:
        folder = Path(folder)
        speech = folder / "speech.wav"
        subprocess.run(["sox", str(SPEECH), "-r", "48000", "-c", "1", "-b", "16", str(speech), "repeat", "200", "trim", "0", "600"],
                       check=True)
        with Server(folder) as server:
            bots = []
            try:
                speak = ("--speak", str(speech))
                bots.append(Bot(folder, "anna", *speak, "--voice-ptt=F8"))
                bots.append(Bot(folder, "mikael", *speak, "--voice-ptm=Mouse9", "--voice-ptt-backend", "hotkey"))
                story(folder, server, *bots)
            finally:
                for bot in bots:
                    bot.stop()
    print("The key decides who is heard, wherever it is pressed.")


def story(folder, server, anna, mikael):
    lounge = lambda state: "lounge" in [c["name"] for c in state["channels"]]  # noqa: E731
    anna.join(server.link, "Keys")
    anna.wait_state("its channels are there", lounge)
    mikael.join(anna.invite(), None)
    mikael.wait_state("the channels are there", lounge)
    for bot in (anna, mikael):
        bot.wait_state("the key is heard anywhere", lambda state: "by xinput" in state["key"]["words"])
        bot.order(do="call", channel="lounge")
    for bot in (anna, mikael):
        bot.wait_state("it is connected", lambda state: state["call"] and state["call"]["connected"])
    heard(anna, mikael)
    silent(mikael, anna)
    print("- without the key, push-to-talk is silent and push-to-mute is heard")

    for press, release in ((lambda: xdotool("keydown", "F8"), lambda: xdotool("keyup", "F8")),
                           (lambda: ptt(folder, anna, "press"), lambda: ptt(folder, anna, "release")),
                           (lambda: ptt(folder, anna, "toggle"), lambda: ptt(folder, anna, "toggle"))):
        press()
        held(anna, True)
        heard(mikael, anna)
        release()
        held(anna, False)
        silent(mikael, anna)
    print("- held by a key of the X server, or by `dialtone ptt`, push-to-talk is heard as long as it is held")

    xdotool("mousedown", "9")
    held(mikael, True)
    silent(anna, mikael)
    xdotool("mouseup", "9")
    held(mikael, False)
    heard(anna, mikael)
    print("- the side button of a mouse mutes as long as it is held")


if __name__ == "__main__":
    main()
