//! Shows the rows in sight and keeps its place: at the bottom while one is there, else at what one reads.

use std::sync::Arc;

use dialtone_engine::snapshot::{Channel, Community};
use dialtone_engine::{ChannelId, ClientEventId};
use egui::{Rect, ScrollArea, Ui, pos2, vec2};
use jiff::civil::Date;

use super::heights::between;
use super::message::{Surroundings, measure, paint};
use super::{Heights, Row, RowKey, Rows, build};
use crate::panels::channels::channel_name;
use crate::time::Clock;

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
}

#[derive(Default)]
struct Cache {
    of: Option<(Arc<Channel>, Option<Date>)>,
    rows: Arc<Rows>,
}

impl Cache {
    fn rows(&mut self, channel: &Arc<Channel>, clock: &Clock) -> Arc<Rows> {
        let today = clock.date(clock.now_ms);
        let fresh = self
            .of
            .as_ref()
            .is_some_and(|(of, day)| Arc::ptr_eq(of, channel) && *day == today);
        if !fresh {
            self.rows = Arc::new(build(&channel.timeline, clock));
            self.of = Some((Arc::clone(channel), today));
        }
        Arc::clone(&self.rows)
    }
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
    let rows = state.rows.rows(channel, clock);
    let names: Vec<&str> = community
        .members
        .iter()
        .map(|member| member.name.as_str())
        .collect();
    let around = Surroundings {
        channel: channel_name(channel),
        names: &names,
    };
    let view = ui.available_size();
    let view = vec2(view.x, (view.y - FOOT).max(1.0));
    state.heights.set_width(view.x);
    let offset = settle(ui, state, &rows.rows, view, &around);
    let tops = state.heights.tops(&rows.rows);
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
    action.or_else(|| wants_earlier(state, &rows))
}

fn last(tops: &[f32]) -> f32 {
    tops.last().copied().unwrap_or_default()
}

/// Measures what is about to be seen and says where to scroll to, so that what one looks at does not move.
fn settle(
    ui: &Ui,
    state: &mut TimelineState,
    rows: &[Row],
    view: egui::Vec2,
    around: &Surroundings<'_>,
) -> f32 {
    let mut offset = state.offset;
    // Measuring moves rows, which brings others into sight; it ends, because each is measured once.
    for _ in 0..=rows.len().min(64) {
        let tops = state.heights.tops(rows);
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
