"""What the benchmarks of sound are made of: levels, labels of speech, noises, mixtures. The same seed gives the same sound.

    clip -> at_level() -> speech_spans() (where somebody speaks)
    white() | fan() | keyboard() | babble() -> mix(speech, noise, snr) -> write()

All sound is mono at 48 kHz. The speech level is that of the parts with speech; a noise's is its mean over time.
"""
import numpy as np
from scipy.io import wavfile
from scipy.signal import butter, lfilter, sosfilt

RATE = 48_000
FRAME = RATE // 100  # labels are made in steps of 10 ms
SPEECH_DBFS = -26.0  # the level that telephone measurements are made at, ITU-T P.830
ACTIVE_DB = 25.0  # what is softer than this below the loud parts is no speech


def db(power):
    return 10 * np.log10(np.maximum(power, 1e-12))


def frame_powers(samples):
    count = len(samples) // FRAME
    return np.mean(samples[: count * FRAME].reshape(count, FRAME) ** 2, axis=1)


def active_power(samples):
    """Mean power of the frames within ACTIVE_DB of the loud ones (the 95th of a hundred)."""
    powers = frame_powers(samples)
    loud = powers[powers > np.percentile(powers, 95) * 10 ** (-ACTIVE_DB / 10)]
    return float(loud.mean()) if len(loud) else 0.0


def at_level(samples, dbfs=SPEECH_DBFS):
    """`samples` with their active parts at this level."""
    return samples * 10 ** ((dbfs - db(active_power(samples))) / 20)


def speech_frames(samples):
    """For every 10 ms whether somebody speaks: louder than ACTIVE_DB below the active level, for at least 30 ms."""
    loud = frame_powers(samples) > active_power(samples) * 10 ** (-ACTIVE_DB / 10)
    for begin, end in runs(loud):
        if end - begin < 3:
            loud[begin:end] = False
    return loud


def runs(marks):
    """The spans begin..end in which `marks` is true."""
    edges = np.flatnonzero(np.diff(np.concatenate([[0], np.asarray(marks, dtype=int), [0]])))
    return list(zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True))


def speech_spans(frames, gap=0.3):
    """Utterances as spans of samples: speech with pauses of less than `gap` seconds in it."""
    joined = []
    for begin, end in runs(frames):
        if joined and begin - joined[-1][1] < gap * 100:
            joined[-1][1] = end
        else:
            joined.append([begin, end])
    return [(begin * FRAME, end * FRAME) for begin, end in joined]


def unit(noise):
    return noise / np.sqrt(np.mean(noise**2))


def white(seed, length):
    return unit(np.random.default_rng(seed).standard_normal(length))


def fan(seed, length):
    """Air: power that falls with frequency (pink), flat below 50 Hz."""
    spectrum = np.fft.rfft(np.random.default_rng(seed).standard_normal(length))
    spectrum /= np.sqrt(np.maximum(np.fft.rfftfreq(length, 1 / RATE), 50.0))
    return unit(np.fft.irfft(spectrum, length))


def click(random):
    """A key that hits its plate: a burst that dies within milliseconds, through a resonance of the casing."""
    length = int(0.03 * RATE)
    burst = random.standard_normal(length) * np.exp(-np.arange(length) / (random.uniform(0.001, 0.004) * RATE))
    low = random.uniform(800, 2_500)
    return sosfilt(butter(2, [low, low * random.uniform(2, 4)], "bandpass", fs=RATE, output="sos"), burst)


def keyboard(seed, length):
    """Somebody types: bursts of 2 to 5 s at about seven keys a second, then a pause; a key goes down and, softer, up."""
    random = np.random.default_rng(seed)
    typed = np.zeros(length + RATE)
    at, until = 0.1, 0.0
    while at * RATE < length:
        if at > until:
            at += random.uniform(0.3, 1.0) if until else 0.0
            until = at + random.uniform(2.0, 5.0)
        strength = random.uniform(0.5, 1.0)
        for late, share in ((0.0, 1.0), (random.uniform(0.06, 0.11), 0.4)):
            begin = int((at + late) * RATE)
            sound = click(random)
            end = min(begin + len(sound), len(typed))
            if begin < end:
                typed[begin:end] += strength * share * sound[: end - begin]
        at += max(0.05, random.normal(0.14, 0.04))
    return unit(typed[:length])


def babble(seed, length, voices):
    """All of `voices` (clips of speech) talking at once, each over and over from a place of its own."""
    random = np.random.default_rng(seed)
    total = np.zeros(length)
    for voice in voices:
        voice = at_level(voice)
        total += np.resize(np.roll(voice, random.integers(len(voice))), length)
    # A room full of people is dull: what is heard has gone round it.
    return unit(lfilter([1.0], [1.0, -0.3], total))


def mix(speech, noise, snr_db):
    """Speech and so much of the noise that it lies `snr_db` below the speech's active level."""
    gain = np.sqrt(active_power(speech) / np.mean(noise**2)) * 10 ** (-snr_db / 20)
    return speech + gain * noise


def write(path, samples):
    """Single precision: nothing is rounded away or clipped that a measure would miss."""
    wavfile.write(str(path), RATE, samples.astype(np.float32))
