#!/usr/bin/env python3
"""DNSMOS (overall, 1-5) of speech in noise before and after each stage that takes noise away.

    bench_noise.py BENCH-CHAIN CORPUS [--quick] [--json] [--stages denoise,...] [--chain FILE]

Each stage stands alone behind the high-pass filter. Without --stages it is every registered stage whose name begins with
"denoise". The rows of stage "none" are the speech as it came. The last line is JSON.
"""
import argparse
import json
import sys
from statistics import mean

from make_corpus import SENTENCES
from material import RATE, at_level, babble, fan, keyboard, mix, white
from sound import SPEECH_RATE, resample
from through_chain import Chain, ChainError, corpus_clip, side_by_side

SECONDS = 11  # two of the nine-second windows that DNSMOS takes
SNRS = (0, 5, 10)
BEFORE = "none"


def dnsmos(samples):
    from speechmos import dnsmos as measure

    from score import clipped

    return float(measure.run(clipped(resample(samples, RATE, SPEECH_RATE)), SPEECH_RATE)["ovrl_mos"])


def noises(corpus, language, length, seed):
    others = [other for other in SENTENCES if other != language]
    voices = [corpus_clip(corpus, other, prompt) for other in others for prompt in ("conf-adminmenu-162", "priv-callee-options")]
    return {
        "white": white(seed, length),
        "fan": fan(seed, length),
        "babble": babble(seed, length, voices),
        "keyboard": keyboard(seed, length),
    }


def sounds(corpus, quick):
    """(noise, snr, sound) of every clip; the clean ones have no noise and no snr."""
    for seed, language in enumerate(list(SENTENCES)[: 1 if quick else None]):
        # What comes before is a greeting that all of them share.
        clip = at_level(corpus_clip(corpus, language, "demo-congrats", SECONDS, skip=2.0))
        yield None, None, clip
        for name, noise in noises(corpus, language, len(clip), seed).items():
            for snr in SNRS[1:2] if quick else SNRS:
                yield name, snr, mix(clip, noise, snr)


def scored(chain, stage, noise, snr, sound):
    heard = sound if stage == BEFORE else chain.run(sound, "--only", f"high-pass,{stage}")[0]
    return stage, noise, snr, dnsmos(heard)


def table(results, stages):
    kinds = list(dict.fromkeys((noise, snr) for _, noise, snr, _ in results))
    for stage in stages:
        for noise, snr in kinds:
            found = [score for *kind, score in results if kind == [stage, noise, snr]]
            yield {"stage": stage, "noise": noise or "clean", "snr_db": snr, "dnsmos_overall": round(mean(found), 2), "clips": len(found)}


def show(rows, stages):
    print(f"{'noise':<10} {'SNR dB':>6}  " + "  ".join(f"{stage:>14}" for stage in stages))
    for row in rows:
        if row["stage"] == BEFORE:
            same = [other for other in rows if (other["noise"], other["snr_db"]) == (row["noise"], row["snr_db"])]
            snr = "" if row["snr_db"] is None else row["snr_db"]
            print(f"{row['noise']:<10} {snr:>6}  " + "  ".join(f"{other['dnsmos_overall']:>14.2f}" for other in same))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("program")
    parser.add_argument("corpus")
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--stages", help="names, with commas between them")
    parser.add_argument("--chain", help="a chain file, for the stages' settings")
    args = parser.parse_args()
    chain = Chain(args.program, *(["--chain", args.chain] if args.chain else []))
    try:
        wanted = args.stages.split(",") if args.stages else [name for name in chain.registered() if name.startswith("denoise")]
        stages = [BEFORE, *wanted]
        jobs = [(chain, stage, *sound) for sound in sounds(args.corpus, args.quick) for stage in stages]
        results = side_by_side(scored, jobs)
    except ChainError as error:
        print(json.dumps({"error": str(error)}))
        return 1
    rows = list(table(results, stages))
    if not args.json:
        print(f"DNSMOS overall, means of {rows[0]['clips']} clips of {SECONDS} s, each of another language; noise below the speech's active level")
        show(rows, stages)
    clean = {row["stage"]: row["dnsmos_overall"] for row in rows if row["noise"] == "clean"}
    rows = [row for row in rows if row["noise"] != "clean"]
    # Of the stage that the preset has, where it is measured.
    first = clean.get("denoise", clean[stages[-1]])
    print(json.dumps({"rows": rows, "clean_dnsmos_overall": first, "clean_by_stage": clean}))
    return 0


if __name__ == "__main__":
    sys.exit(main())
