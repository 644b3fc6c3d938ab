//! What this computer keeps: the keys, the communities.

use dialtone_engine::Snapshot;
use dialtone_engine::snapshot::{Community, Connection, ProfileState, Role};
use dialtone_words::say;
use egui::{Align, Rect, Sense, Ui, pos2, vec2};

use super::pieces::titled;
use super::{SettingsAction, at_once, keys};
use crate::theme::{Type, around_line, palette};
use crate::time::Clock;
use crate::widgets::{Avatar, Button, Icon, Look, switch, text};

/// Shows the section.
pub(super) fn show(ui: &mut Ui, snapshot: &Snapshot, clock: &Clock) -> Option<SettingsAction> {
    let palette = palette(ui);
    let mut action = None;
    titled(ui, say!("say-keys"), "", |ui| {
        let words = say!("set-keys-words");
        text::label(ui, words, Type::Secondary, palette.text_2);
        let open = snapshot.profile == ProfileState::Unlocked;
        let lock = Button::new(say!("set-lock-now"))
            .icon(Icon::Lock)
            .enabled(open);
        if ui.add(lock).clicked() {
            action = Some(SettingsAction::Lock);
        }
        if open {
            let flipped = at_once::show(ui, snapshot.keyring.at_once);
            action = flipped.map(SettingsAction::Send).or(action.take());
        }
        action = keys::show(ui, &snapshot.settings.look).or(action.take());
    });
    titled(ui, say!("say-communities"), "", |ui| {
        for community in &snapshot.communities {
            let pressed = ui.push_id(community.id, |ui| line(ui, community)).inner;
            action = pressed.or(action.take());
        }
    });
    for community in &snapshot.communities {
        if !matches!(
            community.connection,
            Connection::Opening | Connection::Unusable { .. } | Connection::Removed { .. }
        ) {
            let title = say!("set-you-in", community = community.name);
            let pressed = ui.push_id(community.id, |ui| {
                titled(ui, &title, "", |ui| portrait(ui, community))
            });
            action = pressed.inner.or(action.take());
        }
        action = keys::ignored(ui, community).or(action.take());
        if community.devices.is_empty() {
            continue;
        }
        let title = say!("set-devices-in", community = community.name);
        let pressed = titled(ui, &title, "", |ui| devices(ui, community, clock));
        action = pressed.or(action.take());
    }
    keys::leave(ui, snapshot).or(action)
}

/// One's own picture in a community, and the ways to another one.
fn portrait(ui: &mut Ui, community: &Community) -> Option<SettingsAction> {
    let me = &community.me;
    let mut members = community.members.iter();
    let has_one = members.any(|one| one.account == me.account && one.picture.is_some());
    let mut action = None;
    ui.horizontal(|ui| {
        let (rect, response) = ui.allocate_exact_size(vec2(56.0, 56.0), Sense::hover());
        let words = if has_one {
            say!("set-your-picture")
        } else {
            say!("set-no-picture")
        };
        response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Image, true, words));
        Avatar::new(me.account, &me.name)
            .diameter(56.0)
            .paint(ui, rect.center());
        ui.add_space(12.0);
        ui.vertical(|ui| {
            ui.spacing_mut().item_spacing.y = 6.0;
            text::label(ui, &me.name, Type::BodyStrong, palette(ui).text);
            ui.horizontal(|ui| {
                ui.spacing_mut().item_spacing.x = 8.0;
                let choose = Button::new(say!("set-choose-picture")).height(30.0);
                if ui.add(choose).clicked() {
                    action = Some(SettingsAction::ChoosePicture(community.id));
                }
                let password = Button::new(say!("people-change-password")).height(30.0);
                if ui.add(password).clicked() {
                    action = Some(SettingsAction::ChangePassword(community.id));
                }
                let remove = Button::new(say!("set-remove"))
                    .look(Look::Quiet)
                    .height(30.0);
                if has_one && ui.add(remove).clicked() {
                    action = Some(SettingsAction::RemovePicture(community.id));
                }
            });
        });
    });
    let words = say!("set-picture-words");
    text::label(ui, words, Type::Hint, palette(ui).text_2);
    let leave = Button::new(say!("leave-and-delete"))
        .look(Look::Quiet)
        .height(30.0);
    let name = say!("leave-and-delete-in", community = community.name);
    if ui.add(leave).accessible_name(&name).clicked() {
        action = Some(SettingsAction::Leave(community.id));
    }
    action
}

/// One's own devices in a community.
fn devices(ui: &mut Ui, community: &Community, clock: &Clock) -> Option<SettingsAction> {
    let mut action = None;
    for device in &community.devices {
        let mut words = device.name.clone();
        if device.this {
            words = say!("set-this-one", name = words);
        } else if device.online {
            words = say!("set-connected", name = words);
        } else if let Some(seen) = device.last_seen_ms {
            words = say!("set-last-seen", name = words, day = clock.day(seen));
        }
        let revoke = (!device.this).then_some(say!("set-take-out"));
        let name = say!("set-take-out-device", device = device.name);
        let pressed = ui.push_id(device.id, |ui| row(ui, &words, revoke, &name));
        if pressed.inner {
            let name = device.name.clone();
            action = Some(SettingsAction::RevokeDevice(community.id, device.id, name));
        }
    }
    if community.recovery.by_password {
        let words = say!("set-opens-alone");
        let hint = say!("set-opens-alone-hint");
        if switch(ui, true, words, hint) {
            action = Some(SettingsAction::ForbidPassword(community.id));
        }
    }
    let words = say!("set-add-another");
    text::label(ui, words, Type::Hint, palette(ui).text_2);
    let unknown = community
        .devices
        .iter()
        .any(|one| one.last_seen_ms.is_none());
    let online = community.connection == Connection::Online;
    if unknown
        && online
        && ui
            .add(Button::new(say!("set-ask-seen")).height(30.0))
            .clicked()
    {
        action = Some(SettingsAction::LookAtDevices(community.id));
    }
    action
}

/// Words, and a button at the right; true when it was pressed.
fn row(ui: &mut Ui, words: &str, button: Option<&str>, name: &str) -> bool {
    let palette = palette(ui);
    let (rect, response) = ui.allocate_exact_size(
        vec2(ui.available_width(), around_line(ui, 34.0)),
        Sense::hover(),
    );
    response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Label, true, words));
    // As wide as the longest word of a language needs.
    let kind = Type::SecondaryStrong;
    let needed = button.map_or(0.0, |words| {
        let line = text::line(ui, words, kind, palette.text, f32::INFINITY);
        line.size().x + 32.0
    });
    let split = rect.right() - needed.max(84.0);
    let room = Rect::from_min_max(rect.min, pos2(split, rect.bottom()));
    text::paint_in(ui, room, Align::Min, words, Type::Body, palette.text);
    let Some(button) = button else {
        return false;
    };
    let place = Rect::from_min_max(pos2(split, rect.top() + 2.0), rect.max);
    let button = Button::new(button)
        .look(Look::Quiet)
        .height(30.0)
        .full_width();
    crate::panels::within(ui, "button", place, |ui| {
        ui.add(button).accessible_name(name).clicked()
    })
}

/// One community, and what its admins decide for this computer.
fn line(ui: &mut Ui, community: &Community) -> Option<SettingsAction> {
    let forget = forget(ui, community).then_some(SettingsAction::Forget(community.id));
    let settled = !matches!(
        community.connection,
        Connection::Opening | Connection::Unusable { .. }
    );
    if community.me.role < Role::Admin || !settled {
        return forget;
    }
    let words = say!("set-let-in-all", community = community.name);
    let hint = say!("set-let-in-hint");
    let on = community.admits_automatically;
    let flipped = switch(ui, on, &words, hint);
    forget.or(flipped.then_some(SettingsAction::AdmitAutomatically(community.id, !on)))
}

/// One community; true when it is to be forgotten.
fn forget(ui: &mut Ui, community: &Community) -> bool {
    let words = format!("{} · {}", community.name, community.server);
    let name = say!("set-forget-named", community = community.name);
    row(ui, &words, Some(say!("set-forget")), &name)
}
