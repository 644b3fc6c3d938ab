//! The keystore is closed: the password opens it.

use dialtone_engine::Secret;
use dialtone_engine::snapshot::ProfileState;
use dialtone_words::say;
use egui::{Key, Ui};

use super::centered;
use crate::theme::{Type, palette};
use crate::widgets::{Button, Field, Icon, Look, callout, text};

/// What is typed.
#[derive(Default)]
pub struct UnlockForm {
    /// The password.
    pub password: String,
}

/// What the screen says.
#[derive(Debug, PartialEq, Eq)]
pub struct UnlockModel {
    error: Option<String>,
    working: bool,
    link_waits: bool,
}

impl UnlockModel {
    fn hint(&self) -> &'static str {
        if self.error.is_some() {
            say!("join-no-reset")
        } else {
            say!("join-slow-on-purpose")
        }
    }
}

/// The screen for `profile`; `link_waits` when a link is to be used afterwards.
pub fn build(profile: &ProfileState, link_waits: bool) -> UnlockModel {
    UnlockModel {
        error: match profile {
            ProfileState::Locked { error } => error.clone(),
            _ => None,
        },
        working: *profile == ProfileState::Unlocking,
        link_waits,
    }
}

/// Shows the screen; the answer is the password to try.
pub fn show(ui: &mut Ui, model: &UnlockModel, form: &mut UnlockForm) -> Option<Secret> {
    centered::card(ui, "unlock", |ui| {
        let palette = palette(ui);
        centered::sign(ui);
        ui.spacing_mut().item_spacing.y = 4.0;
        text::label(ui, say!("join-welcome-back"), Type::Heading, palette.text);
        let words = if model.link_waits {
            say!("join-locked-link")
        } else {
            say!("join-locked")
        };
        text::label(ui, words, Type::Body, palette.text_2);
        ui.add_space(16.0);
        let field = Field::new(say!("say-password"), &mut form.password)
            .password()
            .enabled(!model.working)
            .focus_first()
            .show(ui);
        let entered = field.lost_focus() && ui.input(|input| input.key_pressed(Key::Enter));
        if let Some(error) = &model.error {
            ui.add_space(8.0);
            callout(ui, Icon::Warning, error, palette.text, palette.bad_bg);
        }
        ui.add_space(14.0);
        let ready = !model.working && !form.password.is_empty();
        let words = if model.working {
            say!("join-unlocking")
        } else {
            say!("join-unlock")
        };
        let button = Button::large(words).look(Look::Primary).enabled(ready);
        let pressed = ui.add(button).clicked();
        ui.add_space(6.0);
        text::label(ui, model.hint(), Type::Hint, palette.text_3);
        (ready && (pressed || entered)).then(|| Secret::new(std::mem::take(&mut form.password)))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_error_of_the_last_try_is_shown() {
        let locked = ProfileState::Locked {
            error: Some("Wrong password. Try again.".to_owned()),
        };
        let model = build(&locked, false);
        assert!(model.error.is_some());
        assert!(model.hint().contains("new invite"), "{}", model.hint());
        assert!(build(&ProfileState::Unlocking, false).working);
    }
}
