//! What one may do with a message: in a bar at its upper right, in its menu, and by keys.

use dialtone_engine::snapshot::{ItemBody, Sending, TimelineItem};
use dialtone_words::say;
use egui::{CornerRadius, Key, Modifiers, Rect, Stroke, StrokeKind, Ui, pos2, vec2};

use super::view::{Deed, TimelineAction};
use crate::panels::within;
use crate::rich::{host, links};
use crate::shortcuts::{self, Shortcut};
use crate::theme::{palette, radius};
use crate::widgets::{Icon, IconButton, Look, Row};

/// One button of the bar, and the room around them.
const BUTTON: f32 = 28.0;
const PADDING: f32 = 2.0;

/// What the rules let one do with it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "independent rights to one message"
)]
pub(super) struct Rights {
    /// Answer it, set an emoji to it, pin it.
    pub(super) answer: bool,
    pub(super) edit: bool,
    pub(super) delete: bool,
    pub(super) copy: bool,
}

impl Rights {
    /// One's own to `item`, where one may write (`usable`) or not.
    pub(super) fn of(item: &TimelineItem, usable: bool) -> Self {
        let there = !matches!(item.body, ItemBody::Deleted { .. });
        let sent = there && item.hash.is_some() && item.sending == Sending::Sent;
        Self {
            answer: usable && sent,
            edit: usable && sent && item.marks.may_edit,
            delete: usable && sent && item.marks.may_delete,
            copy: there && item.body.text().is_some_and(|text| !text.is_empty()),
        }
    }

    pub(super) fn is_any(self) -> bool {
        self.answer || self.copy || self.delete
    }
}

/// Where the bar stands above a message in `rect`, whose words begin at `top`.
pub(super) fn place(rect: Rect, top: f32, rights: Rights) -> Rect {
    let buttons = [rights.answer, rights.answer, rights.edit, true];
    let count = buttons.into_iter().filter(|is| *is).count() as f32;
    let size = vec2(count * BUTTON + 2.0 * PADDING, BUTTON + 2.0 * PADDING);
    let at = pos2(rect.right() - 20.0 - size.x, top - size.y + 14.0);
    Rect::from_min_size(at, size)
}

/// Shows the bar at `place`. It is for the pointer; the keyboard has keys for the same.
pub(super) fn bar(
    ui: &mut Ui,
    place: Rect,
    item: &TimelineItem,
    (rights, text): (Rights, &str),
) -> Option<TimelineAction> {
    let palette = palette(ui);
    let corner = CornerRadius::same(radius::ROW);
    let border = Stroke::new(1.0, palette.line);
    ui.painter()
        .rect(place, corner, palette.bg_3, border, StrokeKind::Inside);
    let mut action = None;
    within(ui, "tools", place, |ui| {
        let mut at = place.min + vec2(PADDING, PADDING);
        let mut button = |ui: &mut Ui, icon, name: &str, tip: &str| {
            let spot = Rect::from_min_size(at, vec2(BUTTON, BUTTON));
            at.x += BUTTON;
            let button = IconButton::new(icon, name).tooltip(tip).look(Look::Quiet);
            let button = button.size(BUTTON, BUTTON).by_pointer();
            within(ui, name, spot, |ui| ui.add(button))
        };
        if let Some(hash) = item.hash.filter(|_| rights.answer) {
            let tip = shortcuts::hint(ui.ctx(), say!("line-add-reaction"), Shortcut::React);
            let react = button(ui, Icon::Smile, say!("line-add-reaction"), &tip);
            if react.clicked() {
                action = Some(TimelineAction::Do(hash, Deed::PickEmoji(react.rect)));
            }
            let tip = shortcuts::hint(ui.ctx(), say!("line-reply"), Shortcut::Reply);
            if button(ui, Icon::Reply, say!("line-reply"), &tip).clicked() {
                action = Some(TimelineAction::Do(hash, Deed::Reply));
            }
            let tip = shortcuts::hint(ui.ctx(), say!("line-edit-message"), Shortcut::Edit);
            let pencil = say!("line-edit-message");
            if rights.edit && button(ui, Icon::Pencil, pencil, &tip).clicked() {
                action = Some(TimelineAction::Do(hash, Deed::Edit));
            }
        }
        let tip = shortcuts::hint(ui.ctx(), say!("line-more"), Shortcut::Menu);
        let more = button(ui, Icon::Dots, say!("line-more"), &tip);
        let chosen = egui::Popup::menu(&more)
            .accessible_name(say!("line-more"))
            .show(|ui| menu(ui, item, (rights, text)));
        action = chosen.and_then(|shown| shown.inner).or(action.take());
    });
    action
}

/// The entries of a message's menu; `text` is what is shown of it.
pub(super) fn menu(
    ui: &mut Ui,
    item: &TimelineItem,
    (rights, text): (Rights, &str),
) -> Option<TimelineAction> {
    ui.set_width(232.0);
    let mut action = None;
    let entry = |ui: &mut Ui, words: &str, icon, bad: bool| {
        let color = bad.then_some(palette(ui).bad);
        let pressed = Row::new(words).icon(icon).color(color).show(ui).clicked();
        if pressed {
            ui.close();
        }
        pressed
    };
    if let Some(hash) = item.hash.filter(|_| rights.answer) {
        let corner = Rect::from_min_size(ui.max_rect().min, vec2(1.0, 1.0));
        if entry(ui, say!("line-menu-reaction"), Icon::Smile, false) {
            action = Some(TimelineAction::Do(hash, Deed::PickEmoji(corner)));
        }
        if entry(ui, say!("line-menu-reply"), Icon::Reply, false) {
            action = Some(TimelineAction::Do(hash, Deed::Reply));
        }
        if rights.edit && entry(ui, say!("line-menu-edit"), Icon::Pencil, false) {
            action = Some(TimelineAction::Do(hash, Deed::Edit));
        }
        let pinned = item.marks.pinned;
        let words = if pinned {
            say!("line-take-pin-off")
        } else {
            say!("line-pin")
        };
        if entry(ui, words, Icon::Pin, false) {
            action = Some(TimelineAction::Do(hash, Deed::Pin(!pinned)));
        }
    }
    if !item.marks.versions.is_empty() && entry(ui, say!("line-menu-versions"), Icon::Clock, false)
    {
        action = Some(TimelineAction::Versions(item.client_id));
    }
    if rights.copy && entry(ui, say!("line-copy-text"), Icon::Copy, false) {
        ui.ctx().copy_text(text.to_owned());
    }
    let addresses = links(text);
    for address in &addresses {
        let words = match addresses.len() {
            1 => say!("dialog-copy-link").to_owned(),
            _ => say!("line-copy-link-to", host = host(address)),
        };
        if entry(ui, &words, Icon::Copy, false) {
            ui.ctx().copy_text(address.clone());
        }
    }
    if let Some(hash) = item.hash.filter(|_| rights.delete)
        && entry(ui, say!("line-menu-delete"), Icon::Trash, true)
    {
        action = Some(TimelineAction::Do(hash, Deed::AskDelete));
    }
    action
}

/// Whether the key of the menu was pressed.
pub(super) fn wants_menu(ui: &Ui) -> bool {
    shortcuts::pressed(ui.ctx(), Shortcut::Menu)
}

/// What the keys ask for, of a message that shows this text, while the keyboard is on a message that stands in `rect`.
pub(super) fn keys(
    ui: &Ui,
    item: &TimelineItem,
    (rights, text): (Rights, &str),
    rect: Rect,
) -> Option<TimelineAction> {
    let wanted = [
        Shortcut::React,
        Shortcut::Reply,
        Shortcut::Edit,
        Shortcut::Pin,
        Shortcut::Copy,
        Shortcut::Delete,
    ];
    let bindings = shortcuts::of(ui.ctx());
    let (pressed, enter) = ui.input_mut(|input| {
        let pressed = wanted.into_iter().find(|one| bindings.take(input, *one));
        (pressed, input.consume_key(Modifiers::NONE, Key::Enter))
    });
    if pressed == Some(Shortcut::Copy) && rights.copy {
        ui.ctx().copy_text(text.to_owned());
        return None;
    }
    if pressed.is_none() && enter {
        let reply = item.marks.reply.as_ref()?;
        return Some(TimelineAction::Jump(reply.target));
    }
    let hash = item.hash?;
    let deed = match pressed? {
        Shortcut::React if rights.answer => Deed::PickEmoji(rect),
        Shortcut::Reply if rights.answer => Deed::Reply,
        Shortcut::Pin if rights.answer => Deed::Pin(!item.marks.pinned),
        Shortcut::Edit if rights.edit => Deed::Edit,
        Shortcut::Delete if rights.delete => Deed::AskDelete,
        _ => return None,
    };
    Some(TimelineAction::Do(hash, deed))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::demo;

    #[test]
    fn what_one_may_do_follows_from_whose_it_is_and_what_became_of_it() {
        let snapshot = demo::harbour();
        let mut item = (*snapshot.communities[0].channels[0].timeline.items[0]).clone();
        item.marks.may_edit = true;
        item.marks.may_delete = true;
        let all = Rights::of(&item, true);
        assert!(all.answer && all.edit && all.delete && all.copy);
        let quiet = Rights::of(&item, false);
        assert!(!quiet.answer && !quiet.edit && !quiet.delete && quiet.copy);
        item.body = ItemBody::Deleted { by: None };
        assert!(!Rights::of(&item, true).is_any());
    }
}
