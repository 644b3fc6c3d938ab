"""The chapters of the tour through the real window (`tour.py`), each a file of its own.

    person.py   Anna at her window: keyboard, mouse, what she sees, pictures       stage.py   what a chapter finds: people, places, files
    gallery.py  the pictures that the tour leaves
"""
