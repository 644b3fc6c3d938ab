//! The password of a new account: typed, or six words that are made here and may open the account alone.

use dialtone_engine::{generate_password, is_generated_password};
use dialtone_words::say;
use egui::{CornerRadius, Frame, Key, Margin, Rect, Sense, Ui, pos2, vec2};

use crate::password;
use crate::theme::{Type, palette, radius};
use crate::widgets::{Field, Icon, IconButton, switch, text, text_button};

/// What is typed, or was made.
#[derive(Default)]
pub struct NewPassword {
    /// The password.
    pub text: String,
    /// It was made here, and not typed.
    made: bool,
    alone: bool,
}

impl NewPassword {
    /// It alone is to open the account on another computer.
    pub fn opens_alone(&self) -> bool {
        self.made && self.alone && is_generated_password(&self.text)
    }

    /// What is wrong with it, in words.
    pub fn problem(&self) -> Option<&'static str> {
        problem(&self.text)
    }

    /// Shows the field or the words; true when Enter was pressed. `another`: there is another community on this computer already.
    pub(super) fn show(&mut self, ui: &mut Ui, free: bool, tried: bool, another: bool) -> bool {
        if self.made {
            self.show_made(ui, free);
            return false;
        }
        let problem = self.problem().filter(|_| tried);
        let field = Field::new(say!("say-password"), &mut self.text)
            .password()
            .enabled(free)
            .problem(problem);
        let shown = field.show(ui);
        let entered = shown.lost_focus() && ui.input(|input| input.key_pressed(Key::Enter));
        strength_bar(ui, &self.text, another);
        if free && text_button(ui, say!("join-six-words")).clicked() {
            generate_password().expose().clone_into(&mut self.text);
            (self.made, self.alone) = (true, false);
        }
        entered
    }

    /// The words that were made, and whether they open the account alone.
    fn show_made(&mut self, ui: &mut Ui, free: bool) {
        let palette = palette(ui);
        text::label(
            ui,
            say!("join-your-password"),
            Type::SecondaryStrong,
            palette.text_2,
        );
        Frame::new()
            .fill(palette.code_bg)
            .corner_radius(radius::INPUT)
            .inner_margin(Margin::symmetric(12, 10))
            .show(ui, |ui| {
                ui.set_width(ui.available_width());
                ui.horizontal(|ui| {
                    let room = (ui.available_width() - 36.0).max(60.0);
                    ui.vertical(|ui| {
                        ui.set_width(room);
                        text::selectable(ui, &self.text, Type::Code, palette.text);
                    });
                    let copy = IconButton::new(Icon::Copy, say!("join-copy-password"));
                    if ui.add(copy).clicked() {
                        ui.ctx().copy_text(self.text.clone());
                    }
                });
            });
        let words = say!("join-write-password");
        text::label(ui, words, Type::Hint, palette.text_2);
        ui.add_space(8.0);
        let hint = say!("join-alone-hint");
        if free && switch(ui, self.alone, say!("join-alone"), hint) {
            self.alone = !self.alone;
        }
        ui.add_space(4.0);
        if free && text_button(ui, say!("join-own-password")).clicked() {
            *self = Self::default();
        }
    }
}

fn problem(password: &str) -> Option<&'static str> {
    if password.chars().count() < password::SHORTEST {
        Some(say!("join-at-least-8"))
    } else if password::strength(password).0 == password::Strength::Weak {
        Some(say!("join-guessed-at-once"))
    } else {
        None
    }
}

fn strength_bar(ui: &mut Ui, typed: &str, another: bool) {
    let palette = palette(ui);
    let (strength, share) = password::strength(typed);
    ui.add_space(2.0);
    let (rect, _) = ui.allocate_exact_size(vec2(ui.available_width(), 4.0), Sense::hover());
    ui.painter()
        .rect_filled(rect, CornerRadius::same(2), palette.line);
    let color = match strength {
        password::Strength::Weak => palette.bad,
        password::Strength::Fair => palette.attention,
        password::Strength::Good | password::Strength::Strong => palette.accent,
    };
    if !typed.is_empty() {
        let to = rect.left() + rect.width() * share.max(0.04);
        let filled = Rect::from_min_max(rect.min, pos2(to, rect.bottom()));
        ui.painter()
            .rect_filled(filled, CornerRadius::same(2), color);
    }
    let words = if another && typed.is_empty() {
        say!("join-password-there")
    } else if typed.is_empty() {
        say!("join-password-opens")
    } else {
        password::words(strength)
    };
    text::label(ui, words, Type::Hint, palette.text_3);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn passwords_out_of_bounds_are_named() {
        assert!(problem("short").is_some());
        assert!(problem("long enough").is_none());
        assert!(problem("password").is_some());
        assert!(problem("12345678").is_some());
    }

    #[test]
    fn only_a_password_that_was_made_here_opens_alone() {
        let mut password = NewPassword {
            text: generate_password().expose().to_owned(),
            made: false,
            alone: true,
        };
        assert!(!password.opens_alone(), "it was typed");
        password.made = true;
        assert!(password.opens_alone() && password.problem().is_none());
        password.alone = false;
        assert!(!password.opens_alone());
    }
}
