#!/usr/bin/env python3
"""How speech sounds after a network that loses packets, through the real sender, feedback, jitter buffer and decoder.

    bench_voice_loss.py BENCH-VOICE-LOSS CORPUS [--quick] [--json] [--tuning] [--kbps 32,...] [--loss random-10,...]
                        [--mode dialtone,...] [--seeds N]

Five clips of twelve seconds, each of another language, after six seconds in which the call gets to know the network. Modes: the client
as it is; "retransmit", the same where lost packets are sent again (round trip 40 ms); "fec", with copies in every packet measured out for 10 %; "plain", without redundancy and with plain concealment.
PESQ (wide band), PLCMOS and STOI (over half-second windows, each lined up within 80 ms), means over clips and seeds. What cannot
be scored counts as the worst: PESQ 1, PLCMOS 1, STOI 0. --tuning takes seeds that no figure is made with. The last line is JSON.
"""
import json
import os
import sys
import tempfile
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from statistics import mean

import numpy as np

from make_corpus import SENTENCES
from material import RATE, at_level
from score import score
from sound import load, save
from stoi import windowed_stoi
from through_chain import Chain, ChainError, arguments, corpus_clip

LEAD_S, CLIP_S = 6, 12
LOSSES = ("none", "random-5", "random-10", "random-20", "random-30", "random-50", "burst-10", "burst-20", "trace-wifi", "trace-mobile")
GOALS = ("none", "random-10", "random-20", "random-30", "random-50", "burst-20")
MODES = ("dialtone", "retransmit", "fec", "plain")
RATES = (24, 32, 48)
FIRST_SEED = {"figures": 1_000, "tuning": 0}
WORST = {"pesq_wb": 1.0, "plcmos": 1.0, "stoi": 0.0}


def clips(corpus, folder, count):
    """Writes what is said, and the part of it that is scored."""
    names = list(SENTENCES)[:count]
    for name in names:
        lead = at_level(corpus_clip(corpus, name, "demo-instruct", LEAD_S, skip=5.0))
        clip = at_level(corpus_clip(corpus, name, "demo-congrats", CLIP_S, skip=2.0))
        save(Path(folder, f"{name}-said.wav"), np.concatenate([lead, clip]), RATE)
        save(Path(folder, f"{name}.wav"), clip, RATE)
    return names


def one_run(chain, folder, name, settings):
    """Row of one clip and seed."""
    reference = Path(folder, f"{name}.wav")
    with tempfile.TemporaryDirectory() as scratch:
        heard = Path(scratch, "heard.wav")
        words = [f"{key}={value}" for key, value in settings.items()]
        said = json.loads(chain.ask(str(Path(folder, f"{name}-said.wav")), str(heard), f"lead={LEAD_S}", *words))
        original, sound = load(reference), load(heard)
        found = score(original, sound, ("pesq_wb", "plcmos"))
        if "not_installed" in found:
            raise ChainError(f"not installed: {', '.join(found['not_installed'])}")
        found["stoi"] = windowed_stoi(original, sound)["stoi"] if len(sound) else None
    row = {key: worst if found[key] is None else found[key] for key, worst in WORST.items()}
    return {**said, **row, "scored_share": found["seconds"] / CLIP_S}


def mean_row(settings, runs):
    kbps, mode, loss = settings
    row = {"kbps": kbps, "measured_kbps": round(mean(run["measured_kbps"] for run in runs), 2), "loss": loss, "mode": mode}
    for ours, theirs, digits in (("pesq", "pesq_wb", 2), ("plcmos", "plcmos", 2), ("stoi", "stoi", 3), ("delay_ms", "delay_ms", 1)):
        row[ours] = round(mean(run[theirs] for run in runs), digits)
    row["scored_share"] = round(min(run["scored_share"] for run in runs), 3)
    return {**row, "runs": len(runs)}


def seeds_of(kbps, mode, loss, wanted):
    """Many where there is a goal; without loss only the clocks' phase differs."""
    if wanted:
        return wanted
    if loss == "none":
        return 2
    if kbps == 32 and (mode == "dialtone" and loss in GOALS or mode == "retransmit" and loss == "random-10"):
        return 10
    return 2


def plan(args):
    """((kbps, mode, loss), seeds) of each row."""
    chosen = {name: getattr(args, name).split(",") if getattr(args, name) else None for name in ("kbps", "loss", "mode")}
    rates = [int(rate) for rate in chosen["kbps"]] if chosen["kbps"] else (32,) if args.quick else RATES
    for kbps in rates:
        for mode in chosen["mode"] or MODES:
            for loss in chosen["loss"] or (GOALS if args.quick else LOSSES):
                asked = any(chosen.values())
                if args.quick and mode != "dialtone" and not asked and loss not in ("random-10", "burst-20"):
                    continue
                yield (kbps, mode, loss), args.seeds or (1 if args.quick else seeds_of(kbps, mode, loss, None))


def show(rows):
    print(f"{'kb/s':>4} {'payload':>7}  {'loss':<12} {'mode':<9} {'PESQ':>5} {'PLCMOS':>6} {'STOI':>6} {'delay ms':>8} {'runs':>4}")
    for row in rows:
        print(
            f"{row['kbps']:>4} {row['measured_kbps']:>7.2f}  {row['loss']:<12} {row['mode']:<9} {row['pesq']:>5.2f} {row['plcmos']:>6.2f}"
            f" {row['stoi']:>6.3f} {row['delay_ms']:>8.1f} {row['runs']:>4}"
        )


def main():
    parser = arguments(__doc__)
    parser.add_argument("--tuning", action="store_true")
    parser.add_argument("--seeds", type=int, help="for every row, instead of 10 where there is a goal and 2 elsewhere")
    for name in ("kbps", "loss", "mode"):
        parser.add_argument(f"--{name}", help="with commas between them")
    args = parser.parse_args()
    # A process for each core: the measures' own threads would only be in each other's way.
    os.environ["OMP_NUM_THREADS"] = "1"
    chain = Chain(args.program)
    first = FIRST_SEED["tuning" if args.tuning else "figures"]
    rows = list(plan(args))
    try:
        with tempfile.TemporaryDirectory() as folder, ProcessPoolExecutor(os.cpu_count()) as pool:
            names = clips(args.corpus, folder, 3 if args.quick else len(SENTENCES))
            jobs = [
                (settings, name, {"kbps": settings[0], "mode": settings[1], "loss": settings[2], "seed": first + 100 * index + seed})
                for settings, seeds in rows
                for index, name in enumerate(names)
                for seed in range(seeds)
            ]
            futures = [(settings, pool.submit(one_run, chain, folder, name, words)) for settings, name, words in jobs]
            done = {}
            for settings, future in futures:
                done.setdefault(settings, []).append(future.result())
    except ChainError as error:
        print(json.dumps({"error": str(error)}))
        return 1
    table = [mean_row(settings, runs) for settings, runs in done.items()]
    if not args.json:
        print(f"{len(names)} clips of {CLIP_S} s after {LEAD_S} s of call; means over clips and seeds ({'tuning' if args.tuning else 'figures'})")
        show(table)
    print(json.dumps({"rows": table}))
    return 0


if __name__ == "__main__":
    sys.exit(main())
