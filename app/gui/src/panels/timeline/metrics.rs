//! How big the parts of a timeline are: by how much is to be seen at a time, and by how big text is. Pure.

use egui::Ui;

use crate::theme::{Type, is_compact, size, text_scale};
use crate::time::Clock;

/// The measures in use, in points.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Metrics {
    /// What sizes of text are multiplied by.
    pub(super) scale: f32,
    /// The disc beside a name.
    pub(super) avatar: f32,
    /// Where the text of a row begins.
    pub(super) indent: f32,
    /// Above a name.
    pub(super) above_head: f32,
    /// Above a message that stands under the one before.
    pub(super) above: f32,
    /// So much each line of a message is lower than other lines.
    pub(super) tighter: f32,
    /// Above and below a line between days, its line included.
    pub(super) divider: f32,
}

/// How wide a time such as 10:42 is, and one such as 10:42 pm.
const TIME: f32 = 34.0;
const TWELVE: f32 = 54.0;
/// Between the time and the text.
pub(super) const BESIDE: f32 = 6.0;

/// Where the disc begins.
pub(super) const LEFT: f32 = 20.0;

impl Default for Metrics {
    fn default() -> Self {
        Self::new(false, 1.0, false)
    }
}

impl Metrics {
    /// Those of the look in use.
    pub(super) fn of(ui: &Ui, clock: &Clock) -> Self {
        Self::new(is_compact(ui), text_scale(ui), clock.twelve_hours)
    }

    /// For more to be seen, or for room around each thing; with text of this size, and times of twelve hours or of all.
    pub(super) fn new(compact: bool, scale: f32, twelve: bool) -> Self {
        // The time of a message stands before its text.
        let time = if twelve { TWELVE } else { TIME };
        let needed = (time * scale + BESIDE + 4.0).round();
        if compact {
            Self {
                scale,
                avatar: size::AVATAR_COMPACT,
                indent: needed.max(50.0),
                above_head: 5.0,
                above: 0.0,
                tighter: 2.0,
                divider: 32.0,
            }
        } else {
            Self {
                scale,
                avatar: size::AVATAR,
                indent: needed.max(68.0),
                above_head: 12.0,
                above: 3.0,
                tighter: 0.0,
                divider: 42.0,
            }
        }
    }

    /// The height of a line of this kind.
    pub(super) fn line(&self, kind: Type) -> f32 {
        kind.line_height(self.scale)
    }

    /// The line with the name.
    pub(super) fn head(&self) -> f32 {
        self.line(Type::BodyStrong) + 1.0 - self.tighter
    }

    /// Around `points` drawn around one line of text.
    pub(super) fn around(&self, points: f32) -> f32 {
        points + self.line(Type::Body) - Type::Body.line_height(1.0)
    }

    /// The middle of what stands before the text, from the left edge.
    pub(super) fn gutter(&self) -> f32 {
        LEFT + self.avatar / 2.0
    }

    /// How wide the text of a row may be in `width`.
    pub(super) fn text_width(&self, width: f32) -> f32 {
        let widest = (super::message::WIDEST * self.scale.max(1.0)).round();
        (width - self.indent - super::message::RIGHT).clamp(40.0, widest)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_compact_timeline_shows_more_in_the_same_room() {
        let (calm, compact) = (
            Metrics::new(false, 1.0, false),
            Metrics::new(true, 1.0, false),
        );
        assert!(compact.avatar < calm.avatar && compact.indent < calm.indent);
        assert!(compact.above_head < calm.above_head && compact.head() < calm.head());
        assert!(
            compact.avatar <= compact.head(),
            "it is no higher than its line"
        );
        assert!(compact.text_width(600.0) > calm.text_width(600.0));
    }

    #[test]
    fn lines_grow_with_the_text_and_discs_do_not() {
        for (compact, twelve) in [(false, false), (false, true), (true, false), (true, true)] {
            let sized = |scale| Metrics::new(compact, scale, twelve);
            let (normal, larger) = (sized(1.0), sized(1.3));
            assert!(larger.head() > normal.head() && larger.around(24.0) > 24.0);
            assert!((larger.avatar - normal.avatar).abs() < f32::EPSILON);
            // A time has room before the text.
            let time = if twelve { TWELVE } else { TIME } * larger.scale;
            assert!(larger.indent - BESIDE >= time, "{larger:?}");
        }
    }
}
