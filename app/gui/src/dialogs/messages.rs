//! About one message: whether to take it back, what it said before it was edited, where a link of it leads.

use dialtone_engine::snapshot::Community;
use dialtone_engine::{ChannelId, ClientEventId, Hash, covered};
use dialtone_words::say;
use egui::{Frame, Margin, ScrollArea, Ui};

use super::{DialogAction, close, foot, heading, takes_keyboard};
use crate::rich::host;
use crate::theme::{Type, palette, radius};
use crate::time::Clock;
use crate::widgets::{Button, Look, text};

/// The message that one asks about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeleteForm {
    /// Where.
    pub channel: ChannelId,
    /// Its hash.
    pub target: Hash,
    /// The name of who wrote it; none: oneself.
    pub of: Option<String>,
    /// What it says.
    pub words: String,
}

/// Shows the question whether to take a message back.
pub(super) fn show_delete(ui: &mut Ui, form: &DeleteForm) -> Option<DialogAction> {
    let title = match &form.of {
        Some(name) => say!("dialog-delete-theirs", name = name),
        None => say!("dialog-delete-yours").to_owned(),
    };
    let words = say!("dialog-delete-message-words");
    heading(ui, &title, words);
    if !form.words.is_empty() {
        quoted(ui, |ui| {
            let color = palette(ui).text_2;
            text::label(ui, &shortened(&form.words), Type::Secondary, color);
        });
    }
    foot(ui, |ui| {
        let delete = Button::new(say!("dialog-delete")).look(Look::DangerFilled);
        if ui.add(delete).clicked() {
            return Some(DialogAction::DeleteMessage(form.channel, form.target));
        }
        // Enter alone destroys nothing.
        let cancel = ui.add(Button::new(say!("say-cancel")));
        takes_keyboard(ui, &cancel);
        cancel.clicked().then_some(DialogAction::Close)
    })
}

fn shortened(words: &str) -> String {
    const MOST: usize = 240;
    if words.chars().count() <= MOST {
        return words.to_owned();
    }
    words.chars().take(MOST).chain(['…']).collect()
}

fn quoted(ui: &mut Ui, contents: impl FnOnce(&mut Ui)) {
    let palette = palette(ui);
    Frame::new()
        .fill(palette.bg_1)
        .corner_radius(radius::ROW)
        .inner_margin(Margin::symmetric(12, 8))
        .show(ui, |ui| {
            ui.set_width(ui.available_width());
            contents(ui);
        });
}

/// Shows what the message said before, the latest first.
pub(super) fn show_versions(
    ui: &mut Ui,
    (channel, id): (ChannelId, ClientEventId),
    community: Option<&Community>,
    clock: &Clock,
) -> Option<DialogAction> {
    let words = say!("dialog-versions-words");
    heading(ui, say!("dialog-versions"), words);
    let mut channels = community.into_iter().flat_map(|one| &one.channels);
    let channel = channels.find(|one| one.id == channel);
    let mut items = channel.into_iter().flat_map(|one| &one.timeline.items);
    let item = items.find(|item| item.client_id == id);
    let palette = palette(ui);
    let versions = item.map_or(&[][..], |item| &item.marks.versions);
    if versions.is_empty() {
        text::label(ui, say!("dialog-no-versions"), Type::Body, palette.text_2);
    }
    let height = (ui.ctx().content_rect().height() - 320.0).max(80.0);
    ScrollArea::vertical().max_height(height).show(ui, |ui| {
        ui.spacing_mut().item_spacing.y = 8.0;
        let mut from = item.map_or(0, |item| item.time_ms);
        let mut shown = Vec::new();
        for version in versions {
            shown.push((from, &version.text));
            from = version.until_ms;
        }
        for (since, words) in shown.into_iter().rev() {
            quoted(ui, |ui| {
                ui.spacing_mut().item_spacing.y = 2.0;
                text::label(ui, &clock.full(since), Type::Hint, palette.text_3);
                text::selectable(ui, &covered(words), Type::Body, palette.text);
            });
        }
    });
    close(ui)
}

/// Shows where a link leads whose words say something else.
pub(super) fn show_link(ui: &mut Ui, address: &str) -> Option<DialogAction> {
    let title = say!("dialog-open-link", host = host(address));
    let words = say!("dialog-open-link-words");
    heading(ui, &title, words);
    quoted(ui, |ui| {
        let color = palette(ui).text;
        text::selectable(ui, address, Type::Code, color);
    });
    foot(ui, |ui| {
        if ui
            .add(Button::new(say!("join-open-it")).look(Look::Primary))
            .clicked()
        {
            return Some(DialogAction::OpenLink(address.to_owned()));
        }
        let cancel = ui.add(Button::new(say!("say-cancel")));
        takes_keyboard(ui, &cancel);
        cancel.clicked().then_some(DialogAction::Close)
    })
}
