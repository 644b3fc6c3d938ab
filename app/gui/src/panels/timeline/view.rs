//! Shows the rows in sight and keeps its place: at the bottom while one is there, else at what one reads.

use std::sync::Arc;

use dialtone_engine::snapshot::{Channel, Community, FileId, Timeline};
use dialtone_engine::{AccountId, ChannelId, ClientEventId};
use egui::{Key, Modifiers, Rect, ScrollArea, Ui, pos2, vec2};
use jiff::civil::Date;

use super::heights::between;
use super::message::{Surroundings, measure, paint};
use super::spoken::Spoken;
use super::{Heights, Row, RowKey, Rows, build};
use crate::panels::within;
use crate::time::Clock;
use crate::widgets::{Button, Look};

/// What was asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TimelineAction {
    /// The page before, asked for by name.
    LoadEarlier,
    /// The page before, because its place came into sight.
    NeedEarlier,
    /// Try a message again.
    Retry(ClientEventId),
    /// Drop a message.
    Drop(ClientEventId),
    /// Fetch a file that could not be fetched.
    Fetch(FileId),
    /// Stop fetching it.
    Stop(FileId),
    /// Save it.
    Save(FileId),
    /// Look at a picture by itself.
    View(FileId),
    /// Ask whether to delete it from the server.
    Delete(FileId),
    /// Show what is folded because one ignores whoever wrote it.
    ShowIgnored,
    /// Show who somebody is.
    Profile(AccountId),
}

/// Where the timeline stands.
#[derive(Default)]
pub struct TimelineState {
    channel: Option<ChannelId>,
    rows: Cache,
    heights: Heights,
    offset: f32,
    at_bottom: bool,
    anchor: Option<(RowKey, f32)>,
    /// The newest message that was there while one stood at the bottom.
    seen: Option<u64>,
    spoken: Spoken,
}

#[derive(Default)]
struct Cache {
    of: Option<(Arc<Channel>, Option<Date>)>,
    rows: Arc<Rows>,
}

impl Cache {
    fn rows(&mut self, channel: &Arc<Channel>, clock: &Clock) -> Arc<Rows> {
        let today = clock.date(clock.now_ms);
        let fresh = self.of.as_ref().is_some_and(|(of, day)| {
            *day == today && (Arc::ptr_eq(of, channel) || same(&of.timeline, &channel.timeline))
        });
        if !fresh {
            self.rows = Arc::new(build(&channel.timeline, clock));
            self.of = Some((Arc::clone(channel), today));
        }
        Arc::clone(&self.rows)
    }
}

/// Whether both have the same rows. In a call a channel changes many times a second, its messages do not.
fn same(before: &Timeline, after: &Timeline) -> bool {
    before.has_earlier == after.has_earlier
        && before.loading == after.loading
        && before.first_unread == after.first_unread
        && before.items.len() == after.items.len()
        && before
            .items
            .iter()
            .zip(&after.items)
            .all(|(one, other)| Arc::ptr_eq(one, other) || one == other)
}

/// Below the last message.
const FOOT: f32 = 12.0;

/// So far beyond the view rows are measured ahead.
const AHEAD: f32 = 400.0;

/// Shows the timeline of `channel` in all the room that `ui` has.
pub fn show(
    ui: &mut Ui,
    state: &mut TimelineState,
    community: &Community,
    channel: &Arc<Channel>,
    clock: &Clock,
) -> Option<TimelineAction> {
    if state.channel != Some(channel.id) {
        *state = TimelineState {
            channel: Some(channel.id),
            at_bottom: true,
            ..TimelineState::default()
        };
    }
    state
        .spoken
        .show(ui, &channel.timeline, community.me.account);
    let rows = state.rows.rows(channel, clock);
    let names: Vec<&str> = community
        .members
        .iter()
        .map(|member| member.name.as_str())
        .collect();
    let around = Surroundings {
        channel,
        names: &names,
        community,
    };
    let view = ui.available_size();
    let view = vec2(view.x, (view.y - FOOT).max(1.0));
    state.heights.set_width(view.x);
    keys(ui, state, view.y);
    let offset = settle(ui, state, &rows, view, &around);
    let tops = state.heights.tops_of(&rows);
    let place = Rect::from_min_size(ui.cursor().min, view);
    // Few messages stand at the bottom, where the next one comes.
    let above = (view.y - last(&tops)).max(0.0);
    let mut action = None;
    // Springing back from beyond the end would undo the place that was just set.
    ui.spacing_mut().scroll.kinetic.rubber_band = false;
    let area = ScrollArea::vertical()
        .max_height(view.y)
        .id_salt(("timeline", channel.id))
        .auto_shrink(false)
        .animated(false)
        .vertical_scroll_offset(offset);
    let output = area.show_viewport(ui, |ui, viewport| {
        ui.set_width(view.x);
        ui.set_height(last(&tops).max(view.y));
        let origin = ui.min_rect().min + vec2(0.0, above);
        let (from, to) = (viewport.top() - above, viewport.bottom() - above);
        for index in between(&tops, from, to) {
            let rect = Rect::from_min_max(
                pos2(origin.x, origin.y + tops[index]),
                pos2(origin.x + view.x, origin.y + tops[index + 1]),
            );
            action = paint(ui, &rows.rows[index], rect, &around).or(action);
        }
    });
    remember(
        state,
        &rows.rows,
        &tops,
        output.state.unclamped_offset().y,
        view.y,
    );
    let newest = channel
        .timeline
        .items
        .iter()
        .rev()
        .find_map(|item| item.sequence);
    if state.at_bottom || state.seen.is_none() {
        state.seen = newest;
    }
    let far = last(&tops) - view.y - state.offset > view.y;
    let new = unseen(state, &channel.timeline);
    if (new > 0 || far) && !state.at_bottom && pill(ui, place, new) {
        state.at_bottom = true;
        ui.ctx().request_repaint();
    }
    action.or_else(|| wants_earlier(state, &rows))
}

/// Page up and down, and Ctrl with Home and End, scroll wherever the keyboard is; the composer has no use for them.
fn keys(ui: &Ui, state: &mut TimelineState, page: f32) {
    if ui.memory(|memory| memory.top_modal_layer().is_some()) {
        return;
    }
    let free = !ui.ctx().text_edit_focused();
    let (up, down, start, end) = ui.input_mut(|input| {
        let mut plain_or_ctrl = |key| {
            input.consume_key(Modifiers::COMMAND, key)
                || (free && input.consume_key(Modifiers::NONE, key))
        };
        let (start, end) = (plain_or_ctrl(Key::Home), plain_or_ctrl(Key::End));
        let up = input.consume_key(Modifiers::NONE, Key::PageUp);
        let down = input.consume_key(Modifiers::NONE, Key::PageDown);
        (up, down, start, end)
    });
    let step = page * 0.9;
    let to = match (up, down, start) {
        (true, ..) => state.offset - step,
        (_, true, _) => state.offset + step,
        (.., true) => 0.0,
        _ => state.offset,
    };
    if up || down || start {
        state.offset = to.max(0.0);
        state.anchor = None;
        state.at_bottom = false;
    }
    if end {
        state.at_bottom = true;
    }
}

/// How many messages came while one was reading further up.
fn unseen(state: &TimelineState, timeline: &Timeline) -> usize {
    let newer = |sequence: Option<u64>| sequence > state.seen && sequence.is_some();
    timeline
        .items
        .iter()
        .rev()
        .take_while(|item| item.sequence.is_none() || newer(item.sequence))
        .filter(|item| item.sequence.is_some())
        .count()
}

/// The way back to the newest message, over the foot of the timeline; true when it was pressed.
fn pill(ui: &mut Ui, place: Rect, new: usize) -> bool {
    let words = match new {
        0 => "Go to the latest".to_owned(),
        1 => "1 new message".to_owned(),
        many => format!("{many} new messages"),
    };
    let look = if new > 0 { Look::Primary } else { Look::Plain };
    let size = vec2(200.0_f32.min(place.width()), 32.0);
    let at = pos2(
        place.center().x - size.x / 2.0,
        place.bottom() - size.y - 8.0,
    );
    let button = Button::new(&words).look(look).height(32.0).full_width();
    within(ui, "newest", Rect::from_min_size(at, size), |ui| {
        ui.add(button).clicked()
    })
}

fn last(tops: &[f32]) -> f32 {
    tops.last().copied().unwrap_or_default()
}

/// Measures what is about to be seen and says where to scroll to, so that what one looks at does not move.
fn settle(
    ui: &Ui,
    state: &mut TimelineState,
    all: &Arc<Rows>,
    view: egui::Vec2,
    around: &Surroundings<'_>,
) -> f32 {
    let rows = &all.rows;
    let mut offset = state.offset;
    // Measuring moves rows, which brings others into sight; it ends, because each is measured once.
    for _ in 0..=rows.len().min(64) {
        let tops = state.heights.tops_of(all);
        let bottom = (last(&tops) - view.y).max(0.0);
        offset = if state.at_bottom {
            bottom
        } else {
            follow_anchor(state, rows, &tops).clamp(0.0, bottom)
        };
        let near = between(&tops, offset - AHEAD, offset + view.y + AHEAD);
        let unknown: Vec<usize> = near
            .filter(|index| state.heights.known(&rows[*index]).is_none())
            .collect();
        if unknown.is_empty() {
            break;
        }
        for index in unknown {
            let height = measure(ui, &rows[index], view.x, around);
            state.heights.learn(&rows[index], height);
        }
    }
    offset
}

/// The offset at which the row that one looked at stands where it stood.
fn follow_anchor(state: &TimelineState, rows: &[Row], tops: &[f32]) -> f32 {
    let Some((key, below_top)) = state.anchor else {
        return state.offset;
    };
    rows.iter()
        .position(|row| row.key() == key)
        .map_or(state.offset, |index| tops[index] - below_top)
}

fn remember(state: &mut TimelineState, rows: &[Row], tops: &[f32], offset: f32, view: f32) {
    let bottom = (last(tops) - view).max(0.0);
    let offset = offset.clamp(0.0, bottom);
    state.offset = offset;
    state.at_bottom = offset >= bottom - 2.0;
    // The first message in sight holds the place: lines above it may come and go.
    let in_sight = between(tops, offset, offset + view);
    state.anchor = in_sight
        .clone()
        .find(|index| matches!(rows[*index].key(), RowKey::Item(..)))
        .or_else(|| in_sight.clone().next())
        .map(|index| (rows[index].key(), tops[index] - offset));
}

fn wants_earlier(state: &TimelineState, rows: &Rows) -> Option<TimelineAction> {
    let near_top = state.offset < AHEAD;
    (near_top && rows.has_earlier && !rows.loading && rows.earliest.is_some())
        .then_some(TimelineAction::NeedEarlier)
}
