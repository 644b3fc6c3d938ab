//! A new device asks to be added to the account: go on or refuse, then compare the code.

use dialtone_engine::snapshot::{Approval, ApprovalStage, Community};
use dialtone_words::say;
use egui::Ui;

use super::{DialogAction, choose, close, heading};
use crate::theme::{Type, palette};
use crate::time::Clock;
use crate::widgets::{Comparison, Icon, callout, compare, text};

/// Shows the dialog; it closes by itself when nothing is under way any more.
pub(super) fn show(
    ui: &mut Ui,
    comparison: &mut Comparison,
    community: Option<&Community>,
    clock: &Clock,
) -> Option<DialogAction> {
    let community = community?;
    let Some(approval) = &community.approval else {
        return Some(DialogAction::Close);
    };
    match &approval.stage {
        ApprovalStage::Asked => ask(ui, approval, community, clock),
        ApprovalStage::Waiting => {
            heading(ui, say!("dialog-one-moment"), say!("dialog-device-answers"));
            close(ui)
        }
        ApprovalStage::Compare(code) => {
            let words = say!("join-compare-words");
            heading(ui, say!("join-same-codes"), words);
            compare(ui, comparison, &code.digits, &code.whole);
            choose(
                ui,
                (
                    say!("join-they-are-same"),
                    DialogAction::CodesSame(community.id),
                ),
                (
                    say!("join-they-differ"),
                    DialogAction::CodesDiffer(community.id),
                ),
            )
        }
        ApprovalStage::Confirmed => {
            let words = say!("dialog-say-it-there");
            heading(ui, say!("dialog-waiting-device"), words);
            close(ui)
        }
    }
}

fn ask(
    ui: &mut Ui,
    approval: &Approval,
    community: &Community,
    clock: &Clock,
) -> Option<DialogAction> {
    heading(
        ui,
        say!("dialog-device-asks"),
        say!("dialog-device-asks-words"),
    );
    let palette = palette(ui);
    let time = clock.time(approval.asked_ms);
    let words = say!("dialog-calls-itself", name = approval.name);
    text::label(ui, &words, Type::BodyStrong, palette.text);
    let words = say!("dialog-asked-at", time = time, community = community.name);
    text::label(ui, &words, Type::Secondary, palette.text_2);
    ui.add_space(10.0);
    let words = say!("dialog-asks-knows");
    callout(ui, Icon::Warning, words, palette.text, palette.attention_bg);
    choose(
        ui,
        (
            say!("dialog-it-is-mine"),
            DialogAction::Approve(community.id),
        ),
        (
            say!("dialog-refuse"),
            DialogAction::RefuseDevice(community.id),
        ),
    )
}
