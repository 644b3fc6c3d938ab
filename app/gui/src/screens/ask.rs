//! Adding this computer with the help of another device of the account: address, name, password, then a code to compare.

use dialtone_engine::Command;
use dialtone_engine::snapshot::Asking;
use dialtone_words::say;
use egui::Ui;

use super::account::{AccountForm, replaced};
use super::centered;
use crate::theme::{Type, palette};
use crate::widgets::{
    Button, Comparison, Icon, Look, Urgency, announce, callout, compare, text, text_button,
};

/// What is typed, and how the code is looked at.
#[derive(Default)]
pub struct AskForm {
    account: AccountForm,
    comparison: Comparison,
}

/// What was pressed.
pub enum AskAction {
    /// This is to be done.
    Send(Command),
    /// With the recovery key instead.
    Recover,
    /// Back to the link.
    Back,
}

/// Shows the screen; `another` when a community was joined on this device before.
pub fn show(
    ui: &mut Ui,
    form: &mut AskForm,
    asking: Option<&Asking>,
    another: bool,
) -> Option<AskAction> {
    centered::card(ui, "ask", |ui| {
        centered::sign(ui);
        ui.spacing_mut().item_spacing.y = 4.0;
        match asking {
            None => fill_in(ui, form, another, (None, None)),
            Some(Asking::Working(step)) => fill_in(ui, form, another, (Some(step), None)),
            Some(Asking::Failed(why)) => fill_in(ui, form, another, (None, Some(why))),
            Some(Asking::Waiting { online }) => wait(ui, *online),
            Some(Asking::Compare(code)) => {
                form.account.forget_password();
                decide(ui, &mut form.comparison, &code.digits, &code.whole)
            }
            Some(Asking::Confirmed) => {
                let words = say!("join-say-it-there-too");
                heading(ui, say!("join-waiting-for-device"), words);
                None
            }
        }
    })
}

fn heading(ui: &mut Ui, title: &str, words: &str) {
    let palette = palette(ui);
    text::label(ui, title, Type::Heading, palette.text);
    let said = text::label(ui, words, Type::Body, palette.text_2);
    announce(ui, &said, Urgency::Polite);
    ui.add_space(14.0);
}

fn fill_in(
    ui: &mut Ui,
    form: &mut AskForm,
    another: bool,
    (working, error): (Option<&str>, Option<&str>),
) -> Option<AskAction> {
    let palette = palette(ui);
    form.comparison = Comparison::default();
    text::label(
        ui,
        say!("join-add-this-computer"),
        Type::Heading,
        palette.text,
    );
    let words = say!("join-add-words");
    text::label(ui, words, Type::Body, palette.text_2);
    if another {
        replaced(ui);
    }
    ui.add_space(14.0);
    let free = working.is_none();
    let mut entered = form.account.show(ui, free);
    if let Some(error) = error {
        ui.add_space(8.0);
        let shown = callout(ui, Icon::Warning, error, palette.text, palette.bad_bg);
        announce(ui, &shown, Urgency::Urgent);
    }
    ui.add_space(14.0);
    let ready = form.account.is_complete() && free;
    let button = Button::large(working.unwrap_or(say!("join-ask-device")))
        .look(Look::Primary)
        .enabled(ready);
    entered |= ui.add(button).clicked();
    if entered && ready {
        return Some(AskAction::Send(form.command()));
    }
    ui.add_space(6.0);
    let mut action = None;
    ui.vertical_centered(|ui| {
        if free && text_button(ui, say!("join-key-instead")).clicked() {
            action = Some(AskAction::Recover);
        }
        if free && text_button(ui, say!("join-link-instead")).clicked() {
            action = Some(AskAction::Back);
        }
    });
    action
}

fn wait(ui: &mut Ui, online: bool) -> Option<AskAction> {
    let words = if online {
        say!("join-device-asks")
    } else {
        say!("join-device-away")
    };
    heading(ui, say!("join-waiting-for-device"), words);
    let cancel = Button::large(say!("say-cancel"));
    let pressed = ui.add(cancel).clicked();
    pressed.then_some(AskAction::Send(Command::DismissAsking))
}

fn decide(
    ui: &mut Ui,
    comparison: &mut Comparison,
    digits: &str,
    whole: &str,
) -> Option<AskAction> {
    let words = say!("join-compare-words");
    heading(ui, say!("join-same-codes"), words);
    compare(ui, comparison, digits, whole);
    ui.add_space(12.0);
    let same = Button::large(say!("join-they-are-same")).look(Look::Primary);
    let differ = Button::large(say!("join-they-differ")).look(Look::Danger);
    let mut action = None;
    if ui.add(same).clicked() {
        action = Some(Command::CompareCode { same: true });
    }
    ui.add_space(4.0);
    if ui.add(differ).clicked() {
        action = Some(Command::CompareCode { same: false });
    }
    ui.add_space(6.0);
    ui.vertical_centered(|ui| {
        if text_button(ui, say!("say-cancel")).clicked() {
            action = Some(Command::DismissAsking);
        }
    });
    action.map(AskAction::Send)
}

impl AskForm {
    fn command(&self) -> Command {
        Command::AskApproval {
            server: self.account.server(),
            username: self.account.name(),
            password: self.account.password(),
        }
    }
}
