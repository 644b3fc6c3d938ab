#!/usr/bin/env python3
"""Sound devices that are not there, go away in a call, and come back: told in words, and everything else goes on.

The machine of one client (`mikael`) has a sound server of its own, which this test starts, changes, kills and starts
again (a PulseAudio, with --pipewire a PipeWire); the other (`anna`) has devices that always work, and talks on.

1. Nothing is there when he joins: he is in the call, is told that he has no microphone, and that he can listen.
2. Devices are plugged in: both are used, nothing is complained of, and he speaks.
3. The microphone is pulled out: told, the call goes on, his speaking mark goes out. The same for all devices.
4. The sound server dies and is started again: its devices are used again, and he speaks.
"""
import os
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

from actors import Bot, Server, fail  # noqa: E402
from sound_servers import PipeWireServer, SoundServer  # noqa: E402


def problem(state):
    call = state["call"]
    return (call or {}).get("sound_problem") or ""


def speaks(state, name):
    return bool(state["call"]) and name in state["call"]["speaking"]


def main():
    if not os.environ.get("DIALTONE_TEST_PULSE"):
        fail("needs the testbed's sound server: run it through ./dev test")
    with tempfile.TemporaryDirectory() as folder:
        folder = Path(folder)
        (folder / "sound").mkdir(mode=0o700)
        kind = PipeWireServer if "--pipewire" in sys.argv[1:] else SoundServer
        sound = kind(folder / "sound")
        with Server(folder) as server:
            bots = []
            try:
                sound.start()
                anna = Bot(folder, "anna", "--devices")
                bots.append(anna)
                mikael = Bot(folder, "mikael", "--devices", environment={**os.environ, "PULSE_SERVER": sound.env["PULSE_SERVER"]})
                bots.append(mikael)
                story(server, sound, anna, mikael)
            finally:
                for bot in bots:
                    bot.stop()
                sound.kill()
    print("Devices that come and go are told in words, and nothing else stops.")


def story(server, sound, anna, mikael):
    lounge = lambda state: "lounge" in [c["name"] for c in state["channels"]]  # noqa: E731
    for bot in (anna, mikael):
        # The tone is no speech to the chain: it is sent as it is.
        bot.order(do="audio", input=None, output=None, measure=True, packet_ms=None)
    anna.join(server.link, "Sound check")
    anna.wait_state("its channels are there", lounge)
    mikael.join(anna.invite(), None)
    mikael.wait_state("the channels are there", lounge)
    for bot in (anna, mikael):
        bot.order(do="call", channel="lounge")

    connected = lambda state: state["call"] and state["call"]["connected"]  # noqa: E731
    no_speaker = lambda state: sound.always_plays or "Loudspeaker:" in problem(state)  # noqa: E731
    mikael.wait_state("he is in the call and told that there is no microphone",
                      lambda state: connected(state) and "Microphone:" in problem(state) and no_speaker(state)
                      and "You can listen" in problem(state))
    print(f"- without a device one is in the call: {problem(mikael.state)}")

    sound.plug_in()
    mikael.wait_state("the microphone is used", lambda state: connected(state) and not problem(state))
    anna.wait_state("mikael is heard", lambda state: speaks(state, "mikael"))
    print("- devices that are plugged in during a call are used")

    sound.pull_out("microphone")
    mikael.wait_state("the lost microphone is told", lambda state: connected(state) and problem(state)
                      and not speaks(state, "mikael"))
    anna.wait_state("mikael is not heard, and still connected", lambda state: connected(state) and not speaks(state, "mikael"))
    print(f"- a microphone that is pulled out is told: {problem(mikael.state)}")

    sound.pull_out("speaker")
    mikael.wait_state("the call goes on without any device, and both are told",
                      lambda state: connected(state) and "Microphone:" in problem(state) and no_speaker(state))
    sound.plug_in()
    anna.wait_state("mikael is heard again", lambda state: speaks(state, "mikael"))

    sound.kill()
    mikael.wait_state("the lost sound server is told", lambda state: connected(state) and problem(state))
    sound.start()
    sound.plug_in()
    mikael.wait_state("the new sound server is used", lambda state: connected(state) and not problem(state))
    anna.wait_state("mikael is heard over it", lambda state: speaks(state, "mikael"))
    print("- a sound server that was started again is used again")


if __name__ == "__main__":
    main()
