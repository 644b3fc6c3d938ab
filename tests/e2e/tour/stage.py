"""What a chapter finds: people, places, files; and what is stopped at the end."""
import os
import subprocess
import zlib
from dataclasses import dataclass, field
from math import hypot, sin
from pathlib import Path
from struct import pack

from actors import Bot, Server
from screen import ROOT, Window

SPOKEN = ROOT / "assets/speech/directory.wav"
PASSWORD = "correct horse battery"


@dataclass
class Stage:
    """Anna at her window; Mikael, Jo and Tomas without one."""

    folder: Path
    pictures: Path
    server: Server = None
    anna: Window = None
    desk: Window = None  # on another computer of hers
    outside: object = None  # the desktop around the window
    password: str = PASSWORD
    link: str = ""  # for whoever is to come in
    keeper: Bot = None  # who founded the other community
    crew: list = field(default_factory=list)
    running: list = field(default_factory=list)

    @property
    def mikael(self):
        return self.crew[0]

    @property
    def jo(self):
        return self.crew[1]

    @property
    def tomas(self):
        return self.crew[2]

    @property
    def downloads(self):
        return self.folder / "downloads"

    @property
    def speech(self):
        """Talk, as a sound file of the greatest length that one may have."""
        file = self.folder / "speech.wav"
        if not file.exists():
            subprocess.run(["sox", str(SPOKEN), "-r", "48000", "-c", "1", "-b", "16", str(file), "repeat", "60", "trim", "0", "595"], check=True)
        return file

    def speak(self):
        """Somebody talks into Anna's microphone, until the program that is given back ends."""
        command = ["pacat", "-p", "--latency-msec=40", "-d", "micA", "--file-format=wav", str(self.speech)]
        speaks = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self.running.append(speaks)
        return speaks

    def choose_file(self, file):
        """What the next dialog for files chooses."""
        (self.folder / "chosen").write_text(f"{file}\n")

    def open_again(self):
        """Anna's window, opened anew where it was closed."""
        self.anna = self.anna.again()
        self.running.append(self.anna)
        return self.anna

    def bot(self, name, *arguments):
        """A client without a window, stopped at the end."""
        bot = Bot(self.folder, name, *arguments)
        self.running.append(bot)
        return bot

    def stop(self):
        """Closes the windows, stops bots, servers and programs, the last started first."""
        for one in reversed(self.running):
            if isinstance(one, Window):
                one.close()
            elif isinstance(one, Bot):
                one.stop()
            elif isinstance(one, Server):
                one.__exit__()
            else:
                one.terminate()
                one.wait(10)


def sunset(file, width=960, height=540):
    """A picture as it comes from no camera."""
    rows = []
    for y in range(height):
        row, down = bytearray(b"\0"), y / height
        sky = 0.55 if down > 0.58 else 1.0 - down * 0.5
        for x in range(width):
            across = x / width
            glow = max(0.0, 1.0 - 2.2 * hypot((across - 0.68) * 1.55, (down - 0.5) * 2))
            ripple = 7 * sin(down * 220 + across * 9) if down > 0.58 else 0
            row += bytes(max(0, min(255, int(base * sky + warm * glow + ripple))) for base, warm in ((70, 180), (96, 96), (140, 30)))
        rows.append(bytes(row))

    def chunk(kind, data):
        return pack(">I", len(data)) + kind + data + pack(">I", zlib.crc32(kind + data))
    header = pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    file.write_bytes(b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"".join(rows))) + chunk(b"IEND", b""))


def file_dialog(folder):
    """In place of the system's dialog for files, which no desktop is there to offer: it chooses what `choose_file` named. A folder for $PATH."""
    tool = folder / "bin" / "zenity"
    tool.parent.mkdir()
    tool.write_text(f'#!/bin/sh\nexec cat "{folder}/chosen"\n')
    tool.chmod(0o755)
    return tool.parent


def settle(folder):
    """Where the program finds a file dialog and a folder for downloads: in its environment."""
    downloads, settings, data = folder / "downloads", folder / "settings", folder / "data"
    for each in (downloads, settings, data):
        each.mkdir()
    (settings / "user-dirs.dirs").write_text(f'XDG_DOWNLOAD_DIR="{downloads}"\n')
    os.environ["XDG_CONFIG_HOME"], os.environ["XDG_DATA_HOME"] = str(settings), str(data)
    os.environ["PATH"] = f"{file_dialog(folder)}:{os.environ['PATH']}"
    # The window is on this machine, and so are those whom it calls.
    os.environ["DIALTONE_LOOPBACK_CALLS"] = "1"
