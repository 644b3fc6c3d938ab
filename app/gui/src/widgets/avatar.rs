//! A person as their picture, or as a coloured disc with the initial; ring while speaking, dot while online.

use dialtone_engine::AccountId;
use egui::{Align2, Color32, CornerRadius, Pos2, Rect, Stroke, Ui, Vec2, vec2};

use crate::pictures;
use crate::theme::{Face, PersonColor, palette, size};

/// One disc.
pub struct Avatar<'a> {
    account: AccountId,
    name: &'a str,
    diameter: f32,
    speaking: bool,
    dim: bool,
    online_on: Option<Color32>,
    away: bool,
}

impl<'a> Avatar<'a> {
    /// Of `account`, as big as in the timeline.
    pub fn new(account: AccountId, name: &'a str) -> Self {
        Self {
            account,
            name,
            diameter: size::AVATAR,
            speaking: false,
            dim: false,
            online_on: None,
            away: false,
        }
    }

    /// Diameter in points.
    #[must_use]
    pub fn diameter(mut self, diameter: f32) -> Self {
        self.diameter = diameter;
        self
    }

    /// With the ring of somebody who speaks.
    #[must_use]
    pub fn speaking(mut self, speaking: bool) -> Self {
        self.speaking = speaking;
        self
    }

    /// Paler: somebody who is offline.
    #[must_use]
    pub fn dim(mut self, dim: bool) -> Self {
        self.dim = dim;
        self
    }

    /// With the dot of somebody who is online, cut out of `ground`.
    #[must_use]
    pub fn online_on(mut self, ground: Option<Color32>) -> Self {
        self.online_on = ground;
        self
    }

    /// The dot is hollow and amber: somebody who is online, but away.
    #[must_use]
    pub fn away(mut self, away: bool) -> Self {
        self.away = away;
        self
    }

    /// Paints around `center`. The name stands beside it, so it carries none itself.
    pub fn paint(self, ui: &Ui, center: Pos2) {
        let palette = palette(ui);
        let alpha = if self.dim { 0.45 } else { 1.0 };
        let radius = self.diameter / 2.0;
        let painter = ui.painter();
        let ring = ui.ctx().animate_bool_with_time(
            ui.scope_id()
                .with(("speaking", self.account, self.diameter as u32)),
            self.speaking,
            ui.style().animation_time,
        );
        if ring > 0.0 {
            let stroke = Stroke::new(2.0, palette.accent.gamma_multiply(ring));
            painter.circle_stroke(center, radius + 2.5, stroke);
        }
        if let Some(portrait) = pictures::portrait(ui, &self.account) {
            let place = Rect::from_center_size(center, Vec2::splat(self.diameter));
            let corner = CornerRadius::same(radius as u8);
            pictures::paint(ui, place, corner, &portrait, alpha);
        } else {
            self.disc(ui, center, alpha);
        }
        if let Some(ground) = self.online_on {
            let at = center + vec2(radius, radius) * 0.62;
            painter.circle_filled(at, 6.5, ground);
            if self.away {
                let stroke = Stroke::new(2.0, palette.attention);
                painter.circle_stroke(at, 3.5, stroke);
            } else {
                painter.circle_filled(at, 4.5, palette.accent);
            }
        }
    }

    /// The disc with the initial, of somebody without a picture.
    fn disc(&self, ui: &Ui, center: Pos2, alpha: f32) {
        let color = PersonColor::of(&self.account);
        let painter = ui.painter();
        painter.circle_filled(
            center,
            self.diameter / 2.0,
            color.disc.gamma_multiply(alpha),
        );
        let font = egui::FontId::new((self.diameter * 0.4).round(), Face::SemiBold.family());
        let text_color = color
            .initial
            .gamma_multiply(if self.dim { 0.75 } else { 1.0 });
        painter.text(
            center,
            Align2::CENTER_CENTER,
            initial(self.name),
            font,
            text_color,
        );
    }
}

/// The first letter of a name, in capitals; "?" where there is none.
pub fn initial(name: &str) -> String {
    name.chars()
        .find(|character| character.is_alphanumeric())
        .or_else(|| name.chars().find(|character| !character.is_whitespace()))
        .map_or_else(
            || "?".to_owned(),
            |character| character.to_uppercase().to_string(),
        )
}

#[cfg(test)]
mod tests {
    use super::initial;

    #[test]
    fn initials_of_odd_names() {
        assert_eq!(initial("anna"), "A");
        assert_eq!(initial("  _élodie"), "É");
        assert_eq!(initial("≈"), "≈");
        assert_eq!(initial(""), "?");
        assert_eq!(initial("ßig"), "SS");
        assert_eq!(initial("שרה"), "ש");
    }
}
