#!/usr/bin/env python3
"""DNSMOS (overall, 1-5) of speech in noise before and after each stage that takes noise away, and what it does to clean speech.

    bench_noise.py BENCH-CHAIN CORPUS [--quick] [--json] [--tuning] [--stages denoise,...] [--chain FILE]

Each stage stands alone behind the high-pass filter. Without --stages it is every registered stage whose name begins with
"denoise". The rows of stage "none" are the speech as it came. With --tuning the clips and the noises are others than those of the figure:
settings are chosen by them. The last line is JSON.

clean_pesq_by_stage: PESQ (wide band, 1-4.6) of the clean clips behind each stage. clean_onset_loss_db_by_stage: how much softer
the first 60 ms of an utterance become, mean over the utterances of the clean clips after their first second, and
clean_onsets_lost_percent_by_stage: in how many they become softer by more than 6 dB.
"""
import json
import sys
from statistics import mean

import numpy as np

from make_corpus import SENTENCES
from material import FRAME, RATE, at_level, babble, db, fan, frame_powers, keyboard, mix, speech_frames, speech_spans, white
from sound import SPEECH_RATE, resample
from through_chain import Chain, ChainError, arguments, corpus_clip, side_by_side

SECONDS = 11  # two of the nine-second windows that DNSMOS takes
SNRS = (0, 5, 10, 20)
BEFORE = "none"
ONSET_FRAMES, LOST_DB = 6, 6.0
# (clip, voices of the babble, first seed) of the figure, and of what settings are chosen by.
FIGURE = ("demo-congrats", ("conf-adminmenu-162", "priv-callee-options"), 0)
TUNING = ("demo-instruct", ("conf-usermenu-162",), 1_000)


def for_score(samples):
    from score import clipped

    return clipped(resample(samples, RATE, SPEECH_RATE))


def dnsmos(samples):
    from speechmos import dnsmos as measure

    return float(measure.run(for_score(samples), SPEECH_RATE)["ovrl_mos"])


def pesq(reference, heard):
    from score import measure_pesq

    length = min(len(reference), len(heard))
    return float(measure_pesq(for_score(reference[:length]), for_score(heard[:length])))


def onset_losses(clean, heard):
    """By how many dB the beginning of each utterance became softer."""
    length = min(len(clean), len(heard))
    before, after = frame_powers(clean[:length]), frame_powers(heard[:length])
    spans = speech_spans(speech_frames(clean[:length]), gap=0.1)
    # The clip itself begins in the middle of something, of which no stage has heard enough.
    begins = [begin // FRAME for begin, _ in spans if begin > RATE]
    spans = [slice(begin, begin + ONSET_FRAMES) for begin in begins]
    return [float(db(np.mean(before[span])) - db(np.mean(after[span]))) for span in spans]


def noises(corpus, language, length, seed, prompts=FIGURE[1]):
    others = [other for other in SENTENCES if other != language]
    voices = [corpus_clip(corpus, other, prompt) for other in others for prompt in prompts]
    return {
        "white": white(seed, length),
        "fan": fan(seed, length),
        "babble": babble(seed, length, voices),
        "keyboard": keyboard(seed, length),
    }


def sounds(corpus, quick, material):
    """(noise, snr, sound) of every clip; the clean ones have no noise and no snr."""
    prompt, voices, first = material
    for seed, language in enumerate(list(SENTENCES)[: 1 if quick else None]):
        # What comes before is a greeting that all of them share.
        clip = at_level(corpus_clip(corpus, language, prompt, SECONDS, skip=2.0))
        yield None, None, clip
        for name, noise in noises(corpus, language, len(clip), first + seed, voices).items():
            for snr in SNRS[1:2] if quick else SNRS:
                yield name, snr, mix(clip, noise, snr)


def scored(chain, stage, noise, snr, sound):
    heard = sound if stage == BEFORE else chain.run(sound, "--only", f"high-pass,{stage}")[0]
    harm = None
    if noise is None:
        # The high-pass filter is not the stage's doing.
        plain = chain.run(sound, "--only", "high-pass")[0]
        harm = (pesq(plain, heard), onset_losses(plain, heard))
    return stage, noise, snr, dnsmos(heard), harm


def table(results, stages):
    kinds = list(dict.fromkeys((noise, snr) for _, noise, snr, *_ in results))
    for stage in stages:
        for noise, snr in kinds:
            found = [score for *kind, score, _ in results if kind == [stage, noise, snr]]
            yield {"stage": stage, "noise": noise or "clean", "snr_db": snr, "dnsmos_overall": round(mean(found), 2), "clips": len(found)}


def harms(results, stages):
    """What each stage does to clean speech."""
    for stage in stages:
        found = [harm for of, *_, harm in results if of == stage and harm]
        losses = [loss for _, losses in found for loss in losses]
        lost = mean(loss > LOST_DB for loss in losses) if losses else 0.0
        yield stage, round(mean(score for score, _ in found), 2), round(mean(losses or [0.0]), 2), round(100 * lost, 1)


def show(rows, stages):
    print(f"{'noise':<10} {'SNR dB':>6}  " + "  ".join(f"{stage:>14}" for stage in stages))
    for row in rows:
        if row["stage"] == BEFORE:
            same = [other for other in rows if (other["noise"], other["snr_db"]) == (row["noise"], row["snr_db"])]
            snr = "" if row["snr_db"] is None else row["snr_db"]
            print(f"{row['noise']:<10} {snr:>6}  " + "  ".join(f"{other['dnsmos_overall']:>14.2f}" for other in same))


def main():
    parser = arguments(__doc__)
    parser.add_argument("--tuning", action="store_true", help="other clips and noises than those of the figure")
    parser.add_argument("--stages", help="names, with commas between them")
    parser.add_argument("--chain", help="a chain file, for the stages' settings")
    args = parser.parse_args()
    chain = Chain(args.program, *(["--chain", args.chain] if args.chain else []))
    try:
        wanted = args.stages.split(",") if args.stages else [name for name in chain.registered() if name.startswith("denoise")]
        stages = [BEFORE, *wanted]
        material = TUNING if args.tuning else FIGURE
        jobs = [(chain, stage, *sound) for sound in sounds(args.corpus, args.quick, material) for stage in stages]
        results = side_by_side(scored, jobs)
    except ChainError as error:
        print(json.dumps({"error": str(error)}))
        return 1
    rows = list(table(results, stages))
    harm = list(harms(results, stages))
    if not args.json:
        print(f"DNSMOS overall, means of {rows[0]['clips']} clips of {SECONDS} s, each of another language; noise below the speech's active level")
        show(rows, stages)
        for stage, score, loss, lost in harm:
            print(f"clean speech, {stage}: PESQ {score:.2f}; first 60 ms of an utterance {loss:.2f} dB softer, {lost:.1f} % of them by over {LOST_DB:.0f} dB")
    clean = {row["stage"]: row["dnsmos_overall"] for row in rows if row["noise"] == "clean"}
    rows = [row for row in rows if row["noise"] != "clean"]
    # Of the stage that the preset has, where it is measured.
    first = clean.get("denoise", clean[stages[-1]])
    last = {
        "rows": rows,
        "clean_dnsmos_overall": first,
        "clean_by_stage": clean,
        "clean_pesq_by_stage": {stage: score for stage, score, _, _ in harm},
        "clean_onset_loss_db_by_stage": {stage: loss for stage, _, loss, _ in harm},
        "clean_onsets_lost_percent_by_stage": {stage: lost for stage, _, _, lost in harm},
    }
    print(json.dumps(last))
    return 0


if __name__ == "__main__":
    sys.exit(main())
