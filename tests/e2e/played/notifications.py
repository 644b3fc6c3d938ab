"""Notifications, as the Desktop Notifications Specification 1.2 has them: shown nowhere, told and numbered."""
from gi.repository import GLib

from .service import Service

TAKEN = (("app", "s"), ("replaces", "u"), ("icon", "s"), ("summary", "s"), ("body", "s"), ("actions", "as"), ("hints", "a{sv}"), ("lasts", "i"))


class Notifications(Service):
    """Remembers how many it was to show."""

    NAME, PATH = "org.freedesktop.Notifications", "/org/freedesktop/Notifications"
    XML = f"""<interface name="{NAME}">
      <method name="GetCapabilities"><arg type="as" direction="out"/></method>
      <method name="GetServerInformation">{'<arg type="s" direction="out"/>' * 4}</method>
      <method name="Notify">{''.join(f'<arg name="{name}" type="{kind}" direction="in"/>' for name, kind in TAKEN)}<arg type="u" direction="out"/></method>
      <method name="CloseNotification"><arg name="id" type="u" direction="in"/></method>
      <signal name="ActionInvoked"><arg type="u"/><arg type="s"/></signal>
      <signal name="NotificationClosed"><arg type="u"/><arg type="u"/></signal>
    </interface>"""

    def __init__(self, tell):
        super().__init__()
        self.tell, self.shown = tell, 0

    def on_GetCapabilities(self):
        return GLib.Variant("(as)", (["body", "actions"],))

    def on_GetServerInformation(self):
        return GLib.Variant("(ssss)", ("test", "test", "1", "1.2"))

    def on_Notify(self, *values):
        note = dict(zip((name for name, _ in TAKEN), values, strict=True))
        self.shown += note["replaces"] == 0
        number = note["replaces"] or self.shown
        self.tell("note", id=number, summary=note["summary"], body=note["body"])
        return GLib.Variant("(u)", (number,))

    def on_CloseNotification(self, _number):
        return None

    def do(self, order):
        """Presses one."""
        self.emit(self.NAME, "ActionInvoked", GLib.Variant("(us)", (order["id"], "default")))
