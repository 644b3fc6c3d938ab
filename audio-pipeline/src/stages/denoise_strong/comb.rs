//! Brings out the harmonics of a voice between which noise lies: adds what came one period before, band by band, and keeps each
//! band's power (Valin, "A Hybrid DSP/Deep Learning Approach to Real-Time Full-Band Speech Enhancement", 2018, section III).

use super::bands::{BANDS, powers, spread};
use super::listen::Heard;

/// Where a band is to be attenuated more than it comes again, so much is added that what is left is as periodic as clean speech.
pub(super) fn bring_out_harmonics(heard: &mut Heard, gains: &[f32; BANDS]) {
    let mut strength = [0.0; BANDS];
    for (band, strength) in strength.iter_mut().enumerate() {
        let (gain, likeness) = (gains[band], heard.likeness[band]);
        let wanted = if likeness > gain {
            1.0
        } else {
            let (gain, likeness) = (gain * gain, likeness * likeness);
            let share = likeness * (1.0 - gain) / (0.001 + gain * (1.0 - likeness));
            share.clamp(0.0, 1.0).sqrt()
        };
        *strength = wanted * (heard.power[band] / (1e-8 + heard.power_before[band])).sqrt();
    }
    let strength = spread(&strength);
    let Heard {
        spectrum, before, ..
    } = heard;
    let parts = [
        (&mut spectrum.re, &before.re),
        (&mut spectrum.im, &before.im),
    ];
    for (part, before) in parts {
        for ((part, before), strength) in part.iter_mut().zip(before).zip(&strength) {
            *part += strength * before;
        }
    }
    let now = powers(spectrum);
    let mut back = [0.0; BANDS];
    for ((back, wanted), now) in back.iter_mut().zip(&heard.power).zip(&now) {
        *back = (wanted / (1e-8 + now)).sqrt();
    }
    spectrum.scale(&spread(&back));
}

#[cfg(test)]
mod tests {
    use super::super::bands::common_powers;
    use super::*;

    fn likeness(heard: &Heard) -> [f32; BANDS] {
        let mut common = common_powers(&heard.spectrum, &heard.before);
        let own = powers(&heard.spectrum);
        for (band, common) in common.iter_mut().enumerate() {
            *common /= (0.001 + own[band] * heard.power_before[band]).sqrt();
        }
        common
    }

    /// Every fourth frequency is of a voice, which came one period before as well; noise is everywhere.
    fn voice_in_noise() -> Heard {
        let mut heard = Heard::NOTHING;
        let mut seed = 5_u32;
        for (bin, part) in heard.spectrum.re.iter_mut().enumerate() {
            seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            *part = 40.0 * ((seed >> 8) as f32 / (1 << 23) as f32 - 1.0);
            if bin % 4 == 1 {
                heard.before.re[bin] = 50.0;
                *part += 50.0;
            }
        }
        heard.power = powers(&heard.spectrum);
        heard.power_before = powers(&heard.before);
        heard.likeness = likeness(&heard);
        heard
    }

    #[test]
    fn the_voice_stands_out_more_and_is_as_loud_as_before() {
        let mut heard = voice_in_noise();
        let before = heard.likeness;
        bring_out_harmonics(&mut heard, &[0.5; BANDS]);
        let after = likeness(&heard);
        let total = |bands: &[f32; BANDS]| bands.iter().sum::<f32>();
        assert!(
            total(&after) > total(&before) + 0.1 * BANDS as f32,
            "{before:?} {after:?}"
        );
        let (was, is) = (total(&heard.power), total(&powers(&heard.spectrum)));
        assert!((is / was - 1.0).abs() < 0.1, "{was} became {is}");
    }

    #[test]
    fn what_does_not_come_again_stays_as_it_is() {
        let mut heard = voice_in_noise();
        heard.likeness = [0.0; BANDS];
        let was = heard.spectrum.re;
        bring_out_harmonics(&mut heard, &[0.5; BANDS]);
        // Above 20 kHz there are no bands.
        let same = was.iter().zip(&heard.spectrum.re).take(400);
        assert!(same.into_iter().all(|(was, is)| (was - is).abs() < 1e-3));
    }
}
