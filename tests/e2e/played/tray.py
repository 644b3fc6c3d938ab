"""A tray: the watcher with which icons register, and a host that reads their words and menus and presses them."""
from gi.repository import Gio, GLib

from .service import Service

ITEM, ITEM_PATH = "org.kde.StatusNotifierItem", "/StatusNotifierItem"
MENU = "com.canonical.dbusmenu"
PROPERTIES = "org.freedesktop.DBus.Properties"


class Icon:
    """One program's: tells what it says, each time that it changes."""

    def __init__(self, connection, name, tell):
        self.connection, self.name, self.tell = connection, name, tell
        self.process, self.menu, self.entries = 0, None, {}
        self.call(self.found_process, "/org/freedesktop/DBus", "org.freedesktop.DBus", "GetConnectionUnixProcessID", "(s)", name, of="org.freedesktop.DBus")

    def call(self, then, path, interface, method, kind, *given, of=None):
        """Asks it, without waiting."""
        def answered(connection, result):
            then(*connection.call_finish(result).unpack())
        given = GLib.Variant(kind, given)
        self.connection.call(of or self.name, path, interface, method, given, None, Gio.DBusCallFlags.NONE, -1, None, answered)

    def found_process(self, process):
        self.process = process
        self.call(self.found_menu, ITEM_PATH, PROPERTIES, "Get", "(ss)", ITEM, "Menu")

    def found_menu(self, path):
        self.menu = path
        self.connection.signal_subscribe(self.name, MENU, "LayoutUpdated", path, None, Gio.DBusSignalFlags.NONE, self.look)
        self.look()

    def look(self, *_):
        """Reads the menu, then the words beside it, and tells both."""
        self.call(self.found_entries, self.menu, MENU, "GetLayout", "(iias)", 0, -1, [])

    def found_entries(self, _revision, layout):
        self.entries = {about["label"]: number for number, about, _ in layout[2] if "label" in about}
        self.call(self.found_words, ITEM_PATH, PROPERTIES, "Get", "(ss)", ITEM, "ToolTip")

    def found_words(self, tip):
        self.tell("tray", process=self.process, words=tip[3], entries=list(self.entries))

    def choose(self, entry):
        """An entry of the menu; the icon itself where none is named."""
        if entry:
            self.call(lambda *_: None, self.menu, MENU, "Event", "(isvu)", self.entries[entry], "clicked", GLib.Variant("i", 0), 0)
        else:
            self.call(lambda *_: None, ITEM_PATH, ITEM, "Activate", "(ii)", 0, 0)


class Tray(Service):
    """All icons that registered."""

    NAME, PATH = "org.kde.StatusNotifierWatcher", "/StatusNotifierWatcher"
    XML = f"""<interface name="{NAME}">
      <method name="RegisterStatusNotifierItem"><arg type="s" direction="in"/></method>
      <property name="IsStatusNotifierHostRegistered" type="b" access="read"/>
    </interface>"""

    def __init__(self, tell):
        super().__init__()
        self.tell, self.icons = tell, []

    def get_IsStatusNotifierHostRegistered(self):
        return GLib.Variant("b", True)

    def on_RegisterStatusNotifierItem(self, name):
        self.icons.append(Icon(self.connection, name, self.tell))
        return None

    def do(self, order):
        """Chooses of the icon of a process."""
        for icon in self.icons:
            if icon.process == order["process"]:
                icon.choose(order.get("entry"))
