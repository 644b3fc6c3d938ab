//! Going to another place of a channel: what was asked of the engine, the way to what is new and to the present.

use std::collections::HashMap;

use dialtone_engine::ChannelId;
use dialtone_engine::ClientEventId;
use dialtone_engine::snapshot::Timeline;
use dialtone_words::say;
use egui::{Rect, Ui, pos2, vec2};

use super::{RowKey, Rows};
use crate::panels::within;
use crate::theme::{around_line, text_scale};
use crate::widgets::{Button, Look};

/// For how long the message that one has gone to is tinted, in seconds.
const TINTED_S: f64 = 1.6;

/// What was followed already.
#[derive(Debug, Default)]
pub(super) struct Jumps {
    followed: HashMap<ChannelId, u64>,
    /// The message that one has just gone to, and when.
    tinted: Option<(ClientEventId, f64)>,
}

/// Where to go.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Goal {
    /// To the end.
    Bottom,
    /// To this row, which is to stand in the middle.
    Row(RowKey),
}

impl Jumps {
    /// Where the engine says that one has gone, once.
    pub(super) fn follow(
        &mut self,
        channel: ChannelId,
        timeline: &Timeline,
        rows: &Rows,
        now: f64,
    ) -> Option<Goal> {
        let jumped = timeline.jumped?;
        if self.followed.get(&channel) == Some(&jumped.count) {
            return None;
        }
        let goal = match jumped.to {
            None => Goal::Bottom,
            Some(sequence) => {
                // It comes with a later snapshot.
                let row = rows.rows.get(rows.with_sequence(sequence)?)?;
                if let RowKey::Item(id, _) = row.key() {
                    self.tinted = Some((id, now));
                }
                Goal::Row(row.key())
            }
        };
        self.followed.insert(channel, jumped.count);
        Some(goal)
    }

    /// How strongly a message is tinted now, from 0 to 1.
    pub(super) fn tint(&self, ui: &Ui, id: ClientEventId) -> f32 {
        let Some((tinted, since)) = self.tinted else {
            return 0.0;
        };
        let still = ui.style().animation_time <= 0.0;
        if tinted != id || still {
            return 0.0;
        }
        let left = 1.0 - (ui.input(|input| input.time) - since) / TINTED_S;
        if left > 0.0 {
            ui.ctx().request_repaint();
        }
        left.clamp(0.0, 1.0) as f32
    }
}

/// The way back to the newest message, over the foot of the timeline; true when it was pressed.
pub(super) fn to_present(ui: &mut Ui, place: Rect, new: usize) -> bool {
    let words = match new {
        0 => say!("line-to-latest").to_owned(),
        many => say!("line-new-messages", count = many),
    };
    let look = if new > 0 { Look::Primary } else { Look::Plain };
    pill(
        ui,
        ("newest", place.bottom() - around_line(ui, 32.0) - 8.0),
        place,
        &words,
        look,
    )
}

/// The way to the first message that was not seen, over the head of the timeline.
pub(super) fn to_unread(ui: &mut Ui, place: Rect) -> bool {
    let words = say!("line-to-unread");
    pill(
        ui,
        ("unread", place.top() + 8.0),
        place,
        words,
        Look::Primary,
    )
}

fn pill(ui: &mut Ui, (name, top): (&str, f32), place: Rect, words: &str, look: Look) -> bool {
    let high = around_line(ui, 32.0);
    let width = (200.0 * text_scale(ui).max(1.0)).min(place.width());
    let size = vec2(width, high);
    let at = pos2(place.center().x - size.x / 2.0, top);
    let button = Button::new(words).look(look).height(32.0).full_width();
    within(ui, name, Rect::from_min_size(at, size), |ui| {
        ui.add(button).clicked()
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::demo;
    use crate::panels::timeline::build;
    use dialtone_engine::snapshot::Jumped;

    #[test]
    fn a_jump_is_followed_once_and_once_it_is_there() {
        let snapshot = demo::harbour();
        let channel = &snapshot.communities[0].channels[0];
        let mut timeline = channel.timeline.clone();
        let rows = build(&timeline, &demo::clock());
        let mut jumps = Jumps::default();
        let mut follow =
            |timeline: &Timeline, rows: &Rows| jumps.follow(channel.id, timeline, rows, 0.0);
        assert_eq!(follow(&timeline, &rows), None);
        let to = |to, count| Some(Jumped { to, count });
        timeline.jumped = to(Some(9_999), 1);
        assert_eq!(follow(&timeline, &rows), None, "not loaded yet");
        timeline.jumped = to(timeline.items[1].sequence, 1);
        let goal = follow(&timeline, &rows);
        assert!(matches!(goal, Some(Goal::Row(RowKey::Item(..)))));
        assert_eq!(follow(&timeline, &rows), None, "followed");
        timeline.jumped = to(None, 2);
        assert_eq!(follow(&timeline, &rows), Some(Goal::Bottom));
    }
}
