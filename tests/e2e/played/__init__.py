"""A desktop's services, played in a program of their own on the testbed's bus: notifications, tray, and the portal that says how programs are to look.

Orders come as lines of JSON on standard input, what happens is printed likewise. Not a test itself: `python3 played` is started by those beside it.
"""
