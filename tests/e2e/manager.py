"""What a window manager does, where none runs.

Not a test itself: imported by those beside it. Runs with the system's Python, which has python-xlib.
"""


def ask_to_close(window):
    """As the cross in a title bar does (ICCCM 4.2.8.1): the window of this X id may do otherwise."""
    from Xlib import X, display
    from Xlib.protocol import event
    to = display.Display()
    target = to.create_resource_object("window", int(window))
    protocols, wish = to.intern_atom("WM_PROTOCOLS"), to.intern_atom("WM_DELETE_WINDOW")
    target.send_event(event.ClientMessage(window=target, client_type=protocols, data=(32, (wish, X.CurrentTime, 0, 0, 0))))
    to.sync()  # whoever hangs up before is not heard
    to.close()
