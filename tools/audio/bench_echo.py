#!/usr/bin/env python3
"""How much of a loudspeaker's echo a chain takes out, and what that does to the person who speaks into it.

    bench_echo.py BENCH-CHAIN CORPUS [--quick] [--json] [--only high-pass,echo-cancel,limiter] [--chain FILE]

Ten seconds in which the far end alone speaks, then ten in which both do, through rooms with several delays, through one that
changes after five seconds, with a microphone and a loudspeaker whose clocks differ, and with a loudspeaker that clips softly.
One chain and one setting for all of it; gate and noise suppression stay out. Without a canceller in the registry what comes out is
the microphone, and the figures say what there is without one.

ERLE (echo return loss enhancement): power of the microphone over that of the output while the far end alone speaks, second by
second; erle_db is the median of the seconds from the second one on. AECMOS (1-5): of seconds 1 to 10, and of 10 to 20.
"""
import json
import sys
from dataclasses import replace
from statistics import mean, median

import numpy as np

from make_corpus import SENTENCES
from material import RATE, active_power, at_level, db
from rooms import Room, ambience, echo
from sound import SPEECH_RATE, resample
from through_chain import Chain, ChainError, arguments, corpus_clip, side_by_side

CANCELLER = "echo-cancel"
CHAIN = ("high-pass", CANCELLER, "limiter")
ALONE_S, ALL_S = 10, 20
USUAL = Room()
ROOMS = {
    "delay 0 ms": replace(USUAL, delay_ms=0.0),
    "delay 60 ms": USUAL,
    "delay 150 ms": replace(USUAL, delay_ms=150.0),
    "delay 300 ms": replace(USUAL, delay_ms=300.0),
    "clocks 100 ppm apart": replace(USUAL, drift_ppm=100.0),
    "changes after 5 s": replace(USUAL, changes_at_s=5.0),
    "clips softly": replace(USUAL, clipping=0.2),
}
QUICK = ("delay 60 ms", "delay 300 ms", "clocks 100 ppm apart", "changes after 5 s")


def speakers(corpus, index):
    """Far and near end of a pair: two languages; the near end begins after ten seconds."""
    languages = list(SENTENCES)
    far, near = languages[index], languages[(index + 2) % len(languages)]
    length = ALL_S * RATE
    far_clip = at_level(corpus_clip(corpus, far, "demo-instruct", ALL_S, skip=5.0))
    near_clip = at_level(corpus_clip(corpus, near, "demo-congrats", ALL_S - ALONE_S, skip=2.0))
    near_sound = np.concatenate([np.zeros(ALONE_S * RATE), near_clip])
    return far_clip[:length], near_sound[:length]


def erle_by_second(mic, out, echo_sound):
    """dB for each second in which the far end alone speaks; None where it pauses."""
    floor = active_power(echo_sound) * 10 ** (-10 / 10)
    seconds = []
    for second in range(ALONE_S):
        span = slice(second * RATE, (second + 1) * RATE)
        powers = [float(np.mean(sound[span] ** 2)) for sound in (mic, out)]
        heard = float(np.mean(echo_sound[span] ** 2)) > floor
        seconds.append(float(db(powers[0]) - db(powers[1])) if heard else None)
    return seconds


def aecmos(far, mic, out, seconds, kind):
    from speechmos import aecmos as measure

    from score import clipped

    span = slice(seconds[0] * SPEECH_RATE, seconds[1] * SPEECH_RATE)
    sounds = [clipped(resample(sound, RATE, SPEECH_RATE))[span] for sound in (far, mic, out)]
    return measure.run(dict(zip(("lpb", "mic", "enh"), sounds, strict=True)), SPEECH_RATE, talk_type=kind)


def one_run(chain, corpus, name, pair):
    far, near = speakers(corpus, pair)
    coming_back = echo(far, ROOMS[name], seed=pair)
    mic = coming_back + near + ambience(pair, len(far))
    out, said = chain.run(mic, far=far)
    seconds = erle_by_second(mic, out, coming_back)
    single, double = (aecmos(far, mic, out, span, kind) for span, kind in (((1, ALONE_S), "st"), ((ALONE_S, ALL_S), "dt")))
    found = {
        "erle_by_second": seconds,
        "erle_db": median(erle for erle in seconds[1:] if erle is not None),
        "single_echo_mos": float(single["echo_mos"]),
        "double_echo_mos": float(double["echo_mos"]),
        "double_degradation_mos": float(double["deg_mos"]),
    }
    return name, found, said["stages"]


HEADLINE = {"erle_db": 1, "single_echo_mos": 2, "double_echo_mos": 2, "double_degradation_mos": 2}


def row_of(name, runs):
    room = ROOMS[name]
    row = {
        "path": name,
        "delay_ms": room.delay_ms,
        "drift_ppm": room.drift_ppm,
        "changing": room.changes_at_s is not None,
        "soft_clipping": room.clipping is not None,
    }
    row.update({key: round(median(run[key] for run in runs), digits) for key, digits in HEADLINE.items()})
    columns = zip(*(run["erle_by_second"] for run in runs), strict=True)
    spoken = [[erle for erle in column if erle is not None] for column in columns]
    row["erle_by_second"] = [round(median(column), 1) if column else None for column in spoken]
    return row


def main():
    parser = arguments(__doc__)
    parser.add_argument("--only", help="the stages, with commas between them")
    parser.add_argument("--chain", help="a chain file, for the stages' settings")
    args = parser.parse_args()
    try:
        known = Chain(args.program).registered()
        stages = args.only if args.only is not None else ",".join(stage for stage in CHAIN if stage in known)
        chain = Chain(args.program, "--only", stages, *(["--chain", args.chain] if args.chain else []))
        names, pairs = (QUICK, 1) if args.quick else (tuple(ROOMS), len(SENTENCES))
        results = side_by_side(one_run, [(chain, args.corpus, name, pair) for name in names for pair in range(pairs)])
    except ChainError as error:
        print(json.dumps({"error": str(error)}))
        return 1
    chain_stages = results[0][2]
    runs = [found for _, found, _ in results]
    rows = [row_of(name, [found for named, found, _ in results if named == name]) for name in names]
    if not args.json:
        there = "with an echo canceller" if CANCELLER in chain_stages else "WITHOUT an echo canceller: no such stage is registered or asked for"
        print(f"chain {', '.join(chain_stages) or '(none)'}: {there}; medians of {pairs} pairs of speakers")
        print(f"{'path':<22} {'ERLE dB':>7}  {'echo, single':>12}  {'echo, double':>12}  {'degradation, double':>19}   ERLE by second")
        for row in rows:
            seconds = " ".join("-" if erle is None else f"{erle:.0f}" for erle in row["erle_by_second"])
            print(f"{row['path']:<22} {row['erle_db']:>7.1f}  {row['single_echo_mos']:>12.2f}  {row['double_echo_mos']:>12.2f}  {row['double_degradation_mos']:>19.2f}   {seconds}")
    line = {key: round(median(run[key] for run in runs), digits) for key, digits in HEADLINE.items()}
    line |= {f"worst_{key}": min(row[key] for row in rows) for key in HEADLINE}
    line["mean_double_degradation_mos"] = round(mean(run["double_degradation_mos"] for run in runs), 2)
    print(json.dumps(line | {"stages": chain_stages, "canceller": CANCELLER in chain_stages, "rows": rows}))
    return 0


if __name__ == "__main__":
    sys.exit(main())
