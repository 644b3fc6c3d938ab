"""Files held over a window and let go there, as a file manager does it: the source's side of XDND 5.

Not a test itself: imported by those beside it. Runs with the system's Python, which has python-xlib.
"""
import time
from contextlib import contextmanager
from pathlib import Path

from actors import PATIENCE, fail

VERSION = 5
NAMES = ("XdndAware", "XdndEnter", "XdndPosition", "XdndStatus", "XdndDrop", "XdndFinished", "XdndSelection", "XdndActionCopy", "text/uri-list")


class Drag:
    """Files on their way to a window."""

    def __init__(self, window, files):
        from Xlib import X, display
        from Xlib.protocol import event
        self.x, self.event, self.display = X, event, display.Display()
        self.atoms = {name: self.display.intern_atom(name) for name in NAMES}
        self.target = self.display.create_resource_object("window", int(window))
        self.source = self.display.screen().root.create_window(0, 0, 1, 1, 0, X.CopyFromParent)
        self.list = "".join(f"{Path(file).resolve().as_uri()}\r\n" for file in files).encode()
        if self.target.get_full_property(self.atoms["XdndAware"], X.AnyPropertyType) is None:
            fail("the window takes nothing that is dropped")
        self.source.set_selection_owner(self.atoms["XdndSelection"], X.CurrentTime)

    def tell(self, name, *numbers):
        """One message to the window; what follows the source in it is this."""
        data = (self.source.id, *numbers, *[0] * (4 - len(numbers)))
        self.target.send_event(self.event.ClientMessage(window=self.target, client_type=self.atoms[name], data=(32, data)))

    def answer(self, name):
        """Hands out the list of files, as often as it is asked for, until the window answers so: the numbers of its answer."""
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until:
            self.display.flush()
            if not self.display.pending_events():
                time.sleep(0.01)
                continue
            came = self.display.next_event()
            if came.type == self.x.SelectionRequest:
                came.requestor.change_property(came.property, came.target, 8, self.list)
                came.requestor.send_event(self.event.SelectionNotify(
                    time=came.time, requestor=came.requestor, selection=came.selection, target=came.target, property=came.property))
            elif came.type == self.x.ClientMessage and came.client_type == self.atoms[name]:
                return came.data[1]
        return fail(f"the window did not answer with {name}")

    def hold(self):
        """Over the middle of the window."""
        size = self.target.get_geometry()
        middle = self.display.screen().root.translate_coords(self.target, size.width // 2, size.height // 2)
        self.tell("XdndEnter", VERSION << 24, self.atoms["text/uri-list"])
        self.tell("XdndPosition", 0, middle.x << 16 | middle.y, self.x.CurrentTime, self.atoms["XdndActionCopy"])
        if not self.answer("XdndStatus")[1] & 1:
            fail("the window does not want the files")

    def drop(self):
        self.tell("XdndDrop", 0, self.x.CurrentTime)
        self.answer("XdndFinished")
        self.display.close()


@contextmanager
def held_over(window, *files):
    """Holds files over the window of this X id; they are let go there at the end."""
    drag = Drag(window, files)
    drag.hold()
    yield
    drag.drop()
