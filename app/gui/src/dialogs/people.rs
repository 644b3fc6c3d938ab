//! Choosing people: for a new private channel, or one that is there.

use std::collections::BTreeSet;

use dialtone_engine::snapshot::{Community, Member};
use dialtone_engine::{AccountId, ChannelId};
use dialtone_words::say;
use egui::{Align, CornerRadius, Rect, Role, ScrollArea, Sense, Ui, WidgetInfo, pos2, vec2};

use super::{DialogAction, foot, heading};
use crate::theme::{Type, palette, radius, size};
use crate::widgets::{Avatar, Button, Field, Icon, Look, focus_ring, icons, text};

/// From so many people on there is a field to find one.
const MANY: usize = 8;
const ROW: f32 = 36.0;
const AROUND: f32 = 460.0;

/// Who is chosen.
#[derive(Debug, Default)]
pub struct PeopleForm {
    /// They.
    pub chosen: BTreeSet<AccountId>,
    find: String,
}

/// Shows the dialog for putting people into the private channel of this name.
pub(super) fn show_add(
    ui: &mut Ui,
    channel: ChannelId,
    (name, form): (&str, &mut PeopleForm),
    community: &Community,
) -> Option<DialogAction> {
    let mut channels = community.channels.iter();
    let found = channels.find(|one| one.id == channel);
    let words = if found.is_some_and(|found| found.from_joining) {
        say!("dialog-read-from-now")
    } else {
        say!("dialog-read-before-too")
    };
    heading(ui, &say!("dialog-add-title", name = name), words);
    let private = found.and_then(|found| found.private.as_ref());
    let inside = private.map_or(&[][..], |private| &private.accounts);
    let is_outside = |member: &&Member| !inside.contains(&member.account);
    let others: Vec<&Member> = community.members.iter().filter(is_outside).collect();
    if others.is_empty() {
        let color = palette(ui).text_3;
        text::label(ui, say!("dialog-all-here"), Type::Body, color);
    }
    pick(ui, &others, form);
    foot(ui, |ui| {
        let ready = !form.chosen.is_empty();
        let add = Button::new(say!("dialog-add"))
            .look(Look::Primary)
            .enabled(ready);
        if ui.add(add).clicked() {
            let chosen = form.chosen.iter().copied().collect();
            return Some(DialogAction::AddPeople(channel, chosen));
        }
        let cancel = ui.add(Button::new(say!("say-cancel")));
        cancel.clicked().then_some(DialogAction::Close)
    })
}

/// Shows these people, each to be chosen or not.
pub(super) fn pick(ui: &mut Ui, people: &[&Member], form: &mut PeopleForm) {
    if people.len() >= MANY {
        Field::new(say!("dialog-find-somebody"), &mut form.find)
            .limit(64)
            .show(ui);
        ui.add_space(4.0);
    }
    let wanted = form.find.to_lowercase();
    let is_found = |member: &&&Member| member.name.to_lowercase().contains(&wanted);
    // What stands around the list in a dialog, with the smallest of windows in mind.
    let room = ui.ctx().content_rect().height() - AROUND;
    ScrollArea::vertical()
        .max_height(room.clamp(ROW * 1.5, ROW * 6.5))
        .auto_shrink([false, true])
        .show(ui, |ui| {
            ui.spacing_mut().item_spacing.y = 0.0;
            for member in people.iter().filter(is_found) {
                let chosen = form.chosen.contains(&member.account);
                if person(ui, member, chosen) && !form.chosen.remove(&member.account) {
                    form.chosen.insert(member.account);
                }
            }
        });
}

fn person(ui: &mut Ui, member: &Member, chosen: bool) -> bool {
    let palette = palette(ui);
    let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), ROW), Sense::click());
    response.widget_info(|| {
        WidgetInfo::selected(Role::CheckBox, ui.is_enabled(), chosen, &member.name)
    });
    if response.hovered() {
        ui.painter().rect_filled(rect, radius::ROW, palette.hovered);
    }
    Avatar::new(member.account, &member.name)
        .diameter(size::AVATAR_LIST)
        .dim(!member.presence.is_connected())
        .paint(ui, pos2(rect.left() + 22.0, rect.center().y));
    let mark = Rect::from_center_size(pos2(rect.right() - 18.0, rect.center().y), vec2(18.0, 18.0));
    let corners = CornerRadius::same(5);
    if chosen {
        ui.painter().rect_filled(mark, corners, palette.accent);
        let color = palette.on_accent;
        icons::paint(ui.painter(), Icon::Check, mark.center(), 12.0, color);
    } else {
        let line = egui::Stroke::new(1.0, palette.text_3);
        let inside = egui::StrokeKind::Inside;
        ui.painter().rect_stroke(mark, corners, line, inside);
    }
    let room = Rect::from_min_max(
        pos2(rect.left() + 44.0, rect.top()),
        pos2(mark.left() - 8.0, rect.bottom()),
    );
    text::paint_in(ui, room, Align::Min, &member.name, Type::Body, palette.text);
    focus_ring(ui, &response, radius::ROW);
    response.clicked()
}
