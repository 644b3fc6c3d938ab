"""One object on the bus under a name of its own."""
from gi.repository import Gio


class Service:
    """Offers the interface that `XML` describes at `PATH`; a method `Name` of it is answered by the method `on_Name` here."""

    NAME = PATH = XML = ""

    def __init__(self):
        self.connection = None
        Gio.bus_own_name(Gio.BusType.SESSION, self.NAME, Gio.BusNameOwnerFlags.NONE, self.begin, None, None)

    def begin(self, connection, _name):
        self.connection = connection
        interface = Gio.DBusNodeInfo.new_for_xml(f"<node>{self.XML}</node>").interfaces[0]
        connection.register_object(self.PATH, interface, self.asked, self.read, None)

    def asked(self, _connection, _sender, _path, _interface, method, given, invocation):
        try:
            invocation.return_value(getattr(self, f"on_{method}")(*given.unpack()))
        except KeyError as error:
            invocation.return_dbus_error("org.freedesktop.portal.Error.NotFound", str(error))

    def read(self, _connection, _sender, _path, _interface, name):
        """A property."""
        return getattr(self, f"get_{name}")()

    def emit(self, interface, signal, values):
        self.connection.emit_signal(None, self.PATH, interface, signal, values)
