"""A desktop that shows notifications, in a program of its own: prints what it is to show as lines of JSON, and presses one whose number it reads.

Not a test itself: started by those beside it, by the Python that has GObject.
"""
import json
import sys
import threading

from gi.repository import Gio, GLib

NAME, PATH = "org.freedesktop.Notifications", "/org/freedesktop/Notifications"
TAKEN = (("app", "s"), ("replaces", "u"), ("icon", "s"), ("summary", "s"), ("body", "s"), ("actions", "as"), ("hints", "a{sv}"), ("lasts", "i"))
INTERFACE = f"""<node><interface name="{NAME}">
  <method name="GetCapabilities"><arg type="as" direction="out"/></method>
  <method name="GetServerInformation">{'<arg type="s" direction="out"/>' * 4}</method>
  <method name="Notify">{''.join(f'<arg name="{name}" type="{kind}" direction="in"/>' for name, kind in TAKEN)}<arg type="u" direction="out"/></method>
  <method name="CloseNotification"><arg name="id" type="u" direction="in"/></method>
  <signal name="ActionInvoked"><arg type="u"/><arg type="s"/></signal>
  <signal name="NotificationClosed"><arg type="u"/><arg type="u"/></signal>
</interface></node>"""


class Desktop:
    """Shows nothing, and remembers how many it was to show."""

    def __init__(self):
        self.connection, self.shown = None, 0

    def begin(self, connection, _name):
        self.connection = connection
        connection.register_object(PATH, Gio.DBusNodeInfo.new_for_xml(INTERFACE).interfaces[0], self.asked, None, None)

    def asked(self, _connection, _sender, _path, _interface, method, given, invocation):
        answer = None
        if method == "GetCapabilities":
            answer = GLib.Variant("(as)", (["body", "actions"],))
        elif method == "GetServerInformation":
            answer = GLib.Variant("(ssss)", ("test", "test", "1", "1.2"))
        elif method == "Notify":
            note = dict(zip((name for name, _ in TAKEN), given.unpack(), strict=True))
            self.shown += note["replaces"] == 0
            number = note["replaces"] or self.shown
            print(json.dumps({"id": number, "summary": note["summary"], "body": note["body"]}), flush=True)
            answer = GLib.Variant("(u)", (number,))
        invocation.return_value(answer)

    def press(self, number):
        self.connection.emit_signal(None, PATH, NAME, "ActionInvoked", GLib.Variant("(us)", (number, "default")))


def main():
    desktop, loop = Desktop(), GLib.MainLoop()
    Gio.bus_own_name(Gio.BusType.SESSION, NAME, Gio.BusNameOwnerFlags.NONE, desktop.begin, None, None)

    def read():
        for line in sys.stdin:
            GLib.idle_add(desktop.press, int(line))
        GLib.idle_add(loop.quit)
    threading.Thread(target=read, daemon=True).start()
    loop.run()


if __name__ == "__main__":
    main()
