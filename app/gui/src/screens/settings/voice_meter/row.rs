//! One line of the chain: a stage that can be moved, switched and unfolded, or one of the fixed ends.

use dialtone_words::say;
use egui::{
    Align, Color32, CornerRadius, CursorIcon, Id, Key, Rangef, Rect, Response, Role, Sense, Stroke,
    StrokeKind, Ui, WidgetInfo, pos2, vec2,
};

use super::model::ChainRow;
use super::words::{decibels, microseconds};
use crate::theme::{Type, around_line, around_lines, mix, palette, radius, size};
use crate::widgets::{Icon, focus_ring, focus_with_arrows, icons, level_share, text};

/// Height of a line, and of one whose words stand under its name.
const HEIGHT: f32 = 34.0;
const TALL: f32 = 48.0;

/// What was done with a line.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(super) struct Done {
    /// It was unfolded, or folded.
    pub(super) unfold: bool,
    /// It was switched.
    pub(super) switch: bool,
    /// It goes up (`-1`) or down (`1`) by the keyboard.
    pub(super) step: isize,
    /// It is being dragged, the pointer at this height; `true` when it was let go.
    pub(super) dragged: Option<(f32, bool)>,
}

/// Where things stand from left to right.
struct Columns {
    handle: Rangef,
    name: Rangef,
    says: Rangef,
    meter: Option<Rangef>,
    level: Rangef,
    time: Option<Rangef>,
    switch: Rangef,
    chevron: Rangef,
    /// What it says stands under its name.
    tall: bool,
}

impl Columns {
    fn of(width: Rangef) -> Self {
        let (left, right) = (width.min, width.max);
        let all = width.span();
        let chevron = Rangef::new(right - 26.0, right - 4.0);
        let switch = Rangef::new(chevron.min - 38.0, chevron.min - 6.0);
        let mut end = switch.min - 8.0;
        let mut take = |shown: bool, room: f32| {
            shown.then(|| {
                end -= room;
                Rangef::new(end, end + room)
            })
        };
        let time = take(all >= 430.0, 58.0);
        let level = take(true, 68.0).unwrap_or(Rangef::NOTHING);
        let meter = take(all >= 620.0, 104.0);
        let tall = all < 520.0;
        let handle = Rangef::new(left, left + 24.0);
        let begin = handle.max + 4.0;
        let name_end = if tall { end } else { (begin + 158.0).min(end) };
        Self {
            handle,
            name: Rangef::new(begin, name_end),
            says: if tall {
                Rangef::new(begin, end - 6.0)
            } else {
                Rangef::new(name_end + 6.0, (end - 10.0).max(name_end + 7.0))
            },
            meter,
            level,
            time,
            switch,
            chevron,
            tall,
        }
    }

    fn height(&self, ui: &Ui) -> f32 {
        if self.tall {
            around_lines(ui, TALL, 2.0)
        } else {
            around_line(ui, HEIGHT)
        }
    }
}

/// Shows one of the fixed ends.
pub(super) fn fixed(ui: &mut Ui, row: &ChainRow) {
    let width = ui.available_width();
    let columns = Columns::of(Rangef::new(0.0, width));
    let (rect, response) = ui.allocate_exact_size(vec2(width, columns.height(ui)), Sense::hover());
    let words = format!("{}: {}", row.title, row.says);
    response.widget_info(|| WidgetInfo::labeled(Role::Label, true, &words));
    paint(ui, rect, row, palette(ui).text_2);
    line_below(ui, rect);
}

/// Shows a stage; `unfolded` says whether its parameters are in sight.
pub(super) fn stage(ui: &mut Ui, row: &ChainRow, id: Id, unfolded: bool, on: bool) -> Done {
    let width = ui.available_width();
    let height = Columns::of(Rangef::new(0.0, width)).height(ui);
    let (rect, _) = ui.allocate_exact_size(vec2(width, height), Sense::hover());
    let columns = Columns::of(rect.x_range());
    let mut done = Done::default();
    let palette = palette(ui);
    // Tab goes from left to right.
    let place = Rect::from_x_y_ranges(columns.handle, rect.y_range());
    let handle = ui.interact(place, id.with("handle"), Sense::click_and_drag());
    let place = Rect::from_x_y_ranges(
        rect.left() + 26.0..=columns.switch.min - 2.0,
        rect.y_range(),
    );
    let body = ui.interact(place, id.with("body"), Sense::click());
    body.widget_info(|| {
        let words = say!("meter-tune", words = &row.title);
        let mut info = WidgetInfo::labeled(Role::Button, ui.is_enabled(), words);
        info.selected = Some(unfolded);
        info.current_text_value = Some(row.says.clone());
        info
    });
    let place = Rect::from_x_y_ranges(columns.chevron, rect.y_range());
    let chevron = ui.interact(place, id.with("chevron"), Sense::CLICK);
    if body.hovered() || chevron.hovered() || handle.dragged() {
        let ground = rect.shrink2(vec2(0.0, 1.0));
        ui.painter()
            .rect_filled(ground, radius::ROW, palette.hovered);
    }
    if body.has_focus() {
        focus_ring(ui, &body, radius::ROW);
    }
    paint(ui, rect, row, palette.text);
    grip(ui, &handle, row, &mut done);
    done.switch = toggle(
        ui,
        Rect::from_x_y_ranges(columns.switch, rect.y_range()),
        id,
        row,
        on,
    );
    paint_chevron(
        ui,
        Rect::from_x_y_ranges(columns.chevron, rect.y_range()),
        unfolded,
    );
    done.unfold = body.clicked() || chevron.clicked();
    let tip = say!(
        "meter-cost",
        mean = microseconds(row.cost.mean_us),
        worst = microseconds(row.cost.worst_us)
    );
    if row.cost.mean_us > 0.0 {
        body.on_hover_text(tip);
    }
    if !unfolded {
        line_below(ui, rect);
    }
    done
}

fn line_below(ui: &Ui, rect: Rect) {
    let line = Stroke::new(1.0, palette(ui).line);
    ui.painter()
        .hline(rect.x_range(), rect.bottom() - 0.5, line);
}

/// The six dots by which a stage is dragged, and which the arrow keys move.
fn grip(ui: &mut Ui, handle: &Response, row: &ChainRow, done: &mut Done) {
    let palette = palette(ui);
    handle.widget_info(|| {
        let words = say!("meter-move", title = row.title);
        WidgetInfo::labeled(Role::Button, ui.is_enabled(), words)
    });
    focus_with_arrows(ui, handle);
    let strong = handle.hovered() || handle.has_focus() || handle.dragged();
    let color = if strong { palette.text } else { palette.text_3 };
    for x in [-2.6, 2.6] {
        for y in [-4.6, 0.0, 4.6] {
            let at = handle.rect.center() + vec2(x, y);
            ui.painter().circle_filled(at, 1.25, color);
        }
    }
    focus_ring(ui, handle, radius::ROW);
    if handle.hovered() || handle.dragged() {
        let icon = if handle.dragged() {
            CursorIcon::Grabbing
        } else {
            CursorIcon::Grab
        };
        ui.ctx().set_cursor_icon(icon);
    }
    if let Some(at) = handle.interact_pointer_pos()
        && (handle.dragged() || handle.drag_stopped())
    {
        done.dragged = Some((at.y, handle.drag_stopped()));
    }
    if handle.has_focus() {
        done.step = ui.input(|input| {
            let down = input.num_presses(Key::ArrowDown) as isize;
            down - input.num_presses(Key::ArrowUp) as isize
        });
    }
    handle.clone().on_hover_text(say!("meter-drag"));
}

fn toggle(ui: &mut Ui, place: Rect, id: Id, row: &ChainRow, on: bool) -> bool {
    let palette = palette(ui);
    let response = ui.interact(
        place.shrink2(vec2(0.0, 5.0)),
        id.with("switch"),
        Sense::click(),
    );
    response.widget_info(|| WidgetInfo::selected(Role::Switch, ui.is_enabled(), on, &row.title));
    let share = ui
        .ctx()
        .animate_bool_with_time(response.id, on, ui.style().animation_time);
    let body = Rect::from_center_size(place.center(), vec2(28.0, 16.0));
    let edge = if response.hovered() {
        palette.text_2
    } else {
        palette.text_3
    };
    ui.painter().rect(
        body,
        CornerRadius::same(8),
        mix(palette.trough(), palette.accent, share * 0.85),
        Stroke::new(1.0, mix(edge, palette.accent, share)),
        StrokeKind::Inside,
    );
    let knob = pos2(body.left() + 8.0 + 12.0 * share, body.center().y);
    let color = mix(palette.text_2, palette.on_accent, share);
    ui.painter().circle_filled(knob, 4.6, color);
    focus_ring(ui, &response, 6);
    let words = if on {
        say!("meter-switch-off")
    } else {
        say!("meter-switch-on")
    };
    response.clone().on_hover_text(words);
    response.clicked()
}

fn paint_chevron(ui: &Ui, place: Rect, unfolded: bool) {
    let color = palette(ui).text_3;
    if unfolded {
        icons::paint(
            ui.painter(),
            Icon::ChevronDown,
            place.center(),
            size::ICON,
            color,
        );
        return;
    }
    let center = place.center();
    let points = [vec2(-2.0, -4.0), vec2(2.0, 0.0), vec2(-2.0, 4.0)];
    let points = points.map(|offset| center + offset).to_vec();
    ui.painter().line(points, Stroke::new(icons::STROKE, color));
}

fn paint(ui: &Ui, rect: Rect, row: &ChainRow, title: Color32) {
    let palette = palette(ui);
    let columns = Columns::of(rect.x_range());
    let title = if row.is_out { palette.text_3 } else { title };
    let (upper, lower) = if columns.tall {
        let middle = rect.center().y;
        let upper = Rangef::new(rect.top() + 4.0, middle + 2.0);
        (upper, Rangef::new(middle + 1.0, rect.bottom() - 5.0))
    } else {
        (rect.y_range(), rect.y_range())
    };
    let at = |columns: Rangef, lines: Rangef| Rect::from_x_y_ranges(columns, lines);
    let name = at(columns.name, upper);
    text::paint_in(ui, name, Align::Min, &row.title, Type::BodyStrong, title);
    let color = if row.is_wrong {
        palette.bad
    } else {
        palette.text_2
    };
    let says = at(columns.says, lower);
    text::paint_in(ui, says, Align::Min, &row.says, Type::Secondary, color);
    let level = row.level_dbfs.filter(|level| level.is_finite());
    if let (Some(room), Some(level)) = (columns.meter, level) {
        let bar = Rect::from_center_size(
            pos2(room.center() - 4.0, rect.center().y),
            vec2(room.span() - 14.0, 5.0),
        );
        let round = CornerRadius::same(2);
        ui.painter().rect_filled(bar, round, palette.trough());
        let to = bar.left() + bar.width() * level_share(level);
        let filled = Rect::from_min_max(bar.min, pos2(to, bar.bottom()));
        ui.painter().rect_filled(filled, round, palette.accent);
    }
    let level = level.map(|level| match level {
        level if level <= -99.5 => say!("meter-silence").to_owned(),
        level => format!("{} dB", decibels(level)),
    });
    if let Some(words) = level.or_else(|| row.size.clone()) {
        let room = at(columns.level, rect.y_range());
        text::paint_in(ui, room, Align::Max, &words, Type::Hint, palette.text_2);
    }
    if let Some(room) = columns.time.filter(|_| row.cost.mean_us > 0.0) {
        let words = microseconds(row.cost.mean_us);
        let room = at(room, rect.y_range());
        text::paint_in(ui, room, Align::Max, &words, Type::Hint, palette.text_3);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_do_not_overlap_at_any_width() {
        for width in [260.0_f32, 330.0, 440.0, 520.0, 640.0, 900.0, 1_600.0] {
            let columns = Columns::of(Rangef::new(0.0, width));
            let mut order = vec![columns.handle, columns.name];
            if !columns.tall {
                order.push(columns.says);
            }
            order.extend(columns.meter);
            order.push(columns.level);
            order.extend(columns.time);
            order.extend([columns.switch, columns.chevron]);
            for pair in order.windows(2) {
                assert!(pair[0].max <= pair[1].min + 1e-3, "{width}: {pair:?}");
            }
            assert!(
                order.iter().all(|range| range.span() > 0.0),
                "{width}: {order:?}"
            );
        }
    }
}
