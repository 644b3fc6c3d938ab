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
