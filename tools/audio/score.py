#!/usr/bin/env python3
"""Scores recordings of speech with published objective measures.

    score.py speech REFERENCE.wav HEARD.wav [HEARD.wav ...] [--only stoi,pesq_wb]
        pesq_wb (ITU-T P.862.2, 1-4.6), stoi (0-1), plcmos and dnsmos_overall (1-5), correlation, and the constant
        delay of up to 2 s that was taken out before.
    score.py noise FILE.wav [FILE.wav ...]
        DNSMOS without a reference: signal, background, overall.
    score.py echo FAR.wav MIC.wav OUT.wav [--single FROM:TO] [--double FROM:TO]
        ERLE over the span in which only the far end speaks, AECMOS for both kinds of span (seconds).

One JSON object a line; 16 kHz mono is made of whatever comes in. STOI needs requirements.txt; the others need
requirements-mos.txt and are null, and named in "not_installed", where that is missing.
"""
import argparse
import json
import sys
import warnings

import numpy as np

from sound import SPEECH_RATE, line_up, load

warnings.filterwarnings("ignore")


def clipped(samples):
    """As the neural measures take it: single precision, within full scale."""
    return np.clip(samples, -1.0, 1.0).astype(np.float32)


def measure_stoi(reference, heard):
    from pystoi import stoi

    return stoi(reference, heard, SPEECH_RATE)


def measure_pesq(reference, heard):
    from pesq import pesq

    return pesq(SPEECH_RATE, reference, heard, "wb")


def measure_plcmos(_, heard):
    from speechmos import plcmos

    return plcmos.run(heard, SPEECH_RATE)["plcmos"]


def measure_dnsmos(_, heard):
    from speechmos import dnsmos

    return dnsmos.run(heard, SPEECH_RATE)["ovrl_mos"]


def measure_correlation(reference, heard):
    return np.corrcoef(reference, heard)[0, 1] if heard.std() > 0 and reference.std() > 0 else 0.0


MEASURES = {
    "pesq_wb": measure_pesq,
    "stoi": measure_stoi,
    "plcmos": measure_plcmos,
    "dnsmos_overall": measure_dnsmos,
    "correlation": measure_correlation,
}


def score(reference, heard, names=tuple(MEASURES)):
    """All measures `names` of one recording, as a dictionary; None with the reason where one has no answer."""
    reference, heard, delay = line_up(reference, heard)
    reference, heard = clipped(reference), clipped(heard)
    line = {"delay_ms": round(1_000 * delay / SPEECH_RATE, 1), "seconds": round(len(reference) / SPEECH_RATE, 2)}
    missing, errors = [], {}
    for name in names:
        line[name] = None
        try:
            line[name] = round(float(MEASURES[name](reference, heard)), 3)
        except ImportError:
            missing.append(name)
        except Exception as error:  # PESQ finds no speech, the recording is too short: the measure's own words
            errors[name] = str(error)
    if missing:
        line["not_installed"] = missing
    if errors:
        line["errors"] = errors
    return line


def speech(args):
    names = args.only.split(",") if args.only else tuple(MEASURES)
    reference = load(args.reference)
    for path in args.heard:
        print(json.dumps({"file": path, **score(reference, load(path), names)}), flush=True)


def noise(args):
    from speechmos import dnsmos

    keys = {"signal": "sig_mos", "background": "bak_mos", "overall": "ovrl_mos"}
    for path in args.files:
        found = dnsmos.run(clipped(load(path)), SPEECH_RATE)
        print(json.dumps({"file": path, **{key: round(float(found[name]), 3) for key, name in keys.items()}}), flush=True)


def seconds_span(text):
    begin, _, end = text.partition(":")
    return slice(int(float(begin) * SPEECH_RATE), int(float(end) * SPEECH_RATE))


def power_db(samples):
    return 10 * np.log10(float(np.mean(np.square(samples, dtype=np.float64))) + 1e-12)


def echo(args):
    from speechmos import aecmos

    signals = [clipped(load(path)) for path in (args.far, args.mic, args.out)]
    length = min(map(len, signals))
    far, mic, out = (signal[:length] for signal in signals)
    line = {"file": args.out}
    if args.single:
        span = seconds_span(args.single)
        line["erle_db"] = round(power_db(mic[span]) - power_db(out[span]), 1)
    for name, kind in (("single", "st"), ("double", "dt")):
        if getattr(args, name):
            span = seconds_span(getattr(args, name))
            found = aecmos.run({"lpb": far[span], "mic": mic[span], "enh": out[span]}, SPEECH_RATE, talk_type=kind)
            line[name] = {key: round(float(value), 3) for key, value in found.items() if key.endswith("mos")}
    print(json.dumps(line), flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    verbs = parser.add_subparsers(required=True, metavar="speech|noise|echo")
    verb = verbs.add_parser("speech")
    verb.add_argument("reference")
    verb.add_argument("heard", nargs="+")
    verb.add_argument("--only", help=f"of {', '.join(MEASURES)}")
    verb.set_defaults(run=speech)
    verb = verbs.add_parser("noise")
    verb.add_argument("files", nargs="+")
    verb.set_defaults(run=noise)
    verb = verbs.add_parser("echo")
    for name in ("far", "mic", "out"):
        verb.add_argument(name)
    verb.add_argument("--single")
    verb.add_argument("--double")
    verb.set_defaults(run=echo)
    args = parser.parse_args()
    try:
        args.run(args)
    except ImportError as error:
        print(f"score.py: {error.name} is not installed; see requirements-mos.txt", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
