"""Sound servers of a test's own, whose devices come and go: PulseAudio, and PipeWire with the PulseAudio protocol."""
import math
import os
import struct
import subprocess
import wave

from actors import fail


class SoundServer:
    """A private sound server without devices, until they are plugged in."""

    # Whether there is a loudspeaker, if only one that nobody hears, while none is plugged in.
    always_plays = False

    def __init__(self, folder):
        self.folder, self.process, self.plugged = folder, None, {}
        (folder / "home").mkdir(mode=0o700)
        self.socket = folder / "socket"
        (folder / "script.pa").write_text(f"load-module module-native-protocol-unix auth-anonymous=1 socket={self.socket}\n")
        self.env = {**os.environ, "PULSE_SERVER": f"unix:{self.socket}", "HOME": str(folder / "home"), "XDG_RUNTIME_DIR": str(folder)}

    def start(self):
        log = open(self.folder / "log", "ab")
        command = ["pulseaudio", "-n", "-F", str(self.folder / "script.pa"), "--daemonize=no", "--exit-idle-time=-1",
                   "--use-pid-file=no", "--disallow-exit", "--high-priority=no", "--realtime=no"]
        self.process = subprocess.Popen(command, env=self.env, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        for _ in range(200):
            if self.answers():
                return
            try:
                self.process.wait(0.05)
            except subprocess.TimeoutExpired:
                continue
            break
        fail("the sound server did not start")

    def answers(self):
        return subprocess.run(["pactl", "info"], env=self.env, capture_output=True, timeout=10).returncode == 0

    def load(self, *module):
        done = subprocess.run(["pactl", "load-module", *module], env=self.env, check=True, capture_output=True, text=True)
        return done.stdout.strip()

    def plug_in(self):
        """A loudspeaker, and a microphone that hears a tone."""
        speaker = self.load("module-null-sink", "sink_name=speaker", "rate=48000", "norewinds=1")
        said = self.load("module-null-sink", "sink_name=said", "rate=48000", "channels=1", "norewinds=1")
        tone = self.load("module-remap-source", "master=said.monitor", "source_name=microphone")
        self.load("module-sine", "sink=said", "frequency=300")
        self.said = said
        self.plugged = {"microphone": tone, "speaker": speaker}
        for what in ("set-default-source microphone", "set-default-sink speaker"):
            subprocess.run(["pactl", *what.split()], env=self.env, check=True)

    def pull_out(self, name):
        subprocess.run(["pactl", "unload-module", self.plugged.pop(name)], env=self.env, check=True)
        if name == "microphone":
            # The sink goes with it: its monitor would be another microphone.
            subprocess.run(["pactl", "unload-module", self.said], env=self.env, check=True)

    def kill(self):
        self.process.kill()
        self.process.wait()
        self.socket.unlink(missing_ok=True)
        self.plugged = {}


class PipeWireServer(SoundServer):
    """The same with PipeWire, its session manager and its PulseAudio protocol, as most desktops have it today."""

    always_plays = True

    def __init__(self, folder):
        super().__init__(folder)
        self.processes, self.player = [], None
        self.socket = folder / "pulse" / "native"
        bus = f"unix:path={folder / 'bus'}"
        self.env = {**self.env, "PULSE_SERVER": f"unix:{self.socket}", "PIPEWIRE_RUNTIME_DIR": str(folder),
                    "XDG_CONFIG_HOME": str(folder / "config"), "XDG_STATE_HOME": str(folder / "state"),
                    "DBUS_SESSION_BUS_ADDRESS": bus}
        self.commands = [(["dbus-daemon", "--session", "--nofork", "--nopidfile", f"--address={bus}"], folder / "bus"),
                         (["pipewire"], folder / "pipewire-0"), (["wireplumber"], None), (["pipewire-pulse"], self.socket)]
        self.tone = folder / "tone.wav"
        with wave.open(str(self.tone), "wb") as tone:
            tone.setnchannels(1)
            tone.setsampwidth(2)
            tone.setframerate(48_000)
            # One second holds whole periods: it can be repeated.
            second = struct.pack("<48000h", *(int(9_000 * math.sin(index * math.tau / 160)) for index in range(48_000)))
            for _ in range(300):
                tone.writeframes(second)

    def start(self):
        log = open(self.folder / "log", "ab")
        for command, made in self.commands:
            self.processes.append(subprocess.Popen(command, env=self.env, stdin=subprocess.DEVNULL, stdout=log, stderr=log))
            self.until(lambda made=made: made is None or made.exists())
        self.until(self.answers)

    def until(self, true):
        """Waits for what the program that was started last brings about."""
        for _ in range(400):
            if true():
                return
            try:
                self.processes[-1].wait(0.05)
            except subprocess.TimeoutExpired:
                continue
            break
        fail(f"the sound server did not start: {self.processes[-1].args[0]}")

    def plug_in(self):
        speaker = self.load("module-null-sink", "sink_name=speaker", "rate=48000")
        self.said = self.load("module-null-sink", "sink_name=said", "rate=48000", "channels=1")
        microphone = self.load("module-remap-source", "master=said.monitor", "source_name=microphone")
        self.player = subprocess.Popen(["pacat", "-p", "-d", "said", "--file-format=wav", str(self.tone)], env=self.env)
        self.plugged = {"microphone": microphone, "speaker": speaker}
        for what in ("set-default-source microphone", "set-default-sink speaker"):
            subprocess.run(["pactl", *what.split()], env=self.env, check=True)

    def pull_out(self, name):
        if name == "microphone":
            self.silence()
        super().pull_out(name)

    def silence(self):
        if self.player:
            self.player.kill()
            self.player.wait()
            self.player = None

    def kill(self):
        self.silence()
        for process in reversed(self.processes):
            process.kill()
            process.wait()
        self.processes.clear()
        for _, made in self.commands:
            if made:
                made.unlink(missing_ok=True)
        self.plugged = {}
