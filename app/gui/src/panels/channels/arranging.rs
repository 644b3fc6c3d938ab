//! Putting a channel elsewhere in the list: Alt with the arrows, or by hand.

use dialtone_engine::ChannelId;
use egui::{CursorIcon, Id, Rect, Response, Sense, Stroke, Ui};

use super::ChannelsAction;
use crate::shortcuts::{self, Shortcut};
use crate::theme::palette;

/// The rows that were shown, and the one that is being moved.
#[derive(Default)]
pub(super) struct Shown {
    rows: Vec<(ChannelId, Rect)>,
    moved: Option<(ChannelId, Response)>,
}

impl Shown {
    /// A row that may be moved, and what holds it.
    pub(super) fn follow(&mut self, channel: ChannelId, hold: Response) {
        self.rows.push((channel, hold.rect));
        if hold.dragged() || hold.drag_stopped() {
            self.moved = Some((channel, hold));
        }
    }

    /// Shows where it would stand, and puts it there once it is let go.
    pub(super) fn dropped(self, ui: &Ui) -> Option<ChannelsAction> {
        let (channel, response) = self.moved?;
        let pointer = response.interact_pointer_pos()?;
        ui.ctx().set_cursor_icon(CursorIcon::Grabbing);
        let others = self.rows.iter().filter(|(id, _)| *id != channel);
        let distance = |place: &Rect| (place.center().y - pointer.y).abs();
        let (beside, place) =
            others.min_by(|(_, one), (_, other)| distance(one).total_cmp(&distance(other)))?;
        let own = self.rows.iter().find(|(id, _)| *id == channel)?;
        if own.1.y_range().contains(pointer.y) {
            return None;
        }
        let before = pointer.y < place.center().y;
        let y = if before { place.top() } else { place.bottom() };
        let line = Stroke::new(2.0, palette(ui).accent);
        ui.painter().hline(place.x_range(), y, line);
        let let_go = response.drag_stopped();
        let_go.then_some(ChannelsAction::Place(channel, *beside, before))
    }
}

/// What a row is held by while it is moved: beneath it, so that a press stays the row's own. It takes no place in the order of Tab.
pub(super) fn hold(ui: &Ui, channel: ChannelId, place: Rect) -> Response {
    ui.interact(place, Id::unique(("move channel", channel)), Sense::DRAG)
}

/// Whether a shortcut moves what has the keyboard: up, or down.
pub(super) fn by_keyboard(ui: &Ui, response: &Response) -> Option<bool> {
    if !response.has_focus() {
        return None;
    }
    let up = shortcuts::pressed(ui.ctx(), Shortcut::ChannelUp);
    let down = shortcuts::pressed(ui.ctx(), Shortcut::ChannelDown);
    (up != down).then_some(up)
}
