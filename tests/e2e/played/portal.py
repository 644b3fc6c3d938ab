"""The portal's settings (`org.freedesktop.portal.Settings`): whether programs are to be dark."""
from gi.repository import GLib

from .service import Service

APPEARANCE, SCHEME = "org.freedesktop.appearance", "color-scheme"
INTERFACE = "org.freedesktop.portal.Settings"


class Portal(Service):
    """Wishes nothing until it is told to."""

    NAME, PATH = "org.freedesktop.portal.Desktop", "/org/freedesktop/portal/desktop"
    XML = f"""<interface name="{INTERFACE}">
      <method name="Read"><arg type="s" direction="in"/><arg type="s" direction="in"/><arg type="v" direction="out"/></method>
      <signal name="SettingChanged"><arg type="s"/><arg type="s"/><arg type="v"/></signal>
    </interface>"""

    def __init__(self):
        super().__init__()
        self.scheme = 0

    def on_Read(self, space, key):
        value = {(APPEARANCE, SCHEME): self.scheme}[space, key]
        # This method wraps twice, as the portal's documentation says.
        return GLib.Variant("(v)", (GLib.Variant("v", GLib.Variant("u", value)),))

    def do(self, order):
        """Wishes programs dark (1), light (2), or nothing (0)."""
        self.scheme = order["scheme"]
        self.emit(INTERFACE, "SettingChanged", GLib.Variant("(ssv)", (APPEARANCE, SCHEME, GLib.Variant("u", self.scheme))))
