//! Comparing safety words with a member.

use dialtone_engine::AccountId;
use dialtone_engine::snapshot::Community;
use dialtone_words::say;
use egui::Ui;

use super::{DialogAction, choose, close, heading};
use crate::theme::{Type, palette};
use crate::widgets::text;

/// Words in a row.
const IN_A_ROW: usize = 4;

/// Shows the words, and asks whether they are the same over there.
pub(super) fn show(
    ui: &mut Ui,
    account: AccountId,
    name: &str,
    community: Option<&Community>,
) -> Option<DialogAction> {
    let title = say!("dialog-compare-title", name = name);
    let words = say!("dialog-compare-words", name = name);
    heading(ui, &title, &words);
    let palette = palette(ui);
    let safety = community
        .and_then(|community| community.safety.as_ref())
        .filter(|safety| safety.account == account);
    let Some(safety) = safety else {
        text::label(ui, say!("dialog-moment"), Type::Body, palette.text_2);
        return close(ui);
    };
    for row in safety.words.chunks(IN_A_ROW) {
        // The longest word has eight letters: in columns, so that none is passed over in reading.
        let columns: Vec<String> = row.iter().map(|word| format!("{word:<11}")).collect();
        text::selectable(ui, columns.concat().trim_end(), Type::Code, palette.text);
    }
    ui.add_space(8.0);
    let length = say!("dialog-list-entry", entry = safety.length.to_string());
    text::label(ui, &length, Type::Hint, palette.text_2);
    let verified = community.is_some_and(|community| {
        let mut members = community.members.iter();
        members.any(|member| member.account == account && member.verified)
    });
    if verified {
        ui.add_space(8.0);
        let words = say!("dialog-compared-before");
        text::label(ui, words, Type::Secondary, palette.accent);
    }
    choose(
        ui,
        (
            say!("join-they-are-same"),
            DialogAction::SafetySame(account),
        ),
        (
            say!("join-they-differ"),
            DialogAction::SafetyDiffers(account),
        ),
    )
}
