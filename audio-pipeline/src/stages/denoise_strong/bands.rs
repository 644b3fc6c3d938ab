//! The 32 bands that the network thinks in: triangles that overlap by half, narrow at low frequencies as in the ear, up to 20 kHz.

use crate::stages::spectrum::{BINS, Spectrum};

/// How many bands there are.
pub(super) const BANDS: usize = 32;

/// Where the triangles meet, in bins of 50 Hz: band `n` rises from edge `n`, has its top at `n + 1` and is gone at `n + 2`.
const EDGES: [usize; BANDS + 2] = [
    0, 2, 4, 6, 8, 10, 12, 15, 18, 21, 24, 28, 32, 36, 41, 47, 53, 60, 68, 77, 87, 98, 110, 124,
    140, 157, 176, 198, 223, 251, 282, 317, 356, 400,
];

/// What lies above belongs to no band.
const TOP: usize = EDGES[BANDS + 1];

/// For each bin, what share of it belongs to the band that rises there; the rest is of the band that falls.
const RISING: [f32; TOP] = rising();

const fn rising() -> [f32; TOP] {
    let mut share = [0.0; TOP];
    let mut edge = 0;
    while edge <= BANDS {
        let (from, to) = (EDGES[edge], EDGES[edge + 1]);
        let mut bin = from;
        while bin < to {
            share[bin] = (bin - from) as f32 / (to - from) as f32;
            bin += 1;
        }
        edge += 1;
    }
    share
}

/// The sum of one number for each bin, by bands.
fn sums(values: &[f32; BINS]) -> [f32; BANDS] {
    // One more at both ends, for the halves that no band has.
    let mut sums = [0.0; BANDS + 2];
    for (edge, ends) in EDGES.windows(2).enumerate() {
        let span = ends[0]..ends[1];
        let (mut all, mut upper) = (0.0, 0.0);
        for (value, share) in values[span.clone()].iter().zip(&RISING[span]) {
            all += value;
            upper += share * value;
        }
        sums[edge] += all - upper;
        sums[edge + 1] += upper;
    }
    let mut bands = [0.0; BANDS];
    bands.copy_from_slice(&sums[1..=BANDS]);
    // The outermost take the halves beside them, and are then half as large again as the others.
    bands[0] = (sums[0] + sums[1]) * 2.0 / 3.0;
    bands[BANDS - 1] = (sums[BANDS] + sums[BANDS + 1]) * 2.0 / 3.0;
    bands
}

/// The power of each band.
pub(super) fn powers(spectrum: &Spectrum) -> [f32; BANDS] {
    let mut power = [0.0; BINS];
    for (to, from) in power.iter_mut().zip(spectrum.power()) {
        *to = from;
    }
    sums(&power)
}

/// How much of one spectrum is in the other, band by band; for twice the same this is its power.
pub(super) fn common_powers(one: &Spectrum, other: &Spectrum) -> [f32; BANDS] {
    let mut common = [0.0; BINS];
    for (bin, to) in common.iter_mut().enumerate() {
        *to = one.re[bin] * other.re[bin] + one.im[bin] * other.im[bin];
    }
    sums(&common)
}

/// One number for each bin from one for each band: a straight line between their tops, nothing above 20 kHz.
pub(super) fn spread(bands: &[f32; BANDS]) -> [f32; BINS] {
    let mut bins = [0.0; BINS];
    for (edge, ends) in EDGES.windows(2).enumerate() {
        let falling = bands[edge.saturating_sub(1)];
        let rising = bands[edge.min(BANDS - 1)];
        let span = ends[0]..ends[1];
        for (bin, share) in bins[span.clone()].iter_mut().zip(&RISING[span]) {
            *bin = falling + share * (rising - falling);
        }
    }
    bins
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The power of a tone at one bin.
    fn tone(bin: usize) -> [f32; BANDS] {
        let mut spectrum = Spectrum::ZERO;
        spectrum.im[bin] = 2.0;
        powers(&spectrum)
    }

    #[test]
    fn a_tone_belongs_to_the_bands_that_it_lies_between() {
        let at_the_top = tone(EDGES[10]);
        assert!((at_the_top[9] - 4.0).abs() < 1e-6, "{at_the_top:?}");
        assert!((at_the_top.iter().sum::<f32>() - 4.0).abs() < 1e-6);
        let between = tone(35);
        // Bin 35 is three quarters of the way from the edge at 32 to that at 36.
        assert!((between[11] - 1.0).abs() < 1e-6 && (between[12] - 3.0).abs() < 1e-6);
        assert!(tone(450).iter().all(|power| *power == 0.0));
    }

    #[test]
    fn equal_gains_are_equal_everywhere_below_20_khz() {
        let bins = spread(&[0.5; BANDS]);
        assert!(bins[..TOP].iter().all(|gain| (gain - 0.5).abs() < 1e-6));
        assert!(bins[TOP..].iter().all(|gain| *gain == 0.0));
    }

    #[test]
    fn what_has_nothing_in_common_has_no_common_power() {
        let (mut one, mut other) = (Spectrum::ZERO, Spectrum::ZERO);
        one.re.fill(1.0);
        other.im.fill(1.0);
        let none = common_powers(&one, &other);
        assert!(none.iter().all(|power| *power == 0.0));
        let own = common_powers(&one, &one);
        assert!(
            own.iter()
                .zip(powers(&one))
                .all(|(own, power)| (own - power).abs() < 1e-6)
        );
    }
}
