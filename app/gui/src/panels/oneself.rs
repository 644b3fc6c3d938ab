//! The row with oneself at the foot of the side panel: name, state of the connection, settings.

use dialtone_engine::AccountId;
use dialtone_engine::snapshot::{Community, Connection};
use dialtone_words::say;
use egui::{Align, Rect, Ui, pos2};

use crate::theme::{Type, palette, size};
use crate::widgets::{Avatar, Icon, IconButton, text};

/// What the row says.
#[derive(Debug, PartialEq, Eq)]
pub struct OneselfModel {
    account: AccountId,
    name: String,
    status: String,
    online: bool,
}

/// The row for `community`.
pub fn build(community: &Community) -> OneselfModel {
    let status = match &community.connection {
        Connection::Online => say!("say-online").to_owned(),
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
    }
}

/// Paints the row into `rect`; true when the settings were asked for.
pub fn show(ui: &mut Ui, rect: Rect, model: &OneselfModel) -> bool {
    let palette = palette(ui);
    let center = pos2(rect.left() + 30.0, rect.center().y);
    Avatar::new(model.account, &model.name)
        .diameter(size::AVATAR_LIST)
        .online_on(model.online.then_some(palette.bg_1))
        .paint(ui, center);
    let room = Rect::from_min_max(
        pos2(rect.left() + 54.0, rect.top()),
        pos2(rect.right() - 48.0, rect.bottom()),
    );
    let middle = room.center().y;
    let name = Rect::from_min_max(pos2(room.left(), middle - 18.0), pos2(room.right(), middle));
    let status = Rect::from_min_max(pos2(room.left(), middle), pos2(room.right(), middle + 16.0));
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
    let gear = Rect::from_center_size(
        pos2(rect.right() - 26.0, rect.center().y),
        egui::vec2(32.0, 32.0),
    );
    let button = IconButton::new(Icon::Gear, say!("say-settings"))
        .tooltip(say!("panel-settings-key"))
        .size(32.0, 32.0);
    super::within(ui, "gear", gear, |ui| ui.add(button).clicked())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::demo;

    #[test]
    fn the_connection_is_said_in_words() {
        let mut community = (*demo::harbour().communities[0]).clone();
        assert_eq!(build(&community).status, "Online");
        community.connection = Connection::Offline {
            reason: "no route".to_owned(),
            retry_in_s: 3,
        };
        assert_eq!(build(&community).status, "Offline");
        assert!(!build(&community).online);
    }
}
