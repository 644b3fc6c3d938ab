//! The rail: one tile for each community, and one to join another.

use dialtone_engine::{CommunityId, Snapshot};
use dialtone_words::say;
use egui::{
    Align, Align2, CornerRadius, Rect, Role, ScrollArea, Sense, Stroke, StrokeKind, Ui, WidgetInfo,
    pos2, vec2,
};

use crate::theme::{Face, Type, palette, radius};
use crate::widgets::{Icon, focus_ring, icons, initial, text};

/// All tiles.
#[derive(Debug, PartialEq, Eq)]
pub struct RailModel {
    tiles: Vec<Tile>,
}

#[derive(Debug, PartialEq, Eq)]
struct Tile {
    id: CommunityId,
    name: String,
    initial: String,
    selected: bool,
    unread: Option<String>,
    alarm: bool,
}

/// What was pressed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RailAction {
    /// Show this community.
    Choose(CommunityId),
    /// Join another one.
    Add,
}

/// The tiles for `snapshot`, with `current` chosen.
pub fn build(snapshot: &Snapshot, current: Option<CommunityId>) -> RailModel {
    let tiles = snapshot
        .communities
        .iter()
        .map(|community| {
            let selected = current == Some(community.id);
            let unread: u64 = community
                .channels
                .iter()
                .map(|channel| u64::from(channel.unread))
                .sum();
            Tile {
                id: community.id,
                name: tile_name(&community.name, &community.server).to_owned(),
                initial: initial(tile_name(&community.name, &community.server)),
                selected,
                unread: (unread > 0 && !selected).then(|| count(unread)),
                alarm: community.alarm.is_some(),
            }
        })
        .collect();
    RailModel { tiles }
}

fn tile_name<'a>(name: &'a str, server: &'a str) -> &'a str {
    if name.trim().is_empty() { server } else { name }
}

/// A count that fits a badge.
pub fn count(number: u64) -> String {
    if number > 99 {
        "99+".to_owned()
    } else {
        number.to_string()
    }
}

/// Shows the rail.
pub fn show(ui: &mut Ui, model: &RailModel) -> Option<RailAction> {
    let mut action = None;
    ui.spacing_mut().item_spacing.y = 8.0;
    ui.add_space(12.0);
    ScrollArea::vertical().auto_shrink(false).show(ui, |ui| {
        for tile in &model.tiles {
            if tile_button(ui, tile) {
                action = Some(RailAction::Choose(tile.id));
            }
        }
        if add_button(ui) {
            action = Some(RailAction::Add);
        }
    });
    action
}

fn tile_button(ui: &mut Ui, tile: &Tile) -> bool {
    let palette = palette(ui);
    let (row, _) = ui.allocate_exact_size(vec2(ui.available_width(), 40.0), Sense::hover());
    let rect = Rect::from_center_size(row.center(), vec2(40.0, 40.0));
    let response = ui.interact(rect, ui.scope_id().with(tile.id), Sense::click());
    response.widget_info(|| {
        let mut info = WidgetInfo::labeled(Role::Button, ui.is_enabled(), &tile.name);
        info.selected = tile.selected.then_some(true);
        info
    });
    let (fill, color) = if tile.selected {
        (palette.accent, palette.on_accent)
    } else if response.hovered() {
        (palette.raised, palette.text)
    } else {
        (palette.bg_3, palette.text_2)
    };
    let painter = ui.painter();
    painter.rect_filled(rect, CornerRadius::same(radius::CARD), fill);
    let font = egui::FontId::new(15.0, Face::SemiBold.family());
    painter.text(
        rect.center(),
        Align2::CENTER_CENTER,
        &tile.initial,
        font,
        color,
    );
    if let Some(unread) = &tile.unread {
        badge(ui, rect, unread);
    } else if tile.alarm {
        painter.circle_filled(rect.right_bottom() - vec2(4.0, 4.0), 7.0, palette.bg_0);
        painter.circle_filled(rect.right_bottom() - vec2(4.0, 4.0), 5.0, palette.bad);
    }
    focus_ring(ui, &response, radius::CARD);
    response.on_hover_text(&tile.name).clicked()
}

fn badge(ui: &Ui, tile: Rect, words: &str) {
    let palette = palette(ui);
    let width = text::line(ui, words, Type::Group, palette.on_bad, 40.0)
        .size()
        .x;
    let size = vec2((width + 9.0).max(18.0), 18.0);
    let at = Rect::from_min_size(
        pos2(tile.right() + 3.0 - size.x, tile.bottom() + 3.0 - size.y),
        size,
    );
    let painter = ui.painter();
    painter.rect_filled(at.expand(2.0), CornerRadius::same(8), palette.bg_0);
    painter.rect_filled(at, CornerRadius::same(6), palette.bad);
    text::paint_in(ui, at, Align::Center, words, Type::Group, palette.on_bad);
}

fn add_button(ui: &mut Ui) -> bool {
    let palette = palette(ui);
    let (row, _) = ui.allocate_exact_size(vec2(ui.available_width(), 40.0), Sense::hover());
    let rect = Rect::from_center_size(row.center(), vec2(40.0, 40.0));
    let response = ui.interact(rect, ui.scope_id().with("add"), Sense::click());
    response.widget_info(|| {
        WidgetInfo::labeled(Role::Button, ui.is_enabled(), say!("panel-join-another"))
    });
    let color = if response.hovered() {
        palette.text
    } else {
        palette.text_3
    };
    let border = palette.border(response.hovered());
    ui.painter().rect_stroke(
        rect,
        CornerRadius::same(radius::CARD),
        Stroke::new(1.0, border),
        StrokeKind::Inside,
    );
    icons::paint(ui.painter(), Icon::Plus, rect.center(), 16.0, color);
    focus_ring(ui, &response, radius::CARD);
    response.on_hover_text(say!("panel-join-another")).clicked()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::demo;

    #[test]
    fn unread_shows_on_the_others_only() {
        let snapshot = demo::harbour();
        let first = snapshot.communities[0].id;
        let model = build(&snapshot, Some(first));
        assert!(model.tiles[0].selected);
        assert_eq!(model.tiles[0].unread, None);
        assert_eq!(model.tiles[1].unread.as_deref(), Some("3"));
    }

    #[test]
    fn counts_fit() {
        assert_eq!(count(99), "99");
        assert_eq!(count(100), "99+");
    }
}
