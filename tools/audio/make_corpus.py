#!/usr/bin/env python3
"""Puts together the speech that the benchmarks speak with: five languages, several speakers, 48 kHz mono, one level.

    make_corpus.py FOLDER --asterisk PACKAGES    PACKAGES/LANGUAGE holds an unpacked asterisk-core-sounds-LANGUAGE-g722
    make_corpus.py FOLDER --espeak               a synthesizer speaks, and the two recordings of assets/speech

Writes FOLDER/LANGUAGE-NAME.wav and FOLDER/source.txt, which says in one line what speaks.
"""
import argparse
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np

from material import RATE, at_level, write
from sound import load, resample

# Prompts that speak for a quarter of a minute and longer. The first is the clip, the second has the most pauses.
PROMPTS = ("demo-congrats", "demo-instruct", "conf-adminmenu-162", "priv-callee-options", "conf-usermenu-162")
G722_RATE = 16_000

SENTENCES = {
    "en": "Good morning. Could you tell me where the station is? I would like to take the early train. It leaves in a quarter of an hour, if I am not mistaken. Thank you very much for your help.",
    "es": "Buenos días. ¿Podría decirme dónde está la estación? Quisiera tomar el primer tren. Sale dentro de un cuarto de hora, si no me equivoco. Muchas gracias por su ayuda.",
    "fr": "Bonjour. Pourriez-vous me dire où se trouve la gare ? Je voudrais prendre le premier train. Il part dans un quart d'heure, si je ne me trompe pas. Merci beaucoup pour votre aide.",
    "it": "Buongiorno. Potrebbe dirmi dove si trova la stazione? Vorrei prendere il primo treno. Parte fra un quarto d'ora, se non mi sbaglio. Grazie mille per il suo aiuto.",
    "ru": "Доброе утро. Скажите, пожалуйста, где находится вокзал? Я хотел бы поехать первым поездом. Он отправляется через четверть часа, если я не ошибаюсь. Большое спасибо за помощь.",
}
VOICES = ("m3", "f2", "m7", "f4", "m1")


def from_g722(path):
    """A raw file of 64 kb/s."""
    from G722 import G722

    samples = np.asarray(G722(G722_RATE, 64_000).decode(path.read_bytes()), dtype=np.float64) / 32_768
    return resample(samples, G722_RATE, RATE)


def asterisk(folder, packages):
    made = 0
    for language in SENTENCES:
        found = {path.stem: path for path in sorted(Path(packages, language).rglob("*.g722"))}
        for prompt in PROMPTS:
            if prompt in found:
                write(folder / f"{language}-{prompt}.wav", at_level(from_g722(found[prompt])))
                made += 1
    if made < 5 * len(PROMPTS) - 2:
        raise SystemExit(f"make_corpus.py: only {made} recordings were found in {packages}")
    return f"{made} recordings of the Asterisk core sounds (en, es, fr, it, ru; four speakers, 7 kHz wide)"


def espeak(folder):
    with tempfile.TemporaryDirectory() as scratch:
        for language, text in SENTENCES.items():
            for index, (prompt, voice) in enumerate(zip(PROMPTS, VOICES, strict=True)):
                # Longer and with more pauses for the second, as among the recordings.
                spoken = Path(scratch, "spoken.wav")
                said = " ".join([text] * (4 if index == 1 else 2))
                command = ["espeak-ng", "-v", f"{language}+{voice}", "-s", "150", "-g", "4", "-w", str(spoken), said]
                subprocess.run(command, check=True)
                write(folder / f"{language}-{prompt}.wav", at_level(load(spoken, RATE)))
    return "espeak-ng in five languages and voices: no recordings were to be had, figures of speech quality do not compare with those of recordings"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    kind = parser.add_mutually_exclusive_group(required=True)
    kind.add_argument("--asterisk", metavar="PACKAGES")
    kind.add_argument("--espeak", action="store_true")
    args = parser.parse_args()
    args.folder.mkdir(parents=True, exist_ok=True)
    source = espeak(args.folder) if args.espeak else asterisk(args.folder, args.asterisk)
    (args.folder / "source.txt").write_text(source + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
