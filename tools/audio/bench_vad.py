#!/usr/bin/env python3
"""Does the gate open for speech, whole, and for nothing else?

    bench_vad.py BENCH-CHAIN CORPUS [--quick] [--json] [--tuning] [--chain FILE] [--only NAME,...]

Utterances of five languages with pauses of 1.2 to 3 s between them go through the whole uplink (the preset "Voice", or the
chain given), in quiet, with somebody typing, beside a fan, and with breath on the microphone, the noise 10 dB below the speech.
What was sent is what the packets say. Where somebody speaks is known from the clean clip: louder than 25 dB below its active level.
With --tuning other recordings and other noises take their place: what a gate is tuned on must not be what it is measured on.

onset_loss_ms: how much of the beginning of an utterance was not sent, mean over the utterances. missed_speech_percent: speech
that was not sent. closed_in_pauses_percent: pauses of over 1 s in which the gate had closed within their first second;
open_time_in_pauses_percent: how much of such pauses was sent all the same (the hold and the pre-roll are part of it).
false_openings_per_min: how often it opened for one of the noises alone, the worst of them, a minute before anybody has spoken and a minute after;
open_for_noise_percent: for how much of that time. The last line is JSON.
"""
import json
import sys
from statistics import mean, median

import numpy as np
from scipy.signal import butter, sosfilt

from make_corpus import SENTENCES
from material import FRAME, RATE, SPEECH_DBFS, at_level, fan, keyboard, mix, speech_frames, speech_spans, unit
from rooms import ambience
from through_chain import Chain, ChainError, arguments, corpus_clip, side_by_side

SNR_DB = 10
# What the figures are made of, and what the gate was tuned on: a recording for utterances, one for those amid noise, a first seed.
FIGURES, TUNING = ("demo-instruct", "demo-instruct", 0), ("demo-congrats", "priv-callee-options", 1_000)


def breath(seed, length):
    """Somebody who breathes in and, duller and longer, out, close to the microphone: noise that swells and goes, and a rest."""
    random = np.random.default_rng(seed)
    breathed, at = np.zeros(length + 4 * RATE), random.uniform(0.2, 1.0)
    while at * RATE < length:
        for low, high, seconds, strength in ((400, 3_000, random.uniform(0.6, 1.2), 1.0), (250, 1_800, random.uniform(0.9, 1.6), 0.7)):
            band = [low * random.uniform(0.8, 1.3), high * random.uniform(0.8, 1.3)]
            air = sosfilt(butter(2, band, "bandpass", fs=RATE, output="sos"), random.standard_normal(int(seconds * RATE)))
            begin = int(at * RATE)
            breathed[begin : begin + len(air)] += strength * air * np.sin(np.pi * np.arange(len(air)) / len(air)) ** 1.5
            at += seconds + random.uniform(0.1, 0.4)
        at += random.uniform(0.5, 1.5)
    return unit(breathed[:length])


NOISES = {"quiet": None, "keyboard": keyboard, "fan": fan, "breath": breath}
PAUSES_S = (1.2, 3.0)
LONG_PAUSE = RATE  # samples
# Of utterances and pauses; of noise alone.
SECONDS, NOISE_SECONDS = 60, 120


def spoken(corpus, language, recording, seed, seconds):
    """(sound, frames with speech): utterances from a recording, with silence of a known length between them."""
    random = np.random.default_rng(seed)
    clip = at_level(corpus_clip(corpus, language, recording))
    pieces, total = [np.zeros(RATE)], RATE
    for begin, end in speech_spans(speech_frames(clip), gap=0.2):
        # The recording's own breath around the words stays; it fades within 20 ms.
        begin, end = max(begin - 5 * FRAME, 0), min(end + 5 * FRAME, len(clip))
        said = clip[begin:end].copy()
        ramp = np.linspace(0, 1, 2 * FRAME)
        said[: len(ramp)] *= ramp
        said[-len(ramp) :] *= ramp[::-1]
        pause = np.zeros(int(random.uniform(*PAUSES_S) * 100) * FRAME)
        pieces += [said, pause]
        total += len(said) + len(pause)
        if total > seconds * RATE:
            break
    sound = np.concatenate(pieces)
    return sound, speech_frames(sound)


def sent_frames(spans, count):
    """For every 10 ms whether all of it was sent."""
    sent = np.zeros(count, dtype=bool)
    for begin, end in spans:
        sent[-(-begin // FRAME) : end // FRAME] = True
    return sent


def judged(speech, sent):
    """The raw figures of one recording: losses of onsets in ms, frames of speech and missed ones, pauses and closed ones."""
    spans = [(begin // FRAME, end // FRAME) for begin, end in speech_spans(speech)]
    onsets, long_pauses, closed, quiet_frames, open_frames = [], 0, 0, 0, 0
    for begin, end in spans:
        opened = np.flatnonzero(sent[begin:end])
        onsets.append(10.0 * (int(opened[0]) if len(opened) else end - begin))
    ends = [begin for begin, _ in spans[1:]] + [len(speech)]
    for (_, end), following in zip(spans, ends, strict=True):
        if (following - end) * FRAME > LONG_PAUSE:
            long_pauses += 1
            closed += not sent[end : end + LONG_PAUSE // FRAME].all()
            quiet_frames += following - end
            open_frames += int(sent[end:following].sum())
    return {
        "onsets": onsets,
        "speech": int(speech.sum()),
        "missed": int((speech & ~sent).sum()),
        "pauses": long_pauses,
        "closed": closed,
        "pause_frames": quiet_frames,
        "open_frames": open_frames,
    }


def with_speech(chain, corpus, language, recording, seed, noise, seconds):
    sound, speech = spoken(corpus, language, recording, seed, seconds)
    mixed = sound if NOISES[noise] is None else mix(sound, NOISES[noise](seed, len(sound)), SNR_DB)
    mixed = mixed + ambience(seed, len(sound))
    said = chain.run(mixed, "--sent")[1]
    return noise, {**judged(speech, sent_frames(said["sent"], len(speech))), "stages": said["stages"]}


def opened_for_nothing(spans, length, speech):
    """(openings, share of the time) outside `speech` and the second after it; all are spans of samples."""
    begin, end = speech[0] - RATE // 5, speech[1] + RATE
    openings = sum(not begin <= opened < end for opened, _ in spans)
    inside = [max(min(closed, end) - max(opened, begin), 0) for opened, closed in spans]
    open_for = sum(closed - opened for opened, closed in spans) - sum(inside)
    return openings, open_for / (length - (end - begin))


def without_speech(chain, corpus, noise, recording, seed, seconds):
    """How often the gate opens for the noise alone: before anybody has spoken, and after somebody has for ten seconds. What
    judges by what it heard before may do well at the one and badly at the other."""
    language = list(SENTENCES)[seed % len(SENTENCES)]
    said = spoken(corpus, language, recording, seed, 10)[0][: 10 * RATE]
    length, begin = seconds * RATE + len(said), seconds * RATE // 2
    sound = NOISES[noise](seed, length) * 10 ** ((SPEECH_DBFS - SNR_DB) / 20) + ambience(seed, length)
    sound[begin : begin + len(said)] += said
    spans = chain.run(sound, "--sent")[1]["sent"]
    return noise, *opened_for_nothing(spans, length, (begin, begin + len(said)))


def summed_up(found):
    onsets = [loss for one in found for loss in one["onsets"]]
    total = {key: sum(one[key] for one in found) for key in found[0] if key not in ("onsets", "stages")}
    return {
        "onset_loss_ms": round(mean(onsets), 1),
        "onset_loss_median_ms": round(median(onsets), 1),
        "onset_loss_worst_ms": round(max(onsets), 1),
        "missed_speech_percent": round(100 * total["missed"] / total["speech"], 2),
        "closed_in_pauses_percent": round(100 * total["closed"] / max(total["pauses"], 1), 1),
        "open_time_in_pauses_percent": round(100 * total["open_frames"] / max(total["pause_frames"], 1), 1),
        "utterances": len(onsets),
    }


def main():
    parser = arguments(__doc__)
    parser.add_argument("--tuning", action="store_true", help="recordings and noises of which no figure is made")
    parser.add_argument("--chain", help="a chain file instead of the preset Voice")
    parser.add_argument("--only", help="these of its stages alone, with commas between them")
    args = parser.parse_args()
    options = [word for name in ("chain", "only") if getattr(args, name) is not None for word in (f"--{name}", getattr(args, name))]
    chain = Chain(args.program, *options)
    languages = list(SENTENCES)[: 2 if args.quick else None]
    seconds = SECONDS // 2 if args.quick else SECONDS
    minutes = 1 if args.quick else 3
    recording, amid, first = TUNING if args.tuning else FIGURES
    speaking = [
        (chain, args.corpus, language, recording, first + seed, noise, seconds) for seed, language in enumerate(languages) for noise in NOISES
    ]
    silent = [
        (chain, args.corpus, noise, amid, first + 50 + seed, NOISE_SECONDS) for noise in NOISES if NOISES[noise] for seed in range(minutes)
    ]
    try:
        spoke, nobody = side_by_side(with_speech, speaking), side_by_side(without_speech, silent)
    except ChainError as error:
        print(json.dumps({"error": str(error)}))
        return 1
    by_noise = {}
    for noise in NOISES:
        by_noise[noise] = summed_up([found for named, found in spoke if named == noise])
        alone = [(count, share) for named, count, share in nobody if named == noise]
        if alone:
            by_noise[noise]["false_openings_per_min"] = round(mean(count for count, _ in alone) * 60 / NOISE_SECONDS, 2)
            by_noise[noise]["open_for_noise_percent"] = round(100 * mean(share for _, share in alone), 1)
    all_of_it = summed_up([found for _, found in spoke])
    openings = max(found["false_openings_per_min"] for found in by_noise.values() if "false_openings_per_min" in found)
    if not args.json:
        print(f"chain {', '.join(spoke[0][1]['stages'])}; {all_of_it['utterances']} utterances; noise {SNR_DB} dB below the speech")
        keys = list(dict.fromkeys(key for found in by_noise.values() for key in found))
        print(f"{'':<28}" + "".join(f"{noise:>10}" for noise in by_noise))
        for key in keys:
            print(f"{key:<28}" + "".join(f"{by_noise[noise].get(key, '-'):>10}" for noise in by_noise))
    line = {key: all_of_it[key] for key in ("onset_loss_ms", "missed_speech_percent", "closed_in_pauses_percent")}
    # The worst of the noises; the rest is over quiet and all of them.
    print(json.dumps(line | {"false_openings_per_min": openings, "noise": by_noise}))
    return 0


if __name__ == "__main__":
    sys.exit(main())
