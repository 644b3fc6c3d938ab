//! Comparing safety words with a member.

use dialtone_engine::AccountId;
use dialtone_engine::snapshot::Community;
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
    let title = format!("Compare with {name}");
    let words = format!(
        "Open the same window at {name}'s, and read the words to each other: in person, or in a call in which you know the voice. \
         Messages do not do for that."
    );
    heading(ui, &title, &words);
    let palette = palette(ui);
    let safety = community
        .and_then(|community| community.safety.as_ref())
        .filter(|safety| safety.account == account);
    let Some(safety) = safety else {
        text::label(ui, "One moment.", Type::Body, palette.text_2);
        return close(ui);
    };
    for row in safety.words.chunks(IN_A_ROW) {
        // The longest word has eight letters: in columns, so that none is passed over in reading.
        let columns: Vec<String> = row.iter().map(|word| format!("{word:<11}")).collect();
        text::selectable(ui, columns.concat().trim_end(), Type::Code, palette.text);
    }
    ui.add_space(8.0);
    let length = format!(
        "Both must show member list entry {}; the words change with it.",
        safety.length
    );
    text::label(ui, &length, Type::Hint, palette.text_2);
    let verified = community.is_some_and(|community| {
        let mut members = community.members.iter();
        members.any(|member| member.account == account && member.verified)
    });
    if verified {
        ui.add_space(8.0);
        let words = "You have compared them before, and nothing has changed.";
        text::label(ui, words, Type::Secondary, palette.accent);
    }
    choose(
        ui,
        ("They are the same", DialogAction::SafetySame(account)),
        ("They differ", DialogAction::SafetyDiffers(account)),
    )
}
