//! Where each row stands: measured heights where a row was near the view, guesses elsewhere. Pure.

use std::collections::HashMap;
use std::sync::Arc;

use dialtone_engine::ClientEventId;

use super::metrics::Metrics;
use super::{Row, RowKey, Rows, files, ignored};

/// The heights that are known at one width.
#[derive(Debug, Default)]
pub struct Heights {
    width: f32,
    metrics: Metrics,
    known: HashMap<RowKey, (u64, f32)>,
    /// What was worked out for the rows that are shown.
    tops: Option<Tops>,
}

#[derive(Debug)]
struct Tops {
    rows: Arc<Rows>,
    heights: Vec<f32>,
    /// A height has changed since the places were worked out.
    stale: bool,
    places: Arc<[f32]>,
}

impl Tops {
    fn work_out(&mut self) {
        let mut y = 0.0;
        let ends = self.heights.iter().map(|height| {
            y += height;
            y
        });
        self.places = std::iter::once(0.0).chain(ends).collect();
        self.stale = false;
    }
}

/// More known heights than this are forgotten at once: they come back as rows are seen.
const MOST: usize = 20_000;

impl Heights {
    /// Forgets all when the width is another one, or text another size.
    pub(super) fn set_room(&mut self, width: f32, metrics: Metrics) {
        let other = (self.width - width).abs() > 0.5 || self.metrics != metrics;
        if other || self.known.len() > MOST {
            self.known.clear();
            (self.width, self.metrics) = (width, metrics);
            self.tops = None;
        }
    }

    /// The measured height of `row`, if it still says the same.
    pub fn known(&self, row: &Row) -> Option<f32> {
        let (print, height) = self.known.get(&row.key())?;
        (*print == fingerprint(row)).then_some(*height)
    }

    /// Forgets the height of a message that shows more or less of itself now.
    pub(super) fn forget(&mut self, id: ClientEventId) {
        self.known
            .retain(|key, _| !matches!(key, RowKey::Item(one, _) if *one == id));
        self.tops = None;
    }

    /// Notes the measured height of the row at `index`.
    pub fn learn(&mut self, rows: &Arc<Rows>, index: usize, height: f32) {
        let row = &rows.rows[index];
        self.known.insert(row.key(), (fingerprint(row), height));
        match &mut self.tops {
            Some(tops) if Arc::ptr_eq(&tops.rows, rows) => {
                tops.heights[index] = height;
                tops.stale = true;
            }
            _ => self.tops = None,
        }
    }

    /// The measured height, else a guess.
    fn height(&self, row: &Row) -> f32 {
        self.known(row)
            .unwrap_or_else(|| guess(row, self.width, &self.metrics))
    }

    /// The top of every row, and after them the bottom of the last. A long timeline that stands still costs nothing, and one in which
    /// a few rows were measured little more.
    pub fn tops_of(&mut self, rows: &Arc<Rows>) -> Arc<[f32]> {
        if !self
            .tops
            .as_ref()
            .is_some_and(|tops| Arc::ptr_eq(&tops.rows, rows))
        {
            let heights = rows.rows.iter().map(|row| self.height(row)).collect();
            self.tops = Some(Tops {
                rows: Arc::clone(rows),
                heights,
                stale: true,
                places: Arc::default(),
            });
        }
        let Some(tops) = &mut self.tops else {
            return Arc::default();
        };
        if tops.stale {
            tops.work_out();
        }
        Arc::clone(&tops.places)
    }

    /// The bottom of the last row, as it was worked out last.
    pub fn end(&self) -> f32 {
        let places = self.tops.as_ref().map(|tops| &tops.places);
        places
            .and_then(|places| places.last().copied())
            .unwrap_or_default()
    }
}

/// The rows that touch `from..to`, by their `tops`.
pub(super) fn between(tops: &[f32], from: f32, to: f32) -> std::ops::Range<usize> {
    let rows = tops.len().saturating_sub(1);
    let first = tops.partition_point(|top| *top <= from).saturating_sub(1);
    let end = tops.partition_point(|top| *top < to).min(rows);
    first.min(end)..end
}

fn guess(row: &Row, width: f32, metrics: &Metrics) -> f32 {
    match row {
        Row::Start => 96.0,
        Row::Day { .. } | Row::New(_) | Row::Earlier { .. } | Row::Later { .. } => 40.0,
        Row::Waiting { .. } | Row::Refused { .. } => 36.0,
        Row::Ignored { .. } => ignored::height(metrics),
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
            head + lines(words, width) * 20.0 + files::height(files, width, metrics) + reply + chips
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

    fn rows(words: &[&str]) -> Arc<Rows> {
        let rows = (0..)
            .zip(words)
            .map(|(number, words)| notice(number, words));
        Arc::new(Rows {
            rows: rows.collect(),
            ..Rows::default()
        })
    }

    #[test]
    fn a_changed_row_is_measured_again() {
        let mut heights = Heights::default();
        heights.set_room(400.0, Metrics::default());
        let all = rows(&["short"]);
        heights.learn(&all, 0, 50.0);
        assert_eq!(heights.known(&all.rows[0]), Some(50.0));
        assert_eq!(heights.known(&notice(0, "another")), None);
        heights.set_room(300.0, Metrics::default());
        assert_eq!(heights.known(&all.rows[0]), None);
        heights.learn(&all, 0, 50.0);
        heights.set_room(300.0, Metrics::new(true, 1.0, false));
        assert_eq!(heights.known(&all.rows[0]), None, "more is to be seen");
    }

    #[test]
    fn a_message_that_shows_more_of_itself_is_measured_again() {
        let mut heights = Heights::default();
        let all = rows(&["a", "b"]);
        heights.learn(&all, 0, 10.0);
        heights.learn(&all, 1, 20.0);
        heights.forget(ClientEventId([0; 16]));
        assert_eq!(heights.known(&all.rows[0]), None);
        assert_eq!(heights.known(&all.rows[1]), Some(20.0));
    }

    #[test]
    fn tops_are_worked_out_again_only_after_a_change() {
        let mut heights = Heights::default();
        heights.set_room(400.0, Metrics::default());
        let all = rows(&["a"; 200]);
        let first = heights.tops_of(&all);
        heights.set_room(400.0, Metrics::default());
        assert!(Arc::ptr_eq(&first, &heights.tops_of(&all)));
        heights.learn(&all, 3, 99.0);
        let second = heights.tops_of(&all);
        assert!((second[4] - second[3] - 99.0).abs() < 0.01);
        assert!((heights.end() - second[200]).abs() < 0.01);
        let others = Arc::new(Rows::default());
        assert_eq!(heights.tops_of(&others).len(), 1);
        // What was measured is known among other rows as well.
        let longer = rows(&["a"; 201]);
        heights.learn(&longer, 0, 7.0);
        let third = heights.tops_of(&longer);
        assert!((third[1] - 7.0).abs() < 0.01);
        assert!((third[4] - third[3] - 99.0).abs() < 0.01);
    }

    #[test]
    fn tops_add_up() {
        let mut heights = Heights::default();
        let all = rows(&["a", "b"]);
        heights.learn(&all, 0, 10.0);
        heights.learn(&all, 1, 20.0);
        assert_eq!(*heights.tops_of(&all), [0.0, 10.0, 30.0]);
    }
}
