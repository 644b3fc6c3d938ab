//! Shows the rows in sight and keeps its place: at the bottom while one is there, else at what one reads.

use std::sync::Arc;

use dialtone_engine::snapshot::{Channel, Community, Connection, FileId, Timeline};
use dialtone_engine::{AccountId, ChannelId, ClientEventId, Hash};
use egui::{Key, Modifiers, Rect, ScrollArea, Ui, pos2, vec2};
use jiff::civil::Date;

use super::focus::Focus;
use super::heights::between;
use super::hidden::Opened;
use super::jump::{self, Goal, Jumps};
use super::message::{Kept, Surroundings, measure, paint};
use super::metrics::Metrics;
use super::spoken::Spoken;
use super::{Heights, Row, RowKey, Rows, rebuild};
use crate::panels::composer;
use crate::shortcuts::{self, Shortcut};
use crate::time::Clock;

/// What was asked for.
#[derive(Debug, Clone, PartialEq)]
pub enum TimelineAction {
    /// The page before, asked for by name.
    LoadEarlier,
    /// The pages before and after, because their places came into sight.
    Need {
        /// The one before.
        earlier: bool,
        /// The one after.
        later: bool,
    },
    /// The page after, asked for by name.
    LoadLater,
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
    /// Do something with the message of this hash.
    Do(Hash, Deed),
    /// Go to the message of this hash.
    Jump(Hash),
    /// Go to the first message that was not seen.
    JumpToUnread,
    /// Go to the latest.
    JumpToPresent,
    /// Choose a day to go to, from around this moment on (ms since 1970).
    PickDay(u64),
    /// What a message said before it was edited.
    Versions(ClientEventId),
    /// Open an address; whether what was pressed says where it leads.
    OpenLink(String, bool),
}

/// What is done with a message.
#[derive(Debug, Clone, PartialEq)]
pub enum Deed {
    /// Set an emoji, or take it off.
    React(String, bool),
    /// Choose an emoji to set, beside this place.
    PickEmoji(Rect),
    /// Answer it.
    Reply,
    /// Write another text in its place.
    Edit,
    /// Pin it, or take the pin off.
    Pin(bool),
    /// Ask whether to take it back.
    AskDelete,
}

/// Where the timeline stands.
#[derive(Default)]
pub struct TimelineState {
    channel: Option<ChannelId>,
    rows: Cache,
    heights: Heights,
    kept: Kept,
    offset: f32,
    at_bottom: bool,
    anchor: Option<(RowKey, f32)>,
    /// The newest message that was there while one stood at the bottom.
    seen: Option<u64>,
    /// The line above what is new was in sight.
    new_seen: bool,
    spoken: Spoken,
    opened: Opened,
    focus: Focus,
    jumps: Jumps,
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
            let same_channel = |(of, _): &(Arc<Channel>, _)| of.id == channel.id;
            let known = self.of.as_ref().is_some_and(same_channel);
            let before = if known {
                Arc::clone(&self.rows)
            } else {
                Arc::default()
            };
            self.rows = Arc::new(rebuild(&channel.timeline, clock, &before));
            self.of = Some((Arc::clone(channel), today));
        }
        Arc::clone(&self.rows)
    }
}

/// Whether both have the same rows. In a call a channel changes many times a second, its messages do not.
fn same(before: &Timeline, after: &Timeline) -> bool {
    before.has_earlier == after.has_earlier
        && before.has_later == after.has_later
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
            jumps: std::mem::take(&mut state.jumps),
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
    let kept = std::mem::take(&mut state.kept);
    let opened = std::mem::take(&mut state.opened);
    let around = Surroundings {
        channel,
        names: &names,
        community,
        usable: usable(community),
        metrics: Metrics::of(ui, clock),
        opened: &opened,
        clock,
        kept: &kept,
    };
    let view = ui.available_size();
    let view = vec2(view.x, (view.y - FOOT).max(1.0));
    state.heights.set_room(view.x, around.metrics);
    keys(ui, state, view.y);
    go(ui, state, channel, &rows, view.y);
    let place = Rect::from_min_size(ui.cursor().min, view);
    let mut action = shown(ui, state, &rows, view, &around);
    let newest = channel
        .timeline
        .items
        .iter()
        .rev()
        .find_map(|item| item.sequence);
    if state.at_bottom || state.seen.is_none() {
        state.seen = newest;
    }
    action = pills(ui, state, channel, &rows, place).or(action);
    state.kept = kept;
    for (message, said) in opened.changes() {
        state.heights.forget(message);
        state.spoken.say(said);
        ui.ctx().request_repaint();
    }
    state.opened = opened;
    action.or_else(|| wants_more(state, &rows, view.y))
}

/// Whether one may write here.
fn usable(community: &Community) -> bool {
    community.alarm.is_none()
        && !matches!(
            community.connection,
            Connection::Removed { .. } | Connection::WaitingForAdmission
        )
}

/// Follows the arrow keys, and where the engine says that one has gone.
fn go(ui: &Ui, state: &mut TimelineState, channel: &Channel, rows: &Arc<Rows>, view: f32) {
    if let Some(index) = state.focus.keys(ui, rows, composer::field_id()) {
        bring_into_sight(state, rows, index, view);
    }
    let now = ui.input(|input| input.time);
    let goal = state.jumps.follow(channel.id, &channel.timeline, rows, now);
    match goal {
        None => {}
        Some(Goal::Bottom) => state.at_bottom = true,
        Some(Goal::Row(key)) => {
            state.at_bottom = false;
            state.anchor = Some((key, (view * 0.5 - 40.0).max(0.0)));
        }
    }
}

fn bring_into_sight(state: &mut TimelineState, rows: &Arc<Rows>, index: usize, view: f32) {
    let tops = state.heights.tops_of(rows);
    let (top, bottom) = (tops[index], tops[index + 1]);
    let below_top = if top < state.offset + 24.0 {
        24.0
    } else if bottom > state.offset + view {
        view - (bottom - top)
    } else {
        return;
    };
    state.at_bottom = false;
    state.anchor = Some((rows.rows[index].key(), below_top));
}

/// Shows the rows in sight.
fn shown(
    ui: &mut Ui,
    state: &mut TimelineState,
    rows: &Arc<Rows>,
    view: egui::Vec2,
    around: &Surroundings<'_>,
) -> Option<TimelineAction> {
    let offset = settle(ui, state, rows, view, around);
    let tops = state.heights.tops_of(rows);
    // Few messages stand at the bottom, where the next one comes.
    let above = (view.y - last(&tops)).max(0.0);
    let mut action = None;
    // Springing back from beyond the end would undo the place that was just set.
    ui.spacing_mut().scroll.kinetic.rubber_band = false;
    let area = ScrollArea::vertical()
        .max_height(view.y)
        .id_salt(("timeline", around.channel.id))
        .auto_shrink(false)
        .animated(false)
        .vertical_scroll_offset(offset);
    let output = area.show_viewport(ui, |ui, viewport| {
        ui.set_width(view.x);
        ui.set_height(last(&tops).max(view.y));
        let origin = ui.min_rect().min + vec2(0.0, above);
        let (from, to) = (viewport.top() - above, viewport.bottom() - above);
        let in_sight = between(&tops, from, to);
        state.focus.settle(ui, &rows.rows[in_sight.clone()]);
        for index in in_sight {
            let rect = Rect::from_min_max(
                pos2(origin.x, origin.y + tops[index]),
                pos2(origin.x + view.x, origin.y + tops[index + 1]),
            );
            let row = &rows.rows[index];
            let done = if let Row::Message(message) = row {
                let tint = state.jumps.tint(ui, message.item.client_id);
                state.focus.show(ui, row, message, rect, around, tint)
            } else {
                paint(ui, row, rect, around, false).0
            };
            action = done.or(action.take());
        }
    });
    remember(
        state,
        rows,
        &tops,
        output.state.unclamped_offset().y,
        view.y,
    );
    action
}

/// The ways to what is new and to the present, where these are out of sight.
fn pills(
    ui: &mut Ui,
    state: &mut TimelineState,
    channel: &Channel,
    rows: &Arc<Rows>,
    place: Rect,
) -> Option<TimelineAction> {
    let mut action = None;
    let tops = state.heights.tops_of(rows);
    let line = rows.new_line();
    let above = line.is_some_and(|index| tops[index] < state.offset);
    state.new_seen |= line.is_some() && !above;
    let elsewhere = line.is_none() && rows.has_earlier;
    let unread = channel.timeline.first_unread.is_some() && (above || elsewhere);
    if unread && !state.new_seen && jump::to_unread(ui, place) {
        state.new_seen = true;
        match line {
            Some(index) => {
                state.at_bottom = false;
                state.anchor = Some((rows.rows[index].key(), 24.0));
                ui.ctx().request_repaint();
            }
            None => action = Some(TimelineAction::JumpToUnread),
        }
    }
    let view = place.height();
    let far = last(&tops) - view - state.offset > view || rows.has_later;
    let new = unseen(state, &channel.timeline);
    if (new > 0 || far) && !state.at_bottom && jump::to_present(ui, place, new) {
        if rows.has_later {
            return Some(TimelineAction::JumpToPresent);
        }
        state.at_bottom = true;
        ui.ctx().request_repaint();
    }
    action
}

/// The shortcuts scroll wherever the keyboard is, since the composer has no use for them; Home and End while nothing is typed.
fn keys(ui: &Ui, state: &mut TimelineState, page: f32) {
    if ui.memory(|memory| memory.top_modal_layer().is_some()) {
        return;
    }
    let free = !ui.ctx().text_edit_focused();
    let bindings = shortcuts::of(ui.ctx());
    let (up, down, start, end) = ui.input_mut(|input| {
        let mut pressed = |shortcut| bindings.take(input, shortcut);
        let (up, down) = (pressed(Shortcut::ScrollUp), pressed(Shortcut::ScrollDown));
        let (start, end) = (pressed(Shortcut::First), pressed(Shortcut::Latest));
        let mut plain = |key| free && input.consume_key(Modifiers::NONE, key);
        (up, down, plain(Key::Home) || start, plain(Key::End) || end)
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
            state.heights.learn(all, index, height);
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

fn remember(state: &mut TimelineState, all: &Rows, tops: &[f32], offset: f32, view: f32) {
    let rows = &all.rows;
    let bottom = (last(tops) - view).max(0.0);
    let offset = offset.clamp(0.0, bottom);
    state.offset = offset;
    // Where later messages are still to come, the end is not the present.
    state.at_bottom = offset >= bottom - 2.0 && !all.has_later;
    // The first message in sight holds the place: lines above it may come and go.
    let in_sight = between(tops, offset, offset + view);
    state.anchor = in_sight
        .clone()
        .find(|index| matches!(rows[*index].key(), RowKey::Item(..)))
        .or_else(|| in_sight.clone().next())
        .map(|index| (rows[index].key(), tops[index] - offset));
}

fn wants_more(state: &TimelineState, rows: &Rows, view: f32) -> Option<TimelineAction> {
    if rows.loading || rows.earliest.is_none() {
        return None;
    }
    let earlier = state.offset < AHEAD && rows.has_earlier;
    let below = state.heights.end() - view - state.offset;
    let later = below < AHEAD && rows.has_later;
    (earlier || later).then_some(TimelineAction::Need { earlier, later })
}
