//! Coming back to a bare machine: address, name, password, and the recovery key unless the password alone is enough.

use dialtone_engine::snapshot::{JoinProgress, Recovering};
use dialtone_engine::{Command, Secret};
use dialtone_words::say;
use egui::Ui;

use super::account::{AccountForm, replaced, submitted};
use super::centered;
use crate::theme::{Type, palette};
use crate::widgets::{Button, Field, Icon, Look, callout, text, text_button};

/// What is typed.
#[derive(Default)]
pub struct RecoverForm {
    account: AccountForm,
    words: String,
    /// Without the recovery key.
    by_password: bool,
}

/// What was pressed.
pub enum RecoverAction {
    /// This is to be done.
    Send(Command),
    /// With another device instead.
    Ask,
    /// Back to the link.
    Back,
}

/// Shows the screen; `another` when a community was joined on this device before.
pub fn show(
    ui: &mut Ui,
    form: &mut RecoverForm,
    recovering: Option<&Recovering>,
    another: bool,
) -> Option<RecoverAction> {
    let (working, error) = match recovering.map(|part| &part.progress) {
        Some(JoinProgress::Working(step)) => (Some(step.as_str()), None),
        Some(JoinProgress::Failed(why)) => (None, Some(why.as_str())),
        Some(JoinProgress::Ready) | None => (None, None),
    };
    centered::card(ui, "recover", |ui| {
        let palette = palette(ui);
        centered::sign(ui);
        ui.spacing_mut().item_spacing.y = 4.0;
        text::label(ui, say!("join-come-back"), Type::Heading, palette.text);
        let words = if form.by_password {
            say!("join-back-by-words")
        } else {
            say!("join-back-by-key")
        };
        text::label(ui, words, Type::Body, palette.text_2);
        if another {
            replaced(ui);
        }
        ui.add_space(14.0);
        let free = working.is_none();
        let mut entered = form.account.show(ui, free);
        if !form.by_password {
            ui.add_space(10.0);
            let words = Field::new(say!("join-recovery-key"), &mut form.words)
                .hint(say!("join-twelve-words"))
                .enabled(free);
            entered |= submitted(ui, words);
        }
        if let Some(error) = error {
            ui.add_space(8.0);
            callout(ui, Icon::Warning, error, palette.text, palette.bad_bg);
        }
        ui.add_space(14.0);
        let ready = form.is_complete() && free;
        let button = Button::large(working.unwrap_or(say!("join-come-back")))
            .look(Look::Primary)
            .enabled(ready);
        entered |= ui.add(button).clicked();
        if entered && ready {
            return Some(RecoverAction::Send(form.command()));
        }
        ui.add_space(6.0);
        let mut action = None;
        ui.vertical_centered(|ui| {
            let other = if form.by_password {
                say!("join-have-key")
            } else {
                say!("join-password-alone")
            };
            if free && text_button(ui, other).clicked() {
                form.by_password = !form.by_password;
            }
            if free && text_button(ui, say!("join-device-instead")).clicked() {
                action = Some(RecoverAction::Ask);
            }
            if free && text_button(ui, say!("join-link-instead")).clicked() {
                action = Some(RecoverAction::Back);
            }
        });
        action
    })
}

impl RecoverForm {
    fn is_complete(&self) -> bool {
        self.account.is_complete() && (self.by_password || !self.words.trim().is_empty())
    }

    fn command(&self) -> Command {
        Command::Recover {
            server: self.account.server(),
            username: self.account.name(),
            password: self.account.password(),
            words: (!self.by_password).then(|| Secret::new(self.words.clone())),
        }
    }
}
