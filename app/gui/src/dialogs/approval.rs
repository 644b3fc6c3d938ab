//! A new device asks to be added to the account: go on or refuse, then compare the code.

use dialtone_engine::snapshot::{Approval, ApprovalStage, Community};
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
            heading(
                ui,
                "One moment",
                "The new device answers. Both devices show a code then.",
            );
            close(ui)
        }
        ApprovalStage::Compare(code) => {
            let words = "Both devices show a code. Look at all six digits on both: if one is another, somebody stands in between.";
            heading(ui, "Are the codes the same?", words);
            compare(ui, comparison, &code.digits, &code.whole);
            choose(
                ui,
                ("They are the same", DialogAction::CodesSame(community.id)),
                ("They differ", DialogAction::CodesDiffer(community.id)),
            )
        }
        ApprovalStage::Confirmed => {
            let words =
                "Say at the new device, too, that the codes are the same. Then it is added.";
            heading(ui, "Waiting for the new device", words);
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
        "A new device asks to be added to your account",
        "It will read and write in your name. Go on only if it is in front of you, and you have just asked there.",
    );
    let palette = palette(ui);
    let time = clock.time(approval.asked_ms);
    let words = format!("It calls itself \"{}\"", approval.name);
    text::label(ui, &words, Type::BodyStrong, palette.text);
    let words = format!("Asked at {time} · {}", community.name);
    text::label(ui, &words, Type::Secondary, palette.text_2);
    ui.add_space(10.0);
    let words = "Whoever asks knows your password. If it is not you: refuse, and tell whoever runs the server.";
    callout(ui, Icon::Warning, words, palette.text, palette.attention_bg);
    choose(
        ui,
        ("It is mine, go on", DialogAction::Approve(community.id)),
        ("Refuse", DialogAction::RefuseDevice(community.id)),
    )
}
