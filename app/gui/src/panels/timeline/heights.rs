//! Where each row stands: measured heights where a row was near the view, guesses elsewhere. Pure.

use std::collections::HashMap;
use std::sync::Arc;

use super::{Row, RowKey, Rows, files, ignored};

/// The heights that are known at one width.
#[derive(Debug, Default)]
pub struct Heights {
    width: f32,
    known: HashMap<RowKey, (u64, f32)>,
    /// Rises with every change, so that what follows from the heights is worked out once.
    changes: u64,
    tops: Option<Tops>,
}

#[derive(Debug)]
struct Tops {
    rows: Arc<Rows>,
    changes: u64,
    places: Arc<[f32]>,
}

/// More known heights than this are forgotten at once: they come back as rows are seen.
const MOST: usize = 20_000;

impl Heights {
    /// Forgets all when the width is another one.
    pub fn set_width(&mut self, width: f32) {
        if (self.width - width).abs() > 0.5 || self.known.len() > MOST {
            self.known.clear();
            self.width = width;
            self.changes += 1;
        }
    }

    /// The measured height of `row`, if it still says the same.
    pub fn known(&self, row: &Row) -> Option<f32> {
        let (print, height) = self.known.get(&row.key())?;
        (*print == fingerprint(row)).then_some(*height)
    }

    /// Notes a measured height.
    pub fn learn(&mut self, row: &Row, height: f32) {
        self.known.insert(row.key(), (fingerprint(row), height));
        self.changes += 1;
    }

    /// The measured height, else a guess.
    pub fn height(&self, row: &Row) -> f32 {
        self.known(row).unwrap_or_else(|| guess(row, self.width))
    }

    /// The same as [`Self::tops`], worked out again only when a row or a height has changed: a long timeline that stands
    /// still costs nothing.
    pub fn tops_of(&mut self, rows: &Arc<Rows>) -> Arc<[f32]> {
        if let Some(known) = &self.tops
            && Arc::ptr_eq(&known.rows, rows)
            && known.changes == self.changes
        {
            return Arc::clone(&known.places);
        }
        let tops: Arc<[f32]> = self.tops(&rows.rows).into();
        self.tops = Some(Tops {
            rows: Arc::clone(rows),
            changes: self.changes,
            places: Arc::clone(&tops),
        });
        tops
    }

    /// The bottom of the last row, as it was worked out last.
    pub fn end(&self) -> f32 {
        let places = self.tops.as_ref().map(|tops| &tops.places);
        places
            .and_then(|places| places.last().copied())
            .unwrap_or_default()
    }

    /// The top of every row, and after them the bottom of the last.
    pub fn tops(&self, rows: &[Row]) -> Vec<f32> {
        let mut tops = Vec::with_capacity(rows.len() + 1);
        let mut y = 0.0;
        tops.push(y);
        for row in rows {
            y += self.height(row);
            tops.push(y);
        }
        tops
    }
}

/// The rows that touch `from..to`, by their `tops`.
pub(super) fn between(tops: &[f32], from: f32, to: f32) -> std::ops::Range<usize> {
    let rows = tops.len().saturating_sub(1);
    let first = tops.partition_point(|top| *top <= from).saturating_sub(1);
    let end = tops.partition_point(|top| *top < to).min(rows);
    first.min(end)..end
}

fn guess(row: &Row, width: f32) -> f32 {
    match row {
        Row::Start => 96.0,
        Row::Day { .. } | Row::New(_) | Row::Earlier { .. } | Row::Later { .. } => 40.0,
        Row::Waiting { .. } | Row::Refused { .. } => 36.0,
        Row::Ignored { .. } => ignored::HEIGHT,
        Row::Notice(_, words) => 24.0 + lines(words, width) * 20.0,
        Row::Message(message) => {
            let (words, files) = message.said();
            let head = if message.head { 32.0 } else { 4.0 };
            let marks = &message.item.marks;
            let reply = if marks.reply.is_some() { 25.0 } else { 0.0 };
            let chips = if marks.reactions.is_empty() {
                0.0
            } else {
                32.0
            };
            head + lines(words, width) * 20.0 + files::height(files, width) + reply + chips
        }
    }
}

fn lines(words: &str, width: f32) -> f32 {
    let a_line = (width / 7.0).max(8.0) as usize;
    let count: usize = words.split('\n').map(|line| line.len() / a_line + 1).sum();
    count as f32
}

/// Changes when the row must be measured again.
fn fingerprint(row: &Row) -> u64 {
    use std::hash::{DefaultHasher, Hash as _, Hasher as _};
    let mut hasher = DefaultHasher::new();
    match row {
        Row::Message(message) => (message.print, message.head).hash(&mut hasher),
        Row::Waiting { why, count, .. } => (why, count > &1).hash(&mut hasher),
        Row::Notice(_, words) => words.hash(&mut hasher),
        Row::Refused { why, from, .. } => (why, from).hash(&mut hasher),
        Row::Start
        | Row::Earlier { .. }
        | Row::Later { .. }
        | Row::Day { .. }
        | Row::New(_)
        | Row::Ignored { .. } => {}
    }
    hasher.finish()
}

#[cfg(test)]
mod tests {
    use super::*;
    use dialtone_engine::ClientEventId;

    fn notice(number: u8, words: &str) -> Row {
        Row::Notice(ClientEventId([number; 16]), words.to_owned())
    }

    #[test]
    fn only_rows_in_view_are_found() {
        let tops = [0.0, 10.0, 30.0, 60.0];
        assert_eq!(between(&tops, 0.0, 10.0), 0..1);
        assert_eq!(between(&tops, 10.0, 30.0), 1..2);
        assert_eq!(between(&tops, 9.0, 31.0), 0..3);
        assert!(between(&tops, 100.0, 200.0).is_empty());
        assert_eq!(between(&[0.0], 0.0, 10.0), 0..0);
        assert_eq!(between(&[], 0.0, 10.0), 0..0);
    }

    #[test]
    fn a_changed_row_is_measured_again() {
        let mut heights = Heights::default();
        heights.set_width(400.0);
        heights.learn(&notice(1, "short"), 50.0);
        assert_eq!(heights.known(&notice(1, "short")), Some(50.0));
        assert_eq!(heights.known(&notice(1, "another")), None);
        heights.set_width(300.0);
        assert_eq!(heights.known(&notice(1, "short")), None);
    }

    #[test]
    fn tops_are_worked_out_again_only_after_a_change() {
        let mut heights = Heights::default();
        heights.set_width(400.0);
        let rows = Arc::new(Rows {
            rows: (0..200).map(|number| notice(number, "a")).collect(),
            ..Rows::default()
        });
        let first = heights.tops_of(&rows);
        heights.set_width(400.0);
        assert!(Arc::ptr_eq(&first, &heights.tops_of(&rows)));
        heights.learn(&rows.rows[3], 99.0);
        let second = heights.tops_of(&rows);
        assert!((second[4] - second[3] - 99.0).abs() < 0.01);
        let others = Arc::new(Rows::default());
        assert_eq!(heights.tops_of(&others).len(), 1);
    }

    #[test]
    fn tops_add_up() {
        let mut heights = Heights::default();
        let rows = [notice(1, "a"), notice(2, "b")];
        heights.learn(&rows[0], 10.0);
        heights.learn(&rows[1], 20.0);
        assert_eq!(heights.tops(&rows), [0.0, 10.0, 30.0]);
    }
}
