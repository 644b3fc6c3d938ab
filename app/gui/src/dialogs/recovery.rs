//! The recovery key: shown until it is written down, and confirmed by two of its words.

use dialtone_engine::CommunityId;
use dialtone_engine::snapshot::Community;
use dialtone_words::say;
use egui::Ui;

use super::{DialogAction, foot, heading, takes_keyboard};
use crate::theme::{Type, palette};
use crate::widgets::{Button, Field, Icon, Look, text};

/// Words in a row.
const IN_A_ROW: usize = 3;
/// Which words are asked for, from 0.
const ASKED: [usize; 2] = [3, 8];

/// What was typed.
#[derive(Default)]
pub struct RecoveryForm {
    asks: bool,
    typed: [String; 2],
    tried: bool,
}

/// Words of a recovery key are not printed.
impl std::fmt::Debug for RecoveryForm {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("RecoveryForm(…)")
    }
}

/// Shows the words, then asks for two of them.
pub(super) fn show(
    ui: &mut Ui,
    form: &mut RecoveryForm,
    community: Option<&Community>,
) -> Option<DialogAction> {
    let words = community.and_then(|community| community.recovery.words.as_ref());
    let Some(words) = words else {
        return Some(DialogAction::Close);
    };
    let (id, server) = community.map(|community| (community.id, community.server.as_str()))?;
    let words: Vec<&str> = words.expose().split(' ').collect();
    if form.asks {
        ask(ui, form, &words)
    } else {
        read(ui, form, &words, (id, server))
    }
}

fn read(
    ui: &mut Ui,
    form: &mut RecoveryForm,
    words: &[&str],
    (community, server): (CommunityId, &str),
) -> Option<DialogAction> {
    let mut action = None;
    heading(
        ui,
        say!("dialog-your-recovery-key"),
        say!("dialog-recovery-words"),
    );
    let palette = palette(ui);
    for (row, three) in words.chunks(IN_A_ROW).enumerate() {
        let numbered: Vec<String> = three
            .iter()
            .enumerate()
            .map(|(index, word)| format!("{:>2} {word:<11}", row * IN_A_ROW + index + 1))
            .collect();
        text::selectable(ui, numbered.concat().trim_end(), Type::Code, palette.text);
    }
    ui.add_space(8.0);
    ui.horizontal_wrapped(|ui| {
        let copy = Button::new(say!("recovery-copy"))
            .icon(Icon::Copy)
            .height(32.0);
        if ui.add(copy).clicked() {
            ui.ctx().copy_text(words.join(" "));
        }
        let save = Button::new(say!("recovery-save"))
            .icon(Icon::Download)
            .height(32.0);
        if ui.add(save).clicked() {
            action = Some(DialogAction::SaveRecovery(community));
        }
    });
    text::label(ui, say!("recovery-kept"), Type::Hint, palette.text_2);
    ui.add_space(4.0);
    let also = say!("dialog-note-server", server = server);
    text::label(ui, &also, Type::Hint, palette.text_2);
    foot(ui, |ui| {
        let written = Button::new(say!("dialog-written-down")).look(Look::Primary);
        let written = ui.add(written);
        takes_keyboard(ui, &written);
        if written.clicked() {
            form.asks = true;
        }
        let later = ui.add(Button::new(say!("dialog-later"))).clicked();
        later.then_some(DialogAction::Close)
    })
    .or(action)
}

fn ask(ui: &mut Ui, form: &mut RecoveryForm, words: &[&str]) -> Option<DialogAction> {
    heading(ui, say!("dialog-two-words"), say!("dialog-two-words-hint"));
    let right = |form: &RecoveryForm, at: usize| {
        let typed = form.typed[at].trim().to_lowercase();
        words.get(ASKED[at]).is_some_and(|word| *word == typed)
    };
    let mut entered = false;
    for (at, place) in ASKED.iter().enumerate() {
        let wrong = form.tried && !right(form, at);
        let label = say!("dialog-word-number", number = place + 1);
        let mut field = Field::new(&label, &mut form.typed[at])
            .problem(wrong.then_some(say!("dialog-another-word")));
        if at == 0 {
            field = field.focus_first();
        }
        let shown = field.show(ui);
        entered |= shown.lost_focus() && ui.input(|input| input.key_pressed(egui::Key::Enter));
        ui.add_space(8.0);
    }
    let mut action = None;
    foot(ui, |ui| {
        let done = Button::new(say!("say-done")).look(Look::Primary);
        if ui.add(done).clicked() || entered {
            form.tried = true;
            let both = (0..ASKED.len()).all(|at| right(form, at));
            action = both.then_some(DialogAction::RecoveryConfirmed);
        }
        let back = Button::new(say!("dialog-show-again")).icon(Icon::Eye);
        if ui.add(back).clicked() {
            form.asks = false;
        }
    });
    action
}
