//! Where the panels stand, by the window's size alone. Pure.

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

/// Splits `area`.
pub fn regions(area: Rect) -> Regions {
    let right_of_rail = area.left() + size::RAIL.min(area.width());
    let rail = Rect::from_min_max(area.min, pos2(right_of_rail, area.bottom()));
    let side = (area.width() >= size::SHOW_SIDE_FROM).then(|| drawer(area));
    let members = (area.width() >= size::SHOW_MEMBERS_FROM)
        .then(|| Rect::from_min_max(pos2(area.right() - size::MEMBERS, area.top()), area.max));
    let left = side.map_or(right_of_rail, |side| side.right());
    let right = members.map_or(area.right(), |members| members.left());
    Regions {
        rail,
        side,
        center: Rect::from_min_max(pos2(left, area.top()), pos2(right, area.bottom())),
        members,
    }
}

/// Where the channels stand when they are a drawer.
pub fn drawer(area: Rect) -> Rect {
    let left = area.left() + size::RAIL;
    let right = (left + size::SIDE).min(area.right()).max(left);
    Rect::from_min_max(pos2(left, area.top()), pos2(right, area.bottom()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use egui::vec2;

    fn of_width(width: f32) -> Regions {
        regions(Rect::from_min_size(pos2(0.0, 0.0), vec2(width, 600.0)))
    }

    #[test]
    fn wide_windows_show_all() {
        let wide = of_width(1280.0);
        assert!((wide.center.left() - 296.0).abs() < 0.1);
        assert!((wide.center.right() - 1060.0).abs() < 0.1);
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
            assert!(drawer(Rect::from_min_size(pos2(0.0, 0.0), vec2(width, 10.0))).width() >= 0.0);
        }
    }
}
