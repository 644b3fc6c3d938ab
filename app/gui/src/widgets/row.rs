//! A row of a list: an icon, words, something at its end; one of them is the current one.

use dialtone_engine::AccountId;
use egui::{Align, Color32, CornerRadius, Rect, Response, Role, Sense, Ui, WidgetInfo, pos2, vec2};

use super::{Avatar, Icon, focus_ring, icons, text};
use crate::theme::{Type, palette, radius, row_height, size};

/// One row.
#[must_use]
pub struct Row<'a> {
    words: &'a str,
    name: Option<&'a str>,
    icon: Option<Icon>,
    face: Option<(AccountId, bool)>,
    selected: bool,
    strong: bool,
    color: Option<Color32>,
    badge: Option<&'a str>,
    mark: Option<Icon>,
}

impl<'a> Row<'a> {
    /// Saying `words`.
    pub fn new(words: &'a str) -> Self {
        Self {
            words,
            name: None,
            icon: None,
            face: None,
            selected: false,
            strong: false,
            color: None,
            badge: None,
            mark: None,
        }
    }

    /// Called otherwise than it says.
    pub fn name(mut self, name: &'a str) -> Self {
        self.name = Some(name);
        self
    }

    /// With an icon before the words.
    pub fn icon(mut self, icon: Icon) -> Self {
        self.icon = Some(icon);
        self
    }

    /// With a person's disc before the words, which are their name; paler where they are not here.
    pub fn face(mut self, account: AccountId, here: bool) -> Self {
        self.face = Some((account, here));
        self
    }

    /// The current one.
    pub fn selected(mut self, selected: bool) -> Self {
        self.selected = selected;
        self
    }

    /// With something new in it.
    pub fn strong(mut self, strong: bool) -> Self {
        self.strong = strong;
        self
    }

    /// In this colour.
    pub fn color(mut self, color: Option<Color32>) -> Self {
        self.color = color;
        self
    }

    /// With a count at its end.
    pub fn badge(mut self, badge: Option<&'a str>) -> Self {
        self.badge = badge;
        self
    }

    /// With a small sign at its end, before the count.
    pub fn mark(mut self, mark: Option<Icon>) -> Self {
        self.mark = mark;
        self
    }

    /// Shows it.
    pub fn show(self, ui: &mut Ui) -> Response {
        let palette = palette(ui);
        let (rect, response) =
            ui.allocate_exact_size(vec2(ui.available_width(), row_height(ui)), Sense::click());
        let name = self.name.unwrap_or(self.words);
        response.widget_info(|| {
            let mut info = WidgetInfo::labeled(Role::Button, ui.is_enabled(), name);
            info.selected = self.selected.then_some(true);
            info
        });
        let fill = if self.selected {
            palette.selected
        } else if response.hovered() {
            palette.hovered
        } else {
            Color32::TRANSPARENT
        };
        ui.painter()
            .rect_filled(rect, CornerRadius::same(radius::ROW), fill);
        let color = self.color.unwrap_or(if self.selected || self.strong {
            palette.text
        } else {
            palette.text_2
        });
        let mut left = rect.left() + 8.0;
        if let Some(icon) = self.icon {
            let icon_color = self.color.unwrap_or(palette.text_3);
            icons::paint(
                ui.painter(),
                icon,
                icons::leading(rect, 8.0),
                size::ICON,
                icon_color,
            );
            left += 24.0;
        }
        if let Some((account, here)) = self.face {
            Avatar::new(account, self.words)
                .diameter(18.0)
                .dim(!here)
                .paint(ui, icons::leading(rect, 8.0));
            left += 24.0;
        }
        let mut right = rect.right() - 8.0;
        if let Some(badge) = self.badge {
            right = count_badge(ui, pos2(right, rect.center().y), badge).left() - 8.0;
        }
        if let Some(mark) = self.mark {
            let place = pos2(right - 7.0, rect.center().y);
            icons::paint(ui.painter(), mark, place, 14.0, palette.text_3);
            right -= 22.0;
        }
        let room = Rect::from_min_max(pos2(left, rect.top()), pos2(right.max(left), rect.bottom()));
        let kind = if self.strong {
            Type::BodyStrong
        } else {
            Type::Body
        };
        text::paint_in(ui, room, Align::Min, self.words, kind, color);
        focus_ring(ui, &response, radius::ROW);
        response
    }
}

/// A pill with a count whose right edge is at `right_middle`.
fn count_badge(ui: &Ui, right_middle: egui::Pos2, count: &str) -> Rect {
    let palette = palette(ui);
    let words = text::line(ui, count, Type::Group, palette.on_accent, 60.0);
    let width = (words.size().x + 11.0).max(18.0);
    let rect = Rect::from_min_max(
        pos2(right_middle.x - width, right_middle.y - 9.0),
        pos2(right_middle.x, right_middle.y + 9.0),
    );
    ui.painter()
        .rect_filled(rect, CornerRadius::same(9), palette.accent);
    text::paint_in(
        ui,
        rect.translate(vec2(0.3, 0.0)),
        Align::Center,
        count,
        Type::Group,
        palette.on_accent,
    );
    rect
}
