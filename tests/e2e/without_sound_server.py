#!/usr/bin/env python3
"""A machine without a sound server: `dialtone doctor` and a call over ALSA alone.

ALSA's default device leads, through its own plugin, to devices of the testbed (room B); the client knows nothing of the sound server
behind it. A tone is said into the microphone.

1. The doctor finds the server, what is wrong with a link of another one and with a server that is gone, and both devices.
2. The other one in a call hears the tone, and is heard from ALSA's loudspeaker.
3. The doctor knows the server's pin from the profile: by the client that has it open, or by its password.
"""
import json
import os
import subprocess
import sys
import tempfile
from array import array
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

from actors import Bot, Server, binary, fail  # noqa: E402

ALSA = """
pcm.!default {{
    type asym
    playback.pcm {{ type pulse server "{server}" device "spkB" }}
    capture.pcm {{ type pulse server "{server}" device "micB_in" }}
}}
ctl.!default {{ type pulse server "{server}" }}
"""


def without_sound_server(folder):
    """The environment of a program on such a machine."""
    home = folder / "home"
    home.mkdir()
    (home / ".asoundrc").write_text(ALSA.format(server=os.environ["PULSE_SERVER"]))
    return {**os.environ, "PULSE_SERVER": f"unix:{folder / 'nowhere'}", "HOME": str(home)}


def examine(folder, environment, target, well, profile="patient", password=None):
    """What the doctor finds, by subject."""
    command = [binary("dialtone"), "--profile", str(folder / profile), "doctor", "--json", target]
    if password:
        command.append("--unlock")
    done = subprocess.run(command, env=environment, input=password, capture_output=True, text=True, timeout=120)
    report = json.loads(done.stdout)
    if (done.returncode == 0, report["well"]) != (well, well):
        fail(f"the doctor of {target} ended with {done.returncode}: {done.stdout} {done.stderr}")
    return {one["subject"]: one for one in report["findings"]}


def expect(found, **outcomes):
    for subject, outcome in outcomes.items():
        if found[subject]["outcome"] != outcome:
            fail(f"{subject} is to be {outcome}: {found[subject]}")
        if outcome == "bad" and not found[subject]["advice"]:
            fail(f"nothing is advised: {found[subject]}")


def doctor(folder, environment, server):
    host = f"127.0.0.1:{server.port}"
    found = examine(folder, environment, host, well=True)
    expect(found, name="good", tcp="good", tls="good", pin="skipped", server="good", udp="good", turn="skipped", microphone="good", speaker="good")
    if "dBFS" not in found["microphone"]["words"]:
        fail(f"the microphone's level is told: {found['microphone']}")
    expect(examine(folder, environment, server.link, well=True), pin="good")
    (folder / "other").mkdir()
    with Server(folder / "other") as other:
        # Another server's link, but with this one's address: somebody stands in between.
        link = other.link.replace(f"127.0.0.1:{other.port}", host)
        expect(examine(folder, environment, link, well=False), tls="good", pin="bad")
        gone = f"127.0.0.1:{other.port}"
    expect(examine(folder, environment, gone, well=False), tcp="bad", tls="skipped", microphone="good")
    print("- the doctor finds what works, a server that is another one, and one that is gone")


def stored_pin(folder, server, outcome, password=None):
    """What the doctor says of the pin, by anna's profile."""
    found = examine(folder, os.environ, f"127.0.0.1:{server.port}", well=True, profile="anna", password=password)
    expect(found, pin=outcome)
    if outcome == "good" and "this profile has stored" not in found["pin"]["words"]:
        fail(f"the profile's pin is compared: {found['pin']}")


def loudness(source):
    """The mean level of a second of a source, of 32,768."""
    command = ["parec", f"--device={source}", "--format=s16le", "--rate=48000", "--channels=1", "--raw"]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as recorder:
        samples = array("h", recorder.stdout.read(96_000))
        recorder.terminate()
        recorder.stdout.close()
    return sum(abs(sample) for sample in samples) / len(samples)


def call(folder, environment, server):
    speaks = lambda state, name: bool(state["call"]) and name in state["call"]["speaking"]  # noqa: E731
    lounge = lambda state: "lounge" in [c["name"] for c in state["channels"]]  # noqa: E731
    bots = []
    try:
        anna = Bot(folder, "anna", "--devices")
        bots.append(anna)
        mikael = Bot(folder, "mikael", "--devices", environment=environment)
        bots.append(mikael)
        for bot, microphone, speaker in ((anna, "micA_in", "spkA"), (mikael, None, None)):
            named = [name and f"pulseaudio:{name}" for name in (microphone, speaker)]
            # The tone is no speech to the chain: it is sent as it is.
            bot.order(do="audio", input=named[0], output=named[1], measure=True, packet_ms=None)
        anna.join(server.link, "Old machines")
        anna.wait_state("its channels are there", lounge)
        mikael.join(anna.invite(), None)
        mikael.wait_state("the channels are there", lounge)
        for bot in bots:
            bot.order(do="call", channel="lounge")
        mikael.wait_state("he is in the call, and nothing is complained of", lambda state: state["call"]
                          and state["call"]["connected"] and not state["call"]["sound_problem"])
        anna.wait_state("mikael is heard", lambda state: speaks(state, "mikael"))
        mikael.wait_state("anna is heard", lambda state: speaks(state, "anna"))
        level = loudness("spkB.monitor")
        if level < 100:
            fail(f"nothing comes from ALSA's loudspeaker: {level}")
        print(f"- both ways in a call (mean level at the loudspeaker {level:.0f})")
        stored_pin(folder, server, "good")
    finally:
        for bot in bots:
            bot.stop()
    stored_pin(folder, server, "skipped")
    stored_pin(folder, server, "good", password="anna keeps this\n")
    print("- the doctor knows the pin from the profile, by its client and by its password")


def main():
    if not os.environ.get("DIALTONE_TEST_PULSE"):
        fail("needs the testbed's sound server: run it through ./dev test")
    tones = [subprocess.run(["pactl", "load-module", "module-sine", f"sink=mic{who}", f"frequency={hertz}"], check=True,
                            capture_output=True, text=True).stdout.strip() for who, hertz in (("A", 300), ("B", 500))]
    try:
        with tempfile.TemporaryDirectory() as folder:
            folder = Path(folder)
            environment = without_sound_server(folder)
            with Server(folder) as server:
                doctor(folder, environment, server)
                call(folder, environment, server)
    finally:
        for tone in tones:
            subprocess.run(["pactl", "unload-module", tone], check=True)
    print("Without a sound server the client uses ALSA.")


if __name__ == "__main__":
    main()
