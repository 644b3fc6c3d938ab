//! The row with oneself at the foot of the side panel: name, state of the connection, settings.

use dialtone_engine::AccountId;
use dialtone_engine::snapshot::{Community, Connection};
use dialtone_words::say;
use egui::{Align, Popup, Rect, Ui, pos2};

use crate::desktop::{DesktopView, QuietFor};
use crate::shortcuts::{self, Shortcut};
use crate::theme::{Type, palette, size, text_scale};
use crate::widgets::{Avatar, Icon, IconButton, Look, Row, text};

/// What the row says.
#[derive(Debug, PartialEq, Eq)]
pub struct OneselfModel {
    account: AccountId,
    name: String,
    status: String,
    online: bool,
    quiet: bool,
}

/// What was pressed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OneselfAction {
    /// Show the settings.
    Settings,
    /// Not to be disturbed for so long.
    Quiet(QuietFor),
}

/// The row for `community`, with what the desktop's services say of oneself.
pub fn build(community: &Community, desktop: &DesktopView) -> OneselfModel {
    let status = match &community.connection {
        Connection::Online => match &desktop.quiet {
            Some(words) => words.clone(),
            None if desktop.away => say!("say-away").to_owned(),
            None => say!("say-online").to_owned(),
        },
        Connection::Opening => say!("panel-opening").to_owned(),
        Connection::Unusable { .. } => say!("panel-unopenable").to_owned(),
        Connection::Connecting => say!("panel-connecting").to_owned(),
        Connection::CatchingUp => say!("panel-catching-up").to_owned(),
        Connection::Offline { .. } => say!("panel-offline").to_owned(),
        Connection::WaitingForAdmission => say!("panel-waiting-in").to_owned(),
        Connection::Removed { .. } => say!("panel-no-member").to_owned(),
    };
    OneselfModel {
        account: community.me.account,
        name: community.me.name.clone(),
        status,
        online: matches!(
            community.connection,
            Connection::Online | Connection::CatchingUp
        ),
        quiet: desktop.quiet.is_some(),
    }
}

/// Paints the row into `rect`.
pub fn show(ui: &mut Ui, rect: Rect, model: &OneselfModel) -> Option<OneselfAction> {
    let palette = palette(ui);
    let center = pos2(rect.left() + 30.0, rect.center().y);
    Avatar::new(model.account, &model.name)
        .diameter(size::AVATAR_LIST)
        .online_on(model.online.then_some(palette.bg_1))
        .paint(ui, center);
    let room = Rect::from_min_max(
        pos2(rect.left() + 54.0, rect.top()),
        pos2(rect.right() - 80.0, rect.bottom()),
    );
    let middle = room.center().y;
    let scale = text_scale(ui);
    let (upper, lower) = (
        Type::SecondaryStrong.line_height(scale),
        Type::Hint.line_height(scale),
    );
    let name = Rect::from_min_max(
        pos2(room.left(), middle - upper),
        pos2(room.right(), middle),
    );
    let status = Rect::from_min_max(
        pos2(room.left(), middle),
        pos2(room.right(), middle + lower),
    );
    text::paint_in(
        ui,
        name,
        Align::Min,
        &model.name,
        Type::SecondaryStrong,
        palette.text,
    );
    let color = if model.online {
        palette.text_3
    } else {
        palette.attention
    };
    text::paint_in(ui, status, Align::Min, &model.status, Type::Hint, color);
    let words = format!("{}, {}", model.name, model.status);
    let id = ui.scope_id().with("oneself");
    ui.interact(room, id, egui::Sense::hover())
        .widget_info(|| egui::WidgetInfo::labeled(egui::Role::Label, true, &words));
    let place = |from_right: f32| {
        let center = pos2(rect.right() - from_right, rect.center().y);
        Rect::from_center_size(center, egui::vec2(32.0, 32.0))
    };
    let quiet = super::within(ui, "quiet", place(58.0), |ui| bell(ui, model.quiet));
    let tip = shortcuts::hint(ui.ctx(), say!("say-settings"), Shortcut::Settings);
    let button = IconButton::new(Icon::Gear, say!("say-settings"))
        .tooltip(&tip)
        .size(32.0, 32.0);
    let settings = super::within(ui, "gear", place(26.0), |ui| ui.add(button).clicked());
    let quiet = quiet.map(OneselfAction::Quiet);
    settings.then_some(OneselfAction::Settings).or(quiet)
}

/// The button with the choices of not being disturbed.
fn bell(ui: &mut Ui, on: bool) -> Option<QuietFor> {
    let (icon, look) = if on {
        (Icon::BellOff, Look::On)
    } else {
        (Icon::Bell, Look::Quiet)
    };
    let button = IconButton::new(icon, say!("desk-do-not-disturb"))
        .look(look)
        .size(32.0, 32.0);
    let button = ui.add(button);
    let menu = Popup::menu(&button)
        .accessible_name(say!("desk-do-not-disturb"))
        .show(|ui| {
            ui.set_width(250.0);
            let mut chosen = None;
            let entries = [
                (on, say!("desk-disturb-again"), Icon::Bell, QuietFor::Off),
                (true, say!("desk-quiet-hour"), Icon::Clock, QuietFor::Hour),
                (
                    true,
                    say!("desk-quiet-tomorrow"),
                    Icon::Clock,
                    QuietFor::Tomorrow,
                ),
                (
                    !on,
                    say!("desk-do-not-disturb"),
                    Icon::BellOff,
                    QuietFor::Always,
                ),
            ];
            for (offered, words, icon, quiet) in entries {
                if offered && Row::new(words).icon(icon).show(ui).clicked() {
                    chosen = Some(quiet);
                    ui.close();
                }
            }
            chosen
        });
    menu.and_then(|shown| shown.inner)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::demo;

    #[test]
    fn the_connection_is_said_in_words() {
        let mut community = (*demo::harbour().communities[0]).clone();
        assert_eq!(build(&community, &DesktopView::default()).status, "Online");
        community.connection = Connection::Offline {
            reason: "no route".to_owned(),
            retry_in_s: 3,
        };
        assert_eq!(build(&community, &DesktopView::default()).status, "Offline");
        assert!(!build(&community, &DesktopView::default()).online);
    }

    #[test]
    fn not_being_disturbed_comes_before_being_away() {
        let community = (*demo::harbour().communities[0]).clone();
        let mut desktop = DesktopView {
            away: true,
            ..DesktopView::default()
        };
        assert_eq!(build(&community, &desktop).status, "Away");
        desktop.quiet = Some("Do not disturb".to_owned());
        let model = build(&community, &desktop);
        assert!(model.quiet);
        assert_eq!(model.status, "Do not disturb");
    }
}
