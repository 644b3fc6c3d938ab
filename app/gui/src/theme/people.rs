//! The colour of a person: from the account id, the same on every device, readable in both themes.

use std::sync::LazyLock;

use dialtone_engine::AccountId;
use egui::Color32;

use super::{DARK, LIGHT, Palette, contrast, readable_on};

const DISCS: [(u8, u8, u8); 9] = [
    (0x7d, 0x6d, 0xf2),
    (0xe0, 0x7a, 0x5f),
    (0x3f, 0x8c, 0xd8),
    (0x5f, 0xa0, 0x52),
    (0xc0, 0x5b, 0xa8),
    (0xd0, 0x9a, 0x3c),
    (0x2f, 0x9e, 0x95),
    (0x8a, 0x78, 0x6a),
    (0xd2, 0x5f, 0x7c),
];

/// The colours of one person.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PersonColor {
    /// The disc.
    pub disc: Color32,
    /// The initial on the disc.
    pub initial: Color32,
    on_dark: Color32,
    on_light: Color32,
}

static PEOPLE: LazyLock<Vec<PersonColor>> = LazyLock::new(|| {
    DISCS
        .iter()
        .map(|&(r, g, b)| {
            let disc = Color32::from_rgb(r, g, b);
            let dark_initial = Color32::from_rgb(0x14, 0x12, 0x18);
            PersonColor {
                disc,
                // White is calmer; dark only where white would be hard to read.
                initial: if contrast(Color32::WHITE, disc) >= 2.4 {
                    Color32::WHITE
                } else {
                    dark_initial
                },
                on_dark: readable_on(disc, DARK.bg_2, Color32::WHITE, 4.5),
                on_light: readable_on(disc, LIGHT.bg_2, Color32::BLACK, 4.5),
            }
        })
        .collect()
});

impl PersonColor {
    /// Of this account.
    pub fn of(account: &AccountId) -> Self {
        let sum = account.0.iter().fold(0_usize, |sum, byte| {
            sum.wrapping_mul(31).wrapping_add(usize::from(*byte))
        });
        PEOPLE[sum % PEOPLE.len()]
    }

    /// For the name on the timeline's ground.
    pub fn name(&self, palette: &Palette) -> Color32 {
        if palette.dark {
            self.on_dark
        } else {
            self.on_light
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_readable_in_both_themes() {
        for color in PEOPLE.iter() {
            assert!(contrast(color.name(&DARK), DARK.bg_2) >= 4.5);
            assert!(contrast(color.name(&LIGHT), LIGHT.bg_2) >= 4.5);
            assert!(contrast(color.initial, color.disc) >= 2.4);
        }
    }

    #[test]
    fn one_account_has_one_colour() {
        let account = AccountId([9; 32]);
        assert_eq!(PersonColor::of(&account), PersonColor::of(&account));
    }
}
