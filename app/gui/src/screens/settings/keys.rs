//! Locking by itself, taking one's history along, wiping, and whom one ignores.

use dialtone_engine::Snapshot;
use dialtone_engine::settings::LookSettings;
use dialtone_engine::snapshot::{Community, Connection};
use dialtone_words::say;
use egui::{Align, Layout, Ui};

use super::SettingsAction;
use super::pieces::{minutes, titled};
use crate::theme::{Type, palette};
use crate::widgets::{Button, Icon, Look, text};

/// After how many minutes the keys may be locked.
const MINUTES: [u16; 4] = [0, 5, 15, 60];

/// Shows when the keys are locked.
pub(super) fn show(ui: &mut Ui, look: &LookSettings) -> Option<SettingsAction> {
    let palette = palette(ui);
    let title = say!("people-lock-away");
    text::label(ui, title, Type::SecondaryStrong, palette.text_2);
    let picked = minutes(ui, title, look.lock_after_min, MINUTES);
    let action = picked.map(|lock_after_min| {
        SettingsAction::Look(LookSettings {
            lock_after_min,
            ..look.clone()
        })
    });
    let words = say!("people-lock-away-words");
    text::label(ui, words, Type::Hint, palette.text_2);
    action
}

/// Shows the ways out: taking one's history along, and wiping.
pub(super) fn leave(ui: &mut Ui, snapshot: &Snapshot) -> Option<SettingsAction> {
    let mut action = None;
    let communities = snapshot.communities.iter();
    let readable = communities.filter(|one| {
        !matches!(
            one.connection,
            Connection::Opening | Connection::Unusable { .. }
        )
    });
    titled(ui, say!("people-along-and-wipe"), "", |ui| {
        for community in readable {
            let words = say!("people-export-button", name = community.name);
            let export = Button::new(&words).icon(Icon::Download).height(32.0);
            if ui.add(export).clicked() {
                action = Some(SettingsAction::Export(community.id));
            }
        }
        let away = Button::new(say!("move-open"))
            .icon(Icon::Forward)
            .height(32.0);
        if ui.add(away).clicked() {
            action = Some(SettingsAction::Move);
        }
        let wipe = Button::new(say!("people-wipe-button"))
            .icon(Icon::Trash)
            .look(Look::Danger)
            .height(32.0);
        if ui.add(wipe).clicked() {
            action = Some(SettingsAction::Wipe);
        }
    });
    action
}

/// Shows whom one ignores in a community, to listen to them again.
pub(super) fn ignored(ui: &mut Ui, community: &Community) -> Option<SettingsAction> {
    if community.ignored.is_empty() {
        return None;
    }
    let title = say!("people-ignored-in", community = community.name);
    titled(ui, &title, "", |ui| {
        let mut action = None;
        for (account, name) in &community.ignored {
            ui.push_id(account, |ui| {
                ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                    let words = say!("people-listen-to-named", name = name);
                    let listen = Button::new(say!("people-listen-again"))
                        .look(Look::Quiet)
                        .height(30.0);
                    if ui.add(listen).accessible_name(words).clicked() {
                        action = Some(SettingsAction::Listen(community.id, *account));
                    }
                    ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
                        text::label(ui, name, Type::Body, palette(ui).text);
                    });
                });
            });
        }
        let words = say!("people-ignored-words");
        text::label(ui, words, Type::Hint, palette(ui).text_2);
        action
    })
}
