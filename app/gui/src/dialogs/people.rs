//! Choosing people: for a new private channel, or one that is there.

use std::collections::BTreeSet;

use dialtone_engine::snapshot::{Community, Member, Presence};
use dialtone_engine::{AccountId, ChannelId};
use dialtone_words::say;
use egui::{
    Align, CornerRadius, Rect, Role, ScrollArea, Sense, Ui, UiBuilder, WidgetInfo, pos2, vec2,
};

use super::{DialogAction, foot, heading};
use crate::panels::members;
use crate::theme::{Type, around_line, palette, radius, size};
use crate::widgets::{
    Avatar, Button, Field, Icon, Look, Urgency, announce, focus_ring, group_label, icons, text,
};

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

/// People of one heading.
#[derive(Debug, PartialEq)]
struct Part<'a> {
    heading: &'static str,
    people: Vec<&'a Member>,
}

/// Those whose name has `wanted` in it, whoever is here first, as in the list of members.
fn parts<'a>(people: &[&'a Member], wanted: &str) -> Vec<Part<'a>> {
    let wanted = wanted.trim().to_lowercase();
    let of = |here: bool| {
        let fits = |member: &&&Member| {
            member.presence.is_connected() == here && member.name.to_lowercase().contains(&wanted)
        };
        people.iter().filter(fits).copied().collect()
    };
    let all = [
        (say!("say-online"), of(true)),
        (say!("panel-offline-members"), of(false)),
    ];
    all.into_iter()
        .filter(|(_, people): &(_, Vec<_>)| !people.is_empty())
        .map(|(heading, people)| Part { heading, people })
        .collect()
}

/// Shows these people, each to be chosen or not.
pub(super) fn pick(ui: &mut Ui, people: &[&Member], form: &mut PeopleForm) {
    let many = people.len() >= MANY;
    if many {
        Field::new(say!("dialog-find-somebody"), &mut form.find)
            .limit(64)
            .show(ui);
        ui.add_space(4.0);
    }
    let parts = parts(people, if many { &form.find } else { "" });
    if parts.is_empty() && !people.is_empty() {
        let color = palette(ui).text_2;
        let words = say!("dialog-nobody-called");
        let label = text::label(ui, words, Type::Secondary, color);
        announce(ui, &label, Urgency::Polite);
    }
    // What stands around the list in a dialog, with the smallest of windows in mind.
    let room = ui.ctx().content_rect().height() - AROUND;
    let row = around_line(ui, ROW);
    ScrollArea::vertical()
        .max_height(room.clamp(row * 1.5, row * 6.5))
        .auto_shrink([false, true])
        .show(ui, |ui| {
            ui.spacing_mut().item_spacing.y = 0.0;
            for part in &parts {
                group(ui, part, form);
            }
        });
    if people.len() > 1 {
        ui.add_space(4.0);
        let words = say!("dialog-count-chosen", count = form.chosen.len());
        let label = text::label(ui, &words, Type::Hint, palette(ui).text_3);
        announce(ui, &label, Urgency::Polite);
    }
}

/// One heading with its people, as a group that a screen reader names.
fn group(ui: &mut Ui, part: &Part<'_>, form: &mut PeopleForm) {
    let words = format!("{} · {}", part.heading, part.people.len());
    let builder = UiBuilder::new()
        .id_salt(part.heading)
        .accessibility_role(Role::Group)
        .accessibility_label(part.heading);
    ui.scope_builder(builder, |ui| {
        ui.add_space(6.0);
        group_label(ui, &words);
        ui.add_space(2.0);
        for member in &part.people {
            let chosen = form.chosen.contains(&member.account);
            if person(ui, member, chosen) && !form.chosen.remove(&member.account) {
                form.chosen.insert(member.account);
            }
        }
    });
}

/// What is said of somebody: name, role, and that they are away.
fn spoken(member: &Member) -> String {
    let mut words = member.name.clone();
    let away = member.presence == Presence::Away;
    let role = members::role_words(member.role);
    for more in role
        .into_iter()
        .chain(away.then_some(say!("panel-kind-away")))
    {
        words.push_str(", ");
        words.push_str(more);
    }
    words
}

fn person(ui: &mut Ui, member: &Member, chosen: bool) -> bool {
    let palette = palette(ui);
    let size = vec2(ui.available_width(), around_line(ui, ROW));
    let (rect, response) = ui.allocate_exact_size(size, Sense::click());
    response.widget_info(|| {
        WidgetInfo::selected(Role::CheckBox, ui.is_enabled(), chosen, spoken(member))
    });
    if response.hovered() {
        ui.painter().rect_filled(rect, radius::ROW, palette.hovered);
    }
    Avatar::new(member.account, &member.name)
        .diameter(size::AVATAR_LIST)
        .dim(!member.presence.is_connected())
        .online_on(member.presence.is_connected().then_some(palette.bg_2))
        .away(member.presence == Presence::Away)
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
    let mut right = mark.left() - 8.0;
    if let Some(role) = members::role_words(member.role) {
        right = members::chip(ui, pos2(right, rect.center().y), role).left() - 8.0;
    }
    let room = Rect::from_min_max(
        pos2(rect.left() + 44.0, rect.top()),
        pos2(right, rect.bottom()),
    );
    text::paint_in(ui, room, Align::Min, &member.name, Type::Body, palette.text);
    focus_ring(ui, &response, radius::ROW);
    response.clicked()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::demo;

    #[test]
    fn whoever_is_here_comes_first_and_names_narrow_both() {
        let snapshot = demo::harbour();
        let all: Vec<&Member> = snapshot.communities[0].members.iter().collect();
        let told = |wanted: &str| -> Vec<Vec<String>> {
            let parts = parts(&all, wanted);
            let names = |part: &Part<'_>| part.people.iter().map(|one| one.name.clone()).collect();
            parts.iter().map(names).collect()
        };
        let both = told("");
        assert_eq!(both[0], ["Anna", "Jo", "Mikael", "Tomas"]);
        assert_eq!(both[1], ["Rune", "Saga"]);
        assert_eq!(told(" SA "), [["Saga"]]);
        assert!(told("nobody").is_empty());
    }

    #[test]
    fn role_and_absence_are_said_with_the_name() {
        let snapshot = demo::harbour();
        let said: Vec<String> = snapshot.communities[0].members.iter().map(spoken).collect();
        assert_eq!(said[..2], ["Anna, founder", "Jo"]);
        assert_eq!(said[5], "Tomas, away");
    }
}
