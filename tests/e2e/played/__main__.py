"""Offers the services until standard input ends."""
import json
import sys
import threading
from pathlib import Path

from gi.repository import GLib

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from played.notifications import Notifications  # noqa: E402
from played.portal import Portal  # noqa: E402
from played.tray import Tray  # noqa: E402


def tell(what, **words):
    print(json.dumps({"what": what, **words}), flush=True)


def main():
    loop = GLib.MainLoop()
    services = {"note": Notifications(tell), "tray": Tray(tell), "look": Portal()}

    def read():
        for line in sys.stdin:
            order = json.loads(line)
            GLib.idle_add(services[order.pop("at")].do, order)
        GLib.idle_add(loop.quit)
    threading.Thread(target=read, daemon=True).start()
    loop.run()


if __name__ == "__main__":
    main()
