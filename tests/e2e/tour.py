#!/usr/bin/env python3
"""A tour of the real window against a real server, as a person would take it, and the gallery that it leaves.

    first minutes -> text -> files -> voice -> people -> outside -> desktop -> endings

Each chapter is a file of the folder `tour`, each of its steps a function that says in one line what is done; what came of it is looked at where it
counts: at the other members' clients, on the disk, in the accessibility tree, never in pixels. Pictures go to $DIALTONE_TEST_OUT/tour, or to the folder
given as an argument (`./dev screenshots` gives docs/screenshots). Needs the testbed's display, sound server and accessibility service.
"""
import os
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

from screen import OUT, ROOT  # noqa: E402
from actors import fail  # noqa: E402
from tour import desktop, endings, files, first_minutes, gallery, outside, people, text, voice  # noqa: E402
from tour.stage import Stage, settle  # noqa: E402

CHAPTERS = (first_minutes, text, files, voice, people, outside, desktop, endings)


def take(step, stage):
    """One step, with how long it took; where it fails, it says which it was and leaves a picture."""
    begun = time.monotonic()
    try:
        step(stage)
    except BaseException:
        print(f"FAILED in the step {step.__module__.removeprefix('tour.')}.{step.__name__}: {step.__doc__}", flush=True)
        if stage.anna:
            stage.anna.picture(f"tour-{step.__name__}-failed.png")
        raise
    print(f"{time.monotonic() - begun:5.1f} s  {step.__doc__}", flush=True)


def main():
    if not all(os.environ.get(name) for name in ("DIALTONE_TEST_ATSPI", "DIALTONE_TEST_PULSE", "DISPLAY")):
        fail("needs the testbed's display, sound server and accessibility service: run it through ./dev test")
    pictures = Path(sys.argv[1]) if len(sys.argv) > 1 else OUT / "tour"
    pictures.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="anna-") as folder:
        settle(Path(folder))
        stage = Stage(Path(folder), pictures)
        try:
            for chapter in CHAPTERS:
                for step in chapter.CHAPTER:
                    take(step, stage)
        finally:
            stage.stop()
    gallery.look_at(pictures)
    if pictures.resolve() == ROOT / "docs" / "screenshots":
        gallery.write_page(ROOT / "docs" / "GALLERY.md")
    print(f"{len(gallery.NAMES)} pictures of a tour through the window are in {pictures}.")


if __name__ == "__main__":
    main()
