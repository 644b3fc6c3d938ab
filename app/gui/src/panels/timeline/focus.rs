//! The message that one points at, or that has the keyboard: what shows what one may do with it.
//!
//! Tab comes to one message, the arrow keys go on from there; letters do something with it.

use std::borrow::Cow;

use dialtone_engine::ClientEventId;
use dialtone_words::say;
use egui::{
    Color32, EventFilter, Id, Key, Modifiers, Popup, Rect, Role, Sense, SetOpenCommand, Ui,
    WidgetInfo, pos2, vec2,
};

use super::hidden;
use super::message::{Surroundings, paint};
use super::tools::{self, Rights};
use super::view::TimelineAction;
use super::{MessageRow, Row, Rows};
use crate::shortcuts::{self, Shortcut};
use crate::theme::{palette, radius};
use crate::widgets::focus_ring;

/// What marks a message goes so far below its last line.
const BELOW: f32 = 3.0;

/// Which message it is.
#[derive(Debug, Default)]
pub(super) struct Focus {
    /// The one that Tab comes to: the newest in sight, until one has gone to another.
    roving: Option<ClientEventId>,
    /// One has gone to it.
    chosen: bool,
    /// The one with the bar, and where that is.
    hot: Option<(ClientEventId, Rect)>,
}

/// What is under the keyboard when a message has it.
pub(super) fn row_id(id: ClientEventId) -> Id {
    Id::unique(("message-row", id))
}

impl Focus {
    /// Reads the arrow keys; the place of the message that gets the keyboard, to be brought into sight.
    pub(super) fn keys(&mut self, ui: &Ui, rows: &Rows, composer: Id) -> Option<usize> {
        let covered = ui.memory(|memory| memory.top_modal_layer().is_some());
        if covered || Popup::is_any_open(ui.ctx()) {
            return None;
        }
        let messages = || (0..rows.rows.len()).filter(|index| rows.message(*index).is_some());
        let at = self.roving.and_then(|id| {
            messages().find(|index| {
                rows.message(*index)
                    .is_some_and(|one| one.item.client_id == id)
            })
        });
        let enters = shortcuts::pressed(ui.ctx(), Shortcut::ToMessages);
        let target = if enters {
            at.or_else(|| messages().next_back())
        } else {
            let here = self
                .roving
                .filter(|id| ui.memory(|memory| memory.has_focus(row_id(*id))));
            here?;
            let (up, down, leave) = ui.input_mut(|input| {
                (
                    input.consume_key(Modifiers::NONE, Key::ArrowUp),
                    input.consume_key(Modifiers::NONE, Key::ArrowDown),
                    input.consume_key(Modifiers::NONE, Key::Escape),
                )
            });
            let next = at.and_then(|at| messages().find(|index| *index > at));
            if leave || (down && next.is_none()) {
                self.chosen = false;
                ui.memory_mut(|memory| memory.request_focus(composer));
                return None;
            }
            match (up, down) {
                (true, _) => at.and_then(|at| messages().rev().find(|index| *index < at)),
                (_, true) => next,
                _ => None,
            }
        };
        let id = rows.message(target?)?.item.client_id;
        (self.roving, self.chosen) = (Some(id), true);
        ui.memory_mut(|memory| memory.request_focus(row_id(id)));
        // From the frame after next on the arrows are the messages': that frame shall not wait for the key that it is about.
        ui.ctx().request_repaint();
        target
    }

    /// Before the rows are shown, of which those `in_sight` are: which has the bar, and which Tab comes to.
    pub(super) fn settle(&mut self, ui: &Ui, rows: &[Row]) {
        let messages = || {
            rows.iter().filter_map(|row| match row {
                Row::Message(message) => Some(message.item.client_id),
                _ => None,
            })
        };
        let visible = |id: ClientEventId| messages().any(|one| one == id);
        let has_keyboard = |id| ui.memory(|memory| memory.has_focus(row_id(id)));
        self.chosen |= self.roving.is_some_and(has_keyboard);
        if !self.chosen || !self.roving.is_some_and(visible) {
            (self.roving, self.chosen) = (messages().next_back(), false);
        }
        if !self.hot.is_some_and(|(id, _)| visible(id)) {
            self.hot = None;
        }
        if Popup::is_any_open(ui.ctx()) && self.hot.is_some() {
            return;
        }
        let keyboard = self
            .roving
            .filter(|id| ui.memory(|memory| memory.has_focus(row_id(*id))));
        if let Some(id) = keyboard {
            if self.hot.is_none_or(|(hot, _)| hot != id) {
                self.hot = Some((id, Rect::NOTHING));
            }
        } else if !self
            .hot
            .is_some_and(|(_, bar)| ui.rect_contains_pointer(bar))
        {
            self.hot = None;
        }
    }

    /// Shows a message.
    pub(super) fn show(
        &mut self,
        ui: &mut Ui,
        row: &Row,
        message: &MessageRow,
        rect: Rect,
        around: &Surroundings<'_>,
        tint: f32,
    ) -> Option<TimelineAction> {
        let item = &message.item;
        let rights = Rights::of(item, around.usable);
        let roving = self.roving == Some(item.client_id);
        let sense = if roving { Sense::click() } else { Sense::CLICK };
        let response = ui.interact(rect, row_id(item.client_id), sense);
        if roving {
            tell(ui, &response, message, around);
        }
        let focused = response.has_focus();
        let pointed = ui.rect_contains_pointer(rect) && self.hot.is_none();
        let hot = pointed || self.hot.is_some_and(|(id, _)| id == item.client_id);
        ground(ui, rect, message, hot, tint);
        let (mut action, presses) = paint(ui, row, rect, around, hot);
        if focused && !Popup::is_any_open(ui.ctx()) {
            // Escape leads to the field; of itself egui would leave nothing with the keyboard.
            let own = EventFilter {
                vertical_arrows: true,
                escape: true,
                ..EventFilter::default()
            };
            ui.memory_mut(|memory| memory.set_focus_lock_filter(response.id, own));
            if !hidden::keys(ui, message, around.opened) {
                let text = (rights, &*shown_text(message, around));
                action = tools::keys(ui, item, text, rect).or(action);
            }
        }
        focus_ring(
            ui,
            &response.clone().with_new_rect(
                Rect::from_min_max(rect.min + vec2(6.0, 0.0), rect.max + vec2(-6.0, BELOW))
                    .intersect(ui.clip_rect()),
            ),
            radius::ROW,
        );
        if hot && rights.is_any() {
            let head = (around.metrics.above_head - 4.0).max(0.0);
            let top = rect.top() + if message.head { head } else { 0.0 };
            let place = tools::place(rect, top, rights);
            let text = shown_text(message, around);
            action = tools::bar(ui, place, item, (rights, &text)).or(action);
            self.hot = Some((item.client_id, place));
        }
        if rights.is_any() {
            let all = match presses {
                Some(presses) => response.union(presses),
                None => response,
            };
            let opens = focused && tools::wants_menu(ui);
            let text = shown_text(message, around);
            let mut chosen = Popup::menu(&all)
                .id(all.id.with("menu by key"))
                .open_memory(opens.then_some(SetOpenCommand::Toggle))
                .accessible_name(say!("line-more"))
                .show(|ui| tools::menu(ui, item, (rights, &text)))
                .and_then(|shown| shown.inner);
            all.context_menu(|ui| {
                chosen = tools::menu(ui, item, (rights, &text)).or(chosen.take());
            });
            action = chosen.or(action);
        }
        action
    }
}

/// The text of a message as far as one has it shown.
fn shown_text<'a>(message: &'a MessageRow, around: &Surroundings<'_>) -> Cow<'a, str> {
    around.opened.said(message, message.said().0)
}

/// What a screen reader says of the message that has the keyboard.
fn tell(ui: &Ui, response: &egui::Response, message: &MessageRow, around: &Surroundings<'_>) {
    let item = &message.item;
    let words = say!(
        "line-message-from",
        name = item.from_name,
        time = message.time
    );
    response.widget_info(|| WidgetInfo::labeled(Role::ListItem, true, &words));
    let text = shown_text(message, around);
    ui.ctx().accesskit_node_builder(response.id, |node| {
        node.set_description(text.as_ref());
    });
}

/// What lies under a message: that it is meant for oneself, that one points at it, that one has just gone to it.
fn ground(ui: &Ui, rect: Rect, message: &MessageRow, hot: bool, tint: f32) {
    let palette = palette(ui);
    let rect = Rect::from_min_max(rect.min, rect.max + vec2(0.0, BELOW));
    let fill = |color: Color32| {
        ui.painter().rect_filled(rect, 0.0, color);
    };
    if message.item.marks.mentions_me {
        fill(palette.accent_bg.gamma_multiply(0.35));
        let bar = Rect::from_min_max(rect.min, pos2(rect.left() + 2.0, rect.bottom()));
        ui.painter().rect_filled(bar, 0.0, palette.accent);
    }
    if tint > 0.0 {
        fill(palette.accent_bg.gamma_multiply(tint));
    }
    if hot {
        fill(palette.hovered);
    }
}
