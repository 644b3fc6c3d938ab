//! Where the panels stand, by the sizes of the window and of text alone. Pure.

use egui::{Rect, pos2};

use crate::theme::size;

/// The places of the panels.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Regions {
    /// The communities.
    pub rail: Rect,
    /// The channels, unless the window is too narrow: then they are a drawer.
    pub side: Option<Rect>,
    /// The timeline.
    pub center: Rect,
    /// The members, if there is room.
    pub members: Option<Rect>,
}

/// Splits `area`, where text is `scale` times as big as it was drawn.
pub fn regions(area: Rect, scale: f32) -> Regions {
    let right_of_rail = area.left() + size::RAIL.min(area.width());
    let rail = Rect::from_min_max(area.min, pos2(right_of_rail, area.bottom()));
    let side = (area.width() >= size::SHOW_SIDE_FROM).then(|| drawer(area, scale));
    let members = (area.width() >= size::SHOW_MEMBERS_FROM).then(|| {
        Rect::from_min_max(
            pos2(area.right() - members_width(scale), area.top()),
            area.max,
        )
    });
    let left = side.map_or(right_of_rail, |side| side.right());
    let right = members.map_or(area.right(), |members| members.left());
    Regions {
        rail,
        side,
        center: Rect::from_min_max(pos2(left, area.top()), pos2(right, area.bottom())),
        members,
    }
}

/// How wide the members are.
pub fn members_width(scale: f32) -> f32 {
    wider(size::MEMBERS, scale)
}

/// Half of what text gains: lists have room beside their words.
fn wider(width: f32, scale: f32) -> f32 {
    (width * (1.0 + (scale - 1.0).max(0.0) / 2.0)).round()
}

/// Where the channels stand when they are a drawer.
pub fn drawer(area: Rect, scale: f32) -> Rect {
    let left = area.left() + size::RAIL;
    let right = (left + wider(size::SIDE, scale))
        .min(area.right())
        .max(left);
    Rect::from_min_max(pos2(left, area.top()), pos2(right, area.bottom()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use egui::vec2;

    fn of_width(width: f32) -> Regions {
        regions(Rect::from_min_size(pos2(0.0, 0.0), vec2(width, 600.0)), 1.0)
    }

    #[test]
    fn wide_windows_show_all() {
        let wide = of_width(1280.0);
        assert!((wide.center.left() - 296.0).abs() < 0.1);
        assert!((wide.center.right() - 1060.0).abs() < 0.1);
    }

    #[test]
    fn lists_are_wider_for_larger_text() {
        let area = Rect::from_min_size(pos2(0.0, 0.0), vec2(1280.0, 600.0));
        let (normal, larger) = (regions(area, 1.0), regions(area, 1.3));
        assert!(larger.center.left() > normal.center.left());
        assert!(larger.center.right() < normal.center.right());
        assert_eq!(regions(area, 0.9), normal, "no narrower");
    }

    #[test]
    fn members_go_first_then_channels() {
        assert!(of_width(999.0).members.is_none());
        assert!(of_width(999.0).side.is_some());
        assert!(of_width(719.0).side.is_none());
        assert!((of_width(480.0).center.width() - 424.0).abs() < 0.1);
    }

    #[test]
    fn tiny_windows_have_no_negative_sizes() {
        for width in [0.0, 1.0, 40.0, 56.0, 100.0] {
            let regions = of_width(width);
            assert!(regions.center.width() >= 0.0, "at {width}");
            let area = Rect::from_min_size(pos2(0.0, 0.0), vec2(width, 10.0));
            assert!(drawer(area, 1.3).width() >= 0.0);
        }
    }
}
