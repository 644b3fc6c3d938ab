//! The icon as pixels: Dialtone's wave on its ground, a dot where something is unread, a stroke through it where one is muted.

use super::TrayState;

/// One size of it: width, height, and ARGB in network order.
pub(super) type Pixmap = (i32, i32, Vec<u8>);

/// Panels take the size that suits them.
const SIDES: [i32; 3] = [22, 32, 48];

// The tray is no part of the window: it lies on the panel of whatever theme, so the icon brings its ground along.
const GROUND: [f32; 3] = [24.0, 27.0, 33.0];
const WAVE: [f32; 3] = [94.0, 196.0, 160.0];
const MUTED: [f32; 3] = [150.0, 155.0, 165.0];
const DOT: [f32; 3] = [236.0, 92.0, 92.0];

/// The icon in each size.
pub(super) fn draw(state: TrayState) -> Vec<Pixmap> {
    SIDES
        .iter()
        .map(|side| (*side, *side, pixels(*side, state)))
        .collect()
}

fn pixels(side: i32, state: TrayState) -> Vec<u8> {
    let muted = state
        .call
        .is_some_and(|(muted, deafened)| muted || deafened);
    let mut out = Vec::with_capacity((side * side * 4) as usize);
    for y in 0..side {
        for x in 0..side {
            let at = |pixel: i32| (pixel as f32 + 0.5) / side as f32;
            let (color, cover) = color(at(x), at(y), 1.0 / side as f32, muted, state.unread > 0);
            out.push((cover * 255.0).round() as u8);
            out.extend(color.map(|part| part.round() as u8));
        }
    }
    out
}

/// Colour and cover at a place of the unit square; `pixel` is the size of one.
fn color(x: f32, y: f32, pixel: f32, muted: bool, unread: bool) -> ([f32; 3], f32) {
    // How much of a pixel lies within, by its distance from the edge.
    let within = |distance: f32| (0.5 - distance / pixel).clamp(0.0, 1.0);
    let mut cover = within(f32::hypot(x - 0.5, y - 0.5) - 0.5);
    let mut color = GROUND;
    let along = (x - 0.16) / 0.68;
    let angle = along * 1.5 * std::f32::consts::TAU;
    let steep = angle.cos() * 0.2 * 1.5 * std::f32::consts::TAU / 0.68;
    let off = (y - (0.5 - angle.sin() * 0.2)).abs() / f32::hypot(1.0, steep);
    if (0.0..=1.0).contains(&along) {
        let wave = if muted { MUTED } else { WAVE };
        color = mix(color, wave, within(off - 0.055));
    }
    if muted {
        let off = (x - y).abs() / std::f32::consts::SQRT_2;
        let inside = within(f32::hypot(x - 0.5, y - 0.5) - 0.4);
        color = mix(color, GROUND, inside * within(off - 0.09));
        color = mix(color, DOT, inside * within(off - 0.045));
    }
    if unread {
        let off = f32::hypot(x - 0.77, y - 0.23);
        color = mix(color, GROUND, within(off - 0.26));
        color = mix(color, DOT, within(off - 0.2));
        cover = cover.max(within(off - 0.2));
    }
    (color, cover)
}

fn mix(under: [f32; 3], over: [f32; 3], share: f32) -> [f32; 3] {
    std::array::from_fn(|part| under[part] + (over[part] - under[part]) * share)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_state_has_an_icon_of_its_own_in_each_size() {
        let states = [
            TrayState::default(),
            TrayState {
                unread: 3,
                ..TrayState::default()
            },
            TrayState {
                call: Some((true, false)),
                ..TrayState::default()
            },
        ];
        let drawn = states.map(draw);
        for icons in &drawn {
            for (width, height, bytes) in icons {
                assert_eq!(bytes.len(), (width * height * 4) as usize);
            }
        }
        assert!(drawn[0] != drawn[1] && drawn[0] != drawn[2] && drawn[1] != drawn[2]);
        // The corners are free, but for the dot.
        assert_eq!(drawn[0][0].2[0], 0);
    }
}
