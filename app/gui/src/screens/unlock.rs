//! The keystore is closed: the password opens it, or the system's keyring, which is being asked.

use dialtone_engine::Secret;
use dialtone_engine::Snapshot;
use dialtone_engine::snapshot::ProfileState;
use dialtone_words::say;
use egui::{Key, Ui};

use super::centered;
use crate::theme::{Type, palette};
use crate::widgets::{Button, Field, Icon, Look, Urgency, announce, callout, text, text_button};

/// What is typed.
#[derive(Default)]
pub struct UnlockForm {
    /// The password.
    pub password: String,
}

/// What was pressed.
#[derive(Debug, PartialEq, Eq)]
pub enum UnlockAction {
    /// Try this password.
    Try(Secret),
    /// Do not wait for the keyring.
    UsePassword,
    /// There is no password to try.
    Forgot,
}

/// What the screen says.
#[derive(Debug, PartialEq, Eq)]
pub struct UnlockModel {
    error: Option<String>,
    /// Why the keyring did not open the keys.
    problem: Option<String>,
    /// The keyring is being asked.
    asking: bool,
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

/// The screen for `snapshot`; a link there waits until it is open.
pub fn build(snapshot: &Snapshot) -> UnlockModel {
    let profile = &snapshot.profile;
    UnlockModel {
        error: match profile {
            ProfileState::Locked { error } => error.clone(),
            _ => None,
        },
        problem: snapshot.keyring.problem.clone(),
        asking: *profile == ProfileState::AskingKeyring,
        working: *profile == ProfileState::Unlocking,
        link_waits: snapshot.invitation.is_some(),
    }
}

/// Shows the screen.
pub fn show(ui: &mut Ui, model: &UnlockModel, form: &mut UnlockForm) -> Option<UnlockAction> {
    centered::card(ui, "unlock", |ui| {
        let palette = palette(ui);
        centered::sign(ui);
        ui.spacing_mut().item_spacing.y = 4.0;
        text::label(ui, say!("join-welcome-back"), Type::Heading, palette.text);
        if model.asking {
            return ask_keyring(ui);
        }
        let words = if model.link_waits {
            say!("join-locked-link")
        } else {
            say!("join-locked")
        };
        text::label(ui, words, Type::Body, palette.text_2);
        if let (Some(problem), None) = (&model.problem, &model.error) {
            ui.add_space(10.0);
            callout(ui, Icon::Info, problem, palette.text, palette.bg_3);
        }
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
        if ready && (pressed || entered) {
            let password = Secret::new(std::mem::take(&mut form.password));
            return Some(UnlockAction::Try(password));
        }
        ui.add_space(6.0);
        let forgot = ui.vertical_centered(|ui| text_button(ui, say!("unlock-forgot")));
        let forgot = !model.working && forgot.inner.clicked();
        forgot.then_some(UnlockAction::Forgot)
    })
}

fn ask_keyring(ui: &mut Ui) -> Option<UnlockAction> {
    let color = palette(ui).text_2;
    let label = text::label(ui, say!("unlock-asking"), Type::Body, color);
    announce(ui, &label, Urgency::Polite);
    ui.add_space(16.0);
    let button = Button::large(say!("unlock-by-password"));
    let pressed = ui.add(button).clicked();
    pressed.then_some(UnlockAction::UsePassword)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(profile: ProfileState) -> Snapshot {
        Snapshot {
            profile,
            ..Snapshot::default()
        }
    }

    #[test]
    fn the_error_of_the_last_try_is_shown() {
        let locked = ProfileState::Locked {
            error: Some("Wrong password. Try again.".to_owned()),
        };
        let model = build(&with(locked));
        assert!(model.error.is_some() && !model.asking);
        assert!(model.hint().contains("new invite"), "{}", model.hint());
        assert!(build(&with(ProfileState::Unlocking)).working);
        assert!(build(&with(ProfileState::AskingKeyring)).asking);
    }
}
