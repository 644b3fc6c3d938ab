//! What this computer keeps: the keys, the communities.

use dialtone_engine::Snapshot;
use dialtone_engine::snapshot::{Community, Connection, ProfileState, Role};
use egui::{Align, Rect, Sense, Ui, pos2, vec2};

use super::SettingsAction;
use super::pieces::titled;
use crate::theme::{Type, palette};
use crate::widgets::{Button, Icon, Look, switch, text};

/// Shows the section.
pub(super) fn show(ui: &mut Ui, snapshot: &Snapshot) -> Option<SettingsAction> {
    let palette = palette(ui);
    let mut action = None;
    titled(ui, "Keys", "", |ui| {
        let words = "Your keys are kept encrypted on this computer. Locking closes them and disconnects, \
                     until the password opens them again.";
        text::label(ui, words, Type::Secondary, palette.text_2);
        let open = snapshot.profile == ProfileState::Unlocked;
        let lock = Button::new("Lock now").icon(Icon::Lock).enabled(open);
        if ui.add(lock).clicked() {
            action = Some(SettingsAction::Lock);
        }
    });
    titled(ui, "Communities", "", |ui| {
        for community in &snapshot.communities {
            let pressed = ui.push_id(community.id, |ui| line(ui, community)).inner;
            action = pressed.or(action.take());
        }
    });
    action
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
    let words = format!("Let in whoever knocks at {}", community.name);
    let hint = "Without asking you, while this client is connected. Nobody vouches for them but the server, and everybody sees that.";
    let on = community.admits_automatically;
    let flipped = switch(ui, on, &words, hint);
    forget.or(flipped.then_some(SettingsAction::AdmitAutomatically(community.id, !on)))
}

/// One community; true when it is to be forgotten.
fn forget(ui: &mut Ui, community: &Community) -> bool {
    let palette = palette(ui);
    let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), 34.0), Sense::hover());
    let words = format!("{} · {}", community.name, community.server);
    response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Label, true, &words));
    let split = rect.right() - 84.0;
    let room = Rect::from_min_max(rect.min, pos2(split, rect.bottom()));
    text::paint_in(ui, room, Align::Min, &words, Type::Body, palette.text);
    let place = Rect::from_min_max(pos2(split, rect.top() + 2.0), rect.max);
    let forget = Button::new("Forget")
        .look(Look::Quiet)
        .height(30.0)
        .full_width();
    crate::panels::within(ui, "forget", place, |ui| {
        let name = format!("Forget {}", community.name);
        ui.add(forget).accessible_name(name).clicked()
    })
}
