//! What this computer keeps: the keys, the communities.

use dialtone_engine::Snapshot;
use dialtone_engine::snapshot::ProfileState;
use egui::{Align, Layout, Ui};

use super::SettingsAction;
use super::pieces::titled;
use crate::theme::{Type, palette};
use crate::widgets::{Button, Icon, Look, text};

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
            ui.push_id(community.id, |ui| {
                ui.horizontal(|ui| {
                    ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                        let name = format!("Forget {}", community.name);
                        let forget = Button::new("Forget").look(Look::Quiet).height(30.0);
                        if ui.add(forget).accessible_name(name).clicked() {
                            action = Some(SettingsAction::Forget(community.id));
                        }
                        ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
                            let words = format!("{} · {}", community.name, community.server);
                            let room = ui.available_width();
                            let galley = text::line(ui, &words, Type::Body, palette.text, room);
                            ui.add(egui::Label::new(galley));
                        });
                    });
                });
            });
        }
    });
    action
}
