#!/usr/bin/env python3
"""How well the three talkers of a call were understood by the listeners with sound, beside what else was measured.

    call_100.py FOLDER      what `dialtone bench-call-100` has left there: figures.json, and WAV files of who spoke and who heard

What was not found in what somebody heard counts as STOI 0.
"""
import json
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "audio"))


def scores(folder, names):
    """STOI by (talker, listener)."""
    from sound import load
    from stoi import windowed_stoi

    found = {}
    for talker in names["talkers"]:
        spoken = load(folder / f"{talker}-spoke.wav")
        for listener in names["listeners"]:
            heard = folder / f"{talker}-heard-by-{listener}.wav"
            found[talker, listener] = windowed_stoi(spoken, load(heard))["stoi"] if heard.exists() else 0.0
    return found


def main():
    folder = Path(sys.argv[1])
    figures = json.loads((folder / "figures.json").read_text(encoding="utf-8"))
    found = scores(folder, figures.pop("names"))
    for (talker, listener), stoi in found.items():
        print(f"{listener} heard {talker}: STOI {stoi:.3f}")
    print(json.dumps({**figures, "worst_stoi": min(found.values())}))


if __name__ == "__main__":
    main()
