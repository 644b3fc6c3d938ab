//! How readable one colour is on another (WCAG 2.2: relative luminance and contrast ratio).

use egui::Color32;

/// Contrast ratio from 1 (the same) to 21 (black on white).
pub fn contrast(a: Color32, b: Color32) -> f32 {
    let (a, b) = (luminance(a), luminance(b));
    (a.max(b) + 0.05) / (a.min(b) + 0.05)
}

/// `share` of `b` in `a`, from 0 to 1.
pub fn mix(a: Color32, b: Color32, share: f32) -> Color32 {
    let share = share.clamp(0.0, 1.0);
    let channel =
        |a: u8, b: u8| (f32::from(a) + (f32::from(b) - f32::from(a)) * share).round() as u8;
    Color32::from_rgb(
        channel(a.r(), b.r()),
        channel(a.g(), b.g()),
        channel(a.b(), b.b()),
    )
}

/// `color`, moved towards `end` until its contrast on `ground` is at least `ratio`.
pub fn readable_on(color: Color32, ground: Color32, end: Color32, ratio: f32) -> Color32 {
    (0..=20)
        .map(|step| mix(color, end, step as f32 / 20.0))
        .find(|candidate| contrast(*candidate, ground) >= ratio)
        .unwrap_or(end)
}

fn luminance(color: Color32) -> f32 {
    let linear = |channel: u8| {
        let value = f32::from(channel) / 255.0;
        if value <= 0.040_45 {
            value / 12.92
        } else {
            ((value + 0.055) / 1.055).powf(2.4)
        }
    };
    0.2126 * linear(color.r()) + 0.7152 * linear(color.g()) + 0.0722 * linear(color.b())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_ratios() {
        assert!((contrast(Color32::BLACK, Color32::WHITE) - 21.0).abs() < 0.01);
        assert!((contrast(Color32::WHITE, Color32::WHITE) - 1.0).abs() < 0.01);
        // #767676 on white is the well-known 4.54:1.
        let grey = Color32::from_rgb(0x76, 0x76, 0x76);
        assert!((contrast(grey, Color32::WHITE) - 4.54).abs() < 0.01);
    }

    #[test]
    fn moves_only_as_far_as_needed() {
        let start = Color32::from_rgb(0xe0, 0x7a, 0x5f);
        let moved = readable_on(start, Color32::WHITE, Color32::BLACK, 4.5);
        assert!(contrast(moved, Color32::WHITE) >= 4.5);
        assert!(contrast(moved, Color32::WHITE) < 6.0);
    }
}
