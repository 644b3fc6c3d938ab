//! A person as a coloured disc with the initial; ring while speaking, dot while online.

use dialtone_engine::AccountId;
use egui::{Align2, Color32, Pos2, Stroke, Ui, vec2};

use crate::theme::{Face, PersonColor, palette, size};

/// One disc.
pub struct Avatar<'a> {
    account: AccountId,
    name: &'a str,
    diameter: f32,
    speaking: bool,
    dim: bool,
    online_on: Option<Color32>,
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

    /// Paler: somebody who is away.
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

    /// Paints around `center`. The name stands beside it, so it carries none itself.
    pub fn paint(self, ui: &Ui, center: Pos2) {
        let palette = palette(ui);
        let color = PersonColor::of(&self.account);
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
        painter.circle_filled(center, radius, color.disc.gamma_multiply(alpha));
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
        if let Some(ground) = self.online_on {
            let at = center + vec2(radius, radius) * 0.62;
            painter.circle_filled(at, 6.5, ground);
            painter.circle_filled(at, 4.5, palette.accent);
        }
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
        assert_eq!(initial("∿"), "∿");
        assert_eq!(initial(""), "?");
        assert_eq!(initial("ßig"), "SS");
        assert_eq!(initial("שרה"), "ש");
    }
}
