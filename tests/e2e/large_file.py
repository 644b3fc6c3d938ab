#!/usr/bin/env python3
"""A large file goes from one client through the server to another, whole, and none of the three holds it in memory.

Its size is DIALTONE_FILE_MIB (64 where that is not set). What each process has taken at most is read from the system before and after.
"""
import hashlib
import os
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
from actors import Bot, Server, fail  # noqa: E402

MIB = 1024 * 1024
NAME = "everything.bin"
# A client or a server may grow by so much while the file passes: buffers, not the file.
MOST_GROWTH = 48 * MIB


def peak(process):
    """What a process has had in memory at most, in bytes."""
    for line in Path(f"/proc/{process.pid}/status").read_text().splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) * 1024
    return fail("the system does not say how much memory a process takes")


def write(path, size):
    """A file that repeats nowhere; its SHA-256."""
    seen = hashlib.sha256()
    with open(path, "wb") as file:
        for number in range(size // MIB):
            part = hashlib.shake_128(number.to_bytes(8, "big")).digest(MIB)
            seen.update(part)
            file.write(part)
    return seen.hexdigest()


def digest(path):
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def pass_on(folder, server, path, size):
    """Sends the file and saves it; how much each process grew, and the seconds for both ways."""
    anna, mikael = Bot(folder, "anna"), Bot(folder, "mikael")
    try:
        anna.join(server.link, "Large files")
        anna.wait_state("its channels are there", lambda state: "general" in [c["name"] for c in state["channels"]])
        mikael.join(anna.invite(), None)
        for bot in (anna, mikael):
            bot.wait_state("the channel is there", lambda state: "general" in [c["name"] for c in state["channels"]])
            bot.order(do="open", channel="general")
            bot.order(do="say", channel="general", text=f"{bot.name} is here")
            bot.wait("it is said", lambda bot: f"{bot.name} is here" in [m["text"] for m in bot.messages])
        processes = {"the server": server.process, "the sender": anna.process, "the reader": mikael.process}
        before = {name: peak(process) for name, process in processes.items()}
        begun = time.monotonic()
        anna.order(do="send-files", channel="general", files=[str(path)], text="")
        mikael.wait("the message is there", lambda bot: any(NAME in m.get("files", []) for m in bot.messages))
        sent = time.monotonic()
        saved = Path(folder) / "saved.bin"
        mikael.order(do="save-file", name=NAME, to=str(saved))
        mikael.wait("it is saved", lambda _: saved.exists())
        took = sent - begun, time.monotonic() - sent
        if saved.stat().st_size != size or digest(saved) != digest(path):
            fail("what was saved is not what was sent")
        return {name: peak(process) - before[name] for name, process in processes.items()}, took
    finally:
        for bot in (anna, mikael):
            bot.stop()


def main():
    size = int(os.environ.get("DIALTONE_FILE_MIB", "64")) * MIB
    with tempfile.TemporaryDirectory() as folder, Server(folder) as server:
        path = Path(folder) / NAME
        write(path, size)
        grown, (sending, saving) = pass_on(folder, server, path, size)
    shown = ", ".join(f"{name} by {growth / MIB:.1f} MiB" for name, growth in grown.items())
    print(f"{size // MIB} MiB: sent in {sending:.1f} s, saved in {saving:.1f} s; memory grew: {shown}")
    for name, growth in grown.items():
        if growth > MOST_GROWTH:
            fail(f"{name} grew by {growth / MIB:.1f} MiB")


if __name__ == "__main__":
    main()
